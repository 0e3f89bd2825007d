/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_EXTENSION_H
#define MTLSAUTH_REVOCATION_OCSP_EXTENSION_H

#include "base/span.h"

/* A list of extensions as OCSP has them: of a response, or of one answer in it. */
struct ocsp_extensions {
    bool (*is_known)(struct span oid); /* may it be critical? */
    bool unknown_critical;
    bool has_nonce;
    struct span nonce; /* extnValue's content, still an OCTET STRING */
};

/* value is the content of the EXPLICIT tag around Extensions; false if it is malformed. */
bool mtlsauth__ocsp_extensions_read(struct ocsp_extensions *out, struct span value);

/* id-pkix-ocsp-nonce, RFC 9654 2.1 */
#define OID_OCSP_NONCE "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"

#endif
