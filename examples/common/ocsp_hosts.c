/* SPDX-License-Identifier: MIT */
#include "ocsp_hosts.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

enum { URL_LIMIT = 1024 };

/* 1 when the entry "host" or "host:port" of the list means this host and port. */
static int means(const char *entry, const char *scheme, const char *host, const char *port)
{
    size_t n = strlen(host);

    if (strncasecmp(entry, host, n) != 0)
        return 0;
    if (entry[n] == ':')
        return strcmp(entry + n + 1, port) == 0;
    return entry[n] == '\0' && strcmp(port, strcmp(scheme, "https") == 0 ? "443" : "80") == 0;
}

/* libcurl takes the URL apart, as it does when it fetches. */
static int look_up(const char *const hosts[], size_t count, CURLU *parts, size_t *place)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    int found = 0;

    if (curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0))
        for (size_t i = 0; i < count && !found; i++) {
            found = means(hosts[i], scheme, host, port);
            *place = i;
        }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    return found;
}

int ocsp_hosts_allow(const char *const hosts[], size_t count, const char *url, size_t *place)
{
    CURLU *parts = curl_url();
    int found = parts != NULL && strlen(url) <= URL_LIMIT &&
                curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                look_up(hosts, count, parts, place);

    curl_url_cleanup(parts);
    return found;
}
