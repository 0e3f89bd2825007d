/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_DER_TEXT_H
#define TESTS_SUPPORT_DER_TEXT_H

/*
 * DER written as text, so that a hostile input can be read, and each of its octets has a comment.
 *
 *   30 0a            octets in hexadecimal
 *   30 { 02 01 01 }  a length that is counted: what stands between the braces
 *   "260101000000Z"  characters
 *   00 * 20          the octet before, so many times in all
 *   # to the end of the line
 */

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libcheck writes a mark to a pipe at each of its own assertions: too slow for one an octet. */
#define DER_TEXT_HOLDS(what)                                                                       \
    do {                                                                                           \
        if (!(what))                                                                               \
            ck_abort_msg("DER text: " #what " does not hold");                                     \
    } while (0)

struct der_text {
    uint8_t *ptr;
    size_t len, room;
};

static inline size_t der_text_put_length(uint8_t *at, size_t len)
{
    size_t n = 0;

    if (len < 0x80) {
        *at = (uint8_t)len;
        return 1;
    }
    for (size_t rest = len; rest > 0; rest >>= 8)
        n++;
    *at = (uint8_t)(0x80 | n);
    for (size_t i = n; i > 0; i--, len >>= 8)
        at[i] = (uint8_t)len;
    return n + 1;
}

/* Makes room for more octets behind out->len. */
static inline void der_text_room(struct der_text *out, size_t more)
{
    size_t need = out->len + more + 16;

    if (out->ptr != NULL && need <= out->room)
        return;
    out->room = need + out->len / 2;
    out->ptr = realloc(out->ptr, out->room);
    DER_TEXT_HOLDS(out->ptr != NULL);
}

static inline int der_text_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Puts the length of the octets from start on in front of them. */
static inline void der_text_close(struct der_text *out, size_t start)
{
    uint8_t length[8];
    size_t n = der_text_put_length(length, out->len - start);

    der_text_room(out, n);
    memmove(out->ptr + start + n, out->ptr + start, out->len - start);
    memcpy(out->ptr + start, length, n);
    out->len += n;
}

/* strcspn, which a sanitizer lets read all that follows: a list has a hundred thousand entries. */
static inline size_t der_text_until(const char *text, char end)
{
    size_t n = 0;

    while (text[n] != '\0' && text[n] != end)
        n++;
    return n;
}

/* Appends; what is no such text fails the test. */
static inline void der_text_add(struct der_text *out, const char *text)
{
    size_t open[32], depth = 0;

    while (*text != '\0') {
        if (*text == ' ' || *text == '\n') {
            text++;
        } else if (*text == '#') {
            text += der_text_until(text, '\n');
        } else if (*text == '{') {
            DER_TEXT_HOLDS(depth < sizeof open / sizeof *open);
            open[depth++] = out->len;
            text++;
        } else if (*text == '}') {
            DER_TEXT_HOLDS(depth > 0);
            der_text_close(out, open[--depth]);
            text++;
        } else if (*text == '"') {
            size_t len = der_text_until(++text, '"');

            der_text_room(out, len);
            memcpy(out->ptr + out->len, text, len);
            out->len += len;
            text += len + 1;
        } else if (*text == '*') {
            char *end;
            size_t times = strtoul(text + 1, &end, 10);

            DER_TEXT_HOLDS(times > 0 && out->len > 0);
            der_text_room(out, times);
            memset(out->ptr + out->len, out->ptr[out->len - 1], times - 1);
            out->len += times - 1;
            text = end;
        } else {
            int high = der_text_digit(text[0]), low = high < 0 ? -1 : der_text_digit(text[1]);

            if (low < 0)
                ck_abort_msg("not DER text: %.20s", text);
            der_text_room(out, 1);
            out->ptr[out->len++] = (uint8_t)(high << 4 | low);
            text += 2;
        }
    }
    DER_TEXT_HOLDS(depth == 0);
}

static inline struct der_text der_text(const char *text)
{
    struct der_text out = {0};

    der_text_room(&out, 0);
    der_text_add(&out, text);
    return out;
}

#endif
