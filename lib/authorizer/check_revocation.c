/* SPDX-License-Identifier: MIT */
#include "authorizer/check_revocation.h"

#include <stdio.h>
#include <mtlsauth/error.h>
#include "authorizer/ocsp_put.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/time.h"
#include "revocation/combine.h"

/* All that is known of one certificate of the path. */
struct known {
    size_t depth;
    const mtlsauth_cert *cert, *issuer;
    int evidence; /* what the policy asks for it */
    struct revocation_status crl;
    struct ocsp_status ocsp;
};

static bool misses_crl(const struct known *known)
{
    return mtlsauth__evidence_takes_crl(known->evidence) && known->crl.state != REVOCATION_GOOD;
}

static bool misses_ocsp(const struct known *known)
{
    return mtlsauth__evidence_takes_ocsp(known->evidence) && known->ocsp.state != OCSP_STATE_GOOD;
}

static void note_crl_number(const struct known *known, mtlsauth_decision *decision)
{
    hex_encode(span_of(known->crl.crl_number, known->crl.crl_number_len), decision->crl_number);
}

/* What the one that revokes it says; the list first, as it has a number. */
static void describe_revoked(const struct known *known, mtlsauth_decision *decision,
                             struct text *out)
{
    bool by_crl = known->crl.state == REVOCATION_REVOKED;
    char when[MTLSAUTH__TIME_TEXT];

    decision->revoked_by = by_crl ? "crl" : "ocsp";
    decision->revoked_at = by_crl ? known->crl.revoked_at : known->ocsp.revoked_at;
    decision->revocation_reason = by_crl ? known->crl.reason : known->ocsp.reason;
    mtlsauth__time_format(decision->revoked_at, when);
    mtlsauth__text_addf(out, " was revoked at %s (%s; ", when,
                        decision->revocation_reason < 0
                            ? "no reason given"
                            : mtlsauth_crl_reason_name(decision->revocation_reason));
    if (!by_crl) {
        mtlsauth__text_add(out, "an OCSP answer says so)");
        return;
    }
    note_crl_number(known, decision);
    mtlsauth__text_addf(out, "CRL number %s)",
                        decision->crl_number[0] == '\0' ? "none" : decision->crl_number);
}

static void describe_stale(struct text *out, const char *what, int64_t since)
{
    char when[MTLSAUTH__TIME_TEXT];

    if (since == MTLSAUTH_NO_TIME) {
        mtlsauth__text_addf(out, "%s is of the future", what);
        return;
    }
    mtlsauth__time_format(since, when);
    mtlsauth__text_addf(out, "%s is stale since %s", what, when);
}

/* The number of the list in use stands in the decision. */
static void describe_superseded(const struct known *known, const mtlsauth_decision *decision,
                                struct text *out)
{
    const struct revocation_status *crl = &known->crl;

    mtlsauth__text_add(out, "its CRL is out of date: the delta of number ");
    mtlsauth__text_add_hex(out, span_of(crl->delta_number, crl->delta_number_len));
    mtlsauth__text_add(out, " needs a complete list of number ");
    mtlsauth__text_add_hex(out, span_of(crl->wanted_number, crl->wanted_number_len));
    mtlsauth__text_addf(out, " or later, and the one in use is %s", decision->crl_number);
}

static void describe_crl(const struct known *known, mtlsauth_decision *decision, struct text *out)
{
    if (known->crl.missed) {
        mtlsauth__text_add(out, "to find out which CRLs speak of it, and who issues them, takes "
                                "more work than is done for a client, and one of them may revoke "
                                "it");
        return;
    }
    if (known->crl.state != REVOCATION_STALE) {
        mtlsauth__text_add(out, "there is no CRL that speaks of it");
        return;
    }
    note_crl_number(known, decision);
    if (known->crl.delta_number_len > 0)
        describe_superseded(known, decision, out);
    else
        describe_stale(out, "its CRL", known->crl.stale_since);
}

