/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <mtlsauth/error.h>
#include "authorizer/authorizer.h"
#include "authorizer/decide.h"
#include "base/error.h"
#include "base/text.h"

/* False, and the decision a denial, where it is more than the policy takes. */
static bool is_within(size_t count, size_t limit, const char *what, int depth,
                      mtlsauth_decision *decision)
{
    char message[192];

    if (count <= limit)
        return true;
    snprintf(message, sizeof message, "%s: %zu; the policy takes %zu (mtlsauth_policy_set_limits)",
             what, count, limit);
    (void)mtlsauth__decision_deny(decision, MTLSAUTH_DENY_LIMIT, depth, message);
    return false;
}

/* The limits of the policy hold for a chain that was parsed under others, too. */
static int check_limits(const struct mtlsauth_limits *limits, const mtlsauth_chain *chain,
                        mtlsauth_decision *decision)
{
    bool fits = is_within(chain->count, limits->chain_certificates,
                          "certificates that the client presented", -1, decision) &&
                is_within(chain->bytes, limits->chain_bytes, "octets of the client's certificates",
                          -1, decision);

    for (size_t i = 0; fits && i < chain->count; i++)
        fits = is_within(chain->certs[i]->view.whole.len, limits->certificate_bytes,
                         "octets of a certificate", (int)i, decision) &&
               is_within(chain->certs[i]->san_count, limits->names, "names of a certificate",
                         (int)i, decision);
    return fits ? MTLSAUTH_OK : MTLSAUTH_DENY_LIMIT;
}

static int decide(const struct snapshot *snapshot, const mtlsauth_chain *chain, bool again,
                  struct stats *stats, mtlsauth_decision *decision)
{
    int code = check_limits(&snapshot->policy->limits, chain, decision);

    return code == MTLSAUTH_OK ? mtlsauth__decide(snapshot, chain, again, stats, decision) : code;
}

static int deny_no_authorizer(mtlsauth_decision *decision)
{
    int code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "authorize: the authorizer is NULL");

    return mtlsauth__decision_deny(decision, code, -1, mtlsauth_last_error());
}

static int authorize(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain, bool again,
                     mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};
    struct kept_sentence kept;
    struct snapshot *snapshot;
    size_t stripe;
    int code;

    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    if (authorizer == NULL)
        return deny_no_authorizer(decision);
    mtlsauth__sentence_keep(&kept);
    snapshot = mtlsauth__authorizer_pin(authorizer, &stripe);
    decision->generation = snapshot->generation;
    if (chain == NULL)
        code = mtlsauth__decision_deny_no_certificate(decision);
    else
        code = decide(snapshot, chain, again, &authorizer->stats, decision);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth__snapshot_unpin(snapshot, stripe);
    mtlsauth_decision_reset(&local);
    return mtlsauth__sentence_settle(&kept, code);
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

static int deny_unparsed(int code, const char *sentence, mtlsauth_decision *decision)
{
    return mtlsauth__decision_deny(decision, denial_of(code), -1, sentence);
}

int mtlsauth_authorize_unparsed(mtlsauth_authorizer *authorizer, int code, const char *sentence,
                                mtlsauth_decision *decision)
{
    char clean[MTLSAUTH__MAX_REASON];
    mtlsauth_decision local = {0};

    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    if (authorizer == NULL)
        return deny_no_authorizer(decision);
    if (code >= MTLSAUTH_OK) {
        code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "authorize_unparsed: %d is not what a failed parse returns", code);
        sentence = NULL;
    }
    decision->generation = mtlsauth_authorizer_generation(authorizer);
    /* Who makes a sentence may quote the client in it. */
    mtlsauth__text_clean(clean, sizeof clean, sentence == NULL ? mtlsauth_last_error() : sentence);
    code = deny_unparsed(code, clean, decision);
    if (code < MTLSAUTH_OK)
        code = mtlsauth__fail(code, "%s", clean);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth_decision_reset(&local);
    return code;
}

/* The path in which the first certificate of a text stood before; empty when it is not known. */
struct known {
    struct path_cache *cache;
    struct verified_path path;
};

/* Its other certificates mostly are those that stood in that path, too. */
static mtlsauth_cert *find_known(void *arg, struct span der, bool *borrowed)
{
    struct known *known = arg;

    if (known->path.count == 0)
        mtlsauth__path_cache_seen(known->cache, der, &known->path);
    for (size_t i = 0; i < known->path.count; i++)
        if (span_equal(known->path.certs[i]->view.whole, der)) {
            *borrowed = true;
            return known->path.certs[i];
        }
    return mtlsauth__issuer_cache_cert(mtlsauth__path_cache_issuers(known->cache), der);
}

int mtlsauth_authorize_text(mtlsauth_authorizer *authorizer, const void *data, size_t len,
                            int format, mtlsauth_decision *decision)
{
    mtlsauth_decision local = {0};
    struct kept_sentence kept;
    struct snapshot *snapshot;
    size_t stripe;
    struct known known = {.cache = NULL};
    mtlsauth_chain *chain;
    int code;

    if (authorizer == NULL || len == 0)
        return authorize(authorizer, NULL, false, decision);
    if (decision == NULL)
        decision = &local;
    mtlsauth_decision_reset(decision);
    mtlsauth__sentence_keep(&kept);
    snapshot = mtlsauth__authorizer_pin(authorizer, &stripe);
    decision->generation = snapshot->generation;
    known.cache = snapshot->paths;
    code = mtlsauth__chain_parse(&chain, data, len, format, &snapshot->policy->limits,
                                 &(struct known_certs){find_known, &known});
    if (code == MTLSAUTH_OK)
        code = decide(snapshot, chain, false, &authorizer->stats, decision);
    else
        code = deny_unparsed(code, mtlsauth_last_error(), decision);
    mtlsauth__stats_note_decision(&authorizer->stats, code);
    mtlsauth_chain_free(chain);
    mtlsauth__verified_path_clear(&known.path);
    mtlsauth__snapshot_unpin(snapshot, stripe);
    mtlsauth_decision_reset(&local);
    return mtlsauth__sentence_settle(&kept, code);
}
