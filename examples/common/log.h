/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LOG_H
#define EXAMPLES_LOG_H

/* A log of one line an event, each with its time in UTC. Thread-safe, once it is open. */

/* Appends to a file from now on, instead of stderr. 0, or -1 with errno. */
int log_open(const char *path);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_close(void);

/* Three of these fit into a line. */
enum { LOG_FIELD_LEN = 1200 };

/*
 * Text between quotes, for name="text" in a line: quotes, backslashes and controls are escaped, so
 * that a stranger whose name it holds writes no field and no line of his own. Cut when it is long;
 * returns out.
 */
const char *log_quoted(const char *text, char out[LOG_FIELD_LEN]);

/* For a program that cannot begin: a line "error: ..." on stderr. Returns -1. */
int give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
