/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_PATH_CACHE_H
#define MTLSAUTH_AUTHORIZER_PATH_CACHE_H

#include "authorizer/policy.h"
#include "cert/chain.h"
#include "trust/path.h"

/*
 * Paths that were verified, by the chain that was presented. What is here says that a search would
 * find this path, and nothing about identity, revocation or the time. A cache is of one truststore,
 * one set of intermediates and one way to judge paths: its scope. Snapshots of the same scope share
 * one. Bounded: a leaf has a few entries, so that what else a client sends pushes nobody out; what
 * has allowed nobody goes first, then what was not used for longest. Thread-safe: a thread that
 * looks takes a lock of its stripe, one that puts takes those of all; none is held while a path is
 * looked for.
 */
struct path_cache;

/* A chain, and the candidates beside it (see mtlsauth__path_cache_seen): digests of certificates,
 * or where they are many, the digest of all. */
enum { PATH_KEY_DIGESTS = 4 };
struct path_key {
    uint32_t presented, seen;
    uint8_t sha256[PATH_KEY_DIGESTS][MTLSAUTH_SHA256_LEN];
};

/*
 * The cache for a scope: last (may be NULL) once more if it is of the same, else a new one, to
 * which the paths of last are no paths any more, but candidates. NULL when memory runs out, or
 * libcrypto has no SHA-256.
 */
struct path_cache *mtlsauth__path_cache_for(const mtlsauth_truststore *truststore,
                                            const mtlsauth_chain *intermediates,
                                            const mtlsauth_policy *policy,
                                            struct path_cache *last);
void mtlsauth__path_cache_free(struct path_cache *cache);

/* False when memory runs out, or libcrypto has no SHA-256. */
bool mtlsauth__path_key(struct path_key *key, mtlsauth_cert *const certs[], size_t count,
                        const struct verified_path *seen);

/* The path of a chain, if it holds at this time, to be cleared by the caller; false when there is
 * none. *is_last: the leaf was last allowed by this one. */
bool mtlsauth__path_cache_get(struct path_cache *cache, const mtlsauth_cert *leaf,
                              const struct path_key *key, int64_t now, struct verified_path *out,
                              bool *is_last);

/* The leaf was allowed by the path of this chain. */
void mtlsauth__path_cache_allowed(struct path_cache *cache, const mtlsauth_cert *leaf,
                                  const struct path_key *key);

/* Keeps a path that was just found, and that nobody else has yet. */
void mtlsauth__path_cache_put(struct path_cache *cache, const struct path_key *key,
                              struct verified_path *path);

/*
 * The path by which the leaf of exactly these octets was last allowed, under whatever scope: a TLS
 * ticket keeps the leaf alone, and the client does not send the others again. They are candidates
 * and no more. A path that was denied is none: whoever has seen the leaf presents it with what he
 * likes, before he shows that the key is his. To be cleared by the caller; empty when there is none.
 */
void mtlsauth__path_cache_seen(struct path_cache *cache, struct span leaf,
                               struct verified_path *out);

/* Intermediates of the paths of this scope. */
struct issuer_cache *mtlsauth__path_cache_issuers(struct path_cache *cache);

/* How many there are that may hit. */
uint64_t mtlsauth__path_cache_entries(struct path_cache *cache);

#endif
