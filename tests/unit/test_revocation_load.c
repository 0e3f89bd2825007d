/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"
#include "support/random.h"

/* 2026-06-01 */
#define NOW 1780272000

static EVP_PKEY *root_key;
static mtlsauth_cert *root;
static mtlsauth_policy *policy;

static void setup_with(const char *type)
{
    struct ca_spec spec = {.subject = "Root",
                           .issuer = "Root",
                           .constraints = "critical,CA:TRUE",
                           .usage = "keyCertSign,cRLSign"};

    root_key = ca_key(type);
    spec.key = spec.issuer_key = root_key;
    root = ca_cert(&spec);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, NOW), MTLSAUTH_OK);
}

static void teardown(void)
{
    EVP_PKEY_free(root_key);
    mtlsauth_cert_free(root);
    mtlsauth_policy_free(policy);
}

/* A list of so many entries: random serials of 16 octets, or ascending ones. */
static struct der_text large_list(size_t count, bool ascending)
{
    struct random random = {.state = 4711};
    char *revoked = malloc(count * 96 + 1);
    struct crl_text parts = {.revoked = revoked};
    struct der_text list;
    size_t len = 0;

    ck_assert_ptr_nonnull(revoked);
    for (size_t i = 0; i < count; i++)
        len += (size_t)sprintf(revoked + len, "30 { 02 { 40 %02x %02x %02x %02x } " CRL_DATE " }\n",
                               ascending ? 0U : (unsigned)random_below(&random, 256),
                               (unsigned)(i >> 16), (unsigned)(i >> 8 & 255), (unsigned)(i & 255));
    list = crl_signed(&parts, root_key);
    free(revoked);
    return list;
}

struct steps {
    uint64_t done, total;
    size_t calls, at_the_end, refuse_at; /* 0: never */
};

static int step(uint64_t done, uint64_t total, void *arg)
{
    struct steps *steps = arg;

    /* done never goes back, and never beyond total. */
    if (done < steps->done || (total != 0 && done > total) || total < steps->total)
        ck_abort_msg("%llu of %llu after %llu of %llu", (unsigned long long)done,
                     (unsigned long long)total, (unsigned long long)steps->done,
                     (unsigned long long)steps->total);
    steps->done = done;
    steps->total = total;
    steps->at_the_end += done == total;
    return ++steps->calls == steps->refuse_at;
}

static int load_with_steps(mtlsauth_crl **crl, const struct der_text *list, struct steps *steps)
{
    mtlsauth_crl_options *options;
    int code;

    ck_assert_int_eq(mtlsauth_crl_options_new(&options), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_options_set_progress(options, step, steps), MTLSAUTH_OK);
    code = mtlsauth_crl_load(crl, list->ptr, list->len, root, policy, options);
    mtlsauth_crl_options_free(options);
    return code;
}

/* Asked while the entries are read and while they are sorted; a no at any of them is obeyed. */
START_TEST(cancelled_at_every_step)
{
    setup_with("EC");
    for (int ascending = 0; ascending < 2; ascending++) {
        struct der_text list = large_list(150000, ascending == 1);
        struct steps all = {.refuse_at = 0};
        mtlsauth_crl *crl;

        ck_assert_int_eq(load_with_steps(&crl, &list, &all), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth_crl_count(crl), 150000);
        ck_assert_uint_eq(all.done, list.len);
        ck_assert_uint_eq(all.total, list.len);
        /* Once when all is read, and then at least twice while it is sorted or copied. */
        ck_assert_uint_ge(all.at_the_end, 3);
        ck_assert_uint_gt(all.calls, all.at_the_end);
        mtlsauth_crl_free(crl);
        for (size_t i = 1; i <= all.calls; i++) {
            struct steps steps = {.refuse_at = i};

            /* Of those while it is read, the first and the last. */
            if (i == 2)
                i = steps.refuse_at = all.calls - all.at_the_end;
            ck_assert_int_eq(load_with_steps(&crl, &list, &steps), MTLSAUTH_ERR_CANCELLED);
            ck_assert_ptr_null(crl);
            ck_assert_uint_eq(steps.calls, i);
            ck_assert_str_eq(mtlsauth_last_error(), "CRL: loading it was cancelled");
        }
        free(list.ptr);
    }
    teardown();
}
END_TEST

