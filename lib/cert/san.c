/* SPDX-License-Identifier: MIT */
#include "cert/san.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include "base/asn1_string.h"
#include "base/der.h"
#include "base/oid.h"
#include "cert/general_name.h"

#define OID_UPN "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"

/* Octets of an otherName or of a name of an unusual form that its text shows. */
enum { MAX_SHOWN = 64 };

/* dNSName, rfc822Name and URI are IA5Strings. */
static enum name_status check_ia5(struct span value)
{
    if (value.len == 0)
        return NAME_MALFORMED;
    if (span_has(value, 0))
        return NAME_NUL;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] <= 0x20 || value.ptr[i] >= 0x7f)
            return NAME_MALFORMED;
    return NAME_OK;
}

/* The name inside of [4] EXPLICIT, with tag and length. */
static bool directory_name(struct span value, struct span *name)
{
    struct der in = der_of(value);

    return mtlsauth__der_read_whole(&in, DER_SEQUENCE, name) && der_at_end(&in);
}

static enum name_status read_directory(struct san_entry *entry)
{
    struct text canonical = {0};
    enum name_status status;
    struct span name;

    entry->type = MTLSAUTH_SAN_DIRNAME;
    if (!directory_name(entry->value, &name))
        return NAME_MALFORMED;
    status = mtlsauth__name_canonical(&canonical, name);
    mtlsauth__text_drop(&canonical);
    entry->value = name;
    return status;
}

/* AnotherName ::= SEQUENCE { type-id OID, value [0] EXPLICIT ANY } */
static enum name_status read_other(struct san_entry *entry)
{
    struct der in = der_of(entry->value), inner;
    struct span explicit_value, string;
    unsigned tag;

    entry->type = MTLSAUTH_SAN_OTHER;
    if (!mtlsauth__der_read(&in, DER_OID, &entry->other_type) ||
        !mtlsauth__oid_ok(entry->other_type) ||
        !mtlsauth__der_read(&in, DER_CONTEXT_CONSTRUCTED(0), &explicit_value) || !der_at_end(&in))
        return NAME_MALFORMED;
    inner = der_of(explicit_value);
    if (!mtlsauth__der_next(&inner, &tag, &string, NULL) || !der_at_end(&inner))
        return NAME_MALFORMED;
    entry->value = explicit_value;
    if (mtlsauth__asn1_is_string(tag)) {
        struct asn1_string characters = mtlsauth__asn1_string(tag, string);
        uint32_t c;

        while (mtlsauth__asn1_string_next(&characters, &c) == ASN1_CHAR_OK)
            if (c == 0)
                return NAME_NUL;
        if (!mtlsauth__asn1_string_ok(tag, string))
            return NAME_MALFORMED;
    }
    if (!OID_IS(entry->other_type, OID_UPN))
        return NAME_OK;
    entry->type = MTLSAUTH_SAN_UPN;
    entry->value = string;
    entry->string_tag = tag;
    return mtlsauth__asn1_is_string(tag) && string.len > 0 ? NAME_OK : NAME_MALFORMED;
}

enum name_status mtlsauth__san_next(struct der *in, struct san_entry *entry)
{
    *entry = (struct san_entry){0};
    if (!mtlsauth__der_next(in, &entry->tag, &entry->value, NULL))
        return NAME_MALFORMED;
    switch (entry->tag) {
    case GENERAL_NAME_DNS:
        entry->type = MTLSAUTH_SAN_DNS;
        return check_ia5(entry->value);
    case GENERAL_NAME_RFC822:
        entry->type = MTLSAUTH_SAN_EMAIL;
        return check_ia5(entry->value);
    case GENERAL_NAME_URI:
        entry->type = MTLSAUTH_SAN_URI;
        return check_ia5(entry->value);
    case GENERAL_NAME_IP:
        entry->type = MTLSAUTH_SAN_IP;
        return entry->value.len == 4 || entry->value.len == 16 ? NAME_OK : NAME_MALFORMED;
    case GENERAL_NAME_REGISTERED_ID:
        entry->type = MTLSAUTH_SAN_RID;
        return mtlsauth__oid_ok(entry->value) ? NAME_OK : NAME_MALFORMED;
    case GENERAL_NAME_DIRECTORY:
        return read_directory(entry);
    case GENERAL_NAME_OTHER:
        return read_other(entry);
    case GENERAL_NAME_X400:
    case GENERAL_NAME_EDI_PARTY:
        entry->type = MTLSAUTH_SAN_OTHER;
        return NAME_OK;
    default:
        return NAME_MALFORMED;
    }
}

static void add_shown(struct text *out, struct span bytes)
{
    mtlsauth__text_add_char(out, '#');
    mtlsauth__text_add_hex(out, span_head(bytes, bytes.len < MAX_SHOWN ? bytes.len : MAX_SHOWN));
    if (bytes.len > MAX_SHOWN)
        mtlsauth__text_add(out, "...");
}

static void add_address(struct text *out, struct span value)
{
    char address[INET6_ADDRSTRLEN];

    if (inet_ntop(value.len == 4 ? AF_INET : AF_INET6, value.ptr, address, sizeof address) != NULL)
        mtlsauth__text_add(out, address);
    else
        out->failed = true;
}

enum name_status mtlsauth__san_text(struct text *out, const struct san_entry *entry)
{
    char dotted[MTLSAUTH__MAX_OID_TEXT];
    struct span oid = entry->type == MTLSAUTH_SAN_RID ? entry->value : entry->other_type;

    switch (entry->type) {
    case MTLSAUTH_SAN_DNS:
    case MTLSAUTH_SAN_URI:
    case MTLSAUTH_SAN_EMAIL:
        return mtlsauth__string_text(out, DER_IA5_STRING, entry->value);
    case MTLSAUTH_SAN_UPN:
        return mtlsauth__string_text(out, entry->string_tag, entry->value);
    case MTLSAUTH_SAN_IP:
        add_address(out, entry->value);
        break;
    case MTLSAUTH_SAN_DIRNAME:
        return mtlsauth__name_text(out, entry->value);
    default:
        if (oid.len > 0 && mtlsauth__oid_to_text(oid, dotted))
            mtlsauth__text_add(out, dotted);
        if (entry->type == MTLSAUTH_SAN_OTHER) {
            mtlsauth__text_add_char(out, ';');
            add_shown(out, entry->value);
        }
        break;
    }
    return out->failed ? NAME_NO_MEMORY : NAME_OK;
}

const char *mtlsauth__san_type_name(int type)
{
    static const char *const names[] = {
        [MTLSAUTH_SAN_DNS] = "dns", [MTLSAUTH_SAN_URI] = "uri",
        [MTLSAUTH_SAN_IP] = "ip",   [MTLSAUTH_SAN_EMAIL] = "email",
        [MTLSAUTH_SAN_UPN] = "upn", [MTLSAUTH_SAN_DIRNAME] = "dirname",
        [MTLSAUTH_SAN_RID] = "rid", [MTLSAUTH_SAN_OTHER] = "other",
    };

    return type >= MTLSAUTH_SAN_DNS && type <= MTLSAUTH_SAN_OTHER ? names[type] : "unknown";
}
