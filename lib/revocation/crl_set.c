/* SPDX-License-Identifier: MIT */
#include "revocation/crl_set.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/checked.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/time.h"

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
    mtlsauth__crl_table_drop(&set->table);
    mtlsauth__free(set);
}

/* An empty set with room for slots. */
static int new_with_room(struct crl_set **out, size_t count, size_t more)
{
    int code = mtlsauth__crl_set_new(out);
    size_t room;

    if (code != MTLSAUTH_OK)
        return code;
    (*out)->slots = checked_add(count, more, &room)
                        ? mtlsauth__calloc(room, sizeof *(*out)->slots)
                        : NULL;
    if ((*out)->slots != NULL)
        return MTLSAUTH_OK;
    mtlsauth__crl_set_free(*out);
    *out = NULL;
    return mtlsauth__fail_memory();
}

/* The same slots, each list with one more reference, and room for more slots. */
static int copy_set(struct crl_set **out, const struct crl_set *set, size_t more)
{
    int code = new_with_room(out, set->count, more);

    if (code != MTLSAUTH_OK)
        return code;
    for (size_t i = 0; i < set->count; i++) {
        (*out)->slots[i] = set->slots[i];
        mtlsauth_crl_ref(set->slots[i].crl);
    }
    (*out)->count = set->count;
    return MTLSAUTH_OK;
}

/* Where a slot stands, or would stand. */
static size_t find_slot(const struct crl_set *set, const struct crl_floor *like, bool *found)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (mtlsauth__crl_floor_order(&set->slots[middle].floor, like) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < set->count && mtlsauth__crl_floor_order(&set->slots[low].floor, like) == 0;
    return low;
}

bool mtlsauth__crl_set_has(const struct crl_set *set, const struct crl_floor *list)
{
    bool found;
    size_t at = find_slot(set, list, &found);

    return found && set->slots[at].crl != NULL &&
           memcmp(set->slots[at].crl->image.source, list->content, sizeof list->content) == 0;
}

enum { DESCRIPTION = 2 * MTLSAUTH__MAX_CRL_NUMBER + MTLSAUTH__TIME_TEXT + 16 };

/* "number 0b of 2026-11-21T00:00:00Z" */
static void describe(char out[DESCRIPTION], const struct crl_floor *list)
{
    char number[2 * MTLSAUTH__MAX_CRL_NUMBER + 1], time[MTLSAUTH__TIME_TEXT];

    hex_encode(span_of(list->number, list->number_len), number);
    mtlsauth__time_format(list->this_update, time);
    snprintf(out, DESCRIPTION, "%s%s of %s", list->number_len == 0 ? "no number" : "number ",
             number, time);
}

static int fail_older(const struct crl_floor *floor, const struct crl_floor *next,
                      const mtlsauth_crl *crl)
{
    char old[DESCRIPTION], accepted[DESCRIPTION];

    describe(old, next);
    describe(accepted, floor);
    return mtlsauth__fail(MTLSAUTH_ERR_ROLLBACK,
                          "CRL of \"%s\", %s: older than the one that was accepted before, %s; "
                          "find out who put it back (if the CA means it: mtlsauth crl "
                          "accept-rollback)",
                          crl->issuer, old, accepted);
}

/*
 * RFC 5280 5.2.3: numbers of one issuer and scope ascend, and so do times; but where a CA has once
 * dated a list ahead, its number says which one comes behind it. What is later than latest is of
 * the future.
 */
static int check_floor(const struct crl_floor *floor, const struct crl_floor *next,
                       const mtlsauth_crl *crl, int64_t latest)
{
    int order = mtlsauth__crl_number_compare(span_of(next->number, next->number_len),
                                             span_of(floor->number, floor->number_len));
    bool is_mended = order > 0 && floor->number_len > 0 && floor->this_update > latest;

    if (memcmp(floor->content, next->content, CRL_IMAGE_DIGEST) == 0)
        return MTLSAUTH_OK;
    if (order < 0 || (next->this_update < floor->this_update && !is_mended))
        return fail_older(floor, next, crl);
    if (order == 0 && floor->number_len > 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ROLLBACK,
                              "CRL: number %s of \"%s\" was accepted before with another content; "
                              "a CA never gives a number twice",
                              crl->number_hex, crl->issuer);
    return MTLSAUTH_OK;
}

