/* SPDX-License-Identifier: MIT */
/* Many CRL issuers, and what a search among them may cost. */
#include "points.h"

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
    struct forge spec = {.subject = name,
                         .issuer = root == SCOPE_ROOT ? "Root" : "Other",
                         .key = key,
                         .signer = root,
                         .ku = 0x02,
                         .not_after = not_after,
                         .serial = 0x200 + (unsigned)crowd->count,
                         .has_key_ids = true};

    if (point != NULL) {
        points = scope_points(point, &memory);
        spec.extensions = &points;
        spec.extension_count = 1;
    }
    crowd->certs[crowd->count] = scope_cert_of(&spec);
    free(memory.ptr);
    return crowd->certs[crowd->count++];
}

static void crowd_put_list(const struct crowd *crowd, const mtlsauth_cert *signer, int key,
                           const char *extensions, const char *revoked, bool opened)
{
    char issuer[128];
    struct crl_text parts = {.issuer = issuer, .extensions = extensions, .revoked = revoked};
    struct der_text text;
    mtlsauth_crl *crl;

    snprintf(issuer, sizeof issuer, SCOPE_NAME("%s"),
             mtlsauth_cert_subject(signer) + strlen("CN="));
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

static void crowd_put(const struct crowd *crowd, const mtlsauth_cert *signer, int key,
                      const char *extensions, bool opened)
{
    crowd_put_list(crowd, signer, key, extensions, "-", opened);
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

/* Only who has both, the name and the key of the client, is the client. */
START_TEST(crl_issuers_like_the_client)
{
    static const struct {
        const char *name;
        int key, want; /* the client has 100 */
    } rows[] = {
        {"client", 150, SCOPE_GOOD},
        {"L", 100, SCOPE_GOOD},
        {"client", 100, SCOPE_UNKNOWN},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crowd crowd;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("%s"))),
                 rows[i].name);
        crowd_put(&crowd, crowd_add(&crowd, rows[i].name, rows[i].key, SCOPE_ROOT, NULL, NULL),
                  rows[i].key, INDIRECT, false);
        ck_assert_int_eq(crowd_end(&crowd), rows[i].want);
    }
    scope_teardown();
}
END_TEST

/* What is known of one name is not known of another with the same key. */
START_TEST(crl_issuers_of_one_key)
{
    scope_setup();
    for (int first = 0; first < 2; first++) {
        struct crowd crowd;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points,
                 SCOPE_POINT(SCOPE_BY(SCOPE_DIR("L%d") SCOPE_DIR("L%d"))), first, !first);
        crowd_put(&crowd, crowd_add(&crowd, "L0", 160, SCOPE_ROOT, NULL, NULL), 160, INDIRECT,
                  false);
        crowd_put_list(&crowd, crowd_add(&crowd, "L1", 160, SCOPE_OTHER_ROOT, NULL, NULL), 160,
                       SCOPE_IDP(SCOPE_USER SCOPE_INDIRECT), ENTRY_OF("CA"), false);
        ck_assert_msg(crowd_end(&crowd) == SCOPE_GOOD, "L%d first", first);
    }
    scope_teardown();
}
END_TEST

/* RFC 5280 4.2.1.3: without a keyUsage a CA may sign lists; who is no CA may not
 * (SCOPE_NO_USAGE). */
START_TEST(ca_without_key_usage)
{
    const struct forge spec = {.subject = "Bare",
                               .issuer = "Root",
                               .key = 151,
                               .signer = SCOPE_ROOT,
                               .ca = true,
                               .serial = 0x300,
                               .has_key_ids = true};
    struct crowd crowd;

    scope_setup();
    crowd_begin(&crowd, false);
    snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Bare"))));
    crowd.certs[crowd.count++] = scope_cert_of(&spec);
    crowd_put(&crowd, crowd.certs[0], spec.key, INDIRECT, false);
    ck_assert_int_eq(crowd_end(&crowd), SCOPE_GOOD);
    scope_teardown();
}
END_TEST

/* Another key of the issuer's name vouches for the issuer's certificates where it is a key for
 * lists alone, or one that has certified the other. */
START_TEST(another_key_of_the_name)
{
    static const struct {
        const char *name, *issuer;
        int signer;
        bool ca;
        unsigned ku;
        int want;
    } rows[] = {
        {"for lists alone", "Root", SCOPE_ROOT, false, 0x02, SCOPE_GOOD},
        {"of a CA, for lists alone", "Root", SCOPE_ROOT, true, 0x02, SCOPE_GOOD},
        {"no CA, though it says so", "Root", SCOPE_ROOT, false, FORGE_KU_CA, SCOPE_GOOD},
        {"for certificates, too", "Root", SCOPE_ROOT, true, FORGE_KU_CA, SCOPE_UNKNOWN},
        {"for everything", "Root", SCOPE_ROOT, true, 0, SCOPE_UNKNOWN},
        {"certified by the key before it", "CA", SCOPE_ISSUER, true, FORGE_KU_CA, SCOPE_GOOD},
    };

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct forge spec = {.subject = "CA",
                                   .issuer = rows[i].issuer,
                                   .key = 151,
                                   .signer = rows[i].signer,
                                   .ca = rows[i].ca,
                                   .ku = rows[i].ku,
                                   .serial = 0x300,
                                   .has_key_ids = true};
        struct crowd crowd;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points,
                 SCOPE_POINT(SCOPE_FULL(SCOPE_URI("http://a/"))));
        crowd.certs[crowd.count++] = scope_cert_of(&spec);
        crowd_put(&crowd, crowd.certs[0], spec.key, NULL, false);
        ASSERT_INT(rows[i].name, crowd_end(&crowd), rows[i].want);
    }
    scope_teardown();
}
END_TEST

