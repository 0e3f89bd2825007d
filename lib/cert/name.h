/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_NAME_H
#define MTLSAUTH_CERT_NAME_H

#include "base/span.h"
#include "base/text.h"

/*
 * Distinguished names (RFC 5280 4.1.2.4), their text (RFC 4514) and their comparison.
 *
 * Two names are the same when their canonical forms are the same bytes. The canonical form is a
 * DER-like list of RDNs, each with its attributes sorted, each value as UTF-8 with ASCII letters in
 * lower case, white space at the ends dropped and inside folded into one space (RFC 5280 7.1,
 * RFC 4518). Characters outside ASCII are compared as they are, without case folding and normal
 * forms; a value that is no string, by its DER.
 */

enum name_status {
    NAME_OK,
    NAME_MALFORMED, /* not a Name, or not in the character set that it claims */
    NAME_NUL,       /* a NUL inside: no name that anybody may rely on */
    NAME_NO_MEMORY
};

/* One attribute of a name. */
struct name_attribute {
    struct span oid; /* content octets */
    unsigned tag;
    struct span value; /* content octets */
};

/* Appends the RFC 4514 text of a Name (with tag and length). */
enum name_status mtlsauth__name_text(struct text *out, struct span name);

/* Appends its canonical form. */
enum name_status mtlsauth__name_canonical(struct text *out, struct span name);

/*
 * Appends the canonical form of an RFC 4514 text. False with *bad, the position, when it is none;
 * out->failed tells of memory.
 */
bool mtlsauth__name_canonical_of_text(struct text *out, struct span rfc4514, size_t *bad);

/* Of a canonical form: the attribute types that its first and its last RDN begin with; NULL spans
 * of the empty name. */
void mtlsauth__name_canonical_ends(struct span canonical, struct span *first, struct span *last);

/* Appends the canonical form of one value. */
enum name_status mtlsauth__name_canonical_value(struct text *out, unsigned tag, struct span value);
/* The same of UTF-8 text, not escaped. */
enum name_status mtlsauth__name_canonical_value_of_text(struct text *out, struct span utf8);

/*
 * Can the value be told from all others by its canonical form? Not one that is no string, nor one
 * with a character that nobody sees, or with a space outside of ASCII: RFC 4518 2.2 has them mapped
 * to nothing and to a space, and so makes one name of two.
 */
bool mtlsauth__name_value_is_clear(unsigned tag, struct span value);

/* The same of every value of a Name. */
bool mtlsauth__name_is_clear(struct span name);

/* Calls each for every attribute, in order; each returns false to stop. False if malformed. */
bool mtlsauth__name_each(struct span name,
                         bool (*each)(void *arg, const struct name_attribute *attribute),
                         void *arg);

/* Content octets of the attribute type that a short name ("CN", "emailAddress", any case) or dotted
 * text means; false if unknown. out has room for MTLSAUTH__MAX_OID. */
bool mtlsauth__name_type(struct span text, uint8_t *out, size_t *len);

/* Is the Name empty: a SEQUENCE of nothing? */
bool mtlsauth__name_is_empty(struct span name);

/* Appends UTF-8 text of an ASN.1 string, escaped so that it is printable and holds no control. */
enum name_status mtlsauth__string_text(struct text *out, unsigned tag, struct span value);

#endif
