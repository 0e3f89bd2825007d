/* SPDX-License-Identifier: MIT */
/* Who may sign lists for another CA: its path, its status and its keys. */
#include "points.h"

/* 6.3.3 (f): the path of the CRL issuer, to the same anchor. */
START_TEST(path_of_the_crl_issuer)
{
#define OF(who, entries)                                                                           \
    {                                                                                              \
        {                                                                                          \
            .signer = who, .extensions = INDIRECT, .revoked = entries                              \
        }                                                                                          \
    }
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
        {.name = "its path requires a certificate policy, of which it has none",
         .points = BY_LISTER,
         .lists = OF(SCOPE_EXPLICIT, "-"),
         .want = SCOPE_UNKNOWN},
        {.name = "its path requires one below it",
         .points = BY_LISTER,
         .lists = OF(SCOPE_LATER, "-"),
         .want = SCOPE_GOOD},
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
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, its certificate is among the intermediates",
         .points = BY_LISTER,
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
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
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_SAME_KEY},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, one of two certificates has cRLSign",
         .points = BY_LISTER,
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_SAME_KEY, SCOPE_LISTER},
         .want = SCOPE_GOOD},
        {.name = "out of an index, another of that name",
         .points = BY_LISTER,
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_STRANGER},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, another CRL issuer of the root",
         .points = BY_LISTER,
         .lists =
             {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-", .opened = true}},
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
         .lists =
             {{.signer = SCOPE_OTHER_ROOT, .extensions = INDIRECT, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* The status of the CRL issuer itself, and of what stands above it. */
START_TEST(status_of_the_crl_issuer)
{
#define GOOD_OF(who)                                                                               \
    {                                                                                              \
        .signer = who, .revoked = "-"                                                              \
    }
#define REVOKES(who, serial)                                                                       \
    {                                                                                              \
        .signer = who, .revoked = CRL_ENTRY(serial)                                                \
    }
#define LISTS(who, entries)                                                                        \
    {                                                                                              \
        .signer = who, .extensions = INDIRECT, .revoked = entries                                  \
    }
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
         .lists = {LISTS(SCOPE_BELOW, "-"), GOOD_OF(SCOPE_CIRCLE)},
         .want = SCOPE_UNKNOWN,
         .all_of_the_path = true},
        {.name = "a CA whose status somebody tells that it has certified, and the root's own list",
         .issuer = SCOPE_CIRCLE,
         .lists = {LISTS(SCOPE_BELOW, "-"), GOOD_OF(SCOPE_CIRCLE), GOOD_OF(SCOPE_ROOT)},
         .want = SCOPE_GOOD,
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
        {.name = "of the same anchor: each key may have lists of its own",
         .lists = {GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_UNKNOWN},
        {.name = "of the same anchor, out of an index",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_NEW_KEY},
         .want = SCOPE_UNKNOWN},
        {.name = "of the same anchor, stale",
         .lists = {{.signer = SCOPE_NEW_KEY,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"}},
         .want = SCOPE_STALE},
        {.name = "of the same anchor, where the key of the issuer signs no lists",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_GOOD},
        {.name = "of the same anchor, revoked",
         .lists = {{.signer = SCOPE_NEW_KEY}},
         .want = SCOPE_IS_REVOKED},
        {.name = "of the same anchor, and itself revoked: it revokes nothing",
         .lists = {{.signer = SCOPE_NEW_KEY}, REVOKES(SCOPE_ROOT, "11 01 04")},
         .want = SCOPE_UNKNOWN},
        {.name = "certified by the old key", .lists = {GOOD_OF(SCOPE_ROLLED)}, .want = SCOPE_GOOD},
        {.name = "certified by the old key, revoked",
         .lists = {{.signer = SCOPE_ROLLED}},
         .want = SCOPE_IS_REVOKED},
        {.name = "that has certified it",
         .issuer = SCOPE_ROLLED,
         .intermediates = {SCOPE_ISSUER},
         .lists = {GOOD_OF(SCOPE_ISSUER)},
         .want = SCOPE_GOOD},
        {.name = "that has certified it, by a certificate without cRLSign",
         .issuer = SCOPE_ROLLED,
         .intermediates = {SCOPE_CA_NO_SIGN},
         .lists = {GOOD_OF(SCOPE_ISSUER)},
         .want = SCOPE_GOOD},
        {.name = "that has not, nor been certified by it; another one has",
         .issuer = SCOPE_ROLLED,
         .intermediates = {SCOPE_ISSUER},
         .lists = {GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_UNKNOWN},
        {.name = "certified by another than the one that has issued",
         .issuer = SCOPE_NEW_KEY,
         .intermediates = {SCOPE_ISSUER},
         .lists = {GOOD_OF(SCOPE_ROLLED)},
         .want = SCOPE_UNKNOWN},
        {.name = "of another anchor", .lists = {GOOD_OF(SCOPE_NAMESAKE)}, .want = SCOPE_UNKNOWN},
        {.name = "of another anchor: it revokes nothing, either",
         .lists = {{.signer = SCOPE_NAMESAKE}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .intermediates = {SCOPE_NEW_KEY},
         .want = SCOPE_GOOD},
        {.name = "out of an index, its certificate is not there",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "out of an index, its certificate is in the truststore",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_GOOD,
         .new_key_is_trusted = true},
        {.name = "out of an index, one of its certificates is expired, one is in the truststore",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_GOOD,
         .intermediates = {SCOPE_NEW_PAST},
         .new_key_is_trusted = true},
        {.name = "out of an index, one of its certificates is expired, and no other is there",
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN,
         .intermediates = {SCOPE_NEW_PAST}},
        {.name = "out of an index, one of that name is in the truststore",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_ROLLED, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN,
         .new_key_is_trusted = true},
        {.name = "out of an index, one of that name is among the intermediates",
         .lists = {{.signer = SCOPE_NAMESAKE, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN,
         .intermediates = {SCOPE_ROLLED}},
        {.name = "two other keys, one of them of another anchor, which revokes nothing",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {GOOD_OF(SCOPE_NEW_KEY), {.signer = SCOPE_NAMESAKE}},
         .want = SCOPE_GOOD},
        {.name = "both keys have lists, one revokes",
         .lists = {GOOD_OF(SCOPE_ISSUER), {.signer = SCOPE_NEW_KEY}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the list of the own key is stale, that of the other does not stand in",
         .lists = {{.signer = SCOPE_ISSUER,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"},
                   GOOD_OF(SCOPE_ROLLED)},
         .want = SCOPE_STALE},
        /* Lists stand in the order of keys, whichever that is: of these two rows, in one the list
         * of the own key comes first. */
        {.name = "the same with the keys exchanged",
         .issuer = SCOPE_ROLLED,
         .intermediates = {SCOPE_ISSUER},
         .lists = {{.signer = SCOPE_ROLLED,
                    .revoked = "-",
                    .next_update = "17 { \"260201000000Z\" }"},
                   GOOD_OF(SCOPE_ISSUER)},
         .want = SCOPE_STALE},
        {.name = "the list of the own key is of some reasons, that of the other does not stand in",
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_SOME(SCOPE_TWO)),
                    .revoked = "-"},
                   GOOD_OF(SCOPE_ROLLED)},
         .want = SCOPE_UNKNOWN},
        {.name = "the certificate of the own key has no cRLSign, another of it has",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {GOOD_OF(SCOPE_ISSUER)},
         .want = SCOPE_GOOD},
        {.name = "no certificate of the own key has cRLSign",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-", .opened = true}},
         .want = SCOPE_UNKNOWN},
        {.name = "no certificate of the own key has cRLSign: it revokes",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_ISSUER, .opened = true}},
         .want = SCOPE_IS_REVOKED},
        {.name = "no certificate of the own key has cRLSign: it revokes whom another key does not",
         .issuer = SCOPE_CA_NO_SIGN,
         .lists = {{.signer = SCOPE_ISSUER, .opened = true}, GOOD_OF(SCOPE_NEW_KEY)},
         .want = SCOPE_IS_REVOKED},
        {.name = "no certificate of the own key has cRLSign: it revokes whom a CRL issuer does not",
         .issuer = SCOPE_CA_NO_SIGN,
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER, .opened = true}, LISTS(SCOPE_LISTER, "-")},
         .want = SCOPE_IS_REVOKED},
        {.name = "by another root, without cRLSign: it revokes the client",
         .issuer = SCOPE_CA_ELSEWHERE,
         .lists = {{.signer = SCOPE_ISSUER}},
         .want = SCOPE_IS_REVOKED},
        {.name = "by another root, without cRLSign: it revokes the CA below it",
         .issuer = SCOPE_ROLLED,
         .intermediates = {SCOPE_CA_ELSEWHERE},
         .lists = {REVOKES(SCOPE_ISSUER, "11 01 10"), GOOD_OF(SCOPE_ROLLED)},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* It is known by the digest of its key, which has to be written in one form. */
START_TEST(key_in_another_form)
{
    const struct forge specs[] = {
        {.subject = "CA", .issuer = "Root", .key = SCOPE_ISSUER, .signer = SCOPE_ROOT, .ca = true,
         .ku = FORGE_KU_CA},
        {.subject = "CA", .issuer = "Root", .key = SCOPE_ISSUER, .signer = SCOPE_ROOT, .ca = true,
         .ku = FORGE_KU_CA, .compressed = true},
    };
    const struct scope_row row = {.name = "form"};
    const struct crl_text parts = {.issuer = SCOPE_NAME("CA"), .extensions = SCOPE_NUMBER("07")};
    struct der_text text = crl_signed(&parts, forge_key(SCOPE_ISSUER));
    mtlsauth_policy *policy = scope_policy(&row);

    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        mtlsauth_cert *issuer = scope_cert_of(&specs[i]);
        mtlsauth_crl *crl = NULL;

        ck_assert_int_eq(mtlsauth_crl_load(&crl, text.ptr, text.len, issuer, policy, NULL),
                         specs[i].compressed ? MTLSAUTH_ERR_UNSUPPORTED : MTLSAUTH_OK);
        if (specs[i].compressed)
            ck_assert_ptr_nonnull(
                strstr(mtlsauth_last_error(), "has to write its point uncompressed"));
        mtlsauth_crl_free(crl);
        mtlsauth_cert_free(issuer);
    }
    mtlsauth_policy_free(policy);
    free(text.ptr);
}
END_TEST

/* What may have revoked the client, or a CA above it, was not looked at: it is kept out also where
 * nothing has to speak for that CA. */
START_TEST(path_beyond_the_budget)
{
#define CA_IS_REVOKED                                                                              \
    .issuer = SCOPE_ABOVE_DEEP, .intermediates = {SCOPE_CIRCLE, SCOPE_MIDDLE},                     \
    .lists = {{.signer = SCOPE_DEEP,                                                               \
               .extensions = INDIRECT,                                                             \
               .revoked = CRL_ENTRY_WITH("11 01 1d", SCOPE_OF("Root"))},                           \
              GOOD_OF(SCOPE_ABOVE_DEEP)}
#define BELOW_REVOKES                                                                              \
    .issuer = SCOPE_ROOT,                                                                          \
    .points = SCOPE_POINT(SCOPE_FULL(A)) SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below"))),                \
    .intermediates = {SCOPE_CIRCLE},                                                               \
    .lists = {{.signer = SCOPE_ROOT, .extensions = SCOPE_IDP(SCOPE_FULL(A)), .revoked = "-"},      \
              {.signer = SCOPE_BELOW, .extensions = INDIRECT, .revoked = ENTRY_OF("Root")}}
    static const struct scope_row rows[] = {
        {.name = "within the budget", BELOW_REVOKES, .want = SCOPE_IS_REVOKED},
        {.name = "beyond it", BELOW_REVOKES, .signatures = 1, .want = SCOPE_UNKNOWN},
        {.name = "beyond it, where the unknown is let in",
         BELOW_REVOKES,
         .signatures = 1,
         .allow_unknown = true,
         .want = SCOPE_UNKNOWN},
        {.name = "a CA, within the budget", CA_IS_REVOKED, .want = SCOPE_IS_REVOKED},
        {.name = "a CA, beyond it", CA_IS_REVOKED, .signatures = 2, .want = SCOPE_UNKNOWN},
        {.name = "what the client has sent along is tried last",
         .issuer = SCOPE_TWIN,
         .intermediates = {SCOPE_CIRCLE},
         .lists = {{.signer = SCOPE_BELOW,
                    .extensions = INDIRECT,
                    .revoked = CRL_ENTRY_WITH("11 01 1e", SCOPE_OF("Root"))},
                   GOOD_OF(SCOPE_TWIN)},
         .signatures = 2,
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

UNIT_MAIN("revocation/crl_issuer", path_of_the_crl_issuer, status_of_the_crl_issuer,
          another_key_of_the_issuer, key_in_another_form, path_beyond_the_budget)
