/* SPDX-License-Identifier: MIT */
/* NULL and values out of range, in each public function of lists, OCSP and reload; what getters say
 * of NULL, and of a list and an answer that are there. */
#include "ocsp.h"
#include "support/reload.h"

#define MISUSE(call)                                                                               \
    do {                                                                                           \
        int got_ = (call);                                                                         \
        ck_assert_msg(got_ == MTLSAUTH_ERR_ARGUMENT, #call " is %s", mtlsauth_code_name(got_));    \
        ck_assert_msg(strlen(mtlsauth_last_error()) > 10, #call " says nothing");                  \
    } while (0)

/* The out parameter is NULL then, whatever was in it. */
#define MISUSE_OUT(out, call)                                                                      \
    do {                                                                                           \
        (out) = (void *)reload_folder;                                                             \
        MISUSE(call);                                                                              \
        ck_assert_msg((out) == NULL, #call " leaves something");                                   \
    } while (0)

static mtlsauth_crl *load_list(const char *extensions)
{
    struct crl_text parts = {.revoked = REVOKED5, .extensions = extensions};
    struct der_text list = crl_signed(&parts, root_key);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    free(list.ptr);
    return crl;
}

START_TEST(lists)
{
    static const unsigned char key[32] = "a key of thirty-two octets......";
    const unsigned char serial[1] = {5};
    unsigned char found[20];
    mtlsauth_crl *crl, *out;
    int yes = 7, status = 7;
    size_t len = 7;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    crl = load_list(NULL);
    MISUSE(mtlsauth_crl_parse(NULL, "x", 1, NULL));
    MISUSE_OUT(out, mtlsauth_crl_parse(&out, NULL, 1, NULL));
    MISUSE(mtlsauth_crl_load(NULL, "x", 1, root, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load(&out, NULL, 1, root, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load(&out, "x", 1, NULL, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load(&out, "x", 1, root, NULL, NULL));
    MISUSE(mtlsauth_crl_load_file(NULL, "x", root, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_file(&out, NULL, root, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_file(&out, "x", NULL, policy, NULL));
    MISUSE(mtlsauth_crl_load_from_truststore(NULL, "x", 1, root_store, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_from_truststore(&out, NULL, 1, root_store, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_from_truststore(&out, "x", 1, NULL, policy, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_from_truststore(&out, "x", 1, root_store, NULL, NULL));
    MISUSE_OUT(out, mtlsauth_crl_load_file_from_truststore(&out, NULL, root_store, policy, NULL));

    MISUSE(mtlsauth_crl_find(NULL, serial, 1, &yes, NULL, NULL));
    ck_assert_int_eq(yes, 0);
    MISUSE(mtlsauth_crl_find(crl, NULL, 1, &yes, NULL, NULL));
    MISUSE(mtlsauth_crl_find(crl, serial, 1, NULL, NULL, NULL));
    MISUSE(mtlsauth_crl_check(NULL, root, root, policy, &status, NULL, NULL));
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    MISUSE(mtlsauth_crl_check(crl, NULL, root, policy, &status, NULL, NULL));
    MISUSE(mtlsauth_crl_check(crl, root, NULL, policy, &status, NULL, NULL));
    MISUSE(mtlsauth_crl_check(crl, root, root, NULL, &status, NULL, NULL));
    MISUSE(mtlsauth_crl_check(crl, root, root, policy, NULL, NULL, NULL));
    MISUSE(mtlsauth_crl_serial_at(NULL, 0, found, sizeof found, &len, NULL, NULL));
    MISUSE(mtlsauth_crl_serial_at(crl, 0, NULL, sizeof found, &len, NULL, NULL));
    MISUSE(mtlsauth_crl_serial_at(crl, 0, found, sizeof found, NULL, NULL, NULL));
    MISUSE(mtlsauth_crl_serial_at(crl, 1, found, sizeof found, &len, NULL, NULL));

    MISUSE(mtlsauth_crl_save(NULL, in_folder("x"), NULL, 0));
    MISUSE(mtlsauth_crl_save(crl, NULL, NULL, 0));
    MISUSE(mtlsauth_crl_save(crl, in_folder("x"), NULL, 32));
    MISUSE(mtlsauth_crl_save(crl, in_folder("x"), key, 0));
    MISUSE(mtlsauth_crl_save(crl, in_folder("x"), key, 15));
    MISUSE(mtlsauth_crl_save(crl, in_folder("x"), key, (size_t)INT32_MAX + 1));
    ck_assert_int_ne(access(in_folder("x"), F_OK), 0);
    MISUSE(mtlsauth_crl_open_file(NULL, in_folder("x"), NULL, 0));
    MISUSE_OUT(out, mtlsauth_crl_open_file(&out, NULL, NULL, 0));
    MISUSE_OUT(out, mtlsauth_crl_open_file(&out, in_folder("x"), NULL, 32));
    MISUSE(mtlsauth_crl_open(NULL, "x", 1, key, sizeof key));
    MISUSE_OUT(out, mtlsauth_crl_open(&out, NULL, 1, key, sizeof key));
    MISUSE_OUT(out, mtlsauth_crl_open(&out, "x", 1, key, 15));
    MISUSE_OUT(out, mtlsauth_crl_open(&out, "x", 1, NULL, 0));
    mtlsauth_crl_free(crl);
    reload_teardown();
}
END_TEST

START_TEST(options_of_lists)
{
    mtlsauth_crl_options *options;

    MISUSE(mtlsauth_crl_options_new(NULL));
    ck_assert_int_eq(mtlsauth_crl_options_new(&options), MTLSAUTH_OK);
    MISUSE(mtlsauth_crl_options_set_max_bytes(NULL, 1));
    MISUSE(mtlsauth_crl_options_set_max_bytes(options, 0));
    MISUSE(mtlsauth_crl_options_set_max_entries(NULL, 1));
    MISUSE(mtlsauth_crl_options_set_max_entries(options, 0));
    MISUSE(mtlsauth_crl_options_set_max_entries(options, UINT64_C(4294967295)));
    MISUSE(mtlsauth_crl_options_set_max_serial(NULL, 1));
    MISUSE(mtlsauth_crl_options_set_max_serial(options, 0));
    MISUSE(mtlsauth_crl_options_set_max_serial(options, MTLSAUTH_CRL_MAX_SERIAL + 1));
    MISUSE(mtlsauth_crl_options_set_progress(NULL, NULL, NULL));
    mtlsauth_crl_options_free(NULL);
    mtlsauth_crl_options_free(options);
}
END_TEST

/* Each limit is the last number that passes. */
START_TEST(limits_of_lists)
{
    struct crl_text parts = {.revoked = CRL_ENTRY("05") CRL_ENTRY("01 00 07")};
    mtlsauth_crl_options *options;
    struct der_text list;
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    list = crl_signed(&parts, root_key);
    ASSERT_CALL(mtlsauth_crl_options_new(&options));
    ASSERT_CALL(mtlsauth_crl_options_set_max_bytes(options, list.len));
    ASSERT_CALL(mtlsauth_crl_options_set_max_entries(options, 2));
    ASSERT_CALL(mtlsauth_crl_options_set_max_serial(options, 3));
    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, options));
    mtlsauth_crl_free(crl);

    ASSERT_CALL(mtlsauth_crl_options_set_max_bytes(options, list.len - 1));
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, list.ptr, list.len, options), MTLSAUTH_ERR_LIMIT);
    ASSERT_CALL(mtlsauth_crl_options_set_max_bytes(options, list.len));
    ASSERT_CALL(mtlsauth_crl_options_set_max_entries(options, 1));
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, list.ptr, list.len, options), MTLSAUTH_ERR_LIMIT);
    ASSERT_CALL(mtlsauth_crl_options_set_max_entries(options, 2));
    ASSERT_CALL(mtlsauth_crl_options_set_max_serial(options, 2));
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, list.ptr, list.len, options), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(crl);
    mtlsauth_crl_options_free(options);
    free(list.ptr);
    reload_teardown();
}
END_TEST

START_TEST(getters_of_lists)
{
    mtlsauth_crl *delta, *parted;
    int reason = 7;
    int64_t date = 7;
    int found = 7;
    size_t len = 7;
    unsigned char serial[20];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mtlsauth_crl_is_verified(NULL), 0);
    ck_assert_str_eq(mtlsauth_crl_issuer(NULL), "");
    ck_assert_ptr_null(mtlsauth_crl_number(NULL, &len));
    ck_assert_uint_eq(len, 0);
    ck_assert_ptr_null(mtlsauth_crl_number(NULL, NULL));
    ck_assert_str_eq(mtlsauth_crl_number_hex(NULL), "");
    len = 7;
    ck_assert_ptr_null(mtlsauth_crl_base_number(NULL, &len));
    ck_assert_uint_eq(len, 0);
    ck_assert_str_eq(mtlsauth_crl_base_number_hex(NULL), "");
    ck_assert_int_eq(mtlsauth_crl_this_update(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_crl_next_update(NULL), MTLSAUTH_NO_TIME);
    ck_assert_uint_eq(mtlsauth_crl_count(NULL), 0);
    ck_assert_ptr_null(mtlsauth_crl_sha256(NULL));
    ck_assert_str_eq(mtlsauth_crl_sha256_hex(NULL), "");
    ck_assert_ptr_null(mtlsauth_crl_issuer_key(NULL));
    ck_assert_str_eq(mtlsauth_crl_signature_text(NULL), "");
    ck_assert_str_eq(mtlsauth_crl_distribution_point(NULL), "");
    ck_assert_uint_eq(mtlsauth_crl_scope(NULL), 0);
    ck_assert_uint_eq(mtlsauth_crl_reasons(NULL), 0);
    ck_assert_uint_eq(mtlsauth_crl_memory(NULL), 0);
    ck_assert_ptr_null(mtlsauth_crl_ref(NULL));
    mtlsauth_crl_free(NULL);

    delta = load_list(CRL_EXTENSION("55 1d 14", "02 { 02 01 }")
                          CRL_CRITICAL("55 1d 1b", "02 { 01 02 }"));
    ck_assert_int_eq(mtlsauth_crl_is_verified(delta), 1);
    ck_assert_str_eq(mtlsauth_crl_issuer(delta), "CN=Root");
    ck_assert_int_eq(memcmp(mtlsauth_crl_number(delta, &len), "\x02\x01", 2), 0);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(memcmp(mtlsauth_crl_number(delta, NULL), "\x02\x01", 2), 0);
    ck_assert_int_eq(memcmp(mtlsauth_crl_base_number(delta, &len), "\x01\x02", 2), 0);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(memcmp(mtlsauth_crl_base_number(delta, NULL), "\x01\x02", 2), 0);
    ck_assert_str_eq(mtlsauth_crl_number_hex(delta), "0201");
    ck_assert_str_eq(mtlsauth_crl_base_number_hex(delta), "0102");
    ck_assert_int_eq(mtlsauth_crl_this_update(delta), 1767225600);
    ck_assert_int_eq(mtlsauth_crl_next_update(delta), 1798761600);
    ck_assert_ptr_nonnull(mtlsauth_crl_sha256(delta));
    ck_assert_int_eq(memcmp(mtlsauth_crl_issuer_key(delta), mtlsauth_cert_spki_sha256(root), 32),
                     0);
    ck_assert_str_eq(mtlsauth_crl_distribution_point(delta), "");
    ck_assert_uint_eq(mtlsauth_crl_scope(delta), MTLSAUTH_CRL_SCOPE_DELTA);
    ck_assert_uint_gt(mtlsauth_crl_memory(delta), 0);
    ASSERT_CALL(mtlsauth_crl_find(delta, "\x05", 1, &found, &date, &reason));
    ck_assert_int_eq(found, 1);
    ck_assert_int_eq(date, 1767225600);
    ck_assert_int_eq(reason, MTLSAUTH_CRL_REASON_NONE);
    ASSERT_CALL(mtlsauth_crl_find(delta, "\x06", 1, &found, &date, &reason));
    ck_assert_int_eq(found, 0);
    ck_assert_int_eq(date, MTLSAUTH_NO_TIME);
    date = 7;
    ASSERT_CALL(mtlsauth_crl_serial_at(delta, 0, serial, sizeof serial, &len, &date, &reason));
    ck_assert_uint_eq(len, 1);
    ck_assert_uint_eq(serial[0], 5);
    ck_assert_int_eq(date, 1767225600);
    ck_assert_int_eq(reason, MTLSAUTH_CRL_REASON_NONE);
    ck_assert_ptr_eq(mtlsauth_crl_ref(delta), delta);
    mtlsauth_crl_free(delta);
    mtlsauth_crl_free(delta);

    /* Of CA certificates, and of two reasons; and of attribute certificates. */
    parted = load_list(CRL_NUMBER CRL_CRITICAL(
        "55 1d 1c", "30 { a0 { a0 { 86 { \"http://a/\" } } } 82 01 ff 83 { 05 60 } }"));
    ck_assert_uint_eq(mtlsauth_crl_scope(parted), MTLSAUTH_CRL_SCOPE_CA |
                                                      MTLSAUTH_CRL_SCOPE_REASONS |
                                                      MTLSAUTH_CRL_SCOPE_POINT);
    ck_assert_str_eq(mtlsauth_crl_distribution_point(parted), "http://a/");
    ck_assert_uint_ne(mtlsauth_crl_reasons(parted), 0);
    mtlsauth_crl_free(parted);
    reload_teardown();
}
END_TEST

START_TEST(of_an_authorizer)
{
    mtlsauth_report *report = NULL;
    mtlsauth_crl *crl;
    int changed = 7;
    size_t needed;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    crl = load_list(NULL);
    MISUSE(mtlsauth_authorizer_put_crl(NULL, crl));
    MISUSE(mtlsauth_authorizer_put_crl(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_remove_crl(NULL, crl));
    MISUSE(mtlsauth_authorizer_remove_crl(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_add_truststore_file(NULL, "x"));
    MISUSE(mtlsauth_authorizer_add_truststore_file(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_add_truststore_file(authorizer, ""));
    MISUSE(mtlsauth_authorizer_add_crl_file(NULL, "x", NULL));
    MISUSE(mtlsauth_authorizer_add_crl_file(authorizer, NULL, NULL));
    MISUSE(mtlsauth_authorizer_add_crl_dir(NULL, "x", NULL));
    MISUSE(mtlsauth_authorizer_add_crl_dir(authorizer, NULL, NULL));
    MISUSE_OUT(report, mtlsauth_authorizer_refresh(NULL, &changed, &report));
    ck_assert_int_eq(changed, 0);
    MISUSE(mtlsauth_authorizer_set_state_dir(NULL, "x"));
    MISUSE(mtlsauth_authorizer_set_state_dir(authorizer, NULL));
    MISUSE(mtlsauth_state_accept_rollback(NULL, crl));
    MISUSE(mtlsauth_state_accept_rollback("x", NULL));
    MISUSE(mtlsauth_authorizer_put_ocsp_response(NULL, "x", 1));
    MISUSE(mtlsauth_authorizer_put_ocsp_response(authorizer, NULL, 1));
    MISUSE(mtlsauth_authorizer_save_ocsp(NULL, reload_folder));
    MISUSE(mtlsauth_authorizer_save_ocsp(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_save_ocsp(authorizer, ""));
    MISUSE_OUT(report, mtlsauth_authorizer_load_ocsp(NULL, reload_folder, &report));
    MISUSE_OUT(report, mtlsauth_authorizer_load_ocsp(authorizer, NULL, &report));
    MISUSE_OUT(report, mtlsauth_authorizer_load_ocsp(authorizer, "", &report));
    MISUSE(mtlsauth_authorizer_stats_json(NULL, NULL, 0, &needed));
    MISUSE(mtlsauth_authorizer_stats_json(authorizer, NULL, 1, &needed));
    ck_assert_uint_eq(generation(), 1);
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    mtlsauth_crl_free(crl);
    reload_teardown();
}
END_TEST

START_TEST(of_a_policy)
{
    unsigned char key[MTLSAUTH_SHA256_LEN] = {0};
    mtlsauth_policy *made = reload_policy(MTLSAUTH_EVIDENCE_CRL);

    MISUSE(mtlsauth_policy_set_revocation_for_issuer(NULL, key, MTLSAUTH_EVIDENCE_OFF));
    MISUSE(mtlsauth_policy_set_revocation_for_issuer(made, NULL, MTLSAUTH_EVIDENCE_OFF));
    MISUSE(mtlsauth_policy_set_revocation_for_issuer(made, key, MTLSAUTH_EVIDENCE_OFF - 1));
    MISUSE(mtlsauth_policy_set_revocation_for_issuer(made, key, 6));
    MISUSE(mtlsauth_policy_set_crl_max_age(NULL, 1));
    MISUSE(mtlsauth_policy_set_crl_max_age(made, 0));
    ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(made, 3600), MTLSAUTH_OK);
    MISUSE(mtlsauth_policy_set_crl_max_age(made, 3601));
    MISUSE(mtlsauth_policy_set_ocsp_max_age(NULL, 1));
    MISUSE(mtlsauth_policy_set_ocsp_max_age(made, 0));
    MISUSE(mtlsauth_policy_set_ocsp_max_age(made, 366 * 86400 + 1));
    MISUSE(mtlsauth_policy_set_insecure_revocation_grace(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_revocation_grace(made, -1));
    MISUSE(mtlsauth_policy_set_insecure_revocation_grace(made, 30 * 86400 + 1));
    MISUSE(mtlsauth_policy_set_insecure_allow_unknown_revocation(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_crl_without_number(NULL, 1));

    /* One more than there may be; one that is there already may still change. */
    for (unsigned i = 0; i < MTLSAUTH_MAX_EVIDENCE_ISSUERS; i++) {
        memcpy(key, &i, sizeof i);
        ck_assert_int_eq(
            mtlsauth_policy_set_revocation_for_issuer(made, key, MTLSAUTH_EVIDENCE_OCSP),
            MTLSAUTH_OK);
    }
    ck_assert_int_eq(mtlsauth_policy_set_revocation_for_issuer(made, key, MTLSAUTH_EVIDENCE_CRL),
                     MTLSAUTH_OK);
    memset(key, 0xff, sizeof key);
    ck_assert_int_eq(mtlsauth_policy_set_revocation_for_issuer(made, key, MTLSAUTH_EVIDENCE_CRL),
                     MTLSAUTH_ERR_LIMIT);
    mtlsauth_policy_free(made);
}
END_TEST

START_TEST(ocsp_requests_and_responses)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *rules = ocsp_policy();
    struct der_build der = ob_make_response(&(struct ob_response){.singles = NULL});
    mtlsauth_ocsp_request *request, *made;
    mtlsauth_ocsp_response *response, *read;
    mtlsauth_ocsp_result *result;
    const void *serial;
    char url[MTLSAUTH_OCSP_URL_LEN];
    int status;
    int64_t from, until;
    size_t len;

    ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, issuer, 0), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
    MISUSE(mtlsauth_ocsp_request_new(NULL, leaf, issuer, 0));
    MISUSE_OUT(made, mtlsauth_ocsp_request_new(&made, NULL, issuer, 0));
    MISUSE_OUT(made, mtlsauth_ocsp_request_new(&made, leaf, NULL, 0));
    MISUSE_OUT(made, mtlsauth_ocsp_request_new(&made, leaf, issuer, 1U << 20));
    MISUSE(mtlsauth_ocsp_request_add(NULL, leaf, issuer));
    MISUSE(mtlsauth_ocsp_request_add(request, NULL, issuer));
    MISUSE(mtlsauth_ocsp_request_add(request, leaf, NULL));
    MISUSE(mtlsauth_ocsp_request_http_get_url(NULL, "http://a/", url, sizeof url));
    MISUSE(mtlsauth_ocsp_request_http_get_url(request, NULL, url, sizeof url));
    MISUSE(mtlsauth_ocsp_request_http_get_url(request, "http://a/", NULL, sizeof url));
    MISUSE(mtlsauth_ocsp_request_http_get_url(request, "http://a/", url, 0));
    MISUSE(mtlsauth_cert_ocsp_url(NULL, url, sizeof url));
    MISUSE(mtlsauth_cert_ocsp_url(leaf, NULL, sizeof url));
    MISUSE(mtlsauth_cert_ocsp_url(leaf, url, 0));
    MISUSE(mtlsauth_ocsp_response_parse(NULL, der.bytes, der.len));
    MISUSE_OUT(read, mtlsauth_ocsp_response_parse(&read, NULL, 1));
    MISUSE(mtlsauth_ocsp_response_load_file(NULL, "x"));
    MISUSE_OUT(read, mtlsauth_ocsp_response_load_file(&read, NULL));
    MISUSE_OUT(result, mtlsauth_ocsp_check(NULL, request, leaf, issuer, rules, &result));
    MISUSE_OUT(result, mtlsauth_ocsp_check(response, request, NULL, issuer, rules, &result));
    MISUSE_OUT(result, mtlsauth_ocsp_check(response, request, leaf, NULL, rules, &result));
    MISUSE_OUT(result, mtlsauth_ocsp_check(response, request, leaf, issuer, NULL, &result));
    MISUSE(mtlsauth_ocsp_check(response, request, leaf, issuer, rules, NULL));
    MISUSE(mtlsauth_ocsp_response_entry(NULL, 0, &serial, &len, &status, &from, &until));
    MISUSE(mtlsauth_ocsp_response_entry(response, 0, NULL, &len, &status, &from, &until));
    MISUSE(mtlsauth_ocsp_response_entry(response, 0, &serial, NULL, &status, &from, &until));
    MISUSE(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, NULL, &from, &until));
    MISUSE(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, NULL, &until));
    MISUSE(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &from, NULL));
    MISUSE(mtlsauth_ocsp_response_entry(response, 1, &serial, &len, &status, &from, &until));
    ck_assert_int_eq(
        mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &from, &until),
        MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, request, leaf, issuer, rules, &result),
                     MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_result_status(result), status);
    ck_assert_int_eq(mtlsauth_ocsp_result_this_update(result), from);
    ck_assert_int_eq(mtlsauth_ocsp_result_next_update(result), until);
    ck_assert_int_eq(mtlsauth_ocsp_result_produced_at(result),
                     mtlsauth_ocsp_response_produced_at(response));
    ck_assert_int_eq(mtlsauth_ocsp_result_revoked_at(result), MTLSAUTH_NO_TIME);
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_ocsp_request_free(request);
    der_build_free(&der);
    mtlsauth_policy_free(rules);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

START_TEST(getters_of_ocsp)
{
    size_t len = 7;

    ck_assert_ptr_null(mtlsauth_ocsp_request_der(NULL, &len));
    ck_assert_uint_eq(len, 0);
    ck_assert_ptr_null(mtlsauth_ocsp_request_der(NULL, NULL));
    len = 7;
    ck_assert_ptr_null(mtlsauth_ocsp_request_nonce(NULL, &len));
    ck_assert_uint_eq(len, 0);
    len = 7;
    ck_assert_ptr_null(mtlsauth_ocsp_response_der(NULL, &len));
    ck_assert_uint_eq(len, 0);
    ck_assert_ptr_null(mtlsauth_ocsp_response_der(NULL, NULL));
    ck_assert_ptr_null(mtlsauth_ocsp_response_ref(NULL));
    mtlsauth_ocsp_request_free(NULL);
    mtlsauth_ocsp_response_free(NULL);
    mtlsauth_ocsp_result_free(NULL);
    ck_assert_uint_eq(mtlsauth_ocsp_response_count(NULL), 0);
    ck_assert_int_eq(mtlsauth_ocsp_response_status(NULL), -1);
    ck_assert_int_eq(mtlsauth_ocsp_response_produced_at(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_reason(NULL), -1);
    ck_assert_int_eq(mtlsauth_ocsp_result_revoked_at(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_this_update(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_next_update(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_produced_at(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_valid_until(NULL), MTLSAUTH_NO_TIME);
}
END_TEST

START_TEST(getters_of_decisions)
{
    const mtlsauth_ocsp_request *request;
    mtlsauth_decision *decision;
    const char *url;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mtlsauth_decision_new(&decision), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_decision_revoked_at(NULL), MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_decision_revocation_reason(NULL), -1);
    ck_assert_str_eq(mtlsauth_decision_crl_number(NULL), "");
    ck_assert_int_eq(mtlsauth_decision_stale_since(NULL), MTLSAUTH_NO_TIME);
    ck_assert_str_eq(mtlsauth_decision_revoked_by(NULL), "");
    ck_assert_ptr_null(mtlsauth_decision_crl_url(NULL, 0, 0));
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
    MISUSE_OUT(request, mtlsauth_decision_ocsp_request(NULL, &request, &url));
    ck_assert_ptr_null(url);
    MISUSE(mtlsauth_decision_ocsp_request(decision, NULL, &url));
    MISUSE_OUT(request, mtlsauth_decision_ocsp_request(decision, &request, NULL));

    /* With a path: no certificate stands there, or none with such a URL. */
    ck_assert_int_eq(mtlsauth_authorize(authorizer, client5, decision),
                     MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 0, 0));
    ck_assert_ptr_null(mtlsauth_decision_crl_url(decision, 2, 0));
    mtlsauth_decision_free(decision);
    reload_teardown();
}
END_TEST

START_TEST(getters_of_certificates)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_str_eq(mtlsauth_cert_subject_key_id_hex(NULL), "");
    ck_assert_str_eq(mtlsauth_cert_authority_key_id_hex(NULL), "");
    ck_assert_str_eq(mtlsauth_cert_subject_key_id_hex(root), "");
    ck_assert_str_eq(mtlsauth_cert_authority_key_id_hex(root), "");
    reload_teardown();
}
END_TEST

UNIT_MAIN("revocation misuse", lists, options_of_lists, limits_of_lists, getters_of_lists,
          of_an_authorizer, of_a_policy, ocsp_requests_and_responses, getters_of_ocsp,
          getters_of_decisions, getters_of_certificates)
