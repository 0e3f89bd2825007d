/* SPDX-License-Identifier: MIT */
/* More CRL issuers than one answer looks for paths of: what one of the last says is not passed
 * over. */
#include "scope.h"

enum { LISTERS = 17, FIRST_KEY = 120 };

#define INDIRECT SCOPE_IDP(SCOPE_INDIRECT)

/* A CRL issuer of the root: its certificate has this serial number, and these distribution points
 * (NULL: none). */
struct lister {
    const char *name;
    int key;
    unsigned serial;
    const char *points;
};

static void put_list(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy,
                     const struct lister *by, const char *extensions, const char *revoked)
{
    char issuer[128];
    struct der_text memory = {0}, text;
    struct forge_extension points = {0};
    struct forge spec = {.subject = by->name,
                         .issuer = "Root",
                         .key = by->key,
                         .signer = SCOPE_ROOT,
                         .ku = 0x02,
                         .serial = by->serial,
                         .has_key_ids = true};
    struct crl_text parts = {.issuer = issuer, .extensions = extensions, .revoked = revoked};
    mtlsauth_cert *signer;
    mtlsauth_crl *crl;

    if (by->points != NULL) {
        points = scope_points(by->points, &memory);
        spec.extensions = &points;
        spec.extension_count = 1;
    }
    snprintf(issuer, sizeof issuer, SCOPE_NAME("%s"), by->name);
    signer = scope_cert_of(&spec);
    text = crl_signed(&parts, forge_key(by->key));
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, signer, policy, NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(signer);
    free(text.ptr);
    free(memory.ptr);
}

static void put(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy, int i,
                const char *revoked)
{
    char name[16];
    const struct lister lister = {name, FIRST_KEY + i, 0x200 + (unsigned)i, NULL};

    snprintf(name, sizeof name, "L%d", i);
    put_list(authorizer, policy, &lister, INDIRECT, revoked);
}

/* What so many CRL issuers say of which the last one may revoke. */
static int answer_of(int listers, bool revokes)
{
    char names[2048] = "", points[2200];
    const struct scope_row row = {.name = "searches", .points = points};
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_authorizer *authorizer = scope_authorizer(policy, false);
    mtlsauth_chain *chain;
    int code;

    for (int i = 0; i < listers; i++) {
        char one[128];
        bool last = i + 1 == listers;

        snprintf(one, sizeof one, SCOPE_DIR("L%d"), i);
        strcat(names, one);
        put(authorizer, policy, i,
            last && revokes ? CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF("CA")) : "-");
    }
    snprintf(points, sizeof points, SCOPE_POINT(SCOPE_BY("%s")), names);
    chain = scope_chain(&row);
    code = mtlsauth_authorize(authorizer, chain, NULL);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    return code;
}

START_TEST(the_last_one_is_heard_or_nothing_is_good)
{
    scope_setup();
    ck_assert_int_eq(answer_of(LISTERS - 1, false), SCOPE_GOOD);
    ck_assert_int_eq(answer_of(LISTERS - 1, true), SCOPE_IS_REVOKED);
    ck_assert_int_eq(answer_of(LISTERS, true), SCOPE_UNKNOWN);
    ck_assert_int_eq(answer_of(LISTERS, false), SCOPE_UNKNOWN);
    scope_teardown();
}
END_TEST

/* --- The status of a CRL issuer --------------------------------------------------------------- */

enum { MAIN_KEY = 110 };

#define BY_MAIN SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Main")))
#define MAIN_SERIAL 0x300
#define MAIN_REVOKED CRL_ENTRY_WITH("11 03 00", SCOPE_OF("Root"))
#define CLIENT_ENTRY(reason) CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF("CA") CRL_REASON(reason))
#define INDIRECT_SCOPE CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_INDIRECT " }")

struct main_row {
    const char *name;
    struct scope_row row;
    int listers; /* that tell the status of Main */
    bool revokes;
    bool releases; /* Main has the client on hold, and a delta of it releases him */
    enum scope_answer want;
};

