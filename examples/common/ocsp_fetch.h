/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_OCSP_FETCH_H
#define EXAMPLES_OCSP_FETCH_H

/*
 * Carries an OCSP request to a responder, and its answer back.
 *
 * The connection needs no trust, for the answer is signed. Still, the URL comes from a certificate,
 * so what may be fetched is narrow: http or https, no user name, no redirect, one time limit for
 * all of it, MTLSAUTH_MAX_OCSP_BYTES.
 */

#include <mtlsauth/ocsp.h>
#include "fetch.h"

#define OCSP_WHY_LEN FETCH_ERROR_LEN

/*
 * Posts the request to url, until deadline, as fetch_now() counts. direct: the proxies of the
 * environment are not asked. 0 with the response in answer->body; -1 with a sentence in why. Either
 * way *answer is overwritten, and to be freed with fetch_answer_free; its status is 0 when nothing
 * answered at all.
 */
int ocsp_fetch(struct fetch *fetch, const char *url, const mtlsauth_ocsp_request *request,
               int64_t deadline, int direct, struct fetch_answer *answer, char why[OCSP_WHY_LEN]);

/* What was asked last on behalf of one client; begins as {0}. */
struct ocsp_asked {
    unsigned char der[512];
    size_t len;
};

/*
 * 1 for a request that is another than the last one, and remembers it. A responder that does not
 * know a certificate does not know it a moment later, either.
 */
int ocsp_asked_new(struct ocsp_asked *asked, const mtlsauth_ocsp_request *request);

#endif
