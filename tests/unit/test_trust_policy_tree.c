/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <openssl/x509v3.h>

enum { API = MTLSAUTH_PROFILE_API_GATEWAY };

/* Certificates whose policies libcrypto is asked to read, and those of them whose constraints it
 * leaks. The linker hands its calls to this file. */
static unsigned shown, leaking;

int __real_X509_policy_check(X509_POLICY_TREE **tree, int *is_explicit, STACK_OF(X509) *certs,
                             STACK_OF(ASN1_OBJECT) *policies, unsigned flags);
int __wrap_X509_policy_check(X509_POLICY_TREE **tree, int *is_explicit, STACK_OF(X509) *certs,
                             STACK_OF(ASN1_OBJECT) *policies, unsigned flags);
int __real_X509_verify_cert(X509_STORE_CTX *ctx);
int __wrap_X509_verify_cert(X509_STORE_CTX *ctx);

/* No row but ONE_TWICE has more than one policy beside constraints. */
static void show(const X509 *x509)
{
    int at = X509_get_ext_by_NID(x509, NID_certificate_policies, -1);
    CERTIFICATEPOLICIES *policies = X509_get_ext_d2i(x509, NID_certificate_policies, NULL, NULL);

    shown++;
    leaking += X509_get_ext_by_NID(x509, NID_policy_constraints, -1) >= 0 &&
               (at < 0 || sk_POLICYINFO_num(policies) > 1);
    CERTIFICATEPOLICIES_free(policies);
}

int __wrap_X509_policy_check(X509_POLICY_TREE **tree, int *is_explicit, STACK_OF(X509) *certs,
                             STACK_OF(ASN1_OBJECT) *policies, unsigned flags)
{
    show(sk_X509_value(certs, 0));
    return __real_X509_policy_check(tree, is_explicit, certs, policies, flags);
}

int __wrap_X509_verify_cert(X509_STORE_CTX *ctx)
{
    const STACK_OF(X509) *untrusted = X509_STORE_CTX_get0_untrusted(ctx);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

    if ((X509_VERIFY_PARAM_get_flags(param) & X509_V_FLAG_POLICY_MASK) != 0) {
        show(X509_STORE_CTX_get0_cert(ctx));
        for (int i = 0; i < sk_X509_num(untrusted); i++)
            show(sk_X509_value(untrusted, i));
    }
    return __real_X509_verify_cert(ctx);
}

/* Policies 1.2.FAMILY.0 and on. */
static void add_oid(struct der_build *out, unsigned family, unsigned number)
{
    const uint8_t octets[] = {0x2a, (uint8_t)family, (uint8_t)number};

    der_add(out, 0x06, octets, sizeof octets);
}

static void policies_of(struct der_build *out, unsigned family, unsigned count)
{
    der_begin(out, 0x30);
    for (unsigned i = 0; i < count; i++) {
        der_begin(out, 0x30);
        add_oid(out, family, i);
        der_end(out);
    }
    der_begin(out, 0x30);
    der_add(out, 0x06, "\x55\x1d\x20\x00", 4); /* anyPolicy */
    der_end(out);
    der_end(out);
}

static void mappings_of(struct der_build *out, unsigned from, unsigned to, unsigned count)
{
    der_begin(out, 0x30);
    for (unsigned i = 0; i < count; i++) {
        der_begin(out, 0x30);
        add_oid(out, from, i);
        add_oid(out, to, i);
        der_end(out);
    }
    der_end(out);
}

static struct pki_extension extension_of(const char *oid, bool critical,
                                         const struct der_build *value)
{
    return (struct pki_extension){oid, critical, (const char *)value->bytes, value->len};
}

/* A CA with anyPolicy and count policies, which maps as many others; below it one with as many
 * again: three times as many policies are expected below that one. */
