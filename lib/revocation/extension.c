/* SPDX-License-Identifier: MIT */
#include "revocation/extension.h"

#include <mtlsauth/error.h>
#include "base/der.h"
#include "base/memory.h"
#include "base/oid.h"
#include "base/time.h"
#include "cert/general_name.h"
#include "cert/view.h"

/* id-ce is 2.5.29. */
#define OID_CRL_NUMBER "\x55\x1d\x14"
#define OID_REASON_CODE "\x55\x1d\x15"
#define OID_INVALIDITY_DATE "\x55\x1d\x18"
#define OID_DELTA_INDICATOR "\x55\x1d\x1b"
#define OID_ISSUING_POINT "\x55\x1d\x1c"
#define OID_CERTIFICATE_ISSUER "\x55\x1d\x1d"
#define OID_AUTHORITY_KEY_ID "\x55\x1d\x23"

static int refuse(const char **why, const char *sentence)
{
    *why = sentence;
    return MTLSAUTH_ERR_PARSE;
}

static int unknown(const struct one_extension *extension, const char **why)
{
    if (!extension->critical)
        return MTLSAUTH_OK;
    *why = "a critical extension that is not understood, so nothing of the list may be used "
           "(RFC 5280 5.2, 5.3)";
    return MTLSAUTH_ERR_UNSUPPORTED;
}

/* RFC 5280 5.2 and 5.3 have seven and three; some CAs add their own. Each is compared with those
 * before it, of an entry as often as the list has entries, before its signature is looked at. */
enum { MAX_OF_LIST = 64, MAX_OF_ENTRY = 16 };

/* Whose extensions are read. */
struct place {
    size_t max;
    const char *too_many;
    int (*read)(void *arg, const struct one_extension *extension, const char **why);
};

static int each_extension(const struct place *place, struct span extensions, void *arg,
                          const char **why)
{
    struct span seen[MAX_OF_LIST], content;
    struct der in;
    size_t count = 0;

    if (!mtlsauth__der_only(extensions, DER_SEQUENCE, &content))
        return refuse(why, "malformed extensions");
    /* RFC 5280 has it absent where there is none; some CAs write it, with nothing in it. */
    in = der_of(content);
    while (!der_at_end(&in)) {
        struct one_extension extension;
        int code;

        if (!mtlsauth__extension_next(&in, &extension))
            return refuse(why, "a malformed extension");
        if (count == place->max)
            return refuse(why, place->too_many);
        /* RFC 5280 4.2: "must not include more than one instance of a particular extension". */
        if (oid_is_among(seen, count, extension.oid))
            return refuse(why, "the same extension twice");
        seen[count++] = extension.oid;
        code = place->read(arg, &extension, why);
        if (code != MTLSAUTH_OK)
            return code;
    }
    return MTLSAUTH_OK;
}

/* CRLReason ::= ENUMERATED (RFC 5280 5.3.1); 7 is not used. */
static int read_reason(struct span value, struct crl_entry_facts *facts, const char **why)
{
    struct span content;

    if (!mtlsauth__der_only(value, DER_ENUMERATED, &content) || content.len != 1)
        return refuse(why, "a malformed reasonCode");
    if (content.ptr[0] > CRL_REASON_MAX || content.ptr[0] == 7)
        return refuse(why, "a reasonCode that RFC 5280 5.3.1 does not have");
    facts->reason = content.ptr[0];
    return MTLSAUTH_OK;
}

/* GeneralNames with at least one name, each of a tag that GeneralName has. */
static bool general_names_ok(struct der in)
{
    if (der_at_end(&in))
        return false;
    while (!der_at_end(&in)) {
        struct span value;
        unsigned tag;

        if (!mtlsauth__der_next(&in, &tag, &value, NULL) || !general_name_is_listed(tag))
            return false;
    }
    return true;
}

/*
 * RFC 5280 5.3.3: the names include the distinguished name of the certificate's issuer. It is that
 * name that is compared; two of them would be two issuers of one certificate.
 */
static int read_certificate_issuer(struct span value, struct crl_entry_facts *facts,
                                   const char **why)
{
    struct span content, name;
    struct der in;
    unsigned tag;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content) || !general_names_ok(der_of(content)))
        return refuse(why, "a malformed certificateIssuer");
    facts->has_certificate_issuer = true;
    in = der_of(content);
    while (!der_at_end(&in) && mtlsauth__der_next(&in, &tag, &name, NULL)) {
        struct span inner;

        if (tag != GENERAL_NAME_DIRECTORY)
            continue;
        if (facts->certificate_issuer.len > 0)
            return refuse(why, "a certificateIssuer with two directory names");
        if (!mtlsauth__der_only(name, DER_SEQUENCE, &inner))
            return refuse(why, "a malformed certificateIssuer");
        facts->certificate_issuer = name;
    }
    if (facts->certificate_issuer.len == 0)
        return refuse(why, "a certificateIssuer without a directory name (RFC 5280 5.3.3)");
    return MTLSAUTH_OK;
}

