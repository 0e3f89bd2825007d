/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>

/* What is refused is quoted in printable ASCII, wherever the text is cut off. */
START_TEST(refusals_are_readable)
{
    static const struct {
        const char *name, *front, *says;
    } rows[] = {
        {"negated", "!subject.O:", "negated"},
        {"negated, one octet further", "!subject.OU:", "negated"},
        {"a second matcher", "subject.O:a,subject.O:b", "position 13: a second matcher"},
        {"invisible", "subject.O:a\xe2\x80\x8b", "position 12: an invisible character, U+200B"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_policy *policy;
        char matcher[512];
        const char *said;

        snprintf(matcher, sizeof matcher, "%s", rows[i].front);
        while (strlen(matcher) < 300)
            strcat(matcher, "\xc3\xa9");
        ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), 0);
        ASSERT_INT(rows[i].name, mtlsauth_policy_block(policy, matcher), MTLSAUTH_ERR_PARSE);
        said = mtlsauth_last_error();
        ASSERT_TRUE(rows[i].name, strstr(said, rows[i].says) != NULL);
        for (const char *at = said; *at != '\0'; at++)
            ck_assert_msg(*at >= 0x20 && *at < 0x7f, "%s: %s", rows[i].name, said);
        mtlsauth_policy_free(policy);
    }
}
END_TEST

UNIT_MAIN("identity/block", refusals_are_readable)
