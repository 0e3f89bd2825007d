/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define LOCK "crl-floors.lock"

enum { NOBODY = 65534 };

static void assert_refused(mtlsauth_authorizer *running, const char *name)
{
    mtlsauth_authorizer *next = fresh();
    uint64_t generation = mtlsauth_authorizer_generation(running);

    ASSERT_INT(name, mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_PARSE);
    ASSERT_TRUE(name, strstr(mtlsauth_last_error(), FLOORS) != NULL);
    ASSERT_INT(name, mtlsauth_authorizer_generation(next), 1);
    ASSERT_INT(name, put(running, 9), MTLSAUTH_ERR_PARSE);
    ASSERT_INT(name, mtlsauth_authorizer_generation(running), generation);
    ASSERT_INT(name, accept_rollback(1, false), MTLSAUTH_ERR_PARSE);
    mtlsauth_authorizer_free(next);
}

START_TEST(torn)
{
    unsigned char good[1024], bad[1024];
    mtlsauth_authorizer *running;
    char name[32];
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(running, 5, false, 1), MTLSAUTH_OK);
    len = read_file(FLOORS, good, sizeof good);
    ck_assert_uint_eq(len, HEADER + 2 * ENTRY + SEAL);
    for (size_t i = 0; i < len; i++) {
        snprintf(name, sizeof name, "cut at %zu", i);
        write_file(FLOORS, good, i);
        assert_refused(running, name);
    }
    for (size_t i = 0; i < len; i++) {
        snprintf(name, sizeof name, "bit of octet %zu", i);
        memcpy(bad, good, len);
        bad[i] ^= (unsigned char)(1U << i % 8);
        write_file(FLOORS, bad, len);
        assert_refused(running, name);
    }
    memcpy(bad, good, len);
    bad[len] = 0;
    write_file(FLOORS, bad, len + 1);
    assert_refused(running, "one octet more");
    /* Put right, it serves again. */
    write_file(FLOORS, good, len);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

static void seal(unsigned char *bytes, size_t len)
{
    ck_assert_int_eq(EVP_Digest(bytes, len - SEAL, bytes + len - SEAL, NULL, EVP_sha256(), NULL),
                     1);
}

/* What has the right digest, and was never written so. */
START_TEST(malformed_with_its_digest)
{
    static const struct {
        const char *name;
        size_t at;
        unsigned char octet;
    } rows[] = {
        {"version 1", 8, 1},          {"count 1", 12, 1},
        {"count 3", 12, 3},           {"count of many", 15, 0x80},
        {"kind 2", HEADER + 108, 2},  {"number of 21 octets", HEADER + 109, 21},
        {"number of 1 octet with 2", HEADER + 109, 1},
        {"reserved", HEADER + 110, 1}, {"leading zero", HEADER + 112, 0},
        {"behind the number", HEADER + 131, 1},
    };
    unsigned char good[1024], bad[1024];
    mtlsauth_authorizer *running;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(running, 5, false, 1), MTLSAUTH_OK);
    len = read_file(FLOORS, good, sizeof good);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memcpy(bad, good, len);
        bad[rows[i].at] = rows[i].octet;
        seal(bad, len);
        write_file(FLOORS, bad, len);
        assert_refused(running, rows[i].name);
    }
    memcpy(bad, good, HEADER);
    memcpy(bad + HEADER, good + HEADER + ENTRY, ENTRY);
    memcpy(bad + HEADER + ENTRY, good + HEADER, ENTRY);
    seal(bad, len);
    write_file(FLOORS, bad, len);
    assert_refused(running, "out of order");
    memcpy(bad + HEADER, bad + HEADER + ENTRY, ENTRY);
    seal(bad, len);
    write_file(FLOORS, bad, len);
    assert_refused(running, "doubled");
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

START_TEST(writable_by_others_and_links)
{
    static const struct {
        const char *name, *of;
        mode_t mode, restored;
    } rows[] = {
        {"folder by its group", "", 0770, 0700},   {"folder by all", "", 01777, 0700},
        {"floors by their group", FLOORS, 0620, 0600}, {"floors by all", FLOORS, 0602, 0600},
        {"lock by its group", LOCK, 0620, 0600},   {"lock by all", LOCK, 0602, 0600},
    };
    static const char *const names[] = {FLOORS, LOCK};
    mtlsauth_authorizer *running, *next;

    setup();
    running = started();
    next = fresh();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_int_eq(chmod(path_of(rows[i].of), rows[i].mode), 0);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_IO);
        ASSERT_INT(rows[i].name, put(running, 9), MTLSAUTH_ERR_IO);
        ASSERT_INT(rows[i].name, accept_rollback(1, false), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(chmod(path_of(rows[i].of), rows[i].restored), 0);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq(rename(path_of(names[i]), path_of("kept")), 0);
        ck_assert_int_eq(symlink("kept", path_of(names[i])), 0);
        ASSERT_INT(names[i], mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_IO);
        ASSERT_TRUE(names[i], strstr(mtlsauth_last_error(), "symbolic link") != NULL);
        ASSERT_INT(names[i], put(running, 9), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(unlink(path_of(names[i])), 0);
        ck_assert_int_eq(mkfifo(path_of(names[i]), 0600), 0);
        ASSERT_INT(names[i], put(running, 9), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(unlink(path_of(names[i])), 0);
        ck_assert_int_eq(rename(path_of("kept"), path_of(names[i])), 0);
    }
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, "/nowhere/at/all"), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, path_of(FLOORS)), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, ""), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(NULL, folder), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(next), 1);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(next);
    teardown();
}
END_TEST

/* Root may write anywhere: it plays nobody, in a folder of root's. */
START_TEST(no_write_permission)
{
    bool is_root = geteuid() == 0;
    mtlsauth_authorizer *running;
    uint64_t generation;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    generation = mtlsauth_authorizer_generation(running);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(running, folder),
                     is_root ? MTLSAUTH_ERR_IO : MTLSAUTH_OK);
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(running), generation + !is_root);
    /* Nothing was raised. */
    ck_assert_int_eq(put_list(running, 6, true, 0), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

/* A full disk: the limit of the process stands for it. */
START_TEST(no_room)
{
    struct rlimit before, small = {.rlim_cur = 10};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    mtlsauth_authorizer *running;
    uint64_t generation;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    generation = mtlsauth_authorizer_generation(running);
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, &old), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(sigaction(SIGXFSZ, &old, NULL), 0);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(running), generation);
    ck_assert_int_eq(put_list(running, 6, true, 0), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/state folder", torn, malformed_with_its_digest, writable_by_others_and_links,
          no_write_permission, no_room)
