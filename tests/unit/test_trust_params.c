/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "trust/params.h"
#include "trust/reason.h"

START_TEST(profiles)
{
    struct path_params params;

    ck_assert(mtlsauth__path_params_of(&params, MTLSAUTH_PROFILE_API_GATEWAY));
    ck_assert_uint_eq(params.max_ca_certificates, 4);
    ck_assert(!params.partial_chain && !params.nist_curves_only && params.check_eku);
    ck_assert(mtlsauth__path_params_of(&params, MTLSAUTH_PROFILE_ALB));
    ck_assert_uint_eq(params.max_rsa_bits, 8192);
    ck_assert(mtlsauth__path_params_of(&params, MTLSAUTH_PROFILE_STRICT));
    ck_assert(params.partial_chain);
    ck_assert(!mtlsauth__path_params_of(&params, 0));
    ck_assert(!mtlsauth__path_params_of(&params, 4));
}
END_TEST

/* Whom each profile takes, alone: 1 API Gateway, 2 ALB, 4 strict. */
START_TEST(keys)
{
    static const struct {
        struct key_facts key;
        unsigned taken;
        const char *why; /* by the first that does not take it */
    } rows[] = {
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 2047}, 0, "smaller than the policy asks for"},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 2048}, 7, ""},
        {{.type = KEY_RSA_PSS, .is_usual_rsa = true, .bits = 2048}, 7, ""},
        {{.type = KEY_RSA_PSS, .is_usual_rsa = true, .bits = 1024}, 0, "smaller than the policy asks for"},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 8192}, 7, ""},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 8193}, 0, "larger than 8192 bits"},
        {{.type = KEY_RSA, .is_usual_rsa = false, .bits = 2048}, 0, "its exponent is 1"},
        {{.type = KEY_EC, .curve = CURVE_P256, .bits = 256}, 7, ""},
        {{.type = KEY_EC, .curve = CURVE_P521, .bits = 521}, 7, ""},
        {{.type = KEY_EC, .curve = CURVE_OTHER, .bits = 256}, 0, "none of P-256, P-384 and P-521"},
        {{.type = KEY_EC, .curve = CURVE_EXPLICIT, .bits = 0}, 0, "explicit curve parameters are refused"},
        {{.type = KEY_ED25519, .curve = CURVE_NONE, .bits = 256}, 5, "no Edwards curves"},
        {{.type = KEY_ED448, .curve = CURVE_NONE, .bits = 448}, 5, "no Edwards curves"},
        {{.type = KEY_DSA, .curve = CURVE_NONE, .bits = 2048}, 0, "keys of this type are refused"},
        {{.type = KEY_UNKNOWN, .curve = CURVE_NONE, .bits = 4096}, 0, "keys of this type are refused"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int profile = 1; profile <= 3; profile++) {
            struct path_params params;
            const char *why = "";
            bool taken;

            ck_assert(mtlsauth__path_params_of(&params, profile));
            taken = mtlsauth__key_is_strong(&params, &rows[i].key, &why);
            ck_assert_msg(taken == ((rows[i].taken >> (profile - 1) & 1) != 0), "row %zu, profile %d",
                          i, profile);
            if (!taken)
                ASSERT_SAYS("key", why, rows[i].why);
        }
    }
}
END_TEST

