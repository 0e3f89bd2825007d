/* SPDX-License-Identifier: MIT */
#include "cert/cert.h"

#include <mtlsauth/error.h>
#include "base/base64.h"
#include "base/der.h"
#include "base/der_write.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/memory.h"
#include "cert/pem_cert.h"
#include "crypto/digest.h"

static enum name_status worse(enum name_status a, enum name_status b)
{
    return a > b ? a : b;
}

/* Text and canonical form of a Name. A name that is no Name fails the certificate. */
static int make_name(mtlsauth_cert *cert, struct span name, char **text, struct span *key)
{
    struct text shown = {0}, canonical = {0};
    enum name_status status = mtlsauth__name_text(&shown, name);

    if (status == NAME_MALFORMED) {
        mtlsauth__text_drop(&shown);
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "subject or issuer is not a name");
    }
    cert->names = worse(cert->names, mtlsauth__name_canonical(&canonical, name));
    *text = mtlsauth__text_take(&shown);
    key->len = canonical.len;
    key->ptr = (uint8_t *)mtlsauth__text_take(&canonical);
    return *text == NULL || key->ptr == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

/* Number of elements, or more than most. */
static size_t count_elements(struct der in, size_t most)
{
    size_t count = 0;
    struct span value;
    unsigned tag;

    while (!der_at_end(&in) && count <= most && mtlsauth__der_next(&in, &tag, &value, NULL))
        count++;
    return count;
}

static int make_san_text(struct cert_san *san)
{
    struct text shown = {0};

    if (mtlsauth__san_text(&shown, &san->entry) == NAME_MALFORMED)
        mtlsauth__text_add(&shown, "(malformed)");
    san->text = mtlsauth__text_take(&shown);
    return san->text == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

/* A malformed entry ends the list: nothing of the names may be believed then, see cert->names. */
static int make_san(mtlsauth_cert *cert, const struct mtlsauth_limits *limits)
{
    const struct extension_value *extension = &cert->view.extensions[EXTENSION_SUBJECT_ALT_NAME];
    struct span list;
    struct der in;
    size_t count;

    if (!extension->present)
        return MTLSAUTH_OK;
    if (!mtlsauth__der_only(extension->value, DER_SEQUENCE, &list) || list.len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "the subject alternative name is malformed");
    in = der_of(list);
    count = count_elements(in, limits->names);
    if (count > limits->names)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "more than %zu names in the subject alternative name",
                              limits->names);
    cert->san = mtlsauth__calloc(count, sizeof *cert->san);
    if (cert->san == NULL)
        return mtlsauth__fail_memory();
    while (!der_at_end(&in)) {
        struct cert_san san = {.text = NULL};
        enum name_status status = mtlsauth__san_next(&in, &san.entry);
        int code;

        cert->names = worse(cert->names, status);
        if (status != NAME_OK)
            break;
        code = make_san_text(&san);
        if (code != MTLSAUTH_OK)
            return code;
        cert->san[cert->san_count++] = san;
    }
    return cert->names == NAME_NO_MEMORY ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

/* The AlgorithmIdentifier of RSA, RFC 3279 2.3.1. */
#define RSA_IDENTIFIER "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"

/* The digest that an RSA key for RSA-PSS alone, or without NULL, would have in the usual form. */
static int hash_as_rsa(struct span spki, uint8_t out[MTLSAUTH_SHA256_LEN])
{
    size_t room = spki.len + sizeof RSA_IDENTIFIER;
    uint8_t *memory = mtlsauth__malloc(room);
    struct der_writer writer = der_writer_of(memory, room);
    struct der in = der_of(spki), inner = {0};
    struct span identifier;
    bool hashed;

    if (memory == NULL)
        return mtlsauth__fail_memory();
    if (mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) &&
        mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &identifier))
        mtlsauth__der_put(&writer, span_of(inner.pos, (size_t)(inner.end - inner.pos)));
    mtlsauth__der_put(&writer, span_of(RSA_IDENTIFIER, sizeof RSA_IDENTIFIER - 1));
    mtlsauth__der_put_header(&writer, DER_SEQUENCE, room);
    hashed = !writer.full && mtlsauth__sha256(der_written(&writer), out);
    mtlsauth__free(memory);
    return hashed ? MTLSAUTH_OK : mtlsauth__fail_digest();
}

static int make_digests(mtlsauth_cert *cert)
{
    if (!mtlsauth__sha256(cert->view.whole, cert->sha256) ||
        !mtlsauth__sha256(cert->view.spki, cert->spki_sha256))
        return mtlsauth__fail_digest();
    memcpy(cert->key_sha256, cert->spki_sha256, sizeof cert->key_sha256);
    hex_encode(span_of(cert->sha256, sizeof cert->sha256), cert->sha256_hex);
    hex_encode(span_of(cert->spki_sha256, sizeof cert->spki_sha256), cert->spki_sha256_hex);
    mtlsauth__base64url_encode(span_of(cert->sha256, sizeof cert->sha256), cert->thumbprint);
    return cert->view.key.is_variant && cert->view.key.type != KEY_EC
               ? hash_as_rsa(cert->view.spki, cert->key_sha256)
               : MTLSAUTH_OK;
}

