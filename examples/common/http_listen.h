/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_LISTEN_H
#define EXAMPLES_HTTP_LISTEN_H

/* A socket to listen on: who reaches it says who the clients are, so it is a local one. */

#include <stddef.h>

#define HTTP_LISTEN_LEN 256

/*
 * Listens on "127.0.0.1:9180", "[::1]:9180" or "unix:/run/mtlsauth.sock" (mode 0660; a socket that
 * nobody listens on is replaced). Port 0 takes a free one. An address that is not the loopback's is
 * refused unless allow_remote. The socket, with where it listens in place; or -1 with a sentence.
 */
int http_listen(const char *address, int allow_remote, char place[HTTP_LISTEN_LEN],
                char error[HTTP_LISTEN_LEN]);

/* Takes the file of a Unix socket away. */
void http_listen_end(const char *place);

#endif
