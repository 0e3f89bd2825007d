/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SCAN_H
#define TESTS_UNIT_SCAN_H

/* Scans of lists made of words. */

#include "unit.h"

#include <mtlsauth/error.h>
#include "base/der.h"
#include "base/memory.h"
#include "revocation/extension.h"
#include "revocation/index.h"
#include "revocation/scan.h"
#include "support/crl_text.h"

static const struct crl_limits limits = {.bytes = 1 << 24, .entries = 1000, .serial = 20};

/* What the sink was given. */
struct heard {
    uint8_t *ptr;
    size_t len, begun, algorithm_len;
};

static inline int hear_begin(void *arg, struct span algorithm)
{
    struct heard *heard = arg;

    heard->begun++;
    heard->algorithm_len = algorithm.len;
    return MTLSAUTH_OK;
}

static inline int hear_data(void *arg, struct span bytes)
{
    struct heard *heard = arg;

    heard->ptr = realloc(heard->ptr, heard->len + bytes.len);
    ck_assert_ptr_nonnull(heard->ptr);
    memcpy(heard->ptr + heard->len, bytes.ptr, bytes.len);
    heard->len += bytes.len;
    return MTLSAUTH_OK;
}

/* Pieces of at most piece octets, each in memory of its own, so that a sanitizer sees its end. */
static inline int scan_pieces(struct crl_scan *scan, struct heard *heard, struct span bytes,
                              size_t piece)
{
    struct crl_sink sink = {.begin = hear_begin, .data = hear_data, .arg = heard};

    *heard = (struct heard){0};
    mtlsauth__crl_scan_init(scan, &limits, sink);
    while (bytes.len > 0) {
        size_t n = piece < bytes.len ? piece : bytes.len;
        uint8_t *copy = mtlsauth__memdup(span_head(bytes, n));
        int code;

        ck_assert_ptr_nonnull(copy);
        code = mtlsauth__crl_scan_push(scan, span_of(copy, n));
        mtlsauth__free(copy);
        if (code != MTLSAUTH_OK)
            return code;
        bytes = span_tail(bytes, n);
    }
    return mtlsauth__crl_scan_end(scan);
}

static inline int scan_once(struct span bytes)
{
    struct crl_scan scan;
    struct heard heard;
    int code = scan_pieces(&scan, &heard, bytes, SIZE_MAX);

    free(heard.ptr);
    mtlsauth__crl_scan_drop(&scan);
    return code;
}

#define PARSE MTLSAUTH_ERR_PARSE
#define OK MTLSAUTH_OK
#define LIMIT MTLSAUTH_ERR_LIMIT
#define UNSUPPORTED MTLSAUTH_ERR_UNSUPPORTED

#define DATED(date) "30 { 02 01 01 " date " }"

#define UNKNOWN_CRITICAL CRL_CRITICAL("2a 03 04", "05 00")

#endif
