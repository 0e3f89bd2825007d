/* SPDX-License-Identifier: MIT */
#include "fetch.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "s3.h"

enum { FIRST_PAUSE_MS = 100, CONNECT_MS = 5000, IDLE_SECONDS = 15, START_BYTES = 16384 };

struct fetch {
    CURL *curl;
};

/* What one request needs while it runs. */
struct transfer {
    CURL *curl;
    const struct fetch_request *request;
    struct fetch_answer *answer;
    struct s3_object object;
    struct curl_slist *headers;
    size_t room;
    int too_large, failed;
};

int64_t fetch_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct fetch *fetch_new(void)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);

    if (fetch != NULL && (fetch->curl = curl_easy_init()) == NULL) {
        free(fetch);
        fetch = NULL;
    }
    return fetch;
}

void fetch_free(struct fetch *fetch)
{
    if (fetch != NULL)
        curl_easy_cleanup(fetch->curl);
    free(fetch);
}

void fetch_answer_free(struct fetch_answer *answer)
{
    free(answer->body);
    answer->body = NULL;
    answer->len = 0;
}

const char *fetch_header(struct fetch *fetch, const char *name)
{
    struct curl_header *header;

    return curl_easy_header(fetch->curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
               ? header->value
               : NULL;
}

/*
 * A query may hold a secret. So may what stands before an "@", wherever one takes a user name to
 * end; it is none in the key of an object of S3, or in a query, behind a plain host and its slash.
 */
const char *fetch_shown(const char *location, char shown[FETCH_SHOWN_LEN])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    const char *host = strstr(location, "://"), *rest = "";
    size_t len = strlen(location);

    if (host != NULL) {
        host += 3;
        len = strcspn(location, "?");
        if (strchr(host, '@') != NULL &&
            (host[strspn(host, plain)] != '/' ||
             (memchr(location, '@', len) != NULL && !s3_is_location(location)))) {
            len = (size_t)(host - location);
            rest = "...";
        }
    }
    if (len > FETCH_SHOWN_LEN - sizeof "...") {
        len = FETCH_SHOWN_LEN - sizeof "...";
        rest = "...";
        while (((unsigned char)location[len] & 0xc0) == 0x80) /* within a character of UTF-8 */
            len--;
    }
    snprintf(shown, FETCH_SHOWN_LEN, "%.*s%s", (int)len, location, rest);
    return shown;
}

int fetch_is_private(const char *location)
{
    const char *host = location + sizeof "http://" - 1;
    size_t len;

    if (strncasecmp(location, "http://", sizeof "http://" - 1) != 0)
        return 1;
    if (strncmp(host, "127.", 4) == 0)
        len = strspn(host, "0123456789."); /* no name that begins so */
    else if (strncmp(host, "[::1]", 5) == 0)
        len = 5;
    else
        len = strncmp(host, "localhost", 9) == 0 ? 9 : 0;
    /* What follows as a port may be a password, and the host come behind it. */
    if (len > 0 && host[len] == ':')
        len += 1 + strspn(host + len + 1, "0123456789");
    return len > 0 && host[len] == '/';
}

