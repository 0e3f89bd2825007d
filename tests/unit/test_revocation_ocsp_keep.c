/* SPDX-License-Identifier: MIT */
/* What goes when there is no room: the order that docs/revocation.md states. */
#include "unit.h"

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
    UNVERIFIED,
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
    [UNVERIFIED] = {"unverified", MTLSAUTH_OCSP_REVOKED, false, false, NOW - HOUR, NOW + HOUR},
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
    /* Expired and of the future are of one kind, and so are good and unknown: the older one
     * goes. */
    static const enum kind order[] = {REFUTED, OF_FUTURE, EXPIRED,   UNVERIFIED, EXPIRED_REVOCATION,
                                      UNKNOWN, GOOD,      REVOCATION};

    for (unsigned i = 0; i < 2 * COUNT_OF(order); i++) {
        enum kind kind = order[i / 2];
        unsigned next = 2 * (unsigned)kind + i % 2;

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

/* docs/revocation.md states the numbers. */
START_TEST(documented)
{
    static const char *const numbers[] = {"16,384 answers (`MTLSAUTH_MAX_OCSP_ENTRIES`)",
                                          "64 MiB (`MTLSAUTH_MAX_OCSP_CACHE_BYTES`)",
                                          "up\n  to 4 for one certificate"};
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
}
END_TEST

UNIT_MAIN("revocation/ocsp_keep", order_by_entries, order_by_bytes, worth_less_than_all, documented)
