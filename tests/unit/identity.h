/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_IDENTITY_H
#define TESTS_UNIT_IDENTITY_H

/* What the tests of identity share: certificates made in words. */

#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "cert/cert.h"
#include "der_build.h"

static inline mtlsauth_cert *make_cert(const struct der_cert *spec)
{
    struct der_build der = {0};
    mtlsauth_cert *cert = NULL;
    int code;

    der_certificate(&der, spec);
    code = mtlsauth_cert_parse(&cert, der.bytes, der.len);
    der_build_free(&der);
    ck_assert_msg(code == MTLSAUTH_OK, "%s", mtlsauth_last_error());
    return cert;
}

/* Of a list of GeneralNames alone. */
static inline mtlsauth_cert *make_san_cert(const struct der_san *sans, size_t n)
{
    static const struct der_attribute issuer[] = {DER_CN("Test CA")};
    const struct der_cert spec = {
        .issuer = issuer, .issuer_count = 1, .sans = sans, .san_count = n};

    return make_cert(&spec);
}

/* 1 or 0; below 0 a code. */
static inline int matches(const mtlsauth_cert *cert, const char *matcher)
{
    int yes = 7, code = mtlsauth_cert_matches(cert, matcher, &yes);

    return code == MTLSAUTH_OK ? yes : code;
}

#endif
