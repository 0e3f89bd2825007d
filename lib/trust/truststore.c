/* SPDX-License-Identifier: MIT */
#include "trust/truststore.h"

#include <stdlib.h>
#include <mtlsauth/error.h>
#include "base/checked.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/memory.h"
#include "cert/pem_cert.h"
#include "crypto/digest.h"

/* Takes the caller's reference. */
static int add_cert(mtlsauth_truststore *truststore, mtlsauth_cert *cert, size_t line)
{
    struct trusted *grown;

    if (truststore->count >= truststore->limits.truststore_certificates) {
        mtlsauth_cert_free(cert);
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "more than %zu certificates",
                              truststore->limits.truststore_certificates);
    }
    grown = mtlsauth__grow(truststore->entries, truststore->count, &truststore->capacity,
                           sizeof *grown);
    if (grown == NULL) {
        mtlsauth_cert_free(cert);
        return mtlsauth__fail_memory();
    }
    truststore->entries = grown;
    grown[truststore->count++] =
        (struct trusted){.cert = cert, .line = line, .lock = &truststore->lock};
    return MTLSAUTH_OK;
}

static int add_other(mtlsauth_truststore *truststore, const struct pem_block *block)
{
    struct other_block *grown =
        mtlsauth__grow(truststore->others, truststore->other_count, &truststore->other_capacity,
                       sizeof *grown);
    struct other_block *other;

    if (grown == NULL)
        return mtlsauth__fail_memory();
    truststore->others = grown;
    other = &grown[truststore->other_count++];
    *other = (struct other_block){
        .line = block->line,
        .is_private_key = mtlsauth__pem_kind(block->label) == PEM_PRIVATE_KEY,
    };
    mtlsauth__pem_show_label(block->label, other->label);
    return MTLSAUTH_OK;
}

/* A block that may hold certificates and is not read would make the store shorter than the file. */
static int add_block(mtlsauth_truststore *truststore, const struct pem_block *block)
{
    size_t number = truststore->count + 1;
    mtlsauth_cert *cert;
    int code;

    switch (mtlsauth__pem_kind(block->label)) {
    case PEM_CERTIFICATE:
        code = mtlsauth__pem_cert(&cert, block, &truststore->limits);
        if (code == MTLSAUTH_OK)
            code = add_cert(truststore, cert, block->line);
        return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "certificate %zu: ", number);
    case PEM_PRIVATE_KEY:
    case PEM_HARMLESS:
        return add_other(truststore, block);
    case PEM_CERTIFICATE_LIKE:
        break;
    }
    return mtlsauth__pem_wrong_kind(block);
}

static bool has_text(const uint8_t *from, const uint8_t *to)
{
    for (; from != to; from++)
        if (*from > 0x20)
            return true;
    return false;
}

/* Number of the first line with nothing in it, or 0. */
static size_t find_blank_line(struct span text)
{
    for (size_t number = 1; text.len > 0; number++) {
        size_t len = span_find(text, '\n');

        if (len == 0 || (len == 1 && text.ptr[0] == '\r'))
            return number;
        text = span_tail(text, len < text.len ? len + 1 : len);
    }
    return 0;
}

static int read_pem(mtlsauth_truststore *truststore, struct span text)
{
    struct pem in = mtlsauth__pem(text);
    struct pem_block block = {0};
    bool found;
    int code;

    truststore->blank_line = find_blank_line(text);
    for (;;) {
        const uint8_t *from = in.pos;

        code = mtlsauth__pem_next(&in, &block, &found);
        if (code != MTLSAUTH_OK)
            return code;
        if (!found) {
            truststore->trailing_text = has_text(from, in.end);
            break;
        }
        code = add_block(truststore, &block);
        if (code != MTLSAUTH_OK)
            return code;
    }
    if (truststore->count == 0 && truststore->other_count > 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: this is a %s; there is no certificate in the file",
                              truststore->others[0].line, truststore->others[0].label);
    return MTLSAUTH_OK;
}

static int read_der(mtlsauth_truststore *truststore, struct span der)
{
    mtlsauth_cert *cert;
    int code = mtlsauth__cert_new(&cert, der, &truststore->limits);

    if (code == MTLSAUTH_ERR_PARSE)
        return mtlsauth__fail_in(code, "no PEM (there is no -----BEGIN line), and as DER ");
    return code == MTLSAUTH_OK ? add_cert(truststore, cert, 0) : code;
}

