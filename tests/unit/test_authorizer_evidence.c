/* SPDX-License-Identifier: MIT */
/* Every cell of the tables of evidence.h, with lists and responses that say what the cell is of. */
#include "authorizer_ocsp.h"
#include "evidence.h"

#define STALE_CRL "17 { \"260530000000Z\" }", "17 { \"260531000000Z\" }"

/* In the order of evidence.h. */
static void make_crls(mtlsauth_crl *crls[EVIDENCE_CRLS])
{
    const char *fresh = "17 { \"260601000000Z\" }", *until = "17 { \"260701000000Z\" }";

    crls[0] = load_crl("-", fresh, until, OB_ISSUER);
    crls[1] = load_crl(CRL_ENTRY("05"), fresh, until, OB_ISSUER);
    crls[2] = NULL;
    crls[3] = load_crl("-", STALE_CRL, OB_ISSUER);
    crls[4] = load_crl("-", fresh, until, OB_OTHER_CA);
    ck_assert_ptr_null(crls[4]);
}

static void make_responses(struct der_build out[EVIDENCE_OCSPS])
{
    const struct ob_single revoked = {.status = 1}, unknown = {.status = 2},
                           critical = {.unknown_extension = true, .critical = true},
                           stale = {.this_update = "20260530000000Z",
                                    .next_update = "20260531000000Z"};

    out[0] = ob_make_response(&(struct ob_response){.status = 0});
    out[1] = ob_make_response(&(struct ob_response){.singles = &revoked, .single_count = 1});
    out[2] = ob_make_response(&(struct ob_response){.singles = &unknown, .single_count = 1});
    out[3] = (struct der_build){0};
    out[4] = ob_make_response(&(struct ob_response){.singles = &stale, .single_count = 1});
    out[5] = ob_make_response(&(struct ob_response){.singles = &critical, .single_count = 1});
    out[6] = ob_make_response(&(struct ob_response){.status = 3, .no_bytes = true});
}

/* One cell, with real data; graced: what is stale is so within the grace. */
static void check_cell(const struct evidence_table *table, size_t crl, size_t ocsp, bool graced,
                       mtlsauth_crl *const crls[], const struct der_build responses[])
{
    size_t as_crl = graced && crl == 3 ? 0 : crl, as_ocsp = graced && ocsp == 4 ? 0 : ocsp;
    int want = evidence_code(table->rows[as_crl][as_ocsp]);
    char row[96];

    snprintf(row, sizeof row, "%s, CRL %s, OCSP %s%s", table->title, evidence_crls[crl].name,
             evidence_ocsps[ocsp].name, graced ? ", grace" : "");
    OK(mtlsauth_authorizer_new(&authorizer, store, policy));
    if (crls[crl] != NULL)
        OK(mtlsauth_authorizer_put_crl(authorizer, crls[crl]));
    if (responses[ocsp].bytes != NULL)
        ASSERT_INT(row, put_der(&responses[ocsp]),
                   evidence_ocsps[ocsp].state == OCSP_STATE_ERROR ? MTLSAUTH_ERR_NOT_FOUND
                                                                  : MTLSAUTH_OK);
    /* Twice: the second time signatures are remembered. */
    ASSERT_INT(row, answer(), want);
    ASSERT_INT(row, answer(), want);
    ASSERT_TRUE(row, (mtlsauth_decision_checks(decision) & MTLSAUTH_CHECK_REVOCATION) != 0);
    ASSERT_TRUE(row, want == MTLSAUTH_OK || (mtlsauth_decision_message(decision)[0] != '\0' &&
                                             mtlsauth_decision_depth(decision) == 0));
    /* The number is that of a list that revokes or is stale, and of no other that was looked at. */
    ASSERT_TRUE(row, (mtlsauth_decision_crl_number(decision)[0] != '\0') ==
                         (evidence_crls[crl].state == REVOCATION_REVOKED ||
                          strstr(mtlsauth_decision_message(decision), "its CRL is ") != NULL));
    ASSERT_TRUE(row, (strcmp(mtlsauth_decision_revoked_by(decision), "crl") == 0) ==
                         (evidence_crls[crl].state == REVOCATION_REVOKED));
    mtlsauth_authorizer_free(authorizer);
    authorizer = NULL;
}

static void check_cells(const struct evidence_table *table, bool graced, mtlsauth_crl *const crls[],
                        const struct der_build responses[])
{
    unsigned char key[MTLSAUTH_SHA256_LEN];

    memcpy(key, mtlsauth_cert_spki_sha256(issuer), sizeof key);
    /* OFF for this issuer alone: under OFF for everything nothing can be put. */
    OK(mtlsauth_policy_set_revocation(
        policy,
        table->evidence == MTLSAUTH_EVIDENCE_OFF ? MTLSAUTH_EVIDENCE_CRL_AND_OCSP : table->evidence,
        MTLSAUTH_DEPTH_LEAF));
    OK(mtlsauth_policy_set_revocation_for_issuer(policy, key, table->evidence));
    OK(mtlsauth_policy_set_insecure_allow_unknown_revocation(policy, table->allow_unknown));
    OK(mtlsauth_policy_set_insecure_revocation_grace(policy, graced ? 5 * 86400 : 0));
    for (size_t crl = 0; crl < EVIDENCE_CRLS; crl++)
        for (size_t ocsp = 0; ocsp < EVIDENCE_OCSPS; ocsp++)
            check_cell(table, crl, ocsp, graced, crls, responses);
}

