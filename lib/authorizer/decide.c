/* SPDX-License-Identifier: MIT */
#include "authorizer/decide.h"

#include <stdio.h>
#include <mtlsauth/error.h>
#include "authorizer/check_revocation.h"
#include "base/memory.h"

#define CHECKS_OF_PATH                                                                             \
    ((unsigned)MTLSAUTH_CHECK_PATH | (unsigned)MTLSAUTH_CHECK_ALGORITHMS |                         \
     (unsigned)MTLSAUTH_CHECK_TIME | (unsigned)MTLSAUTH_CHECK_USAGE)

bool mtlsauth__pool_add(struct pool *pool, mtlsauth_cert *const *certs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mtlsauth_cert **grown =
            mtlsauth__grow(pool->certs, pool->count, &pool->capacity, sizeof *grown);

        if (grown == NULL)
            return false;
        pool->certs = grown;
        grown[pool->count++] = certs[i];
    }
    return true;
}

void mtlsauth__pool_drop(struct pool *pool)
{
    mtlsauth__free(pool->certs);
    *pool = (struct pool){0};
}

/* What was looked at before a path failed. */
static unsigned checks_until(enum progress progress)
{
    unsigned checks = MTLSAUTH_CHECK_PATH;

    if (progress >= PROGRESS_ALGORITHMS)
        checks |= MTLSAUTH_CHECK_ALGORITHMS;
    if (progress >= PROGRESS_TIME)
        checks |= MTLSAUTH_CHECK_TIME;
    if (progress >= PROGRESS_USAGE)
        checks |= MTLSAUTH_CHECK_USAGE;
    return checks;
}

static void note_truststore(const mtlsauth_truststore *truststore, mtlsauth_decision *decision)
{
    memcpy(decision->truststore_sha256, truststore->sha256_hex, MTLSAUTH_SHA256_HEX_LEN);
}

static void note_path(mtlsauth_decision *decision)
{
    decision->checks |= CHECKS_OF_PATH;
    decision->valid_until = decision->path.valid_until;
}

int mtlsauth__decide_path(const mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                          mtlsauth_cert *leaf, const struct pool *pool, int64_t now,
                          struct issuer_cache *known, mtlsauth_decision *decision)
{
    struct reason reason;
    int code;

    note_truststore(truststore, decision);
    code = mtlsauth__path_find(truststore, leaf, pool->certs, pool->count, &policy->path, now,
                               known, &decision->path, &reason);
    if (code != MTLSAUTH_OK) {
        decision->checks |= checks_until(reason.progress);
        return mtlsauth__decision_deny(decision, code, reason.depth, reason.message);
    }
    note_path(decision);
    return MTLSAUTH_OK;
}

/* Candidates for the middle: what the client sent, what is configured, what was seen before. */
static int search_path(const struct snapshot *snapshot, const mtlsauth_chain *chain,
                       const struct verified_path *seen, int64_t now, mtlsauth_decision *decision)
{
    const mtlsauth_chain *intermediates = snapshot->intermediates;
    struct pool pool = {0};
    int code;

    if (mtlsauth__pool_add(&pool, chain->certs + 1, chain->count - 1) &&
        (intermediates == NULL ||
         mtlsauth__pool_add(&pool, intermediates->certs, intermediates->count)) &&
        (seen->count <= 2 || mtlsauth__pool_add(&pool, seen->certs + 1, seen->count - 2)))
        code = mtlsauth__decide_path(snapshot->truststore, snapshot->policy, chain->certs[0], &pool,
                                     now, mtlsauth__path_cache_issuers(snapshot->paths), decision);
    else
        code = mtlsauth__decision_deny_memory(decision, -1);
    mtlsauth__pool_drop(&pool);
    return code;
}

/* How the path of a decision is remembered. */
struct remembered {
    struct path_key key;
    bool has_key;
    bool is_last; /* the leaf was last allowed by it */
};

/* The path that was found for this very chain, if it holds now, else one that is looked for. */
static int check_path(const struct snapshot *snapshot, const mtlsauth_chain *chain, bool again,
                      int64_t now, struct stats *stats, struct remembered *remembered,
                      mtlsauth_decision *decision)
{
    mtlsauth_cert *leaf = chain->certs[0];
    struct path_key *key = &remembered->key;
    struct verified_path seen = {0};
    int code = MTLSAUTH_OK;
    bool is_known;

    if (again)
        mtlsauth__path_cache_seen(snapshot->paths, leaf->view.whole, &seen);
    remembered->has_key = mtlsauth__path_key(key, chain->certs, chain->count, &seen);
    is_known = remembered->has_key &&
               mtlsauth__path_cache_get(snapshot->paths, leaf, key, now, &decision->path,
                                        &remembered->is_last);
    mtlsauth__stats_note_path(stats, is_known);
    if (is_known) {
        note_truststore(snapshot->truststore, decision);
        note_path(decision);
    } else {
        code = search_path(snapshot, chain, &seen, now, decision);
        if (remembered->has_key && code == MTLSAUTH_OK)
            mtlsauth__path_cache_put(snapshot->paths, key, &decision->path);
    }
    mtlsauth__verified_path_clear(&seen);
    return code;
}

