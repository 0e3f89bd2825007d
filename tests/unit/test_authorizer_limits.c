/* SPDX-License-Identifier: MIT */
/* Minima of a policy that become higher and lower again; which refusal is told of several signers;
 * and the largest numbers that a folder of floors takes. */
#include "support/reload.h"

#include "revocation/floor_store.h"

static mtlsauth_crl *load(unsigned number, const char *revoked)
{
    struct der_text list = reload_list(false, number, revoked, 0);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    free(list.ptr);
    return crl;
}

static void set_policy(void)
{
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
}

START_TEST(minima)
{
    struct der_text list;
    mtlsauth_crl *crl, *weak;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    crl = load(5, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    ck_assert_int_eq(answer(client6), MTLSAUTH_OK);

    /* A list of a weaker key or signature is not put, and does not stay under a policy that does
     * not take it. */
    ASSERT_CALL(mtlsauth_policy_set_min_ec_bits(policy, 384));
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), MTLSAUTH_ERR_UNSUPPORTED);
    ck_assert_int_eq(answer(client6), MTLSAUTH_OK);
    ASSERT_CALL(mtlsauth_authorizer_remove_crl(authorizer, crl));
    set_policy();
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "a key EC P-256"));
    ck_assert_int_eq(mtlsauth_policy_set_min_ec_bits(policy, 256), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CALL(mtlsauth_policy_set_insecure_min_ec_bits(policy, 256));
    set_policy();
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    ck_assert_int_eq(answer(client6), MTLSAUTH_OK);
    ASSERT_CALL(mtlsauth_policy_set_min_hash_bits(policy, 384));
    ck_assert_int_eq(mtlsauth_authorizer_set_policy(authorizer, policy), MTLSAUTH_ERR_UNSUPPORTED);
    ck_assert_int_eq(answer(client6), MTLSAUTH_OK);
    ASSERT_CALL(mtlsauth_authorizer_remove_crl(authorizer, crl));
    set_policy();
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_WEAK_SIGNATURE);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "ECDSA with SHA-256"));
    list = reload_list(false, 6, REVOKED6, 0);
    ck_assert_int_eq(mtlsauth_crl_load(&weak, list.ptr, list.len, root, policy, NULL),
                     MTLSAUTH_ERR_UNSUPPORTED);
    ck_assert_ptr_null(weak);
    ck_assert_int_eq(mtlsauth_policy_set_min_hash_bits(policy, 256), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CALL(mtlsauth_policy_set_insecure_min_hash_bits(policy, 256));
    set_policy();
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    ck_assert_int_eq(answer(client6), MTLSAUTH_OK);
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    free(list.ptr);
    mtlsauth_crl_free(crl);
    reload_teardown();
}
END_TEST

START_TEST(minimum_of_rsa)
{
    mtlsauth_chain *client;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    EVP_PKEY_free(client_key);
    client_key = ca_key("RSA");
    client = reload_client("Root", root_key, "\x07");
    ck_assert_int_eq(answer(client), MTLSAUTH_OK);
    ASSERT_CALL(mtlsauth_policy_set_min_rsa_bits(policy, 3072));
    set_policy();
    ck_assert_int_eq(answer(client), MTLSAUTH_DENY_WEAK_KEY);
    ck_assert_int_eq(answer(client5), MTLSAUTH_OK);
    ASSERT_CALL(mtlsauth_policy_set_insecure_min_rsa_bits(policy, 2048));
    set_policy();
    ck_assert_int_eq(answer(client), MTLSAUTH_OK);
    mtlsauth_chain_free(client);
    reload_teardown();
}
END_TEST

/* A CA with the name of the list's issuer, that has not signed it: e is of another kind of key, w
 * has a weak one, and u may not sign lists. */
static mtlsauth_cert *namesake(char kind, EVP_PKEY *ec, EVP_PKEY *rsa, unsigned char serial)
{
    EVP_PKEY *key = kind == 'w' ? rsa : ec;
    struct ca_spec spec = {.subject = "Root",
                           .issuer = "Root",
                           .key = key,
                           .issuer_key = key,
                           .serial = &serial,
                           .serial_len = 1,
                           .constraints = "critical,CA:TRUE",
                           .usage = kind == 'u' ? "keyCertSign" : "keyCertSign,cRLSign"};

    return ca_cert(&spec);
}

