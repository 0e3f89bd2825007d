/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static FILE *file;

int log_open(const char *path)
{
    log_close();
    file = fopen(path, "a");
    return file == NULL ? -1 : setvbuf(file, NULL, _IOLBF, 0);
}

void log_line(const char *format, ...)
{
    char line[4096], date[32];
    time_t now = time(NULL);
    struct tm utc;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    fprintf(file != NULL ? file : stderr, "%s %s\n", date, line);
}

const char *log_quoted(const char *text, char out[LOG_FIELD_LEN])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;

    out[n++] = '"';
    for (; *text != '\0' && n < LOG_FIELD_LEN - 6; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < ' ' || c == 0x7f) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        } else {
            if (c == '"' || c == '\\')
                out[n++] = '\\';
            out[n++] = *text;
        }
    }
    out[n++] = '"';
    out[n] = '\0';
    return out;
}

void log_close(void)
{
    if (file != NULL)
        fclose(file);
    file = NULL;
}

int give_up(const char *format, ...)
{
    va_list arguments;

    fputs("error: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return -1;
}
