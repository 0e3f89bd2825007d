/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_PATH_H
#define MTLSAUTH_TRUST_PATH_H

#include "trust/issuer_cache.h"
#include "trust/params.h"
#include "trust/reason.h"
#include "trust/truststore.h"
#include "trust/verified_path.h"

/*
 * Looks for a path from leaf to the truststore: a bounded depth-first search over issuers by name
 * and key identifier, with backtracking.
 *
 * pool    certificates that may stand in the middle, in any order, borrowed; none is trusted
 * known   intermediates of earlier paths, to which those of this one are added; may be NULL
 * path    receives the path on MTLSAUTH_OK; to be cleared by the caller
 * reason  receives the reason otherwise
 *
 * MTLSAUTH_OK or a denial. Out of memory, or libcrypto failing, is MTLSAUTH_DENY_INTERNAL.
 */
int mtlsauth__path_find(const mtlsauth_truststore *truststore, mtlsauth_cert *leaf,
                        mtlsauth_cert *const pool[], size_t pool_count,
                        const struct path_params *params, int64_t now,
                        struct issuer_cache *known, struct verified_path *path,
                        struct reason *reason);

#endif
