/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_PERCENT_H
#define MTLSAUTH_BASE_PERCENT_H

#include "base/span.h"

/*
 * Undoes percent-encoding (RFC 3986 2.1) into out, which has room for text.len bytes. "+" stays
 * "+": none of the proxies that hand certificates over encodes a form. An encoded NUL, a bad or cut
 * escape, and any octet outside of printable ASCII, fail with *bad at the place.
 */
bool mtlsauth__percent_decode(struct span text, uint8_t *out, size_t *len, size_t *bad);

#endif
