/* SPDX-License-Identifier: MIT */
/* What a response says, of whom, and for how long. */
#include "ocsp.h"
#include "authorizer/policy.h"
#include "revocation/ocsp_check.h"

#define SERIAL(octets) .serial = (octets), .serial_len = sizeof(octets) - 1
#define GOOD MTLSAUTH_OCSP_GOOD
#define REVOKED MTLSAUTH_OCSP_REVOKED
#define UNKNOWN MTLSAUTH_OCSP_UNKNOWN
#define MISMATCH MTLSAUTH_ERR_MISMATCH
#define STALE MTLSAUTH_ERR_STALE
#define PARSE MTLSAUTH_ERR_PARSE
#define UNSUPPORTED MTLSAUTH_ERR_UNSUPPORTED

/* One answer, alone in a response. */
static const struct {
    const char *name;
    struct ob_single single;
    int want;
} singles[] = {
    {"good", {0}, GOOD},
    {"revoked", {.status = 1}, REVOKED},
    {"revoked, keyCompromise", {.status = 1, .reason = "\x01"}, REVOKED},
    {"revoked, removeFromCRL is revoked all the same", {.status = 1, .reason = "\x08"}, REVOKED},
    {"revoked, a reason that is unused", {.status = 1, .reason = "\x07"}, PARSE},
    {"revoked, a reason beyond the last", {.status = 1, .reason = "\x0b"}, PARSE},
    {"revoked at no time", {.status = 1, .revoked_at = "20260501"}, PARSE},
    {"revoked in the future", {.status = 1, .revoked_at = "20300101000000Z"}, REVOKED},
    {"unknown", {.status = 2}, UNKNOWN},
    {"a status that does not exist", {.status = 3}, PARSE},

    /* certID hash confusion; CVE-2020-8286, CVE-2026-58062: another certificate's */
    {"SHA-1 without parameters", {.no_parameters = true}, GOOD},
    {"SHA-256", {.hash = OB_ID_SHA256}, GOOD},
    {"SHA-384", {.hash = OB_ID_SHA384}, GOOD},
    {"SHA-512", {.hash = OB_ID_SHA512}, GOOD},
    {"MD5", {.hash = OB_ID_MD5}, MISMATCH},
    {"an unknown hash", {.hash = OB_ID_UNKNOWN}, MISMATCH},
    /* Found by fuzz_ocsp_signed: not passed over as a hash that nobody knows. */
    {"a malformed hash algorithm", {.parameters = "\x00\x05"}, PARSE},
    {"SHA-1 with odd parameters", {.parameters = "\x0a\x00"}, PARSE},
    {"an unknown hash with odd parameters",
     {.hash = OB_ID_UNKNOWN, .parameters = "\x0a\x00"},
     PARSE},
    {"the next serial", {SERIAL("\x06")}, MISMATCH},
    {"another issuer's name", {.wrong_name = true}, MISMATCH},
    {"right name, wrong key", {.wrong_key = true}, MISMATCH},
    {"digests cut short", {.short_hash = true}, MISMATCH},
    /* CVE-2026-10098, CVE-2016-7444: a serial is compared to its length */
    {"our serial is its prefix", {SERIAL("\x05\x01")}, MISMATCH},
    {"our serial is its suffix", {SERIAL("\x01\x05")}, MISMATCH},
    {"our serial, padded with zero", {SERIAL("\x00\x05")}, PARSE},
    {"an empty serial", {SERIAL("")}, PARSE},

    /* openssl#32377, CVE-2026-24734: freshness that an unreadable time switches off */
    {"nextUpdate with a fraction", {.next_update = "20200101000000.5Z"}, PARSE},
    {"nextUpdate with an offset", {.next_update = "20200101000000+0100"}, PARSE},
    {"nextUpdate without seconds", {.next_update = "202606020000Z"}, PARSE},
    {"nextUpdate without Z", {.next_update = "20260602000000"}, PARSE},
    {"nextUpdate on the 30th of February", {.next_update = "20270230000000Z"}, PARSE},
    {"nextUpdate as UTCTime",
     {.this_update = "260601000000Z", .next_update = "260602000000Z", .time_tag = 0x17},
     PARSE},
    {"thisUpdate with a fraction", {.this_update = "20260601000000.5Z"}, PARSE},
    {"thisUpdate empty", {.this_update = ""}, PARSE},
    {"nextUpdate in year 0000", {.next_update = "00000101000000Z"}, STALE},
    {"thisUpdate in year 0000", {.this_update = "00000101000000Z"}, STALE},
    {"nextUpdate in year 9999", {.next_update = "99991231235959Z"}, GOOD},
    {"nextUpdate in year 9999, thisUpdate too old",
     {.this_update = "20260525115959Z", .next_update = "99991231235959Z"},
     STALE},
    {"nextUpdate in 2049", {.next_update = "20491231235959Z"}, GOOD},
    {"nextUpdate in 2050", {.next_update = "20500101000000Z"}, GOOD},
    {"thisUpdate in 2050", {.this_update = "20500101000000Z", .no_next_update = true}, STALE},
    {"thisUpdate is now", {.this_update = "20260601120000Z"}, GOOD},
    {"thisUpdate a second ahead", {.this_update = "20260601120001Z"}, STALE},
    {"nextUpdate is now", {.next_update = "20260601120000Z"}, GOOD},
    {"nextUpdate a second ago", {.next_update = "20260601115959Z"}, STALE},
    {"nextUpdate before thisUpdate",
     {.this_update = "20260601110000Z", .next_update = "20260601105959Z"},
     STALE},
    {"no nextUpdate", {.no_next_update = true}, GOOD},
    {"no nextUpdate, as old as is taken",
     {.this_update = "20260525120000Z", .no_next_update = true},
     GOOD},
    {"no nextUpdate, a second older",
     {.this_update = "20260525115959Z", .no_next_update = true},
     STALE},
    {"no nextUpdate, of 2019", {.this_update = "20190101000000Z", .no_next_update = true}, STALE},
    {"revoked and stale is no answer", {.status = 1, .next_update = "20260601115959Z"}, STALE},

    {"an unknown extension", {.unknown_extension = true}, GOOD},
    {"an unknown critical extension", {.unknown_extension = true, .critical = true}, UNSUPPORTED},
    {"certificate timestamps, critical", {.critical_sct = true}, GOOD},
};

