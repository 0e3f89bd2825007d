/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_VERDICT_H
#define MTLSAUTH_CRYPTO_VERDICT_H

/*
 * What libcrypto answered. Its functions return 1, 0, and below 0 when something else went wrong,
 * which is true in C: no number of theirs leaves lib/crypto.
 */
enum crypto_verdict {
    CRYPTO_FAILED, /* out of memory, or an error of its own: nothing is known */
    CRYPTO_NO,
    CRYPTO_YES
};

#endif
