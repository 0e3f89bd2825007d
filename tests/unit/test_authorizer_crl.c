/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"

/* A root, an intermediate, a client of each, and an authorizer that asks for CRLs. */
static EVP_PKEY *root_key, *middle_key, *client_key;
static mtlsauth_cert *root, *middle;
static mtlsauth_chain *by_root, *by_middle;
static mtlsauth_truststore *store;
static mtlsauth_policy *policy;
static mtlsauth_authorizer *authorizer;

#define MIDDLE_NAME "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Middle\" } } } }"
#define NUMBER(n) CRL_EXTENSION("55 1d 14", "02 { " n " }")

static mtlsauth_cert *cert_of(const char *subject, EVP_PKEY *key, const char *issuer,
                              EVP_PKEY *issuer_key, const char *serial, bool ca)
{
    struct ca_spec spec = {.subject = subject,
                           .issuer = issuer,
                           .key = key,
                           .issuer_key = issuer_key,
                           .serial = (const unsigned char *)serial,
                           .serial_len = (int)strlen(serial),
                           .constraints = ca ? "critical,CA:TRUE" : NULL,
                           .usage = ca ? "keyCertSign,cRLSign" : NULL};

    return ca_cert(&spec);
}

static mtlsauth_chain *chain_of(mtlsauth_cert *leaf, mtlsauth_cert *issuer)
{
    const void *ders[2];
    size_t lens[2];
    mtlsauth_chain *chain;

    ders[0] = mtlsauth_cert_der(leaf, &lens[0]);
    if (issuer != NULL)
        ders[1] = mtlsauth_cert_der(issuer, &lens[1]);
    ck_assert_int_eq(mtlsauth_chain_from_der(&chain, ders, lens, issuer == NULL ? 1 : 2), 0);
    mtlsauth_cert_free(leaf);
    return chain;
}

static void setup(int evidence, int depth)
{
    size_t len;
    const void *der;

    root_key = ca_key("EC");
    middle_key = ca_key("EC");
    client_key = ca_key("EC");
    root = cert_of("Root", root_key, "Root", root_key, "\x01", true);
    middle = cert_of("Middle", middle_key, "Root", root_key, "\x20", true);
    /* The same serial under two issuers. */
    by_root = chain_of(cert_of("a", client_key, "Root", root_key, "\x05", false), NULL);
    by_middle = chain_of(cert_of("b", client_key, "Middle", middle_key, "\x05", false), middle);
    der = mtlsauth_cert_der(root, &len);
    ck_assert_int_eq(mtlsauth_truststore_parse(&store, der, len, NULL), 0);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), 0);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), 0);
    ck_assert_int_eq(mtlsauth_policy_set_revocation(policy, evidence, depth), 0);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), 0);
}

static void teardown(void)
{
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    mtlsauth_chain_free(by_root);
    mtlsauth_chain_free(by_middle);
    mtlsauth_cert_free(root);
    mtlsauth_cert_free(middle);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(middle_key);
    EVP_PKEY_free(client_key);
}

