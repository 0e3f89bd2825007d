/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_STATS_H
#define MTLSAUTH_AUTHORIZER_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <mtlsauth/error.h>
#include "base/stripe.h"

/* One place for each code from the lowest to the highest. */
#define STATS_LOWEST MTLSAUTH_ERR_CANCELLED
#define STATS_HIGHEST MTLSAUTH_DENY_NOT_EVALUATED
#define STATS_CODES ((size_t)(STATS_HIGHEST - STATS_LOWEST + 1))

/* Counters of one group of threads. */
struct stats_stripe {
    atomic_uint_least64_t decisions[STATS_CODES];
    atomic_uint_least64_t known_paths, sought_paths;
    unsigned char padding[STRIPE_LINE];
};

/* What an authorizer has done since it was made. Only ever counted up. */
struct stats {
    unsigned char padding[STRIPE_LINE];
    struct stats_stripe stripes[STRIPES];
    atomic_uint_least64_t rollbacks_refused, refreshes, failed_refreshes;
};

void mtlsauth__stats_init(struct stats *stats);

/* One more answer with this code. From any thread. */
void mtlsauth__stats_note_decision(struct stats *stats, int code);

/* A path that was found in the cache, or that had to be looked for. From any thread. Here, and not
 * in the cache: decisions that began before a change use the old one, and count as well. */
void mtlsauth__stats_note_path(struct stats *stats, bool is_known);

void mtlsauth__stats_note_rollback(struct stats *stats);
void mtlsauth__stats_note_refresh(struct stats *stats, bool is_well);

/* How many there were with this code, which is one from STATS_LOWEST to STATS_HIGHEST. */
uint64_t mtlsauth__stats_decisions(const struct stats *stats, int code);

void mtlsauth__stats_paths(const struct stats *stats, uint64_t *known, uint64_t *sought);

#endif
