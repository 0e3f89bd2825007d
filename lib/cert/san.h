/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_SAN_H
#define MTLSAUTH_CERT_SAN_H

#include <mtlsauth/cert.h>
#include "base/span.h"
#include "base/text.h"
#include "base/oid.h"
#include "cert/name.h"

/* One GeneralName (RFC 5280 4.2.1.6). */
struct san_entry {
    int type;         /* enum mtlsauth_san_type */
    unsigned tag;     /* of the GeneralName, 0x80 | n or 0xa0 | n */
    struct span value; /* its content; of a UPN, the octets of the string */
    unsigned string_tag; /* of a UPN: the ASN.1 type of that string */
    struct span other_type; /* of an otherName: content of its type-id */
};

/*
 * The next entry of GeneralNames. in starts at the content of the SEQUENCE.
 * NAME_MALFORMED or NAME_NUL: the certificate is to be denied, whatever else it says.
 */
struct der;
enum name_status mtlsauth__san_next(struct der *in, struct san_entry *entry);

/* Appends its text: "client.example.com", "10.0.0.7", an RFC 4514 name. */
enum name_status mtlsauth__san_text(struct text *out, const struct san_entry *entry);

/* id-on-SmtpUTF8Mailbox, RFC 9598 3: a mailbox in UTF-8, in an otherName of this type.
 * A name of another form has no type. */
static inline bool san_type_is_mail(struct span other_type)
{
    return OID_IS(other_type, "\x2b\x06\x01\x05\x05\x07\x08\x09");
}

/* "dns" */
const char *mtlsauth__san_type_name(int type);

#endif
