/* SPDX-License-Identifier: MIT */
#include "cert/view.h"

#include "base/der.h"
#include "base/oid.h"
#include "base/time.h"
#include "cert/policies.h"

/* Real certificates have about ten. It bounds the search for a second one of the same OID. */
enum { MAX_EXTENSIONS = 64 };

struct extension_row {
    struct span oid;
    /* An application that conforms to RFC 5280 has to act on it, and this library does. */
    bool may_be_critical;
};

#define ID_CE(n) {(const uint8_t *)("\x55\x1d" n), 3}
#define ID_PE(n) {(const uint8_t *)("\x2b\x06\x01\x05\x05\x07\x01" n), 8}

static const struct extension_row known[EXTENSION_COUNT] = {
    [EXTENSION_AUTHORITY_KEY_ID] = {ID_CE("\x23"), false},
    [EXTENSION_SUBJECT_KEY_ID] = {ID_CE("\x0e"), false},
    [EXTENSION_KEY_USAGE] = {ID_CE("\x0f"), true},
    [EXTENSION_CERTIFICATE_POLICIES] = {ID_CE("\x20"), true},
    [EXTENSION_POLICY_MAPPINGS] = {ID_CE("\x21"), true},
    [EXTENSION_SUBJECT_ALT_NAME] = {ID_CE("\x11"), true},
    [EXTENSION_ISSUER_ALT_NAME] = {ID_CE("\x12"), false},
    [EXTENSION_BASIC_CONSTRAINTS] = {ID_CE("\x13"), true},
    [EXTENSION_NAME_CONSTRAINTS] = {ID_CE("\x1e"), true},
    [EXTENSION_POLICY_CONSTRAINTS] = {ID_CE("\x24"), true},
    [EXTENSION_EXTENDED_KEY_USAGE] = {ID_CE("\x25"), true},
    [EXTENSION_CRL_DISTRIBUTION_POINTS] = {ID_CE("\x1f"), true},
    [EXTENSION_INHIBIT_ANY_POLICY] = {ID_CE("\x36"), true},
    [EXTENSION_FRESHEST_CRL] = {ID_CE("\x2e"), false},
    [EXTENSION_AUTHORITY_INFO_ACCESS] = {ID_PE("\x01"), false},
    [EXTENSION_SUBJECT_INFO_ACCESS] = {ID_PE("\x0b"), false},
    /* id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1 */
    [EXTENSION_OCSP_NO_CHECK] = {{(const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x30\x01\x05", 9},
                                 false},
    /* 2.16.840.1.113730.1.1, older than extendedKeyUsage */
    [EXTENSION_NETSCAPE_CERT_TYPE] = {{(const uint8_t *)"\x60\x86\x48\x01\x86\xf8\x42\x01\x01", 9},
                                      false},
};

/* RFC 5280 4.1.2.1: version 1 says nothing. */
static bool read_version(struct cert_view *view, struct der *tbs)
{
    struct span explicit_value, integer;
    uint32_t value = 0;
    bool present;

    if (!mtlsauth__der_optional(tbs, DER_CONTEXT_CONSTRUCTED(0), &present, &explicit_value))
        return false;
    if (present && (!mtlsauth__der_only(explicit_value, DER_INTEGER, &integer) ||
                    !mtlsauth__der_small_integer(integer, &value) || value > 2))
        return false;
    view->version = value + 1;
    return true;
}

/* RFC 5280 4.1.2.5 */
static bool read_time(struct der *validity, int64_t *out)
{
    struct span value;
    unsigned tag;

    return mtlsauth__der_next(validity, &tag, &value, NULL) &&
           mtlsauth__time_parse(tag, value, out);
}

static bool read_validity(struct cert_view *view, struct der *tbs)
{
    struct der validity;

    return mtlsauth__der_enter(tbs, DER_SEQUENCE, &validity) &&
           read_time(&validity, &view->not_before) && read_time(&validity, &view->not_after) &&
           der_at_end(&validity);
}

/* RFC 5280 4.2.1.9 */
static bool read_basic_constraints(struct cert_view *view, struct span value)
{
    struct der in = der_of(value), inner;
    struct span integer;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) || !der_at_end(&in) ||
        !mtlsauth__der_default_false(&inner, &view->is_ca) ||
        !mtlsauth__der_optional(&inner, DER_INTEGER, &view->has_path_length, &integer))
        return false;
    if (view->has_path_length && !mtlsauth__der_small_integer(integer, &view->path_length))
        return false;
    return der_at_end(&inner);
}

