/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_OCSP_CASE_H
#define TESTS_FUZZ_OCSP_CASE_H

/* What the OCSP targets ask about: a leaf of an issuer, with the keys that the seeds are signed
 * with. */

#include <mtlsauth/mtlsauth.h>
#define OB_FIXED_KEYS
#include "ocsp_build.h"

static mtlsauth_cert *issuer;
static mtlsauth_chain *chain;
static mtlsauth_truststore *truststore;
static mtlsauth_policy *policy;
static X509 *ca_x509;

static inline void must(int code)
{
    if (code != MTLSAUTH_OK)
        abort();
}

static inline X509 *native(const mtlsauth_cert *of)
{
    size_t len;
    const unsigned char *at = mtlsauth_cert_der(of, &len);
    X509 *cert = d2i_X509(NULL, &at, (long)len);

    if (cert == NULL)
        abort();
    return cert;
}

static inline void setup(void)
{
    struct der_build leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct der_build ca = ob_make_cert(
        &(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
    const void *der = leaf.bytes;

    must(mtlsauth_cert_parse(&issuer, ca.bytes, ca.len));
    must(mtlsauth_chain_from_der(&chain, &der, &leaf.len, 1));
    must(mtlsauth_truststore_parse(&truststore, ca.bytes, ca.len, NULL));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(policy, OB_NOW));
    must(mtlsauth_policy_allow_any(policy, "any"));
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF));
    ca_x509 = native(issuer);
    der_build_free(&leaf);
    der_build_free(&ca);
}

#endif