START_TEST(one_answer)
{
    for (size_t i = 0; i < COUNT_OF(singles); i++) {
        struct ob_response spec = {.singles = &singles[i].single, .single_count = 1};

        ASSERT_INT(singles[i].name, ocsp_say(singles[i].name, &spec), singles[i].want);
    }
}
END_TEST

/* openssl#32377, #32367: in whichever field, a time has one form. */
START_TEST(each_time_in_each_form)
{
    static const char *const forms[] = {
        "20260601000000.5Z",   "20260601000000.Z", "20260601000000,5Z",  "20260601000000+0100",
        "20260601000000-0000", "202606010000Z",    "2026060100Z",        "20260601000000",
        "20260601000000z",     "20260601000000ZZ", "20260601000000 Z",   " 20260601000000Z",
        "260601000000Z",       "20261301000000Z",  "20260001000000Z",    "20260632000000Z",
        "20260600000000Z",     "20260229000000Z",  "21000229000000Z",    "20260601240000Z",
        "20260601006000Z",     "20260601000060Z",  "2026060100000aZ",    "-0260601000000Z",
        "+0260601000000Z",     "020260601000000Z", "20260601000000\xff", ""};

    for (size_t i = 0; i < COUNT_OF(forms); i++)
        for (int field = 0; field < 4; field++) {
            struct ob_single single = {.status = field == 2};
            struct ob_response spec = {.singles = &single, .single_count = 1};
            char row[64];

            snprintf(row, sizeof row, "'%s' in field %d", forms[i], field);
            if (field == 0)
                single.this_update = forms[i];
            else if (field == 1)
                single.next_update = forms[i];
            else if (field == 2)
                single.revoked_at = forms[i];
            else
                spec.produced_at = forms[i];
            ASSERT_INT(row, ocsp_say(row, &spec), PARSE);
        }
}
END_TEST