/* RFC 4055 1.2: an RSA key may be certified for RSA-PSS alone, with parameters and, as here,
 * without. */
#define ID_PSS "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } }"

enum kind { RSA_KEY, PSS_KEY, PSS_32_KEY, P256_KEY, P384_KEY, ED25519_KEY, KINDS };

static EVP_PKEY *new_key(enum kind kind)
{
    switch (kind) {
    case RSA_KEY:
    case PSS_KEY:
    case PSS_32_KEY:
        return ca_key("RSA");
    case P256_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case P384_KEY:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    default:
        return ca_key("ED25519");
    }
}

static mtlsauth_cert *root_of(enum kind kind, EVP_PKEY *key, mtlsauth_truststore **truststore)
{
    struct ca_spec spec = {.subject = "Root",
                           .issuer = "Root",
                           .key = key,
                           .key_algorithm = kind == PSS_KEY      ? ID_PSS
                                            : kind == PSS_32_KEY ? CA_PSS
                                                                 : NULL,
                           .issuer_key = key,
                           .constraints = "critical,CA:TRUE",
                           .usage = "keyCertSign,cRLSign"};
    X509 *x509 = ca_x509(&spec);
    BIO *bio = BIO_new(BIO_s_mem());
    mtlsauth_cert *cert = NULL;
    char *text;
    long len;

    ck_assert_int_eq(PEM_write_bio_X509(bio, x509), 1);
    len = BIO_get_mem_data(bio, &text);
    ck_assert_int_eq(mtlsauth_truststore_parse(truststore, text, (size_t)len, NULL), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_cert_parse(&cert, text, (size_t)len), MTLSAUTH_OK);
    BIO_free(bio);
    X509_free(x509);
    return cert;
}

#define SHA(n) "30 { 06 { 60 86 48 01 65 03 04 02 0" n " } 05 00 }"
#define SHA256_TEXT SHA("1")
#define SHA384_TEXT SHA("2")
#define SHA512_TEXT SHA("3")
#define SHA1_TEXT "30 { 06 { 2b 0e 03 02 1a } 05 00 }"
#define PSS(hash, mgf, salt)                                                                       \
    "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } 30 { a0 { " hash                                       \
    " } a1 { 30 { 06 { 2a 86 48 86 f7 0d 01 01 08 } " mgf " } } a2 { 02 { " salt " } } } }"
#define PSS_DEFAULTS "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } 30 00 }"
#define RSA_WITH(n) "30 { 06 { 2a 86 48 86 f7 0d 01 01 " n " } 05 00 }"
#define ECDSA_WITH(n) "30 { 06 { 2a 86 48 ce 3d 04 03 " n " } }"

/* Both ways in: by the issuer's certificate, and by a truststore that has it. */
static void check_both(const char *row, struct der_text *list, const mtlsauth_cert *issuer,
                       const mtlsauth_truststore *truststore, int code)
{
    for (int from_store = 0; from_store < 2; from_store++) {
        mtlsauth_crl *crl = NULL;
        int found = 0, got;

        if (from_store)
            got = mtlsauth_crl_load_from_truststore(&crl, list->ptr, list->len, truststore, policy,
                                                    NULL);
        else
            got = mtlsauth_crl_load(&crl, list->ptr, list->len, issuer, policy, NULL);
        ck_assert_msg(got == code, "%s%s: %s (%s)", row, from_store ? ", truststore" : "",
                      mtlsauth_code_name(got), mtlsauth_last_error());
        ck_assert_msg((crl != NULL) == (code == MTLSAUTH_OK), "%s", row);
        if (crl == NULL)
            continue;
        ASSERT_INT(row, mtlsauth_crl_is_verified(crl), 1);
        ASSERT_INT(row, mtlsauth_crl_find(crl, "\x02\x03", 2, &found, NULL, NULL), MTLSAUTH_OK);
        ASSERT_INT(row, found, 1);
        mtlsauth_crl_free(crl);
    }
}

