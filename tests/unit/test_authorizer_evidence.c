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

UNIT_MAIN("authorizer/evidence", every_cell_with_real_data)
