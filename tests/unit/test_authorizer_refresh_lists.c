/* SPDX-License-Identifier: MIT */
/* Which lists are in force after a refresh: of folders, of signers that come and go, new and
 * old. */
#define UNIT_TIMEOUT 300 /* twelve thousand files, on a machine that has other work */
#include "support/reload.h"

#include <signal.h>
#include <sys/resource.h>

START_TEST(a_folder)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("crls/old"), 0755), 0);
    write_in_place("crls/.hidden", "x", 1);
    write_in_place("crls/ca.crl.tmp", "x", 1);
    write_in_place("crls/ca.crl~", "x", 1);
    write_in_place("crls/ca.idx", "x", 1);
    write_in_place("crls/old/x.crl", "x", 1);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(answer(client5), UNKNOWN);
    write_list("crls/root.crl", 1, REVOKED5);
    ASSERT_REFRESH("dropped in", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client_of_other), UNKNOWN);
    write_list_of_other("crls/other.crl", 1, NONE_REVOKED);
    write_list("crls/root.crl", 2, REVOKED6);
    ASSERT_REFRESH("one more, and one new", OK, 1, "");
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client6), REVOKED);
    ck_assert_int_eq(answer(client_of_other), OK);
    write_in_place("crls/README", "x", 1);
    ASSERT_REFRESH("no list", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
    ck_assert_int_eq(unlink(in_folder("crls/README")), 0);
    ASSERT_REFRESH("put right", OK, 0, "");
    reload_teardown();
}
END_TEST

/* A list that is taken out serves on, and is mentioned until another is in its place. */
START_TEST(taken_out_of_a_folder)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/monday.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(unlink(in_folder("crls/monday.crl")), 0);
    ASSERT_REFRESH("taken out", OK, 0, "REMOVED");
    ASSERT_REFRESH("still", OK, 0, "REMOVED");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client6), OK);
    /* Stale is stale, whether its file is there or not. */
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1798761601), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_REVOCATION_STALE);
    ASSERT_REFRESH("stale", OK, 0, "REMOVED");
    write_list("crls/tuesday.crl", 2, REVOKED6);
    ASSERT_REFRESH("another of its kind", OK, 1, "");
    ASSERT_REFRESH("nothing new", OK, 0, "");
    /* The whole folder is another matter: nobody rotates that. */
    ck_assert_int_eq(rename(in_folder("crls"), in_folder("gone")), 0);
    ASSERT_REFRESH("no folder", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    ck_assert_int_eq(answer(client6), REVOKED);
    ck_assert_int_eq(rename(in_folder("gone"), in_folder("crls")), 0);
    ASSERT_REFRESH("back", OK, 0, "");
    reload_teardown();
}
END_TEST

/* A file with another name, with the same list: nothing is missing from the folder. */
START_TEST(renamed_in_a_folder)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/a.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(rename(in_folder("crls/a.crl"), in_folder("crls/b.crl")), 0);
    ASSERT_REFRESH("renamed", OK, 0, "");
    ck_assert_int_eq(rename(in_folder("crls/b.crl"), in_folder("crls/a.crl")), 0);
    ASSERT_REFRESH("and back", OK, 0, "");
    ck_assert_int_eq(rename(in_folder("crls/a.crl"), in_folder("crls/c.crl")), 0);
    write_list_of_other("crls/b.crl", 1, NONE_REVOKED);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_REFRESH("beside another list", OK, 1, "");
    ck_assert_int_eq(unlink(in_folder("crls/b.crl")), 0);
    ASSERT_REFRESH("taken out beside it", OK, 0, "REMOVED");
    ck_assert_int_eq(rename(in_folder("crls/c.crl"), in_folder("crls/d.crl")), 0);
    write_in_place("crls/d.crl", "x", 1);
    ASSERT_REFRESH("renamed and spoilt", MTLSAUTH_ERR_PARSE, 0, "REMOVED REMOVED NOT_LOADED");
    ck_assert_int_eq(answer(client5), REVOKED);
    reload_teardown();
}
END_TEST

