/* SPDX-License-Identifier: MIT */
/*
 * authorize [--quick] [--json FILE]
 *
 * A client's PEM in, the decision out: us, OpenSSL (PEM parse and X509_verify_cert) and GnuTLS
 * where it was found (import and gnutls_x509_trust_list_verify_crt2), with root and intermediate in
 * the store, and the signature checks that nobody can avoid. Each measurement is made in a process
 * of its own; medians are shown, of the processor's time, and with several threads of the clock's.
 * A peer that would take minutes is left out: "-". --quick is for a look: fewer cells of the table.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OPENSSL_MOST = 100000, SIZES = 3, TURNS = 3 };

static const char *const types[] = {"P-256", "RSA-2048", "Ed25519"};
static const size_t stores[] = {2, 1000}, sizes[SIZES] = {0, 100000, 1000000};

/* A line of the table. */
struct cell {
    const char *type;
    size_t cas, entries;
    struct figures us, openssl, gnutls;
};

struct results {
    struct cell cells[sizeof types / sizeof types[0] * 2 * SIZES];
    size_t count;
    struct figures floors[sizeof types / sizeof types[0]];
    struct figures threads, reload, rules;
};

static const char *const rule_names[RULES_COUNT] = {
    [RULES_EXACT_ONE] = "1 exact",
    [RULES_EXACT_MANY] = "1,000 exact",
    [RULES_PATTERN_ONE] = "1 pattern",
    [RULES_PATTERNS] = "1,000 patterns",
    [RULES_PATTERNS_ALIKE] = "1,000 patterns that begin alike",
    [RULES_BLOCK] = "1 pattern, 100,000 blocked names",
    [RULES_BLOCK_WILDCARD] = "the same, a certificate of *.example.com",
    [RULES_DENIED] = "1,000 exact, none of which holds",
};

static double read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

double now_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double spent_us(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "authorize: %s: %s\n", what, mtlsauth_last_error());
    _exit(EXIT_FAILURE);
}

void *room(size_t size)
{
    void *ptr = malloc(size);

    must(ptr != NULL, "out of memory");
    return ptr;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

double median_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count == 0 ? 0 : values[count / 2];
}

static struct figures measure(measurement *run, const struct world *world)
{
    struct figures figures = {.ran = false};
    int ends[2], status = 1;
    pid_t child;

    must(pipe(ends) == 0, "pipe");
    fflush(NULL);
    child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        run(world, &figures);
        figures.ran = true;
        _exit(write(ends[1], &figures, sizeof figures) == (ssize_t)sizeof figures ? 0 : 1);
    }
    close(ends[1]);
    must(read(ends[0], &figures, sizeof figures) == (ssize_t)sizeof figures &&
             waitpid(child, &status, 0) == child && status == 0,
         "a measurement failed");
    close(ends[0]);
    return figures;
}

static void show(int digits, const struct figures *figures, double value)
{
    if (figures->ran)
        printf(" %9.*f", digits, value);
    else
        printf(" %9s", "-");
}

static void show_cell(const struct cell *cell)
{
    printf("%-9s %5zu %8zu |", cell->type, cell->cas, cell->entries);
    show(1, &cell->us, cell->us.load_ms);
    show(1, &cell->openssl, cell->openssl.load_ms);
    show(1, &cell->gnutls, cell->gnutls.load_ms);
    printf(" |");
    show(1, &cell->us, cell->us.first);
    show(1, &cell->us, cell->us.fresh);
    show(2, &cell->us, cell->us.seen);
    show(1, &cell->openssl, cell->openssl.fresh);
    show(1, &cell->gnutls, cell->gnutls.fresh);
    printf(" |");
    show(2, &cell->openssl, cell->us.fresh / cell->openssl.fresh);
    show(0, &cell->openssl, cell->openssl.fresh / cell->us.seen);
    printf("\n");
    fflush(stdout);
}

/* The peers take turns, so that what else the machine does meets all of them. */
static struct figures middle_of(const struct figures turns[TURNS])
{
    struct figures middle = turns[0];
    double loads[TURNS], firsts[TURNS], fresh[TURNS], seen[TURNS];

    for (size_t i = 0; i < TURNS; i++) {
        loads[i] = turns[i].load_ms;
        firsts[i] = turns[i].first;
        fresh[i] = turns[i].fresh;
        seen[i] = turns[i].seen;
    }
    middle.load_ms = median_of(loads, TURNS);
    middle.first = median_of(firsts, TURNS);
    middle.fresh = median_of(fresh, TURNS);
    middle.seen = median_of(seen, TURNS);
    return middle;
}

static void run_cell(struct results *results, const struct world *world)
{
    struct cell *cell = &results->cells[results->count++];
    struct figures us[TURNS], openssl[TURNS] = {{.ran = false}}, gnutls[TURNS] = {{.ran = false}};

    *cell = (struct cell){.type = world->type, .cas = world->cas, .entries = world->entries};
    for (size_t i = 0; i < TURNS; i++) {
        us[i] = measure(measure_us, world);
        if (world->entries <= OPENSSL_MOST)
            openssl[i] = measure(measure_openssl, world);
#ifdef HAVE_GNUTLS
        if (world->entries == 0)
            gnutls[i] = measure(measure_gnutls, world);
#endif
    }
    cell->us = middle_of(us);
    cell->openssl = middle_of(openssl);
    cell->gnutls = middle_of(gnutls);
    show_cell(cell);
}

