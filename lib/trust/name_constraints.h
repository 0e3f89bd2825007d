/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_NAME_CONSTRAINTS_H
#define MTLSAUTH_TRUST_NAME_CONSTRAINTS_H

#include "trust/checks.h"

enum constraints_outcome {
    CONSTRAINTS_HOLD,
    CONSTRAINTS_VIOLATED, /* the reason is noted */
    CONSTRAINTS_BUDGET,   /* more comparisons than the parameters grant */
    CONSTRAINTS_NO_MEMORY
};

/*
 * RFC 5280 6.1.3 (b) and (c): the names of each certificate against the name constraints of every
 * CA above it, the anchor's too. libcrypto looks at them as well; this is what it leaves out, and
 * what bounds its work.
 *
 * compared  comparisons made so far in this search; counted up
 */
enum constraints_outcome mtlsauth__check_name_constraints(const struct path_params *params,
                                                          const struct candidate_path *path,
                                                          unsigned *compared,
                                                          struct reason *reason);

/* A base that is malformed, so that no name of its form is let in. */
struct unread_base {
    const char *form; /* "dNSName"; NULL: there is none */
    struct shown text;
};

/* Can those of this certificate be read? _VIOLATED if they are malformed; first is the first base
 * that is. */
enum constraints_outcome mtlsauth__read_name_constraints(const struct path_params *params,
                                                         mtlsauth_cert *cert,
                                                         struct unread_base *first);

#endif
