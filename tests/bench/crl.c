/* SPDX-License-Identifier: MIT */
/*
 * crl [--sizes N,N...] [--large] [--runs N] [--json FILE]
 *
 * From the octets of a signed CRL to the first answer, and the answers after it: OpenSSL, GnuTLS where
 * it was found, and us. Each measurement is made in a process of its own, so that peak memory is its
 * own, and the median of the runs is shown. A peer that would take minutes is left out: "-".
 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "support/random.h"
#ifdef HAVE_GNUTLS
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#endif

enum { PROBES = 200000, SLOT = 24, MAX_SIZES = 16, MAX_RUNS = 15, GNUTLS_MOST = 10000 };

struct result {
    double load, verify, sort; /* ms */
    double hit, miss;          /* ns */
    double peak;               /* KiB above what the process had */
    double entry;              /* octets an entry */
    bool ran;
};

struct list {
    size_t entries;
    const char *shape;
    uint8_t *der;
    size_t len, tbs_at, tbs_len;
    uint8_t *hits, *misses; /* PROBES slots: length, content */
};

static EVP_PKEY *key;
static X509 *ca;
static uint8_t *ca_der;
static size_t ca_len;

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss;
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "crl: %s: %s\n", what, mtlsauth_last_error());
    exit(EXIT_FAILURE);
}

static void *room(size_t size)
{
    void *ptr = malloc(size);

    must(ptr != NULL, "out of memory");
    return ptr;
}

/* A long length, always of four octets behind the first but for what DER wants shorter. */
static uint8_t *put_header(uint8_t *at, unsigned tag, size_t len)
{
    unsigned octets = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : len < 0x1000000 ? 3 : 4;

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
    snprintf(date, sizeof date, "%02u%02u%02u%02u%02u%02uZ", 10 + (unsigned)random_below(random, 15),
             1 + (unsigned)random_below(random, 12), 1 + (unsigned)random_below(random, 28),
             (unsigned)random_below(random, 24), (unsigned)random_below(random, 60),
             (unsigned)random_below(random, 60));
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

    must(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
             EVP_DigestSign(ctx, signature, &len, tbs, tbs_len) == 1,
         "signing");
    EVP_MD_CTX_free(ctx);
    list->der = room(tbs_len + len + 64);
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

static void make_list(struct list *list, size_t entries, bool sequential)
{
    static const uint8_t head[] = "\x02\x01\x01\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
                                  "\x05\x00\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04"
                                  "Root\x17\x0d"
                                  "260101000000Z\x17\x0d"
                                  "351231000000Z";
    static const uint8_t tail[] = "\xa0\x0e\x30\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x01";
    struct random random = {.state = 88172645463325252 + entries};
    uint8_t *revoked = room(entries * 64), *at = revoked, *tbs, *body;
    size_t revoked_len;

    *list = (struct list){.entries = entries, .shape = sequential ? "sequential" : "random"};
    list->hits = room((size_t)PROBES * SLOT);
    list->misses = room((size_t)PROBES * SLOT);
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
    tbs = room(revoked_len + 256);
    body = room(revoked_len + 256);
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

static double probe_us(const mtlsauth_crl *crl, const uint8_t *slots, int want)
{
    double start = now_ms();

    for (size_t i = 0; i < PROBES; i++) {
        int found;

        must(mtlsauth_crl_find(crl, slots + i * SLOT + 1, slots[i * SLOT], &found, NULL, NULL) ==
                     MTLSAUTH_OK &&
                 found == want,
             "a wrong answer");
    }
    return (now_ms() - start) * 1e6 / PROBES;
}

static void run_us(const struct list *list, struct result *result)
{
    mtlsauth_policy *policy;
    mtlsauth_cert *issuer = NULL;
    mtlsauth_crl *crl = NULL;
    double before, start;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_cert_parse(&issuer, ca_der, ca_len) == MTLSAUTH_OK,
         "setup");
    before = peak_kb();
    start = now_ms();
    must(mtlsauth_crl_load(&crl, list->der, list->len, issuer, policy, NULL) == MTLSAUTH_OK, "load");
    result->load = now_ms() - start;
    result->peak = peak_kb() - before;
    result->entry = (double)mtlsauth_crl_memory(crl) / (double)mtlsauth_crl_count(crl);
    result->hit = probe_us(crl, list->hits, 1);
    result->miss = probe_us(crl, list->misses, 0);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(issuer);
    mtlsauth_policy_free(policy);
}

/* The index of before: what a cold start costs. */
static void run_index(const struct list *list, struct result *result)
{
    char path[] = "/tmp/mtlsauth-bench-XXXXXX", file[64];
    mtlsauth_policy *policy;
    mtlsauth_cert *issuer = NULL;
    mtlsauth_crl *crl = NULL;
    double start;

    must(mkdtemp(path) != NULL, "a folder");
    snprintf(file, sizeof file, "%s/x.idx", path);
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_cert_parse(&issuer, ca_der, ca_len) == MTLSAUTH_OK &&
             mtlsauth_crl_load(&crl, list->der, list->len, issuer, policy, NULL) == MTLSAUTH_OK &&
             mtlsauth_crl_save(crl, file, NULL, 0) == MTLSAUTH_OK,
         "setup");
    mtlsauth_crl_free(crl);
    start = now_ms();
    must(mtlsauth_crl_open_file(&crl, file, NULL, 0) == MTLSAUTH_OK, "open");
    result->load = now_ms() - start;
    result->hit = probe_us(crl, list->hits, 1);
    result->miss = probe_us(crl, list->misses, 0);
    result->entry = (double)mtlsauth_crl_memory(crl) / (double)mtlsauth_crl_count(crl);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(issuer);
    mtlsauth_policy_free(policy);
    unlink(file);
    rmdir(path);
}