static int by_subject(const void *a, const void *b)
{
    const struct trusted *left = *(const struct trusted *const *)a;
    const struct trusted *right = *(const struct trusted *const *)b;
    int order = span_compare(left->cert->subject_key, right->cert->subject_key);

    if (order != 0)
        return order;
    if (left->cert->self_issued != right->cert->self_issued)
        return left->cert->self_issued ? -1 : 1;
    return left < right ? -1 : left > right;
}

static int by_sha256(const void *a, const void *b)
{
    const struct trusted *left = *(const struct trusted *const *)a;
    const struct trusted *right = *(const struct trusted *const *)b;

    return memcmp(left->cert->sha256, right->cert->sha256, MTLSAUTH_SHA256_LEN);
}

/* The digest of the digests in their order, each once. */
static int make_sha256(mtlsauth_truststore *truststore)
{
    struct digest *digest = mtlsauth__digest_new(HASH_SHA256);
    uint8_t out[MTLSAUTH__MAX_DIGEST];
    bool ok = digest != NULL;
    size_t len = 0;

    for (size_t i = 0; ok && i < truststore->count; i++) {
        const struct trusted *const *at = &truststore->by_sha256[i];

        if (i == 0 || by_sha256(at - 1, at) != 0)
            ok = mtlsauth__digest_add(digest, span_of((*at)->cert->sha256, MTLSAUTH_SHA256_LEN));
    }
    ok = ok && mtlsauth__digest_end(digest, out, &len) && len == MTLSAUTH_SHA256_LEN;
    mtlsauth__digest_free(digest);
    if (!ok)
        return mtlsauth__fail_digest();
    memcpy(truststore->sha256, out, len);
    hex_encode(span_of(out, len), truststore->sha256_hex);
    return MTLSAUTH_OK;
}

static int make_indexes(mtlsauth_truststore *truststore)
{
    size_t count = truststore->count;

    truststore->by_subject = mtlsauth__calloc(count, sizeof *truststore->by_subject);
    truststore->by_sha256 = mtlsauth__calloc(count, sizeof *truststore->by_sha256);
    if (truststore->by_subject == NULL || truststore->by_sha256 == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < count; i++)
        truststore->by_subject[i] = truststore->by_sha256[i] = &truststore->entries[i];
    qsort(truststore->by_subject, count, sizeof *truststore->by_subject, by_subject);
    qsort(truststore->by_sha256, count, sizeof *truststore->by_sha256, by_sha256);
    return make_sha256(truststore);
}

static int read_all(mtlsauth_truststore *truststore, struct span bytes)
{
    int code;

    truststore->bytes = bytes.len;
    if (bytes.len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "empty: there is no certificate in it");
    if (bytes.len > truststore->limits.truststore_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "%zu bytes; the limit is %zu bytes", bytes.len,
                              truststore->limits.truststore_bytes);
    if (mtlsauth__pem_looks_like(bytes))
        code = read_pem(truststore, bytes);
    else
        code = read_der(truststore, bytes);
    if (code == MTLSAUTH_OK && truststore->count == 0)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "there is no certificate in it");
    return code == MTLSAUTH_OK ? make_indexes(truststore) : code;
}

static mtlsauth_truststore *new_truststore(const struct mtlsauth_limits *limits)
{
    mtlsauth_truststore *made = mtlsauth__calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        mtlsauth__free(made);
        return NULL;
    }
    refcount_init(&made->refs);
    made->limits = *limits;
    return made;
}

int mtlsauth_truststore_parse(mtlsauth_truststore **out, const void *data, size_t len,
                              const mtlsauth_limits *limits)
{
    mtlsauth_truststore *truststore;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_parse: out is NULL");
    *out = NULL;
    if (data == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_parse: data is NULL");
    truststore = new_truststore(mtlsauth__limits_or_default(limits));
    if (truststore == NULL)
        return mtlsauth__fail_memory();
    code = read_all(truststore, span_of(data, len));
    if (code == MTLSAUTH_OK)
        *out = truststore;
    else
        mtlsauth_truststore_free(truststore);
    return code;
}

int mtlsauth_truststore_load_file(mtlsauth_truststore **out, const char *path,
                                  const mtlsauth_limits *limits)
{
    uint8_t *data;
    size_t len;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_load_file: out is NULL");
    *out = NULL;
    if (path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_load_file: path is NULL");
    code = mtlsauth__file_read(path, mtlsauth__limits_or_default(limits)->truststore_bytes, &data,
                               &len);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth_truststore_parse(out, data, len, limits);
    mtlsauth__free(data);
    return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "%s: ", path);
}

static int join(mtlsauth_truststore *truststore, mtlsauth_truststore *const *stores, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!checked_add(truststore->bytes, stores[i]->bytes, &truststore->bytes) ||
            truststore->bytes > truststore->limits.truststore_bytes)
            return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "more than %zu bytes",
                                  truststore->limits.truststore_bytes);
        for (size_t n = 0; n < stores[i]->count; n++) {
            const struct trusted *entry = &stores[i]->entries[n];
            int code = add_cert(truststore, mtlsauth_cert_ref(entry->cert), entry->line);

            if (code != MTLSAUTH_OK)
                return code;
        }
    }
    return make_indexes(truststore);
}