static int failed(struct transfer *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int failed(struct transfer *t, const char *format, ...)
{
    char shown[FETCH_SHOWN_LEN];
    int written =
        snprintf(t->answer->error, FETCH_ERROR_LEN, "%s: ", fetch_shown(t->request->url, shown));
    va_list arguments;

    va_start(arguments, format);
    if (written > 0 && written < FETCH_ERROR_LEN)
        vsnprintf(t->answer->error + written, (size_t)(FETCH_ERROR_LEN - written), format,
                  arguments);
    va_end(arguments);
    return -1;
}

static size_t take(char *data, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    struct fetch_answer *answer = t->answer;
    size_t len = size * count;

    if (len > t->request->max_bytes - answer->len) {
        t->too_large = 1;
        return 0; /* libcurl gives up then */
    }
    if (t->room - answer->len <= len) {
        size_t room = 2 * (answer->len + len) + START_BYTES;
        unsigned char *body = realloc(answer->body, room);

        if (body == NULL)
            return 0;
        answer->body = body;
        t->room = room;
    }
    memcpy(answer->body + answer->len, data, len);
    answer->len += len;
    answer->body[answer->len] = '\0';
    return len;
}

static void add_header(struct transfer *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_header(struct transfer *t, const char *format, ...)
{
    char line[8192];
    struct curl_slist *longer;
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    longer = len < 0 || (size_t)len >= sizeof line ? NULL : curl_slist_append(t->headers, line);
    if (longer == NULL)
        t->failed = 1;
    else
        t->headers = longer;
}

#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (curl_easy_setopt(t->curl, option, value) != CURLE_OK)                                  \
            t->failed = 1;                                                                         \
    } while (0)

/*
 * S3 wants the digest of the body in a header, which libcurl 7.88 leaves out. What is in the list
 * of headers gets signed, and so does the token.
 */
static void sign(struct transfer *t)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned len = 0;

    if (EVP_Digest(t->request->body != NULL ? t->request->body : "", t->request->body_len, digest,
                   &len, EVP_sha256(), NULL) != 1)
        t->failed = 1;
    for (unsigned i = 0; i < len; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    add_header(t, "x-amz-content-sha256: %s", hex);
    if (t->object.token != NULL)
        add_header(t, "x-amz-security-token: %s", t->object.token);
    SET(CURLOPT_AWS_SIGV4, t->object.signature);
    SET(CURLOPT_USERNAME, t->object.key_id);
    SET(CURLOPT_PASSWORD, t->object.secret);
    SET(CURLOPT_PATH_AS_IS, 1L); /* a key may have ".." inside */
}

static int is_over(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct transfer *t = arg;

    (void)a, (void)b, (void)c, (void)d;
    return t->request->ends();
}

static void set_method(struct transfer *t)
{
    const struct fetch_request *request = t->request;
    int is_post = request->method != NULL && strcmp(request->method, "POST") == 0;

    if (request->body != NULL || is_post) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
        SET(CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    }
    if (request->method != NULL && !is_post)
        SET(CURLOPT_CUSTOMREQUEST, request->method);
}

static int set_options(struct transfer *t)
{
    const struct fetch_request *request = t->request;

    curl_easy_reset(t->curl); /* connections stay open */
    SET(CURLOPT_URL, t->object.url != NULL ? t->object.url : request->url);
#if LIBCURL_VERSION_NUM >= 0x075500 /* as text since 7.85.0, where the bit mask is deprecated */
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_WRITEFUNCTION, take);
    SET(CURLOPT_WRITEDATA, t);
    if (request->direct)
        SET(CURLOPT_NOPROXY, "*");
    if (request->ends != NULL) {
        SET(CURLOPT_NOPROGRESS, 0L);
        SET(CURLOPT_XFERINFOFUNCTION, is_over);
        SET(CURLOPT_XFERINFODATA, t);
    }
    if (request->ca_file != NULL)
        SET(CURLOPT_CAINFO, request->ca_file);
    set_method(t);
    if (request->etag != NULL && *request->etag != '\0')
        add_header(t, "If-None-Match: %s", request->etag);
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        add_header(t, "%s", request->headers[i]);
    if (t->object.url != NULL)
        sign(t);
    SET(CURLOPT_HTTPHEADER, t->headers);
    return t->failed ? failed(t, "the request cannot be made: is the URL right?") : 0;
}

/* How long this attempt may take: all that is left; a connection that stands still, less. */
static int set_deadline(struct transfer *t)
{
    int64_t left = t->request->deadline - fetch_now();

    if (t->request->deadline == 0)
        return 0;
    if (left <= 0)
        return failed(t, "no time is left to ask");
    SET(CURLOPT_TIMEOUT_MS, (long)left);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(left < CONNECT_MS ? left : CONNECT_MS));
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
    return t->failed ? failed(t, "libcurl takes no deadline") : 0;
}

static int run_once(struct transfer *t, CURLcode *code)
{
    struct fetch_answer *answer = t->answer;
    struct curl_header *etag;

    answer->status = 0;
    answer->len = 0;
    answer->body[0] = '\0';
    answer->etag[0] = answer->error[0] = '\0';
    t->too_large = 0;
    if (t->request->ends != NULL && t->request->ends()) {
        *code = CURLE_ABORTED_BY_CALLBACK;
        return failed(t, "this program is about to end");
    }
    if (set_deadline(t) != 0) {
        *code = CURLE_ABORTED_BY_CALLBACK; /* which is not tried again */
        return -1;
    }
    *code = curl_easy_perform(t->curl);
    if (t->too_large)
        return failed(t, "the answer is larger than %zu octets", t->request->max_bytes);
    if (*code != CURLE_OK)
        return failed(t,
                      *code == CURLE_OPERATION_TIMEDOUT ? "it did not answer in time: %s"
                                                        : "the connection failed: %s",
                      curl_easy_strerror(*code));
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &answer->status);
    if (curl_easy_header(t->curl, "ETag", 0, CURLH_HEADER, -1, &etag) == CURLHE_OK &&
        strlen(etag->value) < FETCH_ETAG_LEN)
        strcpy(answer->etag, etag->value);
    return 0;
}

