/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_AGAIN_H
#define TESTS_CONFORMANCE_AGAIN_H

/*
 * What an authorizer has answered, it is asked again: the same chain, the same chain as text, and
 * once more in the next generation. Each answer has to be the first one, in all that a decision
 * says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <mtlsauth/mtlsauth.h>
#include "report.h"

/* Zero-initialise it, but for what --twice says. */
struct again {
    bool wanted;
    unsigned asked, known; /* cases; of them those whose path came from the cache each time */
};

/* Takes --twice off the arguments. */
struct again again_wanted(int *argc, char ***argv);

/* One question, and what it is asked of. */
struct question {
    const char *id;
    mtlsauth_authorizer *authorizer;
    const mtlsauth_policy *policy;
    const mtlsauth_chain *chain;
    const char *pem; /* the chain as it was read */
    size_t pem_len;
};

/* Asks again, where that is wanted; first is the answer that was given to begin with. A path that
 * held and is not found in the cache is a failure, too. */
void again_ask(struct again *again, struct report *report, const struct question *question,
               mtlsauth_decision *first);

/* Says how many; none at all is a failure. */
void again_finish(const struct again *again, struct report *report);

#endif