/* RFC 5280 4.2.1.3 */
static bool read_key_usage(struct cert_view *view, struct span value)
{
    struct span bits, octets;
    unsigned unused;

    if (!mtlsauth__der_only(value, DER_BIT_STRING, &bits) ||
        !mtlsauth__der_bit_string(bits, &octets, &unused))
        return false;
    view->key_usage = 0;
    for (unsigned n = 0; n < 9 && n / 8 < octets.len; n++)
        if ((octets.ptr[n / 8] & (0x80U >> n % 8)) != 0)
            view->key_usage |= 1U << n;
    return true;
}

/* RFC 5280 4.2.1.1: [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber */
static bool read_authority_key_id(struct cert_view *view, struct span value)
{
    struct der in = der_of(value), inner;
    struct span issuer, serial;
    bool has_id, has_issuer, has_serial;

    return mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) && der_at_end(&in) &&
           mtlsauth__der_optional(&inner, DER_CONTEXT(0), &has_id, &view->authority_key_id) &&
           mtlsauth__der_optional(&inner, DER_CONTEXT_CONSTRUCTED(1), &has_issuer, &issuer) &&
           mtlsauth__der_optional(&inner, DER_CONTEXT(2), &has_serial, &serial) &&
           der_at_end(&inner);
}

/* RFC 5280 4.2.1.12: at least one. */
static bool check_extended_key_usage(struct span value)
{
    struct der in = der_of(value), inner;
    struct span oid;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) || !der_at_end(&in) || der_at_end(&inner))
        return false;
    while (!der_at_end(&inner))
        if (!mtlsauth__der_read(&inner, DER_OID, &oid) || !mtlsauth__oid_ok(oid))
            return false;
    return true;
}

/* Those that are small are read here; the others when they are needed. */
static bool read_known(struct cert_view *view, enum extension which, struct span value)
{
    switch (which) {
    case EXTENSION_BASIC_CONSTRAINTS:
        return read_basic_constraints(view, value);
    case EXTENSION_KEY_USAGE:
        return read_key_usage(view, value);
    case EXTENSION_SUBJECT_KEY_ID:
        return mtlsauth__der_only(value, DER_OCTET_STRING, &view->subject_key_id);
    case EXTENSION_AUTHORITY_KEY_ID:
        return read_authority_key_id(view, value);
    case EXTENSION_EXTENDED_KEY_USAGE:
        return check_extended_key_usage(value);
    default:
        return true;
    }
}

static enum extension find_known(struct span oid)
{
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (span_equal(known[i].oid, oid))
            return (enum extension)i;
    return EXTENSION_COUNT;
}

bool mtlsauth__extension_next(struct der *in, struct one_extension *out)
{
    struct der inner;

    return mtlsauth__der_enter(in, DER_SEQUENCE, &inner) &&
           mtlsauth__der_read(&inner, DER_OID, &out->oid) && mtlsauth__oid_ok(out->oid) &&
           mtlsauth__der_default_false(&inner, &out->critical) &&
           mtlsauth__der_read(&inner, DER_OCTET_STRING, &out->value) && der_at_end(&inner);
}