/* Before anything else: a blocked client learns, and costs, nothing more. */
static int check_block_list(const struct snapshot *snapshot,
                            const struct identity_subject *subject, mtlsauth_decision *decision)
{
    char message[MTLSAUTH__MAX_REASON];
    const char *matcher;
    int code = mtlsauth__rules_blocked(snapshot->policy->rules, subject, &matcher);

    if (code == MTLSAUTH_DENY_BLOCKED) {
        snprintf(message, sizeof message, "the client's certificate (%s) is on the block list: %s",
                 mtlsauth__show(subject->leaf->subject).text, mtlsauth__show(matcher).text);
        return mtlsauth__decision_deny(decision, code, 0, message);
    }
    if (code == MTLSAUTH_DENY_BAD_NAME)
        return mtlsauth__decision_deny(decision, code, 0,
                                       "the client's certificate has a name in a form that cannot "
                                       "be compared with the block list");
    if (code != MTLSAUTH_OK)
        return mtlsauth__decision_deny_memory(decision, -1);
    decision->checks |= MTLSAUTH_CHECK_BLOCK_LIST;
    return MTLSAUTH_OK;
}

static int deny_identity(const struct rules *rules, const struct identity_subject *subject,
                         mtlsauth_decision *decision)
{
    struct text why = {0};
    char *message;
    int code;

    mtlsauth__rules_explain(rules, subject, &why);
    message = mtlsauth__text_take(&why);
    code = mtlsauth__decision_deny(decision, MTLSAUTH_DENY_IDENTITY, 0,
                                   message == NULL ? "no rule allows it" : message);
    mtlsauth__free(message);
    return code;
}

/* Whose key has signed the leaf. In a path of one it is its own where it is self-signed; whose it
 * is otherwise is not known, NULL, and no rule about it is met. False when this cannot be told. */
static bool issuer_of_leaf(const struct snapshot *snapshot, const struct verified_path *path,
                           const mtlsauth_cert **issuer)
{
    const struct trusted *entry;
    const struct examined *examined;

    *issuer = path->count > 1 ? path->certs[1] : NULL;
    if (path->count > 1)
        return true;
    entry = mtlsauth__truststore_entry(snapshot->truststore, path->certs[0]);
    examined = entry == NULL ? NULL : mtlsauth__trusted_examine(entry);
    if (examined != NULL && examined->is_self_signed)
        *issuer = path->certs[0];
    return examined != NULL;
}

static int check_identity(const struct snapshot *snapshot, struct identity_subject *subject,
                          mtlsauth_decision *decision)
{
    const struct verified_path *path = &decision->path;
    struct text identity = {0};
    const char *label;
    int code;

    if (!issuer_of_leaf(snapshot, path, &subject->issuer))
        return mtlsauth__decision_deny_memory(decision, -1);
    subject->anchor = path->certs[path->count - 1];
    code = mtlsauth__rules_match(snapshot->policy->rules, subject, &label, &identity);
    if (code == MTLSAUTH_OK) {
        decision->identity = mtlsauth__text_take(&identity);
        decision->label = mtlsauth__strdup(label);
        if (decision->identity == NULL || decision->label == NULL)
            return mtlsauth__decision_deny_memory(decision, -1);
    }
    mtlsauth__text_drop(&identity);
    decision->checks |= MTLSAUTH_CHECK_IDENTITY;
    if (code == MTLSAUTH_DENY_IDENTITY)
        return deny_identity(snapshot->policy->rules, subject, decision);
    return code == MTLSAUTH_OK ? MTLSAUTH_OK : mtlsauth__decision_deny_memory(decision, -1);
}

/* Of year 0 every certificate would be said to be not valid yet. */
int mtlsauth__decide_without_time(mtlsauth_decision *decision)
{
    return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_INTERNAL, -1,
                                   "the check could not be completed: the clock of the policy has "
                                   "no time");
}

int mtlsauth__decide(const struct snapshot *snapshot, const mtlsauth_chain *chain, bool again,
                     struct stats *stats, mtlsauth_decision *decision)
{
    const mtlsauth_policy *policy = snapshot->policy;
    mtlsauth_cert *leaf = chain->certs[0];
    struct identity_subject subject = {.leaf = leaf,
                                       .certificate_wildcards = policy->certificate_wildcards};
    struct remembered remembered = {.has_key = false};
    unsigned required = CHECKS_OF_PATH | (unsigned)MTLSAUTH_CHECK_BLOCK_LIST |
                        (unsigned)MTLSAUTH_CHECK_IDENTITY;
    int64_t now;
    bool asks_revocation = policy->revocation.evidence != MTLSAUTH_EVIDENCE_OFF ||
                           policy->revocation.issuer_count > 0 || snapshot->ocsp->count > 0;
    int code;

    if (!mtlsauth__policy_time(policy, &now))
        return mtlsauth__decide_without_time(decision);
    if (asks_revocation)
        required |= MTLSAUTH_CHECK_REVOCATION;
    code = check_block_list(snapshot, &subject, decision);
    if (code == MTLSAUTH_OK)
        code = check_path(snapshot, chain, again, now, stats, &remembered, decision);
    if (code == MTLSAUTH_OK)
        code = check_identity(snapshot, &subject, decision);
    if (code == MTLSAUTH_OK && asks_revocation)
        code = mtlsauth__check_revocation(snapshot, now, decision);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__decision_allow(decision, required);
    if (code == MTLSAUTH_OK && remembered.has_key && !remembered.is_last)
        mtlsauth__path_cache_allowed(snapshot->paths, leaf, &remembered.key);
    return code;
}
