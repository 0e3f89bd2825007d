/* SPDX-License-Identifier: MIT */
/* Paths whose end was issued by another CA of the truststore, which revokes it. */
#include "scope.h"

static void put(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy,
                enum scope_cert signer, const char *revoked)
{
    const struct scope_list list = {.signer = signer, .revoked = revoked};
    mtlsauth_crl *crl = scope_crl("list", &list, policy);

    ck_assert_msg(mtlsauth_authorizer_put_crl(authorizer, crl) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    mtlsauth_crl_free(crl);
}

START_TEST(who_is_revoked_is_denied)
{
    static const struct {
        const char *name;
        bool with_root, with_client, partial;
        const char *of_root, *of_issuer; /* entries; "-": none */
        int want, depth;
    } rows[] = {
        {"a client of the truststore", true, true, false, "-", "-", MTLSAUTH_OK, -1},
        {"a client of the truststore, revoked", true, true, false, "-", SCOPE_REVOKED,
         MTLSAUTH_DENY_REVOKED, 0},
        {"an anchor below another", true, false, true, "-", "-", MTLSAUTH_OK, -1},
        {"an anchor below another, revoked", true, false, true, CRL_ENTRY("11 01 03"), "-",
         MTLSAUTH_DENY_REVOKED, 1},
        {"another serial", true, false, true, CRL_ENTRY("11 01 04"), "-", MTLSAUTH_OK, -1},
        {"an anchor whose issuer nobody trusts", false, false, true, CRL_ENTRY("11 01 03"), "-",
         MTLSAUTH_OK, -1},
    };
    const struct scope_row plain = {.name = "plain", .all_of_the_path = true};

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *policy = scope_policy(&plain);
        mtlsauth_chain *chain = scope_chain(&plain);
        mtlsauth_authorizer *authorizer;
        mtlsauth_decision *decision;
        mtlsauth_truststore *store;
        mtlsauth_cert *certs[3] = {scope_certs[SCOPE_ISSUER]};
        size_t count = 1;

        if (rows[i].with_root)
            certs[count++] = scope_certs[SCOPE_ROOT];
        if (rows[i].with_client)
            certs[count++] = mtlsauth_chain_cert(chain, 0);
        store = trust_store(certs, count);
        ck_assert_int_eq(mtlsauth_policy_set_partial_chain(policy, rows[i].partial), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_decision_new(&decision), MTLSAUTH_OK);
        put(authorizer, policy, SCOPE_ROOT, rows[i].of_root);
        put(authorizer, policy, SCOPE_ISSUER, rows[i].of_issuer);
        ASSERT_INT(rows[i].name, mtlsauth_authorize(authorizer, chain, decision), rows[i].want);
        ASSERT_INT(rows[i].name, mtlsauth_decision_depth(decision), rows[i].depth);
        ASSERT_TRUE(rows[i].name,
                    (mtlsauth_decision_checks(decision) & MTLSAUTH_CHECK_REVOCATION) != 0);
        if (rows[i].want != MTLSAUTH_OK)
            ASSERT_TEXT(rows[i].name, mtlsauth_decision_revoked_by(decision), "crl");
        mtlsauth_decision_free(decision);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_truststore_free(store);
        mtlsauth_chain_free(chain);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

/* An anchor that has the name of its issuer: its next key, certified by the one before it. */
START_TEST(who_has_its_issuers_name)
{
    static const struct {
        const char *name;
        bool with_issuer;
        const char *of_issuer;
        int want;
    } rows[] = {
        {"the next key", true, "-", MTLSAUTH_OK},
        {"the next key, revoked by the one before it", true, CRL_ENTRY("11 01 10"),
         MTLSAUTH_DENY_REVOKED},
        {"another serial", true, CRL_ENTRY("11 01 11"), MTLSAUTH_OK},
        {"whose issuer nobody trusts", false, CRL_ENTRY("11 01 10"), MTLSAUTH_OK},
    };
    const struct scope_row row = {.name = "next key", .issuer = SCOPE_ROLLED};

    scope_setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *certs[] = {scope_certs[SCOPE_ROLLED], scope_certs[SCOPE_ISSUER]};
        mtlsauth_truststore *store = trust_store(certs, rows[i].with_issuer ? 2 : 1);
        mtlsauth_policy *policy = scope_policy(&row);
        mtlsauth_chain *chain = scope_chain(&row);
        mtlsauth_authorizer *authorizer;

        ck_assert_int_eq(mtlsauth_policy_set_partial_chain(policy, true), MTLSAUTH_OK);
        ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
        put(authorizer, policy, SCOPE_ROLLED, "-");
        put(authorizer, policy, SCOPE_ISSUER, rows[i].of_issuer);
        ASSERT_INT(rows[i].name, mtlsauth_authorize(authorizer, chain, NULL), rows[i].want);
        mtlsauth_authorizer_free(authorizer);
        mtlsauth_truststore_free(store);
        mtlsauth_chain_free(chain);
        mtlsauth_policy_free(policy);
    }
    scope_teardown();
}
END_TEST

/* The other root has the name of the root, too. */
static void setup_namesake(bool has_key_ids)
{
    const struct forge namesake = {.subject = "Root",
                                   .issuer = "Root",
                                   .key = SCOPE_OTHER_ROOT,
                                   .signer = SCOPE_OTHER_ROOT,
                                   .ca = true,
                                   .ku = FORGE_KU_CA,
                                   .has_key_ids = has_key_ids,
                                   .serial = 0x102};

    scope_setup();
    mtlsauth_cert_free(scope_certs[SCOPE_OTHER_ROOT]);
    scope_certs[SCOPE_OTHER_ROOT] = scope_cert_of(&namesake);
}

/* Which of two CAs of one name has issued an anchor is told by its authority key identifier. */
START_TEST(who_has_the_name_of_its_issuer)
{
    const struct scope_row row = {.name = "namesake"};
    mtlsauth_authorizer *authorizer;
    mtlsauth_truststore *store;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;

    setup_namesake(true);
    store = trust_store((mtlsauth_cert *[]){scope_certs[SCOPE_ISSUER], scope_certs[SCOPE_ROOT],
                                            scope_certs[SCOPE_OTHER_ROOT]},
                        3);
    policy = scope_policy(&row);
    chain = scope_chain(&row);
    ck_assert_int_eq(mtlsauth_policy_set_partial_chain(policy, true), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
    put(authorizer, policy, SCOPE_ISSUER, "-");
    put(authorizer, policy, SCOPE_OTHER_ROOT, CRL_ENTRY("11 01 03"));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_OK);
    put(authorizer, policy, SCOPE_ROOT, CRL_ENTRY("11 01 03"));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_DENY_REVOKED);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(store);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

/* A root of the same name has not issued it, whatever serial number its lists have. */
START_TEST(a_root_is_its_own_issuer)
{
    const struct scope_row row = {.name = "root", .issuer = SCOPE_OTHER_ROOT};
    mtlsauth_authorizer *authorizer;
    mtlsauth_truststore *store;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;

    setup_namesake(false);
    store = scope_truststore(false);
    policy = scope_policy(&row);
    chain = scope_chain(&row);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
    put(authorizer, policy, SCOPE_OTHER_ROOT, "-");
    put(authorizer, policy, SCOPE_ROOT, CRL_ENTRY("11 01 02"));
    ck_assert_int_eq(mtlsauth_authorize(authorizer, chain, NULL), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(store);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    scope_teardown();
}
END_TEST

UNIT_MAIN("authorizer/anchor", who_is_revoked_is_denied, who_has_its_issuers_name,
          who_has_the_name_of_its_issuer, a_root_is_its_own_issuer)
