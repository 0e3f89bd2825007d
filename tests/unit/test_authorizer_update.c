/* SPDX-License-Identifier: MIT */
#include "support/reload.h"

#include <pthread.h>
#include <sys/wait.h>

#define OK MTLSAUTH_OK

START_TEST(one_generation_for_all)
{
    mtlsauth_truststore *other_store;
    mtlsauth_policy *off;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    other_store = reload_store(other);
    off = reload_policy(MTLSAUTH_EVIDENCE_OFF);
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, other_store, off, client5, 0));
    ck_assert_uint_eq(generation(), 2);
    ck_assert_int_eq(answer(client_of_other), OK);
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    /* NULL keeps what is there. */
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, root_store, NULL, NULL, 0));
    ck_assert_uint_eq(generation(), 3);
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, NULL, policy, NULL, 0));
    ck_assert_uint_eq(generation(), 4);
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    mtlsauth_truststore_free(other_store);
    mtlsauth_policy_free(off);
    reload_teardown();
}
END_TEST

static void session_context(unsigned char out[MTLSAUTH_SHA256_LEN])
{
    ck_assert_int_eq(mtlsauth_authorizer_session_context(authorizer, out), MTLSAUTH_OK);
}

/* NULL keeps the intermediates, and a flag takes them away, with the rest or alone. */
START_TEST(intermediates_go)
{
    unsigned char bare[MTLSAUTH_SHA256_LEN], with[MTLSAUTH_SHA256_LEN], now[MTLSAUTH_SHA256_LEN];

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    session_context(bare);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, NULL, NULL, client5, 0));
    session_context(with);
    ck_assert_mem_ne(bare, with, sizeof bare);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, root_store, NULL, NULL, 0));
    session_context(now);
    ck_assert_mem_eq(now, with, sizeof now);
    ck_assert_int_eq(mtlsauth_authorizer_update(authorizer, NULL, policy, client5,
                                                MTLSAUTH_UPDATE_NO_INTERMEDIATES),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_update(authorizer, root_store, policy, NULL, 2),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(generation(), 3);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, root_store, policy, NULL,
                                           MTLSAUTH_UPDATE_NO_INTERMEDIATES));
    session_context(now);
    ck_assert_mem_eq(now, bare, sizeof now);
    ASSERT_CALL(mtlsauth_authorizer_set_intermediates(authorizer, client5));
    ASSERT_CALL(
        mtlsauth_authorizer_update(authorizer, NULL, NULL, NULL, MTLSAUTH_UPDATE_NO_INTERMEDIATES));
    session_context(now);
    ck_assert_mem_eq(now, bare, sizeof now);
    reload_teardown();
}
END_TEST

/* A part that cannot be had keeps the rest out. */
START_TEST(all_or_nothing)
{
    mtlsauth_truststore *other_store;
    mtlsauth_policy *silent;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    other_store = reload_store(other);
    ck_assert_int_eq(mtlsauth_policy_new(&silent, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_authorizer_update(authorizer, other_store, silent, NULL, 0),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(generation(), 1);
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorizer_update(authorizer, NULL, NULL, NULL, 0),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_update(NULL, other_store, policy, NULL, 0),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(generation(), 1);
    mtlsauth_truststore_free(other_store);
    mtlsauth_policy_free(silent);
    reload_teardown();
}
END_TEST

/* CRLs outlive an exchange of truststore and policy, and so does what was said of rollbacks. */
START_TEST(lists_stay)
{
    mtlsauth_policy *again;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 3, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
    again = reload_policy(MTLSAUTH_EVIDENCE_CRL);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, root_store, again, NULL, 0));
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    write_list("ca.crl", 2, NONE_REVOKED);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    mtlsauth_policy_free(again);
    reload_teardown();
}
END_TEST

/* A child goes on with what it has inherited, and looks at the files for itself. */
START_TEST(a_child_after_fork)
{
    int status;
    pid_t pid;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
    write_list("ca.crl", 2, REVOKED5);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int changed = 0;
        bool ok = answer(client5) == OK &&
                  mtlsauth_authorizer_refresh(authorizer, &changed, NULL) == OK && changed == 1 &&
                  answer(client5) == MTLSAUTH_DENY_REVOKED;

        _exit(ok ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    /* What the child did is the child's. */
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("in the parent", OK, 1, "");
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_update", one_generation_for_all, intermediates_go, all_or_nothing, lists_stay,
          a_child_after_fork)
