/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <mtlsauth/mtlsauth.h>
#include "s3.h"

enum { ATTEMPTS = 3, LONGEST_PAUSE = 60, REFUSED_SECONDS = 300, SETTLED_SECONDS = 3 };
#define DEFAULT_MAX_BYTES ((size_t)256 << 20)

/* What a look at a source has found. */
struct news {
    unsigned char *body; /* NULL for a file that is read by the library */
    size_t len;
    char etag[FETCH_ETAG_LEN], error[FETCH_ERROR_LEN];
};

static int is_url(const char *location)
{
    return strstr(location, "://") != NULL;
}

/* http or https, and no user: a password would never be sent (fetch.c). */
static int is_plain_http(const char *location)
{
    const char *host = strstr(location, "://") + 3;

    return (strncmp(location, "http://", 7) == 0 || strncmp(location, "https://", 8) == 0) &&
           memchr(host, '@', strcspn(host, "/?#")) == NULL;
}

int sources_add(struct sources *sources, enum source_kind kind, const char *location)
{
    if (sources->count == SOURCE_MAX ||
        (is_url(location) && !is_plain_http(location) && !s3_is_location(location)) ||
        (kind == SOURCE_TRUSTSTORE && !fetch_is_private(location)))
        return -1;
    for (size_t i = 0; kind == SOURCE_TRUSTSTORE && i < sources->count; i++)
        if (sources->list[i].kind == SOURCE_TRUSTSTORE)
            return -1;
    sources->list[sources->count++] = (struct source){.kind = kind, .location = location};
    return 0;
}

static size_t max_bytes(const struct sources *sources, const struct source *source)
{
    if (source->kind == SOURCE_TRUSTSTORE)
        return MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES;
    return sources->max_bytes != 0 ? sources->max_bytes : DEFAULT_MAX_BYTES;
}

/* Of two writes within one tick of the file system's clock the second may leave all as it was: a
 * file that is younger has a tag of this look alone, and is read again the next time. */
static void tag_file(char etag[FETCH_ETAG_LEN], const struct stat *status)
{
    int64_t now = (int64_t)time(NULL), old = now - SETTLED_SECONDS;
    int n = snprintf(etag, FETCH_ETAG_LEN, "%jd.%09ld-%jd.%09ld-%jd-%ju",
                     (intmax_t)status->st_mtim.tv_sec, status->st_mtim.tv_nsec,
                     (intmax_t)status->st_ctim.tv_sec, status->st_ctim.tv_nsec,
                     (intmax_t)status->st_size, (uintmax_t)status->st_ino);

    if (status->st_mtim.tv_sec > old || status->st_ctim.tv_sec > old)
        snprintf(etag + n, (size_t)(FETCH_ETAG_LEN - n), "-young-%jd", (intmax_t)fetch_now());
}

static enum fetch_news look_at_file(const struct source *source, struct news *news)
{
    struct stat status;

    if (stat(source->location, &status) != 0) {
        snprintf(news->error, sizeof news->error, "%s: %s", source->location, strerror(errno));
        return FETCH_FAILED;
    }
    tag_file(news->etag, &status);
    return strcmp(news->etag, source->etag) == 0 ? FETCH_UNCHANGED : FETCH_NEW;
}

static enum fetch_news look(struct sources *sources, const struct source *source, int64_t deadline,
                            struct news *news)
{
    struct fetch_request request = {
        .url = source->location,
        .etag = source->etag,
        .ca_file = sources->ca_file,
        .max_bytes = max_bytes(sources, source),
        .deadline = deadline,
        .attempts = ATTEMPTS,
        .ends = sources->ends,
    };
    struct fetch_answer answer;
    enum fetch_news kind;

    if (!is_url(source->location))
        return look_at_file(source, news);
    kind = fetch_get(sources->fetch, &request, &answer);
    if (kind == FETCH_NEW) {
        news->body = answer.body;
        news->len = answer.len;
        memcpy(news->etag, answer.etag, sizeof news->etag);
        return kind;
    }
    memcpy(news->error, answer.error, sizeof news->error);
    fetch_answer_free(&answer);
    return kind;
}

/* No look is put off for longer than longest: what is further ahead was set by a clock that has been
 * put back since, and does not wait for it to get there again. */
static int is_due(int64_t when, int64_t longest, int64_t now)
{
    return now >= when || when > now + longest;
}

/* The lists that were refused may be those of a CA that is new. */
static void forget_refused(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        struct source *source = &sources->list[i];

        if (source->kind != SOURCE_TRUSTSTORE && source->refused)
            source->refused_until = source->next_look = 0;
    }
}

