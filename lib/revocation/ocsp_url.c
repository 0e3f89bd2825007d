/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_url.h"

#include "base/der.h"
#include "base/error.h"
#include "base/oid.h"
#include "cert/general_name.h"
#include "revocation/ocsp_request.h"

/* id-ad-ocsp, RFC 5280 4.2.2.1 */
#define OID_AD_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"

bool mtlsauth__url_is_plain(struct span url, bool with_query)
{
    size_t scheme = 0;

    if (url.len > 7 && span_equal_nocase(span_head(url, 7), span_of_text("http://")))
        scheme = 7;
    else if (url.len > 8 && span_equal_nocase(span_head(url, 8), span_of_text("https://")))
        scheme = 8;
    if (scheme == 0 || url.ptr[scheme] == '/')
        return false;
    for (size_t i = 0; i < url.len; i++) {
        uint8_t c = url.ptr[i];

        if (c <= 0x20 || c >= 0x7f || (c == '?' && !with_query) || c == '#' || c == '"' ||
            c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' ||
            c == '}')
            return false;
    }
    return true;
}

/* The next AccessDescription: *is_ocsp says what it is for, *url is its URI or empty. */
static bool read_access(struct der *list, bool *is_ocsp, struct span *url)
{
    struct der inner;
    struct span method, location;
    unsigned tag;

    *url = span_of(NULL, 0);
    if (!mtlsauth__der_enter(list, DER_SEQUENCE, &inner) ||
        !mtlsauth__der_read(&inner, DER_OID, &method) || !mtlsauth__oid_ok(method) ||
        !mtlsauth__der_next(&inner, &tag, &location, NULL) || !der_at_end(&inner))
        return false;
    *is_ocsp = OID_IS(method, OID_AD_OCSP);
    if (tag == GENERAL_NAME_URI)
        *url = location;
    return true;
}

bool mtlsauth__ocsp_url(const struct cert_view *view, struct span *url)
{
    const struct extension_value *access = &view->extensions[EXTENSION_AUTHORITY_INFO_ACCESS];
    struct span content, found;
    struct der list;
    bool is_ocsp;

    *url = span_of(NULL, 0);
    if (!access->present)
        return true;
    if (!mtlsauth__der_only(access->value, DER_SEQUENCE, &content) || content.len == 0)
        return false;
    list = der_of(content);
    while (!der_at_end(&list)) {
        if (!read_access(&list, &is_ocsp, &found))
            return false;
        if (is_ocsp && url->len == 0 && mtlsauth__url_is_plain(found, false))
            *url = found;
    }
    return true;
}

bool mtlsauth__ocsp_names_responder(const struct cert_view *view)
{
    const struct extension_value *access = &view->extensions[EXTENSION_AUTHORITY_INFO_ACCESS];
    struct span content, found;
    struct der list;
    bool is_ocsp = false;

    if (!access->present)
        return false;
    if (!mtlsauth__der_only(access->value, DER_SEQUENCE, &content))
        return true;
    for (list = der_of(content); !der_at_end(&list) && !is_ocsp;)
        if (!read_access(&list, &is_ocsp, &found))
            return true;
    return is_ocsp;
}

int mtlsauth_cert_ocsp_url(const mtlsauth_cert *cert, char *buf, size_t len)
{
    struct span url;

    if (buf == NULL || len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_ocsp_url: there is no room for a URL");
    buf[0] = '\0';
    if (cert == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "cert_ocsp_url: the certificate is NULL");
    if (!mtlsauth__ocsp_url(&cert->view, &url))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "the authority information access of the certificate is malformed");
    if (url.len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "the certificate names no OCSP responder with an http:// or https:// "
                              "URL");
    if (url.len >= len)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "the URL of the OCSP responder has %zu bytes, there is room for %zu",
                              url.len, len - 1);
    memcpy(buf, url.ptr, url.len);
    buf[url.len] = '\0';
    return MTLSAUTH_OK;
}

/* Appends what is percent-encoded (RFC 3986 2.1) when it is one of the three of base64 that have to
 * be; false when it does not fit. */
static bool put_escaped(char *buf, size_t room, size_t *at, char c)
{
    const char *escape = c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : NULL;
    size_t len = escape == NULL ? 1 : 3;

    if (len > room - *at)
        return false;
    if (escape == NULL)
        buf[*at] = c;
    else
        memcpy(buf + *at, escape, 3);
    *at += len;
    return true;
}

/* base64 with padding, escaped. */
static bool put_base64(char *buf, size_t room, size_t *at, struct span bytes)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)bytes.ptr[i] << 16;

        if (left > 1)
            group |= (uint32_t)bytes.ptr[i + 1] << 8;
        if (left > 2)
            group |= bytes.ptr[i + 2];
        for (size_t digit = 0; digit < 4; digit++) {
            char c = digit <= left ? alphabet[group >> (18 - 6 * digit) & 0x3fU] : '=';

            if (!put_escaped(buf, room, at, c))
                return false;
        }
    }
    return true;
}

int mtlsauth_ocsp_request_http_get_url(const mtlsauth_ocsp_request *request, const char *responder,
                                       char *buf, size_t len)
{
    char url[MTLSAUTH_OCSP_URL_LEN];
    struct span base;
    size_t at;
    bool fits;

    if (buf == NULL || len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_request_http_get_url: there is no room");
    buf[0] = '\0';
    if (request == NULL || responder == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "ocsp_request_http_get_url: a request and a responder are needed");
    base = span_of_text(responder);
    if (!mtlsauth__url_is_plain(base, false))
        return mtlsauth__fail(
            MTLSAUTH_ERR_ARGUMENT,
            "ocsp_request_http_get_url: a responder is an http:// or https:// URL "
            "without a query");
    at = base.len;
    fits = base.len < sizeof url - 1;
    if (fits) {
        memcpy(url, base.ptr, base.len);
        if (url[at - 1] != '/')
            url[at++] = '/';
        fits = put_base64(url, sizeof url - 1, &at, request->der);
    }
    if (!fits)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "the URL of a GET would be longer than 255 bytes (RFC 5019 5): send "
                              "the request with POST");
    if (at >= len)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "the URL has %zu bytes, there is room for %zu",
                              at, len - 1);
    memcpy(buf, url, at);
    buf[at] = '\0';
    return MTLSAUTH_OK;
}
