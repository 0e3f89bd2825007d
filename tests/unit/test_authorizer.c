/* SPDX-License-Identifier: MIT */
/* lib/authorizer: authorizer, snapshot, decide, remembered, path_verify. */
#include "authorizer.h"

#include <pthread.h>
#include <stdatomic.h>
#include "authorizer/decision.h"
#include "authorizer/policy.h"

/* Everything of a decision that says "not yet". */
static void assert_not_evaluated(const mtlsauth_decision *decision)
{
    ck_assert_int_eq(mtlsauth_decision_code(decision), MTLSAUTH_DENY_NOT_EVALUATED);
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), -1);
    ck_assert_str_eq(mtlsauth_decision_message(decision), "not evaluated");
    ck_assert_str_eq(mtlsauth_decision_client_message(decision),
                     "the client certificate is not accepted");
    ck_assert_str_eq(mtlsauth_decision_label(decision), "");
    ck_assert_str_eq(mtlsauth_decision_identity(decision), "");
    ck_assert_int_eq(mtlsauth_decision_valid_until(decision), MTLSAUTH_NO_TIME);
    ck_assert_uint_eq(mtlsauth_decision_checks(decision), 0);
    ck_assert_uint_eq(mtlsauth_decision_generation(decision), 0);
    ck_assert_str_eq(mtlsauth_decision_truststore_sha256(decision), "");
    ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 0);
    ck_assert_ptr_null(mtlsauth_decision_path_cert(decision, 0));
}

START_TEST(revocation_must_be_stated)
{
    mtlsauth_truststore *truststore = data_truststore("root.pem");
    mtlsauth_authorizer *authorizer = (mtlsauth_authorizer *)(void *)truststore;
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_OK("policy", mtlsauth_policy_allow_any(policy, "anyone"));
    ASSERT_CODE("silent", mtlsauth_authorizer_new(&authorizer, truststore, policy),
                MTLSAUTH_ERR_ARGUMENT);
    ck_assert_ptr_null(authorizer);
    ASSERT_SAYS("silent", mtlsauth_last_error(), "mtlsauth_policy_set_revocation");
    ASSERT_CODE("no such evidence",
                mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL_AND_OCSP + 1,
                                               MTLSAUTH_DEPTH_LEAF),
                MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("still silent", mtlsauth_authorizer_new(&authorizer, truststore, policy),
                MTLSAUTH_ERR_ARGUMENT);
    ASSERT_OK("OFF", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF,
                                                    MTLSAUTH_DEPTH_LEAF));
    ASSERT_OK("stated", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
}
END_TEST

START_TEST(fresh_reset_and_failed_decisions)
{
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_chain *chain = data_chain("chain.pem");
    mtlsauth_decision *decision = new_decision();

    assert_not_evaluated(decision);
    assert_not_evaluated(NULL);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_decision_allowed(decision), 1);
        ck_assert_str_eq(mtlsauth_decision_client_message(decision), "allowed");
        ck_assert_str_eq(mtlsauth_decision_label(decision), "anyone");
        ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 3);
        ck_assert_uint_eq(mtlsauth_decision_checks(decision), 63);
        ck_assert_int_eq(mtlsauth_decision_valid_until(decision), 2524607999);
        switch (i) {
        case 0:
            mtlsauth_decision_reset(decision);
            assert_not_evaluated(decision);
            break;
        case 1: /* an argument is wrong, and nothing of the old answer is left */
            ck_assert_int_eq(mtlsauth_authorize(NULL, chain, decision), MTLSAUTH_ERR_ARGUMENT);
            break;
        case 2:
            ck_assert_int_eq(mtlsauth_authorize_text(authorizer, NULL, 1, 0, decision),
                             MTLSAUTH_ERR_ARGUMENT);
            break;
        default:
            ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, 0, NULL, decision),
                             MTLSAUTH_ERR_ARGUMENT);
        }
        ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
        ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 0);
        ck_assert_str_eq(mtlsauth_decision_label(decision), "");
        ck_assert_int_ne(mtlsauth_decision_code(decision), MTLSAUTH_OK);
    }
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

