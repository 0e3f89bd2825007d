/* SPDX-License-Identifier: MIT */
/* Does a certificate belong to a key? What the bytes are is read here, and then told to
 * libcrypto. */
#include "crypto/key_match.h"

#include <mtlsauth/error.h>
#include "base/base64.h"
#include "base/der.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/oid.h"
#include "base/pem.h"
#include "cert/cert.h"
#include "cert/pem_cert.h"

#define OID_EC_PUBLIC_KEY "\x2a\x86\x48\xce\x3d\x02\x01"

/* What some DER turns out to be. */
enum shape {
    SHAPE_PKCS8,
    SHAPE_RSA_PRIVATE,
    SHAPE_EC_PRIVATE,
    SHAPE_SPKI,
    SHAPE_RSA_PUBLIC,
    SHAPE_CSR,
    SHAPE_CERTIFICATE,
    SHAPE_ENCRYPTED,
    SHAPE_DSA_PRIVATE,
    SHAPE_NONE
};

/* The words for those that can be compared: in PEM, in DER. */
static const char *const shape_texts[][2] = {
    [SHAPE_PKCS8] = {"private key (PKCS#8, PEM)", "private key (PKCS#8, DER)"},
    [SHAPE_RSA_PRIVATE] = {"private key (PKCS#1, PEM)", "private key (PKCS#1, DER)"},
    [SHAPE_EC_PRIVATE] = {"private key (SEC1, PEM)", "private key (SEC1, DER)"},
    [SHAPE_SPKI] = {"public key (PEM)", "public key (DER)"},
    [SHAPE_RSA_PUBLIC] = {"public key (PKCS#1, PEM)", "public key (PKCS#1, DER)"},
    [SHAPE_CSR] = {"CSR (certificate signing request, PEM)",
                   "CSR (certificate signing request, DER)"},
};

/* A key that has been found, as DER. */
struct key_der {
    enum shape shape;
    struct span der;
    struct span spki; /* of a CSR */
    bool explicit_curve;
};

/* Number of INTEGERs in front of the end or of something else; *rest says which. */
static size_t count_integers(struct der in, bool *rest)
{
    struct span value;
    size_t count = 0;

    while (mtlsauth__der_read(&in, DER_INTEGER, &value))
        count++;
    *rest = !der_at_end(&in);
    return count;
}

/* AlgorithmIdentifier: an OID in front. Curve parameters that are spelled out are a SEQUENCE. */
static bool read_key_algorithm(struct span algorithm, bool *explicit_curve)
{
    struct der in = der_of(algorithm);
    struct span oid;

    if (!mtlsauth__der_read(&in, DER_OID, &oid))
        return false;
    *explicit_curve = OID_IS(oid, OID_EC_PUBLIC_KEY) && der_peek(&in, DER_SEQUENCE);
    return true;
}

/* What begins with a SEQUENCE: SubjectPublicKeyInfo, EncryptedPrivateKeyInfo, CSR, certificate. */
static enum shape shape_of_sequence(struct key_der *key, struct span first, struct der in)
{
    struct der inner = der_of(first);
    struct span value, spki;

    if (read_key_algorithm(first, &key->explicit_curve)) {
        if (mtlsauth__der_read(&in, DER_BIT_STRING, &value) && der_at_end(&in))
            return SHAPE_SPKI;
        /* RFC 5958 3. */
        return mtlsauth__der_read(&in, DER_OCTET_STRING, &value) && der_at_end(&in)
                   ? SHAPE_ENCRYPTED
                   : SHAPE_NONE;
    }
    if (!mtlsauth__der_read(&in, DER_SEQUENCE, &value) ||
        !mtlsauth__der_read(&in, DER_BIT_STRING, &value) || !der_at_end(&in))
        return SHAPE_NONE;
    if (der_peek(&inner, DER_CONTEXT_CONSTRUCTED(0)))
        return SHAPE_CERTIFICATE;
    /* CertificationRequestInfo, RFC 2986 4.1: a version 1 certificate has a validity in place of
     * the key, and no tagged attributes behind it. */
    if (!mtlsauth__der_read(&inner, DER_INTEGER, &value) ||
        !mtlsauth__der_read(&inner, DER_SEQUENCE, &value) ||
        !mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &spki))
        return SHAPE_NONE;
    if (der_peek(&inner, DER_SEQUENCE))
        return SHAPE_CERTIFICATE;
    if (!der_at_end(&inner) && !der_peek(&inner, DER_CONTEXT_CONSTRUCTED(0)))
        return SHAPE_NONE;
    key->spki = spki;
    return SHAPE_CSR;
}