static ASN1_INTEGER **openssl_serials(const uint8_t *slots)
{
    ASN1_INTEGER **out = room(PROBES * sizeof *out);

    for (size_t i = 0; i < PROBES; i++) {
        uint8_t der[SLOT + 2] = {0x02};
        const uint8_t *at = der;

        memcpy(der + 1, slots + i * SLOT, SLOT);
        out[i] = d2i_ASN1_INTEGER(NULL, &at, 2 + slots[i * SLOT]);
        must(out[i] != NULL, "a serial");
    }
    return out;
}

static double probe_openssl(X509_CRL *crl, ASN1_INTEGER **serials, int want)
{
    double start = now_ms();

    for (size_t i = 0; i < PROBES; i++) {
        X509_REVOKED *revoked;

        must((X509_CRL_get0_by_serial(crl, &revoked, serials[i]) != 0) == (want != 0),
             "OpenSSL: a wrong answer");
    }
    return (now_ms() - start) * 1e6 / PROBES;
}

static void run_openssl(const struct list *list, struct result *result)
{
    const uint8_t *at = list->der;
    ASN1_INTEGER **hits = openssl_serials(list->hits), **misses = openssl_serials(list->misses);
    double before = peak_kb(), start = now_ms();
    X509_REVOKED *revoked;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)list->len);

    must(crl != NULL, "OpenSSL: parsing");
    result->load = now_ms() - start;
    start = now_ms();
    must(X509_CRL_verify(crl, X509_get0_pubkey(ca)) == 1, "OpenSSL: verifying");
    result->verify = now_ms() - start;
    start = now_ms();
    (void)X509_CRL_get0_by_serial(crl, &revoked, hits[0]);
    result->sort = now_ms() - start;
    result->peak = peak_kb() - before;
    result->entry = result->peak * 1024 / (double)list->entries;
    result->hit = probe_openssl(crl, hits, 1);
    result->miss = probe_openssl(crl, misses, 0);
    X509_CRL_free(crl);
}

#ifdef HAVE_GNUTLS
static void run_gnutls(const struct list *list, struct result *result)
{
    gnutls_datum_t data = {list->der, (unsigned)list->len}, issuer = {ca_der, (unsigned)ca_len};
    gnutls_x509_crl_t crl;
    gnutls_x509_crt_t crt;
    unsigned verdict = 1;
    double before = peak_kb(), start = now_ms();

    must(gnutls_x509_crl_init(&crl) == 0 &&
             gnutls_x509_crl_import(crl, &data, GNUTLS_X509_FMT_DER) == 0,
         "GnuTLS: parsing");
    result->load = now_ms() - start;
    must(gnutls_x509_crt_init(&crt) == 0 &&
             gnutls_x509_crt_import(crt, &issuer, GNUTLS_X509_FMT_DER) == 0,
         "GnuTLS: the issuer");
    start = now_ms();
    /* Whatever the verdict is: the CA here is no certificate that GnuTLS likes. */
    must(gnutls_x509_crl_verify(crl, &crt, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &verdict) == 0,
         "GnuTLS: verifying");
    result->verify = now_ms() - start;
    result->peak = peak_kb() - before;
    result->entry = result->peak * 1024 / (double)list->entries;
    gnutls_x509_crl_deinit(crl);
    gnutls_x509_crt_deinit(crt);
}
#endif

