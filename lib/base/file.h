/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_FILE_H
#define MTLSAUTH_BASE_FILE_H

#include "base/span.h"

/*
 * Reads a whole regular file (links are followed) of at most max bytes into memory that the caller
 * frees. An empty file is a file: *len is 0. MTLSAUTH_OK, _ERR_IO, _ERR_LIMIT, _ERR_NOMEM, each
 * with a sentence that names the path.
 */
int mtlsauth__file_read(const char *path, size_t max, uint8_t **data, size_t *len);

/*
 * The same file piece by piece, of at most piece octets each, in one buffer; what each() says but
 * MTLSAUTH_OK ends it.
 */
int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg);

/* MTLSAUTH_ERR_IO with "path: doing: what the errno value means". Returns the code. */
int mtlsauth__fail_errno(const char *path, const char *doing, int number);

#endif