/* Yesterday's list beside today's is no rollback, whatever their names; alone it is one. */
START_TEST(older_beside_newer)
{
    static const char *const names[][2] = {{"crls/a", "crls/b"}, {"crls/b", "crls/a"}};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
        ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
        ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
        write_list(names[i][0], 1, REVOKED5);
        write_list(names[i][1], 2, REVOKED6);
        for (int start = 0; start < 2; start++) {
            ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
            ck_assert_int_eq(answer(client5), OK);
            ck_assert_int_eq(answer(client6), REVOKED);
            ASSERT_REFRESH("nothing new", OK, 0, "");
            if (start == 1)
                break;
            /* As after a restart. */
            mtlsauth_authorizer_free(authorizer);
            ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, root_store, policy), 0);
            ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
        }
        write_list(names[i][0], 3, NONE_REVOKED);
        ASSERT_REFRESH("the other way round", OK, 1, "");
        ck_assert_int_eq(answer(client6), OK);
        ck_assert_int_eq(unlink(in_folder(names[i][0])), 0);
        ASSERT_REFRESH("the older alone", MTLSAUTH_ERR_ROLLBACK, 0,
                       i == 0 ? "REMOVED ROLLBACK" : "ROLLBACK REMOVED");
        ASSERT_REFRESH("still", MTLSAUTH_ERR_ROLLBACK, 0,
                       i == 0 ? "REMOVED ROLLBACK" : "ROLLBACK REMOVED");
        ck_assert_int_eq(answer(client6), OK);
        reload_teardown();
    }
}
END_TEST

static struct der_text list_with(const char *extensions, const char *this_update,
                                 const char *revoked)
{
    return crl_signed(&(struct crl_text){.this_update = this_update,
                                         .revoked = revoked,
                                         .extensions = extensions},
                      root_key);
}

static struct der_text list_made(const char *number, const char *this_update, const char *revoked)
{
    char extension[96];

    snprintf(extension, sizeof extension, CRL_EXTENSION("55 1d 14", "02 { %s }"), number);
    return list_with(extension, this_update, revoked);
}

static void write_list_made(const char *name, const char *number, const char *this_update,
                            const char *revoked)
{
    struct der_text list = list_made(number, this_update, revoked);

    write_aside(name, list.ptr, list.len);
    free(list.ptr);
}

static void write_delta(const char *name, const char *number, const char *base,
                        const char *this_update, const char *revoked)
{
    char extensions[160];
    struct der_text list;

    snprintf(extensions, sizeof extensions,
             CRL_EXTENSION("55 1d 14", "02 { %s }") CRL_CRITICAL("55 1d 1b", "02 { %s }"), number,
             base);
    list = list_with(extensions, this_update, revoked);
    write_aside(name, list.ptr, list.len);
    free(list.ptr);
}

/* A delta and the complete list at which it begins: together they leave nobody out, in the other
 * order whom the earlier delta revokes stays out until both are there. */
START_TEST(a_delta_and_its_base)
{
    const int stale = MTLSAUTH_DENY_REVOCATION_STALE;

    for (int together = 0; together < 2; together++) {
        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
        write_list_made("crls/base", "10", "17 { \"260501000000Z\" }", NONE_REVOKED);
        write_delta("crls/delta", "11", "10", "17 { \"260502000000Z\" }", REVOKED5);
        ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
        ck_assert_int_eq(answer(client5), REVOKED);
        ck_assert_int_eq(answer(client6), OK);
        write_delta("crls/delta", "13", "12", "17 { \"260504000000Z\" }", NONE_REVOKED);
        if (!together) {
            ASSERT_REFRESH("the delta alone", OK, 1, "");
            ck_assert_int_eq(answer(client5), stale);
            ck_assert_int_eq(answer(client6), stale);
        }
        write_list_made("crls/base", "12", "17 { \"260503000000Z\" }", REVOKED5);
        ASSERT_REFRESH("its base", OK, 1, "");
        ck_assert_int_eq(answer(client5), REVOKED);
        ck_assert_int_eq(answer(client6), OK);
        reload_teardown();
    }
}
END_TEST

