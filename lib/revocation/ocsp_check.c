/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_check.h"

#include "base/error.h"
#include "base/time.h"
#include "revocation/ocsp_request.h"
#include "trust/reason.h"

/* What is remembered while the answers of a response are looked through. */
struct lookup {
    const mtlsauth_cert *cert, *issuer;
    struct ocsp_issuer_hashes hashes[HASH_SHA512 + 1];
    bool has[HASH_SHA512 + 1];
    bool contradicted, unknown_critical, other_issuer;
    size_t found;
    struct ocsp_single best; /* of those found the one that counts */
};

/*
 * Is this CertID the one of the certificate? The issuer's digests are made anew, in the hash that
 * the response uses: name and key both count, and the serial number to its length.
 */
static bool is_of(struct lookup *lookup, const struct ocsp_id *id, bool *broken)
{
    struct ocsp_issuer_hashes *hashes = &lookup->hashes[id->hash];

    if (id->hash == HASH_UNKNOWN || !span_equal(id->serial, lookup->cert->view.serial))
        return false;
    if (!lookup->has[id->hash] &&
        !mtlsauth__ocsp_issuer_hashes(hashes, id->hash, lookup->cert, lookup->issuer)) {
        *broken = true;
        return false;
    }
    lookup->has[id->hash] = true;
    if (span_equal(id->name_hash, span_of(hashes->name, hashes->len)) &&
        span_equal(id->key_hash, span_of(hashes->key, hashes->len)))
        return true;
    lookup->other_issuer = true;
    return false;
}

/* One more answer about the certificate. */
static void take(struct lookup *lookup, const struct ocsp_single *single)
{
    lookup->unknown_critical = lookup->unknown_critical || single->unknown_critical;
    if (lookup->found++ > 0 && single->status != lookup->best.status)
        lookup->contradicted = true;
    if (mtlsauth__ocsp_single_counts(single, &lookup->best))
        lookup->best = *single;
}

static int fail_other(const struct lookup *lookup, const mtlsauth_ocsp_response *response)
{
    if (lookup->other_issuer)
        return mtlsauth__fail(
            MTLSAUTH_ERR_MISMATCH,
            "OCSP response: it speaks of serial number %s of another CA: the name "
            "or the key is not that of %s",
            lookup->cert->serial_hex, mtlsauth__show(lookup->issuer->subject).text);
    return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                          "OCSP response: none of its %zu answers speaks of serial number %s of %s",
                          response->count, lookup->cert->serial_hex,
                          mtlsauth__show(lookup->issuer->subject).text);
}

static int find(struct lookup *lookup, const mtlsauth_ocsp_response *response,
                struct ocsp_answer *answer)
{
    struct der list = der_of(response->singles);
    struct ocsp_single single;
    bool broken = false;
    const char *why;

    while (!der_at_end(&list)) {
        if (!mtlsauth__ocsp_single_next(&list, &single, &why))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "OCSP response: %s", why);
        if (is_of(lookup, &single.id, &broken))
            take(lookup, &single);
        if (broken)
            return mtlsauth__fail_digest();
    }
    if (lookup->found == 0)
        return fail_other(lookup, response);
    answer->status = lookup->best.status;
    answer->revoked_at = lookup->best.revoked_at;
    answer->reason = lookup->best.reason;
    answer->this_update = lookup->best.this_update;
    answer->next_update = lookup->best.next_update;
    return MTLSAUTH_OK;
}

/*
 * RFC 9654 2.1: a nonce that was sent comes back as it was. A response without one is taken unless
 * it was required; one to a request without a nonce was made for somebody else, and is as good as
 * any.
 */
static int check_nonce(const mtlsauth_ocsp_response *response, const mtlsauth_ocsp_request *request)
{
    if (request == NULL || !request->has_nonce)
        return MTLSAUTH_OK;
    if (response->nonce.len == 0) {
        if ((request->flags & MTLSAUTH_OCSP_NONCE_REQUIRED) == 0)
            return MTLSAUTH_OK;
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "OCSP response: it has no nonce, and one is required: the responder "
                              "does not repeat them, or it is an old response");
    }
    if (!span_equal(response->nonce, span_of(request->nonce, sizeof request->nonce)))
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "OCSP response: its nonce is not the one that was sent: it answers "
                              "another request");
    return MTLSAUTH_OK;
}

static int fail_stale(const char *what, int64_t when)
{
    char text[MTLSAUTH__TIME_TEXT];

    mtlsauth__time_format(when, text);
    return mtlsauth__fail(MTLSAUTH_ERR_STALE, "OCSP response: %s %s", what, text);
}

