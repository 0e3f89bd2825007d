/* SPDX-License-Identifier: MIT */
#include "base/pem.h"

#include "base/base64.h"
#include "base/der.h"
#include "base/error.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define BOM "\xef\xbb\xbf"

struct pem mtlsauth__pem(struct span bytes)
{
    struct der in = der_of(bytes);

    return (struct pem){.pos = in.pos, .end = in.end, .line = 1};
}

/* Position of text in line, or its length. */
static size_t find_text(struct span line, const char *text)
{
    size_t len = strlen(text), at = 0;

    while (line.len - at >= len) {
        at += span_find(span_tail(line, at), (uint8_t)text[0]);
        if (line.len - at >= len && memcmp(line.ptr + at, text, len) == 0)
            return at;
        at += at < line.len;
    }
    return line.len;
}

/* A SEQUENCE of 128 octets and more. No text begins so: the second octet is not UTF-8 there. */
static bool begins_as_der(struct span bytes)
{
    return bytes.len > 1 && bytes.ptr[0] == DER_SEQUENCE && bytes.ptr[1] > 0x80 &&
           bytes.ptr[1] <= 0x84;
}

/* PEM inside of DER is a value that the owner of the certificate has chosen. */
bool mtlsauth__pem_looks_like(struct span bytes)
{
    return bytes.len >= strlen(BEGIN) && !begins_as_der(bytes) &&
           find_text(bytes, BEGIN) < bytes.len;
}

/* The next line without its end; moves on. */
static struct span take_line(struct pem *in)
{
    struct span rest = span_of(in->pos, (size_t)(in->end - in->pos));
    size_t len = span_find(rest, '\n');
    struct span line = span_head(rest, len);

    in->pos += len < rest.len ? len + 1 : len;
    in->line++;
    while (line.len > 0 && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' ' ||
                            line.ptr[line.len - 1] == '\t'))
        line.len--;
    return line;
}

/* RFC 7468 3: printable, with single hyphens and spaces inside. So a text whose line breaks were
 * lost, or are CR alone, is not one long label. */
static bool label_ok(struct span label)
{
    bool separator = true;

    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = label.ptr[i];

        if (c < 0x20 || c > 0x7e || (separator && (c == ' ' || c == '-')))
            return false;
        separator = c == ' ' || c == '-';
    }
    return label.len == 0 || !separator;
}

/* A block of which both ends lack a dash would pass for text between blocks. */
static bool nearly(struct span line, const char *kind)
{
    const char *shorter = kind + 3;

    return line.len >= strlen(shorter) && find_text(line, shorter) < line.len;
}

/* Blanks, and the zeros of UTF-16. */
static struct span skip_blanks(struct span line)
{
    while (line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t' || line.ptr[0] == '\0'))
        line = span_tail(line, 1);
    return line;
}

/* Do the letters and digits of line, whatever stands between them, begin with these? */
static bool spells(struct span line, const char *lower)
{
    for (size_t i = 0; i < line.len && *lower != '\0'; i++) {
        uint8_t c = ascii_lower(line.ptr[i]);

        if (!ascii_is_alpha(c) && !ascii_is_digit(c))
            continue;
        if (c != (uint8_t)*lower)
            return false;
        lower++;
    }
    return *lower == '\0';
}

/*
 * Is it what people, editors and mail make of the boundaries around what has to be loaded as a
 * whole: other dashes than five of ASCII, other blanks than one, small letters, UTF-16? The dash,
 * of which nothing is known but that it is one or no ASCII, has to begin the line: "CN = Back-End
 * Certificates" is text.
 */
static bool resembles_boundary(struct span line)
{
    static const char *const spellings[] = {"begincert", "beginx509", "begintrusted", "beginpkcs7",
                                            "begincrl",  "endcert",   "endx509",      "endtrusted",
                                            "endpkcs7",  "endcrl"};

    line = skip_blanks(line);
    if (line.len == 0 || (line.ptr[0] != '-' && line.ptr[0] < 0x80))
        return false;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (spells(line, spellings[i]))
            return true;
    return false;
}

/* A SEQUENCE of 128 octets and more in base64, of which the lines have 64 or 76 characters. */
static bool is_base64_of_der(struct span line)
{
    enum { SHORTEST_LINE = 60 };

    line = skip_blanks(line);
    if (line.len < SHORTEST_LINE || line.ptr[0] != 'M' || line.ptr[1] != 'I')
        return false;
    for (size_t i = 0; i < SHORTEST_LINE; i++)
        if (!ascii_is_alpha(line.ptr[i]) && !ascii_is_digit(line.ptr[i]) && line.ptr[i] != '+' &&
            line.ptr[i] != '/')
            return false;
    return true;
}

int mtlsauth__pem_text(struct span line, size_t number)
{
    if (nearly(line, BEGIN) || nearly(line, END) || resembles_boundary(line))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: not quite a -----BEGIN or -----END line: write it in "
                              "capitals, in ASCII, with five dashes before and behind it",
                              number);
    if (is_base64_of_der(line))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: base64 outside of a block: its -----BEGIN line is missing",
                              number);
    return MTLSAUTH_OK;
}

