/* SPDX-License-Identifier: MIT */
/* Answers to a client that was seen before, under a policy that may have changed since. */
#include "authorizer.h"

/* Each changes one thing of a policy. */
static void change(mtlsauth_policy *policy, size_t which)
{
    static const char *const two[] = {"dns:a", "dns:b"}, *const but[] = {"dns:a", "!dns:b"};
    mtlsauth_limits *limits;

    switch (which) {
    case 0: /* the same again */
        break;
    case 1:
        ASSERT_OK("", mtlsauth_policy_set_max_ca_certificates(policy, 3));
        break;
    case 2:
        ASSERT_OK("", mtlsauth_policy_set_min_rsa_bits(policy, 3072));
        break;
    case 3:
        ASSERT_OK("", mtlsauth_policy_set_min_ec_bits(policy, 384));
        break;
    case 4:
        ASSERT_OK("", mtlsauth_policy_set_min_hash_bits(policy, 384));
        break;
    case 5:
        ASSERT_OK("", mtlsauth_policy_set_required_eku(policy, "1.3.6.1.5.5.7.3.1"));
        break;
    case 6:
        ASSERT_OK("", mtlsauth_policy_set_partial_chain(policy, 1));
        break;
    case 7:
        ASSERT_OK("", mtlsauth_policy_require_certificate_policy(policy, "1.2.3"));
        break;
    case 8:
        ASSERT_OK("", mtlsauth_policy_set_explicit_policy(policy, 1));
        break;
    case 9:
        ASSERT_OK("", mtlsauth_policy_set_inhibit_mapping(policy, 1));
        break;
    case 10:
        ASSERT_OK("", mtlsauth_policy_set_inhibit_any_policy(policy, 1));
        break;
    case 11:
        ASSERT_OK("", mtlsauth_policy_set_clock_skew(policy, 1));
        break;
    case 12:
        ASSERT_OK("", mtlsauth_policy_set_insecure_skip_time(policy, 1));
        break;
    case 13:
        ASSERT_OK("", mtlsauth_policy_set_insecure_certificate_wildcards(policy, 1));
        break;
    case 14:
        ASSERT_OK("", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF,
                                                     MTLSAUTH_DEPTH_CHAIN));
        break;
    case 15:
        allow(policy, "b", "dns:a");
        break;
    case 16:
        allow(policy, "a", "dns:b");
        break;
    case 17:
        ASSERT_OK("", mtlsauth_policy_allow(policy, "a", two, 2));
        break;
    case 18:
        ASSERT_OK("", mtlsauth_policy_allow(policy, "a", but, 2));
        break;
    case 19:
        ASSERT_OK("", mtlsauth_policy_block(policy, "dns:a"));
        break;
    case 20:
        ASSERT_OK("", mtlsauth_policy_set_budget(policy, 63, 200000, 250000));
        break;
    case 21:
        ASSERT_OK("", mtlsauth_policy_set_budget(policy, 64, 199999, 250000));
        break;
    case 22:
        ASSERT_OK("", mtlsauth_policy_set_budget(policy, 64, 200000, 249999));
        break;
    case 23:
        ASSERT_OK("", mtlsauth_limits_new(&limits));
        ASSERT_OK("", mtlsauth_limits_set_names(limits, 7));
        ASSERT_OK("", mtlsauth_policy_set_limits(policy, limits));
        mtlsauth_limits_free(limits);
        break;
    case 24:
        ASSERT_OK("", mtlsauth_limits_new(&limits));
        ASSERT_OK("", mtlsauth_limits_set_chain_certificates(limits, 7));
        ASSERT_OK("", mtlsauth_policy_set_limits(policy, limits));
        mtlsauth_limits_free(limits);
        break;
    default:
        ck_abort_msg("%zu", which);
    }
}

