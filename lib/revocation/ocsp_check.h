/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_CHECK_H
#define MTLSAUTH_REVOCATION_OCSP_CHECK_H

#include "revocation/ocsp_responder.h"

/* What a response says of one certificate. */
struct ocsp_answer {
    /*
     * The signature holds: what stands below was said by the CA. Set as well when the check fails
     * for what is not fresh, or for a contradiction; status is then the worst that was said, for a
     * caller whom a "revoked" concerns in any case. So is a "revoked" of a delegate whose
     * certificate has ended since, or may be revoked itself.
     */
    bool authentic;
    bool is_unvouched; /* signed by a delegate of which nothing says whether it is revoked itself */
    int status; /* enum mtlsauth_ocsp_status; 0: it does not speak of the certificate */
    int64_t revoked_at;
    int reason; /* -1: none */
    int64_t this_update, next_update, produced_at;
    int64_t
        valid_until; /* nextUpdate, the maximum age, or the end of the responder's certificate */
};

/* The times of an answer. The clock skew widens each bound. */
static inline bool ocsp_is_of_future(int64_t when, const struct revocation_params *params,
                                     int64_t now)
{
    return when > now + params->clock_skew;
}

static inline bool ocsp_is_past_next(int64_t next_update, const struct revocation_params *params,
                                     int64_t now)
{
    return next_update != MTLSAUTH_NO_TIME &&
           now > next_update + params->clock_skew + params->grace;
}

/* Whatever nextUpdate says, and above all where there is none. */
static inline bool ocsp_is_too_old(int64_t this_update, const struct revocation_params *params,
                                   int64_t now)
{
    return now > this_update + params->ocsp_max_age + params->clock_skew;
}

/*
 * The whole check of mtlsauth_ocsp_check. request may be NULL. MTLSAUTH_OK when the answer can be
 * relied on, else a code with a sentence; *answer is filled as its comment says.
 */
int mtlsauth__ocsp_check(const mtlsauth_ocsp_response *response,
                         const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                         const mtlsauth_cert *issuer, const struct ocsp_params *params,
                         struct ocsp_answer *answer);

#endif
