/* SPDX-License-Identifier: MIT */
#include "authorizer/ocsp_folder.h"

#include <dirent.h>
#include <errno.h>
#include <mtlsauth/error.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/text.h"

static const char verified[] = ".der", unverified[] = ".unverified.der";

void mtlsauth__ocsp_file_name(struct ocsp_file_name *out, const uint8_t digest[MTLSAUTH_SHA256_LEN],
                              bool is_unverified)
{
    hex_encode(span_of(digest, MTLSAUTH_SHA256_LEN), out->text);
    if (is_unverified)
        memcpy(out->text + OCSP_FILE_DIGITS, unverified, sizeof unverified);
    else
        memcpy(out->text + OCSP_FILE_DIGITS, verified, sizeof verified);
    out->is_unverified = is_unverified;
}

char *mtlsauth__ocsp_file_path(const char *dir, const struct ocsp_file_name *name)
{
    struct text text = {0};

    mtlsauth__text_addf(&text, "%s/%s", dir, name->text);
    return mtlsauth__text_take(&text);
}

/* Is it a name that is given here? */
static bool read_name(struct ocsp_file_name *out, const char *name)
{
    const char *suffix;

    if (strspn(name, "0123456789abcdef") != OCSP_FILE_DIGITS)
        return false;
    suffix = name + OCSP_FILE_DIGITS;
    out->is_unverified = strcmp(suffix, unverified) == 0;
    if (!out->is_unverified && strcmp(suffix, verified) != 0)
        return false;
    memcpy(out->text, name, strlen(name) + 1);
    return true;
}

int mtlsauth__ocsp_folder_add(struct ocsp_folder *folder, const char *name)
{
    struct ocsp_file_name read, *grown;

    if (!read_name(&read, name)) {
        folder->others += name[0] != '.';
        return MTLSAUTH_OK;
    }
    if (read.is_unverified ? folder->unverified == OCSP_MAX_FILES
                           : folder->count - folder->unverified == OCSP_MAX_FILES) {
        folder->is_cut = true;
        return MTLSAUTH_OK;
    }
    grown = mtlsauth__grow(folder->names, folder->count, &folder->capacity, sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    folder->names = grown;
    grown[folder->count++] = read;
    folder->unverified += read.is_unverified;
    return MTLSAUTH_OK;
}

static int in_order(const void *a, const void *b)
{
    const struct ocsp_file_name *one = a, *other = b;
    int order = (int)one->is_unverified - (int)other->is_unverified;

    return order != 0 ? order : strcmp(one->text, other->text);
}

/* What is no response takes no room. */
static size_t size_of(DIR *dir, const char *name)
{
    struct stat file;

    return fstatat(dirfd(dir), name, &file, 0) == 0 && S_ISREG(file.st_mode) && file.st_size > 0 &&
                   file.st_size <= MTLSAUTH_MAX_OCSP_BYTES
               ? (size_t)file.st_size
               : 0;
}

int mtlsauth__ocsp_folder_list(struct ocsp_folder *folder, const char *dir)
{
    DIR *opened = opendir(dir);
    const struct dirent *entry;
    size_t count = 0;
    int code = MTLSAUTH_OK, number;

    *folder = (struct ocsp_folder){.dir = dir};
    if (opened == NULL)
        return mtlsauth__fail_errno(dir, "the folder cannot be opened", errno);
    while (code == MTLSAUTH_OK && (errno = 0, entry = readdir(opened)) != NULL) {
        code = mtlsauth__ocsp_folder_add(folder, entry->d_name);
        if (folder->count > count)
            folder->bytes += size_of(opened, entry->d_name);
        count = folder->count;
    }
    number = errno;
    if (code == MTLSAUTH_OK && number != 0)
        code = mtlsauth__fail_errno(dir, "the folder cannot be read", number);
    closedir(opened);
    if (code == MTLSAUTH_OK && folder->count > 1)
        qsort(folder->names, folder->count, sizeof *folder->names, in_order);
    return code;
}

void mtlsauth__ocsp_folder_drop(struct ocsp_folder *folder)
{
    mtlsauth__free(folder->names);
    *folder = (struct ocsp_folder){0};
}

bool mtlsauth__ocsp_folder_is_full(const struct ocsp_folder *folder)
{
    return folder->count > MTLSAUTH_MAX_OCSP_ENTRIES ||
           folder->bytes > MTLSAUTH_MAX_OCSP_CACHE_BYTES;
}

int mtlsauth__ocsp_folder_read(mtlsauth_ocsp_response **out, const struct ocsp_folder *folder,
                               size_t i)
{
    char *path = mtlsauth__ocsp_file_path(folder->dir, &folder->names[i]);
    int code;

    *out = NULL;
    if (path == NULL)
        return mtlsauth__fail_memory();
    code = mtlsauth_ocsp_response_load_file(out, path);
    mtlsauth__free(path);
    return code;
}

void mtlsauth__ocsp_folder_remove(const struct ocsp_folder *folder, size_t i)
{
    char *path = mtlsauth__ocsp_file_path(folder->dir, &folder->names[i]);

    if (path != NULL)
        (void)unlink(path);
    mtlsauth__free(path);
}