static int check_fresh(const struct ocsp_answer *answer, const struct revocation_params *params,
                       int64_t now)
{
    if (ocsp_is_of_future(answer->this_update, params, now))
        return fail_stale("it is of the future: thisUpdate is", answer->this_update);
    if (ocsp_is_of_future(answer->produced_at, params, now))
        return fail_stale("it is of the future: producedAt is", answer->produced_at);
    if (answer->next_update != MTLSAUTH_NO_TIME && answer->next_update < answer->this_update)
        return fail_stale("nextUpdate lies before thisUpdate:", answer->next_update);
    if (ocsp_is_past_next(answer->next_update, params, now))
        return fail_stale("it is stale since", answer->next_update);
    if (ocsp_is_too_old(answer->this_update, params, now))
        return fail_stale("it is older than the policy takes: thisUpdate is", answer->this_update);
    return MTLSAUTH_OK;
}

/* A CA cannot have answered for a certificate before it was valid, or when it no longer was. */
static int check_produced_at(const struct ocsp_answer *answer, const mtlsauth_cert *cert,
                             const struct revocation_params *params)
{
    if (answer->produced_at < cert->view.not_before - params->clock_skew ||
        answer->produced_at > cert->view.not_after + params->clock_skew)
        return fail_stale("it was made outside of the validity of the certificate: producedAt is",
                          answer->produced_at);
    return MTLSAUTH_OK;
}

/* until is the end of the responder's own certificate. */
static void note_times(struct ocsp_answer *answer, const mtlsauth_ocsp_response *response,
                       const struct revocation_params *params, int64_t until)
{
    answer->produced_at = response->produced_at;
    answer->valid_until = answer->this_update + params->ocsp_max_age;
    if (answer->next_update != MTLSAUTH_NO_TIME && answer->next_update < answer->valid_until)
        answer->valid_until = answer->next_update;
    if (until < answer->valid_until)
        answer->valid_until = until;
}

/*
 * Nobody relies on a delegate whose certificate has ended, or may be revoked; but whom it has
 * revoked stays so, or an older "good" would count again. The code of the refusal, unless nothing
 * is known.
 */
static int check_revoked(const struct lookup *lookup, const mtlsauth_ocsp_response *response,
                         const struct ocsp_params *params, int refusal, struct ocsp_answer *answer)
{
    struct ocsp_params to_revoke = *params;
    struct ocsp_signer signer;
    int code;

    to_revoke.to_revoke = true;
    code = mtlsauth__ocsp_signed(response, lookup->cert, lookup->issuer, &to_revoke, &signer);
    answer->authentic = code == MTLSAUTH_OK;
    return code == MTLSAUTH_OK ? refusal : code;
}

/* What was said, and by whom; the signature is the expensive part and comes last. */
static int check_said(struct lookup *lookup, const mtlsauth_ocsp_response *response,
                      const mtlsauth_ocsp_request *request, const struct ocsp_params *params,
                      struct ocsp_answer *answer)
{
    int code = mtlsauth__ocsp_same_issuer(lookup->cert, lookup->issuer);
    struct ocsp_signer signer = {.until = INT64_MAX};

    if (code != MTLSAUTH_OK)
        return code;
    if (response->status != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "OCSP response: there is no answer in it, the responder says %s (%d)",
                              mtlsauth__ocsp_response_status_name(response->status),
                              response->status);
    code = check_nonce(response, request);
    if (code == MTLSAUTH_OK)
        code = find(lookup, response, answer);
    if (code == MTLSAUTH_OK) {
        code = mtlsauth__ocsp_signed(response, lookup->cert, lookup->issuer, params, &signer);
        note_times(answer, response, params->revocation, signer.until);
    }
    answer->authentic = code == MTLSAUTH_OK;
    answer->is_unvouched = signer.is_unvouched;
    if (answer->status == MTLSAUTH_OCSP_REVOKED &&
        (code == MTLSAUTH_ERR_UNSUPPORTED ||
         (code == MTLSAUTH_ERR_SIGNATURE && signer.until < params->now)))
        code = check_revoked(lookup, response, params, code, answer);
    return code;
}

int mtlsauth__ocsp_check(const mtlsauth_ocsp_response *response,
                         const mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                         const mtlsauth_cert *issuer, const struct ocsp_params *params,
                         struct ocsp_answer *answer)
{
    struct lookup lookup = {.cert = cert, .issuer = issuer};
    int code;

    *answer = (struct ocsp_answer){.reason = -1,
                                   .revoked_at = MTLSAUTH_NO_TIME,
                                   .this_update = MTLSAUTH_NO_TIME,
                                   .next_update = MTLSAUTH_NO_TIME,
                                   .produced_at = MTLSAUTH_NO_TIME,
                                   .valid_until = MTLSAUTH_NO_TIME};
    code = check_said(&lookup, response, request, params, answer);
    if (code != MTLSAUTH_OK)
        return code;
    /* RFC 5280 4.2: what is critical and not known is refused, of the whole and of our answer. */
    if (response->unknown_critical || lookup.unknown_critical)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP response: it has a critical extension that is not known");
    if (lookup.contradicted)
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "OCSP response: it contradicts itself: %zu answers for serial number "
                              "%s differ",
                              lookup.found, cert->serial_hex);
    code = check_fresh(answer, params->revocation, params->now);
    if (code == MTLSAUTH_OK)
        code = check_produced_at(answer, cert, params->revocation);
    return code;
}
