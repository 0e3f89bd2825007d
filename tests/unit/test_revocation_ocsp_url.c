/* SPDX-License-Identifier: MIT */
/* Which URLs are taken, and what the authority information access of a certificate names. */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "cert/cert.h"
#include "revocation/ocsp_url.h"
#include "support/der_text.h"

START_TEST(characters)
{
    static const char refused[] = "#\"<>\\^`{|} \x7f\x01";
    char url[] = "http://a/x";

    for (unsigned c = 0; c < 256; c++) {
        bool want = c > 0x20 && c < 0x7f && strchr(refused, (int)c) == NULL;

        url[9] = (char)c;
        ck_assert_msg(mtlsauth__url_is_plain(span_of(url, 10), true) == want, "%02x", c);
        ck_assert_msg(mtlsauth__url_is_plain(span_of(url, 10), false) == (want && c != '?'), "%02x",
                      c);
    }
}
END_TEST

START_TEST(schemes)
{
    static const struct {
        const char *url;
        bool ok;
    } rows[] = {
        {"http://a", true},   {"HTTPS://a", true},   {"http://", false}, {"https://", false},
        {"http:///a", false}, {"https:///a", false}, {"ftp://a", false}, {"ldap://a/b", false},
        {"", false},          {"//a", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].url, mtlsauth__url_is_plain(span_of_text(rows[i].url), true),
                   rows[i].ok);
}
END_TEST

#define OCSP "06 { 2b 06 01 05 05 07 30 01 }"
#define ISSUERS "06 { 2b 06 01 05 05 07 30 02 }"
#define URL "86 { \"http://a/\" }"

/* What is malformed names a responder: nobody can say that it does not. */
START_TEST(access_descriptions)
{
    static const struct {
        const char *name, *text;
        bool ok, names;
        const char *url;
    } rows[] = {
        {"one", "30 { 30 { " OCSP " " URL " } }", true, true, "http://a/"},
        {"behind another", "30 { 30 { " ISSUERS " 86 { \"http://b/\" } } 30 { " OCSP " " URL " } }",
         true, true, "http://a/"},
        {"the first of two", "30 { 30 { " OCSP " " URL " } 30 { " OCSP " 86 { \"http://b/\" } } }",
         true, true, "http://a/"},
        {"the first that is plain",
         "30 { 30 { " OCSP " 86 { \"ldap://b/\" } } 30 { " OCSP " " URL " } }", true, true,
         "http://a/"},
        {"of issuers alone", "30 { 30 { " ISSUERS " " URL " } }", true, false, ""},
        {"a name that is no URL", "30 { 30 { " OCSP " 82 { \"a\" } } }", true, true, ""},
        {"no SEQUENCE", "05 00", false, true, ""},
        {"empty", "30 00", false, false, ""},
        {"an access that is no SEQUENCE", "30 { 05 00 }", false, true, ""},
        {"an access without a method", "30 { 30 { " URL " } }", false, true, ""},
        {"a method that ends in the middle", "30 { 30 { 06 01 80 " URL " } }", false, true, ""},
        {"an access without a location", "30 { 30 { " OCSP " } }", false, true, ""},
        {"something behind the location", "30 { 30 { " OCSP " " URL " 05 00 } }", false, true, ""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        struct mtlsauth_cert cert = {.der = NULL};
        struct span url;
        char found[16], small[9];
        int code;

        cert.view.extensions[EXTENSION_AUTHORITY_INFO_ACCESS] =
            (struct extension_value){.present = true, .value = span_of(text.ptr, text.len)};
        ASSERT_INT(rows[i].name, mtlsauth__ocsp_url(&cert.view, &url), rows[i].ok);
        ASSERT_INT(rows[i].name, mtlsauth__ocsp_names_responder(&cert.view), rows[i].names);
        code = mtlsauth_cert_ocsp_url(&cert, found, sizeof found);
        ASSERT_TEXT(rows[i].name, found, rows[i].url);
        ASSERT_INT(rows[i].name, code,
                   !rows[i].ok              ? MTLSAUTH_ERR_PARSE
                   : rows[i].url[0] == '\0' ? MTLSAUTH_ERR_NOT_FOUND
                                            : MTLSAUTH_OK);
        if (code == MTLSAUTH_OK) {
            ASSERT_INT(rows[i].name, mtlsauth_cert_ocsp_url(&cert, small, sizeof small),
                       MTLSAUTH_ERR_LIMIT);
            ASSERT_TEXT(rows[i].name, small, "");
        }
        free(text.ptr);
    }
}
END_TEST

START_TEST(no_access_descriptions)
{
    struct mtlsauth_cert cert = {.der = NULL};
    char found[16];

    ck_assert(!mtlsauth__ocsp_names_responder(&cert.view));
    ck_assert_int_eq(mtlsauth_cert_ocsp_url(&cert, found, sizeof found), MTLSAUTH_ERR_NOT_FOUND);
}
END_TEST

UNIT_MAIN("revocation/ocsp_url", characters, schemes, access_descriptions, no_access_descriptions)
