/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "authorizer/authorizer.h"
#include "authorizer/ocsp_put.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/floor_store.h"

/* What a setter replaces: NULL stands for what is there. */
struct change {
    mtlsauth_truststore *truststore;
    const mtlsauth_policy *policy;
    mtlsauth_chain *intermediates;
    bool set_intermediates;
    mtlsauth_crl *put_crl;
    const mtlsauth_crl *remove_crl;
    const char *state_dir;
    const struct ocsp_put *put_ocsp;
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

/* The OCSP responses of the next snapshot. */
static int next_ocsp(struct ocsp_cache **out, const struct snapshot *now,
                     const struct change *change)
{
    if (change->put_ocsp != NULL)
        return mtlsauth__ocsp_put(out, now, change->put_ocsp);
    *out = mtlsauth__ocsp_cache_ref(now->ocsp);
    return MTLSAUTH_OK;
}

/* Makes the next snapshot and puts it in place; readers go on meanwhile. */
static int apply(mtlsauth_authorizer *authorizer, const struct change *change)
{
    struct floor_store store = {.path = NULL};
    struct snapshot *now, *next = NULL;
    struct crl_set *crls = NULL;
    struct ocsp_cache *ocsp = NULL;
    const mtlsauth_policy *policy;
    char *state_dir = NULL;
    int code = MTLSAUTH_OK;

    if (change->state_dir != NULL) {
        state_dir = mtlsauth__strdup(change->state_dir);
        if (state_dir == NULL)
            return mtlsauth__fail_memory();
    }
    pthread_mutex_lock(&authorizer->writer);
    now = mtlsauth__authorizer_acquire(authorizer);
    policy = change->policy == NULL ? now->policy : change->policy;
    code = next_crls(&crls, authorizer, now->crls, change, policy, &store);
    if (code == MTLSAUTH_OK)
        code = next_ocsp(&ocsp, now, change);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__snapshot_new(
            &next, now->generation + 1,
            change->truststore == NULL ? now->truststore : change->truststore, policy,
            change->set_intermediates ? change->intermediates : now->intermediates, crls,
            ocsp);
    /* The floor first: a list is not in use before it is sure that it will not be forgotten. */
    if (code == MTLSAUTH_OK)
        code = keep_floors(&store, crls);
    mtlsauth__floor_store_end(&store);
    if (code == MTLSAUTH_OK && (change->put_ocsp == NULL || ocsp != now->ocsp)) {
        mtlsauth__authorizer_publish(authorizer, next);
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
    mtlsauth__ocsp_cache_free(ocsp);
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

int mtlsauth__authorizer_put_ocsp(mtlsauth_authorizer *authorizer, const struct ocsp_put *put)
{
    const struct change change = {.put_ocsp = put};

    return apply(authorizer, &change);
}
