/* SPDX-License-Identifier: MIT */
#include "authorizer/ocsp_put.h"

#include <mtlsauth/error.h>
#include "base/error.h"

enum { MAX_RESPONDER_PATH = MTLSAUTH_MAX_PATH_CERTIFICATES + 1 };

/*
 * A responder stands below its issuer, as the client does: which lists speak of it is found out
 * with the path of the decision. Where there is none, when a response is put, the issuer stands for
 * an anchor, and no list of another key speaks.
 */
static struct crl_context lists_above(const struct ocsp_context *context,
                                      const mtlsauth_cert *issuer,
                                      mtlsauth_cert *path[MAX_RESPONDER_PATH])
{
    const struct snapshot *snapshot = context->snapshot;
    struct crl_context lists = {.params = &snapshot->policy->revocation,
                                .path_params = &snapshot->policy->path,
                                .path = path,
                                .path_count = 1,
                                .now = context->now};
    size_t at = 0;

    while (at < context->path_count && context->path[at] != issuer)
        at++;
    if (at == context->path_count) {
        /* It is only read. */
        path[lists.path_count++] = (mtlsauth_cert *)(uintptr_t)issuer;
        return lists;
    }
    while (at < context->path_count && lists.path_count < MAX_RESPONDER_PATH)
        path[lists.path_count++] = context->path[at++];
    lists.truststore = snapshot->truststore;
    lists.intermediates = snapshot->intermediates;
    return lists;
}

/* What the CRLs say of the certificate of a responder. */
static enum ocsp_delegate ask_crls(void *arg, const struct cert_view *delegate,
                                   const mtlsauth_cert *issuer)
{
    const struct ocsp_context *context = arg;
    const struct crl_set *crls = context->snapshot->crls;
    mtlsauth_cert *path[MAX_RESPONDER_PATH] = {NULL};
    struct crl_context lists = lists_above(context, issuer, path);
    struct revocation_status status;
    int code;

    if (mtlsauth__crl_set_count(crls) == 0)
        return OCSP_DELEGATE_UNKNOWN;
    /* The limits of the policy are those of what clients send. */
    code = mtlsauth__cert_new(&path[0], delegate->whole, mtlsauth__limits_or_default(NULL));
    if (code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT)
        return OCSP_DELEGATE_UNREADABLE;
    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_set_status(crls, &lists, 0, &status);
    mtlsauth_cert_free(path[0]);
    if (code != MTLSAUTH_OK)
        return OCSP_DELEGATE_NO_MEMORY;
    return status.state == REVOCATION_REVOKED ? OCSP_DELEGATE_REVOKED
           : status.missed                    ? OCSP_DELEGATE_UNREADABLE
           : status.state == REVOCATION_GOOD  ? OCSP_DELEGATE_GOOD
                                              : OCSP_DELEGATE_UNKNOWN;
}

/* What is judged by the context, where the certificates of responders are looked up that way. */
static struct ocsp_params
params_with(struct ocsp_context *context,
            enum ocsp_delegate (*delegate)(void *arg, const struct cert_view *delegate,
                                           const mtlsauth_cert *issuer))
{
    const mtlsauth_policy *policy = context->snapshot->policy;

    return (struct ocsp_params){.path = &policy->path,
                                .revocation = &policy->revocation,
                                .now = context->now,
                                .delegate = delegate,
                                .arg = context};
}

/*
 * Does an answer that is kept revoke the certificate of a responder? Of whoever gives that one the
 * lists are asked alone, or there were no end of it; and no answer vouches for a responder.
 */
static enum ocsp_delegate ask_answers(struct ocsp_context *context,
                                      const struct cert_view *delegate, const mtlsauth_cert *issuer)
{
    const struct ocsp_params params = params_with(context, ask_crls);
    struct ocsp_status status = {.state = OCSP_STATE_NONE};
    mtlsauth_cert *cert = NULL;
    int code = mtlsauth__cert_new(&cert, delegate->whole, mtlsauth__limits_or_default(NULL));

    if (code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT)
        return OCSP_DELEGATE_UNREADABLE;
    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_cache_status(context->snapshot->ocsp, cert, issuer, &params, &status);
    mtlsauth_cert_free(cert);
    if (code != MTLSAUTH_OK)
        return OCSP_DELEGATE_NO_MEMORY;
    return status.state == OCSP_STATE_REVOKED ? OCSP_DELEGATE_REVOKED : OCSP_DELEGATE_UNKNOWN;
}

/* What lists say of the certificate of a responder, unless an answer revokes it. */
static enum ocsp_delegate ask_all(void *arg, const struct cert_view *delegate,
                                  const mtlsauth_cert *issuer)
{
    struct ocsp_context *context = arg;
    enum ocsp_delegate state = OCSP_DELEGATE_UNKNOWN;

    if (mtlsauth__ocsp_cache_has_serial(context->snapshot->ocsp, delegate->serial))
        state = ask_answers(context, delegate, issuer);
    return state == OCSP_DELEGATE_UNKNOWN ? ask_crls(arg, delegate, issuer) : state;
}

struct ocsp_params mtlsauth__ocsp_params_of(struct ocsp_context *context)
{
    return params_with(context, ask_all);
}

/* When it fails, the others are put without it: so it is taken whole or not at all. */
static int put_whole(struct ocsp_cache **cache, mtlsauth_ocsp_response *response,
                     struct ocsp_issuers *issuers, const struct ocsp_params *params, bool *changed)
{
    struct ocsp_cache *with;
    bool is_new = false;
    int code = mtlsauth__ocsp_cache_copy(&with, *cache);

    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_cache_add(with, response, issuers, params, &is_new);
    if (code != MTLSAUTH_OK) {
        mtlsauth__ocsp_cache_free(with);
        return code;
    }
    mtlsauth__ocsp_cache_free(*cache);
    *cache = with;
    *changed = *changed || is_new;
    return MTLSAUTH_OK;
}

/* May some of it be done when it fails? A copy for each of thousands would cost. */
static bool may_be_half(const struct ocsp_cache *cache, const mtlsauth_ocsp_response *response)
{
    return response->count > 1 || cache->count >= MTLSAUTH_MAX_OCSP_ENTRIES ||
           response->len > MTLSAUTH_MAX_OCSP_CACHE_BYTES - cache->bytes;
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
        mtlsauth_ocsp_response *response = put->responses[i];

        if (put->failed != NULL && may_be_half(cache, response))
            code = put_whole(&cache, response, &issuers, &params, &changed);
        else
            code = mtlsauth__ocsp_cache_add(cache, response, &issuers, &params, &changed);
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
