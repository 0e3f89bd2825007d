/* SPDX-License-Identifier: MIT */
/*
 * Everything that makes a generation of an authorizer that has a truststore and a list: either
 * there is a new generation, and it is whole, or the old one serves on, and answers as before. (A
 * refresh is in alloc_refresh.c.)
 */
#include "alloc.h"

#include "support/reload.h"

static mtlsauth_crl *list_of_5, *list_of_6, *older, *delta;
static mtlsauth_truststore *both;
static mtlsauth_policy *other_policy;

/* Truststore of "Root", and a list on which client 5 stands. */
static void begin(void)
{
    must(mtlsauth_authorizer_new(&authorizer, root_store, policy));
    must(mtlsauth_authorizer_put_crl(authorizer, list_of_5));
}

/* What three clients are answered before; and after, when the call has gone well. */
struct answers {
    int client5, client6, other;
};

static const struct answers before = {MTLSAUTH_DENY_REVOKED, MTLSAUTH_OK,
                                      MTLSAUTH_DENY_ISSUER_NOT_FOUND};

static void end(const struct answers *after, unsigned generations)
{
    bool is_well = last_code == MTLSAUTH_OK;
    const struct answers *want = is_well ? after : &before;

    EXPECT(is_well || is_failure(last_code));
    EXPECT(generation() == 2 + (is_well ? generations : 0));
    EXPECT(answer(client5) == want->client5);
    EXPECT(answer(client6) == want->client6);
    EXPECT(answer(client_of_other) == want->other);
    mtlsauth_authorizer_free(authorizer);
}

static size_t put_newer(void)
{
    static const struct answers after = {MTLSAUTH_OK, MTLSAUTH_DENY_REVOKED,
                                         MTLSAUTH_DENY_ISSUER_NOT_FOUND};
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_put_crl(authorizer, list_of_6);
    count = disarm();
    end(&after, 1);
    return count;
}

/* A list that is refused is refused, and not for want of memory taken. */
static size_t put_older(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_put_crl(authorizer, older);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_ERR_ROLLBACK || is_failure(last_code));
    last_code = MTLSAUTH_OK;
    end(&before, 0);
    return count;
}

static size_t put_delta(void)
{
    static const struct answers after = {MTLSAUTH_DENY_REVOKED, MTLSAUTH_DENY_REVOKED,
                                         MTLSAUTH_DENY_ISSUER_NOT_FOUND};
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_put_crl(authorizer, delta);
    count = disarm();
    end(&after, 1);
    return count;
}

static size_t remove_list(void)
{
    static const struct answers after = {MTLSAUTH_DENY_REVOCATION_UNKNOWN,
                                         MTLSAUTH_DENY_REVOCATION_UNKNOWN,
                                         MTLSAUTH_DENY_ISSUER_NOT_FOUND};
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_remove_crl(authorizer, list_of_5);
    count = disarm();
    end(&after, 1);
    return count;
}

static const struct answers with_other = {MTLSAUTH_DENY_REVOKED, MTLSAUTH_OK,
                                          MTLSAUTH_DENY_REVOCATION_UNKNOWN};
static const struct answers nobody = {MTLSAUTH_DENY_IDENTITY, MTLSAUTH_DENY_IDENTITY,
                                      MTLSAUTH_DENY_IDENTITY};

static size_t set_truststore(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_set_truststore(authorizer, both);
    count = disarm();
    end(&with_other, 1);
    return count;
}

static size_t update(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_update(authorizer, both, other_policy, client5, 0);
    count = disarm();
    end(&nobody, 1);
    return count;
}

static size_t set_intermediates(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_set_intermediates(authorizer, client5);
    count = disarm();
    end(&before, 1);
    return count;
}

static size_t add_truststore_file(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("both.pem"));
    count = disarm();
    end(&with_other, 1);
    return count;
}

static size_t add_folder(void)
{
    static const struct answers after = {MTLSAUTH_OK, MTLSAUTH_DENY_REVOKED,
                                         MTLSAUTH_DENY_ISSUER_NOT_FOUND};
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL);
    count = disarm();
    end(&after, 1);
    return count;
}

