/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_VIEW_H
#define MTLSAUTH_CERT_VIEW_H

#include "base/der.h"
#include "cert/algorithm.h"

/*
 * A certificate as spans into its DER (RFC 5280 4.1), read in one pass, without libcrypto. What
 * stands here is what the certificate says: nothing is checked but its form.
 */

/* keyUsage, bit n of RFC 5280 4.2.1.3 as 1 << n. */
enum key_usage {
    KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
    KEY_USAGE_KEY_AGREEMENT = 1 << 4,
    KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
    KEY_USAGE_CRL_SIGN = 1 << 6
};

/*
 * Octets of issuer's names in the distribution points whose names are relative to it. libcrypto
 * up to 3.0.22 copies that name for each, when it reads the certificate (CVE-2026-35189): real
 * ones have a few hundred.
 */
#define MTLSAUTH__MAX_RELATIVE_NAMES 16384

/* One of a certificate, of a CRL or its entry, or of OCSP: they have one form (RFC 5280 4.1). */
struct one_extension {
    struct span oid;
    bool critical;
    struct span value; /* content of the OCTET STRING */
};

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
bool mtlsauth__extension_next(struct der *in, struct one_extension *out);

/* Extensions that are understood: the value is the content of extnValue. */
enum extension {
    EXTENSION_AUTHORITY_KEY_ID,
    EXTENSION_SUBJECT_KEY_ID,
    EXTENSION_KEY_USAGE,
    EXTENSION_CERTIFICATE_POLICIES,
    EXTENSION_POLICY_MAPPINGS,
    EXTENSION_SUBJECT_ALT_NAME,
    EXTENSION_ISSUER_ALT_NAME,
    EXTENSION_BASIC_CONSTRAINTS,
    EXTENSION_NAME_CONSTRAINTS,
    EXTENSION_POLICY_CONSTRAINTS,
    EXTENSION_EXTENDED_KEY_USAGE,
    EXTENSION_CRL_DISTRIBUTION_POINTS,
    EXTENSION_INHIBIT_ANY_POLICY,
    EXTENSION_FRESHEST_CRL,
    EXTENSION_AUTHORITY_INFO_ACCESS,
    EXTENSION_SUBJECT_INFO_ACCESS,
    EXTENSION_OCSP_NO_CHECK,
    EXTENSION_NETSCAPE_CERT_TYPE,
    EXTENSION_COUNT
};

struct extension_value {
    bool present;
    bool critical;
    struct span value;
};

struct cert_view {
    struct span whole;
    struct span tbs; /* with tag and length: what is signed */
    unsigned version;
    struct span serial; /* content octets */
    struct algorithm signature_algorithm;
    struct span signature; /* octets of the BIT STRING */
    struct span issuer, subject; /* Name, with tag and length */
    int64_t not_before, not_after;
    struct span spki; /* SubjectPublicKeyInfo, with tag and length */
    struct key_facts key;

    struct extension_value extensions[EXTENSION_COUNT];
    size_t extension_count; /* all of them, known or not */
    bool unknown_critical;
    struct span unknown_critical_oid;

    /* What its extensions about certificate policies are: of struct policies (cert/policies.h). */
    const char *malformed_policies;
    bool too_many_policies;
    bool maps_any_policy;
    uint32_t explicit_policy;

    /* They are well-formed and not too many, with one policy at least, and none of them twice (RFC
     * 5280 4.2.1.4). */
    bool has_distinct_policies;

    /* More of them than MTLSAUTH__MAX_RELATIVE_NAMES: not for libcrypto. */
    bool too_many_relative_names;

    /* What the small ones say. */
    bool is_ca;
    bool has_path_length;
    uint32_t path_length;
    uint32_t key_usage;      /* all bits set when the extension is absent */
    struct span subject_key_id, authority_key_id; /* empty when absent */
};

/*
 * Reads one certificate that fills bytes. False with *why, a static text, when it is malformed.
 * The view points into bytes.
 */
bool mtlsauth__cert_view(struct cert_view *view, struct span bytes, const char **why);

/*
 * policyConstraints without has_distinct_policies. Until June 2026 (3.0.20) libcrypto leaks the
 * constraints each time that it reads the policies of a certificate that has none, or one twice: it
 * is not asked, whatever its release, nor about what is malformed anyway.
 */
static inline bool cert_view_leaks_constraints(const struct cert_view *view)
{
    return view->extensions[EXTENSION_POLICY_CONSTRAINTS].present && !view->has_distinct_policies;
}

/* Is OID one of extendedKeyUsage? *any says whether anyExtendedKeyUsage is. False if malformed. */
bool mtlsauth__cert_view_eku(const struct cert_view *view, struct span oid, bool *has, bool *any);

#endif
