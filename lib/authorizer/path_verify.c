/* SPDX-License-Identifier: MIT */
#include <mtlsauth/path.h>

#include <mtlsauth/error.h>
#include "authorizer/decide.h"
#include "base/error.h"
#include "cert/chain.h"

int mtlsauth_path_verify(const mtlsauth_truststore *truststore, const mtlsauth_chain *chain,
                         const mtlsauth_policy *policy, mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};
    struct pool pool = {0};
    int64_t now;
    int code;

    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    if (truststore == NULL || policy == NULL) {
        code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "path_verify: a truststore and a policy are needed");
        mtlsauth__decision_deny(decision, code, -1, mtlsauth_last_error());
    } else if (chain == NULL) {
        code = mtlsauth__decision_deny_no_certificate(decision);
    } else if (!mtlsauth__pool_add(&pool, chain->certs + 1, chain->count - 1)) {
        code = mtlsauth__decision_deny_memory(decision, -1);
    } else if (!mtlsauth__policy_time(policy, &now)) {
        code = mtlsauth__decide_without_time(decision);
    } else {
        code = mtlsauth__decide_path(truststore, policy, chain->certs[0], &pool, now, NULL,
                                     decision);
        if (code == MTLSAUTH_OK)
            mtlsauth__decision_path_holds(decision);
    }
    mtlsauth__pool_drop(&pool);
    mtlsauth_decision_reset(&local);
    return code;
}
