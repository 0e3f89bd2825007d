/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/oid.h"
#include "cert/name.h"
#include "cert/name_canonical.h"

#define STREET "\x55\x04\x09"
#define EMAIL "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
#define DC "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"
#define UID "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"
#define SN "\x55\x04\x04"
#define CN "\x55\x04\x03"
#define O "\x55\x04\x0a"
#define OU "\x55\x04\x0b"

/* Attributes of a name: as long as there are some, an entry without OID ends them. */
struct name {
    struct der_attribute rdns[6];
};

#define A(oid, tag, text) {oid, tag, text, sizeof(text) - 1, false}
#define PLUS(oid, tag, text) {oid, tag, text, sizeof(text) - 1, true}
#define UTF8 0x0c
#define PRINTABLE 0x13
#define TELETEX 0x14
#define IA5 0x16
#define VISIBLE 0x1a
#define UNIVERSAL 0x1c
#define BMP 0x1e
#define NUMERIC 0x12

static struct der_build der_of_name(const struct name *name)
{
    struct der_build out = {0};
    size_t n = 0;

    while (n < COUNT_OF(name->rdns) && name->rdns[n].oid != NULL)
        n++;
    der_name(&out, name->rdns, n);
    return out;
}

static struct span span_of_build(const struct der_build *build)
{
    return span_of(build->bytes, build->len);
}

/* The text of a Name, to be given to free(). */
static enum name_status text_of(const struct der_build *der, struct text *text)
{
    return mtlsauth__name_text(text, span_of_build(der));
}

