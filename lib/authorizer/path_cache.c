/* SPDX-License-Identifier: MIT */
#include "authorizer/path_cache.h"

#include <pthread.h>
#include <mtlsauth/authorizer.h>
#include "base/memory.h"
#include "crypto/digest.h"

/*
 * A leaf has its set by its octets, and a lock is that of a few sets: it is held for a comparison or
 * two. LEAF_WAYS are what a leaf may have of a set: one chain as it comes with a handshake, one as it
 * comes out of a ticket, one more.
 */
enum { LOCKS = 64, WAYS = 8, SETS = MTLSAUTH_REMEMBERED_PATHS / LOCKS / WAYS, LEAF_WAYS = 3 };

struct entry {
    struct path_key key;
    struct verified_path path; /* from > until: a candidate */
    uint64_t used; /* the shard's clock when it was used last; 0: free */
};

struct shard {
    pthread_mutex_t lock;
    uint64_t clock; /* moves on when something is put: nobody writes for the sake of looking */
    uint64_t hits, misses;
    struct entry sets[SETS][WAYS];
};

struct path_cache {
    struct refcount refs;
    uint8_t scope[MTLSAUTH_SHA256_LEN];
    struct issuer_cache *issuers;
    struct shard shards[LOCKS];
};

/* All that the search for a path depends on, but the chain, the time and what was seen. */
static bool make_scope(uint8_t out[MTLSAUTH_SHA256_LEN], const mtlsauth_truststore *truststore,
                       const mtlsauth_chain *intermediates, const mtlsauth_policy *policy)
{
    struct text text = {0};
    bool ok;

    mtlsauth__text_addf(&text, "%zu %zu ", truststore->count, mtlsauth_chain_count(intermediates));
    /* In the order in which they are tried: another one may find another path. */
    for (size_t i = 0; i < truststore->count; i++)
        mtlsauth__text_add_bytes(&text, truststore->by_subject[i]->cert->sha256,
                                 MTLSAUTH_SHA256_LEN);
    for (size_t i = 0; i < mtlsauth_chain_count(intermediates); i++)
        mtlsauth__text_add_bytes(&text, intermediates->certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    mtlsauth__policy_describe_path(policy, &text);
    ok = !text.failed && mtlsauth__sha256(span_of(text.ptr, text.len), out);
    mtlsauth__text_drop(&text);
    return ok;
}

static struct path_cache *new_cache(void)
{
    struct path_cache *made = mtlsauth__calloc(1, sizeof *made);
    size_t locks = 0;

    if (made == NULL)
        return NULL;
    refcount_init(&made->refs);
    made->issuers = mtlsauth__issuer_cache_new();
    while (made->issuers != NULL && locks < LOCKS &&
           pthread_mutex_init(&made->shards[locks].lock, NULL) == 0)
        locks++;
    if (locks == LOCKS)
        return made;
    while (locks > 0)
        pthread_mutex_destroy(&made->shards[--locks].lock);
    mtlsauth__issuer_cache_free(made->issuers);
    mtlsauth__free(made);
    return NULL;
}

/* Of a cache that nobody else has yet; those who use last wait no longer than for a copy of a shard. */
static void take_candidates(struct path_cache *cache, struct path_cache *last)
{
    for (size_t i = 0; i < LOCKS; i++) {
        struct shard *to = &cache->shards[i], *from = &last->shards[i];

        pthread_mutex_lock(&from->lock);
        to->clock = from->clock;
        to->hits = from->hits;
        to->misses = from->misses;
        for (size_t k = 0; k < SETS * WAYS; k++) {
            const struct entry *entry = &from->sets[k / WAYS][k % WAYS];
            struct entry *copy = &to->sets[k / WAYS][k % WAYS];

            if (entry->used == 0)
                continue;
            copy->used = entry->used;
            copy->path = mtlsauth__verified_path_ref(&entry->path);
            copy->path.from = INT64_MAX;
            copy->path.until = INT64_MIN;
        }
        pthread_mutex_unlock(&from->lock);
    }
}

struct path_cache *mtlsauth__path_cache_for(const mtlsauth_truststore *truststore,
                                            const mtlsauth_chain *intermediates,
                                            const mtlsauth_policy *policy, struct path_cache *last)
{
    uint8_t scope[MTLSAUTH_SHA256_LEN];
    struct path_cache *made;

    if (!make_scope(scope, truststore, intermediates, policy))
        return NULL;
    if (last != NULL && memcmp(last->scope, scope, sizeof scope) == 0) {
        refcount_add(&last->refs);
        return last;
    }
    made = new_cache();
    if (made == NULL)
        return NULL;
    memcpy(made->scope, scope, sizeof scope);
    if (last != NULL)
        take_candidates(made, last);
    return made;
}

void mtlsauth__path_cache_free(struct path_cache *cache)
{
    if (cache == NULL || !refcount_drop(&cache->refs))
        return;
    for (size_t i = 0; i < LOCKS; i++) {
        for (size_t k = 0; k < SETS * WAYS; k++)
            mtlsauth__verified_path_clear(&cache->shards[i].sets[k / WAYS][k % WAYS].path);
        pthread_mutex_destroy(&cache->shards[i].lock);
    }
    mtlsauth__issuer_cache_free(cache->issuers);
    mtlsauth__free(cache);
}

bool mtlsauth__path_key(struct path_key *key, mtlsauth_cert *const certs[], size_t count,
                        const struct verified_path *seen)
{
    size_t middle = seen->count > 2 ? seen->count - 2 : 0;
    struct text text = {0};
    bool ok;

    if (count == 1 && middle == 0) {
        memcpy(key->sha256, certs[0]->sha256, sizeof key->sha256);
        return true;
    }
    /* The digest of a certificate stands for it; the number in front says where the chain ends. */
    mtlsauth__text_addf(&text, "%zu ", count);
    for (size_t i = 0; i < count; i++)
        mtlsauth__text_add_bytes(&text, certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    for (size_t i = 1; i <= middle; i++)
        mtlsauth__text_add_bytes(&text, seen->certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    ok = !text.failed && mtlsauth__sha256(span_of(text.ptr, text.len), key->sha256);
    mtlsauth__text_drop(&text);
    return ok;
}

static struct shard *shard_of(struct path_cache *cache, struct span leaf)
{
    return &cache->shards[mtlsauth__cert_hash(leaf) % LOCKS];
}

static struct entry *set_of(struct shard *shard, struct span leaf)
{
    return shard->sets[mtlsauth__cert_hash(leaf) / LOCKS % SETS];
}

static bool is_of(const struct entry *entry, struct span leaf)
{
    return entry->used != 0 && span_equal(entry->path.certs[0]->view.whole, leaf);
}

static struct entry *find(struct entry *set, const struct path_key *key)
{
    for (size_t way = 0; way < WAYS; way++)
        if (set[way].used != 0 && set[way].path.from <= set[way].path.until &&
            memcmp(&set[way].key, key, sizeof *key) == 0)
            return &set[way];
    return NULL;
}

static void note_use(const struct shard *shard, struct entry *entry)
{
    if (entry->used != shard->clock)
        entry->used = shard->clock;
}

bool mtlsauth__path_cache_get(struct path_cache *cache, const mtlsauth_cert *leaf,
                              const struct path_key *key, int64_t now, struct verified_path *out)
{
    struct shard *shard = shard_of(cache, leaf->view.whole);
    struct entry *entry;
    bool hit;

    pthread_mutex_lock(&shard->lock);
    entry = find(set_of(shard, leaf->view.whole), key);
    hit = entry != NULL && entry->path.from <= now && now <= entry->path.until;
    if (hit) {
        note_use(shard, entry);
        *out = mtlsauth__verified_path_ref(&entry->path);
        shard->hits++;
    } else {
        shard->misses++;
    }
    pthread_mutex_unlock(&shard->lock);
    return hit;
}

/* The place for an entry: a free one, else the oldest of the leaf when it has enough, else of all. */
static struct entry *place_for(struct entry *set, struct span leaf)
{
    struct entry *oldest = &set[0], *own = NULL;
    size_t count = 0;

    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].used < oldest->used)
            oldest = &set[way];
        if (!is_of(&set[way], leaf))
            continue;
        count++;
        if (own == NULL || set[way].used < own->used)
            own = &set[way];
    }
    return count >= LEAF_WAYS ? own : oldest;
}