/* CVE-2025-23419 and its kind: what a session began with is told apart from what is in force. */
START_TEST(cve_2025_23419_session_context)
{
    enum { CHANGES = 25, OTHERS = 4 };
    unsigned char seen[CHANGES + OTHERS][32], out[32];
    mtlsauth_chain *chain = data_chain("intermediate.pem");

    for (size_t i = 0; i < CHANGES + OTHERS; i++) {
        for (int again = 0; again <= 1; again++) {
            mtlsauth_policy *policy = new_policy();
            mtlsauth_authorizer *authorizer;

            if (i == CHANGES) { /* another profile */
                mtlsauth_policy_free(policy);
                ASSERT_OK("", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_ALB));
                ASSERT_OK("", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF,
                                                             MTLSAUTH_DEPTH_LEAF));
            }
            if (i == CHANGES + 3)
                ASSERT_OK("", mtlsauth_policy_allow_any(policy, "a"));
            else if (i < 15 || i > 18)
                allow(policy, "a", "dns:a");
            if (i < CHANGES)
                change(policy, i);
            authorizer = new_authorizer(i == CHANGES + 1 ? "bundle.pem" : "root.pem", policy);
            if (i == CHANGES + 2)
                ASSERT_OK("", mtlsauth_authorizer_set_intermediates(authorizer, chain));
            memset(out, 0, sizeof out);
            ASSERT_OK("", mtlsauth_authorizer_session_context(authorizer, out));
            if (again)
                ck_assert_mem_eq(out, seen[i], 32);
            memcpy(seen[i], out, 32);
            mtlsauth_authorizer_free(authorizer);
            mtlsauth_policy_free(policy);
        }
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(memcmp(seen[i], seen[k], 32) != 0, "change %zu is not seen beside %zu", i, k);
    }
    mtlsauth_chain_free(chain);
    ASSERT_CODE("NULL", mtlsauth_authorizer_session_context(NULL, out), MTLSAUTH_ERR_ARGUMENT);
}
END_TEST

/* The metadata of an OAuth client is no pattern (RFC 8705 2.1.2), although it may read like one. */
/* Issuers and certificate policies are sets: whoever names another one first says the same. */
START_TEST(session_context_whoever_was_named_first)
{
    enum { COUNT = 4 };
    static const char *const oids[COUNT] = {"2.5.29.32.0", "1.2.3", "1.2.3.4", "1.2.10"};
    unsigned char contexts[2][32], key[32] = {0};

    for (size_t i = 0; i < 2; i++) {
        mtlsauth_policy *policy = new_policy();
        mtlsauth_authorizer *authorizer;

        allow(policy, "a", "dns:a");
        for (size_t k = 0; k < COUNT; k++) {
            size_t n = i == 0 ? k : COUNT - 1 - k;
            int evidence = n < 2 ? MTLSAUTH_EVIDENCE_CRL : MTLSAUTH_EVIDENCE_OCSP;

            key[31] = (unsigned char)(n * 7 % COUNT);
            ASSERT_OK("", mtlsauth_policy_set_revocation_for_issuer(policy, key, evidence));
            ASSERT_OK("", mtlsauth_policy_require_certificate_policy(policy, oids[n]));
        }
        authorizer = new_authorizer("root.pem", policy);
        ASSERT_OK("", mtlsauth_authorizer_session_context(authorizer, contexts[i]));
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    ck_assert_mem_eq(contexts[0], contexts[1], 32);
}
END_TEST

START_TEST(session_context_of_a_value_that_reads_like_a_pattern)
{
    unsigned char contexts[2][32];

    for (int i = 0; i < 2; i++) {
        mtlsauth_policy *policy = new_policy();
        mtlsauth_authorizer *authorizer;

        if (i == 0)
            allow(policy, "a", "email:*@a.example");
        else
            ASSERT_OK("", mtlsauth_policy_allow_rfc8705(policy, "a", "tls_client_auth_san_email",
                                                        "*@a.example"));
        authorizer = new_authorizer("root.pem", policy);
        ASSERT_OK("", mtlsauth_authorizer_session_context(authorizer, contexts[i]));
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    ck_assert_mem_ne(contexts[0], contexts[1], 32);
}
END_TEST

/* A ticket keeps the leaf alone: its intermediates are remembered, and everything is checked. */
START_TEST(resumed_sessions_are_asked_again)
{
    mtlsauth_policy *policy = new_policy(), *stricter = new_policy();
    mtlsauth_chain *whole = data_chain("chain.pem"), *leaf = data_chain("client.pem");
    mtlsauth_truststore *root = data_truststore("root.pem"), *other = data_truststore("other-root.pem");
    mtlsauth_decision *decision = new_decision();
    mtlsauth_authorizer *authorizer;

    allow(policy, "rule", "dns:client.example.com");
    allow(stricter, "rule", "dns:other.example.com");
    authorizer = new_authorizer("root.pem", policy);
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision),
                     MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, whole, decision), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, leaf, decision), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 3);
    }
    ASSERT_OK("rule", mtlsauth_authorizer_set_policy(authorizer, stricter));
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision), MTLSAUTH_DENY_IDENTITY);
    ASSERT_OK("rule", mtlsauth_authorizer_set_policy(authorizer, policy));
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision), MTLSAUTH_OK);
    ASSERT_OK("store", mtlsauth_authorizer_set_truststore(authorizer, other));
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision),
                     MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_OK("store", mtlsauth_authorizer_set_truststore(authorizer, root));
    ASSERT_OK("block", mtlsauth_policy_block(policy, "dns:client.example.com"));
    ASSERT_OK("block", mtlsauth_authorizer_set_policy(authorizer, policy));
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision), MTLSAUTH_DENY_BLOCKED);
    ASSERT_OK("time", mtlsauth_policy_set_time(stricter, INT64_C(2524608000)));
    ASSERT_OK("time", mtlsauth_authorizer_set_policy(authorizer, stricter));
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, leaf, decision), MTLSAUTH_DENY_EXPIRED);
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, NULL, decision),
                     MTLSAUTH_DENY_NO_CERTIFICATE);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(whole);
    mtlsauth_chain_free(leaf);
    mtlsauth_truststore_free(root);
    mtlsauth_truststore_free(other);
    mtlsauth_policy_free(policy);
    mtlsauth_policy_free(stricter);
    mtlsauth_authorizer_free(authorizer);
}
END_TEST

