/* SPDX-License-Identifier: MIT */
#include "authorizer/authorizer.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"

/* Loading the pointer and counting up have to be one step: in between, a writer could let the last
 * reference go. */
struct snapshot *mtlsauth__authorizer_acquire(mtlsauth_authorizer *authorizer)
{
    struct snapshot *snapshot;

    pthread_mutex_lock(&authorizer->lock);
    snapshot = authorizer->current;
    refcount_add(&snapshot->refs);
    pthread_mutex_unlock(&authorizer->lock);
    return snapshot;
}

void mtlsauth__authorizer_publish(mtlsauth_authorizer *authorizer, struct snapshot *next)
{
    struct snapshot *last;

    pthread_mutex_lock(&authorizer->lock);
    last = authorizer->current;
    authorizer->current = next;
    pthread_mutex_unlock(&authorizer->lock);
    mtlsauth__snapshot_free(last);
}

int mtlsauth_authorizer_new(mtlsauth_authorizer **out, mtlsauth_truststore *truststore,
                            const mtlsauth_policy *policy)
{
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
        code = mtlsauth__snapshot_new(&made->current, NULL, truststore, policy, NULL, none, empty);
    mtlsauth__crl_set_free(none);
    mtlsauth__ocsp_cache_free(empty);
    if (code != MTLSAUTH_OK) {
        mtlsauth__free(made);
        return code;
    }
    if (pthread_mutex_init(&made->writer, NULL) != 0) {
        mtlsauth__snapshot_free(made->current);
        mtlsauth__free(made);
        return mtlsauth__fail_memory();
    }
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        pthread_mutex_destroy(&made->writer);
        mtlsauth__snapshot_free(made->current);
        mtlsauth__free(made);
        return mtlsauth__fail_memory();
    }
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
    mtlsauth__snapshot_free(authorizer->current);
    mtlsauth__sources_drop(&authorizer->sources);
    mtlsauth__free(authorizer->state_dir);
    pthread_mutex_destroy(&authorizer->lock);
    pthread_mutex_destroy(&authorizer->writer);
    mtlsauth__free(authorizer);
}

uint64_t mtlsauth_authorizer_generation(mtlsauth_authorizer *authorizer)
{
    uint64_t generation;

    if (authorizer == NULL)
        return 0;
    pthread_mutex_lock(&authorizer->lock);
    generation = authorizer->current->generation;
    pthread_mutex_unlock(&authorizer->lock);
    return generation;
}

int mtlsauth_authorizer_session_context(mtlsauth_authorizer *authorizer,
                                        unsigned char out[MTLSAUTH_SHA256_LEN])
{
    if (authorizer == NULL || out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "session_context: an authorizer and a place for it are needed");
    pthread_mutex_lock(&authorizer->lock);
    memcpy(out, authorizer->current->context, MTLSAUTH_SHA256_LEN);
    pthread_mutex_unlock(&authorizer->lock);
    return MTLSAUTH_OK;
}
