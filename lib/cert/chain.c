/* SPDX-License-Identifier: MIT */
#include "cert/chain.h"

#include <mtlsauth/error.h>
#include "base/base64.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cert/pem_cert.h"

/* As many as have a bit in a chain. */
enum { MAX_BORROWED = 64 };

int mtlsauth__chain_new(mtlsauth_chain **out)
{
    *out = mtlsauth__calloc(1, sizeof **out);
    if (*out == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&(*out)->refs);
    return MTLSAUTH_OK;
}

/* Takes nothing when it fails. */
static int add(mtlsauth_chain *chain, mtlsauth_cert *cert, const struct mtlsauth_limits *limits)
{
    mtlsauth_cert **grown;

    chain->bytes += cert->view.whole.len;
    grown = mtlsauth__grow(chain->certs, chain->count, &chain->capacity, sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    chain->certs = grown;
    if (chain->count >= limits->chain_certificates)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "more than %zu certificates in the chain",
                              limits->chain_certificates);
    if (chain->bytes > limits->chain_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "the certificates of the chain are larger than %zu bytes",
                              limits->chain_bytes);
    grown[chain->count++] = cert;
    return MTLSAUTH_OK;
}

int mtlsauth__chain_add(mtlsauth_chain *chain, mtlsauth_cert *cert,
                        const struct mtlsauth_limits *limits)
{
    int code = add(chain, cert, limits);

    if (code != MTLSAUTH_OK)
        mtlsauth_cert_free(cert);
    return code;
}

/* A certificate that is to be added. */
struct made {
    mtlsauth_cert *cert;
    bool borrowed;
};

static int make_cert(struct made *out, const mtlsauth_chain *chain, struct span der,
                     const struct mtlsauth_limits *limits)
{
    const struct known_certs *known = chain->known;

    *out = (struct made){.cert = NULL};
    if (known != NULL)
        out->cert = known->find(known->arg, der, &out->borrowed);
    /* It may have been parsed under other limits. */
    if (out->cert != NULL && der.len <= limits->certificate_bytes &&
        out->cert->san_count <= limits->names)
        return MTLSAUTH_OK;
    if (!out->borrowed)
        mtlsauth_cert_free(out->cert);
    out->borrowed = false;
    return mtlsauth__cert_new(&out->cert, der, limits);
}

static int add_made(mtlsauth_chain *chain, const struct made *made,
                    const struct mtlsauth_limits *limits)
{
    size_t i = chain->count;
    int code;

    if (!made->borrowed || i >= MAX_BORROWED)
        return mtlsauth__chain_add(
            chain, made->borrowed ? mtlsauth_cert_ref(made->cert) : made->cert, limits);
    code = add(chain, made->cert, limits);
    if (code == MTLSAUTH_OK)
        chain->borrowed |= UINT64_C(1) << i;
    return code;
}

int mtlsauth__chain_add_der(mtlsauth_chain *chain, struct span der,
                            const struct mtlsauth_limits *limits)
{
    struct made made;
    int code = make_cert(&made, chain, der, limits);

    if (code != MTLSAUTH_OK)
        return mtlsauth__fail_in(code, "certificate %zu: ", chain->count + 1);
    return add_made(chain, &made, limits);
}

static bool is_blank(const uint8_t *from, const uint8_t *to)
{
    for (; from != to; from++)
        if (*from != ' ' && *from != '\t' && *from != '\r' && *from != '\n')
            return false;
    return true;
}

/* The sentence names the line. */
static int add_block(mtlsauth_chain *chain, const struct pem_block *block,
                     const struct mtlsauth_limits *limits)
{
    uint8_t *der = mtlsauth__malloc(base64_room(block->body.len));
    struct made made;
    size_t len;
    int code;

    if (der == NULL)
        return mtlsauth__fail_memory();
    code = mtlsauth__pem_decode(block, der, &len);
    if (code == MTLSAUTH_OK) {
        code = make_cert(&made, chain, span_of(der, len), limits);
        if (code != MTLSAUTH_OK)
            code = mtlsauth__fail_in(code, "line %zu: ", block->line);
    }
    mtlsauth__free(der);
    return code == MTLSAUTH_OK ? add_made(chain, &made, limits) : code;
}

