/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include "folder.h"

/* The clock of the sources, which can be put back. */
static time_t clock_now;

static time_t test_time(time_t *out)
{
    if (out != NULL)
        *out = clock_now;
    return clock_now;
}

#define time test_time
#include "source.c"
#undef time

/* One server, and what it has under all of its URLs. */
static struct {
    char *body;
    size_t len;
    char etag[FETCH_ETAG_LEN];
    int asked;
} server;

int64_t fetch_now(void)
{
    static int64_t milliseconds;

    return ++milliseconds;
}

const char *fetch_shown(const char *location, char shown[FETCH_SHOWN_LEN])
{
    snprintf(shown, FETCH_SHOWN_LEN, "%s", location);
    return shown;
}

int fetch_is_private(const char *location)
{
    (void)location;
    return 1;
}

int s3_is_location(const char *location)
{
    (void)location;
    return 0;
}

struct fetch *fetch_new(void)
{
    return malloc(1);
}

void fetch_free(struct fetch *fetch)
{
    free(fetch);
}

void fetch_answer_free(struct fetch_answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}

enum fetch_news fetch_get(struct fetch *fetch, const struct fetch_request *request,
                          struct fetch_answer *answer)
{
    (void)fetch;
    server.asked++;
    *answer = (struct fetch_answer){.status = 200};
    if (strcmp(request->etag, server.etag) == 0)
        return FETCH_UNCHANGED;
    answer->body = malloc(server.len + 1);
    ck_assert_ptr_nonnull(answer->body);
    memcpy(answer->body, server.body, server.len + 1);
    answer->len = server.len;
    snprintf(answer->etag, sizeof answer->etag, "%s", server.etag);
    return FETCH_NEW;
}

static struct sources sources;
static mtlsauth_truststore *truststore;
static mtlsauth_policy *policy;
static mtlsauth_chain *revoked;

static void publish(const char *name, const char *etag)
{
    free(server.body);
    server.body = data_read(name, &server.len);
    snprintf(server.etag, sizeof server.etag, "%s", etag);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* A list at a URL, loaded when the clock is so many seconds late. */
static void start(const char *row, int64_t late, unsigned interval)
{
    char error[FETCH_ERROR_LEN];

    truststore = data_truststore("root.pem");
    revoked = data_chain("revoked.pem");
    policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    ASSERT_OK(row, mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL,
                                                  MTLSAUTH_DEPTH_LEAF));
    sources = (struct sources){.policy = policy, .interval = interval};
    server.asked = 0;
    clock_now = (time_t)(DATA_NOW + late);
    ASSERT_INT(row, sources_add(&sources, SOURCE_CRL, "http://crl.example.com/ca.crl"), 0);
    ASSERT_INT(row, sources_start(&sources, truststore, 0, error), 0);
    ASSERT_INT(row, server.asked, 1);
}

static void stop(void)
{
    sources_free(&sources);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    mtlsauth_chain_free(revoked);
    revoked = NULL;
    free(server.body);
    server.body = NULL;
}

