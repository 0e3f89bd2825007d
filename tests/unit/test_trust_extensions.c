/* SPDX-License-Identifier: MIT */
/* Extensions of policies and of name constraints, each octet of them wrong in turn. */
#include "trust.h"

#include "support/der_text.h"

#define POLICIES "\x55\x1d\x20"
#define MAPPINGS "\x55\x1d\x21"
#define POLICY_CONSTRAINTS "\x55\x1d\x24"
#define INHIBIT_ANY_POLICY "\x55\x1d\x36"
#define NAME_CONSTRAINTS "\x55\x1d\x1e"

static int verify(const char *oid, const struct der_text *value, bool in_leaf)
{
    struct pki_extension extension = {oid, true, (const char *)value->ptr, value->len};
    const struct pki_cert words[] = {
        {.subject = "leaf",
         .issuer = "CA",
         .key = 3,
         .signer = 2,
         .names = "dns:a.com",
         .extensions = &extension,
         .extension_count = in_leaf ? 1 : 0},
        {.subject = "CA",
         .issuer = "Root",
         .key = 2,
         .signer = 1,
         .ca = true,
         .extensions = &extension,
         .extension_count = in_leaf ? 0 : 1},
        {.subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true},
    };
    struct reason reason;

    return trust_verify(words, COUNT_OF(words), MTLSAUTH_PROFILE_API_GATEWAY, &reason);
}

struct row {
    const char *name, *oid, *text;
    int code;
};

static void check_rows(const struct row *rows, size_t count, bool in_leaf)
{
    for (size_t i = 0; i < count; i++) {
        struct der_text value = der_text(rows[i].text);
        int code = verify(rows[i].oid, &value, in_leaf);

        ck_assert_msg(code == rows[i].code, "%s, in a %s: %s", rows[i].name,
                      in_leaf ? "leaf" : "CA", mtlsauth_code_name(code));
        free(value.ptr);
    }
}

enum { POLICY = MTLSAUTH_DENY_CERTIFICATE_POLICY, NAMES = MTLSAUTH_DENY_NAME_CONSTRAINTS };

START_TEST(malformed_policies)
{
    static const struct row rows[] = {
        {"policies", POLICIES, "30 { 30 { 06 { 2a 03 } } }", 0},
        {"policies: no SEQUENCE", POLICIES, "05 00", POLICY},
        {"policies: something behind", POLICIES, "30 { 30 { 06 { 2a 03 } } } 05 00", POLICY},
        {"policies: none", POLICIES, "30 00", POLICY},
        {"policies: one that is no SEQUENCE", POLICIES, "30 { 31 { 06 { 2a 03 } } }", POLICY},
        {"policies: one without an OID", POLICIES, "30 { 30 { 05 00 } }", POLICY},
        {"policies: one in BER", POLICIES, "30 { 30 81 04 06 { 2a 03 } }", POLICY},
        {"mappings", MAPPINGS, "30 { 30 { 06 { 2a 03 } 06 { 2a 04 } } }", 0},
        {"mappings: none", MAPPINGS, "30 00", POLICY},
        {"mappings: something behind", MAPPINGS, "30 { 30 { 06 { 2a 03 } 06 { 2a 04 } } } 05 00",
         POLICY},
        {"mappings: one in BER", MAPPINGS, "30 { 30 81 08 06 { 2a 03 } 06 { 2a 04 } }", POLICY},
        {"mappings: one without a subject", MAPPINGS, "30 { 30 { 06 { 2a 03 } } }", POLICY},
        {"mappings: one of three", MAPPINGS, "30 { 30 { 06 { 2a 03 } 06 { 2a 04 } 06 { 2a 05 } } }",
         POLICY},
        {"constraints", POLICY_CONSTRAINTS, "30 { 80 01 05 81 01 05 }", 0},
        {"constraints: mappings alone", POLICY_CONSTRAINTS, "30 { 81 01 05 }", 0},
        {"constraints: none", POLICY_CONSTRAINTS, "30 00", POLICY},
        {"constraints: no SEQUENCE", POLICY_CONSTRAINTS, "", POLICY},
        {"constraints: something behind", POLICY_CONSTRAINTS, "30 { 80 01 05 } 05 00", POLICY},
        {"constraints: something behind those", POLICY_CONSTRAINTS, "30 { 80 01 05 82 01 05 }",
         POLICY},
        {"constraints: explicit, longer than it is", POLICY_CONSTRAINTS, "30 { 80 7f 05 }", POLICY},
        {"constraints: mappings, longer than they are", POLICY_CONSTRAINTS, "30 { 81 7f 05 }",
         POLICY},
        {"constraints: explicit, negative", POLICY_CONSTRAINTS, "30 { 80 01 ff }", POLICY},
        {"constraints: mappings, negative", POLICY_CONSTRAINTS, "30 { 81 01 ff }", POLICY},
        {"any policy", INHIBIT_ANY_POLICY, "02 01 05", 0},
        {"any policy: no INTEGER", INHIBIT_ANY_POLICY, "04 01 05", POLICY},
        {"any policy: something behind", INHIBIT_ANY_POLICY, "02 01 05 05 00", POLICY},
        {"any policy: 33 bits", INHIBIT_ANY_POLICY, "02 05 01 00 00 00 00", POLICY},
    };

    check_rows(rows, COUNT_OF(rows), false);
    check_rows(rows, COUNT_OF(rows), true);
}
END_TEST

