/* SPDX-License-Identifier: MIT */
/* Base64 of DER, as HAProxy, Traefik and RFC 9440 have it. */
#include "base/base64.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/percent.h"
#include "cert/chain.h"

static int add_base64(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    uint8_t *der = mtlsauth__malloc(base64_room(text.len));
    size_t len, bad = 0;
    int code;

    if (der == NULL)
        return mtlsauth__fail_memory();
    if (text.len == 0)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "certificate %zu is empty", chain->count + 1);
    else if (!mtlsauth__base64_decode(text, false, der, &len, &bad))
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "certificate %zu: not valid base64 at its position %zu",
                              chain->count + 1, bad);
    else
        code = mtlsauth__chain_add_der(chain, span_of(der, len), limits);
    mtlsauth__free(der);
    return code;
}

/* %[ssl_c_der,base64]: one certificate. */
int mtlsauth__format_haproxy(mtlsauth_chain *chain, struct span text,
                             const struct mtlsauth_limits *limits)
{
    if (span_has(text, ','))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "position %zu: a second value, where one certificate is expected",
                              span_find(text, ','));
    return add_base64(chain, text, limits);
}

/* Certificates joined by ",", the leaf first. */
static int add_joined(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    for (;;) {
        size_t comma = span_find(text, ',');
        int code = add_base64(chain, span_head(text, comma), limits);

        if (code != MTLSAUTH_OK || comma == text.len)
            return code;
        text = span_tail(text, comma + 1);
    }
}

/*
 * Behind the first come CAs, a root of version 1 perhaps. Two values of the header are joined as the
 * certificates of one are, and which of them the client has put there nobody can tell: another
 * certificate that is no CA's says that there are two.
 */
static int refuse_second_client(const mtlsauth_chain *chain)
{
    for (size_t i = 1; i < chain->count; i++) {
        const mtlsauth_cert *cert = chain->certs[i];

        if (!cert->view.is_ca && !(cert->view.version == 1 && cert->self_issued) &&
            !mtlsauth__cert_same(cert, chain->certs[0]))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                  "certificate %zu is not of a CA: a second value; the header was "
                                  "sent twice, or a proxy has added to it",
                                  i + 1);
    }
    return MTLSAUTH_OK;
}

/* Certificates joined by ",": the client's, and those of its CAs. */
static int add_client(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    int code = add_joined(chain, text, limits);

    return code == MTLSAUTH_OK ? refuse_second_client(chain) : code;
}

/* X-Forwarded-Tls-Client-Cert. Versions of old encoded it for a URL as well: there "%" occurs, and
 * "+", which that encoding keeps for a space, cannot. */
int mtlsauth__format_traefik(mtlsauth_chain *chain, struct span text,
                             const struct mtlsauth_limits *limits)
{
    uint8_t *plain;
    size_t len, bad = 0;
    int code;

    if (!span_has(text, '%'))
        return add_client(chain, text, limits);
    if (span_has(text, '+'))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "position %zu: \"+\" in a text that is URL-encoded",
                              span_find(text, '+'));
    plain = mtlsauth__malloc(text.len);
    if (plain == NULL)
        return mtlsauth__fail_memory();
    if (!mtlsauth__percent_decode(text, plain, &len, &bad))
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "position %zu: not percent-encoded text", bad);
    else
        code = add_client(chain, span_of(plain, len), limits);
    mtlsauth__free(plain);
    return code;
}

static struct span trim(struct span text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = span_tail(text, 1);
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* A Byte Sequence of RFC 8941 3.3.5, ":base64:", without parameters. */
static int add_byte_sequence(mtlsauth_chain *chain, struct span text,
                             const struct mtlsauth_limits *limits)
{
    text = trim(text);
    if (text.len < 2 || text.ptr[0] != ':' || text.ptr[text.len - 1] != ':')
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "certificate %zu: not a byte sequence, \":base64:\", of RFC 9440",
                              chain->count + 1);
    return add_base64(chain, span_head(span_tail(text, 1), text.len - 2), limits);
}

/* Client-Cert: RFC 9440 2.2. */
int mtlsauth__format_rfc9440(mtlsauth_chain *chain, struct span text,
                             const struct mtlsauth_limits *limits)
{
    if (span_has(text, ','))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "position %zu: a second value; Client-Cert holds one certificate",
                              span_find(text, ','));
    return add_byte_sequence(chain, text, limits);
}

/* Client-Cert-Chain: RFC 9440 2.3. Empty it is a list of none (RFC 8941 4.2): so proxies send it
 * that set both headers, for a client that has sent its certificate alone. */
int mtlsauth__format_rfc9440_list(mtlsauth_chain *chain, struct span text,
                                  const struct mtlsauth_limits *limits)
{
    if (trim(text).len == 0)
        return MTLSAUTH_OK;
    for (;;) {
        size_t comma = span_find(text, ',');
        int code = add_byte_sequence(chain, span_head(text, comma), limits);

        if (code != MTLSAUTH_OK || comma == text.len)
            return code;
        text = span_tail(text, comma + 1);
    }
}
