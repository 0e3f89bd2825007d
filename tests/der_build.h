/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DER_BUILD_H
#define TESTS_DER_BUILD_H

/*
 * Makes DER, so that a test says in words what it feeds to the library. What is written may be
 * malformed: nothing is checked. Running out of memory or nesting ends the test program.
 *
 *     struct der_build out = {0};
 *     der_begin(&out, 0x30);
 *     der_add_text(&out, 0x0c, "hello");
 *     der_end(&out);
 *     use(out.bytes, out.len);
 *     der_build_free(&out);
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct der_build {
    uint8_t *bytes;
    size_t len;
    size_t open[16]; /* where the content of each open element starts */
    size_t depth;
};

static inline void der_build_free(struct der_build *out)
{
    free(out->bytes);
    *out = (struct der_build){0};
}

/* Bytes as they are. The memory is exactly as long as what is in it: a sanitizer sees an
 * over-read. */
static inline void der_raw(struct der_build *out, const void *bytes, size_t len)
{
    uint8_t *moved;

    if (len == 0)
        return;
    moved = realloc(out->bytes, out->len + len);
    if (moved == NULL)
        abort();
    memcpy(moved + out->len, bytes, len);
    out->bytes = moved;
    out->len += len;
}

static inline void der_byte(struct der_build *out, unsigned byte)
{
    uint8_t b = (uint8_t)byte;

    der_raw(out, &b, 1);
}

/* Starts an element; what is written until der_end is its content. */
static inline void der_begin(struct der_build *out, unsigned tag)
{
    if (out->depth == sizeof out->open / sizeof out->open[0])
        abort();
    der_byte(out, tag);
    out->open[out->depth++] = out->len;
}

/* Ends it: the length goes in front of the content, in the shortest form. */
static inline void der_end(struct der_build *out)
{
    size_t start = out->open[--out->depth], len = out->len - start, octets = 0;
    uint8_t header[5];

    if (len < 0x80) {
        header[octets++] = (uint8_t)len;
    } else {
        size_t size = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;

        header[octets++] = (uint8_t)(0x80U | size);
        for (; size > 0; size--)
            header[octets++] = (uint8_t)(len >> (8 * (size - 1)));
    }
    der_raw(out, header, octets);
    memmove(out->bytes + start + octets, out->bytes + start, len);
    memcpy(out->bytes + start, header, octets);
}

static inline void der_add(struct der_build *out, unsigned tag, const void *bytes, size_t len)
{
    der_begin(out, tag);
    der_raw(out, bytes, len);
    der_end(out);
}

static inline void der_add_text(struct der_build *out, unsigned tag, const char *text)
{
    der_add(out, tag, text, strlen(text));
}

/* An attribute of a name. joins: it belongs to the RDN of the one before it. */
struct der_attribute {
    const char *oid; /* content octets, without a zero among them */
    unsigned tag;    /* of the value's string type */
    const char *bytes;
    size_t len;
    bool joins;
};

#define DER_CN(text)                                                                               \
    {                                                                                              \
        "\x55\x04\x03", 0x0c, text, sizeof(text) - 1, false                                        \
    }
#define DER_O(text)                                                                                \
    {                                                                                              \
        "\x55\x04\x0a", 0x0c, text, sizeof(text) - 1, false                                        \
    }
#define DER_OU(text)                                                                               \
    {                                                                                              \
        "\x55\x04\x0b", 0x0c, text, sizeof(text) - 1, false                                        \
    }
#define DER_C(text)                                                                                \
    {                                                                                              \
        "\x55\x04\x06", 0x13, text, sizeof(text) - 1, false                                        \
    }

/* A GeneralName. string_tag: of an otherName, which is a UPN then, the type of its string. */
struct der_san {
    unsigned tag;
    const char *bytes;
    size_t len;
    unsigned string_tag;
};

#define DER_SAN_EMAIL(text)                                                                        \
    {                                                                                              \
        0x81, text, sizeof(text) - 1, 0                                                            \
    }
#define DER_SAN_DNS(text)                                                                          \
    {                                                                                              \
        0x82, text, sizeof(text) - 1, 0                                                            \
    }
#define DER_SAN_URI(text)                                                                          \
    {                                                                                              \
        0x86, text, sizeof(text) - 1, 0                                                            \
    }
#define DER_SAN_IP(bytes)                                                                          \
    {                                                                                              \
        0x87, bytes, sizeof(bytes) - 1, 0                                                          \
    }
#define DER_SAN_UPN(tag, text)                                                                     \
    {                                                                                              \
        0xa0, text, sizeof(text) - 1, tag                                                          \
    }

/* Which key a certificate has: two points of P-256 that everybody knows. */
enum der_key {
    DER_KEY_G, /* the generator: the private key is 1 */
    DER_KEY_2G /* twice the generator: it is 2 */
};

