/* SPDX-License-Identifier: MIT */
#include "authorizer/check_revocation.h"

#include <stdio.h>
#include <mtlsauth/error.h>
#include "base/hex.h"
#include "base/time.h"
#include "revocation/status.h"

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

    /* It was looked at: an answer was found, or found to be missing. */
    decision->checks |= MTLSAUTH_CHECK_REVOCATION;
    note(decision, status);
    switch (status->state) {
    case REVOCATION_REVOKED:
        mtlsauth__time_format(status->revoked_at, when);
        code = MTLSAUTH_DENY_REVOKED;
        snprintf(message, sizeof message,
                 "certificate %zu of the path (%s) was revoked at %s (%s; CRL number %s)", depth,
                 subject.text, when,
                 status->reason < 0 ? "no reason given" : mtlsauth_crl_reason_name(status->reason),
                 decision->crl_number[0] == '\0' ? "none" : decision->crl_number);
        break;
    case REVOCATION_STALE:
        mtlsauth__time_format(status->stale_since, when);
        code = MTLSAUTH_DENY_REVOCATION_STALE;
        if (status->stale_since == MTLSAUTH_NO_TIME)
            snprintf(message, sizeof message,
                     "certificate %zu of the path (%s): the revocation data of its issuer %s is of "
                     "the future",
                     depth, subject.text, issuer.text);
        else
            snprintf(message, sizeof message,
                     "certificate %zu of the path (%s): the revocation data of its issuer %s is "
                     "stale since %s",
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
    const struct crl_context context = {.params = params,
                                        .path_params = &snapshot->policy->path,
                                        .truststore = snapshot->truststore,
                                        .intermediates = snapshot->intermediates,
                                        .path = path->certs,
                                        .path_count = path->count,
                                        .now = now};

    /* The anchor is the operator's word: nobody above it could revoke it. Of the others all are looked
     * at, and what is revoked is denied, whether or not the policy asks for evidence of it. */
    for (size_t i = 0; i + 1 < path->count; i++) {
        const mtlsauth_cert *issuer = path->certs[i + 1];
        struct revocation_status status;
        bool asked = is_asked(params, issuer) && (i == 0 || params->depth != MTLSAUTH_DEPTH_LEAF);

        if (mtlsauth__crl_set_status(snapshot->crls, &context, i, &status) != MTLSAUTH_OK)
            return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_INTERNAL, (int)i,
                                           "the check could not be completed: out of memory");
        if (status.state == REVOCATION_REVOKED)
            return deny(decision, i, path->certs[i], &status);
        if (!asked || status.state == REVOCATION_GOOD ||
            (status.state == REVOCATION_UNKNOWN && params->allow_unknown))
            continue;
        return deny(decision, i, path->certs[i], &status);
    }
    decision->checks |= MTLSAUTH_CHECK_REVOCATION;
    return MTLSAUTH_OK;
}
