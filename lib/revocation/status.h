/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_STATUS_H
#define MTLSAUTH_REVOCATION_STATUS_H

#include "base/span.h"

/* RFC 5280 5.2.3: "CRL numbers [...] of up to 20 octets". */
#define MTLSAUTH__MAX_CRL_NUMBER 20

/* What revocation data says of one certificate. A later one outweighs the ones before it. */
enum revocation_state {
    REVOCATION_UNKNOWN, /* nothing speaks of it */
    REVOCATION_STALE,   /* what speaks of it is past its time */
    REVOCATION_GOOD,
    REVOCATION_REVOKED  /* whatever else is said */
};

struct revocation_status {
    enum revocation_state state;
    int64_t revoked_at; /* MTLSAUTH_NO_TIME where it was not */
    int reason;         /* CRLReason, -1 where none is given */
    uint8_t crl_number[MTLSAUTH__MAX_CRL_NUMBER];
    size_t crl_number_len;
    int64_t stale_since; /* MTLSAUTH_NO_TIME where it is not */

    /* Stale, as this delta begins behind the list in use: at a complete list of at least that
     * number. No delta where it is stale for another reason. */
    uint8_t delta_number[MTLSAUTH__MAX_CRL_NUMBER], wanted_number[MTLSAUTH__MAX_CRL_NUMBER];
    size_t delta_number_len, wanted_number_len;

    /* Lists, or who issues them, were not looked for to the end, for the cost: one might revoke. */
    bool missed;
};

#endif
