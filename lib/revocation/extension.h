/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_EXTENSION_H
#define MTLSAUTH_REVOCATION_EXTENSION_H

#include "base/span.h"
#include "revocation/facts.h"

/*
 * Reasons of RFC 5280 5.3.1 are kept as their number; an entry without the extension has none.
 * 7 is not used.
 */
enum { CRL_REASON_HOLD = 6, CRL_REASON_REMOVE = 8, CRL_REASON_MAX = 10, CRL_REASON_NONE = 0xff };

/* What the extensions of one entry say. */
struct crl_entry_facts {
    uint8_t reason; /* 0 to 10 without 7, or CRL_REASON_NONE */
    bool has_certificate_issuer;
    struct span certificate_issuer; /* its directory name: a Name, with tag and length */
};

/*
 * Reads Extensions (the SEQUENCE with tag and length) of the list or of an entry. MTLSAUTH_OK,
 * MTLSAUTH_ERR_PARSE or _UNSUPPORTED (a critical extension that is not understood) with *why, a
 * static sentence; MTLSAUTH_ERR_NOMEM. Every extension is read, whatever stands before or behind.
 */
int mtlsauth__crl_list_extensions(struct span extensions, struct crl_facts *facts,
                                  const char **why);
int mtlsauth__crl_entry_extensions(struct span extensions, struct crl_entry_facts *facts,
                                   const char **why);

/* The content of a ReasonFlags (RFC 5280 4.2.1.13), bit n as 1 << n; false if it is malformed. */
bool mtlsauth__reason_flags(struct span value, uint32_t *reasons);

/* Content of the IssuingDistributionPoint extension; false with *why if it is malformed. */
bool mtlsauth__crl_scope_read(struct span value, struct crl_scope *scope, const char **why);

#endif
