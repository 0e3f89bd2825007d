/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"

static _Thread_local char last_error[MTLSAUTH__MAX_SENTENCE];

const char *mtlsauth_last_error(void)
{
    return last_error;
}

/* Names of files are any octets, and what does not fit was cut wherever that was. */
static void clean(void)
{
    char raw[sizeof last_error];
    const char *at = last_error;

    while (*at >= 0x20 && *at < 0x7f)
        at++;
    if (*at == '\0')
        return;
    memcpy(raw, last_error, sizeof raw);
    mtlsauth__text_clean(last_error, sizeof last_error, raw);
}

void mtlsauth__sentence(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vsnprintf(last_error, sizeof last_error, format, args) < 0)
        last_error[0] = '\0';
    va_end(args);
    clean();
}

void mtlsauth__sentence_in(const char *format, ...)
{
    char before[sizeof last_error];
    size_t used;
    va_list args;

    memcpy(before, last_error, sizeof before);
    va_start(args, format);
    if (vsnprintf(last_error, sizeof last_error, format, args) < 0)
        last_error[0] = '\0';
    va_end(args);
    used = strlen(last_error);
    snprintf(last_error + used, sizeof last_error - used, "%s", before);
    clean();
}

void mtlsauth__sentence_keep(struct kept_sentence *kept)
{
    memcpy(kept->text, last_error, strlen(last_error) + 1);
}

int mtlsauth__sentence_settle(const struct kept_sentence *kept, int code)
{
    if (code >= MTLSAUTH_OK)
        memcpy(last_error, kept->text, strlen(kept->text) + 1);
    return code;
}
