/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_DIGEST_H
#define MTLSAUTH_CRYPTO_DIGEST_H

#include "base/span.h"
#include "cert/algorithm.h"

/* Longest digest, of SHA-512. */
#define MTLSAUTH__MAX_DIGEST 64

/* SHA-256 of bytes; false when libcrypto fails. */
bool mtlsauth__sha256(struct span bytes, uint8_t out[32]);

/* The digest of bytes; false for a hash that libcrypto does not have, or when it fails. */
bool mtlsauth__digest(enum hash hash, struct span bytes, uint8_t out[MTLSAUTH__MAX_DIGEST],
                      size_t *len);

/* A digest that is fed piece by piece. */
struct digest;

/* NULL for a hash that libcrypto does not have, or when it fails. */
struct digest *mtlsauth__digest_new(enum hash hash);
bool mtlsauth__digest_add(struct digest *digest, struct span bytes);

/* Writes the digest; no more can be added then. */
bool mtlsauth__digest_end(struct digest *digest, uint8_t out[MTLSAUTH__MAX_DIGEST], size_t *len);
void mtlsauth__digest_free(struct digest *digest);

/* What any of these that failed is told as. MTLSAUTH_ERR_CRYPTO. */
int mtlsauth__fail_digest(void);

/* HMAC-SHA-256 (RFC 2104). */
bool mtlsauth__hmac_sha256(struct span key, struct span bytes, uint8_t out[32]);

/* Equal, in a time that does not depend on where they differ. */
bool mtlsauth__equal_in_constant_time(struct span a, struct span b);

#endif
