/* SPDX-License-Identifier: MIT */
/* How many nodes the certificate policies of a path make (RFC 5280 6.1.2 (a)). */
#include "unit.h"

#include "cert/cert.h"
#include "cert/policies.h"
#include "der_build.h"
#include "trust/policy_tree.h"

/* What a certificate states; nothing else of it is there. Policies are numbered from 0. */
struct stated {
    unsigned first, count; /* policies */
    bool any;
    bool empty; /* certificatePolicies are there, all the same */
    struct {
        unsigned from, to, count; /* each by its own number, or */
        unsigned each_to_each;    /* so many, from 0 on */
        bool from_one;            /* from the first to all of them */
    } mappings;
};

enum { MOST = 12 };

static void add_policy(struct der_build *out, unsigned number)
{
    const uint8_t octets[] = {0x2a, 0x83, (uint8_t)(number / 128 | 0x80), (uint8_t)(number % 128)};

    der_add(out, 0x06, octets, sizeof octets);
}

static struct der_build policies_of(const struct stated *stated)
{
    struct der_build out = {0};

    der_begin(&out, 0x30);
    for (unsigned i = 0; i < stated->count; i++) {
        der_begin(&out, 0x30);
        add_policy(&out, stated->first + i);
        der_end(&out);
    }
    if (stated->any) {
        der_begin(&out, 0x30);
        der_add(&out, 0x06, OID_ANY_POLICY, 4);
        der_end(&out);
    }
    der_end(&out);
    return out;
}

static void add_mapping(struct der_build *out, unsigned from, unsigned to)
{
    der_begin(out, 0x30);
    add_policy(out, from);
    add_policy(out, to);
    der_end(out);
}

static struct der_build mappings_of(const struct stated *stated)
{
    struct der_build out = {0};

    der_begin(&out, 0x30);
    for (unsigned i = 0; i < stated->mappings.count; i++)
        add_mapping(&out, stated->mappings.from + (stated->mappings.from_one ? 0 : i),
                    stated->mappings.to + i);
    for (unsigned i = 0; i < stated->mappings.each_to_each; i++)
        for (unsigned k = 0; k < stated->mappings.each_to_each; k++)
            add_mapping(&out, i, k);
    der_end(&out);
    return out;
}

/* Of a path with these below the anchor, from the one that it has issued down to the leaf. */
static bool fit(const struct stated stated[], size_t count)
{
    static struct mtlsauth_cert certs[MOST + 1];
    struct der_build policies[MOST], mappings[MOST];
    mtlsauth_cert *path[MOST + 1];
    bool fits;

    ck_assert(count <= MOST);
    memset(certs, 0, sizeof certs);
    for (size_t i = 0; i <= count; i++)
        path[i] = &certs[i];
    for (size_t i = 0; i < count; i++) {
        const struct stated *one = &stated[count - 1 - i];
        struct extension_value *extensions = certs[i].view.extensions;

        policies[i] = policies_of(one);
        mappings[i] = mappings_of(one);
        extensions[EXTENSION_CERTIFICATE_POLICIES] =
            (struct extension_value){.present = one->count > 0 || one->any || one->empty,
                                     .value = span_of(policies[i].bytes, policies[i].len)};
        extensions[EXTENSION_POLICY_MAPPINGS] = (struct extension_value){
            .present = one->mappings.count > 0 || one->mappings.each_to_each > 0,
            .value = span_of(mappings[i].bytes, mappings[i].len)};
    }
    fits = mtlsauth__policies_fit(&(struct candidate_path){.certs = path, .count = count + 1});
    for (size_t i = 0; i < count; i++) {
        der_build_free(&policies[i]);
        der_build_free(&mappings[i]);
    }
    return fits;
}

/* CVE-2023-0464: each of two policies is mapped to each, and the tree doubles at every
 * certificate. */
START_TEST(cve_2023_0464_nodes)
{
    struct stated stated[MOST];

    for (size_t i = 0; i < MOST; i++)
        stated[i] = (struct stated){.count = 2, .mappings.each_to_each = 2};
    for (size_t count = 1; count < MOST; count++)
        ck_assert_msg(fit(stated, count) == (count <= 8), "%zu certificates", count);
    /* Those that anyPolicy stands beside double as well. */
    for (size_t i = 0; i < MOST; i++)
        stated[i].any = true;
    for (size_t count = 1; count < MOST; count++)
        ck_assert_msg(fit(stated, count) == (count <= 8), "%zu certificates, with any", count);
}
END_TEST

