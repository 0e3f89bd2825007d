/* SPDX-License-Identifier: MIT */
#include "authorizer/ocsp_put.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"

/*
 * A responder stands below its issuer, as the client does: which lists speak of it is found out with the
 * path of the decision. Where there is none, when a response is put, the issuer stands for an anchor, and
 * no list of another key speaks.
 */
static mtlsauth_cert **make_path(const struct ocsp_context *context, const mtlsauth_cert *issuer,
                                 struct crl_context *lists)
{
    mtlsauth_cert **path;
    size_t at = 0, above;

    while (at < context->path_count && context->path[at] != issuer)
        at++;
    above = context->path_count - at;
    path = mtlsauth__calloc(above + 2, sizeof(mtlsauth_cert *));
    if (path == NULL)
        return NULL;
    lists->path = path;
    lists->path_count = above == 0 ? 2 : above + 1;
    for (size_t i = 0; i < above; i++)
        path[i + 1] = context->path[at + i];
    if (above > 0) {
        lists->truststore = context->snapshot->truststore;
        lists->intermediates = context->snapshot->intermediates;
    } else {
        /* It is only read. */
        path[1] = (mtlsauth_cert *)(uintptr_t)issuer;
    }
    return path;
}

static enum ocsp_delegate ask_lists(const struct crl_set *crls, const struct crl_context *lists)
{
    struct revocation_status status;

    if (mtlsauth__crl_set_status(crls, lists, 0, &status) != MTLSAUTH_OK)
        return OCSP_DELEGATE_NO_MEMORY;
    return status.state == REVOCATION_REVOKED ? OCSP_DELEGATE_REVOKED
           : status.state == REVOCATION_GOOD  ? OCSP_DELEGATE_GOOD
                                              : OCSP_DELEGATE_UNKNOWN;
}

/* What the CRLs say of the certificate of a responder. */
static enum ocsp_delegate ask_crls(void *arg, const struct cert_view *delegate,
                                   const mtlsauth_cert *issuer)
{
    const struct ocsp_context *context = arg;
    const struct snapshot *snapshot = context->snapshot;
    enum ocsp_delegate answer = OCSP_DELEGATE_NO_MEMORY;
    struct crl_context lists = {.params = &snapshot->policy->revocation,
                                .path_params = &snapshot->policy->path,
                                .now = context->now};
    mtlsauth_cert **path;
    int code;

    if (mtlsauth__crl_set_count(snapshot->crls) == 0)
        return OCSP_DELEGATE_UNKNOWN;
    path = make_path(context, issuer, &lists);
    if (path == NULL)
        return OCSP_DELEGATE_NO_MEMORY;
    /* The limits of the policy are those of what clients send. */
    code = mtlsauth__cert_new(&path[0], delegate->whole, mtlsauth__limits_or_default(NULL));
    if (code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT)
        answer = OCSP_DELEGATE_UNREADABLE;
    else if (code == MTLSAUTH_OK)
        answer = ask_lists(snapshot->crls, &lists);
    mtlsauth_cert_free(path[0]);
    mtlsauth__free(path);
    return answer;
}

struct ocsp_params mtlsauth__ocsp_params_of(struct ocsp_context *context)
{
    const mtlsauth_policy *policy = context->snapshot->policy;

    return (struct ocsp_params){.path = &policy->path,
                                .revocation = &policy->revocation,
                                .now = context->now,
                                .delegate = ask_crls,
                                .arg = context};
}

int mtlsauth__ocsp_put(struct ocsp_cache **out, const struct snapshot *now,
                       const struct ocsp_put *put)
{
    struct ocsp_context context = {.snapshot = now, .now = put->now};
    struct ocsp_params params = mtlsauth__ocsp_params_of(&context);
    struct ocsp_issuers issuers = {.truststore = now->truststore,
                                   .intermediates = now->intermediates};
    struct ocsp_cache *cache;
    bool changed = false;
    int code;

    *out = NULL;
    /* As with a CRL: somebody believes that it is looked at. */
    if (!mtlsauth__policy_asks_revocation(now->policy))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "put_ocsp_response: the policy says MTLSAUTH_EVIDENCE_OFF; say "
                              "MTLSAUTH_EVIDENCE_OCSP, or put no responses");
    code = mtlsauth__ocsp_cache_copy(&cache, now->ocsp);
    for (size_t i = 0; code == MTLSAUTH_OK && i < put->count; i++) {
        code = mtlsauth__ocsp_cache_add(cache, put->responses[i], &issuers, &params, &changed);
        if (code != MTLSAUTH_OK && put->failed != NULL && code != MTLSAUTH_ERR_NOMEM &&
            code != MTLSAUTH_ERR_CRYPTO) {
            put->failed(put->arg, i, code);
            code = MTLSAUTH_OK;
        }
    }
    if (code == MTLSAUTH_OK)
        *out = mtlsauth__ocsp_cache_ref(changed ? cache : now->ocsp);
    mtlsauth__ocsp_issuers_drop(&issuers);
    mtlsauth__ocsp_cache_free(cache);
    return code;
}

int mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *authorizer, const void *data,
                                          size_t len)
{
    mtlsauth_ocsp_response *response;
    struct ocsp_put put = {.responses = &response, .count = 1};
    struct kept_sentence kept;
    int code;

    if (authorizer == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "put_ocsp_response: the authorizer is NULL");
    mtlsauth__sentence_keep(&kept);
    code = mtlsauth_ocsp_response_parse(&response, data, len);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__authorizer_put_ocsp(authorizer, &put);
    mtlsauth_ocsp_response_free(response);
    return mtlsauth__sentence_settle(&kept, code);
}
