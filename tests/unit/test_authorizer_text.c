/* SPDX-License-Identifier: MIT */
/* What a decision says: sentences, and JSON, which is read back. */
#include "authorizer.h"

#include <jansson.h>

START_TEST(texts)
{
    static const struct {
        const char *file;
        int format, code;
        const char *says;
    } rows[] = {
        {"two-names.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_OK, "allowed"},
        {"header.nginx", MTLSAUTH_FORMAT_NGINX, MTLSAUTH_OK, "allowed"},
        {"header.alb", MTLSAUTH_FORMAT_ALB, MTLSAUTH_OK, "allowed"},
        {"header.nginx", MTLSAUTH_FORMAT_HAPROXY, MTLSAUTH_DENY_MALFORMED, "not valid base64"},
        {"empty.pem", MTLSAUTH_FORMAT_NGINX, MTLSAUTH_DENY_NO_CERTIFICATE, "presented no certificate"},
        {"garbage.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_DENY_MALFORMED, "not valid base64"},
        {"half-bundle.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_DENY_MALFORMED, "no END line"},
        {"wrong-label.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_DENY_MALFORMED, "CERTIFICATE REQUEST"},
        {"many-san.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_DENY_LIMIT, "more than 1000 names"},
        {"bundle-1000.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_DENY_LIMIT, "the limit is"},
        {"two-names.pem", 77, MTLSAUTH_ERR_ARGUMENT, "there is no format 77"},
    };
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decision = new_decision();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len;
        char *text = data_read(rows[i].file, &len);

        ASSERT_CODE(rows[i].file,
                    mtlsauth_authorize_text(authorizer, text, len, rows[i].format, decision),
                    rows[i].code);
        ASSERT_INT(rows[i].file, mtlsauth_decision_code(decision), rows[i].code);
        ASSERT_SAYS(rows[i].file, mtlsauth_decision_message(decision), rows[i].says);
        ASSERT_INT(rows[i].file, mtlsauth_decision_generation(decision), 1);
        ASSERT_CODE(rows[i].file, mtlsauth_authorize_text(authorizer, text, len, rows[i].format, NULL),
                    rows[i].code);
        free(text);
    }
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, NULL, 0, 0, decision),
                     MTLSAUTH_DENY_NO_CERTIFICATE);
    ck_assert_int_eq(mtlsauth_authorize_text(NULL, "", 0, 0, decision), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

START_TEST(unparsed)
{
    static const struct {
        int parse, code;
    } rows[] = {
        {MTLSAUTH_ERR_PARSE, MTLSAUTH_DENY_MALFORMED}, {MTLSAUTH_ERR_LIMIT, MTLSAUTH_DENY_LIMIT},
        {MTLSAUTH_ERR_NOMEM, MTLSAUTH_DENY_INTERNAL},  {MTLSAUTH_ERR_CRYPTO, MTLSAUTH_DENY_INTERNAL},
        {MTLSAUTH_ERR_IO, MTLSAUTH_DENY_INTERNAL},     {-1000, MTLSAUTH_DENY_INTERNAL},
        {INT32_MIN, MTLSAUTH_DENY_INTERNAL},           {MTLSAUTH_ERR_ARGUMENT, MTLSAUTH_ERR_ARGUMENT},
        {MTLSAUTH_OK, MTLSAUTH_ERR_ARGUMENT},          {MTLSAUTH_DENY_EXPIRED, MTLSAUTH_ERR_ARGUMENT},
        {1, MTLSAUTH_ERR_ARGUMENT},                    {INT32_MAX, MTLSAUTH_ERR_ARGUMENT},
    };
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decision = new_decision();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, rows[i].parse, NULL, decision),
                         rows[i].code);
        ck_assert_int_eq(mtlsauth_decision_code(decision), rows[i].code);
        ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
        ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, rows[i].parse, NULL, NULL),
                         rows[i].code);
    }
    ck_assert_int_eq(mtlsauth_authorize_unparsed(NULL, MTLSAUTH_ERR_PARSE, NULL, decision),
                     MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

/* The sentence is what was said, or why the call itself is wrong; whatever is in it, it is one
 * line. */
START_TEST(unparsed_sentence)
{
    static const struct {
        const char *said, *message;
    } rows[] = {
        {"the header came twice", "the header came twice"},
        {"", ""},
        {"a\nb\x1b[2Jc\x7f", "a?b?[2Jc?"},
        {"\xc3\xa4 \xff \xc3", "\xc3\xa4 ? ?"},
    };
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decision = new_decision();
    mtlsauth_chain *chain;
    char longest[2000];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(
            rows[i].said,
            mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_PARSE, rows[i].said, decision),
            MTLSAUTH_DENY_MALFORMED);
        ck_assert_str_eq(mtlsauth_decision_message(decision), rows[i].message);
    }
    /* Of two octets a character: it is cut between them. */
    for (size_t i = 0; i + 1 < sizeof longest; i++)
        longest[i] = i % 2 == 0 ? '\xc3' : '\xa4';
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_LIMIT, longest, decision),
                     MTLSAUTH_DENY_LIMIT);
    ck_assert_uint_eq(strlen(mtlsauth_decision_message(decision)) % 2, 0);
    ck_assert_uint_gt(strlen(mtlsauth_decision_message(decision)), 100);
    ck_assert_int_eq(mtlsauth_chain_parse(&chain, "x", 1, MTLSAUTH_FORMAT_PEM, NULL),
                     MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_PARSE, NULL, decision),
                     MTLSAUTH_DENY_MALFORMED);
    ck_assert_str_eq(mtlsauth_decision_message(decision), mtlsauth_last_error());
    ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_OK, "allowed", decision),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_str_ne(mtlsauth_decision_message(decision), "allowed");
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

