/* SPDX-License-Identifier: MIT */
#include "http_answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int http_add_name(struct MHD_Response *response, const char *name, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t n = 0;
    char *value = malloc(3 * strlen(text) + 2);
    int added;

    if (value == NULL)
        return 0;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= ' ' && c <= '~' && c != '%') {
            value[n++] = *text;
        } else {
            value[n++] = '%';
            value[n++] = hex[c >> 4];
            value[n++] = hex[c & 15];
        }
    }
    if (n == 0)
        value[n++] = '-';
    value[n] = '\0';
    added = MHD_add_response_header(response, name, value) == MHD_YES;
    free(value);
    return added;
}

enum MHD_Result http_send_text(struct MHD_Connection *connection, unsigned status, const char *type,
                               const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;

    if (response == NULL)
        return MHD_NO;
    if (MHD_add_response_header(response, "Content-Type", type) == MHD_YES &&
        MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES)
        result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}
