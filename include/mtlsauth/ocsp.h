/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_OCSP_H
#define MTLSAUTH_OCSP_H

/*
 * OCSP (RFC 6960): asking the CA about one certificate, and checking what comes back.
 *
 * The library opens no socket: a request is bytes to send, or a URL to get; a response is bytes
 * that came from anywhere. A response is signed, and is checked each time that it is used, so that
 * a cache of responses, or the network between, need not be trusted.
 *
 * What is not checked here: that issuer is a CA that you trust, and that it issued the certificate.
 * Take both from a path that was verified (mtlsauth_decision_path_cert).
 *
 * Times are seconds since 1970-01-01T00:00:00Z.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/policy.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_ocsp_request mtlsauth_ocsp_request;
typedef struct mtlsauth_ocsp_response mtlsauth_ocsp_response;
typedef struct mtlsauth_ocsp_result mtlsauth_ocsp_result;

/* RFC 9654 2.1: the length of a nonce that is sent, in octets. */
#define MTLSAUTH_OCSP_NONCE_LEN 32

/* RFC 5019 5: the longest URL of a GET, with its NUL. */
#define MTLSAUTH_OCSP_URL_LEN 256

/* Certificates in one request; many responders answer for the first alone. */
#define MTLSAUTH_MAX_OCSP_CERTIFICATES 64

/* A response with its certificates has some 5 KB. */
#define MTLSAUTH_MAX_OCSP_BYTES 65536

/*
 * What an authorizer keeps at the most (mtlsauth_authorizer_put_ocsp_response): answers, one for
 * each certificate that a response speaks of; bytes of their responses; and of one certificate
 * those whose signature nobody could verify yet, and those that delegates have signed, beside what
 * its issuer itself has said.
 */
#define MTLSAUTH_MAX_OCSP_ENTRIES 16384
#define MTLSAUTH_MAX_OCSP_CACHE_BYTES 67108864
#define MTLSAUTH_MAX_OCSP_PER_CERTIFICATE 4
#define MTLSAUTH_MAX_OCSP_DELEGATES 8

/* What an answer says of a certificate (RFC 6960 2.2). Only GOOD lets a client in. */
enum mtlsauth_ocsp_status {
    MTLSAUTH_OCSP_GOOD = 1,
    MTLSAUTH_OCSP_REVOKED = 2,
    MTLSAUTH_OCSP_UNKNOWN = 3 /* the responder does not know this certificate */
};

/* Name of one of enum mtlsauth_ocsp_status, "revoked"; "" for another number. Static.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_ocsp_status_name(int status);

/* How a request is made; combined with |. Without NONCE a response may come from a cache. */
enum mtlsauth_ocsp_flag {
    MTLSAUTH_OCSP_SHA256 = 1,        /* name the issuer by SHA-256 instead of SHA-1 */
    MTLSAUTH_OCSP_NONCE = 2,         /* send a nonce; a response without one passes all the same */
    MTLSAUTH_OCSP_NONCE_REQUIRED = 4 /* send a nonce; a response has to repeat it */
};

/*
 * A request about one certificate.
 *
 * out     receives a handle, to be freed with mtlsauth_ocsp_request_free; NULL on failure
 * cert    what is asked about; not kept
 * issuer  who issued it; not kept
 * flags   of enum mtlsauth_ocsp_flag, 0 for what every responder takes: SHA-1, no nonce. SHA-1
 *         names the issuer here and protects nothing.
 *
 * MTLSAUTH_ERR_MISMATCH when issuer has another name than the issuer of cert; MTLSAUTH_ERR_LIMIT
 * for a serial number that no CA makes; MTLSAUTH_ERR_ARGUMENT (NULL, unknown flags), _NOMEM,
 * _CRYPTO. Each request has a nonce of its own: make a new one for each attempt. The handle is not
 * thread-safe while it is added to. @since 1.0, RFC 6960 4.1, RFC 9654
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_ocsp_request_new(mtlsauth_ocsp_request **out,
                                                               const mtlsauth_cert *cert,
                                                               const mtlsauth_cert *issuer,
                                                               unsigned flags);

/* NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_ocsp_request_free(mtlsauth_ocsp_request *request);

/*
 * Asks about one more certificate; _LIMIT above MTLSAUTH_MAX_OCSP_CERTIFICATES. Responders of the
 * lightweight profile (RFC 5019), AWS Private CA's among them, answer for the first one alone. A
 * call that fails changes nothing. One thread at a time. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_ocsp_request_add(mtlsauth_ocsp_request *request,
                                                               const mtlsauth_cert *cert,
                                                               const mtlsauth_cert *issuer);

/*
 * The body of a POST with Content-Type application/ocsp-request, *len bytes; borrowed until the
 * request is added to or freed. NULL and 0 for NULL. One thread at a time. @since 1.0, RFC 6960 A.1
 */
