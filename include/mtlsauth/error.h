/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_ERROR_H
#define MTLSAUTH_ERROR_H

/*
 * One code space for every call.
 *
 *      0  MTLSAUTH_OK
 *    < 0  the call failed (argument, memory, file, encoding ...); mtlsauth_last_error() says more
 *    > 0  a client is denied, and the number says why; the decision says more. Only
 *         mtlsauth_path_verify and mtlsauth_authorize* return such a number.
 *
 * So one test denies in every case that is not a clear yes:
 *
 *     if (mtlsauth_authorize(authorizer, chain, decision) != MTLSAUTH_OK)
 *         refuse();
 *
 * The numbers are part of the ABI: written down here, never reused, only appended.
 */

#include <stddef.h>
#include <mtlsauth/version.h>

MTLSAUTH_BEGIN_DECLS

enum mtlsauth_code {
    MTLSAUTH_OK = 0,

    /* The call failed. */
    MTLSAUTH_ERR_ARGUMENT = -1,     /* NULL, or a value that makes no sense here */
    MTLSAUTH_ERR_NOMEM = -2,        /* out of memory */
    MTLSAUTH_ERR_IO = -3,           /* a file could not be opened, read or written */
    MTLSAUTH_ERR_PARSE = -4,        /* the bytes are not what they should be */
    MTLSAUTH_ERR_LIMIT = -5,        /* larger, longer or more than the limit in force */
    MTLSAUTH_ERR_SIGNATURE = -6,    /* a signature does not verify */
    MTLSAUTH_ERR_STALE = -7,        /* revocation data past its time, or before it */
    MTLSAUTH_ERR_ROLLBACK = -8,     /* older than what was accepted before */
    MTLSAUTH_ERR_SCOPE = -9,        /* reserved: no function of this release returns it */
    MTLSAUTH_ERR_UNSUPPORTED = -10, /* valid perhaps, but not a thing that this library takes */
    MTLSAUTH_ERR_NOT_FOUND = -11,   /* no such item */
    MTLSAUTH_ERR_MISMATCH = -12,    /* two things that should belong together do not */
    MTLSAUTH_ERR_CRYPTO = -13,      /* libcrypto failed for a reason of its own */
    MTLSAUTH_ERR_CANCELLED = -14,   /* a callback of the caller asked to stop */

    /* The client is denied. */
    MTLSAUTH_DENY_NO_CERTIFICATE = 1,   /* the client presented none */
    MTLSAUTH_DENY_MALFORMED = 2,        /* what it presented is not a certificate chain */
    MTLSAUTH_DENY_BLOCKED = 3,          /* it is on the block list of the policy */
    MTLSAUTH_DENY_ISSUER_NOT_FOUND = 4, /* a CA certificate of the path is missing */
    MTLSAUTH_DENY_SELF_SIGNED = 5,     /* a self-signed certificate that is not in the truststore */
    MTLSAUTH_DENY_UNTRUSTED_ROOT = 6,  /* the path ends at a root that is not in the truststore */
    MTLSAUTH_DENY_BAD_SIGNATURE = 7,   /* a signature of the path does not verify */
    MTLSAUTH_DENY_WEAK_SIGNATURE = 8,  /* signed with an algorithm that the policy refuses */
    MTLSAUTH_DENY_WEAK_KEY = 9,        /* a key that the policy refuses */
    MTLSAUTH_DENY_NOT_YET_VALID = 10,  /* notBefore is in the future */
    MTLSAUTH_DENY_EXPIRED = 11,        /* notAfter is past */
    MTLSAUTH_DENY_CHAIN_TOO_LONG = 12, /* more CA certificates than the policy takes */
    MTLSAUTH_DENY_NOT_A_CA = 13,       /* an issuer of the path may not issue */
    MTLSAUTH_DENY_PATH_LENGTH = 14,    /* pathLenConstraint of a CA is exceeded */
    MTLSAUTH_DENY_NAME_CONSTRAINTS = 15,   /* a name lies outside what a CA may certify */
    MTLSAUTH_DENY_KEY_USAGE = 16,          /* keyUsage forbids this use */
    MTLSAUTH_DENY_EXTENDED_KEY_USAGE = 17, /* extendedKeyUsage forbids this use */
    MTLSAUTH_DENY_CRITICAL_EXTENSION = 18, /* a critical extension that is not understood */
    MTLSAUTH_DENY_CERTIFICATE_POLICY = 19, /* certificate policies do not meet what is required */
    MTLSAUTH_DENY_PROFILE = 20,            /* violates RFC 5280, or the profile, in another way */
    MTLSAUTH_DENY_BAD_NAME = 21, /* a name is malformed, or not comparable with the block list */
    MTLSAUTH_DENY_LIMIT = 22,    /* larger or more than the limits take */
    MTLSAUTH_DENY_BUDGET = 23,   /* would cost more work than a client may cause */
    MTLSAUTH_DENY_IDENTITY = 24, /* no rule of the policy allows this identity */
    MTLSAUTH_DENY_REVOKED = 25,  /* revoked */
    MTLSAUTH_DENY_REVOCATION_UNKNOWN = 26, /* nothing says whether it is revoked */
    MTLSAUTH_DENY_REVOCATION_STALE = 27,   /* what says so is past its time, or before it */
    MTLSAUTH_DENY_INTERNAL = 28,           /* memory, libcrypto or the policy's clock failed */
    MTLSAUTH_DENY_NOT_EVALUATED = 29       /* a decision that nothing has filled yet */
};

/* Whose words mtlsauth_code_alias() gives. */
enum mtlsauth_alias {
    MTLSAUTH_ALIAS_API_GATEWAY = 1, /* the reason in an API Gateway execution log */
    MTLSAUTH_ALIAS_ALB = 2 /* the reason code in an Application Load Balancer connection log */
};

/*
 * Name of a code, "MTLSAUTH_DENY_REVOKED". Static, never NULL: "MTLSAUTH_UNKNOWN" for a number
 * that is none of ours. Thread-safe. @since 1.0
 */
MTLSAUTH_API const char *mtlsauth_code_name(int code);

/* What the code means, one line without a full stop. Static, never NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_code_text(int code);

/* What an operator does about it, a sentence or two. Static, never NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API const char *mtlsauth_code_remedy(int code);

/*
 * The code of that name. *code is written only on MTLSAUTH_OK; MTLSAUTH_ERR_NOT_FOUND for another
 * name, MTLSAUTH_ERR_ARGUMENT for NULL. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_code_from_name(const char *name, int *code);

/*
 * The words with which another product reports the same reason, or NULL where it has none.
 * alias is one of enum mtlsauth_alias. Static. Thread-safe. @since 1.0
 */
MTLSAUTH_API const char *mtlsauth_code_alias(int code, int alias);

/*
 * The X509_V_ERR number that OpenSSL would give for a denial. Never 0 for anything but MTLSAUTH_OK:
 * what has no counterpart is X509_V_ERR_APPLICATION_VERIFICATION (50). Thread-safe. @since 1.0
 */
MTLSAUTH_API int mtlsauth_code_openssl(int code);

/*
 * A sentence about the last call on this thread that failed (code below 0): what, where, what to
 * do. "" when none has. For people: its wording may change, never parse it. _free, _ref and getters
 * leave it alone. Valid until the next failing call on this thread. Thread-safe. @since 1.0
 */
MTLSAUTH_API const char *mtlsauth_last_error(void);

MTLSAUTH_END_DECLS

#endif