void mtlsauth__path_cache_put(struct path_cache *cache, const struct path_key *key,
                              const struct verified_path *path)
{
    struct span leaf = path->certs[0]->view.whole;
    struct shard *shard = shard_of(cache, leaf);
    struct entry *set = set_of(shard, leaf), *entry;
    struct verified_path old;

    pthread_mutex_lock(&shard->lock);
    entry = find(set, key);
    if (entry == NULL)
        entry = place_for(set, leaf);
    old = entry->path;
    *entry = (struct entry){
        .key = *key, .path = mtlsauth__verified_path_ref(path), .used = ++shard->clock};
    pthread_mutex_unlock(&shard->lock);
    mtlsauth__verified_path_clear(&old);
}

/* The entry of a leaf that was used last, or NULL. */
static struct entry *last_of(struct entry *set, struct span leaf)
{
    struct entry *found = NULL;

    for (size_t way = 0; way < WAYS; way++)
        if (is_of(&set[way], leaf) && (found == NULL || found->used < set[way].used))
            found = &set[way];
    return found;
}

void mtlsauth__path_cache_seen(struct path_cache *cache, const mtlsauth_cert *leaf,
                               struct verified_path *out)
{
    struct shard *shard = shard_of(cache, leaf->view.whole);
    struct entry *entry;

    *out = (struct verified_path){0};
    pthread_mutex_lock(&shard->lock);
    entry = last_of(set_of(shard, leaf->view.whole), leaf->view.whole);
    if (entry != NULL)
        *out = mtlsauth__verified_path_ref(&entry->path);
    pthread_mutex_unlock(&shard->lock);
}

mtlsauth_cert *mtlsauth__path_cache_cert(struct path_cache *cache, struct span der)
{
    struct shard *shard = shard_of(cache, der);
    mtlsauth_cert *cert = NULL;
    struct entry *entry;

    pthread_mutex_lock(&shard->lock);
    entry = last_of(set_of(shard, der), der);
    if (entry != NULL)
        cert = mtlsauth_cert_ref(entry->path.certs[0]);
    pthread_mutex_unlock(&shard->lock);
    return cert != NULL ? cert : mtlsauth__issuer_cache_cert(cache->issuers, der);
}

struct issuer_cache *mtlsauth__path_cache_issuers(struct path_cache *cache)
{
    return cache->issuers;
}

void mtlsauth__path_cache_stats(struct path_cache *cache, uint64_t *hits, uint64_t *misses,
                                uint64_t *entries)
{
    *hits = *misses = *entries = 0;
    for (size_t i = 0; i < LOCKS; i++) {
        struct shard *shard = &cache->shards[i];

        pthread_mutex_lock(&shard->lock);
        *hits += shard->hits;
        *misses += shard->misses;
        for (size_t k = 0; k < SETS * WAYS; k++) {
            const struct entry *entry = &shard->sets[k / WAYS][k % WAYS];

            *entries += entry->used != 0 && entry->path.from <= entry->path.until;
        }
        pthread_mutex_unlock(&shard->lock);
    }
}
