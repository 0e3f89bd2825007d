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

/* Before it is asked once more: its queue has room for 16 errors, a decoder that tries many forms
 * leaves half as many, and what the caller has in it would fall out at the other end. */
static inline void mtlsauth__errors_again(void)
{
    mtlsauth__errors_end();
    mtlsauth__errors_begin();
}

/* Why a call has not returned 1: CRYPTO_FAILED when memory was the reason, else CRYPTO_NO. */
enum crypto_verdict mtlsauth__crypto_refusal(void);

/*
 * Where memory runs out inside of it, libcrypto gives any reason at all, and its last error is not
 * always the one that tells. So a refusal counts when it is given twice, and there is memory then:
 * this is the verdict of the second time.
 */
enum crypto_verdict mtlsauth__crypto_confirmed(enum crypto_verdict second);

#endif
