/* SPDX-License-Identifier: MIT */
#include "scope.h"

#define A SCOPE_URI("http://a/")
#define B SCOPE_URI("http://b/")
#define INDIRECT SCOPE_IDP(SCOPE_INDIRECT)
#define BY_LISTER SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Lister")))
#define ENTRY_OF(cn) CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF(cn))
#define OTHER_ENTRY_OF(cn) CRL_ENTRY_WITH("11 00 77", SCOPE_OF(cn))
/* Serials of certificates of scope.h. */
#define LISTER_SERIAL "11 01 06"

/* RFC 5280 5.3.3: whose certificates the entries of an indirect list are. */
START_TEST(issuers_of_entries)
{
    static const struct scope_row rows[] = {
        {.name = "nobody",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "of the client's issuer",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("CA")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of the client's issuer, in other letters",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("ca")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of another issuer",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("Root")}},
         .want = SCOPE_GOOD},
        {.name = "of the list's own issuer",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT}},
         .want = SCOPE_GOOD},
        {.name = "of the list's own issuer, beside one of another",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = SCOPE_REVOKED OTHER_ENTRY_OF("Root")}},
         .want = SCOPE_GOOD},
        {.name = "carried on from the entry before",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = OTHER_ENTRY_OF("CA") SCOPE_REVOKED}},
         .want = SCOPE_IS_REVOKED},
        {.name = "carried on over an entry",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = OTHER_ENTRY_OF("CA") CRL_ENTRY("11 00 78") SCOPE_REVOKED}},
         .want = SCOPE_IS_REVOKED},
        {.name = "carried on no further than the next issuer",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = OTHER_ENTRY_OF("CA") CRL_ENTRY_WITH("11 00 78", SCOPE_OF("Root"))
                        SCOPE_REVOKED}},
         .want = SCOPE_GOOD},
        {.name = "not carried backwards",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = SCOPE_REVOKED OTHER_ENTRY_OF("CA")}},
         .want = SCOPE_GOOD},
        {.name = "Vault: the serial of two issuers",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = ENTRY_OF("Root") ENTRY_OF("CA")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of the client's issuer, named by the list of that issuer",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = INDIRECT, .revoked = ENTRY_OF("CA")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of another issuer, in the list of the client's issuer",
         .lists = {{.signer = SCOPE_ISSUER, .extensions = INDIRECT, .revoked = ENTRY_OF("Root")}},
         .want = SCOPE_GOOD},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* 6.3.3 (b) (1): cRLIssuer of the point, the list's issuer and indirectCRL. */
START_TEST(issuers_of_points)
{
    static const struct scope_row rows[] = {
        {.name = "a list that is not indirect",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "a list that is not indirect has the serial",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER}},
         .want = SCOPE_UNKNOWN},
        {.name = "no point names the issuer of the list",
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "no point names the issuer of the list, which has the serial",
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("CA")}},
         .want = SCOPE_UNKNOWN},
        {.name = "a point names another",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Nobody"))),
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "a point names two",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Nobody") SCOPE_DIR("Lister"))),
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "a point names a URI",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_URI("Lister"))),
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the second point",
         .points = SCOPE_POINT(SCOPE_FULL(A)) BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("CA")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the issuer's own list, where a point names another",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the issuer's own list, where a point names another, is stale",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the issuer's own list, where a point names another, revoked",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the issuer's own list, where one of two points names another",
         .points = BY_LISTER SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the issuer names itself, its list is indirect",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("CA"))),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "the issuer names itself, its list is not indirect",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("CA"))),
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "some reasons of the issuer, the others of another",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO))
             SCOPE_POINT(SCOPE_FULL(B) SCOPE_REASONS(SCOPE_SIX) SCOPE_BY(SCOPE_DIR("Lister"))),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},
                   {.signer = SCOPE_LISTER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(B) SCOPE_INDIRECT),
                    .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "some reasons of the issuer, nothing of the others",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO))
             SCOPE_POINT(SCOPE_FULL(B) SCOPE_REASONS(SCOPE_SIX) SCOPE_BY(SCOPE_DIR("Lister"))),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* 6.3.3 (b) (2) (i), where the point has a cRLIssuer. */
