/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SERIAL_H
#define MTLSAUTH_REVOCATION_SERIAL_H

#include "base/span.h"
#include "revocation/facts.h"

/*
 * A serial number as it is ordered and compared: its magnitude octets, left-aligned, and a code.
 *
 * The magnitude is the content of the INTEGER without the zero octet that DER puts in front of a
 * positive number whose first bit is set: of random serials half have one, and it would put them
 * all into one bucket. The code is the length of the magnitude, with the top bit set for a negative
 * number. Two serials are the same when the magnitudes, padded with zeros, and the codes are; the
 * code tells 80 (-128) from 00 80 (128), and 01 from 01 00.
 */
struct serial {
    struct span magnitude;
    uint8_t code;
};

#define SERIAL_NEGATIVE 0x80U
#define SERIAL_LEN(code) ((size_t)((code) & 0x7fU))

/* content must be a well-formed INTEGER of at most MTLSAUTH__MAX_SERIAL octets. */
static inline struct serial serial_of(struct span content)
{
    struct serial out = {.magnitude = content};
    unsigned negative = content.ptr[0] >= 0x80 ? SERIAL_NEGATIVE : 0;

    if (content.len > 1 && content.ptr[0] == 0)
        out.magnitude = span_tail(content, 1);
    out.code = (uint8_t)(negative | (unsigned)out.magnitude.len);
    return out;
}

/* Room for the content octets of any serial. */
#define SERIAL_ROOM (MTLSAUTH__MAX_SERIAL + 1)

/* The content octets again; returns their number. */
static inline size_t serial_content(const uint8_t *magnitude, uint8_t code,
                                    uint8_t out[SERIAL_ROOM])
{
    size_t len = SERIAL_LEN(code), at = 0;

    if ((code & SERIAL_NEGATIVE) == 0 && magnitude[0] >= 0x80)
        out[at++] = 0;
    memcpy(out + at, magnitude, len);
    return at + len;
}

#endif
