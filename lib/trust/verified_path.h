/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_VERIFIED_PATH_H
#define MTLSAUTH_TRUST_VERIFIED_PATH_H

#include "base/refcount.h"
#include "base/stripe.h"
#include "cert/cert.h"

/* References of the threads of a stripe, as long as there is one. */
struct path_pin {
    struct refcount refs;
    unsigned char padding[STRIPE_LINE];
};

/* The certificates of a path, which all who hold the path share. */
struct path_certs {
    struct refcount refs;
    struct path_pin *pins; /* one a stripe, or NULL */
    size_t count;
    mtlsauth_cert *certs[];
};

/* A path that holds: leaf first, anchor last. */
struct verified_path {
    mtlsauth_cert *const *certs;
    size_t count;
    int64_t valid_until; /* the first notAfter */
    /* A search at any of these times, both included, finds this very path. */
    int64_t from, until;
    struct path_certs *owner;
    struct path_pin *pin; /* where this reference was counted, NULL: at the owner */
};

/* Of count certificates, each with a reference of its own; false when memory runs out. */
bool mtlsauth__verified_path_make(struct verified_path *path, mtlsauth_cert *const certs[],
                                  size_t count);

/* Lets go of one reference, and empties path. */
void mtlsauth__verified_path_clear(struct verified_path *path);

/*
 * For what is kept where many threads look: makes the pins of a path that nobody shares yet, and
 * holds each. False when memory runs out.
 */
bool mtlsauth__verified_path_keep(struct verified_path *path);

/* Holds a kept path once more, and lets go of it. */
struct verified_path mtlsauth__verified_path_hold(const struct verified_path *path);
void mtlsauth__verified_path_release(struct verified_path *path);

/* A reference of a kept path that is counted where the threads of other stripes do not count. */
struct verified_path mtlsauth__verified_path_pin(const struct verified_path *path, size_t stripe);

#endif