/* CVE-2026-3832: the first answer of several is not the one that was asked for. */
START_TEST(several_answers)
{
    static const struct ob_single other = {SERIAL("\x06")}, revoked = {.status = 1}, good = {0},
                                  unknown = {.status = 2},
                                  other_revoked = {SERIAL("\x06"), .status = 1},
                                  older = {.this_update = "20260531000000Z"},
                                  stale = {.next_update = "20260601115959Z"},
                                  critical = {.unknown_extension = true, .critical = true},
                                  other_critical = {SERIAL("\x06"), .unknown_extension = true,
                                                    .critical = true},
                                  sha256 = {.hash = OB_ID_SHA256, .status = 1};
    static const struct {
        const char *name;
        const struct ob_single *one, *two;
        int want;
    } rows[] = {
        {"another, ours is revoked", &other, &revoked, REVOKED},
        {"ours is good, another is revoked", &good, &other_revoked, GOOD},
        {"ours twice, both good", &older, &good, GOOD},
        {"ours twice, the later one is stale", &older, &stale, STALE},
        {"good and revoked", &good, &revoked, MISMATCH},
        {"good and unknown", &good, &unknown, MISMATCH},
        {"unknown and revoked", &unknown, &revoked, MISMATCH},
        {"good and revoked under another hash", &good, &sha256, MISMATCH},
        {"a critical extension of ours", &good, &critical, UNSUPPORTED},
        {"a critical extension of another", &good, &other_critical, GOOD},
        {"others alone", &other, &other_revoked, MISMATCH},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        size_t row = i / 2;
        struct ob_single both[2] = {*rows[row].one, *rows[row].two};
        struct ob_response spec = {.singles = both, .single_count = 2};

        if (i % 2 == 1) {
            both[0] = *rows[row].two;
            both[1] = *rows[row].one;
        }
        ASSERT_INT(rows[row].name, ocsp_say(rows[row].name, &spec), rows[row].want);
    }
}
END_TEST

/* Two revocations of one certificate: the one that never ends is told, whatever came later. */
START_TEST(final_revocation_counts)
{
    struct ob_single hold = {.status = 1, .reason = "\x06", .this_update = "20260601010000Z"},
                     compromise = {.status = 1, .reason = "\x01"};
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    for (int i = 0; i < 2; i++) {
        struct ob_single both[] = {i == 0 ? hold : compromise, i == 0 ? compromise : hold};
        struct der_build der =
            ob_make_response(&(struct ob_response){.singles = both, .single_count = 2});
        mtlsauth_ocsp_response *response = NULL;
        mtlsauth_ocsp_result *result = NULL;

        ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                         MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_ocsp_result_status(result), REVOKED);
        ck_assert_int_eq(mtlsauth_ocsp_result_reason(result), 1);
        mtlsauth_ocsp_result_free(result);
        mtlsauth_ocsp_response_free(response);
        der_build_free(&der);
    }
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* What somebody gives instead of a response is named. */
START_TEST(what_is_no_response)
{
    struct der_build cert = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    const struct {
        const char *name, *bytes, *says;
        size_t len;
    } rows[] = {
        {"nothing", "", "it is empty", 0},
        {"PEM", "-----BEGIN OCSP RESPONSE-----\n", "it is PEM", 30},
        {"a page", "<html>", "the page of a web server", 6},
        {"base64", "MIIFQgoBAKCCBTs=", "it is no DER", 16},
        {"cut off", "\x30\x82\x01\x00", "cut off", 4},
        {"a certificate", (const char *)cert.bytes, "it is a certificate or a CRL", cert.len},
        {"a request", "\x30\x02\x30\x00", "it is a request", 4},
        {"a status that does not exist", "\x30\x03\x0a\x01\x07", "responseStatus is none", 5},
        {"no status", "\x30\x02\x02\x00", "responseStatus is none", 4},
        {"two of them", "\x30\x03\x0a\x01\x03\x00", "something follows it", 6},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_ocsp_response *response;

        ASSERT_INT(rows[i].name,
                   mtlsauth_ocsp_response_parse(&response, rows[i].bytes, rows[i].len), PARSE);
        ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: %s", rows[i].name,
                      mtlsauth_last_error());
    }
    der_build_free(&cert);
}
END_TEST

