/* SPDX-License-Identifier: MIT */
#include "points.h"

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
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_IDP(SCOPE_FULL(A)),
                    .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

#define STALE .next_update = "17 { \"260201000000Z\" }"

/* 6.3.3, last paragraph: of a certificate whose points all name another cRLIssuer, too. FreeIPA's
 * name one that has never been, beside a list of the CA without a distribution point. */
START_TEST(lists_of_the_issuer_itself)
{
#define OWN(idp, entries)                                                                          \
    {                                                                                              \
        .signer = SCOPE_ISSUER, .extensions = idp, .revoked = entries                              \
    }
    static const struct scope_row rows[] = {
        {.name = "FreeIPA",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Certificate Authority"))),
         .lists = {OWN(NULL, "-")},
         .want = SCOPE_GOOD},
        {.name = "FreeIPA, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Certificate Authority"))),
         .lists = {OWN(NULL, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "stale",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-", STALE}},
         .want = SCOPE_STALE},
        {.name = "stale, revoked",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER, STALE}},
         .want = SCOPE_IS_REVOKED},
        {.name = "one of two points names another",
         .points = BY_LISTER SCOPE_POINT(SCOPE_FULL(A)),
         .lists = {OWN(NULL, "-")},
         .want = SCOPE_GOOD},
        {.name = "of a point that has its name",
         .points = BY_LISTER,
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(SCOPE_DIR("CA"))), "-")},
         .want = SCOPE_GOOD},
        {.name = "of users",
         .points = BY_LISTER,
         .lists = {OWN(SCOPE_IDP(SCOPE_USER), "-")},
         .want = SCOPE_GOOD},
        {.name = "of CAs",
         .points = BY_LISTER,
         .lists = {OWN(SCOPE_IDP(SCOPE_CA), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "of some reasons",
         .points = BY_LISTER,
         .lists = {OWN(SCOPE_IDP(SCOPE_SOME(SCOPE_TWO)), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "of the point whose lists another issues",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Lister"))),
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(A)), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "of another key of its name, which vouches for nobody",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_NEW_KEY, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "the named issuer's list revokes",
         .points = BY_LISTER,
         .lists = {OWN(NULL, "-"),
                   {.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = ENTRY_OF("CA")}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the named issuer's list revokes, and is stale",
         .points = BY_LISTER,
         .lists = {OWN(NULL, "-"),
                   {.signer = SCOPE_LISTER,
                    .extensions = INDIRECT,
                    .revoked = ENTRY_OF("CA"),
                    STALE}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the named issuer's list is good, this one revokes",
         .points = BY_LISTER,
         .lists = {OWN(NULL, NULL),
                   {.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_IS_REVOKED},
        {.name = "the named issuer's list is good, this one is stale",
         .points = BY_LISTER,
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-", STALE},
                   {.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "points that cannot be read lead to nothing good",
         .points = BY_LISTER SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS("06 00 40")),
         .lists = {OWN(NULL, "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "points that cannot be read lead to nothing that is stale",
         .points = BY_LISTER SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS("06 00 40")),
         .lists = {{.signer = SCOPE_ISSUER, .revoked = "-", STALE}},
         .want = SCOPE_UNKNOWN},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* 4.2.1.13: a CA that issues the lists itself omits cRLIssuer; where it has not, its lists are what
 * they would be without, and indirect ones are what they are. */
START_TEST(points_that_name_the_issuer)
{
#define BY_ITSELF SCOPE_BY(SCOPE_DIR("CA"))
#define AT_A SCOPE_IDP(SCOPE_FULL(A))
#define AND_A CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_FULL(A) " }")
    static const struct scope_row rows[] = {
        {.name = "the list is indirect",
         .points = SCOPE_POINT(BY_ITSELF),
         .lists = {OWN(INDIRECT, "-")},
         .want = SCOPE_GOOD},
        {.name = "the list is not indirect",
         .points = SCOPE_POINT(BY_ITSELF),
         .lists = {OWN(NULL, "-")},
         .want = SCOPE_GOOD},
        {.name = "the list has the URI",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {OWN(AT_A, "-")},
         .want = SCOPE_GOOD},
        {.name = "the list has the URI, revoked",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {OWN(AT_A, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "the list has the URI, stale",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = AT_A, .revoked = "-", STALE}},
         .want = SCOPE_STALE},
        {.name = "the list has another URI",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(B)), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "the list has the URI, and is indirect",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(A) SCOPE_INDIRECT), "-")},
         .want = SCOPE_GOOD},
        {.name = "the list has the URI, and is of CAs",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(A) SCOPE_CA), "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "in other letters",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("ca"))),
         .lists = {OWN(AT_A, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "reasons of the point alone",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO) BY_ITSELF),
         .lists = {OWN(AT_A, "-")},
         .want = SCOPE_UNKNOWN},
        {.name = "a relative name",
         .points = SCOPE_POINT(SCOPE_RELATIVE("x") BY_ITSELF),
         .lists = {OWN(SCOPE_IDP(SCOPE_FULL(SCOPE_BELOW("CA", "x"))), "-")},
         .want = SCOPE_GOOD},
        {.name = "itself and another",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Lister") SCOPE_DIR("CA"))),
         .lists = {OWN(AT_A, NULL)},
         .want = SCOPE_IS_REVOKED},
        {.name = "itself and another, whose list is not indirect",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Lister") SCOPE_DIR("CA"))),
         .lists = {{.signer = SCOPE_LISTER, .extensions = AT_A, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "itself and another, whose list is not indirect, and has the serial",
         .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Lister") SCOPE_DIR("CA"))),
         .lists = {{.signer = SCOPE_LISTER, .extensions = AT_A}},
         .want = SCOPE_UNKNOWN},
        {.name = "another key of its name vouches for nobody",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_NEW_KEY, .extensions = AT_A, .revoked = "-"}},
         .want = SCOPE_UNKNOWN},
        {.name = "another key of its name revokes",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_NEW_KEY, .extensions = AT_A}},
         .want = SCOPE_IS_REVOKED},
        {.name = "a key that it has certified",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_ROLLED, .extensions = AT_A, .revoked = "-"}},
         .want = SCOPE_GOOD},
        {.name = "a key that it has certified does not stand in for its own list",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_ISSUER, .extensions = AT_A, .revoked = "-", STALE},
                   {.signer = SCOPE_ROLLED, .extensions = AT_A, .revoked = "-"}},
         .want = SCOPE_STALE},
        {.name = "what a delta takes back",
         .points = SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF),
         .lists = {{.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("07") AND_A,
                    .revoked = CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("06"))},
                   {.signer = SCOPE_ISSUER,
                    .extensions = SCOPE_NUMBER("08") SCOPE_DELTA("07") AND_A,
                    .revoked = CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("08"))}},
         .want = SCOPE_GOOD},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

