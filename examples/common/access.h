/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_ACCESS_H
#define EXAMPLES_ACCESS_H

/* What decides who may in, as files and options: loaded at the start, and again on a reload. */

#include <mtlsauth/authorizer.h>
#include "rules.h"

struct access {
    const char *truststore;
    const char *intermediates; /* may be NULL */
    struct rules rules;
    int profile;
};

/*
 * Makes *authorizer, or brings it up to date when there is one. All is read before anything is put
 * in place, so that what does not load leaves the authorizer as it was. 0, or -1 with a sentence in
 * message; on 0 that has the warnings about the rules, or is "".
 */
int access_load(const struct access *access, mtlsauth_authorizer **authorizer,
                char message[RULES_ERROR_LEN]);

#endif
