/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LOG_H
#define EXAMPLES_LOG_H

/* A log of one line an event, each with its time in UTC. Thread-safe, once it is open. */

/* Appends to a file from now on, instead of stderr. 0, or -1 with errno. */
int log_open(const char *path);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_close(void);

/* For a program that cannot begin: a line "error: ..." on stderr. Returns -1. */
int give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
