/* SPDX-License-Identifier: MIT */
#include "authorizer/change.h"

#include <mtlsauth/error.h>
#include "authorizer/ocsp_put.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/floor_store.h"

static int vet(const mtlsauth_crl *crl, const mtlsauth_policy *policy)
{
    const struct crl_rules rules = {.params = &policy->path, .revocation = &policy->revocation};

    return mtlsauth__crl_vet_again(crl, crl->signer, &rules);
}

/* A list in use that the next policy does not take would go on saying "not revoked" under it. */
static int vet_in_use(const struct crl_set *set, const mtlsauth_policy *policy)
{
    for (size_t i = 0; i < set->count; i++) {
        const mtlsauth_crl *crl = set->slots[i].crl;
        int code = crl == NULL ? MTLSAUTH_OK : vet(crl, policy);

        if (code != MTLSAUTH_OK)
            return mtlsauth__fail_in(
                code,
                "policy: it does not take a list that is in use, \"%s\"%s%s, number %s; put one "
                "that both policies take, or remove it with mtlsauth_authorizer_remove_crl, and "
                "set the policy again: ",
                crl->issuer, *crl->point == '\0' ? "" : ", ", crl->point,
                *crl->number_hex == '\0' ? "none" : crl->number_hex);
    }
    return MTLSAUTH_OK;
}

int64_t mtlsauth__change_latest(const mtlsauth_authorizer *authorizer)
{
    struct snapshot *snapshot = mtlsauth__authorizer_acquire(authorizer);
    int64_t now, skew = snapshot->policy->revocation.clock_skew;
    bool has_time = mtlsauth__policy_time(snapshot->policy, &now);

    mtlsauth__snapshot_free(snapshot);
    return has_time ? now + skew : INT64_MAX;
}

/*
 * The set with what is kept in the state folder, which no other process has until the store ends.
 * Another process may be ahead while the folder is in use; who comes to it late is told.
 */
static int with_state(struct crl_set **out, const struct crl_set *set, const char *folder,
                      bool is_late, int64_t latest, struct floor_store *store)
{
    struct crl_floors floors;
    int code = mtlsauth__floor_store_begin(store, folder, &floors);

    if (code != MTLSAUTH_OK)
        return code;
    if (is_late)
        code = mtlsauth__crl_set_above_floors(set, &floors, latest);
    if (code != MTLSAUTH_OK)
        code = mtlsauth__fail_in(code, "%s: a list in use: ", folder);
    else
        code = mtlsauth__crl_set_raise(out, set, &floors);
    mtlsauth__crl_floors_drop(&floors);
    return code;
}

