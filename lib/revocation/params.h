/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_PARAMS_H
#define MTLSAUTH_REVOCATION_PARAMS_H

#include <mtlsauth/policy.h>
#include "cert/cert.h"

/* What has to speak for the certificates of one issuer. */
struct issuer_evidence {
    uint8_t spki_sha256[MTLSAUTH_SHA256_LEN];
    int evidence; /* enum mtlsauth_evidence */
};

/* What is required of revocation data: the part of a policy that lib/revocation reads. */
struct revocation_params {
    int evidence, depth; /* enum mtlsauth_evidence, mtlsauth_depth; 0: nothing was said */
    struct issuer_evidence *issuers;
    size_t issuer_count, issuer_capacity;
    int64_t crl_max_age;  /* seconds since thisUpdate */
    int64_t ocsp_max_age; /* the same of an OCSP answer */
    int64_t clock_skew;   /* thisUpdate may be so far in the future */
    int64_t grace;        /* seconds after nextUpdate, insecure */
    bool allow_unknown;   /* insecure */
    bool crl_without_number; /* insecure */
};

/* The evidence that is asked for an issuer's certificates. */
int mtlsauth__evidence_for(const struct revocation_params *params, const mtlsauth_cert *issuer);

#endif
