/* SPDX-License-Identifier: MIT */
#include "revocation/entry.h"

#include <mtlsauth/error.h>
#include "base/der.h"
#include "base/time.h"

enum { UTC_TIME_LEN = 13 };

/* Four pairs of digits as numbers, in the even octets of the result, lowest first; false if one is
 * no digit. */
static bool four_pairs(const uint8_t *at, uint64_t *out)
{
    uint64_t v;

    memcpy(&v, at, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    /* A digit has 3 in its upper half, also when 6 is added. */
    if (((v & (v + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) != 0x3030303030303030 ||
        ((v | (v + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) != 0x3030303030303030)
        return false;
    *out = (v & 0x0f0f0f0f0f0f0f0f) * (10 * 256 + 1) >> 8 & 0x00ff00ff00ff00ff;
    return true;
}

/*
 * UTCTime in the usual case. A list has millions of dates, and mtlsauth__time_parse, which decides
 * in every other case, takes longer for one than the rest of the entry does.
 */
static bool utc_time(const uint8_t *at, int64_t *out)
{
    static const uint16_t before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day, hour, minute, second, leap, days;
    uint64_t date, time;

    if (at[UTC_TIME_LEN - 1] != 'Z' || !four_pairs(at, &date) || !four_pairs(at + 4, &time))
        return false;
    year = date & 0xff;
    month = date >> 16 & 0xff;
    day = date >> 32 & 0xff;
    hour = date >> 48 & 0xff;
    minute = time >> 32 & 0xff;
    second = time >> 48 & 0xff;
    year += year >= 50 ? 1900 : 2000;
    /* From 1950 to 2049 every fourth year is a leap year. */
    leap = year % 4 == 0;
    if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
        return false;
    if (day > month_days[month - 1] + (month == 2 ? leap : 0))
        return false;
    /* 1948 was a leap year: days from 1950 count those that are over. */
    days = (year - 1950) * 365 + (year - 1949) / 4 + before_month[month - 1] +
           (month > 2 ? leap : 0) + day - 1;
    *out = ((int64_t)days - 7305) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return true;
}

static bool read_date(struct der *in, int64_t *out)
{
    struct span value;
    unsigned tag;

    if (in->end - in->pos >= UTC_TIME_LEN + 2 && in->pos[0] == DER_UTC_TIME &&
        in->pos[1] == UTC_TIME_LEN && utc_time(in->pos + 2, out)) {
        in->pos += UTC_TIME_LEN + 2;
        return true;
    }
    return mtlsauth__der_next(in, &tag, &value, NULL) && mtlsauth__time_parse(tag, value, out);
}

/* crlEntryExtensions with nothing but a non-critical reasonCode: what nearly all of them are. */
static bool only_reason(struct span extensions, uint8_t *reason)
{
    static const uint8_t usual[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                    0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};

    if (extensions.len != sizeof usual + 1 ||
        memcmp(extensions.ptr, usual, sizeof usual) != 0)
        return false;
    *reason = extensions.ptr[sizeof usual];
    return *reason <= CRL_REASON_MAX && *reason != 7;
}

/* userCertificate, an INTEGER in either of the two ways to write a length below 256. */
static bool read_serial(struct der *in, struct span *serial)
{
    if (in->end - in->pos >= 2 && in->pos[0] == DER_INTEGER && in->pos[1] < 0x80) {
        size_t len = in->pos[1];

        if ((size_t)(in->end - in->pos) - 2 < len)
            return false;
        *serial = span_of(in->pos + 2, len);
        in->pos += len + 2;
        return true;
    }
    return mtlsauth__der_read(in, DER_INTEGER, serial);
}

int mtlsauth__crl_entry(struct span content, size_t max_serial, struct crl_entry *out,
                        const char **why)
{
    struct der in = der_of(content);
    struct span serial, extensions;

    *why = "a serial number that is malformed";
    if (!read_serial(&in, &serial) || serial.len == 0)
        return MTLSAUTH_ERR_PARSE;
    *why = "a serial number that is not in its shortest form (X.690 8.3.2)";
    if (!mtlsauth__der_integer_ok(serial))
        return MTLSAUTH_ERR_PARSE;
    *why = "a serial number that is longer than the limit (RFC 5280 4.1.2.2 allows 20 octets)";
    if (serial.len > max_serial)
        return MTLSAUTH_ERR_LIMIT;
    *why = "a revocationDate that is malformed (RFC 5280 5.1.2.6)";
    if (!read_date(&in, &out->date))
        return MTLSAUTH_ERR_PARSE;
    out->serial = serial_of(serial);
    out->facts = (struct crl_entry_facts){.reason = CRL_REASON_NONE};
    out->has_extensions = !der_at_end(&in);
    if (!out->has_extensions)
        return MTLSAUTH_OK;
    extensions = span_of(in.pos, (size_t)(in.end - in.pos));
    if (only_reason(extensions, &out->facts.reason))
        return MTLSAUTH_OK;
    return mtlsauth__crl_entry_extensions(extensions, &out->facts, why);
}
