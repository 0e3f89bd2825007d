/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_ISSUER_CACHE_H
#define MTLSAUTH_TRUST_ISSUER_CACHE_H

#include "cert/cert.h"
#include "crypto/x509.h"

/*
 * Intermediates of paths that were verified: as we have read them, as libcrypto has decoded them,
 * and the key that has signed them. None is trusted for standing here: what is saved is work, and
 * every path above one is validated. Bounded, the oldest goes first. Thread-safe.
 */
struct issuer_cache;

struct issuer_cache *mtlsauth__issuer_cache_new(void);
void mtlsauth__issuer_cache_free(struct issuer_cache *cache);

/* The certificate of exactly these octets, a new reference; NULL when it is not there. */
mtlsauth_cert *mtlsauth__issuer_cache_cert(struct issuer_cache *cache, struct span der);

/* A certificate as libcrypto has decoded it, a new reference; NULL when it is not there. */
struct x509 *mtlsauth__issuer_cache_x509(struct issuer_cache *cache, const mtlsauth_cert *cert);

/* Was the signature of this certificate verified with the key of that issuer? */
bool mtlsauth__issuer_cache_is_signed(struct issuer_cache *cache, const mtlsauth_cert *cert,
                                      const mtlsauth_cert *issuer);

/* Notes that it was, in a path that holds; x509 has been used in it, so that its caches are
 * full. */
void mtlsauth__issuer_cache_put(struct issuer_cache *cache, mtlsauth_cert *cert,
                                const struct x509 *x509, const mtlsauth_cert *issuer);

#endif