/* Clocks that are a little off, to the second. */
START_TEST(skew_of_each_time)
{
    const struct ob_single ahead = {.this_update = "20260601120100Z"};
    const struct ob_response specs[] = {{.singles = &ahead, .single_count = 1},
                                        {.produced_at = "20260601120100Z"}};
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    for (size_t i = 0; i < COUNT_OF(specs); i++)
        for (int skew = 59; skew <= 60; skew++) {
            struct der_build der = ob_make_response(&specs[i]);

            ck_assert_int_eq(mtlsauth_policy_set_clock_skew(policy, skew), MTLSAUTH_OK);
            ck_assert_int_eq(ocsp_ask("ahead", &der, NULL, leaf, issuer, policy),
                             skew == 60 ? GOOD : STALE);
            der_build_free(&der);
        }
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* The whole of a response. */
START_TEST(one_response)
{
    static const struct ob_single none[1];
    static const struct {
        const char *name;
        struct ob_response spec;
        int want;
    } rows[] = {
        {"good", {0}, GOOD},
        {"version 1, written down", {.explicit_version = true}, GOOD},
        {"version 2", {.version_2 = true}, PARSE},
        {"something behind it", {.trailing = true}, PARSE},
        {"another type of response", {.other_type = true}, UNSUPPORTED},
        {"no answers in it", {.singles = none, .single_count = 0}, MISMATCH},
        {"an unknown extension", {.unknown_extension = true}, GOOD},
        {"an unknown critical extension",
         {.unknown_extension = true, .critical = true},
         UNSUPPORTED},
        {"producedAt is now", {.produced_at = "20260601120000Z"}, GOOD},
        {"producedAt a second ahead", {.produced_at = "20260601120001Z"}, STALE},
        {"producedAt before the certificate", {.produced_at = "20251231235959Z"}, STALE},
        {"producedAt with a fraction", {.produced_at = "20260601000000.1Z"}, PARSE},
        {"producedAt in year 9999", {.produced_at = "99991231235959Z"}, STALE},
        {"a nonce that nobody asked for",
         {.has_nonce = true, .nonce = "abcd", .nonce_len = 4},
         GOOD},
        {"a nonce that is no OCTET STRING",
         {.has_nonce = true, .raw_nonce = true, .nonce = "abcd", .nonce_len = 4},
         PARSE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].name, ocsp_say(rows[i].name, &rows[i].spec), rows[i].want);
}
END_TEST

/* CVE-2024-8096, CVE-2026-29145: an error is never an answer, with a body or without one. */
START_TEST(response_status)
{
    for (int status = 0; status < 256; status++) {
        struct ob_response spec = {.status = status};
        int bare = status == 0 || status == 4 || status > 6 ? PARSE : MTLSAUTH_ERR_NOT_FOUND;
        char row[32];

        snprintf(row, sizeof row, "status %d", status);
        ASSERT_INT(row, ocsp_say(row, &spec), status == 0 ? GOOD : PARSE);
        spec.no_bytes = true;
        ASSERT_INT(row, ocsp_say(row, &spec), bare);
    }
}
END_TEST

/* wolfSSL 5.7.2: nothing at all, and each length that a good response is cut to. */
START_TEST(cut_off_and_flipped)
{
    struct der_build der = ob_make_response(&(struct ob_response){0});
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    for (size_t len = 0; len < der.len; len++) {
        uint8_t *exact = malloc(len == 0 ? 1 : len);
        struct der_build cut = {.bytes = exact, .len = len};

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, der.bytes, len);
        ck_assert_int_lt(ocsp_ask("cut off", &cut, NULL, leaf, issuer, policy), 0);
        free(exact);
    }
    for (size_t bit = 0; bit < 8 * der.len; bit++) {
        der.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        ck_assert_msg(ocsp_ask("flipped", &der, NULL, leaf, issuer, policy) < 0, "bit %zu", bit);
        der.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    ck_assert_int_eq(ocsp_ask("again", &der, NULL, leaf, issuer, policy), GOOD);
    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* wolfSSL PR#694: what the request had decides what the response must have. */
START_TEST(nonce_matrix)
{
    enum { ABSENT, EQUAL, DIFFERENT, EMPTY, ONE, LONGER, LONGEST, TOO_LONG, KINDS };
    static const char *const kinds[KINDS] = {"absent",  "equal",     "different",  "empty",
                                             "1 octet", "33 octets", "128 octets", "129 octets"};
    static const size_t lens[KINDS] = {0, 32, 32, 0, 1, 33, 128, 129};
    static const struct {
        unsigned flags;
        int want[KINDS];
    } rows[] = {
        {0, {GOOD, GOOD, GOOD, PARSE, GOOD, GOOD, GOOD, PARSE}},
        {MTLSAUTH_OCSP_NONCE, {GOOD, GOOD, MISMATCH, PARSE, MISMATCH, MISMATCH, MISMATCH, PARSE}},
        {MTLSAUTH_OCSP_NONCE_REQUIRED,
         {MISMATCH, GOOD, MISMATCH, PARSE, MISMATCH, MISMATCH, MISMATCH, PARSE}},
    };
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int kind = 0; kind < KINDS; kind++) {
            mtlsauth_ocsp_request *request = NULL;
            uint8_t nonce[129];
            struct der_build der;
            const void *sent;
            size_t len;

            ck_assert_int_eq(mtlsauth_ocsp_request_new(&request, leaf, issuer, rows[i].flags),
                             MTLSAUTH_OK);
            sent = mtlsauth_ocsp_request_nonce(request, &len);
            memset(nonce, 0xa5, sizeof nonce);
            if (sent != NULL)
                memcpy(nonce, sent, len);
            if (kind == DIFFERENT)
                nonce[31] ^= 1;
            der = ob_make_response(&(struct ob_response){
                .has_nonce = kind != ABSENT, .nonce = nonce, .nonce_len = lens[kind]});
            ASSERT_INT(kinds[kind], ocsp_ask(kinds[kind], &der, request, leaf, issuer, policy),
                       rows[i].want[kind]);
            der_build_free(&der);
            mtlsauth_ocsp_request_free(request);
        }
    }
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* How old an answer may be, how wrong a clock, and what the result says of it. */
START_TEST(policy_of_time)
{
    struct ob_single single = {.this_update = "20260601110000Z", .next_update = "20260601113000Z"};
    struct der_build der =
        ob_make_response(&(struct ob_response){.singles = &single, .single_count = 1});
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    ck_assert_int_eq(ocsp_ask("past", &der, NULL, leaf, issuer, policy), STALE);
    ck_assert_int_eq(mtlsauth_policy_set_clock_skew(policy, 1800), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("skew", &der, NULL, leaf, issuer, policy), GOOD);
    ck_assert_int_eq(mtlsauth_policy_set_clock_skew(policy, 1799), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("less skew", &der, NULL, leaf, issuer, policy), STALE);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_revocation_grace(policy, 1), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("grace", &der, NULL, leaf, issuer, policy), GOOD);
    ck_assert_int_eq(mtlsauth_policy_set_ocsp_max_age(policy, 1800), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("max age", &der, NULL, leaf, issuer, policy), STALE);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, OB_NOW - 1800), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("earlier", &der, NULL, leaf, issuer, policy), GOOD);
    ck_assert_int_eq(mtlsauth_policy_set_ocsp_max_age(policy, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_policy_set_ocsp_max_age(policy, INT64_MAX), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_policy_set_ocsp_max_age(NULL, 1), MTLSAUTH_ERR_ARGUMENT);
    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

START_TEST(result_and_entries)
{
    struct ob_single two[] = {{SERIAL("\x06"), .status = 2},
                              {.status = 1, .reason = "\x04", .no_next_update = true}};
    struct der_build der =
        ob_make_response(&(struct ob_response){.singles = two, .single_count = 2});
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    int64_t this_update, next_update;
    const void *serial;
    size_t len;
    int status;

    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                     MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_result_status(result), REVOKED);
    ck_assert_int_eq(mtlsauth_ocsp_result_reason(result), 4);
    ck_assert_int_eq(mtlsauth_ocsp_result_revoked_at(result), OB_NOW - 31 * 86400 - 43200);
    ck_assert_int_eq(mtlsauth_ocsp_result_this_update(result), OB_NOW - 43200);
    ck_assert(mtlsauth_ocsp_result_next_update(result) == MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_ocsp_result_produced_at(result), OB_NOW - 39600);
    ck_assert_int_eq(mtlsauth_ocsp_result_valid_until(result), OB_NOW - 43200 + 7 * 86400);
    ck_assert_uint_eq(mtlsauth_ocsp_response_count(response), 2);
    ck_assert_int_eq(mtlsauth_ocsp_response_status(response), 0);
    ck_assert_str_eq(mtlsauth_ocsp_response_status_name(response), "successful");
    ck_assert_str_eq(mtlsauth_ocsp_response_status_name(NULL), "");
    ck_assert_str_eq(mtlsauth_ocsp_status_name(GOOD), "good");
    ck_assert_str_eq(mtlsauth_ocsp_status_name(REVOKED), "revoked");
    ck_assert_str_eq(mtlsauth_ocsp_status_name(UNKNOWN), "unknown");
    ck_assert_str_eq(mtlsauth_ocsp_status_name(0), "");
    ck_assert_str_eq(mtlsauth_ocsp_status_name(4), "");
    ck_assert_int_eq(mtlsauth_ocsp_response_produced_at(response), OB_NOW - 39600);
    ck_assert_int_eq(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &this_update,
                                                  &next_update),
                     MTLSAUTH_OK);
    ck_assert(len == 1 && *(const uint8_t *)serial == 6 && status == UNKNOWN);
    ck_assert_int_eq(mtlsauth_ocsp_response_entry(response, 2, &serial, &len, &status, &this_update,
                                                  &next_update),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_ptr_eq(mtlsauth_ocsp_response_ref(response), response);
    mtlsauth_ocsp_response_free(response);
    ck_assert_ptr_nonnull(mtlsauth_ocsp_response_der(response, &len));
    ck_assert_uint_eq(len, der.len);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_ocsp_result_free(result);
    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

static int64_t no_time(void *unused)
{
    (void)unused;
    return MTLSAUTH_NO_TIME;
}

/* The wrong issuer for the certificate, and NULL everywhere. */
START_TEST(arguments)
{
    struct der_build der = ob_make_response(&(struct ob_response){0});
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result;
    char big[MTLSAUTH_MAX_OCSP_BYTES + 1] = {0};

    ck_assert_int_eq(ocsp_ask("issuer", &der, NULL, leaf, leaf, policy), MISMATCH);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(NULL, "", 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, NULL, 1), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, NULL, 0), PARSE);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, big, sizeof big), MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth_ocsp_response_load_file(&response, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_response_load_file(&response, "/nonexistent/x"),
                     MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_check(NULL, NULL, leaf, issuer, policy, &result),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, NULL, issuer, policy, &result),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, NULL, policy, &result),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, NULL, &result),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_policy_set_clock(policy, no_time, NULL), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                     MTLSAUTH_ERR_IO);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(mtlsauth_ocsp_result_status(NULL), 0);
    ck_assert_int_eq(mtlsauth_ocsp_response_status(NULL), -1);
    ck_assert_uint_eq(mtlsauth_ocsp_response_count(NULL), 0);
    ck_assert_ptr_null(mtlsauth_ocsp_response_ref(NULL));
    mtlsauth_ocsp_result_free(NULL);
    mtlsauth_ocsp_response_free(NULL);
    mtlsauth_ocsp_response_free(response);
    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* What the authorizer relies on: a "revoked" that is stale, or contradicted, is still told. */
