/* SPDX-License-Identifier: MIT */
/* Beside the POSIX of the project: MAP_ANONYMOUS. */
#define _DEFAULT_SOURCE 1
#include "unit.h"

#include <mtlsauth/error.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/asn1_string.h"
#include "base/base64.h"
#include "base/der.h"
#include "base/hex.h"
#include "base/oid.h"
#include "base/pem.h"
#include "base/percent.h"
#include "base/time.h"

/*
 * Every reader over every beginning of some inputs, each ending where memory ends: the page behind
 * it cannot be touched. This finds a read beyond the end in a plain build, where no sanitizer runs.
 * What is written has a guard of its own.
 */

#define TEXT(literal) literal, sizeof(literal) - 1

struct guarded {
    uint8_t *map, *end;
    size_t size;
};

static struct guarded guard(size_t room)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guarded area = {.size = (room / page + 2) * page};

    area.map = mmap(NULL, area.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(area.map != MAP_FAILED);
    area.end = area.map + area.size - page;
    ck_assert_int_eq(mprotect(area.end, page, PROT_NONE), 0);
    return area;
}

static void unguard(struct guarded *area)
{
    munmap(area->map, area->size);
}

/* Bytes that are summed up, so that all of what a reader hands out is looked at. */
static volatile unsigned consumed;

static void consume(struct span span)
{
    for (size_t i = 0; i < span.len; i++)
        consumed += span.ptr[i];
}

static void read_der(struct span in, uint8_t *out_end)
{
    struct der outer = der_of(in);
    struct span value, whole, octets;
    unsigned tag, unused;
    uint32_t small;
    bool flag;

    (void)out_end;
    consumed += mtlsauth__der_integer_ok(in) + mtlsauth__der_small_integer(in, &small);
    if (mtlsauth__der_bit_string(in, &octets, &unused))
        consume(octets);
    while (mtlsauth__der_next(&outer, &tag, &value, &whole)) {
        struct der inner = der_of(value);

        consume(whole);
        while (mtlsauth__der_default_false(&inner, &flag) &&
               mtlsauth__der_next(&inner, &tag, &value, NULL))
            consume(value);
    }
}

static void read_pem(struct span in, uint8_t *out_end)
{
    struct pem pem = mtlsauth__pem(in);
    struct pem_block block;
    bool found;

    consumed += mtlsauth__pem_looks_like(in);
    while (mtlsauth__pem_next(&pem, &block, &found) == MTLSAUTH_OK && found) {
        size_t len, room = base64_room(block.body.len);

        consume(block.label);
        if (mtlsauth__pem_decode(&block, out_end - room, &len) == MTLSAUTH_OK)
            consume(span_of(out_end - room, len));
    }
}

static void read_base64(struct span in, uint8_t *out_end)
{
    uint8_t *out = out_end - base64_room(in.len);
    size_t len, bad;

    for (int skip = 0; skip < 2; skip++)
        if (mtlsauth__base64_decode(in, skip == 1, out, &len, &bad))
            consume(span_of(out, len));
        else
            ck_assert_uint_le(bad, in.len);
    out = out_end - ((in.len * 4 + 2) / 3 + 1);
    mtlsauth__base64url_encode(in, (char *)out);
}

static void read_percent(struct span in, uint8_t *out_end)
{
    size_t len, bad;

    if (mtlsauth__percent_decode(in, out_end - in.len, &len, &bad))
        consume(span_of(out_end - in.len, len));
}

static void read_time(struct span in, uint8_t *out_end)
{
    int64_t t;

    (void)out_end;
    consumed += mtlsauth__time_parse(DER_UTC_TIME, in, &t);
    consumed += mtlsauth__time_parse(DER_GENERALIZED_TIME, in, &t);
}

static void read_oid(struct span in, uint8_t *out_end)
{
    size_t len;

    consumed += mtlsauth__oid_ok(in);
    if (mtlsauth__oid_to_text(in, (char *)out_end - MTLSAUTH__MAX_OID_TEXT))
        consumed += (unsigned)strlen((char *)out_end - MTLSAUTH__MAX_OID_TEXT);
    if (mtlsauth__oid_from_text(in, out_end - MTLSAUTH__MAX_OID, &len))
        consume(span_of(out_end - MTLSAUTH__MAX_OID, len));
}