static int take_truststore(struct sources *sources, const struct source *source,
                           const struct news *news)
{
    mtlsauth_truststore *truststore = NULL;
    int code = news->body == NULL
                   ? mtlsauth_truststore_load_file(&truststore, source->location, NULL)
                   : mtlsauth_truststore_parse(&truststore, news->body, news->len, NULL);

    if (code == MTLSAUTH_OK && sources->authorizer != NULL)
        code = mtlsauth_authorizer_set_truststore(sources->authorizer, truststore);
    if (code == MTLSAUTH_OK) {
        mtlsauth_truststore_free(sources->truststore);
        sources->truststore = truststore;
        forget_refused(sources);
    } else {
        mtlsauth_truststore_free(truststore);
    }
    return code;
}

static int load_crl(const struct sources *sources, const struct source *source,
                    const struct news *news, mtlsauth_crl **crl)
{
    const char *path = source->location;
    mtlsauth_crl_options *options = NULL;
    int code = mtlsauth_crl_options_new(&options);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_crl_options_set_max_bytes(options, max_bytes(sources, source));
    if (code != MTLSAUTH_OK)
        ;
    else if (news->body == NULL && sources->issuer != NULL)
        code = mtlsauth_crl_load_file(crl, path, sources->issuer, sources->policy, options);
    else if (news->body == NULL)
        code = mtlsauth_crl_load_file_from_truststore(crl, path, sources->truststore,
                                                      sources->policy, options);
    else if (sources->issuer != NULL)
        code = mtlsauth_crl_load(crl, news->body, news->len, sources->issuer, sources->policy,
                                 options);
    else
        code = mtlsauth_crl_load_from_truststore(crl, news->body, news->len, sources->truststore,
                                                 sources->policy, options);
    mtlsauth_crl_options_free(options);
    return code;
}

static int take_list(struct sources *sources, struct source *source, const struct news *news)
{
    mtlsauth_crl *crl = NULL;
    int code;

    if (source->kind == SOURCE_CRL)
        code = load_crl(sources, source, news, &crl);
    else if (news->body == NULL)
        code = mtlsauth_crl_open_file(&crl, source->location, sources->key, sources->key_len);
    else
        code = mtlsauth_crl_open(&crl, news->body, news->len, sources->key, sources->key_len);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_put_crl(sources->authorizer, crl);
    if (code == MTLSAUTH_ERR_ROLLBACK)
        source->rollbacks++;
    mtlsauth_crl_free(crl);
    return code;
}

/* What says nothing of the content: it may do the next time. */
static int is_passing(int code)
{
    return code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_IO || code == MTLSAUTH_ERR_CRYPTO;
}

static void take(struct sources *sources, struct source *source, const struct news *news,
                 int64_t now)
{
    int code = source->kind == SOURCE_TRUSTSTORE ? take_truststore(sources, source, news)
                                                 : take_list(sources, source, news);
    char shown[FETCH_SHOWN_LEN];

    if (code == MTLSAUTH_OK) {
        source->error[0] = '\0';
        source->loaded++;
    } else {
        snprintf(source->error, sizeof source->error, "%s: %s: %s",
                 fetch_shown(source->location, shown), mtlsauth_code_name(code),
                 mtlsauth_last_error());
    }
    /* What was refused is not fetched over and over, either. */
    source->refused = code != MTLSAUTH_OK && !is_passing(code);
    source->refused_until = now + REFUSED_SECONDS;
    source->etag[0] = '\0';
    if (!is_passing(code))
        memcpy(source->etag, news->etag, sizeof source->etag);
}

static void set_next_look(const struct sources *sources, struct source *source, int64_t now)
{
    int64_t pause = sources->interval;

    if (source->error[0] == '\0') {
        source->failures = 0;
    } else {
        int64_t backoff = source->failures < 6 ? (int64_t)1 << source->failures : LONGEST_PAUSE;

        source->failures++;
        source->failed++;
        if (pause == 0 || pause > backoff)
            pause = backoff;
    }
    source->next_look = now + pause;
}