static void flip(struct der_text *list, size_t at)
{
    list->ptr[at] ^= 1;
}

/* A good list is taken; with another serial, another signature, or of another key it is not. */
static void check_good(const char *row, struct der_text *list, enum kind kind,
                       const mtlsauth_cert *issuer, const mtlsauth_truststore *truststore,
                       EVP_PKEY *other)
{
    mtlsauth_truststore *other_store = NULL;
    mtlsauth_cert *clone = root_of(kind, other, &other_store);
    size_t serial = 0;

    check_both(row, list, issuer, truststore, MTLSAUTH_OK);
    while (memcmp(list->ptr + serial, "\x02\x02\x02\x03", 4) != 0)
        serial++;
    flip(list, serial + 3);
    check_both(row, list, issuer, truststore, MTLSAUTH_ERR_SIGNATURE);
    flip(list, serial + 3);
    flip(list, list->len - 1);
    check_both(row, list, issuer, truststore, MTLSAUTH_ERR_SIGNATURE);
    flip(list, list->len - 1);
    check_both(row, list, clone, other_store, MTLSAUTH_ERR_SIGNATURE);
    mtlsauth_cert_free(clone);
    mtlsauth_truststore_free(other_store);
}

/* What a list says of its signature, how that was made, and by which key. */
START_TEST(signatures_of_every_kind)
{
    const EVP_MD *const sha1 = EVP_sha1(), *const sha256 = EVP_sha256();
    const EVP_MD *const sha384 = EVP_sha384(), *const sha512 = EVP_sha512();
    const struct {
        const char *name;
        enum kind kind;
        const char *algorithm;
        struct crl_how how;
        int code;
    } rows[] = {
        {"RSA, SHA-256", RSA_KEY, RSA_WITH("0b"), {sha256, NULL, 0}, 0},
        {"RSA, SHA-384", RSA_KEY, RSA_WITH("0c"), {sha384, NULL, 0}, 0},
        {"RSA, SHA-512", RSA_KEY, RSA_WITH("0d"), {sha512, NULL, 0}, 0},
        {"ECDSA, P-256", P256_KEY, ECDSA_WITH("02"), {sha256, NULL, 0}, 0},
        {"ECDSA, P-384", P384_KEY, ECDSA_WITH("03"), {sha384, NULL, 0}, 0},
        {"Ed25519", ED25519_KEY, CRL_ED25519, {NULL, NULL, 0}, 0},
        {"PSS, SHA-256", RSA_KEY, PSS(SHA256_TEXT, SHA256_TEXT, "20"), {sha256, sha256, 32}, 0},
        {"PSS, SHA-384", RSA_KEY, PSS(SHA384_TEXT, SHA384_TEXT, "30"), {sha384, sha384, 48}, 0},
        {"PSS, SHA-512", RSA_KEY, PSS(SHA512_TEXT, SHA512_TEXT, "40"), {sha512, sha512, 64}, 0},
        {"PSS, salt of 20", RSA_KEY, PSS(SHA256_TEXT, SHA256_TEXT, "14"), {sha256, sha256, 20}, 0},

        {"says a longer salt",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "21"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_SIGNATURE},
        {"says a shorter salt",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "14"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_SIGNATURE},
        /* -2 would mean any to libcrypto, -1 that of the hash. */
        {"a salt of 2^32 - 2",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "00 ff ff ff fe"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_PARSE},
        {"a salt of 2^32 - 1",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "00 ff ff ff ff"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_PARSE},
        {"a salt of -2",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "fe"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_PARSE},
        {"says another hash",
         RSA_KEY,
         PSS(SHA384_TEXT, SHA384_TEXT, "20"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_SIGNATURE},
        {"says the right hash, mask of another",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "20"),
         {sha256, sha384, 32},
         MTLSAUTH_ERR_SIGNATURE},
        {"says a mask of another hash, and has it",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA384_TEXT, "20"),
         {sha256, sha384, 32},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"SHA-1",
         RSA_KEY,
         PSS(SHA1_TEXT, SHA1_TEXT, "14"),
         {sha1, sha1, 20},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"SHA-1, by not saying anything",
         RSA_KEY,
         PSS_DEFAULTS,
         {sha1, sha1, 20},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"a hash that nobody knows",
         RSA_KEY,
         PSS("30 { 06 { 2a 03 04 } }", SHA256_TEXT, "20"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"says PSS, is PKCS #1",
         RSA_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "20"),
         {sha256, NULL, 0},
         MTLSAUTH_ERR_SIGNATURE},
        {"says PKCS #1, is PSS",
         RSA_KEY,
         RSA_WITH("0b"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_SIGNATURE},
        {"PSS by an EC key",
         P256_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "20"),
         {sha256, NULL, 0},
         MTLSAUTH_ERR_SIGNATURE},
        /* Whoever issues has one form of its key. */
        {"PSS key",
         PSS_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "20"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"PSS key with parameters",
         PSS_32_KEY,
         PSS(SHA256_TEXT, SHA256_TEXT, "20"),
         {sha256, sha256, 32},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"PKCS #1 by a PSS key",
         PSS_KEY,
         RSA_WITH("0b"),
         {sha256, NULL, 0},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"ECDSA, says SHA-384, is SHA-256",
         P384_KEY,
         ECDSA_WITH("03"),
         {sha256, NULL, 0},
         MTLSAUTH_ERR_SIGNATURE},
        {"ECDSA by an RSA key",
         RSA_KEY,
         ECDSA_WITH("02"),
         {sha256, NULL, 0},
         MTLSAUTH_ERR_SIGNATURE},
        {"Ed25519 by an EC key", P256_KEY, CRL_ED25519, {sha256, NULL, 0}, MTLSAUTH_ERR_SIGNATURE},
    };
    EVP_PKEY *keys[KINDS], *others[KINDS];
    mtlsauth_truststore *stores[KINDS] = {NULL};
    mtlsauth_cert *issuers[KINDS];

    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, NOW), MTLSAUTH_OK);
    for (enum kind kind = 0; kind < KINDS; kind++) {
        keys[kind] = new_key(kind);
        others[kind] = new_key(kind);
        issuers[kind] = root_of(kind, keys[kind], &stores[kind]);
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_text parts = {.algorithm = rows[i].algorithm};
        enum kind kind = rows[i].kind;
        struct der_text list = crl_signed_how(&parts, keys[kind], &rows[i].how);

        check_both(rows[i].name, &list, issuers[kind], stores[kind], rows[i].code);
        if (rows[i].code == MTLSAUTH_OK)
            check_good(rows[i].name, &list, kind, issuers[kind], stores[kind], others[kind]);
        free(list.ptr);
    }
    for (enum kind kind = 0; kind < KINDS; kind++) {
        EVP_PKEY_free(keys[kind]);
        EVP_PKEY_free(others[kind]);
        mtlsauth_cert_free(issuers[kind]);
        mtlsauth_truststore_free(stores[kind]);
    }
    mtlsauth_policy_free(policy);
}
END_TEST

