/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_VERSION_H
#define MTLSAUTH_VERSION_H

/*
 * Version, export marker and the conventions that every header shares.
 *
 * MTLSAUTH_SOVERSION is the one place that the soname is taken from.
 */

#include <stdint.h>

#define MTLSAUTH_VERSION_MAJOR 1
#define MTLSAUTH_VERSION_MINOR 0
#define MTLSAUTH_VERSION_PATCH 0
#define MTLSAUTH_VERSION_STRING "1.0.0"
#define MTLSAUTH_VERSION_NUMBER                                                                    \
    (MTLSAUTH_VERSION_MAJOR * 1000000 + MTLSAUTH_VERSION_MINOR * 1000 + MTLSAUTH_VERSION_PATCH)
#define MTLSAUTH_SOVERSION 1

/* "No time": what a time, in seconds since 1970-01-01T00:00:00Z, reads when there is none to give.
 */
#define MTLSAUTH_NO_TIME INT64_MIN

#if defined(__GNUC__) || defined(__clang__)
#define MTLSAUTH_API __attribute__((visibility("default")))
#define MTLSAUTH_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MTLSAUTH_API
#define MTLSAUTH_MUST_CHECK
#endif

#ifdef __cplusplus
#define MTLSAUTH_BEGIN_DECLS extern "C" {
#define MTLSAUTH_END_DECLS }
#else
#define MTLSAUTH_BEGIN_DECLS
#define MTLSAUTH_END_DECLS
#endif

MTLSAUTH_BEGIN_DECLS

/*
 * The version of the library that is running, as MTLSAUTH_VERSION_NUMBER counts it. Compare it with
 * the macro to learn whether the program runs with the library that it was compiled against.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API int mtlsauth_version_number(void);

/* The same as text, "1.0.0". Static, never freed. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_version(void);

/* The libcrypto that is running, as it names itself. Static, never freed. Thread-safe. @since 1.0
 */
MTLSAUTH_API const char *mtlsauth_crypto_version(void);

MTLSAUTH_END_DECLS

#endif