/* Who signs a complete list signs the delta to it, for the same distribution point, whose digest is
 * by the issuer's name. Two slots of one point are of one kind each. */
static bool belong_together(const struct crl_slot *base, const struct crl_slot *delta)
{
    return memcmp(base->floor.issuer_key, delta->floor.issuer_key, CRL_IMAGE_DIGEST) == 0 &&
           memcmp(base->floor.point, delta->floor.point, CRL_IMAGE_DIGEST) == 0;
}

struct crl_pair mtlsauth__crl_set_pair(const struct crl_set *set, size_t i)
{
    const struct crl_slot *slot = &set->slots[i];

    /* In the order of floors a delta stands behind its base. */
    if (slot->floor.delta)
        return (struct crl_pair){
            .base = i > 0 && belong_together(slot - 1, slot) ? slot[-1].crl : NULL,
            .delta = slot->crl};
    return (struct crl_pair){
        .base = slot->crl,
        .delta = i + 1 < set->count && belong_together(slot, slot + 1) ? slot[1].crl : NULL};
}

/* The set with what its lists are found by, or nothing. */
static int finish(struct crl_set **out, struct crl_set *set, int code)
{
    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_table_make(&set->table, set);
    *out = code == MTLSAUTH_OK ? set : NULL;
    if (code != MTLSAUTH_OK)
        mtlsauth__crl_set_free(set);
    return code;
}

/* An empty slot at position i of a set that has room for it. */
static void insert_slot(struct crl_set *set, size_t i, const struct crl_floor *floor)
{
    memmove(set->slots + i + 1, set->slots + i, (set->count - i) * sizeof *set->slots);
    set->slots[i] = (struct crl_slot){.floor = *floor};
    set->count++;
}

/* A list on its way in, and where it stood among the others. */
struct arrival {
    struct crl_floor floor;
    mtlsauth_crl *crl;
    size_t i;
};

static int compare_arrivals(const void *a, const void *b)
{
    const struct arrival *one = a, *other = b;
    int order = mtlsauth__crl_floor_order(&one->floor, &other->floor);

    return order != 0 ? order : (one->i > other->i) - (one->i < other->i);
}

/* Puts a list into the slot that is its own, unless the slot has seen a newer one. */
static int fill_slot(struct crl_slot *slot, const struct arrival *arrival, int64_t latest)
{
    struct crl_floor next = arrival->floor;
    int code = check_floor(&slot->floor, &next, arrival->crl, latest);

    if (code != MTLSAUTH_OK)
        return code;
    next.rollbacks = slot->floor.rollbacks;
    mtlsauth_crl_free(slot->crl);
    *slot = (struct crl_slot){.crl = mtlsauth_crl_ref(arrival->crl), .floor = next};
    return MTLSAUTH_OK;
}

/* Both in order: one pass through slots and arrivals makes the slots of the new set. */
static int merge(struct crl_set *out, const struct crl_set *set, const struct arrival *arrivals,
                 size_t count, int64_t latest, const struct crl_refusals *refusals)
{
    size_t old = 0;

    for (size_t n = 0; n < count; n++) {
        const struct crl_floor *floor = &arrivals[n].floor;
        struct crl_slot *last;
        int code;

        while (old < set->count && mtlsauth__crl_floor_order(&set->slots[old].floor, floor) <= 0) {
            mtlsauth_crl_ref(set->slots[old].crl);
            out->slots[out->count++] = set->slots[old++];
        }
        last = out->count == 0 ? NULL : &out->slots[out->count - 1];
        if (last == NULL || mtlsauth__crl_floor_order(&last->floor, floor) != 0) {
            last = &out->slots[out->count++];
            *last = (struct crl_slot){.crl = mtlsauth_crl_ref(arrivals[n].crl), .floor = *floor};
            continue;
        }
        code = fill_slot(last, &arrivals[n], latest);
        if (code != MTLSAUTH_OK && refusals == NULL)
            return code;
        if (code != MTLSAUTH_OK)
            refusals->refused(refusals->arg, arrivals[n].i, code);
    }
    for (; old < set->count; old++) {
        mtlsauth_crl_ref(set->slots[old].crl);
        out->slots[out->count++] = set->slots[old];
    }
    return MTLSAUTH_OK;
}

