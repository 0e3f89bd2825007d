/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_BOUND_TOKEN_H
#define EXAMPLES_BOUND_TOKEN_H

/*
 * Bearer tokens that belong to a certificate (RFC 8705 3): a JWT whose cnf.x5t#S256 is the
 * thumbprint of the certificate with which the client has connected. Stolen, it is worth nothing.
 *
 * Key and algorithm are chosen here and never by the token; only signatures with a public key are
 * taken, so that what verifies a token cannot make one. The certificate itself is for the caller to
 * verify.
 */

#include <pthread.h>
#include <stdint.h>
#include <mtlsauth/cert.h>

struct bound_token_key;

struct bound_token_rules {
    struct bound_token_key *key; /* guarded by lock; a check ends with the one that it began with */
    pthread_mutex_t lock;
    const char *key_file; /* borrowed */
    int algorithm;        /* jwt_alg_t of libjwt */
    const char *issuer;   /* what iss has to be, or NULL */
    const char *audience; /* what has to be in aud, or NULL */
    int64_t skew;         /* seconds that clocks may be apart */
    int bound_only;       /* 0: a token that is bound to nothing passes, too */
};

/* What a struct bound_token_rules begins as. */
#define BOUND_TOKEN_RULES                                                                          \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER                                                          \
    }

/* Reads the key and takes an algorithm: RS256, RS384, RS512, ES256, ES384, ES512. key_file is to
 * stay in place. 0, or -1 with a static sentence in *error. */
int bound_token_open(struct bound_token_rules *rules, const char *key_file, const char *algorithm,
                     const char **error);

/* Reads the key again, while other threads check tokens. 0, or -1 with a static sentence in *error
 * and the key before in force. */
int bound_token_reload(struct bound_token_rules *rules, const char **error);

void bound_token_close(struct bound_token_rules *rules);

enum bound_token {
    TOKEN_GOOD,
    TOKEN_MISSING, /* no bearer token: "WWW-Authenticate: Bearer" */
    TOKEN_INVALID  /* "WWW-Authenticate: Bearer error="invalid_token"" (RFC 6750 3) */
};

/*
 * Judges the value of an Authorization header (NULL: there is none). cert is what the client has
 * connected with, or NULL. *why is a static sentence for the log when it is not good.
 * Any number of threads may call it.
 */
enum bound_token bound_token_check(struct bound_token_rules *rules, const char *authorization,
                                   const mtlsauth_cert *cert, const char **why);

#endif
