/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_EVIDENCE_H
#define TESTS_UNIT_EVIDENCE_H

/*
 * What follows from what CRL and OCSP say, for each kind of evidence that is asked for. One letter
 * a cell: G in, R revoked, U unknown, S stale. A row for each state of the CRL, a column for each
 * of OCSP.
 */

#include <mtlsauth/error.h>
#include "revocation/combine.h"

enum { EVIDENCE_CRLS = 5, EVIDENCE_OCSPS = 7 };

static const struct {
    const char *name;
    enum revocation_state state;
} evidence_crls[EVIDENCE_CRLS] = {
    {"good", REVOCATION_GOOD},
    {"revoked", REVOCATION_REVOKED},
    {"none", REVOCATION_UNKNOWN},
    {"stale", REVOCATION_STALE},
    /* Refused when it is loaded: there is no list then. */
    {"invalid", REVOCATION_UNKNOWN},
};

static const struct {
    const char *name;
    enum ocsp_state state;
} evidence_ocsps[EVIDENCE_OCSPS] = {
    {"good", OCSP_STATE_GOOD},       {"revoked", OCSP_STATE_REVOKED},
    {"unknown", OCSP_STATE_UNKNOWN}, {"none", OCSP_STATE_NONE},
    {"stale", OCSP_STATE_STALE},     {"invalid", OCSP_STATE_INVALID},
    {"error", OCSP_STATE_ERROR},
};

struct evidence_table {
    const char *title; /* its heading in docs/revocation.md */
    int evidence;
    bool allow_unknown;
    const char *rows[EVIDENCE_CRLS];
};

static const struct evidence_table evidence_tables[] = {
    {"OFF",
     MTLSAUTH_EVIDENCE_OFF,
     false,
     {"GRGGGGG", "RRRRRRR", "GRGGGGG", "GRGGGGG", "GRGGGGG"}},
    {"CRL",
     MTLSAUTH_EVIDENCE_CRL,
     false,
     {"GRGGGGG", "RRRRRRR", "URUUUUU", "SRSSSSS", "URUUUUU"}},
    {"OCSP",
     MTLSAUTH_EVIDENCE_OCSP,
     false,
     {"GRUUSUU", "RRRRRRR", "GRUUSUU", "GRUUSUU", "GRUUSUU"}},
    {"CRL_OR_OCSP",
     MTLSAUTH_EVIDENCE_CRL_OR_OCSP,
     false,
     {"GRGGGGG", "RRRRRRR", "GRUUSUU", "GRSSSSS", "GRUUSUU"}},
    {"CRL_AND_OCSP",
     MTLSAUTH_EVIDENCE_CRL_AND_OCSP,
     false,
     {"GRUUSUU", "RRRRRRR", "URUUUUU", "SRUUSUU", "URUUUUU"}},
    {"CRL, unknown allowed",
     MTLSAUTH_EVIDENCE_CRL,
     true,
     {"GRGGGGG", "RRRRRRR", "GRGGGGG", "SRSSSSS", "GRGGGGG"}},
    {"OCSP, unknown allowed",
     MTLSAUTH_EVIDENCE_OCSP,
     true,
     {"GRUGSGG", "RRRRRRR", "GRUGSGG", "GRUGSGG", "GRUGSGG"}},
    {"CRL_OR_OCSP, unknown allowed",
     MTLSAUTH_EVIDENCE_CRL_OR_OCSP,
     true,
     {"GRGGGGG", "RRRRRRR", "GRUGSGG", "GRSSSSS", "GRUGSGG"}},
    {"CRL_AND_OCSP, unknown allowed",
     MTLSAUTH_EVIDENCE_CRL_AND_OCSP,
     true,
     {"GRUGSGG", "RRRRRRR", "GRUGSGG", "SRUSSSS", "GRUGSGG"}},
};

static inline int evidence_code(char letter)
{
    switch (letter) {
    case 'G':
        return MTLSAUTH_OK;
    case 'R':
        return MTLSAUTH_DENY_REVOKED;
    case 'S':
        return MTLSAUTH_DENY_REVOCATION_STALE;
    default:
        return MTLSAUTH_DENY_REVOCATION_UNKNOWN;
    }
}

#endif
