/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/pem_stream.h"
#include "revocation/signer.h"

/* Small enough that the digest finds in the cache what the scanner has just read. */
enum { PIECE = 128 << 10 };

/* A list on its way in. */
struct loading {
    const struct mtlsauth_crl_options *options;
    const struct crl_signers *signers; /* NULL: nothing is verified */
    struct crl_scan scan;
    struct pem_stream pem;
    struct digest *sha256;
    struct digest *other; /* of another hash, if the signature is over one */
    struct digest *octets; /* of what is read as it is; NULL: not wanted */
    bool keeps_all; /* EdDSA */
    uint8_t *all;
    size_t all_len, all_capacity;
};

static int begin_signed(void *arg, struct span whole)
{
    struct loading *loading = arg;
    struct algorithm algorithm;

    if (!mtlsauth__algorithm_read(&algorithm, whole))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL: its signature algorithm is malformed");
    loading->keeps_all =
        loading->signers != NULL && mtlsauth__crl_needs_all(&algorithm, loading->signers);
    loading->sha256 = mtlsauth__digest_new(HASH_SHA256);
    if (loading->sha256 == NULL)
        return mtlsauth__fail_digest();
    if (algorithm.hash == HASH_UNKNOWN || algorithm.hash == HASH_NONE ||
        algorithm.hash == HASH_SHA256)
        return MTLSAUTH_OK;
    loading->other = mtlsauth__digest_new(algorithm.hash);
    return loading->other == NULL ? mtlsauth__fail_digest() : MTLSAUTH_OK;
}

/* EdDSA signs the list itself, not a digest of it. */
static int keep(struct loading *loading, struct span bytes)
{
    size_t need = loading->all_len + bytes.len;

    if (need > loading->all_capacity) {
        size_t room = need > loading->all_capacity * 2 ? need : loading->all_capacity * 2;
        uint8_t *moved = mtlsauth__realloc(loading->all, room, 1);

        if (moved == NULL)
            return mtlsauth__fail_memory();
        loading->all = moved;
        loading->all_capacity = room;
    }
    memcpy(loading->all + loading->all_len, bytes.ptr, bytes.len);
    loading->all_len = need;
    return MTLSAUTH_OK;
}

static int add_signed(void *arg, struct span bytes)
{
    struct loading *loading = arg;

    if (!mtlsauth__digest_add(loading->sha256, bytes) ||
        (loading->other != NULL && !mtlsauth__digest_add(loading->other, bytes)))
        return mtlsauth__fail_digest();
    return loading->keeps_all ? keep(loading, bytes) : MTLSAUTH_OK;
}

/* Also while the entries are sorted, when all octets have been read. */
static int ask(void *arg)
{
    struct loading *loading = arg;
    const struct mtlsauth_crl_options *options = loading->options;

    if (options->progress == NULL ||
        options->progress(loading->scan.fed, mtlsauth__crl_scan_total(&loading->scan),
                          options->progress_arg) == 0)
        return MTLSAUTH_OK;
    return mtlsauth__fail(MTLSAUTH_ERR_CANCELLED, "CRL: loading it was cancelled");
}

static int add_der(void *arg, struct span bytes)
{
    struct loading *loading = arg;

    while (bytes.len > 0) {
        size_t n = bytes.len < PIECE ? bytes.len : PIECE;
        int code = mtlsauth__crl_scan_push(&loading->scan, span_head(bytes, n));

        if (code == MTLSAUTH_OK)
            code = ask(loading);
        if (code != MTLSAUTH_OK)
            return code;
        bytes = span_tail(bytes, n);
    }
    return MTLSAUTH_OK;
}

static int push_piece(void *arg, struct span bytes)
{
    struct loading *loading = arg;

    if (loading->octets != NULL && !mtlsauth__digest_add(loading->octets, bytes))
        return mtlsauth__fail_digest();
    return mtlsauth__pem_stream_push(&loading->pem, bytes);
}

static int end_octets(struct loading *loading, uint8_t out[MTLSAUTH_SHA256_LEN])
{
    uint8_t digest[MTLSAUTH__MAX_DIGEST];
    size_t len;

    if (!mtlsauth__digest_end(loading->octets, digest, &len) || len != MTLSAUTH_SHA256_LEN)
        return mtlsauth__fail_digest();
    memcpy(out, digest, MTLSAUTH_SHA256_LEN);
    return MTLSAUTH_OK;
}

