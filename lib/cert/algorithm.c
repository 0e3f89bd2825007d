/* SPDX-License-Identifier: MIT */
#include "cert/algorithm.h"

#include <stdio.h>
#include "base/der.h"
#include "base/oid.h"

/* RFC 3279 2.3, RFC 5480 2.1, RFC 8410 3: what a key is. */
#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_RSA_PSS "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define OID_MGF1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_ED25519 "\x2b\x65\x70"
#define OID_ED448 "\x2b\x65\x71"
#define OID_DSA "\x2a\x86\x48\xce\x38\x04\x01"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

struct algorithm_row {
    struct span oid;
    enum signature_type type;
    enum hash hash;
    const char *name;
};

/* RFC 3279 2.2, RFC 4055 5, RFC 5758 3, RFC 8410 3. */
static const struct algorithm_row algorithms[] = {
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"), SIGNATURE_RSA, HASH_MD5, "RSA with MD5"},
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"), SIGNATURE_RSA, HASH_SHA1, "RSA with SHA-1"},
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e"), SIGNATURE_RSA, HASH_SHA224, "RSA with SHA-224"},
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), SIGNATURE_RSA, HASH_SHA256, "RSA with SHA-256"},
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), SIGNATURE_RSA, HASH_SHA384, "RSA with SHA-384"},
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), SIGNATURE_RSA, HASH_SHA512, "RSA with SHA-512"},
    {BYTES("\x2a\x86\x48\xce\x3d\x04\x01"), SIGNATURE_ECDSA, HASH_SHA1, "ECDSA with SHA-1"},
    {BYTES("\x2a\x86\x48\xce\x3d\x04\x03\x01"), SIGNATURE_ECDSA, HASH_SHA224, "ECDSA with SHA-224"},
    {BYTES("\x2a\x86\x48\xce\x3d\x04\x03\x02"), SIGNATURE_ECDSA, HASH_SHA256, "ECDSA with SHA-256"},
    {BYTES("\x2a\x86\x48\xce\x3d\x04\x03\x03"), SIGNATURE_ECDSA, HASH_SHA384, "ECDSA with SHA-384"},
    {BYTES("\x2a\x86\x48\xce\x3d\x04\x03\x04"), SIGNATURE_ECDSA, HASH_SHA512, "ECDSA with SHA-512"},
    {BYTES(OID_ED25519), SIGNATURE_ED25519, HASH_NONE, "Ed25519"},
    {BYTES(OID_ED448), SIGNATURE_ED448, HASH_NONE, "Ed448"},
    {BYTES("\x2a\x86\x48\xce\x38\x04\x03"), SIGNATURE_DSA, HASH_SHA1, "DSA with SHA-1"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x03\x01"), SIGNATURE_DSA, HASH_SHA224, "DSA with SHA-224"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x03\x02"), SIGNATURE_DSA, HASH_SHA256, "DSA with SHA-256"},
};

struct hash_row {
    struct span oid;
    enum hash hash;
    unsigned bits;
    const char *name;
};

/* bits: of the output; MD5 and SHA-1 as weak as they are known to be. */
static const struct hash_row hashes[] = {
    {BYTES("\x2a\x86\x48\x86\xf7\x0d\x02\x05"), HASH_MD5, 36, "MD5"},
    {BYTES("\x2b\x0e\x03\x02\x1a"), HASH_SHA1, 126, "SHA-1"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x04"), HASH_SHA224, 224, "SHA-224"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), HASH_SHA256, 256, "SHA-256"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), HASH_SHA384, 384, "SHA-384"},
    {BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), HASH_SHA512, 512, "SHA-512"},
};

struct curve_row {
    struct span oid;
    enum key_curve curve;
    unsigned bits;
    const char *name;
};

