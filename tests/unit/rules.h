/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_RULES_H
#define TESTS_UNIT_RULES_H

/* What the tests of rules share. */

#include "identity.h"

#include "identity/rules_private.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__})
#define ALLOW(rules, label, ...)                                                                   \
    mtlsauth__rules_allow(rules, label, LIST(__VA_ARGS__),                                         \
                          sizeof LIST(__VA_ARGS__) / sizeof(char *))

static inline struct rules *new_rules(void)
{
    struct rules *rules;

    ck_assert_int_eq(mtlsauth__rules_new(&rules), MTLSAUTH_OK);
    return rules;
}

/* Asserts that the rules give this label and identity; NULL: that they allow nobody. */
static inline void expect(const char *row, const struct rules *rules,
                          const struct identity_subject *subject, const char *label,
                          const char *identity)
{
    struct text got = {0};
    const char *got_label = "?";
    int code = mtlsauth__rules_match(rules, subject, &got_label, &got);

    ASSERT_INT(row, code, label == NULL ? MTLSAUTH_DENY_IDENTITY : MTLSAUTH_OK);
    if (label == NULL) {
        ASSERT_TRUE(row, got_label == NULL && got.len == 0);
    } else {
        ASSERT_TEXT(row, got_label, label);
        ASSERT_TEXT(row, got.ptr, identity);
    }
    mtlsauth__text_drop(&got);
}

#endif