/* The operator means it. */
static void accept_list(struct der_text list)
{
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), crl));
    mtlsauth_crl_free(crl);
    free(list.ptr);
}

/* A CA that was restored from a backup counts from a lower number: its lists are no older ones, and
 * nothing goes on in silence without them. */
START_TEST(lower_and_later)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    write_list_made("crls/50", "50", "17 { \"260102000000Z\" }", NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    write_list_made("crls/20", "20", "17 { \"260103000000Z\" }", REVOKED5);
    ASSERT_REFRESH("lower and later", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    ASSERT_REFRESH("still", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    ck_assert_int_eq(answer(client5), OK);
    accept_list(list_made("20", "17 { \"260103000000Z\" }", REVOKED5));
    ASSERT_REFRESH("which is meant", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    reload_teardown();
}
END_TEST

/* A list that was dated ahead lies beside the one that mends it, whatever their names. */
START_TEST(dated_ahead_beside_newer)
{
    static const char *const names[][2] = {{"crls/a", "crls/b"}, {"crls/b", "crls/a"}};

    for (size_t i = 0; i < 2 * COUNT_OF(names); i++) {
        const char *const *name = names[i / 2];

        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
        ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
        write_list_made(name[0], "09", "17 { \"260701000000Z\" }", REVOKED5);
        write_list_made(name[1], "10", "17 { \"260531000000Z\" }", REVOKED6);
        for (int start = 0; start < 2; start++) {
            if (i % 2 == 1)
                ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
            ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
            ck_assert_int_eq(answer(client5), OK);
            ck_assert_int_eq(answer(client6), REVOKED);
            ASSERT_REFRESH("nothing new", OK, 0, "");
            /* As after a restart. */
            mtlsauth_authorizer_free(authorizer);
            ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, root_store, policy), 0);
        }
        reload_teardown();
    }
}
END_TEST

/* Whatever is refused of a folder stands in no other's way. */
START_TEST(higher_and_earlier)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list_made("crls/50", "50", "17 { \"260102000000Z\" }", NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    write_list_made("crls/50", "50 01", "17 { \"260103000000Z\" }", REVOKED5);
    write_list_made("crls/51", "51 01", "17 { \"260101000000Z\" }", REVOKED6);
    ASSERT_REFRESH("higher and earlier", MTLSAUTH_ERR_ROLLBACK, 1, "ROLLBACK");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client6), OK);
    reload_teardown();
}
END_TEST

START_TEST(the_same_number_twice)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/a", 1, REVOKED5);
    write_list("crls/copy", 1, REVOKED5);
    write_list("crls/other", 1, REVOKED6);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL),
                     MTLSAUTH_ERR_ROLLBACK);
    ck_assert_uint_eq(generation(), 1);
    reload_teardown();
}
END_TEST

START_TEST(rollback)
{
    mtlsauth_crl *old;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    write_list("ca.crl", 5, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    write_list("ca.crl", 4, NONE_REVOKED);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    ck_assert_int_eq(answer(client5), REVOKED);
    /* After a restart, too. */
    mtlsauth_authorizer_free(authorizer);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, root_store, policy), 0);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL),
                     MTLSAUTH_ERR_ROLLBACK);
    ck_assert(strstr(mtlsauth_last_error(), "ca.crl") != NULL);
    write_list("ca.crl", 6, REVOKED6);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    /* An operator who means it. */
    write_list("ca.crl", 4, NONE_REVOKED);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    ASSERT_CALL(mtlsauth_crl_load_file(&old, in_folder("ca.crl"), root, policy, NULL));
    ASSERT_CALL(mtlsauth_state_accept_rollback(in_folder("state"), old));
    mtlsauth_crl_free(old);
    ASSERT_REFRESH("accepted", OK, 1, "");
    ck_assert_int_eq(answer(client6), OK);
    reload_teardown();
}
END_TEST

