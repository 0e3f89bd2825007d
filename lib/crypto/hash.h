/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_HASH_H
#define MTLSAUTH_CRYPTO_HASH_H

/* For the files of lib/crypto only: libcrypto's name of a hash. */

#include <openssl/evp.h>
#include "cert/algorithm.h"

/* NULL where there is none. Static, never freed. */
const EVP_MD *mtlsauth__evp_md(enum hash hash);

#endif