static void read_string(struct span in, uint8_t *out_end)
{
    (void)out_end;
    for (unsigned tag = 0; tag < 0x20; tag++)
        consumed += mtlsauth__asn1_string_ok(tag, in);
}

static void read_hex(struct span in, uint8_t *out_end)
{
    size_t len;

    if (hex_decode(in, out_end - in.len / 2, in.len / 2, &len))
        consume(span_of(out_end - in.len / 2, len));
    hex_encode(in, (char *)out_end - (2 * in.len + 1));
}

START_TEST(every_truncation)
{
    static void (*const readers[])(struct span, uint8_t *) = {
        read_der, read_pem, read_base64, read_percent, read_time, read_oid, read_string, read_hex};
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
    } inputs[] = {
        {"DER", TEXT("\x30\x1f\x01\x01\xff\x02\x02\x00\x80\x03\x02\x05\xa0\x06\x03\x55\x1d\x0f"
                     "\x0c\x03"
                     "abc\x17\x0d"
                     "261121000000Z")},
        {"DER, long form", TEXT("\x04\x81\x80"
                                "0123456789012345678901234567890123456789012345678901"
                                "2345678901234567890123456789012345678901234567890123456789012345"
                                "678901234567")},
        {"DER, four octets of length", TEXT("\x30\x84\xff\xff\xff\xff\x30\x84\x7f\xff\xff\xff")},
        {"BIT STRING", TEXT("\x07\xff\x80")},
        {"PEM", TEXT("\xef\xbb\xbf#\r\n-----BEGIN A-----\r\nYWJj\r\nYQ==\r\n-----END A-----\r\n"
                     "-----BEGIN B C-----\nX: y\n-----END B C-----\n----BEGIN D-----")},
        {"PEM, four dashes", TEXT("----BEGIN CERTIFICATE----\n")},
        {"base64", TEXT("Zm9vYmFy Zm8=\n")},
        {"base64, padding", TEXT("Zg==")},
        {"percent", TEXT("a%20b%2Bc%0A%ff%0")},
        {"UTCTime", TEXT("261121000000Z")},
        {"GeneralizedTime", TEXT("20261121000000Z")},
        {"OID",
         TEXT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")},
        {"dotted text", TEXT("1.2.840.113549.1.1.11.18446744073709551535")},
        {"UTF-8", TEXT("A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf")},
        {"hexadecimal", TEXT("00112233445566778899aAbBcCdDeEfF")},
    };
    struct guarded in = guard(4096), out = guard(8192);

    for (size_t i = 0; i < COUNT_OF(inputs); i++) {
        for (size_t len = 0; len <= inputs[i].len; len++) {
            memcpy(in.end - len, inputs[i].bytes, len);
            for (size_t j = 0; j < COUNT_OF(readers); j++)
                readers[j](span_of(in.end - len, len), out.end);
        }
    }
    /* Nothing at all is also a null pointer. */
    for (size_t j = 0; j < COUNT_OF(readers); j++)
        readers[j](span_of(NULL, 0), out.end);
    unguard(&in);
    unguard(&out);
}
END_TEST

/* A length of DER that reaches beyond the address space, or wraps it, is beyond the end. */
START_TEST(lengths_that_wrap)
{
    struct guarded in = guard(64);

    for (unsigned octets = 1; octets <= 8; octets++) {
        for (unsigned last = 0; last < 256; last++) {
            uint8_t bytes[2 + 8 + 1] = {0x04, (uint8_t)(0x80U | octets)};
            size_t len = 2 + octets;
            struct der reader;
            struct span value;
            unsigned tag;

            memset(bytes + 2, 0xff, octets);
            bytes[1 + octets] = (uint8_t)last;
            memcpy(in.end - len, bytes, len);
            reader = der_of(span_of(in.end - len, len));
            if (mtlsauth__der_next(&reader, &tag, &value, NULL))
                ck_abort_msg("%u octets, the last %u", octets, last);
        }
    }
    unguard(&in);
}
END_TEST

UNIT_MAIN("base/guard", every_truncation, lengths_that_wrap)
