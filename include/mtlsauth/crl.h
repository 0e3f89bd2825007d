/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRL_H
#define MTLSAUTH_CRL_H

/*
 * Certificate revocation lists, as sorted arrays of serial numbers (RFC 5280 5).
 *
 * A list is read in one pass, checked as a whole, and its signature verified; then it is an index
 * of some 26 octets an entry in which a serial is found in a fraction of a microsecond. One field
 * that is malformed, one critical extension that is not understood, and there is no handle: an
 * entry is never skipped.
 *
 * What loading does not check: that the list is current. A stale list still says who is revoked;
 * mtlsauth_crl_check() and the authorizer look at its dates each time. Nor does it check that the
 * issuer is trusted: a list speaks only of certificates that the key which signed it has issued,
 * and whether that key is to be believed is found out with the path of each certificate.
 *
 * Partitioned lists (issuingDistributionPoint), indirect lists and delta lists are loaded as any
 * other; what they say together of a certificate the authorizer finds out (RFC 5280 6.3.3,
 * docs/revocation.md). Lists of attribute certificates are refused (MTLSAUTH_ERR_UNSUPPORTED).
 *
 * A loaded list is immutable and reference counted: use it from any thread.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/policy.h>
#include <mtlsauth/truststore.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_crl mtlsauth_crl;
typedef struct mtlsauth_crl_options mtlsauth_crl_options;

/* Limits unless options say otherwise. */
#define MTLSAUTH_CRL_DEFAULT_MAX_BYTES 1073741824
#define MTLSAUTH_CRL_DEFAULT_MAX_ENTRIES 20000000
/* Octets of a serial number: what RFC 5280 4.1.2.2 allows, and the most that an option lets in. */
#define MTLSAUTH_CRL_DEFAULT_MAX_SERIAL 20
#define MTLSAUTH_CRL_MAX_SERIAL 64

/* Why an entry is on the list (RFC 5280 5.3.1). 7 is not used. */
enum mtlsauth_crl_reason {
    MTLSAUTH_CRL_REASON_NONE = -1, /* the entry gives none */
    MTLSAUTH_CRL_REASON_UNSPECIFIED = 0,
    MTLSAUTH_CRL_REASON_KEY_COMPROMISE = 1,
    MTLSAUTH_CRL_REASON_CA_COMPROMISE = 2,
    MTLSAUTH_CRL_REASON_AFFILIATION_CHANGED = 3,
    MTLSAUTH_CRL_REASON_SUPERSEDED = 4,
    MTLSAUTH_CRL_REASON_CESSATION_OF_OPERATION = 5,
    MTLSAUTH_CRL_REASON_CERTIFICATE_HOLD = 6,
    MTLSAUTH_CRL_REASON_REMOVE_FROM_CRL = 8,
    MTLSAUTH_CRL_REASON_PRIVILEGE_WITHDRAWN = 9,
    MTLSAUTH_CRL_REASON_AA_COMPROMISE = 10
};

/* What a list says of a certificate. */
enum mtlsauth_crl_status {
    MTLSAUTH_CRL_STATUS_GOOD = 1,    /* it covers the certificate, is current, and has no entry */
    MTLSAUTH_CRL_STATUS_REVOKED = 2, /* it has an entry, whatever its age and whatever the reason */
    MTLSAUTH_CRL_STATUS_UNKNOWN = 3, /* it is of another issuer, or does not speak of it */
    MTLSAUTH_CRL_STATUS_STALE = 4    /* it has no entry, and is past its time or before it */
};

/* What a list speaks of, as bits of mtlsauth_crl_scope(): 0 is all of its issuer's certificates. */
enum mtlsauth_crl_scope_bit {
    MTLSAUTH_CRL_SCOPE_USER = 1,      /* onlyContainsUserCerts */
    MTLSAUTH_CRL_SCOPE_CA = 2,        /* onlyContainsCACerts */
    MTLSAUTH_CRL_SCOPE_ATTRIBUTE = 4, /* onlyContainsAttributeCerts */
    MTLSAUTH_CRL_SCOPE_INDIRECT = 8,  /* of several issuers */
    MTLSAUTH_CRL_SCOPE_REASONS = 16,  /* onlySomeReasons */
    MTLSAUTH_CRL_SCOPE_POINT = 32,    /* certificates that name its distribution point */
    MTLSAUTH_CRL_SCOPE_DELTA = 64     /* what has changed since another list */
};

