/* SPDX-License-Identifier: MIT */
/*
 * By what a refresh sees that a file is another, without reading it. It asks only of a file that is
 * older than the ticks of a clock, and no file is of which but one mark is another: the clock, and
 * what stat() finds, are set.
 */
#include "support/reload.h"

#include "system_calls.h"

enum { WRITTEN = 1780000000, SETTLED = WRITTEN + 3 };

static const struct stat usual = {
    .st_mode = S_IFREG | 0644,
    .st_dev = 1,
    .st_ino = 2,
    .st_size = 3,
    .st_mtim = {.tv_sec = WRITTEN, .tv_nsec = 4},
    .st_ctim = {.tv_sec = WRITTEN, .tv_nsec = 5},
};

static void begin(const struct stat *found, time_t now)
{
    system_set_stat(found);
    system_set_clock(now);
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
}

static void end(void)
{
    system_set_stat(NULL);
    system_set_clock(0);
    reload_teardown();
}

/* Refreshes; true when the file was read. */
static bool is_read(const char *row, int want_changed)
{
    system_arm(SYSTEM_READ, 0, 0);
    ASSERT_REFRESH(row, OK, want_changed, "");
    return system_disarm() > 0;
}

/* Each mark alone. */
START_TEST(one_mark)
{
    static const struct {
        const char *name;
        struct stat by; /* what is added to the usual one */
    } rows[] = {
        {"device", {.st_dev = 1}},
        {"inode", {.st_ino = 1}},
        {"size", {.st_size = 1}},
        {"modified", {.st_mtim.tv_sec = -1}},
        {"modified_ns", {.st_mtim.tv_nsec = 1}},
        {"changed", {.st_ctim.tv_sec = -1}},
        {"changed_ns", {.st_ctim.tv_nsec = 1}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct stat *by = &rows[i].by;
        struct stat found = usual;

        begin(&found, SETTLED);
        write_list("ca.crl", 2, REVOKED6);
        ASSERT_TRUE(rows[i].name, !is_read("the same marks", 0));
        ASSERT_INT(rows[i].name, answer(client5), REVOKED);
        found.st_dev += by->st_dev;
        found.st_ino += by->st_ino;
        found.st_size += by->st_size;
        found.st_mtim.tv_sec += by->st_mtim.tv_sec;
        found.st_mtim.tv_nsec += by->st_mtim.tv_nsec;
        found.st_ctim.tv_sec += by->st_ctim.tv_sec;
        found.st_ctim.tv_nsec += by->st_ctim.tv_nsec;
        ASSERT_TRUE(rows[i].name, is_read(rows[i].name, 1));
        ASSERT_INT(rows[i].name, answer(client5), OK);
        ASSERT_INT(rows[i].name, answer(client6), REVOKED);
        ASSERT_TRUE(rows[i].name, !is_read(rows[i].name, 0));
        end();
    }
}
END_TEST

/* A second write may leave a young file with the marks of the first: it is read until it is old. */
START_TEST(young)
{
    static const struct {
        const char *name;
        time_t modified, changed;
    } rows[] = {
        {"modified", WRITTEN, WRITTEN - 100},
        {"changed", WRITTEN - 100, WRITTEN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stat found = usual;

        found.st_mtim.tv_sec = rows[i].modified;
        found.st_ctim.tv_sec = rows[i].changed;
        begin(&found, SETTLED - 1);
        ASSERT_TRUE(rows[i].name, is_read(rows[i].name, 0));
        write_list("ca.crl", 2, REVOKED6);
        ASSERT_TRUE(rows[i].name, is_read(rows[i].name, 1));
        ASSERT_INT(rows[i].name, answer(client6), REVOKED);
        system_set_clock(SETTLED);
        ASSERT_TRUE(rows[i].name, is_read(rows[i].name, 0));
        ASSERT_TRUE(rows[i].name, !is_read(rows[i].name, 0));
        end();
    }
}
END_TEST

/* The marks of a file on the disk, some seconds later. */
START_TEST(on_the_disk)
{
    begin(NULL, time(NULL) + 10);
    ASSERT_TRUE("old", !is_read("old", 0));
    write_list("ca.crl", 2, REVOKED6);
    ASSERT_TRUE("another", is_read("another", 1));
    ASSERT_INT("another", answer(client6), REVOKED);
    ASSERT_TRUE("old again", !is_read("old again", 0));
    end();
}
END_TEST

UNIT_MAIN("authorizer/stamps", one_mark, young, on_the_disk)
