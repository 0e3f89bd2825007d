/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_TIME_H
#define MTLSAUTH_BASE_TIME_H

#include "base/span.h"

/* Room for "2026-11-21T00:00:00Z" and any year that a certificate can say. */
#define MTLSAUTH__TIME_TEXT 32

/* Seconds since 1970 of a date of the Gregorian calendar, UTC; false if there is no such date. */
bool mtlsauth__time_from_civil(int year, int month, int day, int hour, int minute, int second,
                               int64_t *out);

/*
 * UTCTime (tag 0x17) or GeneralizedTime (0x18) as RFC 5280 4.1.2.5 has them: with seconds, in Z,
 * without fraction. UTCTime years 50 to 99 are 1950 to 1999.
 */
bool mtlsauth__time_parse(unsigned tag, struct span value, int64_t *out);

/* RFC 3339, "2026-11-21T00:00:00Z". */
void mtlsauth__time_format(int64_t t, char out[MTLSAUTH__TIME_TEXT]);

/* The system's clock. */
int64_t mtlsauth__time_now(void);

#endif