int mtlsauth__chain_add_pem(mtlsauth_chain *chain, struct span text, bool strict,
                            const struct mtlsauth_limits *limits)
{
    struct pem in = mtlsauth__pem(text);
    struct pem_block block;
    bool found;

    for (;;) {
        const uint8_t *from = in.pos;
        int code = mtlsauth__pem_next(&in, &block, &found);

        if (code != MTLSAUTH_OK)
            return code;
        if (strict && !is_blank(from, found ? block.start : in.end))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                  "text beside the certificates: a second value, or another "
                                  "format than the one that is configured");
        if (!found)
            return MTLSAUTH_OK;
        if (mtlsauth__pem_kind(block.label) != PEM_CERTIFICATE)
            return mtlsauth__pem_wrong_kind(&block);
        code = add_block(chain, &block, limits);
        if (code != MTLSAUTH_OK)
            return mtlsauth__fail_in(code, "certificate %zu: ", chain->count + 1);
    }
}

static int read_pem(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    return mtlsauth__chain_add_pem(chain, text, false, limits);
}

static int read_auto(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    if (mtlsauth__pem_looks_like(text))
        return read_pem(chain, text, limits);
    return mtlsauth__chain_add_der(chain, text, limits);
}

static bool repeats(const mtlsauth_chain *chain, size_t count, const mtlsauth_cert *cert)
{
    for (size_t i = 0; i < count; i++)
        if (mtlsauth__cert_same(chain->certs[i], cert))
            return true;
    return false;
}

/* Proxies hand on what the client has sent, and some clients send a certificate twice: a copy says
 * nothing, and the client is the first one all the same. */
static void drop_repeated(mtlsauth_chain *chain)
{
    uint64_t borrowed = chain->borrowed;
    size_t kept = 0;

    chain->borrowed = 0;
    for (size_t i = 0; i < chain->count; i++) {
        bool is_borrowed = i < MAX_BORROWED && (borrowed >> i & 1) != 0;
        mtlsauth_cert *cert = chain->certs[i];

        if (repeats(chain, kept, cert)) {
            if (!is_borrowed)
                mtlsauth_cert_free(cert);
            continue;
        }
        if (is_borrowed)
            chain->borrowed |= UINT64_C(1) << kept;
        chain->certs[kept++] = cert;
    }
    chain->count = kept;
}

static const struct {
    chain_reader *read;
    bool is_header; /* written by a proxy */
} formats[] = {
    [MTLSAUTH_FORMAT_AUTO] = {read_auto, false},
    [MTLSAUTH_FORMAT_PEM] = {read_pem, false},
    [MTLSAUTH_FORMAT_DER] = {mtlsauth__chain_add_der, false},
    [MTLSAUTH_FORMAT_NGINX] = {mtlsauth__format_nginx, true},
    [MTLSAUTH_FORMAT_NGINX_OLD] = {mtlsauth__format_nginx_old, true},
    [MTLSAUTH_FORMAT_ALB] = {mtlsauth__format_alb, true},
    [MTLSAUTH_FORMAT_HAPROXY] = {mtlsauth__format_haproxy, true},
    [MTLSAUTH_FORMAT_TRAEFIK] = {mtlsauth__format_traefik, true},
    [MTLSAUTH_FORMAT_RFC9440] = {mtlsauth__format_rfc9440, true},
    [MTLSAUTH_FORMAT_XFCC] = {mtlsauth__format_xfcc, true},
};

/* Hands a chain over if it holds something and code is OK; frees it otherwise. */
static int finish(mtlsauth_chain **out, mtlsauth_chain *chain, int code)
{
    if (code == MTLSAUTH_OK && chain->count == 0)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "there is no certificate in it");
    if (code == MTLSAUTH_OK)
        *out = chain;
    else
        mtlsauth_chain_free(chain);
    return code;
}

int mtlsauth_chain_parse(mtlsauth_chain **out, const void *data, size_t len, int format,
                         const mtlsauth_limits *limits)
{
    return mtlsauth__chain_parse(out, data, len, format, limits, NULL);
}

