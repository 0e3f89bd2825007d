/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_id.h"

#include "base/der.h"
#include "base/error.h"
#include "trust/reason.h"

bool mtlsauth__ocsp_hash_is_listed(enum hash hash)
{
    return hash == HASH_SHA1 || hash == HASH_SHA256 || hash == HASH_SHA384 || hash == HASH_SHA512;
}

bool mtlsauth__ocsp_key_hash(struct span spki, enum hash hash, uint8_t out[MTLSAUTH__MAX_DIGEST],
                             size_t *len)
{
    struct der in = der_of(spki), inner;
    struct span algorithm, bits, octets;
    unsigned unused;

    return mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) &&
           mtlsauth__der_read(&inner, DER_SEQUENCE, &algorithm) &&
           mtlsauth__der_read(&inner, DER_BIT_STRING, &bits) &&
           mtlsauth__der_bit_string(bits, &octets, &unused) &&
           mtlsauth__digest(hash, octets, out, len);
}

bool mtlsauth__ocsp_issuer_hashes(struct ocsp_issuer_hashes *hashes, enum hash hash,
                                  const mtlsauth_cert *cert, const mtlsauth_cert *issuer)
{
    return mtlsauth__digest(hash, cert->view.issuer, hashes->name, &hashes->len) &&
           mtlsauth__ocsp_key_hash(issuer->view.spki, hash, hashes->key, &hashes->len);
}

int mtlsauth__ocsp_same_issuer(const mtlsauth_cert *cert, const mtlsauth_cert *issuer)
{
    if (span_equal(cert->issuer_key, issuer->subject_key))
        return MTLSAUTH_OK;
    return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                          "OCSP: the issuer of %s is %s, and what was given for it is %s",
                          mtlsauth__show(cert->subject).text, mtlsauth__show(cert->issuer).text,
                          mtlsauth__show(issuer->subject).text);
}
