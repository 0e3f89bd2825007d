/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_STATE_H
#define TESTS_UNIT_STATE_H

/* What the tests of a state folder share: the folder, and lists of one CA for authorizers on it. */

#include "unit.h"

#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "folder.h"
#include "support/crl_sign.h"

#define FLOORS "crl-floors"
#define NUMBER(n) "30 { 06 { 55 1d 14 } 04 { 02 { " n " } } }"

/* Octets of the parts of the file of floors. */
enum { HEADER = 16, ENTRY = 132, SEAL = 32 };

static char folder[FOLDER_ROOM];
static EVP_PKEY *key;
static mtlsauth_cert *root;
static mtlsauth_truststore *store;
static mtlsauth_policy *policy;

static inline void setup(void)
{
    struct ca_spec spec = {.subject = "Root", .issuer = "Root", .serial_len = 1,
                           .serial = (const unsigned char *)"\x01",
                           .constraints = "critical,CA:TRUE", .usage = "keyCertSign,cRLSign"};
    const void *der;
    size_t len;

    folder_make(folder);
    key = ca_key("EC");
    spec.key = spec.issuer_key = key;
    root = ca_cert(&spec);
    der = mtlsauth_cert_der(root, &len);
    ck_assert_int_eq(mtlsauth_truststore_parse(&store, der, len, NULL), 0);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), 0);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), 0);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF), 0);
}

static inline void teardown(void)
{
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(root);
    EVP_PKEY_free(key);
}

static inline const char *path_of(const char *name)
{
    static char paths[2][192];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline mtlsauth_authorizer *fresh(void)
{
    mtlsauth_authorizer *authorizer;

    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), 0);
    return authorizer;
}

/* As after a restart. */
static inline mtlsauth_authorizer *started(void)
{
    mtlsauth_authorizer *authorizer = fresh();

    ck_assert_msg(mtlsauth_authorizer_set_state_dir(authorizer, folder) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    return authorizer;
}

/* A list of root with this number, of a distribution point unless it is 0. */
static inline mtlsauth_crl *list(unsigned number, bool other_content, unsigned point)
{
    char extensions[512];
    struct crl_text parts = {.revoked = other_content ? CRL_ENTRY("77") : "-",
                             .extensions = extensions};
    struct der_text text;
    mtlsauth_crl *crl;
    int n = snprintf(extensions, sizeof extensions, NUMBER("01 %02x"), number);

    if (point != 0)
        snprintf(extensions + n, sizeof extensions - (size_t)n,
                 CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"http://%04u/\" } } } }"), point);
    text = crl_signed(&parts, key);
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, root, policy, NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    free(text.ptr);
    return crl;
}

static inline int put_list(mtlsauth_authorizer *authorizer, unsigned number, bool other, unsigned point)
{
    mtlsauth_crl *crl = list(number, other, point);
    int code = mtlsauth_authorizer_put_crl(authorizer, crl);

    mtlsauth_crl_free(crl);
    return code;
}

static inline int put(mtlsauth_authorizer *authorizer, unsigned number)
{
    return put_list(authorizer, number, false, 0);
}

static inline size_t read_file(const char *name, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(path_of(name), "rb");
    size_t len;

    ck_assert_ptr_nonnull(file);
    len = fread(bytes, 1, room, file);
    fclose(file);
    return len;
}

static inline void write_file(const char *name, const unsigned char *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static inline int accept_rollback(unsigned number, bool other)
{
    mtlsauth_crl *crl = list(number, other, 0);
    int code = mtlsauth_state_accept_rollback(folder, crl);

    mtlsauth_crl_free(crl);
    return code;
}

#endif
