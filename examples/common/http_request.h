/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_REQUEST_H
#define EXAMPLES_HTTP_REQUEST_H

/*
 * What a proxy says of its client, in the headers of a libmicrohttpd request.
 *
 * A header that decides may be there once. Twice means that somebody else has set one, too: a proxy
 * that adds where it should replace lets the client choose who it is.
 */

#include <stddef.h>
#include <microhttpd.h>
#include <mtlsauth/authorizer.h>

struct http_source {
    int format;               /* enum mtlsauth_format */
    const char *header;       /* "X-SSL-Client-Cert" */
    const char *chain_header; /* of RFC 9440 alone, else NULL */
};

/* The format of that name and its usual header, of which header and chain_header, unless NULL, take
 * the place. 0, or -1 for another name. */
int http_source_from(struct http_source *source, const char *format, const char *header,
                     const char *chain_header);

enum http_found { HTTP_NONE, HTTP_ONE, HTTP_REFUSED };

/* The header of that name, whatever the case of its letters: *value is borrowed from the request.
 * HTTP_REFUSED when it is there twice, or has a NUL inside. */
enum http_found http_header(struct MHD_Connection *connection, const char *name,
                            const char **value);

/* 1 when the request announces a body. */
int http_has_body(struct MHD_Connection *connection);

/*
 * Decides about the client that the headers speak of; an empty header is none. The code of
 * mtlsauth_authorize; where a header was refused, MTLSAUTH_DENY_MALFORMED with *note and a decision
 * that reads "not evaluated".
 */
int http_authorize(mtlsauth_authorizer *authorizer, const struct http_source *source,
                   struct MHD_Connection *connection, mtlsauth_decision *decision,
                   const char **note);

#endif