/* A CA that two roots have certified, and a client of it. */
enum { ROOT_A, THE_CA, THE_LEAF, ROOT_B };

static struct der_build ca_of(int root, unsigned serial)
{
    const struct forge ca = {.subject = "CA",
                             .issuer = root == ROOT_A ? "A" : "B",
                             .key = THE_CA,
                             .signer = root,
                             .ca = true,
                             .serial = serial};

    return forge(&ca);
}

/* Once made, as each signature is another one. */
static struct der_build the_leaf, by_a, by_b;

static void make_certificates(void)
{
    const struct forge leaf = {
        .subject = "leaf", .issuer = "CA", .key = THE_LEAF, .signer = THE_CA};

    the_leaf = forge(&leaf);
    by_a = ca_of(ROOT_A, 1);
    by_b = ca_of(ROOT_B, 1);
}

static void drop_certificates(void)
{
    der_build_free(&the_leaf);
    der_build_free(&by_a);
    der_build_free(&by_b);
}

/* The leaf with this certificate of its CA, or resumed, which is without. */
static int present(mtlsauth_authorizer *authorizer, const struct der_build *ca,
                   mtlsauth_decision *decision)
{
    const void *ders[] = {the_leaf.bytes, ca == NULL ? NULL : ca->bytes};
    const size_t lens[] = {the_leaf.len, ca == NULL ? 0 : ca->len};
    mtlsauth_chain *chain;
    int code;

    ASSERT_OK("chain", mtlsauth_chain_from_der(&chain, ders, lens, ca == NULL ? 1 : 2));
    code = ca == NULL ? mtlsauth_authorize_again(authorizer, chain, decision)
                      : mtlsauth_authorize(authorizer, chain, decision);
    mtlsauth_chain_free(chain);
    return code;
}

static mtlsauth_truststore *both_roots(char anchor[80])
{
    const struct forge a = {
        .subject = "A", .issuer = "A", .key = ROOT_A, .signer = ROOT_A, .ca = true};
    const struct forge b = {
        .subject = "B", .issuer = "B", .key = ROOT_B, .signer = ROOT_B, .ca = true};
    struct forged trusted = {.count = 0};
    mtlsauth_truststore *truststore;
    mtlsauth_cert *cert;

    forged_add(&trusted, &a);
    forged_add(&trusted, &b);
    truststore = forged_truststore(&trusted);
    ASSERT_OK("A", mtlsauth_cert_parse(&cert, trusted.ders[0].bytes, trusted.ders[0].len));
    snprintf(anchor, 80, "anchor:%s", mtlsauth_cert_spki_sha256_hex(cert));
    mtlsauth_cert_free(cert);
    forged_drop(&trusted);
    return truststore;
}

