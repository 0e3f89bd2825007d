/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "authorizer/authorizer.h"
#include "authorizer/decide.h"
#include "base/error.h"

/* The limits of the policy hold for a chain that was parsed under others, too. */
static int check_limits(const struct mtlsauth_limits *limits, const mtlsauth_chain *chain,
                        mtlsauth_decision *decision)
{
    if (chain->count > limits->chain_certificates)
        return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_LIMIT, -1,
                                       "the client presented more certificates than are taken");
    if (chain->bytes > limits->chain_bytes)
        return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_LIMIT, -1,
                                       "the client's certificates are larger than is taken");
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->certs[i]->view.whole.len > limits->certificate_bytes ||
            chain->certs[i]->san_count > limits->names)
            return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_LIMIT, (int)i,
                                           "a certificate is larger, or has more names, than is "
                                           "taken");
    }
    return MTLSAUTH_OK;
}

/* Candidates for the middle: what the client sent, what is configured, what was seen before. */
static int decide(mtlsauth_authorizer *authorizer, const struct snapshot *snapshot,
                  const mtlsauth_chain *chain, bool again, mtlsauth_decision *decision)
{
    const mtlsauth_chain *intermediates = snapshot->intermediates;
    struct verified_path seen = {0};
    struct pool pool = {0};
    int code = check_limits(&snapshot->policy->limits, chain, decision);
    bool ok;

    if (code != MTLSAUTH_OK)
        return code;
    ok = mtlsauth__pool_add(&pool, chain->certs + 1, chain->count - 1);
    if (ok && intermediates != NULL)
        ok = mtlsauth__pool_add(&pool, intermediates->certs, intermediates->count);
    if (ok && again)
        ok = mtlsauth__remembered_get(authorizer->remembered, chain->certs[0], &seen) &&
             mtlsauth__pool_add(&pool, seen.certs, seen.count);
    if (ok)
        code = mtlsauth__decide(snapshot, chain->certs[0], &pool, decision);
    else
        code = mtlsauth__decision_deny(decision, MTLSAUTH_DENY_INTERNAL, -1, "out of memory");
    if (code == MTLSAUTH_OK)
        mtlsauth__remembered_put(authorizer->remembered, &decision->path);
    mtlsauth__pool_drop(&pool);
    mtlsauth__verified_path_clear(&seen);
    return code;
}

static int deny_no_authorizer(mtlsauth_decision *decision)
{
    int code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "authorize: the authorizer is NULL");

    return mtlsauth__decision_deny(decision, code, -1, mtlsauth_last_error());
}

static int deny_no_certificate(mtlsauth_decision *decision)
{
    return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_NO_CERTIFICATE, -1,
                                   "the client presented no certificate");
}

static int authorize(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain, bool again,
                     mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};
    struct snapshot *snapshot;
    int code;

    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    if (authorizer == NULL)
        return deny_no_authorizer(decision);
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    decision->generation = snapshot->generation;
    if (chain == NULL)
        code = deny_no_certificate(decision);
    else
        code = decide(authorizer, snapshot, chain, again, decision);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth__snapshot_free(snapshot);
    mtlsauth_decision_reset(&local);
    return code;
}

int mtlsauth_authorize(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain,
                       mtlsauth_decision *decision)
{
    return authorize(authorizer, chain, false, decision);
}

int mtlsauth_authorize_again(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain,
                             mtlsauth_decision *decision)
{
    return authorize(authorizer, chain, true, decision);
}

/* What a failed parse says of the client. */
static int denial_of(int parse_code)
{
    switch (parse_code) {
    case MTLSAUTH_ERR_PARSE:
        return MTLSAUTH_DENY_MALFORMED;
    case MTLSAUTH_ERR_LIMIT:
        return MTLSAUTH_DENY_LIMIT;
    case MTLSAUTH_ERR_ARGUMENT:
        return MTLSAUTH_ERR_ARGUMENT;
    default:
        return MTLSAUTH_DENY_INTERNAL;
    }
}

static int deny_unparsed(int code, mtlsauth_decision *decision)
{
    return mtlsauth__decision_deny(decision, denial_of(code), -1, mtlsauth_last_error());
}

int mtlsauth_authorize_unparsed(mtlsauth_authorizer *authorizer, int code,
                                mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};

    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    if (authorizer == NULL)
        return deny_no_authorizer(decision);
    if (code >= MTLSAUTH_OK)
        code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "authorize_unparsed: %d is not what a failed parse returns", code);
    decision->generation = mtlsauth_authorizer_generation(authorizer);
    code = deny_unparsed(code, decision);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth_decision_reset(&local);
    return code;
}

int mtlsauth_authorize_text(mtlsauth_authorizer *authorizer, const void *data, size_t len,
                            int format, mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};
    struct snapshot *snapshot;
    mtlsauth_chain *chain;
    int code;

    if (authorizer == NULL || len == 0)
        return authorize(authorizer, NULL, false, decision);
    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    decision->generation = snapshot->generation;
    code = mtlsauth_chain_parse(&chain, data, len, format, &snapshot->policy->limits);
    if (code == MTLSAUTH_OK)
        code = decide(authorizer, snapshot, chain, false, decision);
    else
        code = deny_unparsed(code, decision);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth_chain_free(chain);
    mtlsauth__snapshot_free(snapshot);
    mtlsauth_decision_reset(&local);
    return code;
}
