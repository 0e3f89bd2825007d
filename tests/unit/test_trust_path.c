/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <time.h>
#include "cert/chain.h"
#include "trust/path.h"

#define GATEWAY MTLSAUTH_PROFILE_API_GATEWAY
#define ALB MTLSAUTH_PROFILE_ALB

static mtlsauth_decision *decision;

/* Verifies and gives the code; the decision stays for a look. */
static int verify(const mtlsauth_truststore *truststore, const mtlsauth_chain *chain,
                  const mtlsauth_policy *policy)
{
    int code;

    if (decision == NULL)
        ASSERT_OK("decision", mtlsauth_decision_new(&decision));
    code = mtlsauth_path_verify(truststore, chain, policy, decision);
    ck_assert_int_eq(mtlsauth_decision_code(decision), code);
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    ck_assert((mtlsauth_decision_path_count(decision) > 0) == (code == MTLSAUTH_OK));
    return code;
}

static void done(void)
{
    mtlsauth_decision_free(decision);
    decision = NULL;
}

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
         "it is valid from 2048-01-01T00:00:00Z; it is 2026-01-01T00:00:00Z now"},
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
        {"ku-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_KEY_USAGE, 1, "keyCertSign"},
        {"v1-intermediate-chain.pem", "root.pem", GATEWAY, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
        {"v1-intermediate-chain.pem", "root.pem", ALB, MTLSAUTH_DENY_NOT_A_CA, 1, ""},
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

/* Verifies forged certificates, leaf first, under those of a truststore. */
static int verify_forged(const struct forged *sent, const struct forged *trusted,
                         const mtlsauth_policy *policy)
{
    mtlsauth_truststore *truststore = forged_truststore(trusted);
    mtlsauth_limits *limits;
    mtlsauth_chain *chain;
    char *text = NULL;
    int code;

    for (size_t i = 0; i < sent->count; i++)
        text = pem_add(text, sent->ders[i].bytes, sent->ders[i].len);
    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_chain_certificates(limits, 300));
    ASSERT_OK("chain", mtlsauth_chain_parse(&chain, text, strlen(text), MTLSAUTH_FORMAT_PEM, limits));
    code = verify(truststore, chain, policy);
    free(text);
    mtlsauth_limits_free(limits);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    return code;
}

#define CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CODE_SIGNING "\x2b\x06\x01\x05\x05\x07\x03\x03"
#define ANY_EKU "\x55\x1d\x25"

static const struct forge root_spec = {
    .subject = "Root", .issuer = "Root", .ca = true, .ku = FORGE_KU_CA};

/* Root (key 0), then n CAs, the last of which issues a leaf; sent without the root. */
static int verify_ladder(unsigned n, const mtlsauth_policy *policy)
{
    static char names[FORGE_KEYS][8];
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    int code;

    snprintf(names[0], sizeof names[0], "Root");
    for (unsigned i = 1; i <= n; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = names[n], .key = (int)n + 1,
                                      .signer = (int)n});
    for (unsigned i = n; i > 0; i--)
        forged_add(&sent, &(struct forge){.subject = names[i], .issuer = names[i - 1], .key = (int)i,
                                          .signer = (int)i - 1, .ca = true, .ku = FORGE_KU_CA});
    code = verify_forged(&sent, &trusted, policy);
    forged_drop(&sent);
    forged_drop(&trusted);
    return code;
}

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

