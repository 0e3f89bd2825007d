/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_LAMBDA_REQUEST_H
#define EXAMPLES_LAMBDA_REQUEST_H

/*
 * What API Gateway asks a Lambda authorizer, in its three shapes. They are told apart by what they
 * are made of, so that one function serves REST APIs and HTTP APIs.
 */

#include <jansson.h>
#include <mtlsauth/cert.h>

enum lambda_shape {
    LAMBDA_UNKNOWN, /* of no authorizer */
    LAMBDA_TOKEN,   /* a token authorizer of a REST API: it is never told of a certificate */
    LAMBDA_REST,    /* a request authorizer of a REST API */
    LAMBDA_HTTP_1,  /* an HTTP API, payload format 1.0 */
    LAMBDA_HTTP_2   /* an HTTP API, payload format 2.0 */
};

struct lambda_request {
    enum lambda_shape shape;
    const char *arn;           /* of what is asked for; NULL without it */
    const json_t *client_cert; /* NULL without a certificate */
    const json_t *pem;         /* NULL without a certificate; perhaps no string */
};

/* Everything is borrowed from event. */
void lambda_request_read(const json_t *event, struct lambda_request *request);

const char *lambda_shape_name(enum lambda_shape shape);

/*
 * The event repeats what the certificate says. The decision is made from the certificate alone;
 * this says which of the other fields contradicts it first, "" when none does.
 *
 * *sure is about the field that is named, and means nothing beside "". It is 1 for a serial number
 * or a date, which cannot be read in two ways: then the event did not come from API Gateway as it
 * was, and nobody should be let in. It is 0 for a name: those are written in more than one order
 * and escaped in more than one way, and a line in the log is enough. They are looked at last.
 */
const char *lambda_request_contradiction(const struct lambda_request *request,
                                         const mtlsauth_cert *cert, int *sure);

#endif
