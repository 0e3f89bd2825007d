/* SPDX-License-Identifier: MIT */
#include "s3_event.h"

#include <stdio.h>
#include <string.h>

/* "a+b%C3%BC" is "a bü": S3 writes keys of events as forms do. In place; -1 for what is no such
 * text, or has a control character: nobody means one, and it ends up in logs and on terminals. */
static int decode_key(char *text)
{
    char *out = text;

    for (; *text != '\0'; text++) {
        unsigned value = (unsigned char)*text;

        if (*text == '+') {
            value = ' ';
        } else if (*text == '%') {
            if (strspn(text + 1, "0123456789abcdefABCDEF") < 2 ||
                sscanf(text + 1, "%2x", &value) != 1)
                return -1;
            text += 2;
        }
        if (value < ' ' || value == 0x7f)
            return -1;
        *out++ = (char)value;
    }
    *out = '\0';
    return 0;
}

static int wrong(char error[S3_EVENT_ERROR_LEN], const char *sentence)
{
    snprintf(error, S3_EVENT_ERROR_LEN, "%s", sentence);
    return -1;
}

int s3_event_location(json_t *record, char *location, size_t size, char error[S3_EVENT_ERROR_LEN])
{
    const char *source = "", *event = "", *bucket, *key;
    size_t len;

    location[0] = '\0';
    if (json_unpack(record, "{s?:s, s?:s, s:{s:{s:s}, s:{s:s}}}", "eventSource", &source,
                    "eventName", &event, "s3", "bucket", "name", &bucket, "object", "key",
                    &key) != 0)
        return wrong(error, "a record names no object of S3");
    if (strlen(bucket) + strlen(key) + sizeof "s3:///" > size)
        return wrong(error, "the key of a record is too long");
    snprintf(location, size, "s3://%s/", bucket);
    len = strlen(location);
    strcpy(location + len, key);
    if (strcmp(source, "aws:s3") != 0 || strncmp(event, "ObjectCreated:", 14) != 0)
        return wrong(error, "no object was created: let s3:ObjectCreated:* alone call this "
                            "function");
    if (decode_key(location + len) != 0) {
        strcpy(location + len, key);
        return wrong(error, "the key is not encoded as S3 does it, or has a control character");
    }
    if (strlen(location + len) < 4 || strcmp(location + strlen(location) - 4, ".crl") != 0 ||
        strstr(location, "?versionId=") != NULL)
        return wrong(error, "the key does not end with .crl: let the suffix .crl alone call this "
                            "function");
    return 0;
}