/* Notes why a list is not put. What memory made up is no statement about it: it ends the call. */
static int refuse(struct crl_put *put, int code)
{
    put->code = code;
    if (code == MTLSAUTH_ERR_NOMEM)
        return code;
    put->sentence = mtlsauth__strdup(mtlsauth_last_error());
    return put->sentence == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

/* The lists of a change that go to the set, and where each stands among the puts. */
struct accepted {
    const struct change *change;
    struct stats *stats;
    mtlsauth_crl **crls;
    size_t *puts;
    size_t count;
    int failed; /* of memory, while a refusal was noted */
};

static void on_refusal(void *arg, size_t i, int code)
{
    struct accepted *accepted = arg;

    if (code == MTLSAUTH_ERR_ROLLBACK)
        mtlsauth__stats_note_rollback(accepted->stats);
    code = refuse(&accepted->change->puts[accepted->puts[i]], code);
    if (code != MTLSAUTH_OK)
        accepted->failed = code;
}

/* Without takes_part, the first list that is refused ends the call. */
static int vet_all(struct accepted *accepted, const mtlsauth_policy *policy)
{
    const struct change *change = accepted->change;

    for (size_t i = 0; i < change->put_count; i++) {
        int code = vet(change->puts[i].crl, policy);

        if (code == MTLSAUTH_OK) {
            accepted->puts[accepted->count] = i;
            accepted->crls[accepted->count++] = change->puts[i].crl;
            continue;
        }
        change->puts[i].code = code;
        if (!change->takes_part)
            return code;
        code = refuse(&change->puts[i], code);
        if (code != MTLSAUTH_OK)
            return code;
    }
    return MTLSAUTH_OK;
}

/* *set, whose reference it takes, becomes the set with all lists of the change that it takes. */
static int put_accepted(struct crl_set **set, struct accepted *accepted, int64_t latest)
{
    const struct crl_refusals refusals = {.refused = on_refusal, .arg = accepted};
    struct crl_set *next;
    int code = mtlsauth__crl_set_with_all(&next, *set, accepted->crls, accepted->count, latest,
                                          &refusals);

    if (code == MTLSAUTH_OK)
        code = accepted->failed;
    for (size_t i = 0; code == MTLSAUTH_OK && !accepted->change->takes_part &&
                       i < accepted->change->put_count; i++)
        if (accepted->change->puts[i].code != MTLSAUTH_OK)
            code = mtlsauth__fail(accepted->change->puts[i].code, "%s",
                                  accepted->change->puts[i].sentence);
    if (code != MTLSAUTH_OK) {
        mtlsauth__crl_set_free(next);
        return code;
    }
    mtlsauth__crl_set_free(*set);
    *set = next;
    return MTLSAUTH_OK;
}

static int put_all(struct crl_set **set, struct mtlsauth_authorizer *authorizer,
                   const struct change *change, const mtlsauth_policy *policy)
{
    struct accepted accepted = {.change = change, .stats = &authorizer->stats};
    int code = MTLSAUTH_OK;

    if (change->put_count == 0)
        return MTLSAUTH_OK;
    accepted.crls = mtlsauth__calloc(change->put_count, sizeof *accepted.crls);
    accepted.puts = mtlsauth__calloc(change->put_count, sizeof *accepted.puts);
    if (accepted.crls == NULL || accepted.puts == NULL)
        code = mtlsauth__fail_memory();
    if (code == MTLSAUTH_OK)
        code = vet_all(&accepted, policy);
    if (code == MTLSAUTH_OK && accepted.count > 0)
        code = put_accepted(set, &accepted, change->latest);
    mtlsauth__free(accepted.crls);
    mtlsauth__free(accepted.puts);
    return code;
}

/* What keeps the lists of a change out keeps no more than them out. */
static int refuse_all(const struct change *change, int code)
{
    for (size_t i = 0; i < change->put_count; i++)
        if (refuse(&change->puts[i], code) != MTLSAUTH_OK)
            return MTLSAUTH_ERR_NOMEM;
    return MTLSAUTH_OK;
}

/*
 * A list that lies there and is not looked at: somebody believes that it is. But it may not keep
 * out a truststore that comes with it, from which a CA was taken.
 */
static int refuse_unasked(struct crl_set **out, struct crl_set *set, const struct change *change)
{
    *out = mtlsauth__crl_set_ref(set);
    return refuse_all(change,
                      mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                                     "the policy says MTLSAUTH_EVIDENCE_OFF, and no list is looked "
                                     "at; say MTLSAUTH_EVIDENCE_CRL, or take the file away"));
}

/* The CRLs of the next snapshot. store is open afterwards when their floors are to be kept. */
static int next_crls(struct crl_set **out, mtlsauth_authorizer *authorizer, struct crl_set *set,
                     const struct change *change, const mtlsauth_policy *policy,
                     struct floor_store *store)
{
    const char *folder = change->state_dir == NULL ? authorizer->state_dir : change->state_dir;
    int code = MTLSAUTH_OK;

