/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TRUST_H
#define TESTS_UNIT_TRUST_H

/* Paths for the tests of lib/trust: certificates from words, and what the search says of them. */

#include <mtlsauth/mtlsauth.h>
#include "pki_build.h"
#include "support/trust_store.h"
#include "trust/path.h"
#include "unit.h"

/* 2026-01-01: inside of the validity that pki_build.h gives. */
#define TRUST_NOW 1767225600

static inline mtlsauth_cert *trust_cert(const struct pki_cert *words)
{
    struct der_build der = {0};
    mtlsauth_cert *cert;

    pki_certificate(&der, words);
    ck_assert_msg(mtlsauth_cert_parse(&cert, der.bytes, der.len) == MTLSAUTH_OK, "%s: %s",
                  words->subject, mtlsauth_last_error());
    der_build_free(&der);
    return cert;
}

static inline struct path_params trust_params(int profile)
{
    struct path_params params;

    ck_assert(mtlsauth__path_params_of(&params, profile));
    return params;
}

/* What the search says of certs[0] with the others as the pool; reason may be NULL. */
static inline int trust_find(const mtlsauth_truststore *truststore, mtlsauth_cert *const certs[],
                             size_t count, const struct path_params *params, struct reason *reason,
                             size_t *path_len)
{
    struct verified_path path;
    struct reason unused;
    int code = mtlsauth__path_find(truststore, certs[0], certs + 1, count - 1, params, TRUST_NOW, NULL,
                                   &path, reason == NULL ? &unused : reason);

    if (path_len != NULL)
        *path_len = path.count;
    mtlsauth__verified_path_clear(&path);
    return code;
}

static inline void trust_free(mtlsauth_cert *const certs[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        mtlsauth_cert_free(certs[i]);
}

/* Makes the certificates of words: words[0] the leaf, the last one the only root of the store. */
static inline int trust_verify(const struct pki_cert words[], size_t count, int profile,
                               struct reason *reason)
{
    struct path_params params = trust_params(profile);
    mtlsauth_truststore *truststore;
    mtlsauth_cert *certs[32];
    int code;

    ck_assert(count <= COUNT_OF(certs));
    for (size_t i = 0; i < count; i++)
        certs[i] = trust_cert(&words[i]);
    truststore = trust_store(&certs[count - 1], 1);
    code = trust_find(truststore, certs, count - 1, &params, reason, NULL);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, count);
    return code;
}

#endif