/* No location was asked for up to a day, when the clock had been put back by less than that. */
START_TEST(clock_put_back_puts_off_no_look)
{
    static const struct {
        const char *name;
        int64_t late;
        unsigned interval;
    } rows[] = {
        {"two minutes", 120, 0},
        {"an hour", 3600, 0},
        {"8 hours", 8 * 3600, 0},
        {"23 hours", 23 * 3600, 0},
        {"23 hours, looks each 10 minutes", 23 * 3600, 600},
        {"a month", 30 * 86400, 0},
        {"a day, looks each two days", 86400, 2 * 86400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *row = rows[i].name;

        publish("root-older.crl", "\"1\"");
        start(row, rows[i].late, rows[i].interval);
        ASSERT_CODE(row, mtlsauth_authorize(sources.authorizer, revoked, NULL), MTLSAUTH_OK);
        publish("root.crl", "\"2\"");
        clock_now = DATA_NOW;
        ASSERT_INT(row, sources_refresh(&sources, SOURCES_DUE, 0), 0);
        ASSERT_INT(row, server.asked, 2);
        ASSERT_CODE(row, mtlsauth_authorize(sources.authorizer, revoked, NULL),
                    MTLSAUTH_DENY_REVOKED);
        stop();
    }
}
END_TEST

/* What was refused is loaded again after a while, as its CA may be there now. */
START_TEST(clock_put_back_keeps_nothing_refused)
{
    publish("bad-signature.crl", "\"1\"");
    start("refused", 8 * 3600, 0);
    ck_assert_str_ne(sources.list[0].error, "");
    publish("root.crl", "\"1\"");
    clock_now = DATA_NOW;
    ASSERT_INT("refused", sources_refresh(&sources, SOURCES_DUE, 0), 0);
    ASSERT_INT("refused", sources.list[0].loaded, 1);
    stop();
}
END_TEST

START_TEST(no_look_before_its_time)
{
    publish("root.crl", "\"1\"");
    start("interval", 0, 3600);
    for (int minute = 1; minute < 60; minute++) {
        clock_now += 60;
        ASSERT_INT("too early", sources_refresh(&sources, SOURCES_DUE, 0), 0);
        ASSERT_INT("too early", server.asked, 1);
    }
    clock_now += 60;
    ASSERT_INT("in time", sources_refresh(&sources, SOURCES_DUE, 0), 0);
    ASSERT_INT("in time", server.asked, 2);
    stop();
    /* One that was refused is not fetched over and over: the same ETag is asked for. */
    publish("bad-signature.crl", "\"1\"");
    start("refused", 0, 0);
    for (int second = 10; second < 300; second += 10) {
        clock_now += 10;
        ASSERT_INT("still refused", sources_refresh(&sources, SOURCES_DUE, 0), 1);
        ASSERT_INT("still refused", sources.list[0].rollbacks + sources.list[0].loaded, 0);
    }
    ck_assert_uint_gt(sources.list[0].unchanged, 3);
    stop();
}
END_TEST

/* A list in a file, as large, as old and in the same place as it was, is read again where its content
 * may be another. */
START_TEST(files_that_look_the_same)
{
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 16], error[FETCH_ERROR_LEN];
    struct timespec pause = {.tv_nsec = 50 * 1000 * 1000}, times[2];
    struct stat before;
    size_t len;
    char *bytes = data_read("root.crl", &len);

    folder_make(folder);
    snprintf(path, sizeof path, "%s/a.crl", folder);
    write_file(path, bytes, len);
    truststore = data_truststore("root.pem");
    policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    ASSERT_OK("file", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL,
                                                     MTLSAUTH_DEPTH_LEAF));
    sources = (struct sources){.policy = policy};
    clock_now = time(NULL);
    ASSERT_INT("file", sources_add(&sources, SOURCE_CRL, path), 0);
    ASSERT_INT("file", sources_start(&sources, truststore, 0, error), 0);
    for (unsigned long looks = 2; looks < 5; looks++) {
        ASSERT_INT("young", sources_refresh(&sources, SOURCES_ALL_LISTS, 0), 0);
        ASSERT_INT("young", sources.list[0].loaded, looks);
    }
    clock_now += 10;
    for (int looks = 0; looks < 3; looks++)
        ASSERT_INT("settled", sources_refresh(&sources, SOURCES_ALL_LISTS, 0), 0);
    ASSERT_INT("settled", sources.list[0].loaded, 5);
    ASSERT_INT("settled", sources.list[0].unchanged, 2);
    ck_assert_int_eq(stat(path, &before), 0);
    nanosleep(&pause, NULL);
    write_file(path, bytes, len);
    times[0] = before.st_atim;
    times[1] = before.st_mtim;
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    ASSERT_INT("its date put back", sources_refresh(&sources, SOURCES_ALL_LISTS, 0), 0);
    ASSERT_INT("its date put back", sources.list[0].loaded, 6);
    stop();
    free(bytes);
}
END_TEST

UNIT_MAIN("example_source", clock_put_back_puts_off_no_look, clock_put_back_keeps_nothing_refused,
          no_look_before_its_time, files_that_look_the_same)
