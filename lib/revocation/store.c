/* SPDX-License-Identifier: MIT */
#include "revocation/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { ATTEMPTS = 100, NAME_ROOM = 48 };

static int close_quietly(int fd)
{
    int number = errno;

    if (fd >= 0)
        close(fd);
    errno = number;
    return -1;
}

/* The folder that path names a file of; everything later is relative to it. */
static int open_folder(const char *path, const char **name, int *folder)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *text = slash == NULL ? mtlsauth__strdup(".") : mtlsauth__malloc(len + 1);

    *folder = -1;
    *name = slash == NULL ? path : slash + 1;
    if (text == NULL)
        return mtlsauth__fail_memory();
    if (slash != NULL) {
        memcpy(text, path, len);
        text[len] = '\0';
    }
    do {
        *folder = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } while (*folder < 0 && errno == EINTR);
    mtlsauth__free(text);
    if (*folder < 0)
        return mtlsauth__fail_errno(path, "its folder cannot be opened", errno);
    if (**name == '\0') {
        *folder = close_quietly(*folder);
        return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: a folder, not a file", path);
    }
    return MTLSAUTH_OK;
}

/* May nobody but this user and root write it? */
static int check_private(const char *path, const struct stat *st, const char *what)
{
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_IO,
                              "%s: %s belongs to another user, who could put anything there; an "
                              "index without a key, and state, must be of this user or of root",
                              path, what);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_IO,
                              "%s: %s can be written by its group or by others (mode %03o), who "
                              "could put anything there; take that away (chmod go-w), or make a "
                              "folder of mode 0700 within it, for state or indexes",
                              path, what, (unsigned)(st->st_mode & 0777));
    return MTLSAUTH_OK;
}

static int check_folder(const char *path, int folder)
{
    struct stat st;

    if (fstat(folder, &st) != 0)
        return mtlsauth__fail_errno(path, "its folder cannot be examined", errno);
    return check_private(path, &st, "its folder");
}

static int create_temporary(struct store_write *store)
{
    size_t room = strlen(store->name) + NAME_ROOM;

    store->temporary = mtlsauth__malloc(room);
    if (store->temporary == NULL)
        return mtlsauth__fail_memory();
    store->temporary_name = store->temporary;
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        snprintf(store->temporary, room, "%s.%ld.%u.tmp", store->name, (long)getpid(), attempt);
        do {
            store->file = openat(store->folder, store->temporary,
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR);
        } while (store->file < 0 && errno == EINTR);
        store->is_there = store->file >= 0;
        if (store->is_there)
            return MTLSAUTH_OK;
        if (errno != EEXIST)
            return mtlsauth__fail_errno(store->path, "no file can be made beside it", errno);
    }
    return mtlsauth__fail(MTLSAUTH_ERR_IO,
                          "%s: the folder is full of files %s.*.tmp that were left over; remove "
                          "them",
                          store->path, store->name);
}

int mtlsauth__store_create(struct store_write *out, const char *path)
{
    int code;

    *out = (struct store_write){.path = path, .folder = -1, .file = -1};
    code = open_folder(path, &out->name, &out->folder);
    if (code == MTLSAUTH_OK)
        code = create_temporary(out);
    if (code != MTLSAUTH_OK)
        mtlsauth__store_abandon(out);
    return code;
}

int mtlsauth__store_write(struct store_write *store, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(store->file, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mtlsauth__fail_errno(store->path, "cannot be written", errno);
        bytes = span_tail(bytes, (size_t)n);
    }
    return MTLSAUTH_OK;
}

static int sync_file(int fd)
{
    int failed;

    do {
        failed = fsync(fd);
    } while (failed != 0 && errno == EINTR);
    return failed;
}

/* Some file systems say only here that an octet was lost. Linux has closed it even if
 * interrupted. */
static int close_written(struct store_write *store)
{
    int file = store->file;

    store->file = -1;
    return close(file) != 0 && errno != EINTR ? -1 : 0;
}

/* Gives everything back; a temporary file that is still there goes. */
void mtlsauth__store_abandon(struct store_write *store)
{
    int number = errno;

    if (store->file >= 0)
        close(store->file);
    if (store->is_there)
        (void)unlinkat(store->folder, store->temporary_name, 0);
    if (store->folder >= 0)
        close(store->folder);
    mtlsauth__free(store->temporary);
    *store = (struct store_write){.folder = -1, .file = -1};
    errno = number;
}

/* Everything that can fail fails before the rename: until then the old file is the one. */
int mtlsauth__store_commit(struct store_write *store)
{
    int code = MTLSAUTH_OK;

    if (sync_file(store->file) != 0) {
        code = mtlsauth__fail_errno(store->path, "cannot be written to the disk", errno);
    } else if (close_written(store) != 0) {
        code = mtlsauth__fail_errno(store->path, "cannot be closed", errno);
    } else if (renameat(store->folder, store->temporary_name, store->folder, store->name) != 0) {
        code = mtlsauth__fail_errno(store->path, "cannot be replaced", errno);
    } else {
        /* It has its name now: nothing is left to be taken away. */
        store->is_there = false;
        if (sync_file(store->folder) != 0)
            code = mtlsauth__fail_errno(store->path,
                                        "was replaced, but may be the old file again after a "
                                        "crash: its folder cannot be written to the disk",
                                        errno);
    }
    mtlsauth__store_abandon(store);
    return code;
}

