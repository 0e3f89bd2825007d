/* SPDX-License-Identifier: MIT */
#include "points.h"

#include "revocation/scope.h"

/* RFC 5280 6.3.3 (b) (2) (i): names of the point, in the list and in the certificate. */
START_TEST(names_of_points)
{
    static const struct scope_row rows[] = {
        {.name = "no point anywhere, good",
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "no point anywhere, revoked",
         .lists = {{.signer = SCOPE_ISSUER}},
         .want = SCOPE_IS_REVOKED},
        {.name = "no list", .want = SCOPE_UNKNOWN},
        {.name = "EMQX: a point in the certificate, none in the list, good",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "a point in the certificate, none in the list, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER}},
         .want = SCOPE_IS_REVOKED},
        {.name = "openssl#23325, Envoy#37207: a point in the list alone, good",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "a point in the list alone, revoked",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_UNKNOWN},
        {.name = "the same URI, good",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the same URI, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "another URI, good",
         .points = SCOPE_POINT(SCOPE_FULL(B)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "another URI, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(B)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_UNKNOWN},
        {.name = "RUSTSEC-2026-0049: the second of three points",
         .points = SCOPE_POINT(SCOPE_FULL(B)) SCOPE_POINT(SCOPE_FULL(A)) SCOPE_POINT(SCOPE_FULL(C)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "RUSTSEC-2026-0049: the third of three points",
         .points = SCOPE_POINT(SCOPE_FULL(B)) SCOPE_POINT(SCOPE_FULL(C)) SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the third of three points, good",
         .points = SCOPE_POINT(SCOPE_FULL(B)) SCOPE_POINT(SCOPE_FULL(C)) SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the second of two names of the list",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(B A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the second of two names of the point",
         .points = SCOPE_POINT(SCOPE_FULL(B A)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "no name in common",
         .points = SCOPE_POINT(SCOPE_FULL(B C)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "a dNSName between the URIs of both",
         .points = SCOPE_POINT(SCOPE_FULL("82 01 61" A)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL("82 01 61" A)),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "a dNSName is no name in common",
         .points = SCOPE_POINT(SCOPE_FULL("82 01 61" B)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL("82 01 61" A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "a directory name in other letters",
         .points = SCOPE_POINT(SCOPE_FULL(SCOPE_DIR("the point"))),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("The  Point"))),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "another directory name",
         .points = SCOPE_POINT(SCOPE_FULL(SCOPE_DIR("the point"))),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("a point"))),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the issuer's own name, no point in the certificate",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("CA"))),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the issuer's own name, no point in the certificate, revoked",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("CA")))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the issuer's own name, another point in the certificate",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("CA"))),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "relative in both",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x")),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_RELATIVE("x")),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "relative in both, revoked",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x")),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_RELATIVE("x"))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "relative in both, another",
         .points = SCOPE_POINT(SCOPE_RELATIVE("y")),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_RELATIVE("x")),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "relative in the certificate, full in the list",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x")),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_BELOW("CA", "x"))),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "full in the certificate, relative in the list",
         .points = SCOPE_POINT(SCOPE_FULL(SCOPE_BELOW("CA", "x"))),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_RELATIVE("x"))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "below another issuer",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x")),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(SCOPE_BELOW("Root", "x"))),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "CVE-2026-6899: revoked in the second of two lists",
         .points = SCOPE_POINT(SCOPE_FULL(A)) SCOPE_POINT(SCOPE_FULL(B)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},
                   {.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(B))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "revoked in the list without a point",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},
                   {.signer = SCOPE_ISSUER}},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* (b) (2) (ii) to (iv). */
START_TEST(kinds_of_certificates)
{
    static const struct scope_row rows[] = {
        {.name = "user list, a client",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER), .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "user list, a client, revoked",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER)}},
         .want = SCOPE_IS_REVOKED},
        {.name = "user list, a CA",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER), .revoked = "-"}},
         .want = SCOPE_UNKNOWN,
         .client_is_ca = true},
        {.name = "user list, a CA, its serial is there",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER)}},
         .want = SCOPE_UNKNOWN,
         .client_is_ca = true},
        {.name = "CA list, a client",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "CA list, a client, its serial is there",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA)}},
         .want = SCOPE_UNKNOWN},
        {.name = "CA list, a CA",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_GOOD,
         .client_is_ca = true},
        {.name = "CA list, a CA, revoked",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA)}},
         .want = SCOPE_IS_REVOKED,
         .client_is_ca = true},
        {.name = "both lists, a client",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA)},
                   {.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER), .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "RFC 5280 5.2.5: user list, version 1",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_USER), .revoked = "-"}},
         .want = SCOPE_UNKNOWN,
         .client_is_v1 = true},
        {.name = "RFC 5280 5.2.5: CA list, version 1",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_UNKNOWN,
         .client_is_v1 = true},
        {.name = "any list, version 1",
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD,
         .client_is_v1 = true},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* (d), (e), (l): good only when all reasons are covered; revoked in one is revoked. */
