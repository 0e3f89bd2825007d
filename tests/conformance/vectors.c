/* SPDX-License-Identifier: MIT */
#include "vectors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* The output of xz -dc PATH. */
static FILE *open_xz(const char *path, pid_t *child)
{
    int ends[2];
    FILE *file;

    if (pipe(ends) != 0)
        die("pipe", strerror(errno));
    *child = fork();
    if (*child == -1)
        die("fork", strerror(errno));
    if (*child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("xz", "xz", "-dc", "--", path, (char *)NULL);
        perror("xz");
        _exit(127);
    }
    close(ends[1]);
    file = fdopen(ends[0], "rb");
    if (file == NULL)
        die("fdopen", strerror(errno));
    return file;
}

json_t *vectors_load(const char *path)
{
    size_t len = strlen(path);
    bool packed = len > 3 && strcmp(path + len - 3, ".xz") == 0;
    pid_t child = -1;
    json_error_t error;
    json_t *root;
    FILE *file;
    int status = 0;

    if (access(path, R_OK) != 0) {
        printf("%s: %s; its tests are skipped\n", path, strerror(errno));
        exit(EXIT_SKIPPED);
    }
    file = packed ? open_xz(path, &child) : fopen(path, "rb");
    if (file == NULL)
        die(path, strerror(errno));
    root = json_loadf(file, 0, &error);
    fclose(file);
    if (packed && (waitpid(child, &status, 0) != child || status != 0))
        die(path, "xz could not unpack it");
    if (root == NULL)
        die(path, error.text);
    if (!json_is_array(json_object_get(root, "testcases")))
        die(path, "it has no list \"testcases\"");
    return root;
}

void buffer_add(struct buffer *buffer, const char *text)
{
    size_t len = strlen(text);

    if (buffer->room - buffer->len <= len) {
        size_t room = 2 * (buffer->len + len + 1);
        char *moved = realloc(buffer->bytes, room);

        if (moved == NULL)
            die("realloc", "out of memory");
        buffer->bytes = moved;
        buffer->room = room;
    }
    memcpy(buffer->bytes + buffer->len, text, len + 1);
    buffer->len += len;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

const char *vectors_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));

    return text == NULL ? "" : text;
}

void vectors_add_pem(struct buffer *out, const json_t *pem)
{
    if (json_is_string(pem)) {
        buffer_add(out, json_string_value(pem));
        buffer_add(out, "\n");
        return;
    }
    for (size_t i = 0; i < json_array_size(pem); i++)
        vectors_add_pem(out, json_array_get(pem, i));
}

/* Days from 1970-01-01 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t era, year_of_era, day_of_year;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = year - era * 400;
    day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

bool vectors_time(const char *text, int64_t *out)
{
    int year, month, day, hour, minute, second, offset_hour = 0, offset_minute = 0, used = 0;
    int64_t offset;
    char sign = '+';

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
               &used) != 6)
        return false;
    text += used;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (strcmp(text, "Z") != 0 &&
        (sscanf(text, "%c%2d:%2d", &sign, &offset_hour, &offset_minute) != 3 ||
         (sign != '+' && sign != '-')))
        return false;
    offset = offset_hour * 3600 + offset_minute * 60;
    *out = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
           (sign == '+' ? offset : -offset);
    return true;
}

void must(int code, const char *what)
{
    if (code == MTLSAUTH_OK)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, mtlsauth_code_name(code), mtlsauth_last_error());
    exit(EXIT_FAILURE);
}