static const struct curve_row curves[] = {
    {BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07"), CURVE_P256, 256, "EC P-256"},
    {BYTES("\x2b\x81\x04\x00\x22"), CURVE_P384, 384, "EC P-384"},
    {BYTES("\x2b\x81\x04\x00\x23"), CURVE_P521, 521, "EC P-521"},
    {BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x01"), CURVE_OTHER, 192, "EC P-192"},
    {BYTES("\x2b\x81\x04\x00\x21"), CURVE_OTHER, 224, "EC P-224"},
    {BYTES("\x2b\x81\x04\x00\x0a"), CURVE_OTHER, 256, "EC secp256k1"},
    {BYTES("\x2b\x24\x03\x03\x02\x08\x01\x01\x07"), CURVE_OTHER, 256, "EC brainpoolP256r1"},
    {BYTES("\x2b\x24\x03\x03\x02\x08\x01\x01\x0b"), CURVE_OTHER, 384, "EC brainpoolP384r1"},
    {BYTES("\x2b\x24\x03\x03\x02\x08\x01\x01\x0d"), CURVE_OTHER, 512, "EC brainpoolP512r1"},
};

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL } */
static bool read_identifier(struct span whole, struct span *oid, struct der *parameters)
{
    struct der in = der_of(whole);

    return mtlsauth__der_enter(&in, DER_SEQUENCE, parameters) && der_at_end(&in) &&
           mtlsauth__der_read(parameters, DER_OID, oid) && mtlsauth__oid_ok(*oid);
}

static bool is_absent_or_null(struct der parameters)
{
    struct span value;

    return der_at_end(&parameters) || (mtlsauth__der_read(&parameters, DER_NULL, &value) &&
                                       value.len == 0 && der_at_end(&parameters));
}

enum hash mtlsauth__hash_read(struct span identifier)
{
    struct der parameters;
    struct span oid;

    if (!read_identifier(identifier, &oid, &parameters) || !is_absent_or_null(parameters))
        return HASH_UNKNOWN;
    for (size_t i = 0; i < ROWS(hashes); i++)
        if (span_equal(hashes[i].oid, oid))
            return hashes[i].hash;
    return HASH_UNKNOWN;
}

/* [n] EXPLICIT AlgorithmIdentifier, as the parameters of RSASSA-PSS have it. */
static bool read_explicit(struct der *in, unsigned n, bool *present, struct span *whole)
{
    struct span value;
    struct der inner;

    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(n), present, &value) || !*present)
        return !*present;
    inner = der_of(value);
    return mtlsauth__der_read_whole(&inner, DER_SEQUENCE, whole) && der_at_end(&inner);
}

/* [n] EXPLICIT INTEGER DEFAULT ... */
static bool read_explicit_integer(struct der *in, unsigned n, uint32_t *out)
{
    struct span value, integer;
    bool present;

    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(n), &present, &value))
        return false;
    return !present || (mtlsauth__der_only(value, DER_INTEGER, &integer) &&
                        mtlsauth__der_small_integer(integer, out));
}

/* RSASSA-PSS-params, RFC 4055 3.1: SHA-1 and 20 octets where nothing is said. */
static bool read_pss(struct algorithm *algorithm, struct der *parameters)
{
    uint32_t salt_length = 20, trailer = 1;
    struct span hash, mgf, mgf_oid;
    bool has_hash, has_mgf;
    struct der in, mgf_parameters;

    if (!mtlsauth__der_enter(parameters, DER_SEQUENCE, &in) || !der_at_end(parameters))
        return false;
    if (!read_explicit(&in, 0, &has_hash, &hash) || !read_explicit(&in, 1, &has_mgf, &mgf) ||
        !read_explicit_integer(&in, 2, &salt_length) || !read_explicit_integer(&in, 3, &trailer) ||
        !der_at_end(&in) || trailer != 1)
        return false;
    algorithm->hash = has_hash ? mtlsauth__hash_read(hash) : HASH_SHA1;
    algorithm->mgf_hash = HASH_SHA1;
    if (has_mgf) {
        if (!read_identifier(mgf, &mgf_oid, &mgf_parameters) || !OID_IS(mgf_oid, OID_MGF1))
            return false;
        algorithm->mgf_hash = mtlsauth__hash_read(
            span_of(mgf_parameters.pos, (size_t)(mgf_parameters.end - mgf_parameters.pos)));
    }
    algorithm->salt_length = salt_length;
    return true;
}

bool mtlsauth__algorithm_read(struct algorithm *algorithm, struct span whole)
{
    struct der parameters;
    struct span oid;

    *algorithm = (struct algorithm){.whole = whole};
    if (!read_identifier(whole, &oid, &parameters))
        return false;
    if (OID_IS(oid, OID_RSA_PSS)) {
        algorithm->type = SIGNATURE_RSA_PSS;
        return read_pss(algorithm, &parameters);
    }
    for (size_t i = 0; i < ROWS(algorithms); i++) {
        if (!span_equal(algorithms[i].oid, oid))
            continue;
        /* RFC 5758 3.2, RFC 8410 3: no parameters. RFC 4055 5: NULL, often left away. */
        if (algorithms[i].type == SIGNATURE_RSA ? !is_absent_or_null(parameters)
                                                : !der_at_end(&parameters))
            return true;
        algorithm->type = algorithms[i].type;
        algorithm->hash = algorithms[i].hash;
    }
    return true;
}

