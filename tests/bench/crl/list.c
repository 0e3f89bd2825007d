/* SPDX-License-Identifier: MIT */
/* Lists as large as asked for, signed by a CA of their own. */
#include "bench.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/random.h"

X509 *bench_ca;
uint8_t *bench_ca_der;
size_t bench_ca_len;

static EVP_PKEY *key;

/* A long length, always of four octets behind the first but for what DER wants shorter. */
static uint8_t *put_header(uint8_t *at, unsigned tag, size_t len)
{
    unsigned octets = len < 0x80        ? 0
                      : len < 0x100     ? 1
                      : len < 0x10000   ? 2
                      : len < 0x1000000 ? 3
                                        : 4;

    *at++ = (uint8_t)tag;
    if (octets == 0) {
        *at++ = (uint8_t)len;
        return at;
    }
    *at++ = (uint8_t)(0x80 | octets);
    for (unsigned i = octets; i-- > 0;)
        *at++ = (uint8_t)(len >> 8 * i);
    return at;
}

/* Content of a serial, 16 to 20 octets at random, or i. */
static size_t make_serial(struct random *random, bool sequential, size_t i, uint8_t *out)
{
    uint8_t octets[5] = {0};
    size_t skip = 1;

    if (!sequential) {
        size_t len = 16 + random_below(random, 5);

        random_bytes(random, out, len);
        out[0] = (uint8_t)((out[0] & 0x7f) | 1);
        return len;
    }
    for (unsigned n = 0; n < 4; n++)
        octets[4 - n] = (uint8_t)((i + 1) >> 8 * n);
    while (skip < 4 && octets[skip] == 0)
        skip++;
    skip -= octets[skip] >= 0x80;
    memcpy(out, octets + skip, sizeof octets - skip);
    return sizeof octets - skip;
}

static uint8_t *put_entry(struct random *random, uint8_t *at, const uint8_t *serial, size_t len)
{
    static const uint8_t extension[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                        0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};
    bool reason = random_below(random, 2) == 0;
    char date[32];

    *at++ = 0x30;
    *at++ = (uint8_t)(2 + len + 15 + (reason ? sizeof extension + 1 : 0));
    *at++ = 0x02;
    *at++ = (uint8_t)len;
    memcpy(at, serial, len);
    at += len;
    snprintf(date, sizeof date, "%02u%02u%02u%02u%02u%02uZ",
             10 + (unsigned)random_below(random, 15), 1 + (unsigned)random_below(random, 12),
             1 + (unsigned)random_below(random, 28), (unsigned)random_below(random, 24),
             (unsigned)random_below(random, 60), (unsigned)random_below(random, 60));
    *at++ = 0x17;
    *at++ = 13;
    memcpy(at, date, 13);
    at += 13;
    if (reason) {
        memcpy(at, extension, sizeof extension);
        at += sizeof extension;
        *at++ = (uint8_t)(1 + random_below(random, 5));
    }
    return at;
}

static void probe(uint8_t *slots, size_t i, const uint8_t *serial, size_t len)
{
    slots[i * SLOT] = (uint8_t)len;
    memcpy(slots + i * SLOT + 1, serial, len);
}

static void sign_list(struct list *list, const uint8_t *tbs, size_t tbs_len)
{
    static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00};
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t signature[512], *at;
    size_t len = sizeof signature;

    bench_must(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                   EVP_DigestSign(ctx, signature, &len, tbs, tbs_len) == 1,
               "signing");
    EVP_MD_CTX_free(ctx);
    list->der = bench_room(tbs_len + len + 64);
    at = put_header(list->der, 0x30, tbs_len + sizeof algorithm + len + 5);
    list->tbs_at = (size_t)(at - list->der);
    list->tbs_len = tbs_len;
    memcpy(at, tbs, tbs_len);
    at += tbs_len;
    memcpy(at, algorithm, sizeof algorithm);
    at = put_header(at + sizeof algorithm, 0x03, len + 1);
    *at++ = 0;
    memcpy(at, signature, len);
    list->len = (size_t)(at - list->der) + len;
}

