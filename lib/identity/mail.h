/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_MAIL_H
#define MTLSAUTH_IDENTITY_MAIL_H

#include <mtlsauth/policy.h>
#include "base/span.h"
#include "identity/fault.h"

/* Longest address or principal that is compared: no matcher is longer. */
#define MTLSAUTH__MAX_MAIL MTLSAUTH_MAX_MATCHER_LEN

/*
 * The key of an rfc822Name: the local part as it is, "@", the domain in lower case. A local part is
 * a dot-atom (RFC 5321 4.1.2); a quoted one and an address literal are not taken. "*" is a
 * character like others only where literal: in a rule that is no pattern, and in a certificate. out
 * has room for MTLSAUTH__MAX_MAIL.
 */
bool mtlsauth__email_key(struct span text, bool literal, uint8_t *out, size_t *len,
                         struct fault *fault);

/*
 * The key of a user principal name in UTF-8: what stands before the one "@" as it is, what stands
 * behind it with ASCII letters in lower case. As long as the text.
 */
bool mtlsauth__upn_key(struct span utf8, uint8_t *out, struct fault *fault);

/* The key of a UPN as a certificate has it, in any ASN.1 string type. */
bool mtlsauth__upn_key_of_string(unsigned tag, struct span value, uint8_t *out, size_t *len);

#endif