static unsigned bit_length(struct span integer)
{
    size_t i = 0;
    unsigned bits;

    while (i < integer.len && integer.ptr[i] == 0)
        i++;
    if (i == integer.len || integer.len - i > UINT16_MAX)
        return 0;
    bits = (unsigned)(integer.len - i) * 8;
    for (uint8_t top = integer.ptr[i]; (top & 0x80U) == 0; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static bool read_rsa(struct key_facts *key, struct span octets)
{
    struct span modulus, exponent;
    struct der in = der_of(octets), inner;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) || !der_at_end(&in) ||
        !mtlsauth__der_read(&inner, DER_INTEGER, &modulus) ||
        !mtlsauth__der_read(&inner, DER_INTEGER, &exponent) || !der_at_end(&inner) ||
        !mtlsauth__der_integer_ok(modulus) || !mtlsauth__der_integer_ok(exponent) ||
        modulus.ptr[0] >= 0x80 || exponent.ptr[0] >= 0x80)
        return false;
    key->bits = bit_length(modulus);
    /* With an exponent of 1 anybody signs; one of 3,000 bits costs a verifier a hundred times
     * more. */
    key->is_usual_rsa = bit_length(exponent) > 1 && bit_length(exponent) <= 32 &&
                        (exponent.ptr[exponent.len - 1] & modulus.ptr[modulus.len - 1] & 1U) != 0;
    return key->bits > 0;
}

/* ECParameters: a named curve, or everything spelled out (RFC 5480 2.1.1 forbids that). */
static bool read_curve(struct key_facts *key, struct der *parameters)
{
    struct span oid;

    key->curve = CURVE_EXPLICIT;
    if (!der_peek(parameters, DER_OID))
        return der_peek(parameters, DER_SEQUENCE);
    if (!mtlsauth__der_read(parameters, DER_OID, &oid) || !der_at_end(parameters))
        return false;
    key->curve = CURVE_OTHER;
    for (size_t i = 0; i < ROWS(curves); i++) {
        if (span_equal(curves[i].oid, oid)) {
            key->curve = curves[i].curve;
            key->bits = curves[i].bits;
        }
    }
    return true;
}

/* RFC 5480 2.2: compressed, 2 or 3, or not, 4; "MUST be rejected if any other value is included in
 * the first octet", as of the hybrid form, which says the same key in other octets, and of the
 * point at infinity, with which anybody can sign. What is empty libcrypto makes no key of. */
static bool is_point(struct span octets)
{
    return octets.len == 0 || (octets.ptr[0] >= 2 && octets.ptr[0] <= 4);
}

/* Dss-Parms ::= SEQUENCE { p INTEGER, ... }; absent when inherited. */
static void read_dsa(struct key_facts *key, struct der *parameters)
{
    struct der inner;
    struct span p;

    if (mtlsauth__der_enter(parameters, DER_SEQUENCE, &inner) &&
        mtlsauth__der_read(&inner, DER_INTEGER, &p))
        key->bits = bit_length(p);
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
 */
static bool read_spki(struct span spki, struct span *oid, struct der *parameters,
                      struct span *octets)
{
    struct der in = der_of(spki), inner;
    struct span identifier, bits;
    unsigned unused;

    return mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) && der_at_end(&in) &&
           mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &identifier) &&
           mtlsauth__der_read(&inner, DER_BIT_STRING, &bits) && der_at_end(&inner) &&
           mtlsauth__der_bit_string(bits, octets, &unused) && unused == 0 &&
           read_identifier(identifier, oid, parameters);
}

bool mtlsauth__key_read(struct key_facts *key, struct span spki)
{
    struct span oid, octets;
    struct der parameters;

    *key = (struct key_facts){0};
    if (!read_spki(spki, &oid, &parameters, &octets))
        return false;
    /* RFC 3279 2.3.1: NULL. What else stands there may mean anything, and the type is not known. */
    if (OID_IS(oid, OID_RSA) && !is_absent_or_null(parameters))
        return true;
    if (OID_IS(oid, OID_RSA) || OID_IS(oid, OID_RSA_PSS)) {
        key->type = OID_IS(oid, OID_RSA) ? KEY_RSA : KEY_RSA_PSS;
        key->is_variant = key->type == KEY_RSA_PSS || der_at_end(&parameters);
        return read_rsa(key, octets);
    }
    if (OID_IS(oid, OID_EC)) {
        key->type = KEY_EC;
        key->is_variant = octets.len > 0 && octets.ptr[0] != 4;
        return read_curve(key, &parameters) && is_point(octets);
    }
    if (OID_IS(oid, OID_ED25519) || OID_IS(oid, OID_ED448)) {
        bool is_25519 = OID_IS(oid, OID_ED25519);

        key->type = is_25519 ? KEY_ED25519 : KEY_ED448;
        key->bits = is_25519 ? 256 : 448;
        return der_at_end(&parameters) && octets.len == (is_25519 ? 32 : 57);
    }
    if (OID_IS(oid, OID_DSA)) {
        key->type = KEY_DSA;
        read_dsa(key, &parameters);
    }
    return true;
}

