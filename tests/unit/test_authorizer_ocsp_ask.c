/* SPDX-License-Identifier: MIT */
/* What a decision says has to be asked, and of whom. */
#include "authorizer_ocsp.h"

static void nothing_to_ask(const char *row)
{
    const mtlsauth_ocsp_request *request = (const mtlsauth_ocsp_request *)&row;
    const char *url = "";

    ASSERT_INT(row, mtlsauth_decision_ocsp_request(decision, &request, &url),
               MTLSAUTH_ERR_NOT_FOUND);
    ASSERT_TRUE(row, request == NULL && url == NULL);
}

START_TEST(what_to_ask_and_whom)
{
    const mtlsauth_ocsp_request *request;
    mtlsauth_ocsp_request *like;
    const char *url, *crl;
    const void *der, *want;
    size_t len, want_len;

    setup(true);
    nothing_to_ask("not evaluated");
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(mtlsauth_decision_ocsp_request(decision, &request, &url));
    ck_assert_str_eq(url, "http://ocsp/x");
    OK(mtlsauth_ocsp_request_new(&like, mtlsauth_chain_cert(chain, 0), issuer, 0));
    der = mtlsauth_ocsp_request_der(request, &len);
    want = mtlsauth_ocsp_request_der(like, &want_len);
    ck_assert_uint_eq(len, want_len);
    ck_assert_int_eq(memcmp(der, want, len), 0);
    mtlsauth_ocsp_request_free(like);
    crl = mtlsauth_decision_crl_url(decision, 0, 0);
    ck_assert_str_eq(crl, "http://crl/ca");
    ck_assert_ptr_eq(mtlsauth_decision_crl_url(decision, 0, 0), crl);
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 1));
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 1, 0));
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 2, 0));
    ck_assert_ptr_null(mtlsauth_decision_crl_url(NULL, 0, 0));
    ck_assert_int_eq(mtlsauth_decision_ocsp_request(decision, NULL, &url), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_decision_ocsp_request(NULL, &request, &url), MTLSAUTH_ERR_ARGUMENT);

    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    nothing_to_ask("allowed");
    ck_assert_str_eq(mtlsauth_decision_crl_url(decision, 0, 0), "http://crl/ca");
    OK(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL_AND_OCSP, MTLSAUTH_DEPTH_LEAF));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    nothing_to_ask("the CRL is missing");
    OK(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    nothing_to_ask("no OCSP");
    OK(put_single(&(struct ob_single){.status = 1}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    nothing_to_ask("revoked");
    mtlsauth_decision_reset(decision);
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
    teardown();
}
END_TEST

static void asks(const char *row, bool want)
{
    const mtlsauth_ocsp_request *request;
    const char *url;

    if (want)
        ASSERT_INT(row, mtlsauth_decision_ocsp_request(decision, &request, &url), MTLSAUTH_OK);
    else
        nothing_to_ask(row);
}

/* A hold may have ended, when it is not fresh any more: it denies, and is asked about again. */
START_TEST(a_hold_that_may_have_ended)
{
    static const struct {
        const char *name;
        int evidence;
        const char *reason;
        bool by_list, asks;
    } rows[] = {
        {"a hold", MTLSAUTH_EVIDENCE_OCSP, "\x06", false, true},
        {"a hold, a list would do", MTLSAUTH_EVIDENCE_CRL_OR_OCSP, "\x06", false, true},
        {"a hold, OCSP is not asked", MTLSAUTH_EVIDENCE_CRL, "\x06", false, false},
        {"a hold, and on a list", MTLSAUTH_EVIDENCE_OCSP, "\x06", true, false},
        {"for good", MTLSAUTH_EVIDENCE_OCSP, "\x01", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        setup_at(true, rows[i].evidence, MTLSAUTH_DEPTH_LEAF);
        if (rows[i].by_list) {
            mtlsauth_crl *crl = load_crl(CRL_ENTRY("05"), "17 { \"260601000000Z\" }",
                                         "17 { \"260701000000Z\" }", OB_ISSUER);

            OK(mtlsauth_authorizer_put_crl(authorizer, crl));
            mtlsauth_crl_free(crl);
        }
        OK(put_single(&(struct ob_single){.status = 1, .reason = rows[i].reason}));
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        nothing_to_ask(rows[i].name);
        OK(mtlsauth_policy_set_time(policy, OB_NOW + 86400));
        set_policy();
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        asks(rows[i].name, rows[i].asks);
        teardown();
    }
}
END_TEST

/* CVE-2026-94417: a certificate that names no responder, and no list, is no certificate that is
 * good. */
START_TEST(nobody_to_ask)
{
    static const int modes[] = {MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_EVIDENCE_OCSP,
                                MTLSAUTH_EVIDENCE_CRL_OR_OCSP, MTLSAUTH_EVIDENCE_CRL_AND_OCSP};

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        const mtlsauth_ocsp_request *request;
        const char *url = "";

        setup_at(true, modes[i], MTLSAUTH_DEPTH_LEAF);
        /* id-pkix-ocsp-nocheck in a client's certificate means nothing (RFC 6960 4.2.2.2.1). */
        make_chain(&(struct ob_cert){.key = OB_LEAF, .no_check = true}, false);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
        if (modes[i] == MTLSAUTH_EVIDENCE_CRL) {
            nothing_to_ask("CRL");
        } else {
            OK(mtlsauth_decision_ocsp_request(decision, &request, &url));
            ck_assert_ptr_null(url);
            ck_assert_ptr_nonnull(request);
        }
        teardown();
    }
}
END_TEST

/* Whatever URL a stranger's certificate names: nobody is told to fetch it. */
START_TEST(nothing_is_fetched_for_a_path_that_was_not_verified)
{
    setup(true);
    make_chain(&(struct ob_cert){.key = OB_LEAF, .crl_url = true, .ocsp_url = true, .broken = true},
               false);
    ck_assert_int_gt(answer(), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 0);
    nothing_to_ask("a bad signature");
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/ocsp_ask", what_to_ask_and_whom, a_hold_that_may_have_ended, nobody_to_ask,
          nothing_is_fetched_for_a_path_that_was_not_verified)
