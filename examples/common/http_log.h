/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_LOG_H
#define EXAMPLES_HTTP_LOG_H

/* A log of JSON, a line an event. Thread-safe, once it is open. No certificate is ever in it. */

#include <mtlsauth/decision.h>

/* Appends to a file from now on, instead of stdout. 0, or -1 with errno. */
int http_log_open(const char *path); /* path is to stay in place */
void http_log_close(void);

/* The file of that name from now on, after the one before was moved away. 0, or -1 with errno, and
 * the one before goes on. Other threads may write meanwhile. */
int http_log_reopen(void);

/* What a client was answered: status, why besides the decision (may be NULL), the decision. */
void http_log_decision(int status, const char *note, mtlsauth_decision *decision);

/* Anything else: {"time":…,"event":event,"detail":detail,"generation":generation}. */
void http_log_event(const char *event, const char *detail, unsigned long long generation);

#endif