/* Who signs has one form of its key; a client may have any. */
START_TEST(keys_of_signers)
{
    static const struct {
        struct key_facts key;
        const char *why; /* NULL: taken */
    } rows[] = {
        {{.type = KEY_EC, .curve = CURVE_P256, .bits = 256}, NULL},
        {{.type = KEY_EC, .curve = CURVE_P256, .bits = 256, .is_variant = true}, "uncompressed"},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 2048}, NULL},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 2048, .is_variant = true}, "NULL"},
        {{.type = KEY_RSA_PSS, .is_usual_rsa = true, .bits = 2048, .is_variant = true},
         "certified as rsaEncryption"},
        {{.type = KEY_RSA, .is_usual_rsa = true, .bits = 1024, .is_variant = true}, "smaller than"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int profile = 1; profile <= 3; profile++) {
            struct path_params params;
            const char *why = "";
            bool taken;

            ck_assert(mtlsauth__path_params_of(&params, profile));
            taken = mtlsauth__signer_is_strong(&params, &rows[i].key, &why);
            ck_assert_msg(taken == (rows[i].why == NULL), "row %zu, profile %d", i, profile);
            if (!taken)
                ASSERT_SAYS("key", why, rows[i].why);
            ck_assert_int_eq(mtlsauth__key_is_strong(&params, &rows[i].key, &why),
                             rows[i].key.bits != 1024);
        }
    }
}
END_TEST

/* What a policy asks for beyond its profile. */
START_TEST(longer_curves)
{
    static const struct {
        struct key_facts key;
        bool taken;
    } rows[] = {
        {{.type = KEY_EC, .curve = CURVE_P256, .bits = 256}, false},
        {{.type = KEY_EC, .curve = CURVE_P384, .bits = 384}, true},
        {{.type = KEY_ED25519, .curve = CURVE_NONE, .bits = 256}, false},
        {{.type = KEY_ED448, .curve = CURVE_NONE, .bits = 448}, true},
    };
    struct path_params params;

    ck_assert(mtlsauth__path_params_of(&params, MTLSAUTH_PROFILE_API_GATEWAY));
    params.min_ec_bits = 384;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *why = "";

        ck_assert_msg(mtlsauth__key_is_strong(&params, &rows[i].key, &why) == rows[i].taken,
                      "row %zu", i);
        if (!rows[i].taken)
            ASSERT_SAYS("curve", why, "smaller than the policy asks for");
    }
}
END_TEST

START_TEST(signatures)
{
    static const struct {
        struct algorithm algorithm;
        unsigned taken;
        const char *why;
    } rows[] = {
        {{{NULL, 0}, SIGNATURE_RSA, HASH_SHA256, HASH_UNKNOWN, 0}, 7, ""},
        {{{NULL, 0}, SIGNATURE_RSA, HASH_SHA1, HASH_UNKNOWN, 0}, 0, "the hash is weaker"},
        {{{NULL, 0}, SIGNATURE_RSA, HASH_MD5, HASH_UNKNOWN, 0}, 0, "the hash is weaker"},
        {{{NULL, 0}, SIGNATURE_RSA, HASH_SHA224, HASH_UNKNOWN, 0}, 0, "the hash is weaker"},
        {{{NULL, 0}, SIGNATURE_ECDSA, HASH_SHA512, HASH_UNKNOWN, 0}, 7, ""},
        {{{NULL, 0}, SIGNATURE_ECDSA, HASH_SHA1, HASH_UNKNOWN, 0}, 0, "the hash is weaker"},
        {{{NULL, 0}, SIGNATURE_RSA_PSS, HASH_SHA256, HASH_SHA256, 32}, 7, ""},
        {{{NULL, 0}, SIGNATURE_RSA_PSS, HASH_SHA256, HASH_SHA1, 32}, 0, "another hash"},
        {{{NULL, 0}, SIGNATURE_RSA_PSS, HASH_SHA1, HASH_SHA1, 20}, 0, "the hash is weaker"},
        {{{NULL, 0}, SIGNATURE_ED25519, HASH_NONE, HASH_UNKNOWN, 0}, 5, "no Edwards curves"},
        {{{NULL, 0}, SIGNATURE_ED448, HASH_NONE, HASH_UNKNOWN, 0}, 5, "no Edwards curves"},
        {{{NULL, 0}, SIGNATURE_DSA, HASH_SHA256, HASH_UNKNOWN, 0}, 0, "of this kind are refused"},
        {{{NULL, 0}, SIGNATURE_UNKNOWN, HASH_UNKNOWN, HASH_UNKNOWN, 0}, 0, "of this kind are refused"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int profile = 1; profile <= 3; profile++) {
            struct path_params params;
            const char *why = "";
            bool taken;

            ck_assert(mtlsauth__path_params_of(&params, profile));
            taken = mtlsauth__signature_is_strong(&params, &rows[i].algorithm, &why);
            ck_assert_msg(taken == ((rows[i].taken >> (profile - 1) & 1) != 0), "row %zu, profile %d",
                          i, profile);
            if (!taken)
                ASSERT_SAYS("signature", why, rows[i].why);
        }
    }
}
END_TEST

