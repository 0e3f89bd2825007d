/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_POLICIES_H
#define MTLSAUTH_CERT_POLICIES_H

#include "cert/view.h"

/*
 * Certificate policies, anyPolicy among them, and mappings of one certificate. libcrypto sorts them
 * anew for each, so it is not asked about a certificate with more.
 */
#define MTLSAUTH__MAX_POLICIES 100

#define OID_ANY_POLICY "\x55\x1d\x20\x00"

struct policy_mapping {
    struct span issuer, subject;
};

/*
 * What the extensions of a certificate say about certificate policies: certificatePolicies,
 * policyMappings, policyConstraints and inhibitAnyPolicy (RFC 5280 4.2.1.4, .5, .11, .14).
 */
struct policies {
    /* The name of the first of them that is malformed; NULL: none is. Static. */
    const char *malformed;

    /* More policies, or mappings, than MTLSAUTH__MAX_POLICIES, which are not all here; or a list of
     * them that is not DER: libcrypto takes BER, and nobody knows how many it would find. */
    bool too_many;

    struct span list[MTLSAUTH__MAX_POLICIES]; /* but anyPolicy */
    size_t count;
    bool any;      /* anyPolicy is one of them */
    bool repeated; /* one of them is there twice */

    struct policy_mapping mappings[MTLSAUTH__MAX_POLICIES];
    size_t mapping_count;
    bool maps_any; /* anyPolicy, or to it */

    /* requireExplicitPolicy: certificates that may follow before a policy is required. UINT32_MAX
     * if it is absent, 0 if policyConstraints are malformed. */
    uint32_t explicit_policy;
};

/* Reads them from the values of a view's extensions, and points into them. */
void mtlsauth__policies_read(struct policies *all,
                             const struct extension_value extensions[EXTENSION_COUNT]);

#endif
