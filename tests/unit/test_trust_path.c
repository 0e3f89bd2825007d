/* SPDX-License-Identifier: MIT */
#include "path.h"


START_TEST(every_file)
{
    static const struct {
        const char *chain, *truststore;
        int profile, code, depth; /* depth: of the reason; of a path that holds, its length */
        const char *says;
    } rows[] = {
        {"chain.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 3, ""},
        {"client.pem", "bundle.pem", GATEWAY, MTLSAUTH_OK, 3, ""},
        {"client.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_ISSUER_NOT_FOUND, 0,
         "its issuer CN=intermediate,O=Example, key identifier "},
        {"client.pem", "intermediate.pem", GATEWAY, MTLSAUTH_DENY_ISSUER_NOT_FOUND, 1,
         "certificate 1 of the path (CN=intermediate,O=Example): its issuer CN=Example Root CA"},
        {"two-names.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"two-names.pem", "root.pem", ALB, MTLSAUTH_OK, 2, ""},
        {"two-names.pem", "bundle.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"two-names.pem", "bundle-1000.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"two-names.pem", "two-names.pem", GATEWAY, MTLSAUTH_OK, 1, ""},
        {"self-signed.pem", "self-signed.pem", GATEWAY, MTLSAUTH_OK, 1, ""},
        {"expired.pem", "expired.pem", GATEWAY, MTLSAUTH_DENY_EXPIRED, 0, ""},
        {"two-names.pem", "clone-root.pem", GATEWAY, MTLSAUTH_DENY_BAD_SIGNATURE, 0,
         "does not verify with the key of its issuer (CN=Example Root CA"},
        {"two-names.pem", "bad-bundle.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"expired.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_EXPIRED, 0,
         "the client's certificate (CN=expired,O=Example): it expired at 2015-01-01T00:00:00Z"},
        {"not-yet-valid.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_NOT_YET_VALID, 0,
         "it is valid from 9999-01-01T00:00:00Z; it is 2026-01-01T00:00:00Z now"},
        {"server-eku.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, 0,
         "does not have 1.3.6.1.5.5.7.3.2 (clientAuth)"},
        {"server.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, 0, ""},
        {"no-eku.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"no-eku.pem", "root.pem", ALB, MTLSAUTH_OK, 2, ""},
        {"no-san.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"uri.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"ip.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"email.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"upn.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"wildcard-san.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"unicode-dn.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"multi-rdn.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"nul-san.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_BAD_NAME, 0, "a name has a NUL inside"},
        {"nul-cn.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_BAD_NAME, 0, "a name has a NUL inside"},
        {"critical-unknown.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_CRITICAL_EXTENSION, 0,
         "its critical extension 1.3.6.1.4.1.99999.1 is not understood"},
        {"rsa2048.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"rsa1024.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_KEY, 0,
         "its key is RSA 1024: the RSA modulus is smaller than the policy asks for"},
        {"rsa1024.pem", "root.pem", ALB, MTLSAUTH_DENY_WEAK_KEY, 0, ""},
        {"sha1.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_SIGNATURE, 0,
         "it is signed by RSA with SHA-1: the hash is weaker than the policy asks for"},
        {"sha1.pem", "root.pem", ALB, MTLSAUTH_DENY_WEAK_SIGNATURE, 0, ""},
        {"rsapss.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"p521.pem", "root.pem", ALB, MTLSAUTH_OK, 2, ""},
        {"weak-curve.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_KEY, 0, "EC of 224 bits"},
        {"explicit-params.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_KEY, 0,
         "EC with explicit parameters, which is never used"},
        {"ed25519.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"ed25519.pem", "root.pem", ALB, MTLSAUTH_DENY_WEAK_KEY, 0, "takes no Edwards curves"},
        {"ed448.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"ed448.pem", "root.pem", ALB, MTLSAUTH_DENY_WEAK_KEY, 0, ""},
        {"self-signed.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_SELF_SIGNED, 0,
         "it is self-signed and not in the truststore"},
        {"other-ca-client.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_ISSUER_NOT_FOUND, 0,
         "its issuer CN=other-root,O=Example"},
        {"clone-client.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_BAD_SIGNATURE, 0, ""},
        {"clone-client.pem", "clone-root.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"clone-client.pem", "bad-bundle.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"pathlen-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_PATH_LENGTH, 2,
         "certificate 2 of the path (CN=intermediate,O=Example): its pathLenConstraint of 0"},
        {"long-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_CHAIN_TOO_LONG, 0,
         "more than 4 CA certificates stand above it"},
        {"leaf-issued-by-leaf.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_NOT_A_CA, 1,
         "certificate 1 of the path (CN=example.com): it has issued the certificate before it"},
        {"nc-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_NAME_CONSTRAINTS, 0,
         "evil.example is not permitted by its CA"},
        {"nc-ok-chain.pem", "root.pem", GATEWAY, MTLSAUTH_OK, 3, ""},
        {"leaf-issued-by-leaf.pem", "clone-root.pem", GATEWAY, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
        {"ku-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_KEY_USAGE, 1, "keyCertSign"},
        {"v1-intermediate-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
        {"v1-intermediate-chain.pem", "root.pem", ALB, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
        {"v1-intermediate-chain.pem", "clone-root.pem", GATEWAY, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
        {"expired-ca-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_EXPIRED, 1,
         "certificate 1 of the path (CN=expired-ca,O=Example): it expired"},
        {"sha1-ca-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_SIGNATURE, 1, ""},
        {"rsa1024-ca-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_WEAK_KEY, 1, ""},
        {"apigw/my_client.pem", "apigw/RootCA.pem", GATEWAY, MTLSAUTH_OK, 2, ""},
        {"apigw/my_client.pem", "apigw/RootCA.pem", ALB, MTLSAUTH_DENY_PROFILE, 0,
         "it is version 1; the profile takes version 3 alone"},
        {"server2.pem", "root.pem", ALB, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, 0, ""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *truststore = data_truststore(rows[i].truststore);
        mtlsauth_chain *chain = data_chain(rows[i].chain);
        mtlsauth_policy *policy = data_policy(rows[i].profile);
        int code = verify(truststore, chain, policy);

        ck_assert_msg(code == rows[i].code, "%s under %s: %s, %s", rows[i].chain, rows[i].truststore,
                      mtlsauth_code_name(code), mtlsauth_decision_message(decision));
        if (code == MTLSAUTH_OK) {
            ASSERT_INT(rows[i].chain, mtlsauth_decision_path_count(decision), rows[i].depth);
        } else {
            ASSERT_INT(rows[i].chain, mtlsauth_decision_depth(decision), rows[i].depth);
            ASSERT_SAYS(rows[i].chain, mtlsauth_decision_message(decision), rows[i].says);
        }
        mtlsauth_policy_free(policy);
        mtlsauth_chain_free(chain);
        mtlsauth_truststore_free(truststore);
    }
    done();
}
END_TEST

/* CVE-2017-14032, LibreSSL 78103634af: at the limit, one less, one more, a hundred more. */
START_TEST(cve_2017_14032_depth_limit)
{
    mtlsauth_policy *policy = data_policy(GATEWAY);

    /* The root is one of the four. */
    ck_assert_int_eq(verify_ladder(0, policy), MTLSAUTH_OK);
    ck_assert_int_eq(verify_ladder(2, policy), MTLSAUTH_OK);
    ck_assert_int_eq(verify_ladder(3, policy), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 5);
    ck_assert_int_eq(verify_ladder(4, policy), MTLSAUTH_DENY_CHAIN_TOO_LONG);
    ck_assert_int_eq(verify_ladder(103, policy), MTLSAUTH_DENY_CHAIN_TOO_LONG);
    ASSERT_OK("less", mtlsauth_policy_set_max_ca_certificates(policy, 1));
    ck_assert_int_eq(verify_ladder(0, policy), MTLSAUTH_OK);
    ck_assert_int_eq(verify_ladder(1, policy), MTLSAUTH_DENY_CHAIN_TOO_LONG);
    ASSERT_OK("none", mtlsauth_policy_set_max_ca_certificates(policy, 0));
    ck_assert_int_eq(verify_ladder(0, policy), MTLSAUTH_DENY_CHAIN_TOO_LONG);
    ASSERT_OK("more", mtlsauth_policy_set_insecure_max_ca_certificates(policy, 50));
    ck_assert_int_eq(verify_ladder(49, policy), MTLSAUTH_OK);
    ck_assert_int_eq(verify_ladder(50, policy), MTLSAUTH_DENY_CHAIN_TOO_LONG);
    ASSERT_OK("most", mtlsauth_policy_set_insecure_max_ca_certificates(
                          policy, MTLSAUTH_MAX_PATH_CERTIFICATES));
    ck_assert_int_eq(verify_ladder(MTLSAUTH_DEFAULT_BUDGET_SIGNATURES - 2, policy), MTLSAUTH_OK);
    /* 200 CAs cost 200 signatures: the budget ends it. */
    ck_assert_int_eq(verify_ladder(199, policy), MTLSAUTH_DENY_BUDGET);
    ck_assert_int_eq(verify_ladder(250, policy), MTLSAUTH_DENY_BUDGET);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2026-11999: any number of self-signed certificates beside a leaf that nobody has issued. */
START_TEST(cve_2026_11999_untrusted_self_signed)
{
    mtlsauth_policy *policy = data_policy(GATEWAY);
    static const unsigned counts[] = {1, 2, 9, 31, 32, 33, 100, 200};

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        for (int same_name = 0; same_name <= 1; same_name++) {
            struct forged sent = {.count = 0}, trusted = {.count = 0};
            char names[200][12];
            int code;

            forged_add(&trusted, &root_spec);
            forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "X0", .signer = 250});
            for (unsigned k = 0; k < counts[i]; k++) {
                snprintf(names[k], sizeof names[k], "X%u", same_name ? 0 : k);
                forged_add(&sent, &(struct forge){.subject = names[k], .issuer = names[k], .ca = true,
                                                  .key = (int)k + 1, .signer = (int)k + 1,
                                                  .serial = k + 1});
            }
            code = verify_forged(&sent, &trusted, policy);
            ck_assert_msg(code == MTLSAUTH_DENY_BAD_SIGNATURE || code == MTLSAUTH_DENY_BUDGET,
                          "%u: %s", counts[i], mtlsauth_code_name(code));
            forged_drop(&sent);
            forged_drop(&trusted);
        }
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* The same chain in every order of its intermediates, with what does not belong to it. */
START_TEST(any_order)
{
    static const size_t orders[][4] = {{1, 2, 3, 0}, {3, 2, 1, 0}, {2, 3, 1, 0}, {2, 1, 3, 0},
                                       {3, 1, 2, 0}, {1, 3, 2, 0}};
    const struct forge specs[] = {
        {.subject = "leaf", .issuer = "A", .key = 9, .signer = 1},
        {.subject = "A", .issuer = "B", .key = 1, .signer = 2, .ca = true},
        {.subject = "B", .issuer = "Root", .key = 2, .ca = true},
        {.subject = "Stray", .issuer = "Stray", .key = 3, .signer = 3, .ca = true},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};

        forged_add(&trusted, &root_spec);
        forged_add(&sent, &specs[0]);
        for (size_t k = 0; k < 4; k++)
            forged_add(&sent, &specs[orders[i][k]]); /* the leaf comes once more, at the end */
        ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 4);
        ck_assert_str_eq(mtlsauth_cert_subject(mtlsauth_decision_path_cert(decision, 2)), "CN=B");
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* Two certificates for one CA: the first that is tried leads nowhere, and the other holds. */
START_TEST(alternatives)
{
    const struct {
        const char *name;
        struct forge bad;
    } rows[] = {
        {"issued by nobody we know", {.issuer = "Nobody", .signer = 9}},
        {"expired", {.issuer = "Root", .not_after = "250101000000Z"}},
        {"no keyCertSign", {.issuer = "Root", .ku = FORGE_KU_SIGN}},
        {"of another key", {.issuer = "Root", .key = 8}},
        {"unknown critical extension",
         {.issuer = "Root", .extensions = &(const struct forge_extension)FORGE_EXTENSION("\x2a\x03", true, ""),
          .extension_count = 1}},
        {"a ring", {.issuer = "Ring", .signer = 7}},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int bad_first = 0; bad_first <= 1; bad_first++) {
            for (int in_store = 0; in_store <= 1; in_store++) {
                struct forged sent = {.count = 0}, trusted = {.count = 0};
                struct forged *where = in_store ? &trusted : &sent;
                struct forge bad = rows[i].bad, good = {.issuer = "Root", .ca = true, .key = 1};

                bad.subject = good.subject = "CA";
                bad.ca = true;
                bad.serial = 7;
                bad.key = bad.key == 0 ? 1 : bad.key;
                forged_add(&trusted, &root_spec);
                forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "CA", .key = 2,
                                                  .signer = 1});
                forged_add(where, bad_first ? &bad : &good);
                forged_add(where, bad_first ? &good : &bad);
                forged_add(&sent, &(struct forge){.subject = "Ring", .issuer = "CA", .key = 7,
                                                  .signer = 1, .ca = true});
                ASSERT_CODE(rows[i].name, verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
                forged_drop(&sent);
                forged_drop(&trusted);
            }
        }
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2018-16875, CVE-2024-0567: many CAs of one name and key that issue one another. */
START_TEST(cve_2018_16875_budget)
{
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};

    forged_add(&trusted, &root_spec);
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "A", .signer = 1, .key = 2});
    for (unsigned i = 0; i < 60; i++)
        forged_add(&sent, &(struct forge){.subject = i % 2 ? "A" : "B", .issuer = i % 3 ? "A" : "B",
                                          .ca = true, .key = 1, .signer = 1, .serial = 10 + i});
    ASSERT_OK("deep", mtlsauth_policy_set_insecure_max_ca_certificates(policy, 200));
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BUDGET);
    ASSERT_SAYS("budget", mtlsauth_decision_message(decision), "signature checks");
    ck_assert_int_eq(mtlsauth_decision_depth(decision), -1);
    ASSERT_OK("steps", mtlsauth_policy_set_budget(policy, 64, 50, 100));
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BUDGET);
    ASSERT_OK("one", mtlsauth_policy_set_budget(policy, 1, 50, 100));
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BUDGET);
    forged_drop(&sent);
    /* What needs no more than that is found. */
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "Root"});
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2022-0778: refused before any arithmetic, wherever it stands. */
START_TEST(cve_2022_0778_explicit_parameters)
{
    /* A curve of one bit, with a point of nothing: it decodes nowhere, and must not be tried. */
    static const char spki[] = "\x30\x1a\x30\x15\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x30\x0a\x02\x01"
                               "\x01\x30\x05\x06\x03\x2a\x03\x04\x03\x01\x00";
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    struct forge leaf = {.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1};
    struct forge ca = {.subject = "CA", .issuer = "Root", .key = 1, .ca = true};

    forged_add(&trusted, &root_spec);
    leaf.spki = (struct forge_bytes){spki, sizeof spki - 1};
    forged_add(&sent, &leaf);
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 0);
    forged_drop(&sent);
    leaf.spki.bytes = NULL;
    leaf.spki.len = 0;
    ca.spki = (struct forge_bytes){spki, sizeof spki - 1};
    forged_add(&sent, &leaf);
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 1);
    forged_drop(&trusted);
    /* In the truststore it is no anchor. */
    ca.issuer = "CA";
    forged_add(&trusted, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_WEAK_KEY);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* A P-256 key that is no point of the curve: it is read here, and libcrypto makes no key of it. */
START_TEST(keys_that_are_no_points)
{
    static const char spki[] =
        "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01"
        "\x07\x03\x42\x00\x04"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    struct forge leaf = {.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1};
    struct forge ca = {.subject = "CA", .issuer = "Root", .key = 1, .ca = true};
    struct forge bad_ca = ca;

    bad_ca.spki = (struct forge_bytes){spki, sizeof spki - 1};
    bad_ca.serial = 7;
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &leaf);
    forged_add(&sent, &bad_ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BAD_SIGNATURE);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 0);
    /* It is no reason to refuse a path that does without it. */
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
    forged_drop(&sent);
    leaf.spki = bad_ca.spki;
    forged_add(&sent, &leaf);
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_MALFORMED);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 0);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* Lists, answers and rules know a CA by the digest of its key: it has one. A client signs nothing
 * that is looked at here. */
START_TEST(a_ca_writes_its_key_in_one_form)
{
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    struct forge leaf = {.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1};
    struct forge ca = {.subject = "CA", .issuer = "Root", .key = 1, .ca = true};
    struct forge variant = ca, root = root_spec;

    variant.compressed = true;
    variant.serial = 7;
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &leaf);
    forged_add(&sent, &variant);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 1);
    ASSERT_SAYS("CA", mtlsauth_decision_message(decision), "has to write its point uncompressed");
    /* It is no reason to refuse a path that does without it. */
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
    forged_drop(&sent);
    leaf.compressed = true;
    forged_add(&sent, &leaf);
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
    forged_drop(&trusted);
    root.compressed = true;
    forged_add(&trusted, &root);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 2);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2026-93302, CVE-2025-6037: all of a certificate is compared, its key too. */
START_TEST(cve_2026_93302_clones)
{
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    struct forge clone = root_spec, pinned = {.subject = "pinned", .issuer = "Root", .key = 3};

    clone.key = clone.signer = 5;
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "Root", .signer = 5, .key = 2});
    forged_add(&sent, &clone);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BAD_SIGNATURE);
    forged_drop(&sent);
    forged_drop(&trusted);
    forged_add(&trusted, &pinned);
    /* Byte for byte: a second signature of the same key would be another certificate. */
    sent.count = 1;
    der_raw(&sent.ders[0], trusted.ders[0].bytes, trusted.ders[0].len);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 1);
    forged_drop(&sent);
    pinned.key = 4;
    forged_add(&sent, &pinned);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

START_TEST(partial_chain)
{
    mtlsauth_truststore *truststore = data_truststore("intermediate.pem");
    mtlsauth_chain *chain = data_chain("chain.pem");
    mtlsauth_policy *policy = data_policy(GATEWAY);

    ck_assert_int_eq(verify(truststore, chain, policy), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_OK("on", mtlsauth_policy_set_partial_chain(policy, 1));
    ck_assert_int_eq(verify(truststore, chain, policy), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_decision_path_count(decision), 2);
    ASSERT_OK("off", mtlsauth_policy_set_partial_chain(policy, 0));
    ck_assert_int_eq(verify(truststore, chain, policy), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    done();
}
END_TEST

/* A client of version 1 is no CA because it stands in a truststore, and has the name of its CA. */
START_TEST(version_1_issues_as_a_root_alone)
{
    static const struct {
        const char *name, *issuer;
        int signer;
        bool partial;
        int code;
    } rows[] = {
        {"root", "A", 1, false, MTLSAUTH_OK},
        {"root, partial chain", "A", 1, true, MTLSAUTH_OK},
        {"of another issuer", "B", 2, false, MTLSAUTH_DENY_NOT_A_CA},
        {"of another issuer, partial chain", "B", 2, true, MTLSAUTH_DENY_NOT_A_CA},
        {"of a CA of its name", "A", 2, false, MTLSAUTH_DENY_NOT_A_CA},
        {"of a CA of its name, partial chain", "A", 2, true, MTLSAUTH_DENY_NOT_A_CA},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *policy = data_policy(GATEWAY);
        struct forged sent = {.count = 0}, trusted = {.count = 0};

        ASSERT_OK("partial", mtlsauth_policy_set_partial_chain(policy, rows[i].partial));
        forged_add(&trusted, &(struct forge){.subject = "A", .issuer = rows[i].issuer, .key = 1,
                                             .signer = rows[i].signer, .v1 = true});
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "A", .key = 3, .signer = 1});
        ASSERT_CODE(rows[i].name, verify_forged(&sent, &trusted, policy), rows[i].code);
        forged_drop(&sent);
        forged_drop(&trusted);
        mtlsauth_policy_free(policy);
    }
    done();
}
END_TEST

/* Dates, of which the first and the last are those of a certificate that says nothing else. */
#define Y2020 INT64_C(1577836800)
#define Y2025 INT64_C(1735689600)
#define Y2026 INT64_C(1767225600)
#define Y2027 INT64_C(1798761600)
#define Y2049 INT64_C(2524607999)

/*
 * A path is remembered for the times at which a search finds it: its own certificates count, and
 * those of what was passed over on the way, which may be what is found at another time.
 */
START_TEST(times_of_a_path)
{
    static const struct forge_extension unknown = FORGE_EXTENSION("\x2a\x03", true, "\x05\x00");
    static const struct {
        const char *name;
        struct forge leaf, ca, others[2]; /* CAs of the same name and key, which are tried before */
        int64_t skew;
        bool skip_time;
        int64_t from, until, valid_until;
    } rows[] = {
        {"the root alone", .from = Y2020, .until = Y2049, .valid_until = Y2049},
        {"the leaf's", .leaf = {.not_before = "250101000000Z", .not_after = "270101000000Z"},
         .from = Y2025, .until = Y2027, .valid_until = Y2027},
        {"the CA's", .ca = {.not_before = "250101000000Z", .not_after = "270101000000Z"},
         .from = Y2025, .until = Y2027, .valid_until = Y2027},
        {"with a skew", .leaf = {.not_before = "250101000000Z", .not_after = "270101000000Z"},
         .skew = 60, .from = Y2025 - 60, .until = Y2027 + 60, .valid_until = Y2027},
        {"time is not looked at",
         .leaf = {.not_before = "250101000000Z", .not_after = "270101000000Z"}, .skip_time = true,
         .from = INT64_MIN, .until = INT64_MAX, .valid_until = Y2027},
        {"expired, and time is not looked at", .leaf = {.not_after = "250101000000Z"},
         .skip_time = true, .from = INT64_MIN, .until = INT64_MAX, .valid_until = Y2025},
        {"another one expired", .others = {{.not_after = "250101000000Z"}}, .from = Y2025 + 1,
         .until = Y2049, .valid_until = Y2049},
        {"another one is not valid yet", .others = {{.not_before = "270101000000Z"}},
         .from = Y2020, .until = Y2027 - 1, .valid_until = Y2049},
        {"two others expired",
         .others = {{.not_after = "250101000000Z"}, {.not_after = "240101000000Z"}},
         .from = Y2025 + 1, .until = Y2049, .valid_until = Y2049},
        {"two others are not valid yet",
         .others = {{.not_before = "270101000000Z"}, {.not_before = "280101000000Z"}},
         .from = Y2020, .until = Y2027 - 1, .valid_until = Y2049},
        {"one of each", .others = {{.not_before = "270101000000Z"}, {.not_after = "250101000000Z"}},
         .from = Y2025 + 1, .until = Y2027 - 1, .valid_until = Y2049},
        {"one of each, with a skew",
         .others = {{.not_before = "270101000000Z"}, {.not_after = "250101000000Z"}}, .skew = 60,
         .from = Y2025 + 61, .until = Y2027 - 61, .valid_until = Y2049},
        {"another one never holds",
         .others = {{.extensions = &unknown, .extension_count = 1,
                     .not_before = "250101000000Z", .not_after = "270101000000Z"}},
         .from = Y2020, .until = Y2049, .valid_until = Y2049},
        {"another one never holds, and time is not looked at",
         .others = {{.extensions = &unknown, .extension_count = 1,
                     .not_before = "270101000000Z"}},
         .skip_time = true, .from = INT64_MIN, .until = INT64_MAX, .valid_until = Y2049},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int swapped = 0; swapped <= 1; swapped++) {
            struct forged sent = {.count = 0}, trusted = {.count = 0};
            struct verified_path path;
            struct path_params params;
            struct forge leaf = rows[i].leaf, cas[3] = {rows[i].others[swapped],
                                                        rows[i].others[!swapped], rows[i].ca};
            mtlsauth_truststore *truststore;
            mtlsauth_chain *chain;
            struct reason reason;

            leaf.subject = "leaf";
            leaf.issuer = "CA";
            leaf.key = 2;
            leaf.signer = 1;
            forged_add(&sent, &leaf);
            for (unsigned k = 0; k < COUNT_OF(cas); k++) {
                const struct forge *ca = &cas[k];

                if (k < 2 && ca->not_before == NULL && ca->not_after == NULL)
                    continue;
                cas[k].subject = "CA";
                cas[k].issuer = "Root";
                cas[k].key = 1;
                cas[k].ca = true;
                cas[k].serial = 10 + k;
                forged_add(&sent, ca);
            }
            forged_add(&trusted, &root_spec);
            truststore = forged_truststore(&trusted);
            chain = forged_chain(&sent, 0);
            ck_assert(mtlsauth__path_params_of(&params, GATEWAY));
            params.clock_skew = rows[i].skew;
            params.skip_time = rows[i].skip_time;
            ASSERT_CODE(rows[i].name,
                        mtlsauth__path_find(truststore, chain->certs[0], chain->certs + 1,
                                            chain->count - 1, &params, Y2026, NULL, &path, &reason),
                        MTLSAUTH_OK);
            ASSERT_INT(rows[i].name, path.from, rows[i].from);
            ASSERT_INT(rows[i].name, path.until, rows[i].until);
            ASSERT_INT(rows[i].name, path.valid_until, rows[i].valid_until);
            mtlsauth__verified_path_clear(&path);
            mtlsauth_chain_free(chain);
            mtlsauth_truststore_free(truststore);
            forged_drop(&sent);
            forged_drop(&trusted);
        }
}
END_TEST

UNIT_MAIN("path", every_file, cve_2017_14032_depth_limit, cve_2026_11999_untrusted_self_signed,
          any_order, alternatives, cve_2018_16875_budget, cve_2022_0778_explicit_parameters,
          keys_that_are_no_points, a_ca_writes_its_key_in_one_form, cve_2026_93302_clones, partial_chain,
          version_1_issues_as_a_root_alone, times_of_a_path)
