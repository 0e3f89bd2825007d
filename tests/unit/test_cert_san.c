/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/der.h"
#include "cert/san.h"

#define UPN_OID "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"

START_TEST(entries)
{
    static const struct {
        const char *name;
        struct forge_bytes der;
        enum name_status status;
        int type;
        const char *text;
    } rows[] = {
        {"dNSName", FORGE("\x82\x03" "a.b"), NAME_OK, MTLSAUTH_SAN_DNS, "a.b"},
        {"rfc822Name", FORGE("\x81\x03" "a@b"), NAME_OK, MTLSAUTH_SAN_EMAIL, "a@b"},
        {"URI", FORGE("\x86\x05" "x://y"), NAME_OK, MTLSAUTH_SAN_URI, "x://y"},
        {"backslash", FORGE("\x82\x03" "a\\b"), NAME_OK, MTLSAUTH_SAN_DNS, "a\\\\b"},
        {"IPv4", FORGE("\x87\x04\x0a\x00\x00\x07"), NAME_OK, MTLSAUTH_SAN_IP, "10.0.0.7"},
        {"IPv6", FORGE("\x87\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"), NAME_OK,
         MTLSAUTH_SAN_IP, "2001:db8::7"},
        {"registeredID", FORGE("\x88\x03\x2a\x03\x04"), NAME_OK, MTLSAUTH_SAN_RID, "1.2.3.4"},
        {"directoryName", FORGE("\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" "a"),
         NAME_OK, MTLSAUTH_SAN_DIRNAME, "CN=a"},
        {"UPN", FORGE("\xa0\x11" UPN_OID "\xa0\x03\x0c\x01" "u"), NAME_OK, MTLSAUTH_SAN_UPN, "u"},
        {"UPN as BMPString", FORGE("\xa0\x12" UPN_OID "\xa0\x04\x1e\x02\0u"), NAME_OK,
         MTLSAUTH_SAN_UPN, "u"},
        {"another otherName", FORGE("\xa0\x09\x06\x02\x2a\x03\xa0\x03\x04\x01\xff"), NAME_OK,
         MTLSAUTH_SAN_OTHER, "1.2.3;#0401ff"},
        {"x400Address", FORGE("\xa3\x02\x30\x00"), NAME_OK, MTLSAUTH_SAN_OTHER, ";#3000"},
        {"ediPartyName", FORGE("\xa5\x03\x81\x01" "e"), NAME_OK, MTLSAUTH_SAN_OTHER, ";#810165"},
        {"empty dNSName", FORGE("\x82\x00"), NAME_MALFORMED, 0, NULL},
        {"empty rfc822Name", FORGE("\x81\x00"), NAME_MALFORMED, 0, NULL},
        {"empty URI", FORGE("\x86\x00"), NAME_MALFORMED, 0, NULL},
        {"dNSName of a space", FORGE("\x82\x01 "), NAME_MALFORMED, 0, NULL},
        {"dNSName that is no ASCII", FORGE("\x82\x01\xe4"), NAME_MALFORMED, 0, NULL},
        {"dNSName with a delete", FORGE("\x82\x01\x7f"), NAME_MALFORMED, 0, NULL},
        {"dNSName with a line break", FORGE("\x82\x02" "a\n"), NAME_MALFORMED, 0, NULL},
        {"dNSName with a NUL", FORGE("\x82\x03" "a\0b"), NAME_NUL, 0, NULL},
        {"dNSName that is constructed", FORGE("\xa2\x03\x16\x01" "a"), NAME_MALFORMED, 0, NULL},
        {"IP of three octets", FORGE("\x87\x03\x0a\x00\x00"), NAME_MALFORMED, 0, NULL},
        {"IP of no octets", FORGE("\x87\x00"), NAME_MALFORMED, 0, NULL},
        {"IP with a mask", FORGE("\x87\x08\x0a\0\0\0\xff\0\0\0"), NAME_MALFORMED, 0, NULL},
        {"registeredID of nothing", FORGE("\x88\x00"), NAME_MALFORMED, 0, NULL},
        {"directoryName of nothing", FORGE("\xa4\x00"), NAME_MALFORMED, 0, NULL},
        {"directoryName with a NUL",
         FORGE("\xa4\x10\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" "a\0b"), NAME_NUL, 0,
         NULL},
        {"directoryName of no name", FORGE("\xa4\x04\x30\x02\x31\x00"), NAME_MALFORMED, 0, NULL},
        {"directoryName, and more", FORGE("\xa4\x04\x30\x00\x30\x00"), NAME_MALFORMED, 0, NULL},
        {"otherName without type", FORGE("\xa0\x05\xa0\x03\x0c\x01" "u"), NAME_MALFORMED, 0, NULL},
        {"otherName without value", FORGE("\xa0\x04\x06\x02\x2a\x03"), NAME_MALFORMED, 0, NULL},
        {"otherName with an empty value", FORGE("\xa0\x06\x06\x02\x2a\x03\xa0\x00"), NAME_MALFORMED,
         0, NULL},
        {"otherName with two values", FORGE("\xa0\x0a\x06\x02\x2a\x03\xa0\x04\x05\x00\x05\x00"),
         NAME_MALFORMED, 0, NULL},
        {"otherName, implicit", FORGE("\xa0\x07\x06\x02\x2a\x03\x80\x01" "u"), NAME_MALFORMED, 0, NULL},
        {"otherName with a NUL in a string", FORGE("\xa0\x0b\x06\x02\x2a\x03\xa0\x05\x0c\x03" "a\0b"),
         NAME_NUL, 0, NULL},
        {"UPN that is empty", FORGE("\xa0\x10" UPN_OID "\xa0\x02\x0c\x00"), NAME_MALFORMED, 0, NULL},
        {"UPN that is no string", FORGE("\xa0\x11" UPN_OID "\xa0\x03\x04\x01" "u"), NAME_MALFORMED, 0,
         NULL},
        {"UPN of malformed UTF-8", FORGE("\xa0\x11" UPN_OID "\xa0\x03\x0c\x01\xff"), NAME_MALFORMED,
         0, NULL},
        {"unknown choice", FORGE("\x89\x01" "a"), NAME_MALFORMED, 0, NULL},
        {"universal tag", FORGE("\x16\x01" "a"), NAME_MALFORMED, 0, NULL},
        {"longer than it says", FORGE("\x82\x05" "a"), NAME_MALFORMED, 0, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der in = der_of(span_of(rows[i].der.bytes, rows[i].der.len));
        struct san_entry entry;
        struct text text = {0};

        ASSERT_INT(rows[i].name, mtlsauth__san_next(&in, &entry), rows[i].status);
        if (rows[i].status != NAME_OK)
            continue;
        ASSERT_TRUE(rows[i].name, der_at_end(&in));
        ASSERT_INT(rows[i].name, entry.type, rows[i].type);
        ASSERT_INT(rows[i].name, mtlsauth__san_text(&text, &entry), NAME_OK);
        ASSERT_TEXT(rows[i].name, text.ptr, rows[i].text);
        mtlsauth__text_drop(&text);
    }
}
END_TEST

/* CVE-2025-66220, HAProxy 6c85fb11b. */
START_TEST(nul_at_every_position_of_every_form)
{
    static const unsigned forms[] = {0x81, 0x82, 0x86};
    static const struct {
        unsigned tag;
        size_t width;
    } strings[] = {{0x0c, 1}, {0x13, 1}, {0x14, 1}, {0x16, 1}, {0x1a, 1}, {0x1e, 2}, {0x1c, 4}};
    static const char *const others[] = {"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03", "\x2a\x03"};

    for (size_t at = 0; at < 6; at++) {
        char value[24] = "aaaaaa";
        struct san_entry entry;

        value[at] = '\0';
        for (size_t i = 0; i < COUNT_OF(forms); i++) {
            struct der_build out = {0};
            struct der in;

            der_add(&out, forms[i], value, 6);
            in = der_of(span_of(out.bytes, out.len));
            ck_assert_int_eq(mtlsauth__san_next(&in, &entry), NAME_NUL);
            der_build_free(&out);
        }
        for (size_t i = 0; i < COUNT_OF(strings) * COUNT_OF(others); i++) {
            size_t width = strings[i / 2].width;
            struct der_build out = {0};
            struct der in;

            memset(value, 0, sizeof value);
            for (size_t k = 0; k < 6; k++)
                value[k * width + width - 1] = k == at ? '\0' : 'a';
            der_begin(&out, 0xa0);
            der_add_text(&out, 0x06, others[i % 2]);
            der_begin(&out, 0xa0);
            der_add(&out, strings[i / 2].tag, value, 6 * width);
            der_end(&out);
            der_end(&out);
            in = der_of(span_of(out.bytes, out.len));
            ck_assert_int_eq(mtlsauth__san_next(&in, &entry), NAME_NUL);
            der_build_free(&out);
        }
    }
}
END_TEST

START_TEST(long_ones_are_cut)
{
    static char long_value[300];
    struct der_build out = {0};
    struct san_entry entry;
    struct text text = {0};
    struct der in;

    der_begin(&out, 0xa0);
    der_add(&out, 0x06, "\x2a\x03", 2);
    der_begin(&out, 0xa0);
    der_add(&out, 0x04, long_value, sizeof long_value);
    der_end(&out);
    der_end(&out);
    in = der_of(span_of(out.bytes, out.len));
    ck_assert_int_eq(mtlsauth__san_next(&in, &entry), NAME_OK);
    ck_assert_int_eq(mtlsauth__san_text(&text, &entry), NAME_OK);
    ck_assert_uint_eq(text.len, strlen("1.2.3;#") + 128 + strlen("..."));
    mtlsauth__text_drop(&text);
    der_build_free(&out);
}
END_TEST

START_TEST(type_names)
{
    static const char *const names[] = {"unknown", "dns", "uri",     "ip",  "email",
                                        "upn",     "dirname", "rid", "other", "unknown"};

    for (int type = 0; type < (int)COUNT_OF(names); type++)
        ck_assert_str_eq(mtlsauth__san_type_name(type), names[type]);
    ck_assert_str_eq(mtlsauth__san_type_name(-1), "unknown");
}
END_TEST

UNIT_MAIN("cert san", entries, nul_at_every_position_of_every_form, long_ones_are_cut, type_names)
