/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_CERT_H
#define MTLSAUTH_CERT_CERT_H

#include <stdatomic.h>
#include <mtlsauth/cert.h>
#include "base/refcount.h"
#include "cert/san.h"
#include "cert/view.h"
#include "crypto/signature.h"

/* Limits for what is parsed. */
struct mtlsauth_limits {
    size_t certificate_bytes;
    size_t chain_bytes;
    size_t chain_certificates;
    size_t names;
    size_t truststore_bytes;
    size_t truststore_certificates;
};

/* The defaults where limits is NULL. */
const struct mtlsauth_limits *mtlsauth__limits_or_default(const mtlsauth_limits *limits);

struct cert_san {
    struct san_entry entry;
    char *text;
};

/* Immutable once it is made, but for the key. */
struct mtlsauth_cert {
    struct refcount refs;
    uint8_t *der; /* the view points into it */
    struct cert_view view;
    enum name_status names; /* NAME_OK, or why nothing of its names may be believed */
    struct cert_san *san;
    size_t san_count;
    char *subject, *issuer;
    /* Canonical forms (cert/name.h). */
    struct span subject_key, issuer_key;
    char *serial_hex, *subject_key_id_hex, *authority_key_id_hex;
    char key_text[MTLSAUTH__ALGORITHM_TEXT], signature_text[MTLSAUTH__ALGORITHM_TEXT];
    uint8_t sha256[MTLSAUTH_SHA256_LEN], spki_sha256[MTLSAUTH_SHA256_LEN];
    /* spki_sha256, but of an RSA key in another form that of the usual one: rsaEncryption with NULL
     * (RFC 3279 2.3.1). Whoever issues has that form. */
    uint8_t key_sha256[MTLSAUTH_SHA256_LEN];
    char sha256_hex[MTLSAUTH_SHA256_HEX_LEN], spki_sha256_hex[MTLSAUTH_SHA256_HEX_LEN];
    char thumbprint[44];
    bool self_issued; /* subject and issuer are the same name (RFC 5280 6.1) */
    _Atomic(struct public_key *) key; /* of mtlsauth__cert_key; set once, by whoever comes first */
};

/* One DER certificate that fills bytes; copied. */
int mtlsauth__cert_new(mtlsauth_cert **out, struct span bytes,
                       const struct mtlsauth_limits *limits);

/*
 * The key as libcrypto has decoded it, borrowed. It is decoded by the first who asks, and not when
 * the certificate is parsed: that costs more than all else of it, and a leaf's key is never asked
 * for. CRYPTO_NO for one that cannot be used. Thread-safe.
 */
enum crypto_verdict mtlsauth__cert_key(const mtlsauth_cert *cert, const struct public_key **key);

/* A number for tables: a certificate ends with its signature, whose octets are as good as random.
 * It proves nothing, and whoever uses it compares all octets. */
static inline uint64_t mtlsauth__cert_hash(struct span der)
{
    uint64_t tail = 0;

    if (der.len >= sizeof tail)
        memcpy(&tail, der.ptr + (der.len - sizeof tail), sizeof tail);
    return (tail * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
}

/* Are these the same certificate, byte for byte? */
bool mtlsauth__cert_same(const mtlsauth_cert *a, const mtlsauth_cert *b);

#endif
