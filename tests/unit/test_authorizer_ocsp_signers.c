/* SPDX-License-Identifier: MIT */
/* Several signers about one certificate: what one of them says does not cost the word of another,
 * for it may turn out to be revoked itself. */
#include "ocsp_signers.h"

#include <time.h>

static const int evidences[] = {MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_EVIDENCE_CRL_OR_OCSP};

/* What is put in which order, and what the client is told in the end, after a replay too. */
struct said {
    enum who by;
    struct ob_single single;
};

static void in_both_orders(const char *name, const struct said said[2], int want)
{
    for (size_t n = 0; n < 2 * COUNT_OF(evidences); n++) {
        setup_known(evidences[n / 2]);
        revoke_old();
        for (size_t i = 0; i < 2; i++)
            ASSERT_INT(name, put_by(said[i ^ (n & 1)].by, &said[i ^ (n & 1)].single), MTLSAUTH_OK);
        ASSERT_INT(name, answer(), want);
        (void)put_by(BY_NEW, &(struct ob_single)AGO);
        ASSERT_INT(name, answer(), want);
        teardown();
    }
}

/* Whoever has the key of a responder that was revoked says something later with it. */
START_TEST(a_revoked_one_takes_nothing_back)
{
    static const struct {
        const char *name;
        struct said said[2];
    } rows[] = {
        {"revoked, as the present one says, too", {{BY_NEW, FINAL("01")}, {BY_OLD, FINAL("02")}}},
        {"revoked by the present one", {{BY_NEW, FINAL("01")}, {BY_OLD, GOOD("02")}}},
        {"revoked by the issuer", {{BY_ISSUER_ITSELF, FINAL("01")}, {BY_OLD, FINAL("02")}}},
        {"on hold by the issuer", {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_OLD, GOOD("02")}}},
        {"on hold by the issuer, revoked", {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_OLD, FINAL("02")}}},
        {"on hold by the present one", {{BY_NEW, HOLD("01")}, {BY_OLD, GOOD("02")}}},
        {"on hold, as both say", {{BY_NEW, HOLD("01")}, {BY_OLD, HOLD("02")}}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        in_both_orders(rows[i].name, rows[i].said, MTLSAUTH_DENY_REVOKED);
}
END_TEST

/* A hold ends with what is good later, whoever of those who may answer says so. */
START_TEST(a_hold_ends)
{
    static const struct {
        const char *name;
        struct said said[2];
    } rows[] = {
        {"the issuer's own", {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_ISSUER_ITSELF, GOOD("02")}}},
        {"the issuer's, as the present one says",
         {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_NEW, GOOD("02")}}},
        {"the present one's, as the issuer says",
         {{BY_NEW, HOLD("01")}, {BY_ISSUER_ITSELF, GOOD("02")}}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        in_both_orders(rows[i].name, rows[i].said, MTLSAUTH_OK);
}
END_TEST

/* It says of itself that it is revoked, of the future so that nothing is later; the present one
 * says so as well. Then it vouches for a client. */
START_TEST(none_answers_for_itself)
{
    static const struct ob_single by_itself[] = {OLD_IS_GONE("02"),
                                                 {.serial = "\x33",
                                                  .serial_len = 1,
                                                  .status = 1,
                                                  .this_update = "20990601020000Z",
                                                  .next_update = "20990701020000Z"}};

    for (size_t i = 0; i < 2 * COUNT_OF(by_itself); i++) {
        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        if (i % 2 == 0)
            (void)put_by(BY_OLD, &by_itself[i / 2]);
        OK(put_by(BY_NEW, &(struct ob_single)OLD_IS_GONE("01")));
        if (i % 2 != 0)
            (void)put_by(BY_OLD, &by_itself[i / 2]);
        (void)put_by(BY_OLD, &(struct ob_single)GOOD("03"));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        teardown();
    }
}
END_TEST

/* Two certificates of one key, of which the first is revoked. Nobody has signed which of them comes
 * along, so that whoever attaches the first to what was signed later takes nothing back. */
