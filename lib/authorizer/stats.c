/* SPDX-License-Identifier: MIT */
#include "authorizer/stats.h"

/* Numbers that nobody orders by: that none is lost is all that is asked of them. */
static void count_up(atomic_uint_least64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void mtlsauth__stats_init(struct stats *stats)
{
    for (size_t i = 0; i < STRIPES; i++) {
        for (size_t n = 0; n < STATS_CODES; n++)
            atomic_init(&stats->stripes[i].decisions[n], 0);
        atomic_init(&stats->stripes[i].known_paths, 0);
        atomic_init(&stats->stripes[i].sought_paths, 0);
    }
    atomic_init(&stats->rollbacks_refused, 0);
    atomic_init(&stats->refreshes, 0);
    atomic_init(&stats->failed_refreshes, 0);
}

void mtlsauth__stats_note_decision(struct stats *stats, int code)
{
    if (code >= STATS_LOWEST && code <= STATS_HIGHEST)
        count_up(&stats->stripes[mtlsauth__stripe_of_this_thread()].decisions[code - STATS_LOWEST]);
}

void mtlsauth__stats_note_path(struct stats *stats, bool is_known)
{
    struct stats_stripe *stripe = &stats->stripes[mtlsauth__stripe_of_this_thread()];

    count_up(is_known ? &stripe->known_paths : &stripe->sought_paths);
}

void mtlsauth__stats_note_rollback(struct stats *stats)
{
    count_up(&stats->rollbacks_refused);
}

void mtlsauth__stats_note_refresh(struct stats *stats, bool is_well)
{
    count_up(is_well ? &stats->refreshes : &stats->failed_refreshes);
}

uint64_t mtlsauth__stats_decisions(const struct stats *stats, int code)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < STRIPES; i++)
        sum += atomic_load_explicit(&stats->stripes[i].decisions[code - STATS_LOWEST],
                                    memory_order_relaxed);
    return sum;
}

void mtlsauth__stats_paths(const struct stats *stats, uint64_t *known, uint64_t *sought)
{
    *known = *sought = 0;
    for (size_t i = 0; i < STRIPES; i++) {
        const struct stats_stripe *stripe = &stats->stripes[i];

        *known += atomic_load_explicit(&stripe->known_paths, memory_order_relaxed);
        *sought += atomic_load_explicit(&stripe->sought_paths, memory_order_relaxed);
    }
}