/*
 * Called while a list is loaded, with octets of DER that were read and how many there are in all (0
 * while that is not known). done never goes back. It is called again with done equal to total,
 * every few milliseconds, while the entries of a large list are sorted: that all is read does not
 * end the work. Another answer than 0, at any time, ends the call with MTLSAUTH_ERR_CANCELLED, and
 * nothing is loaded.
 */
typedef int (*mtlsauth_crl_progress)(uint64_t done, uint64_t total, void *arg);

/* Options with the defaults. *out is to be freed with mtlsauth_crl_options_free, NULL on failure
 * (MTLSAUTH_ERR_NOMEM, _ARGUMENT); NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_options_new(mtlsauth_crl_options **out);
MTLSAUTH_API void mtlsauth_crl_options_free(mtlsauth_crl_options *options);

/* Limits: over them is MTLSAUTH_ERR_LIMIT. 0, or more than MTLSAUTH_CRL_MAX_SERIAL or 4294967294
 * entries, is MTLSAUTH_ERR_ARGUMENT. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_crl_options_set_max_bytes(mtlsauth_crl_options *options, uint64_t bytes);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_crl_options_set_max_entries(mtlsauth_crl_options *options, uint64_t entries);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_crl_options_set_max_serial(mtlsauth_crl_options *options, size_t octets);

/* A function that is told how far the work is; NULL for none. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_crl_options_set_progress(mtlsauth_crl_options *options, mtlsauth_crl_progress progress,
                                  void *arg);

/*
 * Reads a list for inspection: its form is checked, its signature is not. Nothing can be looked up
 * in it, and nothing that decides takes it.
 *
 * out      receives a handle, to be freed with mtlsauth_crl_free; NULL on failure
 * data     len octets of DER, or PEM with one block "X509 CRL", and text around it in lines of at
 *          most 4096 octets; borrowed for the call
 * options  NULL for the defaults
 *
 * MTLSAUTH_ERR_PARSE, _LIMIT, _UNSUPPORTED, _CANCELLED, _ARGUMENT, _NOMEM, _CRYPTO.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_parse(mtlsauth_crl **out, const void *data,
                                                        size_t len,
                                                        const mtlsauth_crl_options *options);

/*
 * Reads, checks and verifies a list, or gives nothing.
 *
 * issuer  the certificate whose key signed the list: its subject is the issuer of the list, its
 *         keyUsage, if it has one, includes cRLSign
 * policy  keys and signatures that are taken, and whether a list needs a cRLNumber; borrowed
 *
 * Besides the codes of mtlsauth_crl_parse: MTLSAUTH_ERR_MISMATCH when the list is of another issuer
 * or the issuer may not sign lists, MTLSAUTH_ERR_SIGNATURE when the signature does not verify,
 * MTLSAUTH_ERR_UNSUPPORTED for an algorithm or key that the policy does not take, _CRYPTO.
 * RFC 5280 6.3.3 (f), (g). Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_load(mtlsauth_crl **out, const void *data,
                                                       size_t len, const mtlsauth_cert *issuer,
                                                       const mtlsauth_policy *policy,
                                                       const mtlsauth_crl_options *options);

/* The same from a file, which is read in pieces: memory for the index alone, and for the list where
 * it may be signed with Ed25519 or Ed448, which sign no digest. Also MTLSAUTH_ERR_IO.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_load_file(mtlsauth_crl **out, const char *path,
                                                            const mtlsauth_cert *issuer,
                                                            const mtlsauth_policy *policy,
                                                            const mtlsauth_crl_options *options);

/*
 * The same with an issuer that is looked for in a truststore, by name and key identifier;
 * MTLSAUTH_ERR_NOT_FOUND when none of that name is there, MTLSAUTH_ERR_LIMIT when more than 16 are
 * that may have signed the list, as far as can be told without a signature check, and none of the
 * first 16 has. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_load_from_truststore(
    mtlsauth_crl **out, const void *data, size_t len, const mtlsauth_truststore *truststore,
    const mtlsauth_policy *policy, const mtlsauth_crl_options *options);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_load_file_from_truststore(
    mtlsauth_crl **out, const char *path, const mtlsauth_truststore *truststore,
    const mtlsauth_policy *policy, const mtlsauth_crl_options *options);

/* One more reference; one reference back. NULL is taken. Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_crl *mtlsauth_crl_ref(mtlsauth_crl *crl);
MTLSAUTH_API void mtlsauth_crl_free(mtlsauth_crl *crl);

/*
 * Is this serial number on the list? serial is the content of its INTEGER, len octets, as
 * mtlsauth_cert_serial gives it. *found becomes 1 or 0, *date seconds since 1970
 * (MTLSAUTH_NO_TIME), *reason one of enum mtlsauth_crl_reason; date and reason may be NULL. This is
 * the bare list: whether it speaks of a certificate, and is current, is what mtlsauth_crl_check
 * says. Of an indirect list it is the certificates of the list's own issuer that are looked
 * through; of a delta, what it takes from the list is found too, and the reason says so.
 *
 * MTLSAUTH_ERR_ARGUMENT for a list that was not verified, and for octets that are no INTEGER in
 * DER. *found is 0 then. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_find(const mtlsauth_crl *crl, const void *serial,
                                                       size_t len, int *found, int64_t *date,
                                                       int *reason);

/*
 * What the list says of a certificate at the policy's time: *status is one of enum
 * mtlsauth_crl_status, date and reason (may be NULL) as for mtlsauth_crl_find.
 *
 * issuer  the certificate that issued cert, from a path that was verified: the list counts if the
 *         same key signed it, or another key of the same name whose certificate, with cRLSign or
 *         of a CA without keyUsage, issuer has signed, or which has signed issuer (RFC 5280 6.3.3
 *         (f)); a compiled index does not keep that certificate, and counts by the same key alone
 *
 * A list whose distribution point has a name counts for certificates that name the same point alone
 * (RFC 5280 6.3.3 (b)): without a cRLDistributionPoints extension, that is none. Where that name is
 * the directoryName of the issuer itself, it counts for all certificates of that issuer, also those
 * without the extension (6.3.3, last paragraph). One list of several is UNKNOWN where the others
 * are needed: a delta, a list of some reasons, an indirect list, whose issuer needs a path of
 * its own, and the issuer's list where all points name another cRLIssuer, say REVOKED, and never
 * GOOD. The authorizer puts them together. A list that was loaded under another policy, and that
 * this one would not load for want of a number, for its signature or for the key of its signer, is
 * never GOOD, either. MTLSAUTH_ERR_ARGUMENT for NULL or a list that was not verified,
 * MTLSAUTH_ERR_IO when the policy's clock has no time, _NOMEM; *status is UNKNOWN then.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_crl_check(const mtlsauth_crl *crl, const mtlsauth_cert *cert, const mtlsauth_cert *issuer,
                   const mtlsauth_policy *policy, int *status, int64_t *date, int *reason);

/* 1 if the signature was verified, and things may be looked up. Thread-safe. @since 1.0 */
MTLSAUTH_API int mtlsauth_crl_is_verified(const mtlsauth_crl *crl);