#define ENTRY_AT(serial, year, extensions)                                                         \
    "30 { 02 { " serial " } 17 { \"" year "0101000000Z\" } " extensions " }"
#define BECAUSE(reason) "30 { " CRL_REASON(reason) " }"

/* As RFC 5280 does not forbid: counted once, with the earliest date, in whatever order they
 * come. */
START_TEST(serials_that_come_twice)
{
    static const struct {
        const char *name, *revoked;
        int64_t date;
        int reason;
    } rows[] = {
        {"ascending dates", ENTRY_AT("05", "20", BECAUSE("04")) ENTRY_AT("05", "21", BECAUSE("01")),
         1577836800, MTLSAUTH_CRL_REASON_SUPERSEDED},
        {"descending dates", ENTRY_AT("05", "21", BECAUSE("01")) ENTRY_AT("05", "20", ""),
         1577836800, MTLSAUTH_CRL_REASON_NONE},
        {"not side by side",
         ENTRY_AT("05", "21", BECAUSE("04")) CRL_ENTRY("01") ENTRY_AT("05", "22", ""), 1609459200,
         MTLSAUTH_CRL_REASON_SUPERSEDED},
        {"a hold, then for good", ENTRY_AT("05", "21", BECAUSE("06")) ENTRY_AT("05", "22", ""),
         1609459200, MTLSAUTH_CRL_REASON_NONE},
        {"the very same", ENTRY_AT("05", "20", "") ENTRY_AT("05", "20", ""), 1577836800,
         MTLSAUTH_CRL_REASON_NONE},
    };

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_text parts = {.revoked = rows[i].revoked};
        struct ca_spec spec = {.subject = "client",
                               .issuer = "Root",
                               .key = root_key,
                               .issuer_key = root_key,
                               .serial = (const unsigned char *)"\x05",
                               .serial_len = 1};
        struct der_text list = crl_signed(&parts, root_key);
        mtlsauth_cert *client = ca_cert(&spec);
        mtlsauth_crl *crl;
        int status, reason;
        int64_t date;

        ck_assert_int_eq(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL), 0);
        ASSERT_INT(rows[i].name, mtlsauth_crl_count(crl),
                   strstr(rows[i].revoked, "{ 01 }") == NULL ? 1 : 2);
        ck_assert_int_eq(mtlsauth_crl_check(crl, client, root, policy, &status, &date, &reason), 0);
        ASSERT_INT(rows[i].name, status, MTLSAUTH_CRL_STATUS_REVOKED);
        ASSERT_INT(rows[i].name, date, rows[i].date);
        ASSERT_INT(rows[i].name, reason, rows[i].reason);
        mtlsauth_crl_free(crl);
        mtlsauth_cert_free(client);
        free(list.ptr);
    }
    teardown();
}
END_TEST