/* Without an authorizer, without a certificate, and of a chain that was not parsed. */
START_TEST(nothing_to_authorize)
{
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_decision *decisions[] = {new_decision(), NULL};

    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        mtlsauth_decision *decision = decisions[i];

        ASSERT_CODE("text", mtlsauth_authorize_text(NULL, "x", 1, MTLSAUTH_FORMAT_PEM, decision),
                    MTLSAUTH_ERR_ARGUMENT);
        ASSERT_CODE("no text",
                    mtlsauth_authorize_text(authorizer, "", 0, MTLSAUTH_FORMAT_PEM, decision),
                    MTLSAUTH_DENY_NO_CERTIFICATE);
        ASSERT_CODE("a text that is none",
                    mtlsauth_authorize_text(authorizer, "x", 1, MTLSAUTH_FORMAT_PEM, decision),
                    MTLSAUTH_DENY_MALFORMED);
        ASSERT_CODE("unparsed",
                    mtlsauth_authorize_unparsed(NULL, MTLSAUTH_ERR_PARSE, "why", decision),
                    MTLSAUTH_ERR_ARGUMENT);
        ASSERT_CODE("unparsed",
                    mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_PARSE, "why", decision),
                    MTLSAUTH_DENY_MALFORMED);
        if (decision != NULL)
            ck_assert_str_eq(mtlsauth_decision_message(decision), "why");
        ASSERT_CODE("a mistake of the caller's",
                    mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_ARGUMENT, "what", decision),
                    MTLSAUTH_ERR_ARGUMENT);
        ck_assert_str_eq(mtlsauth_last_error(), "what");
    }
    mtlsauth_decision_free(decisions[0]);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
}
END_TEST

