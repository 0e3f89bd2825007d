/* SPDX-License-Identifier: MIT */
#include "authorizer/remembered.h"

#include <pthread.h>
#include <mtlsauth/authorizer.h>
#include "base/memory.h"

/* Four places a set: a leaf has its set by its digest, and a lookup compares four digests. */
enum { WAYS = 4, SETS = MTLSAUTH_REMEMBERED_PATHS / WAYS };

struct entry {
    uint8_t leaf[MTLSAUTH_SHA256_LEN];
    struct verified_path middle; /* without leaf and anchor */
    uint64_t used;               /* when, counted in calls; 0 never */
};

struct remembered {
    pthread_mutex_t lock;
    uint64_t clock;
    struct entry entries[SETS][WAYS];
};

struct remembered *mtlsauth__remembered_new(void)
{
    struct remembered *made = mtlsauth__calloc(1, sizeof *made);

    if (made != NULL && pthread_mutex_init(&made->lock, NULL) != 0) {
        mtlsauth__free(made);
        made = NULL;
    }
    return made;
}

void mtlsauth__remembered_free(struct remembered *remembered)
{
    if (remembered == NULL)
        return;
    for (size_t set = 0; set < SETS; set++)
        for (size_t way = 0; way < WAYS; way++)
            mtlsauth__verified_path_clear(&remembered->entries[set][way].middle);
    pthread_mutex_destroy(&remembered->lock);
    mtlsauth__free(remembered);
}

/* The set of a digest, which is as good as random already. */
static struct entry *set_of(struct remembered *remembered, const uint8_t *sha256)
{
    return remembered->entries[(sha256[0] | (size_t)sha256[1] << 8) % SETS];
}

static struct entry *find(struct entry *set, const uint8_t *sha256)
{
    for (size_t way = 0; way < WAYS; way++)
        if (set[way].used != 0 && memcmp(set[way].leaf, sha256, MTLSAUTH_SHA256_LEN) == 0)
            return &set[way];
    return NULL;
}

static struct entry *oldest(struct entry *set)
{
    struct entry *found = &set[0];

    for (size_t way = 1; way < WAYS; way++)
        if (set[way].used < found->used)
            found = &set[way];
    return found;
}

/* References to count certificates, in an array of their own. */
static bool copy(struct verified_path *out, mtlsauth_cert *const *certs, size_t count)
{
    *out = (struct verified_path){0};
    out->certs = mtlsauth__calloc(count, sizeof *out->certs);
    if (out->certs == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        out->certs[out->count++] = mtlsauth_cert_ref(certs[i]);
    return true;
}

static bool same(const struct verified_path *middle, mtlsauth_cert *const *certs, size_t count)
{
    if (middle->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!mtlsauth__cert_same(middle->certs[i], certs[i]))
            return false;
    return true;
}

void mtlsauth__remembered_put(struct remembered *remembered, const struct verified_path *path)
{
    const uint8_t *leaf = path->certs[0]->sha256;
    struct verified_path made = {0}, old = {0};
    struct entry *set, *entry;

    if (path->count < 3)
        return;
    pthread_mutex_lock(&remembered->lock);
    set = set_of(remembered, leaf);
    entry = find(set, leaf);
    if (entry != NULL && same(&entry->middle, path->certs + 1, path->count - 2)) {
        entry->used = ++remembered->clock;
    } else if (copy(&made, path->certs + 1, path->count - 2)) {
        if (entry == NULL)
            entry = oldest(set);
        old = entry->middle;
        entry->middle = made;
        entry->used = ++remembered->clock;
        memcpy(entry->leaf, leaf, MTLSAUTH_SHA256_LEN);
    }
    pthread_mutex_unlock(&remembered->lock);
    mtlsauth__verified_path_clear(&old);
}

bool mtlsauth__remembered_get(struct remembered *remembered, const mtlsauth_cert *leaf,
                              struct verified_path *out)
{
    struct entry *entry;
    bool ok = true;

    *out = (struct verified_path){0};
    pthread_mutex_lock(&remembered->lock);
    entry = find(set_of(remembered, leaf->sha256), leaf->sha256);
    if (entry != NULL) {
        entry->used = ++remembered->clock;
        ok = copy(out, entry->middle.certs, entry->middle.count);
    }
    pthread_mutex_unlock(&remembered->lock);
    return ok;
}