int mtlsauth__crl_set_with_all(struct crl_set **out, const struct crl_set *set,
                               mtlsauth_crl *const crls[], size_t count, int64_t latest,
                               const struct crl_refusals *refusals)
{
    struct arrival *arrivals = mtlsauth__calloc(count, sizeof *arrivals);
    struct crl_set *next = NULL;
    int code = arrivals == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;

    *out = NULL;
    for (size_t i = 0; i < count && code == MTLSAUTH_OK; i++) {
        arrivals[i] = (struct arrival){.crl = crls[i], .i = i};
        code = mtlsauth__crl_floor_of(&arrivals[i].floor, crls[i]);
    }
    if (code == MTLSAUTH_OK)
        code = new_with_room(&next, set->count, count);
    if (code == MTLSAUTH_OK) {
        qsort(arrivals, count, sizeof *arrivals, compare_arrivals);
        code = merge(next, set, arrivals, count, latest, refusals);
    }
    mtlsauth__free(arrivals);
    return finish(out, next, code);
}

int mtlsauth__crl_set_without(struct crl_set **out, const struct crl_set *set,
                              const mtlsauth_crl *crl)
{
    struct crl_floor like;
    bool found;
    size_t i;
    int code;

    *out = NULL;
    code = mtlsauth__crl_floor_of(&like, crl);
    if (code != MTLSAUTH_OK)
        return code;
    i = find_slot(set, &like, &found);
    if (!found || set->slots[i].crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "CRL: none of \"%s\" for this distribution point is there",
                              crl->issuer);
    code = copy_set(out, set, 0);
    if (code != MTLSAUTH_OK)
        return code;
    mtlsauth_crl_free((*out)->slots[i].crl);
    (*out)->slots[i].crl = NULL;
    return finish(out, *out, MTLSAUTH_OK);
}

int mtlsauth__crl_set_raise(struct crl_set **out, const struct crl_set *set,
                            const struct crl_floors *floors)
{
    int code = copy_set(out, set, floors->count);

    if (code != MTLSAUTH_OK)
        return code;
    for (size_t n = 0; n < floors->count; n++) {
        const struct crl_floor *floor = &floors->all[n];
        bool found;
        size_t i = find_slot(*out, floor, &found);

        if (found)
            mtlsauth__crl_floor_raise(&(*out)->slots[i].floor, floor);
        else
            insert_slot(*out, i, floor);
    }
    return finish(out, *out, MTLSAUTH_OK);
}

int mtlsauth__crl_set_above_floors(const struct crl_set *set, const struct crl_floors *floors,
                                   int64_t latest)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct crl_slot *slot = &set->slots[i];
        struct crl_floor own;
        bool found;
        size_t at = mtlsauth__crl_floors_find(floors, &slot->floor, &found);
        int code;

        /* What an operator has accepted since is not below what stood there before. */
        if (slot->crl == NULL || !found || floors->all[at].rollbacks < slot->floor.rollbacks)
            continue;
        code = mtlsauth__crl_floor_of(&own, slot->crl);
        if (code == MTLSAUTH_OK)
            code = check_floor(&floors->all[at], &own, slot->crl, latest);
        if (code != MTLSAUTH_OK)
            return code;
    }
    return MTLSAUTH_OK;
}

int mtlsauth__crl_set_floors(struct crl_floors *out, const struct crl_set *set)
{
    *out = (struct crl_floors){.all = mtlsauth__calloc(set->count, sizeof *out->all)};
    if (out->all == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < set->count; i++)
        out->all[i] = set->slots[i].floor;
    out->count = set->count;
    return MTLSAUTH_OK;
}

size_t mtlsauth__crl_set_count(const struct crl_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += set->slots[i].crl != NULL;
    return count;
}

int mtlsauth__crl_set_status(const struct crl_set *set, const struct crl_context *context,
                             size_t depth, struct revocation_status *status)
{
    struct crl_budget budget = {.searches = CRL_MAX_SEARCHES, .lists = CRL_MAX_LISTS};
    struct crl_inquiry inquiry = {.set = set,
                                  .context = context,
                                  .depth = depth,
                                  .budget = &budget,
                                  .status = status};

    return mtlsauth__crl_inquire(&inquiry);
}
