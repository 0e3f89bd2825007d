/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <mtlsauth/crl.h>
#include "base/error.h"
#include "revocation/ocsp_cache.h"

/* What is remembered while the entries of one certificate are looked through. */
struct judged {
    const mtlsauth_cert *cert, *issuer;
    const struct ocsp_params *params;
    struct ocsp_status *status;
    bool any;              /* one of them is the CA's word */
    struct ocsp_said said; /* by the one that counts */
};

static enum ocsp_state state_of(int code, const struct ocsp_answer *answer)
{
    if (answer->status == MTLSAUTH_OCSP_REVOKED)
        return OCSP_STATE_REVOKED;
    if (code == MTLSAUTH_ERR_STALE)
        return OCSP_STATE_STALE;
    if (code != MTLSAUTH_OK)
        return OCSP_STATE_INVALID;
    return answer->status == MTLSAUTH_OCSP_GOOD ? OCSP_STATE_GOOD : OCSP_STATE_UNKNOWN;
}

static void note_why(struct ocsp_status *status)
{
    snprintf(status->why, sizeof status->why, "%s", mtlsauth_last_error());
}

/* One more that the CA has said. */
static void take(struct judged *judged, int code, const struct ocsp_answer *answer)
{
    struct ocsp_said mine = {.status = answer->status,
                             .reason = answer->reason,
                             .this_update = answer->this_update,
                             .next_update = answer->next_update};
    struct ocsp_status *status = judged->status;
    bool of_future = ocsp_is_of_future(answer->this_update, judged->params->revocation,
                                       judged->params->now);

    /* What is of the future counts for nothing yet, but for what it says of a revocation. */
    if (answer->status != MTLSAUTH_OCSP_REVOKED && of_future)
        mine.this_update = INT64_MIN;
    if (judged->any && !mtlsauth__ocsp_outweighs(&mine, &judged->said))
        return;
    judged->any = true;
    judged->said = mine;
    status->state = state_of(code, answer);
    status->revoked_at = answer->revoked_at;
    status->reason = answer->reason;
    status->stale_since = MTLSAUTH_NO_TIME;
    status->why[0] = '\0';
    status->may_have_ended = status->state == OCSP_STATE_REVOKED && code != MTLSAUTH_OK &&
                             !of_future && !mtlsauth__ocsp_is_final(answer->status, answer->reason);
    if (code != MTLSAUTH_OK)
        note_why(status);
    if (status->state == OCSP_STATE_STALE && judged->params->now > answer->valid_until)
        status->stale_since = answer->valid_until;
}

static int judge(struct judged *judged, struct ocsp_entry *entry)
{
    struct ocsp_params params = *judged->params;
    struct ocsp_answer answer;
    int code;

    params.memo = &entry->memo;
    code =
        mtlsauth__ocsp_check(entry->response, NULL, judged->cert, judged->issuer, &params, &answer);
    if (code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO)
        return code;
    if (answer.authentic) {
        /* Its delegate may not have been valid yet when it was looked at before. */
        if (atomic_load(&entry->refuted))
            atomic_store(&entry->refuted, false);
        take(judged, code, &answer);
        return MTLSAUTH_OK;
    }
    /* It may be the true one, and wait for what vouches for its responder. */
    if (!answer.is_unvouched)
        atomic_store(&entry->refuted, true);
    if (!judged->any) {
        judged->status->state = OCSP_STATE_INVALID;
        note_why(judged->status);
    }
    return MTLSAUTH_OK;
}

static int judge_all(struct judged *judged, const struct ocsp_cache *cache, enum hash hash)
{
    struct ocsp_issuer_hashes hashes;
    struct ocsp_id id = {.hash = hash, .serial = judged->cert->view.serial};
    int code = MTLSAUTH_OK;
    size_t last;

    if (!mtlsauth__ocsp_issuer_hashes(&hashes, hash, judged->cert, judged->issuer))
        return mtlsauth__fail_digest();
    id.name_hash = span_of(hashes.name, hashes.len);
    id.key_hash = span_of(hashes.key, hashes.len);
    for (size_t i = mtlsauth__ocsp_cache_find(cache, &id, &last); code == MTLSAUTH_OK && i < last;
         i++)
        code = judge(judged, cache->entries[i]);
    return code;
}

int mtlsauth__ocsp_cache_status(const struct ocsp_cache *cache, const mtlsauth_cert *cert,
                                const mtlsauth_cert *issuer, const struct ocsp_params *params,
                                struct ocsp_status *status)
{
    struct judged judged = {.cert = cert, .issuer = issuer, .params = params, .status = status};
    int code = MTLSAUTH_OK;

    *status = (struct ocsp_status){.state = OCSP_STATE_NONE,
                                   .revoked_at = MTLSAUTH_NO_TIME,
                                   .reason = MTLSAUTH_CRL_REASON_NONE,
                                   .stale_since = MTLSAUTH_NO_TIME};
    for (enum hash hash = 0; code == MTLSAUTH_OK && hash <= HASH_SHA512; hash++)
        if (cache->of_hash[hash] > 0)
            code = judge_all(&judged, cache, hash);
    return code;
}
