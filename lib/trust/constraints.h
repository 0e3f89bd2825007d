/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_CONSTRAINTS_H
#define MTLSAUTH_TRUST_CONSTRAINTS_H

#include "trust/checks.h"

/*
 * What libcrypto leaves out of name constraints (RFC 5280 4.2.1.10), and a bound for what comparing
 * them may cost. It runs before libcrypto, which makes all the other comparisons.
 */
path_check mtlsauth__check_name_constraints;

#endif