void bench_make_list(struct list *list, size_t entries, bool sequential)
{
    static const uint8_t head[] = "\x02\x01\x01\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
                                  "\x05\x00\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04"
                                  "Root\x17\x0d"
                                  "260101000000Z\x17\x0d"
                                  "351231000000Z";
    static const uint8_t tail[] =
        "\xa0\x0e\x30\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x01";
    struct random random = {.state = 88172645463325252 + entries};
    uint8_t *revoked = bench_room(entries * 64), *at = revoked, *tbs, *body;
    size_t revoked_len;

    *list = (struct list){.entries = entries, .shape = sequential ? "sequential" : "random"};
    list->hits = bench_room((size_t)PROBES * SLOT);
    list->misses = bench_room((size_t)PROBES * SLOT);
    for (size_t i = 0; i < PROBES; i++) {
        uint8_t serial[SLOT];
        size_t len = make_serial(&random, sequential, entries + 1000 + i, serial);

        probe(list->misses, i, serial, len);
    }
    for (size_t i = 0; i < entries; i++) {
        uint8_t serial[SLOT];
        size_t len = make_serial(&random, sequential, i, serial);

        at = put_entry(&random, at, serial, len);
        /* A hit for each slot, and then others in their place: any entry is as likely. */
        if (i < PROBES)
            probe(list->hits, i, serial, len);
        else if (random_below(&random, i) < PROBES)
            probe(list->hits, random_below(&random, PROBES), serial, len);
    }
    for (size_t i = entries; i < PROBES; i++)
        memcpy(list->hits + i * SLOT, list->hits + i % entries * SLOT, SLOT);
    for (size_t i = PROBES - 1; i > 0; i--) {
        uint8_t swap[SLOT];
        size_t other = random_below(&random, i + 1);

        memcpy(swap, list->hits + i * SLOT, SLOT);
        memcpy(list->hits + i * SLOT, list->hits + other * SLOT, SLOT);
        memcpy(list->hits + other * SLOT, swap, SLOT);
    }
    revoked_len = (size_t)(at - revoked);
    tbs = bench_room(revoked_len + 256);
    body = bench_room(revoked_len + 256);
    memcpy(body, head, sizeof head - 1);
    at = put_header(body + sizeof head - 1, 0x30, revoked_len);
    memcpy(at, revoked, revoked_len);
    at += revoked_len;
    memcpy(at, tail, sizeof tail - 1);
    at += sizeof tail - 1;
    revoked_len = (size_t)(at - body);
    at = put_header(tbs, 0x30, revoked_len);
    memcpy(at, body, revoked_len);
    sign_list(list, tbs, (size_t)(at - tbs) + revoked_len);
    free(revoked);
    free(body);
    free(tbs);
}

void bench_make_ca(void)
{
    X509_NAME *name;
    unsigned char *der = NULL;
    int len;

    key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    bench_ca = X509_new();
    bench_must(key != NULL && bench_ca != NULL && X509_set_version(bench_ca, X509_VERSION_1) == 1 &&
                   ASN1_INTEGER_set(X509_get_serialNumber(bench_ca), 1) == 1,
               "a CA");
    name = X509_NAME_new();
    bench_must(name != NULL &&
                   X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                              (const unsigned char *)"Root", -1, -1, 0) == 1 &&
                   X509_set_subject_name(bench_ca, name) == 1 &&
                   X509_set_issuer_name(bench_ca, name) == 1 &&
                   ASN1_TIME_set_string(X509_getm_notBefore(bench_ca), "260101000000Z") == 1 &&
                   ASN1_TIME_set_string(X509_getm_notAfter(bench_ca), "360101000000Z") == 1 &&
                   X509_set_pubkey(bench_ca, key) == 1 &&
                   X509_sign(bench_ca, key, EVP_sha256()) > 0,
               "a CA");
    X509_NAME_free(name);
    len = i2d_X509(bench_ca, &der);
    bench_must(len > 0, "a CA");
    bench_ca_der = der;
    bench_ca_len = (size_t)len;
}

void bench_free_list(struct list *list)
{
    free(list->der);
    free(list->hits);
    free(list->misses);
}