/* Loads a list of root, or of middle, and puts it. */
static int put(bool of_middle, const char *revoked, const char *extensions, const char *this_update)
{
    struct crl_text parts = {.issuer = of_middle ? MIDDLE_NAME : NULL,
                             .revoked = revoked,
                             .extensions = extensions,
                             .this_update = this_update};
    struct der_text list = crl_signed(&parts, of_middle ? middle_key : root_key);
    mtlsauth_crl *crl;
    int code;

    ck_assert_msg(mtlsauth_crl_load(&crl, list.ptr, list.len, of_middle ? middle : root, policy,
                                    NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    code = mtlsauth_authorizer_put_crl(authorizer, crl);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    return code;
}

static int answer(const mtlsauth_chain *chain)
{
    return mtlsauth_authorize(authorizer, chain, NULL);
}

START_TEST(no_list_is_no_yes)
{
    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(put(false, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    /* A list of root says nothing of what middle has issued. */
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(put(true, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    teardown();
}
END_TEST

START_TEST(revoked_with_date_reason_and_number)
{
    mtlsauth_decision *decision;

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(mtlsauth_decision_new(&decision), 0);
    ck_assert_int_eq(put(false, CRL_ENTRY_WITH("05", CRL_REASON("01")), NUMBER("12 34"), NULL), 0);
    ck_assert_int_eq(put(true, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, by_root, decision), MTLSAUTH_DENY_REVOKED);
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    ck_assert_int_eq(mtlsauth_decision_depth(decision), 0);
    ck_assert_int_eq(mtlsauth_decision_revoked_at(decision), 1767225600);
    ck_assert_int_eq(mtlsauth_decision_revocation_reason(decision),
                     MTLSAUTH_CRL_REASON_KEY_COMPROMISE);
    ck_assert_str_eq(mtlsauth_decision_crl_number(decision), "1234");
    ck_assert_str_eq(mtlsauth_decision_revoked_by(decision), "crl");
    ck_assert_str_eq(mtlsauth_decision_revoked_by(NULL), "");
    ck_assert(strstr(mtlsauth_decision_message(decision), "keyCompromise") != NULL);
    /* The same serial, of another CA. */
    ck_assert_int_eq(mtlsauth_authorize(authorizer, by_middle, decision), MTLSAUTH_OK);
    ck_assert_str_eq(mtlsauth_decision_revoked_by(decision), "");
    mtlsauth_decision_free(decision);
    teardown();
}
END_TEST

/* An intermediate that is revoked, in each depth; the anchor is nobody's to revoke. */
/* Hits of the cache of paths. */
static unsigned long hits(void)
{
    static char json[65536];
    const char *at;

    ck_assert_int_eq(mtlsauth_authorizer_stats_json(authorizer, json, sizeof json, NULL), 0);
    at = strstr(json, "\"hits\":");
    ck_assert_ptr_nonnull(at);
    return strtoul(at + strlen("\"hits\":"), NULL, 10);
}

/* The path is remembered, the answer is not: the call after the swap denies. */
START_TEST(a_revocation_counts_on_the_next_call)
{
    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_CHAIN);
    ck_assert_int_eq(put(false, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(put(true, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    ck_assert_uint_eq(hits(), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    ck_assert_uint_eq(hits(), 1);
    ck_assert_int_eq(put(true, CRL_ENTRY("05"), NUMBER("02"), NULL), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_DENY_REVOKED);
    ck_assert_uint_eq(hits(), 2);
    ck_assert_int_eq(put(true, "-", NUMBER("03"), NULL), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    /* Of the intermediate, too. */
    ck_assert_int_eq(put(false, CRL_ENTRY("20"), NUMBER("02"), NULL), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_DENY_REVOKED);
    ck_assert_uint_eq(hits(), 4);
    teardown();
}
END_TEST

START_TEST(revoked_intermediate)
{
    for (int depth = MTLSAUTH_DEPTH_LEAF; depth <= MTLSAUTH_DEPTH_CHAIN; depth++) {
        setup(MTLSAUTH_EVIDENCE_CRL, depth);
        ck_assert_int_eq(put(true, "-", NUMBER("01"), NULL), 0);
        ASSERT_INT("no list of root", answer(by_middle),
                   depth == MTLSAUTH_DEPTH_LEAF ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        ck_assert_int_eq(put(false, CRL_ENTRY("01"), NUMBER("01"), NULL), 0);
        ASSERT_INT("root's serial in its own list", answer(by_middle), MTLSAUTH_OK);
        ck_assert_int_eq(put(false, CRL_ENTRY("20"), NUMBER("02"), NULL), 0);
        /* Whatever depth is asked for: what is known to be revoked is denied. */
        ASSERT_INT("revoked", answer(by_middle), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
}
END_TEST

START_TEST(rollback)
{
    static const struct {
        const char *name, *number, *this_update, *revoked;
        int code;
    } rows[] = {
        {"first", "05", NULL, CRL_ENTRY("05"), MTLSAUTH_OK},
        {"the same again", "05", NULL, CRL_ENTRY("05"), MTLSAUTH_OK},
        {"the same number, another content", "05", NULL, "-", MTLSAUTH_ERR_ROLLBACK},
        {"a lower number", "04", NULL, "-", MTLSAUTH_ERR_ROLLBACK},
        {"a lower number that is longer in text", "00 80", NULL, CRL_ENTRY("05"), MTLSAUTH_OK},
        {"a lower number again", "7f", NULL, "-", MTLSAUTH_ERR_ROLLBACK},
        {"a higher number of an earlier time", "00 ff", "17 { \"251231000000Z\" }", "-",
         MTLSAUTH_ERR_ROLLBACK},
    };

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char number[128];
        uint64_t before = mtlsauth_authorizer_generation(authorizer);

        snprintf(number, sizeof number, "30 { 06 { 55 1d 14 } 04 { 02 { %s } } }", rows[i].number);
        ASSERT_INT(rows[i].name, put(false, rows[i].revoked, number, rows[i].this_update),
                   rows[i].code);
        /* What fails changes nothing: the list before it serves on. */
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_generation(authorizer),
                   before + (rows[i].code == MTLSAUTH_OK));
        ASSERT_INT(rows[i].name, answer(by_root), MTLSAUTH_DENY_REVOKED);
    }
    ck_assert_int_eq(put(false, "-", NUMBER("01 00"), NULL), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* A day ahead, once. What the CA says behind it is in force at once, and is not lost when the day
 * has come. */
START_TEST(dated_ahead)
{
    static const char today[] = "17 { \"260601000000Z\" }", tomorrow[] = "17 { \"260602000000Z\" }";

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(put(false, "-", NUMBER("05"), tomorrow), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_STALE);
    ck_assert_int_eq(put(false, CRL_ENTRY("05"), NUMBER("06"), today), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOKED);
    ck_assert_int_eq(put(false, "-", NUMBER("05"), tomorrow), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000 + 86401), 0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), 0);
    ck_assert_int_eq(put(false, "-", NUMBER("05"), tomorrow), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOKED);
    teardown();
}
END_TEST

START_TEST(taken_away_and_put_again)
{
    struct crl_text parts = {.extensions = NUMBER("05")};
    struct der_text list;
    mtlsauth_crl *crl;

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    list = crl_signed(&parts, root_key);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL), 0);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(authorizer, crl), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(authorizer, crl), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(authorizer, crl), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(put(false, "-", NUMBER("04"), NULL), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    teardown();
}
END_TEST

START_TEST(unverified_is_not_put)
{
    static const struct crl_text good = {.extensions = NULL};
    struct der_text list;
    mtlsauth_crl *crl;

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    list = crl_signed(&good, root_key);
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, list.ptr, list.len, NULL), 0);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(authorizer, crl), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    teardown();
}
END_TEST

/* Envoy PR#4825: a list that lies there and that nobody looks at. */
START_TEST(no_list_under_off)
{
    setup(MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    ck_assert_int_eq(put(false, "-", NUMBER("01"), NULL), MTLSAUTH_ERR_ARGUMENT);
    teardown();

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(put(false, "-", NUMBER("01"), NULL), MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF), 0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), MTLSAUTH_ERR_ARGUMENT);
    teardown();
}
END_TEST

/* One CA has lists, another none. */
START_TEST(evidence_by_issuer)
{
    setup(MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(mtlsauth_policy_set_revocation_for_issuer(
                         policy, mtlsauth_cert_spki_sha256(root), MTLSAUTH_EVIDENCE_CRL),
                     0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    /* Nobody asks for evidence of middle, and what says "revoked" is heard. */
    ck_assert_int_eq(put(true, CRL_ENTRY("05"), NUMBER("01"), NULL), MTLSAUTH_OK);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_DENY_REVOKED);
    teardown();
}
END_TEST

START_TEST(stale_grace_and_unknown)
{
    mtlsauth_decision *decision;

    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    ck_assert_int_eq(mtlsauth_decision_new(&decision), 0);
    ck_assert_int_eq(put(false, "-", NUMBER("01"), NULL), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1798761601), 0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), 0);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, by_root, decision),
                     MTLSAUTH_DENY_REVOCATION_STALE);
    ck_assert_int_eq(mtlsauth_decision_stale_since(decision), 1798761600);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_revocation_grace(policy, 10), 0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), 0);
    ck_assert_int_eq(answer(by_root), MTLSAUTH_OK);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_allow_unknown_revocation(policy, 1), 0);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), 0);
    ck_assert_int_eq(answer(by_middle), MTLSAUTH_OK);
    mtlsauth_decision_free(decision);
    teardown();
}
END_TEST

