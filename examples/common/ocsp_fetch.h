/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_OCSP_FETCH_H
#define EXAMPLES_OCSP_FETCH_H

/*
 * Carries an OCSP request to a responder, and its answer back, by libcurl.
 *
 * The connection needs no trust, for the answer is signed. Still, the URL comes from a certificate,
 * so what may be fetched is narrow: http or https, no redirect, one time limit for all of it,
 * MTLSAUTH_MAX_OCSP_BYTES. Programs call curl_global_init once, before the first thread.
 */

#include <stddef.h>
#include <mtlsauth/ocsp.h>

struct ocsp_body {
    unsigned char bytes[MTLSAUTH_MAX_OCSP_BYTES];
    size_t len;
    int too_large;
};

#define OCSP_WHY_LEN 256

/*
 * Posts len bytes at der to url. use_proxy 0: the proxies of the environment are not asked.
 * 0 with the response in body; -1 with a sentence in why.
 */
int ocsp_fetch(const char *url, const void *der, size_t len, long timeout_ms, int use_proxy,
               struct ocsp_body *body, char why[OCSP_WHY_LEN]);

#endif
