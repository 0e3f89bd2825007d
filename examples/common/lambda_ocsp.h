/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LAMBDA_OCSP_H
#define EXAMPLES_LAMBDA_OCSP_H

/*
 * Asks a CA's responder about a client of whom nothing says whether it is revoked.
 *
 * The answer needs no trusted connection, for it is signed. But the URL stands in a certificate,
 * and a function can reach more than its clients can: so it is either set, or its host is on a
 * list. The request is what AWS Private CA takes, and any responder of RFC 5019: one certificate,
 * no nonce.
 */

#include <stdint.h>
#include <mtlsauth/authorizer.h>
#include "ocsp_fetch.h"

enum { LAMBDA_OCSP_HOSTS = 16 };

struct lambda_ocsp {
    const char *url;                      /* of the responder, whatever the certificate says */
    const char *hosts[LAMBDA_OCSP_HOSTS]; /* that a certificate may name: see ocsp_hosts.h */
    size_t host_count;
    char down[256]; /* the responder that did not answer, and until when it is left alone */
    int64_t down_until;
};

/*
 * After a denial that an OCSP answer could change: asks, and keeps the answer. 0 when it is worth
 * while to authorize again; -1 otherwise, with a sentence in error, or "" when there is nothing to
 * ask, or it would be the same as before. asked is that of this client.
 */
int lambda_ocsp_ask(struct lambda_ocsp *ocsp, struct fetch *fetch, mtlsauth_authorizer *authorizer,
                    const mtlsauth_decision *decision, struct ocsp_asked *asked, int64_t deadline,
                    char error[FETCH_ERROR_LEN]);

#endif