/* The JSON of a decision about whatever is sent can be read, and says what the getters say. */
static void check_json(mtlsauth_decision *decision)
{
    const char *text;
    json_error_t error;
    json_t *json;

    ASSERT_OK("json", mtlsauth_decision_json(decision, &text));
    ck_assert_ptr_null(strchr(text, '\n'));
    json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json != NULL, "%s in %s", error.text, text);
    ck_assert_int_eq(json_is_true(json_object_get(json, "allowed")),
                     mtlsauth_decision_allowed(decision));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "code")),
                     mtlsauth_decision_code(decision));
    ck_assert_str_eq(json_string_value(json_object_get(json, "name")),
                     mtlsauth_code_name(mtlsauth_decision_code(decision)));
    ck_assert_str_eq(json_string_value(json_object_get(json, "message")),
                     mtlsauth_decision_message(decision));
    ck_assert_uint_eq(json_array_size(json_object_get(json, "path")),
                      mtlsauth_decision_path_count(decision));
    json_decref(json);
    for (const char *c = mtlsauth_decision_message(decision); *c != '\0'; c++)
        ck_assert_msg((unsigned char)*c >= 0x20 && *c != 0x7f, "%s", text);
}

START_TEST(json_and_messages_with_hostile_names)
{
    static const char *const names[] = {
        "\"},{\"allowed\":true", "\\\"", "a\nb", "\x1b[31m", "\xe2\x80\xae", "\xff\xfe", "</script>",
        "\xed\xa0\x80", "\xf4\x8f\xbf\xbf", "\x7f", "%s%n", "CN=Admin,O=Acme",
    };
    struct forged trusted = {.count = 0};
    mtlsauth_policy *policy = new_policy();
    mtlsauth_truststore *truststore;
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision = new_decision();

    allow(policy, "rule", "subject.O:Good");
    forged_add(&trusted, &(struct forge){.subject = "Root", .issuer = "Root", .ca = true});
    truststore = forged_truststore(&trusted);
    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    for (size_t i = 0; i < COUNT_OF(names) * 4; i++) {
        struct der_attribute subject[] = {DER_O("Good"), DER_CN("x")};
        struct forged sent = {.count = 0};
        mtlsauth_chain *chain;

        if (i / COUNT_OF(names) == 1)
            subject[0].bytes = "Best";
        subject[1].bytes = names[i % COUNT_OF(names)];
        subject[1].len = strlen(subject[1].bytes);
        forged_add(&sent, &(struct forge){.subject_rdns = subject, .subject_rdn_count = 2,
                                          .issuer = i / COUNT_OF(names) == 2 ? subject[1].bytes : "Root",
                                          .signer = i / COUNT_OF(names) == 3 ? 3 : 0, .key = 1});
        chain = forged_chain(&sent, 0);
        (void)!mtlsauth_authorize(authorizer, chain, decision);
        check_json(decision);
        if (!mtlsauth_decision_allowed(decision))
            ck_assert_str_eq(mtlsauth_decision_client_message(decision),
                             "the client certificate is not accepted");
        mtlsauth_chain_free(chain);
        forged_drop(&sent);
    }
    (void)!mtlsauth_authorize(authorizer, NULL, decision);
    ck_assert_str_eq(mtlsauth_decision_client_message(decision), "a client certificate is required");
    check_json(decision);
    mtlsauth_decision_reset(decision);
    check_json(decision);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    forged_drop(&trusted);
}
END_TEST

/* CVE-2025-61729: what is said of a certificate stays short, whatever stands in it. */
START_TEST(cve_2025_61729_long_names)
{
    size_t len = 60000;
    char *cn = malloc(len + 1);
    struct forged trusted = {.count = 0}, sent = {.count = 0};
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_truststore *truststore;
    mtlsauth_chain *chain;
    mtlsauth_decision *decision = new_decision();

    memset(cn, 'x', len);
    cn[len] = '\0';
    forged_add(&trusted, &(struct forge){.subject = "Root", .issuer = "Root", .ca = true});
    forged_add(&sent, &(struct forge){.subject = cn, .issuer = cn + len - 4000, .signer = 2});
    truststore = forged_truststore(&trusted);
    chain = forged_chain(&sent, 0);
    ck_assert_int_eq(mtlsauth_path_verify(truststore, chain, policy, decision),
                     MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_uint_lt(strlen(mtlsauth_decision_message(decision)), 512);
    check_json(decision);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    forged_drop(&sent);
    forged_drop(&trusted);
    free(cn);
}
END_TEST

/* mtlsauth_last_error() tells of the last call that failed: a denial is none, and so is a yes. */
START_TEST(last_error_of_a_failed_call_alone)
{
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decision = new_decision();
    int format = 0;

    ck_assert_int_eq(mtlsauth_format_from_name("none", &format), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, "x", 1, MTLSAUTH_FORMAT_PEM, decision),
                     MTLSAUTH_DENY_MALFORMED);
    ck_assert_str_eq(mtlsauth_decision_message(decision), "there is no certificate in it");
    ck_assert_str_eq(mtlsauth_last_error(), "no format has that name");
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, "x", 1, 77, decision),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_str_eq(mtlsauth_last_error(), "chain_parse: there is no format 77");
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

UNIT_MAIN("authorizer/text", texts, unparsed, unparsed_sentence, last_error_of_a_failed_call_alone,
          json_and_messages_with_hostile_names, cve_2025_61729_long_names)
