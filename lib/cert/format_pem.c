/* SPDX-License-Identifier: MIT */
/* PEM as nginx and ALB put it into a header. */
#include "base/base64.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/percent.h"
#include "cert/chain.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static int fail_percent(size_t bad)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "position %zu: not percent-encoded text", bad);
}

/* Headers of one name are joined by commas, and there is no comma in a PEM text. */
static int add_percent_encoded(mtlsauth_chain *chain, struct span text,
                               const struct mtlsauth_limits *limits)
{
    uint8_t *pem;
    size_t len, bad = 0;
    int code;

    if (span_has(text, ','))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "position %zu: a second value: the header was sent twice",
                              span_find(text, ','));
    pem = mtlsauth__malloc(text.len);
    if (pem == NULL)
        return mtlsauth__fail_memory();
    if (!mtlsauth__percent_decode(text, pem, &len, &bad))
        code = fail_percent(bad);
    else
        code = mtlsauth__chain_add_pem(chain, span_of(pem, len), true, limits);
    mtlsauth__free(pem);
    return code;
}

/* X-Amzn-Mtls-Clientcert holds the chain, -Leaf the leaf; "+" is never a space. */
int mtlsauth__format_alb(mtlsauth_chain *chain, struct span text,
                         const struct mtlsauth_limits *limits)
{
    return add_percent_encoded(chain, text, limits);
}

/* $ssl_client_escaped_cert holds the leaf and nothing else. */
int mtlsauth__format_nginx(mtlsauth_chain *chain, struct span text,
                           const struct mtlsauth_limits *limits)
{
    int code = add_percent_encoded(chain, text, limits);

    if (code == MTLSAUTH_OK && chain->count > 1)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "%zu certificates where one is expected: a second value",
                              chain->count);
    return code;
}

/*
 * $ssl_client_cert: a PEM whose line breaks are followed by a TAB, so that it could pass as a
 * folded header. What is on the way may have made any white space of them.
 */
int mtlsauth__format_nginx_old(mtlsauth_chain *chain, struct span text,
                               const struct mtlsauth_limits *limits)
{
    size_t begin = strlen(BEGIN), end = strlen(END), len, bad = 0;
    struct span body;
    uint8_t *der;
    int code;

    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r' ||
                            text.ptr[text.len - 1] == '\t' || text.ptr[text.len - 1] == ' '))
        text.len--;
    if (text.len < begin + end || !span_is_text(span_head(text, begin), BEGIN) ||
        !span_is_text(span_tail(text, text.len - end), END))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "not one PEM certificate, as nginx's $ssl_client_cert is");
    body = span_head(span_tail(text, begin), text.len - begin - end);
    if (span_has(body, '-'))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "position %zu: a second certificate where one is expected",
                              begin + span_find(body, '-'));
    der = mtlsauth__malloc(base64_room(body.len));
    if (der == NULL)
        return mtlsauth__fail_memory();
    if (!mtlsauth__base64_decode(body, true, der, &len, &bad))
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "position %zu: not valid base64", begin + bad);
    else
        code = mtlsauth__chain_add_der(chain, span_of(der, len), limits);
    mtlsauth__free(der);
    return code;
}
