/* SPDX-License-Identifier: MIT */
#include "scope.h"

#define A SCOPE_URI("http://a/")
#define DELTA(number, base) SCOPE_NUMBER(number) SCOPE_DELTA(base)
#define HOLD CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("06"))
#define REMOVE CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("08"))
#define KEY_COMPROMISE CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("01"))
#define PAST "17 { \"260201000000Z\" }"
#define FUTURE "17 { \"260701000000Z\" }"

/* The complete list has number 5, the delta, which begins at 5, number 7. */
#define BASE(entries) {.signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("05"), .revoked = entries}
#define CHANGES(entries)                                                                           \
    {.signer = SCOPE_ISSUER, .extensions = DELTA("07", "05"), .revoked = entries}
#define NUMBERED(numbers, entries)                                                                 \
    {.signer = SCOPE_ISSUER, .extensions = numbers, .revoked = entries}

START_TEST(a_delta_alone)
{
    static const struct scope_row rows[] = {
        {.name = "openssl#31040: it is no base", .lists = {CHANGES("-")}, .want = SCOPE_UNKNOWN},
        {.name = "openssl#31040: nor is one of some reasons",
         .lists = {NUMBERED(SCOPE_DELTA("05") SCOPE_IDP(SCOPE_SOME(SCOPE_TWO)), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "nor is one of the distribution point",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {NUMBERED(SCOPE_DELTA("05") SCOPE_IDP(SCOPE_FULL(A)), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "nor is one out of an index",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = DELTA("07", "05"),
                    .revoked = "-",
                    .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "it revokes", .lists = {CHANGES(NULL)}, .want = SCOPE_IS_REVOKED},
        {.name = "it removes", .lists = {CHANGES(REMOVE)}, .want = SCOPE_UNKNOWN},
        {.name = "unknown is allowed",
         .lists = {CHANGES(REMOVE)},
         .want = SCOPE_GOOD,
         .allow_unknown = true},
        {.name = "it revokes, unknown is allowed",
         .lists = {CHANGES(NULL)},
         .want = SCOPE_IS_REVOKED,
         .allow_unknown = true},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(with_its_base)
{
    static const struct scope_row rows[] = {
        {.name = "in neither", .lists = {BASE("-"), CHANGES("-")}, .want = SCOPE_GOOD},
        {.name = "in the delta", .lists = {BASE("-"), CHANGES(NULL)}, .want = SCOPE_IS_REVOKED},
        {.name = "in the base", .lists = {BASE(NULL), CHANGES("-")}, .want = SCOPE_IS_REVOKED},
        {.name = "on hold", .lists = {BASE(HOLD), CHANGES("-")}, .want = SCOPE_IS_REVOKED},
        {.name = "on hold, removed", .lists = {BASE(HOLD), CHANGES(REMOVE)}, .want = SCOPE_GOOD},
        {.name = "on hold, then revoked",
         .lists = {BASE(HOLD), CHANGES(KEY_COMPROMISE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "RFC 5280 5.3.1: revoked for good, removed",
         .lists = {BASE(KEY_COMPROMISE), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "revoked for no reason that is told, removed",
         .lists = {BASE(NULL), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "removed, and never on hold",
         .lists = {BASE("-"), CHANGES(REMOVE)},
         .want = SCOPE_GOOD},
        {.name = "out of indexes, removed",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("05"),
                    .revoked = HOLD,
                    .opened = true},
                   {.signer = SCOPE_ISSUER,
                    .extensions = DELTA("07", "05"),
                    .revoked = REMOVE,
                    .opened = true}},
         .want = SCOPE_GOOD},
        {.name = "out of indexes, in the delta",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("05"),
                    .revoked = "-",
                    .opened = true},
                   {.signer = SCOPE_ISSUER, .extensions = DELTA("07", "05"), .opened = true}},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* 5.2.4 (b), (c): from the base on, without a gap, to a later number. */
START_TEST(numbers)
{
    static const struct scope_row rows[] = {
        {.name = "the base is later than the delta's, removed",
         .lists = {NUMBERED(SCOPE_NUMBER("06"), HOLD), CHANGES(REMOVE)},
         .want = SCOPE_GOOD},
        {.name = "the base is earlier than the delta's, removed",
         .lists = {NUMBERED(SCOPE_NUMBER("04"), HOLD), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the base is earlier than the delta's, in the delta",
         .lists = {NUMBERED(SCOPE_NUMBER("04"), "-"), CHANGES(NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the base is earlier than the delta's, in neither",
         .lists = {NUMBERED(SCOPE_NUMBER("04"), "-"), CHANGES("-")},
         .want = SCOPE_STALE},
        {.name = "the base has the delta's number, on hold again",
         .lists = {NUMBERED(SCOPE_NUMBER("07"), HOLD), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the base has a later number, on hold again",
         .lists = {NUMBERED(SCOPE_NUMBER("08"), HOLD), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the base has a later number, released since",
         .lists = {NUMBERED(SCOPE_NUMBER("08"), "-"), CHANGES(HOLD)},
         .want = SCOPE_GOOD},
        {.name = "numbers of two octets",
         .lists = {NUMBERED(SCOPE_NUMBER("00 ff"), HOLD),
                   NUMBERED(DELTA("01 00", "00 ff"), REMOVE)},
         .want = SCOPE_GOOD},
        {.name = "a base without a number, removed",
         .lists = {NUMBERED("-", HOLD), CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED,
         .without_number = true},
        {.name = "a base without a number, in the delta",
         .lists = {NUMBERED("-", "-"), CHANGES(NULL)},
         .want = SCOPE_IS_REVOKED,
         .without_number = true},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

#define AGED(entries, from, until)                                                                 \
    {.signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("05"), .revoked = entries,                 \
     .this_update = from, .next_update = until}
#define AGED_DELTA(entries, from, until)                                                           \
    {.signer = SCOPE_ISSUER, .extensions = DELTA("07", "05"), .revoked = entries,                  \
     .this_update = from, .next_update = until}

/* Who is revoked is, whatever the age of what says so; only what is current lets anybody in. */
START_TEST(ages)
{
    static const struct scope_row rows[] = {
        {.name = "openssl#31297: an expired delta removes nothing",
         .lists = {BASE(HOLD), AGED_DELTA(REMOVE, NULL, PAST)},
         .want = SCOPE_IS_REVOKED},
        {.name = "openssl#31297: nor does one that is not yet valid",
         .lists = {BASE(HOLD), AGED_DELTA(REMOVE, FUTURE, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "openssl#31297: an expired delta revokes",
         .lists = {BASE("-"), AGED_DELTA(NULL, NULL, PAST)},
         .want = SCOPE_IS_REVOKED},
        {.name = "an expired delta beside a fresh base",
         .lists = {BASE("-"), AGED_DELTA("-", NULL, PAST)},
         .want = SCOPE_GOOD},
        {.name = "an expired base, its delta is fresh",
         .lists = {AGED("-", NULL, PAST), CHANGES("-")},
         .want = SCOPE_GOOD},
        {.name = "an expired base, its delta is fresh and removes",
         .lists = {AGED(HOLD, NULL, PAST), CHANGES(REMOVE)},
         .want = SCOPE_GOOD},
        {.name = "openssl#31297: an expired base and its expired delta",
         .lists = {AGED("-", NULL, PAST), AGED_DELTA("-", NULL, PAST)},
         .want = SCOPE_STALE},
        {.name = "an expired base, there is a gap before the delta",
         .lists = {AGED("-", NULL, PAST), NUMBERED(DELTA("07", "06"), "-")},
         .want = SCOPE_STALE},
        {.name = "an expired base, the delta is an earlier one",
         .lists = {AGED("-", NULL, PAST), NUMBERED(DELTA("04", "03"), "-")},
         .want = SCOPE_STALE},
        {.name = "a base of the future, its delta is fresh",
         .lists = {AGED("-", FUTURE, NULL), CHANGES("-")},
         .want = SCOPE_STALE},
        {.name = "an expired base revokes, beside a fresh delta",
         .lists = {AGED(NULL, NULL, PAST), CHANGES("-")},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* A delta that begins at a later complete list says that there is one: what was revoked until then
 * may stand in that one alone. Only what is a delta to the list in use, and counts, says so. */
START_TEST(a_gap)
{
#define GAP(entries) NUMBERED(DELTA("07", "06"), entries)
    static const struct scope_row rows[] = {
        {.name = "in neither", .lists = {BASE("-"), GAP("-")}, .want = SCOPE_STALE},
        {.name = "in the delta", .lists = {BASE("-"), GAP(NULL)}, .want = SCOPE_IS_REVOKED},
        {.name = "in the base", .lists = {BASE(NULL), GAP("-")}, .want = SCOPE_IS_REVOKED},
        {.name = "removed, and never on hold",
         .lists = {BASE("-"), GAP(REMOVE)},
         .want = SCOPE_STALE},
        {.name = "unknown is allowed",
         .lists = {BASE("-"), GAP("-")},
         .want = SCOPE_STALE,
         .allow_unknown = true},
        {.name = "out of indexes",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("05"),
                    .revoked = "-",
                    .opened = true},
                   {.signer = SCOPE_ISSUER,
                    .extensions = DELTA("07", "06"),
                    .revoked = "-",
                    .opened = true}},
         .want = SCOPE_STALE},
        {.name = "the delta has the number of its own base",
         .lists = {BASE("-"), NUMBERED(DELTA("06", "06"), "-")},
         .want = SCOPE_STALE},
        {.name = "there is none",
         .lists = {NUMBERED(SCOPE_NUMBER("06"), "-"), GAP("-")},
         .want = SCOPE_GOOD},
        {.name = "another list speaks of the certificate as well",
         .lists = {BASE("-"), GAP("-"), NUMBERED(SCOPE_IDP(SCOPE_USER), "-")},
         .want = SCOPE_GOOD},
        {.name = "the delta begins behind its own number",
         .lists = {BASE("-"), NUMBERED(DELTA("07", "08"), "-")},
         .want = SCOPE_GOOD},
        {.name = "the delta is older, and begins behind its own number",
         .lists = {BASE("-"), NUMBERED(DELTA("04", "06"), "-")},
         .want = SCOPE_GOOD},
        {.name = "the base has no number",
         .lists = {NUMBERED("-", "-"), GAP("-")},
         .want = SCOPE_GOOD,
         .without_number = true},
        {.name = "the delta is expired",
         .lists = {BASE("-"),
                   {.signer = SCOPE_ISSUER,
                    .extensions = DELTA("07", "06"),
                    .revoked = "-",
                    .next_update = PAST}},
         .want = SCOPE_GOOD},
        {.name = "the delta is of the future",
         .lists = {BASE("-"),
                   {.signer = SCOPE_ISSUER,
                    .extensions = DELTA("07", "06"),
                    .revoked = "-",
                    .this_update = FUTURE}},
         .want = SCOPE_GOOD},
        {.name = "the delta is older than the maximum age",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("05"),
                    .revoked = "-",
                    .this_update = "17 { \"260531000000Z\" }"},
                   GAP("-")},
         .want = SCOPE_GOOD,
         .max_age = 2 * 86400},
        {.name = "the delta is of users, the base is of all",
         .lists = {BASE("-"), NUMBERED(SCOPE_DELTA("09") SCOPE_IDP(SCOPE_USER), "-")},
         .want = SCOPE_GOOD},
        {.name = "the delta is of another key",
         .lists = {BASE("-"),
                   {.signer = SCOPE_NEW_KEY, .extensions = DELTA("07", "06"), .revoked = "-"}},
         .want = SCOPE_GOOD},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* What list and delta were in use at each point in time, and what is said of the client. */
struct arrival {
    const char *extensions, *revoked, *this_update;
    int want;
    const char *crl_number;
    int64_t stale_since;
    const char *message; /* a part of it */
};

static void check_arrival(const struct arrival *it, const mtlsauth_policy *policy,
                          mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain)
{
    const struct scope_list list = {.signer = SCOPE_ISSUER,
                                    .extensions = it->extensions,
                                    .revoked = it->revoked,
                                    .this_update = it->this_update};
    mtlsauth_crl *crl = scope_crl(it->extensions, &list, policy);
    mtlsauth_decision *decision;
    const char *message;

    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    ck_assert_int_eq(mtlsauth_decision_new(&decision), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, decision), it->want);
    message = mtlsauth_decision_message(decision);
    ck_assert_msg(strstr(message, it->message) != NULL, "%s", message);
    ck_assert_str_eq(mtlsauth_decision_crl_number(decision), it->crl_number);
    ck_assert_int_eq(mtlsauth_decision_stale_since(decision), it->stale_since);
    mtlsauth_decision_free(decision);
}

/* The delta that revokes the client gives way to a later one, which need not name him: the complete
 * list between them does, and it is not there yet. */
START_TEST(a_later_delta_comes_before_its_base)
{
    static const struct scope_row row = {.name = "arrivals"};
    static const struct arrival arrivals[] = {
        {SCOPE_NUMBER("0a"), "-", "17 { \"260501000000Z\" }", SCOPE_GOOD, "", MTLSAUTH_NO_TIME, ""},
        {DELTA("0b", "0a"), SCOPE_REVOKED, "17 { \"260502000000Z\" }", SCOPE_IS_REVOKED, "0b",
         MTLSAUTH_NO_TIME, "CRL number 0b"},
        {DELTA("0d", "0c"), "-", "17 { \"260504000000Z\" }", SCOPE_STALE, "0a", 1777852800,
         "CN=CA: its CRL is out of date: the delta of number 0d needs a complete list of number "
         "0c or later, and the one in use is 0a"},
        {SCOPE_NUMBER("0c"), SCOPE_REVOKED, "17 { \"260503000000Z\" }", SCOPE_IS_REVOKED, "0c",
         MTLSAUTH_NO_TIME, "CRL number 0c"},
    };
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;

    scope_setup();
    policy = scope_policy(&row);
    authorizer = scope_authorizer(policy, false);
    chain = scope_chain(&row);
    for (size_t i = 0; i < COUNT_OF(arrivals); i++)
        check_arrival(&arrivals[i], policy, authorizer, chain);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

/* 6.3.3 (c): a delta belongs to the list of the same issuer, key and scope. */
START_TEST(scopes)
{
#define USER_DELTA SCOPE_DELTA("05") SCOPE_IDP(SCOPE_USER)
    static const struct scope_row rows[] = {
        {.name = "the same distribution point",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {NUMBERED(SCOPE_NUMBER("05") CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_FULL(A) " }"),
                            HOLD),
                   NUMBERED(SCOPE_DELTA("05") SCOPE_IDP(SCOPE_FULL(A)), REMOVE)},
         .want = SCOPE_GOOD},
        {.name = "the base has a distribution point, the delta has none",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {NUMBERED(SCOPE_NUMBER("05") CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_FULL(A) " }"),
                            HOLD),
                   CHANGES(REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta has a distribution point, the base has none",
         .points = SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {BASE(HOLD), NUMBERED(SCOPE_DELTA("05") SCOPE_IDP(SCOPE_FULL(A)), REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta is of users, the base is of all",
         .lists = {BASE(HOLD), NUMBERED(USER_DELTA, REMOVE)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta is of users and revokes",
         .lists = {BASE("-"), NUMBERED(USER_DELTA, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta is of CAs and has the serial of a client",
         .lists = {BASE("-"), NUMBERED(SCOPE_DELTA("05") SCOPE_IDP(SCOPE_CA), NULL)},
         .want = SCOPE_GOOD},
        {.name = "the delta of another key removes",
         .lists = {BASE(HOLD),
                   {.signer = SCOPE_NEW_KEY, .extensions = DELTA("07", "05"), .revoked = REMOVE}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta of another key revokes",
         .lists = {BASE("-"), {.signer = SCOPE_NEW_KEY, .extensions = DELTA("07", "05")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the delta of another key does not make an expired list current",
         .lists = {AGED("-", NULL, PAST),
                   {.signer = SCOPE_NEW_KEY, .extensions = DELTA("07", "05"), .revoked = "-"}},
         .want = SCOPE_STALE},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

#define INDIRECT_POINT CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_INDIRECT " }")
#define INDIRECT_BASE(entries)                                                                     \
    {.signer = SCOPE_LISTER, .extensions = SCOPE_NUMBER("05") INDIRECT_POINT, .revoked = entries}
#define INDIRECT_DELTA(entries)                                                                    \
    {.signer = SCOPE_LISTER, .extensions = DELTA("07", "05") INDIRECT_POINT, .revoked = entries}
#define ONE_OF(cn, reason) CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF(cn) CRL_REASON(reason))

START_TEST(of_indirect_lists)
{
#define BY_LISTER SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Lister")))
    static const struct scope_row rows[] = {
        {.name = "in neither",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE("-"), INDIRECT_DELTA("-")},
         .want = SCOPE_GOOD},
        {.name = "in the delta",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE("-"), INDIRECT_DELTA(ONE_OF("CA", "01"))},
         .want = SCOPE_IS_REVOKED},
        {.name = "in the delta, of another issuer",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE("-"), INDIRECT_DELTA(ONE_OF("Root", "01"))},
         .want = SCOPE_GOOD},
        {.name = "on hold, removed",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE(ONE_OF("CA", "06")), INDIRECT_DELTA(ONE_OF("CA", "08"))},
         .want = SCOPE_GOOD},
        {.name = "on hold, that of another issuer is removed",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE(ONE_OF("CA", "06")), INDIRECT_DELTA(ONE_OF("Root", "08"))},
         .want = SCOPE_IS_REVOKED},
        {.name = "on hold, removed by one of whom nothing is known",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE(ONE_OF("CA", "06")),
                   INDIRECT_DELTA(ONE_OF("CA", "08")),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true},
        {.name = "on hold, removed by one of whom nothing is known, which is allowed",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE(ONE_OF("CA", "06")),
                   INDIRECT_DELTA(ONE_OF("CA", "08")),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_GOOD,
         .all_of_the_path = true,
         .allow_unknown = true},
        {.name = "a gap before the delta",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE("-"),
                   {.signer = SCOPE_LISTER,
                    .extensions = DELTA("07", "06") INDIRECT_POINT,
                    .revoked = "-"}},
         .want = SCOPE_STALE,
         .allow_unknown = true},
        {.name = "a gap before the delta of one of whom nothing is known",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE("-"),
                   {.signer = SCOPE_LISTER,
                    .extensions = DELTA("07", "06") INDIRECT_POINT,
                    .revoked = "-"},
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "on hold, removed by one whose list is stale, which is not unknown",
         .points = BY_LISTER,
         .lists = {INDIRECT_BASE(ONE_OF("CA", "06")),
                   INDIRECT_DELTA(ONE_OF("CA", "08")),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"},
                   {.signer = SCOPE_ROOT,
                    .extensions = SCOPE_IDP(SCOPE_USER),
                    .revoked = "-",
                    .next_update = PAST}},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true,
         .allow_unknown = true},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* A serial number that is there twice, once under the name of the list's issuer in other letters:
 * what denies more counts, in the complete list and in its delta. */
START_TEST(of_a_name_in_two_spellings)
{
#define OWN(reason) CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON(reason))
#define BY_ITSELF(extensions_, entries)                                                            \
    {.signer = SCOPE_ISSUER, .extensions = extensions_ INDIRECT_POINT, .revoked = entries}
    static const struct scope_row rows[] = {
        {.name = "on hold, removed",
         .lists = {BY_ITSELF(SCOPE_NUMBER("05"), OWN("06")),
                   BY_ITSELF(DELTA("07", "05"), OWN("08"))},
         .want = SCOPE_GOOD},
        {.name = "on hold, and revoked in other letters; the hold is removed",
         .lists = {BY_ITSELF(SCOPE_NUMBER("05"), OWN("06") ONE_OF("ca", "01")),
                   BY_ITSELF(DELTA("07", "05"), OWN("08"))},
         .want = SCOPE_IS_REVOKED},
        {.name = "revoked, and on hold in other letters; the hold is removed",
         .lists = {BY_ITSELF(SCOPE_NUMBER("05"), OWN("01") ONE_OF("ca", "06")),
                   BY_ITSELF(DELTA("07", "05"), OWN("08"))},
         .want = SCOPE_IS_REVOKED},
        {.name = "removed, and revoked in other letters",
         .lists = {BY_ITSELF(SCOPE_NUMBER("05"), OWN("06")),
                   BY_ITSELF(DELTA("07", "05"), OWN("08") ONE_OF("ca", "01"))},
         .want = SCOPE_IS_REVOKED},
        {.name = "in other letters alone",
         .lists = {BY_ITSELF(SCOPE_NUMBER("05"), ONE_OF("ca", "06"))},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

static X509_CRL *crl_of_libcrypto(const char *extensions, const char *revoked)
{
    struct crl_text parts = {.issuer = SCOPE_NAME("CA"), .extensions = extensions,
                             .revoked = revoked};
    struct der_text text = crl_signed(&parts, forge_key(SCOPE_ISSUER));
    const unsigned char *at = text.ptr;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)text.len);

    ck_assert_ptr_nonnull(crl);
    free(text.ptr);
    return crl;
}

/* openssl#32514: the delta that libcrypto makes of two lists is a delta to us, and no complete
 * list. */
START_TEST(made_by_libcrypto)
{
    static const struct scope_row row = {.name = "openssl#32514"};
    X509_CRL *old = crl_of_libcrypto(SCOPE_NUMBER("05"), SCOPE_REVOKED);
    X509_CRL *new = crl_of_libcrypto(SCOPE_NUMBER("07"), SCOPE_REVOKED CRL_ENTRY("11 00 77"));
    X509_CRL *diff = X509_CRL_diff(old, new, forge_key(SCOPE_ISSUER), EVP_sha256(), 0);
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_chain *chain;
    unsigned char *der = NULL;
    mtlsauth_crl *crl;
    int len, status;

    scope_setup();
    chain = scope_chain(&row);
    ck_assert_ptr_nonnull(diff);
    len = i2d_X509_CRL(diff, &der);
    ck_assert_int_gt(len, 0);
    ck_assert_msg(mtlsauth_crl_load(&crl, der, (size_t)len, scope_certs[SCOPE_ISSUER], policy,
                                    NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    ck_assert_uint_eq(mtlsauth_crl_scope(crl), MTLSAUTH_CRL_SCOPE_DELTA);
    ck_assert_uint_eq(mtlsauth_crl_count(crl), 1);
    ck_assert_int_eq(mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                        scope_certs[SCOPE_ISSUER], policy, &status, NULL, NULL),
                     MTLSAUTH_OK);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    mtlsauth_crl_free(crl);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    OPENSSL_free(der);
    X509_CRL_free(diff);
    X509_CRL_free(new);
    X509_CRL_free(old);
    scope_teardown();
}
END_TEST

/* CVE-2026-28388: nobody can tell what a delta without a number comes after. */
START_TEST(without_a_number)
{
    static const struct scope_row row = {.name = "CVE-2026-28388", .without_number = true};
    static const char *const extensions[] = {"-", SCOPE_DELTA("05")};
    static const int want[] = {MTLSAUTH_OK, MTLSAUTH_ERR_UNSUPPORTED};
    mtlsauth_policy *policy = scope_policy(&row);

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        struct crl_text parts = {.issuer = SCOPE_NAME("CA"), .extensions = extensions[i]};
        struct der_text text = crl_signed(&parts, forge_key(SCOPE_ISSUER));
        mtlsauth_crl *crl;

        ck_assert_int_eq(mtlsauth_crl_load(&crl, text.ptr, text.len, scope_certs[SCOPE_ISSUER],
                                           policy, NULL),
                         want[i]);
        mtlsauth_crl_free(crl);
        free(text.ptr);
    }
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation/delta", a_delta_alone, with_its_base, numbers, ages, a_gap,
          a_later_delta_comes_before_its_base, scopes, of_indirect_lists,
          of_a_name_in_two_spellings, made_by_libcrypto, without_a_number)
