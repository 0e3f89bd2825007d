/* SPDX-License-Identifier: MIT */
#include "authorizer/authorizer.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"

/* Locks and counts of readers are no part of what an authorizer says: it is const for who asks, and
 * no object that was made const. */
static struct stripe *own_stripe(const mtlsauth_authorizer *authorizer, size_t *number)
{
    *number = mtlsauth__stripe_of_this_thread();
    return (struct stripe *)(uintptr_t)&authorizer->stripes[*number];
}

/* Loading the pointer and counting up have to be one step: in between, a writer could let the last
 * reference go. */
struct snapshot *mtlsauth__authorizer_acquire(const mtlsauth_authorizer *authorizer)
{
    size_t number;
    struct stripe *stripe = own_stripe(authorizer, &number);
    struct snapshot *snapshot;

    pthread_mutex_lock(&stripe->lock);
    snapshot = stripe->current;
    refcount_add(&snapshot->refs);
    pthread_mutex_unlock(&stripe->lock);
    return snapshot;
}

bool mtlsauth__authorizer_time(const mtlsauth_authorizer *authorizer, int64_t *now)
{
    struct snapshot *snapshot = mtlsauth__authorizer_acquire(authorizer);
    bool has_time = mtlsauth__policy_time(snapshot->policy, now);

    mtlsauth__snapshot_free(snapshot);
    return has_time;
}

struct snapshot *mtlsauth__authorizer_pin(const mtlsauth_authorizer *authorizer, size_t *stripe)
{
    struct stripe *own = own_stripe(authorizer, stripe);
    struct snapshot *snapshot;

    pthread_mutex_lock(&own->lock);
    snapshot = own->current;
    refcount_add(&snapshot->pins[*stripe].refs);
    pthread_mutex_unlock(&own->lock);
    return snapshot;
}

/* For each stripe its reference, one of which is the caller's. */
static void reference_stripes(struct snapshot *snapshot)
{
    for (size_t i = 1; i < STRIPES; i++)
        refcount_add(&snapshot->refs);
}

/* With all locks held there is no moment at which one thread sees the next one, and another the
 * last. */
void mtlsauth__authorizer_publish(mtlsauth_authorizer *authorizer, struct snapshot *next)
{
    struct snapshot *last;

    reference_stripes(next);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_lock(&authorizer->stripes[i].lock);
    last = authorizer->stripes[0].current;
    for (size_t i = 0; i < STRIPES; i++)
        authorizer->stripes[i].current = next;
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_unlock(&authorizer->stripes[i].lock);
    for (size_t i = 0; i < STRIPES; i++)
        mtlsauth__snapshot_unpin(last, i);
}

static bool init_locks(mtlsauth_authorizer *made)
{
    size_t locks = 0;

    if (pthread_mutex_init(&made->writer, NULL) != 0)
        return false;
    while (locks < STRIPES && pthread_mutex_init(&made->stripes[locks].lock, NULL) == 0)
        locks++;
    if (locks == STRIPES)
        return true;
    while (locks > 0)
        pthread_mutex_destroy(&made->stripes[--locks].lock);
    pthread_mutex_destroy(&made->writer);
    return false;
}

int mtlsauth_authorizer_new(mtlsauth_authorizer **out, mtlsauth_truststore *truststore,
                            const mtlsauth_policy *policy)
{
    struct snapshot *first = NULL;
    mtlsauth_authorizer *made;
    struct crl_set *none;
    struct ocsp_cache *empty = NULL;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "authorizer_new: out is NULL");
    *out = NULL;
    made = mtlsauth__calloc(1, sizeof *made);
    if (made == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&made->refs);
    mtlsauth__stats_init(&made->stats);
    code = mtlsauth__crl_set_new(&none);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_cache_new(&empty);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__snapshot_new(&first, NULL, truststore, policy, NULL, none, empty);
    mtlsauth__crl_set_free(none);
    mtlsauth__ocsp_cache_free(empty);
    if (code == MTLSAUTH_OK && !init_locks(made))
        code = mtlsauth__fail_memory();
    if (code != MTLSAUTH_OK) {
        mtlsauth__snapshot_free(first);
        mtlsauth__free(made);
        return code;
    }
    reference_stripes(first);
    for (size_t i = 0; i < STRIPES; i++)
        made->stripes[i].current = first;
    *out = made;
    return MTLSAUTH_OK;
}

mtlsauth_authorizer *mtlsauth_authorizer_ref(mtlsauth_authorizer *authorizer)
{
    if (authorizer != NULL)
        refcount_add(&authorizer->refs);
    return authorizer;
}

void mtlsauth_authorizer_free(mtlsauth_authorizer *authorizer)
{
    if (authorizer == NULL || !refcount_drop(&authorizer->refs))
        return;
    for (size_t i = 0; i < STRIPES; i++) {
        mtlsauth__snapshot_unpin(authorizer->stripes[i].current, i);
        pthread_mutex_destroy(&authorizer->stripes[i].lock);
    }
    mtlsauth__sources_drop(&authorizer->sources);
    mtlsauth__free(authorizer->state_dir);
    pthread_mutex_destroy(&authorizer->writer);
    mtlsauth__free(authorizer);
}

uint64_t mtlsauth_authorizer_generation(const mtlsauth_authorizer *authorizer)
{
    struct snapshot *snapshot;
    uint64_t generation;
    size_t stripe;

    if (authorizer == NULL)
        return 0;
    snapshot = mtlsauth__authorizer_pin(authorizer, &stripe);
    generation = snapshot->generation;
    mtlsauth__snapshot_unpin(snapshot, stripe);
    return generation;
}

int mtlsauth_authorizer_session_context(const mtlsauth_authorizer *authorizer,
                                        unsigned char out[MTLSAUTH_SHA256_LEN])
{
    struct snapshot *snapshot;
    size_t stripe;

    if (authorizer == NULL || out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "session_context: an authorizer and a place for it are needed");
    snapshot = mtlsauth__authorizer_pin(authorizer, &stripe);
    memcpy(out, snapshot->context, MTLSAUTH_SHA256_LEN);
    mtlsauth__snapshot_unpin(snapshot, stripe);
    return MTLSAUTH_OK;
}
