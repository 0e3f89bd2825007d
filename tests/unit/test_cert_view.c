/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cert/view.h"

/* Why these bytes are no certificate; NULL if they are one. Each in memory of their own length. */
static const char *refusal(const void *bytes, size_t len)
{
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    const char *why = NULL;
    struct cert_view view;

    ck_assert_ptr_nonnull(exact);
    if (len > 0)
        memcpy(exact, bytes, len);
    if (mtlsauth__cert_view(&view, span_of(exact, len), &why))
        why = NULL;
    else
        ck_assert_ptr_nonnull(why);
    free(exact);
    return why;
}

static const char *refusal_of(const struct forge *spec)
{
    struct der_build der = forge(spec);
    const char *why = refusal(der.bytes, der.len);

    der_build_free(&der);
    return why;
}

/* A good certificate, in which a row writes over one field. */
#define BASE .unsigned_ = true, .subject = "leaf", .issuer = "ca"

struct row {
    const char *name;
    struct forge spec;
    const char *why; /* NULL: it is taken */
};

static struct cert_view view_of(const char *row, const struct der_build *der)
{
    struct cert_view view;
    const char *why;

    ASSERT_TRUE(row, mtlsauth__cert_view(&view, span_of(der->bytes, der->len), &why));
    return view;
}

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *why = refusal_of(&rows[i].spec);

        ck_assert_msg((why == NULL) == (rows[i].why == NULL), "%s: %s", rows[i].name,
                      why == NULL ? "is taken" : why);
        if (why != NULL)
            ASSERT_TEXT(rows[i].name, why, rows[i].why);
    }
}

#define NAME_CA "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02" "ca"
#define ECDSA "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define SERIAL "the serial number is malformed"
#define VERSION "the version is not 1, 2 or 3"
#define PARTS "its parts are not those of a certificate"
#define VALIDITY "the validity is malformed: RFC 5280 wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ"
#define EXTENSION "an extension is malformed"
#define VALUE "the value of an extension is malformed"
#define LIST "the list of extensions is malformed"
#define UNIQUE "a unique identifier is malformed"
#define KEY "the public key is malformed"