int mtlsauth__chain_parse(mtlsauth_chain **out, const void *data, size_t len, int format,
                          const mtlsauth_limits *limits, const struct known_certs *known)
{
    struct span text = span_of(data, len);
    mtlsauth_chain *chain;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_parse: out is NULL");
    *out = NULL;
    if (data == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_parse: data is NULL");
    if (format < MTLSAUTH_FORMAT_AUTO || format > MTLSAUTH_FORMAT_XFCC)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_parse: there is no format %d", format);
    limits = mtlsauth__limits_or_default(limits);
    if (len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "empty: there is no certificate in it");
    if (len > limits->chain_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "a chain of %zu bytes; the limit is %zu bytes",
                              len, limits->chain_bytes);
    /* No header has one, and whoever hands a NUL on may read only what is in front of it. */
    if (formats[format].is_header && span_has(text, 0))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "position %zu: a NUL in the value of a header",
                              span_find(text, 0));
    code = mtlsauth__chain_new(&chain);
    if (code != MTLSAUTH_OK)
        return code;
    chain->known = known;
    code = formats[format].read(chain, text, limits);
    chain->known = NULL;
    if (formats[format].is_header)
        drop_repeated(chain);
    return finish(out, chain, code);
}

int mtlsauth_chain_load_file(mtlsauth_chain **out, const char *path, int format,
                             const mtlsauth_limits *limits)
{
    uint8_t *data;
    size_t len;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_load_file: out is NULL");
    *out = NULL;
    if (path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_load_file: path is NULL");
    code = mtlsauth__file_read(path, mtlsauth__limits_or_default(limits)->chain_bytes, &data, &len);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth_chain_parse(out, data, len, format, limits);
    mtlsauth__free(data);
    return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "%s: ", path);
}

int mtlsauth_chain_parse_parts(mtlsauth_chain **out, const char *const parts[], size_t n,
                               const mtlsauth_limits *limits)
{
    mtlsauth_chain *chain;
    size_t len;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_parse_parts: out is NULL");
    *out = NULL;
    if (parts == NULL || n < 1 || n > 2 || parts[0] == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "chain_parse_parts: give the value of Client-Cert, and that of "
                              "Client-Cert-Chain or NULL");
    limits = mtlsauth__limits_or_default(limits);
    len = strlen(parts[0]) + (n == 2 && parts[1] != NULL ? strlen(parts[1]) : 0);
    if (len > limits->chain_bytes)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "headers of %zu bytes; the limit is %zu bytes",
                              len, limits->chain_bytes);
    code = mtlsauth__chain_new(&chain);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__format_rfc9440(chain, span_of_text(parts[0]), limits);
    if (code == MTLSAUTH_OK && n == 2 && parts[1] != NULL)
        code = mtlsauth__format_rfc9440_list(chain, span_of_text(parts[1]), limits);
    drop_repeated(chain);
    return finish(out, chain, code);
}

int mtlsauth_chain_from_der(mtlsauth_chain **out, const void *const ders[], const size_t lens[],
                            size_t n)
{
    const struct mtlsauth_limits *limits = mtlsauth__limits_or_default(NULL);
    mtlsauth_chain *chain;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_from_der: out is NULL");
    *out = NULL;
    if (ders == NULL || lens == NULL || n == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_from_der: there is no certificate");
    code = mtlsauth__chain_new(&chain);
    if (code != MTLSAUTH_OK)
        return code;
    for (size_t i = 0; i < n && code == MTLSAUTH_OK; i++) {
        if (ders[i] == NULL)
            code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "chain_from_der: certificate %zu is NULL",
                                  i + 1);
        else
            code = mtlsauth__chain_add_der(chain, span_of(ders[i], lens[i]), limits);
    }
    return finish(out, chain, code);
}

size_t mtlsauth_chain_count(const mtlsauth_chain *chain)
{
    return chain == NULL ? 0 : chain->count;
}

mtlsauth_cert *mtlsauth_chain_cert(const mtlsauth_chain *chain, size_t i)
{
    return chain == NULL || i >= chain->count ? NULL : chain->certs[i];
}

mtlsauth_chain *mtlsauth_chain_ref(mtlsauth_chain *chain)
{
    if (chain != NULL)
        refcount_add(&chain->refs);
    return chain;
}

void mtlsauth_chain_free(mtlsauth_chain *chain)
{
    if (chain == NULL || !refcount_drop(&chain->refs))
        return;
    for (size_t i = 0; i < chain->count; i++)
        if (i >= MAX_BORROWED || (chain->borrowed & UINT64_C(1) << i) == 0)
            mtlsauth_cert_free(chain->certs[i]);
    mtlsauth__free(chain->certs);
    mtlsauth__free(chain);
}