static const char *read_extension(struct cert_view *view, struct der *in, struct span *oid)
{
    struct one_extension one;
    enum extension which;

    if (!mtlsauth__extension_next(in, &one))
        return "an extension is malformed";
    *oid = one.oid;
    which = find_known(one.oid);
    if (one.critical && !view->unknown_critical &&
        (which == EXTENSION_COUNT || !known[which].may_be_critical)) {
        view->unknown_critical = true;
        view->unknown_critical_oid = one.oid;
    }
    if (which == EXTENSION_COUNT)
        return NULL;
    view->extensions[which] = (struct extension_value){true, one.critical, one.value};
    return read_known(view, which, one.value) ? NULL : "the value of an extension is malformed";
}

static void read_policies(struct cert_view *view)
{
    struct policies all;

    mtlsauth__policies_read(&all, view->extensions);
    view->malformed_policies = all.malformed;
    view->too_many_policies = all.too_many;
    view->has_distinct_policies = all.malformed == NULL && !all.too_many && !all.repeated &&
                                  (all.any || all.count > 0);
    view->maps_any_policy = all.maps_any;
    view->explicit_policy = all.explicit_policy;
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0],
 * nameRelativeToCRLIssuer [1] } OPTIONAL, reasons [1] OPTIONAL, cRLIssuer [2] OPTIONAL }. What is
 * not DER may be anything to libcrypto, to which a tag in the long form is that tag as well: what
 * has no name for certain is a point that is empty, or begins with one of the other two. */
static bool may_be_relative(struct der point)
{
    struct der name;

    if (der_at_end(&point) || der_peek(&point, DER_CONTEXT(1)) ||
        der_peek(&point, DER_CONTEXT_CONSTRUCTED(2)))
        return false;
    if (!mtlsauth__der_enter(&point, DER_CONTEXT_CONSTRUCTED(0), &name))
        return true;
    return !der_at_end(&name) && !der_peek(&name, DER_CONTEXT_CONSTRUCTED(0));
}

/* RFC 5280 4.2.1.13: how many of the points may have a name that is relative to the issuer's. */
static size_t count_relative_names(struct span value)
{
    enum { SHORTEST_POINT = 6 };
    struct span content;
    struct der in, point;
    size_t count = 0;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return value.len / SHORTEST_POINT;
    for (in = der_of(content); !der_at_end(&in);) {
        if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &point))
            return count + (size_t)(in.end - in.pos) / SHORTEST_POINT;
        count += may_be_relative(point);
    }
    return count;
}

static bool has_too_many_relative_names(const struct cert_view *view)
{
    size_t count = count_relative_names(view->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS].value);

    return count > 0 && view->issuer.len > MTLSAUTH__MAX_RELATIVE_NAMES / count;
}

static const char *read_extensions(struct cert_view *view, struct span explicit_value)
{
    struct span seen[MAX_EXTENSIONS];
    struct der in = der_of(explicit_value), list;
    const char *why;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &list) || !der_at_end(&in))
        return "the list of extensions is malformed";
    /* RFC 5280 4.1 has at least one; old releases of Go write the list without. */
    while (!der_at_end(&list)) {
        struct span oid;

        if (view->extension_count == MAX_EXTENSIONS)
            return "more than 64 extensions";
        why = read_extension(view, &list, &oid);
        if (why != NULL)
            return why;
        /* RFC 5280 4.2: not more than one instance of a particular extension. */
        if (oid_is_among(seen, view->extension_count, oid))
            return "an extension is there twice";
        seen[view->extension_count++] = oid;
    }
    return NULL;
}

/* issuerUniqueID and subjectUniqueID, then extensions: RFC 5280 4.1.2.8, 4.1.2.9 */
static const char *read_optional_fields(struct cert_view *view, struct der *tbs)
{
    struct span value, octets;
    unsigned unused;
    bool present;

    for (unsigned n = 1; n <= 2; n++) {
        if (!mtlsauth__der_optional(tbs, DER_CONTEXT(n), &present, &value))
            return "a unique identifier is malformed";
        if (present && (view->version < 2 || !mtlsauth__der_bit_string(value, &octets, &unused)))
            return "a unique identifier is malformed, or in a version 1 certificate";
    }
    if (!mtlsauth__der_optional(tbs, DER_CONTEXT_CONSTRUCTED(3), &present, &value))
        return "the list of extensions is malformed";
    if (!present)
        return NULL;
    if (view->version != 3)
        return "extensions in a certificate that is not version 3";
    return read_extensions(view, value);
}