/* Whoever has seen a certificate can present it, with what he likes, before he has shown that its
 * key is his: what he is denied for is not what a session of its owner is judged by. */
START_TEST(a_denied_path_is_no_candidate)
{
    for (int stranger_first = 0; stranger_first <= 1; stranger_first++) {
        mtlsauth_policy *policy = new_policy();
        mtlsauth_decision *decision = new_decision();
        mtlsauth_authorizer *authorizer;
        mtlsauth_truststore *roots;
        char anchor[80];
        const char *const rule[] = {"subject.CN:leaf", anchor};

        make_certificates();
        roots = both_roots(anchor);
        ASSERT_OK("rule", mtlsauth_policy_allow(policy, "rule", rule, 2));
        ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, roots, policy));
        if (stranger_first)
            ASSERT_CODE("B", present(authorizer, &by_b, decision), MTLSAUTH_DENY_IDENTITY);
        ASSERT_CODE("A", present(authorizer, &by_a, decision), MTLSAUTH_OK);
        for (int i = 0; i < 3; i++) {
            ASSERT_CODE("B", present(authorizer, &by_b, decision), MTLSAUTH_DENY_IDENTITY);
            ASSERT_CODE("resumed", present(authorizer, NULL, decision), MTLSAUTH_OK);
        }
        /* Nor does he push it out with many. */
        for (unsigned serial = 2; serial < 20; serial++) {
            struct der_build another = ca_of(ROOT_B, serial);

            ASSERT_CODE("B", present(authorizer, &another, decision), MTLSAUTH_DENY_IDENTITY);
            der_build_free(&another);
        }
        ASSERT_CODE("resumed", present(authorizer, NULL, decision), MTLSAUTH_OK);
        /* It stays the one under rules of which nothing is remembered. */
        ASSERT_OK("rules", mtlsauth_policy_set_max_ca_certificates(policy, 3));
        ASSERT_OK("rules", mtlsauth_authorizer_set_policy(authorizer, policy));
        ASSERT_CODE("B", present(authorizer, &by_b, decision), MTLSAUTH_DENY_IDENTITY);
        ASSERT_CODE("resumed", present(authorizer, NULL, decision), MTLSAUTH_OK);
        mtlsauth_decision_free(decision);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_truststore_free(roots);
        mtlsauth_policy_free(policy);
        drop_certificates();
    }
}
END_TEST

/* By whichever path it was allowed last. */
START_TEST(the_last_allowed_path_is_the_candidate)
{
    static const struct der_build *const order[] = {&by_a, &by_b, &by_b, &by_a,
                                                    &by_b, &by_a, &by_a};
    mtlsauth_policy *policy = new_policy();
    mtlsauth_decision *decision = new_decision();
    mtlsauth_authorizer *authorizer;
    mtlsauth_truststore *roots;
    char anchor[80];

    make_certificates();
    roots = both_roots(anchor);
    allow(policy, "rule", "subject.CN:leaf");
    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, roots, policy));
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        const char *name = order[i] == &by_a ? "CN=A" : "CN=B";

        ASSERT_CODE(name, present(authorizer, order[i], decision), MTLSAUTH_OK);
        ASSERT_CODE(name, present(authorizer, NULL, decision), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 3);
        ck_assert_str_eq(mtlsauth_cert_subject(mtlsauth_decision_path_cert(decision, 2)), name);
    }
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(roots);
    mtlsauth_policy_free(policy);
    drop_certificates();
}
END_TEST

UNIT_MAIN("authorizer/again", cve_2025_23419_session_context, session_context_whoever_was_named_first,
          session_context_of_a_value_that_reads_like_a_pattern, resumed_sessions_are_asked_again,
          a_denied_path_is_no_candidate, the_last_allowed_path_is_the_candidate)