/* What cannot be avoided: one digest of what is signed, one copy of it. */
static void run_floor(const struct list *list, struct result *result)
{
    uint8_t digest[EVP_MAX_MD_SIZE], *copy = room(list->tbs_len);
    unsigned len;
    double start;

    memset(copy, 1, list->tbs_len);
    start = now_ms();
    must(EVP_Digest(list->der + list->tbs_at, list->tbs_len, digest, &len, EVP_sha256(), NULL) == 1,
         "a digest");
    result->load = now_ms() - start;
    start = now_ms();
    memcpy(copy, list->der + list->tbs_at, list->tbs_len);
    result->verify = now_ms() - start + (copy[list->tbs_len / 2] == 77 ? 1e-9 : 0);
    free(copy);
}

struct peer {
    const char *name;
    void (*run)(const struct list *list, struct result *result);
    size_t most; /* entries; more take minutes */
};

static const struct peer peers[] = {
    {"floor: SHA-256, memcpy", run_floor, SIZE_MAX},
    {"libmtlsauth", run_us, SIZE_MAX},
    {"libmtlsauth, index", run_index, SIZE_MAX},
    {"OpenSSL", run_openssl, SIZE_MAX},
#ifdef HAVE_GNUTLS
    {"GnuTLS", run_gnutls, GNUTLS_MOST},
#endif
};
enum { PEERS = sizeof peers / sizeof *peers, FLOOR = 0, US = 1, INDEX = 2, OPENSSL = 3 };

static void run_child(const struct peer *peer, const struct list *list, struct result *result)
{
    int ends[2], status;
    pid_t child;

    fflush(NULL);
    must(pipe(ends) == 0, "a pipe");
    child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        struct result own = {.ran = true};

        peer->run(list, &own);
        _exit(write(ends[1], &own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], result, sizeof *result) != (ssize_t)sizeof *result)
        *result = (struct result){.ran = false};
    close(ends[0]);
    must(waitpid(child, &status, 0) == child && status == 0, peer->name);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The median of one field over the runs. */
static double median(const struct result *runs, size_t count, size_t offset)
{
    double values[MAX_RUNS];

    for (size_t i = 0; i < count; i++)
        memcpy(&values[i], (const char *)&runs[i] + offset, sizeof values[i]);
    qsort(values, count, sizeof values[0], compare);
    return values[count / 2];
}

static struct result measure(const struct peer *peer, const struct list *list, size_t runs)
{
    struct result all[MAX_RUNS], out = {.ran = true};

    if (list->entries > peer->most)
        return (struct result){.ran = false};
    for (size_t i = 0; i < runs; i++)
        run_child(peer, list, &all[i]);
    out.load = median(all, runs, offsetof(struct result, load));
    out.verify = median(all, runs, offsetof(struct result, verify));
    out.sort = median(all, runs, offsetof(struct result, sort));
    out.hit = median(all, runs, offsetof(struct result, hit));
    out.miss = median(all, runs, offsetof(struct result, miss));
    out.peak = median(all, runs, offsetof(struct result, peak));
    out.entry = median(all, runs, offsetof(struct result, entry));
    return out;
}

static double total(const struct result *result)
{
    return result->load + result->verify + result->sort;
}

static void print_row(const char *name, const struct result *r)
{
    if (!r->ran) {
        printf("  %-24s %9s\n", name, "-");
        return;
    }
    printf("  %-24s %9.2f %9.2f %9.2f %9.2f %8.0f %8.0f %9.1f %9.1f\n", name, r->load, r->verify,
           r->sort, total(r), r->hit, r->miss, r->peak / 1024, r->entry);
}

static void print_list(const struct list *list, const struct result results[PEERS])
{
    const struct result *us = &results[US], *openssl = &results[OPENSSL];
    double index_size = us->entry * (double)list->entries / 1048576;

    printf("\n%zu entries, %s, %.1f MB\n", list->entries, list->shape, (double)list->len / 1e6);
    printf("  %-24s %9s %9s %9s %9s %8s %8s %9s %9s\n", "", "load ms", "verify ms", "sort ms",
           "all ms", "hit ns", "miss ns", "peak MiB", "B/entry");
    for (size_t i = 0; i < PEERS; i++)
        print_row(peers[i].name, &results[i]);
    printf("  OpenSSL / libmtlsauth: to the first answer %.1f, hit %.1f, miss %.1f, memory %.1f\n",
           total(openssl) / total(us), openssl->hit / us->hit, openssl->miss / us->miss,
           openssl->peak / us->peak);
    printf("  libmtlsauth / SHA-256: load %.2f, index %.2f; peak - index %.1f MiB\n",
           us->load / results[FLOOR].load, results[INDEX].load / results[FLOOR].load,
           us->peak / 1024 - index_size);
}

