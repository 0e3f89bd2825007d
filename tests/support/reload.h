/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_RELOAD_H
#define TESTS_SUPPORT_RELOAD_H

/*
 * Files for an authorizer, in a folder of their own: two roots, "Root" and "Other", each with two
 * clients, of which lists revoke one or the other.
 */

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "folder.h"
#include "support/crl_sign.h"

/* 2026-06-01: lists are valid from 2026-01-01 to 2027-01-01. */
#define RELOAD_NOW 1780272000

#define OK MTLSAUTH_OK
#define UNKNOWN MTLSAUTH_DENY_REVOCATION_UNKNOWN
#define REVOKED MTLSAUTH_DENY_REVOKED

static char reload_folder[FOLDER_ROOM];
static EVP_PKEY *root_key, *other_key, *client_key;
static mtlsauth_cert *root, *other;
static mtlsauth_chain *client5, *client6, *client_of_other; /* serials 5, 6 and 5 */
static mtlsauth_truststore *root_store;
static mtlsauth_policy *policy;
static mtlsauth_authorizer *authorizer;

static inline mtlsauth_cert *reload_cert(const char *subject, EVP_PKEY *key, const char *issuer,
                                         EVP_PKEY *issuer_key, const char *serial, bool ca)
{
    struct ca_spec spec = {.subject = subject, .issuer = issuer, .key = key,
                           .issuer_key = issuer_key, .serial = (const unsigned char *)serial,
                           .serial_len = (int)strlen(serial),
                           .constraints = ca ? "critical,CA:TRUE" : NULL,
                           .usage = ca ? "keyCertSign,cRLSign" : NULL};

    return ca_cert(&spec);
}

static inline mtlsauth_chain *reload_client(const char *issuer, EVP_PKEY *issuer_key,
                                            const char *serial)
{
    mtlsauth_cert *leaf = reload_cert("client", client_key, issuer, issuer_key, serial, false);
    size_t len;
    const void *der = mtlsauth_cert_der(leaf, &len);
    mtlsauth_chain *chain;

    ck_assert_int_eq(mtlsauth_chain_from_der(&chain, &der, &len, 1), MTLSAUTH_OK);
    mtlsauth_cert_free(leaf);
    return chain;
}

static inline mtlsauth_policy *reload_policy(int evidence)
{
    mtlsauth_policy *made;

    ck_assert_int_eq(mtlsauth_policy_new(&made, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(made, RELOAD_NOW), 0);
    ck_assert_int_eq(mtlsauth_policy_allow_any(made, "any"), 0);
    ck_assert_int_eq(mtlsauth_policy_set_revocation(made, evidence, MTLSAUTH_DEPTH_LEAF), 0);
    return made;
}

static inline mtlsauth_truststore *reload_store(const mtlsauth_cert *cert)
{
    mtlsauth_truststore *made;
    size_t len;
    const void *der = mtlsauth_cert_der(cert, &len);

    ck_assert_int_eq(mtlsauth_truststore_parse(&made, der, len, NULL), 0);
    return made;
}

static inline void reload_setup(int evidence)
{
    folder_make(reload_folder);
    root_key = ca_key("EC");
    other_key = ca_key("EC");
    client_key = ca_key("EC");
    root = reload_cert("Root", root_key, "Root", root_key, "\x01", true);
    other = reload_cert("Other", other_key, "Other", other_key, "\x01", true);
    client5 = reload_client("Root", root_key, "\x05");
    client6 = reload_client("Root", root_key, "\x06");
    client_of_other = reload_client("Other", other_key, "\x05");
    root_store = reload_store(root);
    policy = reload_policy(evidence);
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, root_store, policy), 0);
}

static inline void reload_teardown(void)
{
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(root_store);
    mtlsauth_chain_free(client5);
    mtlsauth_chain_free(client6);
    mtlsauth_chain_free(client_of_other);
    mtlsauth_cert_free(root);
    mtlsauth_cert_free(other);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(other_key);
    EVP_PKEY_free(client_key);
}

