/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_SEARCH_H
#define MTLSAUTH_TRUST_SEARCH_H

#include "trust/path.h"

/* What a search for a path knows: the certificates that it has met, and the signatures that it has
 * looked at. */

/* A certificate that may stand in a path. */
struct candidate {
    mtlsauth_cert *cert;
    const struct x509 *x509; /* decoded when it is first needed */
    struct x509 *owned;      /* x509, where it is not the truststore's */
    bool is_unreadable;      /* libcrypto has refused it, and is not asked again */
    bool is_anchor;
    bool is_self_signed; /* known of those of the truststore alone */
};

/* A step of the path, and how far its issuers have been tried. */
struct step {
    struct candidate *candidate;
    const struct trusted *const *trusted; /* entries of the truststore with the issuer's name */
    size_t trusted_count, next;
    bool named; /* an issuer of the right name and key identifier was there */
};

/* Signatures that were looked at: each of them once. */
struct checked {
    const mtlsauth_cert *subject, *issuer;
    enum crypto_verdict verdict;
};

struct search {
    const mtlsauth_truststore *truststore;
    const struct path_params *params;
    struct issuer_cache *known; /* or NULL */
    int64_t now, from, until;   /* when paths that have failed would fail as well */
    struct reason *reason;

    struct candidate **candidates; /* of the pool, then those of the truststore that were met */
    size_t pool_count, count, room;

    struct step *steps;
    size_t depth;

    struct checked *checked;
    size_t checked_count, checked_room;
    unsigned signatures; /* in halves */
    unsigned taken, names;
    const char *exhausted; /* what went beyond the budget in the last path, or NULL */
    unsigned exhausted_limit;
    bool broken; /* memory or libcrypto failed */
};

/* libcrypto's view of a candidate, x509; false when there is none. depth is for the reason. */
bool mtlsauth__search_decode(struct search *search, struct candidate *candidate, size_t depth);

/* NULL, and the search is broken, when memory runs out. */
struct candidate *mtlsauth__search_add(struct search *search, mtlsauth_cert *cert);

/* May the path end at this certificate, if it is an anchor? */
bool mtlsauth__search_may_end_at(const struct search *search, const mtlsauth_cert *cert);

/* The candidate of a truststore entry, made when it is first met; NULL, and the search is broken,
 * when memory runs out. */
struct candidate *mtlsauth__search_trusted(struct search *search, const struct trusted *entry);

/* What a check with this key counts, in halves of a check of the budget: of a signature that it has
 * made, and of one that it has not. */
unsigned mtlsauth__search_cost(const struct key_facts *key, bool fits);

/* Has the key of issuer, which is decoded, signed subject? Looked at once, and counted. */
enum crypto_verdict mtlsauth__search_check(struct search *search, const mtlsauth_cert *subject,
                                           const struct candidate *issuer);

void mtlsauth__search_free(struct search *search);

#endif
