/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/asn1_string.h"
#include "base/checked.h"
#include "base/der.h"
#include "base/hex.h"
#include "base/memory.h"

/* Room for len more bytes and the NUL. */
static bool reserve(struct text *text, size_t len)
{
    size_t need, capacity = text->capacity == 0 ? 64 : text->capacity;
    char *moved;

    if (text->failed)
        return false;
    if (!checked_add(text->len, len, &need) || !checked_add(need, 1, &need)) {
        text->failed = true;
        return false;
    }
    if (need <= text->capacity)
        return true;
    while (capacity < need)
        if (!checked_mul(capacity, 2, &capacity))
            capacity = need;
    moved = mtlsauth__realloc(text->ptr, capacity, 1);
    if (moved == NULL) {
        text->failed = true;
        return false;
    }
    text->ptr = moved;
    text->capacity = capacity;
    return true;
}

void mtlsauth__text_add_bytes(struct text *text, const void *bytes, size_t len)
{
    if (!reserve(text, len))
        return;
    if (len > 0)
        memcpy(text->ptr + text->len, bytes, len);
    text->len += len;
    text->ptr[text->len] = '\0';
}

void mtlsauth__text_add(struct text *text, const char *more)
{
    mtlsauth__text_add_bytes(text, more, strlen(more));
}

void mtlsauth__text_add_char(struct text *text, char c)
{
    mtlsauth__text_add_bytes(text, &c, 1);
}

void mtlsauth__text_add_hex(struct text *text, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        mtlsauth__text_add_char(text, hex_digit(bytes.ptr[i] >> 4));
        mtlsauth__text_add_char(text, hex_digit(bytes.ptr[i] & 0x0fU));
    }
}

void mtlsauth__text_addf(struct text *text, const char *format, ...)
{
    va_list args, again;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        text->failed = true;
    else if (reserve(text, (size_t)len)) {
        vsnprintf(text->ptr + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

void mtlsauth__text_add_json(struct text *text, const char *utf8)
{
    mtlsauth__text_add_char(text, '"');
    for (; *utf8 != '\0'; utf8++) {
        unsigned char c = (unsigned char)*utf8;

        if (c == '"' || c == '\\') {
            mtlsauth__text_add_char(text, '\\');
            mtlsauth__text_add_char(text, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            mtlsauth__text_addf(text, "\\u%04x", c);
        } else {
            mtlsauth__text_add_char(text, (char)c);
        }
    }
    mtlsauth__text_add_char(text, '"');
}

char *mtlsauth__text_take(struct text *text)
{
    char *taken = NULL;

    if (reserve(text, 0)) {
        text->ptr[text->len] = '\0';
        taken = text->ptr;
        *text = (struct text){0};
    } else {
        mtlsauth__text_drop(text);
    }
    return taken;
}

void mtlsauth__text_drop(struct text *text)
{
    mtlsauth__free(text->ptr);
    *text = (struct text){0};
}

void mtlsauth__text_clean(char *out, size_t size, const char *octets)
{
    struct asn1_string in = mtlsauth__asn1_string(DER_UTF8_STRING, span_of_text(octets));
    size_t used = 0;

    while (in.pos < in.end) {
        const uint8_t *at = in.pos;
        uint32_t c;
        bool is_character = mtlsauth__asn1_string_next(&in, &c) == ASN1_CHAR_OK;
        bool shows = is_character && !mtlsauth__is_invisible(c);
        size_t len = shows ? (size_t)(in.pos - at) : 1;

        if (!is_character)
            in.pos = at + 1;
        if (len >= size - used)
            break;
        if (shows)
            memcpy(out + used, at, len);
        else
            out[used] = '?';
        used += len;
    }
    out[used] = '\0';
}