START_TEST(some_reasons)
{
#define TWO SCOPE_IDP(SCOPE_SOME(SCOPE_TWO))
#define SIX SCOPE_IDP(SCOPE_SOME(SCOPE_SIX))
    static const struct scope_row rows[] = {
        {.name = "some of them",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the others",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SIX, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "all of them in two lists",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"},
                   {.signer = SCOPE_ISSUER, .extensions = SIX, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "all of them in two lists, revoked in the first",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO},
                   {.signer = SCOPE_ISSUER, .extensions = SIX, .revoked = "-"}},
         .want = SCOPE_IS_REVOKED},
        {.name = "all of them in two lists, revoked in the second",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"},
                   {.signer = SCOPE_ISSUER, .extensions = SIX}},
         .want = SCOPE_IS_REVOKED},
        {.name = "some of them, revoked",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO}},
         .want = SCOPE_IS_REVOKED},
        {.name = "one of the two is stale",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"},
                   {.signer = SCOPE_ISSUER,
                    .extensions = SIX,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"}},
         .want = SCOPE_STALE},
        {.name = "one of the two is stale, and there is a list of all",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = TWO,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"},
                   {.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "one of the two, with the bit that is not used",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"},
                   {.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_SOME("07 9f 80")),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the bit that is not used alone",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_SOME("07 80")),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "reasons of the point alone",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "reasons of the point alone, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A))}},
         .want = SCOPE_IS_REVOKED},
        {.name = "reasons of two points",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO))
             SCOPE_POINT(SCOPE_FULL(B) SCOPE_REASONS(SCOPE_SIX)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},
                   {.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(B)),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "what both say: the list has more reasons than its point",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO))
             SCOPE_POINT(SCOPE_FULL(B) SCOPE_REASONS(SCOPE_SIX)),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},
                   {.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(B) SCOPE_SOME(SCOPE_TWO)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "reasons of two points, one of the lists is missing",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO))
             SCOPE_POINT(SCOPE_FULL(B) SCOPE_REASONS(SCOPE_SIX)),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "reasons of a point, and a list without one",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO)),
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* What a list alone says, where nobody asks an authorizer. */
START_TEST(one_list_alone)
{
    static const struct {
        const char *name;
        struct scope_list list;
        enum scope_cert issuer;
        int status;
    } rows[] = {
        {"good", {.signer = SCOPE_ISSUER, .revoked = "-"}, SCOPE_ISSUER, MTLSAUTH_CRL_STATUS_GOOD},
        {"revoked", {.signer = SCOPE_ISSUER}, SCOPE_ISSUER, MTLSAUTH_CRL_STATUS_REVOKED},
        {"some reasons",
         {.signer = SCOPE_ISSUER, .extensions = TWO, .revoked = "-"},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"openssl#31040: a delta",
         {.signer = SCOPE_ISSUER,
          .extensions = SCOPE_NUMBER("07") SCOPE_DELTA("01"),
          .revoked = "-"},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"a delta that has it",
         {.signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("07") SCOPE_DELTA("01")},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_REVOKED},
        {"indirect, of the issuer itself",
         {.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_INDIRECT), .revoked = "-"},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"indirect, of the issuer itself, revoked",
         {.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_INDIRECT)},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_REVOKED},
        {"of the CA above, which certified the issuer",
         {.signer = SCOPE_ROOT, .revoked = "-"},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"of another key of that name",
         {.signer = SCOPE_NEW_KEY, .revoked = "-"},
         SCOPE_ISSUER,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
    };
    const struct scope_row row = {.name = "one"};
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_chain *chain;

    scope_setup();
    chain = scope_chain(&row);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_crl *crl = scope_crl(rows[i].name, &rows[i].list, policy);
        int status;

        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                      scope_certs[rows[i].issuer], policy, &status, NULL, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, status, rows[i].status);
        mtlsauth_crl_free(crl);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

/* A list without nextUpdate is as old as the policy lets one be, and needs it to say so. */
START_TEST(no_next_update)
{
    static const struct scope_list list = {
        .signer = SCOPE_ISSUER, .revoked = "-", .next_update = ""};
    const struct scope_row row = {.name = "no nextUpdate"};
    const int64_t this_update = 1767225600, day = 86400;
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_chain *chain;
    mtlsauth_crl *crl;
    int status;

    scope_setup();
    chain = scope_chain(&row);
    ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(policy, 7 * day), MTLSAUTH_OK);
    crl = scope_crl(row.name, &list, policy);
    ck_assert_int_eq(mtlsauth_crl_next_update(crl), MTLSAUTH_NO_TIME);
    for (int late = 0; late < 2; late++) {
        ck_assert_int_eq(mtlsauth_policy_set_time(policy, this_update + 7 * day + late), 0);
        ck_assert_int_eq(mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                            scope_certs[SCOPE_ISSUER], policy, &status, NULL, NULL),
                         MTLSAUTH_OK);
        ck_assert_int_eq(status, late ? MTLSAUTH_CRL_STATUS_STALE : MTLSAUTH_CRL_STATUS_GOOD);
    }

    /* Under a policy that has no maximum age nobody says how long it counts. */
    mtlsauth_policy_free(policy);
    policy = scope_policy(&row);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, this_update + 1), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                        scope_certs[SCOPE_ISSUER], policy, &status, NULL, NULL),
                     MTLSAUTH_OK);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_STALE);

    mtlsauth_crl_free(crl);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