    if (change->remove_crl != NULL)
        return mtlsauth__crl_set_without(out, set, change->remove_crl);
    if (change->takes_part && change->put_count > 0 && !mtlsauth__policy_asks_revocation(policy))
        return refuse_unasked(out, set, change);
    if (folder == NULL || (change->state_dir == NULL && change->put_count == 0))
        *out = mtlsauth__crl_set_ref(set);
    else
        code = with_state(out, set, folder, change->state_dir != NULL, change->latest, store);
    if (code == MTLSAUTH_OK)
        return put_all(out, authorizer, change, policy);
    if (!change->takes_part || code == MTLSAUTH_ERR_NOMEM)
        return code;
    *out = mtlsauth__crl_set_ref(set);
    return refuse_all(change, code);
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

/* The OCSP responses of the next snapshot. */
static int next_ocsp(struct ocsp_cache **out, const struct snapshot *now,
                     const struct change *change)
{
    if (change->put_ocsp != NULL)
        return mtlsauth__ocsp_put(out, now, change->put_ocsp);
    *out = mtlsauth__ocsp_cache_ref(now->ocsp);
    return MTLSAUTH_OK;
}

/* With refused lists alone, or responses that are there already, there is nothing to put in
 * place. */
static bool is_empty(const struct change *change, bool same_ocsp)
{
    if (change->put_ocsp != NULL)
        return same_ocsp;
    if (!change->takes_part || change->truststore != NULL)
        return false;
    for (size_t i = 0; i < change->put_count; i++)
        if (change->puts[i].code == MTLSAUTH_OK)
            return false;
    return true;
}

/* What was noted of a state folder that failed in the last step, and the change without its
 * lists. */
static int without_lists(mtlsauth_authorizer *authorizer, const struct change *change, int why,
                         bool *published)
{
    struct change rest = *change;
    int code = MTLSAUTH_OK;

    for (size_t i = 0; i < change->put_count && code == MTLSAUTH_OK; i++)
        if (change->puts[i].code == MTLSAUTH_OK)
            code = refuse(&change->puts[i], why);
    if (code != MTLSAUTH_OK || change->truststore == NULL)
        return code;
    rest.puts = NULL;
    rest.put_count = 0;
    return mtlsauth__change_apply(authorizer, &rest, published);
}

int mtlsauth__change_apply(mtlsauth_authorizer *authorizer, const struct change *change,
                           bool *published)
{
    struct floor_store store = {.path = NULL};
    struct snapshot *now = mtlsauth__authorizer_acquire(authorizer), *next = NULL;
    const mtlsauth_policy *policy = change->policy == NULL ? now->policy : change->policy;
    struct crl_set *crls = NULL;
    struct ocsp_cache *ocsp = NULL;
    bool floors_failed = false;
    int code = next_crls(&crls, authorizer, now->crls, change, policy, &store);

    *published = false;
    if (code == MTLSAUTH_OK)
        code = next_ocsp(&ocsp, now, change);
    if (code == MTLSAUTH_OK && change->policy != NULL)
        code = vet_in_use(crls, policy);
    if (code == MTLSAUTH_OK && !is_empty(change, ocsp == now->ocsp))
        code = mtlsauth__snapshot_new(
            &next, now,
            change->truststore == NULL ? now->truststore : change->truststore, policy,
            change->set_intermediates ? change->intermediates : now->intermediates, crls,
            ocsp);
    /* The floor first: a list is not in use before it is sure that it will not be forgotten. */
    if (next != NULL) {
        code = keep_floors(&store, crls);
        floors_failed = code != MTLSAUTH_OK && code != MTLSAUTH_ERR_NOMEM;
    }
    mtlsauth__floor_store_end(&store);
    if (code == MTLSAUTH_OK && next != NULL) {
        mtlsauth__authorizer_publish(authorizer, next);
        next = NULL;
        *published = true;
    }
    mtlsauth__snapshot_free(next);
    mtlsauth__crl_set_free(crls);
    mtlsauth__ocsp_cache_free(ocsp);
    mtlsauth__snapshot_free(now);
    if (floors_failed && change->takes_part)
        return without_lists(authorizer, change, code, published);
    return code;
}

/* A change for which nobody holds the lock yet. */
static int apply(mtlsauth_authorizer *authorizer, const struct change *change)
{
    struct kept_sentence kept;
    bool published;
    int code;

    mtlsauth__sentence_keep(&kept);
    pthread_mutex_lock(&authorizer->writer);
    code = mtlsauth__change_apply(authorizer, change, &published);
    /* A truststore from the caller's hand takes the place of files. */
    if (code == MTLSAUTH_OK && change->truststore != NULL)
        mtlsauth__sources_forget_truststores(&authorizer->sources);
    pthread_mutex_unlock(&authorizer->writer);
    return mtlsauth__sentence_settle(&kept, code);
}

int mtlsauth_authorizer_update(mtlsauth_authorizer *authorizer, mtlsauth_truststore *truststore,
                               const mtlsauth_policy *policy, mtlsauth_chain *intermediates,
                               unsigned flags)
{
    const bool none = (flags & MTLSAUTH_UPDATE_NO_INTERMEDIATES) != 0;
    const struct change change = {
        .truststore = truststore,
        .policy = policy,
        .intermediates = intermediates,
        .set_intermediates = intermediates != NULL || none,
    };

    if (authorizer == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "update: the authorizer is NULL");
    if ((flags & ~(unsigned)MTLSAUTH_UPDATE_NO_INTERMEDIATES) != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "update: unknown flag in %#x", flags);
    if (none && intermediates != NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "update: intermediates are given, and "
                              "MTLSAUTH_UPDATE_NO_INTERMEDIATES takes them away: say one of both");
    if (truststore == NULL && policy == NULL && !change.set_intermediates)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "update: a truststore, a policy or intermediates are needed");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_set_intermediates(mtlsauth_authorizer *authorizer,
                                          mtlsauth_chain *intermediates)
{
    const struct change change = {.intermediates = intermediates, .set_intermediates = true};

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
    struct crl_put put = {.crl = crl};
    struct change change = {.puts = &put, .put_count = 1};
    int code;

    if (authorizer == NULL || crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "put_crl: an authorizer and a CRL are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "put_crl: the signature of this CRL was not verified; load it with "
                              "mtlsauth_crl_load");
    change.latest = mtlsauth__change_latest(authorizer);
    code = apply(authorizer, &change);
    mtlsauth__free(put.sentence);
    return code;
}

int mtlsauth_authorizer_remove_crl(mtlsauth_authorizer *authorizer, const mtlsauth_crl *crl)
{
    const struct change change = {.remove_crl = crl};

    if (authorizer == NULL || crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "remove_crl: an authorizer and a CRL are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "remove_crl: the signature of this CRL was not verified: whose list "
                              "it names is not known");
    return apply(authorizer, &change);
}

int mtlsauth_authorizer_set_state_dir(mtlsauth_authorizer *authorizer, const char *path)
{
    struct change change = {.state_dir = path};
    struct kept_sentence sentence;
    bool published;
    char *kept;
    int code;

    if (authorizer == NULL || path == NULL || *path == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "set_state_dir: an authorizer and the path of a folder are needed");
    kept = mtlsauth__strdup(path);
    if (kept == NULL)
        return mtlsauth__fail_memory();
    mtlsauth__sentence_keep(&sentence);
    change.latest = mtlsauth__change_latest(authorizer);
    pthread_mutex_lock(&authorizer->writer);
    code = mtlsauth__change_apply(authorizer, &change, &published);
    if (code == MTLSAUTH_OK) {
        mtlsauth__free(authorizer->state_dir);
        authorizer->state_dir = kept;
        kept = NULL;
    }
    pthread_mutex_unlock(&authorizer->writer);
    mtlsauth__free(kept);
    return mtlsauth__sentence_settle(&sentence, code);
}

int mtlsauth__authorizer_put_ocsp(mtlsauth_authorizer *authorizer, const struct ocsp_put *put)
{
    struct ocsp_put timed = *put;
    const struct change change = {.put_ocsp = &timed};

    return mtlsauth__authorizer_time(authorizer, &timed.now) ? apply(authorizer, &change)
                                                             : mtlsauth__fail_clock();
}