static void describe_ocsp(const struct known *known, struct text *out)
{
    switch (known->ocsp.state) {
    case OCSP_STATE_STALE:
        if (known->ocsp.stale_since == MTLSAUTH_NO_TIME)
            mtlsauth__text_addf(out, "its OCSP answer does not count: %s", known->ocsp.why);
        else
            describe_stale(out, "its OCSP answer", known->ocsp.stale_since);
        break;
    case OCSP_STATE_INVALID:
        mtlsauth__text_addf(out, "its OCSP answer does not count: %s", known->ocsp.why);
        break;
    case OCSP_STATE_UNKNOWN:
        mtlsauth__text_add(out, "its OCSP responder does not know it");
        break;
    default:
        mtlsauth__text_add(out, "there is no OCSP answer about it");
        break;
    }
}

/* What is missing, and of whom; the issuer is the one whose data it would be. */
static void describe_missing(const struct known *known, mtlsauth_decision *decision,
                             struct text *out)
{
    bool crl = misses_crl(known) || known->crl.missed, ocsp = misses_ocsp(known);

    mtlsauth__text_addf(out, ", issued by %s: ", mtlsauth__show(known->cert->issuer).text);
    if (crl) {
        describe_crl(known, decision, out);
        decision->stale_since = known->crl.stale_since;
    }
    if (crl && ocsp)
        mtlsauth__text_add(out, known->evidence == MTLSAUTH_EVIDENCE_CRL_OR_OCSP ? ", and " : "; ");
    if (ocsp) {
        describe_ocsp(known, out);
        if (decision->stale_since == MTLSAUTH_NO_TIME)
            decision->stale_since = known->ocsp.stale_since;
    }
}

/* A revocation is asked about again only where it is a hold that may have ended since. */
static bool asks_ocsp(const struct known *known, int code)
{
    if (code == MTLSAUTH_DENY_REVOKED &&
        (known->crl.state == REVOCATION_REVOKED || !known->ocsp.may_have_ended))
        return false;
    return misses_ocsp(known);
}

static int deny(mtlsauth_decision *decision, int code, const struct known *known)
{
    struct text text = {0};
    char *message;

    /* It was looked at: an answer was found, or found to be missing. */
    decision->checks |= MTLSAUTH_CHECK_REVOCATION;
    mtlsauth__text_addf(&text, "certificate %zu of the path (%s)", known->depth,
                        mtlsauth__show(known->cert->subject).text);
    if (code == MTLSAUTH_DENY_REVOKED)
        describe_revoked(known, decision, &text);
    else
        describe_missing(known, decision, &text);
    message = mtlsauth__text_take(&text);
    code = mtlsauth__decision_deny(decision, code, (int)known->depth,
                                   message == NULL ? mtlsauth_code_text(code) : message);
    mtlsauth__free(message);
    if (asks_ocsp(known, code))
        mtlsauth__decision_ask_ocsp(decision, known->cert, known->issuer);
    return code;
}

/* What lists and answers say; MTLSAUTH_OK, _ERR_NOMEM or _ERR_CRYPTO. */
static int look(const struct snapshot *snapshot, const struct crl_context *lists,
                const struct ocsp_params *params, struct known *known)
{
    int code = mtlsauth__crl_set_status(snapshot->crls, lists, known->depth, &known->crl);

    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_cache_status(snapshot->ocsp, known->cert, known->issuer, params,
                                           &known->ocsp);
    return code;
}

/*
 * What follows from it. A list that was not looked for to the end, or whose issuer was not, may
 * revoke, and who has issued a certificate of the path can make that search long: it denies,
 * whatever else is asked.
 */
static int judge(const struct known *known, bool allow_unknown)
{
    int code = mtlsauth__revocation_combine(known->evidence, allow_unknown, known->crl.state,
                                            known->ocsp.state);

    return code == MTLSAUTH_OK && known->crl.missed ? MTLSAUTH_DENY_REVOCATION_UNKNOWN : code;
}

/* What has to speak for a certificate of the path. */
static int evidence_for(const struct revocation_params *params, size_t depth,
                        const mtlsauth_cert *issuer)
{
    if (depth > 0 && params->depth == MTLSAUTH_DEPTH_LEAF)
        return MTLSAUTH_EVIDENCE_OFF;
    return mtlsauth__evidence_for(params, issuer);
}

/*
 * May this certificate have issued the anchor? What its own key has signed is of nobody else, and
 * lists of a root of the same name may well have its serial number.
 */