/* Issuer as RFC 4514 writes it. Getters borrow from the handle; NULL gives "" for a text, NULL and
 * length 0 for octets, 0 for a number, MTLSAUTH_NO_TIME for a time. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_crl_issuer(const mtlsauth_crl *crl);

/* cRLNumber: its octets without leading zeros, and in hexadecimal; none is length 0 and "".
 * Thread-safe. @since 1.0 */
MTLSAUTH_API const void *mtlsauth_crl_number(const mtlsauth_crl *crl, size_t *len);
MTLSAUTH_API const char *mtlsauth_crl_number_hex(const mtlsauth_crl *crl);

/* BaseCRLNumber of a delta list, in the same two forms: it has what changed since the complete list
 * of that number (RFC 5280 5.2.4). Length 0 and "" for a list that is no delta. Thread-safe.
 * @since 1.0 */
MTLSAUTH_API const void *mtlsauth_crl_base_number(const mtlsauth_crl *crl, size_t *len);
MTLSAUTH_API const char *mtlsauth_crl_base_number_hex(const mtlsauth_crl *crl);

/* thisUpdate and nextUpdate, seconds since 1970; MTLSAUTH_NO_TIME without a nextUpdate.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API int64_t mtlsauth_crl_this_update(const mtlsauth_crl *crl);
MTLSAUTH_API int64_t mtlsauth_crl_next_update(const mtlsauth_crl *crl);

/* Number of serials. One that stands in the list twice counts once. It has the date of its earliest
 * entry, and its reason; but if that is certificateHold and another entry gives another reason,
 * that other reason is reported. An entry with reason removeFromCRL counts only where no other
 * names that serial. Thread-safe. @since 1.0 */
MTLSAUTH_API size_t mtlsauth_crl_count(const mtlsauth_crl *crl);