/* NULL when memory runs out. */
static char *hex_text(struct span bytes)
{
    char *text = mtlsauth__malloc(bytes.len * 2 + 1);

    if (text != NULL)
        hex_encode(bytes, text);
    return text;
}

static int make_texts(mtlsauth_cert *cert, const struct mtlsauth_limits *limits)
{
    int code = make_name(cert, cert->view.subject, &cert->subject, &cert->subject_key);

    if (code == MTLSAUTH_OK)
        code = make_name(cert, cert->view.issuer, &cert->issuer, &cert->issuer_key);
    if (code == MTLSAUTH_OK)
        code = make_san(cert, limits);
    if (code == MTLSAUTH_OK)
        code = make_digests(cert);
    if (code != MTLSAUTH_OK)
        return code;
    cert->serial_hex = hex_text(cert->view.serial);
    cert->subject_key_id_hex = hex_text(cert->view.subject_key_id);
    cert->authority_key_id_hex = hex_text(cert->view.authority_key_id);
    if (cert->serial_hex == NULL || cert->subject_key_id_hex == NULL ||
        cert->authority_key_id_hex == NULL || cert->names == NAME_NO_MEMORY)
        return mtlsauth__fail_memory();
    mtlsauth__key_text(&cert->view.key, cert->key_text);
    mtlsauth__algorithm_text(&cert->view.signature_algorithm, cert->signature_text);
    cert->self_issued = span_equal(cert->subject_key, cert->issuer_key);
    return MTLSAUTH_OK;
}

int mtlsauth__cert_new(mtlsauth_cert **out, struct span bytes, const struct mtlsauth_limits *limits)
{
    const char *why = NULL;
    mtlsauth_cert *cert;
    int code = MTLSAUTH_OK;

    *out = NULL;
    if (bytes.len > limits->certificate_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "a certificate of %zu bytes; the limit is %zu bytes", bytes.len,
                              limits->certificate_bytes);
    cert = mtlsauth__calloc(1, sizeof *cert);
    if (cert == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&cert->refs);
    atomic_init(&cert->key, NULL);
    cert->der = mtlsauth__memdup(bytes);
    if (cert->der == NULL)
        code = mtlsauth__fail_memory();
    else if (!mtlsauth__cert_view(&cert->view, span_of(cert->der, bytes.len), &why))
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "not a certificate: %s", why);
    else
        code = make_texts(cert, limits);
    if (code != MTLSAUTH_OK) {
        mtlsauth_cert_free(cert);
        return code;
    }
    *out = cert;
    return MTLSAUTH_OK;
}

mtlsauth_cert *mtlsauth_cert_ref(mtlsauth_cert *cert)
{
    if (cert != NULL)
        refcount_add(&cert->refs);
    return cert;
}

/* Memory that a const pointer refers to since it was made. */
static void free_span(struct span bytes)
{
    mtlsauth__free((void *)(uintptr_t)bytes.ptr);
}

void mtlsauth_cert_free(mtlsauth_cert *cert)
{
    if (cert == NULL || !refcount_drop(&cert->refs))
        return;
    for (size_t i = 0; i < cert->san_count; i++)
        mtlsauth__free(cert->san[i].text);
    mtlsauth__free(cert->san);
    mtlsauth__free(cert->subject);
    mtlsauth__free(cert->issuer);
    free_span(cert->subject_key);
    free_span(cert->issuer_key);
    mtlsauth__free(cert->serial_hex);
    mtlsauth__free(cert->subject_key_id_hex);
    mtlsauth__free(cert->authority_key_id_hex);
    mtlsauth__free(cert->der);
    mtlsauth__public_key_free(atomic_load_explicit(&cert->key, memory_order_relaxed));
    mtlsauth__free(cert);
}

enum crypto_verdict mtlsauth__cert_key(const mtlsauth_cert *cert, const struct public_key **key)
{
    mtlsauth_cert *shared = (mtlsauth_cert *)(uintptr_t)cert;
    struct public_key *made = NULL,
                      *found = atomic_load_explicit(&shared->key, memory_order_acquire);
    enum crypto_verdict verdict;

    *key = found;
    if (found != NULL)
        return CRYPTO_YES;
    verdict = mtlsauth__public_key_new(&made, cert->view.spki, &cert->view.key);
    if (verdict != CRYPTO_YES)
        return verdict;
    *key = made;
    /* Another thread was faster: its key is the same, and stays. */
    if (!atomic_compare_exchange_strong_explicit(&shared->key, &found, made, memory_order_acq_rel,
                                                 memory_order_acquire)) {
        mtlsauth__public_key_free(made);
        *key = found;
    }
    return CRYPTO_YES;
}