static enum crypto_verdict may_have_issued(const struct snapshot *snapshot,
                                           const mtlsauth_cert *issuer, const mtlsauth_cert *anchor)
{
    const struct trusted *entry;
    const struct examined *examined;

    if (!key_ids_fit(anchor, issuer))
        return CRYPTO_NO;
    if (!anchor->self_issued)
        return CRYPTO_YES;
    if (memcmp(anchor->spki_sha256, issuer->spki_sha256, MTLSAUTH_SHA256_LEN) == 0)
        return CRYPTO_NO;
    entry = mtlsauth__truststore_entry(snapshot->truststore, anchor);
    examined = entry == NULL ? NULL : mtlsauth__trusted_examine(entry);
    if (examined == NULL)
        return CRYPTO_FAILED;
    return examined->is_self_signed ? CRYPTO_NO : CRYPTO_YES;
}

/*
 * The anchor is the operator's word, and nothing has to speak for it. But where a CA of the
 * truststore has issued it, as of a client that stands there itself, what says that it is revoked
 * is heard. Name and key identifier tell who that is: to keep somebody out no signature is checked.
 */
static int check_anchor(const struct snapshot *snapshot, const struct crl_context *lists,
                        mtlsauth_decision *decision)
{
    size_t depth = lists->path_count - 1;
    mtlsauth_cert *path[] = {lists->path[depth], NULL};
    struct ocsp_context context = {
        .snapshot = snapshot, .now = lists->now, .path = path, .path_count = 2};
    struct ocsp_params params = mtlsauth__ocsp_params_of(&context);
    const struct trusted *const *issuers;
    struct crl_context above = *lists;
    size_t count;

    /* The key identifiers of most roots say that no other key has issued them. */
    if (path[0]->self_issued && path[0]->view.authority_key_id.len > 0 &&
        span_equal(path[0]->view.authority_key_id, path[0]->view.subject_key_id))
        return MTLSAUTH_OK;
    count = mtlsauth__truststore_find(snapshot->truststore, path[0]->issuer_key, &issuers);
    above.path = path;
    above.path_count = 2;
    for (size_t i = 0; i < count; i++) {
        struct known known = {
            .cert = path[0], .issuer = issuers[i]->cert, .evidence = MTLSAUTH_EVIDENCE_OFF};
        enum crypto_verdict issued;
        int code;

        path[1] = issuers[i]->cert;
        issued = may_have_issued(snapshot, path[1], path[0]);
        if (issued == CRYPTO_NO)
            continue;
        if (issued == CRYPTO_FAILED || look(snapshot, &above, &params, &known) != MTLSAUTH_OK)
            return mtlsauth__decision_deny_memory(decision, (int)depth);
        known.depth = depth;
        code = judge(&known, false);
        if (code != MTLSAUTH_OK)
            return deny(decision, code, &known);
    }
    return MTLSAUTH_OK;
}

int mtlsauth__check_revocation(const struct snapshot *snapshot, int64_t now,
                               mtlsauth_decision *decision)
{
    const struct verified_path *path = &decision->path;
    struct ocsp_context context = {
        .snapshot = snapshot, .now = now, .path = path->certs, .path_count = path->count};
    struct ocsp_params params = mtlsauth__ocsp_params_of(&context);
    const struct crl_context lists = {.params = params.revocation,
                                      .path_params = params.path,
                                      .truststore = snapshot->truststore,
                                      .intermediates = snapshot->intermediates,
                                      .path = path->certs,
                                      .path_count = path->count,
                                      .now = now};
    int code;

    /* All are looked at, and what is revoked is denied, whether or not the policy asks for
     * evidence. */
    for (size_t i = 0; i + 1 < path->count; i++) {
        struct known known = {.depth = i,
                              .cert = path->certs[i],
                              .issuer = path->certs[i + 1],
                              .evidence = evidence_for(params.revocation, i, path->certs[i + 1])};

        code = look(snapshot, &lists, &params, &known);
        if (code != MTLSAUTH_OK)
            return mtlsauth__decision_deny_memory(decision, (int)i);
        code = judge(&known, params.revocation->allow_unknown);
        if (code != MTLSAUTH_OK)
            return deny(decision, code, &known);
    }
    code = check_anchor(snapshot, &lists, decision);
    if (code == MTLSAUTH_OK)
        decision->checks |= MTLSAUTH_CHECK_REVOCATION;
    return code;
}