START_TEST(fields)
{
    static const struct row rows[] = {
        {"as it should be", {BASE}, NULL},
        {"version 1", {BASE, .v1 = true}, NULL},
        {"version 2", {BASE, .version = FORGE("\xa0\x03\x02\x01\x01")}, NULL},
        {"version 4", {BASE, .version = FORGE("\xa0\x03\x02\x01\x03")}, VERSION},
        {"version -1", {BASE, .version = FORGE("\xa0\x03\x02\x01\xff")}, VERSION},
        {"version of two octets", {BASE, .version = FORGE("\xa0\x04\x02\x02\x00\x02")}, VERSION},
        {"version, and more", {BASE, .version = FORGE("\xa0\x06\x02\x01\x02\x02\x01\x02")}, VERSION},
        {"version is no INTEGER", {BASE, .version = FORGE("\xa0\x03\x01\x01\x02")}, VERSION},
        {"empty version", {BASE, .version = FORGE("\xa0\x00")}, VERSION},
        {"serial 0", {BASE, .serial_field = FORGE("\x02\x01\x00")}, NULL},
        {"serial -1", {BASE, .serial_field = FORGE("\x02\x01\xff")}, NULL},
        {"serial 00 80", {BASE, .serial_field = FORGE("\x02\x02\x00\x80")}, NULL},
        {"serial 00 7f is not minimal", {BASE, .serial_field = FORGE("\x02\x02\x00\x7f")}, SERIAL},
        {"serial ff 80 is not minimal", {BASE, .serial_field = FORGE("\x02\x02\xff\x80")}, SERIAL},
        {"empty serial", {BASE, .serial_field = FORGE("\x02\x00")}, SERIAL},
        {"serial is no INTEGER", {BASE, .serial_field = FORGE("\x04\x01\x01")}, SERIAL},
        {"inner algorithm is another (RFC 5280 4.1.1.2)",
         {BASE, .algorithm = FORGE("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"),
          .outer_algorithm = FORGE("\x30\x0a" ECDSA)},
         "the signature algorithms inside and outside of what is signed differ"},
        {"inner algorithm has parameters that the outer has not",
         {BASE, .algorithm = FORGE("\x30\x0c" ECDSA "\x05\x00"),
          .outer_algorithm = FORGE("\x30\x0a" ECDSA)},
         "the signature algorithms inside and outside of what is signed differ"},
        {"inner algorithm is no SEQUENCE",
         {BASE, .algorithm = FORGE("\x31\x0a" ECDSA), .outer_algorithm = FORGE("\x30\x0a" ECDSA)},
         "the signature algorithm is malformed"},
        {"outer algorithm without OID", {BASE, .outer_algorithm = FORGE("\x30\x00")}, PARTS},
        {"outer algorithm with an empty OID", {BASE, .outer_algorithm = FORGE("\x30\x02\x06\x00")},
         PARTS},
        {"issuer is no SEQUENCE", {BASE, .issuer_field = FORGE("\x31\x00")},
         "the issuer is malformed"},
        {"subject is no SEQUENCE", {BASE, .subject_field = FORGE("\x0c\x00")},
         "the subject is malformed"},
        {"key is no SEQUENCE", {BASE, .spki = FORGE("\x31\x00")}, KEY},
        {"empty key", {BASE, .spki = FORGE("\x30\x00")}, KEY},
        {"key without bits", {BASE, .spki = FORGE("\x30\x09\x30\x07\x06\x05\x2b\x65\x70\x01\x01")},
         KEY},
        {"key with unused bits",
         {BASE, .spki = FORGE("\x30\x0b\x30\x05\x06\x03\x2b\x65\x01\x03\x02\x01\x80")}, KEY},
        {"key of an unknown type",
         {BASE, .spki = FORGE("\x30\x0b\x30\x05\x06\x03\x2b\x65\x01\x03\x02\x00\x80")}, NULL},
        {"something behind the extensions", {BASE, .behind_extensions = FORGE("\x05\x00")},
         "something follows the last field of what is signed"},
        {"extensions twice",
         {BASE, .ku = 0x80, .behind_extensions = FORGE("\xa3\x02\x30\x00")},
         "something follows the last field of what is signed"},
        {"signature is no BIT STRING", {BASE, .signature = FORGE("\x04\x01\x00")}, PARTS},
        {"empty BIT STRING", {BASE, .signature = FORGE("\x03\x00")}, PARTS},
        {"signature of no octets", {BASE, .signature = FORGE("\x03\x01\x00")}, NULL},
        {"signature with unused bits", {BASE, .signature = FORGE("\x03\x02\x01\x80")}, PARTS},
        {"signature with eight unused bits", {BASE, .signature = FORGE("\x03\x02\x08\x00")}, PARTS},
        {"signature with unused bits of nothing", {BASE, .signature = FORGE("\x03\x01\x01")}, PARTS},
        {"something behind the signature", {BASE, .behind = FORGE("\x05\x00")}, PARTS},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* A validity of two times, each with its tag. */
#define TIMES(a, b) {BASE, .validity = FORGE("\x30" a b)}

START_TEST(times)
{
    static const struct row rows[] = {
        {"UTCTime", TIMES("\x1e", "\x17\x0d" "200101000000Z" "\x17\x0d" "491231235959Z"), NULL},
        {"GeneralizedTime", TIMES("\x22", "\x18\x0f" "20200101000000Z" "\x18\x0f" "99991231235959Z"),
         NULL},
        {"fraction", TIMES("\x22", "\x17\x0d" "200101000000Z" "\x18\x11" "20200101000000.5Z"),
         VALIDITY},
        {"offset", TIMES("\x22", "\x17\x0d" "200101000000Z" "\x17\x11" "200101000000+0100"),
         VALIDITY},
        {"no seconds", TIMES("\x1c", "\x17\x0b" "2001010000Z" "\x17\x0d" "491231235959Z"), VALIDITY},
        {"no Z", TIMES("\x1d", "\x17\x0c" "200101000000" "\x17\x0d" "491231235959Z"), VALIDITY},
        {"lower-case z", TIMES("\x1e", "\x17\x0d" "200101000000z" "\x17\x0d" "491231235959Z"),
         VALIDITY},
        {"February 30th", TIMES("\x1e", "\x17\x0d" "200230000000Z" "\x17\x0d" "491231235959Z"),
         VALIDITY},
        {"second 60", TIMES("\x1e", "\x17\x0d" "200101000060Z" "\x17\x0d" "491231235959Z"), VALIDITY},
        {"another tag", TIMES("\x1e", "\x16\x0d" "200101000000Z" "\x17\x0d" "491231235959Z"),
         VALIDITY},
        {"one time", TIMES("\x0f", "\x17\x0d" "200101000000Z"), VALIDITY},
        {"three times", TIMES("\x2d", "\x17\x0d" "200101000000Z" "\x17\x0d" "491231235959Z"
                                      "\x17\x0d" "491231235959Z"), VALIDITY},
        {"no times", TIMES("\x00", ""), VALIDITY},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* The list of extensions, as it stands: [3] and SEQUENCE are given with their lengths. */
#define ALL(bytes) {BASE, .all_extensions = FORGE(bytes)}
#define ONE(oid, critical, value)                                                                  \
    {                                                                                              \
        BASE, .extensions = (const struct forge_extension[]){FORGE_EXTENSION(oid, critical, value)}, \
              .extension_count = 1                                                                 \
    }

#define OID_BC "\x55\x1d\x13"
#define OID_KU "\x55\x1d\x0f"
#define OID_EKU "\x55\x1d\x25"
#define OID_SKI "\x55\x1d\x0e"
#define OID_AKI "\x55\x1d\x23"

START_TEST(extension_lists)
{
    static const struct row rows[] = {
        {"[3] is empty", ALL("\xa3\x00"), LIST},
        {"no extension in the list", ALL("\xa3\x02\x30\x00"), NULL},
        {"no extension in the list, and something behind it", ALL("\xa3\x04\x30\x00\x05\x00"), LIST},
        {"no extension in the list of version 1",
         {BASE, .v1 = true, .all_extensions = FORGE("\xa3\x02\x30\x00")},
         "extensions in a certificate that is not version 3"},
        {"list is no SEQUENCE", ALL("\xa3\x02\x31\x00"), LIST},
        {"something behind the list", ALL("\xa3\x0d\x30\x09\x30\x07\x06\x03\x2a\x03\x04\x04\x00\x05\x00"),
         LIST},
        {"[3] is cut off", ALL("\xa3\x7f"), LIST},
        {"extension is no SEQUENCE", ALL("\xa3\x04\x30\x02\x31\x00"), EXTENSION},
        {"extension without OID", ALL("\xa3\x06\x30\x04\x30\x02\x04\x00"), EXTENSION},
        {"extension with an empty OID", ALL("\xa3\x08\x30\x06\x30\x04\x06\x00\x04\x00"), EXTENSION},
        {"extension without value", ALL("\xa3\x09\x30\x07\x30\x05\x06\x03\x2a\x03\x04"), EXTENSION},
        {"critical is FALSE, written out: CAs do",
         ALL("\xa3\x0e\x30\x0c\x30\x0a\x06\x03\x2a\x03\x04\x01\x01\x00\x04\x00"), NULL},
        {"critical is 01", ALL("\xa3\x0e\x30\x0c\x30\x0a\x06\x03\x2a\x03\x04\x01\x01\x01\x04\x00"),
         EXTENSION},
        {"critical is TRUE", ALL("\xa3\x0e\x30\x0c\x30\x0a\x06\x03\x2a\x03\x04\x01\x01\xff\x04\x00"),
         NULL},
        {"something behind the value", ALL("\xa3\x0d\x30\x0b\x30\x09\x06\x03\x2a\x03\x04\x04\x00\x05\x00"),
         EXTENSION},
        {"unknown twice (RFC 5280 4.2)",
         ALL("\xa3\x14\x30\x12\x30\x07\x06\x03\x2a\x03\x04\x04\x00\x30\x07\x06\x03\x2a\x03\x04\x04\x00"),
         "an extension is there twice"},
        {"version 1 with extensions", {BASE, .v1 = true, .all_extensions =
             FORGE("\xa3\x0b\x30\x09\x30\x07\x06\x03\x2a\x03\x04\x04\x00")},
         "extensions in a certificate that is not version 3"},
        {"version 2 with extensions", {BASE, .version = FORGE("\xa0\x03\x02\x01\x01"), .all_extensions =
             FORGE("\xa3\x0b\x30\x09\x30\x07\x06\x03\x2a\x03\x04\x04\x00")},
         "extensions in a certificate that is not version 3"},
        {"unique identifiers", {BASE, .unique_ids = FORGE("\x81\x02\x00\x01\x82\x02\x04\x10")}, NULL},
        {"unique identifiers in the other order",
         {BASE, .unique_ids = FORGE("\x82\x02\x00\x01\x81\x02\x04\x10")},
         "something follows the last field of what is signed"},
        {"unique identifier in version 1",
         {BASE, .v1 = true, .unique_ids = FORGE("\x81\x02\x00\x01")},
         "a unique identifier is malformed, or in a version 1 certificate"},
        {"unique identifier with bits set that are unused",
         {BASE, .unique_ids = FORGE("\x82\x02\x04\x1f")},
         "a unique identifier is malformed, or in a version 1 certificate"},
        {"unique identifier is cut off", {BASE, .unique_ids = FORGE("\x81\x7f\x00")}, UNIQUE},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(extension_values)
{
    const struct row rows[] = {
        {"basicConstraints: not a CA", ONE(OID_BC, true, "\x30\x00"), NULL},
        {"basicConstraints: CA, pathlen 0", ONE(OID_BC, true, "\x30\x06\x01\x01\xff\x02\x01\x00"), NULL},
        {"basicConstraints: FALSE written out", ONE(OID_BC, true, "\x30\x03\x01\x01\x00"), NULL},
        {"basicConstraints: TRUE is 01", ONE(OID_BC, true, "\x30\x03\x01\x01\x01"), VALUE},
        {"basicConstraints: pathlen -1", ONE(OID_BC, true, "\x30\x06\x01\x01\xff\x02\x01\xff"), VALUE},
        {"basicConstraints: pathlen 00 00", ONE(OID_BC, true, "\x30\x07\x01\x01\xff\x02\x02\x00\x00"),
         VALUE},
        {"basicConstraints: pathlen of five octets",
         ONE(OID_BC, true, "\x30\x0a\x01\x01\xff\x02\x05\x01\x00\x00\x00\x00"), VALUE},
        {"basicConstraints: surplus", ONE(OID_BC, true, "\x30\x08\x01\x01\xff\x02\x01\x00\x05\x00"),
         VALUE},
        {"basicConstraints: behind it", ONE(OID_BC, true, "\x30\x00\x05\x00"), VALUE},
        {"basicConstraints: nothing", ONE(OID_BC, true, ""), VALUE},
        {"basicConstraints: another tag", ONE(OID_BC, true, "\x31\x00"), VALUE},
        {"keyUsage", ONE(OID_KU, true, "\x03\x02\x07\x80"), NULL},
        {"keyUsage: nine bits", ONE(OID_KU, true, "\x03\x03\x07\x80\x80"), NULL},
        {"keyUsage: empty", ONE(OID_KU, true, "\x03\x01\x00"), NULL},
        {"keyUsage: no octet for the pad", ONE(OID_KU, true, "\x03\x00"), VALUE},
        {"keyUsage: pad 8", ONE(OID_KU, true, "\x03\x02\x08\x00"), VALUE},
        {"keyUsage: pad bits set", ONE(OID_KU, true, "\x03\x02\x07\xc0"), VALUE},
        {"keyUsage: pad of nothing", ONE(OID_KU, true, "\x03\x01\x07"), VALUE},
        {"keyUsage: constructed", ONE(OID_KU, true, "\x23\x02\x07\x80"), VALUE},
        {"keyUsage: behind it", ONE(OID_KU, true, "\x03\x02\x07\x80\x05\x00"), VALUE},
        {"subjectKeyIdentifier", ONE(OID_SKI, false, "\x04\x01x"), NULL},
        {"subjectKeyIdentifier: empty", ONE(OID_SKI, false, "\x04\x00"), NULL},
        {"subjectKeyIdentifier: another tag", ONE(OID_SKI, false, "\x0c\x01x"), VALUE},
        {"subjectKeyIdentifier: cut off", ONE(OID_SKI, false, "\x04\x02x"), VALUE},
        {"authorityKeyIdentifier", ONE(OID_AKI, false, "\x30\x03\x80\x01x"), NULL},
        {"authorityKeyIdentifier: empty", ONE(OID_AKI, false, "\x30\x00"), NULL},
        {"authorityKeyIdentifier: name and serial",
         ONE(OID_AKI, false, "\x30\x05\xa1\x00\x82\x01\x01"), NULL},
        {"authorityKeyIdentifier: surplus", ONE(OID_AKI, false, "\x30\x05\x80\x01x\x05\x00"), VALUE},
        {"authorityKeyIdentifier: out of order",
         ONE(OID_AKI, false, "\x30\x06\x82\x01\x01\x80\x01x"), VALUE},
        {"extendedKeyUsage", ONE(OID_EKU, false, "\x30\x04\x06\x02\x2a\x03"), NULL},
        {"extendedKeyUsage: empty", ONE(OID_EKU, false, "\x30\x00"), VALUE},
        {"extendedKeyUsage: empty OID", ONE(OID_EKU, false, "\x30\x02\x06\x00"), VALUE},
        {"extendedKeyUsage: OID is cut off", ONE(OID_EKU, false, "\x30\x03\x06\x01\x86"), VALUE},
        {"extendedKeyUsage: an INTEGER", ONE(OID_EKU, false, "\x30\x03\x02\x01\x01"), VALUE},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* One extension after the other, each with an OID of its own. */
static const char *refusal_of_many(size_t count)
{
    struct forge_extension *extensions = calloc(count, sizeof *extensions);
    char (*oids)[4] = calloc(count, sizeof *oids);
    const char *why;

    for (size_t i = 0; i < count; i++) {
        snprintf(oids[i], sizeof oids[i], "\x2a%c%c", (char)(1 + i / 100), (char)(1 + i % 100));
        extensions[i] = (struct forge_extension){oids[i], false, "", 0};
    }
    why = refusal_of(&(struct forge){BASE, .extensions = extensions, .extension_count = count});
    free(extensions);
    free(oids);
    return why;
}

START_TEST(number_of_extensions)
{
    ck_assert_ptr_null(refusal_of_many(1));
    ck_assert_ptr_null(refusal_of_many(64));
    ck_assert_str_eq(refusal_of_many(65), "more than 64 extensions");
    ck_assert_str_eq(refusal_of_many(1000), "more than 64 extensions");
}
END_TEST

START_TEST(each_known_extension_twice)
{
    static const struct forge_extension known[] = {
        FORGE_EXTENSION("\x55\x1d\x23", false, "\x30\x00"),
        FORGE_EXTENSION("\x55\x1d\x0e", false, "\x04\x00"),
        FORGE_EXTENSION("\x55\x1d\x0f", true, "\x03\x02\x07\x80"),
        FORGE_EXTENSION("\x55\x1d\x20", false, "x"),
        FORGE_EXTENSION("\x55\x1d\x21", false, "x"),
        FORGE_EXTENSION("\x55\x1d\x11", false, "x"),
        FORGE_EXTENSION("\x55\x1d\x12", false, "x"),
        FORGE_EXTENSION("\x55\x1d\x13", true, "\x30\x00"),
        FORGE_EXTENSION("\x55\x1d\x1e", true, "x"),
        FORGE_EXTENSION("\x55\x1d\x24", true, "x"),
        FORGE_EXTENSION("\x55\x1d\x25", false, "\x30\x03\x06\x01\x2a"),
        FORGE_EXTENSION("\x55\x1d\x1f", false, "x"),
        FORGE_EXTENSION("\x55\x1d\x36", true, "x"),
        FORGE_EXTENSION("\x55\x1d\x2e", false, "x"),
        FORGE_EXTENSION("\x2b\x06\x01\x05\x05\x07\x01\x01", false, "x"),
        FORGE_EXTENSION("\x2b\x06\x01\x05\x05\x07\x01\x0b", false, "x"),
        FORGE_EXTENSION("\x2b\x06\x01\x05\x05\x07\x30\x01\x05", false, "\x05\x00"),
        FORGE_EXTENSION("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", false, "x"),
    };
    struct forge spec = {BASE, .extension_count = 3};

    ck_assert_uint_eq(COUNT_OF(known), EXTENSION_COUNT);
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct forge_extension three[] = {known[i], known[(i + 1) % COUNT_OF(known)], known[i]};
        struct der_build der;
        struct cert_view view;
        const char *why;

        spec.extensions = three;
        spec.extension_count = 3;
        ASSERT_TEXT("twice", refusal_of(&spec), "an extension is there twice");
        spec.extension_count = 1;
        der = forge(&spec);
        ck_assert(mtlsauth__cert_view(&view, span_of(der.bytes, der.len), &why));
        ck_assert_uint_eq(view.extension_count, 1);
        ck_assert_msg(view.extensions[i].present, "extension %zu is not where it belongs", i);
        ck_assert_int_eq(view.extensions[i].critical, known[i].critical);
        ck_assert(!view.unknown_critical);
        der_build_free(&der);
    }
}
END_TEST

/* Those of which RFC 5280 says that they are never critical, or that are not known. */
START_TEST(critical_where_it_must_not_be)
{
    static const struct {
        const char *name;
        struct forge_extension extension;
        bool unknown;
    } rows[] = {
        {"unknown", FORGE_EXTENSION("\x2a\x03", true, ""), true},
        {"unknown, not critical", FORGE_EXTENSION("\x2a\x03", false, ""), false},
        {"authorityKeyIdentifier", FORGE_EXTENSION("\x55\x1d\x23", true, "\x30\x00"), true},
        {"subjectKeyIdentifier", FORGE_EXTENSION("\x55\x1d\x0e", true, "\x04\x00"), true},
        {"freshestCRL", FORGE_EXTENSION("\x55\x1d\x2e", true, "x"), true},
        {"authorityInfoAccess", FORGE_EXTENSION("\x2b\x06\x01\x05\x05\x07\x01\x01", true, "x"), true},
        {"Netscape certificate type",
         FORGE_EXTENSION("\x60\x86\x48\x01\x86\xf8\x42\x01\x01", true, "\x03\x02\x07\x80"),
         true},
        {"keyUsage", FORGE_EXTENSION("\x55\x1d\x0f", true, "\x03\x02\x07\x80"), false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = forge(
            &(struct forge){BASE, .extensions = &rows[i].extension, .extension_count = 1});
        struct cert_view view = view_of(rows[i].name, &der);

        ASSERT_INT(rows[i].name, view.unknown_critical, rows[i].unknown);
        if (rows[i].unknown)
            ASSERT_TRUE(rows[i].name,
                        span_equal(view.unknown_critical_oid, span_of_text(rows[i].extension.oid)));
        der_build_free(&der);
    }
}
END_TEST

START_TEST(what_it_says)
{
    struct der_build der = forge(&(struct forge){
        .subject = "leaf", .issuer = "ca", .key = 1, .ca = true, .path_length = 4,
        .ku = FORGE_KU_CA, .eku = "\x2a\x03", .has_key_ids = true, .not_before = "19700101000001Z",
        .not_after = "700101000002Z", .serial = 0x203});
    const char *why;
    struct cert_view view;
    bool has, any;

    ck_assert(mtlsauth__cert_view(&view, span_of(der.bytes, der.len), &why));
    ck_assert(span_equal(view.whole, span_of(der.bytes, der.len)));
    ck_assert_uint_eq(view.version, 3);
    ck_assert(span_equal(view.serial, span_of("\x11\x02\x03", 3)));
    ck_assert(span_equal(view.issuer, span_of(NAME_CA, sizeof NAME_CA - 1)));
    ck_assert_int_eq(view.not_before, 1);
    ck_assert_int_eq(view.not_after, 2);
    ck_assert(view.is_ca && view.has_path_length);
    ck_assert_uint_eq(view.path_length, 3);
    ck_assert_uint_eq(view.key_usage, KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN);
    ck_assert(span_equal(view.subject_key_id, span_of("K\0\1", 3)));
    ck_assert(span_equal(view.authority_key_id, span_of("K\0\0", 3)));
    ck_assert(mtlsauth__cert_view_eku(&view, span_of("\x2a\x03", 2), &has, &any) && has && !any);
    ck_assert(mtlsauth__cert_view_eku(&view, span_of("\x2a\x04", 2), &has, &any) && !has && !any);
    der_build_free(&der);

    der = forge(&(struct forge){BASE, .eku = "\x55\x1d\x25"});
    ck_assert(mtlsauth__cert_view(&view, span_of(der.bytes, der.len), &why));
    ck_assert_uint_eq(view.key_usage, UINT32_MAX);
    ck_assert_uint_eq(view.subject_key_id.len, 0);
    ck_assert(!view.is_ca && !view.has_path_length);
    ck_assert(mtlsauth__cert_view_eku(&view, span_of("\x2a\x03", 2), &has, &any) && !has && any);
    der_build_free(&der);
}
END_TEST

/* DER of a file of tests/data. */
static mtlsauth_cert *real(const char *name, const void **der, size_t *len)
{
    mtlsauth_cert *cert = data_cert(name);

    *der = mtlsauth_cert_der(cert, len);
    return cert;
}

static const char *const real_names[] = {
    "root.pem",       "client.pem",   "two-names.pem",  "rsapss.pem",          "ed448.pem",
    "upn.pem",        "ip.pem",       "multi-rdn.pem",  "explicit-params.pem", "nc-ca.pem",
    "unicode-dn.pem", "rsa2048.pem",  "v1-root.pem",    "apigw/my_client.pem", "weak-curve.pem",
};

START_TEST(truncation_at_every_length)
{
    for (size_t i = 0; i < COUNT_OF(real_names); i++) {
        const void *der;
        size_t len;
        mtlsauth_cert *cert = real(real_names[i], &der, &len);

        for (size_t n = 0; n < len; n++)
            ck_assert_msg(refusal(der, n) != NULL, "%s is taken at %zu of %zu bytes", real_names[i],
                          n, len);
        ck_assert_ptr_null(refusal(der, len));
        mtlsauth_cert_free(cert);
    }
}
END_TEST

START_TEST(trailing_bytes)
{
    static const char *const tails[] = {"\n", "x", "\x30", "0\0"};

    for (size_t i = 0; i < COUNT_OF(real_names); i++) {
        const void *der;
        size_t len;
        mtlsauth_cert *cert = real(real_names[i], &der, &len);
        uint8_t *longer = malloc(len + 1);

        memcpy(longer, der, len);
        for (size_t k = 0; k < COUNT_OF(tails); k++) {
            longer[len] = (uint8_t)tails[k][0];
            ASSERT_TEXT(real_names[i], refusal(longer, len + 1),
                        "something follows the certificate");
        }
        longer[len] = 0;
        ASSERT_TEXT(real_names[i], refusal(longer, len + 1), "something follows the certificate");
        free(longer);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

/* Every octet, made into some others: no read beyond the end, and a reason for each refusal. */
START_TEST(every_octet_changed)
{
    static const uint8_t values[] = {0x00, 0x01, 0x30, 0x7f, 0x80, 0x84, 0xff};

    for (size_t i = 0; i < COUNT_OF(real_names); i++) {
        const void *der;
        size_t len;
        mtlsauth_cert *cert = real(real_names[i], &der, &len);
        uint8_t *copy = malloc(len);

        for (size_t at = 0; at < len; at++) {
            memcpy(copy, der, len);
            for (size_t k = 0; k < COUNT_OF(values); k++) {
                copy[at] = values[k];
                (void)refusal(copy, len);
            }
        }
        free(copy);
        mtlsauth_cert_free(cert);
    }
}
END_TEST

START_TEST(no_der)
{
    ck_assert_str_eq(refusal("", 0), "not DER, or cut off");
    ck_assert_str_eq(refusal("\x30", 1), "not DER, or cut off");
    ck_assert_str_eq(refusal("\x30\x80\x00\x00", 4), "not DER, or cut off");
    ck_assert_str_eq(refusal("\x31\x00", 2), "not DER, or cut off");
    ck_assert_str_eq(refusal("\x30\x00", 2), PARTS);
    ck_assert_str_eq(refusal("\x30\x11\x31\x00\x30\x0a" ECDSA "\x03\x01\x00", 19), PARTS);
    ck_assert_str_eq(refusal("\x30\x11\x30\x00\x30\x0a" ECDSA "\x03\x01\x00", 19), SERIAL);
}
END_TEST

UNIT_MAIN("cert view", fields, times, extension_lists, extension_values, number_of_extensions,
          each_known_extension_twice, critical_where_it_must_not_be, what_it_says,
          truncation_at_every_length, trailing_bytes, every_octet_changed, no_der)
