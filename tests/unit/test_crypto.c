/* SPDX-License-Identifier: MIT */
/* lib/crypto: digest, signature, x509. What libcrypto answers becomes yes, no or failed. */
#include "data.h"

#include <time.h>
#include <openssl/err.h>
#include "base/hex.h"
#include "cert/cert.h"
#include "cert/view.h"
#include "crypto/digest.h"
#include "crypto/known_answer.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

START_TEST(digests)
{
    static const struct {
        enum hash hash;
        const char *hex; /* of "abc"; NULL: there is none */
    } rows[] = {
        {HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {HASH_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {HASH_MD5, "900150983cd24fb0d6963f7d28e17f72"},
        {HASH_NONE, NULL},
        {HASH_UNKNOWN, NULL},
    };
    uint8_t out[MTLSAUTH__MAX_DIGEST];
    char hex[2 * MTLSAUTH__MAX_DIGEST + 1];
    size_t len;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct digest *digest = mtlsauth__digest_new(rows[i].hash);

        ck_assert((digest == NULL) == (rows[i].hex == NULL));
        if (digest == NULL)
            continue;
        ck_assert(mtlsauth__digest_add(digest, span_of_text("a")));
        ck_assert(mtlsauth__digest_add(digest, span_of_text("")));
        ck_assert(mtlsauth__digest_add(digest, span_of_text("bc")));
        ck_assert(mtlsauth__digest_end(digest, out, &len));
        mtlsauth__digest_free(digest);
        hex_encode(span_of(out, len), hex);
        ck_assert_str_eq(hex, rows[i].hex);
    }
    ck_assert(mtlsauth__sha256(span_of_text("abc"), out));
    hex_encode(span_of(out, 32), hex);
    ck_assert_str_eq(hex, rows[0].hex);
    mtlsauth__digest_free(NULL);
    /* RFC 4231 4.3 */
    ck_assert(mtlsauth__hmac_sha256(span_of_text("Jefe"),
                                    span_of_text("what do ya want for nothing?"), out));
    hex_encode(span_of(out, 32), hex);
    ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(equal_in_constant_time)
{
    ck_assert(mtlsauth__equal_in_constant_time(span_of_text("ab"), span_of_text("ab")));
    ck_assert(!mtlsauth__equal_in_constant_time(span_of_text("ab"), span_of_text("ac")));
    ck_assert(!mtlsauth__equal_in_constant_time(span_of_text("ab"), span_of_text("abc")));
    ck_assert(mtlsauth__equal_in_constant_time(span_of(NULL, 0), span_of_text("")));
}
END_TEST

/* Does the key of one certificate verify the signature of another? */
static enum crypto_verdict check(const struct cert_view *subject, const struct cert_view *issuer,
                                 struct span signature, const struct algorithm *algorithm)
{
    struct public_key *key;
    enum crypto_verdict verdict = mtlsauth__public_key_new(&key, issuer->spki, &issuer->key);

    if (verdict == CRYPTO_YES)
        verdict = mtlsauth__signature_check(algorithm, key, subject->tbs, signature);
    mtlsauth__public_key_free(key);
    return verdict;
}

static enum crypto_verdict check_digest(const struct cert_view *subject,
                                        const struct cert_view *issuer, struct span signature)
{
    uint8_t out[MTLSAUTH__MAX_DIGEST];
    struct digest *digest = mtlsauth__digest_new(subject->signature_algorithm.hash);
    struct public_key *key;
    enum crypto_verdict verdict;
    size_t len = 0;

    ck_assert(mtlsauth__digest_add(digest, subject->tbs));
    ck_assert(mtlsauth__digest_end(digest, out, &len));
    mtlsauth__digest_free(digest);
    ck_assert_int_eq(mtlsauth__public_key_new(&key, issuer->spki, &issuer->key), CRYPTO_YES);
    verdict = mtlsauth__signature_check_digest(&subject->signature_algorithm, key,
                                               span_of(out, len), signature);
    mtlsauth__public_key_free(key);
    return verdict;
}

START_TEST(signatures)
{
    static const struct {
        const char *subject, *issuer;
        enum crypto_verdict verdict;
    } rows[] = {
        {"two-names.pem", "root.pem", CRYPTO_YES},
        {"client.pem", "intermediate.pem", CRYPTO_YES},
        {"sha1.pem", "root.pem", CRYPTO_YES}, /* whether it is strong is another question */
        {"root.pem", "root.pem", CRYPTO_YES},
        {"clone-client.pem", "root.pem", CRYPTO_NO},
        {"client.pem", "root.pem", CRYPTO_NO}, /* ECDSA under an RSA key */
        {"two-names.pem", "intermediate.pem", CRYPTO_NO},
        {"two-names.pem", "ed25519.pem", CRYPTO_NO},
        {"two-names.pem", "rsapss.pem", CRYPTO_NO}, /* a PSS key makes no PKCS#1 signature */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *subject = data_cert(rows[i].subject), *issuer = data_cert(rows[i].issuer);
        struct span signature = subject->view.signature;
        struct algorithm algorithm = subject->view.signature_algorithm;
        uint8_t changed[1024];

        ASSERT_INT(rows[i].subject, check(&subject->view, &issuer->view, signature, &algorithm),
                   rows[i].verdict);
        ASSERT_INT(rows[i].subject, check_digest(&subject->view, &issuer->view, signature),
                   rows[i].verdict);
        memcpy(changed, signature.ptr, signature.len);
        for (size_t at = 0; at < signature.len; at += 7) {
            changed[at] ^= 0x10;
            ASSERT_INT(rows[i].subject,
                       check(&subject->view, &issuer->view, span_of(changed, signature.len),
                             &algorithm),
                       CRYPTO_NO);
            changed[at] ^= 0x10;
        }
        for (size_t n = 0; n < signature.len; n += 5)
            ASSERT_INT(rows[i].subject,
                       check(&subject->view, &issuer->view, span_head(signature, n), &algorithm),
                       CRYPTO_NO);
        /* CVE-2026-5194: the digest of another hash. */
        algorithm.hash = algorithm.hash == HASH_SHA1 ? HASH_SHA256 : HASH_SHA1;
        ASSERT_INT(rows[i].subject, check(&subject->view, &issuer->view, signature, &algorithm),
                   CRYPTO_NO);
        for (int hash = HASH_UNKNOWN; hash <= HASH_NONE; hash++) {
            algorithm.hash = (enum hash)hash;
            ASSERT_INT(rows[i].subject, check(&subject->view, &issuer->view, signature, &algorithm),
                       CRYPTO_NO);
        }
        mtlsauth_cert_free(subject);
        mtlsauth_cert_free(issuer);
    }
    ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

/* An error that stood in the caller's queue before says nothing of a signature. */
START_TEST(old_error_of_the_caller)
{
    mtlsauth_cert *subject = data_cert("client.pem"), *issuer = data_cert("intermediate.pem");
    uint8_t changed[256];
    struct span signature = subject->view.signature;

    ck_assert_uint_le(signature.len, sizeof changed);
    memcpy(changed, signature.ptr, signature.len);
    changed[signature.len - 1] ^= 1;
    ERR_raise(ERR_LIB_SSL, ERR_R_INTERNAL_ERROR);
    ck_assert_int_eq(check(&subject->view, &issuer->view, span_of(changed, signature.len),
                           &subject->view.signature_algorithm),
                     CRYPTO_NO);
    ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), ERR_R_INTERNAL_ERROR);
    ck_assert_uint_eq(ERR_peek_error(), 0);
    mtlsauth_cert_free(subject);
    mtlsauth_cert_free(issuer);
}
END_TEST

START_TEST(keys_that_are_never_used)
{
    static const struct {
        const char *name;
        struct forge_bytes spki;
    } rows[] = {
        {"unknown type", FORGE("\x30\x09\x30\x04\x06\x02\x2a\x03\x03\x01\x00")},
        {"point that is none",
         FORGE("\x30\x19\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03"
               "\x01\x07\x03\x02\x00\x04")},
        {"unknown curve",
         FORGE("\x30\x13\x30\x0d\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x02\x2a\x03\x03\x02\x00\x04")},
    };
    struct key_facts large = {
        .type = KEY_RSA, .is_usual_rsa = true, .bits = MTLSAUTH__MAX_RSA_BITS};
    struct public_key *key;
    mtlsauth_cert *cert;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span spki = span_of(rows[i].spki.bytes, rows[i].spki.len);
        struct key_facts facts;

        ASSERT_TRUE(rows[i].name, mtlsauth__key_read(&facts, spki));
        ASSERT_INT(rows[i].name, mtlsauth__public_key_new(&key, spki, &facts), CRYPTO_NO);
        ASSERT_TRUE(rows[i].name, key == NULL);
    }
    ck_assert(mtlsauth__key_is_usable(&large));
    large.bits++;
    ck_assert(!mtlsauth__key_is_usable(&large));
    cert = data_cert("explicit-params.pem");
    ck_assert_int_eq(mtlsauth__public_key_new(&key, cert->view.spki, &cert->view.key), CRYPTO_NO);
    mtlsauth_cert_free(cert);
    mtlsauth__public_key_free(NULL);
}
END_TEST