/* A CRL issuer whose status another tells, whose status another tells: four of them, and no more;
 * of which the fifth is not asked, where the root's own list speaks of all of them. */
START_TEST(nested_crl_issuers)
{
    scope_setup();
    for (int n = 0; n < 4; n++) {
        int last = 3 + (n & 1);
        bool of_all = n > 1;
        struct crowd crowd;

        crowd_begin(&crowd, true);
        snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("N0"))));
        crowd_put(&crowd, scope_certs[SCOPE_ROOT], SCOPE_ROOT, SCOPE_IDP(SCOPE_FULL(A)), false);
        crowd_put(&crowd, scope_certs[SCOPE_ROOT], SCOPE_ROOT,
                  of_all ? SCOPE_NUMBER("07") : SCOPE_IDP(SCOPE_CA), false);
        for (int i = 0; i <= last; i++) {
            char name[16], next[128];

            snprintf(name, sizeof name, "N%d", i);
            snprintf(next, sizeof next, SCOPE_POINT(SCOPE_BY(SCOPE_DIR("N%d"))), i + 1);
            crowd_put(&crowd,
                      crowd_add(&crowd, name, 140 + i, SCOPE_ROOT,
                                i < last ? next : SCOPE_POINT(SCOPE_FULL(A)), NULL),
                      140 + i, INDIRECT, false);
        }
        ASSERT_INT(of_all ? "of all" : "of CAs", crowd_end(&crowd),
                   last == 3 || of_all ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/* Certificates of one CRL issuer, one of which is valid: eight are tried, whatever comes behind. */
START_TEST(many_certificates_of_one_issuer)
{
    static const struct {
        size_t count, valid;
        int want;
    } rows[] = {{8, 7, SCOPE_GOOD}, {9, 8, SCOPE_UNKNOWN}, {9, 7, SCOPE_GOOD}, {10, 0, SCOPE_GOOD}};

    scope_setup();
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        struct crowd crowd;
        mtlsauth_chain *chain;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points, BY_LISTER);
        for (size_t i = 0; i < rows[row].count; i++)
            crowd_add(&crowd, "Lister", SCOPE_LISTER, SCOPE_ROOT, NULL,
                      i == rows[row].valid ? NULL : "260101000000Z");
        crowd_put(&crowd, scope_certs[SCOPE_LISTER], SCOPE_LISTER, INDIRECT, true);
        chain = scope_chain_of(crowd.certs, crowd.count);
        ck_assert_int_eq(mtlsauth_authorizer_set_intermediates(crowd.authorizer, chain), 0);
        mtlsauth_chain_free(chain);
        ck_assert_int_eq(crowd_end(&crowd), rows[row].want);
    }
    scope_teardown();
}
END_TEST

/* The ninth might have given its list a voice: what other lists say is not good then. */
START_TEST(a_certificate_that_is_not_tried)
{
    scope_setup();
    for (size_t expired = 7; expired <= 9; expired++) {
        struct crowd crowd;
        mtlsauth_chain *chain;

        crowd_begin(&crowd, false);
        snprintf(crowd.points, sizeof crowd.points, SCOPE_POINT(SCOPE_FULL(A)) BY_LISTER);
        for (size_t i = 0; i < expired; i++)
            crowd_add(&crowd, "Lister", SCOPE_LISTER, SCOPE_ROOT, NULL, "260101000000Z");
        crowd_put(&crowd, scope_certs[SCOPE_LISTER], SCOPE_LISTER, INDIRECT, true);
        crowd_put(&crowd, scope_certs[SCOPE_ISSUER], SCOPE_ISSUER, SCOPE_NUMBER("07"), false);
        chain = scope_chain_of(crowd.certs, crowd.count);
        ck_assert_int_eq(mtlsauth_authorizer_set_intermediates(crowd.authorizer, chain), 0);
        mtlsauth_chain_free(chain);
        ck_assert_int_eq(crowd_end(&crowd), expired <= 8 ? SCOPE_GOOD : SCOPE_UNKNOWN);
    }
    scope_teardown();
}
END_TEST

