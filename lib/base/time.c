/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <stdio.h>
#include <time.h>
#include "base/der.h"

enum { SECONDS_PER_DAY = 86400 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of March of year, counted in eras of 400 years. */
static int64_t days_to_march(int64_t year)
{
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 - 719468;
}

bool mtlsauth__time_from_civil(int year, int month, int day, int hour, int minute, int second,
                               int64_t *out)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days;

    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    if (day > month_days[month - 1] + (month == 2 && is_leap(year)))
        return false;
    /* A year that begins in March puts the leap day last. */
    days = days_to_march(month > 2 ? year : year - 1) +
           (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    *out = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return true;
}

static bool two_digits(const uint8_t *at, int *out)
{
    if (!ascii_is_digit(at[0]) || !ascii_is_digit(at[1]))
        return false;
    *out = (at[0] - '0') * 10 + (at[1] - '0');
    return true;
}

bool mtlsauth__time_parse(unsigned tag, struct span value, int64_t *out)
{
    size_t year_len = tag == DER_UTC_TIME ? 2 : 4;
    int field[5], century = 0, year;

    if (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME)
        return false;
    if (value.len != year_len + 11 || value.ptr[value.len - 1] != 'Z')
        return false;
    if (year_len == 4 && !two_digits(value.ptr, &century))
        return false;
    if (!two_digits(value.ptr + year_len - 2, &year))
        return false;
    for (size_t i = 0; i < 5; i++)
        if (!two_digits(value.ptr + year_len + 2 * i, &field[i]))
            return false;
    if (year_len == 2)
        year += year >= 50 ? 1900 : 2000;
    else
        year += century * 100;
    return mtlsauth__time_from_civil(year, field[0], field[1], field[2], field[3], field[4], out);
}

void mtlsauth__time_format(int64_t t, char out[MTLSAUTH__TIME_TEXT])
{
    int64_t days = t / SECONDS_PER_DAY, rest = t % SECONDS_PER_DAY;
    int64_t era, of_era, year, day_of_year, month;

    if (rest < 0) {
        days--;
        rest += SECONDS_PER_DAY;
    }
    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    of_era = days - era * 146097;
    year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    day_of_year = of_era - (365 * year + year / 4 - year / 100);
    month = (5 * day_of_year + 2) / 153;
    year += era * 400 + (month >= 10);
    if (year < -999 || year > 99999) {
        snprintf(out, MTLSAUTH__TIME_TEXT, "%s", "out of range");
        return;
    }
    snprintf(out, MTLSAUTH__TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year,
             (int)(month < 10 ? month + 3 : month - 9),
             (int)(day_of_year - (153 * month + 2) / 5 + 1), (int)(rest / 3600),
             (int)(rest / 60 % 60), (int)(rest % 60));
}

int64_t mtlsauth__time_now(void)
{
    return (int64_t)time(NULL);
}
