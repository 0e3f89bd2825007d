/* SPDX-License-Identifier: MIT */
/* Lists: read, verified, saved, opened, combined, and asked in decisions. */
#include "alloc.h"

#include "folder.h"
#include "scope.h"

static const char key[] = "0123456789abcdef0123456789abcdef";

/* "CA" has issued the client, whose serial number is on the list, or is not. */
static const struct scope_row plain = {.name = "plain", .lists = {{.signer = SCOPE_ISSUER}}};
static char folder[FOLDER_ROOM];
static char list_path[FOLDER_ROOM + 8], index_path[FOLDER_ROOM + 8];
static struct der_text list_text;
static mtlsauth_policy *crl_policy;
static mtlsauth_truststore *ca_store;
static mtlsauth_crl *whole;

static void expect_whole(const mtlsauth_crl *crl)
{
    int found = 0;

    EXPECT(crl != NULL && mtlsauth_crl_is_verified(crl) == 1);
    EXPECT(mtlsauth_crl_count(crl) == 1);
    EXPECT(mtlsauth_crl_find(crl, "\x11\x00\x05", 3, &found, NULL, NULL) == MTLSAUTH_OK && found);
    EXPECT(strcmp(mtlsauth_crl_sha256_hex(crl), mtlsauth_crl_sha256_hex(whole)) == 0);
    EXPECT(strcmp(mtlsauth_crl_number_hex(crl), "07") == 0);
}

/* The list is what it always is, or there is none. */
static void expect_list(mtlsauth_crl *crl)
{
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((crl != NULL) == (last_code == MTLSAUTH_OK));
    if (crl != NULL) {
        expect_whole(crl);
        expect_usual(0, said_by_crl(crl));
    }
    mtlsauth_crl_free(crl);
}

