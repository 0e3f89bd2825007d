/* SPDX-License-Identifier: MIT */
#include "cert/name.h"

#include <stdio.h>
#include "base/asn1_string.h"
#include "base/der.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/oid.h"
#include "cert/name_canonical.h"

/* Marks of the canonical form. */
enum { MARK_RDN = 'R', MARK_STRING = 's', MARK_DER = 'd', MARK_BAD = 'x' };

/* One attribute of an RDN, moving on. AttributeTypeAndValue ::= SEQUENCE { type, value } */
static bool read_attribute(struct der *rdn, struct name_attribute *attribute)
{
    struct der inner;

    return mtlsauth__der_enter(rdn, DER_SEQUENCE, &inner) &&
           mtlsauth__der_read(&inner, DER_OID, &attribute->oid) &&
           mtlsauth__oid_ok(attribute->oid) && attribute->oid.len <= MTLSAUTH__MAX_OID &&
           mtlsauth__der_next(&inner, &attribute->tag, &attribute->value, NULL) &&
           der_at_end(&inner);
}

/* The attributes of one RDN: 1 to MTLSAUTH__MAX_ATTRIBUTES of them. */
static bool read_rdn(struct der *name, struct name_attribute attributes[MTLSAUTH__MAX_ATTRIBUTES],
                     size_t *count)
{
    struct der rdn;

    *count = 0;
    if (!mtlsauth__der_enter(name, DER_SET, &rdn) || der_at_end(&rdn))
        return false;
    while (!der_at_end(&rdn))
        if (*count == MTLSAUTH__MAX_ATTRIBUTES || !read_attribute(&rdn, &attributes[(*count)++]))
            return false;
    return true;
}

static bool enter_name(struct span name, struct der *rdns)
{
    struct der in = der_of(name);

    return mtlsauth__der_enter(&in, DER_SEQUENCE, rdns) && der_at_end(&in);
}

bool mtlsauth__name_is_empty(struct span name)
{
    struct der rdns;

    return enter_name(name, &rdns) && der_at_end(&rdns);
}

bool mtlsauth__name_each(struct span name,
                         bool (*each)(void *arg, const struct name_attribute *attribute),
                         void *arg)
{
    struct name_attribute attributes[MTLSAUTH__MAX_ATTRIBUTES];
    struct der rdns;
    size_t count;

    if (!enter_name(name, &rdns))
        return false;
    while (!der_at_end(&rdns)) {
        if (!read_rdn(&rdns, attributes, &count))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!each(arg, &attributes[i]))
                return true;
    }
    return true;
}

static void add_length(struct text *out, size_t len)
{
    for (unsigned shift = 32; shift > 0; shift -= 8)
        mtlsauth__text_add_char(out, (char)(len >> (shift - 8) & 0xffU));
}

static void add_counted(struct text *out, struct span bytes)
{
    add_length(out, bytes.len);
    mtlsauth__text_add_bytes(out, bytes.ptr, bytes.len);
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* RFC 4518 2.2: spaces outside of ASCII, and what is mapped to nothing and yet may be seen. */
static bool is_mapped(uint32_t c)
{
    static const uint32_t characters[] = {0xa0,   0x6dd,  0x70f,  0x1680, 0x1806,
                                          0x202f, 0x205f, 0x3000, 0xfffc};

    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++)
        if (c == characters[i])
            return true;
    return (c >= 0x2000 && c <= 0x200a) || (mtlsauth__is_invisible(c) && !is_space(c));
}

