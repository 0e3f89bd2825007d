/* SPDX-License-Identifier: MIT */
#include "authorizer/path_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <mtlsauth/authorizer.h>
#include "base/memory.h"
#include "base/stripe.h"
#include "crypto/digest.h"

/*
 * A leaf has its set by its octets, and a part of the table has its locks. LEAF_WAYS are what a
 * leaf may have of a set: one chain as it comes with a handshake, one as it comes out of a ticket,
 * one more.
 */
enum { PARTS = 8, WAYS = 8, SETS = MTLSAUTH_REMEMBERED_PATHS / PARTS / WAYS, LEAF_WAYS = 3 };

struct entry {
    struct path_key key;
    struct verified_path path; /* from > until: a candidate */
    atomic_uint_least64_t used; /* the part's clock when it was used last; 0: free */
    atomic_uint_least64_t allowed; /* when a decision by it last became the leaf's last; 0: never */
};

/* Of the threads of a stripe. */
struct door {
    pthread_mutex_t lock;
    unsigned char padding[STRIPE_LINE];
};

/* Read with one of the locks, written with all of them; what is atomic, with any. */
struct part {
    struct door doors[STRIPES];
    /* Moves on when something is put, and when another path of a leaf has allowed it: nobody writes
     * for the sake of looking. */
    atomic_uint_least64_t clock;
    struct entry sets[SETS][WAYS];
};

struct path_cache {
    struct refcount refs;
    uint8_t scope[MTLSAUTH_SHA256_LEN];
    struct issuer_cache *issuers;
    struct part parts[PARTS];
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

static pthread_mutex_t *lock_number(struct path_cache *cache, size_t i)
{
    return &cache->parts[i / STRIPES].doors[i % STRIPES].lock;
}

static struct path_cache *new_cache(void)
{
    struct path_cache *made = mtlsauth__calloc(1, sizeof *made);
    const size_t all = (size_t)PARTS * STRIPES;
    size_t locks = 0;

