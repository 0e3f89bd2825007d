/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_ASN1_STRING_H
#define MTLSAUTH_BASE_ASN1_STRING_H

#include "base/span.h"

/*
 * The characters of an ASN.1 string, whatever its type. Teletex is read as Latin-1, which is what
 * everybody has put there.
 */
struct asn1_string {
    const uint8_t *pos, *end;
    unsigned tag;
};

enum asn1_char {
    ASN1_CHAR_OK,
    ASN1_CHAR_END,
    ASN1_CHAR_BAD /* not of this type's character set, malformed UTF-8, a surrogate, cut off */
};

/* Is this tag one of the string types that a name may have? */
bool mtlsauth__asn1_is_string(unsigned tag);

struct asn1_string mtlsauth__asn1_string(unsigned tag, struct span value);

/* The next character. */
enum asn1_char mtlsauth__asn1_string_next(struct asn1_string *in, uint32_t *c);

/* Is all of the string well-formed and without a NUL? */
bool mtlsauth__asn1_string_ok(unsigned tag, struct span value);

/* Writes c as UTF-8, returns the number of octets (1 to 4). */
size_t mtlsauth__utf8_encode(uint32_t c, uint8_t out[4]);

/* Does it move the cursor, hide, or reverse the text of a log line? */
bool mtlsauth__is_invisible(uint32_t c);

#endif
