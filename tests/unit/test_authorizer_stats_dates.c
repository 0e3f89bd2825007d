/* SPDX-License-Identifier: MIT */
#include "support/reload.h"

/* nextUpdate is null where a list does not say it, and a number where it does. */
START_TEST(a_list_without_next_update)
{
    static char json[65536];
    struct crl_text parts = {.revoked = "-"};

    for (int with = 0; with < 2; with++) {
        struct der_text list;
        mtlsauth_crl *crl;

        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(policy, (int64_t)366 * 86400), 0);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
        parts.next_update = with ? NULL : "";
        list = crl_signed(&parts, root_key);
        ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
        ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
        ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL));
        ck_assert_msg(strstr(json, with
                                       ? "\"this_update\":1767225600,\"next_update\":1798761600,"
                                         "\"age_seconds\":13046400,"
                                       : "\"this_update\":1767225600,\"next_update\":null,"
                                         "\"age_seconds\":13046400,\"seconds_to_stale\":18576000,"),
                      "%s", json);
        mtlsauth_crl_free(crl);
        free(list.ptr);
        reload_teardown();
    }
}
END_TEST

/* A list that does not count yet denies, and an alarm on seconds_to_stale tells. */
START_TEST(a_list_of_the_future)
{
    static char json[65536];
    struct crl_text parts = {.revoked = "-", .this_update = "17 { \"260601000100Z\" }"};
    struct der_text list;
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    list = crl_signed(&parts, root_key);
    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    for (int skew = 0; skew <= 60; skew += 30) {
        const char *want = skew == 0    ? "\"seconds_to_stale\":-60,"
                           : skew == 30 ? "\"seconds_to_stale\":-30,"
                                        : "\"seconds_to_stale\":18489600,";

        ck_assert_int_eq(mtlsauth_policy_set_clock_skew(policy, skew), 0);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
        ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL));
        ck_assert_msg(strstr(json, want) != NULL, "%d: %s", skew, json);
        ck_assert_int_eq(answer(client5), skew < 60 ? MTLSAUTH_DENY_REVOCATION_STALE : OK);
    }
    mtlsauth_crl_free(crl);
    free(list.ptr);
    reload_teardown();
}
END_TEST

/* A list of the root that revokes nobody. */
static void put(const char *extensions, const char *this_update, const char *next_update)
{
    struct crl_text parts = {.revoked = "-",
                             .extensions = extensions,
                             .this_update = this_update,
                             .next_update = next_update};
    struct der_text list = crl_signed(&parts, root_key);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    mtlsauth_crl_free(crl);
    free(list.ptr);
}

#define AT(time) "17 { \"" time "\" }"
#define NUMBER(number) CRL_EXTENSION("55 1d 14", "02 { " number " }")
#define DELTA(number, base) NUMBER(number) CRL_CRITICAL("55 1d 1b", "02 { " base " }")

/* It is the complete list together with its delta that denies, so both have the same seconds; below
 * 0 they deny, and else they do not. Now is 260601000000Z, and the complete list has number 5. */
START_TEST(a_complete_list_with_its_delta)
{
    static const struct {
        const char *name, *base_until, *delta, *delta_from, *delta_until, *seconds;
    } rows[] = {
        {"both are current", "260601000100Z", DELTA("06", "05"), "260531000000Z", "260601000030Z",
         "60"},
        {"the delta is longer", "260601000100Z", DELTA("06", "05"), "260531000000Z",
         "260601000200Z", "120"},
        {"the delta is stale", "260601000100Z", DELTA("06", "05"), "260501000000Z",
         "260531235950Z", "60"},
        {"the delta is of the future", "260601000100Z", DELTA("06", "05"), "260602000000Z",
         "260603000000Z", "60"},
        {"the complete list is past its time", "260531235950Z", DELTA("06", "05"), "260531000000Z",
         "260601000200Z", "120"},
        {"both are past their time", "260531235950Z", DELTA("06", "05"), "260531000000Z",
         "260531235955Z", "-10"},
        {"past its time, and the delta is of the future", "260531235950Z", DELTA("06", "05"),
         "260602000000Z", "260603000000Z", "-10"},
        {"past its time, and the delta no newer", "260531235950Z", DELTA("05", "05"),
         "260531000000Z", "260601000200Z", "-10"},
        {"the delta needs a later one", "260601000100Z", DELTA("08", "07"), "260531235900Z",
         "260601000200Z", "-60"},
        {"it needs one since now", "260601000100Z", DELTA("08", "07"), "260601000000Z",
         "260601000200Z", "-1"},
        {"it needs one and is stale", "260601000100Z", DELTA("08", "07"), "260501000000Z",
         "260531235950Z", "60"},
        {"it needs a later one, which is past its time, too", "260531235950Z", DELTA("08", "07"),
         "260531235900Z", "260601000200Z", "-10"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char base_until[64], delta_from[64], delta_until[64], want[64];
        static char json[65536];
        const char *first, *second;

        snprintf(base_until, sizeof base_until, AT("%s"), rows[i].base_until);
        snprintf(delta_from, sizeof delta_from, AT("%s"), rows[i].delta_from);
        snprintf(delta_until, sizeof delta_until, AT("%s"), rows[i].delta_until);
        snprintf(want, sizeof want, "\"seconds_to_stale\":%s,", rows[i].seconds);
        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        put(NUMBER("05"), AT("260501000000Z"), base_until);
        put(rows[i].delta, delta_from, delta_until);
        ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL));
        first = strstr(json, want);
        second = first == NULL ? NULL : strstr(first + 1, want);
        ck_assert_msg(second != NULL, "%s: %s", rows[i].name, json);
        ASSERT_INT(rows[i].name, answer(client5),
                   rows[i].seconds[0] == '-' ? MTLSAUTH_DENY_REVOCATION_STALE : OK);
        reload_teardown();
    }
}
END_TEST

/* Without a complete list nobody is let in, and the seconds are the delta's own. */
START_TEST(a_delta_alone)
{
    static char json[65536];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    put(DELTA("06", "05"), AT("260531000000Z"), AT("260601000030Z"));
    ASSERT_CALL(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL));
    ck_assert_msg(strstr(json, "\"seconds_to_stale\":30,") != NULL, "%s", json);
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer/stats_dates", a_list_without_next_update, a_list_of_the_future,
          a_complete_list_with_its_delta, a_delta_alone)
