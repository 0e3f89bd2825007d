/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <sys/stat.h>
#include <sys/wait.h>

START_TEST(after_a_restart)
{
    mtlsauth_authorizer *authorizer;
    struct stat st;

    setup();
    authorizer = started();
    ck_assert_int_eq(put(authorizer, 5), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    authorizer = started();
    ck_assert_int_eq(put(authorizer, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(authorizer, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(authorizer, 5), MTLSAUTH_OK);
    /* Another distribution point is another matter. */
    ck_assert_int_eq(put_list(authorizer, 1, false, 7), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    authorizer = started();
    ck_assert_int_eq(put_list(authorizer, 0, false, 7), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(authorizer, 2, false, 7), MTLSAUTH_OK);
    ck_assert_int_eq(put(authorizer, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    ck_assert_int_eq(stat(path_of(FLOORS), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(st.st_size, HEADER + 2 * ENTRY + SEAL);
    teardown();
}
END_TEST

/* What was accepted before the folder was set is kept there, too; the higher of two wins. */
START_TEST(merged_with_memory)
{
    mtlsauth_authorizer *before, *after;

    setup();
    before = fresh();
    ck_assert_int_eq(put(before, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(before, 3, false, 1), MTLSAUTH_OK);
    after = started();
    ck_assert_int_eq(put(after, 2), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(after, 3, false, 1), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(after, 8, false, 2), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(before, folder), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(before, 4, false, 2), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(after, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(after, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(before);
    mtlsauth_authorizer_free(after);
    teardown();
}
END_TEST

/* Whoever calls it late hears that a list in use is not the newest that was accepted. */
START_TEST(older_list_in_use)
{
    static const struct {
        const char *name;
        unsigned number;
        bool other;
        int want;
    } rows[] = {
        {"older", 3, false, MTLSAUTH_ERR_ROLLBACK},
        {"of the same number, and another", 8, true, MTLSAUTH_ERR_ROLLBACK},
        {"the same", 8, false, MTLSAUTH_OK},
        {"newer", 9, true, MTLSAUTH_OK},
    };

    setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_authorizer *before = started(), *late = fresh();
        uint64_t generation;

        if (i == 0)
            ck_assert_int_eq(put(before, 8), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, put_list(late, rows[i].number, rows[i].other, 0), MTLSAUTH_OK);
        generation = mtlsauth_authorizer_generation(late);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(late, folder), rows[i].want);
        if (rows[i].want != MTLSAUTH_OK) {
            ASSERT_TRUE(rows[i].name, mtlsauth_authorizer_generation(late) == generation);
            ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), "in use") != NULL);
            /* It may still put today's list, and call it again. */
            if (rows[i].number < 8) {
                ASSERT_INT(rows[i].name, put(late, 8), MTLSAUTH_OK);
                ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(late, folder),
                           MTLSAUTH_OK);
            }
        }
        mtlsauth_authorizer_free(before);
        mtlsauth_authorizer_free(late);
    }
    teardown();
}
END_TEST

/* A list that was taken away is not in use; and an older one that an operator has accepted is not
 * below the floor that stood there before, which an old copy of the file brings back. */
START_TEST(no_older_list_in_use)
{
    mtlsauth_authorizer *running, *late;
    unsigned char old[1024];
    mtlsauth_crl *crl;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 8), MTLSAUTH_OK);
    late = fresh();
    crl = list(3, false, 0);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(late, crl), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(late, crl), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(late, crl), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_crl_free(crl);

    len = read_file(FLOORS, old, sizeof old);
    ck_assert_int_eq(accept_rollback(3, false), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 3), MTLSAUTH_OK);
    write_file(FLOORS, old, len);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(running, folder), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(late);
    teardown();
}
END_TEST

/* Each list in use is held against the floor of its own distribution point, and no other. */
START_TEST(one_older_list_in_use)
{
    enum { POINTS = 4 };
    mtlsauth_authorizer *before, *late;

    setup();
    before = started();
    for (unsigned older = 0; older < POINTS; older++) {
        late = fresh();
        for (unsigned point = 0; point < POINTS; point++) {
            if (older == 0)
                ck_assert_int_eq(put_list(before, 8, false, point), MTLSAUTH_OK);
            ck_assert_int_eq(put_list(late, point == older ? 3 : 9, false, point), MTLSAUTH_OK);
        }
        ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_ERR_ROLLBACK);
        mtlsauth_authorizer_free(late);
    }
    late = fresh();
    for (unsigned point = POINTS; point < 4 * POINTS; point++)
        ck_assert_int_eq(put_list(late, 3, false, point), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_OK);
    mtlsauth_authorizer_free(late);
    mtlsauth_authorizer_free(before);
    teardown();
}
END_TEST

START_TEST(two_authorizers_on_one_folder)
{
    mtlsauth_authorizer *one, *two;

    setup();
    one = started();
    two = started();
    ck_assert_int_eq(put(one, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(two, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(two, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(two, 7), MTLSAUTH_OK);
    ck_assert_int_eq(put(one, 6), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(one);
    mtlsauth_authorizer_free(two);
    teardown();
}
END_TEST

START_TEST(rollback_accepted)
{
    mtlsauth_authorizer *running, *next;
    mtlsauth_crl *crl;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(accept_rollback(5, false), MTLSAUTH_OK);
    /* It is the floor now, for one that starts and for one that runs. */
    next = started();
    ck_assert_int_eq(put(next, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(next, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(next, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    /* The same number with another content. */
    ck_assert_int_eq(accept_rollback(5, true), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(running, 5, true, 0), MTLSAUTH_OK);
    /* What another one writes later does not bring the old floor back. */
    ck_assert_int_eq(put_list(next, 1, false, 1), MTLSAUTH_OK);
    ck_assert_int_eq(put(next, 6), MTLSAUTH_OK);

    ck_assert_int_eq(mtlsauth_state_accept_rollback(folder, NULL), MTLSAUTH_ERR_ARGUMENT);
    crl = list(1, false, 0);
    ck_assert_int_eq(mtlsauth_state_accept_rollback(NULL, crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_state_accept_rollback("", crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_state_accept_rollback("/nowhere", crl), MTLSAUTH_ERR_IO);
    mtlsauth_crl_free(crl);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(next);
    teardown();
}
END_TEST

START_TEST(unverified_is_no_floor)
{
    static const struct crl_text parts = {.extensions = NULL};
    struct der_text text;
    mtlsauth_crl *crl;

    setup();
    text = crl_signed(&parts, key);
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, text.ptr, text.len, NULL), 0);
    ck_assert_int_eq(mtlsauth_state_accept_rollback(folder, crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_ne(access(path_of(FLOORS), F_OK), 0);
    mtlsauth_crl_free(crl);
    free(text.ptr);
    teardown();
}
END_TEST

/* An old copy of the file under one that runs: what that one knows still counts. */
START_TEST(removed_or_put_back_while_running)
{
    unsigned char old[1024];
    mtlsauth_authorizer *running;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    len = read_file(FLOORS, old, sizeof old);
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    write_file(FLOORS, old, len);
    ck_assert_int_eq(put(running, 7), MTLSAUTH_ERR_ROLLBACK);
    /* The operator means what the old copy says. */
    write_file(FLOORS, old, len);
    ck_assert_int_eq(accept_rollback(5, false), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    ck_assert_int_eq(unlink(path_of(FLOORS)), 0);
    ck_assert_int_eq(put(running, 7), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 10), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    running = started();
    ck_assert_int_eq(put(running, 9), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

/* No floor of one process is lost to another that writes at the same time. */
START_TEST(processes)
{
    enum { PROCESSES = 4, LISTS = 25 };
    unsigned char floors[16384];
    mtlsauth_authorizer *authorizer;
    pid_t children[PROCESSES];
    int status;

    setup();
    authorizer = started();
    for (unsigned child = 0; child < PROCESSES; child++) {
        children[child] = fork();
        ck_assert_int_ge(children[child], 0);
        if (children[child] != 0)
            continue;
        for (unsigned i = 0; i < LISTS; i++)
            if (put_list(authorizer, 5, false, 1 + child * LISTS + i) != MTLSAUTH_OK)
                _exit(1);
        /* One for all: the numbers that the others have passed are refused. */
        for (unsigned i = 0; i < LISTS; i++) {
            int code = put(authorizer, i);

            if (code != MTLSAUTH_OK && code != MTLSAUTH_ERR_ROLLBACK)
                _exit(2);
        }
        mtlsauth_authorizer_free(authorizer);
        _exit(0);
    }
    for (unsigned child = 0; child < PROCESSES; child++) {
        ck_assert_int_eq(waitpid(children[child], &status, 0), children[child]);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 0);
    }
    ck_assert_uint_eq(read_file(FLOORS, floors, sizeof floors),
                      HEADER + (PROCESSES * LISTS + 1) * ENTRY + SEAL);
    ck_assert_int_eq(put(authorizer, LISTS - 2), MTLSAUTH_ERR_ROLLBACK);
    for (unsigned point = 1; point <= PROCESSES * LISTS; point++)
        ck_assert_int_eq(put_list(authorizer, 4, false, point), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(authorizer);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/state", after_a_restart, merged_with_memory, older_list_in_use,
          no_older_list_in_use, one_older_list_in_use, two_authorizers_on_one_folder,
          rollback_accepted, unverified_is_no_floor, removed_or_put_back_while_running, processes)
