/* SPDX-License-Identifier: MIT */
/* What goes when there is no room: the order that docs/revocation.md states. */
#include "unit.h"

#include <mtlsauth/crl.h>
#include <mtlsauth/error.h>
#include "base/memory.h"
#include "revocation/ocsp_keep.h"

enum { NOW = 1780315200, HOUR = 3600 };

static const struct revocation_params revocation = {.ocsp_max_age = MTLSAUTH_DEFAULT_OCSP_MAX_AGE};
static const struct ocsp_params params = {.revocation = &revocation, .now = NOW};

/* In the order in which they go. */
enum kind {
    REFUTED,
    EXPIRED,
    OF_FUTURE,
    EXPIRED_CLAIM,
    UNVERIFIED,
    CLAIM,
    EXPIRED_REVOCATION,
    GOOD,
    UNKNOWN,
    REVOCATION,
    KINDS
};

static const struct {
    const char *name;
    int status;
    bool verified, refuted;
    int64_t this_update, next_update;
} kinds[KINDS] = {
    [REFUTED] = {"refuted", MTLSAUTH_OCSP_REVOKED, false, true, NOW - HOUR, NOW + HOUR},
    [EXPIRED] = {"expired", MTLSAUTH_OCSP_GOOD, true, false, NOW - 2 * HOUR, NOW - HOUR},
    [OF_FUTURE] = {"of the future", MTLSAUTH_OCSP_GOOD, true, false, NOW + HOUR, NOW + 2 * HOUR},
    [EXPIRED_CLAIM] = {"expired, unverified revocation", MTLSAUTH_OCSP_REVOKED, false, false,
                       NOW - 2 * HOUR, NOW - HOUR},
    [UNVERIFIED] = {"unverified", MTLSAUTH_OCSP_GOOD, false, false, NOW - HOUR, NOW + HOUR},
    [CLAIM] = {"unverified revocation", MTLSAUTH_OCSP_REVOKED, false, false, NOW - HOUR,
               NOW + HOUR},
    [EXPIRED_REVOCATION] = {"expired revocation", MTLSAUTH_OCSP_REVOKED, true, false,
                            NOW - 2 * HOUR, NOW - HOUR},
    [GOOD] = {"good", MTLSAUTH_OCSP_GOOD, true, false, NOW - HOUR, NOW + HOUR},
    [UNKNOWN] = {"unknown", MTLSAUTH_OCSP_UNKNOWN, true, false, NOW - HOUR, NOW + HOUR},
    [REVOCATION] = {"revocation", MTLSAUTH_OCSP_REVOKED, true, false, NOW - HOUR, NOW + HOUR},
};

/* An answer about certificate number n, in a response of len bytes (of which few are there). */
static struct ocsp_entry *make(enum kind kind, unsigned n, size_t len)
{
    struct ocsp_entry *entry = mtlsauth__calloc(1, sizeof *entry);
    mtlsauth_ocsp_response *response = mtlsauth__calloc(1, sizeof *response);
    uint8_t *serial = mtlsauth__calloc(1, sizeof n);

    ck_assert(entry != NULL && response != NULL && serial != NULL);
    for (size_t i = 0; i < sizeof n; i++)
        serial[i] = (uint8_t)(n >> 8 * (sizeof n - 1 - i));
    refcount_init(&response->refs);
    response->der = serial;
    response->len = len;
    refcount_init(&entry->refs);
    ocsp_memo_init(&entry->memo);
    atomic_init(&entry->refuted, kinds[kind].refuted);
    if (kinds[kind].verified)
        ocsp_memo_set(&entry->memo, (const uint8_t[MTLSAUTH_SHA256_LEN]){0}, (struct span){0});
    entry->response = response;
    entry->id = (struct ocsp_id){.hash = HASH_SHA1, .serial = span_of(serial, sizeof n)};
    entry->status = kinds[kind].status;
    entry->reason = -1;
    entry->this_update = kinds[kind].this_update;
    entry->next_update = kinds[kind].next_update;
    return entry;
}

static int keep(struct ocsp_cache *cache, enum kind kind, unsigned n, size_t len)
{
    struct ocsp_entry *entry = make(kind, n, len);
    bool kept;
    int code = mtlsauth__ocsp_cache_keep(cache, entry, &params, &kept);

    ck_assert_int_eq(kept, code == MTLSAUTH_OK);
    mtlsauth__ocsp_entry_free(entry);
    return code;
}

