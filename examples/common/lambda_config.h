/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LAMBDA_CONFIG_H
#define EXAMPLES_LAMBDA_CONFIG_H

/*
 * Settings of a Lambda function: environment variables. One that is empty is not set; one that does
 * not say what it should is an error, and never taken for something else.
 */

#include <stddef.h>

enum { LAMBDA_KEY_MIN = 16, LAMBDA_KEY_MAX = 64 };
#define LAMBDA_CONFIG_ERROR_LEN 512

/* NULL when it is not set. */
const char *lambda_text(const char *name);

/* All of these: 0, or -1 with a sentence in error. What is not set leaves *value alone. */

/* "true" or "1", "false" or "0". */
int lambda_bool(const char *name, int *value, char error[LAMBDA_CONFIG_ERROR_LEN]);
int lambda_number(const char *name, unsigned max, unsigned *value,
                  char error[LAMBDA_CONFIG_ERROR_LEN]);
/* The index of its value in a list of words that ends with NULL. */
int lambda_choice(const char *name, const char *const words[], int *value,
                  char error[LAMBDA_CONFIG_ERROR_LEN]);
/* A secret in hexadecimal, as `openssl rand -hex 32` makes it. */
int lambda_key(const char *name, unsigned char key[LAMBDA_KEY_MAX], size_t *len,
               char error[LAMBDA_CONFIG_ERROR_LEN]);

/*
 * Takes the next item off a list whose items stand between commas or newlines; NULL at its end.
 * *rest begins as a copy of the list that may be written to.
 */
char *lambda_next_item(char **rest);

#endif