/* mbedTLS 2.2.0: pathLenConstraint of root and of an intermediate, exact and one off. */
START_TEST(mbedtls_2_2_0_path_length)
{
    static const struct {
        const char *name;
        unsigned root, upper, lower; /* one more than pathLenConstraint; 0: none */
        bool lower_self_issued;
        int code, depth;
    } rows[] = {
        {"none", 0, 0, 0, false, MTLSAUTH_OK, 0},
        {"root: exact", 3, 0, 0, false, MTLSAUTH_OK, 0},
        {"root: one more", 4, 0, 0, false, MTLSAUTH_OK, 0},
        {"root: one less", 2, 0, 0, false, MTLSAUTH_DENY_PATH_LENGTH, 3},
        {"root: 0", 1, 0, 0, false, MTLSAUTH_DENY_PATH_LENGTH, 3},
        {"upper: exact", 0, 2, 0, false, MTLSAUTH_OK, 0},
        {"upper: one less", 0, 1, 0, false, MTLSAUTH_DENY_PATH_LENGTH, 2},
        {"lower: 0", 0, 0, 1, false, MTLSAUTH_OK, 0},
        {"all exact", 3, 2, 1, false, MTLSAUTH_OK, 0},
        {"upper: 0, self-issued below it", 0, 1, 0, true, MTLSAUTH_OK, 0},
        {"root: 1, self-issued in between", 2, 0, 0, true, MTLSAUTH_OK, 0},
        {"root: 0, self-issued in between", 1, 0, 0, true, MTLSAUTH_DENY_PATH_LENGTH, 3},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};
        const char *lower = rows[i].lower_self_issued ? "Upper" : "Lower";
        struct forge root = root_spec;

        root.path_length = rows[i].root;
        forged_add(&trusted, &root);
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = lower, .key = 3, .signer = 2,
                                          .has_key_ids = true});
        forged_add(&sent, &(struct forge){.subject = lower, .issuer = "Upper", .key = 2, .signer = 1,
                                          .ca = true, .ku = FORGE_KU_CA, .has_key_ids = true,
                                          .path_length = rows[i].lower});
        forged_add(&sent, &(struct forge){.subject = "Upper", .issuer = "Root", .key = 1,
                                          .ca = true, .ku = FORGE_KU_CA, .has_key_ids = true,
                                          .path_length = rows[i].upper});
        ASSERT_INT(rows[i].name, verify_forged(&sent, &trusted, policy), rows[i].code);
        if (rows[i].code != MTLSAUTH_OK)
            ASSERT_INT(rows[i].name, mtlsauth_decision_depth(decision), rows[i].depth);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2024-45159, CVE-2022-21657, keycloak#52982: enforced for clients, critical or not. */