    if (made == NULL)
        return NULL;
    refcount_init(&made->refs);
    made->issuers = mtlsauth__issuer_cache_new();
    while (made->issuers != NULL && locks < all &&
           pthread_mutex_init(lock_number(made, locks), NULL) == 0)
        locks++;
    if (locks == all)
        return made;
    while (locks > 0)
        pthread_mutex_destroy(lock_number(made, --locks));
    mtlsauth__issuer_cache_free(made->issuers);
    mtlsauth__free(made);
    return NULL;
}

static uint64_t clock_of(const struct part *part)
{
    return atomic_load_explicit(&part->clock, memory_order_relaxed);
}

static uint64_t tick(struct part *part)
{
    return atomic_fetch_add_explicit(&part->clock, 1, memory_order_relaxed) + 1;
}

static uint64_t use_of(const struct entry *entry)
{
    return atomic_load_explicit(&entry->used, memory_order_relaxed);
}

static uint64_t allowed_at(const struct entry *entry)
{
    return atomic_load_explicit(&entry->allowed, memory_order_relaxed);
}

/* One set; to is of a cache that nobody else has yet. */
static void take_set(struct entry *to, const struct entry *from)
{
    for (size_t way = 0; way < WAYS; way++) {
        uint64_t used = use_of(&from[way]);

        if (used == 0)
            continue;
        atomic_init(&to[way].used, used);
        atomic_init(&to[way].allowed, allowed_at(&from[way]));
        to[way].path = mtlsauth__verified_path_hold(&from[way].path);
        to[way].path.from = INT64_MAX;
        to[way].path.until = INT64_MIN;
    }
}

/* Those who use last wait no longer than for a copy of one set. */
static void take_candidates(struct path_cache *cache, struct path_cache *last)
{
    for (size_t i = 0; i < PARTS; i++) {
        struct part *to = &cache->parts[i], *from = &last->parts[i];

        for (size_t set = 0; set < SETS; set++) {
            pthread_mutex_lock(&from->doors[0].lock);
            atomic_init(&to->clock, clock_of(from));
            take_set(to->sets[set], from->sets[set]);
            pthread_mutex_unlock(&from->doors[0].lock);
        }
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
    for (size_t i = 0; i < PARTS; i++)
        for (size_t k = 0; k < (size_t)SETS * WAYS; k++)
            mtlsauth__verified_path_release(&cache->parts[i].sets[k / WAYS][k % WAYS].path);
    for (size_t i = 0; i < (size_t)PARTS * STRIPES; i++)
        pthread_mutex_destroy(lock_number(cache, i));
    mtlsauth__issuer_cache_free(cache->issuers);
    mtlsauth__free(cache);
}

/* Of more certificates than a key has room for. */
static bool digest_all(struct path_key *key, mtlsauth_cert *const certs[],
                       const struct verified_path *seen)
{
    struct text text = {0};
    bool ok;

    for (size_t i = 0; i < key->presented; i++)
        mtlsauth__text_add_bytes(&text, certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    for (size_t i = 0; i < key->seen; i++)
        mtlsauth__text_add_bytes(&text, seen->certs[1 + i]->sha256, MTLSAUTH_SHA256_LEN);
    ok = !text.failed && mtlsauth__sha256(span_of(text.ptr, text.len), key->sha256[0]);
    mtlsauth__text_drop(&text);
    return ok;
}

bool mtlsauth__path_key(struct path_key *key, mtlsauth_cert *const certs[], size_t count,
                        const struct verified_path *seen)
{
    size_t middle = seen->count > 2 ? seen->count - 2 : 0, n = 0;

    *key = (struct path_key){0};
    if (count > UINT32_MAX)
        return false;
    key->presented = (uint32_t)count;
    key->seen = (uint32_t)middle;
    if (count + middle > PATH_KEY_DIGESTS)
        return digest_all(key, certs, seen);
    for (size_t i = 0; i < count; i++)
        memcpy(key->sha256[n++], certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    for (size_t i = 1; i <= middle; i++)
        memcpy(key->sha256[n++], seen->certs[i]->sha256, MTLSAUTH_SHA256_LEN);
    return true;
}

static struct part *part_of(struct path_cache *cache, struct span leaf)
{
    return &cache->parts[mtlsauth__cert_hash(leaf) % PARTS];
}

static struct entry *set_of(struct part *part, struct span leaf)
{
    return part->sets[mtlsauth__cert_hash(leaf) / PARTS % SETS];
}

static bool is_of(const struct entry *entry, struct span leaf)
{
    return use_of(entry) != 0 && span_equal(entry->path.certs[0]->view.whole, leaf);
}

static struct entry *find(struct entry *set, const struct path_key *key)
{
    for (size_t way = 0; way < WAYS; way++)
        if (use_of(&set[way]) != 0 && set[way].path.from <= set[way].path.until &&
            memcmp(&set[way].key, key, sizeof *key) == 0)
            return &set[way];
    return NULL;
}

/* The entry of a leaf by which it was allowed last, or NULL. */
static struct entry *last_allowed(struct entry *set, struct span leaf)
{
    struct entry *last = NULL;

    for (size_t way = 0; way < WAYS; way++)
        if (allowed_at(&set[way]) > (last == NULL ? 0 : allowed_at(last)) &&
            is_of(&set[way], leaf))
            last = &set[way];
    return last;
}

bool mtlsauth__path_cache_get(struct path_cache *cache, const mtlsauth_cert *leaf,
                              const struct path_key *key, int64_t now, struct verified_path *out,
                              bool *is_last)
{
    size_t stripe = mtlsauth__stripe_of_this_thread();
    struct part *part = part_of(cache, leaf->view.whole);
    pthread_mutex_t *lock = &part->doors[stripe].lock;
    struct entry *set = set_of(part, leaf->view.whole), *entry;
    bool hit;

    *is_last = false;
    pthread_mutex_lock(lock);
    entry = find(set, key);
    hit = entry != NULL && entry->path.from <= now && now <= entry->path.until;
    if (hit) {
        if (use_of(entry) != clock_of(part))
            atomic_store_explicit(&entry->used, clock_of(part), memory_order_relaxed);
        *is_last = last_allowed(set, leaf->view.whole) == entry;
        *out = mtlsauth__verified_path_pin(&entry->path, stripe);
    }
    pthread_mutex_unlock(lock);
    return hit;
}

void mtlsauth__path_cache_allowed(struct path_cache *cache, const mtlsauth_cert *leaf,
                                  const struct path_key *key)
{
    struct part *part = part_of(cache, leaf->view.whole);
    pthread_mutex_t *lock = &part->doors[mtlsauth__stripe_of_this_thread()].lock;
    struct entry *entry;

    pthread_mutex_lock(lock);
    entry = find(set_of(part, leaf->view.whole), key);
    if (entry != NULL)
        atomic_store_explicit(&entry->allowed, tick(part), memory_order_relaxed);
    pthread_mutex_unlock(lock);
}

/* Is a rather given up than b? Anybody can present a leaf with other certificates: those by which
 * nobody was allowed go first. */
static bool goes_before(const struct entry *a, const struct entry *b)
{
    bool a_allowed = allowed_at(a) > 0, b_allowed = allowed_at(b) > 0;

    if (use_of(a) == 0 || use_of(b) == 0 || a_allowed == b_allowed)
        return use_of(a) < use_of(b);
    return b_allowed;
}

/* The place for an entry: a free one, else one of the leaf when it has enough, else of all. */
static struct entry *place_for(struct entry *set, struct span leaf)
{
    struct entry *first = &set[0], *own = NULL;
    size_t count = 0;

    for (size_t way = 0; way < WAYS; way++) {
        if (goes_before(&set[way], first))
            first = &set[way];
        if (!is_of(&set[way], leaf))
            continue;
        count++;
        if (own == NULL || goes_before(&set[way], own))
            own = &set[way];
    }
    return count >= LEAF_WAYS ? own : first;
}

void mtlsauth__path_cache_put(struct path_cache *cache, const struct path_key *key,
                              struct verified_path *path)
{
    struct span leaf = path->certs[0]->view.whole;
    struct part *part = part_of(cache, leaf);
    struct entry *set = set_of(part, leaf), *entry;
    struct verified_path old;

    if (!mtlsauth__verified_path_keep(path))
        return;
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_lock(&part->doors[i].lock);
    entry = find(set, key);
    if (entry == NULL)
        entry = place_for(set, leaf);
    old = entry->path;
    entry->key = *key;
    entry->path = *path;
    atomic_store_explicit(&entry->used, tick(part), memory_order_relaxed);
    atomic_store_explicit(&entry->allowed, 0, memory_order_relaxed);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_unlock(&part->doors[i].lock);
    mtlsauth__verified_path_release(&old);
}

void mtlsauth__path_cache_seen(struct path_cache *cache, struct span leaf,
                               struct verified_path *out)
{
    size_t stripe = mtlsauth__stripe_of_this_thread();
    struct part *part = part_of(cache, leaf);
    struct entry *entry;

    *out = (struct verified_path){0};
    pthread_mutex_lock(&part->doors[stripe].lock);
    entry = last_allowed(set_of(part, leaf), leaf);
    if (entry != NULL)
        *out = mtlsauth__verified_path_pin(&entry->path, stripe);
    pthread_mutex_unlock(&part->doors[stripe].lock);
}

struct issuer_cache *mtlsauth__path_cache_issuers(struct path_cache *cache)
{
    return cache->issuers;
}

uint64_t mtlsauth__path_cache_entries(struct path_cache *cache)
{
    uint64_t entries = 0;

    for (size_t i = 0; i < PARTS; i++) {
        struct part *part = &cache->parts[i];

        for (size_t n = 0; n < STRIPES; n++) {
            pthread_mutex_lock(&part->doors[n].lock);
            for (size_t k = n; k < (size_t)SETS * WAYS; k += STRIPES) {
                const struct entry *entry = &part->sets[k / WAYS][k % WAYS];

                entries += use_of(entry) != 0 && entry->path.from <= entry->path.until;
            }
            pthread_mutex_unlock(&part->doors[n].lock);
        }
    }
    return entries;
}