/* Paths that are none near a limit. */
START_TEST(few_nodes)
{
    static const struct {
        const char *name;
        struct stated path[2];
    } rows[] = {
        {"no policies in the CA", {{0}, {.count = 1}}},
        {"the same", {{.count = 1}, {.count = 1}}},
        {"any, then one", {{.any = true}, {.count = 1}}},
        {"one, then any", {{.count = 1}, {.any = true}}},
        {"one and any, then any and two",
         {{.count = 1, .any = true}, {.first = 1, .count = 1, .any = true}}},
        {"what any policy stands for is mapped",
         {{.any = true, .mappings = {.to = 1, .count = 1}}, {.first = 1, .count = 1}}},
        {"what is not there is mapped",
         {{.count = 1, .mappings = {.from = 2, .to = 1, .count = 1}}, {.first = 1, .count = 1}}},
        {"an empty list", {{.empty = true}, {.count = 1}}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_TRUE(rows[i].name, fit(rows[i].path, 2));
}
END_TEST

/* How often one of them fits behind the other, whatever stands in the leaf. */
START_TEST(what_counts)
{
    static const struct {
        const char *name;
        struct stated first, then;
        size_t most; /* of then, so many fit */
    } rows[] = {
        /* 1 + 7 * 100 */
        {"a hundred each", {.count = 100}, {.count = 100}, 6},
        {"and any", {.count = 99, .any = true}, {.count = 99, .any = true}, 6},
        {"others, of which nothing is left",
         {.count = 100},
         {.first = 200, .count = 100},
         MOST - 1},
        {"one of them", {.count = 100}, {.count = 1}, MOST - 1},
        {"any, which stands for all that are expected", {.count = 100}, {.any = true}, 6},
        {"any alone", {.any = true}, {.any = true}, MOST - 1},
        {"mapped is what nobody expects",
         {.count = 1},
         {.count = 1, .mappings = {.from = 200, .to = 300, .count = 100}},
         MOST - 1},
        {"mapped is what any stands for",
         {.any = true},
         {.any = true, .mappings = {.from = 200, .to = 300, .count = 30}},
         6},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stated path[MOST] = {rows[i].first};
        size_t most = 0;

        for (size_t k = 1; k < MOST; k++)
            path[k] = rows[i].then;
        while (most < MOST - 1 && fit(path, most + 2))
            most++;
        ASSERT_INT(rows[i].name, most, rows[i].most);
    }
}
END_TEST

/* A leaf's are not processed: nothing stands below it. */
START_TEST(mappings_of_a_leaf)
{
    struct stated path[8];

    for (size_t i = 0; i < 6; i++)
        path[i] = (struct stated){.count = 99, .any = true};
    path[6] = (struct stated){.any = true, .mappings = {.from = 200, .to = 300, .count = 100}};
    path[7] = (struct stated){.count = 1};
    ck_assert(fit(path, 7));
    ck_assert(!fit(path, 8));
    path[6].mappings.count = 0;
    ck_assert(fit(path, 8));
}
END_TEST

/* More than are kept at once are not judged by a part of them, however few their nodes. */
START_TEST(more_than_are_kept)
{
    struct stated path[3] = {
        {.count = 99, .any = true, .mappings = {.from = 300, .to = 400, .count = 100}},
        {.first = 500, .count = 99, .any = true},
        {.count = 1}};

    ck_assert(!fit(path, 2));
    ck_assert(!fit(path, 3));
    path[0].mappings.count = 0;
    ck_assert(fit(path, 3));
    path[1].mappings.from = 600;
    path[1].mappings.to = 700;
    path[1].mappings.count = 100;
    ck_assert(!fit(path, 3));
    path[1].mappings.count = 0;
    ck_assert(fit(path, 3));
}
END_TEST

/* What nobody expects takes no room among what is kept. */
START_TEST(only_what_is_expected_is_kept)
{
    struct stated path[3] = {
        {.count = 100, .mappings = {.to = 100, .count = 100, .from_one = true}}, /* 199 of them */
        {.first = 500, .count = 99, .any = true},
        {.count = 1}};

    ck_assert(fit(path, 3));
    path[1] = (struct stated){.any = true, .mappings = {.from = 500, .to = 600, .count = 100}};
    ck_assert(fit(path, 3));
}
END_TEST

/* A certificate with more than are counted; the anchor's are not processed. */
START_TEST(too_many_in_one)
{
    for (size_t i = 0; i < 3; i++) {
        static struct mtlsauth_cert certs[3];
        mtlsauth_cert *path[] = {&certs[0], &certs[1], &certs[2]};

        certs[i].view.too_many_policies = true;
        ck_assert_int_eq(
            mtlsauth__policies_fit(&(struct candidate_path){.certs = path, .count = 3}), i == 2);
        certs[i].view.too_many_policies = false;
    }
}
END_TEST

UNIT_MAIN("trust/policy_nodes", cve_2023_0464_nodes, few_nodes, what_counts, mappings_of_a_leaf,
          more_than_are_kept, only_what_is_expected_is_kept, too_many_in_one)
