/* SPDX-License-Identifier: MIT */
/* AlgorithmIdentifier and SubjectPublicKeyInfo as text: parameters and keys of a wrong form, and
 * which key makes which signature. */
#include "unit.h"

#include "cert/algorithm.h"
#include "support/der_text.h"

#define RSA "06 { 2a 86 48 86 f7 0d 01 01 01 }"
#define PSS "06 { 2a 86 48 86 f7 0d 01 01 0a }"
#define MGF "06 { 2a 86 48 86 f7 0d 01 01 08 }"
#define SHA "30 { 06 { 60 86 48 01 65 03 04 02 01 } }"
#define EC "06 { 2a 86 48 ce 3d 02 01 }"
#define P256 "06 { 2a 86 48 ce 3d 03 01 07 }"

START_TEST(parameters_of_pss)
{
    static const struct {
        const char *name, *text;
        bool ok;
    } rows[] = {
        {"all", "a0 { " SHA " } a1 { 30 { " MGF " " SHA " } } a2 { 02 01 20 } a3 { 02 01 01 }",
         true},
        {"a hash longer than it is", "a0 7f 30", false},
        {"a hash and something behind it", "a0 { " SHA " 05 00 }", false},
        {"a mask longer than it is", "a1 7f 30", false},
        {"a mask that is no SEQUENCE", "a1 { 05 00 }", false},
        {"a mask without an OID", "a1 { 30 00 }", false},
        {"a mask of another function", "a1 { 30 { " RSA " " SHA " } }", false},
        {"a salt longer than it is", "a2 7f 02", false},
        {"a salt that is no INTEGER", "a2 { 04 01 20 }", false},
        {"a salt of 33 bits", "a2 { 02 05 01 00 00 00 00 }", false},
        {"a trailer that is no INTEGER", "a3 { 04 01 01 }", false},
        {"a trailer longer than it is", "a3 7f 02", false},
        {"another trailer", "a3 { 02 01 02 }", false},
        {"something behind", "a3 { 02 01 01 } a4 00", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text("30");
        struct algorithm algorithm;

        der_text_add(&text, PSS " 30");
        der_text_add(&text, rows[i].text);
        der_text_close(&text, 13);
        der_text_close(&text, 1);
        ASSERT_INT(rows[i].name, mtlsauth__algorithm_read(&algorithm, span_of(text.ptr, text.len)),
                   rows[i].ok);
        ASSERT_INT(rows[i].name, algorithm.type, SIGNATURE_RSA_PSS);
        free(text.ptr);
    }
}
END_TEST

START_TEST(hashes)
{
    static const struct {
        const char *text;
        enum hash hash;
    } rows[] = {
        {SHA, HASH_SHA256},
        {"30 { 06 { 60 86 48 01 65 03 04 02 01 } 05 00 }", HASH_SHA256},
        {"30 { 06 { 60 86 48 01 65 03 04 02 01 } 05 01 00 }", HASH_UNKNOWN},
        {"30 { 06 { 60 86 48 01 65 03 04 02 01 } 04 00 }", HASH_UNKNOWN},
        {"30 { 06 { 2a 03 } }", HASH_UNKNOWN},
        {"30 00", HASH_UNKNOWN},
        {"05 00", HASH_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);

        ASSERT_INT(rows[i].text, mtlsauth__hash_read(span_of(text.ptr, text.len)), rows[i].hash);
        free(text.ptr);
    }
    ck_assert_uint_eq(mtlsauth__hash_bits(HASH_UNKNOWN), 0);
    ck_assert_uint_eq(mtlsauth__hash_bits(HASH_NONE), 512);
}
END_TEST

START_TEST(keys)
{
    static const struct {
        const char *name, *text;
        bool ok;
        unsigned bits;
    } rows[] = {
        {"RSA", "30 { 30 { " RSA " } 03 { 00 30 { 02 { 00 c0 * 32 } 02 01 03 } } }", true, 256},
        {"RSA that is no SEQUENCE", "30 { 30 { " RSA " } 03 { 00 05 00 } }", false, 0},
        {"RSA without an exponent", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 } } }", false, 0},
        {"RSA with more", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 02 01 03 05 00 } } }", false,
         0},
        {"RSA with more behind", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 02 01 03 } 05 00 } }",
         false, 0},
        {"RSA, a negative modulus", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 83 02 01 03 } } }",
         false, 0},
        {"RSA, a negative exponent", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 02 01 83 } } }",
         false, 0},
        {"RSA, no octets of an exponent", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 02 00 } } }",
         false, 0},
        {"RSA, a modulus of 0", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 00 02 01 03 } } }", false,
         0},
        {"RSA, a modulus of 65,536 octets",
         "30 { 30 { " RSA " } 03 { 00 30 { 02 { 7f * 65536 } 02 01 03 } } }", false, 0},
        {"EC", "30 { 30 { " EC " " P256 " } 03 { 00 04 } }", true, 256},
        {"EC, the point at infinity", "30 { 30 { " EC " " P256 " } 03 { 00 00 } }", false, 0},
        {"EC without a curve", "30 { 30 { " EC " } 03 { 00 04 } }", false, 0},
        {"EC, behind the curve", "30 { 30 { " EC " " P256 " 05 00 } 03 { 00 04 } }", false, 0},
        {"EC spelled out", "30 { 30 { " EC " 30 00 } 03 { 00 04 } }", true, 0},
        {"Ed25519, one octet less", "30 { 30 { 06 { 2b 65 70 } } 03 { 00 11 * 31 } }", false, 0},
        {"Ed448", "30 { 30 { 06 { 2b 65 71 } } 03 { 00 11 * 57 } }", true, 448},
        {"Ed448 with parameters", "30 { 30 { 06 { 2b 65 71 } 05 00 } 03 { 00 11 * 57 } }", false,
         0},
        {"DSA", "30 { 30 { 06 { 2a 86 48 ce 38 04 01 } 30 { 02 01 05 } } 03 { 00 11 } }", true, 3},
        {"DSA, inherited", "30 { 30 { 06 { 2a 86 48 ce 38 04 01 } } 03 { 00 11 } }", true, 0},
        {"DSA, empty", "30 { 30 { 06 { 2a 86 48 ce 38 04 01 } 30 00 } 03 { 00 11 } }", true, 0},
        {"unknown", "30 { 30 { 06 { 2a 03 } } 03 { 00 11 } }", true, 0},
        {"no algorithm", "30 { 03 { 00 11 } }", false, 0},
        {"no key", "30 { 30 { 06 { 2a 03 } } }", false, 0},
        {"behind the key", "30 { 30 { 06 { 2a 03 } } 03 { 00 11 } 05 00 }", false, 0},
        {"behind all", "30 { 30 { 06 { 2a 03 } } 03 { 00 11 } } 05 00", false, 0},
        {"unused bits", "30 { 30 { 06 { 2a 03 } } 03 { 01 10 } }", false, 0},
        {"no bits", "30 { 30 { 06 { 2a 03 } } 03 00 }", false, 0},
        {"an algorithm without an OID", "30 { 30 { 05 00 } 03 { 00 11 } }", false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        struct key_facts key;

        ASSERT_INT(rows[i].name, mtlsauth__key_read(&key, span_of(text.ptr, text.len)), rows[i].ok);
        if (rows[i].ok)
            ASSERT_INT(rows[i].name, key.bits, rows[i].bits);
        free(text.ptr);
    }
}
END_TEST

