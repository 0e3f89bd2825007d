/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"

/* Text of an errno value that needs no locale and no static buffer. */
static const char *errno_text(int number)
{
    switch (number) {
    case ENOENT:
        return "no such file";
    case EACCES:
    case EPERM:
        return "permission denied; look at owner and mode, and at the user of the process";
    case EISDIR:
        return "is a directory, not a file";
    case ENOTDIR:
        return "a part of the path is not a directory";
    case ELOOP:
        return "too many symbolic links";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case EINTR:
        return "interrupted by a signal";
    case ENOLCK:
        return "no locks; a network file system needs its lock service";
    case ESTALE:
        return "the network file system has lost the file; is it mounted anew?";
    case ETIMEDOUT:
        return "the network file system did not answer in time";
    case EIO:
        return "input/output error";
    case ENOSPC:
        return "no space left on the device";
    case EDQUOT:
        return "over the disk quota";
    case EROFS:
        return "the file system is read-only";
    case EFBIG:
        return "larger than the file system or the process's limit takes";
    case ENXIO:
        return "a socket, or a device that is not there";
    case ENAMETOOLONG:
        return "file name too long";
    default:
        return NULL;
    }
}

int mtlsauth__fail_errno(const char *path, const char *doing, int number)
{
    const char *text = errno_text(number);

    if (text != NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: %s: %s", path, doing, text);
    return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: %s: error %d", path, doing, number);
}

/* Never waits for a FIFO's writer, and never reads a device for ever. */
static int open_regular(const char *path, int *fd, size_t *size)
{
    struct stat st;
    int number;

    do {
        *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (*fd < 0 && errno == EINTR);
    if (*fd < 0)
        return mtlsauth__fail_errno(path, "cannot be opened", errno);
    if (fstat(*fd, &st) != 0) {
        number = errno;
        close(*fd);
        return mtlsauth__fail_errno(path, "cannot be examined", number);
    }
    if (S_ISDIR(st.st_mode)) {
        close(*fd);
        return mtlsauth__fail_errno(path, "cannot be read", EISDIR);
    }
    if (!S_ISREG(st.st_mode)) {
        close(*fd);
        return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: not a regular file", path);
    }
    *size = st.st_size < 0 ? 0 : (size_t)st.st_size;
    return MTLSAUTH_OK;
}

/* What one read() is asked for at the most: POSIX leaves more than SSIZE_MAX undefined. */
enum { MAX_READ = 1 << 30 };

/* Reads to the end of the file, or one byte more than max, which shows that it is too large. */
static int read_all(int fd, const char *path, size_t size, size_t max, uint8_t **data, size_t *len)
{
    size_t room = (size < max ? size : max) + 1;
    uint8_t *bytes = mtlsauth__malloc(room);

    *len = 0;
    if (bytes == NULL)
        return mtlsauth__fail_memory();
    for (;;) {
        size_t want = room - *len < MAX_READ ? room - *len : MAX_READ;
        ssize_t n = read(fd, bytes + *len, want);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int number = errno;

            mtlsauth__free(bytes);
            return mtlsauth__fail_errno(path, "cannot be read", number);
        }
        if (n == 0)
            break;
        *len += (size_t)n;
        if (*len > max) {
            mtlsauth__free(bytes);
            return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "%s: larger than the limit of %zu bytes",
                                  path, max);
        }
        if (*len == room) {
            /* It has grown since it was examined. */
            uint8_t *more;

            room = room < max / 2 ? room * 2 : max + 1;
            more = mtlsauth__realloc(bytes, room, 1);
            if (more == NULL) {
                mtlsauth__free(bytes);
                return mtlsauth__fail_memory();
            }
            bytes = more;
        }
    }
    *data = bytes;
    return MTLSAUTH_OK;
}

int mtlsauth__file_read(const char *path, size_t max, uint8_t **data, size_t *len)
{
    size_t size = 0, most;
    int fd, code;

    *data = NULL;
    *len = 0;
    if (!checked_add(max, 1, &most))
        max--;
    code = open_regular(path, &fd, &size);
    if (code != MTLSAUTH_OK)
        return code;
    code = read_all(fd, path, size, max, data, len);
    close(fd);
    return code;
}

int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg)
{
    uint8_t *buffer;
    size_t size;
    int fd, code = open_regular(path, &fd, &size);

    if (code != MTLSAUTH_OK)
        return code;
    buffer = mtlsauth__malloc(piece);
    if (buffer == NULL)
        code = mtlsauth__fail_memory();
    while (code == MTLSAUTH_OK) {
        ssize_t n = read(fd, buffer, piece);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            code = mtlsauth__fail_errno(path, "cannot be read", errno);
        else if (n > 0)
            code = each(arg, span_of(buffer, (size_t)n));
        else
            break;
    }
    mtlsauth__free(buffer);
    close(fd);
    return code;
}
