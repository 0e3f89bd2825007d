/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_CHANGE_H
#define MTLSAUTH_AUTHORIZER_CHANGE_H

#include "authorizer/authorizer.h"

/* A list that is to be put into use, and what came of it. */
struct crl_put {
    mtlsauth_crl *crl; /* borrowed */
    int code;
    char *sentence; /* why not, to be given back with mtlsauth__free; NULL for MTLSAUTH_OK */
};

/* What the next snapshot has that the one in force has not: NULL stands for what is there. */
struct change {
    int64_t latest; /* of mtlsauth__change_latest; needed with puts, and with state_dir */
    mtlsauth_truststore *truststore;
    const mtlsauth_policy *policy;
    mtlsauth_chain *intermediates;
    bool set_intermediates;
    struct crl_put *puts;
    size_t put_count;
    bool takes_part; /* lists that are refused do not keep the rest out */
    const mtlsauth_crl *remove_crl;
    const char *state_dir;
    const struct ocsp_put *put_ocsp; /* on its own */
};

/* What is dated later is of the future; without a time nothing is. Before the writer's lock, as
 * mtlsauth__authorizer_time. */
int64_t mtlsauth__change_latest(const mtlsauth_authorizer *authorizer);

/*
 * Makes the next snapshot and puts it in place; readers go on meanwhile. The caller holds the
 * writer's lock. Where nothing of the change was taken (takes_part), there is none, and *published
 * is false.
 */
int mtlsauth__change_apply(mtlsauth_authorizer *authorizer, const struct change *change,
                           bool *published);

#endif
