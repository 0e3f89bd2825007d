/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_TRUST_STORE_H
#define TESTS_SUPPORT_TRUST_STORE_H

#include <mtlsauth/mtlsauth.h>
#include <openssl/evp.h>
#include "unit.h"

/* A store of these certificates, through PEM as every store comes. */
static inline mtlsauth_truststore *trust_store(mtlsauth_cert *const certs[], size_t count)
{
    mtlsauth_truststore *truststore;
    char *pem = NULL;
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t len, room;
        const void *der = mtlsauth_cert_der(certs[i], &len);

        room = used + 4 * len / 3 + 128;
        pem = realloc(pem, room);
        ck_assert_ptr_nonnull(pem);
        used += (size_t)snprintf(pem + used, room - used, "-----BEGIN CERTIFICATE-----\n");
        used += (size_t)EVP_EncodeBlock((unsigned char *)pem + used, der, (int)len);
        used += (size_t)snprintf(pem + used, room - used, "\n-----END CERTIFICATE-----\n");
    }
    ck_assert_msg(mtlsauth_truststore_parse(&truststore, pem, used, NULL) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    free(pem);
    return truststore;
}

#endif
