/* SPDX-License-Identifier: MIT */
/* More CRL issuers than one answer looks for paths of: what one of the last says is not passed
 * over. */
#include "scope.h"

enum { LISTERS = 17, FIRST_KEY = 120 };

#define INDIRECT SCOPE_IDP(SCOPE_INDIRECT)

static void put(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy, int i,
                const char *revoked)
{
    char name[16], issuer[128];
    struct forge spec = {.subject = name,
                         .issuer = "Root",
                         .key = FIRST_KEY + i,
                         .signer = SCOPE_ROOT,
                         .ku = 0x02,
                         .serial = 0x200 + (unsigned)i,
                         .has_key_ids = true};
    struct crl_text parts = {.issuer = issuer, .extensions = INDIRECT, .revoked = revoked};
    mtlsauth_cert *signer;
    struct der_text text;
    mtlsauth_crl *crl;

    snprintf(name, sizeof name, "L%d", i);
    snprintf(issuer, sizeof issuer, SCOPE_NAME("%s"), name);
    signer = scope_cert_of(&spec);
    text = crl_signed(&parts, forge_key(FIRST_KEY + i));
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, signer, policy, NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(signer);
    free(text.ptr);
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

UNIT_MAIN("revocation_searches", the_last_one_is_heard_or_nothing_is_good,
          names_beyond_those_that_are_looked_at, issuers_beyond_those_that_are_looked_at)