static int read_all(struct loading *loading, const struct crl_bytes *bytes)
{
    int code;

    if (bytes->sha256 != NULL) {
        loading->octets = mtlsauth__digest_new(HASH_SHA256);
        if (loading->octets == NULL)
            return mtlsauth__fail_digest();
    }
    if (bytes->path != NULL)
        code = mtlsauth__file_each(bytes->path, PIECE, push_piece, loading);
    else
        code = push_piece(loading, bytes->memory);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__pem_stream_end(&loading->pem);
    if (code == MTLSAUTH_OK && loading->octets != NULL)
        code = end_octets(loading, bytes->sha256);
    return code == MTLSAUTH_OK ? mtlsauth__crl_scan_end(&loading->scan) : code;
}

static int end_digests(struct loading *loading, mtlsauth_crl *crl, struct crl_signed *what)
{
    uint8_t sha256[MTLSAUTH__MAX_DIGEST];
    size_t len;

    if (!mtlsauth__digest_end(loading->sha256, sha256, &len) || len != CRL_IMAGE_DIGEST)
        return mtlsauth__fail_digest();
    memcpy(crl->image.source, sha256, CRL_IMAGE_DIGEST);
    *what = (struct crl_signed){.all = span_of(loading->all, loading->all_len)};
    if (loading->other == NULL) {
        memcpy(what->digest, sha256, len);
        what->digest_len = len;
    } else if (!mtlsauth__digest_end(loading->other, what->digest, &what->digest_len)) {
        return mtlsauth__fail_digest();
    }
    return MTLSAUTH_OK;
}

/* Signature before index: what anybody can send costs no more than one pass over it. */
static int make(mtlsauth_crl *crl, struct loading *loading, const struct crl_signers *signers,
                const struct crl_rules *rules)
{
    struct crl_signed what;
    int code = end_digests(loading, crl, &what);

    crl->image.facts = loading->scan.facts;
    loading->scan.facts = (struct crl_facts){0};
    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_finish(crl);
    if (code == MTLSAUTH_OK && signers != NULL)
        code = mtlsauth__crl_vet(&crl->image.facts, rules->revocation);
    if (code == MTLSAUTH_OK && signers != NULL)
        code = mtlsauth__crl_verify(crl, &what, signers, rules);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_index_build(&crl->image.index, &loading->scan.rows,
                                         (struct crl_ask){.go_on = ask, .arg = loading});
    return code;
}

static void drop(struct loading *loading)
{
    mtlsauth__crl_scan_drop(&loading->scan);
    mtlsauth__digest_free(loading->sha256);
    mtlsauth__digest_free(loading->other);
    mtlsauth__digest_free(loading->octets);
    mtlsauth__free(loading->all);
    mtlsauth__free(loading);
}

int mtlsauth__crl_load(mtlsauth_crl **out, const struct crl_bytes *bytes,
                       const struct crl_signers *signers, const struct crl_rules *rules,
                       const mtlsauth_crl_options *options)
{
    mtlsauth_crl *crl = mtlsauth__calloc(1, sizeof *crl);
    struct loading *loading = mtlsauth__calloc(1, sizeof *loading);
    int code = MTLSAUTH_OK;

    *out = NULL;
    if (crl == NULL || loading == NULL) {
        mtlsauth__free(crl);
        mtlsauth__free(loading);
        return mtlsauth__fail_memory();
    }
    refcount_init(&crl->refs);
    loading->options = mtlsauth__crl_options_or_default(options);
    loading->signers = signers;
    mtlsauth__crl_scan_init(
        &loading->scan, &loading->options->limits,
        (struct crl_sink){.begin = begin_signed, .data = add_signed, .arg = loading});
    mtlsauth__pem_stream_init(&loading->pem, add_der, loading);
    code = read_all(loading, bytes);
    if (code == MTLSAUTH_OK)
        code = make(crl, loading, signers, rules);
    drop(loading);
    if (code == MTLSAUTH_OK)
        *out = crl;
    else
        mtlsauth_crl_free(crl);
    if (code != MTLSAUTH_OK && code != MTLSAUTH_ERR_IO && bytes->path != NULL)
        return mtlsauth__fail_in(code, "%s: ", bytes->path);
    return code;
}
