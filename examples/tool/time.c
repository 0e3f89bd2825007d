/* SPDX-License-Identifier: MIT */
#include "common.h"

#include <stdio.h>
#include <mtlsauth/decision.h>

/*
 * Times without mktime and its like: those depend on TZ, and on a time_t that may have 32 bits.
 * The calendar is the proleptic Gregorian one; days are counted from March, so that the leap day
 * is the last of its year.
 */

enum { DAYS_PER_ERA = 146097, /* 400 years */ SECONDS_PER_DAY = 86400 };

static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = y / 400, year_of_era = y % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads exactly width digits, min to max. */
static int digits(const char **text, int width, int min, int max, int *value)
{
    *value = 0;
    for (; width > 0; width--, (*text)++) {
        if (**text < '0' || **text > '9')
            return 0;
        *value = *value * 10 + (**text - '0');
    }
    return *value >= min && *value <= max;
}

static int literal(const char **text, const char *any)
{
    for (; *any != '\0'; any++) {
        if (**text == *any) {
            (*text)++;
            return 1;
        }
    }
    return 0;
}

/* RFC 3339 5.6 time-offset, in seconds. */
static int read_offset(const char **text, int64_t *offset)
{
    int hours, minutes, negative = **text == '-';

    *offset = 0;
    if (literal(text, "Zz"))
        return 1;
    if (!literal(text, "+-") || !digits(text, 2, 0, 23, &hours) || !literal(text, ":") ||
        !digits(text, 2, 0, 59, &minutes))
        return 0;
    *offset = (int64_t)(hours * 3600 + minutes * 60) * (negative ? -1 : 1);
    return 1;
}

/* RFC 3339 5.6 date-time. */
static int read_rfc3339(const char *text, int64_t *t)
{
    int year, month, day, hour, minute, second, tenth;
    int64_t offset;

    if (!digits(&text, 4, 1, 9999, &year) || !literal(&text, "-") ||
        !digits(&text, 2, 1, 12, &month) || !literal(&text, "-") ||
        !digits(&text, 2, 1, days_in_month(year, month), &day) || !literal(&text, "Tt ") ||
        !digits(&text, 2, 0, 23, &hour) || !literal(&text, ":") ||
        !digits(&text, 2, 0, 59, &minute) || !literal(&text, ":") ||
        !digits(&text, 2, 0, 59, &second))
        return 0;
    if (literal(&text, ".")) {
        if (!digits(&text, 1, 0, 9, &tenth))
            return 0;
        while (literal(&text, "0123456789"))
            continue;
    }
    if (!read_offset(&text, &offset) || *text != '\0')
        return 0;
    *t = days_from_date(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second -
         offset;
    return 1;
}

static int read_unix(const char *text, int64_t *t)
{
    int64_t value = 0;
    int negative, n = 0;

    literal(&text, "@");
    negative = literal(&text, "-");
    for (; *text >= '0' && *text <= '9' && n < 12; text++, n++)
        value = value * 10 + (*text - '0');
    *t = negative ? -value : value;
    return n > 0 && *text == '\0';
}

int parse_time(const char *text, int64_t *t)
{
    return read_rfc3339(text, t) || read_unix(text, t) ? 0 : -1;
}

const char *time_text(int64_t t, char buffer[TIME_TEXT_LEN])
{
    int64_t day = t / SECONDS_PER_DAY, second = t % SECONDS_PER_DAY;
    int64_t era, day_of_era, year_of_era, day_of_year, month, year;

    if (t == MTLSAUTH_NO_TIME)
        return "-";
    if (second < 0) {
        second += SECONDS_PER_DAY;
        day--;
    }
    day += 719468;
    era = (day >= 0 ? day : day - DAYS_PER_ERA + 1) / DAYS_PER_ERA;
    day_of_era = day - era * DAYS_PER_ERA;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    year = year_of_era + era * 400 + (month >= 10);
    snprintf(buffer, TIME_TEXT_LEN, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year,
             (int)(month < 10 ? month + 3 : month - 9),
             (int)(day_of_year - (153 * month + 2) / 5 + 1), (int)(second / 3600),
             (int)(second / 60 % 60), (int)(second % 60));
    return buffer;
}
