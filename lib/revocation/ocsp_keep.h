/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_KEEP_H
#define MTLSAUTH_REVOCATION_OCSP_KEEP_H

#include "revocation/ocsp_cache.h"

/*
 * What of the responses is kept, and what goes. Those who put them may be strangers: what the CA
 * has said is displaced by nothing but what the CA has said later (docs/revocation.md).
 */

/*
 * Puts an entry into a cache that nobody else has; the cache takes a reference of its own. *kept is
 * false when one that is there outweighs it. MTLSAUTH_ERR_LIMIT, _NOMEM.
 */
int mtlsauth__ocsp_cache_keep(struct ocsp_cache *cache, struct ocsp_entry *made,
                              const struct ocsp_params *params, bool *kept);

/* Of ocsp_cache.c, for ocsp_keep.c: in its place, with one more reference; false without memory. */
bool mtlsauth__ocsp_cache_put_in(struct ocsp_cache *cache, struct ocsp_entry *entry);
void mtlsauth__ocsp_cache_take_out(struct ocsp_cache *cache, size_t i);
void mtlsauth__ocsp_entry_free(struct ocsp_entry *entry);

#endif
