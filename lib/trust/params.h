/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_PARAMS_H
#define MTLSAUTH_TRUST_PARAMS_H

#include <mtlsauth/policy.h>
#include "base/oid.h"
#include "cert/algorithm.h"
#include "crypto/x509.h"

/* What is required of a path: the part of a policy that lib/trust reads. */
struct path_params {
    int profile; /* enum mtlsauth_profile */
    unsigned max_ca_certificates; /* anchor counted */
    unsigned min_rsa_bits, max_rsa_bits, min_ec_bits, min_hash_bits;
    bool nist_curves_only; /* ALB takes no Edwards curves */
    bool partial_chain;
    bool check_eku;
    uint8_t eku[MTLSAUTH__MAX_OID];
    size_t eku_len;
    struct policy_oid *policies;
    size_t policy_count, policy_capacity;
    bool explicit_policy, inhibit_mapping, inhibit_any_policy;
    unsigned budget_signatures, budget_steps, budget_names;
    int64_t clock_skew;
    bool skip_time;
    /* Not a client's path but that of a CRL issuer (RFC 5280 6.3.3 (f)): it may sign lists, and
     * ends in the anchor with this name and key. */
    const mtlsauth_cert *crl_anchor;
};

/* Those of a profile; false for a number that is none. policies is empty. */
bool mtlsauth__path_params_of(struct path_params *params, int profile);

/* id-kp-clientAuth and id-kp-serverAuth, RFC 5280 4.2.1.12. */
#define OID_CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define OID_SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"

/* Is the key one that the parameters take? Else *why is a static text. */
bool mtlsauth__key_is_strong(const struct path_params *params, const struct key_facts *key,
                             const char **why);

/*
 * The same for the key of who signs: certificates, lists, answers. Lists, answers and rules know it
 * by a digest of what its certificate has (SubjectPublicKeyInfo), so that it has to be written in
 * one form: that of RFC 3279 2.3.1 for RSA, rsaEncryption with "NULL", and of RFC 5480 2.2 for EC,
 * "uncompressed", the one that all have to know. Whoever is certified in another one as well would
 * be two CAs. (RFC 4055 1.2 has RSA keys for RSA-PSS alone, and others refuse them of CAs, too.)
 */
bool mtlsauth__signer_is_strong(const struct path_params *params, const struct key_facts *key,
                                const char **why);

/* Is the signature made with what the parameters take? */
bool mtlsauth__signature_is_strong(const struct path_params *params,
                                   const struct algorithm *algorithm, const char **why);

#endif
