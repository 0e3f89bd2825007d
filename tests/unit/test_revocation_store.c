/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>
#include <mtlsauth/error.h>
#include "base/memory.h"
#include "folder.h"
#include "revocation/store.h"

static char folder[FOLDER_ROOM];
static char path[FOLDER_ROOM + 8];

static void setup(void)
{
    folder_make(folder);
    snprintf(path, sizeof path, "%s/x.idx", folder);
}

static int put(const char *text)
{
    return mtlsauth__store_replace(path, span_of_text(text));
}

static int get(char *text, size_t room, bool is_private)
{
    struct store_read store;
    int code = mtlsauth__store_open(&store, path, is_private);

    if (code != MTLSAUTH_OK)
        return code;
    ck_assert_uint_lt(store.size, room);
    code = mtlsauth__store_read(&store, text, (size_t)store.size);
    text[store.size] = '\0';
    if (code == MTLSAUTH_OK)
        code = mtlsauth__store_end(&store);
    mtlsauth__store_close(&store);
    return code;
}

static size_t files_in_folder(void)
{
    char command[FOLDER_ROOM + 8];
    FILE *pipe;
    size_t count = 0;

    snprintf(command, sizeof command, "ls -A '%s'", folder);
    pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    for (int c; (c = fgetc(pipe)) != EOF;)
        count += c == '\n';
    pclose(pipe);
    return count;
}

START_TEST(written_and_replaced)
{
    char text[32];
    struct stat st;

    setup();
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(put("one"), MTLSAUTH_OK);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_OK);
    ck_assert_str_eq(text, "one");
    ck_assert_int_eq(put("two"), MTLSAUTH_OK);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_OK);
    ck_assert_str_eq(text, "two");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(abandoned_leaves_the_old_one)
{
    struct store_write store;
    char text[32];

    setup();
    ck_assert_int_eq(put("old"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_create(&store, path), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_write(&store, span_of_text("new")), MTLSAUTH_OK);
    ck_assert_uint_eq(files_in_folder(), 2);
    mtlsauth__store_abandon(&store);
    ck_assert_uint_eq(files_in_folder(), 1);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_OK);
    ck_assert_str_eq(text, "old");
}
END_TEST

/* Whoever may write the file, or its folder, may say who is revoked. */
START_TEST(writable_by_others)
{
    static const struct {
        const char *name;
        mode_t folder, file;
        bool is_private;
        int code;
        const char *says;
    } rows[] = {
        {"nobody else", 0700, 0600, true, MTLSAUTH_OK, NULL},
        {"readable by all", 0755, 0644, true, MTLSAUTH_OK, NULL},
        {"file by its group", 0700, 0660, true, MTLSAUTH_ERR_IO, "the file"},
        {"file by all", 0700, 0606, true, MTLSAUTH_ERR_IO, "the file"},
        {"folder by its group", 0770, 0600, true, MTLSAUTH_ERR_IO, "its folder"},
        {"folder by all", 0777, 0600, true, MTLSAUTH_ERR_IO, "its folder"},
        {"folder by all, sticky", 01777, 0600, true, MTLSAUTH_ERR_IO, "its folder"},
        {"by all, and not private", 0777, 0666, false, MTLSAUTH_OK, NULL},
    };
    char text[32];

    setup();
    ck_assert_int_eq(put("x"), MTLSAUTH_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_int_eq(chmod(path, rows[i].file), 0);
        ck_assert_int_eq(chmod(folder, rows[i].folder), 0);
        ASSERT_INT(rows[i].name, get(text, sizeof text, rows[i].is_private), rows[i].code);
        if (rows[i].says != NULL)
            ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), rows[i].says) != NULL);
    }
}
END_TEST

START_TEST(of_another_user)
{
    char text[32];

    if (geteuid() != 0)
        return;
    setup();
    ck_assert_int_eq(put("x"), MTLSAUTH_OK);
    ck_assert_int_eq(chown(path, 12345, 0), 0);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_IO);
    ck_assert(strstr(mtlsauth_last_error(), "another user") != NULL);
    ck_assert_int_eq(chown(path, 0, 0), 0);
    ck_assert_int_eq(chown(folder, 12345, 0), 0);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_IO);
    ck_assert(strstr(mtlsauth_last_error(), "its folder") != NULL);
}
END_TEST

