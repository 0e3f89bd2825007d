/* SPDX-License-Identifier: MIT */
/* Points of certificates: their forms, the names that count, and the addresses to fetch from. */
#include "points.h"

#include "cert/cert.h"
#include "revocation/ocsp_url.h"
#include "revocation/point.h"

/* What each of two lists, one without and one with the certificate, says where it has such
 * points. */
static void check_lists(const char *const points[], size_t count, const struct scope_list lists[2])
{
    static const int want[] = {MTLSAUTH_CRL_STATUS_UNKNOWN, MTLSAUTH_CRL_STATUS_REVOKED};
    const struct scope_row policy_of = {.name = "malformed"};
    mtlsauth_policy *policy = scope_policy(&policy_of);

    scope_setup();
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < COUNT_OF(want); n++) {
            const struct scope_row row = {.name = points[i], .points = points[i]};
            mtlsauth_chain *chain = scope_chain(&row);
            mtlsauth_crl *crl = scope_crl(row.name, &lists[n], policy);
            int status;

            ASSERT_INT(row.name,
                       mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                          scope_certs[SCOPE_ISSUER], policy, &status, NULL, NULL),
                       MTLSAUTH_OK);
            ASSERT_INT(row.name, status, want[n]);
            mtlsauth_crl_free(crl);
            mtlsauth_chain_free(chain);
        }
    mtlsauth_policy_free(policy);
    scope_teardown();
}

/* Nobody knows what points that are malformed say: such a certificate is never good. */
START_TEST(malformed_points)
{
    static const char *const points[] = {
        "",
        "30 { 04 00 }",
        SCOPE_POINT(""),
        SCOPE_POINT(SCOPE_REASONS(SCOPE_TWO)),
        SCOPE_POINT(SCOPE_FULL("")),
        SCOPE_POINT("a0 { a2 { 05 00 } }"),
        SCOPE_POINT(SCOPE_FULL(A) "81 { 09 60 }"),
        SCOPE_POINT(SCOPE_FULL(A) "81 { 00 00 00 80 }"),
        SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY("")),
        SCOPE_POINT(SCOPE_FULL(A) "a3 00"),
        SCOPE_POINT(SCOPE_FULL(A)) "05 00",
    };
    static const struct scope_list lists[] = {
        {.signer = SCOPE_ISSUER, .revoked = "-"},
        {.signer = SCOPE_ISSUER},
    };

    check_lists(points, COUNT_OF(points), lists);
}
END_TEST

/* A list that a point before a malformed one names, or before one too many, still revokes. */
START_TEST(lists_before_malformed_points)
{
    static const struct scope_list lists[] = {
        {.signer = SCOPE_ISSUER, .revoked = "-", .extensions = SCOPE_IDP(SCOPE_FULL(A))},
        {.signer = SCOPE_ISSUER, .revoked = SCOPE_REVOKED, .extensions = SCOPE_IDP(SCOPE_FULL(A))},
    };
    static char many[65 * 128];
    const char *const points[] = {SCOPE_POINT(SCOPE_FULL(A)) "05 00",
                                  SCOPE_POINT(SCOPE_FULL(A)) SCOPE_POINT(SCOPE_FULL("")), many};

    for (int i = 0; i < 65; i++)
        strcat(many, i == 0 ? SCOPE_POINT(SCOPE_FULL(A)) : " " SCOPE_POINT(SCOPE_FULL(B)));
    check_lists(points, COUNT_OF(points), lists);
}
END_TEST

/* An authorizer says of a point of reasons alone what is wrong, and not that an issuer is
 * missing. */
START_TEST(point_of_reasons_alone)
{
    static const struct {
        struct scope_row row;
        int want;
        const char *message;
    } rows[] = {
        {{.name = "a point of reasons alone", .points = SCOPE_POINT(SCOPE_REASONS(SCOPE_TWO))},
         MTLSAUTH_DENY_MALFORMED,
         "a CRL distribution point without a name"},
        {{.name = "the second point has reasons alone",
          .points = SCOPE_POINT(SCOPE_FULL(A)) SCOPE_POINT(SCOPE_REASONS(SCOPE_TWO))},
         MTLSAUTH_DENY_MALFORMED,
         "a CRL distribution point without a name"},
        {{.name = "reasons and a name",
          .points = SCOPE_POINT(SCOPE_FULL(A) SCOPE_REASONS(SCOPE_TWO)),
          .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}}},
         SCOPE_GOOD,
         ""},
        {{.name = "reasons and a cRLIssuer",
          .points = SCOPE_POINT(SCOPE_REASONS(SCOPE_TWO) SCOPE_BY(SCOPE_DIR("Lister")))},
         SCOPE_UNKNOWN,
         ""},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char message[512];

        ASSERT_INT(rows[i].row.name, scope_answer_of(&rows[i].row, false, message), rows[i].want);
        ck_assert_msg(strstr(message, rows[i].message) != NULL, "%s: %s", rows[i].row.name,
                      message);
    }
    scope_teardown();
}
END_TEST

