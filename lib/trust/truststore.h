/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_TRUSTSTORE_H
#define MTLSAUTH_TRUST_TRUSTSTORE_H

#include <pthread.h>
#include <mtlsauth/truststore.h>
#include "base/refcount.h"
#include "cert/pem_cert.h"
#include "crypto/x509.h"

/* What libcrypto says of a certificate of the store. */
struct examined {
    struct x509 *x509;   /* NULL when its key is not for libcrypto, or unreadable to it */
    bool is_self_signed; /* its own key verifies its signature: an anchor */
};

/* A certificate of the store. */
struct trusted {
    mtlsauth_cert *cert;
    size_t line;               /* of its PEM block, 0 for DER */
    struct examined *examined; /* of mtlsauth__trusted_examine; set once, under the store's lock */
    pthread_mutex_t *lock;
};

/*
 * Found out by the first who asks, filled to the last cache before anybody else sees it, and then
 * never changed: it costs more than all else of loading a store, and of most of its certificates
 * nobody asks. NULL when memory or libcrypto failed: then it is found out the next time.
 * Thread-safe.
 */
const struct examined *mtlsauth__trusted_examine(const struct trusted *entry);
void mtlsauth__examined_free(struct examined *examined);

/* Has its own key signed it? Of a store that was examined as a whole. */
bool mtlsauth__trusted_is_root(const struct trusted *entry);

/* The same, as libcrypto has decoded it, or NULL. */
const struct x509 *mtlsauth__trusted_x509(const struct trusted *entry);

/* RFC 5280 4.2.1.1: an issuer whose key identifier is another one is another key. */
static inline bool key_ids_fit(const mtlsauth_cert *subject, const mtlsauth_cert *issuer)
{
    return subject->view.authority_key_id.len == 0 || issuer->view.subject_key_id.len == 0 ||
           span_equal(subject->view.authority_key_id, issuer->view.subject_key_id);
}

/* What stands in the file beside the certificates, for lint. */
struct other_block {
    size_t line;
    bool is_private_key;
    char label[MTLSAUTH__SHOWN_LABEL + 1];
};

/* Immutable once it is made, but for what is found out of its certificates. */
struct mtlsauth_truststore {
    struct refcount refs;
    pthread_mutex_t lock; /* of what is found out; held to read or to set one pointer */
    struct trusted *entries;
    size_t count, capacity;
    const struct trusted **by_subject; /* canonical; self-issued ones first, then file order */
    const struct trusted **by_sha256;
    struct other_block *others;
    size_t other_count, other_capacity;
    size_t bytes;      /* of the file */
    bool trailing_text; /* text after the last block */
    size_t blank_line;  /* the first one, 0 for none */
    struct mtlsauth_limits limits;
    uint8_t sha256[MTLSAUTH_SHA256_LEN];
    char sha256_hex[MTLSAUTH_SHA256_HEX_LEN];
};

/*
 * One store of all certificates of others, in their order, within limits that hold for it as a
 * whole. For one store that is within them, *out is another reference to it.
 */
int mtlsauth__truststore_join(mtlsauth_truststore **out, mtlsauth_truststore *const *stores,
                              size_t count, const struct mtlsauth_limits *limits);

/* The entries of that subject (canonical form): *first is the first of the count returned. */
size_t mtlsauth__truststore_find(const mtlsauth_truststore *truststore, struct span subject_key,
                                 const struct trusted *const **first);

/* The entry that is this certificate, byte for byte, or NULL. */
const struct trusted *mtlsauth__truststore_entry(const mtlsauth_truststore *truststore,
                                                 const mtlsauth_cert *cert);

/* Examines all of them; false when memory or libcrypto failed. */
bool mtlsauth__truststore_examine(const mtlsauth_truststore *truststore);

/* Number of anchors that may have issued for a client, each counted once: self-signed ones, and
 * with partial chains every CA. */
size_t mtlsauth__truststore_anchors(const mtlsauth_truststore *truststore, bool partial_chain);

#endif
