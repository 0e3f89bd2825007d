/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_SOURCE_H
#define EXAMPLES_SOURCE_H

/*
 * Truststore and revocation lists of an authorizer, from files, URLs and S3, kept up to date.
 *
 * A location is a path, "http://...", "https://..." or "s3://bucket/key". What is there is asked
 * for conditionally (If-None-Match; of a file, its dates, size and inode), verified, and then put
 * into the authorizer. What does not come, or does not verify, changes nothing: the state before
 * serves on, until it is stale by its own dates. A list that is older than one before is refused
 * and counted.
 *
 * The store needs no trust, nor does the connection: a list is signed by its CA, an index by a key
 * of yours. The truststore alone is what it is: let nobody write there. "http://" will do for it on
 * this machine alone.
 *
 * Not thread-safe: one thread refreshes, others ask the authorizer.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/authorizer.h>
#include "fetch.h"

enum { SOURCE_MAX = 64 };

enum source_kind {
    SOURCE_TRUSTSTORE, /* at most one; without it sources_start is given a truststore */
    SOURCE_CRL,        /* signed by a CA of the truststore, or by `issuer` */
    SOURCE_INDEX       /* made by mtlsauth_crl_save with `key` */
};

struct source {
    enum source_kind kind;
    const char *location;        /* borrowed */
    int64_t next_look;           /* seconds since 1970 */
    int refused;                 /* what was looked at last did not verify, or was older */
    int64_t refused_until;       /* it is not loaded again before that, unless it changes */
    char etag[FETCH_ETAG_LEN];   /* of what was looked at last */
    char error[FETCH_ERROR_LEN]; /* "" when all is well */
    unsigned failures;           /* in a row */
    unsigned long loaded, unchanged, failed, rollbacks;
};

struct sources {
    struct source list[SOURCE_MAX];
    size_t count;
    struct fetch *fetch;
    mtlsauth_authorizer *authorizer; /* made by sources_start */
    mtlsauth_truststore *truststore; /* in force */
    const mtlsauth_policy *policy;   /* borrowed */
    const mtlsauth_cert *issuer;     /* of the CRLs; borrowed; NULL: looked for in the truststore */
    const void *key;                 /* of indexes; borrowed; NULL for none */
    size_t key_len;
    const char *ca_file;   /* CAs of https servers; NULL for those of the system */
    const char *state_dir; /* see mtlsauth_authorizer_set_state_dir; NULL for none */
    size_t max_bytes;      /* of a list; 0 for 256 MiB */
    unsigned interval;     /* seconds between two looks at a source */
    int (*ends)(void);     /* see struct fetch_request; may be NULL */
};

/* 0, or -1 when there are SOURCE_MAX, a second truststore, one over http from another machine, or a
 * location of another scheme or with a user name: fetch_shown is what to say of it. */
int sources_add(struct sources *sources, enum source_kind kind, const char *location);

/*
 * Makes the authorizer and loads all sources. truststore is for when none of them is one, otherwise
 * NULL (one more reference is taken). -1 with a sentence when there is no authorizer in the end. A
 * list that is missing is no such reason: its clients are denied until it comes. So 0 can come with
 * a sentence in the source. deadline is as fetch_now() counts.
 */
int sources_start(struct sources *sources, mtlsauth_truststore *truststore, int64_t deadline,
                  char error[FETCH_ERROR_LEN]);

enum sources_which {
    SOURCES_DUE, /* whose time has come */
    SOURCES_ALL_TRUSTSTORES, /* for who has something to do between the two */
    SOURCES_ALL_LISTS
};

/*
 * Looks at these sources; those last that have failed most often in a row. The number of all sources
 * that are not well.
 */
size_t sources_refresh(struct sources *sources, enum sources_which which, int64_t deadline);

/* What is wrong with the truststore at its source; "" when it is well, or no source. */
const char *sources_truststore_error(const struct sources *sources);

/* Sum of the lists that were refused because they are older. */
unsigned long sources_rollbacks(const struct sources *sources);

void sources_free(struct sources *sources);

#endif
