/* SPDX-License-Identifier: MIT */
#include <mtlsauth/ocsp.h>

#include <mtlsauth/error.h>
#include "authorizer/policy.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/ocsp_check.h"

struct mtlsauth_ocsp_result {
    struct ocsp_answer answer;
};

int mtlsauth_ocsp_check(const mtlsauth_ocsp_response *response,
                        const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                        const mtlsauth_cert *issuer, const mtlsauth_policy *policy,
                        mtlsauth_ocsp_result **out)
{
    struct ocsp_params params;
    mtlsauth_ocsp_result *result;
    struct kept_sentence kept;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_check: out is NULL");
    *out = NULL;
    if (response == NULL || cert == NULL || issuer == NULL || policy == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_check: a response, a certificate, its "
                                                     "issuer and a policy are needed");
    params = (struct ocsp_params){.path = &policy->path, .revocation = &policy->revocation};
    if (!mtlsauth__policy_time(policy, &params.now))
        return mtlsauth__fail_clock();
    result = mtlsauth__malloc(sizeof *result);
    if (result == NULL)
        return mtlsauth__fail_memory();
    mtlsauth__sentence_keep(&kept);
    code = mtlsauth__ocsp_check(response, request, cert, issuer, &params, &result->answer);
    if (code == MTLSAUTH_OK)
        *out = result;
    else
        mtlsauth_ocsp_result_free(result);
    return mtlsauth__sentence_settle(&kept, code);
}

void mtlsauth_ocsp_result_free(mtlsauth_ocsp_result *result)
{
    mtlsauth__free(result);
}

int mtlsauth_ocsp_result_status(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? 0 : result->answer.status;
}

int mtlsauth_ocsp_result_reason(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? -1 : result->answer.reason;
}

int64_t mtlsauth_ocsp_result_revoked_at(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? MTLSAUTH_NO_TIME : result->answer.revoked_at;
}

int64_t mtlsauth_ocsp_result_this_update(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? MTLSAUTH_NO_TIME : result->answer.this_update;
}

int64_t mtlsauth_ocsp_result_next_update(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? MTLSAUTH_NO_TIME : result->answer.next_update;
}

int64_t mtlsauth_ocsp_result_produced_at(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? MTLSAUTH_NO_TIME : result->answer.produced_at;
}

int64_t mtlsauth_ocsp_result_valid_until(const mtlsauth_ocsp_result *result)
{
    return result == NULL ? MTLSAUTH_NO_TIME : result->answer.valid_until;
}
