/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_keep.h"

#include "base/error.h"
#include "base/memory.h"

int mtlsauth__ocsp_cache_new(struct ocsp_cache **out)
{
    *out = mtlsauth__calloc(1, sizeof **out);
    if (*out == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&(*out)->refs);
    return MTLSAUTH_OK;
}

void mtlsauth__ocsp_entry_free(struct ocsp_entry *entry)
{
    if (entry == NULL || !refcount_drop(&entry->refs))
        return;
    mtlsauth_ocsp_response_free(entry->response);
    mtlsauth__free(entry);
}

struct ocsp_cache *mtlsauth__ocsp_cache_ref(struct ocsp_cache *cache)
{
    refcount_add(&cache->refs);
    return cache;
}

void mtlsauth__ocsp_cache_free(struct ocsp_cache *cache)
{
    if (cache == NULL || !refcount_drop(&cache->refs))
        return;
    for (size_t i = 0; i < cache->count; i++)
        mtlsauth__ocsp_entry_free(cache->entries[i]);
    mtlsauth__free(cache->entries);
    mtlsauth__free(cache);
}

int mtlsauth__ocsp_cache_copy(struct ocsp_cache **out, const struct ocsp_cache *cache)
{
    struct ocsp_cache *copy;
    int code = mtlsauth__ocsp_cache_new(&copy);

    *out = NULL;
    if (code != MTLSAUTH_OK)
        return code;
    /* Room for one more: most copies are made for one. */
    copy->entries = mtlsauth__calloc(cache->count + 1, sizeof(struct ocsp_entry *));
    if (copy->entries == NULL) {
        mtlsauth__ocsp_cache_free(copy);
        return mtlsauth__fail_memory();
    }
    copy->capacity = cache->count + 1;
    for (; copy->count < cache->count; copy->count++) {
        copy->entries[copy->count] = cache->entries[copy->count];
        refcount_add(&copy->entries[copy->count]->refs);
    }
    copy->bytes = cache->bytes;
    memcpy(copy->of_hash, cache->of_hash, sizeof copy->of_hash);
    copy->order = cache->order;
    *out = copy;
    return MTLSAUTH_OK;
}

static int compare(const struct ocsp_id *a, const struct ocsp_id *b)
{
    int order = span_compare(a->serial, b->serial);

    if (order == 0)
        order = span_compare(a->key_hash, b->key_hash);
    if (order == 0)
        order = span_compare(a->name_hash, b->name_hash);
    return order == 0 ? (int)a->hash - (int)b->hash : order;
}