/* RFC 3279 2.3.1, RFC 5480 2.2: the form that everybody writes, and the other one. */
START_TEST(forms_of_one_key)
{
    static const struct {
        const char *name, *text;
        bool is_variant;
    } rows[] = {
        {"RSA", "30 { 30 { " RSA " 05 00 } 03 { 00 30 { 02 01 03 02 01 03 } } }", false},
        {"RSA without NULL", "30 { 30 { " RSA " } 03 { 00 30 { 02 01 03 02 01 03 } } }", true},
        {"RSA-PSS without parameters",
         "30 { 30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } } 03 { 00 30 { 02 01 03 02 01 03 } } }",
         true},
        {"RSA-PSS with parameters",
         "30 { 30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } 30 00 } "
         "03 { 00 30 { 02 01 03 02 01 03 } } }",
         true},
        {"EC", "30 { 30 { " EC " " P256 " } 03 { 00 04 } }", false},
        {"EC, compressed, 2", "30 { 30 { " EC " " P256 " } 03 { 00 02 } }", true},
        {"EC, compressed, 3", "30 { 30 { " EC " " P256 " } 03 { 00 03 } }", true},
        {"Ed448", "30 { 30 { 06 { 2b 65 71 } } 03 { 00 11 * 57 } }", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        struct key_facts key;

        ASSERT_TRUE(rows[i].name, mtlsauth__key_read(&key, span_of(text.ptr, text.len)));
        ASSERT_INT(rows[i].name, key.is_variant, rows[i].is_variant);
        free(text.ptr);
    }
}
END_TEST

/* Who has the private key of the one has that of the other. */
START_TEST(shared_keys)
{
#define RSA_KEY(n, e) "03 { 00 30 { 02 01 " n " 02 01 " e " } }"
#define EC_KEY(octets) "30 { 30 { " EC " " P256 " } 03 { 00 " octets " } }"
    static const struct {
        const char *name, *one, *other;
        bool shared;
    } rows[] = {
        {"RSA", "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }",
         "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }", true},
        {"RSA without NULL", "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }",
         "30 { 30 { " RSA " } " RSA_KEY("0f", "03") " }", true},
        {"RSA-PSS", "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }",
         "30 { 30 { " PSS " } " RSA_KEY("0f", "03") " }", true},
        {"RSA, another exponent", "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }",
         "30 { 30 { " PSS " } " RSA_KEY("0f", "05") " }", true},
        {"RSA, another modulus", "30 { 30 { " RSA " 05 00 } " RSA_KEY("0f", "03") " }",
         "30 { 30 { " RSA " 05 00 } " RSA_KEY("15", "03") " }", false},
        {"RSA that is none", "30 { 30 { " RSA " 05 00 } 03 { 00 04 01 0f } }",
         "30 { 30 { " RSA " } 03 { 00 04 01 0f } }", true},
        {"RSA that is none, another", "30 { 30 { " RSA " 05 00 } 03 { 00 04 01 0f } }",
         "30 { 30 { " RSA " } 03 { 00 04 01 0e } }", false},
        {"EC", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("04 11 * 32 22 * 32"), true},
        {"EC, compressed", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("02 11 * 32"), true},
        {"EC, both compressed, -Y", EC_KEY("03 11 * 32"), EC_KEY("02 11 * 32"), true},
        {"EC, -Y", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("04 11 * 32 33 * 32"), true},
        {"EC, another X", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("04 12 11 * 31 22 * 32"), false},
        {"EC, another X, compressed", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("02 11 * 31 12"), false},
        {"EC, Y for X", EC_KEY("04 11 * 32 22 * 32"), EC_KEY("02 22 * 32"), false},
        {"EC without octets", EC_KEY(""), EC_KEY("02 22 * 32"), false},
        {"Ed25519", "30 { 30 { 06 { 2b 65 70 } } 03 { 00 11 * 32 } }",
         "30 { 30 { 06 { 2b 65 70 } } 03 { 00 11 * 32 } }", true},
        {"Ed25519, another", "30 { 30 { 06 { 2b 65 70 } } 03 { 00 11 * 32 } }",
         "30 { 30 { 06 { 2b 65 70 } } 03 { 00 11 * 31 12 } }", false},
        {"what cannot be read", "05 00", "05 00", true},
        {"what cannot be read, another", "05 00", "05 01 00", false},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        struct der_text one = der_text(rows[i / 2].one), other = der_text(rows[i / 2].other);
        struct span first = span_of(one.ptr, one.len), second = span_of(other.ptr, other.len);
        bool shared = i % 2 == 0 ? mtlsauth__key_is_shared(first, second)
                                 : mtlsauth__key_is_shared(second, first);

        ASSERT_INT(rows[i / 2].name, shared, rows[i / 2].shared);
        free(one.ptr);
        free(other.ptr);
    }
}
END_TEST

/* RFC 4055 1.2: a key for RSA may sign with PSS, one for PSS alone may not sign otherwise. */
START_TEST(which_key_signs_what)
{
    static const enum signature_type of_key[] = {
        [KEY_UNKNOWN] = SIGNATURE_UNKNOWN, [KEY_RSA] = SIGNATURE_RSA,
        [KEY_RSA_PSS] = SIGNATURE_RSA_PSS, [KEY_EC] = SIGNATURE_ECDSA,
        [KEY_ED25519] = SIGNATURE_ED25519, [KEY_ED448] = SIGNATURE_ED448,
        [KEY_DSA] = SIGNATURE_DSA,
    };

    for (enum key_type type = KEY_UNKNOWN; type <= KEY_DSA; type++) {
        for (enum signature_type by = SIGNATURE_UNKNOWN; by <= SIGNATURE_DSA; by++) {
            struct key_facts key = {.type = type};
            struct algorithm algorithm = {.type = by};
            bool want = by != SIGNATURE_UNKNOWN &&
                        (of_key[type] == by || (type == KEY_RSA && by == SIGNATURE_RSA_PSS));

            ck_assert_msg(mtlsauth__key_fits(&key, &algorithm) == want, "key %d, signature %d",
                          (int)type, (int)by);
        }
    }
    ck_assert(!mtlsauth__algorithm_is_known(
        &(struct algorithm){.type = SIGNATURE_RSA_PSS, .hash = HASH_UNKNOWN}));
    ck_assert(!mtlsauth__algorithm_is_known(
        &(struct algorithm){.type = SIGNATURE_UNKNOWN, .hash = HASH_SHA256}));
}
END_TEST

UNIT_MAIN("cert/algorithm forms", parameters_of_pss, hashes, keys, forms_of_one_key, shared_keys,
          which_key_signs_what)
