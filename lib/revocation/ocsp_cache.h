/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_CACHE_H
#define MTLSAUTH_REVOCATION_OCSP_CACHE_H

#include "cert/chain.h"
#include "revocation/combine.h"
#include "revocation/ocsp_check.h"
#include "trust/truststore.h"

/*
 * OCSP responses by CertID. Nothing in it is trusted: whatever is asked of it is checked against
 * the issuer of a verified path, then and there. A cache that is shared is not changed: a copy is.
 */

/* What one response says under one CertID. */
struct ocsp_entry {
    struct refcount refs;
    mtlsauth_ocsp_response *response;
    struct ocsp_id id;  /* points into the response */
    int status, reason; /* the worst that it claims */
    int64_t this_update, next_update;
    uint64_t order; /* of putting */
    struct ocsp_memo memo;
    /*
     * The last decision has found that it does not count: its issuer did not sign it, its responder
     * is none, or is revoked, or it is of an algorithm that the policy does not take. Unless its
     * signature was verified before, it is the first to go when there is no room. It is checked
     * again whenever it is asked for: no decision is made from this.
     */
    atomic_bool refuted;
};

struct ocsp_cache {
    struct refcount refs;
    struct ocsp_entry **entries; /* in the order of their CertIDs */
    size_t count, capacity;
    size_t bytes;                    /* of the responses, of each entry */
    size_t of_hash[HASH_SHA512 + 1]; /* entries by the hash of their CertID */
    uint64_t order;
};

/* Certificates whose key may have signed a response: known before any client shows up. Of one
 * thread; to be given back with mtlsauth__ocsp_issuers_drop. */
struct ocsp_issuers {
    const mtlsauth_truststore *truststore;
    const mtlsauth_chain *intermediates; /* may be NULL */
    /* Of each of them, in each hash; NULL until a CertID first has it. */
    struct ocsp_issuer_hashes *hashes[HASH_SHA512 + 1];
};

void mtlsauth__ocsp_issuers_drop(struct ocsp_issuers *issuers);

int mtlsauth__ocsp_cache_new(struct ocsp_cache **out);
int mtlsauth__ocsp_cache_copy(struct ocsp_cache **out, const struct ocsp_cache *cache);
struct ocsp_cache *mtlsauth__ocsp_cache_ref(struct ocsp_cache *cache);
void mtlsauth__ocsp_cache_free(struct ocsp_cache *cache);

/*
 * Adds what a response says, to a cache that nobody else has. *changed is set when it did: a
 * response that is there, or that others make superfluous, changes nothing. Where one of the
 * issuers has the name and the key of a CertID, the signature is checked at once.
 *
 * MTLSAUTH_ERR_NOT_FOUND for one that says an error; _MISMATCH when it speaks of no certificate;
 * _SIGNATURE; _UNSUPPORTED for one of a known issuer that the policy would not take; _LIMIT for
 * more answers than are taken, or when all that is there is worth more. After a failure the cache
 * may have a part of it.
 */
int mtlsauth__ocsp_cache_add(struct ocsp_cache *cache, mtlsauth_ocsp_response *response,
                             struct ocsp_issuers *issuers, const struct ocsp_params *params,
                             bool *changed);

/* What the cache says of a certificate of a verified path. */
struct ocsp_status {
    enum ocsp_state state;
    int64_t revoked_at;  /* MTLSAUTH_NO_TIME where it was not */
    int reason;          /* CRLReason, -1 where none is given */
    int64_t stale_since; /* MTLSAUTH_NO_TIME where it is not */
    bool may_have_ended; /* it was on hold, and that is not fresh any more */
    char why[192]; /* what is wrong with an answer that does not count */
};

/* MTLSAUTH_OK, _ERR_NOMEM or _ERR_CRYPTO. Thread-safe. The memo of params is not looked at. */
int mtlsauth__ocsp_cache_status(const struct ocsp_cache *cache, const mtlsauth_cert *cert,
                                const mtlsauth_cert *issuer, const struct ocsp_params *params,
                                struct ocsp_status *status);

/* The entries of one CertID: from the one returned to before *last. */
size_t mtlsauth__ocsp_cache_find(const struct ocsp_cache *cache, const struct ocsp_id *id,
                                 size_t *last);

/* Is there an answer about that serial number, whosever it is? It costs less than to ask. */
bool mtlsauth__ocsp_cache_has_serial(const struct ocsp_cache *cache, struct span serial);

/* Of these, which all have one CertID, the one that is worth keeping. */
const struct ocsp_entry *mtlsauth__ocsp_cache_best(const struct ocsp_cache *cache, size_t first,
                                                   size_t last, const struct ocsp_params *params);

/* May it be needed beside the best one, if that one's signer turns out to be revoked? */
bool mtlsauth__ocsp_is_needed(const struct ocsp_entry *entry, const struct ocsp_params *params);

/* Does it say of any certificate that it is revoked? */
bool mtlsauth__ocsp_tells_of_revocation(const mtlsauth_ocsp_response *response);

/* Has all of it ended, so that it is of no use where room is short? What was verified and tells of
 * a revocation never has; what nobody has verified has also when it is of the future. */
bool mtlsauth__ocsp_is_spent(const mtlsauth_ocsp_response *response, bool is_unverified,
                             const struct ocsp_params *params);

/* What decides between two answers that the CA has signed. */
struct ocsp_said {
    int status, reason;
    int64_t this_update, next_update; /* MTLSAUTH_NO_TIME: it has no nextUpdate */
    bool by_issuer;                   /* verified with the key of the issuer itself */
};

/* Does a outweigh b? What is final does, above all from the issuer itself, for a delegate may be
 * revoked later; otherwise the newer one, of the same time the worse, and of two that say the same
 * the one that says it for longer. */
bool mtlsauth__ocsp_outweighs(const struct ocsp_said *a, const struct ocsp_said *b);

#endif