/* What begins with an INTEGER: PrivateKeyInfo, ECPrivateKey, RSA and DSA keys. */
static enum shape shape_of_integer(struct key_der *key, struct der in)
{
    struct der all = in;
    struct span value, parameters;
    bool rest;
    size_t count = count_integers(in, &rest);

    /* RSAPrivateKey ends in otherPrimeInfos where there are more than two. */
    if (count == 9)
        return SHAPE_RSA_PRIVATE;
    if (count == 6 && !rest)
        return SHAPE_DSA_PRIVATE;
    if (count == 2 && !rest)
        return SHAPE_RSA_PUBLIC;
    if (count != 1 || !mtlsauth__der_read(&in, DER_INTEGER, &value))
        return SHAPE_NONE;
    if (mtlsauth__der_read(&in, DER_SEQUENCE, &value))
        return read_key_algorithm(value, &key->explicit_curve) && der_peek(&in, DER_OCTET_STRING)
                   ? SHAPE_PKCS8
                   : SHAPE_NONE;
    in = all;
    if (!mtlsauth__der_read(&in, DER_INTEGER, &value) ||
        !mtlsauth__der_read(&in, DER_OCTET_STRING, &value))
        return SHAPE_NONE;
    if (mtlsauth__der_read(&in, DER_CONTEXT_CONSTRUCTED(0), &parameters))
        key->explicit_curve = parameters.len > 0 && parameters.ptr[0] == DER_SEQUENCE;
    return SHAPE_EC_PRIVATE;
}

static void find_shape(struct key_der *key, struct span der)
{
    struct span content, first;
    struct der in;

    *key = (struct key_der){.shape = SHAPE_NONE, .der = der};
    if (!mtlsauth__der_only(der, DER_SEQUENCE, &content))
        return;
    in = der_of(content);
    if (der_peek(&in, DER_INTEGER))
        key->shape = shape_of_integer(key, in);
    else if (mtlsauth__der_read(&in, DER_SEQUENCE, &first))
        key->shape = shape_of_sequence(key, first, in);
}

static int fail_encrypted(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                          "the private key is encrypted: decrypt it for this check (openssl pkey), "
                          "or compare its CSR or public key");
}

static int fail_certificate(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                          "this is a certificate, where a key or a CSR is expected");
}

/* A public key, and that of a CSR, is looked at by us first: explicit curves, size. One that is too
 * weak for a certificate can be compared all the same. */
static enum crypto_verdict decode_public(struct public_key **out, struct span spki)
{
    struct key_facts facts;

    *out = NULL;
    if (!mtlsauth__key_read(&facts, spki))
        return CRYPTO_NO;
    if (facts.curve != CURVE_EXPLICIT && !mtlsauth__key_is_usable(&facts))
        return mtlsauth__key_decode(out, KEY_FORM_SPKI, spki);
    return mtlsauth__public_key_new(out, spki, &facts);
}

static enum crypto_verdict decode(struct public_key **out, const struct key_der *key)
{
    static const enum key_form forms[] = {
        [SHAPE_PKCS8] = KEY_FORM_PKCS8,
        [SHAPE_RSA_PRIVATE] = KEY_FORM_RSA_PRIVATE,
        [SHAPE_EC_PRIVATE] = KEY_FORM_EC_PRIVATE,
        [SHAPE_RSA_PUBLIC] = KEY_FORM_RSA_PUBLIC,
    };

    if (key->shape == SHAPE_CSR)
        return decode_public(out, key->spki);
    if (key->shape == SHAPE_SPKI)
        return decode_public(out, key->der);
    return mtlsauth__key_decode(out, forms[key->shape], key->der);
}

/* The key of the certificate against the other one. */
static int compare(const mtlsauth_cert *cert, const struct public_key *other, int *yes)
{
    struct public_key *own;
    enum crypto_verdict verdict =
        mtlsauth__public_key_new(&own, cert->view.spki, &cert->view.key);

    if (verdict == CRYPTO_NO)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "the certificate has a key (%s) that is never used", cert->key_text);
    if (verdict == CRYPTO_YES) {
        verdict = mtlsauth__key_same(own, other);
        mtlsauth__public_key_free(own);
    }
    if (verdict == CRYPTO_FAILED)
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "OpenSSL failed to compare the keys");
    *yes = verdict == CRYPTO_YES;
    return MTLSAUTH_OK;
}