static size_t inspect(void)
{
    mtlsauth_crl_options *options = NULL;
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_crl_options_new(&options);
    if (last_code == MTLSAUTH_OK)
        last_code = mtlsauth_crl_parse(&crl, list_text.ptr, list_text.len, options);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((crl != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(crl == NULL || (mtlsauth_crl_count(crl) == 1 && !mtlsauth_crl_is_verified(crl)));
    if (crl != NULL)
        expect_usual(0, said_by_crl(crl));
    mtlsauth_crl_free(crl);
    mtlsauth_crl_options_free(options);
    return count;
}

/* Distribution points of each form, of lists of each kind. */
static const char *const kinds[] = {
    SCOPE_IDP(SCOPE_RELATIVE("part 1") SCOPE_USER),
    SCOPE_IDP(SCOPE_FULL(SCOPE_URI("http://a/") SCOPE_DIR("CA")) SCOPE_SOME(SCOPE_TWO)),
    SCOPE_IDP(SCOPE_FULL(SCOPE_BELOW("CA", "part 2")) SCOPE_INDIRECT),
    SCOPE_DELTA("05") SCOPE_IDP(SCOPE_CA),
};

static struct der_text kind_texts[COUNT_OF(kinds)];

/* All in one row of allocations. */
static size_t inspect_kinds(void)
{
    mtlsauth_crl *crls[COUNT_OF(kinds)] = {NULL};
    int codes[COUNT_OF(kinds)];
    size_t count;

    arm();
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        codes[i] = mtlsauth_crl_parse(&crls[i], kind_texts[i].ptr, kind_texts[i].len, NULL);
    count = disarm();
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        last_code = codes[i];
        EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
        EXPECT((crls[i] != NULL) == (last_code == MTLSAUTH_OK));
        if (crls[i] != NULL)
            expect_usual(i, said_by_crl(crls[i]));
        mtlsauth_crl_free(crls[i]);
    }
    return count;
}

static size_t load(void)
{
    mtlsauth_chain *chain = scope_chain(&plain);
    int status = MTLSAUTH_CRL_STATUS_UNKNOWN;
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_crl_load(&crl, list_text.ptr, list_text.len, scope_certs[SCOPE_ISSUER],
                                  crl_policy, NULL);
    if (last_code == MTLSAUTH_OK)
        last_code = mtlsauth_crl_check(crl, mtlsauth_chain_cert(chain, 0),
                                       scope_certs[SCOPE_ISSUER], crl_policy, &status, NULL, NULL);
    count = disarm();
    EXPECT(status ==
           (last_code == MTLSAUTH_OK ? MTLSAUTH_CRL_STATUS_REVOKED : MTLSAUTH_CRL_STATUS_UNKNOWN));
    if (last_code != MTLSAUTH_OK) {
        mtlsauth_crl_free(crl);
        crl = NULL;
    }
    mtlsauth_chain_free(chain);
    expect_list(crl);
    return count;
}

static size_t load_file(void)
{
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code =
        mtlsauth_crl_load_file(&crl, list_path, scope_certs[SCOPE_ISSUER], crl_policy, NULL);
    count = disarm();
    expect_list(crl);
    return count;
}

/* Whoever has signed it is looked for. */
static size_t load_by_store(void)
{
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_crl_load_file_from_truststore(&crl, list_path, ca_store, crl_policy, NULL);
    count = disarm();
    expect_list(crl);
    return count;
}

/* An index is there afterwards, the old one or the new one. */
static size_t save(void)
{
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_crl_save(whole, index_path, key, 32);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    must(mtlsauth_crl_open_file(&crl, index_path, key, 32));
    expect_whole(crl);
    mtlsauth_crl_free(crl);
    return count;
}

static size_t open_index(void)
{
    mtlsauth_crl *crl = NULL, *wrong_key = NULL;
    size_t count;
    int code;

    arm();
    last_code = mtlsauth_crl_open_file(&crl, index_path, key, 32);
    code = mtlsauth_crl_open_file(&wrong_key, index_path, key + 1, 31);
    count = disarm();
    EXPECT(code != MTLSAUTH_OK && wrong_key == NULL);
    expect_list(crl);
    return count;
}

/* --- Decisions -------------------------------------------------------------------------------- */

/*
 * Short of memory a list never becomes a missing one, nor a revoked client a good one. Nearly all
 * of libcrypto's allocations are of the client's path, which most scenarios know before.
 */
static size_t decide(const struct scope_row *row, bool knows_path)
{
    mtlsauth_authorizer *authorizer = scope_authorizer(crl_policy, false);
    mtlsauth_chain *chain = scope_chain(row);
    mtlsauth_decision *decision;
    size_t count;

    if (knows_path)
        EXPECT(mtlsauth_authorize(authorizer, chain, NULL) == MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    for (size_t i = 0; i < COUNT_OF(row->lists) && row->lists[i].signer != 0; i++) {
        mtlsauth_crl *crl = scope_crl(row->name, &row->lists[i], crl_policy);

        must(mtlsauth_authorizer_put_crl(authorizer, crl));
        mtlsauth_crl_free(crl);
    }
    must(mtlsauth_decision_new(&decision));
    arm();
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    count = disarm();
    EXPECT(last_code == (int)row->want || last_code == MTLSAUTH_DENY_INTERNAL ||
           is_failure(last_code));
    EXPECT(mtlsauth_decision_allowed(decision) == (last_code == MTLSAUTH_OK));
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    EXPECT(last_code == (int)row->want);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

#define POINT_A SCOPE_URI("http://a/")
#define INDIRECT_POINT SCOPE_POINT(SCOPE_FULL(POINT_A) SCOPE_BY(SCOPE_DIR("Lister")))
#define INDIRECT_LIST(of)                                                                          \
    {                                                                                              \
        .signer = SCOPE_LISTER, .extensions = SCOPE_IDP(SCOPE_FULL(POINT_A) SCOPE_INDIRECT),       \
        .revoked = of                                                                              \
    }

static size_t decide_good(void)
{
    return decide(&(struct scope_row){.name = scenario,
                                      .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"}},
                                      .want = SCOPE_GOOD},
                  true);
}

static size_t decide_revoked(void)
{
    return decide(&(struct scope_row){.name = scenario,
                                      .lists = {{.signer = SCOPE_ISSUER}},
                                      .want = SCOPE_IS_REVOKED},
                  false);
}

static size_t decide_by_delta(void)
{
    return decide(
        &(struct scope_row){
            .name = scenario,
            .lists = {{.signer = SCOPE_ISSUER, .revoked = "-"},
                      {.signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("08") SCOPE_DELTA("07")}},
            .want = SCOPE_IS_REVOKED},
        true);
}

static size_t decide_by_indirect(void)
{
    return decide(
        &(struct scope_row){.name = scenario,
                            .points = INDIRECT_POINT,
                            .lists = {INDIRECT_LIST(CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF("CA")))},
                            .want = SCOPE_IS_REVOKED},
        true);
}

static size_t decide_good_by_indirect(void)
{
    return decide(&(struct scope_row){.name = scenario,
                                      .points = INDIRECT_POINT,
                                      .lists = {INDIRECT_LIST("-")},
                                      .want = SCOPE_GOOD},
                  true);
}

/* Two lists, each for some reasons. */
static size_t decide_by_reasons(void)
{
    return decide(
        &(struct scope_row){
            .name = scenario,
            .points = SCOPE_POINT(SCOPE_FULL(POINT_A)),
            .lists = {{.signer = SCOPE_ISSUER,
                       .extensions = SCOPE_IDP(SCOPE_FULL(POINT_A) SCOPE_SOME(SCOPE_TWO)),
                       .revoked = "-"},
                      {.signer = SCOPE_ISSUER,
                       .extensions =
                           SCOPE_IDP(SCOPE_FULL(SCOPE_URI("http://b/")) SCOPE_SOME(SCOPE_SIX)),
                       .revoked = "-"}},
            .want = SCOPE_UNKNOWN},
        true);
}

const struct scenario alloc_crl[] = {
    {"inspect a list", inspect},
    {"inspect lists of all kinds", inspect_kinds},
    {"load and check a list", load},
    {"load a list from a file", load_file},
    {"load a list by the truststore", load_by_store},
    {"save an index", save},
    {"open an index", open_index},
    {"authorize, good by list", decide_good},
    {"authorize, revoked by list", decide_revoked},
    {"authorize, revoked by delta", decide_by_delta},
    {"authorize, revoked by indirect list", decide_by_indirect},
    {"authorize, good by indirect list", decide_good_by_indirect},
    {"authorize, lists of some reasons", decide_by_reasons},
    {NULL, NULL},
};

static void write_list(void)
{
    struct crl_text parts = {.issuer = SCOPE_NAME("CA"), .revoked = SCOPE_REVOKED};
    FILE *file;

    list_text = crl_signed(&parts, forge_key(SCOPE_ISSUER));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        parts.extensions = kinds[i];
        kind_texts[i] = crl_signed(&parts, forge_key(SCOPE_ISSUER));
    }
    snprintf(list_path, sizeof list_path, "%s/ca.crl", folder);
    file = fopen(list_path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(list_text.ptr, 1, list_text.len, file), list_text.len);
    ck_assert_int_eq(fclose(file), 0);
}

void alloc_crl_begin(void)
{
    const void *der;
    size_t len;

    scope_setup();
    folder_make(folder);
    write_list();
    crl_policy = scope_policy(&plain);
    der = mtlsauth_cert_der(scope_certs[SCOPE_ISSUER], &len);
    must(mtlsauth_truststore_parse(&ca_store, der, len, NULL));
    must(mtlsauth_crl_load(&whole, list_text.ptr, list_text.len, scope_certs[SCOPE_ISSUER],
                           crl_policy, NULL));
    snprintf(index_path, sizeof index_path, "%s/ca.idx", folder);
    must(mtlsauth_crl_save(whole, index_path, key, 32));
}

void alloc_crl_end(void)
{
    free(list_text.ptr);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        free(kind_texts[i].ptr);
    mtlsauth_crl_free(whole);
    mtlsauth_truststore_free(ca_store);
    mtlsauth_policy_free(crl_policy);
    scope_teardown();
}