/* openssl#17639, xrootd#750: the newest list is in force, and memory does not grow. */
START_TEST(replaced_many_times)
{
    setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    for (unsigned i = 1; i <= 300; i++) {
        char number[128];

        snprintf(number, sizeof number, "30 { 06 { 55 1d 14 } 04 { 02 { 01 %02x %02x } } }", i >> 8,
                 i & 0xffU);
        ck_assert_int_eq(put(false, i % 2 == 0 ? "-" : CRL_ENTRY("05"), number, NULL), 0);
        ck_assert_int_eq(answer(by_root), i % 2 == 0 ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOKED);
    }
    teardown();
}
END_TEST

/* CVE-2026-6899: lists of two distribution points of one CA, both are asked, in either order. */
START_TEST(two_points)
{
#define SHARD(uri) NUMBER("01") CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"" uri "\" } } } }")
    struct ca_spec spec = {.subject = "c",
                           .issuer = "Root",
                           .serial_len = 1,
                           .serial = (const unsigned char *)"\x07",
                           .points = "URI:http://a/,URI:http://b/"};

    for (int order = 0; order < 2; order++) {
        mtlsauth_chain *chain;

        setup(MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
        spec.key = client_key;
        spec.issuer_key = root_key;
        chain = chain_of(ca_cert(&spec), NULL);
        if (order == 0)
            ck_assert_int_eq(put(false, "-", SHARD("http://a/"), NULL), 0);
        ck_assert_int_eq(put(false, CRL_ENTRY("07"), SHARD("http://b/"), NULL), 0);
        if (order == 1)
            ck_assert_int_eq(put(false, "-", SHARD("http://a/"), NULL), 0);
        ck_assert_int_eq(answer(chain), MTLSAUTH_DENY_REVOKED);
        ck_assert_int_eq(answer(by_root), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        mtlsauth_chain_free(chain);
        teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer/crl", no_list_is_no_yes, revoked_with_date_reason_and_number,
          a_revocation_counts_on_the_next_call, revoked_intermediate, rollback, dated_ahead,
          taken_away_and_put_again, unverified_is_not_put, no_list_under_off, evidence_by_issuer,
          stale_grace_and_unknown, replaced_many_times, two_points)