static void run_type(struct results *results, size_t type, bool quick)
{
    struct world world;

    world_make(&world, types[type]);
    for (size_t size = 0; size < SIZES; size++) {
        world_set_entries(&world, sizes[size]);
        for (size_t store = 0; store < 2; store++) {
            if (quick && store > 0 && size > 0)
                continue;
            world_set_cas(&world, stores[store]);
            run_cell(results, &world);
        }
    }
    results->floors[type] = measure(measure_floor, &world);
    printf("%-9s the floor: one signature %.1f, two %.1f, keys decoded\n", types[type],
           results->floors[type].floors[0], results->floors[type].floors[1]);
    if (type == 0) {
        world_set_cas(&world, stores[0]);
        results->threads = measure(measure_threads, &world);
        results->reload = measure(measure_reload, &world);
        results->rules = measure(measure_rules, &world);
    }
    world_free(&world);
}

static void show_threads(const struct results *results)
{
    const double *rate = results->threads.rate;
    const struct figures *reload = &results->reload;

    printf("answers a second, chains seen before, P-256, a CRL of 1 M: 1 thread %.0f, 2 threads "
           "%.0f (%.2f times)\n",
           rate[0], rate[1], rate[1] / rate[0]);
    printf("the same with a swap every 100 ms: %.0f, %.0f (%.2f times; %.2f times 1 thread "
           "without)\n",
           rate[2], rate[3], rate[3] / rate[2], rate[3] / rate[0]);
    rate = results->threads.cpu_rate;
    printf("of the processor's time, whatever else the machine does: 2 threads %.2f times 1, %.2f "
           "with swaps\n",
           rate[1] / rate[0], rate[3] / rate[0]);
    printf(
        "an answer, us: median %.2f, 99.9 %% %.1f, slowest %.1f; while 1 M entries are compiled: "
        "%.2f, %.1f, %.1f; a swap %.1f\n",
        reload->median, reload->high, reload->highest, reload->median_reload, reload->high_reload,
        reload->highest_reload, reload->swap);
}

static void show_rules(const struct figures *figures)
{
    printf("a chain seen before, P-256, no CRL, by rules, us:\n");
    for (size_t i = 0; i < RULES_COUNT; i++)
        printf("  %-42s %8.2f (%.2f times the first)\n", rule_names[i], figures->rules[i],
               figures->rules[i] / figures->rules[0]);
}

static void write_peer(FILE *out, const char *name, const struct figures *figures)
{
    if (!figures->ran)
        return;
    fprintf(out, ",\"%s\":{\"load_ms\":%.3f,\"first_us\":%.2f,\"new_us\":%.2f,\"seen_us\":%.3f}",
            name, figures->load_ms, figures->first, figures->fresh, figures->seen);
}

static void write_json(FILE *out, const struct results *results)
{
    const struct figures *threads = &results->threads, *reload = &results->reload;

    fprintf(out, "{\"chains\":[");
    for (size_t i = 0; i < results->count; i++) {
        const struct cell *cell = &results->cells[i];

        fprintf(out, "%s\n{\"key\":\"%s\",\"cas\":%zu,\"entries\":%zu", i == 0 ? "" : ",",
                cell->type, cell->cas, cell->entries);
        write_peer(out, "libmtlsauth", &cell->us);
        write_peer(out, "OpenSSL", &cell->openssl);
        write_peer(out, "GnuTLS", &cell->gnutls);
        fprintf(out, "}");
    }
    fprintf(out, "],\n\"floor_us\":{");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        fprintf(out, "%s\"%s\":[%.2f,%.2f]", i == 0 ? "" : ",", types[i],
                results->floors[i].floors[0], results->floors[i].floors[1]);
    fprintf(out,
            "},\n\"answers_a_second\":{\"one_thread\":%.0f,\"two_threads\":%.0f,"
            "\"one_with_swaps\":%.0f,\"two_with_swaps\":%.0f},\n",
            threads->rate[0], threads->rate[1], threads->rate[2], threads->rate[3]);
    fprintf(out, "\"of_processor_time\":{\"two_threads\":%.3f,\"two_with_swaps\":%.3f},\n",
            threads->cpu_rate[1] / threads->cpu_rate[0],
            threads->cpu_rate[3] / threads->cpu_rate[0]);
    fprintf(out, "\"rules_us\":{");
    for (size_t i = 0; i < RULES_COUNT; i++)
        fprintf(out, "%s\"%s\":%.3f", i == 0 ? "" : ",", rule_names[i], results->rules.rules[i]);
    fprintf(out, "},\n");
    fprintf(out,
            "\"reload_us\":{\"median\":%.3f,\"p999\":%.2f,\"slowest\":%.2f,\"median_during\":%.3f,"
            "\"p999_during\":%.2f,\"slowest_during\":%.2f,\"swap\":%.2f}}\n",
            reload->median, reload->high, reload->highest, reload->median_reload,
            reload->high_reload, reload->highest_reload, reload->swap);
}

int main(int argc, char **argv)
{
    static struct results results;
    const char *json = NULL;
    bool quick = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            quick = true;
        } else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            json = argv[++i];
        } else {
            fprintf(stderr, "usage: authorize [--quick] [--json FILE]\n");
            return 2;
        }
    }
    printf("%-9s %5s %8s | %9s %9s %9s | %9s %9s %9s %9s %9s | %9s %9s\n", "key", "CAs", "CRL",
           "load ms", "OpenSSL", "GnuTLS", "first us", "new", "seen", "OpenSSL", "GnuTLS",
           "new/OSSL", "OSSL/seen");
    for (size_t type = 0; type < sizeof types / sizeof types[0]; type++)
        run_type(&results, type, quick);
    show_threads(&results);
    show_rules(&results.rules);
    if (json != NULL) {
        FILE *out = fopen(json, "w");

        must(out != NULL, json);
        write_json(out, &results);
        must(fclose(out) == 0, json);
    }
    return EXIT_SUCCESS;
}
