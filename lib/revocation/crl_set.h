/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_SET_H
#define MTLSAUTH_REVOCATION_CRL_SET_H

#include "revocation/crl.h"

/*
 * The lists that an authorizer has, one for each issuer key and distribution point, and below what
 * none may fall that comes later. It is never changed: another one is made.
 */
struct crl_slot {
    mtlsauth_crl *crl; /* NULL when it was taken away */
    /* The newest list that ever was in it, so that it stays the floor. */
    uint8_t issuer_key[CRL_IMAGE_DIGEST];
    uint8_t point[CRL_IMAGE_DIGEST]; /* SHA-256 of the IssuingDistributionPoint, or of nothing */
    uint8_t number[MTLSAUTH__MAX_CRL_NUMBER];
    size_t number_len;
    int64_t this_update;
    uint8_t content[CRL_IMAGE_DIGEST]; /* SHA-256 of its tbsCertList */
};

struct crl_set {
    struct refcount refs;
    struct crl_slot *slots;
    size_t count;
};

/* A set with no list. */
int mtlsauth__crl_set_new(struct crl_set **out);

/*
 * The set with this list in its slot. MTLSAUTH_ERR_ROLLBACK for a list with a lower cRLNumber or an
 * earlier thisUpdate than the slot has seen, or with the same number and another content.
 */
int mtlsauth__crl_set_with(struct crl_set **out, const struct crl_set *set, mtlsauth_crl *crl);

/* The set without the list of that slot; its floor stays. MTLSAUTH_ERR_NOT_FOUND. */
int mtlsauth__crl_set_without(struct crl_set **out, const struct crl_set *set,
                              const mtlsauth_crl *crl);

struct crl_set *mtlsauth__crl_set_ref(struct crl_set *set);
void mtlsauth__crl_set_free(struct crl_set *set);

/* Number of lists that are in it. */
size_t mtlsauth__crl_set_count(const struct crl_set *set);

/* What all of its lists together say: revoked if one does, good if one that covers it does. */
int mtlsauth__crl_set_status(const struct crl_set *set, const mtlsauth_cert *cert,
                             const mtlsauth_cert *issuer, const struct revocation_params *params,
                             int64_t now, struct revocation_status *status);

#endif