bool mtlsauth__cert_same(const mtlsauth_cert *a, const mtlsauth_cert *b)
{
    return a == b || (memcmp(a->sha256, b->sha256, MTLSAUTH_SHA256_LEN) == 0 &&
                      span_equal(a->view.whole, b->view.whole));
}

int mtlsauth_cert_parse(mtlsauth_cert **out, const void *data, size_t len)
{
    const struct mtlsauth_limits *limits = mtlsauth__limits_or_default(NULL);
    struct span bytes;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_parse: out is NULL");
    *out = NULL;
    if (data == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_parse: data is NULL");
    bytes = span_of(data, len);
    if (len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "empty: there is no certificate in it");
    if (len > limits->chain_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "%zu bytes; the limit is %zu bytes", len,
                              limits->chain_bytes);
    if (!mtlsauth__pem_looks_like(bytes))
        return mtlsauth__cert_new(out, bytes, limits);
    return mtlsauth__pem_single_cert(out, bytes, limits);
}

int mtlsauth_cert_load_file(mtlsauth_cert **out, const char *path)
{
    uint8_t *data;
    size_t len;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_load_file: out is NULL");
    *out = NULL;
    if (path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_load_file: path is NULL");
    code = mtlsauth__file_read(path, MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES, &data, &len);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth_cert_parse(out, data, len);
    mtlsauth__free(data);
    return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "%s: ", path);
}

const void *mtlsauth_cert_der(const mtlsauth_cert *cert, size_t *len)
{
    if (len != NULL)
        *len = cert == NULL ? 0 : cert->view.whole.len;
    return cert == NULL ? NULL : cert->view.whole.ptr;
}

const char *mtlsauth_cert_subject(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->subject;
}

const char *mtlsauth_cert_issuer(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->issuer;
}

const void *mtlsauth_cert_serial(const mtlsauth_cert *cert, size_t *len)
{
    if (len != NULL)
        *len = cert == NULL ? 0 : cert->view.serial.len;
    return cert == NULL ? NULL : cert->view.serial.ptr;
}

const char *mtlsauth_cert_serial_hex(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->serial_hex;
}

const char *mtlsauth_cert_subject_key_id_hex(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->subject_key_id_hex;
}

const char *mtlsauth_cert_authority_key_id_hex(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->authority_key_id_hex;
}

int64_t mtlsauth_cert_not_before(const mtlsauth_cert *cert)
{
    return cert == NULL ? MTLSAUTH_NO_TIME : cert->view.not_before;
}

int64_t mtlsauth_cert_not_after(const mtlsauth_cert *cert)
{
    return cert == NULL ? MTLSAUTH_NO_TIME : cert->view.not_after;
}

int mtlsauth_cert_is_ca(const mtlsauth_cert *cert)
{
    return cert != NULL && cert->view.is_ca;
}

int mtlsauth_cert_version(const mtlsauth_cert *cert)
{
    return cert == NULL ? 0 : (int)cert->view.version;
}

const char *mtlsauth_cert_key_text(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->key_text;
}

const char *mtlsauth_cert_signature_text(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->signature_text;
}

size_t mtlsauth_cert_san_count(const mtlsauth_cert *cert)
{
    return cert == NULL ? 0 : cert->san_count;
}

int mtlsauth_cert_san(const mtlsauth_cert *cert, size_t i, int *type, const char **text)
{
    if (cert == NULL || i >= cert->san_count)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_san: there is no entry %zu", i);
    if (type != NULL)
        *type = cert->san[i].entry.type;
    if (text != NULL)
        *text = cert->san[i].text;
    return MTLSAUTH_OK;
}

const unsigned char *mtlsauth_cert_sha256(const mtlsauth_cert *cert)
{
    return cert == NULL ? NULL : cert->sha256;
}

const char *mtlsauth_cert_sha256_hex(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->sha256_hex;
}

const unsigned char *mtlsauth_cert_spki_sha256(const mtlsauth_cert *cert)
{
    return cert == NULL ? NULL : cert->spki_sha256;
}

const char *mtlsauth_cert_spki_sha256_hex(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->spki_sha256_hex;
}

const char *mtlsauth_cert_thumbprint(const mtlsauth_cert *cert)
{
    return cert == NULL ? "" : cert->thumbprint;
}

int mtlsauth_cert_thumbprint_equal(const mtlsauth_cert *cert, const char *claim)
{
    return cert != NULL && claim != NULL &&
           mtlsauth__equal_in_constant_time(span_of_text(cert->thumbprint), span_of_text(claim));
}
