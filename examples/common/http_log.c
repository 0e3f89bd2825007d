/* SPDX-License-Identifier: MIT */
#include "http_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <mtlsauth/error.h>
#include "json_text.h"

static FILE *file;
static const char *file_path;

int http_log_open(const char *path)
{
    http_log_close();
    file = fopen(path, "a");
    file_path = path;
    return file == NULL ? -1 : 0;
}

/* Each line is flushed, so that none is lost between the two. */
int http_log_reopen(void)
{
    int fd, result;

    if (file == NULL)
        return 0;
    fd = open(file_path, O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (fd < 0)
        return -1;
    result = dup2(fd, fileno(file)) < 0 ? -1 : 0;
    close(fd);
    return result;
}

void http_log_close(void)
{
    if (file != NULL)
        fclose(file);
    file = NULL;
}

/* A line as a whole, whichever thread writes: with its time, and a text of JSON's inside. */
static void write_line(const char *rest)
{
    FILE *out = file != NULL ? file : stdout;
    char date[32];
    time_t now = time(NULL);
    struct tm utc;

    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    fprintf(out, "{\"time\":\"%s\",%s}\n", date, rest);
    fflush(out);
}

/* A string with its quotes, escaped; to be freed. */
static char *quoted(const char *text)
{
    json_t *string = json_text(text);
    char *out = json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

    json_decref(string);
    return out;
}

void http_log_decision(int status, const char *note, mtlsauth_decision *decision)
{
    const char *json = NULL;
    char *line = NULL, *text = note != NULL ? quoted(note) : NULL;
    size_t len = 0;
    FILE *out = open_memstream(&line, &len);

    if (out != NULL) {
        fprintf(out, "\"status\":%d,", status);
        if (text != NULL)
            fprintf(out, "\"note\":%s,", text);
        if (mtlsauth_decision_json(decision, &json) != MTLSAUTH_OK)
            json = "null";
        fprintf(out, "\"decision\":%s", json);
        if (fclose(out) == 0)
            write_line(line);
    }
    free(line);
    free(text);
}

void http_log_event(const char *event, const char *detail, unsigned long long generation)
{
    char *line = NULL, *text = quoted(detail);
    size_t len = 0;
    FILE *out = open_memstream(&line, &len);

    if (out != NULL) {
        fprintf(out, "\"event\":\"%s\",\"generation\":%llu,\"detail\":%s", event, generation,
                text != NULL ? text : "null"); /* there was no memory for it */
        if (fclose(out) == 0)
            write_line(line);
    }
    free(line);
    free(text);
}
