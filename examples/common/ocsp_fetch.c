/* SPDX-License-Identifier: MIT */
#include "ocsp_fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

struct exchange {
    const char *url;
    const void *request;
    size_t request_len;
    long timeout_ms;
    int use_proxy;
    struct curl_slist *headers;
    struct ocsp_body *body;
};

static size_t take(char *data, size_t size, size_t count, void *arg)
{
    struct ocsp_body *body = arg;
    size_t len = size * count;

    if (len > sizeof body->bytes - body->len) {
        body->too_large = 1;
        return 0; /* libcurl gives up then */
    }
    memcpy(body->bytes + body->len, data, len);
    body->len += len;
    return len;
}

/* What may be fetched at all. */
static CURLcode set_bounds(CURL *curl, const struct exchange *x)
{
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, x->url);

    if (code == CURLE_OK) /* as text since 7.85.0, where the bit mask is deprecated */
#if LIBCURL_VERSION_NUM >= 0x075500
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    if (code == CURLE_OK && !x->use_proxy)
        code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, x->timeout_ms);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) : code;
}

static CURLcode set_request(CURL *curl, const struct exchange *x)
{
    CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)x->request_len);

    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, x->request);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, x->headers);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_WRITEDATA, x->body) : code;
}

static int no_answer(char why[OCSP_WHY_LEN], const char *what, const char *reason)
{
    snprintf(why, OCSP_WHY_LEN, "%s: %s", what, reason);
    return -1;
}

/* 0 when body is what the responder sent with status 200 as application/ocsp-response. */
static int judge(CURL *curl, CURLcode code, const struct ocsp_body *body, char why[OCSP_WHY_LEN])
{
    const char *type = NULL;
    char status[32];
    long http = 0;

    if (body->too_large)
        return no_answer(why, "the responder", "its answer is larger than 65536 bytes");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return no_answer(why, "the responder", "it did not answer in time");
    if (code != CURLE_OK)
        return no_answer(why, "the connection failed", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    snprintf(status, sizeof status, "HTTP %ld", http);
    if (http >= 300 && http < 400)
        return no_answer(why, status, "it wants to send us elsewhere, and is not followed");
    if (http >= 500)
        return no_answer(why, status, "the responder is broken: try again later");
    if (http != 200)
        return no_answer(why, status,
                         "the responder does not take this request: is the URL right?");
    if (type == NULL || strncmp(type, "application/ocsp-response", 25) != 0)
        return no_answer(why, "the answer is no OCSP response", type == NULL ? "(no type)" : type);
    return 0;
}

int ocsp_fetch(const char *url, const void *der, size_t len, long timeout_ms, int use_proxy,
               struct ocsp_body *body, char why[OCSP_WHY_LEN])
{
    struct exchange x = {url, der, len, timeout_ms, use_proxy, NULL, body};
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    int result;

    body->len = 0;
    body->too_large = 0;
    x.headers = curl_slist_append(NULL, "Content-Type: application/ocsp-request");
    if (curl != NULL && x.headers != NULL)
        code = set_bounds(curl, &x);
    if (code == CURLE_OK)
        code = set_request(curl, &x);
    if (code == CURLE_OK)
        code = curl_easy_perform(curl);
    result = judge(curl, code, body, why);
    curl_slist_free_all(x.headers);
    curl_easy_cleanup(curl);
    return result;
}