bool mtlsauth__name_value_is_clear(unsigned tag, struct span value)
{
    struct asn1_string in = mtlsauth__asn1_string(tag, value);
    enum asn1_char state;
    uint32_t c;

    if (!mtlsauth__asn1_is_string(tag))
        return false;
    while ((state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK)
        if (is_mapped(c))
            return false;
    return state == ASN1_CHAR_END;
}

static bool note_unclear(void *arg, const struct name_attribute *attribute)
{
    bool *clear = arg;

    *clear = mtlsauth__name_value_is_clear(attribute->tag, attribute->value);
    return *clear;
}

bool mtlsauth__name_is_clear(struct span name)
{
    bool clear = true;

    return mtlsauth__name_each(name, note_unclear, &clear) && clear;
}

/* Folded characters of a string, without a mark. */
static enum name_status fold(struct text *out, struct asn1_string in)
{
    enum asn1_char state;
    bool space = false, begun = false;
    uint32_t c;

    while ((state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK) {
        uint8_t utf8[4];

        if (c == 0)
            return NAME_NUL;
        if (is_space(c)) {
            space = begun;
            continue;
        }
        if (space)
            mtlsauth__text_add_char(out, ' ');
        space = false;
        begun = true;
        if (c < 0x80)
            c = ascii_lower((uint8_t)c);
        mtlsauth__text_add_bytes(out, utf8, mtlsauth__utf8_encode(c, utf8));
    }
    return state == ASN1_CHAR_END ? NAME_OK : NAME_MALFORMED;
}

/* What cannot be folded stands as it is, under marks that no good string has. */
static void add_raw(struct text *out, char mark, unsigned tag, struct span value)
{
    mtlsauth__text_add_char(out, mark);
    mtlsauth__text_add_char(out, (char)(tag & 0xffU));
    mtlsauth__text_add_bytes(out, value.ptr, value.len);
}

enum name_status mtlsauth__name_canonical_value(struct text *out, unsigned tag, struct span value)
{
    size_t start = out->len;
    enum name_status status;

    if (!mtlsauth__asn1_is_string(tag)) {
        add_raw(out, MARK_DER, tag, value);
        return out->failed ? NAME_NO_MEMORY : NAME_OK;
    }
    mtlsauth__text_add_char(out, MARK_STRING);
    status = fold(out, mtlsauth__asn1_string(tag, value));
    if (status != NAME_OK && !out->failed) {
        out->len = start;
        add_raw(out, MARK_BAD, tag, value);
    }
    return out->failed ? NAME_NO_MEMORY : status;
}

enum name_status mtlsauth__name_canonical_value_of_text(struct text *out, struct span utf8)
{
    return mtlsauth__name_canonical_value(out, DER_UTF8_STRING, utf8);
}

enum name_status mtlsauth__name_canonical_attribute(struct name_piece *piece, struct span oid,
                                                    unsigned tag, struct span value)
{
    struct text folded = {0};
    enum name_status status = mtlsauth__name_canonical_value(&folded, tag, value);

    piece->text = (struct text){0};
    add_counted(&piece->text, oid);
    add_counted(&piece->text, span_of(folded.ptr, folded.len));
    if (folded.failed || piece->text.failed)
        status = NAME_NO_MEMORY;
    mtlsauth__text_drop(&folded);
    return status;
}

static int compare_pieces(const struct name_piece *left, const struct name_piece *right)
{
    return span_compare(span_of(left->text.ptr, left->text.len),
                        span_of(right->text.ptr, right->text.len));
}

/* An RDN is a set: the order of its attributes says nothing. */
void mtlsauth__name_canonical_rdn(struct text *out, struct name_piece *pieces, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct name_piece moving = pieces[i];
        size_t at = i;

        for (; at > 0 && compare_pieces(&moving, &pieces[at - 1]) < 0; at--)
            pieces[at] = pieces[at - 1];
        pieces[at] = moving;
    }
    mtlsauth__text_add_char(out, MARK_RDN);
    add_length(out, count);
    for (size_t i = 0; i < count; i++)
        add_counted(out, span_of(pieces[i].text.ptr, pieces[i].text.len));
}

static enum name_status worse(enum name_status a, enum name_status b)
{
    return a > b ? a : b;
}

enum name_status mtlsauth__name_canonical(struct text *out, struct span name)
{
    enum name_status status = NAME_OK;
    struct der rdns;

    if (!enter_name(name, &rdns))
        return NAME_MALFORMED;
    while (!der_at_end(&rdns) && status != NAME_NO_MEMORY) {
        struct name_attribute attributes[MTLSAUTH__MAX_ATTRIBUTES];
        struct name_piece pieces[MTLSAUTH__MAX_ATTRIBUTES];
        size_t count;

        if (!read_rdn(&rdns, attributes, &count))
            return NAME_MALFORMED;
        for (size_t i = 0; i < count; i++)
            status = worse(status, mtlsauth__name_canonical_attribute(
                                       &pieces[i], attributes[i].oid, attributes[i].tag,
                                       attributes[i].value));
        mtlsauth__name_canonical_rdn(out, pieces, count);
        for (size_t i = 0; i < count; i++)
            mtlsauth__text_drop(&pieces[i].text);
    }
    return out->failed ? NAME_NO_MEMORY : status;
}

/* What add_length has written, moving on. */
static size_t take_length(struct span *in)
{
    enum { OCTETS = 4 };
    size_t len = 0;

    if (in->ptr == NULL || in->len < OCTETS)
        return 0;
    for (unsigned i = 0; i < OCTETS; i++)
        len = len << 8 | in->ptr[i];
    *in = span_tail(*in, OCTETS);
    return len;
}

static struct span take_counted(struct span *in)
{
    size_t len = take_length(in);
    struct span bytes = span_head(*in, len);

    *in = span_tail(*in, len);
    return bytes;
}

void mtlsauth__name_canonical_ends(struct span canonical, struct span *first, struct span *last)
{
    *first = *last = span_of(NULL, 0);
    while (canonical.len > 0) {
        size_t count;

        canonical = span_tail(canonical, 1); /* MARK_RDN */
        count = take_length(&canonical);
        for (size_t i = 0; i < count; i++) {
            struct span piece = take_counted(&canonical);

            if (i == 0)
                *last = take_counted(&piece);
        }
        if (first->ptr == NULL)
            *first = *last;
    }
}

/* RFC 4514 3 has the first nine; the others are descriptors that people write and read. */
static const struct {
    const char *name;
    struct span oid;
} types[] = {
    {"CN", {(const uint8_t *)"\x55\x04\x03", 3}},
    {"L", {(const uint8_t *)"\x55\x04\x07", 3}},
    {"ST", {(const uint8_t *)"\x55\x04\x08", 3}},
    {"O", {(const uint8_t *)"\x55\x04\x0a", 3}},
    {"OU", {(const uint8_t *)"\x55\x04\x0b", 3}},
    {"C", {(const uint8_t *)"\x55\x04\x06", 3}},
    {"STREET", {(const uint8_t *)"\x55\x04\x09", 3}},
    {"DC", {(const uint8_t *)"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10}},
    {"UID", {(const uint8_t *)"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10}},
    {"SN", {(const uint8_t *)"\x55\x04\x04", 3}},
    {"serialNumber", {(const uint8_t *)"\x55\x04\x05", 3}},
    {"title", {(const uint8_t *)"\x55\x04\x0c", 3}},
    {"postalCode", {(const uint8_t *)"\x55\x04\x11", 3}},
    {"givenName", {(const uint8_t *)"\x55\x04\x2a", 3}},
    {"initials", {(const uint8_t *)"\x55\x04\x2b", 3}},
    {"dnQualifier", {(const uint8_t *)"\x55\x04\x2e", 3}},
    {"pseudonym", {(const uint8_t *)"\x55\x04\x41", 3}},
    {"organizationIdentifier", {(const uint8_t *)"\x55\x04\x61", 3}},
    {"businessCategory", {(const uint8_t *)"\x55\x04\x0f", 3}},
    {"emailAddress", {(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9}},
};

static const char *type_name(struct span oid)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (span_equal(types[i].oid, oid))
            return types[i].name;
    return NULL;
}

bool mtlsauth__name_type(struct span text, uint8_t *out, size_t *len)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (span_equal_nocase(text, span_of_text(types[i].name))) {
            memcpy(out, types[i].oid.ptr, types[i].oid.len);
            *len = types[i].oid.len;
            return true;
        }
    }
    return mtlsauth__oid_from_text(text, out, len);
}

static void add_escaped(struct text *out, uint32_t c, bool special)
{
    uint8_t utf8[4];
    size_t len = mtlsauth__utf8_encode(c, utf8);

    if (mtlsauth__is_invisible(c)) {
        for (size_t i = 0; i < len; i++)
            mtlsauth__text_addf(out, "\\%02X", utf8[i]);
        return;
    }
    if (special)
        mtlsauth__text_add_char(out, '\\');
    mtlsauth__text_add_bytes(out, utf8, len);
}

/* A string's characters; dn: those that RFC 4514 2.4 gives a meaning are escaped. */
static enum name_status add_string(struct text *out, unsigned tag, struct span value, bool dn)
{
    struct asn1_string in = mtlsauth__asn1_string(tag, value);
    enum asn1_char state;
    uint32_t c;

    for (bool first = true; (state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK;
         first = false) {
        bool last = in.pos == in.end, special = c == '\\';

        if (c == 0)
            return NAME_NUL;
        if (dn && c < 0x80 && strchr("\"+,;<>", (int)c) != NULL)
            special = true;
        if (dn && ((first && (c == '#' || c == ' ')) || (last && c == ' ')))
            special = true;
        add_escaped(out, c, special);
    }
    if (out->failed)
        return NAME_NO_MEMORY;
    return state == ASN1_CHAR_END ? NAME_OK : NAME_MALFORMED;
}

enum name_status mtlsauth__string_text(struct text *out, unsigned tag, struct span value)
{
    return add_string(out, tag, value, false);
}

/* RFC 4514 2.4: what is no string of a known type is written as its BER. */
static void add_hex_value(struct text *out, const struct name_attribute *attribute)
{
    uint8_t header[6] = {(uint8_t)attribute->tag};
    size_t n = 1, len = attribute->value.len;

    if (len < 0x80) {
        header[n++] = (uint8_t)len;
    } else {
        size_t octets = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;

        header[n++] = (uint8_t)(0x80U | octets);
        while (octets-- > 0)
            header[n++] = (uint8_t)(len >> (8 * octets));
    }
    mtlsauth__text_add_char(out, '#');
    mtlsauth__text_add_hex(out, span_of(header, n));
    mtlsauth__text_add_hex(out, attribute->value);
}

static void add_attribute(struct text *out, const struct name_attribute *attribute)
{
    const char *name = type_name(attribute->oid);
    char dotted[MTLSAUTH__MAX_OID_TEXT];
    size_t start;

    /* read_attribute takes none that is too long to be written. */
    if (name == NULL && !mtlsauth__oid_to_text(attribute->oid, dotted))
        out->failed = true;
    if (out->failed)
        return;
    mtlsauth__text_add(out, name != NULL ? name : dotted);
    mtlsauth__text_add_char(out, '=');
    start = out->len;
    if (name != NULL && mtlsauth__asn1_is_string(attribute->tag)) {
        if (add_string(out, attribute->tag, attribute->value, true) == NAME_OK || out->failed)
            return;
        out->len = start;
    }
    add_hex_value(out, attribute);
}

enum name_status mtlsauth__name_text(struct text *out, struct span name)
{
    struct der rdns, starts[MTLSAUTH__MAX_RDNS];
    struct name_attribute attributes[MTLSAUTH__MAX_ATTRIBUTES];
    size_t count = 0, n;

    if (!enter_name(name, &rdns))
        return NAME_MALFORMED;
    while (!der_at_end(&rdns)) {
        if (count == MTLSAUTH__MAX_RDNS)
            return NAME_MALFORMED;
        starts[count++] = rdns;
        if (!read_rdn(&rdns, attributes, &n))
            return NAME_MALFORMED;
    }
    /* RFC 4514 2.1: the last RDN first. */
    for (size_t i = count; i > 0; i--) {
        if (!read_rdn(&starts[i - 1], attributes, &n))
            return NAME_MALFORMED;
        if (i < count)
            mtlsauth__text_add_char(out, ',');
        for (size_t k = 0; k < n; k++) {
            if (k > 0)
                mtlsauth__text_add_char(out, '+');
            add_attribute(out, &attributes[k]);
        }
    }
    return out->failed ? NAME_NO_MEMORY : NAME_OK;
}
