/* SPDX-License-Identifier: MIT */
/* What a view says of a certificate that is not to be shown to libcrypto as it is. */
#include "unit.h"

#include "cert/view.h"
#include "forge.h"

#define OID_POLICIES "\x55\x1d\x20"
#define OID_MAPPINGS "\x55\x1d\x21"
#define OID_CONSTRAINTS "\x55\x1d\x24"

/* A good certificate, but for its extensions. */
#define BASE .unsigned_ = true, .subject = "leaf", .issuer = "ca"

static struct cert_view view_of(const char *row, const struct der_build *der)
{
    struct cert_view view;
    const char *why;

    ASSERT_TRUE(row, mtlsauth__cert_view(&view, span_of(der->bytes, der->len), &why));
    return view;
}

/* libcrypto takes seconds over some thousand policies, and it takes BER, where a reader of DER
 * stops at the first and would call it none. */
START_TEST(policies_that_cannot_be_counted)
{
    static const struct {
        const char *name;
        struct forge_extension extension;
        bool too_many;
    } rows[] = {
        {"policies", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x06\x30\x04\x06\x02\x2a\x03"), false},
        {"policies: the first one in BER",
         FORGE_EXTENSION(OID_POLICIES, false, "\x30\x07\x30\x81\x04\x06\x02\x2a\x03"), true},
        {"policies: the list in BER",
         FORGE_EXTENSION(OID_POLICIES, false, "\x30\x81\x06\x30\x04\x06\x02\x2a\x03"), true},
        {"policies: of indefinite length",
         FORGE_EXTENSION(OID_POLICIES, false, "\x30\x80\x30\x04\x06\x02\x2a\x03\x00\x00"), true},
        {"mappings: the first one in BER",
         FORGE_EXTENSION(OID_MAPPINGS, true, "\x30\x0b\x30\x81\x08\x06\x02\x2a\x03\x06\x02\x2a\x04"),
         true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = forge(
            &(struct forge){BASE, .extensions = &rows[i].extension, .extension_count = 1});
        struct cert_view view = view_of(rows[i].name, &der);

        ASSERT_INT(rows[i].name, view.too_many_policies, rows[i].too_many);
        der_build_free(&der);
    }
}
END_TEST

/* Until June 2026 (3.0.20) libcrypto leaks constraints that it reads beside no policies. */
START_TEST(constraints_beside_no_policies)
{
#define ONE_POLICY "\x30\x04\x06\x02\x2a\x03"
#define ANOTHER "\x30\x04\x06\x02\x2a\x04"
    static const struct {
        const char *name;
        struct forge_extension policies;
        size_t first, count; /* of policies and constraints */
        bool distinct, leaks;
    } rows[] = {
        {"neither", FORGE_EXTENSION(OID_POLICIES, false, ""), 0, 0, false, false},
        {"constraints alone", FORGE_EXTENSION(OID_POLICIES, false, ""), 1, 1, false, true},
        {"policies alone", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x06" ONE_POLICY), 0, 1, true,
         false},
        {"both", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x0c" ONE_POLICY ANOTHER), 0, 2, true,
         false},
        {"one twice", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x0c" ONE_POLICY ONE_POLICY), 0, 2,
         false, true},
        {"the first one again",
         FORGE_EXTENSION(OID_POLICIES, false, "\x30\x12" ONE_POLICY ANOTHER ONE_POLICY), 0, 2, false,
         true},
        {"one twice alone",
         FORGE_EXTENSION(OID_POLICIES, false, "\x30\x0c" ONE_POLICY ONE_POLICY), 0, 1, false, false},
        {"an empty list", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x00"), 0, 2, false, true},
        {"no list", FORGE_EXTENSION(OID_POLICIES, false, "\x05\x00"), 0, 2, false, true},
        {"no policy in it", FORGE_EXTENSION(OID_POLICIES, false, "\x30\x02\x30\x00"), 0, 2, false,
         true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct forge_extension both[] = {
            rows[i].policies, FORGE_EXTENSION(OID_CONSTRAINTS, true, "\x30\x03\x80\x01\x05")};
        struct der_build der = forge(&(struct forge){
            BASE, .extensions = both + rows[i].first, .extension_count = rows[i].count});
        struct cert_view view = view_of(rows[i].name, &der);

        ASSERT_INT(rows[i].name, view.has_distinct_policies, rows[i].distinct);
        ASSERT_INT(rows[i].name, cert_view_leaks_constraints(&view), rows[i].leaks);
        der_build_free(&der);
    }
}
END_TEST

/* CVE-2026-35189: libcrypto copies the issuer's name for each distribution point that is relative
 * to it, some hundred MB for a certificate of 64 KB. */
START_TEST(cve_2026_35189_relative_names)
{
#define POINT(octets) octets, sizeof(octets) - 1
    static const struct {
        const char *name, *point;
        size_t len, count, issuer;
        bool too_many;
    } rows[] = {
        {"one, of a short name", POINT("\x30\x04\xa0\x02\xa1\x81"), 1, 20, false},
        {"a few", POINT("\x30\x05\xa0\x03\xa1\x01\x31"), 80, 180, false},
        {"many", POINT("\x30\x05\xa0\x03\xa1\x01\x31"), 100, 180, true},
        {"full names", POINT("\x30\x05\xa0\x03\xa0\x01\x31"), 1000, 180, false},
        {"reasons alone", POINT("\x30\x04\x81\x02\x06\x40"), 1000, 180, false},
        {"a point in BER", POINT("\x30\x81\x05\xa0\x03\xa1\x01\x31"), 1000, 180, true},
        {"a few points in BER", POINT("\x30\x81\x05\xa0\x03\xa1\x01\x31"), 10, 180, false},
        {"a name in BER", POINT("\x30\x06\xa0\x81\x03\xa1\x01\x31"), 100, 180, true},
        {"a tag in its long form", POINT("\x30\x06\xbf\x00\x03\xa1\x01\x31"), 100, 180, true},
        {"a tag in its longest form", POINT("\x30\x07\xbf\x80\x00\x03\xa1\x01\x31"), 100, 180,
         true},
        {"a few tags in their long form", POINT("\x30\x06\xbf\x00\x03\xa1\x01\x31"), 80, 180,
         false},
        {"a tag that is not constructed", POINT("\x30\x05\x80\x03\xa1\x01\x31"), 100, 180, true},
        {"the tag of the name in its long form", POINT("\x30\x06\xa0\x04\xbf\x01\x01\x31"), 100,
         180, true},
        {"cRLIssuer alone", POINT("\x30\x04\xa2\x02\x82\x00"), 1000, 180, false},
        {"empty points", POINT("\x30\x00"), 1000, 180, false},
        {"no list", NULL, 0, 1000, 180, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build list = {0}, der;
        struct forge_extension extension = {"\x55\x1d\x1f", false, NULL, 0};
        char issuer[256];
        struct cert_view view;

        memset(issuer, 'i', sizeof issuer);
        issuer[rows[i].issuer - 11] = '\0';
        der_begin(&list, rows[i].point == NULL ? 0x31 : 0x30);
        for (size_t k = 0; k < rows[i].count; k++)
            if (rows[i].point == NULL)
                der_raw(&list, "\x30\x05\xa0\x03\xa1\x01\x31", 7);
            else
                der_raw(&list, rows[i].point, rows[i].len);
        der_end(&list);
        extension.value = (const char *)list.bytes;
        extension.len = list.len;
        der = forge(&(struct forge){.unsigned_ = true, .subject = "leaf", .issuer = issuer,
                                    .extensions = &extension, .extension_count = 1});
        view = view_of(rows[i].name, &der);
        ASSERT_INT(rows[i].name, view.too_many_relative_names, rows[i].too_many);
        der_build_free(&der);
        der_build_free(&list);
    }
}
END_TEST

UNIT_MAIN("cert/withheld", policies_that_cannot_be_counted, constraints_beside_no_policies,
          cve_2026_35189_relative_names)
