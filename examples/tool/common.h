/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TOOL_COMMON_H
#define MTLSAUTH_TOOL_COMMON_H

/* What the subcommands share. */

#include <stddef.h>
#include <stdint.h>

/* What every subcommand exits with: yes, no, and "could not tell". */
enum { STATUS_YES = 0, STATUS_NO = 1, STATUS_ERROR = 2 };

struct command {
    const char *name;
    const char *summary;
    const char *help; /* the synopsis first, without "mtlsauth " */
    int (*run)(int argc, char *argv[]);
};

extern const struct command check_command;
extern const struct command show_command;
extern const struct command lint_command;
extern const struct command match_command;
extern const struct command crl_command;
extern const struct command ocsp_command;

/* Writes "mtlsauth NAME: ..." to stderr; returns STATUS_ERROR. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with what the library says, about an option or a file unless it is "". */
int library_error(const char *about);

/* The same, and where help is to be found. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the help of a command; returns STATUS_YES. */
int help(const struct command *command);

/* The name that fail() puts in front: that of the command that runs. */
void set_program_name(const char *name);

/*
 * Reads a file, or standard input for "-", at most limit bytes of it. *data is to be freed. 0, or
 * STATUS_ERROR after saying what is wrong; what is what the file should hold ("a file with
 * certificates").
 */
int read_input(const char *path, const char *what, size_t limit, unsigned char **data, size_t *len);

/* Is a file a compiled index of a CRL? 0, or STATUS_ERROR after saying why it cannot be told. */
int is_index(const char *path, int *yes);

/*
 * A time as RFC 3339 writes it (2026-01-31T12:00:00Z, or with an offset) or in seconds since 1970
 * (1769860800, @1769860800). 0, or -1 when it is neither. A fraction of a second is dropped.
 */
int parse_time(const char *text, int64_t *t);

/* A time as RFC 3339 text in UTC; "-" for MTLSAUTH_NO_TIME. */
#define TIME_TEXT_LEN 40
const char *time_text(int64_t t, char buffer[TIME_TEXT_LEN]);

#define FORMAT_NAMES "auto, pem, der, nginx, nginx-old, alb, haproxy, traefik, rfc9440 or xfcc"

/*
 * What OpenSSL, and so nginx and curl, says for the X509_V_ERR number that mtlsauth_code_openssl
 * gives; *name becomes its macro. NULL for a number that the library does not give.
 */
const char *openssl_text(int number, const char **name);

#endif
