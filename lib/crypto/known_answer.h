/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_KNOWN_ANSWER_H
#define MTLSAUTH_CRYPTO_KNOWN_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include "cert/algorithm.h"
#include "crypto/verdict.h"

/* For the files of lib/crypto only: is libcrypto to be believed when it says no? */

/* What was asked for, and refused. */
struct refused {
    enum key_type type;                /* of the key; KEY_UNKNOWN: it is not to be asked about */
    const struct algorithm *algorithm; /* of the signature, NULL when there was none */
    size_t octets;                     /* that were decoded */
};

/*
 * Does libcrypto do the like of it with what it must say yes to? A key of that type is decoded, and
 * a signature of that key verified, both of them built in; and there is as much memory as the
 * refused may have taken.
 *
 * A lack of memory, or a provider that has no decoders, keys or signatures, makes libcrypto refuse
 * what is right, with any reason at all: an OCSP response that says "revoked" would be forged then,
 * and nobody would hear it.
 */
bool mtlsauth__crypto_works(const struct refused *refused);

/*
 * A refusal counts when it is given twice, and libcrypto works in between and has memory afterwards:
 * a single lack of memory, however long it lasts, cannot be behind both. So, where one is given,
 *
 *     if (verdict == CRYPTO_NO)
 *         verdict = mtlsauth__crypto_again(&refused)
 *                       ? mtlsauth__crypto_confirmed(ask once more, &refused) : CRYPTO_FAILED;
 *
 * between mtlsauth__errors_begin and _end (crypto/pkey.h).
 */
bool mtlsauth__crypto_again(const struct refused *refused);
enum crypto_verdict mtlsauth__crypto_confirmed(enum crypto_verdict second,
                                               const struct refused *refused);

#endif
