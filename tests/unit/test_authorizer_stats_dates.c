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

UNIT_MAIN("authorizer/stats_dates", a_list_without_next_update, a_list_of_the_future)