static const char *read_tbs(struct cert_view *view, struct span outer_algorithm)
{
    struct der in = der_of(view->tbs), tbs;
    struct span algorithm;
    const char *why;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &tbs))
        return "it does not begin as a certificate does";
    if (!read_version(view, &tbs))
        return "the version is not 1, 2 or 3";
    if (!mtlsauth__der_read(&tbs, DER_INTEGER, &view->serial) ||
        !mtlsauth__der_integer_ok(view->serial))
        return "the serial number is malformed";
    if (!mtlsauth__der_read_whole(&tbs, DER_SEQUENCE, &algorithm))
        return "the signature algorithm is malformed";
    /* RFC 5280 4.1.1.2: the same as the one outside, which is not signed. */
    if (!span_equal(algorithm, outer_algorithm))
        return "the signature algorithms inside and outside of what is signed differ";
    if (!mtlsauth__der_read_whole(&tbs, DER_SEQUENCE, &view->issuer))
        return "the issuer is malformed";
    if (!read_validity(view, &tbs))
        return "the validity is malformed: RFC 5280 wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ";
    if (!mtlsauth__der_read_whole(&tbs, DER_SEQUENCE, &view->subject))
        return "the subject is malformed";
    if (!mtlsauth__der_read_whole(&tbs, DER_SEQUENCE, &view->spki) ||
        !mtlsauth__key_read(&view->key, view->spki))
        return "the public key is malformed";
    why = read_optional_fields(view, &tbs);
    if (why != NULL)
        return why;
    return der_at_end(&tbs) ? NULL : "something follows the last field of what is signed";
}

bool mtlsauth__cert_view(struct cert_view *view, struct span bytes, const char **why)
{
    struct der in = der_of(bytes), outer;
    struct span algorithm, bits;
    unsigned unused;

    *view = (struct cert_view){.whole = bytes, .key_usage = UINT32_MAX};
    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &outer)) {
        *why = "not DER, or cut off";
        return false;
    }
    if (!der_at_end(&in)) {
        *why = "something follows the certificate";
        return false;
    }
    if (!mtlsauth__der_read_whole(&outer, DER_SEQUENCE, &view->tbs) ||
        !mtlsauth__der_read_whole(&outer, DER_SEQUENCE, &algorithm) ||
        !mtlsauth__algorithm_read(&view->signature_algorithm, algorithm) ||
        !mtlsauth__der_read(&outer, DER_BIT_STRING, &bits) ||
        !mtlsauth__der_bit_string(bits, &view->signature, &unused) || unused != 0 ||
        !der_at_end(&outer)) {
        *why = "its parts are not those of a certificate";
        return false;
    }
    *why = read_tbs(view, algorithm);
    if (*why != NULL)
        return false;
    read_policies(view);
    view->too_many_relative_names = has_too_many_relative_names(view);
    return true;
}

bool mtlsauth__cert_view_eku(const struct cert_view *view, struct span oid, bool *has, bool *any)
{
    struct span list, found;
    struct der in;

    *has = *any = false;
    if (!mtlsauth__der_only(view->extensions[EXTENSION_EXTENDED_KEY_USAGE].value, DER_SEQUENCE,
                            &list))
        return false;
    in = der_of(list);
    while (!der_at_end(&in)) {
        if (!mtlsauth__der_read(&in, DER_OID, &found))
            return false;
        *has = *has || span_equal(found, oid);
        /* anyExtendedKeyUsage, 2.5.29.37.0 */
        *any = *any || OID_IS(found, "\x55\x1d\x25\x00");
    }
    return true;
}