START_TEST(what_is_no_file)
{
    char text[32], target[FOLDER_ROOM + 8];

    setup();
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_IO);
    ck_assert(strstr(mtlsauth_last_error(), "not a regular file") != NULL);
    ck_assert_int_eq(unlink(path), 0);

    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_IO);
    ck_assert(strstr(mtlsauth_last_error(), "directory") != NULL);
    ck_assert_int_eq(put("x"), MTLSAUTH_ERR_IO);
    ck_assert_uint_eq(files_in_folder(), 1);
    ck_assert_int_eq(rmdir(path), 0);

    snprintf(target, sizeof target, "%s/target", folder);
    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert_int_eq(get(text, sizeof text, false), MTLSAUTH_ERR_IO);
    ck_assert(strstr(mtlsauth_last_error(), "symbolic link") != NULL);
    /* Written, it replaces the link, and what the link names stays away. */
    ck_assert_int_eq(put("x"), MTLSAUTH_OK);
    ck_assert_int_ne(access(target, F_OK), 0);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_OK);

    snprintf(path, sizeof path, "/nowhere/at/all");
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(put("x"), MTLSAUTH_ERR_IO);
    snprintf(path, sizeof path, "/tmp/");
    ck_assert_int_eq(get(text, sizeof text, false), MTLSAUTH_ERR_IO);
    snprintf(path, sizeof path, "/dev/null");
    ck_assert_int_eq(get(text, sizeof text, false), MTLSAUTH_ERR_IO);
}
END_TEST

START_TEST(cut_off_and_longer)
{
    struct store_read store;
    char text[8];

    setup();
    ck_assert_int_eq(put("four"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_open(&store, path, true), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_read(&store, text, 5), MTLSAUTH_ERR_PARSE);
    mtlsauth__store_close(&store);
    ck_assert_int_eq(mtlsauth__store_open(&store, path, true), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_read(&store, text, 3), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth__store_end(&store), MTLSAUTH_ERR_PARSE);
    mtlsauth__store_close(&store);
}
END_TEST

/* A disk that is full in the middle: the limit of the process stands for it. */
START_TEST(no_room)
{
    struct rlimit before, small = {.rlim_cur = 10, .rlim_max = RLIM_INFINITY};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    char text[32];

    setup();
    ck_assert_int_eq(put("old"), MTLSAUTH_OK);
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, &old), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(put("more than ten octets"), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(sigaction(SIGXFSZ, &old, NULL), 0);
    ck_assert(strstr(mtlsauth_last_error(), "cannot be written") != NULL);
    ck_assert_int_eq(get(text, sizeof text, true), MTLSAUTH_OK);
    ck_assert_str_eq(text, "old");
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

/* A process that waits for the lock of a file which somebody removes meanwhile waits for the next
 * one as well. */
START_TEST(lock_that_is_removed)
{
    struct pollfd told = {.events = POLLIN};
    int ends[2], first, second, status;
    pid_t waiter;

    setup();
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(mtlsauth__store_lock(&first, path), MTLSAUTH_OK);
    waiter = fork();
    ck_assert_int_ge(waiter, 0);
    if (waiter == 0) {
        int lock;

        /* The next thing that it does. */
        _exit(write(ends[1], "a", 1) == 1 && mtlsauth__store_lock(&lock, path) == MTLSAUTH_OK &&
                      write(ends[1], "b", 1) == 1
                  ? 0
                  : 1);
    }
    told.fd = ends[0];
    ck_assert_int_eq(poll(&told, 1, -1), 1);
    ck_assert_int_eq(read(ends[0], &(char){0}, 1), 1);
    (void)poll(&told, 1, 100);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mtlsauth__store_lock(&second, path), MTLSAUTH_OK);
    mtlsauth__store_unlock(first);
    ck_assert_int_eq(poll(&told, 1, 200), 0);
    mtlsauth__store_unlock(second);
    ck_assert_int_eq(waitpid(waiter, &status, 0), waiter);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

UNIT_MAIN("revocation/store", written_and_replaced, abandoned_leaves_the_old_one, writable_by_others,
          of_another_user, what_is_no_file, cut_off_and_longer, no_room, lock_that_is_removed)
