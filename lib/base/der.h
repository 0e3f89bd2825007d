/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_DER_H
#define MTLSAUTH_BASE_DER_H

#include "base/span.h"

/*
 * A bounds-checked reader of DER (X.690). It takes what DER allows and nothing else: definite,
 * minimal lengths, strings in one piece; one-byte tags. Functions return false for malformed input
 * and leave the reader where it was.
 */
struct der {
    const uint8_t *pos;
    const uint8_t *end;
};

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_NUMERIC_STRING = 0x12,
    DER_PRINTABLE_STRING = 0x13,
    DER_TELETEX_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_VISIBLE_STRING = 0x1a,
    DER_UNIVERSAL_STRING = 0x1c,
    DER_BMP_STRING = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31
};

/* Context-specific tags, primitive and constructed. */
#define DER_CONTEXT(n) (0x80U | (unsigned)(n))
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0U | (unsigned)(n))

static inline struct der der_of(struct span bytes)
{
    return (struct der){.pos = bytes.ptr,
                        .end = bytes.len == 0 ? bytes.ptr : bytes.ptr + bytes.len};
}

static inline bool der_at_end(const struct der *in)
{
    return in->pos == in->end;
}

/* Is the next element of this tag? */
static inline bool der_peek(const struct der *in, unsigned tag)
{
    return in->pos != in->end && *in->pos == tag;
}

/* The next element, whatever it is: its tag, its content, and all of it (whole may be NULL). */
bool mtlsauth__der_next(struct der *in, unsigned *tag, struct span *value, struct span *whole);

/* The next element, which must have this tag: its content. */
bool mtlsauth__der_read(struct der *in, unsigned tag, struct span *value);

/* The same, with tag and length in front. */
bool mtlsauth__der_read_whole(struct der *in, unsigned tag, struct span *whole);

/* The same, as a reader over its content. */
bool mtlsauth__der_enter(struct der *in, unsigned tag, struct der *inner);

/* An element that may be absent: *present says so. */
bool mtlsauth__der_optional(struct der *in, unsigned tag, bool *present, struct span *value);

/* BOOLEAN DEFAULT FALSE: *value is false where it is absent. TRUE is 0xff (X.690 11.1). */
bool mtlsauth__der_default_false(struct der *in, bool *value);

/* The content of an INTEGER: not empty, minimal. */
bool mtlsauth__der_integer_ok(struct span value);

/* The same, 0 or above and no larger than 2^31 - 1. */
bool mtlsauth__der_small_integer(struct span value, uint32_t *out);

/* The content of a BIT STRING: its octets and how many bits of the last are unused, all zero. */
bool mtlsauth__der_bit_string(struct span value, struct span *octets, unsigned *unused);

/* One element of this tag and nothing behind it. */
bool mtlsauth__der_only(struct span bytes, unsigned tag, struct span *value);

#endif
