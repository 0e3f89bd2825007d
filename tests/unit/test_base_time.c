/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <time.h>
#include "base/der.h"
#include "base/time.h"
#include "unit/instants.h"

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(instants)
{
#define ROW(tag, text, seconds, rfc3339) {tag, text, seconds, rfc3339},
    static const struct {
        unsigned tag;
        const char *text;
        int64_t seconds;
        const char *rfc3339;
    } rows[] = {INSTANTS(ROW)};
#undef ROW

    ck_assert_uint_ge(COUNT_OF(rows), 200);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[MTLSAUTH__TIME_TEXT];
        int64_t t = 0;

        ASSERT_TRUE(rows[i].text,
                    mtlsauth__time_parse(rows[i].tag, span_of_text(rows[i].text), &t));
        ASSERT_INT(rows[i].text, t, rows[i].seconds);
        mtlsauth__time_format(t, text);
        ASSERT_TEXT(rows[i].text, text, rows[i].rfc3339);
    }
}
END_TEST

START_TEST(refused)
{
    static const struct {
        const char *name;
        unsigned tag;
        const char *text;
        size_t len;
    } rows[] = {
        {"empty UTCTime", DER_UTC_TIME, TEXT("")},
        {"empty GeneralizedTime", DER_GENERALIZED_TIME, TEXT("")},
        {"Z alone", DER_UTC_TIME, TEXT("Z")},
        {"UTCTime without seconds", DER_UTC_TIME, TEXT("2611210000Z")},
        {"GeneralizedTime without seconds", DER_GENERALIZED_TIME, TEXT("202611210000Z")},
        {"GeneralizedTime without minutes", DER_GENERALIZED_TIME, TEXT("2026112100Z")},
        {"UTCTime without Z", DER_UTC_TIME, TEXT("261121000000")},
        {"GeneralizedTime without Z", DER_GENERALIZED_TIME, TEXT("20261121000000")},
        {"lower-case z", DER_UTC_TIME, TEXT("261121000000z")},
        {"UTCTime with an offset", DER_UTC_TIME, TEXT("261121000000+0100")},
        {"UTCTime with an offset, no seconds", DER_UTC_TIME, TEXT("2611210000+00")},
        {"GeneralizedTime with an offset", DER_GENERALIZED_TIME, TEXT("20261121000000-0000")},
        {"fraction", DER_GENERALIZED_TIME, TEXT("20261121000000.5Z")},
        {"fraction of zero", DER_GENERALIZED_TIME, TEXT("20261121000000.0Z")},
        {"fraction with a comma", DER_GENERALIZED_TIME, TEXT("20261121000000,5Z")},
        {"fraction of a UTCTime", DER_UTC_TIME, TEXT("261121000000.5Z")},
        {"fraction in the place of seconds", DER_UTC_TIME, TEXT("2611210000.5Z")},
        {"UTCTime with four digits of a year", DER_UTC_TIME, TEXT("20261121000000Z")},
        {"GeneralizedTime with two digits of a year", DER_GENERALIZED_TIME, TEXT("261121000000Z")},
        {"text behind Z", DER_UTC_TIME, TEXT("261121000000Z ")},
        {"NUL behind Z", DER_UTC_TIME, TEXT("261121000000Z\0")},
        {"NUL inside", DER_UTC_TIME,
         TEXT("2611210000\0"
              "0Z")},
        {"leading space", DER_UTC_TIME, TEXT(" 61121000000Z")},
        {"sign", DER_UTC_TIME, TEXT("+61121000000Z")},
        {"letter in the year", DER_UTC_TIME, TEXT("2a1121000000Z")},
        {"letter in the century", DER_GENERALIZED_TIME, TEXT("2O261121000000Z")},
        {"letter in the seconds", DER_UTC_TIME, TEXT("2611210000l0Z")},
        {"Arabic-Indic digit", DER_UTC_TIME, TEXT("26112100000\xd9Z")},
        {"RFC 3339", DER_GENERALIZED_TIME, TEXT("2026-11-21T00:00:00Z")},
        {"month 0", DER_UTC_TIME, TEXT("260021000000Z")},
        {"month 13", DER_UTC_TIME, TEXT("261321000000Z")},
        {"month 99", DER_GENERALIZED_TIME, TEXT("20269921000000Z")},
        {"day 0", DER_UTC_TIME, TEXT("261100000000Z")},
        {"day 32", DER_UTC_TIME, TEXT("260132000000Z")},
        {"31 April", DER_UTC_TIME, TEXT("260431000000Z")},
        {"31 November", DER_UTC_TIME, TEXT("261131000000Z")},
        {"30 February", DER_UTC_TIME, TEXT("240230000000Z")},
        {"29 February 2023", DER_UTC_TIME, TEXT("230229000000Z")},
        {"29 February 1951", DER_UTC_TIME, TEXT("510229000000Z")},
        {"29 February 1900", DER_GENERALIZED_TIME, TEXT("19000229000000Z")},
        {"29 February 2100", DER_GENERALIZED_TIME, TEXT("21000229000000Z")},
        {"29 February 9999", DER_GENERALIZED_TIME, TEXT("99990229000000Z")},
        {"hour 24", DER_UTC_TIME, TEXT("261121240000Z")},
        {"minute 60", DER_UTC_TIME, TEXT("261121006000Z")},
        {"leap second", DER_UTC_TIME, TEXT("161231235960Z")},
        {"second 99", DER_UTC_TIME, TEXT("261121000099Z")},
        {"OCTET STRING", DER_OCTET_STRING, TEXT("20261121000000Z")},
        {"no tag", 0, TEXT("261121000000Z")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t t = 42;

        ASSERT_TRUE(rows[i].name,
                    !mtlsauth__time_parse(rows[i].tag, span_of(rows[i].text, rows[i].len), &t));
        ASSERT_INT(rows[i].name, t, 42);
    }
}
END_TEST

START_TEST(utc_century)
{
    for (int year = 0; year < 100; year++) {
        char utc[32], full[32];
        int64_t a = 0, b = 1;

        snprintf(utc, sizeof utc, "%02d0601120000Z", year);
        snprintf(full, sizeof full, "%04d0601120000Z", year + (year >= 50 ? 1900 : 2000));
        ASSERT_TRUE(utc, mtlsauth__time_parse(DER_UTC_TIME, span_of_text(utc), &a));
        ASSERT_TRUE(full, mtlsauth__time_parse(DER_GENERALIZED_TIME, span_of_text(full), &b));
        ASSERT_INT(utc, a, b);
    }
}
END_TEST

/* Every day from the year 0 to 9999: one day after the other, and back again by its text. */
START_TEST(every_day)
{
    int64_t last = 0;
    bool first = true;

    for (int year = 0; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= 31; day++) {
                char text[MTLSAUTH__TIME_TEXT];
                int y, m, d;
                int64_t t;

                if (!mtlsauth__time_from_civil(year, month, day, 0, 0, 0, &t)) {
                    if (day <= 28)
                        ck_abort_msg("%04d-%02d-%02d is refused", year, month, day);
                    continue;
                }
                if (!first && t != last + 86400)
                    ck_abort_msg("%04d-%02d-%02d does not follow", year, month, day);
                first = false;
                last = t;
                if (day != 1 && day < 28)
                    continue;
                mtlsauth__time_format(t, text);
                if (sscanf(text, "%4d-%2d-%2dT00:00:00Z", &y, &m, &d) != 3 || y != year ||
                    m != month || d != day)
                    ck_abort_msg("%04d-%02d-%02d becomes %s", year, month, day, text);
            }
        }
    }
    ck_assert_int_eq(last, INT64_C(253402300799) - 86399);
}
END_TEST