static bool has(const struct ocsp_cache *cache, unsigned n)
{
    struct ocsp_entry *like = make(GOOD, n, 1);
    size_t last, first = mtlsauth__ocsp_cache_find(cache, &like->id, &last);

    mtlsauth__ocsp_entry_free(like);
    return last > first;
}

/* Of each kind two, the last kinds first, then revocations until there is no room. */
static struct ocsp_cache *full(size_t most, size_t len)
{
    struct ocsp_cache *cache;
    unsigned n = 0;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    for (int kind = KINDS; kind-- > 0;)
        for (unsigned i = 0; i < 2; i++)
            ck_assert_int_eq(keep(cache, (enum kind)kind, 2 * (unsigned)kind + i, len),
                             MTLSAUTH_OK);
    for (n = 2 * KINDS; cache->count < most; n++)
        ck_assert_int_eq(keep(cache, REVOCATION, n, len), MTLSAUTH_OK);
    return cache;
}

/* Each revocation that comes displaces the one that is to go next. */
static void displace(struct ocsp_cache *cache, size_t most, size_t len)
{
    /* Expired and of the future are of one kind, and so are good and unknown: the older one goes;
     * but the newer one of revocations that nobody has verified. */
    static const enum kind order[] = {
        REFUTED, OF_FUTURE,          EXPIRED, EXPIRED_CLAIM, UNVERIFIED,
        CLAIM,   EXPIRED_REVOCATION, UNKNOWN, GOOD,          REVOCATION};

    for (unsigned i = 0; i < 2 * COUNT_OF(order); i++) {
        enum kind kind = order[i / 2];
        bool is_claim = kind == EXPIRED_CLAIM || kind == CLAIM;
        unsigned next = 2 * (unsigned)kind + (is_claim ? 1 - i % 2 : i % 2);

        ASSERT_TRUE(kinds[kind].name, has(cache, next));
        ASSERT_INT(kinds[kind].name, keep(cache, REVOCATION, 1000000 + i, len), MTLSAUTH_OK);
        ASSERT_TRUE(kinds[kind].name, !has(cache, next));
        ASSERT_TRUE(kinds[kind].name, has(cache, 1000000 + i));
        ASSERT_INT(kinds[kind].name, cache->count, most);
        ASSERT_INT(kinds[kind].name, cache->bytes, most * len);
    }
}

START_TEST(order_by_entries)
{
    struct ocsp_cache *cache = full(MTLSAUTH_MAX_OCSP_ENTRIES, 1);

    displace(cache, MTLSAUTH_MAX_OCSP_ENTRIES, 1);
    mtlsauth__ocsp_cache_free(cache);
}
END_TEST

START_TEST(order_by_bytes)
{
    size_t most = MTLSAUTH_MAX_OCSP_CACHE_BYTES / MTLSAUTH_MAX_OCSP_BYTES;
    struct ocsp_cache *cache = full(most, MTLSAUTH_MAX_OCSP_BYTES);

    displace(cache, most, MTLSAUTH_MAX_OCSP_BYTES);
    mtlsauth__ocsp_cache_free(cache);
}
END_TEST

/* Where all that is there is worth more, what comes is refused, and nothing goes. */
START_TEST(worth_less_than_all)
{
    struct ocsp_cache *cache;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    for (unsigned n = 0; n < MTLSAUTH_MAX_OCSP_ENTRIES; n++)
        ck_assert_int_eq(keep(cache, REVOCATION, n, 1), MTLSAUTH_OK);
    for (int kind = 0; kind < REVOCATION; kind++) {
        ASSERT_INT(kinds[kind].name, keep(cache, (enum kind)kind, 1000000, 1), MTLSAUTH_ERR_LIMIT);
        ASSERT_TRUE(kinds[kind].name, !has(cache, 1000000));
        ASSERT_INT(kinds[kind].name, cache->count, MTLSAUTH_MAX_OCSP_ENTRIES);
    }
    for (unsigned n = 0; n < MTLSAUTH_MAX_OCSP_ENTRIES; n++)
        ck_assert(has(cache, n));
    mtlsauth__ocsp_cache_free(cache);
}
END_TEST

/* Strangers make any number of answers about certificates that there are not: none of them displaces
 * a revocation that may be true. */