START_TEST(x509_agrees_with_the_view)
{
    mtlsauth_cert *cert = data_cert("two-names.pem"), *other = data_cert("client.pem");
    struct cert_view view = cert->view;
    struct x509 *x509;

    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_YES);
    ck_assert_ptr_nonnull(mtlsauth__x509_key(x509));
    mtlsauth__x509_free(x509);
    view.subject = other->view.subject;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    ck_assert_ptr_null(x509);
    view = cert->view;
    view.issuer = other->view.issuer;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    view = cert->view;
    view.serial = other->view.serial;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    view = cert->view;
    view.version = 1;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    view = cert->view;
    view.extension_count--;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    view = cert->view;
    view.whole.len--;
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &view), CRYPTO_NO);
    mtlsauth__x509_free(NULL);
    mtlsauth_cert_free(cert);
    mtlsauth_cert_free(other);
}
END_TEST

/* webpki e9e4955, wolfSSL#8676: the same bytes are the same serial number, whatever its sign. */
START_TEST(x509_serial_numbers)
{
    static const struct {
        const char *name;
        struct forge_bytes serial;
        enum crypto_verdict verdict;
    } rows[] = {
        {"0", FORGE("\x02\x01\x00"), CRYPTO_YES},
        {"7f", FORGE("\x02\x01\x7f"), CRYPTO_YES},
        {"00 80", FORGE("\x02\x02\x00\x80"), CRYPTO_YES},
        {"80 is -128", FORGE("\x02\x01\x80"), CRYPTO_YES},
        {"-1", FORGE("\x02\x01\xff"), CRYPTO_YES},
        {"-36, not 220", FORGE("\x02\x01\xdc"), CRYPTO_YES},
        {"-256", FORGE("\x02\x02\xff\x00"), CRYPTO_YES},
        {"20 octets", FORGE("\x02\x14\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                            "\xff\xff\xff\xff\xff"),
         CRYPTO_YES},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = forge(&(struct forge){
            .subject = "leaf", .issuer = "ca", .unsigned_ = true, .serial_field = rows[i].serial});
        struct cert_view view;
        struct x509 *x509;
        const char *why;

        ASSERT_TRUE(rows[i].name, mtlsauth__cert_view(&view, span_of(der.bytes, der.len), &why));
        ASSERT_INT(rows[i].name, mtlsauth__x509_new(&x509, &view), rows[i].verdict);
        mtlsauth__x509_free(x509);
        der_build_free(&der);
    }
}
END_TEST

START_TEST(path_of_nothing)
{
    struct path_inputs inputs = {0};
    struct path_refusal refusal;

    ck_assert_int_eq(mtlsauth__x509_check_path(NULL, 0, &inputs, &refusal), CRYPTO_FAILED);
    ck_assert_int_eq(refusal.code, MTLSAUTH_DENY_INTERNAL);
}
END_TEST

/* With a known answer that is wrong, every refusal would be a failure. */
START_TEST(known_answers)
{
    static const struct {
        enum key_type type;
        struct algorithm algorithm;
    } rows[] = {
        {KEY_RSA, {.type = SIGNATURE_RSA, .hash = HASH_SHA224}},
        {KEY_RSA, {.type = SIGNATURE_RSA_PSS, .hash = HASH_SHA384, .mgf_hash = HASH_SHA512}},
        {KEY_RSA_PSS, {.type = SIGNATURE_RSA_PSS, .hash = HASH_SHA256, .mgf_hash = HASH_SHA1}},
        {KEY_EC, {.type = SIGNATURE_ECDSA, .hash = HASH_SHA512}},
        {KEY_ED25519, {.type = SIGNATURE_ED25519, .hash = HASH_NONE}},
        {KEY_ED448, {.type = SIGNATURE_ED448, .hash = HASH_NONE}},
        {KEY_UNKNOWN, {.type = SIGNATURE_UNKNOWN}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct refused refused = {.type = rows[i].type, .octets = 1000};

        ck_assert_msg(mtlsauth__crypto_works(&refused), "row %zu", i);
        refused.algorithm = &rows[i].algorithm;
        ck_assert_msg(mtlsauth__crypto_works(&refused), "row %zu, algorithm", i);
    }
    ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

UNIT_MAIN("crypto", digests, equal_in_constant_time, known_answers, signatures, old_error_of_the_caller, keys_that_are_never_used,
          x509_agrees_with_the_view, x509_serial_numbers, path_of_nothing)
