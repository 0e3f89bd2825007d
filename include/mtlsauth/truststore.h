/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUSTSTORE_H
#define MTLSAUTH_TRUSTSTORE_H

/*
 * The CA certificates that may vouch for a client, and what is wrong with them.
 *
 * A self-signed certificate of the store is a trust anchor. The others are candidates for the
 * middle of a path; they are anchors only when the policy says partial chain. A client certificate
 * that is byte for byte in the store is trusted by that alone: a path of one.
 *
 * Loading checks encodings and limits. It does not check that a CA is valid today or well made:
 * that is what mtlsauth_truststore_lint() tells the operator, and every decision checks the
 * certificates of its own path.
 *
 * A truststore is immutable and reference counted: use it from any thread.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/report.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_truststore mtlsauth_truststore;

/*
 * Reads a bundle of CA certificates: PEM blocks in any order, text around them ignored, or one DER
 * certificate. All of it or nothing: one bad block, and there is no store. A line that nearly is
 * the BEGIN or END of a certificate, and base64 outside of a block, are no text.
 *
 * out     receives a handle, to be freed with mtlsauth_truststore_free; NULL on failure
 * data    len bytes, copied
 * limits  NULL for the defaults, which are API Gateway's: 1,000 certificates, 1 MiB
 *
 * MTLSAUTH_ERR_PARSE (the sentence names certificate and line), _LIMIT, _ARGUMENT, _NOMEM, _CRYPTO.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_truststore_parse(mtlsauth_truststore **out,
                                                               const void *data, size_t len,
                                                               const mtlsauth_limits *limits);

/* The same from a file; also MTLSAUTH_ERR_IO. Links are followed. Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_truststore_load_file(mtlsauth_truststore **out,
                                                                   const char *path,
                                                                   const mtlsauth_limits *limits);

/* One more reference; one reference back. As mtlsauth_cert_ref and _free.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_truststore *mtlsauth_truststore_ref(mtlsauth_truststore *truststore);
MTLSAUTH_API void mtlsauth_truststore_free(mtlsauth_truststore *truststore);

/* Number of certificates, 0 for NULL; certificate i in file order, borrowed: NULL beyond the end,
 * also for NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API size_t mtlsauth_truststore_count(const mtlsauth_truststore *truststore);
MTLSAUTH_API mtlsauth_cert *mtlsauth_truststore_cert(const mtlsauth_truststore *truststore,
                                                     size_t i);

/*
 * SHA-256 of the set of certificates, the same whatever their order and however often one is
 * repeated; 32 bytes, and hexadecimal. Borrowed; NULL and "" for NULL. Thread-safe. @since 1.0
 */
MTLSAUTH_API const unsigned char *mtlsauth_truststore_sha256(const mtlsauth_truststore *truststore);
MTLSAUTH_API const char *mtlsauth_truststore_sha256_hex(const mtlsauth_truststore *truststore);

/*
 * Looks at every certificate of the store and at the file around them.
 *
 * now      the time at which to judge, seconds since 1970
 * profile  one of enum mtlsauth_profile (policy.h): whose requirements to judge by
 * out      receives a report, to be freed with mtlsauth_report_free; NULL on failure
 *
 * Findings come in the order of the certificates, then of their codes. MTLSAUTH_OK also when there
 * are findings; MTLSAUTH_ERR_CRYPTO when libcrypto fails to read a certificate or to check a
 * signature, be it for want of memory; _NOMEM; _ARGUMENT. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_truststore_lint(const mtlsauth_truststore *truststore,
                                                              int64_t now, int profile,
                                                              mtlsauth_report **out);

MTLSAUTH_END_DECLS

#endif
