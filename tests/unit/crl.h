/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CRL_H
#define TESTS_UNIT_CRL_H

/* A CA "Root", lists that it signs, and a policy to load them under. */

#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"

static EVP_PKEY *root_key, *other_key;
static mtlsauth_cert *root;
static mtlsauth_policy *policy;

/* Of a CA named as CRL_NAME says. */
static inline mtlsauth_cert *issuer_with(EVP_PKEY *key, const char *subject,
                                         const char *constraints, const char *usage)
{
    struct ca_spec spec = {.subject = subject, .issuer = subject, .key = key, .issuer_key = key,
                           .constraints = constraints, .usage = usage};

    return ca_cert(&spec);
}

static inline void setup_with(const char *type)
{
    root_key = ca_key(type);
    other_key = ca_key(type);
    root = issuer_with(root_key, "Root", "critical,CA:TRUE", "keyCertSign,cRLSign");
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    /* 2026-06-01 */
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), MTLSAUTH_OK);
}

static inline void teardown(void)
{
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(other_key);
    mtlsauth_cert_free(root);
    mtlsauth_policy_free(policy);
}

static inline int load_with(mtlsauth_crl **out, const struct crl_text *parts, EVP_PKEY *key,
                            const mtlsauth_cert *issuer)
{
    struct der_text list = crl_signed(parts, key);
    int code = mtlsauth_crl_load(out, list.ptr, list.len, issuer, policy, NULL);

    free(list.ptr);
    ck_assert((code == MTLSAUTH_OK) == (*out != NULL));
    return code;
}

static inline mtlsauth_crl *loaded(const struct crl_text *parts)
{
    mtlsauth_crl *crl;

    ck_assert_msg(load_with(&crl, parts, root_key, root) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    return crl;
}

#endif
