/* SPDX-License-Identifier: MIT */
/* A list whole, and in pieces of the lengths that the first octets say: the same answer. */
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/error.h>
#include "base/memory.h"
#include "revocation/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { LENGTHS = 4 };

struct sum {
    uint64_t value;
    uint64_t octets;
};

static int begin(void *arg, struct span algorithm)
{
    struct sum *sum = arg;

    sum->value += algorithm.len;
    return MTLSAUTH_OK;
}

static int add(void *arg, struct span bytes)
{
    struct sum *sum = arg;

    for (size_t i = 0; i < bytes.len; i++)
        sum->value = sum->value * 31 + bytes.ptr[i];
    sum->octets += bytes.len;
    return MTLSAUTH_OK;
}

static int scan(struct crl_scan *scan, struct sum *sum, struct span bytes, const uint8_t *lengths)
{
    static const struct crl_limits limits = {.bytes = 1 << 20, .entries = 10000, .serial = 40};
    struct crl_sink sink = {.begin = begin, .data = add, .arg = sum};
    int code = MTLSAUTH_OK;

    *sum = (struct sum){0};
    mtlsauth__crl_scan_init(scan, &limits, sink);
    for (size_t i = 0; code == MTLSAUTH_OK && bytes.len > 0; i++) {
        size_t n = lengths == NULL ? bytes.len : (size_t)lengths[i % LENGTHS] + 1;
        uint8_t *copy;

        n = n < bytes.len ? n : bytes.len;
        copy = mtlsauth__memdup(span_head(bytes, n));
        if (copy == NULL)
            abort();
        code = mtlsauth__crl_scan_push(scan, span_of(copy, n));
        mtlsauth__free(copy);
        bytes = span_tail(bytes, n);
    }
    return code == MTLSAUTH_OK ? mtlsauth__crl_scan_end(scan) : code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct crl_scan whole, pieces;
    struct sum one, other;
    char sentence[1024];
    int code;

    if (len < LENGTHS)
        return 0;
    code = scan(&whole, &one, span_of(data + LENGTHS, len - LENGTHS), NULL);
    strncpy(sentence, mtlsauth_last_error(), sizeof sentence - 1);
    sentence[sizeof sentence - 1] = '\0';
    if (scan(&pieces, &other, span_of(data + LENGTHS, len - LENGTHS), data) != code)
        abort();
    if (code != MTLSAUTH_OK && strcmp(sentence, mtlsauth_last_error()) != 0)
        abort();
    if (code == MTLSAUTH_OK && (one.value != other.value || one.octets != other.octets ||
                                whole.rows.count != pieces.rows.count ||
                                whole.rows.stride != pieces.rows.stride))
        abort();
    mtlsauth__crl_scan_drop(&whole);
    mtlsauth__crl_scan_drop(&pieces);
    return 0;
}
