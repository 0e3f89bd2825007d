/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_POINTS_H
#define TESTS_UNIT_POINTS_H

/* Words for the points of certificates and for indirect lists. */

#include "scope.h"

#define A SCOPE_URI("http://a/")
#define B SCOPE_URI("http://b/")
#define C SCOPE_URI("http://c/")
#define INDIRECT SCOPE_IDP(SCOPE_INDIRECT)
#define BY_LISTER SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Lister")))
#define ENTRY_OF(cn) CRL_ENTRY_WITH(SCOPE_SERIAL, SCOPE_OF(cn))
#define OTHER_ENTRY_OF(cn) CRL_ENTRY_WITH("11 00 77", SCOPE_OF(cn))
/* Serials of certificates of scope.h. */
#define LISTER_SERIAL "11 01 06"

#endif