START_TEST(worst_of_what_was_said)
{
    static const struct ob_single stale = {.status = 1, .next_update = "20260601115959Z"};
    static const struct ob_single both[] = {{0}, {.status = 1}};
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    struct ocsp_params params = {
        .path = &policy->path, .revocation = &policy->revocation, .now = OB_NOW};

    for (int i = 0; i < 3; i++) {
        struct der_build der = ob_make_response(&(struct ob_response){
            .singles = i == 0 ? &stale : both, .single_count = i == 0 ? 1 : 2, .broken = i == 2});
        mtlsauth_ocsp_response *response = NULL;
        struct ocsp_answer answer;

        ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
        ck_assert_int_lt(mtlsauth__ocsp_check(response, NULL, leaf, issuer, &params, &answer), 0);
        ck_assert_int_eq(answer.authentic, i != 2);
        ck_assert_int_eq(answer.status, REVOKED);
        mtlsauth_ocsp_response_free(response);
        der_build_free(&der);
    }
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

UNIT_MAIN("revocation_ocsp_check", one_answer, each_time_in_each_form, several_answers,
          final_revocation_counts, what_is_no_response, skew_of_each_time, one_response,
          response_status, cut_off_and_flipped, nonce_matrix, policy_of_time, result_and_entries,
          arguments, worst_of_what_was_said)