START_TEST(every_cell_with_real_data)
{
    mtlsauth_crl *crls[EVIDENCE_CRLS];
    struct der_build responses[EVIDENCE_OCSPS];

    setup(true);
    mtlsauth_authorizer_free(authorizer);
    authorizer = NULL;
    make_crls(crls);
    make_responses(responses);
    for (size_t m = 0; m < COUNT_OF(evidence_tables); m++)
        for (int graced = 0; graced < 2; graced++)
            check_cells(&evidence_tables[m], graced != 0, crls, responses);
    for (size_t i = 0; i < EVIDENCE_CRLS; i++)
        mtlsauth_crl_free(crls[i]);
    for (size_t i = 0; i < EVIDENCE_OCSPS; i++)
        der_build_free(&responses[i]);
    teardown();
}
END_TEST

/* What is missing, and no more, since when, and whether asking a responder would help. */
START_TEST(sentences)
{
    /* Places in evidence_crls and evidence_ocsps. */
    enum { CRL_REVOKED = 1, NO_CRL = 2, CRL_STALE = 3 };
    enum { OCSP_REVOKED = 1, UNKNOWN = 2, NO_OCSP = 3, OCSP_STALE = 4, INVALID = 5 };
    enum { SINCE = 1780185600 };
    static const struct {
        int evidence;
        size_t crl, ocsp;
        const char *says;
        int64_t stale_since;
        bool asks;
    } rows[] = {
        {MTLSAUTH_EVIDENCE_CRL, NO_CRL, NO_OCSP,
         ", issued by CN=issuer: there is no CRL that speaks of it", MTLSAUTH_NO_TIME, false},
        {MTLSAUTH_EVIDENCE_CRL, CRL_STALE, NO_OCSP,
         ", issued by CN=issuer: its CRL is stale since 2026-05-31T00:00:00Z", SINCE, false},
        {MTLSAUTH_EVIDENCE_OCSP, NO_CRL, NO_OCSP,
         ", issued by CN=issuer: there is no OCSP answer about it", MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_OCSP, NO_CRL, OCSP_STALE,
         ", issued by CN=issuer: its OCSP answer is stale since 2026-05-31T00:00:00Z", SINCE, true},
        {MTLSAUTH_EVIDENCE_OCSP, NO_CRL, UNKNOWN,
         ", issued by CN=issuer: its OCSP responder does not know it", MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_OCSP, NO_CRL, INVALID,
         ", issued by CN=issuer: its OCSP answer does not count: OCSP response: it has a critical "
         "extension that is not known",
         MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_CRL_OR_OCSP, NO_CRL, NO_OCSP,
         ", issued by CN=issuer: there is no CRL that speaks of it, and there is no OCSP answer "
         "about it",
         MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_CRL_AND_OCSP, NO_CRL, NO_OCSP,
         ", issued by CN=issuer: there is no CRL that speaks of it; there is no OCSP answer about "
         "it",
         MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_CRL_AND_OCSP, 0, NO_OCSP,
         ", issued by CN=issuer: there is no OCSP answer about it", MTLSAUTH_NO_TIME, true},
        {MTLSAUTH_EVIDENCE_CRL_AND_OCSP, NO_CRL, 0,
         ", issued by CN=issuer: there is no CRL that speaks of it", MTLSAUTH_NO_TIME, false},
        {MTLSAUTH_EVIDENCE_CRL_AND_OCSP, CRL_STALE, NO_OCSP,
         ", issued by CN=issuer: its CRL is stale since 2026-05-31T00:00:00Z; there is no OCSP "
         "answer about it",
         SINCE, true},
        {MTLSAUTH_EVIDENCE_CRL, CRL_REVOKED, NO_OCSP,
         " was revoked at 2026-01-01T00:00:00Z (no reason given; CRL number 07)", MTLSAUTH_NO_TIME,
         false},
        {MTLSAUTH_EVIDENCE_CRL_AND_OCSP, NO_CRL, OCSP_REVOKED,
         " was revoked at 2026-05-01T00:00:00Z (no reason given; an OCSP answer says so)",
         MTLSAUTH_NO_TIME, false},
    };
    mtlsauth_crl *crls[EVIDENCE_CRLS];
    struct der_build responses[EVIDENCE_OCSPS];

    setup(true);
    mtlsauth_authorizer_free(authorizer);
    make_crls(crls);
    make_responses(responses);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const mtlsauth_ocsp_request *request;
        const char *url;
        char want[256];

        OK(mtlsauth_policy_set_revocation(policy, rows[i].evidence, MTLSAUTH_DEPTH_LEAF));
        OK(mtlsauth_authorizer_new(&authorizer, store, policy));
        if (crls[rows[i].crl] != NULL)
            OK(mtlsauth_authorizer_put_crl(authorizer, crls[rows[i].crl]));
        if (responses[rows[i].ocsp].bytes != NULL)
            OK(put_der(&responses[rows[i].ocsp]));
        ck_assert_int_gt(answer(), 0);
        snprintf(want, sizeof want, "certificate 0 of the path (CN=leaf)%s", rows[i].says);
        ASSERT_TEXT(want, mtlsauth_decision_message(decision), want);
        ASSERT_INT(want, mtlsauth_decision_stale_since(decision), rows[i].stale_since);
        ASSERT_INT(want, mtlsauth_decision_ocsp_request(decision, &request, &url),
                   rows[i].asks ? MTLSAUTH_OK : MTLSAUTH_ERR_NOT_FOUND);
        mtlsauth_authorizer_free(authorizer);
    }
    authorizer = NULL;
    for (size_t i = 0; i < EVIDENCE_CRLS; i++)
        mtlsauth_crl_free(crls[i]);
    for (size_t i = 0; i < EVIDENCE_OCSPS; i++)
        der_build_free(&responses[i]);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/evidence", every_cell_with_real_data, sentences)
