/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_X509_H
#define MTLSAUTH_CRYPTO_X509_H

#include "base/span.h"
#include "cert/view.h"
#include "crypto/signature.h"
#include "crypto/verdict.h"

/* A certificate as libcrypto has decoded it. Its caches are filled: it is not changed any more. */
struct x509;

/*
 * Decodes the certificate of a view. CRYPTO_NO when libcrypto refuses it, or reads something else
 * in it than we do, or when reading it would cost too much (cert/view.h). The key must be usable
 * (crypto/signature.h).
 */
enum crypto_verdict mtlsauth__x509_new(struct x509 **out, const struct cert_view *view);
void mtlsauth__x509_free(struct x509 *x509);

/* One more reference; NULL gives NULL. */
struct x509 *mtlsauth__x509_ref(const struct x509 *x509);

/* Its public key, borrowed; NULL when libcrypto cannot decode it. */
const struct public_key *mtlsauth__x509_key(const struct x509 *x509);

/* One OBJECT IDENTIFIER in dotted text. */
struct policy_oid {
    char text[128];
};

/* The inputs of RFC 5280 6.1.1 (c) to (g). */
struct path_inputs {
    const struct policy_oid *policies; /* anyPolicy if there is none */
    size_t policy_count;
    bool explicit_policy, inhibit_mapping, inhibit_any_policy;
    /* Not NULL: for which certificates cert_view_leaks_constraints holds. The policies of
     * the path are not processed then, and only whether those of the others are in order is looked
     * at: what the fields above ask for is for the caller to say. */
    const bool *leaks;
    bool strict; /* X509_V_FLAG_X509_STRICT */
};

/* Why a path does not hold. */
struct path_refusal {
    int code;         /* MTLSAUTH_DENY_... */
    size_t depth;     /* of the certificate, 0 the leaf */
    const char *text; /* libcrypto's words; static */
};

/*
 * Does this very path hold, leaf first, anchor last? Validity and signatures are not looked at:
 * both are ours. CRYPTO_NO fills *refusal.
 */
enum crypto_verdict mtlsauth__x509_check_path(const struct x509 *const path[], size_t count,
                                              const struct path_inputs *inputs,
                                              struct path_refusal *refusal);

#endif