static int match_der(const mtlsauth_cert *cert, struct span der, bool is_pem, int *yes,
                     const char **found)
{
    struct public_key *other;
    struct key_der key;
    enum crypto_verdict verdict;
    int code;

    find_shape(&key, der);
    if (key.shape == SHAPE_ENCRYPTED)
        return fail_encrypted();
    if (key.shape == SHAPE_CERTIFICATE)
        return fail_certificate();
    if (key.shape == SHAPE_DSA_PRIVATE)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "this is a DSA key, which TLS has no use for");
    if (key.shape == SHAPE_NONE)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "neither a private key, a public key nor a CSR (PEM or DER)");
    if (key.explicit_curve)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "the curve of the key is given by its parameters, which is refused: "
                              "make the key with a named curve");
    verdict = decode(&other, &key);
    if (verdict == CRYPTO_FAILED)
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "OpenSSL failed to read the key");
    if (verdict == CRYPTO_NO)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "OpenSSL cannot read this %s",
                              shape_texts[key.shape][!is_pem]);
    code = compare(cert, other, yes);
    mtlsauth__public_key_free(other);
    if (code == MTLSAUTH_OK && found != NULL)
        *found = shape_texts[key.shape][!is_pem];
    return code;
}

/* RFC 1421 4.6.1.1: "Proc-Type: 4,ENCRYPTED" in front of the base64. */
static bool has_encrypted_header(struct span body)
{
    static const char header[] = "Proc-Type:";
    size_t len = strlen(header);

    for (size_t i = 0; i + len <= body.len; i++)
        if (memcmp(body.ptr + i, header, len) == 0)
            return true;
    return false;
}

static int match_block(const mtlsauth_cert *cert, const struct pem_block *block, int *yes,
                       const char **found)
{
    size_t room = base64_room(block->body.len), len = 0;
    uint8_t *der;
    int code;

    if (has_encrypted_header(block->body))
        return fail_encrypted();
    der = mtlsauth__malloc(room);
    if (der == NULL)
        return mtlsauth__fail_memory();
    code = mtlsauth__pem_decode(block, der, &len);
    if (code == MTLSAUTH_OK)
        code = match_der(cert, span_of(der, len), true, yes, found);
    mtlsauth__key_wipe(der, room);
    mtlsauth__free(der);
    return code;
}

static bool is_key_label(struct span label)
{
    return span_ends_nocase(label, span_of_text("PRIVATE KEY")) ||
           span_ends_nocase(label, span_of_text("PUBLIC KEY")) ||
           span_ends_nocase(label, span_of_text("CERTIFICATE REQUEST"));
}

/* Curve parameters stand in front of the keys of "openssl ecparam", certificates beside the keys
 * of some servers. */
static bool is_beside_a_key(struct span label)
{
    return span_is_text(label, "EC PARAMETERS") || mtlsauth__pem_kind(label) == PEM_CERTIFICATE;
}

static int fail_label(const struct pem_block *block)
{
    char label[MTLSAUTH__SHOWN_LABEL + 1];

    mtlsauth__pem_show_label(block->label, label);
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: this is a %s, not a key or a CSR",
                          block->line, label);
}

/* The one key or CSR of a PEM text. */
static int match_pem(const mtlsauth_cert *cert, struct span text, int *yes, const char **found)
{
    struct pem in = mtlsauth__pem(text);
    struct pem_block block, key = {0};
    bool has_certificate = false, is_there;
    int code;

    for (;;) {
        code = mtlsauth__pem_next(&in, &block, &is_there);
        if (code != MTLSAUTH_OK)
            return code;
        if (!is_there)
            break;
        if (is_key_label(block.label)) {
            if (key.line != 0)
                return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                      "line %zu: a second key or CSR; the first one is in line %zu",
                                      block.line, key.line);
            key = block;
        } else if (!is_beside_a_key(block.label)) {
            return fail_label(&block);
        }
        has_certificate = has_certificate || mtlsauth__pem_kind(block.label) == PEM_CERTIFICATE;
    }
    if (key.line == 0)
        return has_certificate
                   ? fail_certificate()
                   : mtlsauth__fail(MTLSAUTH_ERR_PARSE, "there is no key and no CSR in it");
    if (span_is_text(key.label, "OPENSSH PRIVATE KEY"))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "a key in OpenSSH's own form; write it as PKCS#8 (ssh-keygen -p -m "
                              "PKCS8)");
    return match_block(cert, &key, yes, found);
}

int mtlsauth_cert_matches_key(const mtlsauth_cert *cert, const void *data, size_t len, int *yes,
                              const char **found)
{
    struct span bytes;

    if (found != NULL)
        *found = NULL;
    if (yes != NULL)
        *yes = 0;
    if (cert == NULL || data == NULL || yes == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "cert_matches_key: certificate, data and yes are needed");
    bytes = span_of(data, len);
    if (len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "empty: there is no key in it");
    if (len > MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "a key of %zu bytes; the limit is %d bytes", len,
                              MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES);
    if (mtlsauth__pem_looks_like(bytes))
        return match_pem(cert, bytes, yes, found);
    return match_der(cert, bytes, false, yes, found);
}
