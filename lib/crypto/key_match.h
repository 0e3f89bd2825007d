/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_KEY_MATCH_H
#define MTLSAUTH_CRYPTO_KEY_MATCH_H

#include "base/span.h"

/* What some bytes that should be a key turned out to be. */
struct found_key {
    struct public_key *key; /* its public part */
    const char *text;       /* "private key (PKCS#8, PEM)"; static */
};

/*
 * Reads a private key (PKCS#1, PKCS#8, SEC1), a public key or a certificate signing request, PEM or
 * DER. MTLSAUTH_OK fills *found; MTLSAUTH_ERR_UNSUPPORTED for an encrypted key, MTLSAUTH_ERR_PARSE
 * for anything else, _CRYPTO, _NOMEM, each with a sentence. There is never a prompt.
 */
int mtlsauth__key_find(struct found_key *found, struct span bytes);
void mtlsauth__found_key_drop(struct found_key *found);

/* The SubjectPublicKeyInfo of a key equals that of a certificate: 1, 0, or below 0 when libcrypto
 * fails. */
int mtlsauth__key_is_of(const struct found_key *found, struct span spki);

#endif
