/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_DECISION_H
#define MTLSAUTH_DECISION_H

/*
 * The answer about one client: allowed or not, why, and who it is.
 *
 * A decision is made once and used again, one a thread. Fresh, reset or half-filled it reads
 * "denied: not evaluated". Its strings and certificates belong to it and live until the next call
 * that fills, resets or frees it. NULL reads like a fresh one. Not thread-safe.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/ocsp.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_decision mtlsauth_decision;

/* Which checks were run, as bits of mtlsauth_decision_checks(). */
enum mtlsauth_check {
    MTLSAUTH_CHECK_BLOCK_LIST = 1,
    MTLSAUTH_CHECK_PATH = 2,       /* issuers, signatures, constraints up to an anchor */
    MTLSAUTH_CHECK_ALGORITHMS = 4, /* keys and signatures of every certificate of the path */
    MTLSAUTH_CHECK_TIME = 8,       /* validity of every certificate of the path */
    MTLSAUTH_CHECK_USAGE = 16,     /* key usage, extended key usage */
    MTLSAUTH_CHECK_IDENTITY = 32,  /* the rules of the policy */
    MTLSAUTH_CHECK_REVOCATION = 64 /* the revocation status of what the policy asks for */
};

/* A decision that reads "not evaluated". *out is NULL on failure (MTLSAUTH_ERR_NOMEM, _ARGUMENT).
 * Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_decision_new(mtlsauth_decision **out);

/* Back to "not evaluated"; drops the references it holds. NULL is taken.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_decision_reset(mtlsauth_decision *decision);

/* Frees it. NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_decision_free(mtlsauth_decision *decision);

/*
 * MTLSAUTH_OK, the reason of the denial (above 0), or the code of a call that failed (below 0).
 * NULL gives MTLSAUTH_DENY_NOT_EVALUATED. One thread at a time. @since 1.0
 */
MTLSAUTH_API int mtlsauth_decision_code(const mtlsauth_decision *decision);

/* 1 when the client was authorized, else 0: also for NULL, and after mtlsauth_path_verify, which
 * speaks of the path alone. One thread at a time. @since 1.0 */
MTLSAUTH_API int mtlsauth_decision_allowed(const mtlsauth_decision *decision);

/* The certificate that the reason is about: 0 the leaf, counted upwards; -1 none.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API int mtlsauth_decision_depth(const mtlsauth_decision *decision);

/* The reason as a sentence for the operator's log. Printable, bounded, never parsed.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_decision_message(const mtlsauth_decision *decision);

/* What may be told to the client: that it is denied, and nothing an attacker learns from.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_decision_client_message(const mtlsauth_decision *decision);

/* Label of the rule that holds; "" if none does. It is no permission: revocation may have denied
 * afterwards. One thread at a time. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_decision_label(const mtlsauth_decision *decision);

/*
 * The name of the certificate that the rule matched, as type:value ("dns:client.example.com").
 * Where the rule asks for no name (any client, an issuer, a digest) it is the first name of the SAN
 * that a rule could have matched, or else "dn:" and the subject. It is spelled as the certificate
 * has it (a host name in capitals meets the same rule): what an application looks up by, and a list
 * of its own, is the label. "" unless a rule holds; as the label, no permission.
 * One thread at a time. @since 1.0
 */
MTLSAUTH_API const char *mtlsauth_decision_identity(const mtlsauth_decision *decision);

/* Until when the certificates of the path are all valid; MTLSAUTH_NO_TIME without a path.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API int64_t mtlsauth_decision_valid_until(const mtlsauth_decision *decision);

/*
 * Of a denial for revocation: when it was revoked (MTLSAUTH_NO_TIME when it was not), with which
 * reason (CRLReason of RFC 5280 5.3.1; -1 when none is given), the number of the CRL that says so,
 * or that is stale, in lower-case hexadecimal ("" without one); and since when the revocation data
 * is stale: its nextUpdate, or the end of the maximum age, without the grace; of a complete list
 * that is out of date by what a delta says, the delta's thisUpdate (MTLSAUTH_NO_TIME when it is not
 * stale, or is of the future). One thread at a time. @since 1.0
 */
