/* SPDX-License-Identifier: MIT */
/* What each certificate of a path must be, and may name. */
#include "path.h"

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

#define NETSCAPE_TYPE(critical, value)                                                             \
    FORGE_EXTENSION("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", critical, value)

/* What a CA says of its servers that issues without extendedKeyUsage: libcrypto's sslclient purpose
 * heeds it, too. */
START_TEST(netscape_certificate_type)
{
    static const struct {
        const char *name;
        struct forge_extension type;
        int as_client, as_server, as_signer, of_ca;
    } rows[] = {
        {"client", NETSCAPE_TYPE(false, "\x03\x02\x07\x80"), MTLSAUTH_OK,
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK, MTLSAUTH_OK},
        {"server", NETSCAPE_TYPE(false, "\x03\x02\x06\x40"), MTLSAUTH_DENY_EXTENDED_KEY_USAGE,
         MTLSAUTH_OK, MTLSAUTH_OK, MTLSAUTH_OK},
        {"both", NETSCAPE_TYPE(false, "\x03\x02\x06\xc0"), MTLSAUTH_OK, MTLSAUTH_OK, MTLSAUTH_OK,
         MTLSAUTH_OK},
        {"mail", NETSCAPE_TYPE(false, "\x03\x02\x05\x20"), MTLSAUTH_DENY_EXTENDED_KEY_USAGE,
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK, MTLSAUTH_OK},
        {"CA of servers", NETSCAPE_TYPE(false, "\x03\x02\x02\x04"),
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK,
         MTLSAUTH_OK},
        {"nothing", NETSCAPE_TYPE(false, "\x03\x01\x00"), MTLSAUTH_DENY_EXTENDED_KEY_USAGE,
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK, MTLSAUTH_OK},
        {"no BIT STRING", NETSCAPE_TYPE(false, "\x05\x00"), MTLSAUTH_DENY_MALFORMED,
         MTLSAUTH_DENY_MALFORMED, MTLSAUTH_DENY_MALFORMED, MTLSAUTH_DENY_MALFORMED},
        {"an unused bit that is set", NETSCAPE_TYPE(false, "\x03\x02\x06\x81"),
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK,
         MTLSAUTH_OK},
        {"BER", NETSCAPE_TYPE(false, "\x03\x81\x02\x07\x80"), MTLSAUTH_DENY_EXTENDED_KEY_USAGE,
         MTLSAUTH_DENY_EXTENDED_KEY_USAGE, MTLSAUTH_OK, MTLSAUTH_OK},
        {"critical", NETSCAPE_TYPE(true, "\x03\x02\x07\x80"), MTLSAUTH_DENY_CRITICAL_EXTENSION,
         MTLSAUTH_DENY_CRITICAL_EXTENSION, MTLSAUTH_DENY_CRITICAL_EXTENSION,
         MTLSAUTH_DENY_CRITICAL_EXTENSION},
    };
    static const char *const usages[] = {"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1",
                                         "1.3.6.1.5.5.7.3.3"};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < 4; k++) {
            const int want[] = {rows[i].as_client, rows[i].as_server, rows[i].as_signer,
                                rows[i].of_ca};
            struct forge leaf = {.subject = "leaf", .issuer = "CA", .key = 2, .signer = 1};
            struct forge ca = {.subject = "CA", .issuer = "Root", .key = 1, .ca = true};
            mtlsauth_policy *policy = data_policy(GATEWAY);
            struct forged sent = {.count = 0}, trusted = {.count = 0};
            struct forge *of = k == 3 ? &ca : &leaf;
            const char *usage = usages[k % 3];

            of->extensions = &rows[i].type;
            of->extension_count = 1;
            ASSERT_OK("EKU", mtlsauth_policy_set_required_eku(policy, usage));
            forged_add(&trusted, &root_spec);
            forged_add(&sent, &leaf);
            forged_add(&sent, &ca);
            ASSERT_CODE(rows[i].name, verify_forged(&sent, &trusted, policy), want[k]);
            if (k < 2 && want[k] == MTLSAUTH_DENY_EXTENDED_KEY_USAGE)
                ASSERT_SAYS(rows[i].name, mtlsauth_decision_message(decision),
                            k == 0 ? "does not have SSL client" : "does not have SSL server");
            forged_drop(&sent);
            forged_drop(&trusted);
            mtlsauth_policy_free(policy);
        }
    }
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
        {"a leaf with an empty list of extensions: Go wrote them", {.ca = true, .ku = FORGE_KU_CA},
         {.all_extensions = FORGE("\xa3\x02\x30\x00")}, MTLSAUTH_OK, 0},
        {"a CA with one", {.all_extensions = FORGE("\xa3\x02\x30\x00")}, {0},
         MTLSAUTH_DENY_NOT_A_CA, 1},
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
        {"leaf signed with an algorithm that nobody knows", {.ca = true},
         {.algorithm = FORGE("\x30\x05\x06\x03\x2a\x03\x04")}, MTLSAUTH_DENY_WEAK_SIGNATURE, 0},
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