static int read_entry_extension(void *arg, const struct one_extension *extension, const char **why)
{
    struct crl_entry_facts *facts = arg;
    struct span content;
    int64_t date;

    if (OID_IS(extension->oid, OID_REASON_CODE))
        return read_reason(extension->value, facts, why);
    if (OID_IS(extension->oid, OID_INVALIDITY_DATE)) {
        /* RFC 5280 5.3.2: a GeneralizedTime. It says when the key was lost; nothing is made of
         * it. */
        if (!mtlsauth__der_only(extension->value, DER_GENERALIZED_TIME, &content) ||
            !mtlsauth__time_parse(DER_GENERALIZED_TIME, content, &date))
            return refuse(why, "a malformed invalidityDate");
        return MTLSAUTH_OK;
    }
    if (OID_IS(extension->oid, OID_CERTIFICATE_ISSUER))
        return read_certificate_issuer(extension->value, facts, why);
    return unknown(extension, why);
}

int mtlsauth__crl_entry_extensions(struct span extensions, struct crl_entry_facts *facts,
                                   const char **why)
{
    static const struct place entry = {MAX_OF_ENTRY, "more than 16 extensions of one entry",
                                       read_entry_extension};

    *facts = (struct crl_entry_facts){.reason = CRL_REASON_NONE};
    return each_extension(&entry, extensions, facts, why);
}

/* AuthorityKeyIdentifier (RFC 5280 4.2.1.1): [0] key id, [1] and [2] issuer and serial. */
static int read_key_id(struct span value, struct crl_facts *facts, const char **why)
{
    struct span content, id, issuer, serial;
    bool has_id, has_issuer, has_serial;
    struct der in;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return refuse(why, "a malformed authorityKeyIdentifier");
    in = der_of(content);
    if (!mtlsauth__der_optional(&in, DER_CONTEXT(0), &has_id, &id) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(1), &has_issuer, &issuer) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT(2), &has_serial, &serial) || !der_at_end(&in))
        return refuse(why, "a malformed authorityKeyIdentifier");
    if (has_issuer != has_serial || (has_issuer && !general_names_ok(der_of(issuer))) ||
        (has_serial && !mtlsauth__der_integer_ok(serial)))
        return refuse(why, "a malformed authorityKeyIdentifier");
    if (has_id && (id.len == 0 || id.len > sizeof facts->key_id))
        return refuse(why, "an authorityKeyIdentifier of no length that a key identifier has");
    if (has_id)
        memcpy(facts->key_id, id.ptr, id.len);
    facts->key_id_len = id.len;
    return MTLSAUTH_OK;
}