/* A path in the folder; the last four stay valid. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][192];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", reload_folder, name);
    return path;
}

/* Into the file as it is, as an editor does that knows no better. */
static inline void write_in_place(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(in_folder(name), "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* A new file in the place of the old one. */
static inline void write_aside(const char *name, const void *bytes, size_t len)
{
    write_in_place(".new", bytes, len);
    ck_assert_int_eq(rename(in_folder(".new"), in_folder(name)), 0);
}

/* A list of "Root" or "Other" with this number; revoked: entries, "-" for none; point 0: none. */
static inline struct der_text reload_list(bool of_other, unsigned number, const char *revoked,
                                          unsigned point)
{
    char extensions[512];
    struct crl_text parts = {
        .issuer = of_other ? "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Other\" } } } }" : NULL,
        .revoked = revoked,
        .extensions = extensions,
    };
    int n = snprintf(extensions, sizeof extensions,
                     CRL_EXTENSION("55 1d 14", "02 { 01 %02x %02x %02x }"),
                     number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);

    if (point != 0)
        snprintf(extensions + n, sizeof extensions - (size_t)n,
                 CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"http://%05u/\" } } } }"), point);
    return crl_signed(&parts, of_other ? other_key : root_key);
}

#define NONE_REVOKED "-"
#define REVOKED5 CRL_ENTRY("05")
#define REVOKED6 CRL_ENTRY("06")

static inline void write_list(const char *name, unsigned number, const char *revoked)
{
    struct der_text list = reload_list(false, number, revoked, 0);

    write_aside(name, list.ptr, list.len);
    free(list.ptr);
}

static inline void write_list_of_other(const char *name, unsigned number, const char *revoked)
{
    struct der_text list = reload_list(true, number, revoked, 0);

    write_aside(name, list.ptr, list.len);
    free(list.ptr);
}

/* PEM of one certificate or two. */
static inline size_t reload_pem(char *text, size_t room, const mtlsauth_cert *first,
                                const mtlsauth_cert *second)
{
    const mtlsauth_cert *certs[] = {first, second};
    size_t used = 0;

    for (size_t i = 0; i < 2 && certs[i] != NULL; i++) {
        unsigned char base64[4096];
        size_t len;
        const void *der = mtlsauth_cert_der(certs[i], &len);

        EVP_EncodeBlock(base64, der, (int)len);
        used += (size_t)snprintf(text + used, room - used,
                                 "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n",
                                 (char *)base64);
    }
    return used;
}

static inline void write_store(const char *name, const mtlsauth_cert *first,
                               const mtlsauth_cert *second)
{
    char text[8192];

    write_aside(name, text, reload_pem(text, sizeof text, first, second));
}

static inline int answer(const mtlsauth_chain *chain)
{
    return mtlsauth_authorize(authorizer, chain, NULL);
}

static inline uint64_t generation(void)
{
    return mtlsauth_authorizer_generation(authorizer);
}

/* The codes of the findings, in a row: "NOT_LOADED REMOVED". */
static inline int refresh_to(char findings[256], int *changed)
{
    mtlsauth_report *report = NULL;
    int code = mtlsauth_authorizer_refresh(authorizer, changed, &report);

    findings[0] = '\0';
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        size_t certificate, used = strlen(findings);
        const char *sentence;
        int severity, lint;

        ck_assert_int_eq(
            mtlsauth_report_finding(report, i, &certificate, &severity, &lint, &sentence), 0);
        ck_assert_uint_eq(certificate, (size_t)-1);
        ck_assert(strlen(sentence) > 20);
        snprintf(findings + used, 256 - used, "%s%s", used == 0 ? "" : " ",
                 mtlsauth_lint_name(lint));
    }
    mtlsauth_report_free(report);
    return code;
}

/* Refreshes, and compares everything that comes of it. */
#define ASSERT_REFRESH(row, want_code, want_changed, want_findings)                                \
    do {                                                                                           \
        char findings_[256];                                                                       \
        int changed_ = -1;                                                                         \
        uint64_t before_ = generation();                                                           \
        int code_ = refresh_to(findings_, &changed_);                                              \
                                                                                                   \
        ck_assert_msg(code_ == (want_code), "%s: refresh is %s, not %s: %s", (row),                \
                      mtlsauth_code_name(code_), mtlsauth_code_name(want_code),                    \
                      mtlsauth_last_error());                                                      \
        ASSERT_INT(row, changed_, want_changed);                                                   \
        ASSERT_INT(row, generation() - before_, want_changed);                                     \
        ASSERT_TEXT(row, findings_, want_findings);                                                \
    } while (0)

#define ASSERT_CALL(call)                                                                          \
    do {                                                                                           \
        int code_ = (call);                                                                        \
                                                                                                   \
        ck_assert_msg(code_ == MTLSAUTH_OK, #call " is %s: %s", mtlsauth_code_name(code_),         \
                      mtlsauth_last_error());                                                      \
    } while (0)

#endif
