/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_REQUEST_H
#define MTLSAUTH_REVOCATION_OCSP_REQUEST_H

#include <mtlsauth/ocsp.h>
#include "revocation/ocsp_id.h"

/* RFC 5280 4.1.2.2 has 20 octets; some CAs have more, none has so many. */
enum { OCSP_MAX_SERIAL = 64 };

struct ocsp_asked {
    struct ocsp_issuer_hashes issuer;
    uint8_t serial[OCSP_MAX_SERIAL];
    size_t serial_len;
};

struct mtlsauth_ocsp_request {
    unsigned flags; /* enum mtlsauth_ocsp_flag */
    bool has_nonce;
    uint8_t nonce[MTLSAUTH_OCSP_NONCE_LEN];
    struct ocsp_asked *asked;
    size_t count, capacity;
    uint8_t *memory; /* the DER is its end */
    struct span der;
};

#endif
