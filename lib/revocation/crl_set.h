/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_SET_H
#define MTLSAUTH_REVOCATION_CRL_SET_H

#include "revocation/crl.h"
#include "revocation/crl_context.h"
#include "revocation/crl_table.h"
#include "revocation/floor.h"
#include "revocation/inquiry.h"

/*
 * The lists that an authorizer has, one for each issuer, key, distribution point and kind, and
 * below what none may fall that comes later. It is never changed: another one is made.
 */
struct crl_slot {
    mtlsauth_crl *crl; /* NULL when it was taken away, or was accepted elsewhere */
    struct crl_floor floor;
};

struct crl_set {
    struct refcount refs;
    struct crl_slot *slots; /* in the order of their floors */
    size_t count;
    struct crl_table table; /* what they are found by */
};

/* A set with no list. */
int mtlsauth__crl_set_new(struct crl_set **out);

/* Who is told which list was refused; the sentence is that of mtlsauth_last_error(). */
struct crl_refusals {
    void (*refused)(void *arg, size_t i, int code);
    void *arg;
};

/*
 * The set with all of these lists, each in its slot, in the time that sorting them takes: for
 * thousands of them. Of two for one slot the later one has to be the newer. MTLSAUTH_ERR_ROLLBACK
 * is a list with a lower cRLNumber or an earlier thisUpdate than the slot has seen, or with the
 * same number and another content; where the slot has seen a thisUpdate behind latest, the end of
 * the present, the number alone counts. A list that is refused is told to refusals and left out;
 * without refusals the first one ends the call with its code.
 */
int mtlsauth__crl_set_with_all(struct crl_set **out, const struct crl_set *set,
                               mtlsauth_crl *const crls[], size_t count, int64_t latest,
                               const struct crl_refusals *refusals);

/* The set without the list of that slot; its floor stays. MTLSAUTH_ERR_NOT_FOUND. */
int mtlsauth__crl_set_without(struct crl_set **out, const struct crl_set *set,
                              const mtlsauth_crl *crl);

/* The set with these floors, too: of two for one slot the higher. Lists that are in it stay. */
int mtlsauth__crl_set_raise(struct crl_set **out, const struct crl_set *set,
                            const struct crl_floors *floors);

/* MTLSAUTH_ERR_ROLLBACK where a list that is in it would be refused above these floors. */
int mtlsauth__crl_set_above_floors(const struct crl_set *set, const struct crl_floors *floors,
                                   int64_t latest);

/* The floors of a set, to be given back with mtlsauth__crl_floors_drop. */
int mtlsauth__crl_set_floors(struct crl_floors *out, const struct crl_set *set);

struct crl_set *mtlsauth__crl_set_ref(struct crl_set *set);
void mtlsauth__crl_set_free(struct crl_set *set);

/* Is the very list of this floor in its slot? */
bool mtlsauth__crl_set_has(const struct crl_set *set, const struct crl_floor *list);

/* The list in slot i, with the delta or the base that belongs to it; one that is not there is NULL,
 * also where the slot itself is empty. */
struct crl_pair mtlsauth__crl_set_pair(const struct crl_set *set, size_t i);

/* Number of lists that are in it. */
size_t mtlsauth__crl_set_count(const struct crl_set *set);

/*
 * What all of its lists together say of certificate depth of the path, which is not the anchor:
 * revoked if one does, good if those that cover it do. MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM.
 */
int mtlsauth__crl_set_status(const struct crl_set *set, const struct crl_context *context,
                             size_t depth, struct revocation_status *status);

#endif
