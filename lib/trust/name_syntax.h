/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_NAME_SYNTAX_H
#define MTLSAUTH_TRUST_NAME_SYNTAX_H

#include "cert/san.h"

/* Is the name what RFC 5280 4.2.1.6 says that one of its form is? True for forms that have no
 * syntax of their own. */
bool mtlsauth__san_syntax_ok(const struct san_entry *entry);

#endif