/* Is this a BEGIN or END line, and of which label? A line that only nearly is one is an error. */
static int read_boundary(struct span line, const char *kind, size_t number, bool *is,
                         struct span *label)
{
    size_t at = line.len < strlen(kind) ? line.len : find_text(line, kind);

    *is = false;
    if (at == line.len && nearly(line, kind))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: not quite %.*s: write five dashes before and behind it",
                              number, (int)strlen(kind) - 1, kind);
    if (at == line.len)
        return MTLSAUTH_OK;
    if (span_is_text(span_head(line, at), BOM))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: a byte order mark in front of %.*s; save the file without",
                              number, (int)strlen(kind) - 1, kind);
    if (at != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: text in front of %.*s; it has to begin the line", number,
                              (int)strlen(kind) - 1, kind);
    *label = span_tail(line, strlen(kind));
    if (label->len < strlen(DASHES) || !span_is_text(span_tail(*label, label->len - 5), DASHES))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: a %.*s line has to end in ----- and a line break", number,
                              (int)strlen(kind) - 1, kind);
    label->len -= strlen(DASHES);
    if (!label_ok(*label))
        return mtlsauth__fail(
            MTLSAUTH_ERR_PARSE,
            "line %zu: what a %.*s line names is no label; the text may have lost "
            "its line breaks",
            number, (int)strlen(kind) - 1, kind);
    *is = true;
    return MTLSAUTH_OK;
}

int mtlsauth__pem_next(struct pem *in, struct pem_block *block, bool *found)
{
    bool is_begin, is_end;
    struct span label = span_of(NULL, 0);
    int code;

    *found = false;
    while (in->pos != in->end) {
        size_t number = in->line;
        const uint8_t *at = in->pos;
        struct span line = take_line(in);

        /* Nearly all lines: no boundary is without one. */
        if (*found && !span_has(line, '-'))
            continue;
        code = read_boundary(line, BEGIN, number, &is_begin, &label);
        if (code != MTLSAUTH_OK)
            return code;
        if (is_begin && *found)
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                  "line %zu: a block begins before the one of line %zu has ended",
                                  number, block->line);
        if (is_begin) {
            *found = true;
            *block = (struct pem_block){.start = at, .label = label, .line = number};
            block->body = span_of(in->pos, 0);
            continue;
        }
        code = read_boundary(line, END, number, &is_end, &label);
        if (code == MTLSAUTH_OK && !is_end && !*found)
            code = mtlsauth__pem_text(line, number);
        if (code != MTLSAUTH_OK)
            return code;
        if (!is_end)
            continue;
        if (!*found)
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: a block ends that has not begun",
                                  number);
        if (!span_equal(label, block->label))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                  "line %zu: the block of line %zu ends with another label", number,
                                  block->line);
        block->body.len = (size_t)(at - block->body.ptr);
        block->end_line = number;
        return MTLSAUTH_OK;
    }
    if (*found)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: the block that begins here has no END line; the file may "
                              "have been cut off",
                              block->line);
    return MTLSAUTH_OK;
}

/* "Proc-Type: 4,ENCRYPTED": the first character that is no base64 may be the hyphen. */
static bool is_header(struct span body, size_t at)
{
    struct span rest = span_tail(body, at);

    return span_has(span_head(rest, span_find(rest, '\n')), ':');
}

int mtlsauth__pem_decode(const struct pem_block *block, uint8_t *out, size_t *len)
{
    size_t bad = 0, line = block->line + 1;

    if (mtlsauth__base64_decode(block->body, true, out, len, &bad)) {
        if (*len > 0)
            return MTLSAUTH_OK;
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: the block is empty", block->line);
    }
    for (size_t i = 0; i < bad && i < block->body.len; i++)
        line += block->body.ptr[i] == '\n';
    if (bad < block->body.len && is_header(block->body, bad))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: a header line inside of the block, as encrypted keys have",
                              line);
    if (bad == block->body.len)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: the block's base64 is cut off, or has lost its padding",
                              block->line);
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: not valid base64", line);
}
