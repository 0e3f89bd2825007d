/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_CRL_BENCH_H
#define TESTS_BENCH_CRL_BENCH_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A peer whose search is linear gets so few probes that it ends today. */
enum { PROBES = 200000, LINEAR_PROBES = 100, SLOT = 24 };

/* What one run of one peer took. */
struct result {
    double load, verify, sort; /* ms */
    double hit, miss;          /* ns */
    double peak;               /* KiB above what the process had */
    double entry;              /* octets an entry */
    double sha256; /* ms: of the octets that were loaded, in the same process; 0: not taken */
    bool ran;
};

struct list {
    size_t entries;
    const char *shape;
    uint8_t *der;
    size_t len, tbs_at, tbs_len;
    uint8_t *hits, *misses; /* PROBES slots: length, content of a serial */
};

struct peer {
    const char *name;
    void (*run)(const struct list *list, struct result *result);
    size_t most; /* entries; more take minutes */
};

enum { FLOOR, US, INDEX, OPENSSL }; /* the first of them */
extern const struct peer bench_peers[];
extern const size_t bench_peer_count;
enum { MAX_PEERS = 8 };

/* The CA that signs all lists. */
extern X509 *bench_ca;
extern uint8_t *bench_ca_der;
extern size_t bench_ca_len;

void bench_make_ca(void);
void bench_make_list(struct list *list, size_t entries, bool sequential);
void bench_free_list(struct list *list);

/* Each in a process of its own. */
void bench_run_floor(const struct list *list, struct result *result);
void bench_run_us(const struct list *list, struct result *result);
void bench_run_index(const struct list *list, struct result *result);
void bench_run_openssl(const struct list *list, struct result *result);
void bench_run_gnutls(const struct list *list, struct result *result);
void bench_run_mbedtls(const struct list *list, struct result *result);

double bench_now_ms(void);
double bench_peak_kb(void);
double bench_sha256_ms(const uint8_t *bytes, size_t len);

/* Ends the program with a message unless it holds. */
void bench_must(bool ok, const char *what);
void *bench_room(size_t size);

/* results has one for each of bench_peers. */
void bench_print(const struct list *list, const struct result *results);
void bench_print_json(FILE *file, const struct list *list, const struct result *results,
                      bool first);

#endif