START_TEST(names_of_points)
{
#define LISTERS(name) {.signer = SCOPE_LISTER, .extensions = SCOPE_IDP(name SCOPE_INDIRECT),       \
                       .revoked = "-"}
#define BY SCOPE_BY(SCOPE_DIR("Lister"))
    static const struct scope_row rows[] = {
        {.name = "the same URI",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY),
         .lists = {LISTERS(SCOPE_FULL(A))},
         .want = SCOPE_GOOD},
        {.name = "another URI",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY),
         .lists = {LISTERS(SCOPE_FULL(B))},
         .want = SCOPE_UNKNOWN},
        {.name = "the list has no name",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY),
         .lists = {LISTERS("")},
         .want = SCOPE_GOOD},
        {.name = "the list has a name, the point has none",
         .points = SCOPE_POINT(BY),
         .lists = {LISTERS(SCOPE_FULL(A))},
         .want = SCOPE_UNKNOWN},
        {.name = "the list has a name, which is that of cRLIssuer",
         .points = SCOPE_POINT(BY),
         .lists = {LISTERS(SCOPE_FULL(A SCOPE_DIR("Lister")))},
         .want = SCOPE_GOOD},
        {.name = "the list has a name, which is another one",
         .points = SCOPE_POINT(BY),
         .lists = {LISTERS(SCOPE_FULL(A SCOPE_DIR("CA")))},
         .want = SCOPE_UNKNOWN},
        {.name = "the point has a name, so that of cRLIssuer does not count",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY),
         .lists = {LISTERS(SCOPE_FULL(SCOPE_DIR("Lister")))},
         .want = SCOPE_UNKNOWN},
        {.name = "a relative name is below cRLIssuer",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x") BY),
         .lists = {LISTERS(SCOPE_FULL(SCOPE_BELOW("Lister", "x")))},
         .want = SCOPE_GOOD},
        {.name = "a relative name is not below the issuer",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x") BY),
         .lists = {LISTERS(SCOPE_FULL(SCOPE_BELOW("CA", "x")))},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* 6.3.3 (f): the path of the CRL issuer, to the same anchor. */
START_TEST(path_of_the_crl_issuer)
{
#define OF(who, entries) {{.signer = who, .extensions = INDIRECT, .revoked = entries}}
    static const struct scope_row rows[] = {
        {.name = "no keyUsage, and no CA: it is nobody",
         .points = BY_LISTER,
         .lists = OF(SCOPE_NO_USAGE, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "no keyUsage, and no CA: it revokes nothing, either",
         .points = BY_LISTER,
         .lists = OF(SCOPE_NO_USAGE, ENTRY_OF("CA")),
         .want = SCOPE_UNKNOWN},
        {.name = "of another anchor",
         .points = BY_LISTER,
         .lists = OF(SCOPE_STRANGER, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "of another anchor: it revokes nothing, either",
         .points = BY_LISTER,
         .lists = OF(SCOPE_STRANGER, ENTRY_OF("CA")),
         .want = SCOPE_UNKNOWN},
        {.name = "expired",
         .points = BY_LISTER,
         .lists = OF(SCOPE_EXPIRED, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "the anchor itself",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Root"))),
         .lists = OF(SCOPE_ROOT, "-"),
         .want = SCOPE_GOOD},
        {.name = "the anchor itself, revoked",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Root"))),
         .lists = OF(SCOPE_ROOT, ENTRY_OF("CA")),
         .want = SCOPE_IS_REVOKED},
        {.name = "Envoy#12784: another anchor",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Other"))),
         .lists = OF(SCOPE_OTHER_ROOT, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, its certificate is not there",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, its certificate is among the intermediates",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_LISTER},
         .want = SCOPE_GOOD},
        {.name = "out of an index, revoked",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = OTHER_ENTRY_OF("CA") SCOPE_REVOKED,
                    .opened = true}},
         .intermediates = {SCOPE_LISTER},
         .want = SCOPE_IS_REVOKED},
        {.name = "limbo issuer_missing_crlsign: out of an index, its certificate has no cRLSign",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_SAME_KEY},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, one of two certificates has cRLSign",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_SAME_KEY, SCOPE_LISTER},
         .want = SCOPE_GOOD},
        {.name = "out of an index, another of that name",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_STRANGER},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, another CRL issuer of the root",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_NEW_KEY},
         .want = SCOPE_UNKNOWN},
        {.name = "an intermediate between it and the anchor",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below"))),
         .lists = OF(SCOPE_BELOW, "-"),
         .intermediates = {SCOPE_CIRCLE},
         .want = SCOPE_GOOD},
        {.name = "the intermediate between it and the anchor is missing",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below"))),
         .lists = OF(SCOPE_BELOW, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, another anchor",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Other"))),
         .lists = {{.signer = SCOPE_OTHER_ROOT,
                    .extensions = INDIRECT,
                    .revoked = "-",
                    .opened = true}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* The status of the CRL issuer itself, and of what stands above it. */
START_TEST(status_of_the_crl_issuer)
{
#define GOOD_OF(who) {.signer = who, .revoked = "-"}
#define REVOKES(who, serial) {.signer = who, .revoked = CRL_ENTRY(serial)}
#define LISTS(who, entries) {.signer = who, .extensions = INDIRECT, .revoked = entries}
    static const struct scope_row rows[] = {
        {.name = "CVE-2025-3085: it is revoked",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-"), REVOKES(SCOPE_ROOT, LISTER_SERIAL)},
         .want = SCOPE_UNKNOWN},
        {.name = "it is revoked, and revokes nothing",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, ENTRY_OF("CA")), REVOKES(SCOPE_ROOT, LISTER_SERIAL)},
         .want = SCOPE_UNKNOWN},
        {.name = "another is revoked",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-"), REVOKES(SCOPE_ROOT, "11 01 77")},
         .want = SCOPE_GOOD},
        {.name = "nothing is known of it, and nobody asks for CAs",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-")},
         .want = SCOPE_GOOD},
        {.name = "all of the path is asked for, and good",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_GOOD,
         .all_of_the_path = true},
        {.name = "all of the path is asked for: nothing is known of it",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-"),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "nothing is known of it, but it revokes",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, ENTRY_OF("CA")),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true},
        {.name = "nothing is known of it, but it revokes; another certificate of it is expired",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, ENTRY_OF("CA")),
                   {.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_CA), .revoked = "-"}},
         .intermediates = {SCOPE_SAME_PAST},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true},
        {.name = "the CA says that it tells its own status",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_LISTER, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_GOOD,
         .all_of_the_path = true},
        {.name = "the CA says so in one of two points, the other one is its own",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_PLAIN, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "the CA says so in one of two points, the other one is of another",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_ROOT, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "the CA says that it or another tells its status",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_TWO, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "all of the path is asked for, but not what the root has issued",
         .points = BY_LISTER,
         .lists = {LISTS(SCOPE_LISTER, "-")},
         .want = SCOPE_GOOD,
         .all_of_the_path = true,
         .root_is_off = true},
        {.name = "it revokes itself",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_LISTER, CRL_ENTRY_WITH("11 01 0b", SCOPE_OF("CA"))),
                   GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "the CA that has issued it is revoked",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
         .lists = {LISTS(SCOPE_OWN_LISTER, "-"), REVOKES(SCOPE_ROOT, "11 01 03")},
         .want = SCOPE_IS_REVOKED},
        {.name = "keycloak#20725: two that tell each other's status",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Round"))),
         .lists = {LISTS(SCOPE_ROUND, "-"), LISTS(SCOPE_ABOUT, "-"), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "two that tell each other's status, one revokes the other",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Round"))),
         .lists = {LISTS(SCOPE_ROUND, "-"),
                   LISTS(SCOPE_ABOUT, CRL_ENTRY_WITH("11 01 0c", SCOPE_OF("CA"))),
                   GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "two that tell each other's status, the client is revoked",
         .points = SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Round"))),
         .lists = {LISTS(SCOPE_ROUND, ENTRY_OF("CA")), LISTS(SCOPE_ABOUT, "-"),
                   GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true},
        {.name = "a CA whose status somebody tells that it has certified",
         .issuer = SCOPE_CIRCLE,
         .lists = {LISTS(SCOPE_BELOW, "-"), GOOD_OF(SCOPE_CIRCLE), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "a CA that somebody revokes whom it has certified",
         .issuer = SCOPE_CIRCLE,
         .lists = {LISTS(SCOPE_BELOW, CRL_ENTRY_WITH("11 01 0e", SCOPE_OF("Root"))),
                   GOOD_OF(SCOPE_CIRCLE), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_IS_REVOKED,
         .all_of_the_path = true},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* A list of the issuer's name with another key, found by that key. */
START_TEST(another_key_of_the_issuer)
{
    static const struct scope_row rows[] = {
        {.name = "of the same anchor", .lists = {GOOD_OF(SCOPE_NEW_KEY)}, .want = SCOPE_GOOD},
        {.name = "of the same anchor, revoked",
         .lists = {{.signer = SCOPE_NEW_KEY}},
         .want = SCOPE_IS_REVOKED},
        {.name = "certified by the old key",
         .lists = {GOOD_OF(SCOPE_ROLLED)},
         .want = SCOPE_GOOD},
        {.name = "certified by the old key, revoked",
         .lists = {{.signer = SCOPE_ROLLED}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of another anchor", .lists = {GOOD_OF(SCOPE_NAMESAKE)}, .want = SCOPE_UNKNOWN},
        {.name = "of another anchor: it revokes nothing, either",
         .lists = {{.signer = SCOPE_NAMESAKE}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_NEW_KEY},
         .want = SCOPE_GOOD},
        {.name = "out of an index, its certificate is not there",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, its certificate is in the truststore",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_GOOD,
         .new_key_is_trusted = true},
        {.name = "out of an index, one of that name is in the truststore",
         .lists = {{.signer = SCOPE_ROLLED, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN,
         .new_key_is_trusted = true},
        {.name = "both keys have lists, one revokes",
         .lists = {GOOD_OF(SCOPE_ISSUER), {.signer = SCOPE_NEW_KEY}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the list of the own key is stale, that of the other does not stand in",
         .lists = {{.signer = SCOPE_ISSUER,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"},
                   GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_STALE},
        {.name = "the list of the own key is of some reasons, that of the other does not stand in",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_SOME(SCOPE_TWO)),
                    .revoked = "-"},
                   GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_UNKNOWN},
        {.name = "the certificate of the own key has no cRLSign, another of it has",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {GOOD_OF(SCOPE_ISSUER)},
         .want = SCOPE_GOOD},
        {.name = "no certificate of the own key has cRLSign",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* CRL issuers beyond those of scope.h, their lists, and what is answered. */
struct crowd {
    mtlsauth_policy *policy;
    mtlsauth_authorizer *authorizer;
    mtlsauth_cert *certs[24];
    size_t count;
    char points[2304]; /* of the client */
};

static void crowd_begin(struct crowd *crowd, bool all_of_the_path)
{
    const struct scope_row row = {.name = "crowd", .all_of_the_path = all_of_the_path};

    *crowd = (struct crowd){.policy = scope_policy(&row)};
    crowd->authorizer = scope_authorizer(crowd->policy, false);
}

/* "NAME", without a CA bit, of one of the roots. */
static mtlsauth_cert *crowd_add(struct crowd *crowd, const char *name, int key, int root,
                                const char *point, const char *not_after)
{
    struct der_text memory = {0};
    struct forge_extension points = {0};
    struct forge spec = {.subject = name, .issuer = root == SCOPE_ROOT ? "Root" : "Other",
                         .key = key, .signer = root, .ku = 0x02, .not_after = not_after,
                         .serial = 0x200 + (unsigned)crowd->count, .has_key_ids = true};

    if (point != NULL) {
        points = scope_points(point, &memory);
        spec.extensions = &points;
        spec.extension_count = 1;
    }
    crowd->certs[crowd->count] = scope_cert_of(&spec);
    free(memory.ptr);
    return crowd->certs[crowd->count++];
}

static void crowd_put(const struct crowd *crowd, const mtlsauth_cert *signer, int key,
                      const char *extensions, bool opened)
{
    char issuer[128];
    struct crl_text parts = {.issuer = issuer, .extensions = extensions, .revoked = "-"};
    struct der_text text;
    mtlsauth_crl *crl;

    snprintf(issuer, sizeof issuer, SCOPE_NAME("%s"), mtlsauth_cert_subject(signer) + strlen("CN="));
    text = crl_signed(&parts, forge_key(key));
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, signer, crowd->policy, NULL) ==
                      MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    if (opened)
        crl = scope_opened(crl);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(crowd->authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    free(text.ptr);
}

static int crowd_end(struct crowd *crowd)
{
    const struct scope_row row = {.name = "crowd", .points = crowd->points};
    mtlsauth_chain *chain = scope_chain(&row);
    int code = mtlsauth_authorize(crowd->authorizer, chain, NULL);

    mtlsauth_chain_free(chain);
    for (size_t i = 0; i < crowd->count; i++)
        mtlsauth_cert_free(crowd->certs[i]);
    mtlsauth_authorizer_free(crowd->authorizer);
    mtlsauth_policy_free(crowd->policy);
    return code;
}

/* One answer costs 16 paths of CRL issuers at the most. */
START_TEST(many_crl_issuers)
{
    scope_setup();
    for (int strangers = 15; strangers <= 16; strangers++) {
        struct crowd crowd;
        char names[2048] = "";

        crowd_begin(&crowd, false);
        for (int i = 0; i <= strangers; i++) {
            char name[16], one[128];

            snprintf(name, sizeof name, "L%d", i);
            snprintf(one, sizeof one, SCOPE_DIR("%s"), name);
            strcat(names, one);
            crowd_put(&crowd,
                      crowd_add(&crowd, name, 120 + i,
                                i == strangers ? SCOPE_ROOT : SCOPE_OTHER_ROOT, NULL, NULL),
                      120 + i, INDIRECT, false);
        }
        snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_BY("%s")), names);
        ck_assert_int_eq(crowd_end(&crowd), strangers == 15 ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* A CRL issuer whose status another tells, whose status another tells: four of them, and no more. */
START_TEST(nested_crl_issuers)
{
    scope_setup();
    for (int last = 3; last <= 4; last++) {
        struct crowd crowd;

        crowd_begin(&crowd, true);
        snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("N0"))));
        crowd_put(&crowd, scope_certs[SCOPE_ROOT], SCOPE_ROOT, NULL, false);
        for (int i = 0; i <= last; i++) {
            char name[16], next[128];

            snprintf(name, sizeof name, "N%d", i);
            snprintf(next, sizeof next, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("N%d"))), i + 1);
            crowd_put(&crowd,
                      crowd_add(&crowd, name, 140 + i, SCOPE_ROOT, i < last ? next : NULL, NULL),
                      140 + i, INDIRECT, false);
        }
        ck_assert_int_eq(crowd_end(&crowd), last == 3 ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* Certificates of one CRL issuer, the last of which is valid: eight are tried. */
START_TEST(many_certificates_of_one_issuer)
{
    scope_setup();
    for (size_t expired = 7; expired <= 8; expired++) {
        struct crowd crowd;
        mtlsauth_chain *chain;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points, BY_LISTER);
        for (size_t i = 0; i <= expired; i++)
            crowd_add(&crowd, "Lister", SCOPE_LISTER, SCOPE_ROOT, NULL,
                      i < expired ? "260101000000Z" : NULL);
        crowd_put(&crowd, scope_certs[SCOPE_LISTER], SCOPE_LISTER, INDIRECT, true);
        chain = scope_chain_of(crowd.certs, crowd.count);
        ck_assert_int_eq(mtlsauth_authorizer_set_intermediates(crowd.authorizer, chain), 0);
        mtlsauth_chain_free(chain);
        ck_assert_int_eq(crowd_end(&crowd), expired == 7 ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* Of one list alone, without a path: the key that signed it stands next to the issuer's. */
START_TEST(neighbours_of_the_issuer)
{
    static const struct forge_extension critical =
        FORGE_EXTENSION("\x2a\x03\x04", true, "\x05\x00");
    static const struct {
        const char *name;
        struct forge signer; /* "CA" */
        struct scope_list list;
        int status;
        unsigned ec_bits, hash_bits; /* of the policy that asks; 0: as it is */
    } rows[] = {
        {.name = "certified by the issuer",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = "-"},
         .status = MTLSAUTH_CRL_STATUS_GOOD},
        {.name = "certified by the issuer, revoked",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_REVOKED},
        {.name = "signed by another",
         .signer = {.signer = SCOPE_NEW_KEY},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "certified by another name",
         .signer = {.signer = SCOPE_ROOT, .issuer = "Root"},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "expired",
         .signer = {.signer = SCOPE_ISSUER, .not_after = "260101000000Z"},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "not yet valid",
         .signer = {.signer = SCOPE_ISSUER, .not_before = "260701000000Z"},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "an unknown critical extension",
         .signer = {.signer = SCOPE_ISSUER, .extensions = &critical, .extension_count = 1},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "the key is too weak",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN, .ec_bits = 384},
        {.name = "the signature is too weak",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN, .hash_bits = 384},
        {.name = "indirect",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.extensions = INDIRECT},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "out of an index",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.opened = true},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
    };
    const struct scope_row row = {.name = "neighbours"};
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_cert *kept;
    mtlsauth_chain *chain;

    scope_setup();
    chain = scope_chain(&row);
    kept = scope_certs[SCOPE_ROLLED];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forge spec = rows[i].signer;
        struct scope_list list = rows[i].list;
        mtlsauth_policy *asking;
        mtlsauth_crl *crl;
        int status;

        spec.subject = "CA";
        spec.issuer = spec.issuer == NULL ? "CA" : spec.issuer;
        spec.key = list.signer = SCOPE_ROLLED;
        spec.ca = true;
        spec.ku = FORGE_KU_CA;
        scope_certs[SCOPE_ROLLED] = scope_cert_of(&spec);
        crl = scope_crl(rows[i].name, &list, policy);
        asking = scope_policy(&row);
        if (rows[i].ec_bits != 0)
            ck_assert_int_eq(mtlsauth_policy_set_min_ec_bits(asking, rows[i].ec_bits), 0);
        if (rows[i].hash_bits != 0)
            ck_assert_int_eq(mtlsauth_policy_set_min_hash_bits(asking, rows[i].hash_bits), 0);
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                      scope_certs[SCOPE_ISSUER], asking, &status, NULL, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, status, rows[i].status);
        mtlsauth_policy_free(asking);
        mtlsauth_crl_free(crl);
        mtlsauth_cert_free(scope_certs[SCOPE_ROLLED]);
    }
    scope_certs[SCOPE_ROLLED] = kept;
    {
        /* The other way round: the old key's list, where the new key has issued the certificate. */
        const struct scope_list list = {.signer = SCOPE_ISSUER, .revoked = "-"};
        mtlsauth_crl *crl = scope_crl("the old key", &list, policy);
        int status;

        ck_assert_int_eq(mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                            scope_certs[SCOPE_ROLLED], policy, &status, NULL, NULL),
                         MTLSAUTH_OK);
        ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_GOOD);
        mtlsauth_crl_free(crl);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation/indirect", issuers_of_entries, issuers_of_points, names_of_points,
          path_of_the_crl_issuer, status_of_the_crl_issuer, another_key_of_the_issuer,
          many_crl_issuers, nested_crl_issuers, many_certificates_of_one_issuer,
          neighbours_of_the_issuer)
