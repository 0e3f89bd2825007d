/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_FETCH_H
#define EXAMPLES_FETCH_H

/*
 * HTTP by libcurl, as narrow as what decides about clients should be: http and https alone, no
 * redirect, a size limit, one deadline for all attempts. "s3://bucket/key" is asked for with a
 * signature of the caller (s3.h says what it takes from the environment).
 *
 * Call curl_global_init first. A struct fetch keeps connections open; use one a thread.
 */

#include <stddef.h>
#include <stdint.h>

#define FETCH_ETAG_LEN 256
#define FETCH_ERROR_LEN 512
#define FETCH_SHOWN_LEN 256

struct fetch;

struct fetch_request {
    const char *url;    /* http://, https:// or s3:// */
    const char *method; /* NULL for GET */
    const char *etag;   /* as an earlier answer gave it; NULL or "" to get it in any case */
    const void *body;   /* NULL for none */
    size_t body_len;
    const char *const *headers; /* more of them, "Name: value", up to a NULL; may be NULL */
    const char *ca_file;        /* CAs of https servers; NULL for those of the system */
    size_t max_bytes;           /* of an answer's body */
    int64_t deadline;           /* as fetch_now() counts; 0 for none */
    unsigned attempts;          /* 0 is 1; with pauses that grow between them */
    int direct;                 /* never by a proxy, whatever the environment says */
    int (*ends)(void);          /* not 0: give up now; asked about once a second; may be NULL */
};

struct fetch_answer {
    long status;         /* of HTTP; 0 without an answer */
    unsigned char *body; /* len octets and a NUL; NULL without an answer */
    size_t len;
    char etag[FETCH_ETAG_LEN]; /* of this very body; "" without one */
    char error[FETCH_ERROR_LEN];
};

/* Milliseconds of a clock that only goes forward. */
int64_t fetch_now(void);

/*
 * What of a location may stand in a log: no query, and nothing at all where there may be a
 * password. Cut when it is long; returns shown.
 */
const char *fetch_shown(const char *location, char shown[FETCH_SHOWN_LEN]);

/*
 * 1 when nobody on the way can have written what comes from a location: not so where it is http and
 * beyond this machine. For what has no signature.
 */
int fetch_is_private(const char *location);

/* NULL when memory runs out. */
struct fetch *fetch_new(void);
void fetch_free(struct fetch *fetch);

/*
 * 0 when a whole answer came, whatever its status; -1 with a sentence in answer->error. A failed
 * connection and the statuses 429, 500, 502, 503 and 504 are tried again, if there is an attempt
 * left. Either way *answer is overwritten, and to be freed with fetch_answer_free.
 */
int fetch_run(struct fetch *fetch, const struct fetch_request *request,
              struct fetch_answer *answer);

/* Value of a header of the last answer, borrowed until the next request; NULL without it. */
const char *fetch_header(struct fetch *fetch, const char *name);

enum fetch_news { FETCH_FAILED = -1, FETCH_NEW = 0, FETCH_UNCHANGED = 1 };

/*
 * GET, if it is another than request->etag: what came and its ETag are of one answer. FETCH_FAILED,
 * with a sentence, for every status but 200 and 304.
 */
enum fetch_news fetch_get(struct fetch *fetch, const struct fetch_request *request,
                          struct fetch_answer *answer);

/* PUT: 0 when the server took it. */
int fetch_put(struct fetch *fetch, const struct fetch_request *request,
              struct fetch_answer *answer);

void fetch_answer_free(struct fetch_answer *answer);

#endif
