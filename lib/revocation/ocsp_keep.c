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

/* Its issuer has signed it, or a responder of the issuer, who may turn out to be revoked. */
static bool is_verified(const struct ocsp_entry *entry)
{
    return ocsp_memo_is_set(&entry->memo);
}

static bool is_by_issuer(const struct ocsp_entry *entry)
{
    return is_verified(entry) && entry->memo.delegate.len == 0;
}

static bool is_refuted(const struct ocsp_entry *entry)
{
    return atomic_load(&entry->refuted);
}

static bool is_final(const struct ocsp_entry *entry)
{
    return mtlsauth__ocsp_is_final(entry->status, entry->reason);
}

static bool is_of_future(int64_t this_update, const struct ocsp_params *params)
{
    return ocsp_is_of_future(this_update, params->revocation, params->now);
}

static bool has_ended(int64_t this_update, int64_t next_update, const struct ocsp_params *params)
{
    return ocsp_is_too_old(this_update, params->revocation, params->now) ||
           ocsp_is_past_next(next_update, params->revocation, params->now);
}

static bool is_expired(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return is_of_future(entry->this_update, params) ||
           has_ended(entry->this_update, entry->next_update, params);
}

/* It counts when its time comes. One that tells of a revocation does so at once, as entries of
 * lists do. */
static bool is_waiting(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return is_of_future(entry->this_update, params) && entry->status != MTLSAUTH_OCSP_REVOKED;
}

static struct ocsp_said said_by(const struct ocsp_entry *entry)
{
    return (struct ocsp_said){entry->status, entry->reason, entry->this_update, entry->next_update,
                              is_by_issuer(entry)};
}

/* What goes first when there is no room. */
enum worth {
    WORTH_REFUTED, /* and nobody has verified it */
    WORTH_EXPIRED, /* it tells of no revocation */
    WORTH_EXPIRED_CLAIM,
    WORTH_UNVERIFIED,
    WORTH_CLAIM, /* of a revocation: nobody has verified it */
    WORTH_EXPIRED_REVOCATION,
    WORTH_GOOD,
    WORTH_REVOCATION
};

static enum worth worth(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    bool expired = is_expired(entry, params);
    bool revokes = entry->status == MTLSAUTH_OCSP_REVOKED;

    if (!is_verified(entry) && is_refuted(entry))
        return WORTH_REFUTED;
    if (expired && !revokes)
        return WORTH_EXPIRED;
    if (!is_verified(entry))
        return !revokes ? WORTH_UNVERIFIED : expired ? WORTH_EXPIRED_CLAIM : WORTH_CLAIM;
    if (revokes)
        return expired ? WORTH_EXPIRED_REVOCATION : WORTH_REVOCATION;
    return WORTH_GOOD;
}

/* Does a go before b? Of the same worth, the one that was put first; but of revocations that nobody
 * has verified the one that was put last: a stranger makes any number, and the first is the true
 * one. */
