/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_SIGNATURE_H
#define MTLSAUTH_CRYPTO_SIGNATURE_H

#include "base/span.h"
#include "cert/algorithm.h"
#include "crypto/verdict.h"

/* Larger RSA keys cost a verifier more than any CA has a use for. */
#define MTLSAUTH__MAX_RSA_BITS 8192

/* A public key that libcrypto has decoded. */
struct public_key;

/*
 * Decodes a SubjectPublicKeyInfo, of which facts are what was read in it. CRYPTO_NO for a key of a
 * type that nothing can be verified with, too large, or an elliptic curve with explicit parameters:
 * those are refused before any arithmetic on them; and for what libcrypto refuses.
 */
enum crypto_verdict mtlsauth__public_key_new(struct public_key **out, struct span spki,
                                             const struct key_facts *facts);
void mtlsauth__public_key_free(struct public_key *key);

/* May keys of these facts be handed to libcrypto at all? Those that every policy refuses, and those
 * that cost a verifier far more than others, are not: before a signature is checked, they are
 * whatever a stranger sends. */
bool mtlsauth__key_is_usable(const struct key_facts *key);

/* Is signature one of this key over signed_bytes? CRYPTO_NO also for an algorithm that is not
 * known, or that the configuration of libcrypto forbids. */
enum crypto_verdict mtlsauth__signature_check(const struct algorithm *algorithm,
                                              const struct public_key *key,
                                              struct span signed_bytes, struct span signature);

/* The same over the digest of what is signed, for RSA, RSA-PSS and ECDSA. */
enum crypto_verdict mtlsauth__signature_check_digest(const struct algorithm *algorithm,
                                                     const struct public_key *key,
                                                     struct span digest, struct span signature);

#endif
