/* SPDX-License-Identifier: MIT */
/* The shared object by its public headers: NULL and misuse of every function, and what no call
 * touches: the last error in getters, and the caller's error queue of OpenSSL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <mtlsauth/mtlsauth.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static mtlsauth_cert *cert;
static mtlsauth_chain *chain;
static mtlsauth_limits *limits;
static mtlsauth_truststore *truststore;
static mtlsauth_policy *policy;
static mtlsauth_authorizer *authorizer;
static mtlsauth_decision *decision;
static char *pem;

static void path_of(char out[4096], const char *name)
{
    snprintf(out, 4096, "%s/%s", getenv("MTLSAUTH_TEST_DATA"), name);
}

#define OK(call) ck_assert_msg((call) == MTLSAUTH_OK, #call ": %s", mtlsauth_last_error())

static void setup(void)
{
    char path[4096];
    FILE *file;
    size_t len;

    path_of(path, "two-names.pem");
    OK(mtlsauth_cert_load_file(&cert, path));
    OK(mtlsauth_chain_load_file(&chain, path, MTLSAUTH_FORMAT_PEM, NULL));
    file = fopen(path, "r");
    pem = calloc(1, 8192);
    len = fread(pem, 1, 8191, file);
    ck_assert_uint_gt(len, 0);
    fclose(file);
    path_of(path, "root.pem");
    OK(mtlsauth_truststore_load_file(&truststore, path, NULL));
    OK(mtlsauth_limits_new(&limits));
    OK(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    OK(mtlsauth_policy_set_time(policy, 1767225600));
    OK(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    OK(mtlsauth_policy_allow_any(policy, "any"));
    OK(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    OK(mtlsauth_decision_new(&decision));
}

static void teardown(void)
{
    mtlsauth_cert_free(cert);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    mtlsauth_limits_free(limits);
    mtlsauth_policy_free(policy);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_decision_free(decision);
    free(pem);
}

/* A call that must fail, and an out parameter that must be NULL then. */
#define MISUSE(call)                                                                               \
    do {                                                                                           \
        int got = (call);                                                                          \
        ck_assert_msg(got == MTLSAUTH_ERR_ARGUMENT, #call " is %s", mtlsauth_code_name(got));     \
        ck_assert_msg(mtlsauth_last_error()[0] != '\0', #call " says nothing");                    \
    } while (0)
#define MISUSE_OUT(out, call)                                                                      \
    do {                                                                                           \
        (out) = (void *)pem;                                                                       \
        MISUSE(call);                                                                              \
        ck_assert_msg((out) == NULL, #call " leaves something");                                   \
    } while (0)

START_TEST(misuse_of_certificates)
{
    mtlsauth_cert *out;
    mtlsauth_chain *made;
    const void *ders[] = {"x"};
    const size_t lens[] = {1};
    const char *const parts[] = {NULL, NULL}, *text;
    int type, yes = 7;

    MISUSE(mtlsauth_limits_new(NULL));
    MISUSE(mtlsauth_limits_set_certificate_bytes(NULL, 1));
    MISUSE(mtlsauth_limits_set_certificate_bytes(limits, 0));
    MISUSE(mtlsauth_limits_set_chain_bytes(NULL, 1));
    MISUSE(mtlsauth_limits_set_chain_bytes(limits, 0));
    MISUSE(mtlsauth_limits_set_chain_certificates(NULL, 1));
    MISUSE(mtlsauth_limits_set_chain_certificates(limits, 0));
    MISUSE(mtlsauth_limits_set_names(NULL, 1));
    MISUSE(mtlsauth_limits_set_names(limits, 0));
    MISUSE(mtlsauth_limits_set_truststore_bytes(NULL, 1));
    MISUSE(mtlsauth_limits_set_truststore_bytes(limits, 0));
    MISUSE(mtlsauth_limits_set_truststore_certificates(NULL, 1));
    MISUSE(mtlsauth_limits_set_truststore_certificates(limits, 0));

    MISUSE(mtlsauth_cert_parse(NULL, pem, 1));
    MISUSE_OUT(out, mtlsauth_cert_parse(&out, NULL, 1));
    MISUSE_OUT(out, mtlsauth_cert_parse(&out, NULL, 0));
    MISUSE(mtlsauth_cert_load_file(NULL, "x"));
    MISUSE_OUT(out, mtlsauth_cert_load_file(&out, NULL));
    MISUSE(mtlsauth_cert_san(NULL, 0, &type, &text));
    MISUSE(mtlsauth_cert_san(cert, 2, &type, &text));
    MISUSE(mtlsauth_cert_san(cert, SIZE_MAX, &type, &text));
    MISUSE(mtlsauth_cert_matches(NULL, "dns:a", &yes));
    MISUSE(mtlsauth_cert_matches(cert, NULL, &yes));
    ck_assert_int_eq(yes, 0);
    MISUSE(mtlsauth_cert_matches(cert, "dns:a", NULL));

    MISUSE(mtlsauth_chain_parse(NULL, pem, 1, 0, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse(&made, NULL, 1, 0, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse(&made, pem, 1, -1, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse(&made, pem, 1, 10, limits));
    MISUSE_OUT(made, mtlsauth_chain_parse(&made, pem, 1, INT32_MAX, NULL));
    MISUSE(mtlsauth_chain_load_file(NULL, "x", 0, NULL));
    MISUSE_OUT(made, mtlsauth_chain_load_file(&made, NULL, 0, NULL));
    MISUSE(mtlsauth_chain_parse_parts(NULL, parts, 1, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse_parts(&made, NULL, 1, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse_parts(&made, parts, 0, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse_parts(&made, parts, 1, NULL));
    MISUSE_OUT(made, mtlsauth_chain_parse_parts(&made, parts, 3, NULL));
    MISUSE(mtlsauth_chain_from_der(NULL, ders, lens, 1));
    MISUSE_OUT(made, mtlsauth_chain_from_der(&made, NULL, lens, 1));
    MISUSE_OUT(made, mtlsauth_chain_from_der(&made, ders, NULL, 1));
    MISUSE_OUT(made, mtlsauth_chain_from_der(&made, ders, lens, 0));
    ders[0] = NULL;
    MISUSE_OUT(made, mtlsauth_chain_from_der(&made, ders, lens, 1));
}
END_TEST

START_TEST(misuse_of_truststores_and_policies)
{
    mtlsauth_truststore *out;
    mtlsauth_policy *made;
    const char *text;
    const char *const matchers[] = {"dns:a.example"}, *const none[] = {NULL};

    MISUSE(mtlsauth_truststore_parse(NULL, pem, 1, NULL));
    MISUSE_OUT(out, mtlsauth_truststore_parse(&out, NULL, 1, NULL));
    MISUSE(mtlsauth_truststore_load_file(NULL, "x", NULL));
    MISUSE_OUT(out, mtlsauth_truststore_load_file(&out, NULL, NULL));

    MISUSE(mtlsauth_policy_new(NULL, MTLSAUTH_PROFILE_ALB));
    MISUSE_OUT(made, mtlsauth_policy_new(&made, 0));
    MISUSE_OUT(made, mtlsauth_policy_new(&made, 4));
    MISUSE(mtlsauth_policy_set_max_ca_certificates(NULL, 1));
    MISUSE(mtlsauth_policy_set_max_ca_certificates(policy, 5));
    MISUSE(mtlsauth_policy_set_insecure_max_ca_certificates(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_max_ca_certificates(policy, 201));
    MISUSE(mtlsauth_policy_set_min_rsa_bits(NULL, 4096));
    MISUSE(mtlsauth_policy_set_min_rsa_bits(policy, 2047));
    MISUSE(mtlsauth_policy_set_min_ec_bits(NULL, 384));
    MISUSE(mtlsauth_policy_set_min_ec_bits(policy, 255));
    MISUSE(mtlsauth_policy_set_min_hash_bits(NULL, 384));
    MISUSE(mtlsauth_policy_set_min_hash_bits(policy, 255));
    MISUSE(mtlsauth_policy_set_insecure_min_rsa_bits(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_min_ec_bits(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_min_hash_bits(NULL, 1));
    MISUSE(mtlsauth_policy_set_required_eku(NULL, "1.2.3"));
    MISUSE(mtlsauth_policy_set_required_eku(policy, NULL));
    MISUSE(mtlsauth_policy_set_required_eku(policy, ""));
    MISUSE(mtlsauth_policy_set_required_eku(policy, "clientAuth"));
    MISUSE(mtlsauth_policy_set_partial_chain(NULL, 1));
    MISUSE(mtlsauth_policy_require_certificate_policy(NULL, "1.2.3"));
    MISUSE(mtlsauth_policy_require_certificate_policy(policy, NULL));
    MISUSE(mtlsauth_policy_require_certificate_policy(policy, "1"));
    MISUSE(mtlsauth_policy_set_explicit_policy(NULL, 1));
    MISUSE(mtlsauth_policy_set_inhibit_mapping(NULL, 1));
    MISUSE(mtlsauth_policy_set_inhibit_any_policy(NULL, 1));
    OK(mtlsauth_policy_set_explicit_policy(policy, 1));
    MISUSE(mtlsauth_policy_set_explicit_policy(policy, 0));
    OK(mtlsauth_policy_set_inhibit_mapping(policy, 1));
    MISUSE(mtlsauth_policy_set_inhibit_mapping(policy, 0));
    OK(mtlsauth_policy_set_inhibit_any_policy(policy, 1));
    MISUSE(mtlsauth_policy_set_inhibit_any_policy(policy, 0));
    MISUSE(mtlsauth_policy_set_clock(NULL, NULL, NULL));
    MISUSE(mtlsauth_policy_set_time(NULL, 0));
    MISUSE(mtlsauth_policy_set_time(policy, INT64_MIN));
    MISUSE(mtlsauth_policy_set_time(policy, INT64_MAX));
    MISUSE(mtlsauth_policy_set_time(policy, 253402300800));
    MISUSE(mtlsauth_policy_set_clock_skew(NULL, 0));
    MISUSE(mtlsauth_policy_set_clock_skew(policy, -1));
    MISUSE(mtlsauth_policy_set_clock_skew(policy, 3601));
    MISUSE(mtlsauth_policy_set_insecure_skip_time(NULL, 1));
    MISUSE(mtlsauth_policy_set_insecure_certificate_wildcards(NULL, 1));
    MISUSE(mtlsauth_policy_set_budget(NULL, 1, 1, 1));
    MISUSE(mtlsauth_policy_set_budget(policy, 0, 1, 1));
    MISUSE(mtlsauth_policy_set_budget(policy, 1, 0, 1));
    MISUSE(mtlsauth_policy_set_budget(policy, 1, 1, 0));
    MISUSE(mtlsauth_policy_set_budget(policy, MTLSAUTH_DEFAULT_BUDGET_SIGNATURES + 1, 1, 1));
    MISUSE(mtlsauth_policy_set_budget(policy, 1, MTLSAUTH_DEFAULT_BUDGET_STEPS + 1, 1));
    MISUSE(mtlsauth_policy_set_budget(policy, 1, 1, MTLSAUTH_DEFAULT_BUDGET_NAMES + 1));
    MISUSE(mtlsauth_policy_set_limits(NULL, limits));
    MISUSE(mtlsauth_policy_set_revocation(NULL, 1, 1));
    MISUSE(mtlsauth_policy_set_revocation(policy, 0, 1));
    MISUSE(mtlsauth_policy_set_revocation(policy, 6, 1));
    MISUSE(mtlsauth_policy_set_revocation(policy, 1, 0));
    MISUSE(mtlsauth_policy_set_revocation(policy, 1, 3));
    MISUSE(mtlsauth_policy_allow(NULL, "a", matchers, 1));
    MISUSE(mtlsauth_policy_allow(policy, NULL, matchers, 1));
    MISUSE(mtlsauth_policy_allow(policy, "a", NULL, 1));
    MISUSE(mtlsauth_policy_allow(policy, "a", matchers, 0));
    MISUSE(mtlsauth_policy_allow(policy, "a", none, 1));
    MISUSE(mtlsauth_policy_allow_rfc8705(NULL, "a", "tls_client_auth_san_dns", "a"));
    MISUSE(mtlsauth_policy_allow_rfc8705(policy, "a", NULL, "a"));
    MISUSE(mtlsauth_policy_allow_rfc8705(policy, "a", "tls_client_auth_san_dns", NULL));
    MISUSE(mtlsauth_policy_allow_any(NULL, "a"));
    MISUSE(mtlsauth_policy_allow_any(policy, NULL));
    MISUSE(mtlsauth_policy_block(NULL, "dns:a"));
    MISUSE(mtlsauth_policy_block(policy, NULL));
    MISUSE(mtlsauth_policy_lint(policy, NULL, NULL));
    MISUSE_OUT(text, mtlsauth_policy_lint(NULL, truststore, &text));
}
END_TEST

START_TEST(misuse_of_authorizers)
{
    mtlsauth_authorizer *out;
    mtlsauth_policy *silent;
    const char *text;
    unsigned char context[32];
    int code = 77;

    OK(mtlsauth_policy_new(&silent, MTLSAUTH_PROFILE_ALB));
    MISUSE(mtlsauth_authorizer_new(NULL, truststore, policy));
    MISUSE_OUT(out, mtlsauth_authorizer_new(&out, NULL, policy));
    MISUSE_OUT(out, mtlsauth_authorizer_new(&out, truststore, NULL));
    MISUSE_OUT(out, mtlsauth_authorizer_new(&out, truststore, silent));
    MISUSE(mtlsauth_authorizer_set_policy(authorizer, silent));
    MISUSE(mtlsauth_authorizer_set_policy(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_set_policy(NULL, policy));
    MISUSE(mtlsauth_authorizer_set_truststore(NULL, truststore));
    MISUSE(mtlsauth_authorizer_set_truststore(authorizer, NULL));
    MISUSE(mtlsauth_authorizer_set_intermediates(NULL, chain));
    MISUSE(mtlsauth_authorizer_session_context(NULL, context));
    MISUSE(mtlsauth_authorizer_session_context(authorizer, NULL));
    ck_assert_uint_eq(mtlsauth_authorizer_generation(authorizer), 1);
    MISUSE(mtlsauth_authorize(NULL, chain, decision));
    MISUSE(mtlsauth_authorize(NULL, NULL, NULL));
    MISUSE(mtlsauth_authorize_text(NULL, "", 0, 0, decision));
    MISUSE(mtlsauth_authorize_text(authorizer, NULL, 1, 0, NULL));
    MISUSE(mtlsauth_authorize_text(authorizer, pem, 1, -1, decision));
    MISUSE(mtlsauth_authorize_unparsed(NULL, MTLSAUTH_ERR_PARSE, NULL, decision));
    MISUSE(mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_OK, "fine", decision));
    MISUSE(mtlsauth_authorize_again(NULL, chain, decision));
    MISUSE(mtlsauth_path_verify(NULL, chain, policy, decision));
    MISUSE(mtlsauth_path_verify(truststore, chain, NULL, NULL));
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    MISUSE(mtlsauth_decision_new(NULL));
    MISUSE(mtlsauth_decision_json(NULL, &text));
    MISUSE(mtlsauth_decision_json(decision, NULL));
    MISUSE(mtlsauth_code_from_name(NULL, &code));
    MISUSE(mtlsauth_code_from_name("MTLSAUTH_OK", NULL));
    ck_assert_int_eq(code, 77);
    mtlsauth_policy_free(silent);
}
END_TEST

/* Getters, _ref and _free, of NULL and of something: none of them touches the last error. */
START_TEST(getters_leave_the_last_error_alone)
{
    mtlsauth_cert *failed;
    size_t len = 7;
    char before[1024];

    ck_assert_int_eq(mtlsauth_cert_parse(&failed, "x", 1), MTLSAUTH_ERR_PARSE);
    snprintf(before, sizeof before, "%s", mtlsauth_last_error());
    ck_assert_str_ne(before, "");

    ck_assert_ptr_null(mtlsauth_cert_ref(NULL));
    ck_assert_ptr_null(mtlsauth_chain_ref(NULL));
    ck_assert_ptr_null(mtlsauth_truststore_ref(NULL));
    ck_assert_ptr_null(mtlsauth_authorizer_ref(NULL));
    mtlsauth_cert_free(NULL);
    mtlsauth_chain_free(NULL);
    mtlsauth_limits_free(NULL);
    mtlsauth_truststore_free(NULL);
    mtlsauth_policy_free(NULL);
    mtlsauth_authorizer_free(NULL);
    mtlsauth_decision_free(NULL);
    mtlsauth_decision_reset(NULL);
    mtlsauth_cert_free(mtlsauth_cert_ref(cert));
    mtlsauth_chain_free(mtlsauth_chain_ref(chain));
    mtlsauth_truststore_free(mtlsauth_truststore_ref(truststore));
    mtlsauth_authorizer_free(mtlsauth_authorizer_ref(authorizer));
    mtlsauth_decision_reset(decision);
    for (int i = 0; i <= 1; i++) {
        const mtlsauth_cert *c = i == 0 ? NULL : cert;
        const mtlsauth_decision *d = i == 0 ? NULL : decision;

        ck_assert_int_eq(mtlsauth_cert_der(c, &len) != NULL, i);
        ck_assert_int_eq(len > 0, i);
        (void)mtlsauth_cert_der(c, NULL);
        ck_assert_int_eq(mtlsauth_cert_subject(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_issuer(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_serial(c, &len) != NULL, i);
        (void)mtlsauth_cert_serial(c, NULL);
        ck_assert_int_eq(mtlsauth_cert_serial_hex(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_not_before(c) != MTLSAUTH_NO_TIME, i);
        ck_assert_int_eq(mtlsauth_cert_not_after(c) != MTLSAUTH_NO_TIME, i);
        ck_assert_int_eq(mtlsauth_cert_is_ca(c), 0);
        ck_assert_int_eq(mtlsauth_cert_version(c), i == 0 ? 0 : 3);
        ck_assert_int_eq(mtlsauth_cert_key_text(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_signature_text(c)[0] != '\0', i);
        ck_assert_uint_eq(mtlsauth_cert_san_count(c), i == 0 ? 0 : 2);
        ck_assert_int_eq(mtlsauth_cert_sha256(c) != NULL, i);
        ck_assert_int_eq(mtlsauth_cert_sha256_hex(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_spki_sha256(c) != NULL, i);
        ck_assert_int_eq(mtlsauth_cert_spki_sha256_hex(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_thumbprint(c)[0] != '\0', i);
        ck_assert_int_eq(mtlsauth_cert_thumbprint_equal(c, "x"), 0);
        ck_assert_int_eq(mtlsauth_cert_thumbprint_equal(c, NULL), 0);
        ck_assert_uint_eq(mtlsauth_chain_count(i == 0 ? NULL : chain), (size_t)i);
        ck_assert_ptr_null(mtlsauth_chain_cert(i == 0 ? NULL : chain, 1));
        ck_assert_uint_eq(mtlsauth_truststore_count(i == 0 ? NULL : truststore), (size_t)i);
        ck_assert_ptr_null(mtlsauth_truststore_cert(i == 0 ? NULL : truststore, SIZE_MAX));
        ck_assert_int_eq(mtlsauth_truststore_sha256(i == 0 ? NULL : truststore) != NULL, i);
        ck_assert_int_eq(mtlsauth_truststore_sha256_hex(i == 0 ? NULL : truststore)[0] != '\0', i);
        ck_assert_uint_eq(mtlsauth_authorizer_generation(i == 0 ? NULL : authorizer), (size_t)i);
        ck_assert_int_eq(mtlsauth_decision_code(d), MTLSAUTH_DENY_NOT_EVALUATED);
        ck_assert_int_eq(mtlsauth_decision_allowed(d), 0);
        ck_assert_int_eq(mtlsauth_decision_depth(d), -1);
        ck_assert_str_eq(mtlsauth_decision_message(d), "not evaluated");
        ck_assert_ptr_nonnull(mtlsauth_decision_client_message(d));
        ck_assert_str_eq(mtlsauth_decision_label(d), "");
        ck_assert_str_eq(mtlsauth_decision_identity(d), "");
        ck_assert_int_eq(mtlsauth_decision_valid_until(d), MTLSAUTH_NO_TIME);
        ck_assert_uint_eq(mtlsauth_decision_checks(d), 0);
        ck_assert_uint_eq(mtlsauth_decision_generation(d), 0);
        ck_assert_str_eq(mtlsauth_decision_truststore_sha256(d), "");
        ck_assert_uint_eq(mtlsauth_decision_path_count(d), 0);
        ck_assert_ptr_null(mtlsauth_decision_path_cert(d, 0));
    }
    ck_assert_str_eq(mtlsauth_code_name(12345), "MTLSAUTH_UNKNOWN");
    ck_assert_ptr_nonnull(mtlsauth_code_text(12345));
    ck_assert_ptr_nonnull(mtlsauth_code_remedy(12345));
    ck_assert_ptr_null(mtlsauth_code_alias(12345, 1));
    ck_assert_int_ne(mtlsauth_code_openssl(12345), 0);
    ck_assert_int_eq(mtlsauth_code_openssl(MTLSAUTH_OK), 0);
    ck_assert_int_eq(mtlsauth_version_number(), MTLSAUTH_VERSION_NUMBER);
    ck_assert_str_eq(mtlsauth_version(), MTLSAUTH_VERSION_STRING);
    ck_assert_ptr_nonnull(strstr(mtlsauth_crypto_version(), "OpenSSL"));
    ck_assert_str_eq(mtlsauth_last_error(), before);
}
END_TEST

/* Every kind of call that reaches libcrypto, good and bad. */
static void call_kind(size_t which)
{
    static const char *const files[] = {
        "two-names.pem",       "clone-client.pem", "explicit-params.pem", "sha1.pem",
        "nc-chain.pem",        "rsapss.pem",       "critical-unknown.pem", "self-signed.pem",
        "leaf-issued-by-leaf.pem", "weak-curve.pem",
    };
    mtlsauth_truststore *store = NULL;
    mtlsauth_chain *sent = NULL;
    mtlsauth_cert *one = NULL;
    char path[4096];

    if (which < COUNT_OF(files)) {
        path_of(path, files[which]);
        OK(mtlsauth_chain_load_file(&sent, path, MTLSAUTH_FORMAT_AUTO, NULL));
        (void)!mtlsauth_authorize(authorizer, sent, decision);
        (void)!mtlsauth_authorize_again(authorizer, sent, NULL);
        (void)!mtlsauth_path_verify(truststore, sent, policy, NULL);
        path_of(path, files[which]);
        (void)!mtlsauth_truststore_load_file(&store, path, NULL);
        (void)!mtlsauth_cert_load_file(&one, path);
    } else {
        (void)!mtlsauth_cert_parse(&one, "garbage", 7);
        (void)!mtlsauth_truststore_parse(&store, "garbage", 7, NULL);
        (void)!mtlsauth_authorize_text(authorizer, "garbage", 7, 0, NULL);
    }
    mtlsauth_chain_free(sent);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(one);
}

START_TEST(error_queue_of_the_caller)
{
    for (size_t which = 0; which <= 10; which++) {
        ERR_clear_error();
        call_kind(which);
        ck_assert_msg(ERR_peek_error() == 0, "call %zu leaves an error behind", which);
        ERR_raise(ERR_LIB_USER, 4711);
        ERR_set_mark();
        ERR_raise(ERR_LIB_USER, 4712);
        call_kind(which);
        ck_assert_int_eq(ERR_GET_REASON(ERR_peek_last_error()), 4712);
        ck_assert_int_eq(ERR_pop_to_mark(), 1);
        ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), 4711);
        ck_assert_uint_eq(ERR_get_error(), 0);
    }
}
END_TEST

/* A denial is the client's affair: it is in the decision, and no failed call. */
START_TEST(denials_are_no_errors)
{
    mtlsauth_cert *failed;
    char before[1024];

    ck_assert_int_eq(mtlsauth_cert_parse(&failed, "x", 1), MTLSAUTH_ERR_PARSE);
    snprintf(before, sizeof before, "%s", mtlsauth_last_error());
    ck_assert_int_eq(mtlsauth_authorize(authorizer, NULL, decision), MTLSAUTH_DENY_NO_CERTIFICATE);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), MTLSAUTH_OK);
    ck_assert_str_eq(mtlsauth_last_error(), before);
}
END_TEST

int main(void)
{
    static const TTest *tests[6];
    Suite *suite = suite_create("blackbox");
    SRunner *runner;
    int failed;

    tests[0] = misuse_of_certificates;
    tests[1] = misuse_of_truststores_and_policies;
    tests[2] = misuse_of_authorizers;
    tests[3] = getters_leave_the_last_error_alone;
    tests[4] = error_queue_of_the_caller;
    tests[5] = denials_are_no_errors;
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        TCase *tcase = tcase_create(tests[i]->name);

        tcase_set_timeout(tcase, 60);
        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, tests[i]);
        suite_add_tcase(suite, tcase);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