/* [n] IMPLICIT BOOLEAN DEFAULT FALSE. */
static bool read_flag(struct der *in, unsigned n, bool *value)
{
    struct span content;
    bool present;

    if (!mtlsauth__der_optional(in, DER_CONTEXT(n), &present, &content))
        return false;
    *value = false;
    if (!present)
        return true;
    if (content.len != 1 || (content.ptr[0] != 0x00 && content.ptr[0] != 0xff))
        return false;
    *value = content.ptr[0] == 0xff;
    return true;
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static bool read_point_name(struct span value, bool *is_relative, const char **why)
{
    struct der in = der_of(value), names;
    bool comparable = false;

    *why = "a malformed issuingDistributionPoint";
    *is_relative = der_peek(&in, DER_CONTEXT_CONSTRUCTED(1));
    if (*is_relative)
        return mtlsauth__der_enter(&in, DER_CONTEXT_CONSTRUCTED(1), &names) && der_at_end(&in) &&
               !der_at_end(&names);
    if (!mtlsauth__der_enter(&in, DER_CONTEXT_CONSTRUCTED(0), &names) || !der_at_end(&in) ||
        der_at_end(&names))
        return false;
    while (!der_at_end(&names)) {
        struct span name, inner;
        unsigned tag;

        if (!mtlsauth__der_next(&names, &tag, &name, NULL) || !general_name_is_listed(tag))
            return false;
        /* uniformResourceIdentifier or directoryName, which is EXPLICIT, being a CHOICE. */
        if ((tag == GENERAL_NAME_URI && name.len == 0) ||
            (tag == GENERAL_NAME_DIRECTORY && !mtlsauth__der_only(name, DER_SEQUENCE, &inner)))
            return false;
        comparable |= tag == GENERAL_NAME_URI || tag == GENERAL_NAME_DIRECTORY;
    }
    /* Names of other forms are passed over; a list by these alone would be found by nobody. */
    *why = "an issuingDistributionPoint without a URI or a directory name";
    return comparable;
}

bool mtlsauth__reason_flags(struct span value, uint32_t *reasons)
{
    struct span octets;
    unsigned unused;

    *reasons = 0;
    /* ReasonFlags has 9 bits. */
    if (!mtlsauth__der_bit_string(value, &octets, &unused) || octets.len > 2)
        return false;
    for (size_t i = 0; i < octets.len; i++)
        for (unsigned bit = 0; bit < 8; bit++)
            if ((octets.ptr[i] & 0x80U >> bit) != 0)
                *reasons |= 1U << (i * 8 + bit);
    return *reasons < 1U << 9;
}

bool mtlsauth__crl_scope_read(struct span value, struct crl_scope *scope, const char **why)
{
    struct span content, point, reasons;
    bool has_reasons;
    struct der in;

    *scope = (struct crl_scope){.present = true};
    *why = "a malformed issuingDistributionPoint";
    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return false;
    in = der_of(content);
    if (der_at_end(&in)) {
        *why = "an empty issuingDistributionPoint (RFC 5280 5.2.5 forbids it)";
        return false;
    }
    if (!mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &scope->has_names, &point) ||
        (scope->has_names && !read_point_name(point, &scope->is_relative, why)))
        return false;
    *why = "a malformed issuingDistributionPoint";
    if (!read_flag(&in, 1, &scope->only_user) || !read_flag(&in, 2, &scope->only_ca) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT(3), &has_reasons, &reasons) ||
        !read_flag(&in, 4, &scope->indirect) || !read_flag(&in, 5, &scope->only_attribute) ||
        !der_at_end(&in))
        return false;
    if ((int)scope->only_user + (int)scope->only_ca + (int)scope->only_attribute > 1) {
        *why = "an issuingDistributionPoint with more than one of onlyContainsUserCerts, "
               "onlyContainsCACerts, onlyContainsAttributeCerts (RFC 5280 5.2.5 forbids it)";
        return false;
    }
    if (!has_reasons)
        return true;
    if (!mtlsauth__reason_flags(reasons, &scope->reasons))
        return false;
    *why = "an issuingDistributionPoint with onlySomeReasons that names no reason";
    return scope->reasons != 0;
}

static int read_scope(struct span value, struct crl_facts *facts, const char **why)
{
    if (!mtlsauth__crl_scope_read(value, &facts->scope, why))
        return MTLSAUTH_ERR_PARSE;
    facts->idp = mtlsauth__memdup(value);
    if (facts->idp == NULL)
        return MTLSAUTH_ERR_NOMEM;
    facts->idp_len = value.len;
    return MTLSAUTH_OK;
}

static int read_list_extension(void *arg, const struct one_extension *extension, const char **why)
{
    struct crl_facts *facts = arg;
    struct span content;

    if (OID_IS(extension->oid, OID_CRL_NUMBER)) {
        if (extension->critical)
            return refuse(why, "a critical cRLNumber, which RFC 5280 5.2.3 forbids");
        if (!mtlsauth__der_only(extension->value, DER_INTEGER, &content) ||
            !mtlsauth__crl_number(content, facts->number, &facts->number_len))
            return refuse(why, "a cRLNumber that is malformed, negative or longer than 20 octets "
                               "(RFC 5280 5.2.3)");
        facts->has_number = true;
        return MTLSAUTH_OK;
    }
    if (OID_IS(extension->oid, OID_DELTA_INDICATOR)) {
        if (!mtlsauth__der_only(extension->value, DER_INTEGER, &content) ||
            !mtlsauth__crl_number(content, facts->base_number, &facts->base_number_len))
            return refuse(why, "a deltaCRLIndicator that is malformed, negative or longer than 20 "
                               "octets");
        facts->is_delta = true;
        return MTLSAUTH_OK;
    }
    if (OID_IS(extension->oid, OID_ISSUING_POINT))
        return read_scope(extension->value, facts, why);
    if (OID_IS(extension->oid, OID_AUTHORITY_KEY_ID))
        return read_key_id(extension->value, facts, why);
    return unknown(extension, why);
}

int mtlsauth__crl_list_extensions(struct span extensions, struct crl_facts *facts, const char **why)
{
    static const struct place list = {MAX_OF_LIST, "more than 64 extensions of the list",
                                      read_list_extension};

    return each_extension(&list, extensions, facts, why);
}
