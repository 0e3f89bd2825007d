/* SPDX-License-Identifier: MIT */
#include "http_request.h"

#include <string.h>
#include <strings.h>
#include <mtlsauth/error.h>

static const struct format {
    const char *name, *header, *chain_header;
    int format;
} formats[] = {
    {"nginx", "X-SSL-Client-Cert", NULL, MTLSAUTH_FORMAT_NGINX},
    {"nginx-old", "X-SSL-Client-Cert", NULL, MTLSAUTH_FORMAT_NGINX_OLD},
    {"xfcc", "X-Forwarded-Client-Cert", NULL, MTLSAUTH_FORMAT_XFCC},
    {"haproxy", "X-SSL-Client-DER", NULL, MTLSAUTH_FORMAT_HAPROXY},
    {"traefik", "X-Forwarded-Tls-Client-Cert", NULL, MTLSAUTH_FORMAT_TRAEFIK},
    {"alb", "X-Amzn-Mtls-Clientcert", NULL, MTLSAUTH_FORMAT_ALB},
    {"rfc9440", "Client-Cert", "Client-Cert-Chain", MTLSAUTH_FORMAT_RFC9440},
};

int http_source_from(struct http_source *source, const char *format, const char *header,
                     const char *chain_header)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const struct format *f = &formats[i];

        if (strcmp(format, f->name) != 0)
            continue;
        source->format = f->format;
        source->header = header != NULL ? header : f->header;
        source->chain_header =
            f->chain_header != NULL && chain_header != NULL ? chain_header : f->chain_header;
        return 0;
    }
    return -1;
}

struct search {
    const char *name, *value;
    size_t name_len, value_len;
    int count;
};

static enum MHD_Result look(void *arg, enum MHD_ValueKind kind, const char *key, size_t key_len,
                            const char *value, size_t value_len)
{
    struct search *search = arg;

    (void)kind;
    if (key_len == search->name_len && strncasecmp(key, search->name, key_len) == 0) {
        search->count++;
        search->value = value;
        search->value_len = value_len;
    }
    return MHD_YES;
}

enum http_found http_header(struct MHD_Connection *connection, const char *name, const char **value)
{
    struct search search = {.name = name, .name_len = strlen(name)};

    *value = NULL;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look, &search);
    if (search.count == 0 || (search.count == 1 && search.value == NULL))
        return HTTP_NONE;
    if (search.count > 1 || strlen(search.value) != search.value_len)
        return HTTP_REFUSED;
    *value = search.value;
    return HTTP_ONE;
}

int http_has_body(struct MHD_Connection *connection)
{
    const char *value;
    enum http_found length = http_header(connection, "Content-Length", &value);

    if (length == HTTP_REFUSED || (length == HTTP_ONE && strcmp(value, "0") != 0))
        return 1;
    return http_header(connection, "Transfer-Encoding", &value) != HTTP_NONE;
}

/* RFC 9440: the leaf in one header, the rest of the chain in another. */
static int authorize_parts(mtlsauth_authorizer *authorizer, const char *const parts[2],
                           mtlsauth_decision *decision)
{
    mtlsauth_chain *chain = NULL;
    int code = mtlsauth_chain_parse_parts(&chain, parts, 2, NULL);

    code = code == MTLSAUTH_OK ? mtlsauth_authorize(authorizer, chain, decision)
                               : mtlsauth_authorize_unparsed(authorizer, code, NULL, decision);
    mtlsauth_chain_free(chain);
    return code;
}

int http_authorize(mtlsauth_authorizer *authorizer, const struct http_source *source,
                   struct MHD_Connection *connection, mtlsauth_decision *decision,
                   const char **note)
{
    const char *parts[2] = {NULL, NULL};
    enum http_found found = http_header(connection, source->header, &parts[0]);

    if (found != HTTP_REFUSED && source->chain_header != NULL &&
        http_header(connection, source->chain_header, &parts[1]) == HTTP_REFUSED)
        found = HTTP_REFUSED;
    if (found == HTTP_REFUSED) {
        *note = "a header with a certificate is there twice, or malformed: does the proxy replace "
                "what a client sends?";
        return mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_PARSE, *note, decision);
    }
    if (found == HTTP_NONE || *parts[0] == '\0')
        return mtlsauth_authorize(authorizer, NULL, decision);
    if (source->format == MTLSAUTH_FORMAT_RFC9440)
        return authorize_parts(authorizer, parts, decision);
    return mtlsauth_authorize_text(authorizer, parts[0], strlen(parts[0]), source->format,
                                   decision);
}
