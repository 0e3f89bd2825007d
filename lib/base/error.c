/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last_error[MTLSAUTH__MAX_SENTENCE];

const char *mtlsauth_last_error(void)
{
    return last_error;
}

void mtlsauth__sentence(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vsnprintf(last_error, sizeof last_error, format, args) < 0)
        last_error[0] = '\0';
    va_end(args);
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
}
