/* SPDX-License-Identifier: MIT */
#include <mtlsauth/authorizer.h>

#include <pthread.h>
#include <mtlsauth/error.h>
#include "authorizer/decide.h"
#include "authorizer/remembered.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/floor_store.h"

struct mtlsauth_authorizer {
    struct refcount refs;
    pthread_mutex_t writer; /* held while the next snapshot is made */
    pthread_mutex_t lock;   /* held while current is read or replaced, and no longer */
    struct snapshot *current;
    char *state_dir; /* where floors are kept, or NULL; of the writer */
    struct remembered *remembered;
};

/*
 * A reference to the snapshot in force. Loading the pointer and counting up have to be one step: in
 * between, a writer could let the last reference go.
 */
static struct snapshot *acquire(mtlsauth_authorizer *authorizer)
{
    struct snapshot *snapshot;

    pthread_mutex_lock(&authorizer->lock);
    snapshot = authorizer->current;
    refcount_add(&snapshot->refs);
    pthread_mutex_unlock(&authorizer->lock);
    return snapshot;
}

static void publish(mtlsauth_authorizer *authorizer, struct snapshot *next)
{
    struct snapshot *last;

    pthread_mutex_lock(&authorizer->lock);
    last = authorizer->current;
    authorizer->current = next;
    pthread_mutex_unlock(&authorizer->lock);
    mtlsauth__snapshot_free(last);
}

int mtlsauth_authorizer_new(mtlsauth_authorizer **out, mtlsauth_truststore *truststore,
                            const mtlsauth_policy *policy)
{
    mtlsauth_authorizer *made;
    struct crl_set *none;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "authorizer_new: out is NULL");
    *out = NULL;
    made = mtlsauth__calloc(1, sizeof *made);
    if (made == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&made->refs);
    code = mtlsauth__crl_set_new(&none);
    if (code == MTLSAUTH_OK) {
        code = mtlsauth__snapshot_new(&made->current, 1, truststore, policy, NULL, none);
        mtlsauth__crl_set_free(none);
    }
    if (code != MTLSAUTH_OK) {
        mtlsauth__free(made);
        return code;
    }
    made->remembered = mtlsauth__remembered_new();
    if (made->remembered == NULL || pthread_mutex_init(&made->writer, NULL) != 0) {
        mtlsauth__remembered_free(made->remembered);
        mtlsauth__snapshot_free(made->current);
        mtlsauth__free(made);
        return mtlsauth__fail_memory();
    }
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        pthread_mutex_destroy(&made->writer);
        mtlsauth__remembered_free(made->remembered);
        mtlsauth__snapshot_free(made->current);
        mtlsauth__free(made);
        return mtlsauth__fail_memory();
    }
    *out = made;
    return MTLSAUTH_OK;
}

mtlsauth_authorizer *mtlsauth_authorizer_ref(mtlsauth_authorizer *authorizer)
{
    if (authorizer != NULL)
        refcount_add(&authorizer->refs);
    return authorizer;
}

void mtlsauth_authorizer_free(mtlsauth_authorizer *authorizer)
{
    if (authorizer == NULL || !refcount_drop(&authorizer->refs))
        return;
    mtlsauth__snapshot_free(authorizer->current);
    mtlsauth__remembered_free(authorizer->remembered);
    mtlsauth__free(authorizer->state_dir);
    pthread_mutex_destroy(&authorizer->lock);
    pthread_mutex_destroy(&authorizer->writer);
    mtlsauth__free(authorizer);
}

/* What a setter replaces: NULL stands for what is there. */
struct change {
    mtlsauth_truststore *truststore;
    const mtlsauth_policy *policy;
    mtlsauth_chain *intermediates;
    bool set_intermediates;
    mtlsauth_crl *put_crl;
    const mtlsauth_crl *remove_crl;
    const char *state_dir;
};

/* An index may be of a list that was loaded under another policy: what can be told is told again. */
static int put_crl(struct crl_set **out, const struct crl_set *set, mtlsauth_crl *crl,
                   const mtlsauth_policy *policy)
{
    const char *why = "";
    int code = mtlsauth__crl_vet(&crl->image.facts, policy->revocation.crl_without_number);

    if (code != MTLSAUTH_OK)
        return code;
    if (!mtlsauth__signature_is_strong(&policy->path, &crl->algorithm, &why))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: signed with %s, which the policy does not take: %s",
                              crl->algorithm_text, why);
    return mtlsauth__crl_set_with(out, set, crl);
}

/* The set with what is kept in the state folder, which no other process has until the store ends. */
static int with_state(struct crl_set **out, const struct crl_set *set, const char *folder,
                      struct floor_store *store)
{
    struct crl_floors floors;
    int code = mtlsauth__floor_store_begin(store, folder, &floors);

    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__crl_set_raise(out, set, &floors);
    mtlsauth__crl_floors_drop(&floors);
    return code;
}

/* The CRLs of the next snapshot. store is open afterwards when their floors are to be kept. */
static int next_crls(struct crl_set **out, mtlsauth_authorizer *authorizer, struct crl_set *set,
                     const struct change *change, const mtlsauth_policy *policy,
                     struct floor_store *store)
{
    const char *folder = change->state_dir == NULL ? authorizer->state_dir : change->state_dir;
    struct crl_set *raised = NULL;
    int code = MTLSAUTH_OK;