static int verify(unsigned count)
{
    struct der_build upper = {0}, lower = {0}, mappings = {0};
    struct pki_extension of_upper[2], of_lower;
    struct reason reason;
    int code;

    policies_of(&upper, 1, count);
    mappings_of(&mappings, 2, 3, count);
    policies_of(&lower, 4, count);
    of_upper[0] = extension_of("\x55\x1d\x20", false, &upper);
    of_upper[1] = extension_of("\x55\x1d\x21", true, &mappings);
    of_lower = extension_of("\x55\x1d\x20", false, &lower);
    {
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "Lower", .key = 4, .signer = 3},
            {.subject = "Lower",
             .issuer = "Upper",
             .key = 3,
             .signer = 2,
             .ca = true,
             .extensions = &of_lower,
             .extension_count = 1},
            {.subject = "Upper",
             .issuer = "Root",
             .key = 2,
             .signer = 1,
             .ca = true,
             .extensions = of_upper,
             .extension_count = 2},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };

        code = trust_verify(words, 4, MTLSAUTH_PROFILE_API_GATEWAY, &reason);
    }
    der_build_free(&upper);
    der_build_free(&lower);
    der_build_free(&mappings);
    return code;
}

/* More policies are expected than are counted: the path is refused, not judged by a part of
 * them. */
START_TEST(more_policies_than_fit)
{
    ck_assert_int_eq(verify(66), MTLSAUTH_OK);
    ck_assert_int_eq(verify(67), MTLSAUTH_DENY_BUDGET);
    ck_assert_int_eq(verify(100), MTLSAUTH_DENY_BUDGET);
    ck_assert_int_eq(verify(101), MTLSAUTH_DENY_BUDGET);
}
END_TEST

#define POLICIES "\x55\x1d\x20"
#define MAPPINGS "\x55\x1d\x21"
#define POLICY_CONSTRAINTS "\x55\x1d\x24"

/* Policies 1.2.3 and 1.2.4. */
static const struct pki_extension policy_3 = {POLICIES, false, "\x30\x06\x30\x04\x06\x02\x2a\x03",
                                              8};
static const struct pki_extension policy_4 = {POLICIES, false, "\x30\x06\x30\x04\x06\x02\x2a\x04",
                                              8};
static const struct pki_extension any_policy = {
    POLICIES, false, "\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00", 10};
static const struct pki_extension policies_3_4 = {
    POLICIES, false, "\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x04", 14};

/* Leaf, CA and root, with one policy that is required, or none. */
static int find_requiring(const struct pki_cert words[3], struct path_params params,
                          const char *policy)
{
    struct policy_oid required = {{0}};
    mtlsauth_truststore *truststore;
    mtlsauth_cert *certs[3];
    int code;

    for (size_t i = 0; i < COUNT_OF(certs); i++)
        certs[i] = trust_cert(&words[i]);
    truststore = trust_store(&certs[2], 1);
    if (policy != NULL) {
        memcpy(required.text, policy, strlen(policy) + 1);
        params.policies = &required;
        params.policy_count = 1;
    }
    code = trust_find(truststore, certs, 2, &params, NULL, NULL);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, 3);
    return code;
}

START_TEST(inputs_of_policies)
{
    static const struct {
        const char *name;
        const struct pki_extension *ca, *leaf;
        const char *required;
        bool explicit_policy, inhibit_any;
        int code;
    } rows[] = {
        {"nothing asked", NULL, NULL, NULL, false, false, 0},
        {"explicit, any", &policy_3, &policy_3, NULL, true, false, 0},
        {"explicit, none there", NULL, NULL, NULL, true, false, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"explicit, none in the CA", NULL, &policy_3, NULL, true, false,
         MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"required and there", &policy_3, &policy_3, "1.2.3", true, false, 0},
        {"required, another one there", &policy_4, &policy_4, "1.2.3", true, false,
         MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"the CA has another one", &policy_4, &policy_3, "1.2.3", true, false,
         MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"the CA has any", &any_policy, &policy_3, "1.2.3", true, false, 0},
        {"the CA has any, inhibited", &any_policy, &policy_3, "1.2.3", true, true,
         MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"required alone is no explicit policy", NULL, NULL, "1.2.3", false, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .extensions = rows[i].leaf,
             .extension_count = rows[i].leaf != NULL},
            {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true,
             .extensions = rows[i].ca, .extension_count = rows[i].ca != NULL},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };
        struct path_params params = trust_params(API);

        params.explicit_policy = rows[i].explicit_policy;
        params.inhibit_any_policy = rows[i].inhibit_any;
        ASSERT_INT(rows[i].name, find_requiring(words, params, rows[i].required), rows[i].code);
    }
}
END_TEST

