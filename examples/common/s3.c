/* SPDX-License-Identifier: MIT */
#include "s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char scheme[] = "s3://";
static const char version_query[] = "?versionId=";

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

int s3_is_location(const char *location)
{
    return strncmp(location, scheme, sizeof scheme - 1) == 0;
}

static const char *from_environment(const char *first, const char *second)
{
    const char *value = getenv(first);

    if ((value == NULL || *value == '\0') && second != NULL)
        value = getenv(second);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* What SigV4 leaves as it is; a "/" stays in a key alone. Each octet becomes three at the most. */
static char *encode(char *out, const char *text, size_t len, int slash_stays)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (strchr(unreserved, c) != NULL || (c == '/' && slash_stays)) {
            *out++ = (char)c;
        } else {
            *out++ = '%';
            *out++ = "0123456789ABCDEF"[c >> 4];
            *out++ = "0123456789ABCDEF"[c & 15];
        }
    }
    *out = '\0';
    return out;
}

/*
 * Scheme, host and what stands before the key. The bucket is part of the host name where that is a
 * name, and one label: the certificate of S3 covers no more.
 */
static int write_base(char *out, size_t size, const char *bucket, const char *region)
{
    const char *endpoint = from_environment("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    const char *china = strncmp(region, "cn-", 3) == 0 ? ".cn" : "";
    int written;

    if (endpoint != NULL) {
        size_t len = strlen(endpoint);

        while (len > 0 && endpoint[len - 1] == '/')
            len--;
        written = snprintf(out, size, "%.*s/%s/", (int)len, endpoint, bucket);
    } else if (bucket[strspn(bucket, letters)] == '\0') {
        written = snprintf(out, size, "https://%s.s3.%s.amazonaws.com%s/", bucket, region, china);
    } else {
        written = snprintf(out, size, "https://s3.%s.amazonaws.com%s/%s/", region, china, bucket);
    }
    return written > 0 && (size_t)written < size ? 0 : -1;
}

static int write_url(struct s3_object *object, const char *base, const char *key)
{
    const char *version = strstr(key, version_query);
    size_t key_len = version == NULL ? strlen(key) : (size_t)(version - key);
    char *end;

    object->url = malloc(strlen(base) + 3 * strlen(key) + 1);
    if (object->url == NULL)
        return -1;
    strcpy(object->url, base);
    end = encode(object->url + strlen(base), key, key_len, 1);
    if (version != NULL) {
        strcpy(end, version_query);
        version += sizeof version_query - 1;
        encode(end + sizeof version_query - 1, version, strlen(version), 0);
    }
    return 0;
}

static int wrong(char error[S3_ERROR_LEN], const char *sentence)
{
    snprintf(error, S3_ERROR_LEN, "%s", sentence);
    return -1;
}

int s3_resolve(const char *location, struct s3_object *object, char error[S3_ERROR_LEN])
{
    const char *region = from_environment("AWS_REGION", "AWS_DEFAULT_REGION"), *key;
    char bucket[64], base[1024];
    size_t len;

    *object = (struct s3_object){
        .key_id = from_environment("AWS_ACCESS_KEY_ID", NULL),
        .secret = from_environment("AWS_SECRET_ACCESS_KEY", NULL),
        .token = from_environment("AWS_SESSION_TOKEN", NULL),
    };
    location += sizeof scheme - 1;
    len = strspn(location, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");
    key = location + len + 1;
    if (len < 3 || len >= sizeof bucket || location[len] != '/' || *key == '\0' || *key == '?')
        return wrong(error, "not an object of S3: write s3://BUCKET/KEY");
    if (object->key_id == NULL || object->secret == NULL)
        return wrong(error, "S3 needs credentials: set AWS_ACCESS_KEY_ID and "
                            "AWS_SECRET_ACCESS_KEY");
    if (region == NULL || region[strspn(region, letters)] != '\0' || strlen(region) > 64)
        return wrong(error, "S3 needs a region: set AWS_REGION, as to eu-west-1");
    snprintf(bucket, sizeof bucket, "%.*s", (int)len, location);
    if (write_base(base, sizeof base, bucket, region) != 0)
        return wrong(error, "AWS_ENDPOINT_URL is too long");
    snprintf(object->signature, sizeof object->signature, "aws:amz:%s:s3", region);
    return write_url(object, base, key) == 0 ? 0 : wrong(error, "out of memory");
}

void s3_release(struct s3_object *object)
{
    free(object->url);
    *object = (struct s3_object){0};
}
