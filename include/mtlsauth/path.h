/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_PATH_H
#define MTLSAUTH_PATH_H

/*
 * Is there a path from this leaf to the truststore?
 *
 * It answers for the path alone: block list, identity and revocation are not looked at, so that
 * MTLSAUTH_OK here is no authorization, and mtlsauth_decision_allowed() stays 0.
 */

#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/decision.h>
#include <mtlsauth/policy.h>
#include <mtlsauth/truststore.h>

MTLSAUTH_BEGIN_DECLS

/*
 * Looks for a path that satisfies the policy.
 *
 * truststore  borrowed
 * chain       the leaf first; the others are candidates for the middle, in any order; NULL is
 *             MTLSAUTH_DENY_NO_CERTIFICATE
 * policy      borrowed; only what it says of paths is used
 * decision    receives reason and path; may be NULL
 *
 * MTLSAUTH_OK, a denial (above 0), or MTLSAUTH_ERR_ARGUMENT. Memory or libcrypto failing, or the
 * policy's clock having no time, is MTLSAUTH_DENY_INTERNAL. Thread-safe for shared handles.
 * @since 1.0, RFC 5280 6
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_path_verify(const mtlsauth_truststore *truststore,
                                                          const mtlsauth_chain *chain,
                                                          const mtlsauth_policy *policy,
                                                          mtlsauth_decision *decision);

MTLSAUTH_END_DECLS

#endif
