/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_LINT_CHECK_H
#define MTLSAUTH_TRUST_LINT_CHECK_H

#include "trust/lint.h"

/* For the files that check: lint.c looks at each certificate and at the file, lint_others.c at a
 * certificate among the others. */

struct lint {
    const mtlsauth_truststore *truststore;
    int64_t now;
    struct path_params params;
    struct standings standings;
    mtlsauth_report *report;
};

/* A check of one certificate adds what it finds; the table of lint.c has them in the order of
 * codes. */
typedef void lint_check(struct lint *lint, size_t index, const struct trusted *entry);

#define ADD(severity, code, ...)                                                                   \
    mtlsauth__report_add(lint->report, lint->truststore, index, MTLSAUTH_SEVERITY_##severity,      \
                         MTLSAUTH_LINT_##code, __VA_ARGS__)

/* The same with a severity that depends. */
#define ADD_AS(severity, code, ...)                                                                \
    mtlsauth__report_add(lint->report, lint->truststore, index, (severity), MTLSAUTH_LINT_##code,  \
                         __VA_ARGS__)

static inline bool is_profile(const struct lint *lint, int profile)
{
    return lint->params.profile == profile;
}

/* Is it an anchor, so that nobody asks who has issued it, and for what? */
static inline bool is_anchor(const struct lint *lint, const struct trusted *entry)
{
    return lint->params.partial_chain || mtlsauth__trusted_is_root(entry);
}

lint_check mtlsauth__lint_not_a_ca;
lint_check mtlsauth__lint_duplicate;
lint_check mtlsauth__lint_same_subject;
lint_check mtlsauth__lint_issuer;
lint_check mtlsauth__lint_path_too_long;
lint_check mtlsauth__lint_path_length;
lint_check mtlsauth__lint_bad_signature;

#endif
