/* SPDX-License-Identifier: MIT */
#include "trust.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdatomic.h>
#include "authorizer/path_cache.h"

#define OK MTLSAUTH_OK
/* 2026-06-01, of the leaf that ends early. */
#define EARLY_END 1780272000

/* What libcrypto has allocated so far. */
static atomic_size_t allocations;

static void *counting_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    atomic_fetch_add(&allocations, 1);
    return malloc(size);
}

static void *counting_realloc(void *ptr, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    atomic_fetch_add(&allocations, 1);
    return realloc(ptr, size);
}

static void plain_free(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    free(ptr);
}

/* One certificate policy, 1.3.6.1.4.1.99999.1. */
static const struct pki_extension policies = {
    "\x55\x1d\x20", false, "\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x04\x01\x86\x8d\x1f", 14};
static const struct pki_cert root_words = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};
static const struct pki_cert middle_words = {.subject = "Middle",
                                             .issuer = "Root",
                                             .key = 2,
                                             .signer = 1,
                                             .ca = true,
                                             .extensions = &policies,
                                             .extension_count = 1};
static const struct pki_cert leaf_words = {.subject = "leaf",
                                           .issuer = "Middle",
                                           .key = 3,
                                           .signer = 2,
                                           .names = "dns:a.example",
                                           .not_after = "260601000000Z"};

static mtlsauth_cert *root, *middle;
static mtlsauth_truststore *store;
static mtlsauth_policy *policy;
static mtlsauth_authorizer *authorizer;
static mtlsauth_chain *chain;
static int64_t now;
static atomic_uint looks_at_the_clock; /* of several threads in one test */

static int64_t clock_of_test(void *unused)
{
    (void)unused;
    looks_at_the_clock++;
    return now;
}

static mtlsauth_policy *make_policy(const char *matcher)
{
    mtlsauth_policy *made;

    ck_assert_int_eq(mtlsauth_policy_new(&made, MTLSAUTH_PROFILE_API_GATEWAY), OK);
    ck_assert_int_eq(mtlsauth_policy_set_clock(made, clock_of_test, NULL), OK);
    ck_assert_int_eq(mtlsauth_policy_allow(made, "a", &matcher, 1), OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(made, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF), OK);
    return made;
}

/* Takes the leaf; other may be NULL. */
static mtlsauth_chain *chain_of(mtlsauth_cert *leaf, const mtlsauth_cert *other)
{
    const void *ders[2];
    size_t lens[2];
    mtlsauth_chain *made;

    ders[0] = mtlsauth_cert_der(leaf, &lens[0]);
    if (other != NULL)
        ders[1] = mtlsauth_cert_der(other, &lens[1]);
    ck_assert_int_eq(mtlsauth_chain_from_der(&made, ders, lens, other == NULL ? 1 : 2), OK);
    mtlsauth_cert_free(leaf);
    return made;
}

static void setup(void)
{
    now = TRUST_NOW;
    root = trust_cert(&root_words);
    middle = trust_cert(&middle_words);
    store = trust_store(&root, 1);
    policy = make_policy("dns:a.example");
    chain = chain_of(trust_cert(&leaf_words), middle);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), OK);
}

static void teardown(void)
{
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    mtlsauth_chain_free(chain);
    trust_free((mtlsauth_cert *[]){root, middle}, 2);
}

/* A number of the statistics. */
static unsigned long count_of(const char *name)
{
    static char json[65536];
    const char *at;

    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL), OK);
    at = strstr(strstr(json, "\"path_cache\""), name);
    ck_assert_ptr_nonnull(at);
    return strtoul(at + strlen(name) + 2, NULL, 10);
}

