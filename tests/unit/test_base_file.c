/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/file.h"
#include "base/memory.h"
#include "folder.h"

static char folder[FOLDER_ROOM];

static void make_folder(void)
{
    folder_make(folder);
    ck_assert_int_eq(chdir(folder), 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(contents)
{
    static const struct {
        const char *name, *path, *text;
        size_t max;
    } rows[] = {
        {"empty", "empty", "", 0},
        {"empty, with a limit", "empty", "", 100},
        {"exactly at the limit", "five", "12345", 5},
        {"one below the limit", "five", "12345", 6},
        {"far below the limit", "five", "12345", 1000000},
        {"no limit", "five", "12345", SIZE_MAX},
        {"nearly no limit", "five", "12345", SIZE_MAX - 1},
        {"through a link", "link", "12345", 5},
        {"through an absolute path of /proc", "/proc/self/cwd/five", "12345", 5},
    };

    make_folder();
    write_file("empty", "", 0600);
    write_file("five", "12345", 0600);
    ck_assert_int_eq(symlink("five", "link"), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *data;
        size_t len;

        ASSERT_INT(rows[i].name, mtlsauth__file_read(rows[i].path, rows[i].max, &data, &len),
                   MTLSAUTH_OK);
        ASSERT_TRUE(rows[i].name, data != NULL);
        ASSERT_TRUE(rows[i].name, span_is_text(span_of(data, len), rows[i].text));
        mtlsauth__free(data);
    }
}
END_TEST

START_TEST(refused)
{
    char long_name[300];
    const struct {
        const char *name, *path;
        size_t max;
        int code;
        const char *sentence;
    } rows[] = {
        {"missing", "missing", 10, MTLSAUTH_ERR_IO, "missing: cannot be opened: no such file"},
        {"no path", "", 10, MTLSAUTH_ERR_IO, ": cannot be opened: no such file"},
        {"link to nothing", "dangling", 10, MTLSAUTH_ERR_IO,
         "dangling: cannot be opened: no such file"},
        {"directory", "sub", 10, MTLSAUTH_ERR_IO,
         "sub: cannot be read: is a directory, not a file"},
        {"a file in the path", "five/x", 10, MTLSAUTH_ERR_IO,
         "five/x: cannot be opened: a part of the path is not a directory"},
        {"a link to itself", "loop", 10, MTLSAUTH_ERR_IO,
         "loop: cannot be opened: too many symbolic links"},
        {"FIFO", "fifo", 10, MTLSAUTH_ERR_IO, "fifo: not a regular file"},
        {"device", "/dev/zero", 10, MTLSAUTH_ERR_IO, "/dev/zero: not a regular file"},
        {"socket", "socket", 10, MTLSAUTH_ERR_IO,
         "socket: cannot be opened: a socket, or a device that is not there"},
        {"long name", long_name, 10, MTLSAUTH_ERR_IO, NULL},
        {"one beyond the limit", "five", 4, MTLSAUTH_ERR_LIMIT,
         "five: larger than the limit of 4 bytes"},
        {"limit of 0", "five", 0, MTLSAUTH_ERR_LIMIT, "five: larger than the limit of 0 bytes"},
        {"a file whose size is not known", "/proc/self/status", 3, MTLSAUTH_ERR_LIMIT,
         "/proc/self/status: larger than the limit of 3 bytes"},
    };
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd;

    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    make_folder();
    write_file("five", "12345", 0600);
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(symlink("loop", "loop"), 0);
    ck_assert_int_eq(symlink("nothing", "dangling"), 0);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *data = (uint8_t *)"";
        size_t len = 1;

        ASSERT_INT(rows[i].name, mtlsauth__file_read(rows[i].path, rows[i].max, &data, &len),
                   rows[i].code);
        ASSERT_TRUE(rows[i].name, data == NULL);
        if (rows[i].sentence != NULL)
            ASSERT_TEXT(rows[i].name, mtlsauth_last_error(), rows[i].sentence);
        else
            ASSERT_TRUE(rows[i].name,
                        strstr(mtlsauth_last_error(), "cannot be opened: file name too long"));
    }
    close(fd);
}
END_TEST

/* A child that is nobody: root may read everything. */
START_TEST(unreadable)
{
    int status = 0;
    pid_t child;

    if (geteuid() != 0) {
        printf("unreadable: only root can become nobody\n");
        return;
    }
    make_folder();
    ck_assert_int_eq(chmod(folder, 0755), 0);
    write_file("secret", "12345", 0600);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        uint8_t *data;
        size_t len;

        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(2);
        if (mtlsauth__file_read("secret", 10, &data, &len) != MTLSAUTH_ERR_IO || data != NULL)
            _exit(3);
        _exit(strcmp(mtlsauth_last_error(),
                     "secret: cannot be opened: permission denied; look at owner and mode, and at "
                     "the user of the process") == 0
                  ? 0
                  : 4);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static atomic_bool stop_growing;

static void *grow(void *arg)
{
    int fd = open("growing", O_WRONLY | O_APPEND);

    (void)arg;
    for (int i = 0; i < 200000 && !stop_growing; i++)
        if (write(fd, "0123456789", 10) != 10)
            break;
    close(fd);
    return NULL;
}

/* A file that grows while it is read is read to an end that it once had, or is over the limit. */
START_TEST(growing)
{
    pthread_t thread;

    make_folder();
    write_file("growing", "0123456789", 0600);
    ck_assert_int_eq(pthread_create(&thread, NULL, grow, NULL), 0);
    for (int i = 0; i < 200; i++) {
        uint8_t *data;
        size_t len;
        int code = mtlsauth__file_read("growing", 100000, &data, &len);

        if (code == MTLSAUTH_OK) {
            ck_assert_uint_le(len, 100000);
            for (size_t at = 0; at < len; at++)
                ck_assert_int_eq(data[at], '0' + (int)(at % 10));
            mtlsauth__free(data);
        } else {
            ck_assert_int_eq(code, MTLSAUTH_ERR_LIMIT);
        }
    }
    stop_growing = true;
    pthread_join(thread, NULL);
}
END_TEST

/* st_size is 0 there, and the content is longer than any first guess. */
START_TEST(size_unknown)
{
    uint8_t *data;
    size_t len;

    ck_assert_int_eq(mtlsauth__file_read("/proc/self/status", 100000, &data, &len), MTLSAUTH_OK);
    ck_assert_uint_gt(len, 100);
    ck_assert(span_has(span_of(data, len), ':'));
    mtlsauth__free(data);
}
END_TEST

/* Neither of the two allocations is taken for granted. */
START_TEST(out_of_memory)
{
    uint8_t *data;
    size_t len, points;

    mtlsauth__memory_fail_at(0, 0);
    ck_assert_int_eq(mtlsauth__file_read("/proc/self/status", 100000, &data, &len), MTLSAUTH_OK);
    mtlsauth__free(data);
    points = mtlsauth__memory_count();
    ck_assert_uint_ge(points, 2);
    for (size_t n = 1; n <= points; n++) {
        mtlsauth__memory_fail_at(n, 0);
        ck_assert_int_eq(mtlsauth__file_read("/proc/self/status", 100000, &data, &len),
                         MTLSAUTH_ERR_NOMEM);
        ck_assert_ptr_null(data);
        ck_assert_str_eq(mtlsauth_last_error(), "out of memory");
    }
    mtlsauth__memory_fail_at(0, 0);
}
END_TEST

/* No descriptor is left open, whatever the end. */
START_TEST(descriptors)
{
    static const char *const paths[] = {"five", "sub", "fifo", "/dev/zero", "missing"};
    int before, after;

    make_folder();
    write_file("five", "12345", 0600);
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    before = dup(0);
    close(before);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        uint8_t *data;
        size_t len;
        int code = mtlsauth__file_read(paths[i], i % 2 == 0 ? 10 : 1, &data, &len);

        (void)code;
        mtlsauth__free(data);
    }
    after = dup(0);
    close(after);
    ck_assert_int_eq(after, before);
}
END_TEST

UNIT_MAIN("base/file", contents, refused, unreadable, growing, size_unknown, out_of_memory,
          descriptors)
