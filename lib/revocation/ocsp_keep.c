/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_keep.h"

#include "base/error.h"

static int64_t end_of(const struct ocsp_said *said)
{
    return said->next_update == MTLSAUTH_NO_TIME ? INT64_MAX : said->next_update;
}

bool mtlsauth__ocsp_outweighs(const struct ocsp_said *a, const struct ocsp_said *b)
{
    bool a_final = mtlsauth__ocsp_is_final(a->status, a->reason);
    bool b_final = mtlsauth__ocsp_is_final(b->status, b->reason);
    int a_rank = mtlsauth__ocsp_rank(a->status), b_rank = mtlsauth__ocsp_rank(b->status);

    if (a_final != b_final)
        return a_final;
    if (a_final && a->by_issuer != b->by_issuer)
        return a->by_issuer;
    if (a->this_update != b->this_update)
        return a->this_update > b->this_update;
    return a_rank == b_rank ? end_of(a) > end_of(b) : a_rank > b_rank;
}

/* The CA has said it, as far as is known. */
static bool is_verified(const struct ocsp_entry *entry)
{
    return ocsp_memo_is_set(&entry->memo) && !atomic_load(&entry->refuted);
}

static bool is_of_future(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return entry->this_update > params->now + params->revocation->clock_skew;
}

static bool is_expired(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return is_of_future(entry, params) ||
           params->now > entry->this_update + params->revocation->ocsp_max_age ||
           (entry->next_update != MTLSAUTH_NO_TIME &&
            params->now > entry->next_update + params->revocation->grace);
}

/* It counts when its time comes. One that tells of a revocation does so at once, as entries of
 * lists do. */
static bool is_waiting(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return is_of_future(entry, params) && entry->status != MTLSAUTH_OCSP_REVOKED;
}

static struct ocsp_said said_by(const struct ocsp_entry *entry)
{
    bool by_issuer = ocsp_memo_is_set(&entry->memo) && entry->memo.delegate == NULL;

    return (struct ocsp_said){entry->status, entry->reason, entry->this_update, entry->next_update,
                              by_issuer};
}

/* The less, the sooner it goes when there is no room. What nobody has verified is worth less than
 * anything that the CA has signed, but what has expired and tells of no revocation. */
static unsigned worth(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    bool expired = is_expired(entry, params);

    if (atomic_load(&entry->refuted))
        return 0;
    if (!ocsp_memo_is_set(&entry->memo))
        return expired ? 1 : 2;
    if (entry->status == MTLSAUTH_OCSP_REVOKED)
        return expired ? 3 : 5;
    return expired ? 1 : 4;
}

/* Does a go before b? Of the same worth, the one that was put first. */
static bool goes_before(const struct ocsp_entry *a, const struct ocsp_entry *b,
                        const struct ocsp_params *params)
{
    unsigned of_a = worth(a, params), of_b = worth(b, params);

    return of_a < of_b || (of_a == of_b && a->order < b->order);
}

/* Of all entries the one that goes next. */
static size_t find_worst(const struct ocsp_cache *cache, const struct ocsp_params *params)
{
    size_t worst = 0;

    for (size_t i = 1; i < cache->count; i++)
        if (goes_before(cache->entries[i], cache->entries[worst], params))
            worst = i;
    return worst;
}

/* Of what is verified under one CertID and counts now, or waits, one is kept: decisions may have
 * verified several since. */
static void keep_one(struct ocsp_cache *cache, const struct ocsp_id *id,
                     const struct ocsp_params *params, bool waiting)
{
    size_t last, first = mtlsauth__ocsp_cache_find(cache, id, &last), best = last;

    for (size_t i = last; i-- > first;) {
        struct ocsp_said mine = said_by(cache->entries[i]), theirs;
        size_t out = i;

        if (!is_verified(cache->entries[i]) || is_waiting(cache->entries[i], params) != waiting)
            continue;
        if (best < last) {
            theirs = said_by(cache->entries[best]);
            if (mtlsauth__ocsp_outweighs(&mine, &theirs)) {
                out = best;
                best = i;
            }
            mtlsauth__ocsp_cache_take_out(cache, out);
            best -= out < best;
            last--;
        } else {
            best = i;
        }
    }
}

/* What waits stands in nobody's way, and nobody in its way. */
static void keep_verified(struct ocsp_cache *cache, const struct ocsp_id *id,
                          const struct ocsp_params *params)
{
    keep_one(cache, id, params, false);
    keep_one(cache, id, params, true);
}

