/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_DNS_H
#define MTLSAUTH_IDENTITY_DNS_H

#include "base/span.h"
#include "identity/fault.h"

/* Longest domain name in text (RFC 1035 2.3.4 as text, without the last dot). */
#define MTLSAUTH__MAX_DNS 253

/*
 * The key of a domain name: lower case, without one trailing dot. Labels are letters, digits,
 * hyphen and underscore, U-labels are not taken; text that reads like an IPv4 address is none.
 * out has room for MTLSAUTH__MAX_DNS.
 */
bool mtlsauth__dns_key(struct span text, uint8_t *out, size_t *len, struct fault *fault);

/*
 * Is name (a key) base with exactly one more label in front of it, or, if many, with one or more?
 */
bool mtlsauth__dns_under(struct span name, struct span base, bool many);

#endif