START_TEST(civil_refused)
{
    static const struct {
        const char *name;
        int year, month, day, hour, minute, second;
    } rows[] = {
        {"year -1", -1, 1, 1, 0, 0, 0},      {"year 10000", 10000, 1, 1, 0, 0, 0},
        {"month 0", 2026, 0, 1, 0, 0, 0},    {"month -1", 2026, -1, 1, 0, 0, 0},
        {"day 0", 2026, 1, 0, 0, 0, 0},      {"day -1", 2026, 1, -1, 0, 0, 0},
        {"hour -1", 2026, 1, 1, -1, 0, 0},   {"hour 24", 2026, 1, 1, 24, 0, 0},
        {"minute -1", 2026, 1, 1, 0, -1, 0}, {"minute 60", 2026, 1, 1, 0, 60, 0},
        {"second -1", 2026, 1, 1, 0, 0, -1}, {"second 60", 2026, 1, 1, 0, 0, 60},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t t;

        ASSERT_TRUE(rows[i].name,
                    !mtlsauth__time_from_civil(rows[i].year, rows[i].month, rows[i].day,
                                               rows[i].hour, rows[i].minute, rows[i].second, &t));
    }
}
END_TEST

START_TEST(formatting)
{
    static const struct {
        const char *name;
        int64_t t;
        const char *text;
    } rows[] = {
        {"one second before the year 0", INT64_C(-62167219201), "-001-12-31T23:59:59Z"},
        {"the year 0", INT64_C(-62167219200), "0000-01-01T00:00:00Z"},
        {"the year 10000", INT64_C(253402300800), "10000-01-01T00:00:00Z"},
        {"the first second of the year -999", INT64_C(-93692592000), "-999-01-01T00:00:00Z"},
        {"one before", INT64_C(-93692592001), "out of range"},
        {"the last second of the year 99999", INT64_C(3093527980799), "99999-12-31T23:59:59Z"},
        {"one behind", INT64_C(3093527980800), "out of range"},
        {"the largest", INT64_MAX, "out of range"},
        {"the smallest", INT64_MIN, "out of range"},
        {"one above the smallest", INT64_MIN + 1, "out of range"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[MTLSAUTH__TIME_TEXT];

        mtlsauth__time_format(rows[i].t, text);
        ASSERT_TEXT(rows[i].name, text, rows[i].text);
    }
}
END_TEST

START_TEST(now)
{
    int64_t before = (int64_t)time(NULL), t = mtlsauth__time_now(), after = (int64_t)time(NULL);

    ck_assert(before <= t && t <= after);
}
END_TEST

UNIT_MAIN("base/time", instants, refused, utc_century, every_day, civil_refused, formatting, now)
