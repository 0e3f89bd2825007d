/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_WORST_CASES_H
#define TESTS_CONFORMANCE_WORST_CASES_H

/* Chains that cost as much as a client can make them cost, in PEM: the root, then the leaf and its
 * CAs; behind them the CRLs of the root that the client is asked about in, or OCSP responses, or the
 * rules of the policy: behind WORST_RULES a line each, "block MATCHER" or "allow MATCHER MATCHER". */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <mtlsauth/mtlsauth.h>

struct worst_case {
    const char *name;
    void (*write)(FILE *out);
    int code; /* the answer */
};

#define WORST_RULES "-----RULES-----\n"

extern const struct worst_case worst_cases[];
extern const size_t worst_case_count;

/* worst_answers.c */
void worst_answers_forged(FILE *out);
void worst_answers_of_long_names(FILE *out);

/* A root, and a client below it with names as pattern says, "#" the number; subtrees of its CA. */
void constrained(FILE *out, unsigned names, const char *name, unsigned subtrees,
                 const char *subtree, unsigned list);

/* worst_rules.c */
void blocked_patterns_that_end_alike(FILE *out);
void blocked_patterns_that_go_on(FILE *out);
void rules_below_a_wildcard(FILE *out);

/* worst_lists.c */
void points_of_long_names(FILE *out);
void points_of_many_names(FILE *out);
void points_of_one_issuer(FILE *out);
void points_below_many_issuers(FILE *out);
void points_of_many_lists(FILE *out);

static inline void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", what, mtlsauth_last_error());
    exit(EXIT_FAILURE);
}

#endif
