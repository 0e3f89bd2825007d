/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_ERROR_H
#define MTLSAUTH_BASE_ERROR_H

#include <mtlsauth/error.h>

/* Longest sentence that mtlsauth_last_error() gives, with its NUL. */
#define MTLSAUTH__MAX_SENTENCE 1024

/*
 * Notes the sentence for mtlsauth_last_error() and returns code, so that a failing call reads
 * return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "...").
 */
__attribute__((format(printf, 2, 3))) int mtlsauth__fail(int code, const char *format, ...);

/* The same for MTLSAUTH_ERR_NOMEM. */
int mtlsauth__fail_memory(void);

/* Puts a text in front of the last sentence: "truststore.pem: ". Returns code. */
__attribute__((format(printf, 2, 3))) int mtlsauth__fail_in(int code, const char *format, ...);

#endif
