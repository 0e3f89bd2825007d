/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_TEXT_H
#define MTLSAUTH_BASE_TEXT_H

#include "base/span.h"

/*
 * A text that grows. An append that finds no memory sets failed, and all later ones do nothing, so
 * that a whole text is built before anyone asks. Zero-initialise it.
 */
struct text {
    char *ptr;
    size_t len;
    size_t capacity;
    bool failed;
};

void mtlsauth__text_add(struct text *text, const char *more);
void mtlsauth__text_add_bytes(struct text *text, const void *bytes, size_t len);
void mtlsauth__text_add_char(struct text *text, char c);
void mtlsauth__text_add_hex(struct text *text, struct span bytes);
__attribute__((format(printf, 2, 3))) void mtlsauth__text_addf(struct text *text,
                                                               const char *format, ...);

/* A JSON string with its quotes (RFC 8259 7). utf8 must be valid UTF-8. */
void mtlsauth__text_add_json(struct text *text, const char *utf8);

/* One line of UTF-8 made of any octets: what is invisible, or no character, becomes "?". It is cut
 * to size, at the end of a character. size is above 0. */
void mtlsauth__text_clean(char *out, size_t size, const char *octets);

/* Hands the NUL-terminated text to the caller (mtlsauth__free), or NULL if an append failed. */
char *mtlsauth__text_take(struct text *text);

/* Gives the memory back. */
void mtlsauth__text_drop(struct text *text);

#endif
