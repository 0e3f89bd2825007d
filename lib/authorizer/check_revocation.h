/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_CHECK_REVOCATION_H
#define MTLSAUTH_AUTHORIZER_CHECK_REVOCATION_H

#include "authorizer/decision.h"
#include "authorizer/snapshot.h"

/*
 * The revocation status of the path of the decision, as far as the policy asks for it. MTLSAUTH_OK,
 * or a denial; now is the time of the decision.
 */
int mtlsauth__check_revocation(const struct snapshot *snapshot, int64_t now,
                               mtlsauth_decision *decision);

#endif