/* The CRL issuer Main is the only one to speak of the client. */
static void put_main(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy,
                     const struct main_row *it)
{
    char names[2048] = "", points[2200];
    const struct lister main_lister = {"Main", MAIN_KEY, MAIN_SERIAL, points};

    for (int i = 0; i < it->listers; i++) {
        char one[128];

        snprintf(one, sizeof one, SCOPE_DIR("L%d"), i);
        strcat(names, one);
        put(authorizer, policy, i, it->revokes && i + 1 == it->listers ? MAIN_REVOKED : "-");
    }
    snprintf(points, sizeof points, SCOPE_POINT(SCOPE_BY("%s")), names);
    put_list(authorizer, policy, &main_lister, SCOPE_NUMBER("05") INDIRECT_SCOPE,
             it->releases ? CLIENT_ENTRY("06") : "-");
    if (it->releases)
        put_list(authorizer, policy, &main_lister,
                 SCOPE_NUMBER("06") SCOPE_DELTA("05") INDIRECT_SCOPE, CLIENT_ENTRY("08"));
}

/*
 * Where nothing has to speak for a CRL issuer, its lists count unless one calls it revoked; but
 * when they could not all be looked for, nobody is good by it, nor released.
 */
START_TEST(the_status_of_a_crl_issuer)
{
#define LEAF                                                                                       \
    {                                                                                              \
        .points = BY_MAIN                                                                          \
    }
#define ROOT_IS_OFF                                                                                \
    {                                                                                              \
        .points = BY_MAIN, .all_of_the_path = true, .root_is_off = true                            \
    }
#define UNKNOWN_ALLOWED                                                                            \
    {                                                                                              \
        .points = BY_MAIN, .allow_unknown = true                                                   \
    }
    static const struct main_row rows[] = {
        {"leaf, all are heard", LEAF, 15, false, false, SCOPE_GOOD},
        {"leaf, all are heard, it is revoked", LEAF, 15, true, false, SCOPE_UNKNOWN},
        {"leaf, one too many", LEAF, 16, false, false, SCOPE_UNKNOWN},
        {"leaf, one too many, it is revoked", LEAF, 16, true, false, SCOPE_UNKNOWN},
        {"off, all are heard", ROOT_IS_OFF, 15, false, false, SCOPE_GOOD},
        {"off, all are heard, it is revoked", ROOT_IS_OFF, 15, true, false, SCOPE_UNKNOWN},
        {"off, one too many", ROOT_IS_OFF, 16, false, false, SCOPE_UNKNOWN},
        {"off, one too many, it is revoked", ROOT_IS_OFF, 16, true, false, SCOPE_UNKNOWN},
        {"unknown is allowed, all are heard", UNKNOWN_ALLOWED, 15, false, true, SCOPE_GOOD},
        {"unknown is allowed, one too many", UNKNOWN_ALLOWED, 16, false, true, SCOPE_IS_REVOKED},
        {"unknown is allowed, one too many, it is revoked", UNKNOWN_ALLOWED, 16, true, true,
         SCOPE_IS_REVOKED},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *policy = scope_policy(&rows[i].row);
        mtlsauth_authorizer *authorizer = scope_authorizer(policy, false);
        mtlsauth_chain *chain = scope_chain(&rows[i].row);
        int code;

        put_main(authorizer, policy, &rows[i]);
        code = mtlsauth_authorize(authorizer, chain, NULL);
        ck_assert_msg(code == (int)rows[i].want, "%s: %s", rows[i].name, mtlsauth_code_name(code));
        mtlsauth_chain_free(chain);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

/*
 * The fifth CRL issuer in a row: its lists are not looked for, so the fourth takes no hold off the
 * third, which is not heard then. So the second is, and calls the first revoked, which spoke of the
 * client.
 */
static int answer_of_a_row(bool is_fifth_named)
{
#define ONE_OF_ROOT(serial, reason)                                                                \
    CRL_ENTRY_WITH("11 03 " serial, SCOPE_OF("Root") CRL_REASON(reason))
#define BY(cn) SCOPE_POINT(SCOPE_BY(SCOPE_DIR(cn)))
    const struct lister listers[] = {
        {"M0", MAIN_KEY + 0, MAIN_SERIAL + 0, BY("M1")},
        {"M1", MAIN_KEY + 1, MAIN_SERIAL + 1, BY("M2")},
        {"M2", MAIN_KEY + 2, MAIN_SERIAL + 2, BY("M3")},
        {"M3", MAIN_KEY + 3, MAIN_SERIAL + 3, is_fifth_named ? BY("M4") : NULL},
        {"M4", MAIN_KEY + 4, MAIN_SERIAL + 4, NULL},
    };
    static const char *const lists[] = {"-", ONE_OF_ROOT("00", "01"), ONE_OF_ROOT("01", "01"),
                                        ONE_OF_ROOT("02", "06"), "-"};
    const struct scope_row row = {.name = "nested", .points = BY("M0")};
    mtlsauth_policy *policy = scope_policy(&row);
    mtlsauth_authorizer *authorizer = scope_authorizer(policy, false);
    mtlsauth_chain *chain = scope_chain(&row);
    int code;

    for (size_t i = 0; i < COUNT_OF(listers); i++)
        put_list(authorizer, policy, &listers[i], SCOPE_NUMBER("05") INDIRECT_SCOPE, lists[i]);
    put_list(authorizer, policy, &listers[3], SCOPE_NUMBER("06") SCOPE_DELTA("05") INDIRECT_SCOPE,
             ONE_OF_ROOT("02", "08"));
    code = mtlsauth_authorize(authorizer, chain, NULL);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    return code;
}

START_TEST(crl_issuers_in_a_row)
{
    scope_setup();
    ck_assert_int_eq(answer_of_a_row(false), SCOPE_GOOD);
    ck_assert_int_eq(answer_of_a_row(true), SCOPE_UNKNOWN);
    scope_teardown();
}
END_TEST

/* Its certificate names a CRL issuer whose path costs more than the policy pays for. */
START_TEST(a_path_that_costs_too_much)
{
    static const struct lister main_lister = {"Main", MAIN_KEY, MAIN_SERIAL,
                                              SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below")))};
    static const struct scope_list below = {
        .signer = SCOPE_BELOW, .extensions = INDIRECT, .revoked = MAIN_REVOKED};

    scope_setup();
    for (unsigned signatures = 0; signatures < 2; signatures++) {
        const struct scope_row row = {.name = "path",
                                      .points = BY_MAIN,
                                      .issuer = SCOPE_ROOT,
                                      .intermediates = {SCOPE_CIRCLE},
                                      .signatures = signatures};
        mtlsauth_policy *policy = scope_policy(&row);
        mtlsauth_authorizer *authorizer = scope_authorizer(policy, false);
        mtlsauth_chain *chain = scope_chain(&row);
        mtlsauth_crl *crl = scope_crl(row.name, &below, policy);

        scope_put_intermediates(authorizer, &row);
        ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
        put_list(authorizer, policy, &main_lister, INDIRECT, "-");
        ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), SCOPE_UNKNOWN);
        mtlsauth_crl_free(crl);
        mtlsauth_chain_free(chain);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

/* A point of a CRL issuer that cannot be read (unused bits that are set) costs nothing: where
 * nothing has to speak for it, its lists count (docs/revocation.md). */
START_TEST(malformed_points_of_a_crl_issuer)
{
    static const struct lister main_lister = {
        "Main", MAIN_KEY, MAIN_SERIAL,
        SCOPE_POINT(SCOPE_FULL(SCOPE_URI("http://a/")) SCOPE_REASONS("05 ff"))};
    static const struct scope_row row = {.name = "malformed", .points = BY_MAIN};
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;

    scope_setup();
    policy = scope_policy(&row);
    authorizer = scope_authorizer(policy, false);
    chain = scope_chain(&row);
    put_list(authorizer, policy, &main_lister, INDIRECT, "-");
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), SCOPE_GOOD);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

/* A partition that only the last of many names leads to, beside a list of all certificates. */
START_TEST(names_beyond_those_that_are_looked_at)
{
    scope_setup();
    for (int count = 64; count <= 65; count++) {
        char points[8192], idp[256];
        size_t used = (size_t)snprintf(points, sizeof points, "30 { a0 { a0 { ");
        struct scope_row row = {
            .name = "names",
            .points = points,
            .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"},
                      {.signer = SCOPE_ISSUER, .extensions = idp}},
        };
        char message[512];

        for (int i = 1; i <= count; i++)
            used +=
                (size_t)snprintf(points + used, sizeof points - used, SCOPE_URI("http://%d/"), i);
        snprintf(points + used, sizeof points - used, " } } }");
        snprintf(idp, sizeof idp,
                 SCOPE_NUMBER("07")
                     CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"http://%d/\" } } } }"),
                 count);
        ck_assert_int_eq(scope_answer_of(&row, false, message),
                         count == 64 ? SCOPE_IS_REVOKED : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* One of many CRL issuers has a list, and nobody knows whose list the last of them would be. */
START_TEST(issuers_beyond_those_that_are_looked_at)
{
    scope_setup();
    for (int count = 64; count <= 65; count++) {
        char points[8192], message[512];
        size_t used = (size_t)snprintf(points, sizeof points, "30 { a2 { " SCOPE_DIR("Lister"));
        struct scope_row row = {
            .name = "issuers",
            .points = points,
            .lists = {{.signer = SCOPE_LISTER, .extensions = INDIRECT, .revoked = "-"}},
        };

        for (int i = 2; i <= count; i++)
            used += (size_t)snprintf(points + used, sizeof points - used, " " SCOPE_DIR("L%d"), i);
        snprintf(points + used, sizeof points - used, " } }");
        ck_assert_int_eq(scope_answer_of(&row, false, message),
                         count == 64 ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* --- Lists with a name in common -------------------------------------------------------------- */

/* Each has a name of its own, too; their CA has signed them. */
static void put_lists_of_a_name(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy,
                                int count, const char *revoked)
{
    for (int i = 0; i < count; i++) {
        char idp[256];
        const struct scope_list list = {
            .signer = SCOPE_ISSUER, .extensions = idp, .revoked = revoked};
        mtlsauth_crl *crl;

        snprintf(idp, sizeof idp,
                 SCOPE_NUMBER("07") CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"%d\" } "
                                                             "86 { \"all\" } 86 { \"all\" } } } }"),
                 i);
        crl = scope_crl("lists of a name", &list, policy);
        ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
        mtlsauth_crl_free(crl);
    }
}

/* 100 lists are looked at as often as the certificate has their name, and 10,000 times at most. */
START_TEST(lists_beyond_those_that_are_looked_at)
{
    static const struct {
        const char *name, *revoked;
        int times;
        bool allow_unknown;
        enum scope_answer want;
    } rows[] = {
        {"all are looked at", "-", 100, false, SCOPE_GOOD},
        {"one too many", "-", 101, false, SCOPE_UNKNOWN},
        {"one too many, the unknown is allowed", "-", 101, true, SCOPE_UNKNOWN},
        {"one too many, revoked by one before", NULL, 101, true, SCOPE_IS_REVOKED},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char points[4096];
        const struct scope_row row = {
            .name = rows[i].name, .points = points, .allow_unknown = rows[i].allow_unknown};
        size_t used = 0;
        mtlsauth_policy *policy = scope_policy(&row);
        mtlsauth_authorizer *authorizer = scope_authorizer(policy, false);
        mtlsauth_decision *decision;
        mtlsauth_chain *chain;

        /* Of which 64 are looked at in one point. */
        for (int n = 0; n < rows[i].times; n++)
            used += (size_t)snprintf(points + used, sizeof points - used, "%s86 { \"all\" } %s",
                                     n % 60 == 0 ? "30 { a0 { a0 { " : "",
                                     n % 60 == 59 || n + 1 == rows[i].times ? "} } } " : "");
        chain = scope_chain(&row);
        put_lists_of_a_name(authorizer, policy, 100, rows[i].revoked);
        ck_assert_int_eq(mtlsauth_decision_new(&decision), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, mtlsauth_authorize(authorizer, chain, decision), rows[i].want);
        ASSERT_TRUE(rows[i].name,
                    (strstr(mtlsauth_decision_message(decision), "takes more work") != NULL) ==
                        (rows[i].want == SCOPE_UNKNOWN));
        mtlsauth_decision_free(decision);
        mtlsauth_chain_free(chain);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation_searches", the_last_one_is_heard_or_nothing_is_good,
          the_status_of_a_crl_issuer, crl_issuers_in_a_row, a_path_that_costs_too_much,
          malformed_points_of_a_crl_issuer, names_beyond_those_that_are_looked_at,
          issuers_beyond_those_that_are_looked_at, lists_beyond_those_that_are_looked_at)
