/* SPDX-License-Identifier: MIT */
/* Sentences go to logs and terminals: whatever a file's name or a certificate holds, they are
 * text. */
#include "unit.h"

#include "base/asn1_string.h"
#include "base/der.h"
#include "base/error.h"

static bool is_text(const char *sentence)
{
    for (const char *at = sentence; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return mtlsauth__asn1_string_ok(DER_UTF8_STRING, span_of_text(sentence));
}

START_TEST(octets_of_others)
{
    ck_assert_int_eq(mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: no such file", "/crls/\x1b[31m\xff"),
                     MTLSAUTH_ERR_IO);
    ck_assert_str_eq(mtlsauth_last_error(), "/crls/?[31m?: no such file");
    (void)mtlsauth__fail_in(MTLSAUTH_ERR_IO, "%s: ", "\x7f\xc3\xa9");
    ck_assert_str_eq(mtlsauth_last_error(), "?\xc3\xa9: /crls/?[31m?: no such file");
}
END_TEST

/* What moves the cursor, hides or reverses a line is no text: CSI, RIGHT-TO-LEFT OVERRIDE. */
START_TEST(invisible_characters)
{
    (void)mtlsauth__fail(MTLSAUTH_ERR_IO, "%s", "a\xc2\x9b" "b\xe2\x80\xae" "c\xe2\x80");
    ck_assert_str_eq(mtlsauth_last_error(), "a?b?c??");
}
END_TEST

/* Cut to its length, and not within a character. */
START_TEST(longer_than_a_sentence)
{
    for (size_t front = 0; front < 8; front++) {
        char text[3 * MTLSAUTH__MAX_SENTENCE] = "";

        memset(text, 'a', front);
        for (size_t i = front; i + 4 < sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        (void)mtlsauth__fail(MTLSAUTH_ERR_PARSE, "%s", text);
        ck_assert(is_text(mtlsauth_last_error()));
        ck_assert_uint_gt(strlen(mtlsauth_last_error()), MTLSAUTH__MAX_SENTENCE - 8);
        (void)mtlsauth__fail_in(MTLSAUTH_ERR_PARSE, "before ");
        ck_assert(is_text(mtlsauth_last_error()));
        ck_assert_str_ne(mtlsauth_last_error(), text);
    }
}
END_TEST

UNIT_MAIN("base/error", octets_of_others, invisible_characters, longer_than_a_sentence)