    if (change->remove_crl != NULL)
        return mtlsauth__crl_set_without(out, set, change->remove_crl);
    if (folder == NULL || (change->state_dir == NULL && change->put_crl == NULL))
        raised = mtlsauth__crl_set_ref(set);
    else
        code = with_state(&raised, set, folder, store);
    if (code == MTLSAUTH_OK && change->put_crl != NULL)
        code = put_crl(out, raised, change->put_crl, policy);
    else if (code == MTLSAUTH_OK)
        *out = mtlsauth__crl_set_ref(raised);
    mtlsauth__crl_set_free(raised);
    return code;
}

static int keep_floors(struct floor_store *store, const struct crl_set *set)
{
    struct crl_floors floors;
    int code;

    if (store->path == NULL)
        return MTLSAUTH_OK;
    code = mtlsauth__crl_set_floors(&floors, set);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__floor_store_write(store, &floors);
    mtlsauth__crl_floors_drop(&floors);
    return code;
}

/* Makes the next snapshot and puts it in place; readers go on meanwhile. */
static int apply(mtlsauth_authorizer *authorizer, const struct change *change)
{
    struct floor_store store = {.path = NULL};
    struct snapshot *now, *next = NULL;
    struct crl_set *crls = NULL;
    const mtlsauth_policy *policy;
    char *state_dir = NULL;
    int code = MTLSAUTH_OK;

    if (change->state_dir != NULL) {
        state_dir = mtlsauth__strdup(change->state_dir);
        if (state_dir == NULL)
            return mtlsauth__fail_memory();
    }
    pthread_mutex_lock(&authorizer->writer);
    now = acquire(authorizer);
    policy = change->policy == NULL ? now->policy : change->policy;
    code = next_crls(&crls, authorizer, now->crls, change, policy, &store);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__snapshot_new(
            &next, now->generation + 1,
            change->truststore == NULL ? now->truststore : change->truststore, policy,
            change->set_intermediates ? change->intermediates : now->intermediates, crls);
    /* The floor first: a list is not in use before it is sure that it will not be forgotten. */
    if (code == MTLSAUTH_OK)
        code = keep_floors(&store, crls);
    mtlsauth__floor_store_end(&store);
    if (code == MTLSAUTH_OK) {
        publish(authorizer, next);
        next = NULL;
        if (state_dir != NULL) {
            mtlsauth__free(authorizer->state_dir);
            authorizer->state_dir = state_dir;
            state_dir = NULL;
        }
    }
    mtlsauth__free(state_dir);
    mtlsauth__snapshot_free(next);
    mtlsauth__crl_set_free(crls);
    mtlsauth__snapshot_free(now);
    pthread_mutex_unlock(&authorizer->writer);
    return code;
}

int mtlsauth_authorizer_set_intermediates(mtlsauth_authorizer *authorizer, mtlsauth_chain *chain)
{
    const struct change change = {.intermediates = chain, .set_intermediates = true};

    if (authorizer == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "set_intermediates: the authorizer is NULL");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_set_truststore(mtlsauth_authorizer *authorizer,
                                       mtlsauth_truststore *truststore)
{
    const struct change change = {.truststore = truststore};

    if (authorizer == NULL || truststore == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "set_truststore: an authorizer and a truststore are needed");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_set_policy(mtlsauth_authorizer *authorizer, const mtlsauth_policy *policy)
{
    const struct change change = {.policy = policy};

    if (authorizer == NULL || policy == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "set_policy: an authorizer and a policy are needed");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_put_crl(mtlsauth_authorizer *authorizer, mtlsauth_crl *crl)
{
    const struct change change = {.put_crl = crl};

    if (authorizer == NULL || crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "put_crl: an authorizer and a CRL are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "put_crl: the signature of this CRL was not verified; load it with "
                              "mtlsauth_crl_load");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_remove_crl(mtlsauth_authorizer *authorizer, const mtlsauth_crl *crl)
{
    const struct change change = {.remove_crl = crl};

    if (authorizer == NULL || crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "remove_crl: an authorizer and a CRL are needed");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_set_state_dir(mtlsauth_authorizer *authorizer, const char *path)
{
    const struct change change = {.state_dir = path};

    if (authorizer == NULL || path == NULL || *path == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "set_state_dir: an authorizer and the path of a folder are needed");
    return apply(authorizer, &change);
}

uint64_t mtlsauth_authorizer_generation(mtlsauth_authorizer *authorizer)
{
    uint64_t generation;

    if (authorizer == NULL)
        return 0;
    pthread_mutex_lock(&authorizer->lock);
    generation = authorizer->current->generation;
    pthread_mutex_unlock(&authorizer->lock);
    return generation;
}

int mtlsauth_authorizer_session_context(mtlsauth_authorizer *authorizer,
                                        unsigned char out[MTLSAUTH_SHA256_LEN])
{
    if (authorizer == NULL || out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "session_context: an authorizer and a place for it are needed");
    pthread_mutex_lock(&authorizer->lock);
    memcpy(out, authorizer->current->context, MTLSAUTH_SHA256_LEN);
    pthread_mutex_unlock(&authorizer->lock);
    return MTLSAUTH_OK;
}

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
    snapshot = acquire(authorizer);
    decision->generation = snapshot->generation;
    if (chain == NULL)
        code = deny_no_certificate(decision);
    else
        code = decide(authorizer, snapshot, chain, again, decision);
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
    snapshot = acquire(authorizer);
    decision->generation = snapshot->generation;
    code = mtlsauth_chain_parse(&chain, data, len, format, &snapshot->policy->limits);
    if (code == MTLSAUTH_OK)
        code = decide(authorizer, snapshot, chain, false, decision);
    else
        code = deny_unparsed(code, decision);
    mtlsauth_chain_free(chain);
    mtlsauth__snapshot_free(snapshot);
    mtlsauth_decision_reset(&local);
    return code;
}
