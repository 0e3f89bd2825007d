/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_TABLE_H
#define MTLSAUTH_REVOCATION_CRL_TABLE_H

#include "revocation/crl_pair.h"

struct crl_set;

/* What lists are looked for by: who issues them, and a name of their distribution point. */
struct crl_sought {
    uint64_t hash;                 /* of the other two (point.h) */
    struct span issuer;            /* canonical name */
    const struct point_name *name; /* NULL: lists without one */
};

/* A list, with the delta or the base that belongs to it, by one of its names. */
struct crl_cell {
    uint64_t hash;
    const struct point_name *name;
    struct crl_pair lists;
};

/*
 * The lists of a set in the order of what they are looked for by, first of its hash: two that were
 * made to have one hash are told apart by what it is of, in a search that halves what is left.
 */
struct crl_table {
    struct crl_cell *cells;
    size_t count;
    size_t *firsts; /* by the first bits of a hash: which cell they begin at, or would */
    unsigned shift; /* that leaves those bits */
};

/* MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM. The set has none yet. */
int mtlsauth__crl_table_make(struct crl_table *out, const struct crl_set *set);

void mtlsauth__crl_table_drop(struct crl_table *table);

/* Where what is sought begins, if it is there. */
size_t mtlsauth__crl_table_find(const struct crl_table *table, const struct crl_sought *sought);

/* Goes through it from there on, each list once and a pair as one; false behind the last. */
bool mtlsauth__crl_table_next(const struct crl_table *table, const struct crl_sought *sought,
                              size_t *at, struct crl_pair *lists);

#endif