struct der_cert {
    const struct der_attribute *subject, *issuer;
    size_t subject_count, issuer_count;
    const struct der_san *sans;
    size_t san_count;
    const char *serial; /* content octets; NULL: 01 */
    size_t serial_len;
    enum der_key key;
};

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; attributes of one SET are not sorted. */
static inline void der_name(struct der_build *out, const struct der_attribute *attributes, size_t n)
{
    der_begin(out, 0x30);
    for (size_t i = 0; i < n; i++) {
        if (!attributes[i].joins)
            der_begin(out, 0x31);
        der_begin(out, 0x30);
        der_add_text(out, 0x06, attributes[i].oid);
        der_add(out, attributes[i].tag, attributes[i].bytes, attributes[i].len);
        der_end(out);
        if (i + 1 == n || !attributes[i + 1].joins)
            der_end(out);
    }
    der_end(out);
}

/* SubjectPublicKeyInfo of a P-256 key (RFC 5480 2). */
static inline void der_spki(struct der_build *out, enum der_key key)
{
    static const uint8_t points[2][65] = {
        {0x04, /* uncompressed */
         /* x */
         0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
         0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98,
         0xc2, 0x96,
         /* y */
         0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
         0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf,
         0x51, 0xf5},
        {0x04, /* uncompressed */
         /* x */
         0x7c, 0xf2, 0x7b, 0x18, 0x8d, 0x03, 0x4f, 0x7e, 0x8a, 0x52, 0x38, 0x03, 0x04, 0xb5, 0x1a,
         0xc3, 0xc0, 0x89, 0x69, 0xe2, 0x77, 0xf2, 0x1b, 0x35, 0xa6, 0x0b, 0x48, 0xfc, 0x47, 0x66,
         0x99, 0x78,
         /* y */
         0x07, 0x77, 0x55, 0x10, 0xdb, 0x8e, 0xd0, 0x40, 0x29, 0x3d, 0x9a, 0xc6, 0x9f, 0x74, 0x30,
         0xdb, 0xba, 0x7d, 0xad, 0xe6, 0x3c, 0xe9, 0x82, 0x29, 0x9e, 0x04, 0xb7, 0x9d, 0x22, 0x78,
         0x73, 0xd1},
    };

    der_begin(out, 0x30);
    der_begin(out, 0x30);
    der_add(out, 0x06, "\x2a\x86\x48\xce\x3d\x02\x01", 7);     /* id-ecPublicKey */
    der_add(out, 0x06, "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8); /* prime256v1 */
    der_end(out);
    der_begin(out, 0x03);
    der_byte(out, 0); /* no unused bits */
    der_raw(out, points[key], sizeof points[key]);
    der_end(out);
    der_end(out);
}

/* GeneralNames as content of extnValue. */
static inline void der_sans(struct der_build *out, const struct der_san *sans, size_t n)
{
    der_begin(out, 0x30);
    for (size_t i = 0; i < n; i++) {
        if (sans[i].string_tag == 0) {
            der_add(out, sans[i].tag, sans[i].bytes, sans[i].len);
            continue;
        }
        der_begin(out, sans[i].tag);
        der_add(out, 0x06, "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03", 10);
        der_begin(out, 0xa0);
        der_add(out, sans[i].string_tag, sans[i].bytes, sans[i].len);
        der_end(out);
        der_end(out);
    }
    der_end(out);
}

/*
 * A version 3 certificate, 2025-01-01 to 2035-01-01, with no other extension than the SAN. Its
 * signature is none: it parses, and verifies nowhere.
 */
static inline void der_certificate(struct der_build *out, const struct der_cert *cert)
{
    static const char ecdsa_sha256[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";

    der_begin(out, 0x30);
    der_begin(out, 0x30);
    der_begin(out, 0xa0);
    der_add(out, 0x02, "\x02", 1); /* version 3 */
    der_end(out);
    if (cert->serial == NULL)
        der_add(out, 0x02, "\x01", 1);
    else
        der_add(out, 0x02, cert->serial, cert->serial_len);
    der_raw(out, ecdsa_sha256, sizeof ecdsa_sha256 - 1);
    der_name(out, cert->issuer, cert->issuer_count);
    der_begin(out, 0x30);
    der_add_text(out, 0x17, "250101000000Z");
    der_add_text(out, 0x17, "350101000000Z");
    der_end(out);
    der_name(out, cert->subject, cert->subject_count);
    der_spki(out, cert->key);
    if (cert->san_count > 0) {
        der_begin(out, 0xa3);
        der_begin(out, 0x30);
        der_begin(out, 0x30);
        der_add(out, 0x06, "\x55\x1d\x11", 3); /* subjectAltName */
        der_begin(out, 0x04);
        der_sans(out, cert->sans, cert->san_count);
        der_end(out);
        der_end(out);
        der_end(out);
        der_end(out);
    }
    der_end(out);
    der_raw(out, ecdsa_sha256, sizeof ecdsa_sha256 - 1);
    der_add(out, 0x03, "\x00\x30\x06\x02\x01\x01\x02\x01\x01", 9); /* r = s = 1 */
    der_end(out);
}

#endif
