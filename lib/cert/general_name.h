/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_GENERAL_NAME_H
#define MTLSAUTH_CERT_GENERAL_NAME_H

#include "base/der.h"

/* Tags of a GeneralName, RFC 5280 4.2.1.6. */
enum general_name {
    GENERAL_NAME_OTHER = DER_CONTEXT_CONSTRUCTED(0),
    GENERAL_NAME_RFC822 = DER_CONTEXT(1),
    GENERAL_NAME_DNS = DER_CONTEXT(2),
    GENERAL_NAME_X400 = DER_CONTEXT_CONSTRUCTED(3),
    GENERAL_NAME_DIRECTORY = DER_CONTEXT_CONSTRUCTED(4),
    GENERAL_NAME_EDI_PARTY = DER_CONTEXT_CONSTRUCTED(5),
    GENERAL_NAME_URI = DER_CONTEXT(6),
    GENERAL_NAME_IP = DER_CONTEXT(7),
    GENERAL_NAME_REGISTERED_ID = DER_CONTEXT(8)
};

/* Is this the number of one of them? Whether it is primitive or constructed is not looked at. */
static inline bool general_name_is_listed(unsigned tag)
{
    return (tag & 0xc0U) == 0x80U && (tag & 0x1fU) <= 8;
}

#endif
