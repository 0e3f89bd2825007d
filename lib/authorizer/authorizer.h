/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_AUTHORIZER_H
#define MTLSAUTH_AUTHORIZER_AUTHORIZER_H

#include <pthread.h>
#include <mtlsauth/authorizer.h>
#include "authorizer/snapshot.h"
#include "authorizer/source.h"
#include "authorizer/stats.h"

/* The snapshot in force, as the threads of a stripe see it: all stripes have the same. */
struct stripe {
    pthread_mutex_t lock; /* held while current is read or replaced, and no longer */
    struct snapshot *current;
    unsigned char padding[STRIPE_LINE];
};

struct mtlsauth_authorizer {
    struct refcount refs;
    pthread_mutex_t writer; /* held while the next snapshot is made */
    struct stripe stripes[STRIPES];
    char *state_dir; /* where floors are kept, or NULL; of the writer */
    struct sources sources; /* files to look at again; of the writer */
    struct stats stats;
};

/* A reference to the snapshot in force, to be given back with mtlsauth__snapshot_free. */
struct snapshot *mtlsauth__authorizer_acquire(const mtlsauth_authorizer *authorizer);

/* By the clock of the policy in force, false when that has no time; never with the writer's lock:
 * the clock is the caller's, and may wait for another setter. */
bool mtlsauth__authorizer_time(const mtlsauth_authorizer *authorizer, int64_t *now);

/* The same for the length of a decision: it is counted where the threads of other stripes do not
 * count. To be given back with mtlsauth__snapshot_unpin. */
struct snapshot *mtlsauth__authorizer_pin(const mtlsauth_authorizer *authorizer, size_t *stripe);

/* Puts the next one, whose reference it takes, into force. */
void mtlsauth__authorizer_publish(mtlsauth_authorizer *authorizer, struct snapshot *next);

#endif
