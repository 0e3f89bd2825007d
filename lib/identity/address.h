/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_ADDRESS_H
#define MTLSAUTH_IDENTITY_ADDRESS_H

#include "base/span.h"
#include "identity/fault.h"

struct address {
    uint8_t bytes[16];
    size_t len;    /* 4 or 16 */
    unsigned bits; /* of the prefix: 8 * len for one address */
};

/*
 * An IPv4 address (four decimal numbers without leading zeros) or an IPv6 address (RFC 4291 2.2,
 * no zone), and behind it, if prefix, perhaps "/" and a number of bits. What is not of the prefix
 * must be zero.
 */
bool mtlsauth__address_read(struct address *address, struct span text, bool prefix,
                            struct fault *fault);

/* Zeroes what stands behind the first bits. */
void mtlsauth__address_mask(uint8_t *bytes, size_t len, unsigned bits);

#endif