/* The answer, which has to come from the cache, or not; one decision has one time. */
#define EXPECT(row, expected, from_cache)                                                          \
    do {                                                                                           \
        unsigned long before = count_of("hits");                                                   \
                                                                                                   \
        looks_at_the_clock = 0;                                                                    \
        ASSERT_INT(row, mtlsauth_authorize(authorizer, chain, NULL), expected);                    \
        ASSERT_INT(row, looks_at_the_clock, 1);                                                    \
        ASSERT_INT(row, count_of("hits") - before, (from_cache) ? 1 : 0);                          \
    } while (0)

/* It is nothing about the client, who would not be valid yet in year 0. */
START_TEST(a_clock_without_a_time)
{
    setup();
    EXPECT("before", OK, false);
    now = MTLSAUTH_NO_TIME;
    EXPECT("no time", MTLSAUTH_DENY_INTERNAL, false);
    ck_assert_int_eq(mtlsauth_path_verify(store, chain, policy, NULL), MTLSAUTH_DENY_INTERNAL);
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, chain, NULL), MTLSAUTH_DENY_INTERNAL);
    now = MTLSAUTH_NO_TIME + 1;
    EXPECT("year 0", MTLSAUTH_DENY_NOT_YET_VALID, false);
    now = TRUST_NOW;
    EXPECT("afterwards", OK, true);
    teardown();
}
END_TEST

START_TEST(an_expired_leaf_is_denied_from_the_first_second)
{
    mtlsauth_authorizer *first;

    setup();
    first = authorizer;
    EXPECT("new", OK, false);
    EXPECT("seen", OK, true);
    now = EARLY_END;
    EXPECT("seen, at notAfter", OK, true);
    now = EARLY_END + 1;
    EXPECT("seen, a second later", MTLSAUTH_DENY_EXPIRED, false);
    EXPECT("and again", MTLSAUTH_DENY_EXPIRED, false);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), OK);
    EXPECT("new, a second later", MTLSAUTH_DENY_EXPIRED, false);
    now = EARLY_END;
    EXPECT("new, at notAfter", OK, false);
    mtlsauth_authorizer_free(authorizer);
    authorizer = first;
    now = 1735689600 - 1;
    EXPECT("seen, before notBefore", MTLSAUTH_DENY_NOT_YET_VALID, false);
    now++;
    EXPECT("seen, at notBefore", OK, true);
    teardown();
}
END_TEST

/* A path that is remembered is not an answer that is. */
START_TEST(identity_and_block_list_are_asked_each_time)
{
    mtlsauth_policy *other;

    setup();
    other = make_policy("dns:b.example");
    EXPECT("new", OK, false);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, other), OK);
    EXPECT("another rule", MTLSAUTH_DENY_IDENTITY, true);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), OK);
    EXPECT("the rule again", OK, true);
    ck_assert_int_eq(mtlsauth_policy_block(policy, "dns:a.example"), OK);
    EXPECT("the policy was copied", OK, true);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), OK);
    EXPECT("blocked", MTLSAUTH_DENY_BLOCKED, false);
    mtlsauth_policy_free(other);
    teardown();
}
END_TEST

/* Whatever a search depends on makes a path one that has to be looked for. */
START_TEST(what_a_path_depends_on)
{
    static const struct pki_cert other_words = {
        .subject = "Root", .issuer = "Root", .key = 9, .signer = 9, .ca = true};
    mtlsauth_cert *other = trust_cert(&other_words);
    mtlsauth_truststore *other_store = trust_store(&other, 1);
    mtlsauth_policy *strict;

    setup();
    strict = make_policy("dns:a.example");
    ck_assert_int_eq(mtlsauth_policy_set_max_ca_certificates(strict, 1), OK);
    EXPECT("new", OK, false);
    EXPECT("seen", OK, true);
    ck_assert_int_eq(mtlsauth_authorizer_set_truststore(authorizer, other_store), OK);
    EXPECT("another root of that name", MTLSAUTH_DENY_ISSUER_NOT_FOUND, false);
    ck_assert_int_eq(mtlsauth_authorizer_set_truststore(authorizer, store), OK);
    EXPECT("the first one again", OK, false);
    EXPECT("seen again", OK, true);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, strict), OK);
    EXPECT("fewer CAs", MTLSAUTH_DENY_CHAIN_TOO_LONG, false);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), OK);
    EXPECT("as many as at first", OK, false);
    ck_assert_int_eq(mtlsauth_authorizer_set_intermediates(authorizer, chain), OK);
    EXPECT("with intermediates", OK, false);
    mtlsauth_policy_free(strict);
    mtlsauth_truststore_free(other_store);
    mtlsauth_cert_free(other);
    teardown();
}
END_TEST

