/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_CHECKS_H
#define MTLSAUTH_TRUST_CHECKS_H

#include "trust/params.h"
#include "trust/reason.h"

/* A path that reaches an anchor, and that is still to be judged: leaf first, anchor last. */
struct candidate_path {
    mtlsauth_cert *const *certs;
    size_t count;
    bool anchor_is_self_signed; /* by its key, not by its names */
    int64_t now;
};

/*
 * A check of a whole path: true if it holds, else the reason is noted. The order of the table in
 * checks.c is the order in which they are made.
 */
typedef bool path_check(const struct path_params *params, const struct candidate_path *path,
                        struct reason *reason);

/* What can be said before libcrypto is asked: CA flags, key usage of CAs, lengths, names, the form
 * of certificate policies. */
bool mtlsauth__check_structure(const struct path_params *params, const struct candidate_path *path,
                               struct reason *reason);

/* Profile, algorithms, time, usage, in that order. */
bool mtlsauth__check_requirements(const struct path_params *params,
                                  const struct candidate_path *path, struct reason *reason);

#endif
