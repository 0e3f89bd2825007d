/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_FLOOR_H
#define MTLSAUTH_REVOCATION_FLOOR_H

#include "revocation/crl.h"

/*
 * Below what a list of one issuer, its key, distribution point and kind must not fall: the newest
 * that was ever accepted.
 */
struct crl_floor {
    uint8_t issuer_key[CRL_IMAGE_DIGEST];
    uint8_t point[CRL_IMAGE_DIGEST]; /* HMAC-SHA-256 of the IssuingDistributionPoint, or of nothing,
                                        with the issuer's name in canonical form as the key */
    bool delta;
    uint32_t rollbacks; /* how often an operator has lowered it: what lies before does not count */
    uint8_t number[MTLSAUTH__MAX_CRL_NUMBER];
    size_t number_len; /* 0: it had none */
    int64_t this_update;
    uint8_t content[CRL_IMAGE_DIGEST]; /* SHA-256 of its tbsCertList */
};

/* In ascending order of mtlsauth__crl_floor_order, each once. */
struct crl_floors {
    struct crl_floor *all;
    size_t count;
};

/* The floor that a list makes. MTLSAUTH_ERR_CRYPTO. */
int mtlsauth__crl_floor_of(struct crl_floor *floor, const mtlsauth_crl *crl);

/* By what they are of: 0 when it is the same issuer, key, distribution point and kind. */
int mtlsauth__crl_floor_order(const struct crl_floor *a, const struct crl_floor *b);

/* Raises a floor to another of the same kind, where that is the higher. */
void mtlsauth__crl_floor_raise(struct crl_floor *floor, const struct crl_floor *other);

/* Where one like it stands, or would stand. */
size_t mtlsauth__crl_floors_find(const struct crl_floors *floors, const struct crl_floor *like,
                                 bool *found);

void mtlsauth__crl_floors_drop(struct crl_floors *floors);

#endif