MTLSAUTH_API const void *mtlsauth_ocsp_request_der(const mtlsauth_ocsp_request *request,
                                                   size_t *len);

/*
 * The URL of a GET, for which caches exist: responder, "/", and the request in base64,
 * percent-encoded. buf has len bytes; MTLSAUTH_OCSP_URL_LEN is always enough.
 *
 * MTLSAUTH_ERR_LIMIT when the URL is longer than 255 bytes (RFC 5019 5): send the request with POST
 * then; or when buf is too small. MTLSAUTH_ERR_ARGUMENT for NULL and for a responder that is no
 * plain http:// or https:// URL. buf is "" on failure. One thread at a time. @since 1.0, RFC 6960
 * A.1, RFC 5019 5
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_ocsp_request_http_get_url(const mtlsauth_ocsp_request *request, const char *responder,
                                   char *buf, size_t len);

/* The nonce, *len bytes of it, borrowed; NULL and 0 for a request without one.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API const void *mtlsauth_ocsp_request_nonce(const mtlsauth_ocsp_request *request,
                                                     size_t *len);

/*
 * Parses a response. It is checked for form alone: nothing that it says may be believed before
 * mtlsauth_ocsp_check.
 *
 * out   receives a handle, to be freed with mtlsauth_ocsp_response_free; NULL on failure
 * data  len bytes of DER, copied; NULL with 0 of them is an empty text, and no response
 *
 * A response that says an error (tryLater ...) is a response, and mtlsauth_ocsp_check refuses it.
 * MTLSAUTH_ERR_PARSE for what is no response, in every other form of time than YYYYMMDDHHMMSSZ,
 * too; MTLSAUTH_ERR_UNSUPPORTED for another type than id-pkix-ocsp-basic; MTLSAUTH_ERR_LIMIT above
 * MTLSAUTH_MAX_OCSP_BYTES or 16 certificates; MTLSAUTH_ERR_ARGUMENT, _NOMEM. The handle is
 * immutable and may be used from any thread. Thread-safe. @since 1.0, RFC 6960 4.2
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_ocsp_response_parse(mtlsauth_ocsp_response **out,
                                                                  const void *data, size_t len);

/* The same from a file; also MTLSAUTH_ERR_IO. Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_ocsp_response_load_file(mtlsauth_ocsp_response **out,
                                                                      const char *path);

/* As mtlsauth_cert_ref and mtlsauth_cert_free. Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_ocsp_response *mtlsauth_ocsp_response_ref(mtlsauth_ocsp_response *response);
MTLSAUTH_API void mtlsauth_ocsp_response_free(mtlsauth_ocsp_response *response);

/*
 * What the response says of itself, for display; nothing of it is checked. Thread-safe. @since 1.0
 */

/* The DER, *len bytes, borrowed until the handle is freed; NULL and 0 for NULL. Thread-safe. */
MTLSAUTH_API const void *mtlsauth_ocsp_response_der(const mtlsauth_ocsp_response *response,
                                                    size_t *len);

/* responseStatus of RFC 6960 4.2.1: 0 successful, 1 malformedRequest, 2 internalError, 3 tryLater,
 * 5 sigRequired, 6 unauthorized; -1 for NULL. And its name, static; "" for NULL.
 * Thread-safe. */
MTLSAUTH_API int mtlsauth_ocsp_response_status(const mtlsauth_ocsp_response *response);
MTLSAUTH_API const char *mtlsauth_ocsp_response_status_name(const mtlsauth_ocsp_response *response);

/* When it was signed; MTLSAUTH_NO_TIME for an error, and for NULL. Thread-safe. */
MTLSAUTH_API int64_t mtlsauth_ocsp_response_produced_at(const mtlsauth_ocsp_response *response);