/* The reason that is kept is the one that tells most, in whichever order they come. */
START_TEST(reasons)
{
    mtlsauth_cert *a = data_cert("client.pem"), *b = data_cert("two-names.pem");
    const struct {
        enum progress progress;
        int code;
        size_t depth;
        const mtlsauth_cert *subject;
    } ranked[] = {
        {PROGRESS_NO_ISSUER, MTLSAUTH_DENY_ISSUER_NOT_FOUND, 0, a},
        {PROGRESS_NO_ISSUER, MTLSAUTH_DENY_UNTRUSTED_ROOT, 1, a}, /* further from the leaf */
        {PROGRESS_SIGNATURE, MTLSAUTH_DENY_BAD_SIGNATURE, 0, a},
        {PROGRESS_PATH, MTLSAUTH_DENY_KEY_USAGE, 2, a},
        {PROGRESS_PATH, MTLSAUTH_DENY_KEY_USAGE, 1, a}, /* nearer to the leaf */
        {PROGRESS_PATH, MTLSAUTH_DENY_NOT_A_CA, 1, a},  /* the smaller code */
        {PROGRESS_TIME, MTLSAUTH_DENY_EXPIRED, 2, b},
        {PROGRESS_USAGE, MTLSAUTH_DENY_KEY_USAGE, 0, b},
    };

    for (size_t i = 0; i < COUNT_OF(ranked); i++) {
        for (size_t k = 0; k < COUNT_OF(ranked); k++) {
            struct reason reason = {.depth = -1};
            size_t best = i > k ? i : k;

            mtlsauth__reason_note(&reason, ranked[i].progress, ranked[i].code, ranked[i].depth,
                                  ranked[i].subject, "text");
            mtlsauth__reason_note(&reason, ranked[k].progress, ranked[k].code, ranked[k].depth,
                                  ranked[k].subject, "text");
            ck_assert_int_eq(reason.code, ranked[best].code);
            ck_assert_int_eq(reason.depth, (int)ranked[best].depth);
            ASSERT_SAYS("subject", reason.message, mtlsauth_cert_subject(ranked[best].subject));
        }
    }
    mtlsauth_cert_free(a);
    mtlsauth_cert_free(b);
}
END_TEST

START_TEST(shown)
{
    char text[400] = "";

    ck_assert_str_eq(mtlsauth__show("").text, "(empty name)");
    for (int i = 0; i < 100; i++)
        strcat(text, i == 0 ? "a" : "\xf0\x9f\x98\x80");
    for (size_t skip = 0; skip < 5; skip++) {
        struct shown cut = mtlsauth__show(text + (skip == 0 ? 0 : 1 + 4 * (skip - 1)));
        size_t len = strlen(cut.text);

        ck_assert_uint_lt(len, sizeof cut.text);
        ck_assert_str_eq(cut.text + len - 3, "...");
        ck_assert_msg(((unsigned char)cut.text[len - 4] & 0xc0U) == 0x80 || cut.text[len - 4] == 'a',
                      "cut inside of a character");
        ck_assert_uint_eq((len - 3 - (skip == 0)) % 4, 0);
    }
}
END_TEST

UNIT_MAIN("trust params", profiles, keys, keys_of_signers, longer_curves, signatures, reasons, shown)
