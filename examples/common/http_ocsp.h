/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_OCSP_H
#define EXAMPLES_HTTP_OCSP_H

/*
 * Asks a responder what a decision misses, while a client waits.
 *
 * Hosts are asked only when they are on a list: the URL stands in a certificate, and whoever may
 * write a URL there must not choose what this machine connects to. A host that has failed is left
 * alone for a while, and a certificate of which it said nothing that helps is not asked about on
 * each request of its holder (ocsp_recent.h).
 */

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <mtlsauth/authorizer.h>
#include "config.h"
#include "ocsp_fetch.h"
#include "ocsp_recent.h"

enum { HTTP_OCSP_HOSTS = 16, HTTP_OCSP_PAUSE_MS = 1000 };

struct http_ocsp {
    const char *hosts[HTTP_OCSP_HOSTS]; /* "host", its default ports alone, or "host:port" */
    _Atomic int64_t quiet_until[HTTP_OCSP_HOSTS];
    size_t count;
    const char *url; /* asked instead of what certificates name; may be NULL */
    long timeout_ms; /* for everything that one request of a client waits for */
    struct ocsp_recent recent;
    _Atomic uint64_t answered, failed;
    const char *dir;          /* where answers are kept over a restart; may be NULL */
    uint64_t kept;            /* so many answers when they were kept last */
    struct timespec dir_time; /* and its date then */
};

/* Takes ocsp-host, ocsp-url, ocsp-timeout and ocsp-dir; config is to stay in place. 0, or -1 with a
 * sentence. */
int http_ocsp_open(struct http_ocsp *ocsp, const struct config *config, char error[OCSP_WHY_LEN]);

/* What one request of a client has asked for already, and until when it waits. */
struct http_ocsp_wait {
    int64_t deadline; /* as fetch_now() counts */
    struct ocsp_asked asked;
    struct ocsp_question question; /* the last one that had an answer */
};

void http_ocsp_begin(const struct http_ocsp *ocsp, struct http_ocsp_wait *wait);

/* Does a decision with that code miss revocation data? A hold whose answer is old may be over. */
int http_ocsp_is_missing(int code, const mtlsauth_decision *decision);

/*
 * After a decision that misses revocation data: fetches what it asks for and puts it into the
 * authorizer. 1 when the client should be decided about again; 0 when there is nothing to ask, or
 * it would be the same as before; -1 with a sentence when there is no answer, or it was asked for a
 * moment ago.
 */
int http_ocsp_fetch(struct http_ocsp *ocsp, mtlsauth_authorizer *authorizer,
                    const mtlsauth_decision *decision, struct http_ocsp_wait *wait,
                    char why[OCSP_WHY_LEN]);

/* After a decision that no longer misses what was asked for last. */
void http_ocsp_helped(struct http_ocsp *ocsp, struct http_ocsp_wait *wait);

/*
 * Takes the answers that are in ocsp-dir, where others may have put newer ones, and writes there
 * what is in memory; unless `all`, only if a responder has answered or somebody has written there
 * since. One thread at a time. 0, also when there is no ocsp-dir; -1 with a sentence when the folder
 * is not there or cannot be read. On 0 why is "", or about what was passed over or not written: what
 * a folder holds keeps nothing from starting, for a responder can be asked again.
 */
int http_ocsp_keep(struct http_ocsp *ocsp, mtlsauth_authorizer *authorizer, int all,
                   char why[OCSP_WHY_LEN]);

#endif
