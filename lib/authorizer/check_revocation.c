/* SPDX-License-Identifier: MIT */
#include "authorizer/check_revocation.h"

#include <stdio.h>
#include <mtlsauth/error.h>
#include "base/hex.h"
#include "base/time.h"
#include "revocation/status.h"

/* What the loaded data says of a certificate. */
static struct revocation_status status_of(const struct snapshot *snapshot, int64_t now,
                                          const mtlsauth_cert *cert, const mtlsauth_cert *issuer)
{
    (void)snapshot;
    (void)now;
    (void)cert;
    (void)issuer;
    return (struct revocation_status){.state = REVOCATION_UNKNOWN,
                                      .revoked_at = MTLSAUTH_NO_TIME,
                                      .reason = -1,
                                      .stale_since = MTLSAUTH_NO_TIME};
}

static void note(mtlsauth_decision *decision, const struct revocation_status *status)
{
    decision->revoked_at = status->revoked_at;
    decision->revocation_reason = status->reason;
    decision->stale_since = status->stale_since;
    hex_encode(span_of(status->crl_number, status->crl_number_len), decision->crl_number);
}

static int deny(mtlsauth_decision *decision, size_t depth, const mtlsauth_cert *cert,
                const struct revocation_status *status)
{
    struct shown subject = mtlsauth__show(cert->subject), issuer = mtlsauth__show(cert->issuer);
    char message[MTLSAUTH__MAX_REASON], when[MTLSAUTH__TIME_TEXT];
    int code;

    note(decision, status);
    switch (status->state) {
    case REVOCATION_REVOKED:
        mtlsauth__time_format(status->revoked_at, when);
        code = MTLSAUTH_DENY_REVOKED;
        snprintf(message, sizeof message, "certificate %zu of the path (%s) was revoked at %s",
                 depth, subject.text, when);
        break;
    case REVOCATION_STALE:
        mtlsauth__time_format(status->stale_since, when);
        code = MTLSAUTH_DENY_REVOCATION_STALE;
        snprintf(message, sizeof message,
                 "certificate %zu of the path (%s): the revocation data of its issuer %s is stale "
                 "since %s",
                 depth, subject.text, issuer.text, when);
        break;
    default:
        code = MTLSAUTH_DENY_REVOCATION_UNKNOWN;
        snprintf(message, sizeof message,
                 "certificate %zu of the path (%s): there is no revocation data of its issuer %s "
                 "that speaks of it",
                 depth, subject.text, issuer.text);
        break;
    }
    return mtlsauth__decision_deny(decision, code, (int)depth, message);
}

static bool is_asked(const struct revocation_params *params, const mtlsauth_cert *issuer)
{
    return mtlsauth__evidence_for(params, issuer->spki_sha256) != MTLSAUTH_EVIDENCE_OFF;
}

int mtlsauth__check_revocation(const struct snapshot *snapshot, int64_t now,
                               mtlsauth_decision *decision)
{
    const struct revocation_params *params = &snapshot->policy->revocation;
    const struct verified_path *path = &decision->path;
    /* The anchor is the operator's word: nobody above it could revoke it. */
    size_t most = params->depth == MTLSAUTH_DEPTH_LEAF ? 1 : path->count;

    for (size_t i = 0; i < most && i + 1 < path->count; i++) {
        const mtlsauth_cert *issuer = path->certs[i + 1];
        struct revocation_status status;

        if (!is_asked(params, issuer))
            continue;
        status = status_of(snapshot, now, path->certs[i], issuer);
        if (status.state == REVOCATION_GOOD ||
            (status.state == REVOCATION_UNKNOWN && params->allow_unknown))
            continue;
        return deny(decision, i, path->certs[i], &status);
    }
    decision->checks |= MTLSAUTH_CHECK_REVOCATION;
    return MTLSAUTH_OK;
}
