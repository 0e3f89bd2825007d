/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_IMAGE_H
#define MTLSAUTH_REVOCATION_IMAGE_H

#include "base/span.h"
#include "revocation/facts.h"
#include "revocation/index.h"

/*
 * The compiled index as octets: docs/crl-index.md has every field. What is read is checked to the
 * last octet, order of the entries included, before any of it is used; a file of the form that this
 * version writes has no other form, so nothing in it is an offset that is trusted.
 */

enum { CRL_IMAGE_DIGEST = 32 };

/* What an image holds. */
struct crl_image {
    uint8_t issuer_key[CRL_IMAGE_DIGEST]; /* key_sha256 of who has signed it */
    struct crl_index index;
    struct crl_facts facts; /* without the signature, which was checked */
    uint8_t source[CRL_IMAGE_DIGEST]; /* SHA-256 of the tbsCertList */
};

/* Where an image goes to and comes from: all of the octets, or a code with a sentence. */
struct crl_image_out {
    int (*write)(void *arg, struct span bytes);
    void *arg;
};
struct crl_image_in {
    /* Fewer octets than len: MTLSAUTH_ERR_PARSE. */
    int (*read)(void *arg, void *to, size_t len);
    /* MTLSAUTH_OK when all octets have been read. */
    int (*end)(void *arg);
    void *arg;
    uint64_t size; /* of all of it */
};

/* key may be empty: then a SHA-256 stands where an HMAC would. */
int mtlsauth__crl_image_write(const struct crl_image *image, struct span key,
                              const struct crl_image_out *out);

/*
 * MTLSAUTH_OK, _ERR_PARSE; _ERR_MISMATCH when the image was written with a key and none is given,
 * or the other way round; _ERR_SIGNATURE when the HMAC is another one; _ERR_NOMEM, _ERR_CRYPTO.
 * image is empty unless it is MTLSAUTH_OK.
 */
int mtlsauth__crl_image_read(struct crl_image *image, struct span key,
                             const struct crl_image_in *in);

void mtlsauth__crl_image_drop(struct crl_image *image);

#endif