int mtlsauth__store_replace(const char *path, struct span bytes)
{
    struct store_write store;
    int code = mtlsauth__store_create(&store, path);

    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__store_write(&store, bytes);
    if (code == MTLSAUTH_OK)
        return mtlsauth__store_commit(&store);
    mtlsauth__store_abandon(&store);
    return code;
}

static int check_file(const char *path, int file, bool is_private, uint64_t *size)
{
    struct stat st;

    if (fstat(file, &st) != 0)
        return mtlsauth__fail_errno(path, "cannot be examined", errno);
    if (S_ISDIR(st.st_mode))
        return mtlsauth__fail_errno(path, "cannot be read", EISDIR);
    if (!S_ISREG(st.st_mode))
        return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: not a regular file", path);
    *size = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
    return is_private ? check_private(path, &st, "the file") : MTLSAUTH_OK;
}

static int open_within(int *file, int folder, const char *name, const char *path, int flags)
{
    do {
        /* Never waits for the writer of a FIFO. */
        *file = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                       S_IRUSR | S_IWUSR);
    } while (*file < 0 && errno == EINTR);
    if (*file >= 0)
        return MTLSAUTH_OK;
    if (errno == ENOENT)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND, "%s: no such file", path);
    if (errno == ELOOP)
        return mtlsauth__fail(MTLSAUTH_ERR_IO,
                              "%s: a symbolic link, which is not followed; name the file itself",
                              path);
    return mtlsauth__fail_errno(path, "cannot be opened", errno);
}

int mtlsauth__store_open(struct store_read *out, const char *path, bool is_private)
{
    const char *name;
    int folder, code;

    *out = (struct store_read){.path = path, .file = -1};
    code = open_folder(path, &name, &folder);
    if (code != MTLSAUTH_OK)
        return code;
    if (is_private)
        code = check_folder(path, folder);
    if (code == MTLSAUTH_OK)
        code = open_within(&out->file, folder, name, path, O_RDONLY);
    if (code == MTLSAUTH_OK)
        code = check_file(path, out->file, is_private, &out->size);
    close(folder);
    if (code != MTLSAUTH_OK)
        mtlsauth__store_close(out);
    return code;
}

int mtlsauth__store_read(struct store_read *store, void *to, size_t len)
{
    uint8_t *at = to;

    while (len > 0) {
        ssize_t n = read(store->file, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mtlsauth__fail_errno(store->path, "cannot be read", errno);
        if (n == 0)
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "%s: cut off", store->path);
        at += n;
        len -= (size_t)n;
    }
    return MTLSAUTH_OK;
}

int mtlsauth__store_end(struct store_read *store)
{
    uint8_t more;
    ssize_t n;

    do {
        n = read(store->file, &more, 1);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return mtlsauth__fail_errno(store->path, "cannot be read", errno);
    return n == 0 ? MTLSAUTH_OK
                  : mtlsauth__fail(MTLSAUTH_ERR_PARSE, "%s: longer than it says", store->path);
}

void mtlsauth__store_close(struct store_read *store)
{
    close_quietly(store->file);
    store->file = -1;
}

static int wait_for_lock(int file, const char *path)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int failed;

    do {
        failed = fcntl(file, F_SETLKW, &whole);
    } while (failed != 0 && errno == EINTR);
    return failed == 0 ? MTLSAUTH_OK : mtlsauth__fail_errno(path, "cannot be locked", errno);
}

/* Is the file still the one of that name? Who has removed it, while others waited for it, has let
 * in the next one to make it. */
static int find_same(int folder, const char *name, int file, const char *path, bool *is_same)
{
    struct stat named, locked;

    *is_same = false;
    if (fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? MTLSAUTH_OK
                               : mtlsauth__fail_errno(path, "cannot be examined", errno);
    if (fstat(file, &locked) != 0)
        return mtlsauth__fail_errno(path, "cannot be examined", errno);
    *is_same = named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
    return MTLSAUTH_OK;
}

static int lock_once(int *lock, int folder, const char *name, const char *path, bool *is_held)
{
    uint64_t size;
    int code = open_within(lock, folder, name, path, O_RDWR | O_CREAT);

    *is_held = false;
    if (code == MTLSAUTH_OK)
        code = check_file(path, *lock, true, &size);
    if (code == MTLSAUTH_OK)
        code = wait_for_lock(*lock, path);
    if (code == MTLSAUTH_OK)
        code = find_same(folder, name, *lock, path, is_held);
    if (!*is_held)
        *lock = close_quietly(*lock);
    return code;
}

int mtlsauth__store_lock(int *lock, const char *path)
{
    const char *name;
    bool is_held = false;
    int folder, code;

    *lock = -1;
    code = open_folder(path, &name, &folder);
    if (code != MTLSAUTH_OK)
        return code;
    code = check_folder(path, folder);
    for (int attempt = 0; code == MTLSAUTH_OK && !is_held; attempt++)
        code = attempt < ATTEMPTS
                   ? lock_once(lock, folder, name, path, &is_held)
                   : mtlsauth__fail(MTLSAUTH_ERR_IO,
                                    "%s: cannot be locked: somebody removes it again and again",
                                    path);
    close(folder);
    return code;
}

void mtlsauth__store_unlock(int lock)
{
    close_quietly(lock);
}
