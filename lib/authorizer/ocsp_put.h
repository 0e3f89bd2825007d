/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_OCSP_PUT_H
#define MTLSAUTH_AUTHORIZER_OCSP_PUT_H

#include "authorizer/authorizer.h"

/* Responses that are put together: one generation for all of them. */
struct ocsp_put {
    mtlsauth_ocsp_response *const *responses;
    size_t count;
    /* May be NULL: the first that fails ends it, and nothing changes. Otherwise it is told, and the
     * others are put all the same. */
    void (*failed)(void *arg, size_t i, int code);
    void *arg;
    int64_t now;
};

/* The cache of the next snapshot; the same one when nothing of it is new. */
int mtlsauth__ocsp_put(struct ocsp_cache **out, const struct snapshot *now,
                       const struct ocsp_put *put);

/* Puts them into use, as every setter does; the time is asked for here. */
int mtlsauth__authorizer_put_ocsp(mtlsauth_authorizer *authorizer, const struct ocsp_put *put);

/*
 * What responses are judged by. Lists of the snapshot say whether a responder was revoked, and so
 * do the answers in it; the parameters point into it, and into *context.
 */
struct ocsp_context {
    const struct snapshot *snapshot;
    int64_t now;
    mtlsauth_cert *const *path; /* of the decision, leaf first; NULL where none is made */
    size_t path_count;
};

struct ocsp_params mtlsauth__ocsp_params_of(struct ocsp_context *context);

#endif
