/* SPDX-License-Identifier: MIT */
/* RFC 4514 text into the canonical form of a name. */
#include "cert/name.h"

#include "base/der.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/oid.h"
#include "cert/name_canonical.h"

struct reader {
    struct span text;
    size_t at;
    bool no_memory;
};

static bool ends(const struct reader *in)
{
    return in->at == in->text.len;
}

static uint8_t peek(const struct reader *in)
{
    return in->text.ptr[in->at];
}

static void skip_spaces(struct reader *in)
{
    while (!ends(in) && peek(in) == ' ')
        in->at++;
}

static bool read_type(struct reader *in, uint8_t *oid, size_t *oid_len)
{
    size_t start, len;

    skip_spaces(in);
    start = in->at;
    while (!ends(in) && peek(in) != '=')
        in->at++;
    if (ends(in)) {
        in->at = start;
        return false;
    }
    len = in->at - start;
    while (len > 0 && in->text.ptr[start + len - 1] == ' ')
        len--;
    if (!mtlsauth__name_type(span_of(in->text.ptr + start, len), oid, oid_len)) {
        in->at = start;
        return false;
    }
    in->at++;
    skip_spaces(in);
    return true;
}

static bool is_separator(uint8_t c)
{
    return c == ',' || c == '+';
}

/* "#" and the hexadecimal of one DER element, appended to bytes. */
static bool read_hex_value(struct reader *in, struct text *bytes)
{
    in->at++;
    while (!ends(in) && !is_separator(peek(in)) && peek(in) != ' ') {
        int high = hex_value(peek(in));
        int low = in->at + 1 < in->text.len ? hex_value(in->text.ptr[in->at + 1]) : -1;

        if (high < 0 || low < 0)
            return false;
        mtlsauth__text_add_char(bytes, (char)(high << 4 | low));
        in->at += 2;
    }
    skip_spaces(in);
    return true;
}

/* A string with its escapes undone, appended to bytes as UTF-8. */
static bool read_string_value(struct reader *in, struct text *bytes)
{
    while (!ends(in) && !is_separator(peek(in))) {
        uint8_t c = peek(in);
        int high, low;

        if (c == '"' || c == ';' || c == '<' || c == '>' || c < 0x20 || c == 0x7f)
            return false;
        in->at++;
        if (c != '\\') {
            mtlsauth__text_add_char(bytes, (char)c);
            continue;
        }
        if (ends(in))
            return false;
        if (strchr("\"+,;<>\\ #=", peek(in)) != NULL && peek(in) != 0) {
            mtlsauth__text_add_char(bytes, (char)peek(in));
            in->at++;
            continue;
        }
        high = hex_value(peek(in));
        low = in->at + 1 < in->text.len ? hex_value(in->text.ptr[in->at + 1]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return false;
        mtlsauth__text_add_char(bytes, (char)(high << 4 | low));
        in->at += 2;
    }
    return true;
}

/* type "=" value, as the canonical form of an attribute. */
static bool read_attribute(struct reader *in, struct name_piece *piece)
{
    uint8_t oid[MTLSAUTH__MAX_OID];
    struct text bytes = {0};
    struct span value;
    size_t oid_len;
    unsigned tag = DER_UTF8_STRING;
    enum name_status status = NAME_MALFORMED;
    bool ok;

    *piece = (struct name_piece){0};
    if (!read_type(in, oid, &oid_len))
        return false;
    if (!ends(in) && peek(in) == '#') {
        struct der element;

        ok = read_hex_value(in, &bytes);
        element = der_of(span_of(bytes.ptr, bytes.len));
        ok = ok && mtlsauth__der_next(&element, &tag, &value, NULL) && der_at_end(&element);
    } else {
        ok = read_string_value(in, &bytes);
        value = span_of(bytes.ptr, bytes.len);
    }
    /* A text that memory has cut short is another text. */
    if (ok && !bytes.failed)
        status = mtlsauth__name_canonical_attribute(piece, span_of(oid, oid_len), tag, value);
    in->no_memory = in->no_memory || bytes.failed || status == NAME_NO_MEMORY;
    mtlsauth__text_drop(&bytes);
    return ok && status == NAME_OK && !in->no_memory;
}

/* One RDN: attributes joined by "+". */
static bool read_rdn(struct reader *in, struct text *out)
{
    struct name_piece pieces[MTLSAUTH__MAX_ATTRIBUTES];
    size_t count = 0;
    bool ok = true;

    for (;;) {
        ok = count < MTLSAUTH__MAX_ATTRIBUTES;
        if (!ok)
            break;
        ok = read_attribute(in, &pieces[count++]);
        if (!ok || ends(in) || peek(in) != '+')
            break;
        in->at++;
    }
    if (ok)
        mtlsauth__name_canonical_rdn(out, pieces, count);
    for (size_t i = 0; i < count; i++)
        mtlsauth__text_drop(&pieces[i].text);
    return ok;
}

bool mtlsauth__name_canonical_of_text(struct text *out, struct span rfc4514, size_t *bad)
{
    struct reader in = {.text = rfc4514};
    struct text rdns[MTLSAUTH__MAX_RDNS] = {{0}};
    size_t count = 0;
    bool ok = true;

    skip_spaces(&in);
    while (ok && !ends(&in)) {
        ok = count < MTLSAUTH__MAX_RDNS && read_rdn(&in, &rdns[count]);
        count += count < MTLSAUTH__MAX_RDNS;
        if (!ok || ends(&in))
            break;
        in.at++; /* the "," at which read_rdn has stopped */
        ok = !ends(&in);
    }
    /* RFC 4514 2.1: the text has the last RDN first. */
    for (size_t i = count; ok && i > 0; i--) {
        out->failed = out->failed || rdns[i - 1].failed;
        mtlsauth__text_add_bytes(out, rdns[i - 1].ptr, rdns[i - 1].len);
    }
    for (size_t i = 0; i < count; i++)
        mtlsauth__text_drop(&rdns[i]);
    out->failed = out->failed || in.no_memory;
    *bad = in.at;
    return ok;
}
