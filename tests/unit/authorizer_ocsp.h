/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_AUTHORIZER_OCSP_H
#define TESTS_UNIT_AUTHORIZER_OCSP_H

/* What the tests of OCSP in an authorizer share. */

#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"
#include "support/crl_sign.h"
#include "unit.h"

/*
 * A CA "issuer", of which a client "leaf" with serial 05 is. Either the CA is in the truststore, or
 * the CA "Root" above it is, and the client sends the certificate of "issuer".
 */

static mtlsauth_cert *root, *issuer;
static mtlsauth_chain *chain;
static mtlsauth_truststore *store;
static mtlsauth_policy *policy;
static mtlsauth_authorizer *authorizer;
static mtlsauth_decision *decision;

/* A responder "ocsp" that "issuer" has made one, with what differs. */
#define ob_delegate(...)                                                                           \
    ob_make_cert(&(struct ob_cert){.subject = "ocsp",                                              \
                                   .key = OB_DELEGATE,                                             \
                                   .serial = "\x33",                                               \
                                   .serial_len = 1,                                                \
                                   .eku = OB_EKU_OCSP,                                             \
                                   .eku_len = 12,                                                  \
                                   __VA_ARGS__})

#define OK(what)                                                                                   \
    do {                                                                                           \
        int ok_code = (what);                                                                      \
        ck_assert_msg(ok_code == MTLSAUTH_OK, #what ": %s: %s", mtlsauth_code_name(ok_code),       \
                      mtlsauth_last_error());                                                      \
    } while (0)

static inline mtlsauth_cert *ca_of(const char *subject, enum ob_key key, const char *by,
                                   enum ob_key by_key, const char *serial)
{
    struct ca_spec spec = {.subject = subject,
                           .issuer = by,
                           .key = ob_pkey(key),
                           .issuer_key = ob_pkey(by_key),
                           .serial = (const unsigned char *)serial,
                           .serial_len = 1,
                           .constraints = "critical,CA:TRUE",
                           .usage = "keyCertSign,cRLSign"};

    return ca_cert(&spec);
}

static inline void make_chain(const struct ob_cert *leaf, bool with_issuer)
{
    struct der_build der = ob_make_cert(leaf);
    const void *ders[2] = {der.bytes};
    size_t lens[2] = {der.len};

    mtlsauth_chain_free(chain);
    if (with_issuer)
        ders[1] = mtlsauth_cert_der(issuer, &lens[1]);
    OK(mtlsauth_chain_from_der(&chain, ders, lens, with_issuer ? 2 : 1));
    der_build_free(&der);
}

static inline void setup_at(bool known, int evidence, int depth)
{
    const void *der;
    size_t len;

    root = ca_of("Root", OB_OTHER_CA, "Root", OB_OTHER_CA, "\x01");
    issuer = known ? ca_of("issuer", OB_ISSUER, "issuer", OB_ISSUER, "\x01")
                   : ca_of("issuer", OB_ISSUER, "Root", OB_OTHER_CA, "\x20");
    make_chain(&(struct ob_cert){.key = OB_LEAF, .crl_url = true, .ocsp_url = true}, !known);
    der = mtlsauth_cert_der(known ? issuer : root, &len);
    OK(mtlsauth_truststore_parse(&store, der, len, NULL));
    OK(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    OK(mtlsauth_policy_set_time(policy, OB_NOW));
    OK(mtlsauth_policy_allow_any(policy, "any"));
    OK(mtlsauth_policy_set_revocation(policy, evidence, depth));
    OK(mtlsauth_authorizer_new(&authorizer, store, policy));
    OK(mtlsauth_decision_new(&decision));
}

static inline void setup(bool known)
{
    setup_at(known, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF);
}

static inline void teardown(void)
{
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    mtlsauth_chain_free(chain);
    mtlsauth_cert_free(root);
    mtlsauth_cert_free(issuer);
    chain = NULL;
}

#define ISSUER_NAME "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"issuer\" } } } }"

static inline mtlsauth_crl *load_crl(const char *revoked, const char *this_update,
                                     const char *next_update, enum ob_key key)
{
    struct crl_text parts = {.issuer = ISSUER_NAME,
                             .revoked = revoked,
                             .this_update = this_update,
                             .next_update = next_update};
    struct der_text list = crl_signed(&parts, ob_pkey(key));
    mtlsauth_crl *crl = NULL;
    int code = mtlsauth_crl_load(&crl, list.ptr, list.len, issuer, policy, NULL);

    ck_assert_int_eq(code, key == OB_ISSUER ? MTLSAUTH_OK : MTLSAUTH_ERR_SIGNATURE);
    free(list.ptr);
    return crl;
}

/* The issuer's list, without an entry, until then: a UTCTime. */
static inline void put_empty_list(const char *next_update)
{
    mtlsauth_crl *crl = load_crl("-", "17 { \"260601000000Z\" }", next_update, OB_ISSUER);

    OK(mtlsauth_authorizer_put_crl(authorizer, crl));
    mtlsauth_crl_free(crl);
}

static inline void set_policy(void)
{
    OK(mtlsauth_authorizer_set_policy(authorizer, policy));
}

static inline int put_der(const struct der_build *der)
{
    return mtlsauth_authorizer_put_ocsp_response(authorizer, der->bytes, der->len);
}

static inline int put(const struct ob_response *spec)
{
    struct der_build der = ob_make_response(spec);
    int code = put_der(&der);

    der_build_free(&der);
    return code;
}

/* An answer with one field or two that differ. */
static inline int put_single(const struct ob_single *single)
{
    return put(&(struct ob_response){.singles = single, .single_count = 1});
}

static inline int answer(void)
{
    return mtlsauth_authorize(authorizer, chain, decision);
}

static inline uint64_t generation(void)
{
    return mtlsauth_authorizer_generation(authorizer);
}

#endif