MTLSAUTH_API int64_t mtlsauth_decision_revoked_at(const mtlsauth_decision *decision);
MTLSAUTH_API int mtlsauth_decision_revocation_reason(const mtlsauth_decision *decision);
MTLSAUTH_API const char *mtlsauth_decision_crl_number(const mtlsauth_decision *decision);
MTLSAUTH_API int64_t mtlsauth_decision_stale_since(const mtlsauth_decision *decision);

/* What says that it is revoked: "crl", "ocsp", or "" when it is not. Static.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_decision_revoked_by(const mtlsauth_decision *decision);

/* Mask of enum mtlsauth_check: the checks that were run. One thread at a time. @since 1.0 */
MTLSAUTH_API unsigned mtlsauth_decision_checks(const mtlsauth_decision *decision);

/* Generation of the authorizer's state that was looked at; 0 without one.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API uint64_t mtlsauth_decision_generation(const mtlsauth_decision *decision);

/* SHA-256 of the truststore that was looked at, in hexadecimal; "" without one.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_decision_truststore_sha256(const mtlsauth_decision *decision);

/*
 * The path that was verified, leaf first, anchor last; empty unless the path holds. Borrowed from
 * the decision; NULL beyond the end, also for NULL. One thread at a time. @since 1.0
 */
MTLSAUTH_API size_t mtlsauth_decision_path_count(const mtlsauth_decision *decision);
MTLSAUTH_API mtlsauth_cert *mtlsauth_decision_path_cert(const mtlsauth_decision *decision,
                                                        size_t i);

/*
 * What to ask, and whom, when no OCSP answer speaks for a certificate: after
 * MTLSAUTH_DENY_REVOCATION_UNKNOWN or _STALE of a path that was verified, where the policy takes
 * OCSP for it; and after MTLSAUTH_DENY_REVOKED by a certificateHold in an OCSP answer alone that is
 * not fresh any more, as it may have ended. The request is about the certificate at
 * mtlsauth_decision_depth alone, with a SHA-1 CertID and without a nonce, as the responders of
 * RFC 5019 and AWS Private CA's want it. What comes back goes to
 * mtlsauth_authorizer_put_ocsp_response; then ask the authorizer again.
 *
 * request  receives the request, borrowed until the decision is filled, reset or freed
 * url      receives the first http:// or https:// URL of the certificate's responder, borrowed
 *          likewise; NULL when it names none: then the operator has to know one
 *
 * MTLSAUTH_ERR_NOT_FOUND when there is nothing to ask, both are NULL then; MTLSAUTH_ERR_LIMIT for a
 * serial number that no CA makes; MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO. One thread at a time.
 * @since 1.0, RFC 6960, RFC 5019
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_decision_ocsp_request(const mtlsauth_decision *decision,
                               const mtlsauth_ocsp_request **request, const char **url);

/*
 * The i-th http:// or https:// URL, from 0, of the CRL distribution points of certificate depth of
 * the path, borrowed until the decision is filled, reset or freed; NULL beyond the end, for a path
 * that was not verified, and when memory runs out. One thread at a time. @since 1.0, RFC
 * 5280 4.2.1.13
 */
MTLSAUTH_API const char *mtlsauth_decision_crl_url(const mtlsauth_decision *decision, size_t depth,
                                                   size_t i);

/*
 * All of it as one line of JSON, for a log. *out is borrowed until the next call of this function,
 * or until the decision is filled, reset or freed. MTLSAUTH_ERR_NOMEM, _ARGUMENT. One thread at a
 * time. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_decision_json(const mtlsauth_decision *decision,
                                                            const char **out);

MTLSAUTH_END_DECLS

#endif