START_TEST(revocation_among_forged)
{
    static const struct {
        enum kind first, forged;
        bool stays, comes;
    } rows[] = {
        {CLAIM, CLAIM, true, false},
        {CLAIM, UNVERIFIED, true, true},
        {EXPIRED_CLAIM, EXPIRED_CLAIM, true, false},
        {EXPIRED_CLAIM, UNVERIFIED, false, true},
        {UNVERIFIED, UNVERIFIED, false, true},
        {UNVERIFIED, EXPIRED_CLAIM, true, false},
        {UNVERIFIED, CLAIM, false, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *name = kinds[rows[i].first].name;
        struct ocsp_cache *cache;

        ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
        ASSERT_INT(name, keep(cache, rows[i].first, 0, 1), MTLSAUTH_OK);
        for (unsigned n = 1; n < MTLSAUTH_MAX_OCSP_ENTRIES; n++)
            ASSERT_INT(name, keep(cache, rows[i].forged, n, 1), MTLSAUTH_OK);
        ASSERT_INT(name, keep(cache, rows[i].forged, 1000000, 1),
                   rows[i].comes ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
        ASSERT_INT(name, has(cache, 0), rows[i].stays);
        mtlsauth__ocsp_cache_free(cache);
    }
}
END_TEST

/* Who has signed, what, and when: in hours from now; it ends two hours later. */
struct said {
    char by; /* I: the issuer; 1, 2, and others: its delegates; ?: nobody has verified it */
    int status, reason;
    int hour;
};

enum { G = MTLSAUTH_OCSP_GOOD, U = MTLSAUTH_OCSP_UNKNOWN, R = MTLSAUTH_OCSP_REVOKED };
#define H R, MTLSAUTH_CRL_REASON_CERTIFICATE_HOLD
#define F R, MTLSAUTH_CRL_REASON_KEY_COMPROMISE

static struct ocsp_entry *make_said_of(const struct said *said, unsigned n)
{
    static char names[256];
    struct ocsp_entry *entry = make(UNVERIFIED, n, 1);

    names[(unsigned char)said->by] = said->by;
    if (said->by != '?')
        ocsp_memo_set(&entry->memo, (const uint8_t[MTLSAUTH_SHA256_LEN]){0},
                      span_of(names + (unsigned char)said->by, said->by != 'I'));
    entry->status = said->status;
    entry->reason = said->reason;
    entry->this_update = NOW + said->hour * HOUR;
    entry->next_update = entry->this_update + 2 * HOUR;
    return entry;
}

/* All about one certificate. */
static struct ocsp_entry *make_said(const struct said *said)
{
    return make_said_of(said, 1);
}

static bool is_in(const struct ocsp_cache *cache, const struct ocsp_entry *entry)
{
    for (size_t i = 0; i < cache->count; i++)
        if (cache->entries[i] == entry)
            return true;
    return false;
}

static void put_said(struct ocsp_cache *cache, struct ocsp_entry *entry)
{
    bool kept;

    ck_assert_int_eq(mtlsauth__ocsp_cache_keep(cache, entry, &params, &kept), MTLSAUTH_OK);
    ck_assert(kept == is_in(cache, entry));
}

/* The table of docs/revocation.md: which of two stays, in whatever order they are put. */
START_TEST(which_of_two)
{
    static const struct {
        const char *name;
        struct said said[2];
        bool first, second;
    } rows[] = {
        {"one delegate, later", {{'1', H, -1}, {'1', G, -1, 0}}, false, true},
        {"one delegate, for good", {{'1', F, -1}, {'1', G, -1, 0}}, true, false},
        {"one delegate, for good, later", {{'1', F, -1}, {'1', F, 0}}, false, true},
        {"one delegate, waiting", {{'1', H, -1}, {'1', G, -1, 1}}, true, true},
        {"one delegate, waiting, the other too", {{'1', G, -1, 2}, {'1', G, -1, 1}}, true, false},
        {"one delegate, for good, and waiting", {{'1', F, -1}, {'1', G, -1, 1}}, true, false},
        {"one delegate, for good, of the future", {{'1', F, 5}, {'1', G, -1, 0}}, true, false},
        {"the issuer, later", {{'I', H, -1}, {'I', G, -1, 0}}, false, true},
        {"the issuer, for good", {{'I', F, -1}, {'I', G, -1, 0}}, true, false},
        {"the issuer for good, a delegate", {{'I', F, -1}, {'1', G, -1, 0}}, true, false},
        {"the issuer for good, a delegate too", {{'I', F, -1}, {'1', F, 0}}, true, false},
        {"the issuer for good, a delegate on hold", {{'I', F, -1}, {'1', H, 0}}, true, false},
        {"the issuer for good, one that waits", {{'I', F, -1}, {'1', G, -1, 1}}, true, false},
        {"the issuer, a delegate for good", {{'I', G, -1, 0}, {'1', F, -1}}, true, true},
        {"the issuer on hold, a delegate for good", {{'I', H, -1}, {'1', F, 0}}, true, true},
        {"the issuer on hold, a delegate later", {{'I', H, -1}, {'1', G, -1, 0}}, true, true},
        {"the issuer on hold, a delegate before", {{'I', H, 0}, {'1', G, -1, -1}}, true, false},
        {"the issuer, a delegate on hold before", {{'I', G, -1, 0}, {'1', H, -1}}, true, false},
        {"the issuer, a delegate on hold later", {{'I', G, -1, -1}, {'1', H, 0}}, true, true},
        {"the issuer, a delegate of that time", {{'I', G, -1, 0}, {'1', G, -1, 0}}, true, false},
        {"the issuer, on hold at that time", {{'I', G, -1, 0}, {'1', H, 0}}, true, true},
        {"the issuer, one that waits", {{'I', G, -1, 0}, {'1', G, -1, 1}}, true, true},
        {"the issuer waits", {{'I', G, -1, 1}, {'1', G, -1, 0}}, true, true},
        {"two delegates for good", {{'1', F, -1}, {'2', F, 0}}, true, true},
        {"two delegates, one for good", {{'1', F, -1}, {'2', G, -1, 0}}, true, true},
        {"two delegates, on hold", {{'1', H, -1}, {'2', G, -1, 0}}, true, true},
        {"two delegates, on hold long ago", {{'1', H, -9}, {'2', G, -1, 0}}, true, true},
        {"two delegates, unknown long ago", {{'1', U, -1, -9}, {'2', G, -1, 0}}, true, true},
        {"two delegates, good", {{'1', G, -1, -1}, {'2', G, -1, 0}}, true, true},
        {"two delegates, good long ago", {{'1', G, -1, -9}, {'2', G, -1, 0}}, false, true},
        {"two delegates, both long ago", {{'1', G, -1, -9}, {'2', H, -10}}, true, true},
        {"two delegates, good long ago, on hold", {{'1', G, -1, -9}, {'2', H, -8}}, false, true},
        {"two delegates, good long ago, one that waits",
         {{'1', G, -1, -9}, {'2', G, -1, 1}},
         true,
         true},
        {"two delegates, one waits, one for good", {{'1', G, -1, 1}, {'2', F, 0}}, true, true},
        {"a delegate, nobody later", {{'1', H, -1}, {'?', G, -1, 0}}, true, true},
        {"a delegate, nobody before", {{'1', G, -1, 0}, {'?', H, -1}}, true, true},
        {"a delegate long ago, nobody later", {{'1', G, -1, -9}, {'?', H, -1}}, true, true},
        {"the issuer, nobody before", {{'I', G, -1, 0}, {'?', H, -1}}, true, true},
        {"the issuer, nobody for good", {{'I', G, -1, 0}, {'?', F, 0}}, true, true},
        {"nobody, and nobody later", {{'?', H, -1}, {'?', G, -1, 0}}, true, true},
        {"the issuer long ago", {{'I', G, -1, -9}, {'1', G, -1, 0}}, true, true},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        const char *name = rows[i / 2].name;
        struct ocsp_entry *first = make_said(&rows[i / 2].said[0]);
        struct ocsp_entry *second = make_said(&rows[i / 2].said[1]);
        struct ocsp_cache *cache;

        ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
        put_said(cache, i % 2 == 0 ? first : second);
        put_said(cache, i % 2 == 0 ? second : first);
        ASSERT_INT(name, is_in(cache, first), rows[i / 2].first);
        ASSERT_INT(name, is_in(cache, second), rows[i / 2].second);
        mtlsauth__ocsp_cache_free(cache);
        mtlsauth__ocsp_entry_free(first);
        mtlsauth__ocsp_entry_free(second);
    }
}
END_TEST

/* Who says the same once more takes no place of the one that is there. */
START_TEST(the_same_again)
{
    static const struct said said = {'1', G, -1, 0};
    struct ocsp_entry *first = make_said(&said), *again = make_said(&said);
    struct ocsp_cache *cache;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    put_said(cache, first);
    put_said(cache, again);
    ck_assert(is_in(cache, first) && !is_in(cache, again));
    mtlsauth__ocsp_cache_free(cache);
    mtlsauth__ocsp_entry_free(first);
    mtlsauth__ocsp_entry_free(again);
}
END_TEST

/* What a decision has refuted displaces nothing of others; of the same signer it takes no other
 * place than it has. */
START_TEST(refuted_ones)
{
    struct ocsp_entry *of_issuer = make_said(&(struct said){'I', G, -1, 0});
    struct ocsp_entry *on_hold = make_said(&(struct said){'1', H, -1});
    struct ocsp_entry *before = make_said(&(struct said){'I', G, -1, -1});
    struct ocsp_cache *cache;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    put_said(cache, of_issuer);
    atomic_store(&of_issuer->refuted, true);
    put_said(cache, on_hold);
    put_said(cache, before);
    ck_assert(is_in(cache, of_issuer) && is_in(cache, on_hold) && !is_in(cache, before));
    mtlsauth__ocsp_cache_free(cache);
    mtlsauth__ocsp_entry_free(of_issuer);
    mtlsauth__ocsp_entry_free(on_hold);
    mtlsauth__ocsp_entry_free(before);
}
END_TEST

/* One more that nobody has verified, about a certificate that has as many already. */
START_TEST(crowded)
{
    static const struct {
        const char *name;
        struct said first;
        bool is_refuted, stays;
    } rows[] = {
        {"good", {'?', G, -1, 0}, false, true},
        {"revoked", {'?', F, 0}, false, true},
        {"good long ago", {'?', G, -1, -9}, false, false},
        {"unknown long ago", {'?', U, -1, -9}, false, false},
        {"good, of the future", {'?', G, -1, 9}, false, false},
        {"revoked long ago", {'?', F, -9}, false, true},
        {"on hold long ago", {'?', H, -9}, false, true},
        {"revoked, of the future", {'?', F, 9}, false, true},
        {"revoked, and refuted", {'?', F, 0}, true, false},
        {"revoked long ago, and refuted", {'?', F, -9}, true, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ocsp_entry *first = make_said(&rows[i].first), *last;
        struct ocsp_cache *cache;
        bool kept;

        ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
        put_said(cache, first);
        atomic_store(&first->refuted, rows[i].is_refuted);
        for (int n = 1; n < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE; n++) {
            struct ocsp_entry *entry = make_said(&(struct said){'?', F, 0});

            put_said(cache, entry);
            mtlsauth__ocsp_entry_free(entry);
        }
        last = make_said(&(struct said){'?', F, 0});
        ASSERT_INT(rows[i].name, mtlsauth__ocsp_cache_keep(cache, last, &params, &kept),
                   rows[i].stays ? MTLSAUTH_ERR_LIMIT : MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, is_in(cache, first), rows[i].stays);
        ASSERT_INT(rows[i].name, is_in(cache, last), !rows[i].stays);
        mtlsauth__ocsp_cache_free(cache);
        mtlsauth__ocsp_entry_free(first);
        mtlsauth__ocsp_entry_free(last);
    }
}
END_TEST

/* Delegates have so many places: what goes for one more of them. */
START_TEST(places)
{
    enum { ALL = MTLSAUTH_MAX_OCSP_DELEGATES };
    static const struct {
        const char *name;
        struct said others; /* the second of them, and those after it, an hour later each */
        struct said first, last;
        bool first_stays, last_comes;
    } rows[] = {
        {"the oldest", {'b', H, -8}, {'a', H, -9}, {'z', G, -1, 0}, false, true},
        {"what is over, though newer", {'b', F, -8}, {'a', H, -3}, {'z', H, 0}, false, true},
        {"not what was said for good", {'b', F, -8}, {'a', F, -9}, {'z', G, -1, 0}, true, false},
        {"nor for one that was, too", {'b', F, -8}, {'a', F, -9}, {'z', F, 0}, true, false},
        {"what waits, before what counts",
         {'b', F, -8},
         {'a', G, -1, 0},
         {'z', G, -1, 5},
         true,
         false},
        {"of one time, what was put first", {'b', H, -7}, {'a', H, -8}, {'z', H, -8}, false, true},
        {"what counts, before a hold of the future",
         {'b', F, -8},
         {'a', H, 5},
         {'z', G, -1, 0},
         true,
         false},
        {"what is older than all of them",
         {'b', H, -8},
         {'a', H, -9},
         {'z', U, -1, -10},
         true,
         false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ocsp_entry *first = make_said(&rows[i].first), *last = make_said(&rows[i].last);
        struct said said = rows[i].others;
        struct ocsp_cache *cache;

        ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
        put_said(cache, first);
        for (int n = 1; n < ALL; n++, said.by++, said.hour++) {
            struct ocsp_entry *entry = make_said(&said);

            put_said(cache, entry);
            mtlsauth__ocsp_entry_free(entry);
        }
        put_said(cache, last);
        ASSERT_INT(rows[i].name, is_in(cache, first), rows[i].first_stays);
        ASSERT_INT(rows[i].name, is_in(cache, last), rows[i].last_comes);
        ASSERT_INT(rows[i].name, cache->count, ALL);
        mtlsauth__ocsp_cache_free(cache);
        mtlsauth__ocsp_entry_free(first);
        mtlsauth__ocsp_entry_free(last);
    }
}
END_TEST

/* What nobody has verified has places of its own. */
START_TEST(places_of_others)
{
    struct ocsp_entry *unverified = make_said(&(struct said){'?', H, -1});
    struct ocsp_cache *cache;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    put_said(cache, unverified);
    for (int n = 0; n < MTLSAUTH_MAX_OCSP_DELEGATES; n++) {
        struct ocsp_entry *entry = make_said(&(struct said){(char)('a' + n), H, 0});

        put_said(cache, entry);
        ck_assert(is_in(cache, entry));
        mtlsauth__ocsp_entry_free(entry);
    }
    ck_assert(is_in(cache, unverified));
    ck_assert_uint_eq(cache->count, MTLSAUTH_MAX_OCSP_DELEGATES + 1);
    mtlsauth__ocsp_cache_free(cache);
    mtlsauth__ocsp_entry_free(unverified);
}
END_TEST

/* A CA makes a new delegate each week: thousands of certificates take as many places as before,
 * and one that is revoked, of each hundred, those of the delegates that have a place. */
START_TEST(weeks)
{
    enum { CERTIFICATES = 5000, OF_EACH = 100, WEEKS = MTLSAUTH_MAX_OCSP_DELEGATES + 2 };
    struct ocsp_cache *cache;

    ck_assert_int_eq(mtlsauth__ocsp_cache_new(&cache), MTLSAUTH_OK);
    for (int week = 0; week < WEEKS; week++) {
        const struct said good = {(char)('a' + week), G, -1, 3 * (week + 1 - WEEKS)};
        const struct said revoked = {(char)('a' + week), F, 3 * (week + 1 - WEEKS)};
        size_t of_revoked =
            week < MTLSAUTH_MAX_OCSP_DELEGATES ? (size_t)week + 1 : MTLSAUTH_MAX_OCSP_DELEGATES;

        for (unsigned n = 0; n < CERTIFICATES; n++) {
            struct ocsp_entry *entry = make_said_of(n % OF_EACH == 0 ? &revoked : &good, n);

            put_said(cache, entry);
            mtlsauth__ocsp_entry_free(entry);
        }
        ck_assert_uint_eq(cache->count, CERTIFICATES + CERTIFICATES / OF_EACH * (of_revoked - 1));
        ck_assert_uint_eq(cache->bytes, cache->count);
    }
    mtlsauth__ocsp_cache_free(cache);
}
END_TEST

/* docs/revocation.md states the numbers. */
START_TEST(documented)
{
    static const char *const numbers[] = {
        "16,384 answers (`MTLSAUTH_MAX_OCSP_ENTRIES`)", "64 MiB (`MTLSAUTH_MAX_OCSP_CACHE_BYTES`)",
        "up\n  to 4 for one certificate", "8 delegates (`MTLSAUTH_MAX_OCSP_DELEGATES`)"};
    FILE *file = fopen(DOCS_DIR "/revocation.md", "r");
    static char text[1 << 18];
    size_t len;

    ck_assert_ptr_nonnull(file);
    len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    ck_assert_uint_lt(len, sizeof text - 1);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        ASSERT_TRUE(numbers[i], strstr(text, numbers[i]) != NULL);
    ck_assert_int_eq(MTLSAUTH_MAX_OCSP_ENTRIES, 16384);
    ck_assert_int_eq(MTLSAUTH_MAX_OCSP_CACHE_BYTES, 64 << 20);
    ck_assert_int_eq(MTLSAUTH_MAX_OCSP_PER_CERTIFICATE, 4);
    ck_assert_int_eq(MTLSAUTH_MAX_OCSP_DELEGATES, 8);
}
END_TEST

UNIT_MAIN("revocation/ocsp_keep", order_by_entries, order_by_bytes, worth_less_than_all,
          revocation_among_forged, which_of_two, the_same_again, refuted_ones, crowded, places,
          places_of_others, weeks, documented)
