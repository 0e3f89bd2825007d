/* SPDX-License-Identifier: MIT */
/* Extensions of lists and of entries by themselves: what the tables of test_revocation_scan.c, in
 * which a whole list stands around each, leave out. */
#include "unit.h"

#include <mtlsauth/error.h>
#include "revocation/extension.h"
#include "support/crl_text.h"

enum { OK = MTLSAUTH_OK, PARSE = MTLSAUTH_ERR_PARSE, UNSUPPORTED = MTLSAUTH_ERR_UNSUPPORTED };

struct row {
    const char *name;
    const char *text; /* Extensions, as DER text */
    int code;
    const char *why; /* a part of the sentence */
};

static void check_row(const struct row *row, int code, const char *why)
{
    ck_assert_msg(code == row->code, "%s: %d: %s", row->name, code, why);
    if (row->why != NULL)
        ck_assert_msg(strstr(why, row->why) != NULL, "%s: \"%s\"", row->name, why);
}

#define ALL(elements) "30 { " elements " }"
#define KEY_ID(content) ALL(CRL_EXTENSION("55 1d 23", "30 { " content " }"))
#define POINT(content) ALL(CRL_CRITICAL("55 1d 1c", "30 { " content " }"))
#define UNKNOWN(last) CRL_EXTENSION("2a 03 " last, "05 00")
#define EIGHT(first)                                                                               \
    UNKNOWN(first "0")                                                                             \
    UNKNOWN(first "1")                                                                             \
    UNKNOWN(first "2")                                                                             \
    UNKNOWN(first "3") UNKNOWN(first "4") UNKNOWN(first "5") UNKNOWN(first "6") UNKNOWN(first "7")
#define SIX(first)                                                                                 \
    UNKNOWN(first "0")                                                                             \
    UNKNOWN(first "1")                                                                             \
    UNKNOWN(first "2") UNKNOWN(first "3") UNKNOWN(first "4") UNKNOWN(first "5")
#define SIXTY_FOUR                                                                                 \
    EIGHT("0") EIGHT("1") EIGHT("2") EIGHT("3") EIGHT("4") EIGHT("5") EIGHT("6") EIGHT("7")

