/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LISTENER_H
#define EXAMPLES_LISTENER_H

/* Connections on 127.0.0.1, a thread each and so many at most, until a signal ends it. */

#include <stddef.h>
#include <stdint.h>

/* A connection from peer ("127.0.0.1:4711"). stop_fd becomes readable when the server stops. */
typedef void (*listener_serve)(int fd, int stop_fd, const char *peer);

/*
 * Listens and prints "listening on 127.0.0.1:PORT". Each connection goes to serve, in a thread of
 * its own, on a non-blocking socket that is closed when serve returns; one that is over the limit
 * is closed at once. SIGHUP calls reload from the thread that listens; SIGTERM and SIGINT end it,
 * once every connection is served. port 0 takes a free one. 0, or -1 with errno.
 */
int listener_run(uint16_t port, size_t max_connections, listener_serve serve, void (*reload)(void));

/* Milliseconds of a clock that only goes forward. */
int64_t listener_now(void);

#endif
