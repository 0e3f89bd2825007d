/* SPDX-License-Identifier: MIT */
/* Delegates of OCSP whose certificate is larger than what a client may send, beside a list. */
#include "authorizer_ocsp.h"

#include <unistd.h>

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

UNIT_MAIN("authorizer_delegate", larger_than_a_client)
