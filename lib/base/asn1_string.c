/* SPDX-License-Identifier: MIT */
#include "base/asn1_string.h"

#include "base/der.h"

bool mtlsauth__asn1_is_string(unsigned tag)
{
    switch (tag) {
    case DER_UTF8_STRING:
    case DER_NUMERIC_STRING:
    case DER_PRINTABLE_STRING:
    case DER_TELETEX_STRING:
    case DER_IA5_STRING:
    case DER_VISIBLE_STRING:
    case DER_UNIVERSAL_STRING:
    case DER_BMP_STRING:
        return true;
    default:
        return false;
    }
}

struct asn1_string mtlsauth__asn1_string(unsigned tag, struct span value)
{
    struct der in = der_of(value);

    return (struct asn1_string){.pos = in.pos, .end = in.end, .tag = tag};
}

static bool is_scalar(uint32_t c)
{
    return c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
}

/* RFC 3629: shortest form only, no surrogates. */
static enum asn1_char next_utf8(struct asn1_string *in, uint32_t *c)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    uint8_t first = *in->pos;
    size_t more;

    if (first < 0x80) {
        *c = first;
        in->pos++;
        return ASN1_CHAR_OK;
    }
    if (first < 0xc2 || first > 0xf4)
        return ASN1_CHAR_BAD;
    more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if ((size_t)(in->end - in->pos) <= more)
        return ASN1_CHAR_BAD;
    *c = first & (0x3fU >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((in->pos[i] & 0xc0U) != 0x80)
            return ASN1_CHAR_BAD;
        *c = *c << 6 | (in->pos[i] & 0x3fU);
    }
    in->pos += more + 1;
    return *c >= smallest[more] && is_scalar(*c) ? ASN1_CHAR_OK : ASN1_CHAR_BAD;
}

/* BMPString and UniversalString: two and four octets a character. */
static enum asn1_char next_wide(struct asn1_string *in, size_t width, uint32_t *c)
{
    if ((size_t)(in->end - in->pos) < width)
        return ASN1_CHAR_BAD;
    *c = 0;
    for (size_t i = 0; i < width; i++)
        *c = *c << 8 | *in->pos++;
    return is_scalar(*c) ? ASN1_CHAR_OK : ASN1_CHAR_BAD;
}

/* X.680 41.4. "*", "@", "&" and "_" are not of the set, but are found in PrintableStrings that CAs
 * issue: what identity matching needs is that they are one octet a character. */
static bool in_charset(unsigned tag, uint8_t c)
{
    switch (tag) {
    case DER_NUMERIC_STRING:
        return ascii_is_digit(c) || c == ' ';
    case DER_TELETEX_STRING:
        return true;
    default:
        return c < 0x80;
    }
}

enum asn1_char mtlsauth__asn1_string_next(struct asn1_string *in, uint32_t *c)
{
    if (in->pos == in->end)
        return ASN1_CHAR_END;
    switch (in->tag) {
    case DER_UTF8_STRING:
        return next_utf8(in, c);
    case DER_BMP_STRING:
        return next_wide(in, 2, c);
    case DER_UNIVERSAL_STRING:
        return next_wide(in, 4, c);
    default:
        *c = *in->pos++;
        return in_charset(in->tag, (uint8_t)*c) ? ASN1_CHAR_OK : ASN1_CHAR_BAD;
    }
}

bool mtlsauth__asn1_string_ok(unsigned tag, struct span value)
{
    struct asn1_string in = mtlsauth__asn1_string(tag, value);
    enum asn1_char state;
    uint32_t c;

    while ((state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK)
        if (c == 0)
            return false;
    return state == ASN1_CHAR_END;
}

/* Controls, separators of lines, and Default_Ignorable_Code_Point of Unicode: fillers, joiners and
 * variation selectors make two names that nobody can tell apart. */
bool mtlsauth__is_invisible(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
        {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
        {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
        {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0] && c >= ranges[i].first; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}

size_t mtlsauth__utf8_encode(uint32_t c, uint8_t out[4])
{
    static const uint8_t lead[] = {0x00, 0xc0, 0xe0, 0xf0};
    size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

    for (size_t i = more; i > 0; i--) {
        out[i] = (uint8_t)(0x80U | (c & 0x3fU));
        c >>= 6;
    }
    out[0] = (uint8_t)(lead[more] | c);
    return more + 1;
}