int mtlsauth__truststore_join(mtlsauth_truststore **out, mtlsauth_truststore *const *stores,
                              size_t count, const struct mtlsauth_limits *limits)
{
    mtlsauth_truststore *truststore;
    int code;

    *out = NULL;
    if (count == 1 && stores[0]->count <= limits->truststore_certificates &&
        stores[0]->bytes <= limits->truststore_bytes) {
        *out = mtlsauth_truststore_ref(stores[0]);
        return MTLSAUTH_OK;
    }
    truststore = new_truststore(limits);
    if (truststore == NULL)
        return mtlsauth__fail_memory();
    code = join(truststore, stores, count);
    if (code == MTLSAUTH_OK)
        *out = truststore;
    else
        mtlsauth_truststore_free(truststore);
    return code;
}

mtlsauth_truststore *mtlsauth_truststore_ref(mtlsauth_truststore *truststore)
{
    if (truststore != NULL)
        refcount_add(&truststore->refs);
    return truststore;
}

void mtlsauth_truststore_free(mtlsauth_truststore *truststore)
{
    if (truststore == NULL || !refcount_drop(&truststore->refs))
        return;
    for (size_t i = 0; i < truststore->count; i++) {
        mtlsauth__examined_free(truststore->entries[i].examined);
        mtlsauth_cert_free(truststore->entries[i].cert);
    }
    mtlsauth__free(truststore->entries);
    mtlsauth__free(truststore->by_subject);
    mtlsauth__free(truststore->by_sha256);
    mtlsauth__free(truststore->others);
    pthread_mutex_destroy(&truststore->lock);
    mtlsauth__free(truststore);
}

size_t mtlsauth_truststore_count(const mtlsauth_truststore *truststore)
{
    return truststore == NULL ? 0 : truststore->count;
}

mtlsauth_cert *mtlsauth_truststore_cert(const mtlsauth_truststore *truststore, size_t i)
{
    return truststore == NULL || i >= truststore->count ? NULL : truststore->entries[i].cert;
}

const unsigned char *mtlsauth_truststore_sha256(const mtlsauth_truststore *truststore)
{
    return truststore == NULL ? NULL : truststore->sha256;
}

const char *mtlsauth_truststore_sha256_hex(const mtlsauth_truststore *truststore)
{
    return truststore == NULL ? "" : truststore->sha256_hex;
}

/* Index of the first entry whose subject is not below the key. */
static size_t lower_bound(const mtlsauth_truststore *truststore, struct span key)
{
    size_t low = 0, high = truststore->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (span_compare(truststore->by_subject[middle]->cert->subject_key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t mtlsauth__truststore_find(const mtlsauth_truststore *truststore, struct span subject_key,
                                 const struct trusted *const **first)
{
    size_t start = lower_bound(truststore, subject_key), end = start;

    while (end < truststore->count &&
           span_equal(truststore->by_subject[end]->cert->subject_key, subject_key))
        end++;
    *first = &truststore->by_subject[start];
    return end - start;
}

const struct trusted *mtlsauth__truststore_entry(const mtlsauth_truststore *truststore,
                                                 const mtlsauth_cert *cert)
{
    struct trusted wanted = {.cert = (mtlsauth_cert *)(uintptr_t)cert};
    const struct trusted *key = &wanted;
    const struct trusted *const *found =
        bsearch(&key, truststore->by_sha256, truststore->count, sizeof *found, by_sha256);

    return found != NULL && mtlsauth__cert_same((*found)->cert, cert) ? *found : NULL;
}