/* All of GeneralName: URIs and directory names are compared, the others are passed over. */
START_TEST(every_form_of_name)
{
    static const struct {
        const char *name;
        bool comparable;
    } names[] = {
        {"a0 { 06 01 2a a0 { 0c 01 61 } }", false},
        {"81 01 61", false},
        {"82 01 61", false},
        {"a3 { 30 00 }", false},
        {SCOPE_DIR("a"), true},
        {"a5 { a1 { 0c 01 61 } }", false},
        {SCOPE_URI("http://a/"), true},
        {"87 04 01 02 03 04", false},
        {"88 01 2a", false},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char both[128], points[256], idp[512];

        /* Alone in the certificate, and in the list beside a URI: without, it would be refused. */
        snprintf(both, sizeof both, "%s " SCOPE_URI("http://other/"), names[i].name);
        snprintf(points, sizeof points, SCOPE_POINT(SCOPE_FULL("%s")), names[i].name);
        snprintf(idp, sizeof idp, SCOPE_IDP(SCOPE_FULL("%s")), both);
        {
            const struct scope_row row = {
                .name = names[i].name,
                .points = points,
                .lists = {{.signer = SCOPE_ISSUER, .extensions = idp, .revoked = "-"}},
                .want = names[i].comparable ? SCOPE_GOOD : SCOPE_UNKNOWN};

            scope_check(&row, 1);
        }
    }
}
END_TEST

static int count_name(void *arg, const struct point_name *name)
{
    size_t *count = arg;

    (void)name;
    ++*count;
    return *count == 100 ? MTLSAUTH_ERR_LIMIT : MTLSAUTH_OK;
}

/* What is malformed or empty is nobody's name, and nobody has more than 64. */
START_TEST(names_that_count)
{
    static const struct {
        const char *names;
        size_t repeated, count;
    } rows[] = {
        {SCOPE_URI("http://a/"), 1, 1},
        {SCOPE_URI("http://a/") "86 00" SCOPE_DIR("x"), 1, 2},
        {SCOPE_URI("http://a/") "86 05 61", 1, 1},
        {SCOPE_URI("a"), 63, 63},
        {SCOPE_URI("a"), 64, 64},
        {SCOPE_URI("a"), 65, 64},
        {"a4 { 04 00 }", 1, 0},
        {"a4 { 30 { 31 { 30 { 06 { 55 04 03 } 0c { 61 } } } 04 00 } }", 1, 0},
    };
    static const struct {
        const char *rdn;
        size_t count;
    } relative[] = {
        {"30 { 06 { 55 04 03 } 0c { 61 } }", 1},
        {"30 { 06 { 55 04 03 } }", 0},
        {"04 00", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = {0};
        size_t count = 0;

        for (size_t n = 0; n < rows[i].repeated; n++)
            der_text_add(&text, rows[i].names);
        ck_assert_int_eq(mtlsauth__point_each(span_of(text.ptr, text.len), count_name, &count),
                         MTLSAUTH_OK);
        ck_assert_msg(count == rows[i].count, "row %zu: %zu names", i, count);
        free(text.ptr);
    }
    for (size_t i = 0; i < COUNT_OF(relative); i++) {
        struct der_text text = {0};
        size_t count = 0;

        der_text_add(&text, relative[i].rdn);
        ck_assert_int_eq(mtlsauth__point_relative(span_of(text.ptr, text.len), span_of("x", 1),
                                                  count_name, &count),
                         MTLSAUTH_OK);
        ck_assert_msg(count == relative[i].count, "relative, row %zu: %zu names", i, count);
        free(text.ptr);
    }
}
END_TEST

/* An index may hold a point that no list has: it is refused, and no name of it left out. */
START_TEST(names_of_an_index)
{
    static const struct {
        const char *idp;
        bool is_relative;
        int code;
        bool has_text;
    } rows[] = {
        {"30 { a0 { a0 { 86 01 61 } } }", false, MTLSAUTH_OK, true},
        {"30 { a0 { a0 { 86 01 61 82 01 62 } } }", false, MTLSAUTH_OK, true},
        {"30 { a0 { a0 { 82 01 62 86 01 61 } } }", false, MTLSAUTH_OK, true},
        {"30 { a0 { a1 { 30 { 06 { 55 04 03 } 0c { 61 } } } } }", true, MTLSAUTH_OK, true},
        {"04 00", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 { 86 01 61 } } } 05 00", false, MTLSAUTH_ERR_PARSE, false},
        {"30 00", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a2 { a0 { 86 01 61 } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a2 { 86 01 61 } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a1 { 86 01 61 } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 00 } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 { 86 } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 { 82 01 61 } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 { a4 { 04 00 } } } }", false, MTLSAUTH_ERR_PARSE, false},
        {"30 { a0 { a0 { 86 01 61 a4 { 04 00 } } } }", false, MTLSAUTH_ERR_PARSE, true},
        {"30 { a0 { a1 { 04 00 } } }", true, MTLSAUTH_ERR_PARSE, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text idp = {0};
        struct crl_facts facts = {.scope = {.has_names = true, .is_relative = rows[i].is_relative}};
        struct point_names names;
        struct text text = {0};

        der_text_add(&idp, rows[i].idp);
        facts.idp = idp.ptr;
        facts.idp_len = idp.len;
        ASSERT_INT(rows[i].idp, mtlsauth__point_names_of(&names, &facts, span_of("x", 1)),
                   rows[i].code);
        ASSERT_INT(rows[i].idp, mtlsauth__point_text(&text, &facts), rows[i].has_text);
        mtlsauth__point_names_drop(&names);
        mtlsauth__text_drop(&text);
        free(idp.ptr);
    }
}
END_TEST

