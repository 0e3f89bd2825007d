/* SPDX-License-Identifier: MIT */
#include "support/reload.h"

#include <pthread.h>

#define OK MTLSAUTH_OK

static char json[65536];

static const char *stats(void)
{
    ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL));
    return json;
}

#define ASSERT_HAS(part)                                                                           \
    ck_assert_msg(strstr(stats(), (part)) != NULL, "%s is not in %s", (part), json)

START_TEST(fresh)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ASSERT_HAS("{\"generation\":1,\"decisions\":{\"MTLSAUTH_OK\":0,");
    ASSERT_HAS(",\"MTLSAUTH_DENY_NOT_EVALUATED\":0}");
    ASSERT_HAS("\"crls\":[]");
    ASSERT_HAS("\"rollbacks_refused\":0,\"refresh\":{\"succeeded\":0,\"failed\":0}}");
    ASSERT_HAS(mtlsauth_truststore_sha256_hex(root_store));
    ASSERT_HAS("\"certificates\":1}");
    reload_teardown();
}
END_TEST

START_TEST(answers_by_code)
{
    mtlsauth_decision *decision;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ck_assert_int_eq(mtlsauth_decision_new(&decision), 0);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, client5, decision), OK);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, client5, NULL), OK);
    ck_assert_int_eq(mtlsauth_authorize_again(authorizer, client5, decision), OK);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, client_of_other, decision),
                     MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, NULL, decision), MTLSAUTH_DENY_NO_CERTIFICATE);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, "", 0, MTLSAUTH_FORMAT_PEM, decision),
                     MTLSAUTH_DENY_NO_CERTIFICATE);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, "x", 1, MTLSAUTH_FORMAT_PEM, decision),
                     MTLSAUTH_DENY_MALFORMED);
    ck_assert_int_eq(mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_LIMIT, NULL, decision),
                     MTLSAUTH_DENY_LIMIT);
    ck_assert_int_eq(mtlsauth_authorize_text(authorizer, "x", 1, 99, decision),
                     MTLSAUTH_ERR_ARGUMENT);
    ASSERT_HAS("\"MTLSAUTH_OK\":3,");
    ASSERT_HAS("\"MTLSAUTH_DENY_ISSUER_NOT_FOUND\":1,");
    ASSERT_HAS("\"MTLSAUTH_DENY_NO_CERTIFICATE\":2,");
    ASSERT_HAS("\"MTLSAUTH_DENY_MALFORMED\":1,");
    ASSERT_HAS("\"MTLSAUTH_DENY_LIMIT\":1,");
    ASSERT_HAS(",\"MTLSAUTH_ERR_ARGUMENT\":1}");
    mtlsauth_decision_free(decision);
    reload_teardown();
}
END_TEST

static int64_t clock_of(void *time)
{
    return *(const int64_t *)time;
}

/* A clock may say anything, and is kept within the years 0 to 9999. */
START_TEST(lists_and_their_age)
{
    static const struct {
        const char *name;
        int64_t now;
        const char *says;
    } rows[] = {
        {"new", 1767225600, "\"age_seconds\":0,\"seconds_to_stale\":31536000,"},
        {"last second", 1798761600, "\"age_seconds\":31536000,\"seconds_to_stale\":0,"},
        {"stale", 1798761601, "\"age_seconds\":31536001,\"seconds_to_stale\":-1,"},
        {"of the future", 1767225599, "\"age_seconds\":-1,\"seconds_to_stale\":-1,"},
        {"the end of time", INT64_MAX, "\"age_seconds\":251635075199,"},
        {"before all time", INT64_MIN, "\"age_seconds\":-"},
    };

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 0x1234, REVOKED5 REVOKED6);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ASSERT_HAS("\"crls\":[{\"issuer\":\"CN=Root\",\"distribution_point\":\"\",\"number\":\"01001234\","
               "\"this_update\":1767225600,\"next_update\":1798761600,");
    ASSERT_HAS(",\"entries\":2}]");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *then;
        int64_t now = rows[i].now;

        ck_assert_int_eq(mtlsauth_policy_new(&then, MTLSAUTH_PROFILE_API_GATEWAY), 0);
        ck_assert_int_eq(mtlsauth_policy_set_clock(then, clock_of, &now), 0);
        ck_assert_int_eq(mtlsauth_policy_set_revocation(then, MTLSAUTH_EVIDENCE_CRL,
                                                        MTLSAUTH_DEPTH_LEAF),
                         0);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, then));
        ck_assert_msg(strstr(stats(), rows[i].says) != NULL, "%s: %s", rows[i].name, json);
        mtlsauth_policy_free(then);
    }
    reload_teardown();
}
END_TEST

/* What the policy allows counts, not nextUpdate alone. */
START_TEST(stale_as_the_policy_says)
{
    mtlsauth_policy *strict, *lax;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    strict = reload_policy(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mtlsauth_policy_set_time(strict, 1767225600), 0);
    ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(strict, 3600), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, strict));
    ASSERT_HAS("\"seconds_to_stale\":3600,");
    lax = reload_policy(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mtlsauth_policy_set_time(lax, 1798761600), 0);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_revocation_grace(lax, 60), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, lax));
    ASSERT_HAS("\"seconds_to_stale\":60,");
    mtlsauth_policy_free(strict);
    mtlsauth_policy_free(lax);
    reload_teardown();
}
END_TEST

