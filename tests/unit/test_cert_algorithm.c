/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cert/algorithm.h"

#define RSA_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define SHA256_ID "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SHA384_ID "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02"
#define PSS RSA_OID "\x0a"
#define MGF_SHA256 "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" SHA256_ID
#define MGF_SHA384 "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" SHA384_ID

START_TEST(signatures)
{
    static const struct {
        const char *name;
        struct forge_bytes der;
        const char *text; /* NULL: malformed */
        unsigned hash_bits;
    } rows[] = {
        {"RSA, NULL", FORGE("\x30\x0d" RSA_OID "\x0b\x05\x00"), "RSA with SHA-256", 256},
        {"RSA, no parameters", FORGE("\x30\x0b" RSA_OID "\x0b"), "RSA with SHA-256", 256},
        {"RSA, other parameters", FORGE("\x30\x0d" RSA_OID "\x0b\x30\x00"), "unknown algorithm", 0},
        {"RSA, NULL with content", FORGE("\x30\x0e" RSA_OID "\x0b\x05\x01\x00"),
         "unknown algorithm", 0},
        {"RSA, NULL twice", FORGE("\x30\x0f" RSA_OID "\x0b\x05\x00\x05\x00"), "unknown algorithm", 0},
        {"MD5", FORGE("\x30\x0d" RSA_OID "\x04\x05\x00"), "RSA with MD5", 36},
        {"SHA-1", FORGE("\x30\x0d" RSA_OID "\x05\x05\x00"), "RSA with SHA-1", 126},
        {"SHA-224", FORGE("\x30\x0d" RSA_OID "\x0e\x05\x00"), "RSA with SHA-224", 224},
        {"SHA-384", FORGE("\x30\x0d" RSA_OID "\x0c\x05\x00"), "RSA with SHA-384", 384},
        {"SHA-512", FORGE("\x30\x0d" RSA_OID "\x0d\x05\x00"), "RSA with SHA-512", 512},
        {"ECDSA", FORGE("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"), "ECDSA with SHA-256",
         256},
        {"ECDSA with parameters (RFC 5758 3.2)",
         FORGE("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"), "unknown algorithm", 0},
        {"ECDSA with SHA-1", FORGE("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"),
         "ECDSA with SHA-1", 126},
        {"Ed25519", FORGE("\x30\x05\x06\x03\x2b\x65\x70"), "Ed25519", 512},
        {"Ed25519 with parameters", FORGE("\x30\x07\x06\x03\x2b\x65\x70\x05\x00"),
         "unknown algorithm", 0},
        {"Ed448", FORGE("\x30\x05\x06\x03\x2b\x65\x71"), "Ed448", 512},
        {"DSA", FORGE("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x02"), "DSA with SHA-256",
         256},
        {"unknown", FORGE("\x30\x04\x06\x02\x2a\x03"), "unknown algorithm", 0},
        {"PSS, defaults (RFC 4055 3.1)", FORGE("\x30\x0d" PSS "\x30\x00"), "RSA-PSS with SHA-1", 126},
        {"PSS, SHA-256", FORGE("\x30\x38" PSS "\x30\x2b\xa0\x0d" SHA256_ID "\xa1\x1a" MGF_SHA256),
         "RSA-PSS with SHA-256", 256},
        {"PSS, all of them",
         FORGE("\x30\x42" PSS "\x30\x35\xa0\x0d" SHA256_ID "\xa1\x1a" MGF_SHA256
               "\xa2\x03\x02\x01\x20\xa3\x03\x02\x01\x01"),
         "RSA-PSS with SHA-256", 256},
        {"PSS, mask of another hash",
         FORGE("\x30\x38" PSS "\x30\x2b\xa0\x0d" SHA256_ID "\xa1\x1a" MGF_SHA384),
         "RSA-PSS with SHA-256", 256},
        {"PSS, unknown hash", FORGE("\x30\x15" PSS "\x30\x08\xa0\x06\x30\x04\x06\x02\x2a\x03"),
         "RSA-PSS with unknown algorithm", 0},
        {"PSS without parameters", FORGE("\x30\x0b" PSS), NULL, 0},
        {"PSS, trailer 2", FORGE("\x30\x12" PSS "\x30\x05\xa3\x03\x02\x01\x02"), NULL, 0},
        {"PSS, salt -1", FORGE("\x30\x12" PSS "\x30\x05\xa2\x03\x02\x01\xff"), NULL, 0},
        {"PSS, empty [0]", FORGE("\x30\x0f" PSS "\x30\x02\xa0\x00"), NULL, 0},
        {"PSS, two in [0]", FORGE("\x30\x1d" PSS "\x30\x10\xa0\x0e" SHA256_ID "\x00"), NULL, 0},
        {"PSS, another mask",
         FORGE("\x30\x15" PSS "\x30\x08\xa1\x06\x30\x04\x06\x02\x2a\x03"), NULL, 0},
        {"PSS, surplus", FORGE("\x30\x0f" PSS "\x30\x02\x05\x00"), NULL, 0},
        {"PSS, behind the parameters", FORGE("\x30\x0f" PSS "\x30\x00\x05\x00"), NULL, 0},
        {"no SEQUENCE", FORGE("\x31\x00"), NULL, 0},
        {"empty", FORGE("\x30\x00"), NULL, 0},
        {"cut off", FORGE("\x30\x05\x06\x03\x2b"), NULL, 0},
        {"behind it", FORGE("\x30\x04\x06\x02\x2a\x03\x00"), NULL, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct algorithm algorithm;
        char text[MTLSAUTH__ALGORITHM_TEXT];
        bool ok = mtlsauth__algorithm_read(&algorithm, span_of(rows[i].der.bytes, rows[i].der.len));

        ASSERT_INT(rows[i].name, ok, rows[i].text != NULL);
        if (!ok)
            continue;
        mtlsauth__algorithm_text(&algorithm, text);
        ASSERT_TEXT(rows[i].name, text, rows[i].text);
        ASSERT_INT(rows[i].name, mtlsauth__hash_bits(algorithm.hash), rows[i].hash_bits);
    }
}
END_TEST

START_TEST(pss_parameters)
{
    static const char der[] = "\x30\x3d" PSS "\x30\x30\xa0\x0d" SHA384_ID "\xa1\x1a" MGF_SHA256
                              "\xa2\x03\x02\x01\x30";
    struct algorithm algorithm;

    ck_assert(mtlsauth__algorithm_read(&algorithm, span_of(der, sizeof der - 1)));
    ck_assert_int_eq(algorithm.type, SIGNATURE_RSA_PSS);
    ck_assert_int_eq(algorithm.hash, HASH_SHA384);
    ck_assert_int_eq(algorithm.mgf_hash, HASH_SHA256);
    ck_assert_uint_eq(algorithm.salt_length, 48);
}
END_TEST

#define RSA_KEY(spki_len, body) "\x30" spki_len "\x30\x0d" RSA_OID "\x01\x05\x00" body
#define EC_ID "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"

START_TEST(keys)
{
    static const struct {
        const char *name;
        struct forge_bytes der;
        const char *text; /* NULL: malformed */
    } rows[] = {
        {"RSA of 9 bits", FORGE(RSA_KEY("\x1b", "\x03\x0a\x00\x30\x07\x02\x02\x01\x01\x02\x01\x03")),
         "RSA 9"},
        {"RSA of 8 bits", FORGE(RSA_KEY("\x1b", "\x03\x0a\x00\x30\x07\x02\x02\x00\x80\x02\x01\x03")),
         "RSA 8"},
        {"RSA, no parameters",
         FORGE("\x30\x19\x30\x0b" RSA_OID "\x01\x03\x0a\x00\x30\x07\x02\x02\x01\x01\x02\x01\x03"),
         "RSA 9"},
        {"RSA, parameters that are not NULL",
         FORGE("\x30\x1b\x30\x0d" RSA_OID
               "\x01\x30\x00\x03\x0a\x00\x30\x07\x02\x02\x01\x01\x02\x01\x03"),
         "unknown key type"},
        {"RSA, negative modulus",
         FORGE(RSA_KEY("\x1a", "\x03\x09\x00\x30\x06\x02\x01\x80\x02\x01\x03")), NULL},
        {"RSA, modulus 0", FORGE(RSA_KEY("\x1a", "\x03\x09\x00\x30\x06\x02\x01\x00\x02\x01\x03")),
         NULL},
        {"RSA, negative exponent",
         FORGE(RSA_KEY("\x1a", "\x03\x09\x00\x30\x06\x02\x01\x7f\x02\x01\xff")), NULL},
        {"RSA, modulus not minimal",
         FORGE(RSA_KEY("\x1b", "\x03\x0a\x00\x30\x07\x02\x02\x00\x7f\x02\x01\x03")), NULL},
        {"RSA without exponent", FORGE(RSA_KEY("\x17", "\x03\x06\x00\x30\x03\x02\x01\x7f")), NULL},
        {"RSA, surplus",
         FORGE(RSA_KEY("\x1c", "\x03\x0b\x00\x30\x08\x02\x01\x7f\x02\x01\x03\x05\x00")), NULL},
        {"RSA, unused bits",
         FORGE(RSA_KEY("\x1a", "\x03\x09\x01\x30\x06\x02\x01\x7f\x02\x01\x02")), NULL},
        {"P-256", FORGE("\x30\x17\x30\x13" EC_ID "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x00"),
         NULL},
        {"P-256, no point", FORGE("\x30\x18\x30\x13" EC_ID
                                  "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x01\x00"),
         "EC P-256"},
        {"point at infinity", FORGE("\x30\x19\x30\x13" EC_ID
                                    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x00"),
         NULL},
        {"compressed point", FORGE("\x30\x19\x30\x13" EC_ID
                                   "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x03"),
         "EC P-256"},
        {"first octet 1", FORGE("\x30\x19\x30\x13" EC_ID
                                "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x01"),
         NULL},
        {"first octet 5", FORGE("\x30\x19\x30\x13" EC_ID
                                "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x05"),
         NULL},
        {"hybrid point", FORGE("\x30\x19\x30\x13" EC_ID
                               "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x06"),
         NULL},
        {"P-384", FORGE("\x30\x15\x30\x10" EC_ID "\x06\x05\x2b\x81\x04\x00\x22\x03\x01\x00"),
         "EC P-384"},
        {"P-521", FORGE("\x30\x15\x30\x10" EC_ID "\x06\x05\x2b\x81\x04\x00\x23\x03\x01\x00"),
         "EC P-521"},
        {"P-224", FORGE("\x30\x15\x30\x10" EC_ID "\x06\x05\x2b\x81\x04\x00\x21\x03\x01\x00"),
         "EC of 224 bits, no NIST curve"},
        {"unknown curve", FORGE("\x30\x12\x30\x0d" EC_ID "\x06\x02\x2a\x03\x03\x01\x00"),
         "EC, unknown curve"},
        {"CVE-2022-0778: explicit parameters",
         FORGE("\x30\x10\x30\x0b" EC_ID "\x30\x00\x03\x01\x00"), "EC with explicit parameters"},
        {"curve inherited", FORGE("\x30\x10\x30\x0b" EC_ID "\x05\x00\x03\x01\x00"), NULL},
        {"no curve", FORGE("\x30\x0e\x30\x09" EC_ID "\x03\x01\x00"), NULL},
        {"Ed25519, short", FORGE("\x30\x0a\x30\x05\x06\x03\x2b\x65\x70\x03\x01\x00"), NULL},
        {"Ed448, short", FORGE("\x30\x0a\x30\x05\x06\x03\x2b\x65\x71\x03\x01\x00"), NULL},
        {"DSA, inherited", FORGE("\x30\x0e\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04\x01\x03\x01\x00"),
         "DSA 0"},
        {"DSA", FORGE("\x30\x13\x30\x0e\x06\x07\x2a\x86\x48\xce\x38\x04\x01\x30\x03\x02\x01\x7f"
                      "\x03\x01\x00"),
         "DSA 7"},
        {"unknown", FORGE("\x30\x09\x30\x04\x06\x02\x2a\x03\x03\x01\x00"), "unknown key type"},
        {"no BIT STRING", FORGE("\x30\x06\x30\x04\x06\x02\x2a\x03"), NULL},
        {"surplus", FORGE("\x30\x0b\x30\x04\x06\x02\x2a\x03\x03\x01\x00\x05\x00"), NULL},
        {"empty", FORGE(""), NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[MTLSAUTH__ALGORITHM_TEXT];
        struct key_facts key;
        bool ok = mtlsauth__key_read(&key, span_of(rows[i].der.bytes, rows[i].der.len));

        ASSERT_INT(rows[i].name, ok, rows[i].text != NULL);
        if (!ok)
            continue;
        mtlsauth__key_text(&key, text);
        ASSERT_TEXT(rows[i].name, text, rows[i].text);
    }
}
END_TEST

START_TEST(of_real_certificates)
{
    static const struct {
        const char *file, *key, *signature;
    } rows[] = {
        {"root.pem", "RSA 2048", "RSA with SHA-256"},
        {"rsapss.pem", "RSA-PSS 2048", "RSA with SHA-256"},
        {"p521.pem", "EC P-521", "RSA with SHA-256"},
        {"ed25519.pem", "Ed25519", "RSA with SHA-256"},
        {"ed448.pem", "Ed448", "RSA with SHA-256"},
        {"sha1.pem", "EC P-256", "RSA with SHA-1"},
        {"client.pem", "EC P-256", "ECDSA with SHA-256"},
        {"weak-curve.pem", "EC of 224 bits, no NIST curve", "RSA with SHA-256"},
        {"explicit-params.pem", "EC with explicit parameters", "RSA with SHA-256"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = data_cert(rows[i].file);

        ASSERT_TEXT(rows[i].file, mtlsauth_cert_key_text(cert), rows[i].key);
        ASSERT_TEXT(rows[i].file, mtlsauth_cert_signature_text(cert), rows[i].signature);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* Every type of key with every type of signature: few of them go together. */
START_TEST(which_key_makes_which_signature)
{
    for (int key = KEY_UNKNOWN; key <= KEY_DSA; key++) {
        for (int type = SIGNATURE_UNKNOWN; type <= SIGNATURE_DSA; type++) {
            bool fits = (key == KEY_RSA && (type == SIGNATURE_RSA || type == SIGNATURE_RSA_PSS)) ||
                        (key == KEY_RSA_PSS && type == SIGNATURE_RSA_PSS) ||
                        (key == KEY_EC && type == SIGNATURE_ECDSA) ||
                        (key == KEY_ED25519 && type == SIGNATURE_ED25519) ||
                        (key == KEY_ED448 && type == SIGNATURE_ED448) ||
                        (key == KEY_DSA && type == SIGNATURE_DSA);
            const struct key_facts facts = {.type = (enum key_type)key};
            const struct algorithm algorithm = {.type = (enum signature_type)type};

            ck_assert_msg(mtlsauth__key_fits(&facts, &algorithm) == fits, "key %d, signature %d",
                          key, type);
        }
    }
}
END_TEST

UNIT_MAIN("cert algorithm", signatures, pss_parameters, keys, of_real_certificates,
          which_key_makes_which_signature)
