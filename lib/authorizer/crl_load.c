/* SPDX-License-Identifier: MIT */
#include <mtlsauth/crl.h>

#include "authorizer/policy.h"
#include "base/error.h"
#include "revocation/crl.h"
#include "revocation/signer.h"

/* The calls of crl.h that a policy has a say in: lib/revocation knows only the parts of one. */

static int load(mtlsauth_crl **out, const struct crl_bytes *bytes,
                const struct crl_signers *signers, const mtlsauth_policy *policy,
                const mtlsauth_crl_options *options)
{
    struct kept_sentence kept;
    struct crl_rules rules;

    if (out != NULL)
        *out = NULL;
    if (out == NULL || policy == NULL || (bytes->path == NULL && bytes->memory.ptr == NULL) ||
        (signers->issuer == NULL && signers->truststore == NULL))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_load: out, the list, its issuer and a policy are needed");
    rules = (struct crl_rules){.params = &policy->path, .revocation = &policy->revocation};
    mtlsauth__sentence_keep(&kept);
    return mtlsauth__sentence_settle(&kept,
                                     mtlsauth__crl_load(out, bytes, signers, &rules, options));
}

int mtlsauth_crl_load(mtlsauth_crl **out, const void *data, size_t len, const mtlsauth_cert *issuer,
                      const mtlsauth_policy *policy, const mtlsauth_crl_options *options)
{
    struct crl_bytes bytes = {.memory = span_of(data, len)};
    struct crl_signers signers = {.issuer = issuer};

    return load(out, &bytes, &signers, policy, options);
}

int mtlsauth_crl_load_file(mtlsauth_crl **out, const char *path, const mtlsauth_cert *issuer,
                           const mtlsauth_policy *policy, const mtlsauth_crl_options *options)
{
    struct crl_bytes bytes = {.path = path};
    struct crl_signers signers = {.issuer = issuer};

    return load(out, &bytes, &signers, policy, options);
}

int mtlsauth_crl_load_from_truststore(mtlsauth_crl **out, const void *data, size_t len,
                                      const mtlsauth_truststore *truststore,
                                      const mtlsauth_policy *policy,
                                      const mtlsauth_crl_options *options)
{
    struct crl_bytes bytes = {.memory = span_of(data, len)};
    struct crl_signers signers = {.truststore = truststore};

    return load(out, &bytes, &signers, policy, options);
}

int mtlsauth_crl_load_file_from_truststore(mtlsauth_crl **out, const char *path,
                                           const mtlsauth_truststore *truststore,
                                           const mtlsauth_policy *policy,
                                           const mtlsauth_crl_options *options)
{
    struct crl_bytes bytes = {.path = path};
    struct crl_signers signers = {.truststore = truststore};

    return load(out, &bytes, &signers, policy, options);
}

static int status_number(enum revocation_state state)
{
    switch (state) {
    case REVOCATION_GOOD:
        return MTLSAUTH_CRL_STATUS_GOOD;
    case REVOCATION_REVOKED:
        return MTLSAUTH_CRL_STATUS_REVOKED;
    case REVOCATION_STALE:
        return MTLSAUTH_CRL_STATUS_STALE;
    case REVOCATION_UNKNOWN:
        break;
    }
    return MTLSAUTH_CRL_STATUS_UNKNOWN;
}

int mtlsauth_crl_check(const mtlsauth_crl *crl, const mtlsauth_cert *cert,
                       const mtlsauth_cert *issuer, const mtlsauth_policy *policy, int *status,
                       int64_t *date, int *reason)
{
    struct revocation_status answer;
    struct kept_sentence kept;
    struct crl_rules rules;
    const mtlsauth_cert *signer;
    int64_t now;
    int code;

    if (status != NULL)
        *status = MTLSAUTH_CRL_STATUS_UNKNOWN;
    if (date != NULL)
        *date = MTLSAUTH_NO_TIME;
    if (reason != NULL)
        *reason = MTLSAUTH_CRL_REASON_NONE;
    if (crl == NULL || cert == NULL || issuer == NULL || policy == NULL || status == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_check: a list, a certificate, its issuer, a policy and a place "
                              "for the answer are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_check: the signature of this CRL was not verified; load it with "
                              "mtlsauth_crl_load");
    if (!mtlsauth__policy_time(policy, &now))
        return mtlsauth__fail_clock();
    rules = (struct crl_rules){.params = &policy->path, .revocation = &policy->revocation};
    /* A path refers to its certificates; nothing is changed in them. */
    code = mtlsauth__crl_status(crl, (mtlsauth_cert *)(uintptr_t)cert,
                                (mtlsauth_cert *)(uintptr_t)issuer, &rules,
                                now, &answer);
    if (code != MTLSAUTH_OK)
        return code;
    /* It may have been loaded under a policy that took more; whom it revokes is revoked. */
    mtlsauth__sentence_keep(&kept);
    signer = mtlsauth__crl_signed_by(crl, issuer) ? issuer : crl->signer;
    if (answer.state == REVOCATION_GOOD &&
        mtlsauth__crl_vet_again(crl, signer, &rules) != MTLSAUTH_OK)
        answer.state = REVOCATION_UNKNOWN;
    *status = status_number(answer.state);
    if (date != NULL)
        *date = answer.revoked_at;
    if (reason != NULL)
        *reason = answer.reason;
    return mtlsauth__sentence_settle(&kept, MTLSAUTH_OK);
}
