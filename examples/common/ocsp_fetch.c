/* SPDX-License-Identifier: MIT */
#include "ocsp_fetch.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int no_answer(char why[OCSP_WHY_LEN], const char *what, const char *reason)
{
    snprintf(why, OCSP_WHY_LEN, "%s: %s", what, reason);
    return -1;
}

/* Whoever answers writes it, and a terminal may show it: printable ASCII, and not much of it. */
static int no_response(char why[OCSP_WHY_LEN], const char *type)
{
    char shown[80];
    size_t n = 0;

    for (; type != NULL && type[n] != '\0' && n < sizeof shown - 1; n++)
        shown[n] = type[n] >= ' ' && type[n] <= '~' ? type[n] : '?';
    shown[n] = '\0';
    return no_answer(why, "the answer is no OCSP response", type == NULL ? "(no type)" : shown);
}

/* 0 when it is what a responder sends with status 200 as application/ocsp-response. */
static int judge(struct fetch *fetch, const struct fetch_answer *answer, char why[OCSP_WHY_LEN])
{
    const char *type = fetch_header(fetch, "Content-Type");
    char status[32];

    snprintf(status, sizeof status, "HTTP %ld", answer->status);
    if (answer->status >= 300 && answer->status < 400)
        return no_answer(why, status, "it wants to send us elsewhere, and is not followed");
    if (answer->status >= 500)
        return no_answer(why, status, "the responder is broken: try again later");
    if (answer->status != 200)
        return no_answer(why, status,
                         "the responder does not take this request: is the URL right?");
    /* The case of its letters means nothing (RFC 9110 8.3.1). */
    if (type == NULL || strncasecmp(type, "application/ocsp-response", 25) != 0)
        return no_response(why, type);
    return 0;
}

int ocsp_fetch(struct fetch *fetch, const char *url, const mtlsauth_ocsp_request *request,
               int64_t deadline, int direct, struct fetch_answer *answer, char why[OCSP_WHY_LEN])
{
    static const char *const headers[] = {"Content-Type: application/ocsp-request", NULL};
    struct fetch_request post = {
        .url = url,
        .method = "POST",
        .headers = headers,
        .max_bytes = MTLSAUTH_MAX_OCSP_BYTES,
        .deadline = deadline,
        .direct = direct,
    };

    *answer = (struct fetch_answer){0};
    /* What a certificate names is never asked for with the credentials of S3. */
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return no_answer(why, "the responder", "its URL is none of http or https");
    post.body = mtlsauth_ocsp_request_der(request, &post.body_len);
    if (fetch_run(fetch, &post, answer) != 0) {
        snprintf(why, OCSP_WHY_LEN, "%s", answer->error);
        return -1;
    }
    return judge(fetch, answer, why);
}

int ocsp_asked_new(struct ocsp_asked *asked, const mtlsauth_ocsp_request *request)
{
    size_t len;
    const void *der = mtlsauth_ocsp_request_der(request, &len);

    if (len > sizeof asked->der || (len == asked->len && memcmp(der, asked->der, len) == 0))
        return 0;
    memcpy(asked->der, der, len);
    asked->len = len;
    return 1;
}
