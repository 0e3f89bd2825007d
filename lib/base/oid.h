/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_OID_H
#define MTLSAUTH_BASE_OID_H

#include "base/span.h"

/* Longest OID that is taken, as content octets and as dotted text with its NUL: an octet becomes at
 * most four characters (".127"). */
#define MTLSAUTH__MAX_OID 32
#define MTLSAUTH__MAX_OID_TEXT (4 * MTLSAUTH__MAX_OID + 1)

/* Compares the content of an OBJECT IDENTIFIER with octets written as a literal. */
#define OID_IS(value, literal) span_equal((value), span_of((literal), sizeof(literal) - 1))

/* Is it one of those before it? Quadratic over all of them: for as few as their place allows. */
static inline bool oid_is_among(const struct span *seen, size_t count, struct span oid)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(seen[i], oid))
            return true;
    return false;
}

/* Is the content of an OBJECT IDENTIFIER well-formed (X.690 8.19)? */
bool mtlsauth__oid_ok(struct span value);

/* Dotted text, whatever the size of an arc (2.25 with a UUID: X.667); false for one that is
 * malformed or longer than MTLSAUTH__MAX_OID. */
bool mtlsauth__oid_to_text(struct span value, char out[MTLSAUTH__MAX_OID_TEXT]);

/* Content octets of a dotted text; false if it is none, or too long. */
bool mtlsauth__oid_from_text(struct span text, uint8_t out[MTLSAUTH__MAX_OID], size_t *len);

#endif
