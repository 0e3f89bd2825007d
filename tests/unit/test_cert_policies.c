/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "cert/policies.h"
#include "der_build.h"
#include "support/der_text.h"

#define ONE "30 { 06 { 2a 01 } }"
#define TWO "30 { 06 { 2a 02 } 30 00 }" /* with qualifiers */
#define ANY "30 { 06 { 55 1d 20 00 } }"
#define MAP(from, to) "30 { 06 { " from " } 06 { " to " } }"

/* The text of an extension's value; NULL: it is not there. */
static struct extension_value value_of(const char *text, struct der_text *der)
{
    *der = der_text(text == NULL ? "" : text);
    return (struct extension_value){.present = text != NULL, .value = span_of(der->ptr, der->len)};
}

START_TEST(policies_and_mappings)
{
    static const struct {
        const char *name, *policies, *mappings, *malformed;
        size_t count, mapping_count;
        bool too_many, any, repeated, maps_any;
    } rows[] = {
        {.name = "neither"},
        {.name = "one", .policies = "30 { " ONE " }", .count = 1},
        {.name = "two", .policies = "30 { " ONE TWO " }", .count = 2},
        {.name = "one twice", .policies = "30 { " TWO ONE ONE " }", .count = 3, .repeated = true},
        {.name = "the first again", .policies = "30 { " TWO ONE TWO " }", .count = 3,
         .repeated = true},
        {.name = "one twice, then any", .policies = "30 { " ONE ONE ANY " }", .count = 2,
         .any = true, .repeated = true},
        {.name = "any", .policies = "30 { " ONE ANY TWO " }", .count = 2, .any = true},
        {.name = "any twice", .policies = "30 { " ANY ANY " }", .any = true, .repeated = true},
        {.name = "an empty list", .policies = "30 00", .malformed = "certificatePolicies"},
        {.name = "no list", .policies = "05 00", .malformed = "certificatePolicies",
         .too_many = true},
        {.name = "something behind", .policies = "30 { " ONE " } 05 00",
         .malformed = "certificatePolicies", .too_many = true},
        {.name = "one that is no SEQUENCE", .policies = "30 { " ONE " 05 00 " TWO " }",
         .malformed = "certificatePolicies", .count = 1, .too_many = true},
        {.name = "one without an OID", .policies = "30 { " ONE " 30 00 " TWO " }",
         .malformed = "certificatePolicies", .count = 2},
        {.name = "mappings", .mappings = "30 { " MAP("2a 01", "2a 02") MAP("2a 02", "2a 01") " }",
         .mapping_count = 2},
        {.name = "from any", .mappings = "30 { " MAP("55 1d 20 00", "2a 02") MAP("2a", "2b") " }",
         .mapping_count = 2, .maps_any = true},
        {.name = "to any", .mappings = "30 { " MAP("2a", "2b") MAP("2a 02", "55 1d 20 00") " }",
         .mapping_count = 2, .maps_any = true},
        {.name = "no mappings", .mappings = "30 00", .malformed = "policyMappings"},
        {.name = "no list of mappings", .mappings = "05 00", .malformed = "policyMappings",
         .too_many = true},
        {.name = "a mapping without a subject", .mappings = "30 { 30 { 06 { 2a 01 } } }",
         .malformed = "policyMappings"},
        {.name = "a mapping and more", .mappings = "30 { 30 { 06 01 2a 06 01 2b 05 00 } }",
         .malformed = "policyMappings"},
        {.name = "both, the first malformed", .policies = "30 00",
         .mappings = "30 { " MAP("2a", "2b") " }", .malformed = "certificatePolicies",
         .mapping_count = 1},
        {.name = "both, the first in BER", .policies = "30 81 06 30 04 06 02 2a 01",
         .mappings = "30 { " MAP("2a", "2b") " }", .malformed = "certificatePolicies",
         .mapping_count = 1, .too_many = true},
        {.name = "both malformed", .policies = "30 00", .mappings = "30 00",
         .malformed = "certificatePolicies"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text policies, mappings;
        const struct extension_value extensions[EXTENSION_COUNT] = {
            [EXTENSION_CERTIFICATE_POLICIES] = value_of(rows[i].policies, &policies),
            [EXTENSION_POLICY_MAPPINGS] = value_of(rows[i].mappings, &mappings),
        };
        struct policies all;

        mtlsauth__policies_read(&all, extensions);
        ASSERT_TEXT(rows[i].name, all.malformed == NULL ? "none" : all.malformed,
                    rows[i].malformed == NULL ? "none" : rows[i].malformed);
        ASSERT_INT(rows[i].name, all.too_many, rows[i].too_many);
        ASSERT_INT(rows[i].name, all.count, rows[i].count);
        ASSERT_INT(rows[i].name, all.any, rows[i].any);
        ASSERT_INT(rows[i].name, all.repeated, rows[i].repeated);
        ASSERT_INT(rows[i].name, all.mapping_count, rows[i].mapping_count);
        ASSERT_INT(rows[i].name, all.maps_any, rows[i].maps_any);
        ASSERT_TRUE(rows[i].name, all.explicit_policy == UINT32_MAX);
        free(policies.ptr);
        free(mappings.ptr);
    }
}
END_TEST

START_TEST(explicit_policy)
{
    static const struct {
        const char *name, *constraints;
        uint32_t after;
        bool malformed;
    } rows[] = {
        {"no constraints", NULL, UINT32_MAX, false},
        {"at once", "30 { 80 01 00 }", 0, false},
        {"after some", "30 { 80 01 05 81 01 00 }", 5, false},
        {"after many", "30 { 80 04 7f ff ff ff }", INT32_MAX, false},
        {"mappings alone", "30 { 81 01 00 }", UINT32_MAX, false},
        {"neither", "30 00", 0, true},
        {"negative", "30 { 80 01 80 }", 0, true},
        {"of mappings negative", "30 { 80 01 05 81 01 80 }", 0, true},
        {"empty", "", 0, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text constraints;
        const struct extension_value extensions[EXTENSION_COUNT] = {
            [EXTENSION_POLICY_CONSTRAINTS] = value_of(rows[i].constraints, &constraints),
        };
        struct policies all;

        mtlsauth__policies_read(&all, extensions);
        ASSERT_INT(rows[i].name, all.malformed != NULL, rows[i].malformed);
        ASSERT_INT(rows[i].name, all.explicit_policy, rows[i].after);
        free(constraints.ptr);
    }
}
END_TEST

/* A list of so many different OIDs, or mappings of them, of so many times anyPolicy, and of what
 * stands behind those. */
static struct der_build list_of(size_t count, size_t any, bool mappings, const char *behind)
{
    struct der_build list = {0};
    struct der_text last = der_text(behind == NULL ? "" : behind);

    der_begin(&list, 0x30);
    for (size_t i = 0; i < count + any; i++) {
        const uint8_t own[] = {0x06, 0x02, 0x2a, (uint8_t)i};

        der_begin(&list, 0x30);
        if (i < count)
            der_raw(&list, own, sizeof own);
        else
            der_raw(&list, "\x06\x04\x55\x1d\x20\x00", 6);
        if (mappings)
            der_raw(&list, own, sizeof own);
        der_end(&list);
    }
    der_raw(&list, last.ptr, last.len);
    der_end(&list);
    free(last.ptr);
    return list;
}

/* One more than the arrays take is not written behind their end, and is to be well-formed. */
START_TEST(most)
{
    enum { MOST = MTLSAUTH__MAX_POLICIES };
    static const struct {
        const char *name;
        size_t count, any;
        bool mappings, too_many;
        const char *behind;
        bool malformed;
    } rows[] = {
        {"policies", MOST, 0, false, false, NULL, false},
        {"one more", MOST + 1, 0, false, true, NULL, false},
        {"policies and anyPolicy", MOST - 1, 1, false, false, NULL, false},
        {"and one more", MOST, 1, false, true, NULL, false},
        {"anyPolicy", 0, MOST, false, false, NULL, false},
        {"anyPolicy once more", 0, MOST + 1, false, true, NULL, false},
        {"one more without an OID", MOST, 0, false, true, "30 00", true},
        {"one more that is no SEQUENCE", MOST, 0, false, true, "05 00", true},
        {"the second of two more in BER", MOST + 1, 0, false, true, "30 81 04 06 02 2a 01", true},
        {"mappings", MOST, 0, true, false, NULL, false},
        {"one mapping more", MOST + 1, 0, true, true, NULL, false},
        {"one mapping more of three", MOST, 0, true, true, "30 { 06 01 2a 06 01 2a 06 01 2a }",
         true},
        {"one mapping more with an OID in BER", MOST, 0, true, true, "30 { 06 81 01 2a 06 01 2a }",
         true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build list =
            list_of(rows[i].count, rows[i].any, rows[i].mappings, rows[i].behind);
        struct extension_value extensions[EXTENSION_COUNT] = {0};
        struct policies all;

        extensions[rows[i].mappings ? EXTENSION_POLICY_MAPPINGS : EXTENSION_CERTIFICATE_POLICIES] =
            (struct extension_value){.present = true, .value = span_of(list.bytes, list.len)};
        mtlsauth__policies_read(&all, extensions);
        ASSERT_INT(rows[i].name, all.malformed != NULL, rows[i].malformed);
        ASSERT_INT(rows[i].name, all.too_many, rows[i].too_many);
        ASSERT_INT(rows[i].name, all.repeated, rows[i].any > 1);
        ASSERT_INT(rows[i].name, rows[i].mappings ? all.mapping_count : all.count,
                   rows[i].count > MOST ? MOST : rows[i].count);
        der_build_free(&list);
    }
}
END_TEST

/* Too many of the one do not hide what is wrong with the other; nor does the hundredth mapping. */
START_TEST(too_many_and_malformed)
{
    struct der_build policies = list_of(MTLSAUTH__MAX_POLICIES + 1, 0, false, NULL);
    struct der_build mappings =
        list_of(MTLSAUTH__MAX_POLICIES, 0, true, MAP("2a", "55 1d 20 00"));
    struct extension_value extensions[EXTENSION_COUNT] = {
        [EXTENSION_CERTIFICATE_POLICIES] = {.present = true,
                                            .value = span_of(policies.bytes, policies.len)},
        [EXTENSION_POLICY_MAPPINGS] = {.present = true, .value = span_of("\x30", 2)},
    };
    struct policies all;

    mtlsauth__policies_read(&all, extensions);
    ck_assert(all.too_many);
    ck_assert_str_eq(all.malformed, "policyMappings");
    extensions[EXTENSION_POLICY_MAPPINGS].value = span_of(mappings.bytes, mappings.len);
    mtlsauth__policies_read(&all, extensions);
    ck_assert(all.too_many && all.maps_any && all.malformed == NULL);
    der_build_free(&policies);
    der_build_free(&mappings);
}
END_TEST

UNIT_MAIN("cert/policies", policies_and_mappings, explicit_policy, most,
          too_many_and_malformed)
