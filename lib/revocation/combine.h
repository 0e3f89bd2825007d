/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_COMBINE_H
#define MTLSAUTH_REVOCATION_COMBINE_H

#include "revocation/params.h"
#include "revocation/status.h"

/* What the OCSP answers at hand say of one certificate. */
enum ocsp_state {
    OCSP_STATE_NONE,    /* there is none */
    OCSP_STATE_ERROR,   /* the responder said an error, which is kept nowhere */
    OCSP_STATE_INVALID, /* there is one that does not count */
    OCSP_STATE_STALE,   /* past its time, or of the future */
    OCSP_STATE_UNKNOWN, /* the responder does not know the certificate */
    OCSP_STATE_GOOD,
    OCSP_STATE_REVOKED
};

/*
 * What follows for one certificate, of the evidence (enum mtlsauth_evidence) that the policy asks
 * of its issuer: MTLSAUTH_OK, MTLSAUTH_DENY_REVOKED, _REVOCATION_UNKNOWN or _REVOCATION_STALE. A
 * list that is not valid is never kept: it is REVOCATION_UNKNOWN. docs/revocation.md has the table.
 */
int mtlsauth__revocation_combine(int evidence, bool allow_unknown, enum revocation_state crl,
                                 enum ocsp_state ocsp);

/* Does this evidence want a CRL, an OCSP answer? */
bool mtlsauth__evidence_takes_crl(int evidence);
bool mtlsauth__evidence_takes_ocsp(int evidence);

#endif
