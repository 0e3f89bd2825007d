/* SPDX-License-Identifier: MIT */
/* Names that are compared with constraints and with many rules; lists of several issuers, of serial
 * numbers of several lengths, and signed as a whole. */
#include "alloc.h"

#include "folder.h"
#include "support/crl_sign.h"
#include "trust.h"

static mtlsauth_cert *root_cert, *ca_cert_of_names;
static mtlsauth_chain *good, *excluded;
static mtlsauth_truststore *root_only;
static mtlsauth_policy *many_rules;
static struct der_text several_issuers, many_entries;
static char folder[FOLDER_ROOM], index_path[FOLDER_ROOM + 8];
static const char key[] = "0123456789abcdef0123456789abcdef";

static size_t decide(const mtlsauth_chain *chain, int expected)
{
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision;
    size_t count;

    must(mtlsauth_authorizer_new(&authorizer, root_only, many_rules));
    must(mtlsauth_decision_new(&decision));
    arm();
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    count = disarm();
    EXPECT(last_code == expected || last_code == MTLSAUTH_DENY_INTERNAL);
    EXPECT(mtlsauth_decision_allowed(decision) == (last_code == MTLSAUTH_OK));
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    EXPECT(last_code == expected);
    EXPECT(strcmp(mtlsauth_decision_label(decision), expected == MTLSAUTH_OK ? "the one" : "") ==
           0);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

static size_t names_within(void)
{
    return decide(good, MTLSAUTH_OK);
}

static size_t names_outside(void)
{
    return decide(excluded, MTLSAUTH_DENY_NAME_CONSTRAINTS);
}

static size_t explain(void)
{
    mtlsauth_policy *policy;
    const char *text = NULL;
    size_t count;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    for (int i = 0; i < 40; i++) {
        char matcher[32];

        snprintf(matcher, sizeof matcher, "issuer:CN=CA %d", i);
        must(mtlsauth_policy_allow(policy, "a", &(const char *){matcher}, 1));
    }
    arm();
    last_code = mtlsauth_policy_lint(policy, root_only, &text);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((text != NULL) == (last_code == MTLSAUTH_OK));
    mtlsauth_policy_free(policy);
    return count;
}

/* Evidence for each of many issuers: one that could not be kept is an error. */
static size_t issuers_of_a_policy(void)
{
    unsigned char spki[MTLSAUTH_SHA256_LEN] = {0};
    mtlsauth_policy *policy;
    size_t count;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    arm();
    last_code = MTLSAUTH_OK;
    for (unsigned char i = 0; i < 20 && last_code == MTLSAUTH_OK; i++) {
        spki[0] = i;
        last_code = mtlsauth_policy_set_revocation_for_issuer(policy, spki, MTLSAUTH_EVIDENCE_CRL);
    }
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    mtlsauth_policy_free(policy);
    return count;
}

static void expect_entries(mtlsauth_crl *crl, size_t entries)
{
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((crl != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(crl == NULL || (mtlsauth_crl_count(crl) == entries && mtlsauth_crl_is_verified(crl)));
    if (crl != NULL)
        expect_usual(0, said_by_crl(crl));
    mtlsauth_crl_free(crl);
}

static size_t load(const struct der_text *list, size_t entries)
{
    mtlsauth_crl *crl = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_crl_load(&crl, list->ptr, list->len, root_cert, many_rules, NULL);
    count = disarm();
    expect_entries(crl, entries);
    return count;
}

static size_t load_several_issuers(void)
{
    return load(&several_issuers, 4);
}

enum { ENTRIES = 3000 };

static size_t load_many_entries(void)
{
    return load(&many_entries, ENTRIES);
}

static size_t save_and_open(void)
{
    mtlsauth_crl *crl = NULL, *again = NULL;
    size_t count;

    must(mtlsauth_crl_load(&crl, several_issuers.ptr, several_issuers.len, root_cert, many_rules,
                           NULL));
    arm();
    last_code = mtlsauth_crl_save(crl, index_path, key, 32);
    if (last_code == MTLSAUTH_OK)
        last_code = mtlsauth_crl_open_file(&again, index_path, key, 32);
    count = disarm();
    expect_entries(again, 4);
    mtlsauth_crl_free(crl);
    return count;
}

const struct scenario alloc_names[] = {
    {"names within constraints", names_within},
    {"names outside of constraints", names_outside},
    {"lint of many rules", explain},
    {"issuers of a policy", issuers_of_a_policy},
    {"load a list of several issuers", load_several_issuers},
    {"load a list of many entries", load_many_entries},
    {"save and open a list of several issuers", save_and_open},
    {NULL, NULL},
};

static mtlsauth_chain *chain_with(const char *names)
{
    const struct pki_cert words = {
        .subject = "leaf", .issuer = "CA", .key = 3, .signer = 2, .names = names};
    mtlsauth_cert *certs[2] = {trust_cert(&words), ca_cert_of_names};
    const void *ders[2];
    size_t lens[2];
    mtlsauth_chain *chain;

    for (size_t i = 0; i < 2; i++)
        ders[i] = mtlsauth_cert_der(certs[i], &lens[i]);
    must(mtlsauth_chain_from_der(&chain, ders, lens, 2));
    mtlsauth_cert_free(certs[0]);
    return chain;
}

static void make_rules(void)
{
    static const char *const wanted[] = {"dns:b.a.com", "issuer:CN=CA", "email:x@a.com"};

    must(mtlsauth_policy_new(&many_rules, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(many_rules, TRUST_NOW));
    must(mtlsauth_policy_set_revocation(many_rules, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    for (int i = 0; i < 40; i++) {
        char dns[32], cn[32], label[16];
        const char *matchers[2] = {dns, cn};

        snprintf(dns, sizeof dns, "dns:*.a%d.com", i);
        snprintf(cn, sizeof cn, "subject.CN:client %d", i);
        snprintf(label, sizeof label, "rule %d", i);
        must(mtlsauth_policy_allow(many_rules, label, matchers, 2));
        snprintf(dns, sizeof dns, "uri:spiffe://a%d/**", i);
        must(mtlsauth_policy_block(many_rules, dns));
    }
    must(mtlsauth_policy_allow(many_rules, "the one", wanted, 3));
}

/* Entries of three issuers, with serial numbers that become longer. */
static void make_lists(void)
{
#define ISSUER(name)                                                                               \
    CRL_CRITICAL("55 1d 1d",                                                                       \
                 "30 { a4 { 30 { 31 { 30 { 06 { 55 04 03 } 0c { \"" name "\" } } } } } }")
    struct crl_text parts = {
        .issuer = "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Root\" } } } }",
        .revoked = CRL_ENTRY("05") CRL_ENTRY_WITH("11 * 9", ISSUER("One"))
            CRL_ENTRY_WITH("12 * 17", ISSUER("Two")) CRL_ENTRY("13 * 20"),
        .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }"),
    };
    struct crl_text many = {.issuer = parts.issuer};
    EVP_PKEY *signer = pki_key(1);
    char *text = malloc(ENTRIES * 80), *at = text;

    ck_assert_ptr_nonnull(text);
    several_issuers = crl_signed(&parts, signer);
    for (unsigned i = 0; i < ENTRIES; i++)
        at += snprintf(at, 80, "30 { 02 { 11 * 8 %02x %02x %02x } " CRL_DATE " }", i * 7 % 100,
                       i * 37 >> 8 & 0x7f, i * 37 & 0xff);
    many.revoked = text;
    many_entries = crl_signed(&many, signer);
    free(text);
    EVP_PKEY_free(signer);
}

void alloc_names_begin(void)
{
    const struct pki_cert root_words = {
        .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};
    const struct pki_cert ca_words = {.subject = "CA",
                                      .issuer = "Root",
                                      .key = 2,
                                      .signer = 1,
                                      .ca = true,
                                      .constraints = "+dns:a.com +email:a.com +email:c.com "
                                                     "-cn:evil -dns:x.a.com -uri:evil.com"};

    folder_make(folder);
    snprintf(index_path, sizeof index_path, "%s/x.idx", folder);
    root_cert = trust_cert(&root_words);
    ca_cert_of_names = trust_cert(&ca_words);
    root_only = trust_store(&root_cert, 1);
    good = chain_with("dns:b.a.com email:x@a.com cn:good uri:spiffe://a/b");
    excluded = chain_with("dns:b.a.com email:x@a.com cn:evil");
    make_rules();
    make_lists();
}

void alloc_names_end(void)
{
    free(several_issuers.ptr);
    free(many_entries.ptr);
    mtlsauth_policy_free(many_rules);
    mtlsauth_chain_free(good);
    mtlsauth_chain_free(excluded);
    mtlsauth_truststore_free(root_only);
    mtlsauth_cert_free(root_cert);
    mtlsauth_cert_free(ca_cert_of_names);
}
