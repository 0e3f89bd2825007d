/* SPDX-License-Identifier: MIT */
#include "system_calls.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

static enum system_call armed;
static unsigned fail_at, count;
static int fail_with, is_restless;
static const struct stat *stat_finds;
static time_t clock_says;

void system_set_restless(int restless)
{
    is_restless = restless;
}

void system_set_stat(const struct stat *found)
{
    stat_finds = found;
}

void system_set_clock(time_t second)
{
    clock_says = second;
}

void system_arm(enum system_call call, unsigned n, int error)
{
    armed = call;
    fail_at = n;
    fail_with = error;
    count = 0;
}

unsigned system_disarm(void)
{
    armed = SYSTEM_CALLS;
    return count;
}

const char *system_name(enum system_call call)
{
    static const char *const names[] = {
        "open",    "openat",        "fstat",  "stat",     "fstatat", "read",
        "write",   "fsync",         "close",  "renameat", "fcntl",   "opendir",
        "readdir", "clock_gettime", "pthread_mutex_init", "mmap"};

    return names[call];
}

static bool must_fail(enum system_call call)
{
    if (call != armed || ++count != fail_at)
        return false;
    errno = fail_with;
    return true;
}

static size_t less(bool fails, size_t len)
{
    return fails && len > 1 ? 1 : len;
}

int system_open(const char *path, int flags)
{
    return must_fail(SYSTEM_OPEN) ? -1 : open(path, flags);
}

int system_openat(int folder, const char *path, int flags, mode_t mode)
{
    return must_fail(SYSTEM_OPENAT) ? -1 : openat(folder, path, flags, mode);
}

int system_fstat(int fd, struct stat *st)
{
    return must_fail(SYSTEM_FSTAT) ? -1 : fstat(fd, st);
}

int system_stat(const char *path, struct stat *st)
{
    static long writes;
    int done = must_fail(SYSTEM_STAT) ? -1 : stat(path, st);

    if (done == 0 && stat_finds != NULL)
        *st = *stat_finds;
    if (done == 0 && is_restless)
        st->st_mtim.tv_nsec = ++writes;
    return done;
}

int system_fstatat(int folder, const char *path, struct stat *st, int flags)
{
    return must_fail(SYSTEM_FSTATAT) ? -1 : fstatat(folder, path, st, flags);
}

ssize_t system_read(int fd, void *to, size_t len)
{
    bool fails = must_fail(SYSTEM_READ);

    return fails && fail_with != SYSTEM_SHORT ? -1 : read(fd, to, less(fails, len));
}

ssize_t system_write(int fd, const void *from, size_t len)
{
    bool fails = must_fail(SYSTEM_WRITE);

    return fails && fail_with != SYSTEM_SHORT ? -1 : write(fd, from, less(fails, len));
}

int system_fsync(int fd)
{
    return must_fail(SYSTEM_FSYNC) ? -1 : fsync(fd);
}

/* Closed all the same, as Linux does. */
int system_close(int fd)
{
    bool fails = must_fail(SYSTEM_CLOSE);
    int error = errno, closed = close(fd);

    if (!fails)
        return closed;
    errno = error;
    return -1;
}

int system_renameat(int from, const char *old, int to, const char *name)
{
    return must_fail(SYSTEM_RENAMEAT) ? -1 : renameat(from, old, to, name);
}

int system_fcntl(int fd, int command, struct flock *lock)
{
    return must_fail(SYSTEM_FCNTL) ? -1 : fcntl(fd, command, lock);
}

DIR *system_opendir(const char *path)
{
    return must_fail(SYSTEM_OPENDIR) ? NULL : opendir(path);
}

struct dirent *system_readdir(DIR *dir)
{
    return must_fail(SYSTEM_READDIR) ? NULL : readdir(dir);
}

int system_clock_gettime(clockid_t clock, struct timespec *now)
{
    int done = must_fail(SYSTEM_CLOCK) ? -1 : clock_gettime(clock, now);

    if (done == 0 && clock_says != 0)
        *now = (struct timespec){.tv_sec = clock_says};
    return done;
}

int system_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return must_fail(SYSTEM_MUTEX) ? fail_with : pthread_mutex_init(mutex, attributes);
}

void *system_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    return must_fail(SYSTEM_MMAP) ? MAP_FAILED : mmap(at, len, protection, flags, fd, offset);
}