/* SHA-256 of what is signed, the tbsCertList: 32 octets, and in hexadecimal. (The digest of the
 * file would cost a second pass over it.) Thread-safe. @since 1.0 */
MTLSAUTH_API const unsigned char *mtlsauth_crl_sha256(const mtlsauth_crl *crl);
MTLSAUTH_API const char *mtlsauth_crl_sha256_hex(const mtlsauth_crl *crl);

/* SHA-256 of the key that the signature was verified with, 32 octets (mtlsauth_cert_spki_sha256 of
 * its certificate). NULL if it was not. Thread-safe. @since 1.0 */
MTLSAUTH_API const unsigned char *mtlsauth_crl_issuer_key(const mtlsauth_crl *crl);

/* The algorithm of the signature: "ECDSA with SHA-256". Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_crl_signature_text(const mtlsauth_crl *crl);

/* First name of the distribution point, escaped; "" without one. What the list speaks of, as bits
 * of enum mtlsauth_crl_scope_bit. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_crl_distribution_point(const mtlsauth_crl *crl);
MTLSAUTH_API unsigned mtlsauth_crl_scope(const mtlsauth_crl *crl);

/* The reasons of onlySomeReasons: bit n of ReasonFlags (RFC 5280 4.2.1.13) as 1 << n, keyCompromise
 * being 2; 0: all reasons. Thread-safe. @since 1.0 */
MTLSAUTH_API unsigned mtlsauth_crl_reasons(const mtlsauth_crl *crl);

/* Octets of memory that the entries take. Thread-safe. @since 1.0 */
MTLSAUTH_API size_t mtlsauth_crl_memory(const mtlsauth_crl *crl);

/*
 * Entry i, from 0, in the order of the index: by octets without leading zeros, left-aligned; not by
 * number. Writes the content octets of its serial to serial, and their number to *len; date and
 * reason (may be NULL) as for mtlsauth_crl_find. Works for a list that was not verified.
 *
 * size  octets that serial has room for: MTLSAUTH_CRL_MAX_SERIAL + 1 are always enough
 *
 * MTLSAUTH_ERR_LIMIT when they are too few: *len says how many it takes, and nothing else is
 * written. MTLSAUTH_ERR_ARGUMENT beyond the end. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_serial_at(const mtlsauth_crl *crl, size_t i,
                                                            unsigned char *serial, size_t size,
                                                            size_t *len, int64_t *date,
                                                            int *reason);

/*
 * Saves a verified list as a compiled index (docs/crl-index.md), to be opened in a fraction of the
 * time. The file is written beside path, synced and renamed: path has the old content or the new,
 * also when the machine stops. Mode 0600.
 *
 * key  key_len octets of a secret of yours, which makes an HMAC-SHA-256: an index that is not
 *      local, or lies where others can write, needs one. NULL and 0: none
 *
 * MTLSAUTH_ERR_ARGUMENT for a list that was not verified, or a key of fewer than 16 octets or more
 * than INT32_MAX; _IO,
 * _NOMEM, _CRYPTO. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_save(const mtlsauth_crl *crl, const char *path,
                                                       const void *key, size_t key_len);

/*
 * Opens a compiled index; every octet is checked before the first lookup. With the key it is as
 * verified as it was when it was saved. Without one it is a cache that this user made on this
 * machine: the file and its folder belong to this user or to root, and nobody else can write them.
 * A symbolic link is not followed.
 *
 * MTLSAUTH_ERR_PARSE for a file that is torn, altered or of another version, MTLSAUTH_ERR_SIGNATURE
 * for another key, MTLSAUTH_ERR_MISMATCH for a key where there is none or none where there is one,
 * MTLSAUTH_ERR_IO (also when there is none), _NOMEM, _CRYPTO, _ARGUMENT.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_open_file(mtlsauth_crl **out, const char *path,
                                                            const void *key, size_t key_len);

/* The same from memory, which says nothing of who made it: without a key MTLSAUTH_ERR_ARGUMENT.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_crl_open(mtlsauth_crl **out, const void *data,
                                                       size_t len, const void *key, size_t key_len);

/* A reason as RFC 5280 5.3.1 calls it, "keyCompromise"; "" for none. Static.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_crl_reason_name(int reason);

/* Name of one of enum mtlsauth_crl_status, "revoked"; "" for another number. Static.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_crl_status_name(int status);

MTLSAUTH_END_DECLS

#endif