START_TEST(rfc_4514_text_of_a_name)
{
    static const struct {
        const char *name;
        struct name dn;
        const char *text;
    } rows[] = {
        {"empty", {{{0}}}, ""},
        {"RFC 4514 4: the first example",
         {{A(DC, IA5, "net"), A(DC, IA5, "example"), A(UID, UTF8, "jsmith")}},
         "UID=jsmith,DC=example,DC=net"},
        {"RFC 4514 4: a multi-valued RDN",
         {{A(DC, IA5, "net"), A(DC, IA5, "example"), A(OU, UTF8, "Sales"),
           PLUS(CN, UTF8, "J.  Smith")}},
         "OU=Sales+CN=J.  Smith,DC=example,DC=net"},
        {"RFC 4514 4: quotes, and an escaped comma",
         {{A(DC, IA5, "net"), A(DC, IA5, "example"), A(CN, UTF8, "James \"Jim\" Smith, III")}},
         "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net"},
        {"RFC 4514 4: a carriage return", {{A(CN, UTF8, "Before\rAfter")}}, "CN=Before\\0DAfter"},
        {"RFC 4514 4: an unknown type", {{A("\x2b\x06\x01\x04\x01\x8b\x3a", 0x04, "Hi")}},
         "1.3.6.1.4.1.1466=#04024869"},
        {"RFC 4514 4: accents", {{A(CN, UTF8, "Lu\xc4\x8di\xc4\x87")}}, "CN=Lu\xc4\x8di\xc4\x87"},
        {"every special character", {{A(CN, UTF8, "a\"b+c,d;e<f>g\\h=i#j")}},
         "CN=a\\\"b\\+c\\,d\\;e\\<f\\>g\\\\h=i#j"},
        {"space and number sign in front", {{A(CN, UTF8, " a"), A(O, UTF8, "#a")}},
         "O=\\#a,CN=\\ a"},
        {"space behind", {{A(CN, UTF8, "a ")}}, "CN=a\\ "},
        {"a space alone", {{A(CN, UTF8, " ")}}, "CN=\\ "},
        {"two spaces alone", {{A(CN, UTF8, "  ")}}, "CN=\\ \\ "},
        {"empty value", {{A(CN, UTF8, "")}}, "CN="},
        {"control characters", {{A(CN, IA5, "\x01\x1b\x7f")}}, "CN=\\01\\1B\\7F"},
        {"right-to-left override", {{A(CN, UTF8, "a\xe2\x80\xae" "b")}}, "CN=a\\E2\\80\\AEb"},
        {"NumericString", {{A(CN, NUMERIC, "12 3")}}, "CN=12 3"},
        {"PrintableString", {{A(CN, PRINTABLE, "ab")}}, "CN=ab"},
        {"TeletexString as Latin-1", {{A(CN, TELETEX, "Zo\xeb")}}, "CN=Zo\xc3\xab"},
        {"VisibleString", {{A(CN, VISIBLE, "ab")}}, "CN=ab"},
        {"BMPString", {{A(CN, BMP, "\0Z\0o\0\xeb")}}, "CN=Zo\xc3\xab"},
        {"UniversalString", {{A(CN, UNIVERSAL, "\0\0\0Z\0\1\xf6\0")}}, "CN=Z\xf0\x9f\x98\x80"},
        {"malformed UTF-8 as hexadecimal", {{A(CN, UTF8, "\xff")}}, "CN=#0C01FF"},
        {"NUL as hexadecimal", {{A(CN, UTF8, "a\0b")}}, "CN=#0C03610062"},
        {"odd BMPString as hexadecimal", {{A(CN, BMP, "\0")}}, "CN=#1E0100"},
        {"surrogate in a BMPString", {{A(CN, BMP, "\xd8\x00")}}, "CN=#1E02D800"},
        {"no string at all", {{A(CN, 0x02, "\x01")}}, "CN=#020101"},
        {"e-mail address", {{A(EMAIL, IA5, "a@b")}}, "emailAddress=a@b"},
        {"surname and street", {{A(SN, UTF8, "s"), A(STREET, UTF8, "t")}}, "STREET=t,SN=s"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build der = der_of_name(&rows[i].dn);
        struct text text = {0};

        ASSERT_INT(rows[i].name, text_of(&der, &text), NAME_OK);
        /* Hexadecimal has no case in RFC 4514. */
        for (char *c = strchr(text.ptr == NULL ? "" : text.ptr, '#'); c != NULL && *c != '\0'; c++)
            if (*c >= 'a' && *c <= 'f' && strstr(rows[i].text, "=#") != NULL)
                *c = (char)(*c - 'a' + 'A');
        ASSERT_TEXT(rows[i].name, text.ptr == NULL ? "" : text.ptr, rows[i].text);
        mtlsauth__text_drop(&text);
        der_build_free(&der);
    }
}
END_TEST

/* Canonical forms are bytes: true when they are the same ones. */
static bool same_text(const struct text *a, const struct text *b)
{
    return span_equal(span_of(a->ptr, a->len), span_of(b->ptr, b->len));
}

START_TEST(text_and_back)
{
    static const struct name names[] = {
        {{A(CN, UTF8, "a\"b+c,d;e<f>g\\h=i#j")}},
        {{A(CN, UTF8, "  x  y  "), PLUS(OU, UTF8, "#1"), A(O, BMP, "\0Z\0o\0\xeb")}},
        {{A(CN, IA5, "\x01\x1b"), A("\x2a\x03", UTF8, "unknown type"), A(CN, 0x02, "\x05")}},
        {{A(CN, UTF8, ""), A(CN, UTF8, " "), A(CN, TELETEX, "\xa0")}},
        {{A(CN, UTF8, "a\xe2\x80\xae" "b"), A(O, UTF8, "CN=b\\,c")}},
        {{{0}}},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct der_build der = der_of_name(&names[i]);
        struct text text = {0}, direct = {0}, back = {0};
        size_t bad = 0;

        ck_assert_int_eq(text_of(&der, &text), NAME_OK);
        ck_assert_int_eq(mtlsauth__name_canonical(&direct, span_of_build(&der)), NAME_OK);
        ck_assert_msg(mtlsauth__name_canonical_of_text(&back, span_of(text.ptr, text.len), &bad),
                      "\"%s\" at %zu", text.ptr, bad);
        ck_assert_msg(same_text(&direct, &back), "\"%s\"", text.ptr);
        mtlsauth__text_drop(&text);
        mtlsauth__text_drop(&direct);
        mtlsauth__text_drop(&back);
        der_build_free(&der);
    }
}
END_TEST

START_TEST(text_that_is_no_name)
{
    static const struct {
        const char *name, *text;
        size_t bad;
    } rows[] = {
        {"no equals sign", "CN", 0},
        {"no type", "=a", 0},
        {"unknown type", "XY=a", 0},
        {"type behind a comma", "CN=a,XY=a", 5},
        {"comma at the end", "CN=a,", 5},
        {"comma alone", ",", 0},
        {"two commas", "CN=a,,O=b", 5},
        {"plus at the end", "CN=a+", 5},
        {"quote", "CN=\"a\"", 3},
        {"semicolon", "CN=a;O=b", 4},
        {"less", "CN=a<", 4},
        {"greater", "CN=a>", 4},
        {"control character", "CN=a\tb", 4},
        {"backslash at the end", "CN=a\\", 5},
        {"half an escape", "CN=\\4", 4},
        {"escape of no hexadecimal", "CN=\\zz", 4},
        {"escaped NUL", "CN=\\00", 4},
        {"escape that makes no UTF-8", "CN=\\FF", 6},
        {"number sign alone", "CN=#", 4},
        {"odd hexadecimal", "CN=#0", 4},
        {"hexadecimal of no element", "CN=#0C05", 8},
        {"hexadecimal of two elements", "CN=#05000500", 12},
        {"hexadecimal, then text", "CN=#0500 x", 10},
        {"hexadecimal of a NUL", "CN=#0C0100", 10},
        {"hexadecimal of malformed UTF-8", "CN=#0C01FF", 10},
        {"OID of one arc", "1=a", 0},
        {"OID that ends in a dot", "1.2.=a", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct text out = {0};
        size_t bad = 99;

        ASSERT_TRUE(rows[i].name,
                    !mtlsauth__name_canonical_of_text(&out, span_of_text(rows[i].text), &bad));
        ASSERT_INT(rows[i].name, bad, rows[i].bad);
        ASSERT_TRUE(rows[i].name, !out.failed);
        mtlsauth__text_drop(&out);
    }
}
END_TEST

START_TEST(too_many)
{
    char text[2048] = "CN=a";
    struct text out = {0};
    size_t bad;

    for (int i = 1; i < MTLSAUTH__MAX_ATTRIBUTES; i++)
        strcat(text, "+CN=a");
    ck_assert(mtlsauth__name_canonical_of_text(&out, span_of_text(text), &bad));
    mtlsauth__text_drop(&out);
    strcat(text, "+CN=a");
    ck_assert(!mtlsauth__name_canonical_of_text(&out, span_of_text(text), &bad));
    mtlsauth__text_drop(&out);
    strcpy(text, "CN=a");
    for (int i = 1; i < MTLSAUTH__MAX_RDNS; i++)
        strcat(text, ",CN=a");
    ck_assert(mtlsauth__name_canonical_of_text(&out, span_of_text(text), &bad));
    mtlsauth__text_drop(&out);
    strcat(text, ",CN=a");
    ck_assert(!mtlsauth__name_canonical_of_text(&out, span_of_text(text), &bad));
    mtlsauth__text_drop(&out);
}
END_TEST

START_TEST(the_same_name)
{
    static const struct {
        const char *name;
        struct name a, b;
        bool same;
    } rows[] = {
        {"itself", {{A(CN, UTF8, "a")}}, {{A(CN, UTF8, "a")}}, true},
        {"case", {{A(CN, UTF8, "Ab")}}, {{A(CN, UTF8, "aB")}}, true},
        {"case outside of ASCII", {{A(CN, UTF8, "\xc3\x8b")}}, {{A(CN, UTF8, "\xc3\xab")}}, false},
        {"space at the ends", {{A(CN, UTF8, "  a ")}}, {{A(CN, UTF8, "a")}}, true},
        {"space inside", {{A(CN, UTF8, "a \t b")}}, {{A(CN, UTF8, "a b")}}, true},
        {"no space inside", {{A(CN, UTF8, "ab")}}, {{A(CN, UTF8, "a b")}}, false},
        {"space alone", {{A(CN, UTF8, " ")}}, {{A(CN, UTF8, "")}}, true},
        {"PrintableString", {{A(CN, PRINTABLE, "a")}}, {{A(CN, UTF8, "a")}}, true},
        {"IA5String", {{A(CN, IA5, "a")}}, {{A(CN, UTF8, "a")}}, true},
        {"VisibleString", {{A(CN, VISIBLE, "a")}}, {{A(CN, UTF8, "a")}}, true},
        {"NumericString", {{A(CN, NUMERIC, "1")}}, {{A(CN, UTF8, "1")}}, true},
        {"TeletexString", {{A(CN, TELETEX, "\xeb")}}, {{A(CN, UTF8, "\xc3\xab")}}, true},
        {"BMPString", {{A(CN, BMP, "\0a")}}, {{A(CN, UTF8, "A")}}, true},
        {"UniversalString", {{A(CN, UNIVERSAL, "\0\0\0a")}}, {{A(CN, UTF8, "a")}}, true},
        {"octets of a BMPString", {{A(CN, BMP, "ab")}}, {{A(CN, UTF8, "ab")}}, false},
        {"no string", {{A(CN, 0x02, "\x01")}}, {{A(CN, UTF8, "\x01")}}, false},
        {"another type", {{A(CN, UTF8, "a")}}, {{A(O, UTF8, "a")}}, false},
        {"nats#1571: permuted", {{A(CN, UTF8, "a"), A(O, UTF8, "b")}},
         {{A(O, UTF8, "b"), A(CN, UTF8, "a")}}, false},
        {"nats#1723: A+B and A,B", {{A(CN, UTF8, "a"), PLUS(O, UTF8, "b")}},
         {{A(CN, UTF8, "a"), A(O, UTF8, "b")}}, false},
        {"an RDN is a set", {{A(CN, UTF8, "a"), PLUS(O, UTF8, "b")}},
         {{A(O, UTF8, "b"), PLUS(CN, UTF8, "a")}}, true},
        {"where the RDN ends", {{A(CN, UTF8, "a"), PLUS(O, UTF8, "b"), A(OU, UTF8, "c")}},
         {{A(CN, UTF8, "a"), A(O, UTF8, "b"), PLUS(OU, UTF8, "c")}}, false},
        {"nats#1732: twice", {{A(CN, UTF8, "a"), A(CN, UTF8, "a")}}, {{A(CN, UTF8, "a")}}, false},
        {"twice in one RDN", {{A(CN, UTF8, "a"), PLUS(CN, UTF8, "a")}}, {{A(CN, UTF8, "a")}}, false},
        {"a value that looks like two RDNs", {{A(CN, UTF8, "a,O=Admins")}},
         {{A(O, UTF8, "Admins"), A(CN, UTF8, "a")}}, false},
        {"prefix", {{A(CN, UTF8, "a"), A(O, UTF8, "b")}}, {{A(CN, UTF8, "a")}}, false},
        {"empty", {{{0}}}, {{A(CN, UTF8, "")}}, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build a = der_of_name(&rows[i].a), b = der_of_name(&rows[i].b);
        struct text left = {0}, right = {0};

        ASSERT_INT(rows[i].name, mtlsauth__name_canonical(&left, span_of_build(&a)), NAME_OK);
        ASSERT_INT(rows[i].name, mtlsauth__name_canonical(&right, span_of_build(&b)), NAME_OK);
        ASSERT_INT(rows[i].name, same_text(&left, &right), rows[i].same);
        mtlsauth__text_drop(&left);
        mtlsauth__text_drop(&right);
        der_build_free(&a);
        der_build_free(&b);
    }
}
END_TEST

START_TEST(no_names)
{
    static const struct {
        const char *name;
        struct forge_bytes der;
    } rows[] = {
        {"nothing", FORGE("")},
        {"no SEQUENCE", FORGE("\x31\x00")},
        {"something behind it", FORGE("\x30\x00\x05\x00")},
        {"RDN is no SET", FORGE("\x30\x02\x30\x00")},
        {"empty RDN", FORGE("\x30\x02\x31\x00")},
        {"attribute is no SEQUENCE", FORGE("\x30\x04\x31\x02\x05\x00")},
        {"attribute without type", FORGE("\x30\x06\x31\x04\x30\x02\x0c\x00")},
        {"attribute with an empty type", FORGE("\x30\x08\x31\x06\x30\x04\x06\x00\x0c\x00")},
        {"attribute with half a type", FORGE("\x30\x09\x31\x07\x30\x05\x06\x01\x86\x0c\x00")},
        {"attribute without value", FORGE("\x30\x07\x31\x05\x30\x03\x06\x01\x2a")},
        {"attribute with two values", FORGE("\x30\x0b\x31\x09\x30\x07\x06\x01\x2a\x0c\x00\x0c\x00")},
        {"value is cut off", FORGE("\x30\x09\x31\x07\x30\x05\x06\x01\x2a\x0c\x01")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span name = span_of(rows[i].der.bytes, rows[i].der.len);
        struct text text = {0}, canonical = {0};

        ASSERT_INT(rows[i].name, mtlsauth__name_text(&text, name), NAME_MALFORMED);
        ASSERT_INT(rows[i].name, mtlsauth__name_canonical(&canonical, name), NAME_MALFORMED);
        ASSERT_TRUE(rows[i].name, !mtlsauth__name_is_empty(name));
        mtlsauth__text_drop(&text);
        mtlsauth__text_drop(&canonical);
    }
    ck_assert(mtlsauth__name_is_empty(span_of("\x30\x00", 2)));
}
END_TEST

/* A name with a NUL at a position of its value, in characters of a width. */
START_TEST(haproxy_6c85fb11b_nul_at_every_position)
{
    static const struct {
        unsigned tag;
        size_t width;
    } types[] = {{UTF8, 1}, {PRINTABLE, 1}, {TELETEX, 1}, {IA5, 1}, {VISIBLE, 1}, {BMP, 2},
                 {UNIVERSAL, 4}};
    static const char *const oids[] = {CN, O, OU};

    for (size_t t = 0; t < COUNT_OF(types); t++) {
        for (size_t at = 0; at <= 5; at++) {
            for (size_t k = 0; k < COUNT_OF(oids); k++) {
                char value[24] = {0};
                size_t width = types[t].width, n = 6 * width;
                struct name name = {{{oids[k], types[t].tag, value, n, false}}};
                struct der_build der;
                struct text canonical = {0}, text = {0};

                for (size_t i = 0; i < 6; i++)
                    value[i * width + width - 1] = i == at ? '\0' : 'a';
                der = der_of_name(&name);
                ck_assert_int_eq(mtlsauth__name_canonical(&canonical, span_of_build(&der)), NAME_NUL);
                ck_assert_int_eq(text_of(&der, &text), NAME_OK);
                ck_assert_msg(strstr(text.ptr, "=#") != NULL, "\"%s\"", text.ptr);
                mtlsauth__text_drop(&canonical);
                mtlsauth__text_drop(&text);
                der_build_free(&der);
            }
        }
    }
}
END_TEST

static bool count_two(void *arg, const struct name_attribute *attribute)
{
    (void)attribute;
    return ++*(int *)arg < 2;
}

START_TEST(each_attribute)
{
    static const struct name name = {{A(CN, UTF8, "a"), PLUS(O, UTF8, "b"), A(OU, UTF8, "c")}};
    struct der_build der = der_of_name(&name);
    int seen = 0;

    ck_assert(mtlsauth__name_each(span_of_build(&der), count_two, &seen));
    ck_assert_int_eq(seen, 2);
    ck_assert(!mtlsauth__name_each(span_of(der.bytes, der.len - 1), count_two, &seen));
    der_build_free(&der);
}
END_TEST

START_TEST(types_by_name)
{
    static const struct {
        const char *text;
        const char *oid;
    } rows[] = {{"CN", CN}, {"cn", CN}, {"2.5.4.3", CN}, {"emailaddress", EMAIL}, {"DC", DC},
                {"SerialNumber", "\x55\x04\x05"}, {"", NULL}, {"C N", NULL}, {"3.1", NULL}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t oid[MTLSAUTH__MAX_OID];
        size_t len = 0;
        bool found = mtlsauth__name_type(span_of_text(rows[i].text), oid, &len);

        ASSERT_INT(rows[i].text, found, rows[i].oid != NULL);
        if (found)
            ASSERT_TRUE(rows[i].text, span_equal(span_of(oid, len), span_of_text(rows[i].oid)));
    }
}
END_TEST

UNIT_MAIN("cert name", rfc_4514_text_of_a_name, text_and_back, text_that_is_no_name, too_many,
          the_same_name, no_names, haproxy_6c85fb11b_nul_at_every_position, each_attribute,
          types_by_name)
