/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_PKEY_H
#define MTLSAUTH_CRYPTO_PKEY_H

/* For the files of lib/crypto only: libcrypto's objects behind our names. */

#include <openssl/err.h>
#include <openssl/evp.h>
#include "crypto/signature.h"

static inline EVP_PKEY *mtlsauth__pkey_of(const struct public_key *key)
{
    /* libcrypto counts references and caches inside of what it calls const. */
    return (EVP_PKEY *)(uintptr_t)key;
}

static inline struct public_key *mtlsauth__public_key_of(EVP_PKEY *pkey)
{
    return (struct public_key *)(void *)pkey;
}

/*
 * Before libcrypto is called: what stands in the caller's error queue is left as it is, and an
 * entry of ours on top of it keeps an old error of the caller's from being taken for one of this
 * call.
 */
static inline void mtlsauth__errors_begin(void)
{
    ERR_set_mark();
    ERR_new();
    ERR_set_error(ERR_LIB_USER, 1, NULL);
}

static inline void mtlsauth__errors_end(void)
{
    ERR_pop_to_mark();
}

/* Why a call has not returned 1: CRYPTO_FAILED when the last error says that memory was the reason,
 * else CRYPTO_NO. It is not always the last one that tells: crypto/known_answer.h. */
enum crypto_verdict mtlsauth__crypto_refusal(void);

/* One attempt to verify a signature. CRYPTO_NO says little yet (crypto/known_answer.h), least where
 * it has not even begun: then nobody has looked at the signature. */
enum crypto_verdict mtlsauth__verify_once(const struct algorithm *algorithm, EVP_PKEY *pkey,
                                          struct span signed_bytes, struct span signature,
                                          bool *begun);

#endif
