/* SPDX-License-Identifier: MIT */
#include <mtlsauth/version.h>

#include <openssl/crypto.h>

const char *mtlsauth_crypto_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