/* Where lists are fetched: URLs of fullName, in their order, whatever else stands there. */
START_TEST(urls_of_points)
{
    struct cert_view malformed = {.extensions[EXTENSION_CRL_DISTRIBUTION_POINTS] = {
                                      .present = true, .value = {(const uint8_t *)"\x04\x00", 2}}};
    static const struct {
        const char *points;
        const char *urls[3];
    } rows[] = {
        {NULL, {NULL}},
        {SCOPE_POINT(SCOPE_FULL(A)), {"http://a/"}},
        {SCOPE_POINT(SCOPE_FULL(A B)) SCOPE_POINT(SCOPE_FULL(C)),
         {"http://a/", "http://b/", "http://c/"}},
        {SCOPE_POINT(SCOPE_FULL("82 01 61" SCOPE_DIR("x") B)), {"http://b/"}},
        {SCOPE_POINT(SCOPE_FULL(SCOPE_URI("ldap://a/") B)), {"http://b/"}},
        {SCOPE_POINT(SCOPE_FULL("82 { \"http://name/\" }" B)), {"http://b/"}},
        {SCOPE_POINT(SCOPE_RELATIVE("x")) SCOPE_POINT(SCOPE_FULL(A)), {"http://a/"}},
        {SCOPE_POINT(SCOPE_BY(SCOPE_DIR("x"))) SCOPE_POINT(SCOPE_FULL(A)), {"http://a/"}},
        {SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("x"))), {"http://a/"}},
        {"04 00" SCOPE_POINT(SCOPE_FULL(A)), {NULL}},
        {SCOPE_POINT("a0 { a0 { 86 } }") SCOPE_POINT(SCOPE_FULL(A)), {"http://a/"}},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scope_row row = {.name = rows[i].points, .points = rows[i].points};
        mtlsauth_chain *chain = scope_chain(&row);
        const mtlsauth_cert *cert = mtlsauth_chain_cert(chain, 0);
        size_t n = 0;
        struct span url;

        for (; n < COUNT_OF(rows[i].urls) && rows[i].urls[n] != NULL; n++) {
            ck_assert_msg(mtlsauth__crl_url(&cert->view, n, &url), "row %zu: URL %zu", i, n);
            ck_assert_msg(url.len == strlen(rows[i].urls[n]) &&
                              memcmp(url.ptr, rows[i].urls[n], url.len) == 0,
                          "row %zu: URL %zu is %.*s", i, n, (int)url.len, (const char *)url.ptr);
        }
        ck_assert_msg(!mtlsauth__crl_url(&cert->view, n, &url), "row %zu: one URL more", i);
        mtlsauth_chain_free(chain);
    }
    ck_assert(!mtlsauth__crl_url(&malformed, 0, &(struct span){0}));
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation/point", malformed_points, lists_before_malformed_points,
          point_of_reasons_alone, every_form_of_name, names_that_count, names_of_an_index,
          urls_of_points)