static void refresh_one(struct sources *sources, struct source *source, int64_t now,
                        int64_t deadline)
{
    struct news news = {.body = NULL};
    char shown[FETCH_SHOWN_LEN];

    /* Others have taken the time: no failure of this one's, so that it is asked before them
     * next. */
    if (is_url(source->location) && deadline != 0 && fetch_now() >= deadline) {
        if (!source->refused) /* of such, the reason is said until there is another list */
            snprintf(source->error, sizeof source->error, "%s: no time was left to ask",
                     fetch_shown(source->location, shown));
        source->next_look = 0;
        return;
    }
    if (source->refused && is_due(source->refused_until, REFUSED_SECONDS, now))
        source->etag[0] = '\0';
    switch (look(sources, source, deadline, &news)) {
    case FETCH_NEW:
        take(sources, source, &news, now);
        break;
    case FETCH_UNCHANGED:
        source->unchanged++;
        if (!source->refused)
            source->error[0] = '\0';
        break;
    case FETCH_FAILED:
        snprintf(source->error, sizeof source->error, "%s", news.error);
        break;
    }
    free(news.body);
    set_next_look(sources, source, now);
}

static int is_meant(const struct sources *sources, const struct source *source,
                    enum sources_which which, int64_t now)
{
    int64_t longest = sources->interval > LONGEST_PAUSE ? sources->interval : LONGEST_PAUSE;

    if (which == SOURCES_ALL_TRUSTSTORES || which == SOURCES_ALL_LISTS)
        return (source->kind == SOURCE_TRUSTSTORE) == (which == SOURCES_ALL_TRUSTSTORES);
    return is_due(source->next_look, longest, now);
}

/*
 * Of those that are meant, the one that has failed the fewest times in a row: a server that hangs
 * takes the time of no other that is well. SOURCE_MAX when all are done.
 */
static size_t choose(const struct sources *sources, const char done[SOURCE_MAX],
                     enum sources_which which, int64_t now)
{
    size_t best = SOURCE_MAX;

    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->list[i];

        if (!done[i] && is_meant(sources, source, which, now) &&
            (best == SOURCE_MAX || source->failures < sources->list[best].failures))
            best = i;
    }
    return best;
}

size_t sources_refresh(struct sources *sources, enum sources_which which, int64_t deadline)
{
    int64_t now = (int64_t)time(NULL);
    char done[SOURCE_MAX] = {0};
    size_t unwell = 0, next;

    while ((next = choose(sources, done, which, now)) != SOURCE_MAX) {
        done[next] = 1;
        refresh_one(sources, &sources->list[next], now, deadline);
    }
    for (size_t i = 0; i < sources->count; i++)
        unwell += sources->list[i].error[0] != '\0';
    return unwell;
}

const char *sources_truststore_error(const struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->list[i].kind == SOURCE_TRUSTSTORE)
            return sources->list[i].error;
    return "";
}

static int start_failed(char error[FETCH_ERROR_LEN], const char *why)
{
    snprintf(error, FETCH_ERROR_LEN, "%s", why);
    return -1;
}

int sources_start(struct sources *sources, mtlsauth_truststore *truststore, int64_t deadline,
                  char error[FETCH_ERROR_LEN])
{
    int64_t now = (int64_t)time(NULL);

    error[0] = '\0';
    if (sources->fetch == NULL && (sources->fetch = fetch_new()) == NULL)
        return start_failed(error, "out of memory");
    sources->truststore = mtlsauth_truststore_ref(truststore);
    for (size_t i = 0; i < sources->count; i++) {
        if (sources->list[i].kind != SOURCE_TRUSTSTORE)
            continue;
        refresh_one(sources, &sources->list[i], now, deadline);
        if (sources->list[i].error[0] != '\0')
            return start_failed(error, sources->list[i].error);
    }
    if (sources->truststore == NULL)
        return start_failed(error, "there is no truststore: name one");
    if (mtlsauth_authorizer_new(&sources->authorizer, sources->truststore, sources->policy) !=
        MTLSAUTH_OK)
        return start_failed(error, mtlsauth_last_error());
    if (sources->state_dir != NULL &&
        mtlsauth_authorizer_set_state_dir(sources->authorizer, sources->state_dir) != MTLSAUTH_OK) {
        snprintf(error, FETCH_ERROR_LEN, "the folder for the state: %s", mtlsauth_last_error());
        return -1;
    }
    for (size_t i = 0; i < sources->count; i++)
        if (sources->list[i].kind != SOURCE_TRUSTSTORE)
            refresh_one(sources, &sources->list[i], now, deadline);
    return 0;
}

unsigned long sources_rollbacks(const struct sources *sources)
{
    unsigned long sum = 0;

    for (size_t i = 0; i < sources->count; i++)
        sum += sources->list[i].rollbacks;
    return sum;
}

void sources_free(struct sources *sources)
{
    mtlsauth_authorizer_free(sources->authorizer);
    mtlsauth_truststore_free(sources->truststore);
    fetch_free(sources->fetch);
    sources->authorizer = NULL;
    sources->truststore = NULL;
    sources->fetch = NULL;
}