START_TEST(malformed_name_constraints)
{
    static const struct row rows[] = {
        {"names", NAME_CONSTRAINTS, "30 { a0 { 30 { 82 { \"a.com\" } } } }", 0},
        {"names: permitted, longer than they are", NAME_CONSTRAINTS, "30 { a0 7f 30 }", NAMES},
        {"names: excluded, longer than they are", NAME_CONSTRAINTS, "30 { a1 7f 30 }", NAMES},
        {"names: a subtree that is no SEQUENCE", NAME_CONSTRAINTS, "30 { a0 { 31 00 } }", NAMES},
        {"names: a subtree that is empty", NAME_CONSTRAINTS, "30 { a0 { 30 00 } }", NAMES},
        {"names: a minimum longer than it is", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 82 01 78 80 7f } } }", NAMES},
        {"names: a minimum of two octets", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 82 01 78 80 02 00 00 } } }", NAMES},
        {"names: a directory name and more", NAME_CONSTRAINTS,
         "30 { a1 { 30 { a4 { 30 00 05 00 } } } }", NAMES},
        {"names: a label of 64 characters", NAME_CONSTRAINTS, "30 { a1 { 30 { 82 { 61 * 64 } } } }",
         NAMES},
        {"names: a domain of 300 characters", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 82 { 61 2e 61 2e 61 * 300 } } } }", NAMES},
        {"names: a URI's host with an underscore", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 86 { \"_a.com\" } } } }", 0},
        {"names: an address of 5 octets, where none stands below", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 87 { 0a * 5 } } } }", 0},
        {"names: two, the second malformed", NAME_CONSTRAINTS,
         "30 { a1 { 30 { 82 01 78 } 30 { 89 01 78 } } }", NAMES},
    };

    check_rows(rows, COUNT_OF(rows), false);
}
END_TEST

/* CVE-2026-35189: refused before libcrypto reads the certificate, wherever it stands. */
START_TEST(cve_2026_35189_points)
{
    static const uint8_t point[] = {0x30, 0x0f, 0xa0, 0x0d, 0xa1, 0x0b, 0x30, 0x09, 0x06,
                                    0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'a',  'b'};

    for (size_t count = 500; count <= 2000; count += 1500) {
        struct der_build list = {0};
        int want = count == 500 ? MTLSAUTH_OK : MTLSAUTH_DENY_BUDGET;
        struct der_text value;

        der_begin(&list, 0x30);
        for (size_t i = 0; i < count; i++)
            der_raw(&list, point, sizeof point);
        der_end(&list);
        value = (struct der_text){.ptr = list.bytes, .len = list.len};
        ck_assert_int_eq(verify("\x55\x1d\x1f", &value, true), want);
        ck_assert_int_eq(verify("\x55\x1d\x1f", &value, false), want);
        der_build_free(&list);
    }
}
END_TEST

UNIT_MAIN("trust/extensions", malformed_policies, malformed_name_constraints, cve_2026_35189_points)