/* Number of answers in it, 0 for NULL. Thread-safe. */
MTLSAUTH_API size_t mtlsauth_ocsp_response_count(const mtlsauth_ocsp_response *response);

/*
 * Answer i, from 0: content octets of the serial number (borrowed), enum mtlsauth_ocsp_status,
 * thisUpdate, and nextUpdate or MTLSAUTH_NO_TIME. MTLSAUTH_ERR_ARGUMENT beyond the end, or for
 * NULL. Thread-safe.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_ocsp_response_entry(const mtlsauth_ocsp_response *response, size_t i, const void **serial,
                             size_t *serial_len, int *status, int64_t *this_update,
                             int64_t *next_update);

/*
 * What does the response say of cert?
 *
 * response  what the responder sent, or a cache kept
 * request   what was asked, for its nonce; NULL when the response comes from a cache
 * cert      the certificate in question
 * issuer    who issued it, of the verified path
 * policy    its time, clock skew, algorithms, and maximum age (mtlsauth_policy_set_ocsp_max_age)
 * out       receives the result, to be freed with mtlsauth_ocsp_result_free; NULL on failure
 *
 * MTLSAUTH_OK says that there is an answer that can be relied on, which may be "revoked": look at
 * mtlsauth_ocsp_result_status. Anything else is no answer:
 *
 *   MTLSAUTH_ERR_NOT_FOUND    the responder said an error: malformedRequest to unauthorized
 *   MTLSAUTH_ERR_MISMATCH     it speaks of another certificate, repeats another nonce or none where
 *                             one is required, or contradicts itself
 *   MTLSAUTH_ERR_SIGNATURE    it was not signed by issuer, nor by a responder that issuer made one
 *                             (id-kp-OCSPSigning) and that is valid now
 *   MTLSAUTH_ERR_STALE        too old, past nextUpdate, or from the future
 *   MTLSAUTH_ERR_UNSUPPORTED  a critical extension that is not known; an algorithm or key that the
 *                             policy refuses; a responder that is a CA itself, or whose own
 *                             revocation would have to be checked (docs/revocation.md)
 *   MTLSAUTH_ERR_IO           the policy's clock has no time
 *   MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO
 *
 * Thread-safe. @since 1.0, RFC 6960 3.2
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_ocsp_check(const mtlsauth_ocsp_response *response, const mtlsauth_ocsp_request *request,
                    const mtlsauth_cert *cert, const mtlsauth_cert *issuer,
                    const mtlsauth_policy *policy, mtlsauth_ocsp_result **out);

/* NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_ocsp_result_free(mtlsauth_ocsp_result *result);

/*
 * The answer: enum mtlsauth_ocsp_status (0 for NULL); when it was revoked (MTLSAUTH_NO_TIME when it
 * was not) and the CRLReason of RFC 5280 5.3.1 (-1 when none is given); thisUpdate, nextUpdate
 * (MTLSAUTH_NO_TIME when there is none) and producedAt. Times are MTLSAUTH_NO_TIME for NULL, too.
 * Thread-safe. @since 1.0, RFC 6960 4.2.1
 */
MTLSAUTH_API int mtlsauth_ocsp_result_status(const mtlsauth_ocsp_result *result);
MTLSAUTH_API int64_t mtlsauth_ocsp_result_revoked_at(const mtlsauth_ocsp_result *result);
MTLSAUTH_API int mtlsauth_ocsp_result_reason(const mtlsauth_ocsp_result *result);
MTLSAUTH_API int64_t mtlsauth_ocsp_result_this_update(const mtlsauth_ocsp_result *result);
MTLSAUTH_API int64_t mtlsauth_ocsp_result_next_update(const mtlsauth_ocsp_result *result);
MTLSAUTH_API int64_t mtlsauth_ocsp_result_produced_at(const mtlsauth_ocsp_result *result);

/* Until when to keep the answer: nextUpdate, the end of the maximum age of the policy that it was
 * checked with, or the end of the validity of the responder's own certificate, whichever comes
 * first. Clock skew and the grace of _set_insecure_revocation_grace are not in it: with them it may
 * count a while longer. Thread-safe. @since 1.0 */
MTLSAUTH_API int64_t mtlsauth_ocsp_result_valid_until(const mtlsauth_ocsp_result *result);

MTLSAUTH_END_DECLS

#endif