START_TEST(cve_2024_45159_key_usage_and_extended_key_usage)
{
    static const struct {
        const char *name;
        unsigned ku;
        bool signs;
    } kus[] = {{"no keyUsage", 0, true},
               {"digitalSignature", FORGE_KU_SIGN, true},
               {"keyEncipherment", FORGE_KU_ENCIPHER, false},
               {"both", FORGE_KU_SIGN | FORGE_KU_ENCIPHER, true},
               {"keyCertSign", FORGE_KU_CERT_SIGN, false}};
    static const struct {
        const char *name, *oid;
        bool client, of_ca;
    } ekus[] = {{"no EKU", NULL, true, true},
                {"clientAuth", CLIENT_AUTH, true, true},
                {"serverAuth", SERVER_AUTH, false, false},
                {"codeSigning", CODE_SIGNING, false, false},
                {"anyExtendedKeyUsage", ANY_EKU, false, true}};
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t k = 0; k < COUNT_OF(kus); k++) {
        for (size_t e = 0; e < COUNT_OF(ekus); e++) {
            for (int variant = 0; variant < 4; variant++) {
                bool critical = (variant & 1) != 0, of_ca = (variant & 2) != 0;
                struct forged sent = {.count = 0}, trusted = {.count = 0};
                int want = !kus[k].signs ? MTLSAUTH_DENY_KEY_USAGE
                           : (of_ca ? ekus[e].of_ca : ekus[e].client)
                               ? MTLSAUTH_OK
                               : MTLSAUTH_DENY_EXTENDED_KEY_USAGE;
                char row[64];

                snprintf(row, sizeof row, "%s, %s, %d", kus[k].name, ekus[e].name, variant);
                forged_add(&trusted, &root_spec);
                forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "CA", .key = 2,
                                                  .signer = 1, .ku = kus[k].ku,
                                                  .eku = of_ca ? NULL : ekus[e].oid,
                                                  .eku_critical = critical});
                forged_add(&sent, &(struct forge){.subject = "CA", .issuer = "Root", .key = 1,
                                                  .ca = true, .ku = FORGE_KU_CA,
                                                  .eku = of_ca ? ekus[e].oid : NULL,
                                                  .eku_critical = critical});
                ASSERT_CODE(row, verify_forged(&sent, &trusted, policy), want);
                if (want == MTLSAUTH_DENY_EXTENDED_KEY_USAGE)
                    ASSERT_INT(row, mtlsauth_decision_depth(decision), of_ca);
                forged_drop(&sent);
                forged_drop(&trusted);
            }
        }
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* One CA between leaf and root that is as a row says. */
START_TEST(what_an_intermediate_must_be)
{
    static const struct forge_extension proxy =
        FORGE_EXTENSION("\x2b\x06\x01\x05\x05\x07\x01\x0e", true,
                        "\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x15\x01");
    static const struct forge_extension bad_policies =
        FORGE_EXTENSION("\x55\x1d\x24", true, "\x30\x00");
    static const struct forge_extension unknown = FORGE_EXTENSION("\x2a\x03", true, "\x05\x00");
    static const struct {
        const char *name;
        struct forge ca, leaf;
        int code, depth;
    } rows[] = {
        {"as it should be", {.ca = true, .ku = FORGE_KU_CA}, {0}, MTLSAUTH_OK, 0},
        {"no keyUsage", {.ca = true}, {0}, MTLSAUTH_OK, 0},
        {"CVE-2009-5138: version 1", {.v1 = true}, {0}, MTLSAUTH_DENY_NOT_A_CA, 1},
        {"no basicConstraints", {.ku = FORGE_KU_CA}, {0}, MTLSAUTH_DENY_NOT_A_CA, 1},
        {"CVE-2021-3450: not a CA", {.path_length = 1, .ku = FORGE_KU_CA}, {0},
         MTLSAUTH_DENY_NOT_A_CA, 1},
        {"no keyCertSign", {.ca = true, .ku = FORGE_KU_SIGN}, {0}, MTLSAUTH_DENY_KEY_USAGE, 1},
        {"mbedTLS 1.3.6: expired", {.ca = true, .not_after = "250101000000Z"}, {0},
         MTLSAUTH_DENY_EXPIRED, 1},
        {"not yet valid", {.ca = true, .not_before = "270101000000Z"}, {0},
         MTLSAUTH_DENY_NOT_YET_VALID, 1},
        {"unknown critical extension", {.ca = true, .extensions = &unknown, .extension_count = 1},
         {0}, MTLSAUTH_DENY_CRITICAL_EXTENSION, 1},
        {"bad signature", {.ca = true, .signature = FORGE("\x03\x09\x00\x30\x06\x02\x01\x01\x02\x01\x01")},
         {0}, MTLSAUTH_DENY_BAD_SIGNATURE, 1},
        {"openssl#32364: proxy certificate", {.ca = true},
         {.extensions = &proxy, .extension_count = 1}, MTLSAUTH_DENY_CRITICAL_EXTENSION, 0},
        {"CVE-2023-0465: malformed policyConstraints", {.ca = true},
         {.extensions = &bad_policies, .extension_count = 1}, MTLSAUTH_DENY_CERTIFICATE_POLICY, 0},
        {"leaf is valid to this second", {.ca = true}, {.not_after = "260101000000Z"}, MTLSAUTH_OK, 0},
        {"leaf was valid to the second before", {.ca = true}, {.not_after = "251231235959Z"},
         MTLSAUTH_DENY_EXPIRED, 0},
        {"leaf is valid from this second", {.ca = true}, {.not_before = "260101000000Z"},
         MTLSAUTH_OK, 0},
        {"leaf is valid from the next", {.ca = true}, {.not_before = "260101000001Z"},
         MTLSAUTH_DENY_NOT_YET_VALID, 0},
        {"leaf is a CA", {.ca = true}, {.ca = true}, MTLSAUTH_OK, 0},
        {"leaf signed with an algorithm that does not fit the key", {.ca = true},
         {.algorithm = FORGE("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00")},
         MTLSAUTH_DENY_BAD_SIGNATURE, 0},
        {"CVE-2026-5194: leaf signed with a digest that is too short", {.ca = true},
         {.algorithm = FORGE("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")},
         MTLSAUTH_DENY_BAD_SIGNATURE, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int profile = GATEWAY; profile <= ALB; profile++) {
            mtlsauth_policy *policy = data_policy(profile);
            struct forged sent = {.count = 0}, trusted = {.count = 0};
            struct forge ca = rows[i].ca, leaf = rows[i].leaf;
            int code;

            ca.subject = leaf.issuer = "CA";
            ca.issuer = "Root";
            leaf.subject = "leaf";
            ca.key = leaf.signer = 1;
            leaf.key = 2;
            forged_add(&trusted, &root_spec);
            forged_add(&sent, &leaf);
            forged_add(&sent, &ca);
            code = verify_forged(&sent, &trusted, policy);
            ck_assert_msg(code == rows[i].code, "%s: %s, %s", rows[i].name, mtlsauth_code_name(code),
                          mtlsauth_decision_message(decision));
            if (code != MTLSAUTH_OK)
                ASSERT_INT(rows[i].name, mtlsauth_decision_depth(decision), rows[i].depth);
            forged_drop(&sent);
            forged_drop(&trusted);
            mtlsauth_policy_free(policy);
        }
    }
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
    struct timespec begin, end;
    double seconds;

    forged_add(&trusted, &root_spec);
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "A", .signer = 1, .key = 2});
    for (unsigned i = 0; i < 60; i++)
        forged_add(&sent, &(struct forge){.subject = i % 2 ? "A" : "B", .issuer = i % 3 ? "A" : "B",
                                          .ca = true, .key = 1, .signer = 1, .serial = 10 + i});
    ASSERT_OK("deep", mtlsauth_policy_set_insecure_max_ca_certificates(policy, 200));
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BUDGET);
    clock_gettime(CLOCK_MONOTONIC, &end);
    ASSERT_SAYS("budget", mtlsauth_decision_message(decision), "signature checks");
    ck_assert_int_eq(mtlsauth_decision_depth(decision), -1);
    seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    ck_assert_msg(seconds < 10, "%f s", seconds);
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
    struct timespec begin, end;

    clock_gettime(CLOCK_MONOTONIC, &begin);
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
    clock_gettime(CLOCK_MONOTONIC, &end);
    ck_assert_int_le(end.tv_sec - begin.tv_sec, 2);
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

