/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REPORT_H
#define MTLSAUTH_REPORT_H

/*
 * What is not well with files, as a list of findings for the operator.
 *
 * mtlsauth_truststore_lint, mtlsauth_authorizer_refresh and mtlsauth_authorizer_load_ocsp make one.
 * A report is immutable: several threads may read it, and one frees it when no other reads any
 * more.
 */

#include <stddef.h>
#include <mtlsauth/version.h>

MTLSAUTH_BEGIN_DECLS

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
    /* Of mtlsauth_authorizer_refresh; the first also of mtlsauth_authorizer_load_ocsp. */
    MTLSAUTH_LINT_NOT_LOADED = 23, /* a file failed to load; what was loaded of it before stays */
    MTLSAUTH_LINT_ROLLBACK = 24,   /* the same, as it is older than what was accepted */
    MTLSAUTH_LINT_REMOVED = 25     /* taken out of its folder, or its list was followed by one of
                                      another distribution point; that list stays in use */
};

/* A certificate that expires within so many seconds is a MTLSAUTH_LINT_EXPIRES_SOON: 30 days. */
#define MTLSAUTH_LINT_SOON_SECONDS 2592000

/* Frees a report; NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_report_free(mtlsauth_report *report);

/* Number of findings, 0 for NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API size_t mtlsauth_report_count(const mtlsauth_report *report);

/*
 * Finding i, from 0. Each of the others may be NULL.
 *
 * certificate  its index in the store, (size_t)-1 when the finding is about the file
 * severity     one of enum mtlsauth_severity
 * code         one of enum mtlsauth_lint
 * sentence     borrowed until the report is freed
 *
 * MTLSAUTH_ERR_ARGUMENT beyond the end. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_report_finding(const mtlsauth_report *report,
                                                             size_t i, size_t *certificate,
                                                             int *severity, int *code,
                                                             const char **sentence);

/* The whole report as JSON, borrowed until it is freed; "" for NULL. It was made with the report,
 * so that this cannot fail. docs/lint.schema.json, docs/refresh.schema.json or
 * docs/ocsp-load.schema.json has its form, by who has made it. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_report_json(const mtlsauth_report *report);

/* Name of a lint code, "EXPIRES_SOON". Static; "UNKNOWN" for another number.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_lint_name(int code);

MTLSAUTH_END_DECLS

#endif