/* A state folder that is gone keeps lists out; the truststore does not need it. */
START_TEST(state_folder_fails)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    write_store("ca.pem", root, NULL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_int_eq(rename(in_folder("state"), in_folder("away")), 0);
    write_store("ca.pem", root, other);
    write_list("ca.crl", 2, REVOKED6);
    ASSERT_REFRESH("no state folder", MTLSAUTH_ERR_IO, 1, "NOT_LOADED");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client_of_other), UNKNOWN);
    ck_assert_int_eq(rename(in_folder("away"), in_folder("state")), 0);
    ASSERT_REFRESH("back", OK, 1, "");
    ck_assert_int_eq(answer(client6), REVOKED);
    reload_teardown();
}
END_TEST

/* A list that nobody looks at is refused; the CA that was taken out of the truststore has left. */
START_TEST(lists_that_the_policy_does_not_ask_for)
{
    mtlsauth_policy *asks;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(answer(client_of_other), OK);
    write_list("crls/root.crl", 1, REVOKED5);
    ASSERT_REFRESH("a list", MTLSAUTH_ERR_ARGUMENT, 0, "NOT_LOADED");
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "crls/root.crl: the policy says "
                                                        "MTLSAUTH_EVIDENCE_OFF"));
    write_store("ca.pem", root, NULL);
    ASSERT_REFRESH("beside a truststore", MTLSAUTH_ERR_ARGUMENT, 1, "NOT_LOADED");
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("still there", MTLSAUTH_ERR_ARGUMENT, 0, "NOT_LOADED");
    /* Adding is for the start of a service, where all has to be well. */
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("crls/root.crl"), NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    asks = reload_policy(MTLSAUTH_EVIDENCE_CRL);
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, asks));
    ASSERT_REFRESH("asked for", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    mtlsauth_policy_free(asks);
    reload_teardown();
}
END_TEST

/* The same when the floor is written last, to a disk that is full: the limit of the process stands
 * for it. */
START_TEST(floor_is_not_kept)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    struct rlimit before, small = {.rlim_cur = 10};

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    write_store("ca.pem", root, NULL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    write_list("ca.crl", 2, REVOKED6);
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, &old), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ASSERT_REFRESH("a list alone", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    write_store("ca.pem", root, other);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ASSERT_REFRESH("a truststore beside it", MTLSAUTH_ERR_IO, 1, "NOT_LOADED");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(sigaction(SIGXFSZ, &old, NULL), 0);
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client6), OK);
    ck_assert_int_eq(answer(client_of_other), UNKNOWN);
    ASSERT_REFRESH("room again", OK, 1, "");
    ck_assert_int_eq(answer(client6), REVOKED);
    reload_teardown();
}
END_TEST

/* A list stays when its CA leaves the truststore; the next one has to find its signer. */
START_TEST(signer_leaves_and_returns)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_store("ca.pem", root, other);
    write_list_of_other("other.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("other.crl"), NULL));
    ck_assert_int_eq(answer(client_of_other), REVOKED);
    write_store("ca.pem", root, NULL);
    ASSERT_REFRESH("left", OK, 1, "");
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    write_list_of_other("other.crl", 2, REVOKED5);
    ASSERT_REFRESH("new list, no signer", MTLSAUTH_ERR_NOT_FOUND, 0, "NOT_LOADED");
    /* What the list said holds from the first moment on. */
    write_store("ca.pem", root, other);
    write_in_place("other.crl", "x", 1);
    ASSERT_REFRESH("returned", MTLSAUTH_ERR_PARSE, 1, "NOT_LOADED");
    ck_assert_int_eq(answer(client_of_other), REVOKED);
    /* Truststore and list in one refresh: the signer is looked for in the new one. */
    write_list_of_other("other.crl", 3, NONE_REVOKED);
    write_store("ca.pem", other, NULL);
    ASSERT_REFRESH("both", OK, 1, "");
    ck_assert_int_eq(answer(client_of_other), OK);
    reload_teardown();
}
END_TEST

