/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_SIGNALS_H
#define EXAMPLES_HTTP_SIGNALS_H

/* The signals of a server whose other threads do the work: none of them is interrupted. */

/* Call it before the first thread: SIGHUP, SIGTERM and SIGINT wait from then on. */
void http_signals_open(void);

/* Calls refresh(1) on SIGHUP, refresh(0) every so many seconds (0: never); returns on SIGTERM or
 * SIGINT. */
void http_signals_wait(long seconds, void (*refresh)(int signalled));

/* 1 when SIGTERM or SIGINT waits: whoever keeps http_signals_wait from it should make an end. */
int http_signals_end(void);

#endif
