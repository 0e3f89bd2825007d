/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_KEY_MATCH_H
#define MTLSAUTH_CRYPTO_KEY_MATCH_H

#include "base/span.h"
#include "crypto/signature.h"

/* The form of a key in DER; the caller has looked, so that libcrypto need not guess. */
enum key_form {
    KEY_FORM_PKCS8,       /* PrivateKeyInfo, RFC 5958 2 */
    KEY_FORM_RSA_PRIVATE, /* RSAPrivateKey, RFC 8017 A.1.2 */
    KEY_FORM_EC_PRIVATE,  /* ECPrivateKey, RFC 5915 3 */
    KEY_FORM_SPKI,        /* SubjectPublicKeyInfo, RFC 5280 4.1.2.7 */
    KEY_FORM_RSA_PUBLIC   /* RSAPublicKey, RFC 8017 A.1.1 */
};

/*
 * Decodes a key, private or public, that fills der. CRYPTO_NO when libcrypto does not take it.
 * There is never a prompt: none of these forms can be encrypted.
 */
enum crypto_verdict mtlsauth__key_decode(struct public_key **out, enum key_form form,
                                         struct span der);

/* Do both have the same public key? However it is written: a point may be compressed. */
enum crypto_verdict mtlsauth__key_same(const struct public_key *a, const struct public_key *b);

/* Overwrites what may be a private key; the compiler does not leave it out. */
void mtlsauth__key_wipe(void *bytes, size_t len);

#endif
