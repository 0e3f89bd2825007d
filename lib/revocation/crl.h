/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_H
#define MTLSAUTH_REVOCATION_CRL_H

#include <mtlsauth/crl.h>
#include "base/refcount.h"
#include "cert/cert.h"
#include "revocation/image.h"
#include "revocation/params.h"
#include "revocation/point.h"
#include "revocation/scan.h"
#include "revocation/status.h"
#include "trust/params.h"
#include "trust/truststore.h"

/* Immutable once it is made. */
struct mtlsauth_crl {
    struct refcount refs;
    bool verified; /* set in two places: a signature was checked, or an index of one was */
    struct span issuer_key; /* canonical name; of the signer, if it has one */
    struct point_names points;
    struct crl_image image;
    struct algorithm algorithm; /* points into the facts */
    char algorithm_text[MTLSAUTH__ALGORITHM_TEXT];
    char *issuer; /* RFC 4514 */
    uint64_t issuer_hash, *point_hashes; /* point.h; NULL without names */
    mtlsauth_cert *signer; /* the certificate that it was verified with; NULL for an opened index */
    char *point;
    char number_hex[2 * MTLSAUTH__MAX_CRL_NUMBER + 1];
    char base_number_hex[2 * MTLSAUTH__MAX_CRL_NUMBER + 1]; /* "" unless it is a delta */
    char sha256_hex[MTLSAUTH_SHA256_HEX_LEN];
};

struct mtlsauth_crl_options {
    struct crl_limits limits;
    mtlsauth_crl_progress progress;
    void *progress_arg;
};

/* The defaults where options is NULL. */
const struct mtlsauth_crl_options *
mtlsauth__crl_options_or_default(const mtlsauth_crl_options *options);

/* Who may have signed a list: one certificate, or any of a truststore; neither: nothing is
 * verified. */
struct crl_signers {
    const mtlsauth_cert *issuer;
    const mtlsauth_truststore *truststore;
};

/* What is required of a list that is loaded. */
struct crl_rules {
    const struct path_params *params;
    const struct revocation_params *revocation;
};

/* Where a list comes from: memory, or a file. */
struct crl_bytes {
    struct span memory;
    const char *path; /* NULL: memory */
    uint8_t *sha256;  /* receives the digest of the octets that were read; NULL: not wanted */
};

/* rules is NULL when signers is: a list for inspection. */
int mtlsauth__crl_load(mtlsauth_crl **out, const struct crl_bytes *bytes,
                       const struct crl_signers *signers, const struct crl_rules *rules,
                       const mtlsauth_crl_options *options);

/* Strings and canonical forms from the image; the image must be filled. */
int mtlsauth__crl_finish(mtlsauth_crl *crl);

/*
 * What a verified list alone says of a certificate that issuer, of the same path, has issued.
 * MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM.
 */
int mtlsauth__crl_status(const mtlsauth_crl *crl, mtlsauth_cert *cert, mtlsauth_cert *issuer,
                         const struct crl_rules *rules, int64_t now,
                         struct revocation_status *status);

/* What a list may be to be used: number, nextUpdate, of certificates. */
int mtlsauth__crl_vet(const struct crl_facts *facts, const struct revocation_params *params);

/* The same of a list that may have been loaded, or made an index of, under another policy: what can
 * be told is told again, of the signer where it is known: it may be NULL. */
int mtlsauth__crl_vet_again(const mtlsauth_crl *crl, const mtlsauth_cert *signer,
                            const struct crl_rules *rules);

/* MTLSAUTH_CRL_REASON_NONE for CRL_REASON_NONE. */
static inline int crl_reason_of(uint8_t reason)
{
    return reason == 0xff ? MTLSAUTH_CRL_REASON_NONE : (int)reason;
}

#endif
