/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_ERROR_H
#define MTLSAUTH_BASE_ERROR_H

#include <mtlsauth/error.h>

/* Longest sentence that mtlsauth_last_error() gives, with its NUL. */
#define MTLSAUTH__MAX_SENTENCE 1024

/*
 * Notes the sentence for mtlsauth_last_error() and is code, so that a failing call reads
 * return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "..."). A macro, so that an analyser that sees one file
 * alone knows that the result is not MTLSAUTH_OK.
 */
#define mtlsauth__fail(code, ...) (mtlsauth__sentence(__VA_ARGS__), mtlsauth__as(code))

/* Puts a text in front of the last sentence: "truststore.pem: ". Is code. */
#define mtlsauth__fail_in(code, ...) (mtlsauth__sentence_in(__VA_ARGS__), mtlsauth__as(code))

__attribute__((format(printf, 1, 2))) void mtlsauth__sentence(const char *format, ...);
__attribute__((format(printf, 1, 2))) void mtlsauth__sentence_in(const char *format, ...);

/* The last sentence, put by: a call that does not fail in the end leaves it as it was. */
struct kept_sentence {
    char text[MTLSAUTH__MAX_SENTENCE];
};

void mtlsauth__sentence_keep(struct kept_sentence *kept);

/* What a call returns that may have noted sentences on its way: below 0 the last one stays. Is
 * code. */
int mtlsauth__sentence_settle(const struct kept_sentence *kept, int code);

static inline int mtlsauth__as(int code)
{
    return code;
}

/* mtlsauth__fail for want of memory. */
static inline int mtlsauth__fail_memory(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_NOMEM, "out of memory");
}

#endif