/* A NUL in a name of a CA in the middle denies; its anchor is the operator's. */
START_TEST(names_of_cas)
{
    static const struct der_attribute bad[] = {{"\x55\x04\x0a", 0x0c, "a\0b", 3, false},
                                               {"\x55\x04\x03", 0x0c, "CA", 2, false}};
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    struct der_build name = {0};
    struct forge ca = {.subject_rdns = bad, .subject_rdn_count = 2, .issuer = "Root", .key = 1,
                       .ca = true};
    struct forge leaf = {.subject = "leaf", .key = 2, .signer = 1};

    der_name(&name, bad, 2);
    leaf.issuer_field = (struct forge_bytes){(const char *)name.bytes, name.len};
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &leaf);
    forged_add(&sent, &ca);
    ck_assert_int_eq(verify_forged(&sent, &trusted, policy), MTLSAUTH_DENY_BAD_NAME);
    forged_drop(&sent);
    forged_drop(&trusted);
    der_build_free(&name);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* Name constraints of a CA, and the leaf below it. */
#define PERMITTED(bytes) FORGE_EXTENSION("\x55\x1d\x1e", true, bytes)

START_TEST(name_constraints)
{
    static const struct {
        const char *name;
        struct forge_extension constraints;
        struct der_san san;
        int code;
    } rows[] = {
        {"permitted", PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x82\x07" "good.it"),
         DER_SAN_DNS("a.good.it"), MTLSAUTH_OK},
        {"CVE-2026-42011: not permitted", PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x82\x07" "good.it"),
         DER_SAN_DNS("evil.it"), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"LibreSSL cf3eec32e7: part of a label",
         PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x82\x07" "good.it"), DER_SAN_DNS("notgood.it"),
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"excluded", PERMITTED("\x30\x0d\xa1\x0b\x30\x09\x82\x07" "evil.it"), DER_SAN_DNS("evil.it"),
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"CVE-2026-3833: excluded in another case",
         PERMITTED("\x30\x0d\xa1\x0b\x30\x09\x82\x07" "evil.it"), DER_SAN_DNS("A.EVIL.IT"),
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"CVE-2025-61727: a wildcard that covers what is excluded",
         PERMITTED("\x30\x0f\xa1\x0d\x30\x0b\x82\x09" "b.evil.it"), DER_SAN_DNS("*.evil.it"),
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"a wildcard beside what is excluded",
         PERMITTED("\x30\x0f\xa1\x0d\x30\x0b\x82\x09" "b.evil.it"), DER_SAN_DNS("*.good.it"),
         MTLSAUTH_OK},
        {"RUSTSEC-2026-0099: a wildcard under one permitted name",
         PERMITTED("\x30\x0f\xa0\x0d\x30\x0b\x82\x09" "b.good.it"), DER_SAN_DNS("*.good.it"),
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"excluded, with a dot behind it", PERMITTED("\x30\x0d\xa1\x0b\x30\x09\x82\x07" "evil.it"),
         DER_SAN_DNS("b.evil.it."), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"constraint with a dot behind it", PERMITTED("\x30\x0e\xa1\x0c\x30\x0a\x82\x08" "evil.it."),
         DER_SAN_DNS("b.evil.it"), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"the end of another name", PERMITTED("\x30\x0d\xa1\x0b\x30\x09\x82\x07" "evil.it"),
         DER_SAN_DNS("noevil.it."), MTLSAUTH_OK},
        {"RUSTSEC-2026-0098: URI outside", PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x86\x07" "good.it"),
         DER_SAN_URI("https://evil.it/x"), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"URI inside", PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x86\x07" "good.it"),
         DER_SAN_URI("https://good.it/x"), MTLSAUTH_OK},
        {"email outside", PERMITTED("\x30\x0d\xa0\x0b\x30\x09\x81\x07" "good.it"),
         DER_SAN_EMAIL("a@evil.it"), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"address outside", PERMITTED("\x30\x0e\xa0\x0c\x30\x0a\x87\x08\x0a\0\0\0\xff\0\0\0"),
         DER_SAN_IP("\x0b\0\0\1"), MTLSAUTH_DENY_NAME_CONSTRAINTS},
        {"address inside", PERMITTED("\x30\x0e\xa0\x0c\x30\x0a\x87\x08\x0a\0\0\0\xff\0\0\0"),
         DER_SAN_IP("\x0a\0\0\1"), MTLSAUTH_OK},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};
        int code;

        forged_add(&trusted, &root_spec);
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1,
                                          .sans = &rows[i].san, .san_count = 1});
        forged_add(&sent, &(struct forge){.subject = "CA", .issuer = "Root", .key = 1, .ca = true,
                                          .extensions = &rows[i].constraints, .extension_count = 1});
        code = verify_forged(&sent, &trusted, policy);
        ck_assert_msg(code == rows[i].code, "%s: %s, %s", rows[i].name, mtlsauth_code_name(code),
                      mtlsauth_decision_message(decision));
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* openssl#31680: the address of an SmtpUTF8Mailbox is not compared, and so is not taken. */
START_TEST(openssl_31680_smtp_utf8_mailbox)
{
    static const struct forge_extension email =
        PERMITTED("\x30\x0d\xa1\x0b\x30\x09\x81\x07" "evil.it");
    static const struct forge_extension san = FORGE_EXTENSION(
        "\x55\x1d\x11", false,
        "\x30\x17\xa0\x15\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x09\xa0\x09\x0c\x07" "a@b.org");
    mtlsauth_policy *policy = data_policy(GATEWAY);

    for (size_t with = 0; with <= 1; with++) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};

        forged_add(&trusted, &root_spec);
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1,
                                          .extensions = &san, .extension_count = 1});
        forged_add(&sent, &(struct forge){.subject = "CA", .issuer = "Root", .key = 1, .ca = true,
                                          .extensions = &email, .extension_count = with});
        ck_assert_int_eq(verify_forged(&sent, &trusted, policy),
                         with ? MTLSAUTH_DENY_NAME_CONSTRAINTS : MTLSAUTH_OK);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* CVE-2025-14831, nc_dos: many names under many constraints cost no more than the budget. */