/* The operator put it into the truststore: how it is signed is not asked for, but what it issues
 * for is. A client that stands there itself is a client. */
START_TEST(what_an_anchor_may_be)
{
    static const struct {
        const char *name;
        struct forge root;
        int code;
    } rows[] = {
        {"signed with SHA-1",
         {.algorithm = FORGE("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")},
         MTLSAUTH_OK},
        {"for servers", {.eku = SERVER_AUTH}, MTLSAUTH_DENY_EXTENDED_KEY_USAGE},
        {"for clients", {.eku = CLIENT_AUTH}, MTLSAUTH_OK},
        {"for any purpose", {.eku = ANY_EKU}, MTLSAUTH_OK},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);
    struct forged sent = {.count = 0}, trusted = {.count = 0};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forge root = rows[i].root;

        root.subject = root.issuer = "Root";
        root.ca = true;
        root.ku = FORGE_KU_CA;
        forged_add(&trusted, &root);
        forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = "Root", .key = 1});
        ASSERT_CODE(rows[i].name, verify_forged(&sent, &trusted, policy), rows[i].code);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    forged_add(&trusted, &(struct forge){.subject = "server", .issuer = "server",
                                         .eku = SERVER_AUTH});
    sent.count = 1;
    der_raw(&sent.ders[0], trusted.ders[0].bytes, trusted.ders[0].len);
    ASSERT_CODE("a server's", verify_forged(&sent, &trusted, policy),
                MTLSAUTH_DENY_EXTENDED_KEY_USAGE);
    forged_drop(&sent);
    forged_drop(&trusted);
    mtlsauth_policy_free(policy);
    done();
}
END_TEST

/* RFC 5280 4.2.1.12: a server signs, decrypts or agrees; a CA may be one, whatever else it is
 * for. */
START_TEST(key_usage_of_a_server)
{
    static const struct {
        const char *name;
        unsigned ku;
        bool ca;
        int code;
    } rows[] = {
        {"digitalSignature", FORGE_KU_SIGN, false, MTLSAUTH_OK},
        {"keyEncipherment", FORGE_KU_ENCIPHER, false, MTLSAUTH_OK},
        {"keyAgreement", 0x08, false, MTLSAUTH_OK},
        {"dataEncipherment", 0x10, false, MTLSAUTH_DENY_KEY_USAGE},
        {"keyCertSign, and no CA", FORGE_KU_CERT_SIGN, false, MTLSAUTH_DENY_KEY_USAGE},
        {"keyCertSign of a CA", FORGE_KU_CERT_SIGN, true, MTLSAUTH_OK},
    };
    mtlsauth_policy *policy = data_policy(GATEWAY);

    ASSERT_OK("servers", mtlsauth_policy_set_required_eku(policy, "1.3.6.1.5.5.7.3.1"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forged sent = {.count = 0}, trusted = {.count = 0};

        forged_add(&trusted, &root_spec);
        forged_add(&sent, &(struct forge){.subject = "server", .issuer = "Root", .key = 1,
                                          .ku = rows[i].ku, .ca = rows[i].ca, .eku = SERVER_AUTH});
        ASSERT_CODE(rows[i].name, verify_forged(&sent, &trusted, policy), rows[i].code);
        forged_drop(&sent);
        forged_drop(&trusted);
    }
    mtlsauth_policy_free(policy);
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

UNIT_MAIN("trust/checks", mbedtls_2_2_0_path_length,
          cve_2024_45159_key_usage_and_extended_key_usage, netscape_certificate_type,
          what_an_intermediate_must_be,
          what_an_anchor_may_be, key_usage_of_a_server, names_of_cas, name_constraints,
          openssl_31680_smtp_utf8_mailbox, cve_2025_14831_names_and_constraints)