START_TEST(a_fixed_issuer)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list_of_other("other.crl", 1, REVOKED5);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("other.crl"), NULL),
                     MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("other.crl"), root),
                     MTLSAUTH_ERR_MISMATCH);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("other.crl"), other));
    write_list("other.crl", 2, NONE_REVOKED);
    ASSERT_REFRESH("of another CA", MTLSAUTH_ERR_MISMATCH, 0, "NOT_LOADED");
    reload_teardown();
}
END_TEST

/* A compiled index is no CA's word. */
START_TEST(compiled_index)
{
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_crl_load_file(&crl, in_folder("ca.crl"), root, policy, NULL));
    ASSERT_CALL(mtlsauth_crl_save(crl, in_folder("ca.idx"), NULL, 0));
    mtlsauth_crl_free(crl);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.idx"), root),
                     MTLSAUTH_ERR_PARSE);
    ck_assert_uint_eq(generation(), 1);
    reload_teardown();
}
END_TEST

/* A list that an application has put by hand is not undone by an older file. */
START_TEST(put_by_hand)
{
    struct der_text list;
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    list = reload_list(false, 5, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    ASSERT_REFRESH("nothing new", OK, 0, "");
    write_list("ca.crl", 4, NONE_REVOKED);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK");
    write_aside("ca.crl", list.ptr, list.len);
    ASSERT_REFRESH("the same", OK, 0, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    reload_teardown();
}
END_TEST

/* What was removed by hand stays away while its file is what it was, and comes back by hand. */
START_TEST(removed_by_hand)
{
    mtlsauth_crl *crl;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ASSERT_CALL(mtlsauth_crl_load_file(&crl, in_folder("crls/ca.crl"), root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_remove_crl(authorizer, crl));
    ck_assert_int_eq(answer(client5), UNKNOWN);
    ASSERT_REFRESH("the same file", OK, 0, "");
    ck_assert_int_eq(answer(client5), UNKNOWN);
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
    ck_assert_int_eq(answer(client5), REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_remove_crl(authorizer, crl));
    write_list("crls/ca.crl", 2, REVOKED6);
    ASSERT_REFRESH("a newer list", OK, 1, "");
    ck_assert_int_eq(answer(client6), REVOKED);
    mtlsauth_crl_free(crl);
    reload_teardown();
}
END_TEST

/* A folder of so many lists, each of its own distribution point. */
static void folder_of(unsigned count)
{
    char name[64];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    for (unsigned i = 1; i <= count; i++) {
        struct der_text list = reload_list(false, 1, REVOKED5, i);

        snprintf(name, sizeof name, "crls/%05u.crl", i);
        write_in_place(name, list.ptr, list.len);
        free(list.ptr);
    }
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), root));
    ck_assert_uint_eq(generation(), 2);
    write_list("crls/00001.crl", 2, REVOKED5);
    ASSERT_REFRESH("one more kind", OK, 1, "REMOVED");
    reload_teardown();
}

/* Of two sizes, for tests/unit/cost.py to compare. */
START_TEST(few_files)
{
    folder_of(150);
}
END_TEST

START_TEST(many_files)
{
    folder_of(1500);
}
END_TEST

START_TEST(ten_thousand_files)
{
    folder_of(10000);
}
END_TEST

UNIT_MAIN("authorizer_refresh_lists", a_folder, taken_out_of_a_folder, renamed_in_a_folder,
          older_beside_newer, a_delta_and_its_base, lower_and_later, dated_ahead_beside_newer,
          higher_and_earlier, the_same_number_twice, rollback, state_folder_fails,
          lists_that_the_policy_does_not_ask_for, floor_is_not_kept, signer_leaves_and_returns,
          a_fixed_issuer, compiled_index, put_by_hand, removed_by_hand, few_files, many_files,
          ten_thousand_files)