START_TEST(only_successes_are_kept)
{
    struct pki_cert broken = leaf_words;
    mtlsauth_chain *good;

    setup();
    good = chain;
    broken.broken = true;
    chain = chain_of(trust_cert(&broken), middle);
    for (int i = 0; i < 3; i++)
        EXPECT("a broken signature", MTLSAUTH_DENY_BAD_SIGNATURE, false);
    ck_assert_uint_eq(count_of("entries"), 0);
    mtlsauth_chain_free(chain);
    chain = good;
    EXPECT("the good one", OK, false);
    EXPECT("seen", OK, true);
    ck_assert_uint_eq(count_of("entries"), 1);
    teardown();
}
END_TEST

/* What else a client sends makes another chain of it, and it has few entries. */
START_TEST(junk_intermediates_push_nobody_out)
{
    struct pki_cert junk_words = {
        .subject = "junk", .issuer = "junk", .key = 5, .signer = 5, .ca = true};
    struct pki_cert other_words = leaf_words;
    mtlsauth_chain *victim;
    const void *ders[3];
    size_t lens[3];

    setup();
    victim = chain;
    EXPECT("the victim", OK, false);
    other_words.key = 6;
    ders[1] = mtlsauth_cert_der(middle, &lens[1]);
    for (unsigned i = 0; i < 500; i++) {
        const char serial[] = {0x10, (char)(i >> 7), (char)(i & 0x7f)};
        mtlsauth_cert *leaf = trust_cert(&other_words), *junk;

        junk_words.serial = serial;
        junk_words.serial_len = sizeof serial;
        junk = trust_cert(&junk_words);
        ders[0] = mtlsauth_cert_der(leaf, &lens[0]);
        ders[2] = mtlsauth_cert_der(junk, &lens[2]);
        ck_assert_int_eq(mtlsauth_chain_from_der(&chain, ders, lens, 3), OK);
        ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), OK);
        mtlsauth_chain_free(chain);
        trust_free((mtlsauth_cert *[]){leaf, junk}, 2);
    }
    ck_assert_uint_le(count_of("entries"), 4);
    chain = victim;
    EXPECT("the victim again", OK, true);
    teardown();
}
END_TEST

/* More clients than it holds: as many as it says, and it answers all of them. */
START_TEST(bounded)
{
    enum { MANY = MTLSAUTH_REMEMBERED_PATHS + 3000 };
    struct path_cache *cache;
    uint64_t entries;
    struct pki_cert words = leaf_words;

    setup();
    cache = mtlsauth__path_cache_for(store, NULL, policy, NULL);
    ck_assert_ptr_nonnull(cache);
    for (unsigned i = 0; i < MANY; i++) {
        const char serial[] = {0x10, (char)(i >> 14), (char)(i >> 7 & 0x7f), (char)(i & 0x7f)};
        mtlsauth_cert *certs[3] = {NULL, middle, root};
        struct verified_path path, found = {0};
        const struct verified_path none = {0};
        struct path_key key;
        bool is_last;

        words.serial = serial;
        words.serial_len = sizeof serial;
        certs[0] = trust_cert(&words);
        if (!mtlsauth__verified_path_make(&path, certs, 3) ||
            !mtlsauth__path_key(&key, certs, 2, &none))
            ck_abort_msg("memory");
        path.from = 0;
        path.until = INT64_MAX;
        mtlsauth__path_cache_put(cache, &key, &path);
        mtlsauth__verified_path_clear(&path);
        if (!mtlsauth__path_cache_get(cache, certs[0], &key, now, &found, &is_last))
            ck_abort_msg("entry %u is not there", i);
        mtlsauth__verified_path_clear(&found);
        mtlsauth_cert_free(certs[0]);
    }
    entries = mtlsauth__path_cache_entries(cache);
    ck_assert_uint_le(entries, MTLSAUTH_REMEMBERED_PATHS);
    ck_assert_uint_gt(entries, MTLSAUTH_REMEMBERED_PATHS / 2);
    mtlsauth__path_cache_free(cache);
    teardown();
}
END_TEST