START_TEST(cve_2025_14831_names_and_constraints)
{
    struct der_build constraints = {0};
    struct forge_extension extension = {"\x55\x1d\x1e", true, NULL, 0};
    struct der_san *sans = calloc(1000, sizeof *sans);
    mtlsauth_policy *policy = data_policy(GATEWAY);

    der_begin(&constraints, 0x30);
    der_begin(&constraints, 0xa1);
    for (int i = 0; i < 300; i++) {
        der_begin(&constraints, 0x30);
        der_add_text(&constraints, 0x82, "evil.it");
        der_end(&constraints);
    }
    der_end(&constraints);
    der_end(&constraints);
    extension.value = (const char *)constraints.bytes;
    extension.len = constraints.len;
    for (int i = 0; i < 1000; i++)
        sans[i] = (struct der_san)DER_SAN_DNS("good.it");
    for (size_t n = 500; n <= 1000; n += 500) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};

        forged_add(&trusted, &root_spec);
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1,
                                          .sans = sans, .san_count = n});
        forged_add(&sent, &(struct forge){.subject = "CA", .issuer = "Root", .key = 1, .ca = true,
                                          .extensions = &extension, .extension_count = 1});
        ck_assert_int_eq(verify_forged(&sent, &trusted, policy),
                         n == 500 ? MTLSAUTH_OK : MTLSAUTH_DENY_BUDGET);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    free(sans);
    der_build_free(&constraints);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

UNIT_MAIN("path", every_file, cve_2017_14032_depth_limit, cve_2026_11999_untrusted_self_signed,
          mbedtls_2_2_0_path_length, cve_2024_45159_key_usage_and_extended_key_usage,
          what_an_intermediate_must_be, any_order, alternatives, cve_2018_16875_budget,
          cve_2022_0778_explicit_parameters, cve_2026_93302_clones, partial_chain, names_of_cas,
          name_constraints, openssl_31680_smtp_utf8_mailbox, cve_2025_14831_names_and_constraints)