START_TEST(one_key_with_two_certificates)
{
    struct ob_cert cert = {.subject = "new",
                           .key = OB_SIBLING,
                           .serial = "\x33",
                           .serial_len = 1,
                           .eku = OB_EKU_OCSP,
                           .eku_len = 12,
                           .points = by_lister,
                           .points_len = sizeof by_lister - 1,
                           .no_check = true};
    struct der_build first = ob_make_cert(&cert), second;
    const struct ob_single before = FINAL("01"), after = FINAL("02");

    cert.serial = "\x44";
    second = ob_make_cert(&cert);
    for (int n = 0; n < 4; n++) {
        const struct ob_response rows[] = {{.signer = OB_SIBLING,
                                            .responder = "new",
                                            .singles = &before,
                                            .single_count = 1,
                                            .certs = {&second},
                                            .cert_count = 1},
                                           {.signer = OB_SIBLING,
                                            .responder = "new",
                                            .singles = &after,
                                            .single_count = 1,
                                            .certs = {&first, &second},
                                            .cert_count = n < 2 ? 1 : 2}};

        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        revoke_old();
        OK(put(&rows[n & 1]));
        OK(put(&rows[1 - (n & 1)]));
        for (int again = 0; again < 2; again++)
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        (void)put_by(BY_NEW, &(struct ob_single)AGO);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
    der_build_free(&first);
    der_build_free(&second);
}
END_TEST

/* The key of the issuer has another certificate, of the name that it had: a responder of that name
 * is another CA's. */
START_TEST(of_the_name_that_the_issuer_had)
{
    for (int order = 0; order < 2; order++) {
        mtlsauth_cert *former = ca_of("former", OB_ISSUER, "Root", OB_OTHER_CA, "\x22");
        int code;

        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        know((const mtlsauth_cert *const[]){issuer, former}, 2);
        if (order == 0)
            OK(put_by(BY_NEW, &(struct ob_single)FINAL("01")));
        code = put_by(BY_FORMER, &(struct ob_single)FINAL("02"));
        if (order != 0)
            OK(put_by(BY_NEW, &(struct ob_single)FINAL("01")));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        (void)put_by(BY_NEW, &(struct ob_single)AGO);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        ck_assert_int_eq(code, MTLSAUTH_ERR_SIGNATURE);
        mtlsauth_cert_free(former);
        teardown();
    }
}
END_TEST

static void put_numbered(const char *number, const char *revoked, const char *this_update)
{
    char extension[128];

    snprintf(extension, sizeof extension, CRL_EXTENSION("55 1d 14", "02 { %s }"), number);
    put_list(&(struct crl_text){.issuer = ISSUER_NAME,
                                .revoked = revoked,
                                .this_update = this_update,
                                .next_update = "17 { \"260701000000Z\" }",
                                .extensions = extension},
             issuer, OB_ISSUER);
}

/* A responder is on hold for a while. What it has revoked does not count meanwhile, and what
 * nobody could verify does not take its place. */
START_TEST(forged_ones_while_a_responder_is_on_hold)
{
    for (int known = 0; known < 2; known++)
        for (int algorithm = 0; algorithm < 3; algorithm++) {
            setup(known != 0);
            put_numbered("07", "-", "17 { \"260601000000Z\" }");
            OK(put_by(BY_NEW, &(struct ob_single)FINAL("01")));
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            put_numbered("08", CRL_ENTRY_WITH("44", CRL_REASON("06")), "17 { \"260601000001Z\" }");
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
            for (int i = 0; i <= MTLSAUTH_MAX_OCSP_PER_CERTIFICATE; i++) {
                char time[24];
                const struct ob_single good = {.this_update = time};

                snprintf(time, sizeof time, "2026060103%02d00Z", i);
                (void)put(&(struct ob_response){.singles = &good,
                                                .single_count = 1,
                                                .signer = OB_LEAF,
                                                .algorithm = (enum ob_algorithm)algorithm});
            }
            put_numbered("09", "-", "17 { \"260601000002Z\" }");
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            (void)put_by(BY_NEW, &(struct ob_single)AGO);
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            teardown();
        }
}
END_TEST

/* Where the issuer is known, nothing is kept that no decision could take. */
START_TEST(nobody_signs_what_cannot_count)
{
    struct der_build made_up = ob_delegate(.signer = OB_SIBLING, .ca = true);
    struct der_build unknown = ob_delegate(.signer = OB_SIBLING, .unknown_critical = true);
    struct der_build ca = ob_delegate(.ca = true);
    const struct {
        const char *name;
        struct ob_response spec;
        int want;
    } rows[] = {
        {"SHA-1", {.algorithm = OB_SHA1}, MTLSAUTH_ERR_UNSUPPORTED},
        {"forged, SHA-1", {.signer = OB_SIBLING, .algorithm = OB_SHA1}, MTLSAUTH_ERR_UNSUPPORTED},
        {"forged, of an algorithm that nobody knows",
         {.signer = OB_SIBLING, .algorithm = OB_UNKNOWN_ALGORITHM},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"forged, beside a CA that is made up",
         {.signer = OB_DELEGATE, .responder = "ocsp", .certs = {&made_up}, .cert_count = 1},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"forged, beside a critical extension",
         {.signer = OB_DELEGATE, .responder = "ocsp", .certs = {&unknown}, .cert_count = 1},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"good, as a CA says",
         {.signer = OB_DELEGATE, .responder = "ocsp", .certs = {&ca}, .cert_count = 1},
         MTLSAUTH_ERR_UNSUPPORTED},
    };

    setup(true);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].name, put(&rows[i].spec), rows[i].want);
        ASSERT_INT(rows[i].name, generation(), 1);
    }
    teardown();
    der_build_free(&made_up);
    der_build_free(&unknown);
    der_build_free(&ca);
}
END_TEST

