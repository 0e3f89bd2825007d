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

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_truststore mtlsauth_truststore;
typedef struct mtlsauth_report mtlsauth_report;

/* How much a finding matters. */
enum mtlsauth_severity {
    MTLSAUTH_SEVERITY_INFO = 1,
    MTLSAUTH_SEVERITY_WARNING = 2, /* works today, or works elsewhere */
    MTLSAUTH_SEVERITY_ERROR = 3    /* clients will be denied, or the service will refuse the file */
};

/* What a lint finding is about. */
enum mtlsauth_lint {
    MTLSAUTH_LINT_EXPIRED = 1,
    MTLSAUTH_LINT_NOT_YET_VALID = 2,
    MTLSAUTH_LINT_EXPIRES_SOON = 3,
    MTLSAUTH_LINT_NOT_A_CA = 4,
    MTLSAUTH_LINT_KEY_CERT_SIGN_MISSING = 5,
    MTLSAUTH_LINT_WEAK_KEY = 6,
    MTLSAUTH_LINT_WEAK_SIGNATURE = 7,
    MTLSAUTH_LINT_CURVE = 8,
    MTLSAUTH_LINT_VERSION = 9,
    MTLSAUTH_LINT_DUPLICATE = 10,
    MTLSAUTH_LINT_SAME_SUBJECT = 11,
    MTLSAUTH_LINT_ISSUER_MISSING = 12,
    MTLSAUTH_LINT_PATH_TOO_LONG = 13,
    MTLSAUTH_LINT_PATH_LENGTH = 14,
    MTLSAUTH_LINT_SERIAL = 15,
    MTLSAUTH_LINT_LIMIT = 16,
    MTLSAUTH_LINT_PRIVATE_KEY = 17,
    MTLSAUTH_LINT_OTHER_BLOCK = 18,
    MTLSAUTH_LINT_TRAILING_TEXT = 19,
    MTLSAUTH_LINT_BAD_SIGNATURE = 20,
    MTLSAUTH_LINT_PROFILE = 21,
    MTLSAUTH_LINT_BAD_NAME = 22,
    /* Of mtlsauth_authorizer_refresh. */
    MTLSAUTH_LINT_NOT_LOADED = 23, /* a file failed to load; what it had before serves on */
    MTLSAUTH_LINT_ROLLBACK = 24,   /* the same, as it is older than what was accepted */
    MTLSAUTH_LINT_REMOVED = 25     /* taken out of its folder; its list serves on */
};

/* A certificate that expires within so many seconds is a MTLSAUTH_LINT_EXPIRES_SOON: 30 days. */
#define MTLSAUTH_LINT_SOON_SECONDS 2592000

/*
 * Reads a bundle of CA certificates: PEM blocks in any order, text around them ignored, or one DER
 * certificate. All of it or nothing: one bad block, and there is no store.
 *
 * out     receives a handle, to be freed with mtlsauth_truststore_free; NULL on failure
 * data    len bytes, copied
 * limits  NULL for the defaults, which are API Gateway's: 1,000 certificates, 1 MiB
 *
 * MTLSAUTH_ERR_PARSE (the sentence names certificate and line), _LIMIT, _ARGUMENT, _NOMEM, _CRYPTO.
 * Thread-safe. @since 0.1
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_truststore_parse(mtlsauth_truststore **out,
                                                               const void *data, size_t len,
                                                               const mtlsauth_limits *limits);

/* The same from a file; also MTLSAUTH_ERR_IO. Links are followed. Thread-safe. @since 0.1 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_truststore_load_file(mtlsauth_truststore **out,
                                                                   const char *path,
                                                                   const mtlsauth_limits *limits);

/* One more reference; one reference back. As mtlsauth_cert_ref and _free.
 * Thread-safe. @since 0.1 */
MTLSAUTH_API mtlsauth_truststore *mtlsauth_truststore_ref(mtlsauth_truststore *truststore);
MTLSAUTH_API void mtlsauth_truststore_free(mtlsauth_truststore *truststore);

/* Number of certificates, 0 for NULL; certificate i in file order, borrowed: NULL beyond the end, also
 * for NULL. Thread-safe. @since 0.1 */
MTLSAUTH_API size_t mtlsauth_truststore_count(const mtlsauth_truststore *truststore);
MTLSAUTH_API mtlsauth_cert *mtlsauth_truststore_cert(const mtlsauth_truststore *truststore,
                                                     size_t i);

/*
 * SHA-256 of the set of certificates, the same whatever their order and however often one is
 * repeated; 32 bytes, and hexadecimal. Borrowed; NULL and "" for NULL. Thread-safe. @since 0.1
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
 * are findings; MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO. Thread-safe. @since 0.1
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_truststore_lint(const mtlsauth_truststore *truststore, int64_t now, int profile,
                         mtlsauth_report **out);

/* Frees a report; NULL is taken. One thread at a time. @since 0.1 */
MTLSAUTH_API void mtlsauth_report_free(mtlsauth_report *report);

/* Number of findings, 0 for NULL. Thread-safe. @since 0.1 */
MTLSAUTH_API size_t mtlsauth_report_count(const mtlsauth_report *report);

/*
 * Finding i, from 0. Each of the others may be NULL.
 *
 * certificate  its index in the store, (size_t)-1 when the finding is about the file
 * severity     one of enum mtlsauth_severity
 * code         one of enum mtlsauth_lint
 * sentence     borrowed until the report is freed
 *
 * MTLSAUTH_ERR_ARGUMENT beyond the end. Thread-safe. @since 0.1
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_report_finding(const mtlsauth_report *report,
                                                             size_t i, size_t *certificate,
                                                             int *severity, int *code,
                                                             const char **sentence);

/* The whole report as JSON, borrowed until it is freed; "" for NULL. It was made with the report, so that
 * this cannot fail. docs/lint.schema.json, docs/refresh.schema.json. Thread-safe. @since 0.1 */
MTLSAUTH_API const char *mtlsauth_report_json(const mtlsauth_report *report);

/* Name of a lint code, "EXPIRES_SOON". Static; "UNKNOWN" for another number.
 * Thread-safe. @since 0.1 */
MTLSAUTH_API const char *mtlsauth_lint_name(int code);

MTLSAUTH_END_DECLS

#endif
