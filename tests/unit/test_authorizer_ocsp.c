/* SPDX-License-Identifier: MIT */
#include "authorizer_ocsp.h"

#include <pthread.h>
#include <stdatomic.h>

static bool message_has(const char *text)
{
    return strstr(mtlsauth_decision_message(decision), text) != NULL;
}

START_TEST(takes_effect_on_the_next_call)
{
    const char *json;

    setup(true);
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert(message_has("there is no OCSP answer about it"));
    ck_assert_uint_eq(generation(), 1);
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_uint_eq(generation(), 2);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    /* The same once more is nothing new. */
    OK(put_single(
        &(struct ob_single){.this_update = "20260601000100Z", .status = 1, .reason = "\x01"}));
    ck_assert_uint_eq(generation(), 3);
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    ck_assert(message_has("2026-05-01T00:00:00Z (keyCompromise; an OCSP answer says so)"));
    ck_assert_int_eq(mtlsauth_decision_revocation_reason(decision), 1);
    ck_assert_int_eq(mtlsauth_decision_revoked_at(decision), 1777593600);
    ck_assert_str_eq(mtlsauth_decision_crl_number(decision), "");
    OK(mtlsauth_decision_json(decision, &json));
    ck_assert_ptr_nonnull(strstr(json, "\"revoked_by\":\"ocsp\""));
    ck_assert_str_eq(mtlsauth_decision_revoked_by(decision), "ocsp");
    teardown();
}
END_TEST

START_TEST(what_is_no_response_changes_nothing)
{
    static const struct ob_single many[MTLSAUTH_MAX_OCSP_CERTIFICATES + 1];
    const struct ob_single unknown_hash = {.hash = OB_ID_MD5};
    const struct {
        const char *name;
        struct ob_response spec;
        int want;
    } rows[] = {
        {"an error", {.status = 6, .no_bytes = true}, MTLSAUTH_ERR_NOT_FOUND},
        {"behind the end", {.trailing = true}, MTLSAUTH_ERR_PARSE},
        {"a time with a fraction", {.produced_at = "20260601010000.5Z"}, MTLSAUTH_ERR_PARSE},
        {"another type", {.other_type = true}, MTLSAUTH_ERR_UNSUPPORTED},
        {"MD5", {.singles = &unknown_hash, .single_count = 1}, MTLSAUTH_ERR_MISMATCH},
        {"no answer", {.singles = many, .single_count = 0}, MTLSAUTH_ERR_MISMATCH},
        {"too many", {.singles = many, .single_count = COUNT_OF(many)}, MTLSAUTH_ERR_LIMIT},
        {"another's signature", {.signer = OB_OTHER_CA}, MTLSAUTH_ERR_SIGNATURE},
        {"of something else", {.broken = true}, MTLSAUTH_ERR_SIGNATURE},
        {"the client's own", {.signer = OB_LEAF, .responder = "leaf"}, MTLSAUTH_ERR_SIGNATURE},
    };

    setup(true);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].name, put(&rows[i].spec), rows[i].want);
        ASSERT_TRUE(rows[i].name, mtlsauth_last_error()[0] != '\0');
        ASSERT_INT(rows[i].name, generation(), 1);
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    }
    ck_assert_int_eq(mtlsauth_authorizer_put_ocsp_response(authorizer, "", 0), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth_authorizer_put_ocsp_response(authorizer, NULL, 5),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_put_ocsp_response(NULL, "", 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(generation(), 1);
    teardown();
}
END_TEST

static int64_t no_time(void *unused)
{
    (void)unused;
    return MTLSAUTH_NO_TIME;
}

/* What cannot be dated is not put beside what was. */
START_TEST(a_clock_without_a_time)
{
    setup(true);
    OK(mtlsauth_policy_set_clock(policy, no_time, NULL));
    set_policy();
    ck_assert_int_eq(put(&(struct ob_response){.status = 0}), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "clock"));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_INTERNAL);
    OK(mtlsauth_policy_set_time(policy, OB_NOW));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