START_TEST(rollbacks_and_refreshes)
{
    struct der_text list;
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 5, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ASSERT_REFRESH("well", OK, 0, "");
    list = reload_list(false, 4, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_ERR_ROLLBACK);
    ASSERT_HAS("\"rollbacks_refused\":1,\"refresh\":{\"succeeded\":1,\"failed\":0}}");
    write_aside("ca.crl", list.ptr, list.len);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    ASSERT_HAS("\"rollbacks_refused\":2,\"refresh\":{\"succeeded\":1,\"failed\":1}}");
    ck_assert_int_eq(unlink(in_folder("ca.crl")), 0);
    ASSERT_REFRESH("gone", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    ASSERT_HAS("\"rollbacks_refused\":2,\"refresh\":{\"succeeded\":1,\"failed\":2}}");
    mtlsauth_crl_free(crl);
    free(list.ptr);
    reload_teardown();
}
END_TEST

/* A chain is looked for once in each state of truststore, intermediates and path rules. */
START_TEST(cache_of_paths)
{
    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ASSERT_HAS("\"path_cache\":{\"hits\":0,\"misses\":0,\"entries\":0}");
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_HAS("\"path_cache\":{\"hits\":0,\"misses\":1,\"entries\":1}");
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client6), OK);
    ASSERT_HAS("\"path_cache\":{\"hits\":2,\"misses\":2,\"entries\":2}");
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_HAS("\"path_cache\":{\"hits\":2,\"misses\":3,\"entries\":2}");
    reload_teardown();
}
END_TEST

static unsigned long count_of(const char *name)
{
    const char *at = strstr(strstr(stats(), "\"path_cache\""), name);

    ck_assert_ptr_nonnull(at);
    return strtoul(at + strlen(name) + 2, NULL, 10);
}

/* Asked for in the middle of a decision: the next state comes into force, of another scope. */
static int64_t clock_of_a_change(void *store)
{
    ASSERT_CALL(mtlsauth_authorizer_set_truststore(authorizer, store));
    return RELOAD_NOW;
}

/* A decision that began before a change ends on the state before it, and is counted. */
START_TEST(paths_beside_a_change)
{
    mtlsauth_truststore *stores[2];
    unsigned long hits, misses;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    stores[0] = reload_store(other);
    stores[1] = root_store;
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client5), OK);
    hits = count_of("hits");
    misses = count_of("misses");
    ck_assert_uint_eq(hits, 1);
    ck_assert_uint_eq(misses, 1);
    for (unsigned i = 0; i < 4; i++) {
        const bool of_root = i % 2 == 0;

        ck_assert_int_eq(mtlsauth_policy_set_clock(policy, clock_of_a_change, stores[i % 2]), 0);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
        ck_assert_int_eq(answer(client5), of_root ? OK : MTLSAUTH_DENY_ISSUER_NOT_FOUND);
        ck_assert_int_eq(mtlsauth_policy_set_time(policy, RELOAD_NOW), 0);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
        ck_assert_uint_eq(count_of("hits") + count_of("misses"), hits + misses + 1);
        ck_assert_uint_ge(count_of("hits"), hits);
        ck_assert_uint_ge(count_of("misses"), misses);
        hits = count_of("hits");
        misses = count_of("misses");
    }
    /* The first of them had its path in the cache of the state before. */
    ck_assert_uint_eq(hits, 2);
    mtlsauth_truststore_free(stores[0]);
    reload_teardown();
}
END_TEST

START_TEST(room)
{
    size_t needed = 7, again = 7;
    char small[16] = "before";
    char *exact;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, NULL, 0, &needed),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_uint_eq(needed, strlen(stats()) + 1);
    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, small, sizeof small, &again),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_uint_eq(again, needed);
    ck_assert_str_eq(small, "");
    exact = malloc(needed);
    ck_assert_ptr_nonnull(exact);
    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, exact, needed - 1, NULL),
                     MTLSAUTH_ERR_LIMIT);
    ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, exact, needed, NULL));
    ck_assert_str_eq(exact, json);
    free(exact);
    ck_assert_int_eq(mtlsauth_authorizer_stats_json(NULL, small, sizeof small, &needed),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(needed, 0);
    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, NULL, 5, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    reload_teardown();
}
END_TEST

enum { THREADS = 4, CALLS = 2000 };

static void *ask(void *unused)
{
    (void)unused;
    for (int i = 0; i < CALLS; i++)
        if (mtlsauth_authorize(authorizer, NULL, NULL) != MTLSAUTH_DENY_NO_CERTIFICATE)
            abort();
    return NULL;
}

/* None is lost, whichever threads count. */
START_TEST(from_several_threads)
{
    pthread_t threads[THREADS];
    char expected[64];

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    snprintf(expected, sizeof expected, "\"MTLSAUTH_DENY_NO_CERTIFICATE\":%d,", THREADS * CALLS);
    ASSERT_HAS(expected);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_stats", fresh, answers_by_code, lists_and_their_age, stale_as_the_policy_says,
          rollbacks_and_refreshes, cache_of_paths, paths_beside_a_change, room,
          from_several_threads)
