/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LAMBDA_RUNTIME_H
#define EXAMPLES_LAMBDA_RUNTIME_H

/*
 * The runtime API of AWS Lambda, for a program that is its own runtime (`bootstrap`): take an
 * event, answer it, take the next. What is kept between two events is what the program keeps.
 */

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "fetch.h"

/* Of an event, and of an answer: what Lambda takes in a synchronous invocation. */
#define LAMBDA_MAX_BYTES ((size_t)6 << 20)

struct lambda_event {
    const char *request_id; /* letters, digits and "-" */
    const char *json;
    size_t len;
    int64_t deadline; /* as fetch_now() counts: somewhat before Lambda would give up */
};

struct lambda_result {
    char *json;                  /* the answer, freed by lambda_run */
    char type[64];               /* of an error, as "Authorizer.InvalidEvent" */
    char error[FETCH_ERROR_LEN]; /* a sentence */
};

/* 0 with json, or -1 with type and error: the invocation has failed then. */
typedef int (*lambda_handler)(void *arg, const struct lambda_event *event,
                              struct lambda_result *result);

/* Answers events until the runtime API fails, or asks to end; Lambda starts the program again. */
void lambda_run(lambda_handler handler, void *arg);

/* Says that the program cannot begin, and why. */
void lambda_init_error(const char *type, const char *error);

/* A line of the log, in ASCII: nothing in it begins another line, or speaks to a terminal. The
 * object is given away; of NULL it says that memory ran out. */
void lambda_log(json_t *object);

#endif