static void print_json(FILE *file, const struct list *list, const struct result results[PEERS],
                       bool first)
{
    fprintf(file, "%s\n  {\"entries\": %zu, \"shape\": \"%s\", \"bytes\": %zu, \"peers\": {",
            first ? "" : ",", list->entries, list->shape, list->len);
    for (size_t i = 0, n = 0; i < PEERS; i++) {
        const struct result *r = &results[i];

        if (r->ran)
            fprintf(file,
                    "%s\n    \"%s\": {\"load_ms\": %.3f, \"verify_ms\": %.3f, \"sort_ms\": %.3f, "
                    "\"hit_ns\": %.1f, \"miss_ns\": %.1f, \"peak_kib\": %.0f, \"entry_bytes\": %.2f}",
                    n++ == 0 ? "" : ",", peers[i].name, r->load, r->verify, r->sort, r->hit, r->miss,
                    r->peak, r->entry);
    }
    fputs("}}", file);
}

static void make_ca(void)
{
    X509_NAME *name;
    unsigned char *der = NULL;
    int len;

    key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    ca = X509_new();
    must(key != NULL && ca != NULL && X509_set_version(ca, X509_VERSION_1) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(ca), 1) == 1,
         "a CA");
    name = X509_NAME_new();
    must(name != NULL &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Root", -1,
                                        -1, 0) == 1 &&
             X509_set_subject_name(ca, name) == 1 && X509_set_issuer_name(ca, name) == 1 &&
             ASN1_TIME_set_string(X509_getm_notBefore(ca), "260101000000Z") == 1 &&
             ASN1_TIME_set_string(X509_getm_notAfter(ca), "360101000000Z") == 1 &&
             X509_set_pubkey(ca, key) == 1 && X509_sign(ca, key, EVP_sha256()) > 0,
         "a CA");
    X509_NAME_free(name);
    len = i2d_X509(ca, &der);
    must(len > 0, "a CA");
    ca_der = der;
    ca_len = (size_t)len;
}

static void bench(size_t entries, size_t runs, FILE *json, bool *first)
{
    for (int sequential = 0; sequential < 2; sequential++) {
        struct result results[PEERS];
        struct list list;

        make_list(&list, entries, sequential == 1);
        for (size_t i = 0; i < PEERS; i++)
            results[i] = measure(&peers[i], &list, runs);
        print_list(&list, results);
        if (json != NULL)
            print_json(json, &list, results, *first);
        *first = false;
        free(list.der);
        free(list.hits);
        free(list.misses);
    }
}

int main(int argc, char **argv)
{
    size_t sizes[MAX_SIZES] = {10, 1000, 100000, 1000000}, count = 4, runs = 3;
    FILE *json = NULL;
    bool first = true, large = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--large") == 0) {
            large = true;
        } else if (strcmp(argv[i], "--sizes") == 0 && i + 1 < argc) {
            char *at = argv[++i];

            for (count = 0; count + 1 < MAX_SIZES && *at != '\0'; at += *at == ',')
                sizes[count++] = strtoul(at, &at, 10);
        } else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
            runs = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            json = fopen(argv[++i], "w");
            must(json != NULL, argv[i]);
        } else {
            fprintf(stderr, "usage: crl [--sizes N,N...] [--large] [--runs N] [--json FILE]\n");
            return 2;
        }
    }
    if (large)
        sizes[count++] = 10000000;
    runs = runs < 1 ? 1 : runs > MAX_RUNS ? MAX_RUNS : runs;
    make_ca();
    printf("%s; medians of %zu runs\n", mtlsauth_crypto_version(), runs);
    if (json != NULL)
        fputc('[', json);
    for (size_t i = 0; i < count; i++)
        if (sizes[i] > 0)
            bench(sizes[i], runs, json, &first);
    if (json != NULL) {
        fputs("\n]\n", json);
        fclose(json);
    }
    return EXIT_SUCCESS;
}