START_TEST(path_verify_allows_nobody)
{
    mtlsauth_truststore *truststore = data_truststore("root.pem");
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_chain *chain = data_chain("chain.pem");
    mtlsauth_decision *decision = new_decision();

    ck_assert_int_eq(mtlsauth_path_verify(truststore, chain, policy, decision), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    ck_assert_int_eq(mtlsauth_path_verify(truststore, chain, policy, NULL), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_path_verify(truststore, NULL, policy, decision),
                     MTLSAUTH_DENY_NO_CERTIFICATE);
    ck_assert_int_eq(mtlsauth_path_verify(NULL, chain, policy, decision), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_path_verify(truststore, chain, NULL, decision), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_decision_code(decision), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
}
END_TEST

/* The first check that fails is the reason: each row repairs what the row before was denied for. */
START_TEST(order_of_checks)
{
    static const struct der_san odd = DER_SAN_DNS("*.bad.example");
    static const struct {
        const char *name, *block, *allow;
        struct forge leaf;
        int code;
        unsigned checks;
    } rows[] = {
        {"block list", "subject.CN:leaf", "dns:x",
         {.signer = 9, .serial = 1, .ku = FORGE_KU_CERT_SIGN, .not_after = "250101000000Z",
          .algorithm = FORGE("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")},
         MTLSAUTH_DENY_BLOCKED, 0},
        {"name that cannot be compared with the block list", "dns:**.bad.example", "dns:x",
         {.signer = 9, .sans = &odd, .san_count = 1}, MTLSAUTH_DENY_BAD_NAME, 0},
        {"path", "dns:x", "dns:x",
         {.signer = 9, .ku = FORGE_KU_CERT_SIGN, .not_after = "250101000000Z"},
         MTLSAUTH_DENY_BAD_SIGNATURE, 3},
        {"key", "dns:x", "dns:x",
         {.ku = FORGE_KU_CERT_SIGN, .not_after = "250101000000Z",
          .spki = FORGE("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
                        "12345678901234567890123456789012")},
         MTLSAUTH_DENY_WEAK_KEY, 7},
        {"time", "dns:x", "dns:x", {.ku = FORGE_KU_CERT_SIGN, .not_after = "250101000000Z"},
         MTLSAUTH_DENY_EXPIRED, 15},
        {"usage", "dns:x", "dns:x", {.ku = FORGE_KU_CERT_SIGN}, MTLSAUTH_DENY_KEY_USAGE, 31},
        {"identity", "dns:x", "dns:x", {.ku = FORGE_KU_SIGN}, MTLSAUTH_DENY_IDENTITY, 63},
        {"nothing", "dns:x", "subject.CN:leaf", {.ku = FORGE_KU_SIGN}, MTLSAUTH_OK, 63},
    };
    mtlsauth_decision *decision = new_decision();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forged trusted = {.count = 0}, sent = {.count = 0};
        mtlsauth_policy *policy = new_policy();
        struct forge leaf = rows[i].leaf;
        mtlsauth_truststore *truststore;
        mtlsauth_authorizer *authorizer;
        mtlsauth_chain *chain;

        leaf.subject = "leaf";
        leaf.issuer = "Root";
        ASSERT_OK("min", mtlsauth_policy_set_min_ec_bits(policy, 256));
        if (leaf.spki.bytes != NULL)
            policy->path.nist_curves_only = true;
        ASSERT_OK("block", mtlsauth_policy_block(policy, rows[i].block));
        allow(policy, "rule", rows[i].allow);
        forged_add(&trusted, &(struct forge){.subject = "Root", .issuer = "Root", .ca = true});
        forged_add(&sent, &leaf);
        truststore = forged_truststore(&trusted);
        chain = forged_chain(&sent, 0);
        ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
        ASSERT_CODE(rows[i].name, mtlsauth_authorize(authorizer, chain, decision), rows[i].code);
        ASSERT_INT(rows[i].name, mtlsauth_decision_code(decision), rows[i].code);
        ASSERT_INT(rows[i].name, mtlsauth_decision_checks(decision), rows[i].checks);
        if (rows[i].code == MTLSAUTH_DENY_IDENTITY)
            ASSERT_SAYS(rows[i].name, mtlsauth_decision_message(decision), "dns:x");
        ASSERT_CODE("no decision", mtlsauth_authorize(authorizer, chain, NULL), rows[i].code);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_chain_free(chain);
        mtlsauth_truststore_free(truststore);
        mtlsauth_policy_free(policy);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_decision_free(decision);
}
END_TEST

/* Which of its CAs a rule asks for: the one next to the leaf, and the one at the end of the
 * path. */
START_TEST(rules_about_cas)
{
    static const struct {
        const char *chain, *truststore, *matcher, *key;
        int code;
    } rows[] = {
        {"chain.pem", "root.pem", "issuer-spki:", "intermediate.pem", MTLSAUTH_OK},
        {"chain.pem", "root.pem", "issuer-spki:", "root.pem", MTLSAUTH_DENY_IDENTITY},
        {"chain.pem", "root.pem", "issuer-spki:", "client.pem", MTLSAUTH_DENY_IDENTITY},
        {"chain.pem", "root.pem", "anchor:", "root.pem", MTLSAUTH_OK},
        {"chain.pem", "root.pem", "anchor:", "intermediate.pem", MTLSAUTH_DENY_IDENTITY},
        {"two-names.pem", "root.pem", "issuer-spki:", "root.pem", MTLSAUTH_OK},
        {"two-names.pem", "root.pem", "issuer-spki:", "two-names.pem", MTLSAUTH_DENY_IDENTITY},
        {"self-signed.pem", "self-signed.pem", "issuer-spki:", "self-signed.pem", MTLSAUTH_OK},
        {"self-signed.pem", "self-signed.pem", "anchor:", "self-signed.pem", MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_chain *chain = data_chain(rows[i].chain), *key = data_chain(rows[i].key);
        mtlsauth_policy *policy = new_policy();
        mtlsauth_authorizer *authorizer;
        char matcher[96], row[160];

        snprintf(matcher, sizeof matcher, "%s%s", rows[i].matcher,
                 mtlsauth_cert_spki_sha256_hex(mtlsauth_chain_cert(key, 0)));
        snprintf(row, sizeof row, "%s, %s %s", rows[i].chain, rows[i].matcher, rows[i].key);
        allow(policy, "rule", matcher);
        authorizer = new_authorizer(rows[i].truststore, policy);
        ASSERT_CODE(row, mtlsauth_authorize(authorizer, chain, NULL), rows[i].code);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
        mtlsauth_chain_free(key);
        mtlsauth_chain_free(chain);
    }
}
END_TEST

/* A client that is its own anchor: which key has signed it is known where it is its own alone. */
START_TEST(issuer_of_a_pinned_client)
{
    static const struct {
        const char *matcher, *key;
    } rows[] = {
        {"issuer-spki:", "client.pem"},        {"!issuer-spki:", "client.pem"},
        {"issuer-spki:", "intermediate.pem"},  {"!issuer-spki:", "intermediate.pem"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_chain *chain = data_chain("client.pem"), *key = data_chain(rows[i].key);
        mtlsauth_policy *policy = new_policy();
        mtlsauth_authorizer *authorizer;
        char text[2][96];
        const char *matchers[] = {text[0], text[1]};

        snprintf(text[0], sizeof text[0], "sha256:%s",
                 mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(chain, 0)));
        snprintf(text[1], sizeof text[1], "%s%s", rows[i].matcher,
                 mtlsauth_cert_spki_sha256_hex(mtlsauth_chain_cert(key, 0)));
        ASSERT_OK(text[1], mtlsauth_policy_allow(policy, "rule", matchers, 2));
        authorizer = new_authorizer("client.pem", policy);
        ASSERT_CODE(text[1], mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_DENY_IDENTITY);
        ASSERT_OK("sha256", mtlsauth_policy_allow(policy, "pinned", matchers, 1));
        ASSERT_OK("sha256", mtlsauth_authorizer_set_policy(authorizer, policy));
        ASSERT_CODE("sha256", mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_OK);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
        mtlsauth_chain_free(key);
        mtlsauth_chain_free(chain);
    }
}
END_TEST

/* HAProxy 6c85fb11b: the certificate is denied, and its other names are not tried. */
START_TEST(haproxy_6c85fb11b_nul_in_any_name_denies)
{
    static const unsigned tags[] = {0x0c, 0x13, 0x14, 0x16, 0x1e, 0x1c};
    static const char *const oids[] = {"\x55\x04\x03", "\x55\x04\x0a", "\x55\x04\x0b"};
    static const unsigned forms[] = {0x81, 0x82, 0x86};
    struct forged trusted = {.count = 0};
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_truststore *truststore;
    mtlsauth_authorizer *authorizer;
    size_t rows = COUNT_OF(tags) * COUNT_OF(oids) + COUNT_OF(forms) + COUNT_OF(tags);

    forged_add(&trusted, &(struct forge){.subject = "Root", .issuer = "Root", .ca = true});
    truststore = forged_truststore(&trusted);
    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    for (size_t row = 0; row < rows; row++) {
        for (size_t at = 0; at <= 3; at++) {
            size_t dn = COUNT_OF(tags) * COUNT_OF(oids);
            unsigned tag = row < dn ? tags[row % 6] : row < dn + 3 ? 0 : tags[row - dn - 3];
            size_t width = tag == 0x1e ? 2 : tag == 0x1c ? 4 : 1;
            struct forged sent = {.count = 0};
            char value[16] = {0};
            struct der_attribute subject[] = {DER_O("Good"), DER_CN("leaf")};
            struct der_san sans[] = {DER_SAN_DNS("good.example"), DER_SAN_DNS("also.example")};
            mtlsauth_chain *chain;

            for (size_t k = 0; k < 4; k++)
                value[k * width + width - 1] = k == at ? '\0' : 'a';
            if (row < dn)
                subject[1] = (struct der_attribute){oids[row / 6], tag, value, 4 * width, false};
            else if (row < dn + 3)
                sans[1] = (struct der_san){forms[row - dn], value, 4, 0};
            else
                sans[1] = (struct der_san){0xa0, value, 4 * width, tag};
            forged_add(&sent, &(struct forge){.subject_rdns = subject, .subject_rdn_count = 2,
                                              .issuer = "Root", .key = 2, .sans = sans,
                                              .san_count = 2});
            chain = forged_chain(&sent, 0);
            ck_assert_msg(mtlsauth_authorize(authorizer, chain, NULL) == MTLSAUTH_DENY_BAD_NAME,
                          "row %zu, position %zu", row, at);
            mtlsauth_chain_free(chain);
            forged_drop(&sent);
        }
    }
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    forged_drop(&trusted);
}
END_TEST

START_TEST(generations_and_failing_setters)
{
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY), *silent;
    mtlsauth_authorizer *authorizer = new_authorizer("root.pem", policy);
    mtlsauth_truststore *other = data_truststore("other-root.pem");
    mtlsauth_chain *chain = data_chain("client.pem"), *middle = data_chain("intermediate.pem");
    mtlsauth_decision *decision = new_decision();
    unsigned char before[32], after[32];

    ck_assert_uint_eq(mtlsauth_authorizer_generation(authorizer), 1);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_uint_eq(mtlsauth_decision_generation(decision), 1);
    ASSERT_OK("middle", mtlsauth_authorizer_set_intermediates(authorizer, middle));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_decision_generation(decision), 2);
    ASSERT_OK("before", mtlsauth_authorizer_session_context(authorizer, before));
    ASSERT_OK("policy", mtlsauth_policy_new(&silent, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_CODE("silent", mtlsauth_authorizer_set_policy(authorizer, silent), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("NULL", mtlsauth_authorizer_set_policy(authorizer, NULL), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("NULL", mtlsauth_authorizer_set_truststore(authorizer, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(authorizer), 2);
    ASSERT_OK("after", mtlsauth_authorizer_session_context(authorizer, after));
    ck_assert_mem_eq(before, after, 32);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), MTLSAUTH_OK);
    ASSERT_OK("other", mtlsauth_authorizer_set_truststore(authorizer, other));
    ck_assert_uint_eq(mtlsauth_authorizer_generation(authorizer), 3);
    ck_assert_int_gt(mtlsauth_authorize(authorizer, chain, decision), 0);
    ck_assert_str_eq(mtlsauth_decision_truststore_sha256(decision),
                     mtlsauth_truststore_sha256_hex(other));
    ASSERT_OK("none", mtlsauth_authorizer_set_intermediates(authorizer, NULL));
    ck_assert_uint_eq(mtlsauth_authorizer_generation(authorizer), 4);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(NULL), 0);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_chain_free(middle);
    mtlsauth_truststore_free(other);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(silent);
    mtlsauth_policy_free(policy);
}
END_TEST

START_TEST(policy_is_copied)
{
    mtlsauth_policy *policy = new_policy();
    mtlsauth_authorizer *authorizer;
    mtlsauth_chain *chain = data_chain("two-names.pem");
    unsigned char before[32], after[32];

    allow(policy, "one", "dns:client.example.com");
    authorizer = new_authorizer("root.pem", policy);
    ASSERT_OK("before", mtlsauth_authorizer_session_context(authorizer, before));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_OK);
    ASSERT_OK("block", mtlsauth_policy_block(policy, "dns:client.example.com"));
    ASSERT_OK("time", mtlsauth_policy_set_time(policy, 0));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_OK);
    ASSERT_OK("after", mtlsauth_authorizer_session_context(authorizer, after));
    ck_assert_mem_eq(before, after, 32);
    ASSERT_OK("set", mtlsauth_authorizer_set_policy(authorizer, policy));
    mtlsauth_policy_free(policy);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_DENY_BLOCKED);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
}
END_TEST