/* What another policy took, or an index keeps, is good under the one that asks alone. */
START_TEST(lists_of_another_policy)
{
#define NO_NUMBER .extensions = CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_USER " }")
    static const struct {
        const char *name;
        struct scope_list list;
        bool without_number; /* of the policy that asks */
        unsigned hash_bits;
        int status;
    } rows[] = {
        {"no number", {NO_NUMBER, .revoked = "-"}, false, 0, MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"no number, which is taken",
         {NO_NUMBER, .revoked = "-"},
         true,
         0,
         MTLSAUTH_CRL_STATUS_GOOD},
        {"no number, revoked", {NO_NUMBER}, false, 0, MTLSAUTH_CRL_STATUS_REVOKED},
        {"no number, out of an index",
         {NO_NUMBER, .revoked = "-", .opened = true},
         false,
         0,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"SHA-256", {.revoked = "-"}, false, 256, MTLSAUTH_CRL_STATUS_GOOD},
        {"SHA-256 where that is too little",
         {.revoked = "-"},
         false,
         384,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"the same, revoked", {.revoked = NULL}, false, 384, MTLSAUTH_CRL_STATUS_REVOKED},
        {"the same, out of an index",
         {.revoked = "-", .opened = true},
         false,
         384,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
    };
    const struct scope_row loose = {.name = "loading", .without_number = true};
    mtlsauth_policy *loading = scope_policy(&loose);
    mtlsauth_chain *chain;

    scope_setup();
    chain = scope_chain(&loose);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scope_row row = {.name = "asking", .without_number = rows[i].without_number};
        mtlsauth_policy *asking = scope_policy(&row);
        struct scope_list list = rows[i].list;
        mtlsauth_crl *crl;
        int status;

        list.signer = SCOPE_ISSUER;
        crl = scope_crl(rows[i].name, &list, loading);
        if (rows[i].hash_bits != 0)
            ck_assert_int_eq(mtlsauth_policy_set_min_hash_bits(asking, rows[i].hash_bits), 0);
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0), scope_certs[SCOPE_ISSUER],
                                      asking, &status, NULL, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, status, rows[i].status);
        mtlsauth_crl_free(crl);
        mtlsauth_policy_free(asking);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(loading);
    scope_teardown();
#undef NO_NUMBER
}
END_TEST

/* Vet refuses such lists before they are asked; they speak of nobody all the same. */
START_TEST(lists_of_attribute_certificates)
{
    const struct crl_scope scope = {.present = true, .only_attribute = true};
    const struct cert_view user = {.version = 3}, ca = {.version = 3, .is_ca = true};

    ck_assert(!mtlsauth__crl_scope_has(&scope, &user));
    ck_assert(!mtlsauth__crl_scope_has(&scope, &ca));
}
END_TEST

/* nextUpdate and the policy's maximum age, whichever is first, and what is said of it. */
START_TEST(ages)
{
    static const struct {
        const char *name, *this_update, *next_update;
        int64_t max_age;
        int want;
        const char *message;
    } rows[] = {
        {"nextUpdate is past", NULL, "17 { \"260201000000Z\" }", 0, SCOPE_STALE,
         "stale since 2026-02-01"},
        {"nextUpdate is past, the age is allowed", NULL, "17 { \"260201000000Z\" }", 400 * 86400,
         SCOPE_STALE, "stale since 2026-02-01"},
        {"the age is over", NULL, NULL, 7 * 86400, SCOPE_STALE, "stale since 2026-01-08"},
        {"the age is allowed", NULL, NULL, 200 * 86400, SCOPE_GOOD, ""},
        {"of the future", "17 { \"260701000000Z\" }", NULL, 0, SCOPE_STALE, "of the future"},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scope_row row = {.name = rows[i].name,
                                      .lists = {{.signer = SCOPE_ISSUER,
                                                 .revoked = "-",
                                                 .this_update = rows[i].this_update,
                                                 .next_update = rows[i].next_update}},
                                      .max_age = rows[i].max_age};
        char message[512];

        ASSERT_INT(rows[i].name, scope_answer_of(&row, false, message), rows[i].want);
        ck_assert_msg(strstr(message, rows[i].message) != NULL, "%s: %s", rows[i].name, message);
    }
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation/scope", names_of_points, kinds_of_certificates, some_reasons, one_list_alone,
          no_next_update, lists_of_another_policy, lists_of_attribute_certificates, ages)
