/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_OCSP_FOLDER_H
#define MTLSAUTH_AUTHORIZER_OCSP_FOLDER_H

#include <mtlsauth/ocsp.h>
#include "crypto/digest.h"

/*
 * A folder of OCSP responses: <64 hexadecimal digits>.der, and <...>.unverified.der. They are
 * signed by their CAs, so that whoever can write the folder cannot say anything by it.
 */

enum {
    OCSP_FILE_DIGITS = 2 * MTLSAUTH_SHA256_LEN,
    OCSP_FILE_NAME_ROOM = OCSP_FILE_DIGITS + sizeof ".unverified.der",
    /* More names are not looked at, of those that were verified and of the others: a folder that
     * somebody has filled is not read into memory. */
    OCSP_MAX_FILES = 16 * MTLSAUTH_MAX_OCSP_ENTRIES,
};

struct ocsp_file_name {
    char text[OCSP_FILE_NAME_ROOM];
    bool is_unverified;
};

/* In the order in which they are put: those first that were verified when they were saved. */
struct ocsp_folder {
    const char *dir; /* borrowed */
    struct ocsp_file_name *names;
    size_t count, capacity;
    size_t unverified; /* of these */
    size_t bytes;      /* in these */
    size_t others;     /* files that are none of ours */
    bool is_cut;
};

void mtlsauth__ocsp_file_name(struct ocsp_file_name *out, const uint8_t digest[MTLSAUTH_SHA256_LEN],
                              bool is_unverified);
char *mtlsauth__ocsp_file_path(const char *dir, const struct ocsp_file_name *name);

/* MTLSAUTH_ERR_IO, _NOMEM; to be given back with mtlsauth__ocsp_folder_drop in any case. */
int mtlsauth__ocsp_folder_list(struct ocsp_folder *folder, const char *dir);
/* One more name, of a file of ours or another. */
int mtlsauth__ocsp_folder_add(struct ocsp_folder *folder, const char *name);
void mtlsauth__ocsp_folder_drop(struct ocsp_folder *folder);

/* Has it more than a cache has room for? What is spent is of no use then. */
bool mtlsauth__ocsp_folder_is_full(const struct ocsp_folder *folder);

/* As mtlsauth_ocsp_response_load_file. */
int mtlsauth__ocsp_folder_read(mtlsauth_ocsp_response **out, const struct ocsp_folder *folder,
                               size_t i);
void mtlsauth__ocsp_folder_remove(const struct ocsp_folder *folder, size_t i);

#endif
