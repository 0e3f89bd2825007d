/* SPDX-License-Identifier: MIT */
/* Delegates of OCSP, and what lists say of them. */
#include "authorizer_ocsp.h"

#define LISTER_NAME "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Lister\" } } } }"

/* crlDistributionPoints: a point of the CRL issuer "Lister". */
static const char by_lister[] =
    "\x30\x19\x30\x17\xa2\x15\xa4\x13\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06Lister";

/* A certificate that is larger than what a client may send. */
START_TEST(larger_than_a_client)
{
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .serial = "\x33",
                                                               .serial_len = 1,
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = 12,
                                                               .crl_url = true,
                                                               .no_check = true});
    const struct ob_response response = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
    mtlsauth_limits *limits;

    setup(true);
    make_chain(&(struct ob_cert){.key = OB_LEAF}, false);
    OK(mtlsauth_limits_new(&limits));
    OK(mtlsauth_limits_set_certificate_bytes(limits, delegate.len - 1));
    OK(mtlsauth_policy_set_limits(policy, limits));
    set_policy();
    put_empty_list("17 { \"260701000000Z\" }");
    OK(put(&response));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    mtlsauth_limits_free(limits);
    der_build_free(&delegate);
    teardown();
}
END_TEST

/* One entry, in a list of the key that the CA "issuer" has now, or of the CRL issuer "Lister". */
static void put_list_of(const mtlsauth_cert *signer, enum ob_key key, bool indirect,
                        const char *serial)
{
    char entry[160];
    const struct crl_text parts = {
        .issuer = indirect ? LISTER_NAME : ISSUER_NAME,
        .revoked = entry,
        .extensions =
            indirect ? CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }") : CRL_NUMBER,
    };
    struct der_text list;
    mtlsauth_crl *crl;

    snprintf(entry, sizeof entry, "30 { 02 { %s } " CRL_DATE " %s }", serial,
             indirect ? "30 { " CRL_CRITICAL("55 1d 1d", "30 { a4 { " ISSUER_NAME " } }") " }"
                      : "");
    list = crl_signed(&parts, ob_pkey(key));
    OK(mtlsauth_crl_load(&crl, list.ptr, list.len, signer, policy, NULL));
    OK(mtlsauth_authorizer_put_crl(authorizer, crl));
    mtlsauth_crl_free(crl);
    free(list.ptr);
}

/*
 * The list that revokes a client revokes a delegate as well: one of the CA's next key, and an indirect
 * one of another CRL issuer. nocheck, or no point at all, does not make up for it.
 */
START_TEST(revoked_by_the_list_of_another_key)
{
    static const struct {
        const char *serial;
        bool indirect;
        int want;
    } rows[] = {
        {"44", false, MTLSAUTH_OK},
        {"05", false, MTLSAUTH_DENY_REVOKED},
        {"33", false, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"44", true, MTLSAUTH_OK},
        {"33", true, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        bool indirect = rows[i / 2].indirect;
        struct der_build delegate =
            ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                           .key = OB_DELEGATE,
                                           .serial = "\x33",
                                           .serial_len = 1,
                                           .eku = OB_EKU_OCSP,
                                           .eku_len = 12,
                                           .points = indirect ? by_lister : NULL,
                                           .points_len = sizeof by_lister - 1,
                                           .no_check = indirect || i % 2 == 0});
        const struct ob_response response = {
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
        mtlsauth_cert *signer;

        setup(false);
        signer = ca_of(indirect ? "Lister" : "issuer", OB_SIBLING, "Root", OB_OTHER_CA, "\x21");
        put_list_of(signer, OB_SIBLING, indirect, rows[i / 2].serial);
        OK(put(&response));
        for (int again = 0; again < 2; again++)
            ck_assert_msg(answer() == rows[i / 2].want, "row %zu: %s", i,
                          mtlsauth_decision_message(decision));
        mtlsauth_cert_free(signer);
        der_build_free(&delegate);
        teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer_delegate", larger_than_a_client, revoked_by_the_list_of_another_key)
