/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_ID_H
#define MTLSAUTH_REVOCATION_OCSP_ID_H

#include "cert/cert.h"
#include "crypto/digest.h"

/* CertID of RFC 6960 4.1.1: how OCSP names a certificate. */
struct ocsp_id {
    enum hash hash; /* HASH_UNKNOWN: one that is not on the list */
    struct span name_hash, key_hash, serial;
};

/* The two digests that name an issuer in one hash. */
struct ocsp_issuer_hashes {
    uint8_t name[MTLSAUTH__MAX_DIGEST], key[MTLSAUTH__MAX_DIGEST];
    size_t len;
};

/* The hashes in which an issuer may be named: SHA-1 to SHA-512. None of them protects anything. */
bool mtlsauth__ocsp_hash_is_listed(enum hash hash);

/* Of the issuer's name as cert has it, and of the issuer's key; false when libcrypto fails. */
bool mtlsauth__ocsp_issuer_hashes(struct ocsp_issuer_hashes *hashes, enum hash hash,
                                  const mtlsauth_cert *cert, const mtlsauth_cert *issuer);

/* The digest of the key in a SubjectPublicKeyInfo: issuerKeyHash of RFC 6960 4.1.1 and, with SHA-1,
 * KeyHash of 4.2.1. */
bool mtlsauth__ocsp_key_hash(struct span spki, enum hash hash, uint8_t out[MTLSAUTH__MAX_DIGEST],
                             size_t *len);

/* MTLSAUTH_OK if issuer has the name that cert has for its issuer, else MTLSAUTH_ERR_MISMATCH. */
int mtlsauth__ocsp_same_issuer(const mtlsauth_cert *cert, const mtlsauth_cert *issuer);

#endif
