/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_ALGORITHM_H
#define MTLSAUTH_CERT_ALGORITHM_H

#include "base/span.h"

/* What a key is, read from its SubjectPublicKeyInfo without decoding the key itself. */
enum key_type {
    KEY_UNKNOWN,
    KEY_RSA,
    KEY_RSA_PSS,
    KEY_EC,
    KEY_ED25519,
    KEY_ED448,
    KEY_DSA
};

enum key_curve {
    CURVE_NONE,
    CURVE_P256,
    CURVE_P384,
    CURVE_P521,
    CURVE_OTHER,   /* named, and not one of these */
    CURVE_EXPLICIT /* parameters spelled out: refused before any arithmetic (CVE-2022-0778) */
};

struct key_facts {
    enum key_type type;
    enum key_curve curve;
    bool is_usual_rsa; /* modulus and exponent are odd, and the exponent has 2 to 32 bits */
    /* A compressed point, RSA without NULL, or for RSA-PSS alone: the same key has two digests. */
    bool is_variant;
    unsigned bits; /* of the RSA or DSA modulus, of the curve's field; 0 when not known */
};

enum hash {
    HASH_UNKNOWN,
    HASH_NONE, /* EdDSA hashes by itself */
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA224,
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512
};

enum signature_type {
    SIGNATURE_UNKNOWN,
    SIGNATURE_RSA,
    SIGNATURE_RSA_PSS,
    SIGNATURE_ECDSA,
    SIGNATURE_ED25519,
    SIGNATURE_ED448,
    SIGNATURE_DSA
};

/* An AlgorithmIdentifier of a signature. */
struct algorithm {
    struct span whole; /* with tag and length */
    enum signature_type type;
    enum hash hash;
    enum hash mgf_hash;  /* RSA-PSS */
    uint32_t salt_length; /* RSA-PSS */
};

/* Longest text that the functions below write, with its NUL. */
#define MTLSAUTH__ALGORITHM_TEXT 48

/* Reads an AlgorithmIdentifier (with tag and length); false if it is malformed. One that is
 * well-formed and not known has SIGNATURE_UNKNOWN. */
bool mtlsauth__algorithm_read(struct algorithm *algorithm, struct span whole);

/* Reads a SubjectPublicKeyInfo (with tag and length); false if it is malformed. */
bool mtlsauth__key_read(struct key_facts *key, struct span spki);

/* Has whoever has the private key of the one SubjectPublicKeyInfo that of the other? They are the
 * same key then, in whatever form (a compressed point, RSA with or without NULL, RSA-PSS), or of
 * one modulus, or of one X coordinate: that is no accident, and counts as the same. */
bool mtlsauth__key_is_shared(struct span spki, struct span other);

/* The hash of an AlgorithmIdentifier (with tag and length); HASH_UNKNOWN for another, or
 * malformed. */
enum hash mtlsauth__hash_read(struct span identifier);

/* Can signatures of this algorithm be checked here at all? */
static inline bool mtlsauth__algorithm_is_known(const struct algorithm *algorithm)
{
    return algorithm->type != SIGNATURE_UNKNOWN && algorithm->hash != HASH_UNKNOWN;
}

/* Security of a hash against collisions, as bits of its output; EdDSA counts as 512. */
unsigned mtlsauth__hash_bits(enum hash hash);

/* May a key of this type make signatures of that one? */
bool mtlsauth__key_fits(const struct key_facts *key, const struct algorithm *algorithm);

/* "RSA 2048", "EC P-256"; "RSA-PSS with SHA-256". */
void mtlsauth__key_text(const struct key_facts *key, char out[MTLSAUTH__ALGORITHM_TEXT]);
void mtlsauth__algorithm_text(const struct algorithm *algorithm,
                              char out[MTLSAUTH__ALGORITHM_TEXT]);

#endif
