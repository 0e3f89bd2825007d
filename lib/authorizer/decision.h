/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_DECISION_H
#define MTLSAUTH_AUTHORIZER_DECISION_H

#include <mtlsauth/decision.h>
#include "revocation/status.h"
#include "trust/path.h"

/*
 * What mtlsauth_decision_allowed() looks for. Not 1, so that a stray write does not allow; it is
 * written in one place, mtlsauth__decision_allow.
 */
#define MTLSAUTH__ALLOW UINT32_C(0x5a17c0de)

/* What was made when it was asked for, and lives as long as what the decision says: that it is made
 * changes nothing of the decision, which is const for who asks. */
struct decision_lent {
    char **urls;
    size_t url_count, url_capacity;
    char *json;
};

struct mtlsauth_decision {
    uint32_t allow;
    int code;
    int depth;
    unsigned checks;
    uint64_t generation;
    int64_t valid_until;
    char message[MTLSAUTH__MAX_REASON];
    char *label, *identity;
    char truststore_sha256[MTLSAUTH_SHA256_HEX_LEN];
    struct verified_path path;
    int64_t revoked_at, stale_since;
    int revocation_reason;
    const char *revoked_by; /* "crl", "ocsp", or NULL; static */
    char crl_number[2 * MTLSAUTH__MAX_CRL_NUMBER + 1];
    mtlsauth_ocsp_request *ocsp_request; /* about the certificate at depth, or NULL */
    int ocsp_code;                       /* why there is none, when there should be */
    struct decision_lent *lent; /* stays with the decision; NULL in one that nobody sees */
};

/* A denial, or a call that failed: code is never MTLSAUTH_OK. Returns it. */
int mtlsauth__decision_deny(mtlsauth_decision *decision, int code, int depth, const char *message);

/* Denials whose sentence is always the same. */
int mtlsauth__decision_deny_memory(mtlsauth_decision *decision, int depth);
int mtlsauth__decision_deny_no_certificate(mtlsauth_decision *decision);

/* Notes what to ask about a certificate of its path, which was denied because nothing answers for
 * it. */
void mtlsauth__decision_ask_ocsp(mtlsauth_decision *decision, const mtlsauth_cert *cert,
                                 const mtlsauth_cert *issuer);

/* The path holds, and no more is said. */
void mtlsauth__decision_path_holds(mtlsauth_decision *decision);

/* The one place that allows: every check of required must be among those that were run. */
int mtlsauth__decision_allow(mtlsauth_decision *decision, unsigned required);

#endif
