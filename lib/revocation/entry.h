/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_ENTRY_H
#define MTLSAUTH_REVOCATION_ENTRY_H

#include "base/span.h"
#include "revocation/extension.h"
#include "revocation/serial.h"

/* One element of revokedCertificates (RFC 5280 5.1.2.6). */
struct crl_entry {
    struct serial serial; /* points into the bytes that were read, with a Time behind it */
    int64_t date;
    bool has_extensions;
    struct crl_entry_facts facts;
};

/*
 * Reads the content of one entry's SEQUENCE. Serials of more than max_serial octets are refused.
 * MTLSAUTH_OK, MTLSAUTH_ERR_PARSE, _LIMIT, _UNSUPPORTED with *why, a static sentence.
 */
int mtlsauth__crl_entry(struct span content, size_t max_serial, struct crl_entry *out,
                        const char **why);

#endif