static bool goes_before(const struct ocsp_entry *a, const struct ocsp_entry *b,
                        const struct ocsp_params *params)
{
    enum worth of_a = worth(a, params), of_b = worth(b, params);

    if (of_a != of_b)
        return of_a < of_b;
    return of_a == WORTH_EXPIRED_CLAIM || of_a == WORTH_CLAIM ? a->order > b->order
                                                              : a->order < b->order;
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

/* What has expired and was good, as a responder said: it vouches for nobody any more. */
static bool is_over(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return entry->status == MTLSAUTH_OCSP_GOOD && !is_by_issuer(entry) &&
           !is_waiting(entry, params) && is_expired(entry, params);
}

/*
 * Is b not needed beside a, both of one CertID and verified? docs/revocation.md has the table. Who
 * has signed both, and the issuer, may take a word of b back; another responder may be revoked,
 * which a decision knows and a put does not, and takes back nothing but what is over anyway. What
 * waits stands in nobody's way, and nothing but what is final in its way.
 */
static bool displaces(const struct ocsp_entry *a, const struct ocsp_entry *b,
                      const struct ocsp_params *params)
{
    struct ocsp_said mine = said_by(a), theirs = said_by(b);
    bool alike = !mtlsauth__ocsp_outweighs(&mine, &theirs);

    if (mtlsauth__ocsp_outweighs(&theirs, &mine) ||
        (is_waiting(a, params) != is_waiting(b, params) && !is_final(a)))
        return false;
    /* Whatever a decision has found of the one is so of the other: nobody takes more places by it.
     */
    if (ocsp_memo_same_signer(&a->memo, &b->memo))
        return !alike || a->order < b->order;
    if (is_refuted(a))
        return false;
    return is_by_issuer(a) ? !is_by_issuer(b) : !alike && is_over(b, params);
}

/* Decisions may have verified several since. */
static void drop_displaced(struct ocsp_cache *cache, const struct ocsp_id *id,
                           const struct ocsp_params *params)
{
    size_t last, first = mtlsauth__ocsp_cache_find(cache, id, &last);

    for (size_t i = last; i-- > first;) {
        const struct ocsp_entry *entry = cache->entries[i];
        bool displaced = false;

        for (size_t n = first; n < last && is_verified(entry) && !displaced; n++)
            displaced = n != i && is_verified(cache->entries[n]) &&
                        displaces(cache->entries[n], entry, params);
        if (displaced) {
            mtlsauth__ocsp_cache_take_out(cache, i);
            last--;
        }
    }
}

/* The less, the sooner a responder's answer goes for one of another responder. */
static int place_worth(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    if (is_final(entry))
        return 2;
    return is_waiting(entry, params) || has_ended(entry->this_update, entry->next_update, params)
               ? 0
               : 1;
}

/* What is older goes first; but of what was said for good the one that was put last, so that
 * nothing takes that back. */
static bool leaves_before(const struct ocsp_entry *a, const struct ocsp_entry *b,
                          const struct ocsp_params *params)
{
    int of_a = place_worth(a, params), of_b = place_worth(b, params);

    if (of_a != of_b)
        return of_a < of_b;
    if (is_final(a))
        return a->order > b->order;
    return a->this_update != b->this_update ? a->this_update < b->this_update : a->order < b->order;
}

/* The issuer needs no place. */
static void drop_beyond_places(struct ocsp_cache *cache, const struct ocsp_id *id,
                               const struct ocsp_params *params)
{
    size_t taken = MTLSAUTH_MAX_OCSP_DELEGATES + 1;

    while (taken > MTLSAUTH_MAX_OCSP_DELEGATES) {
        size_t last, first = mtlsauth__ocsp_cache_find(cache, id, &last), worst = last;

        taken = 0;
        for (size_t i = first; i < last; i++) {
            const struct ocsp_entry *entry = cache->entries[i];

            if (!is_verified(entry) || is_by_issuer(entry))
                continue;
            taken++;
            if (worst == last || leaves_before(entry, cache->entries[worst], params))
                worst = i;
        }
        if (taken > MTLSAUTH_MAX_OCSP_DELEGATES)
            mtlsauth__ocsp_cache_take_out(cache, worst);
    }
}

static bool has(const struct ocsp_cache *cache, const struct ocsp_entry *entry)
{
    size_t last, i = mtlsauth__ocsp_cache_find(cache, &entry->id, &last);

    while (i < last && cache->entries[i] != entry)
        i++;
    return i < last;
}

/* Which of the two is rather kept: what is verified and not refuted, then what is not refuted, then
 * what counts now. */
static int compare_trust(const struct ocsp_entry *a, const struct ocsp_entry *b,
                         const struct ocsp_params *params)
{
    bool refuted_a = is_refuted(a), refuted_b = is_refuted(b);
    int more = (int)(is_verified(a) && !refuted_a) - (int)(is_verified(b) && !refuted_b);

    if (more == 0)
        more = (int)refuted_b - (int)refuted_a;
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

/* Another one that is good would only let in, and it can be asked for again. */
bool mtlsauth__ocsp_is_needed(const struct ocsp_entry *entry, const struct ocsp_params *params)
{
    return is_verified(entry) && !is_waiting(entry, params) &&
           (is_by_issuer(entry) || entry->status != MTLSAUTH_OCSP_GOOD);
}

bool mtlsauth__ocsp_tells_of_revocation(const mtlsauth_ocsp_response *response)
{
    struct der list = der_of(response->singles);
    struct ocsp_single single;
    const char *why;

    while (!der_at_end(&list) && mtlsauth__ocsp_single_next(&list, &single, &why))
        if (single.status == MTLSAUTH_OCSP_REVOKED)
            return true;
    return false;
}

bool mtlsauth__ocsp_is_spent(const mtlsauth_ocsp_response *response, bool is_unverified,
                             const struct ocsp_params *params)
{
    struct der list = der_of(response->singles);
    struct ocsp_single single;
    const char *why;

    while (!der_at_end(&list) && mtlsauth__ocsp_single_next(&list, &single, &why)) {
        bool ended = has_ended(single.this_update, single.next_update, params) ||
                     (is_unverified && is_of_future(single.this_update, params));

        if (!ended || (single.status == MTLSAUTH_OCSP_REVOKED && !is_unverified))
            return false;
    }
    return true;
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
 * What has expired is of no use, but to revoke.
 */
static bool make_room_for(struct ocsp_cache *cache, const struct ocsp_entry *made,
                          const struct ocsp_params *params)
{
    size_t last, first = mtlsauth__ocsp_cache_find(cache, &made->id, &last), worst = first;

    if (is_verified(made) ||
        count_unverified(cache, first, last, params, &worst) < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE)
        return true;
    if (worth(cache->entries[worst], params) > WORTH_EXPIRED)
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
                                  "worth more than this response; one whose issuer is among the "
                                  "intermediates is verified when it is put, and worth more",
                                  MTLSAUTH_MAX_OCSP_ENTRIES, MTLSAUTH_MAX_OCSP_CACHE_BYTES);
    }
    return MTLSAUTH_OK;
}

int mtlsauth__ocsp_cache_keep(struct ocsp_cache *cache, struct ocsp_entry *made,
                              const struct ocsp_params *params, bool *kept)
{
    int code;

    *kept = false;
    if (!make_room_for(cache, made, params))
        return fail_crowded();
    if (!mtlsauth__ocsp_cache_put_in(cache, made))
        return mtlsauth__fail_memory();
    drop_displaced(cache, &made->id, params);
    drop_beyond_places(cache, &made->id, params);
    if (!has(cache, made))
        return MTLSAUTH_OK;
    code = make_room(cache, made, params);
    *kept = code == MTLSAUTH_OK;
    return code;
}