START_TEST(of_a_list)
{
    static const struct row rows[] = {
        {"not a SEQUENCE", "31 { " CRL_NUMBER " }", PARSE, "malformed extensions"},
        {"empty", "30 00", OK, NULL},
        {"empty, and something behind", "30 00 05 00", PARSE, "malformed extensions"},
        {"no OID", ALL("30 { 05 00 04 00 }"), PARSE, "malformed extension"},
        {"an OID that ends in the middle", ALL("30 { 06 01 80 04 00 }"), PARSE, "malformed"},
        {"no value", ALL("30 { 06 { 2a 03 04 } }"), PARSE, "malformed"},
        {"something behind the value", ALL("30 { 06 { 2a 03 04 } 04 00 05 00 }"), PARSE,
         "malformed"},
        {"64 extensions", ALL(SIXTY_FOUR), OK, NULL},
        {"65 extensions", ALL(SIXTY_FOUR CRL_NUMBER), PARSE, "64 extensions of the list"},
        {"the first one again, behind 62 others",
         ALL(CRL_NUMBER EIGHT("0") EIGHT("1") EIGHT("2") EIGHT("3") EIGHT("4") EIGHT("5") EIGHT("6")
                 SIX("7") CRL_NUMBER),
         PARSE, "the same extension twice"},
        {"number that is no INTEGER", ALL(CRL_EXTENSION("55 1d 14", "04 01 07")), PARSE,
         "cRLNumber"},
        {"base number that is no INTEGER", ALL(CRL_CRITICAL("55 1d 1b", "04 01 07")), PARSE,
         "deltaCRLIndicator"},
        {"base number that is negative", ALL(CRL_CRITICAL("55 1d 1b", "02 01 80")), PARSE,
         "deltaCRLIndicator"},

        {"key id: not a SEQUENCE", ALL(CRL_EXTENSION("55 1d 23", "31 00")), PARSE, "malformed"},
        {"key id: nothing at all", KEY_ID(""), OK, NULL},
        {"key id: no octets", KEY_ID("80 00"), PARSE, "no length"},
        {"key id: 64 octets", KEY_ID("80 { 11 * 64 }"), OK, NULL},
        {"key id: 65 octets", KEY_ID("80 { 11 * 65 }"), PARSE, "no length"},
        {"key id: longer than it is", KEY_ID("80 7f 11"), PARSE, "malformed"},
        {"key id: an issuer longer than it is", KEY_ID("a1 7f 11"), PARSE, "malformed"},
        {"key id: a serial longer than it is", KEY_ID("82 7f 11"), PARSE, "malformed"},
        {"key id: something behind", KEY_ID("80 01 11 05 00"), PARSE, "malformed"},
        {"key id: a serial alone", KEY_ID("82 01 05"), PARSE, "malformed"},
        {"key id: an issuer without a name", KEY_ID("a1 00 82 01 05"), PARSE, "malformed"},
        {"key id: an issuer that is no name", KEY_ID("a1 { 89 00 } 82 01 05"), PARSE, "malformed"},
        {"key id: an issuer that is cut off", KEY_ID("a1 { 86 } 82 01 05"), PARSE, "malformed"},
        {"key id: a serial that is not minimal", KEY_ID("a1 { 86 01 61 } 82 02 00 05"), PARSE,
         "malformed"},

        {"point: not a SEQUENCE", ALL(CRL_CRITICAL("55 1d 1c", "31 00")), PARSE, "malformed"},
        {"point: longer than it is", POINT("a0 7f 11"), PARSE, "malformed"},
        {"point: neither full nor relative", POINT("a0 { a2 { 86 01 61 } }"), PARSE, "malformed"},
        {"point: full, and something behind", POINT("a0 { a0 { 86 01 61 } 05 00 }"), PARSE,
         "malformed"},
        {"point: full, and empty", POINT("a0 { a0 00 }"), PARSE, "malformed"},
        {"point: full, and cut off", POINT("a0 { a0 { 86 } }"), PARSE, "malformed"},
        {"point: relative, and something behind",
         POINT("a0 { a1 { 30 { 06 { 55 04 03 } 0c 01 41 } } 05 00 }"), PARSE, "malformed"},
        {"point: relative, longer than it is", POINT("a0 { a1 7f 30 }"), PARSE, "malformed"},
        {"point: a directory name that is no SEQUENCE", POINT("a0 { a0 { a4 { 31 00 } } }"), PARSE,
         "malformed"},
        {"point: user, longer than it is", POINT("81 7f ff"), PARSE, "malformed"},
        {"point: user FALSE", POINT("81 01 00"), OK, NULL},
        {"point: CA 01", POINT("82 01 01"), PARSE, "malformed"},
        {"point: reasons longer than they are", POINT("83 7f 00"), PARSE, "malformed"},
        {"point: reasons of three octets", POINT("83 { 00 60 00 01 }"), PARSE, "malformed"},
        {"point: indirect 01", POINT("84 01 01"), PARSE, "malformed"},
        {"point: attributes", POINT("85 01 ff"), OK, NULL},
        {"point: attributes 01", POINT("85 01 01"), PARSE, "malformed"},
        {"point: attributes and CA", POINT("82 01 ff 85 01 ff"), PARSE, "more than one"},
        {"point: something behind the last", POINT("85 01 ff 86 00"), PARSE, "malformed"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        struct crl_facts facts = {0};
        const char *why = "";
        int code = mtlsauth__crl_list_extensions(span_of(text.ptr, text.len), &facts, &why);

        check_row(&rows[i], code, why);
        mtlsauth__crl_facts_drop(&facts);
        free(text.ptr);
    }
}
END_TEST

#define ISSUER(names) ALL(CRL_CRITICAL("55 1d 1d", "30 { " names " }"))

#define ISSUER_AND(others) ALL(CRL_CRITICAL("55 1d 1d", "30 { a4 { " CRL_NAME " } }") others)

START_TEST(of_an_entry)
{
    static const struct row rows[] = {
        {"issuer: a directory name", ISSUER("a4 { " CRL_NAME " }"), OK, NULL},
        {"issuer: behind a URI", ISSUER("86 01 61 a4 { " CRL_NAME " }"), OK, NULL},
        {"issuer: not a SEQUENCE", ALL(CRL_CRITICAL("55 1d 1d", "31 00")), PARSE, "malformed"},
        {"issuer: cut off", ISSUER("a4 { " CRL_NAME " } 86"), PARSE, "malformed"},
        {"issuer: two directory names", ISSUER("a4 { " CRL_NAME " } a4 { " CRL_NAME " }"), PARSE,
         "two directory names"},
        {"issuer: no directory name", ISSUER("86 01 61"), PARSE, "without a directory name"},
        {"issuer: a directory name that is no SEQUENCE", ISSUER("a4 { 31 00 }"), PARSE,
         "malformed"},
        {"invalidityDate that is no date", ALL(CRL_EXTENSION("55 1d 18", "18 { \"2025\" }")), PARSE,
         "invalidityDate"},
        {"unknown and critical", ALL(CRL_CRITICAL("2a 03 04", "05 00")), UNSUPPORTED, "critical"},
        {"16 extensions", ISSUER_AND(EIGHT("0") SIX("1") UNKNOWN("20")), OK, NULL},
        {"17 extensions", ISSUER_AND(EIGHT("0") EIGHT("1")), PARSE, "16 extensions of one entry"},
        {"64 extensions", ALL(SIXTY_FOUR), PARSE, "16 extensions of one entry"},
        {"twice, side by side", ALL(UNKNOWN("00") UNKNOWN("00")), PARSE, "extension twice"},
        {"twice, as the first and the last",
         ISSUER_AND(EIGHT("0") SIX("1") CRL_CRITICAL("55 1d 1d", "30 00")), PARSE,
         "extension twice"},
        {"one OID begins as the other", ISSUER_AND(UNKNOWN("20") UNKNOWN("20 00")), OK, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        struct crl_entry_facts facts;
        const char *why = "";
        int code = mtlsauth__crl_entry_extensions(span_of(text.ptr, text.len), &facts, &why);

        check_row(&rows[i], code, why);
        if (code == OK) {
            struct der_text name = der_text(CRL_NAME);

            ASSERT_TRUE(rows[i].name, facts.has_certificate_issuer);
            ASSERT_TRUE(rows[i].name,
                        span_equal(facts.certificate_issuer, span_of(name.ptr, name.len)));
            free(name.ptr);
        }
        free(text.ptr);
    }
}
END_TEST

UNIT_MAIN("revocation/extension", of_a_list, of_an_entry)