/* The first entry that is not before this CertID. */
static size_t find(const struct ocsp_cache *cache, const struct ocsp_id *id)
{
    size_t low = 0, high = cache->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(&cache->entries[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t mtlsauth__ocsp_cache_find(const struct ocsp_cache *cache, const struct ocsp_id *id,
                                 size_t *last)
{
    size_t first = find(cache, id);

    for (*last = first; *last < cache->count && compare(&cache->entries[*last]->id, id) == 0;)
        ++*last;
    return first;
}

bool mtlsauth__ocsp_cache_has_serial(const struct ocsp_cache *cache, struct span serial)
{
    const struct ocsp_id before_all = {.serial = serial};
    size_t i = find(cache, &before_all);

    return i < cache->count && span_equal(cache->entries[i]->id.serial, serial);
}

void mtlsauth__ocsp_cache_take_out(struct ocsp_cache *cache, size_t i)
{
    struct ocsp_entry *entry = cache->entries[i];

    memmove(cache->entries + i, cache->entries + i + 1,
            (cache->count - i - 1) * sizeof(struct ocsp_entry *));
    cache->count--;
    cache->bytes -= entry->response->len;
    cache->of_hash[entry->id.hash]--;
    mtlsauth__ocsp_entry_free(entry);
}

bool mtlsauth__ocsp_cache_put_in(struct ocsp_cache *cache, struct ocsp_entry *entry)
{
    size_t i = find(cache, &entry->id);
    struct ocsp_entry **grown =
        mtlsauth__grow(cache->entries, cache->count, &cache->capacity, sizeof(struct ocsp_entry *));

    if (grown == NULL)
        return false;
    cache->entries = grown;
    memmove(grown + i + 1, grown + i, (cache->count - i) * sizeof(struct ocsp_entry *));
    grown[i] = entry;
    cache->count++;
    cache->bytes += entry->response->len;
    cache->of_hash[entry->id.hash]++;
    refcount_add(&entry->refs);
    entry->order = ++cache->order;
    return true;
}

static size_t count_issuers(const struct ocsp_issuers *issuers)
{
    return issuers->truststore->count + mtlsauth_chain_count(issuers->intermediates);
}

static const mtlsauth_cert *issuer_at(const struct ocsp_issuers *issuers, size_t i)
{
    size_t trusted = issuers->truststore->count;

    return i < trusted ? issuers->truststore->entries[i].cert
                       : issuers->intermediates->certs[i - trusted];
}

static bool make_hashes(struct ocsp_issuer_hashes *hashes, enum hash hash,
                        const mtlsauth_cert *issuer)
{
    return mtlsauth__digest(hash, issuer->view.subject, hashes->name, &hashes->len) &&
           mtlsauth__ocsp_key_hash(issuer->view.spki, hash, hashes->key, &hashes->len);
}

/* Thousands of answers are put at once: each issuer is hashed once for all of them. */
static int hash_issuers(struct ocsp_issuers *issuers, enum hash hash)
{
    size_t count = count_issuers(issuers);
    struct ocsp_issuer_hashes *hashes;

    if (issuers->hashes[hash] != NULL)
        return MTLSAUTH_OK;
    hashes = mtlsauth__calloc(count, sizeof *hashes);
    if (hashes == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < count; i++)
        if (!make_hashes(&hashes[i], hash, issuer_at(issuers, i))) {
            mtlsauth__free(hashes);
            return mtlsauth__fail_digest();
        }
    issuers->hashes[hash] = hashes;
    return MTLSAUTH_OK;
}

void mtlsauth__ocsp_issuers_drop(struct ocsp_issuers *issuers)
{
    for (size_t i = 0; i < sizeof issuers->hashes / sizeof issuers->hashes[0]; i++)
        mtlsauth__free(issuers->hashes[i]);
    *issuers = (struct ocsp_issuers){0};
}

/* Is issuer i the one that the CertID names? The name as well: a key may have two, and a responder
 * of the one is none of the other. */
static bool is_named(const struct ocsp_issuers *issuers, size_t i, const struct ocsp_id *id)
{
    const struct ocsp_issuer_hashes *hashes = &issuers->hashes[id->hash][i];

    return span_equal(id->key_hash, span_of(hashes->key, hashes->len)) &&
           span_equal(id->name_hash, span_of(hashes->name, hashes->len));
}

/*
 * MTLSAUTH_OK when the issuer or its responder has signed it, noted in the entry, or may have: what
 * vouches for the responder may still come, and one with the serial number that is asked about
 * seems to answer for itself, which a decision knows by the key. Otherwise no decision would take
 * it under this policy.
 */
static int verify_by(struct ocsp_entry *entry, const mtlsauth_cert *issuer,
                     const struct ocsp_params *params)
{
    struct ocsp_params with_memo = *params;
    struct ocsp_memo memo;
    struct ocsp_signer signer;
    int code;

    ocsp_memo_init(&memo);
    with_memo.memo = &memo;
    with_memo.to_revoke = entry->status == MTLSAUTH_OCSP_REVOKED;
    code = mtlsauth__ocsp_signed(entry->response, NULL, issuer, &with_memo, &signer);
    if (code == MTLSAUTH_OK && !span_equal(signer.serial, entry->id.serial))
        ocsp_memo_set(&entry->memo, memo.issuer, memo.delegate);
    return code == MTLSAUTH_ERR_UNSUPPORTED && signer.is_unvouched ? MTLSAUTH_OK : code;
}

/* MTLSAUTH_OK, too, when nobody who is known can tell. */
static int verify(struct ocsp_entry *entry, struct ocsp_issuers *issuers,
                  const struct ocsp_params *params)
{
    size_t count = count_issuers(issuers);
    int code = hash_issuers(issuers, entry->id.hash);
    bool may_be = false;

    if (code != MTLSAUTH_OK)
        return code;
    for (size_t i = 0; i < count && !ocsp_memo_is_set(&entry->memo); i++) {
        if (!is_named(issuers, i, &entry->id))
            continue;
        code = verify_by(entry, issuer_at(issuers, i), params);
        if (code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO)
            return code;
        may_be = may_be || code == MTLSAUTH_OK;
    }
    return may_be ? MTLSAUTH_OK : code;
}

static bool same_bytes(const mtlsauth_ocsp_response *a, const mtlsauth_ocsp_response *b)
{
    return span_equal(span_of(a->der, a->len), span_of(b->der, b->len));
}

/* The entry of this CertID that is this very response, or NULL. */
static struct ocsp_entry *find_same(const struct ocsp_cache *cache, const struct ocsp_id *id,
                                    const mtlsauth_ocsp_response *response)
{
    size_t last, i = mtlsauth__ocsp_cache_find(cache, id, &last);

    for (; i < last; i++)
        if (same_bytes(cache->entries[i]->response, response))
            return cache->entries[i];
    return NULL;
}

/* The entry of the CertID of first; of several answers about it one counts, as mtlsauth__ocsp_check
 * has it. */
static int make_entry(struct ocsp_entry **out, mtlsauth_ocsp_response *response,
                      const struct ocsp_single *first)
{
    struct der list = der_of(response->singles);
    struct ocsp_entry *entry = mtlsauth__calloc(1, sizeof *entry);
    struct ocsp_single single, best = {0};
    const char *why;

    *out = entry;
    if (entry == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&entry->refs);
    ocsp_memo_init(&entry->memo);
    atomic_init(&entry->refuted, false);
    entry->response = mtlsauth_ocsp_response_ref(response);
    entry->id = first->id;
    while (!der_at_end(&list) && mtlsauth__ocsp_single_next(&list, &single, &why))
        if (compare(&single.id, &first->id) == 0 && mtlsauth__ocsp_single_counts(&single, &best))
            best = single;
    entry->status = best.status;
    entry->reason = best.reason;
    entry->this_update = best.this_update;
    entry->next_update = best.next_update;
    return MTLSAUTH_OK;
}

/* Has an answer before this one the same CertID? */
static bool was_there(const mtlsauth_ocsp_response *response, size_t n, const struct ocsp_id *id)
{
    struct der list = der_of(response->singles);
    struct ocsp_single single;
    const char *why;

    for (size_t i = 0; i < n && mtlsauth__ocsp_single_next(&list, &single, &why); i++)
        if (compare(&single.id, id) == 0)
            return true;
    return false;
}

static int add_one(struct ocsp_cache *cache, mtlsauth_ocsp_response *response,
                   const struct ocsp_single *single, struct ocsp_issuers *issuers,
                   const struct ocsp_params *params, bool *changed)
{
    struct ocsp_entry *entry = find_same(cache, &single->id, response);
    bool kept = false;
    int code;

    if (entry != NULL) {
        code = ocsp_memo_is_set(&entry->memo) ? MTLSAUTH_OK : verify(entry, issuers, params);
        if (code == MTLSAUTH_ERR_SIGNATURE || code == MTLSAUTH_ERR_UNSUPPORTED)
            atomic_store(&entry->refuted, true);
        return code;
    }
    code = make_entry(&entry, response, single);
    if (code != MTLSAUTH_OK)
        return code;
    code = verify(entry, issuers, params);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_cache_keep(cache, entry, params, &kept);
    *changed = *changed || kept;
    mtlsauth__ocsp_entry_free(entry);
    return code;
}

int mtlsauth__ocsp_cache_add(struct ocsp_cache *cache, mtlsauth_ocsp_response *response,
                             struct ocsp_issuers *issuers, const struct ocsp_params *params,
                             bool *changed)
{
    struct der list = der_of(response->singles);
    struct ocsp_single single;
    const char *why;
    size_t named = 0;
    int code;

    if (response->status != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "OCSP response: there is no answer in it, the responder says %s (%d)",
                              mtlsauth__ocsp_response_status_name(response->status),
                              response->status);
    if (response->count > MTLSAUTH_MAX_OCSP_CERTIFICATES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "OCSP response: more than %d answers",
                              MTLSAUTH_MAX_OCSP_CERTIFICATES);
    for (size_t i = 0; i < response->count; i++) {
        if (!mtlsauth__ocsp_single_next(&list, &single, &why))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "OCSP response: %s", why);
        if (single.id.hash == HASH_UNKNOWN || was_there(response, i, &single.id))
            continue;
        named++;
        code = add_one(cache, response, &single, issuers, params, changed);
        if (code != MTLSAUTH_OK)
            return code;
    }
    if (named == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "OCSP response: it names no certificate in a hash that is known");
    return MTLSAUTH_OK;
}
