/* SPDX-License-Identifier: MIT */
#include "trust/issuer_cache.h"

#include <pthread.h>
#include "base/memory.h"

/* A certificate has its set by its octets, and a lock is that of a few sets. */
enum { LOCKS = 16, SETS = 8, WAYS = 8 };

struct entry {
    mtlsauth_cert *cert; /* NULL: free */
    struct x509 *x509;
    uint8_t issuer_spki[MTLSAUTH_SHA256_LEN];
    uint64_t used; /* when, counted in calls */
};

struct shard {
    pthread_mutex_t lock;
    uint64_t clock;
    struct entry sets[SETS][WAYS];
};

struct issuer_cache {
    struct shard shards[LOCKS];
};

struct issuer_cache *mtlsauth__issuer_cache_new(void)
{
    struct issuer_cache *made = mtlsauth__calloc(1, sizeof *made);
    size_t locks = 0;

    if (made == NULL)
        return NULL;
    while (locks < LOCKS && pthread_mutex_init(&made->shards[locks].lock, NULL) == 0)
        locks++;
    if (locks == LOCKS)
        return made;
    while (locks > 0)
        pthread_mutex_destroy(&made->shards[--locks].lock);
    mtlsauth__free(made);
    return NULL;
}

static void drop(struct entry *entry)
{
    mtlsauth_cert_free(entry->cert);
    mtlsauth__x509_free(entry->x509);
    *entry = (struct entry){.cert = NULL};
}

void mtlsauth__issuer_cache_free(struct issuer_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < LOCKS; i++) {
        for (size_t set = 0; set < SETS; set++)
            for (size_t way = 0; way < WAYS; way++)
                drop(&cache->shards[i].sets[set][way]);
        pthread_mutex_destroy(&cache->shards[i].lock);
    }
    mtlsauth__free(cache);
}

static struct shard *shard_of(struct issuer_cache *cache, struct span der)
{
    return &cache->shards[mtlsauth__cert_hash(der) % LOCKS];
}

/* The entry of these octets, or NULL. The lock of the shard is held. */
static struct entry *find(struct shard *shard, struct span der)
{
    struct entry *set = shard->sets[mtlsauth__cert_hash(der) / LOCKS % SETS];

    for (size_t way = 0; way < WAYS; way++)
        if (set[way].cert != NULL && span_equal(set[way].cert->view.whole, der)) {
            set[way].used = ++shard->clock;
            return &set[way];
        }
    return NULL;
}

mtlsauth_cert *mtlsauth__issuer_cache_cert(struct issuer_cache *cache, struct span der)
{
    struct shard *shard = shard_of(cache, der);
    mtlsauth_cert *cert = NULL;
    struct entry *entry;

    pthread_mutex_lock(&shard->lock);
    entry = find(shard, der);
    if (entry != NULL)
        cert = mtlsauth_cert_ref(entry->cert);
    pthread_mutex_unlock(&shard->lock);
    return cert;
}

struct x509 *mtlsauth__issuer_cache_x509(struct issuer_cache *cache, const mtlsauth_cert *cert)
{
    struct shard *shard = shard_of(cache, cert->view.whole);
    struct x509 *x509 = NULL;
    struct entry *entry;

    pthread_mutex_lock(&shard->lock);
    entry = find(shard, cert->view.whole);
    if (entry != NULL)
        x509 = mtlsauth__x509_ref(entry->x509);
    pthread_mutex_unlock(&shard->lock);
    return x509;
}

bool mtlsauth__issuer_cache_is_signed(struct issuer_cache *cache, const mtlsauth_cert *cert,
                                      const mtlsauth_cert *issuer)
{
    struct shard *shard = shard_of(cache, cert->view.whole);
    struct entry *entry;
    bool is_signed;

    pthread_mutex_lock(&shard->lock);
    entry = find(shard, cert->view.whole);
    is_signed = entry != NULL &&
                memcmp(entry->issuer_spki, issuer->spki_sha256, MTLSAUTH_SHA256_LEN) == 0;
    pthread_mutex_unlock(&shard->lock);
    return is_signed;
}

static struct entry *oldest(struct shard *shard, struct span der)
{
    struct entry *set = shard->sets[mtlsauth__cert_hash(der) / LOCKS % SETS], *found = &set[0];

    for (size_t way = 1; way < WAYS; way++)
        if (set[way].used < found->used)
            found = &set[way];
    return found;
}

void mtlsauth__issuer_cache_put(struct issuer_cache *cache, mtlsauth_cert *cert,
                                const struct x509 *x509, const mtlsauth_cert *issuer)
{
    struct shard *shard = shard_of(cache, cert->view.whole);
    struct entry *entry, old = {.cert = NULL};

    pthread_mutex_lock(&shard->lock);
    entry = find(shard, cert->view.whole);
    if (entry == NULL) {
        entry = oldest(shard, cert->view.whole);
        old = *entry;
        *entry = (struct entry){.cert = mtlsauth_cert_ref(cert),
                                .x509 = mtlsauth__x509_ref(x509),
                                .used = ++shard->clock};
    }
    memcpy(entry->issuer_spki, issuer->spki_sha256, MTLSAUTH_SHA256_LEN);
    pthread_mutex_unlock(&shard->lock);
    drop(&old);
}
