/* SPDX-License-Identifier: MIT */
#include "trust.h"

/* Policies 1.2.FAMILY.0 and on. */
static void add_oid(struct der_build *out, unsigned family, unsigned number)
{
    const uint8_t octets[] = {0x2a, (uint8_t)family, (uint8_t)number};

    der_add(out, 0x06, octets, sizeof octets);
}

static void policies_of(struct der_build *out, unsigned family, unsigned count)
{
    der_begin(out, 0x30);
    for (unsigned i = 0; i < count; i++) {
        der_begin(out, 0x30);
        add_oid(out, family, i);
        der_end(out);
    }
    der_begin(out, 0x30);
    der_add(out, 0x06, "\x55\x1d\x20\x00", 4); /* anyPolicy */
    der_end(out);
    der_end(out);
}

static void mappings_of(struct der_build *out, unsigned from, unsigned to, unsigned count)
{
    der_begin(out, 0x30);
    for (unsigned i = 0; i < count; i++) {
        der_begin(out, 0x30);
        add_oid(out, from, i);
        add_oid(out, to, i);
        der_end(out);
    }
    der_end(out);
}

static struct pki_extension extension_of(const char *oid, bool critical,
                                         const struct der_build *value)
{
    return (struct pki_extension){oid, critical, (const char *)value->bytes, value->len};
}

/* A CA with anyPolicy and count policies, which maps as many others; below it one with as many
 * again: three times as many policies are expected below that one. */
static int verify(unsigned count)
{
    struct der_build upper = {0}, lower = {0}, mappings = {0};
    struct pki_extension of_upper[2], of_lower;
    struct reason reason;
    int code;

    policies_of(&upper, 1, count);
    mappings_of(&mappings, 2, 3, count);
    policies_of(&lower, 4, count);
    of_upper[0] = extension_of("\x55\x1d\x20", false, &upper);
    of_upper[1] = extension_of("\x55\x1d\x21", true, &mappings);
    of_lower = extension_of("\x55\x1d\x20", false, &lower);
    {
        const struct pki_cert words[] = {
            {.subject = "leaf", .issuer = "Lower", .key = 4, .signer = 3},
            {.subject = "Lower",
             .issuer = "Upper",
             .key = 3,
             .signer = 2,
             .ca = true,
             .extensions = &of_lower,
             .extension_count = 1},
            {.subject = "Upper",
             .issuer = "Root",
             .key = 2,
             .signer = 1,
             .ca = true,
             .extensions = of_upper,
             .extension_count = 2},
            {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
        };

        code = trust_verify(words, 4, MTLSAUTH_PROFILE_API_GATEWAY, &reason);
    }
    der_build_free(&upper);
    der_build_free(&lower);
    der_build_free(&mappings);
    return code;
}

/* More policies are expected than are counted: the path is refused, not judged by a part of
 * them. */
START_TEST(more_policies_than_fit)
{
    ck_assert_int_eq(verify(66), MTLSAUTH_OK);
    ck_assert_int_eq(verify(67), MTLSAUTH_DENY_BUDGET);
    ck_assert_int_eq(verify(100), MTLSAUTH_DENY_BUDGET);
}
END_TEST

UNIT_MAIN("trust/policy_tree", more_policies_than_fit)