/* What is required is the policy of the CA, which says what it is called below: the leaf's own
 * words are not those of the set. */
START_TEST(policy_that_a_ca_maps)
{
    const struct pki_extension ca[] = {
        policy_3, {MAPPINGS, true, "\x30\x0a\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04", 12}};
    const struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .extensions = &policy_4,
         .extension_count = 1},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true, .extensions = ca,
         .extension_count = 2},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct path_params params = trust_params(API);

    params.explicit_policy = true;
    ASSERT_INT("1.2.3", find_requiring(words, params, "1.2.3"), MTLSAUTH_OK);
    ASSERT_INT("1.2.4", find_requiring(words, params, "1.2.4"), MTLSAUTH_DENY_CERTIFICATE_POLICY);
    params.inhibit_mapping = true;
    ASSERT_INT("inhibited", find_requiring(words, params, "1.2.3"),
               MTLSAUTH_DENY_CERTIFICATE_POLICY);
}
END_TEST

/* A client's certificate in the truststore is its own anchor, whose policies RFC 5280 does not look
 * at: what is required is required of it, too. */
START_TEST(policies_of_a_path_of_one)
{
    static const struct {
        const char *name;
        const struct pki_extension *leaf;
        const char *required[3];
        bool explicit_policy, inhibit_any;
        int code;
    } rows[] = {
        {"nothing asked", NULL, {NULL}, false, false, 0},
        {"explicit, none there", NULL, {NULL}, true, false, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"explicit, one there", &policy_3, {NULL}, true, false, 0},
        {"required, none there", NULL, {"1.2.3"}, true, false, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"required and there", &policy_3, {"1.2.3"}, true, false, 0},
        {"the first of two", &policies_3_4, {"1.2.3"}, true, false, 0},
        {"the second of two", &policies_3_4, {"1.2.4"}, true, false, 0},
        {"none of two", &policies_3_4, {"1.2.5"}, true, false, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"the first of those required", &policy_3, {"1.2.3", "1.2.4"}, true, false, 0},
        {"the second of those required", &policy_3, {"1.2.4", "1.2.3"}, true, false, 0},
        {"another one", &policy_4, {"1.2.3"}, true, false, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"any", &any_policy, {"1.2.3"}, true, false, 0},
        {"any, inhibited", &any_policy, {"1.2.3"}, true, true, MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"any is required", &policy_3, {"1.2.4", "2.5.29.32.0"}, true, false, 0},
        {"any is required, none there", NULL, {"2.5.29.32.0"}, true, false,
         MTLSAUTH_DENY_CERTIFICATE_POLICY},
        {"required alone is no explicit policy", NULL, {"1.2.3"}, false, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct pki_cert words = {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .extensions = rows[i].leaf,
                                       .extension_count = rows[i].leaf != NULL};
        struct path_params params = trust_params(API);
        struct policy_oid required[COUNT_OF(rows[i].required)] = {{{0}}};
        mtlsauth_cert *certs[2] = {trust_cert(&words), NULL};
        mtlsauth_truststore *truststore = trust_store(certs, 1);
        struct reason reason;

        params.explicit_policy = rows[i].explicit_policy;
        params.inhibit_any_policy = rows[i].inhibit_any;
        params.policies = required;
        while (rows[i].required[params.policy_count] != NULL) {
            snprintf(required[params.policy_count].text, sizeof required[0].text, "%s",
                     rows[i].required[params.policy_count]);
            params.policy_count++;
        }
        ASSERT_INT(rows[i].name, trust_find(truststore, certs, 1, &params, &reason, NULL),
                   rows[i].code);
        if (rows[i].code != MTLSAUTH_OK)
            ASSERT_TRUE(rows[i].name,
                        strstr(reason.message, "states no certificate policy") != NULL);
        mtlsauth_truststore_free(truststore);
        mtlsauth_cert_free(certs[0]);
    }
}
END_TEST

/* anyPolicy and count others, and what stands behind those. */
static struct der_build any_and_others(unsigned count, const char *behind, size_t len)
{
    struct der_build out = {0};

    der_begin(&out, 0x30);
    der_raw(&out, "\x30\x06\x06\x04\x55\x1d\x20\x00", 8);
    for (unsigned i = 0; i < count; i++) {
        der_begin(&out, 0x30);
        add_oid(&out, 1, i);
        der_end(&out);
    }
    der_raw(&out, behind, len);
    der_end(&out);
    return out;
}

/* What is not looked at to the end does not count as what is required; but an anchor's are nobody's
 * matter as long as they are well-formed. */
START_TEST(very_many_policies_of_an_anchor)
{
    static const struct {
        const char *name, *behind;
        size_t len;
        unsigned count;
        const char *alone, *above; /* why it is denied */
    } rows[] = {
        {"a hundred", "", 0, 99, NULL, NULL},
        {"more", "", 0, 100, "has more certificate policies than are looked at", NULL},
        {"more, and no OID", "\x30", 2, 100, "its certificatePolicies is malformed",
         "its certificatePolicies is malformed"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build list = any_and_others(rows[i].count, rows[i].behind, rows[i].len);
        const struct pki_extension extension = extension_of(POLICIES, false, &list);
        const struct pki_cert alone = {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .extensions = &extension, .extension_count = 1};
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "Root", .key = 3, .signer = 1},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true,
             .extensions = &extension, .extension_count = 1},
        };
        struct path_params params = trust_params(API);
        mtlsauth_cert *certs[2] = {trust_cert(&alone), NULL};
        mtlsauth_truststore *truststore = trust_store(certs, 1);
        struct reason reason;

        ASSERT_INT(rows[i].name, trust_verify(words, 2, API, &reason),
                   rows[i].above == NULL ? MTLSAUTH_OK : MTLSAUTH_DENY_CERTIFICATE_POLICY);
        if (rows[i].above != NULL)
            ASSERT_TRUE(rows[i].name, strstr(reason.message, rows[i].above) != NULL);
        params.explicit_policy = true;
        ASSERT_INT(rows[i].name, trust_find(truststore, certs, 1, &params, &reason, NULL),
                   rows[i].alone == NULL ? MTLSAUTH_OK : MTLSAUTH_DENY_CERTIFICATE_POLICY);
        if (rows[i].alone != NULL)
            ASSERT_TRUE(rows[i].name, strstr(reason.message, rows[i].alone) != NULL);
        mtlsauth_truststore_free(truststore);
        mtlsauth_cert_free(certs[0]);
        der_build_free(&list);
    }
}
END_TEST

