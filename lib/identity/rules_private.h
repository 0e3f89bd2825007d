/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_RULES_PRIVATE_H
#define MTLSAUTH_IDENTITY_RULES_PRIVATE_H

#include "identity/rule_list.h"
#include "identity/rules.h"

struct rules {
    struct rule_list allow;
    struct rule_list block; /* one matcher a rule */
};

#endif
