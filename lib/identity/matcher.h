/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_MATCHER_H
#define MTLSAUTH_IDENTITY_MATCHER_H

#include <mtlsauth/policy.h>
#include "identity/subject.h"

/*
 * One compiled matcher, "type:pattern" (the table stands in mtlsauth/policy.h). A matcher and the
 * name that it meets have keys of the same making, so that an exact one is a comparison of bytes.
 */

enum matcher_form {
    FORM_EXACT,
    FORM_DNS_ONE,      /* key is the domain below which one label stands */
    FORM_DNS_MANY,     /* ... one or more labels */
    FORM_EMAIL_DOMAIN, /* key is the domain */
    FORM_IP_PREFIX,    /* key is the network's bytes, prefix_bits of which count */
    FORM_URI_PATTERN,  /* key is the pattern, its first literal bytes hold no wildcard */
    FORM_COUNT
};

struct matcher {
    enum matcher_type type;
    enum matcher_form form;
    bool negated;
    unsigned prefix_bits;
    size_t literal;
    struct span key;
    char *text; /* as it was written; the key's bytes stand behind it */
};

enum matcher_flags {
    MATCHER_NO_PATH = 1 << 0, /* what speaks of the path is MTLSAUTH_ERR_UNSUPPORTED */
    MATCHER_LITERAL = 1 << 1  /* no negation, wildcard or prefix: the value is no pattern */
};

/*
 * Compiles a text. MTLSAUTH_ERR_PARSE names the matcher and the position in it, counted from 1;
 * MTLSAUTH_ERR_LIMIT for a longer one than MTLSAUTH_MAX_MATCHER_LEN; MTLSAUTH_ERR_UNSUPPORTED, see
 * above; MTLSAUTH_ERR_ARGUMENT for NULL; MTLSAUTH_ERR_NOMEM.
 */
int mtlsauth__matcher_compile(struct matcher *matcher, const char *text, unsigned flags);

/* Says why a matcher is not taken, and at which octet of its text; the text in printable ASCII. Is
 * code. */
int mtlsauth__matcher_fail(const char *text, int code, size_t at, const char *why);

void mtlsauth__matcher_drop(struct matcher *matcher);

/*
 * Does it hold? names must have been made with its type. A negated matcher holds when the positive
 * one does not (and would not of a doubtful name, see identity/subject.h). Nothing holds, negated
 * or not, of a certificate whose names cannot be believed, and no matcher of the path where there
 * is none. *met (may be NULL) is the name that was met, NULL for a negated matcher.
 */
bool mtlsauth__matcher_holds(const struct matcher *matcher, const struct subject_names *names,
                             const struct subject_name **met);

/* Does the name meet it, or what it negates? blocking: a doubtful name does, too. */
bool mtlsauth__matcher_meets(const struct matcher *matcher, const struct subject_name *name,
                             bool blocking);

/* Does it speak of the path: anchor:, issuer-spki:? */
bool mtlsauth__matcher_is_of_path(const struct matcher *matcher);

/* Does it say who issued: anchor:, issuer-spki:, issuer:? A serial means something beside it. */
bool mtlsauth__matcher_names_issuer(const struct matcher *matcher);

/* subject.CN:, in any spelling of the type. */
bool mtlsauth__matcher_is_common_name(const struct matcher *matcher);

#endif