/* A CA asks for an explicit policy by itself. */
START_TEST(explicit_policy_of_a_ca)
{
    const struct pki_extension ca[] = {policy_3,
                                       {POLICY_CONSTRAINTS, true, "\x30\x03\x80\x01\x00", 5}};
    struct pki_cert words[] = {
        {.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .extensions = &policy_3,
         .extension_count = 1},
        {.subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true, .extensions = ca,
         .extension_count = 2},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct reason reason;

    ASSERT_INT("there", trust_verify(words, 3, API, &reason), MTLSAUTH_OK);
    words[0].extension_count = 0;
    ASSERT_INT("not there", trust_verify(words, 3, API, &reason), MTLSAUTH_DENY_CERTIFICATE_POLICY);
}
END_TEST

/* An explicit policy is required, mappings are inhibited, after so many certificates. */
#define EXPLICIT(skip) {POLICY_CONSTRAINTS, true, "\x30\x03\x80\x01" skip, 5}
#define NO_MAPPING(skip) {POLICY_CONSTRAINTS, true, "\x30\x03\x81\x01" skip, 5}
#define ONE {POLICIES, false, "\x30\x06\x30\x04\x06\x02\x2a\x03", 8}
#define ANOTHER {POLICIES, false, "\x30\x06\x30\x04\x06\x02\x2a\x04", 8}
#define ONE_TWICE {POLICIES, false, "\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x03", 14}
#define TO_ANY                                                                                     \
    {MAPPINGS, true, "\x30\x0c\x30\x0a\x06\x02\x2a\x03\x06\x04\x55\x1d\x20\x00", 14}
#define FROM_ANY                                                                                   \
    {MAPPINGS, true, "\x30\x0c\x30\x0a\x06\x04\x55\x1d\x20\x00\x06\x02\x2a\x03", 14}
/* 1.2.3, whose id-qt-cps is no IA5String. */
#define QUALIFIED                                                                                  \
    {POLICIES, false,                                                                              \
     "\x30\x16\x30\x14\x06\x02\x2a\x03\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01" \
     "\x05\x00",                                                                                   \
     24}

/* Leaf, CA, the CA above it, and root, with two extensions each. */
struct chain_of_four {
    const char *name;
    struct pki_extension leaf[2], ca[2], upper[2], root[2];
    const char *leaf_name, *ca_name; /* "upper": self-issued, below the CA of that name */
    bool explicit_policy;
    const char *why; /* it is denied */
    int depth;       /* of the certificate that the reason is about */
};

static size_t count_extensions(const struct pki_extension extensions[2])
{
    return (size_t)(extensions[0].oid != NULL) + (extensions[1].oid != NULL);
}

static int find_in_four(const struct chain_of_four *row, struct reason *reason)
{
    const char *ca = row->ca_name == NULL ? "ca" : row->ca_name;
    const struct pki_cert words[] = {
        {.subject = row->leaf_name == NULL ? "leaf" : row->leaf_name, .issuer = ca, .key = 4,
         .signer = 3, .extensions = row->leaf, .extension_count = count_extensions(row->leaf)},
        {.subject = ca, .issuer = "upper", .key = 3, .signer = 2, .ca = true,
         .extensions = row->ca, .extension_count = count_extensions(row->ca)},
        {.subject = "upper", .issuer = "root", .key = 2, .signer = 1, .ca = true,
         .extensions = row->upper, .extension_count = count_extensions(row->upper)},
        {.subject = "root", .issuer = "root", .key = 1, .signer = 1, .ca = true,
         .extensions = row->root, .extension_count = count_extensions(row->root)},
    };
    struct path_params params = trust_params(API);
    mtlsauth_cert *certs[COUNT_OF(words)];
    mtlsauth_truststore *truststore;
    int code;

    params.explicit_policy = row->explicit_policy;
    for (size_t i = 0; i < COUNT_OF(certs); i++)
        certs[i] = trust_cert(&words[i]);
    truststore = trust_store(&certs[3], 1);
    code = trust_find(truststore, certs, 3, &params, reason, NULL);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, COUNT_OF(certs));
    return code;
}