/* One list says nothing of those of the points, behind which the last paragraph of 6.3.3 comes. */
START_TEST(one_list_alone)
{
    static const struct {
        const char *name, *points;
        struct scope_list list;
        int status;
    } rows[] = {
        {"another", BY_LISTER, OWN(NULL, "-"), MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"another, revoked", BY_LISTER, OWN(NULL, NULL), MTLSAUTH_CRL_STATUS_REVOKED},
        {"another, and nobody", BY_LISTER SCOPE_POINT(SCOPE_FULL(A)), OWN(NULL, "-"),
         MTLSAUTH_CRL_STATUS_GOOD},
        {"nobody", NULL, OWN(NULL, "-"), MTLSAUTH_CRL_STATUS_GOOD},
        {"itself", SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF), OWN(NULL, "-"), MTLSAUTH_CRL_STATUS_GOOD},
        {"itself, of the URI", SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF), OWN(AT_A, "-"),
         MTLSAUTH_CRL_STATUS_GOOD},
        {"itself, of the URI, revoked", SCOPE_POINT(SCOPE_FULL(A) BY_ITSELF), OWN(AT_A, NULL),
         MTLSAUTH_CRL_STATUS_REVOKED},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scope_row row = {.name = rows[i].name, .points = rows[i].points};
        mtlsauth_policy *policy = scope_policy(&row);
        mtlsauth_chain *chain = scope_chain(&row);
        mtlsauth_crl *crl = scope_crl(row.name, &rows[i].list, policy);
        int status;

        ASSERT_INT(row.name,
                   mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0), scope_certs[SCOPE_ISSUER],
                                      policy, &status, NULL, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(row.name, status, rows[i].status);
        mtlsauth_crl_free(crl);
        mtlsauth_chain_free(chain);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

/* 6.3.3 (b) (2) (i), where the point has a cRLIssuer. */
START_TEST(names_of_points)
{
#define LISTERS(name)                                                                              \
    {                                                                                              \
        .signer = SCOPE_LISTER, .extensions = SCOPE_IDP(name SCOPE_INDIRECT), .revoked = "-"       \
    }
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
        bool no_ca, no_usage;        /* without the CA bit, without a keyUsage */
    } rows[] = {
        {.name = "certified by the issuer",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = "-"},
         .status = MTLSAUTH_CRL_STATUS_GOOD},
        {.name = "certified by the issuer, revoked",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_REVOKED},
        {.name = "a CA without keyUsage",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = "-"},
         .status = MTLSAUTH_CRL_STATUS_GOOD,
         .no_usage = true},
        {.name = "no CA, with cRLSign",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = "-"},
         .status = MTLSAUTH_CRL_STATUS_GOOD,
         .no_ca = true},
        {.name = "no CA, without keyUsage",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = "-"},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN,
         .no_ca = true,
         .no_usage = true},
        {.name = "no CA, without keyUsage: it revokes nothing, either",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN,
         .no_ca = true,
         .no_usage = true},
        {.name = "signed by another",
         .signer = {.signer = SCOPE_NEW_KEY},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "certified by another name",
         .signer = {.signer = SCOPE_ROOT, .issuer = "Root"},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN},
        {.name = "certified with the issuer's key, in another name",
         .signer = {.signer = SCOPE_ISSUER, .issuer = "Root"},
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
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN,
         .ec_bits = 384},
        {.name = "the signature is too weak",
         .signer = {.signer = SCOPE_ISSUER},
         .list = {.revoked = NULL},
         .status = MTLSAUTH_CRL_STATUS_UNKNOWN,
         .hash_bits = 384},
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
        spec.ca = !rows[i].no_ca;
        spec.ku = rows[i].no_usage ? 0 : rows[i].no_ca ? 0x02 : FORGE_KU_CA;
        scope_certs[SCOPE_ROLLED] = scope_cert_of(&spec);
        crl = scope_crl(rows[i].name, &list, policy);
        asking = scope_policy(&row);
        if (rows[i].ec_bits != 0)
            ck_assert_int_eq(mtlsauth_policy_set_min_ec_bits(asking, rows[i].ec_bits), 0);
        if (rows[i].hash_bits != 0)
            ck_assert_int_eq(mtlsauth_policy_set_min_hash_bits(asking, rows[i].hash_bits), 0);
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0), scope_certs[SCOPE_ISSUER],
                                      asking, &status, NULL, NULL),
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

UNIT_MAIN("revocation/indirect", issuers_of_entries, issuers_of_points, lists_of_the_issuer_itself,
          points_that_name_the_issuer, one_list_alone, names_of_points, neighbours_of_the_issuer)
