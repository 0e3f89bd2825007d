/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include "trust/name_syntax.h"
#include "trust/policy_tree.h"
#include "trust/profile.h"

enum { API = MTLSAUTH_PROFILE_API_GATEWAY, ALB = MTLSAUTH_PROFILE_ALB,
       STRICT = MTLSAUTH_PROFILE_STRICT };

#define POLICY_CONSTRAINTS "\x55\x1d\x24"
#define INHIBIT_ANY_POLICY "\x55\x1d\x36"
#define PROXY_CERT_INFO "\x2b\x06\x01\x05\x05\x07\x01\x0e"

static const struct pki_cert good_leaf = {
    .subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .names = "dns:a.com"};
static const struct pki_cert good_ca = {
    .subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true};
static const struct pki_cert good_root = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};

/* What the profile says of a path by itself: libcrypto, which is asked before, sees some of it,
 * too. */
static bool fits(const struct pki_cert words[], size_t count, int profile)
{
    struct path_params params = trust_params(profile);
    struct reason reason = {.depth = -1};
    mtlsauth_cert *certs[3];
    const struct candidate_path path = {
        .certs = certs, .count = count, .anchor_is_self_signed = true, .now = TRUST_NOW};
    bool ok;

    ck_assert(count <= COUNT_OF(certs));
    for (size_t i = 0; i < count; i++)
        certs[i] = trust_cert(&words[i]);
    ok = mtlsauth__check_policy_extensions(&params, &path, &reason) &&
         mtlsauth__check_profile(&params, &path, &reason);
    trust_free(certs, count);
    return ok;
}

static int verify(const struct pki_cert *leaf, const struct pki_cert *ca,
                  const struct pki_cert *root, int profile, struct reason *reason)
{
    const struct pki_cert words[] = {*leaf, *ca, *root};
    int code = trust_verify(words, COUNT_OF(words), profile, reason);

    if (code == MTLSAUTH_OK || code == MTLSAUTH_DENY_PROFILE)
        ck_assert_int_eq(fits(words, COUNT_OF(words), profile), code == MTLSAUTH_OK);
    return code;
}

/* A client that stands in the truststore itself. */
static int verify_alone(const struct pki_cert *leaf, struct reason *reason)
{
    struct path_params params = trust_params(STRICT);
    struct pki_cert words = *leaf;
    mtlsauth_truststore *truststore;
    mtlsauth_cert *certs[2] = {NULL};
    int code;

    words.issuer = words.subject;
    words.signer = words.key;
    certs[0] = trust_cert(&words);
    truststore = trust_store(certs, 1);
    code = trust_find(truststore, certs, 1, &params, reason, NULL);
    mtlsauth_truststore_free(truststore);
    mtlsauth_cert_free(certs[0]);
    return code;
}