START_TEST(off)
{
    setup(true);
    OK(put_single(&(struct ob_single){.status = 1}));
    OK(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    set_policy();
    /* What is there denies all the same. */
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    ck_assert_int_eq(put(&(struct ob_response){.status = 0}), MTLSAUTH_ERR_ARGUMENT);
    teardown();
}
END_TEST

/* What was put in which order, and what the client is told after each. */
struct step {
    struct ob_single single;
    int want;
};

static void run_steps(const char *name, const struct step *steps, size_t count)
{
    for (int known = 0; known < 2; known++)
        for (int asked = 0; asked < 2; asked++) {
            setup(known != 0);
            for (size_t i = 0; i < count; i++) {
                OK(put_single(&steps[i].single));
                if (asked != 0)
                    ASSERT_INT(name, answer(), steps[i].want);
            }
            ASSERT_INT(name, answer(), steps[count - 1].want);
            teardown();
        }
}

#define STEPS(name, ...)                                                                           \
    do {                                                                                           \
        static const struct step steps[] = {__VA_ARGS__};                                          \
        run_steps(name, steps, COUNT_OF(steps));                                                   \
    } while (0)

START_TEST(the_newest_counts_and_a_revocation_stays)
{
    STEPS("an older good one",
          {{.status = 1, .this_update = "20260601020000Z"}, MTLSAUTH_DENY_REVOKED},
          {{.this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS("a newer good one: a revocation is final",
          {{.status = 1, .this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED},
          {{.this_update = "20260601020000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS(
        "a hold that ends",
        {{.status = 1, .reason = "\x06", .this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED},
        {{.this_update = "20260601020000Z"}, MTLSAUTH_OK});
    STEPS(
        "a hold, and what was before it",
        {{.status = 1, .reason = "\x06", .this_update = "20260601020000Z"}, MTLSAUTH_DENY_REVOKED},
        {{.this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS(
        "a hold of the same time", {{.this_update = "20260601010000Z"}, MTLSAUTH_OK},
        {{.status = 1, .reason = "\x06", .this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS("a stale one that is older", {{.this_update = "20260601010000Z"}, MTLSAUTH_OK},
          {{.this_update = "20260530010000Z", .next_update = "20260531000000Z"}, MTLSAUTH_OK});
    STEPS("a stale one that is replaced",
          {{.this_update = "20260530010000Z", .next_update = "20260531000000Z"},
           MTLSAUTH_DENY_REVOCATION_STALE},
          {{.this_update = "20260601010000Z"}, MTLSAUTH_OK});
    STEPS("unknown, then good",
          {{.status = 2, .this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
          {{.this_update = "20260601020000Z"}, MTLSAUTH_OK});
    STEPS("good, then unknown", {{.this_update = "20260601010000Z"}, MTLSAUTH_OK},
          {{.status = 2, .this_update = "20260601020000Z"}, MTLSAUTH_DENY_REVOCATION_UNKNOWN});
    STEPS("one of the future stands in nobody's way",
          {{.this_update = "20260901010000Z", .next_update = "20260902000000Z"},
           MTLSAUTH_DENY_REVOCATION_STALE},
          {{.this_update = "20260601010000Z"}, MTLSAUTH_OK});
    STEPS(
        "a hold of the future, where the clock is late",
        {{.this_update = "20260601010000Z"}, MTLSAUTH_OK},
        {{.status = 1, .reason = "\x06", .this_update = "20260601120002Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS(
        "a hold of the future, and what was before it",
        {{.status = 1, .reason = "\x06", .this_update = "20260601120002Z"}, MTLSAUTH_DENY_REVOKED},
        {{.this_update = "20260601010000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS("in another hash", {{.this_update = "20260601010000Z"}, MTLSAUTH_OK},
          {{.hash = OB_ID_SHA256, .status = 1, .this_update = "20260601000000Z"},
           MTLSAUTH_DENY_REVOKED},
          {{.hash = OB_ID_SHA384, .this_update = "20260601020000Z"}, MTLSAUTH_DENY_REVOKED});
    STEPS("of another certificate",
          {{.serial = "\x06", .serial_len = 1}, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
          {{.serial = "\x05\x00", .serial_len = 2}, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
          {{.wrong_name = true}, MTLSAUTH_DENY_REVOCATION_UNKNOWN});
}
END_TEST

/* Times are looked at whenever a decision is made, also of what was verified before. */
START_TEST(time_passes)
{
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 86400));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_STALE);
    ck_assert(message_has("its OCSP answer is stale since 2026-06-02T00:00:00Z"));
    ck_assert_int_eq(mtlsauth_decision_stale_since(decision), 1780358400);
    OK(mtlsauth_policy_set_time(policy, OB_NOW - 86400));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_STALE);
    ck_assert(message_has("of the future"));
    teardown();
}
END_TEST

/* The clock is two seconds late: what the responder has just made is of the future when it is put,
 * and counts when its time comes, whatever is there already. */
START_TEST(time_comes)
{
    static const struct {
        const char *name;
        struct ob_single before;
        int at_first;
    } rows[] = {
        {"beside one that has expired",
         {.this_update = "20260530010000Z", .next_update = "20260531000000Z"},
         MTLSAUTH_DENY_REVOCATION_STALE},
        {"beside a hold",
         {.status = 1, .reason = "\x06", .this_update = "20260601010000Z"},
         MTLSAUTH_DENY_REVOKED},
        {"beside an unknown one",
         {.status = 2, .this_update = "20260601010000Z"},
         MTLSAUTH_DENY_REVOCATION_UNKNOWN},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        const char *name = rows[i / 2].name;

        setup(i % 2 == 0);
        OK(put_single(&rows[i / 2].before));
        ASSERT_INT(name, answer(), rows[i / 2].at_first);
        OK(put_single(&(struct ob_single){.this_update = "20260601120002Z"}));
        ASSERT_INT(name, answer(), rows[i / 2].at_first);
        /* Another one meanwhile: of those that wait one is kept. */
        OK(put_single(&(struct ob_single){.this_update = "20260601120001Z"}));
        OK(mtlsauth_policy_set_time(policy, OB_NOW + 2));
        set_policy();
        ASSERT_INT(name, answer(), MTLSAUTH_OK);
        teardown();
    }
}
END_TEST

/* The issuer is not known when responses are put: whoever puts forged ones displaces no true
 * one. */
START_TEST(forged_ones_displace_nothing)
{
    char time[24];
    int i;

    for (int order = 0; order < 2; order++) {
        setup(false);
        if (order == 0)
            OK(put_single(&(struct ob_single){.status = 1}));
        for (i = 0; i < 20; i++) {
            const struct ob_single good = {.this_update = time};
            int code;

            snprintf(time, sizeof time, "2026060103%02d00Z", i);
            code = put(
                &(struct ob_response){.singles = &good, .single_count = 1, .signer = OB_SIBLING});
            ck_assert_int_eq(code, i < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE - (order == 0)
                                       ? MTLSAUTH_OK
                                       : MTLSAUTH_ERR_LIMIT);
        }
        if (order == 0) {
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        } else {
            /* They came first. The decision finds them out, and then there is room. */
            ck_assert_int_eq(put_single(&(struct ob_single){.status = 1}), MTLSAUTH_ERR_LIMIT);
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
            ck_assert(message_has("its OCSP answer does not count: "));
            /* That was the last call to fail: a denial is none. */
            ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "responses about this certificate already"));
            OK(put_single(&(struct ob_single){.status = 1}));
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        }
        teardown();
    }
}
END_TEST

/* Beside one that a decision has verified, and one that waits for its time, there is room for as
 * many forged ones as the header says, and they displace neither. */
START_TEST(forged_ones_beside_verified_ones)
{
    char time[24];

    setup(false);
    OK(put_single(&(struct ob_single){.status = 2, .this_update = "20260601010000Z"}));
    OK(put_single(&(struct ob_single){.this_update = "20260601120002Z"}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    for (int i = 0; i < 20; i++) {
        const struct ob_single good = {.this_update = time};
        int code;

        snprintf(time, sizeof time, "2026060103%02d00Z", i);
        code =
            put(&(struct ob_response){.singles = &good, .single_count = 1, .signer = OB_SIBLING});
        ck_assert_int_eq(code,
                         i < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
    }
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 2));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* With the issuer among the intermediates, a response is verified when it is put. */
START_TEST(intermediates_verify)
{
    const struct ob_response forged = {.signer = OB_SIBLING};
    mtlsauth_chain *intermediates;
    const void *der;
    size_t len;

    setup(false);
    OK(put(&forged));
    der = mtlsauth_cert_der(issuer, &len);
    OK(mtlsauth_chain_from_der(&intermediates, &der, &len, 1));
    OK(mtlsauth_authorizer_set_intermediates(authorizer, intermediates));
    ck_assert_int_eq(put(&forged), MTLSAUTH_ERR_SIGNATURE);
    OK(put_single(&(struct ob_single){.this_update = "20260601010000Z"}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    mtlsauth_chain_free(intermediates);
    teardown();
}
END_TEST

/* Unverified answers about 17,000 certificates do not displace the verified ones. */
START_TEST(flood)
{
    enum { EACH = 16, RESPONSES = 17000 / EACH };
    static struct ob_single singles[EACH];
    static char serials[EACH][3];
    char stats[4096], want[64];

    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    for (unsigned i = 0; i < RESPONSES; i++) {
        for (unsigned n = 0; n < EACH; n++) {
            serials[n][0] = 0x11;
            serials[n][1] = (char)(i & 0xff);
            serials[n][2] = (char)(i >> 8 << 4 | n);
            singles[n] =
                (struct ob_single){.serial = serials[n], .serial_len = 3, .wrong_key = true};
        }
        OK(put(&(struct ob_response){.singles = singles, .single_count = EACH}));
    }
    OK(mtlsauth_authorizer_stats_json(authorizer, stats, sizeof stats, NULL));
    snprintf(want, sizeof want, "\"ocsp\":{\"entries\":%d}", MTLSAUTH_MAX_OCSP_ENTRIES);
    ck_assert_msg(strstr(stats, want) != NULL, "%s", stats);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

START_TEST(depth_and_evidence_by_issuer)
{
    const struct ob_single of_middle = {
        .id_name = "Root", .id_key = OB_OTHER_CA, .serial = "\x20", .serial_len = 1};
    const struct ob_response about_middle = {
        .singles = &of_middle, .single_count = 1, .signer = OB_OTHER_CA, .responder = "Root"};
    struct ob_single revoked = of_middle;
    const mtlsauth_ocsp_request *request;
    const char *url;

    setup_at(false, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_CHAIN);
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 1);
    OK(mtlsauth_decision_ocsp_request(decision, &request, &url));
    ck_assert_ptr_null(url);
    OK(put(&about_middle));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    /* Under LEAF nobody asks about it, and it is revoked all the same. */
    OK(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF));
    set_policy();
    revoked.status = 1;
    OK(put(&(struct ob_response){
        .singles = &revoked, .single_count = 1, .signer = OB_OTHER_CA, .responder = "Root"}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 1);
    teardown();

    setup_at(false, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_CHAIN);
    OK(mtlsauth_policy_set_revocation_for_issuer(policy, mtlsauth_cert_spki_sha256(root),
                                                 MTLSAUTH_EVIDENCE_OFF));
    set_policy();
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* CVE-2026-40701: what was handed in may go as soon as the call returns. */
START_TEST(responses_are_copied)
{
    struct der_build der = ob_make_response(&(struct ob_response){.status = 0});

    setup(false);
    OK(put_der(&der));
    memset(der.bytes, 0xff, der.len);
    der_build_free(&der);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* A newer "good" does not end a revocation that stands in one response beside a hold. */
START_TEST(final_beside_a_hold)
{
    const struct ob_single both[] = {
        {.status = 1, .reason = "\x06", .this_update = "20260601010000Z"},
        {.status = 1, .reason = "\x01", .this_update = "20260601000000Z"}};

    for (int known = 0; known < 2; known++)
        for (int asked = 0; asked < 2; asked++) {
            setup(known != 0);
            OK(put(&(struct ob_response){.singles = both, .single_count = 2}));
            if (asked != 0)
                ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            OK(put_single(&(struct ob_single){.this_update = "20260601020000Z"}));
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            ck_assert_int_eq(mtlsauth_decision_revocation_reason(decision), 1);
            teardown();
        }
}
END_TEST

/* RFC 6960 4.2.2.2.1, with what the lists of the authorizer say. */
START_TEST(delegates_and_crls)
{
    static const struct {
        const char *name;
        bool no_check, names_a_list;
        const char *revoked; /* NULL: no list */
        int want;
    } rows[] = {
        {"nocheck, no list", true, false, NULL, MTLSAUTH_OK},
        {"nocheck, on the list", true, false, CRL_ENTRY("33"), MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"nocheck, not on the list", true, false, "-", MTLSAUTH_OK},
        {"names a list that is not there", false, true, NULL, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"names a list that is there", false, true, "-", MTLSAUTH_OK},
        {"names a list and is on it", false, true, CRL_ENTRY("33"),
         MTLSAUTH_DENY_REVOCATION_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int list_first = 0; list_first < 2; list_first++) {
            struct der_build delegate =
                ob_delegate(.no_check = rows[i].no_check, .crl_url = rows[i].names_a_list);
            const struct ob_response response = {
                .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
            mtlsauth_crl *crl = NULL;

            setup(true);
            if (rows[i].revoked != NULL)
                crl = load_crl(rows[i].revoked, "17 { \"260601000000Z\" }",
                               "17 { \"260701000000Z\" }", OB_ISSUER);
            if (list_first != 0 && crl != NULL)
                OK(mtlsauth_authorizer_put_crl(authorizer, crl));
            /* A delegate that is on the list already is refused at once. */
            (void)put(&response);
            if (list_first == 0 && crl != NULL)
                OK(mtlsauth_authorizer_put_crl(authorizer, crl));
            ASSERT_INT(rows[i].name, answer(), rows[i].want);
            ASSERT_INT(rows[i].name, answer(), rows[i].want);
            mtlsauth_crl_free(crl);
            der_build_free(&delegate);
            teardown();
        }
    }
}
END_TEST

/* A signature that was remembered does not outlive what the policy takes, nor the delegate. */
START_TEST(policy_and_delegate_are_looked_at_again)
{
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .to = "260601180000Z",
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = 12,
                                                               .no_check = true});

    setup(true);
    OK(put(&(struct ob_response){
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 8 * 3600));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert(message_has("has expired"));
    /* It stands in nobody's way then. */
    OK(put_single(&(struct ob_single){.this_update = "20260601000000Z"}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    der_build_free(&delegate);
    teardown();
}
END_TEST

/* Answers come and go under readers; what each of them sees is one of the states there were. */
struct shared {
    atomic_bool stop;
    atomic_uint asked, wrong;
};

static void *read_along(void *arg)
{
    struct shared *shared = arg;

    while (!atomic_load(&shared->stop)) {
        int code = mtlsauth_authorize(authorizer, chain, NULL);

        if (code != MTLSAUTH_OK && code != MTLSAUTH_DENY_REVOKED &&
            code != MTLSAUTH_DENY_REVOCATION_UNKNOWN)
            atomic_fetch_add(&shared->wrong, 1);
        atomic_fetch_add(&shared->asked, 1);
    }
    return NULL;
}

START_TEST(put_under_load)
{
    struct shared shared = {.stop = false};
    pthread_t readers[4];

    for (int known = 0; known < 2; known++) {
        setup(known != 0);
        atomic_store(&shared.stop, false);
        atomic_store(&shared.asked, 0);
        for (size_t i = 0; i < COUNT_OF(readers); i++)
            ck_assert_int_eq(pthread_create(&readers[i], NULL, read_along, &shared), 0);
        for (unsigned i = 0; i < 120 || atomic_load(&shared.asked) < 400; i++) {
            char time[24];
            const struct ob_single single = {
                .this_update = time, .status = (int)(i & 1), .reason = "\x06"};
            const struct ob_response forged = {
                .singles = &single, .single_count = 1, .signer = OB_SIBLING};

            snprintf(time, sizeof time, "2026060101%02u%02uZ", i / 60 % 60, i % 60);
            (void)put_single(&single);
            (void)put(&forged);
        }
        atomic_store(&shared.stop, true);
        for (size_t i = 0; i < COUNT_OF(readers); i++)
            ck_assert_int_eq(pthread_join(readers[i], NULL), 0);
        ck_assert_uint_eq(atomic_load(&shared.wrong), 0);
        /* A decision tells the true ones from the forged, where only it can. */
        (void)answer();
        OK(put_single(&(struct ob_single){.status = 1}));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer/ocsp", takes_effect_on_the_next_call, what_is_no_response_changes_nothing,
          a_clock_without_a_time, off, the_newest_counts_and_a_revocation_stays, time_passes,
          time_comes,
          forged_ones_displace_nothing, forged_ones_beside_verified_ones, intermediates_verify,
          flood, depth_and_evidence_by_issuer, responses_are_copied, final_beside_a_hold,
          delegates_and_crls, policy_and_delegate_are_looked_at_again, put_under_load)