/* A folder that is not taken is not asked. */
static size_t keep_floors(void)
{
    size_t count;

    begin();
    arm();
    last_code = mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state"));
    count = disarm();
    end(&before, 1);
    return count;
}

/* An older list is accepted by hand, or the floor stays where it was. */
static size_t lower_floor(void)
{
    size_t count;
    int code;

    begin();
    must(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("floors")));
    must(mtlsauth_state_accept_rollback(in_folder("floors"), list_of_5));
    arm();
    code = mtlsauth_state_accept_rollback(in_folder("floors"), older);
    count = disarm();
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    last_code = mtlsauth_authorizer_put_crl(authorizer, older);
    EXPECT(last_code == (code == MTLSAUTH_OK ? MTLSAUTH_OK : MTLSAUTH_ERR_ROLLBACK));
    EXPECT(answer(client5) == (code == MTLSAUTH_OK ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOKED));
    mtlsauth_authorizer_free(authorizer);
    return count;
}

/* All of it, or nothing: a number that is missing would be taken for none. */
static size_t look(void)
{
    unsigned char context[2][MTLSAUTH_SHA256_LEN];
    char text[2][16384];
    size_t count, needed;
    int code;

    begin();
    must(mtlsauth_authorizer_session_context(authorizer, context[0]));
    must(mtlsauth_authorizer_stats_json(authorizer, text[0], sizeof text[0], NULL));
    arm();
    last_code = mtlsauth_authorizer_stats_json(authorizer, text[1], sizeof text[1], &needed);
    code = mtlsauth_authorizer_session_context(authorizer, context[1]);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(strcmp(text[1], last_code == MTLSAUTH_OK ? text[0] : "") == 0);
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    EXPECT(code != MTLSAUTH_OK || memcmp(context[0], context[1], sizeof context[0]) == 0);
    last_code = MTLSAUTH_OK;
    end(&before, 0);
    return count;
}

const struct scenario alloc_change[] = {
    {"put a newer list", put_newer},
    {"put an older list", put_older},
    {"put a delta", put_delta},
    {"remove a list", remove_list},
    {"set the truststore", set_truststore},
    {"update", update},
    {"set intermediates", set_intermediates},
    {"add a file of the truststore", add_truststore_file},
    {"add a folder of lists", add_folder},
    {"keep floors", keep_floors},
    {"lower a floor", lower_floor},
    {"statistics", look},
    {NULL, NULL},
};

static mtlsauth_crl *crl_of(struct der_text text)
{
    mtlsauth_crl *crl;

    must(mtlsauth_crl_load(&crl, text.ptr, text.len, root, policy, NULL));
    free(text.ptr);
    return crl;
}

void alloc_change_begin(void)
{
    struct crl_text parts = {.revoked = CRL_ENTRY("06"),
                             .extensions = CRL_EXTENSION("55 1d 14", "02 { 01 00 00 06 }")
                                 CRL_CRITICAL("55 1d 1b", "02 { 01 00 00 05 }")};
    char text[8192];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    mtlsauth_authorizer_free(authorizer);
    list_of_5 = crl_of(reload_list(false, 5, REVOKED5, 0));
    list_of_6 = crl_of(reload_list(false, 6, REVOKED6, 0));
    older = crl_of(reload_list(false, 4, NONE_REVOKED, 0));
    delta = crl_of(crl_signed(&parts, root_key));
    must(mtlsauth_truststore_parse(&both, text, reload_pem(text, sizeof text, root, other), NULL));
    must(mtlsauth_policy_new(&other_policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(other_policy, RELOAD_NOW));
    must(mtlsauth_policy_allow(other_policy, "nobody", &(const char *){"dns:nobody.example"}, 1));
    must(mtlsauth_policy_set_revocation(other_policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF));
    write_store("both.pem", root, other);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    ck_assert_int_eq(mkdir(in_folder("floors"), 0700), 0);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/6.crl", 6, REVOKED6);
}

void alloc_change_end(void)
{
    mtlsauth_crl_free(list_of_5);
    mtlsauth_crl_free(list_of_6);
    mtlsauth_crl_free(older);
    mtlsauth_crl_free(delta);
    mtlsauth_truststore_free(both);
    mtlsauth_policy_free(other_policy);
    authorizer = NULL;
    reload_teardown();
}
