/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_AUTHORIZE_BENCH_H
#define TESTS_BENCH_AUTHORIZE_BENCH_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/mtlsauth.h>

/* Between the dates of all that is made here. */
#define BENCH_NOW 1800000000

enum { LEAVES = 200, FLOORS = 2 };

/* Of a policy: a client that one of them lets in, but for the denied one. */
enum rules {
    RULES_EXACT_ONE,
    RULES_EXACT_MANY,
    RULES_PATTERN_ONE,
    RULES_PATTERNS,
    RULES_PATTERNS_ALIKE,
    RULES_BLOCK,
    RULES_BLOCK_WILDCARD,
    RULES_DENIED,
    RULES_COUNT
};

struct bytes {
    uint8_t *ptr;
    size_t len;
};

/*
 * A CA of one type of key: root and intermediate in the bundle, which other roots fill up, clients
 * below the intermediate, and a CRL of either CA, of which the root's is empty.
 */
struct world {
    const char *type; /* "P-256", "RSA-2048", "Ed25519" */
    size_t cas, entries;
    EVP_PKEY *root_key, *issuer_key, *leaf_key;
    X509 *root, *issuer;
    struct bytes bundle;                         /* PEM */
    struct bytes leaves[LEAVES];                 /* PEM */
    struct bytes wildcard;                       /* the same, for *.example.com */
    struct bytes root_crl, issuer_crl, next_crl; /* DER; entries 0: NULL */
};

void world_make(struct world *world, const char *type);
void world_set_cas(struct world *world, size_t cas);
/* next_crl is another list of the issuer, with a higher number. */
void world_set_entries(struct world *world, size_t entries);
void world_free(struct world *world);

/* What is measured, in microseconds where nothing else is said: of the processor where one thread
 * is enough, and of the clock with several. */
struct figures {
    double load_ms; /* the bundle, to a store that is ready */
    double first;   /* the first client of all, then others, then those that were there before */
    double fresh, seen;
    double floors[FLOORS];        /* one signature check, two, keys decoded */
    double rate[4];               /* answers a second: 1 and 2 threads; the same with swaps */
    double cpu_rate[4];           /* the same, of the time that the threads had of a processor */
    double median, high, highest; /* of an answer, nothing else going on */
    double median_reload, high_reload, highest_reload; /* while a list is compiled, and again */
    double swap;                                       /* putting a list that is loaded */
    double rules[RULES_COUNT];
    bool ran;
};

/* Each runs in a process of its own. */
typedef void measurement(const struct world *world, struct figures *out);
measurement measure_us, measure_openssl, measure_floor, measure_threads, measure_reload,
    measure_rules;
#ifdef HAVE_GNUTLS
measurement measure_gnutls;
#endif

/* The clock, and the processor's time that this process had: that does not count what else a
 * machine does. */
double now_us(void);
double spent_us(void);
/* Sorts. */
double median_of(double *values, size_t count);
void must(bool ok, const char *what);
void *room(size_t size);

#endif