/* Whoever asks with a certificate in which the key is one for RSA-PSS alone, a list of the same key
 * revokes all the same. */
START_TEST(one_key_for_rsa_and_for_pss)
{
    static const struct crl_text parts = {.algorithm = CRL_RSA};
    static const char *const algorithms[] = {NULL, ID_PSS, CA_PSS};
    EVP_PKEY *key = ca_key("RSA");
    struct der_text list = crl_signed(&parts, key);
    mtlsauth_cert *issuers[COUNT_OF(algorithms)], *client;
    mtlsauth_crl *crl;

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(algorithms); i++)
        issuers[i] = ca_cert(&(struct ca_spec){.subject = "Root",
                                               .issuer = "Root",
                                               .key = key,
                                               .key_algorithm = algorithms[i],
                                               .issuer_key = root_key,
                                               .constraints = "critical,CA:TRUE",
                                               .usage = "keyCertSign,cRLSign"});
    client = ca_cert(&(struct ca_spec){.subject = "client",
                                       .issuer = "Root",
                                       .key = root_key,
                                       .issuer_key = key,
                                       .serial = (const unsigned char *)"\x02\x03",
                                       .serial_len = 2});
    ck_assert_int_eq(mtlsauth_crl_load(&crl, list.ptr, list.len, issuers[0], policy, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(algorithms); i++) {
        int status;

        ck_assert_int_eq(mtlsauth_crl_check(crl, client, issuers[i], policy, &status, NULL, NULL),
                         0);
        ck_assert_msg(status == MTLSAUTH_CRL_STATUS_REVOKED, "%zu", i);
        mtlsauth_cert_free(issuers[i]);
    }
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(client);
    EVP_PKEY_free(key);
    free(list.ptr);
    teardown();
}
END_TEST

UNIT_MAIN("revocation/load", cancelled_at_every_step, signatures_of_every_kind,
          serials_that_come_twice, one_key_for_rsa_and_for_pss)
