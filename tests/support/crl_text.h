/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_CRL_TEXT_H
#define TESTS_SUPPORT_CRL_TEXT_H

/* A CRL put together from the texts of its fields; a field that is NULL is what a good list has. */

#include "support/der_text.h"

struct crl_text {
    const char *version;
    const char *algorithm;
    const char *issuer;
    const char *this_update;
    const char *next_update;
    const char *revoked;    /* elements of revokedCertificates; "-": the field is absent */
    const char *extensions; /* elements of crlExtensions; "-": the field is absent */
    const char *tbs_end;
    const char *outer_algorithm;
    const char *signature;
    const char *end;
    const char *behind;
};

#define CRL_ED25519 "30 { 06 { 2b 65 70 } }"
#define CRL_RSA "30 { 06 { 2a 86 48 86 f7 0d 01 01 0b } 05 00 }"
#define CRL_NAME "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Root\" } } } }"
#define CRL_DATE "17 { \"260101000000Z\" }"
#define CRL_ENTRY_EXTENSION(oid, value) "30 { 06 { " oid " } 04 { " value " } }"
#define CRL_EXTENSION(oid, value) "30 { 06 { " oid " } 04 { " value " } }"
#define CRL_CRITICAL(oid, value) "30 { 06 { " oid " } 01 01 ff 04 { " value " } }"
#define CRL_NUMBER "30 { 06 { 55 1d 14 } 04 { 02 01 07 } }"
#define CRL_REASON(value) CRL_EXTENSION("55 1d 15", "0a 01 " value)
#define CRL_ENTRY(serial) "30 { 02 { " serial " } " CRL_DATE " }"
#define CRL_ENTRY_WITH(serial, extensions) \
    "30 { 02 { " serial " } " CRL_DATE " 30 { " extensions " } }"

static inline void crl_append(struct der_text *out, const void *bytes, size_t len)
{
    der_text_room(out, len);
    memcpy(out->ptr + out->len, bytes, len);
    out->len += len;
}

static inline const char *crl_text_or(const char *text, const char *usual)
{
    return text == NULL ? usual : text;
}

/* The octets; free them. */
static inline struct der_text crl_text(const struct crl_text *parts)
{
    const char *revoked = crl_text_or(parts->revoked, CRL_ENTRY("01") CRL_ENTRY("02 03"));
    const char *extensions = crl_text_or(parts->extensions, CRL_NUMBER);
    const char *algorithm = crl_text_or(parts->algorithm, CRL_ED25519);
    struct der_text out = der_text("30 30"); /* CertificateList, tbsCertList */
    size_t at;

    der_text_add(&out, crl_text_or(parts->version, "02 01 01"));
    der_text_add(&out, algorithm);
    der_text_add(&out, crl_text_or(parts->issuer, CRL_NAME));
    der_text_add(&out, crl_text_or(parts->this_update, "17 { \"260101000000Z\" }"));
    der_text_add(&out, crl_text_or(parts->next_update, "17 { \"270101000000Z\" }"));
    if (strcmp(revoked, "-") != 0) {
        der_text_add(&out, "30");
        at = out.len;
        der_text_add(&out, revoked);
        der_text_close(&out, at);
    }
    if (strcmp(extensions, "-") != 0) {
        der_text_add(&out, "a0 30");
        at = out.len;
        der_text_add(&out, extensions);
        der_text_close(&out, at);
        der_text_close(&out, at - 1);
    }
    der_text_add(&out, crl_text_or(parts->tbs_end, ""));
    der_text_close(&out, 2);
    der_text_add(&out, crl_text_or(parts->outer_algorithm, algorithm));
    der_text_add(&out, crl_text_or(parts->signature, "03 { 00 5a * 64 }"));
    der_text_add(&out, crl_text_or(parts->end, ""));
    der_text_close(&out, 1);
    der_text_add(&out, crl_text_or(parts->behind, ""));
    return out;
}

#endif
