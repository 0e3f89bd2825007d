/* SPDX-License-Identifier: MIT */
#include "crl.h"

/* A policy is changed while lists are in use that it would not have taken. */
static mtlsauth_authorizer *authorizer;
static mtlsauth_chain *client;

static void setup_authorizer(const char *type)
{
    struct ca_spec spec = {
        .subject = "a", .issuer = "Root", .serial_len = 1, .serial = (const unsigned char *)"\x05"};
    mtlsauth_truststore *store;
    mtlsauth_cert *leaf;
    const void *der;
    size_t len;

    setup_with(type);
    der = mtlsauth_cert_der(root, &len);
    ck_assert_int_eq(mtlsauth_truststore_parse(&store, der, len, NULL), MTLSAUTH_OK);
    spec.key = other_key;
    spec.issuer_key = root_key;
    leaf = ca_cert(&spec);
    der = mtlsauth_cert_der(leaf, &len);
    ck_assert_int_eq(mtlsauth_chain_from_der(&client, &der, &len, 1), MTLSAUTH_OK);
    mtlsauth_cert_free(leaf);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF),
        MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
    mtlsauth_truststore_free(store);
}

static void teardown_authorizer(void)
{
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_chain_free(client);
    teardown();
}

/* Turns on what lets the list in. */
static void number_on(mtlsauth_policy *wider)
{
    ck_assert_int_eq(mtlsauth_policy_set_insecure_crl_without_number(wider, 1), MTLSAUTH_OK);
}

static void max_age_on(mtlsauth_policy *wider)
{
    ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(wider, (int64_t)366 * 86400), MTLSAUTH_OK);
}

static void nothing_on(mtlsauth_policy *wider)
{
    (void)wider;
}

static void stronger_hash(mtlsauth_policy *next)
{
    ck_assert_int_eq(mtlsauth_policy_set_min_hash_bits(next, 512), MTLSAUTH_OK);
}

static void longer_keys(mtlsauth_policy *next)
{
    ck_assert_int_eq(mtlsauth_policy_set_min_rsa_bits(next, 3072), MTLSAUTH_OK);
}

static void number_off(mtlsauth_policy *next)
{
    ck_assert_int_eq(mtlsauth_policy_set_insecure_crl_without_number(next, 0), MTLSAUTH_OK);
}

static mtlsauth_policy *plain_policy(void)
{
    mtlsauth_policy *plain;

    ck_assert_int_eq(mtlsauth_policy_new(&plain, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(plain, 1780272000), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_allow_any(plain, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(plain, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF),
        MTLSAUTH_OK);
    return plain;
}

static const struct vet_row {
    const char *name;
    struct crl_text list;
    void (*before)(mtlsauth_policy *wider);
    void (*after)(mtlsauth_policy *next);
    const char *says;
    const char *type; /* of the CA's key; NULL: EC */
} rows[] = {
    {"without a number",
     {.revoked = "-", .extensions = "-"},
     number_on,
     number_off,
     "cRLNumber",
     NULL},
    {"version 1",
     {.revoked = "-", .extensions = "-", .version = ""},
     number_on,
     number_off,
     "version 1",
     NULL},
    {"without nextUpdate",
     {.revoked = "-", .next_update = ""},
     max_age_on,
     nothing_on,
     "nextUpdate",
     NULL},
    {"a weak digest", {.revoked = "-"}, nothing_on, stronger_hash, "signed with", NULL},
    {"a weak key", {.revoked = "-"}, nothing_on, longer_keys, "a key RSA 2048", "RSA"},
};

/* Refused, with the list's name and what to do, and nothing has changed. */
static void check_refused(const struct vet_row *row, mtlsauth_policy *next)
{
    const uint64_t generation = mtlsauth_authorizer_generation(authorizer);
    const char *said;

    for (int update = 0; update < 2; update++) {
        ASSERT_INT(row->name,
                   update ? mtlsauth_authorizer_update(authorizer, NULL, next, NULL, 0)
                          : mtlsauth_authorizer_set_policy(authorizer, next),
                   MTLSAUTH_ERR_UNSUPPORTED);
        said = mtlsauth_last_error();
        ck_assert_msg(strstr(said, "CN=Root") != NULL && strstr(said, row->says) != NULL &&
                          strstr(said, "mtlsauth_authorizer_remove_crl") != NULL,
                      "%s: %s", row->name, said);
    }
    ASSERT_INT(row->name, mtlsauth_authorizer_generation(authorizer), generation);
    ASSERT_INT(row->name, mtlsauth_authorize(authorizer, client, NULL), MTLSAUTH_OK);
}

START_TEST(lists_in_use_are_vetted_again)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *next;
        mtlsauth_crl *crl;

        setup_authorizer(rows[i].type == NULL ? "EC" : rows[i].type);
        rows[i].before(policy);
        ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), MTLSAUTH_OK);
        crl = loaded(&rows[i].list);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
        next = plain_policy();
        rows[i].after(next);
        check_refused(&rows[i], next);
        /* The way out that the sentence names. */
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_remove_crl(authorizer, crl), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_policy(authorizer, next), MTLSAUTH_OK);
        ASSERT_TRUE(rows[i].name, mtlsauth_authorize(authorizer, client, NULL) != MTLSAUTH_OK);
        mtlsauth_crl_free(crl);
        mtlsauth_policy_free(next);
        teardown_authorizer();
    }
}
END_TEST

/* The other way out: a list that both policies take. */
START_TEST(a_better_list_lets_the_policy_in)
{
    static const struct crl_text poor = {.revoked = "-", .extensions = "-"},
                                 good = {.revoked = "-"};
    mtlsauth_policy *next;
    mtlsauth_crl *crl;

    setup_authorizer("EC");
    number_on(policy);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), MTLSAUTH_OK);
    crl = loaded(&poor);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    next = plain_policy();
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, next), MTLSAUTH_ERR_UNSUPPORTED);
    crl = loaded(&good);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, next), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorize(authorizer, client, NULL), MTLSAUTH_OK);
    mtlsauth_policy_free(next);
    teardown_authorizer();
}
END_TEST

UNIT_MAIN("authorizer/vet", lists_in_use_are_vetted_again, a_better_list_lets_the_policy_in)