static bool same_keys(mtlsauth_cert *const presented[], mtlsauth_cert *const other[], size_t count,
                      const struct verified_path *seen, const struct verified_path *other_seen)
{
    struct path_key left, right;

    if (!mtlsauth__path_key(&left, presented, count, seen) ||
        !mtlsauth__path_key(&right, other, count, other_seen))
        ck_abort_msg("memory");
    return memcmp(&left, &right, sizeof left) == 0;
}

/* Each certificate that a client sends, and each of the middle of a path that was seen, is in the
 * key, however many there are. */
START_TEST(keys_tell_chains_apart)
{
    enum { MOST = 7 };
    mtlsauth_cert *certs[MOST + 1], *other[MOST], *seen_certs[MOST];

    for (size_t i = 0; i <= MOST; i++) {
        const char serial[] = {0x10, (char)i};
        struct pki_cert words = leaf_words;

        words.serial = serial;
        words.serial_len = sizeof serial;
        certs[i] = trust_cert(&words);
    }
    for (size_t count = 1; count <= MOST; count++)
        for (size_t seen_count = 2; seen_count <= MOST; seen_count++) {
            struct verified_path seen = {.certs = certs, .count = seen_count},
                                 other_seen = {.certs = seen_certs, .count = seen_count},
                                 none = {.count = 0};

            memcpy(other, certs, sizeof other);
            ck_assert(same_keys(certs, other, count, &seen, &seen));
            ck_assert(same_keys(certs, other, count, &seen, &none) == (seen_count == 2));
            for (size_t i = 0; i < count; i++) {
                other[i] = certs[MOST];
                ck_assert_msg(!same_keys(certs, other, count, &seen, &seen), "%zu of %zu", i, count);
                other[i] = certs[i];
            }
            memcpy(seen_certs, certs, sizeof seen_certs);
            for (size_t i = 0; i < seen_count; i++) {
                seen_certs[i] = certs[MOST];
                /* The leaf is in it anyway, and the anchor is the truststore's. */
                ck_assert_msg(same_keys(certs, other, count, &seen, &other_seen) ==
                                  (i == 0 || i + 1 == seen_count),
                              "seen %zu of %zu", i, seen_count);
                seen_certs[i] = certs[i];
            }
        }
    trust_free(certs, MOST + 1);
}
END_TEST

/* A chain seen before costs libcrypto nothing: it decodes no certificate, and so no public key. */
START_TEST(libcrypto_is_not_asked_again)
{
    static char pem[8192];
    size_t len = 0, before, cold;

    setup();
    for (size_t i = 0; i < 2; i++) {
        size_t der_len;
        const void *der = mtlsauth_cert_der(mtlsauth_chain_cert(chain, i), &der_len);

        len += (size_t)sprintf(pem + len, "-----BEGIN CERTIFICATE-----\n");
        len += (size_t)EVP_EncodeBlock((unsigned char *)pem + len, der, (int)der_len);
        len += (size_t)sprintf(pem + len, "\n-----END CERTIFICATE-----\n");
    }
    before = atomic_load(&allocations);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, pem, len, MTLSAUTH_FORMAT_PEM, NULL), OK);
    cold = atomic_load(&allocations) - before;
    ck_assert_uint_gt(cold, 50);
    before = atomic_load(&allocations);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, pem, len, MTLSAUTH_FORMAT_PEM, NULL), OK);
    ck_assert_uint_eq(atomic_load(&allocations) - before, 0);
    before = atomic_load(&allocations);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), OK);
    ck_assert_uint_eq(atomic_load(&allocations) - before, 0);
    ck_assert_uint_eq(count_of("hits"), 2);
    teardown();
}
END_TEST

