/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_FACTS_H
#define MTLSAUTH_REVOCATION_FACTS_H

#include "base/span.h"
#include "revocation/issuers.h"
#include "revocation/status.h"

/* Key identifiers are digests of keys; nothing longer than SHA-512 is in use. */
#define MTLSAUTH__MAX_KEY_ID 64

/* An AlgorithmIdentifier: RSA-PSS with all its parameters spelled out has some 70 octets. */
#define MTLSAUTH__MAX_ALGORITHM 256

/* Longest content of a serial number that any limit lets in. RFC 5280 4.1.2.2 has 20. */
#define MTLSAUTH__MAX_SERIAL 64

#define CRL_NO_NEXT_UPDATE INT64_MAX

/* What issuingDistributionPoint says (RFC 5280 5.2.5). */
struct crl_scope {
    bool present;
    bool only_user, only_ca, only_attribute;
    bool indirect;
    bool has_names;   /* a distributionPoint */
    bool is_relative; /* which is a nameRelativeToCRLIssuer, and no fullName */
    uint32_t reasons; /* bit n of ReasonFlags as 1 << n; 0: all of them */
};

/* What a CRL says of itself. Memory of it belongs to it. What is looked at for each certificate
 * stands at the front: of thousands of lists, the one that is asked is in no cache. */
struct crl_facts {
    int64_t this_update, next_update; /* next_update is CRL_NO_NEXT_UPDATE where there is none */
    struct crl_scope scope;
    uint8_t number[MTLSAUTH__MAX_CRL_NUMBER]; /* without leading zeros; 0 is one octet */
    size_t number_len;
    struct crl_issuers issuers; /* whose certificates an indirect list speaks of besides its own */
    bool has_certificate_issuer; /* an entry has the certificateIssuer extension */
    bool has_remove;             /* an entry has reason removeFromCRL */
    bool is_delta, has_number;
    uint8_t base_number[MTLSAUTH__MAX_CRL_NUMBER]; /* of a delta */
    size_t base_number_len;
    unsigned version; /* 1 or 2 */
    uint8_t algorithm[MTLSAUTH__MAX_ALGORITHM]; /* AlgorithmIdentifier, with tag and length */
    size_t algorithm_len;
    uint8_t *issuer; /* Name, with tag and length */
    size_t issuer_len;
    uint8_t key_id[MTLSAUTH__MAX_KEY_ID]; /* of authorityKeyIdentifier */
    size_t key_id_len;
    uint8_t *idp; /* content of the extension's OCTET STRING */
    size_t idp_len;
    uint8_t *signature; /* octets of the BIT STRING */
    size_t signature_len;
};

/* Gives the memory back and makes it empty. */
void mtlsauth__crl_facts_drop(struct crl_facts *facts);

/*
 * Reads the content of an INTEGER that is a CRL number: 0 or above, minimal, of at most 20 octets.
 * A leading zero is dropped, so that two numbers compare by length and then by bytes.
 */
bool mtlsauth__crl_number(struct span value, uint8_t out[MTLSAUTH__MAX_CRL_NUMBER], size_t *len);

/* -1, 0 or 1 as CRL number a is below, equal to or above b. */
int mtlsauth__crl_number_compare(struct span a, struct span b);

#endif
