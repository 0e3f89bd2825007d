/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_ISSUERS_H
#define MTLSAUTH_REVOCATION_ISSUERS_H

#include "base/span.h"

/*
 * The issuers whose certificates an indirect CRL speaks of (RFC 5280 5.3.3), each with a number
 * from 1 on; 0 is the issuer of the list itself, which does not stand here. Zero-initialise it.
 */

/* More CAs than any list is known to speak of, and what their names take. */
enum { CRL_MAX_ISSUERS = 4096, CRL_MAX_ISSUER_OCTETS = 1 << 20 };

struct crl_issuer {
    struct span canonical; /* cert/name.h; its memory is of this list */
    uint32_t number;
};

struct crl_issuers {
    size_t count, capacity;
    uint8_t *names; /* Name after Name, with tag and length, in the order of their numbers */
    size_t len, room;
    struct crl_issuer *sorted; /* by canonical form */
};

/*
 * The number of a Name (with tag and length), which gets one if it has none. MTLSAUTH_OK;
 * _ERR_PARSE, _ERR_LIMIT with *why, a static sentence; _ERR_NOMEM.
 */
int mtlsauth__crl_issuers_add(struct crl_issuers *issuers, struct span name, uint32_t *number,
                              const char **why);

/* The number of the name of this canonical form; false if there is none. */
bool mtlsauth__crl_issuers_find(const struct crl_issuers *issuers, struct span canonical,
                                uint32_t *number);

void mtlsauth__crl_issuers_drop(struct crl_issuers *issuers);

#endif