/* Does one that is verified outweigh this one, which is so, too, or say the same? */
static bool is_outweighed(const struct ocsp_cache *cache, const struct ocsp_entry *made,
                          const struct ocsp_params *params)
{
    size_t last, first = mtlsauth__ocsp_cache_find(cache, &made->id, &last);
    struct ocsp_said mine = said_by(made);

    if (!is_verified(made))
        return false;
    for (size_t i = first; i < last; i++) {
        const struct ocsp_entry *other = cache->entries[i];
        struct ocsp_said theirs = said_by(other);

        if (is_verified(other) && !mtlsauth__ocsp_outweighs(&mine, &theirs) &&
            (is_waiting(other, params) == is_waiting(made, params) ||
             mtlsauth__ocsp_is_final(other->status, other->reason)))
            return true;
    }
    return false;
}

/* Which of the two is rather kept: what is verified, then what is not refuted, then what counts
 * now. */
static int compare_trust(const struct ocsp_entry *a, const struct ocsp_entry *b,
                         const struct ocsp_params *params)
{
    int more = (int)is_verified(a) - (int)is_verified(b);

    if (more == 0 && !is_verified(a))
        more = (int)atomic_load(&b->refuted) - (int)atomic_load(&a->refuted);
    return more != 0 ? more : (int)is_waiting(b, params) - (int)is_waiting(a, params);
}

const struct ocsp_entry *mtlsauth__ocsp_cache_best(const struct ocsp_cache *cache, size_t first,
                                                   size_t last, const struct ocsp_params *params)
{
    const struct ocsp_entry *best = cache->entries[first];

    for (size_t i = first + 1; i < last; i++) {
        const struct ocsp_entry *entry = cache->entries[i];
        struct ocsp_said mine = said_by(entry), theirs = said_by(best);
        int more = compare_trust(entry, best, params);

        if (more > 0 || (more == 0 && mtlsauth__ocsp_outweighs(&mine, &theirs)))
            best = entry;
    }
    return best;
}

/* How many from first to last nobody has verified; *worst is the one of them that goes next. */
static size_t count_unverified(const struct ocsp_cache *cache, size_t first, size_t last,
                               const struct ocsp_params *params, size_t *worst)
{
    size_t count = 0;

    for (size_t i = first; i < last; i++) {
        if (is_verified(cache->entries[i]))
            continue;
        if (count++ == 0 || goes_before(cache->entries[i], cache->entries[*worst], params))
            *worst = i;
    }
    return count;
}

/*
 * Room among those of one CertID, beside what is verified. What nobody has verified, and nobody has
 * refuted, is not displaced by something that nobody has verified either: it may be the true one.
 */
static bool make_room_for(struct ocsp_cache *cache, const struct ocsp_entry *made,
                          const struct ocsp_params *params)
{
    size_t last, first = mtlsauth__ocsp_cache_find(cache, &made->id, &last), worst = first;

    if (is_verified(made) ||
        count_unverified(cache, first, last, params, &worst) < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE)
        return true;
    if (worth(cache->entries[worst], params) > 1)
        return false;
    mtlsauth__ocsp_cache_take_out(cache, worst);
    return true;
}

static int fail_crowded(void)
{
    return mtlsauth__fail(
        MTLSAUTH_ERR_LIMIT,
        "OCSP: there are %d responses about this certificate already that nobody "
        "could verify yet; add its issuer to the intermediates, so that responses "
        "are verified when they are put",
        MTLSAUTH_MAX_OCSP_PER_CERTIFICATE);
}

/* Room in the whole cache, of which made is a part already. */
static int make_room(struct ocsp_cache *cache, const struct ocsp_entry *made,
                     const struct ocsp_params *params)
{
    while (cache->count > MTLSAUTH_MAX_OCSP_ENTRIES ||
           cache->bytes > MTLSAUTH_MAX_OCSP_CACHE_BYTES) {
        size_t worst = find_worst(cache, params);
        bool is_made = cache->entries[worst] == made;

        mtlsauth__ocsp_cache_take_out(cache, worst);
        if (is_made)
            return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                                  "OCSP: the cache is full (%d answers, %d bytes) of what is "
                                  "worth more than this response",
                                  MTLSAUTH_MAX_OCSP_ENTRIES, MTLSAUTH_MAX_OCSP_CACHE_BYTES);
    }
    return MTLSAUTH_OK;
}

int mtlsauth__ocsp_cache_keep(struct ocsp_cache *cache, struct ocsp_entry *made,
                              const struct ocsp_params *params, bool *kept)
{
    int code;

    *kept = false;
    keep_verified(cache, &made->id, params);
    if (is_outweighed(cache, made, params))
        return MTLSAUTH_OK;
    if (!make_room_for(cache, made, params))
        return fail_crowded();
    if (!mtlsauth__ocsp_cache_put_in(cache, made))
        return mtlsauth__fail_memory();
    keep_verified(cache, &made->id, params);
    code = make_room(cache, made, params);
    *kept = code == MTLSAUTH_OK;
    return code;
}
