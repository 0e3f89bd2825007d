/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_VECTORS_H
#define TESTS_CONFORMANCE_VECTORS_H

/* Reading the files of test vectors: one JSON object with an array "testcases". */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <mtlsauth/mtlsauth.h>

/* What meson takes for "skipped". */
#define EXIT_SKIPPED 77

/* Ends the program: with EXIT_SKIPPED and a sentence where the file is not there. .xz goes through
 * the xz program. The caller drops the object. */
json_t *vectors_load(const char *path);

/* Text that grows; what does not fit ends the program. */
struct buffer {
    char *bytes;
    size_t len, room;
};
void buffer_add(struct buffer *buffer, const char *text);
void buffer_free(struct buffer *buffer);

/* A member that is a string, or "" where it is null or absent. */
const char *vectors_text(const json_t *object, const char *member);

/* Appends a PEM string, or each of a list of them. */
void vectors_add_pem(struct buffer *out, const json_t *pem);

/* Seconds since 1970 of "2024-03-01T00:00:00.500+00:00"; what is behind the second is cut. */
bool vectors_time(const char *text, int64_t *out);

/* Ends the program where a call that cannot fail has failed. */
void must(int code, const char *what);

#endif
