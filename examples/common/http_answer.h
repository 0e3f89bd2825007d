/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_ANSWER_H
#define EXAMPLES_HTTP_ANSWER_H

/* Answers of a libmicrohttpd server. */

#include <microhttpd.h>

/*
 * Adds a name from a certificate as a header: what is not printable ASCII, and %, percent-encoded.
 * "" becomes "-", so that the header is always there and takes the place of one that a client has
 * sent. 1, or 0 when it cannot be added.
 */
int http_add_name(struct MHD_Response *response, const char *name, const char *text);

/* Answers with a text, which no cache keeps. An answer that cannot be made as a whole is none: the
 * connection is closed, and a proxy denies. */
enum MHD_Result http_send_text(struct MHD_Connection *connection, unsigned status, const char *type,
                               const char *text);

#endif