/* RFC 5280 4.1.2.2; nobody looks up the serial of an anchor. */
START_TEST(serials)
{
    static const struct {
        const char *name, *bytes;
        size_t len;
        int code;
    } rows[] = {
        {"one", "\x01", 1, MTLSAUTH_OK},
        {"20 octets", "\x7f\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 20, MTLSAUTH_OK},
        {"21 octets", "\0\x80\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 21, MTLSAUTH_DENY_PROFILE},
        {"zero", "\0", 1, MTLSAUTH_DENY_PROFILE},
        {"negative", "\xff", 1, MTLSAUTH_DENY_PROFILE},
        {"high bit behind a zero", "\0\x80", 2, MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pki_cert leaf = good_leaf, ca = good_ca, root = good_root;
        struct reason reason;

        leaf.serial = ca.serial = root.serial = rows[i].bytes;
        leaf.serial_len = ca.serial_len = root.serial_len = rows[i].len;
        ASSERT_INT(rows[i].name, verify(&leaf, &good_ca, &good_root, STRICT, &reason), rows[i].code);
        ASSERT_INT(rows[i].name, verify(&good_leaf, &ca, &good_root, STRICT, &reason), rows[i].code);
        ASSERT_INT(rows[i].name, verify(&good_leaf, &good_ca, &root, STRICT, &reason), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, verify(&leaf, &ca, &root, API, &reason), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, verify_alone(&leaf, &reason), rows[i].code);
    }
}
END_TEST

START_TEST(syntax_of_names)
{
    static const struct {
        const char *names;
        bool ok;
    } rows[] = {
        {"dns:example.com", true},        {"dns:3com.example", true},
        {"dns:*.example.com", true},      {"dns:xn--n3h.example", true},
        {"dns:foo_bar.example.com", false}, {"dns:a..com", false},
        {"dns:.example.com", false},      {"dns:example.com.", false},
        {"dns:-a.com", false},            {"dns:a-.com", false},
        {"dns:a*.example.com", false},    {"dns:*", false},
        {"dns:a.*.com", false},           {"dns:*.*.com", false},
        {"email:a@example.com", true},    {"email:**@example.com", true},
        {"email:a.b+c@example.com", true}, {"email:a@b@example.com", false},
        {"email:a..b@example.com", false}, {"email:.a@example.com", false},
        {"email:a.@example.com", false},  {"email:example.com", false},
        {"email:@example.com", false},    {"email:a@", false},
        {"email:a@[10.0.0.7]", true},     {"email:\"a@b\"@example.com", true},
        {"email:\"a\"b\"@example.com", false}, {"email:\"a\\\"@example.com", false},
        {"email:\"a\\\"b\"@example.com", true}, {"email:a@ex_ample.com", false},
        {"email:a(b\"@example.com", false}, {"email:\"a(b@example.com", false},
        {"email:\"@example.com", false}, {"email:a@b]", false},
        {"email:a@[b", false},            {"email:a@[b]c", false},
        {"uri:https://example.com/", true}, {"uri:urn:a", true},
        {"uri:/relative", false},         {"uri:relative", false},
        {"uri:1a:b", false},              {"uri:a:", false},
        {"uri:a_b:c", false},             {"uri::a", false},
        {"uri:a+b-c.d:e", true},          {"uri::", false},
        {"ip:0a000007", true},            {"other:x", true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pki_cert leaf = good_leaf;
        struct reason reason;

        leaf.names = rows[i].names;
        ASSERT_INT(rows[i].names, verify(&leaf, &good_ca, &good_root, STRICT, &reason),
                   rows[i].ok ? MTLSAUTH_OK : MTLSAUTH_DENY_PROFILE);
        ASSERT_INT(rows[i].names, verify(&leaf, &good_ca, &good_root, API, &reason), MTLSAUTH_OK);
    }
}
END_TEST

/* Of whom the names are looked at: those of an anchor nobody uses, but where it is the client's. */
START_TEST(whose_names)
{
    struct pki_cert leaf = good_leaf, ca = good_ca, root = good_root;
    struct reason reason;

    leaf.names = ca.names = root.names = "dns:a..com";
    ASSERT_INT("leaf", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    ASSERT_INT("CA", verify(&good_leaf, &ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    ASSERT_INT("depth", reason.depth, 1);
    ASSERT_INT("root", verify(&good_leaf, &good_ca, &root, STRICT, &reason), MTLSAUTH_OK);
    ASSERT_INT("client", verify_alone(&leaf, &reason), MTLSAUTH_DENY_PROFILE);
}
END_TEST

START_TEST(longest_labels)
{
    char label[80] = "dns:", name[280] = "dns:", mail[160] = "email:";
    struct pki_cert leaf = good_leaf;
    struct reason reason;

    memset(label + 4, 'a', 64);
    memcpy(label + 4 + 63, ".com", 5);
    leaf.names = label;
    ASSERT_INT("63", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_OK);
    memset(label + 4, 'a', 64);
    memcpy(label + 4 + 64, ".com", 5);
    ASSERT_INT("64", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    for (size_t i = 0; i < 254; i++)
        name[4 + i] = i % 50 == 1 ? '.' : 'a';
    leaf.names = name;
    ASSERT_INT("254", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    name[4 + 253] = '\0';
    ASSERT_INT("253", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_OK);
    memset(mail + 6, 'a', 65);
    memcpy(mail + 6 + 64, "@b.com", 7);
    leaf.names = mail;
    ASSERT_INT("local 64", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_OK);
    memcpy(mail + 6 + 65, "@b.com", 7);
    mail[6 + 64] = 'a';
    ASSERT_INT("local 65", verify(&leaf, &good_ca, &good_root, STRICT, &reason),
               MTLSAUTH_DENY_PROFILE);
}
END_TEST

START_TEST(constraints_of_a_leaf)
{
    struct pki_cert leaf = good_leaf;
    struct reason reason;

    leaf.constraints = "+dns:a.com";
    ASSERT_INT("STRICT", verify(&leaf, &good_ca, &good_root, STRICT, &reason),
               MTLSAUTH_DENY_PROFILE);
    leaf.ca = true;
    ck_assert(fits((const struct pki_cert[]){leaf, good_ca, good_root}, 3, STRICT));
}
END_TEST

START_TEST(criticality)
{
    static const struct {
        const char *name;
        struct pki_extension extension;
        int strict;
    } rows[] = {
        {"policyConstraints", {POLICY_CONSTRAINTS, false, "\x30\x03\x80\x01\x05", 5},
         MTLSAUTH_DENY_PROFILE},
        {"critical policyConstraints", {POLICY_CONSTRAINTS, true, "\x30\x03\x80\x01\x05", 5},
         MTLSAUTH_OK},
        {"inhibitAnyPolicy", {INHIBIT_ANY_POLICY, false, "\x02\x01\x05", 3},
         MTLSAUTH_DENY_PROFILE},
        {"critical inhibitAnyPolicy", {INHIBIT_ANY_POLICY, true, "\x02\x01\x05", 3}, MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pki_cert ca = good_ca;
        struct reason reason;

        ca.extensions = &rows[i].extension;
        ca.extension_count = 1;
        ASSERT_INT(rows[i].name, verify(&good_leaf, &ca, &good_root, STRICT, &reason),
                   rows[i].strict);
        ASSERT_INT(rows[i].name, verify(&good_leaf, &ca, &good_root, API, &reason), MTLSAUTH_OK);
    }
}
END_TEST

/* CVE-2023-0465, CVE-2023-0466: what is malformed in a leaf is looked at as well. */
START_TEST(cve_2023_0465_malformed_policies)
{
    static const struct pki_extension rows[] = {
        {POLICY_CONSTRAINTS, true, "\x30\x00", 2},
        {POLICY_CONSTRAINTS, true, "\x05\x00", 2},
        {POLICY_CONSTRAINTS, true, "\x30\x03\x80\x01\xff", 5},
        {INHIBIT_ANY_POLICY, true, "\x02\x01\xff", 3},
        {"\x55\x1d\x20", true, "\x30\x00", 2},
        {POLICY_CONSTRAINTS, true, "\x30\x03\x81\x01\xff", 5},
        {POLICY_CONSTRAINTS, true, "\x30\x03\x82\x01\x00", 5},
        {POLICY_CONSTRAINTS, true, "\x30\x05\x80\x01\x00\x05\x00", 7},
        {"\x55\x1d\x20", true, "\x05\x00", 2},
        {"\x55\x1d\x20", true, "\x30\x02\x05\x00", 4},
        {"\x55\x1d\x20", true, "\x30\x04\x30\x02\x05\x00", 6},
        /* certificatePolicies with one policy twice, which libcrypto sees alone */
        {"\x55\x1d\x20", true, "\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x03", 14},
    };
    static const int profiles[] = {API, STRICT};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t k = 0; k < COUNT_OF(profiles); k++) {
            struct pki_cert leaf = good_leaf, ca = good_ca;
            struct reason reason;
            char row[32];

            snprintf(row, sizeof row, "row %zu, profile %d", i, profiles[k]);
            leaf.extensions = ca.extensions = &rows[i];
            leaf.extension_count = ca.extension_count = 1;
            ck_assert_msg(verify(&leaf, &good_ca, &good_root, profiles[k], &reason) > 0, "%s", row);
            ck_assert_msg(verify(&good_leaf, &ca, &good_root, profiles[k], &reason) > 0, "%s", row);
            if (i + 1 == COUNT_OF(rows))
                continue;
            ck_assert_msg(!fits((const struct pki_cert[]){leaf, good_ca, good_root}, 3, profiles[k]),
                          "%s", row);
        }
}
END_TEST

/* RFC 5280 4.2.1.1: judged by the signature of an anchor, and not by its names. */
START_TEST(authority_key_id)
{
    struct pki_cert leaf = good_leaf, ca = good_ca, root = good_root;
    struct reason reason;

    root.no_key_ids = true;
    root.extensions = &(const struct pki_extension){"\x55\x1d\x0e", false, "\x04\x01\x01", 3};
    root.extension_count = 1;
    ca.no_key_ids = true;
    ca.extensions = root.extensions;
    ca.extension_count = 1;
    leaf.no_key_ids = true;
    leaf.extensions = root.extensions;
    leaf.extension_count = 1;
    ASSERT_INT("leaf", verify(&leaf, &good_ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    ASSERT_INT("CA", verify(&leaf, &ca, &good_root, STRICT, &reason), MTLSAUTH_DENY_PROFILE);
    ck_assert(!fits((const struct pki_cert[]){leaf, good_ca, good_root}, 3, STRICT));
    ck_assert(!fits((const struct pki_cert[]){good_leaf, ca, good_root}, 3, STRICT));
    ck_assert(fits((const struct pki_cert[]){good_leaf, good_ca, root}, 3, STRICT));
    ASSERT_INT("any profile", verify(&leaf, &ca, &root, API, &reason), MTLSAUTH_OK);
}
END_TEST

static int verify_below(const struct pki_cert *anchor, struct reason *reason)
{
    struct pki_cert leaf = good_leaf;

    leaf.issuer = anchor->subject;
    leaf.signer = anchor->key;
    return trust_verify((const struct pki_cert[]){leaf, *anchor}, 2, STRICT, reason);
}

START_TEST(authority_key_id_of_an_anchor)
{
    static const struct pki_extension id = {"\x55\x1d\x0e", false,
                                            "\x04\x14\xaa\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                                            22};
    struct pki_cert anchor = {.subject = "CA", .issuer = "Elsewhere", .key = 2, .signer = 9,
                              .ca = true, .no_key_ids = true, .extensions = &id,
                              .extension_count = 1};
    struct reason reason;

    ASSERT_INT("of another key", verify_below(&anchor, &reason), MTLSAUTH_DENY_PROFILE);
    ASSERT_INT("depth", reason.depth, 1);
    anchor.signer = 2;
    ASSERT_INT("of its own key, with another issuer", verify_below(&anchor, &reason), MTLSAUTH_OK);
    anchor.issuer = "CA";
    ASSERT_INT("self-signed", verify_below(&anchor, &reason), MTLSAUTH_OK);
}
END_TEST

START_TEST(versions)
{
    struct pki_cert leaf = good_leaf, root = good_root, ca = good_ca;
    struct reason reason;

    leaf.version_1 = true;
    ASSERT_INT("leaf, API Gateway", verify(&leaf, &good_ca, &good_root, API, &reason), MTLSAUTH_OK);
    ASSERT_INT("leaf, ALB", verify(&leaf, &good_ca, &good_root, ALB, &reason),
               MTLSAUTH_DENY_PROFILE);
    ck_assert_int_gt(verify(&leaf, &good_ca, &good_root, STRICT, &reason), 0);
    root.version_1 = true;
    ck_assert(!fits((const struct pki_cert[]){good_leaf, good_ca, root}, 3, STRICT));
    ASSERT_INT("root, API Gateway", verify(&good_leaf, &good_ca, &root, API, &reason), MTLSAUTH_OK);
    /* GnuTLS, CVE-2009-5138: a version 1 certificate is no CA in the middle. */
    ca.version_1 = true;
    ASSERT_INT("CA", verify(&good_leaf, &ca, &good_root, API, &reason), MTLSAUTH_DENY_NOT_A_CA);
}
END_TEST

/* openssl#32364: there is nothing for proxy certificates, critical or not. */
START_TEST(proxy_certificates)
{
    struct pki_extension proxy = {PROXY_CERT_INFO, true,
                                  "\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x15\x01", 14};
    struct pki_cert leaf = {.subject = "leaf", .issuer = "user", .key = 4, .signer = 3,
                            .extensions = &proxy, .extension_count = 1};
    const struct pki_cert user = {.subject = "user", .issuer = "Root", .key = 3, .signer = 1};
    struct reason reason;

    for (int critical = 0; critical < 2; critical++) {
        proxy.critical = critical != 0;
        ck_assert_int_gt(trust_verify((const struct pki_cert[]){leaf, user, good_root}, 3, API,
                                      &reason), 0);
        leaf.issuer = "Root";
        leaf.signer = 1;
        ck_assert_int_gt(trust_verify((const struct pki_cert[]){leaf, good_root}, 2, API, &reason),
                         0);
        leaf.issuer = "user";
        leaf.signer = 3;
    }
}
END_TEST

START_TEST(profiles_by_name)
{
    static const char *const none[] = {"", "ALB", "api_gateway", "strict "};
    int profile = 77;

    for (size_t i = 0; i < COUNT_OF(none); i++)
        ASSERT_INT(none[i], mtlsauth_profile_from_name(none[i], &profile), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_profile_from_name(NULL, &profile), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_profile_from_name("alb", NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(profile, 77);
    ck_assert_int_eq(mtlsauth_profile_from_name("api-gateway", &profile), MTLSAUTH_OK);
    ck_assert_int_eq(profile, MTLSAUTH_PROFILE_API_GATEWAY);
    ck_assert_int_eq(mtlsauth_profile_from_name("alb", &profile), MTLSAUTH_OK);
    ck_assert_int_eq(profile, MTLSAUTH_PROFILE_ALB);
    ck_assert_int_eq(mtlsauth_profile_from_name("strict", &profile), MTLSAUTH_OK);
    ck_assert_int_eq(profile, MTLSAUTH_PROFILE_STRICT);
}
END_TEST

/* Self-signed is what its own key has signed, whoever it says has issued it: as the anchor of a
 * path, and as a client's certificate that is in the truststore itself. */
START_TEST(own_key_and_another_issuer)
{
    static const struct pki_extension key_id = {"\x55\x1d\x0e", false, "\x04\x01\x07", 3};
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .no_key_ids = true,
         .extensions = (const struct pki_extension[]){
             key_id, {"\x55\x1d\x23", false, "\x30\x03\x80\x01\x07", 5}},
         .extension_count = 2},
        {.subject = "CA", .issuer = "Gone", .key = 2, .signer = 2, .ca = true, .no_key_ids = true,
         .extensions = &key_id, .extension_count = 1},
        {.subject = "device", .issuer = "Gone", .key = 4, .signer = 4, .no_key_ids = true,
         .extensions = &key_id, .extension_count = 1},
        {.subject = "device", .issuer = "Gone", .key = 4, .signer = 5, .no_key_ids = true,
         .extensions = &key_id, .extension_count = 1},
    };
    struct path_params params = trust_params(STRICT);
    mtlsauth_cert *certs[COUNT_OF(words) + 1];
    mtlsauth_truststore *truststore;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        certs[i] = trust_cert(&words[i]);
    truststore = trust_store(certs + 1, 3);
    ASSERT_INT("anchor", trust_find(truststore, certs, 1, &params, NULL, NULL), MTLSAUTH_OK);
    ASSERT_INT("client", trust_find(truststore, certs + 2, 1, &params, NULL, NULL), MTLSAUTH_OK);
    ASSERT_INT("client of another key", trust_find(truststore, certs + 3, 1, &params, NULL, NULL),
               MTLSAUTH_DENY_PROFILE);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(words));
}
END_TEST

UNIT_MAIN("trust/profile", serials, syntax_of_names, whose_names, longest_labels, constraints_of_a_leaf,
          criticality, cve_2023_0465_malformed_policies, authority_key_id,
          authority_key_id_of_an_anchor, own_key_and_another_issuer, versions,
          proxy_certificates, profiles_by_name)