/* RFC 5280 6.1: without a policy in one certificate nothing is left of the tree, and the count of
 * certificates until one is required decides. libcrypto sees nothing that it would leak. */
START_TEST(paths_without_policies)
{
#define MISSING "it states no certificate policy, and one is required"
#define TWICE "its certificatePolicies have one policy twice"
#define ANY "its policyMappings map anyPolicy"
#define INVALID "invalid or inconsistent certificate policy extension"
#define EMPTY "no explicit policy"
    static const struct chain_of_four rows[] = {
        {.name = "asked for", .ca = {EXPLICIT("\5")}, .explicit_policy = true, .why = MISSING},
        {.name = "at once", .ca = {EXPLICIT("\0")}, .why = MISSING},
        {.name = "in the leaf", .ca = {EXPLICIT("\1")}, .why = MISSING},
        {.name = "below the leaf", .ca = {EXPLICIT("\2")}},
        {.name = "in the leaf, from above", .upper = {EXPLICIT("\2")}, .why = MISSING},
        {.name = "below the leaf, from above", .upper = {EXPLICIT("\3")}},
        {.name = "the sooner counts", .ca = {EXPLICIT("\7")}, .upper = {EXPLICIT("\2")},
         .why = MISSING},
        {.name = "a self-issued CA does not count", .upper = {EXPLICIT("\2")}, .ca_name = "upper"},
        {.name = "a self-issued leaf does", .ca = {EXPLICIT("\1")}, .leaf_name = "ca",
         .why = MISSING},
        {.name = "by the leaf", .leaf = {EXPLICIT("\0")}, .why = MISSING},
        {.name = "by the leaf, later", .leaf = {EXPLICIT("\1")}},
        {.name = "not by the root", .root = {EXPLICIT("\0")}},
        {.name = "of mappings alone", .ca = {NO_MAPPING("\0")}},
        {.name = "the CA alone has one", .ca = {EXPLICIT("\1"), ONE}, .why = MISSING},
        {.name = "the leaf alone has one", .leaf = {ONE}, .ca = {EXPLICIT("\0")}, .why = MISSING,
         .depth = 1},
        {.name = "the CA's", .leaf = {ONE}, .ca = {EXPLICIT("\1"), ONE}, .upper = {ONE}},
        {.name = "none of the CA's", .leaf = {ANOTHER}, .ca = {EXPLICIT("\1"), ONE},
         .upper = {ONE}, .why = EMPTY},
        {.name = "none of the CA's, below the leaf", .leaf = {ANOTHER}, .upper = {ONE},
         .ca = {EXPLICIT("\2"), ONE}},
        {.name = "the CA's, in a self-issued leaf", .leaf = {ONE}, .leaf_name = "ca",
         .ca = {EXPLICIT("\1"), ONE}, .upper = {ONE}},
        {.name = "none of the CA's, in a self-issued leaf", .leaf = {ANOTHER}, .leaf_name = "ca",
         .ca = {EXPLICIT("\1"), ONE}, .upper = {ONE}, .why = EMPTY},
        {.name = "none of the CA's, in a self-issued leaf below such a CA", .leaf = {ANOTHER},
         .leaf_name = "upper", .ca = {ONE}, .ca_name = "upper", .upper = {EXPLICIT("\1"), ONE},
         .why = EMPTY},
        {.name = "one twice", .ca = {ONE_TWICE}, .why = TWICE, .depth = 1},
        {.name = "one twice, constraints", .ca = {ONE_TWICE, EXPLICIT("\5")}, .why = TWICE,
         .depth = 1},
        {.name = "one twice in the root", .root = {ONE_TWICE, EXPLICIT("\0")}},
        {.name = "one twice in the root, warmed", .root = {ONE_TWICE}, .leaf = {EXPLICIT("\5")}},
        {.name = "the leaf maps to any", .leaf = {ONE, TO_ANY}, .ca = {EXPLICIT("\5")}, .why = ANY},
        {.name = "the CA maps to any", .ca = {ONE, TO_ANY}, .upper = {EXPLICIT("\5")}, .why = ANY,
         .depth = 1},
        {.name = "the CA maps any", .ca = {ONE, FROM_ANY}, .why = ANY, .depth = 1},
        {.name = "the CA maps any, and has no policy", .ca = {FROM_ANY}, .why = ANY, .depth = 1},
        {.name = "the root maps to any", .root = {ONE, TO_ANY}},
        {.name = "the root maps to any, constraints", .root = {ONE, TO_ANY},
         .leaf = {EXPLICIT("\5")}},
        {.name = "a qualifier is malformed", .ca = {QUALIFIED}, .why = INVALID, .depth = 1},
        {.name = "a qualifier is malformed, constraints", .ca = {QUALIFIED},
         .leaf = {EXPLICIT("\5")}, .why = INVALID, .depth = 1},
        {.name = "the leaf's is malformed, constraints", .leaf = {QUALIFIED},
         .upper = {EXPLICIT("\5")}, .why = INVALID},
        {.name = "the root's is malformed, constraints", .root = {QUALIFIED},
         .leaf = {EXPLICIT("\5")}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reason reason = {.depth = -1};
        int code;

        shown = leaking = 0;
        code = find_in_four(&rows[i], &reason);
        ASSERT_INT(rows[i].name, leaking, 0);
        ASSERT_TRUE(rows[i].name, shown > 0);
        ASSERT_INT(rows[i].name, code, rows[i].why == NULL ? 0 : MTLSAUTH_DENY_CERTIFICATE_POLICY);
        if (rows[i].why == NULL)
            continue;
        ASSERT_INT(rows[i].name, reason.depth, rows[i].depth);
        ASSERT_TRUE(rows[i].name, strstr(reason.message, rows[i].why) != NULL);
    }
}
END_TEST

/* Policies 1.2.3 and 1.2.4, each mapped to each: the tree doubles at every certificate. */
START_TEST(cve_2023_0464_policy_tree)
{
    static const struct pki_extension extensions[] = {
        {POLICIES, false, "\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x04", 14},
        {MAPPINGS, true,
         "\x30\x28\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x03\x30\x08\x06\x02\x2a\x03\x06\x02\x2a\x04"
         "\x30\x08\x06\x02\x2a\x04\x06\x02\x2a\x03\x30\x08\x06\x02\x2a\x04\x06\x02\x2a\x04",
         42},
    };

    for (unsigned depth = 1; depth <= 30; depth++) {
        char names[32][16];
        mtlsauth_cert *certs[32];
        mtlsauth_truststore *truststore;
        struct path_params params = trust_params(API);
        int code;

        params.max_ca_certificates = 40;
        for (unsigned i = 0; i <= depth + 1; i++)
            snprintf(names[i], sizeof names[i], "CA %u", i);
        for (unsigned i = 0; i <= depth; i++) {
            struct pki_cert words = {
                .subject = names[i], .issuer = names[i < depth ? i + 1 : i], .key = i + 1,
                .signer = (i < depth ? i + 1 : i) + 1, .ca = i > 0,
                .extensions = i < depth ? extensions : NULL,
                .extension_count = i == depth ? 0 : i == 0 ? 1 : 2};

            certs[i] = trust_cert(&words);
        }
        truststore = trust_store(&certs[depth], 1);
        code = trust_find(truststore, certs, depth, &params, NULL, NULL);
        ASSERT_INT(names[depth], code, depth <= 8 ? MTLSAUTH_OK : MTLSAUTH_DENY_BUDGET);
        mtlsauth_truststore_free(truststore);
        trust_free(certs, depth + 1);
    }
}
END_TEST

UNIT_MAIN("trust/policy_tree", more_policies_than_fit, inputs_of_policies, policy_that_a_ca_maps,
          policies_of_a_path_of_one, very_many_policies_of_an_anchor, explicit_policy_of_a_ca,
          paths_without_policies, cve_2023_0464_policy_tree)
