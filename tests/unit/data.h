/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_DATA_H
#define TESTS_UNIT_DATA_H

/* What the tests of certificates and paths share: the files of tests/data, and forged ones. */

#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include <openssl/x509.h>
#include "forge.h"

/* 2026-01-01: all of the files that are meant to be valid are, then. */
#define DATA_NOW INT64_C(1767225600)

#define ASSERT_OK(row, call)                                                                       \
    do {                                                                                           \
        int code_of_call = (call);                                                                 \
        ck_assert_msg(code_of_call == MTLSAUTH_OK, "%s: " #call " is %s: %s", (row),               \
                      mtlsauth_code_name(code_of_call), mtlsauth_last_error());                    \
    } while (0)
#define ASSERT_CODE(row, got, want)                                                                \
    do {                                                                                           \
        int code_of_call = (got);                                                                  \
        ck_assert_msg(code_of_call == (want), "%s: " #got " is %s, not %s (%s)", (row),            \
                      mtlsauth_code_name(code_of_call), mtlsauth_code_name(want),                  \
                      mtlsauth_last_error());                                                      \
    } while (0)
#define ASSERT_SAYS(row, text, part)                                                               \
    ck_assert_msg(strstr((text), (part)) != NULL, "%s: \"%s\" does not say \"%s\"", (row), (text), \
                  (part))

static inline void data_path(char out[4096], const char *name)
{
    const char *folder = getenv("MTLSAUTH_TEST_DATA");

    ck_assert_msg(folder != NULL, "MTLSAUTH_TEST_DATA names no folder");
    ck_assert_int_lt(snprintf(out, 4096, "%s/%s", folder, name), 4096);
}

/* The bytes of a file, to be given to free(). */
static inline char *data_read(const char *name, size_t *len)
{
    char path[4096], *bytes = NULL;
    FILE *file;
    long size;

    data_path(path, name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(bytes);
    *len = fread(bytes, 1, (size_t)size, file);
    ck_assert_int_eq((long)*len, size);
    bytes[size] = '\0';
    fclose(file);
    return bytes;
}

static inline mtlsauth_truststore *data_truststore(const char *name)
{
    mtlsauth_truststore *truststore;
    char path[4096];

    data_path(path, name);
    ASSERT_OK(name, mtlsauth_truststore_load_file(&truststore, path, NULL));
    return truststore;
}

static inline mtlsauth_chain *data_chain(const char *name)
{
    mtlsauth_chain *chain;
    char path[4096];

    data_path(path, name);
    ASSERT_OK(name, mtlsauth_chain_load_file(&chain, path, MTLSAUTH_FORMAT_AUTO, NULL));
    return chain;
}

static inline mtlsauth_cert *data_cert(const char *name)
{
    mtlsauth_cert *cert;
    char path[4096];

    data_path(path, name);
    ASSERT_OK(name, mtlsauth_cert_load_file(&cert, path));
    return cert;
}

/* A policy at DATA_NOW, revocation off, that allows whomever the truststore vouches for. */
static inline mtlsauth_policy *data_policy(int profile)
{
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, profile));
    ASSERT_OK("policy", mtlsauth_policy_set_time(policy, DATA_NOW));
    ASSERT_OK("policy", mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF,
                                                       MTLSAUTH_DEPTH_LEAF));
    ASSERT_OK("policy", mtlsauth_policy_allow_any(policy, "anyone"));
    return policy;
}

/* Forged certificates in a row, as DER. */
struct forged {
    struct der_build ders[256];
    size_t count;
};

static inline void forged_add(struct forged *forged, const struct forge *spec)
{
    ck_assert_uint_lt(forged->count, COUNT_OF(forged->ders));
    forged->ders[forged->count++] = forge(spec);
}

static inline void forged_drop(struct forged *forged)
{
    while (forged->count > 0)
        der_build_free(&forged->ders[--forged->count]);
}

/* The chain of them from one on. */
static inline mtlsauth_chain *forged_chain(const struct forged *forged, size_t from)
{
    const void *ders[256];
    size_t lens[256];
    mtlsauth_chain *chain;
    size_t n = 0;

    for (size_t i = from; i < forged->count; i++, n++) {
        ders[n] = forged->ders[i].bytes;
        lens[n] = forged->ders[i].len;
    }
    ASSERT_OK("chain", mtlsauth_chain_from_der(&chain, ders, lens, n));
    return chain;
}

/* PEM of DER, appended to a text of malloc. */
static inline char *pem_add(char *text, const void *der, size_t len)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n", end[] = "-----END CERTIFICATE-----\n";
    size_t used = text == NULL ? 0 : strlen(text), room = used + sizeof begin + sizeof end + len * 2 + 8;
    unsigned char *base64 = malloc(len * 2 + 8);

    text = realloc(text, room);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(base64);
    EVP_EncodeBlock(base64, der, (int)len);
    snprintf(text + used, room - used, "%s%s\n%s", begin, (char *)base64, end);
    free(base64);
    return text;
}

/* A truststore of forged certificates. */
static inline mtlsauth_truststore *forged_truststore(const struct forged *forged)
{
    mtlsauth_truststore *truststore;
    char *text = NULL;

    for (size_t i = 0; i < forged->count; i++)
        text = pem_add(text, forged->ders[i].bytes, forged->ders[i].len);
    ASSERT_OK("truststore", mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL));
    free(text);
    return truststore;
}

#endif