static int worth_another_try(CURLcode code, const struct transfer *t)
{
    long status = t->answer->status;

    if (t->too_large)
        return 0;
    switch (code) {
    case CURLE_OK:
        return status == 429 || status == 500 || (status >= 502 && status <= 504);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return 1;
    default:
        return 0;
    }
}

/* The pauses double, and differ from process to process; one that would be the last is not made. */
static int pause_before(unsigned attempt, int64_t deadline)
{
    int64_t pause = (int64_t)FIRST_PAUSE_MS << (attempt < 6 ? attempt : 6);
    struct timespec now, length;

    clock_gettime(CLOCK_REALTIME, &now);
    pause += now.tv_nsec / 1000 % pause;
    if (deadline != 0 && fetch_now() + pause >= deadline)
        return -1;
    length = (struct timespec){.tv_sec = pause / 1000, .tv_nsec = pause % 1000 * 1000000};
    nanosleep(&length, NULL);
    return 0;
}

int fetch_run(struct fetch *fetch, const struct fetch_request *request, struct fetch_answer *answer)
{
    struct transfer transfer = {.curl = fetch->curl, .request = request, .answer = answer};
    char error[S3_ERROR_LEN];
    CURLcode code;
    int result = -1;

    *answer = (struct fetch_answer){.body = calloc(1, START_BYTES)};
    transfer.room = START_BYTES;
    if (answer->body == NULL)
        failed(&transfer, "out of memory");
    else if (s3_is_location(request->url) && s3_resolve(request->url, &transfer.object, error) != 0)
        failed(&transfer, "%s", error);
    else
        result = set_options(&transfer);
    for (unsigned attempt = 0; result == 0; attempt++) {
        result = run_once(&transfer, &code);
        if (attempt + 1 >= request->attempts || !worth_another_try(code, &transfer) ||
            pause_before(attempt, request->deadline) != 0)
            break;
        result = 0;
    }
    if (result != 0)
        fetch_answer_free(answer);
    /* The handle outlives the list of headers. */
    curl_easy_setopt(fetch->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(transfer.headers);
    s3_release(&transfer.object);
    return result;
}

/* "HTTP 403 AccessDenied": S3 says it in XML, and the code is what an operator looks for. */
static void say_status(const struct fetch_request *request, struct fetch_answer *answer)
{
    struct transfer transfer = {.request = request, .answer = answer};
    const char *code = strstr((const char *)answer->body, "<Code>");
    size_t len = 0;

    if (code != NULL)
        len = strspn(code += 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (answer->status >= 300 && answer->status < 400)
        failed(&transfer, "HTTP %ld: it wants to send us elsewhere, and is not followed",
               answer->status);
    else
        failed(&transfer, "HTTP %ld%s%.*s", answer->status, len > 0 ? " " : "",
               len < 64 ? (int)len : 64, code != NULL ? code : "");
}

enum fetch_news fetch_get(struct fetch *fetch, const struct fetch_request *request,
                          struct fetch_answer *answer)
{
    if (fetch_run(fetch, request, answer) != 0)
        return FETCH_FAILED;
    if (answer->status == 200)
        return FETCH_NEW;
    if (answer->status == 304 && request->etag != NULL && *request->etag != '\0')
        return FETCH_UNCHANGED;
    say_status(request, answer);
    return FETCH_FAILED;
}

int fetch_put(struct fetch *fetch, const struct fetch_request *request, struct fetch_answer *answer)
{
    struct fetch_request put = *request;

    put.method = "PUT";
    if (put.body == NULL)
        put.body = "";
    if (fetch_run(fetch, &put, answer) != 0)
        return -1;
    if (answer->status >= 200 && answer->status < 300)
        return 0;
    say_status(request, answer);
    return -1;
}
