/* SPDX-License-Identifier: MIT */
#include "revocation/combine.h"

#include <mtlsauth/error.h>

/* What one kind of evidence comes to, the better the later. */
enum verdict {
    VERDICT_DENIED,  /* the CA answers, and does not know the certificate */
    VERDICT_MISSING, /* nothing is known */
    VERDICT_STALE,
    VERDICT_GOOD
};

static enum verdict of_crl(enum revocation_state crl, bool allow_unknown)
{
    switch (crl) {
    case REVOCATION_GOOD:
        return VERDICT_GOOD;
    case REVOCATION_STALE:
        return VERDICT_STALE;
    case REVOCATION_REVOKED:
        return VERDICT_DENIED;
    case REVOCATION_UNKNOWN:
        break;
    }
    return allow_unknown ? VERDICT_GOOD : VERDICT_MISSING;
}

/* allow_unknown is about data that is missing: "unknown" is an answer, signed by the CA. */
static enum verdict of_ocsp(enum ocsp_state ocsp, bool allow_unknown)
{
    switch (ocsp) {
    case OCSP_STATE_GOOD:
        return VERDICT_GOOD;
    case OCSP_STATE_STALE:
        return VERDICT_STALE;
    case OCSP_STATE_UNKNOWN:
    case OCSP_STATE_REVOKED:
        return VERDICT_DENIED;
    case OCSP_STATE_NONE:
    case OCSP_STATE_ERROR:
    case OCSP_STATE_INVALID:
        break;
    }
    return allow_unknown ? VERDICT_GOOD : VERDICT_MISSING;
}

static enum verdict better(enum verdict a, enum verdict b)
{
    return a > b ? a : b;
}

static enum verdict worse(enum verdict a, enum verdict b)
{
    return a < b ? a : b;
}

/* One of the two suffices. That nothing is known of the one makes up for nothing that the other
 * says. */
static enum verdict either(bool allow_unknown, enum revocation_state crl, enum ocsp_state ocsp)
{
    enum verdict strict = better(of_crl(crl, false), of_ocsp(ocsp, false));

    if (strict != VERDICT_MISSING || !allow_unknown)
        return strict;
    return worse(of_crl(crl, true), of_ocsp(ocsp, true));
}

int mtlsauth__revocation_combine(int evidence, bool allow_unknown, enum revocation_state crl,
                                 enum ocsp_state ocsp)
{
    enum verdict verdict = VERDICT_DENIED;

    if (crl == REVOCATION_REVOKED || ocsp == OCSP_STATE_REVOKED)
        return MTLSAUTH_DENY_REVOKED;
    switch (evidence) {
    case MTLSAUTH_EVIDENCE_OFF:
        verdict = VERDICT_GOOD;
        break;
    case MTLSAUTH_EVIDENCE_CRL:
        verdict = of_crl(crl, allow_unknown);
        break;
    case MTLSAUTH_EVIDENCE_OCSP:
        verdict = of_ocsp(ocsp, allow_unknown);
        break;
    case MTLSAUTH_EVIDENCE_CRL_OR_OCSP:
        verdict = either(allow_unknown, crl, ocsp);
        break;
    case MTLSAUTH_EVIDENCE_CRL_AND_OCSP:
        verdict = worse(of_crl(crl, allow_unknown), of_ocsp(ocsp, allow_unknown));
        break;
    default: /* evidence that does not exist is never there */
        break;
    }
    if (verdict == VERDICT_GOOD)
        return MTLSAUTH_OK;
    return verdict == VERDICT_STALE ? MTLSAUTH_DENY_REVOCATION_STALE
                                    : MTLSAUTH_DENY_REVOCATION_UNKNOWN;
}

bool mtlsauth__evidence_takes_crl(int evidence)
{
    return evidence == MTLSAUTH_EVIDENCE_CRL || evidence == MTLSAUTH_EVIDENCE_CRL_OR_OCSP ||
           evidence == MTLSAUTH_EVIDENCE_CRL_AND_OCSP;
}

bool mtlsauth__evidence_takes_ocsp(int evidence)
{
    return evidence == MTLSAUTH_EVIDENCE_OCSP || evidence == MTLSAUTH_EVIDENCE_CRL_OR_OCSP ||
           evidence == MTLSAUTH_EVIDENCE_CRL_AND_OCSP;
}