/* What came furthest is told, in whatever order they stand. */
START_TEST(which_refusal_is_told)
{
    static const struct {
        const char *order;
        int code;
        const char *says;
    } rows[] = {
        {"e", MTLSAUTH_ERR_SIGNATURE, "cannot have made"},
        {"w", MTLSAUTH_ERR_UNSUPPORTED, "2048"},
        {"u", MTLSAUTH_ERR_MISMATCH, "cRLSign"},
        {"ew", MTLSAUTH_ERR_SIGNATURE, "cannot have made"},
        {"we", MTLSAUTH_ERR_SIGNATURE, "cannot have made"},
        {"uw", MTLSAUTH_ERR_UNSUPPORTED, "2048"},
        {"wu", MTLSAUTH_ERR_UNSUPPORTED, "2048"},
        {"uwe", MTLSAUTH_ERR_SIGNATURE, "cannot have made"},
        {"ewu", MTLSAUTH_ERR_SIGNATURE, "cannot have made"},
        {"wwuu", MTLSAUTH_ERR_UNSUPPORTED, "2048"},
    };
    EVP_PKEY *ec, *rsa;
    struct der_text list;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ec = ca_key("EC");
    rsa = ca_key("RSA");
    list = crl_signed(&(struct crl_text){.revoked = REVOKED5}, rsa);
    ASSERT_CALL(mtlsauth_policy_set_min_rsa_bits(policy, 3072));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *store;
        mtlsauth_crl *crl;
        char pem[16384];
        size_t used = 0;

        for (size_t n = 0; rows[i].order[n] != '\0'; n++) {
            mtlsauth_cert *cert = namesake(rows[i].order[n], ec, rsa, (unsigned char)(n + 1));

            used += reload_pem(pem + used, sizeof pem - used, cert, NULL);
            mtlsauth_cert_free(cert);
        }
        ASSERT_CALL(mtlsauth_truststore_parse(&store, pem, used, NULL));
        ASSERT_INT(rows[i].order,
                   mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, store, policy, NULL),
                   rows[i].code);
        ck_assert_ptr_null(crl);
        ASSERT_TRUE(rows[i].order, strstr(mtlsauth_last_error(), rows[i].says) != NULL);
        mtlsauth_truststore_free(store);
    }
    free(list.ptr);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(rsa);
    reload_teardown();
}
END_TEST

/* Of a list that nobody has seen before there is a floor afterwards, behind those of other kinds.
 * */
START_TEST(rollback_of_what_was_not_known)
{
    mtlsauth_crl *older, *newer;
    struct der_text list;
    mtlsauth_crl *of_other;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    older = load(4, NONE_REVOKED);
    newer = load(5, REVOKED5);
    list = reload_list(true, 9, NONE_REVOKED, 0);
    ASSERT_CALL(mtlsauth_crl_load(&of_other, list.ptr, list.len, other, policy, NULL));
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), of_other));
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), newer));
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(authorizer, older), MTLSAUTH_ERR_ROLLBACK);
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, newer));
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    free(list.ptr);
    mtlsauth_crl_free(older);
    mtlsauth_crl_free(newer);
    mtlsauth_crl_free(of_other);
    reload_teardown();
}
END_TEST

START_TEST(rollbacks_that_cannot_be_counted)
{
    struct crl_floors floors;
    struct floor_store store;
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    crl = load(5, REVOKED5);
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), crl));
    ASSERT_CALL(mtlsauth__floor_store_begin(&store, in_folder("state"), &floors));
    ck_assert_uint_eq(floors.count, 1);
    ck_assert_uint_eq(floors.all[0].rollbacks, 1);
    floors.all[0].rollbacks = UINT32_MAX - 1;
    ASSERT_CALL(mtlsauth__floor_store_write(&store, &floors));
    mtlsauth__floor_store_end(&store);
    mtlsauth__crl_floors_drop(&floors);
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), crl));
    ck_assert_int_eq(mtlsauth_state_accept_rollback(in_folder("state"), crl), MTLSAUTH_ERR_LIMIT);
    mtlsauth_crl_free(crl);
    reload_teardown();
}
END_TEST

/* 16,384 floors are kept, and one more is an error that leaves those. */
START_TEST(most_floors)
{
    enum { MOST = 16384 };
    struct crl_floors floors = {.count = MOST}, again;
    struct floor_store store;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    floors.all = calloc(MOST + 1, sizeof *floors.all);
    ck_assert_ptr_nonnull(floors.all);
    for (size_t i = 0; i <= MOST; i++) {
        floors.all[i].issuer_key[0] = (uint8_t)(i >> 8);
        floors.all[i].issuer_key[1] = (uint8_t)i;
    }
    ASSERT_CALL(mtlsauth__floor_store_begin(&store, in_folder("state"), &again));
    ASSERT_CALL(mtlsauth__floor_store_write(&store, &floors));
    floors.count = MOST + 1;
    ck_assert_int_eq(mtlsauth__floor_store_write(&store, &floors), MTLSAUTH_ERR_LIMIT);
    mtlsauth__floor_store_end(&store);
    mtlsauth__crl_floors_drop(&again);
    ASSERT_CALL(mtlsauth__floor_store_begin(&store, in_folder("state"), &again));
    ck_assert_uint_eq(again.count, MOST);
    ck_assert_int_eq(truncate(store.path, 16 + 132 * MOST + 32 + 1), 0);
    mtlsauth__floor_store_end(&store);
    mtlsauth__crl_floors_drop(&again);
    ck_assert_int_eq(mtlsauth__floor_store_begin(&store, in_folder("state"), &again),
                     MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "longer than any"));
    free(floors.all);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer/limits", minima, minimum_of_rsa, which_refusal_is_told,
          rollback_of_what_was_not_known, rollbacks_that_cannot_be_counted, most_floors)
