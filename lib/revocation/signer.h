/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SIGNER_H
#define MTLSAUTH_REVOCATION_SIGNER_H

#include "crypto/digest.h"
#include "revocation/crl.h"

/* What was signed, as the algorithm wants it: a digest, or for EdDSA all of it. */
struct crl_signed {
    uint8_t digest[MTLSAUTH__MAX_DIGEST];
    size_t digest_len;
    struct span all;
};

/* RFC 5280 6.3.3 (f): may a certificate sign lists, as its keyUsage, if it has one, says? */
bool mtlsauth__crl_may_sign(const mtlsauth_cert *signer);

/* Is it of this name and this key that the list is? */
bool mtlsauth__crl_signed_by(const mtlsauth_crl *crl, const mtlsauth_cert *cert);

/* Is the signature of a list over all of it, and not a digest, and may one of the signers have made
 * it? What nobody can have signed so is not kept, whatever the list says. */
bool mtlsauth__crl_needs_all(const struct algorithm *algorithm, const struct crl_signers *signers);

/* Does the policy take the algorithm, and the key of whoever has signed, NULL where that is not
 * known? MTLSAUTH_ERR_UNSUPPORTED. */
int mtlsauth__crl_check_strength(const mtlsauth_crl *crl, const mtlsauth_cert *signer,
                                 const struct crl_rules *rules);

/*
 * Checks the signature of a list with the key of one of the signers that may have made it, and
 * notes the key. The list must be finished (mtlsauth__crl_finish).
 */
int mtlsauth__crl_verify(mtlsauth_crl *crl, const struct crl_signed *what,
                         const struct crl_signers *signers, const struct crl_rules *rules);

#endif