/*
 * Two lists of one CRL issuer, of which one alone brings along a certificate that has a path: it
 * gives both a voice, whichever is asked first and whichever revokes; also where that voice is one
 * to revoke alone, since nobody tells the status of that certificate.
 */
START_TEST(a_certificate_that_came_with_another_list)
{
    static const char *const names[] = {A, B};
    static const char *const scopes[] = {SCOPE_IDP(SCOPE_FULL(A) SCOPE_INDIRECT),
                                         SCOPE_IDP(SCOPE_FULL(B) SCOPE_INDIRECT)};

    scope_setup();
    for (int n = 0; n < 64; n++) {
        int first = n & 1, revokes = n >> 1 & 1, without = n >> 2 & 1;
        bool opened = (n & 8) != 0, to_revoke = (n & 16) != 0;
        struct crowd crowd;
        char others[512] = "";

        crowd_begin(&crowd, to_revoke);
        /* What is known of those does not push out what is known of Lister. */
        for (int i = 0; (n & 32) != 0 && i < 5; i++) {
            char name[16], one[128];

            snprintf(name, sizeof name, "L%d", i);
            snprintf(one, sizeof one, SCOPE_DIR("%s"), name);
            strcat(others, one);
            crowd_put(&crowd, crowd_add(&crowd, name, 120 + i, SCOPE_ROOT, NULL, NULL), 120 + i,
                      INDIRECT, false);
        }
        snprintf(crowd.points, sizeof crowd.points,
                 SCOPE_POINT(SCOPE_FULL(C)) "%s%s%s" SCOPE_POINT(
                     "a0 { a0 { %s } }" SCOPE_BY("%s"))
                     SCOPE_POINT("a0 { a0 { %s } }" SCOPE_BY("%s")),
                 *others == '\0' ? "" : "30 { a2 { ", others, *others == '\0' ? "" : " } }",
                 names[first], SCOPE_DIR("Lister"), names[!first], SCOPE_DIR("Lister"));
        crowd_put(&crowd, scope_certs[SCOPE_ISSUER], SCOPE_ISSUER, SCOPE_NUMBER("07"), false);
        for (int i = 0; i < 2; i++)
            crowd_put_list(&crowd,
                           scope_certs[i == without && !opened ? SCOPE_SAME_PAST : SCOPE_LISTER],
                           SCOPE_LISTER, scopes[i], i == revokes ? ENTRY_OF("CA") : "-",
                           i == without && opened);
        ck_assert_msg(crowd_end(&crowd) == SCOPE_IS_REVOKED,
                      "%d: %c is asked first, %c revokes, %c has %s certificate%s", n, 'A' + first,
                      'A' + revokes, 'A' + without, opened ? "no" : "an old",
                      to_revoke ? ", whose status is unknown" : "");
    }
    scope_teardown();
}
END_TEST

/* The same of a complete list and its delta. */
START_TEST(a_certificate_that_came_with_the_delta)
{
    static const char base[] = SCOPE_IDP(SCOPE_FULL(A) SCOPE_INDIRECT);
    static const char delta[] = SCOPE_NUMBER("08") SCOPE_DELTA("07")
        CRL_CRITICAL("55 1d 1c", "30 { " SCOPE_FULL(A) SCOPE_INDIRECT " }");

    scope_setup();
    for (int n = 0; n < 16; n++) {
        bool delta_revokes = (n & 1) != 0, delta_has = (n & 2) != 0, opened = (n & 4) != 0;
        enum scope_cert other = opened ? SCOPE_LISTER : SCOPE_SAME_PAST;
        struct crowd crowd;

        crowd_begin(&crowd, (n & 8) != 0);
        snprintf(crowd.points, sizeof crowd.points, "%s",
                 SCOPE_POINT(SCOPE_FULL(C))
                     SCOPE_POINT(SCOPE_FULL(A) SCOPE_BY(SCOPE_DIR("Lister"))));
        crowd_put(&crowd, scope_certs[SCOPE_ISSUER], SCOPE_ISSUER, SCOPE_NUMBER("07"), false);
        crowd_put_list(&crowd, scope_certs[delta_has ? other : SCOPE_LISTER], SCOPE_LISTER, base,
                       delta_revokes ? "-" : ENTRY_OF("CA"), delta_has && opened);
        crowd_put_list(&crowd, scope_certs[delta_has ? SCOPE_LISTER : other], SCOPE_LISTER, delta,
                       delta_revokes ? ENTRY_OF("CA") : "-", !delta_has && opened);
        ck_assert_msg(crowd_end(&crowd) == SCOPE_IS_REVOKED, "%d", n);
    }
    scope_teardown();
}
END_TEST

UNIT_MAIN("revocation/crl_issuers", a_certificate_that_came_with_the_delta,
          a_certificate_that_came_with_another_list, many_crl_issuers, crl_issuers_like_the_client,
          crl_issuers_of_one_key, ca_without_key_usage, another_key_of_the_name, nested_crl_issuers,
          many_certificates_of_one_issuer, a_certificate_that_is_not_tried)