/* What every form of a key has: the modulus; the X coordinate, as a compressed point has but one
 * bit of Y; the octets of another key, and all that cannot be read. */
static struct span common_part(struct span spki)
{
    struct span oid, octets, modulus;
    struct der parameters, in, inner;

    if (!read_spki(spki, &oid, &parameters, &octets))
        return spki;
    if (OID_IS(oid, OID_RSA) || OID_IS(oid, OID_RSA_PSS)) {
        in = der_of(octets);
        return mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) &&
                       mtlsauth__der_read(&inner, DER_INTEGER, &modulus)
                   ? modulus
                   : octets;
    }
    if (OID_IS(oid, OID_EC) && octets.len > 0)
        return span_of(octets.ptr + 1, octets.ptr[0] == 4 ? octets.len / 2 : octets.len - 1);
    return octets;
}

bool mtlsauth__key_is_shared(struct span spki, struct span other)
{
    return span_equal(common_part(spki), common_part(other));
}

unsigned mtlsauth__hash_bits(enum hash hash)
{
    if (hash == HASH_NONE)
        return 512;
    for (size_t i = 0; i < ROWS(hashes); i++)
        if (hashes[i].hash == hash)
            return hashes[i].bits;
    return 0;
}

bool mtlsauth__key_fits(const struct key_facts *key, const struct algorithm *algorithm)
{
    switch (algorithm->type) {
    case SIGNATURE_RSA:
        return key->type == KEY_RSA;
    case SIGNATURE_RSA_PSS:
        return key->type == KEY_RSA || key->type == KEY_RSA_PSS;
    case SIGNATURE_ECDSA:
        return key->type == KEY_EC;
    case SIGNATURE_ED25519:
        return key->type == KEY_ED25519;
    case SIGNATURE_ED448:
        return key->type == KEY_ED448;
    case SIGNATURE_DSA:
        return key->type == KEY_DSA;
    case SIGNATURE_UNKNOWN:
        break;
    }
    return false;
}

static const char *curve_text(const struct key_facts *key)
{
    if (key->curve == CURVE_EXPLICIT)
        return "EC with explicit parameters";
    for (size_t i = 0; i < ROWS(curves); i++)
        if (curves[i].curve == key->curve && curves[i].bits == key->bits &&
            key->curve != CURVE_OTHER)
            return curves[i].name;
    return NULL;
}

void mtlsauth__key_text(const struct key_facts *key, char out[MTLSAUTH__ALGORITHM_TEXT])
{
    static const char *const names[] = {
        [KEY_UNKNOWN] = "unknown key type",
        [KEY_RSA] = "RSA",
        [KEY_RSA_PSS] = "RSA-PSS",
        [KEY_EC] = "EC",
        [KEY_ED25519] = "Ed25519",
        [KEY_ED448] = "Ed448",
        [KEY_DSA] = "DSA",
    };
    bool sized = key->type == KEY_RSA || key->type == KEY_RSA_PSS || key->type == KEY_DSA;
    const char *curve = key->type == KEY_EC ? curve_text(key) : NULL;

    if (curve != NULL)
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "%s", curve);
    else if (key->type == KEY_EC && key->bits > 0)
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "EC of %u bits, no NIST curve", key->bits);
    else if (key->type == KEY_EC)
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "EC, unknown curve");
    else if (sized)
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "%s %u", names[key->type], key->bits);
    else
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "%s", names[key->type]);
}

void mtlsauth__algorithm_text(const struct algorithm *algorithm, char out[MTLSAUTH__ALGORITHM_TEXT])
{
    const char *name = "unknown algorithm";

    if (algorithm->type == SIGNATURE_RSA_PSS) {
        for (size_t i = 0; i < ROWS(hashes); i++)
            if (hashes[i].hash == algorithm->hash)
                name = hashes[i].name;
        snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "RSA-PSS with %s", name);
        return;
    }
    for (size_t i = 0; i < ROWS(algorithms); i++)
        if (algorithms[i].type == algorithm->type && algorithms[i].hash == algorithm->hash &&
            algorithm->type != SIGNATURE_UNKNOWN)
            name = algorithms[i].name;
    snprintf(out, MTLSAUTH__ALGORITHM_TEXT, "%s", name);
}
