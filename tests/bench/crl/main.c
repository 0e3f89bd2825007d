/* SPDX-License-Identifier: MIT */
/*
 * crl [--sizes N,N...] [--large] [--runs N] [--json FILE]
 *
 * From the octets of a signed CRL to the first answer, and the answers after it: OpenSSL, GnuTLS
 * and mbedTLS where they were found, and us. Each measurement is made in a process of its own, so
 * that peak memory is its own; peers take turns, so that what else the machine does hits all of
 * them; the median of the runs is shown. A peer that would take minutes is left out: "-".
 */
#include "bench.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>

enum { MAX_SIZES = 16, MAX_RUNS = 15, GNUTLS_MOST = 10000 };

const struct peer bench_peers[] = {
    [FLOOR] = {"floor: SHA-256, memcpy", bench_run_floor, SIZE_MAX},
    [US] = {"libmtlsauth", bench_run_us, SIZE_MAX},
    [INDEX] = {"libmtlsauth, index", bench_run_index, SIZE_MAX},
    [OPENSSL] = {"OpenSSL", bench_run_openssl, SIZE_MAX},
#ifdef HAVE_GNUTLS
    {"GnuTLS", bench_run_gnutls, GNUTLS_MOST},
#endif
#ifdef HAVE_MBEDTLS
    {"mbedTLS", bench_run_mbedtls, SIZE_MAX},
#endif
};
const size_t bench_peer_count = sizeof bench_peers / sizeof *bench_peers;

static struct list few;

/* Time of the processor: every peer is one thread that waits for nothing, and what others take of a
 * machine that is shared is not its own. */
double bench_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

double bench_peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss;
}

void bench_must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "crl: %s: %s\n", what, mtlsauth_last_error());
    exit(EXIT_FAILURE);
}

void *bench_room(size_t size)
{
    void *ptr = malloc(size);

    bench_must(ptr != NULL, "out of memory");
    return ptr;
}

double bench_sha256_ms(const uint8_t *bytes, size_t len)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned digest_len;
    double start = bench_now_ms();

    bench_must(EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL) == 1, "a digest");
    return bench_now_ms() - start;
}

/* A list of a few entries goes first: what a library does once in a process is no cost of a
 * list. */
static void run_child(const struct peer *peer, const struct list *list, struct result *result)
{
    int ends[2], status;
    pid_t child;

    fflush(NULL);
    bench_must(pipe(ends) == 0, "a pipe");
    child = fork();
    bench_must(child >= 0, "fork");
    if (child == 0) {
        struct result own = {.ran = true};

        peer->run(&few, &own);
        own = (struct result){.ran = true};
        peer->run(list, &own);
        _exit(write(ends[1], &own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], result, sizeof *result) != (ssize_t)sizeof *result)
        *result = (struct result){.ran = false};
    close(ends[0]);
    bench_must(waitpid(child, &status, 0) == child && status == 0, peer->name);
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

static struct result medians(const struct result *all, size_t runs)
{
    struct result out = {.ran = true};

    out.load = median(all, runs, offsetof(struct result, load));
    out.verify = median(all, runs, offsetof(struct result, verify));
    out.sort = median(all, runs, offsetof(struct result, sort));
    out.hit = median(all, runs, offsetof(struct result, hit));
    out.miss = median(all, runs, offsetof(struct result, miss));
    out.peak = median(all, runs, offsetof(struct result, peak));
    out.sha256 = median(all, runs, offsetof(struct result, sha256));
    out.entry = median(all, runs, offsetof(struct result, entry));
    return out;
}

static void measure(const struct list *list, size_t runs, struct result results[MAX_PEERS])
{
    struct result all[MAX_PEERS][MAX_RUNS];

    for (size_t run = 0; run < runs; run++)
        for (size_t i = 0; i < bench_peer_count; i++)
            if (list->entries <= bench_peers[i].most)
                run_child(&bench_peers[i], list, &all[i][run]);
    for (size_t i = 0; i < bench_peer_count; i++)
        results[i] = list->entries <= bench_peers[i].most ? medians(all[i], runs)
                                                          : (struct result){.ran = false};
}

static void bench(size_t entries, size_t runs, FILE *json, bool *first)
{
    for (int sequential = 0; sequential < 2; sequential++) {
        struct result results[MAX_PEERS];
        struct list list;

        bench_make_list(&list, entries, sequential == 1);
        measure(&list, runs, results);
        bench_print(&list, results);
        if (json != NULL)
            bench_print_json(json, &list, results, *first);
        *first = false;
        bench_free_list(&list);
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
            bench_must(json != NULL, argv[i]);
        } else {
            fprintf(stderr, "usage: crl [--sizes N,N...] [--large] [--runs N] [--json FILE]\n");
            return 2;
        }
    }
    if (large)
        sizes[count++] = 10000000;
    runs = runs < 1 ? 1 : runs > MAX_RUNS ? MAX_RUNS : runs;
    bench_make_ca();
    bench_make_list(&few, 10, false);
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
    bench_free_list(&few);
    return EXIT_SUCCESS;
}
