/* SPDX-License-Identifier: MIT */
#include "revocation/crl_set.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"

int mtlsauth__crl_set_new(struct crl_set **out)
{
    *out = mtlsauth__calloc(1, sizeof **out);
    if (*out == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&(*out)->refs);
    return MTLSAUTH_OK;
}

struct crl_set *mtlsauth__crl_set_ref(struct crl_set *set)
{
    refcount_add(&set->refs);
    return set;
}

void mtlsauth__crl_set_free(struct crl_set *set)
{
    if (set == NULL || !refcount_drop(&set->refs))
        return;
    for (size_t i = 0; i < set->count; i++)
        mtlsauth_crl_free(set->slots[i].crl);
    mtlsauth__free(set->slots);
    mtlsauth__free(set);
}

/* The same slots, each list with one more reference, and room for one more slot. */
static int copy_set(struct crl_set **out, const struct crl_set *set)
{
    int code = mtlsauth__crl_set_new(out);
    size_t room;

    if (code != MTLSAUTH_OK)
        return code;
    (*out)->slots = checked_add(set->count, 1, &room)
                        ? mtlsauth__calloc(room, sizeof *set->slots)
                        : NULL;
    if ((*out)->slots == NULL) {
        mtlsauth__crl_set_free(*out);
        *out = NULL;
        return mtlsauth__fail_memory();
    }
    for (size_t i = 0; i < set->count; i++) {
        (*out)->slots[i] = set->slots[i];
        mtlsauth_crl_ref(set->slots[i].crl);
    }
    (*out)->count = set->count;
    return MTLSAUTH_OK;
}

/* What a slot would hold of this list. */
static bool describe(struct crl_slot *slot, mtlsauth_crl *crl)
{
    const struct crl_facts *facts = &crl->image.facts;

    *slot = (struct crl_slot){
        .crl = crl, .number_len = facts->number_len, .this_update = facts->this_update};
    memcpy(slot->number, facts->number, facts->number_len);
    memcpy(slot->issuer_key, crl->image.issuer_key, CRL_IMAGE_DIGEST);
    memcpy(slot->content, crl->image.source, CRL_IMAGE_DIGEST);
    return mtlsauth__sha256(span_of(facts->idp, facts->idp_len), slot->point);
}

static size_t find_slot(const struct crl_set *set, const struct crl_slot *like)
{
    size_t i = 0;

    while (i < set->count &&
           (memcmp(set->slots[i].issuer_key, like->issuer_key, CRL_IMAGE_DIGEST) != 0 ||
            memcmp(set->slots[i].point, like->point, CRL_IMAGE_DIGEST) != 0))
        i++;
    return i;
}

/* RFC 5280 5.2.3: numbers of one issuer and scope ascend. */
static int check_floor(const struct crl_slot *floor, const struct crl_slot *next)
{
    int order = mtlsauth__crl_number_compare(span_of(next->number, next->number_len),
                                             span_of(floor->number, floor->number_len));

    if (order < 0 || next->this_update < floor->this_update)
        return mtlsauth__fail(MTLSAUTH_ERR_ROLLBACK,
                              "CRL: number %s of \"%s\" is older than one that was accepted before; "
                              "find out who put it back",
                              next->crl->number_hex, next->crl->issuer);
    if (order == 0 && floor->number_len > 0 &&
        memcmp(floor->content, next->content, CRL_IMAGE_DIGEST) != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ROLLBACK,
                              "CRL: number %s of \"%s\" was accepted before with another content; "
                              "a CA never gives a number twice",
                              next->crl->number_hex, next->crl->issuer);
    return MTLSAUTH_OK;
}

int mtlsauth__crl_set_with(struct crl_set **out, const struct crl_set *set, mtlsauth_crl *crl)
{
    struct crl_slot next;
    size_t i;
    int code;

    *out = NULL;
    if (!describe(&next, crl))
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "CRL: libcrypto has no SHA-256");
    i = find_slot(set, &next);
    code = i < set->count ? check_floor(&set->slots[i], &next) : MTLSAUTH_OK;
    if (code == MTLSAUTH_OK)
        code = copy_set(out, set);
    if (code != MTLSAUTH_OK)
        return code;
    mtlsauth_crl_free((*out)->slots[i].crl);
    (*out)->slots[i] = next;
    mtlsauth_crl_ref(crl);
    if (i == (*out)->count)
        (*out)->count++;
    return MTLSAUTH_OK;
}

int mtlsauth__crl_set_without(struct crl_set **out, const struct crl_set *set,
                              const mtlsauth_crl *crl)
{
    struct crl_slot like = {.crl = NULL};
    size_t i;
    int code;

    *out = NULL;
    memcpy(like.issuer_key, crl->image.issuer_key, CRL_IMAGE_DIGEST);
    if (!mtlsauth__sha256(span_of(crl->image.facts.idp, crl->image.facts.idp_len), like.point))
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "CRL: libcrypto has no SHA-256");
    i = find_slot(set, &like);
    if (i == set->count || set->slots[i].crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "CRL: none of \"%s\" for this distribution point is there",
                              crl->issuer);
    code = copy_set(out, set);
    if (code != MTLSAUTH_OK)
        return code;
    mtlsauth_crl_free((*out)->slots[i].crl);
    (*out)->slots[i].crl = NULL;
    return MTLSAUTH_OK;
}

size_t mtlsauth__crl_set_count(const struct crl_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += set->slots[i].crl != NULL;
    return count;
}

int mtlsauth__crl_set_status(const struct crl_set *set, const mtlsauth_cert *cert,
                             const mtlsauth_cert *issuer, const struct revocation_params *params,
                             int64_t now, struct revocation_status *status)
{
    *status = (struct revocation_status){.state = REVOCATION_UNKNOWN,
                                         .revoked_at = MTLSAUTH_NO_TIME,
                                         .reason = MTLSAUTH_CRL_REASON_NONE,
                                         .stale_since = MTLSAUTH_NO_TIME};
    for (size_t i = 0; i < set->count; i++) {
        struct revocation_status one;
        int code;

        if (set->slots[i].crl == NULL)
            continue;
        code = mtlsauth__crl_status(set->slots[i].crl, cert, issuer, params, now, &one);
        if (code != MTLSAUTH_OK)
            return code;
        if (one.state > status->state)
            *status = one;
    }
    return MTLSAUTH_OK;
}
