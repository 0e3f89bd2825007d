/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_SYSTEM_CALLS_H
#define TESTS_TORTURE_SYSTEM_CALLS_H

/*
 * Included in front of files of lib/ that are compiled once more: their calls of the system come
 * here, and the n-th of one kind fails, once. What this header includes is declared before it is
 * renamed.
 */

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum system_call {
    SYSTEM_OPEN,
    SYSTEM_OPENAT,
    SYSTEM_FSTAT,
    SYSTEM_STAT,
    SYSTEM_FSTATAT,
    SYSTEM_READ,
    SYSTEM_WRITE,
    SYSTEM_FSYNC,
    SYSTEM_CLOSE,
    SYSTEM_RENAMEAT,
    SYSTEM_FCNTL,
    SYSTEM_OPENDIR,
    SYSTEM_READDIR,
    SYSTEM_CLOCK,
    SYSTEM_MUTEX,
    SYSTEM_MMAP,
    SYSTEM_CALLS
};

/* What a call that is short does: it moves one octet. */
enum { SYSTEM_SHORT = -1 };

/* The n-th call of this kind from now on fails with this error; 0: none. */
void system_arm(enum system_call call, unsigned n, int error);
/* How many calls of that kind there were. */
unsigned system_disarm(void);
const char *system_name(enum system_call call);
/* From now on, or no longer, a file was written since it was looked at last. */
void system_set_restless(int restless);
/* From now on this is what stat() finds, whatever is there; NULL: what is there. */
void system_set_stat(const struct stat *found);
/* From now on it is this second; 0: what it is. */
void system_set_clock(time_t second);

int system_open(const char *path, int flags);
int system_openat(int folder, const char *path, int flags, mode_t mode);
int system_fstat(int fd, struct stat *st);
int system_stat(const char *path, struct stat *st);
int system_fstatat(int folder, const char *path, struct stat *st, int flags);
ssize_t system_read(int fd, void *to, size_t len);
ssize_t system_write(int fd, const void *from, size_t len);
int system_fsync(int fd);
int system_close(int fd);
int system_renameat(int from, const char *old, int to, const char *name);
int system_fcntl(int fd, int command, struct flock *lock);
DIR *system_opendir(const char *path);
struct dirent *system_readdir(DIR *dir);
int system_clock_gettime(clockid_t clock, struct timespec *now);
int system_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
void *system_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset);

#ifdef SYSTEM_CALLS_RENAMED
/* A file that asks for more than POSIX says so itself; it was said for all of them. */
#undef _DEFAULT_SOURCE
#define open(path, flags) system_open(path, flags)
#define openat(folder, path, flags, mode) system_openat(folder, path, flags, mode)
#define fstat(fd, st) system_fstat(fd, st)
#define stat(path, st) system_stat(path, st)
#define fstatat(folder, path, st, flags) system_fstatat(folder, path, st, flags)
#define read(fd, to, len) system_read(fd, to, len)
#define write(fd, from, len) system_write(fd, from, len)
#define fsync(fd) system_fsync(fd)
#define close(fd) system_close(fd)
#define renameat(from, old, to, name) system_renameat(from, old, to, name)
#define fcntl(fd, command, lock) system_fcntl(fd, command, lock)
#define opendir(path) system_opendir(path)
#define readdir(dir) system_readdir(dir)
#define clock_gettime(clock, now) system_clock_gettime(clock, now)
#define pthread_mutex_init(mutex, attributes) system_mutex_init(mutex, attributes)
#define mmap(at, len, protection, flags, fd, offset)                                               \
    system_mmap(at, len, protection, flags, fd, offset)
#endif

#endif
