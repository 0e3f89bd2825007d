/* SPDX-License-Identifier: MIT */

/*
 * fetch_client [-e ETAG] [-m MAX_BYTES] [-t MILLISECONDS] [-a ATTEMPTS] [-p FILE] URL
 *
 * One fetch as the examples do it, or with -p a PUT. On stdout what was found; on stderr one line:
 * "new ETAG", "unchanged", "put ETAG" or "failed SENTENCE".
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/fetch.h"

static unsigned char file_bytes[4 << 20];

static int read_file(const char *path, struct fetch_request *request)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return -1;
    request->body = file_bytes;
    request->body_len = fread(file_bytes, 1, sizeof file_bytes, file);
    fclose(file);
    return 0;
}

static int show(enum fetch_news news, const struct fetch_answer *answer, int is_put)
{
    if (news == FETCH_FAILED)
        fprintf(stderr, "failed %s\n", answer->error);
    else if (news == FETCH_UNCHANGED)
        fprintf(stderr, "unchanged\n");
    else
        fprintf(stderr, "%s %s\n", is_put ? "put" : "new", answer->etag);
    if (news == FETCH_NEW && !is_put)
        fwrite(answer->body, 1, answer->len, stdout);
    return news == FETCH_FAILED;
}

int main(int argc, char *argv[])
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    struct fetch_request request = {.max_bytes = 1 << 20, .deadline = fetch_now() + 20000};
    struct fetch_answer answer;
    struct fetch *fetch = NULL;
    enum fetch_news news = FETCH_FAILED;
    int option, is_put = 0, status = 2;

    while ((option = getopt(argc, argv, "e:m:t:a:p:")) != -1) {
        if (option == 'e')
            request.etag = optarg;
        else if (option == 'm')
            request.max_bytes = strtoul(optarg, NULL, 10);
        else if (option == 't')
            request.deadline = fetch_now() + strtol(optarg, NULL, 10);
        else if (option == 'a')
            request.attempts = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'p' && read_file(optarg, &request) == 0)
            is_put = 1;
        else
            return 2;
    }
    request.ca_file = getenv("FETCH_CA_FILE");
    request.headers = is_put ? headers : NULL;
    request.url = argv[optind];
    if (request.url == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (fetch = fetch_new()) == NULL)
        return 2;
    if (is_put)
        news = fetch_put(fetch, &request, &answer) == 0 ? FETCH_NEW : FETCH_FAILED;
    else
        news = fetch_get(fetch, &request, &answer);
    status = show(news, &answer, is_put);
    fetch_answer_free(&answer);
    fetch_free(fetch);
    curl_global_cleanup();
    return status;
}