/* The limits of the policy hold for a chain that was parsed under others. */
START_TEST(limits_of_the_policy)
{
    mtlsauth_chain *chain = data_chain("chain.pem"), *names = data_chain("two-names.pem");
    static const struct {
        const char *name;
        int (*set)(mtlsauth_limits *limits, size_t value);
        size_t value;
        bool two_names;
    } rows[] = {
        {"certificates", mtlsauth_limits_set_chain_certificates, 1, false},
        {"bytes", mtlsauth_limits_set_chain_bytes, 700, false},
        {"bytes of a certificate", mtlsauth_limits_set_certificate_bytes, 400, false},
        {"names", mtlsauth_limits_set_names, 1, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
        mtlsauth_authorizer *authorizer;
        mtlsauth_limits *limits;

        ASSERT_OK(rows[i].name, mtlsauth_limits_new(&limits));
        ASSERT_OK(rows[i].name, rows[i].set(limits, rows[i].value));
        ASSERT_OK(rows[i].name, mtlsauth_policy_set_limits(policy, limits));
        mtlsauth_limits_free(limits);
        authorizer = new_authorizer("root.pem", policy);
        ASSERT_CODE(rows[i].name,
                    mtlsauth_authorize(authorizer, rows[i].two_names ? names : chain, NULL),
                    MTLSAUTH_DENY_LIMIT);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_chain_free(names);
}
END_TEST

/* An allow that a check is missing from is none. */
START_TEST(allow_needs_every_check)
{
    for (unsigned missing = 0; missing < 7; missing++) {
        mtlsauth_decision decision = {.code = MTLSAUTH_DENY_NOT_EVALUATED, .checks = 127U & ~(1U << missing)};

        decision.path.count = 1;
        ck_assert_int_eq(mtlsauth__decision_allow(&decision, 127), MTLSAUTH_DENY_INTERNAL);
        ck_assert_int_eq(mtlsauth_decision_allowed(&decision), 0);
        decision.checks = 127;
        ck_assert_int_eq(mtlsauth__decision_allow(&decision, 127), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_decision_allowed(&decision), 1);
        decision.path.count = 0;
        ck_assert_int_eq(mtlsauth__decision_allow(&decision, 127), MTLSAUTH_DENY_INTERNAL);
        decision.allow = 1;
        decision.code = MTLSAUTH_OK;
        ck_assert_int_eq(mtlsauth_decision_allowed(&decision), 0);
        ck_assert_int_eq(mtlsauth__decision_deny(&decision, MTLSAUTH_OK, 0, "x"), MTLSAUTH_DENY_INTERNAL);
    }
}
END_TEST

/* Readers while a writer goes back and forth between two policies. */

struct shared {
    mtlsauth_authorizer *authorizer;
    mtlsauth_chain *chain;
    atomic_bool stop;
    atomic_uint wrong, asked;
};

/* Odd generations allow, even ones deny: an answer belongs to the generation that it names. */
static void *read_along(void *arg)
{
    struct shared *shared = arg;
    mtlsauth_decision *decision;

    if (mtlsauth_decision_new(&decision) != MTLSAUTH_OK)
        return NULL;
    while (!atomic_load(&shared->stop)) {
        bool again = atomic_fetch_add(&shared->asked, 1) % 2 != 0;
        int code = again ? mtlsauth_authorize_again(shared->authorizer, shared->chain, decision)
                         : mtlsauth_authorize(shared->authorizer, shared->chain, decision);
        bool odd = mtlsauth_decision_generation(decision) % 2 != 0;

        if (code != (odd ? MTLSAUTH_OK : MTLSAUTH_DENY_IDENTITY) ||
            mtlsauth_decision_allowed(decision) != (code == MTLSAUTH_OK))
            atomic_fetch_add(&shared->wrong, 1);
    }
    mtlsauth_decision_free(decision);
    return NULL;
}

START_TEST(reload_under_load)
{
    mtlsauth_policy *open = data_policy(MTLSAUTH_PROFILE_API_GATEWAY), *shut = new_policy();
    struct shared shared = {.chain = data_chain("chain.pem")};
    pthread_t readers[4];

    allow(shut, "rule", "dns:other.example.com");
    shared.authorizer = new_authorizer("root.pem", open);
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        ck_assert_int_eq(pthread_create(&readers[i], NULL, read_along, &shared), 0);
    for (unsigned i = 1; i <= 400 || atomic_load(&shared.asked) < 400; i++)
        ASSERT_OK("set", mtlsauth_authorizer_set_policy(shared.authorizer, (i & 1) != 0 ? shut : open));
    atomic_store(&shared.stop, true);
    for (size_t i = 0; i < COUNT_OF(readers); i++)
        ck_assert_int_eq(pthread_join(readers[i], NULL), 0);
    ck_assert_uint_eq(atomic_load(&shared.wrong), 0);
    mtlsauth_authorizer_free(shared.authorizer);
    mtlsauth_chain_free(shared.chain);
    mtlsauth_policy_free(open);
    mtlsauth_policy_free(shut);
}
END_TEST

UNIT_MAIN("authorizer", revocation_must_be_stated, fresh_reset_and_failed_decisions,
          nothing_to_authorize, path_verify_allows_nobody, order_of_checks, rules_about_cas,
          issuer_of_a_pinned_client,
          haproxy_6c85fb11b_nul_in_any_name_denies, generations_and_failing_setters, policy_is_copied,
          limits_of_the_policy, allow_needs_every_check, reload_under_load)