/* What libcrypto allocates to check the path of a leaf that it has just decoded. */
static size_t cost_of_a_path(const mtlsauth_truststore *truststore)
{
    const struct trusted *issuer = mtlsauth__truststore_entry(truststore, middle);
    const struct trusted *anchor = mtlsauth__truststore_entry(truststore, root);
    const struct x509 *path[3] = {NULL, mtlsauth__trusted_examine(issuer)->x509,
                                  mtlsauth__trusted_examine(anchor)->x509};
    const struct path_inputs inputs = {.policies = NULL};
    struct path_refusal refusal;
    struct x509 *leaf;
    size_t before;

    ck_assert_int_eq(mtlsauth__x509_new(&leaf, &mtlsauth_chain_cert(chain, 0)->view), CRYPTO_YES);
    path[0] = leaf;
    before = atomic_load(&allocations);
    ck_assert_int_eq(mtlsauth__x509_check_path(path, 3, &inputs, &refusal), CRYPTO_YES);
    before = atomic_load(&allocations) - before;
    mtlsauth__x509_free(leaf);
    return before;
}

/* Its first path leaves nothing behind in a CA: threads share only what does not change any
 * more. */
START_TEST(a_ca_is_warm_before_it_is_shared)
{
    mtlsauth_truststore *fresh;
    size_t first;

    setup();
    /* libcrypto has things to set up of its own. */
    fresh = trust_store((mtlsauth_cert *[]){root, middle}, 2);
    (void)cost_of_a_path(fresh);
    mtlsauth_truststore_free(fresh);
    fresh = trust_store((mtlsauth_cert *[]){root, middle}, 2);
    first = cost_of_a_path(fresh);
    ck_assert_uint_gt(first, 0);
    ck_assert_uint_eq(cost_of_a_path(fresh), first);
    mtlsauth_truststore_free(fresh);
    teardown();
}
END_TEST

enum { THREADS = 4, ROUNDS = 10 };
static pthread_barrier_t barrier;

static void *ask(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 3; i++)
        if (mtlsauth_authorize(authorizer, chain, NULL) != OK)
            abort();
    return NULL;
}

/* Nobody has asked of these CAs before: each thread may be the one that has them decoded. */
START_TEST(threads_meet_a_fresh_truststore)
{
    pthread_t threads[THREADS];

    setup();
    ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (int round = 0; round < ROUNDS; round++) {
        mtlsauth_truststore *fresh = trust_store((mtlsauth_cert *[]){root, middle}, 2);

        mtlsauth_authorizer_free(authorizer);
        ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, fresh, policy), OK);
        mtlsauth_truststore_free(fresh);
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, NULL), 0);
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(count_of("entries"), 1);
    }
    pthread_barrier_destroy(&barrier);
    teardown();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_expired_leaf_is_denied_from_the_first_second,
                                  identity_and_block_list_are_asked_each_time,
                                  what_a_path_depends_on,
                                  only_successes_are_kept,
                                  junk_intermediates_push_nobody_out,
                                  a_clock_without_a_time,
                                  bounded,
                                  keys_tell_chains_apart,
                                  libcrypto_is_not_asked_again,
                                  a_ca_is_warm_before_it_is_shared,
                                  threads_meet_a_fresh_truststore,
                                  NULL};

    /* Only before libcrypto has allocated anything. */
    if (CRYPTO_set_mem_functions(counting_malloc, counting_realloc, plain_free) != 1)
        return EXIT_FAILURE;
    return unit_run("authorizer/path_cache", tests);
}
