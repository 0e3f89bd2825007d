/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_POLICY_TREE_H
#define MTLSAUTH_TRUST_POLICY_TREE_H

#include "trust/checks.h"

/*
 * Nodes of the tree of certificate policies (RFC 5280 6.1.2 (a)) that a path may ask for. With
 * mappings of each policy to each other the tree doubles at every certificate (CVE-2023-0464):
 * libcrypto gave itself a limit of 1,000 nodes then, and calls what is beyond it a lack of memory.
 * Real paths need a few dozen.
 */
#define MTLSAUTH__MAX_POLICY_NODES 800

/* The extensions of certificate policies are well-formed, the anchor's too. */
path_check mtlsauth__check_policy_extensions;

/* Can the policies of the path be processed within that, and within MTLSAUTH__MAX_POLICIES?
 * They are well-formed, and none is there twice: mtlsauth__check_policy_extensions,
 * mtlsauth__check_policies. */
bool mtlsauth__policies_fit(const struct candidate_path *path);

/* A client's certificate in the truststore is a path of one, in which RFC 5280 6.1 processes no
 * certificate: an explicit policy that is required is asked of it all the same. */
path_check mtlsauth__check_own_policies;

/* Is an explicit policy required at the end of the path: the state variable explicit_policy, RFC
 * 5280 6.1.2 (d), 6.1.4 (h) and (i), 6.1.5 (a) and (b)? */
bool mtlsauth__policy_is_required(const struct path_params *params,
                                  const struct candidate_path *path);

/* Why a certificate of which they are well-formed stands in no path below the anchor: a static
 * text. NULL: it may, but for mtlsauth__policies_fit. */
const char *mtlsauth__policies_refused(const struct cert_view *view);

/*
 * What of the policies is not left to libcrypto, which does not see those of every path
 * (cert_view_leaks_constraints). Below the anchor: no certificate has a policy twice (RFC
 * 5280 4.2.1.4) or maps anyPolicy (6.1.4 (a)); and where one has no policies, so that nothing is
 * left of the tree (6.1.3 (e)), no explicit policy is required (6.1.5 (g)).
 */
path_check mtlsauth__check_policies;

#endif