static void ask_entries(unsigned want)
{
    char stats[4096], text[64];

    OK(mtlsauth_authorizer_stats_json(authorizer, stats, sizeof stats, NULL));
    snprintf(text, sizeof text, "\"ocsp\":{\"entries\":%u}", want);
    ck_assert_msg(strstr(stats, text) != NULL, "%s: %s", text, stats);
}

/* A responder that was made in that week, which says this from its first day to the eighth. */
static int put_of_week(int week, struct ob_single single)
{
    char serial[2] = {0x60, (char)week}, from[32], to[32];
    time_t first = OB_NOW - 12 * 3600 + 7 * 86400 * (time_t)week, last = first + 8 * 86400;
    struct der_build responder;
    struct tm tm;
    int code;

    strftime(from, sizeof from, "%Y%m%d%H%M%SZ", gmtime_r(&first, &tm));
    strftime(to, sizeof to, "%Y%m%d%H%M%SZ", gmtime_r(&last, &tm));
    responder = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                               .key = OB_DELEGATE,
                                               .serial = serial,
                                               .serial_len = 2,
                                               .from = from + 2,
                                               .to = to + 2,
                                               .eku = OB_EKU_OCSP,
                                               .eku_len = 12,
                                               .no_check = true});
    single.this_update = from;
    single.next_update = to;
    code = put(&(struct ob_response){.signer = OB_DELEGATE,
                                     .responder = "ocsp",
                                     .produced_at = from,
                                     .singles = &single,
                                     .single_count = 1,
                                     .certs = {&responder},
                                     .cert_count = 1});
    der_build_free(&responder);
    return code;
}

static void go_to_week(int week)
{
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 7 * 86400 * (int64_t)week));
    set_policy();
}

/* A new responder each week, for some months: what is good takes no more room than of two weeks,
 * what was said for good keeps the first of those who said so, and a hold ends with the last. */
START_TEST(a_new_one_each_week)
{
    enum { WEEKS = 3 * MTLSAUTH_MAX_OCSP_DELEGATES };
    static const struct {
        const char *name;
        struct ob_single single;
        int want;
        unsigned most;
    } rows[] = {
        {"good", {.status = 0}, MTLSAUTH_OK, 2},
        {"unknown", {.status = 2}, MTLSAUTH_DENY_REVOCATION_UNKNOWN, MTLSAUTH_MAX_OCSP_DELEGATES},
        {"on hold",
         {.status = 1, .reason = "\x06"},
         MTLSAUTH_DENY_REVOKED,
         MTLSAUTH_MAX_OCSP_DELEGATES},
        {"revoked", {.status = 1}, MTLSAUTH_DENY_REVOKED, MTLSAUTH_MAX_OCSP_DELEGATES},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool final = rows[i].single.status == 1 && rows[i].single.reason == NULL;

        setup(true);
        OK(mtlsauth_policy_set_ocsp_max_age(policy, 30 * 86400));
        for (int week = 0; week < WEEKS; week++) {
            go_to_week(week);
            ASSERT_INT(rows[i].name, put_of_week(week, rows[i].single), MTLSAUTH_OK);
            ASSERT_INT(rows[i].name, answer(), rows[i].want);
            ask_entries((unsigned)week + 1 < rows[i].most ? (unsigned)week + 1 : rows[i].most);
        }
        go_to_week(WEEKS);
        OK(put_of_week(WEEKS, (struct ob_single){.status = 0}));
        ASSERT_INT(rows[i].name, answer(), final ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK);
        teardown();
    }
}
END_TEST

/* What the issuer says itself is kept whatever its responders have said. */
START_TEST(the_issuer_beside_as_many_as_are_kept)
{
    static const struct ob_single says[] = {FINAL("01"), HOLD("01"), GOOD("01")};

    for (size_t i = 0; i < COUNT_OF(says); i++) {
        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        for (int week = 0; week <= MTLSAUTH_MAX_OCSP_DELEGATES; week++) {
            go_to_week(week);
            OK(put_of_week(week, (struct ob_single){.status = 1}));
        }
        ask_entries(MTLSAUTH_MAX_OCSP_DELEGATES);
        OK(put_by(BY_ISSUER_ITSELF, &says[i]));
        /* What is final makes the others superfluous. */
        ask_entries(i == 0 ? 1 : MTLSAUTH_MAX_OCSP_DELEGATES + 1);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer/ocsp signers", a_revoked_one_takes_nothing_back, a_hold_ends,
          none_answers_for_itself, one_key_with_two_certificates, of_the_name_that_the_issuer_had,
          forged_ones_while_a_responder_is_on_hold, nobody_signs_what_cannot_count,
          a_new_one_each_week, the_issuer_beside_as_many_as_are_kept)
