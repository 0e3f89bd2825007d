/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_DER_WRITE_H
#define MTLSAUTH_BASE_DER_WRITE_H

#include "base/span.h"

/*
 * Writes DER into memory of the caller, from its end to its front: the length of an element is
 * known when its header is written, and nothing is moved. What does not fit sets full, and all that
 * follows does nothing, so that a whole structure is written before anyone asks.
 */
struct der_writer {
    uint8_t *start;
    size_t at; /* what is written begins here */
    size_t capacity;
    bool full;
};

static inline struct der_writer der_writer_of(uint8_t *memory, size_t capacity)
{
    return (struct der_writer){.start = memory, .at = capacity, .capacity = capacity};
}

/* What is written so far. */
static inline struct span der_written(const struct der_writer *out)
{
    return span_of(out->start + out->at, out->capacity - out->at);
}

/* Bytes as they are, in front of what is written. */
void mtlsauth__der_put(struct der_writer *out, struct span bytes);

/* Tag and length in front of all that was written since the writer stood at end. */
void mtlsauth__der_put_header(struct der_writer *out, uint8_t tag, size_t end);

/* A whole element. */
void mtlsauth__der_put_value(struct der_writer *out, uint8_t tag, struct span value);

#endif
