/* SPDX-License-Identifier: MIT */
#include "lambda_runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "json_text.h"

/* Time for the answer itself, kept from what an invocation may take. */
enum { RESERVE_MS = 250, POST_MS = 10000, ANSWER_BYTES = 65536 };

static int make_url(char *url, size_t size, const char *path, const char *id, const char *what)
{
    const char *host = getenv("AWS_LAMBDA_RUNTIME_API");
    int len = host == NULL ? -1
                           : snprintf(url, size, "http://%s/2018-06-01/runtime/%s%s%s", host, path,
                                      id, what);

    if (len > 0 && (size_t)len < size)
        return 0;
    fprintf(stderr, "AWS_LAMBDA_RUNTIME_API is not set: this program is started by Lambda\n");
    return -1;
}

/* The status that the runtime API answered, or 0. */
static long post(struct fetch *fetch, const char *url, const char *body, const char *header)
{
    const char *headers[] = {"Content-Type: application/json", header, NULL};
    struct fetch_request request = {
        .url = url,
        .method = "POST",
        .body = body,
        .body_len = strlen(body),
        .headers = headers,
        .max_bytes = ANSWER_BYTES,
        .deadline = fetch_now() + POST_MS,
        .direct = 1,
    };
    struct fetch_answer answer;
    int well = fetch_run(fetch, &request, &answer) == 0;
    long status = answer.status;

    if (!well || status != 202)
        fprintf(stderr, "the runtime API did not take an answer: HTTP %ld %s\n", status,
                answer.error);
    fetch_answer_free(&answer);
    return well ? status : 0;
}

void lambda_log(json_t *object)
{
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);

    fprintf(stderr, "%s\n", text != NULL ? text : "{\"error\":\"out of memory\"}");
    free(text);
    json_decref(object);
}

static json_t *error_object(const char *type, const char *error)
{
    return json_pack("{s:o, s:s, s:[]}", "errorMessage", json_text(error), "errorType", type,
                     "stackTrace");
}

static long post_error(struct fetch *fetch, const char *url, const char *type, const char *error)
{
    char header[128];
    json_t *object = error_object(type, error);
    char *body = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    long status;

    lambda_log(object);
    snprintf(header, sizeof header, "Lambda-Runtime-Function-Error-Type: %s", type);
    status =
        post(fetch, url,
             body != NULL ? body : "{\"errorMessage\":\"\",\"errorType\":\"Runtime.Unhandled\"}",
             header);
    free(body);
    return status;
}

void lambda_init_error(const char *type, const char *error)
{
    struct fetch *fetch = fetch_new();
    char url[512];

    if (make_url(url, sizeof url, "init/error", "", "") != 0)
        lambda_log(error_object(type, error));
    else if (fetch != NULL)
        post_error(fetch, url, type, error);
    fetch_free(fetch);
}

/* The answer: taken, or not (then it is an error), or the runtime API is gone: 0 to go on. */
static int answer_event(struct fetch *fetch, const char *id, int well, struct lambda_result *result)
{
    char url[512];
    long status = 413;

    if (well) {
        if (make_url(url, sizeof url, "invocation/", id, "/response") != 0)
            return -1;
        status = post(fetch, url, result->json, NULL);
        if (status == 413) {
            snprintf(result->type, sizeof result->type, "Runtime.ResponseTooLarge");
            snprintf(result->error, sizeof result->error, "the answer is too large");
        }
    }
    if (!well || status == 413) {
        if (make_url(url, sizeof url, "invocation/", id, "/error") != 0)
            return -1;
        status = post_error(fetch, url, result->type, result->error);
    }
    /* 400 and 403 are of this invocation alone; after 500 there is nothing to do but to end. */
    return status >= 200 && status < 500 ? 0 : -1;
}

static int64_t deadline_of(struct fetch *fetch)
{
    const char *text = fetch_header(fetch, "Lambda-Runtime-Deadline-Ms");
    struct timespec now;
    long long at = text == NULL ? 0 : strtoll(text, NULL, 10);

    clock_gettime(CLOCK_REALTIME, &now);
    at -= (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + RESERVE_MS;
    /* One millisecond, and not 0, which would be none at all. */
    return fetch_now() + (at > 0 && at < 900000 ? at : 1);
}

static int copy_id(struct fetch *fetch, char id[128])
{
    const char *text = fetch_header(fetch, "Lambda-Runtime-Aws-Request-Id");
    size_t len = text == NULL ? 0
                              : strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-");

    if (len == 0 || len >= 128 || text[len] != '\0')
        return -1;
    memcpy(id, text, len + 1);
    return 0;
}

static void set_trace(struct fetch *fetch)
{
    const char *trace = fetch_header(fetch, "Lambda-Runtime-Trace-Id");

    if (trace == NULL)
        unsetenv("_X_AMZN_TRACE_ID");
    else
        setenv("_X_AMZN_TRACE_ID", trace, 1);
}

static int run_one(struct fetch *fetch, lambda_handler handler, void *arg)
{
    struct fetch_request request = {.max_bytes = LAMBDA_MAX_BYTES, .direct = 1};
    struct lambda_result result = {.json = NULL};
    struct fetch_answer answer;
    char url[512], id[128];
    int came, well = 0, status = -1;

    if (make_url(url, sizeof url, "invocation/next", "", "") != 0)
        return -1;
    request.url = url;
    came = fetch_run(fetch, &request, &answer) == 0; /* waits for as long as there is no event */
    if (copy_id(fetch, id) != 0 || (came && answer.status != 200)) {
        fprintf(stderr, "the runtime API gave no event: HTTP %ld %s\n", answer.status,
                answer.error);
    } else {
        if (came) {
            struct lambda_event event = {
                .request_id = id,
                .json = (const char *)answer.body,
                .len = answer.len,
                .deadline = deadline_of(fetch),
            };

            set_trace(fetch);
            well = handler(arg, &event, &result) == 0;
        } else {
            snprintf(result.type, sizeof result.type, "Runtime.EventNotRead");
            snprintf(result.error, sizeof result.error, "%s", answer.error);
        }
        status = answer_event(fetch, id, well, &result);
    }
    free(result.json);
    fetch_answer_free(&answer);
    return status;
}

void lambda_run(lambda_handler handler, void *arg)
{
    struct fetch *fetch = fetch_new();

    while (fetch != NULL && run_one(fetch, handler, arg) == 0)
        ;
    fetch_free(fetch);
}
