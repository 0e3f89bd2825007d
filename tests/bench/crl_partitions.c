/* SPDX-License-Identifier: MIT */
/*
 * crl_partitions [--partitions N] [--entries N] [--certs N] [--runs N] [--json FILE] [--check]
 *
 * The lists of a CA that partitions them, each named by the URI of its issuingDistributionPoint,
 * against one list with the same entries: what the answer about a certificate costs that names its
 * partition, and how much memory all of it takes. The sides take turns, each in a process of its
 * own; medians of the runs. No certificate is asked about twice in a run unless --certs says that
 * there are fewer: a second question finds in the cache what the first one has looked at, and is
 * about a list of as many entries as there are certificates. Then both come from files, as
 * mtlsauth_authorizer_add_crl_dir and _add_crl_file take them.
 * --check: the exit status says whether a lookup is within 2 times, and memory within 1.2 times.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "authorizer/policy.h"
#include "forge.h"
#include "revocation/crl_set.h"
#include "support/random.h"

enum { PROBES = 50000, SERIAL = 16, ENTRY = 2 + 2 + SERIAL + 15, MAX_RUNS = 15 };

struct side {
    const char *name;
    size_t lists, entries; /* of each list */
    struct der_build *ders;
};

struct result {
    double load, memory, arrays, hit, miss, file; /* ms, octets, octets, ns, ns, ms */
};

static mtlsauth_cert *ca, *certs[2][PROBES]; /* revoked, and not */
static size_t cert_count = PROBES;
static mtlsauth_policy *policy;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "crl_partitions: %s: %s\n", what, mtlsauth_last_error());
    exit(EXIT_FAILURE);
}

/* Of the processor: what else the machine does is no matter. */
static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    must(file != NULL && fscanf(file, "%*s %ld", &pages) == 1, "/proc/self/statm");
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* Serial number of entry i of all: octets that are in no order, and the same in both sides. */
static void serial_of_entry(size_t i, uint8_t out[SERIAL])
{
    struct random random = {.state = 88172645463325252 + i * 0x9e3779b97f4a7c15};

    random_next(&random);
    random_bytes(&random, out, SERIAL);
    out[0] = (uint8_t)((out[0] & 0x7f) | 1);
}

static void put_entries(struct der_build *out, size_t from, size_t count)
{
    static const uint8_t date[] = "\x17\x0d" "260101000000Z";
    uint8_t *octets = malloc(count * ENTRY + 1), *at = octets;

    must(octets != NULL, "memory");
    for (size_t i = from; i < from + count; i++) {
        *at++ = 0x30;
        *at++ = ENTRY - 2;
        *at++ = 0x02;
        *at++ = SERIAL;
        serial_of_entry(i, at);
        at += SERIAL;
        memcpy(at, date, sizeof date - 1);
        at += sizeof date - 1;
    }
    der_begin(out, 0x30);
    der_raw(out, octets, count * ENTRY);
    der_end(out);
    free(octets);
}

static void put_uri(char out[64], size_t partition)
{
    snprintf(out, 64, "http://crl.example.com/partitions/%zu.crl", partition);
}

static void put_point(struct der_build *out, size_t partition)
{
    char uri[64];

    put_uri(uri, partition);
    der_begin(out, 0xa0);
    der_begin(out, 0xa0);
    der_add_text(out, 0x86, uri);
    der_end(out);
    der_end(out);
}

/* A list of entries from..from + count; it has an issuingDistributionPoint if it is one of
 * several. */
static struct der_build make_list(size_t from, size_t count, size_t partition, bool is_partition)
{
    static const struct forge_bytes usual = {NULL, 0};
    const struct forge spec = {.signer = 1};
    struct der_build tbs = {0}, out = {0};

    der_begin(&tbs, 0x30);
    der_add(&tbs, 0x02, "\x01", 1);
    forge_algorithm(&tbs, &usual);
    forge_name(&tbs, "CA");
    forge_time(&tbs, "260101000000Z");
    forge_time(&tbs, "270101000000Z");
    put_entries(&tbs, from, count);
    der_begin(&tbs, 0xa0);
    der_begin(&tbs, 0x30);
    forge_begin_extension(&tbs, "\x55\x1d\x14", false);
    der_add(&tbs, 0x02, "\x01", 1);
    forge_end_extension(&tbs);
    if (is_partition) {
        forge_begin_extension(&tbs, "\x55\x1d\x1c", true);
        der_begin(&tbs, 0x30);
        put_point(&tbs, partition);
        der_end(&tbs);
        forge_end_extension(&tbs);
    }
    der_end(&tbs);
    der_end(&tbs);
    der_end(&tbs);
    der_begin(&out, 0x30);
    der_raw(&out, tbs.bytes, tbs.len);
    forge_algorithm(&out, &usual);
    forge_sign(&out, &spec, tbs.bytes, tbs.len);
    der_end(&out);
    der_build_free(&tbs);
    return out;
}

static mtlsauth_cert *parse(const struct forge *spec)
{
    struct der_build der = forge(spec);
    mtlsauth_cert *cert;

    must(mtlsauth_cert_parse(&cert, der.bytes, der.len) == MTLSAUTH_OK, "a certificate");
    der_build_free(&der);
    return cert;
}

/* A certificate whose point is that of the partition where its serial is, or would be. */
static mtlsauth_cert *make_cert(size_t entry, size_t partition, bool revoked)
{
    uint8_t field[2 + SERIAL] = {0x02, SERIAL};
    struct der_build points = {0};
    struct forge_extension extension = {"\x55\x1d\x1f", false, NULL, 0};
    struct forge spec = {.subject = "client", .issuer = "CA", .unsigned_ = true,
                         .extensions = &extension, .extension_count = 1,
                         .serial_field = {(const char *)field, sizeof field}};
    mtlsauth_cert *cert;

    serial_of_entry(entry, field + 2);
    if (!revoked)
        field[2 + SERIAL - 1] ^= 1;
    der_begin(&points, 0x30);
    der_begin(&points, 0x30);
    put_point(&points, partition);
    der_end(&points);
    der_end(&points);
    extension.value = (const char *)points.bytes;
    extension.len = points.len;
    cert = parse(&spec);
    der_build_free(&points);
    return cert;
}

static void make_certs(size_t partitions, size_t entries)
{
    struct random random = {.state = 4711};

    for (size_t i = 0; i < cert_count; i++) {
        size_t entry = random_below(&random, partitions * entries);

        certs[0][i] = make_cert(entry, entry / entries, true);
        certs[1][i] = make_cert(entry, entry / entries, false);
    }
}

static double probe(const struct crl_set *set, mtlsauth_cert *const some[], int want)
{
    mtlsauth_cert *path[] = {NULL, ca};
    const struct crl_context context = {.params = &policy->revocation,
                                        .path_params = &policy->path, .path = path, .path_count = 2, .now = 1780272000};
    double start = now_ms();

    for (size_t i = 0; i < PROBES; i++) {
        struct revocation_status status;

        path[0] = some[i % cert_count];
        must(mtlsauth__crl_set_status(set, &context, 0, &status) == MTLSAUTH_OK &&
                 (int)status.state == want,
             "a wrong answer");
    }
    return (now_ms() - start) * 1e6 / PROBES;
}

static double load_files(const struct side *side)
{
    char folder[] = "/tmp/mtlsauth-partitions-XXXXXX", path[128];
    mtlsauth_truststore *store;
    mtlsauth_authorizer *authorizer;
    size_t len;
    const void *der = mtlsauth_cert_der(ca, &len);
    double start, took;

    must(mkdtemp(folder) != NULL, "a folder");
    for (size_t i = 0; i < side->lists; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/%zu.crl", folder, i);
        file = fopen(path, "wb");
        must(file != NULL && fwrite(side->ders[i].bytes, 1, side->ders[i].len, file) ==
                                 side->ders[i].len &&
                 fclose(file) == 0,
             path);
    }
    must(mtlsauth_truststore_parse(&store, der, len, NULL) == MTLSAUTH_OK &&
             mtlsauth_authorizer_new(&authorizer, store, policy) == MTLSAUTH_OK,
         "an authorizer");
    start = now_ms();
    must((side->lists > 1 ? mtlsauth_authorizer_add_crl_dir(authorizer, folder, NULL)
                          : mtlsauth_authorizer_add_crl_file(authorizer, path, NULL)) ==
             MTLSAUTH_OK,
         folder);
    took = now_ms() - start;
    for (size_t i = 0; i < side->lists; i++) {
        snprintf(path, sizeof path, "%s/%zu.crl", folder, i);
        unlink(path);
    }
    rmdir(folder);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(store);
    return took;
}

static void measure(const struct side *side, struct result *out)
{
    mtlsauth_crl **crls = calloc(side->lists, sizeof *crls);
    struct crl_set *none, *set;
    double before, start;

    must(crls != NULL && mtlsauth__crl_set_new(&none) == MTLSAUTH_OK, "a set");
    malloc_trim(0);
    before = resident();
    start = now_ms();
    for (size_t i = 0; i < side->lists; i++) {
        must(mtlsauth_crl_load(&crls[i], side->ders[i].bytes, side->ders[i].len, ca, policy,
                               NULL) == MTLSAUTH_OK,
             "load");
        out->arrays += (double)mtlsauth_crl_memory(crls[i]);
    }
    must(mtlsauth__crl_set_with_all(&set, none, crls, side->lists, INT64_MAX, NULL) == MTLSAUTH_OK, "put");
    out->load = now_ms() - start;
    malloc_trim(0);
    out->memory = resident() - before;
    out->hit = probe(set, certs[0], REVOCATION_REVOKED);
    out->miss = probe(set, certs[1], REVOCATION_GOOD);
    mtlsauth__crl_set_free(set);
    mtlsauth__crl_set_free(none);
    for (size_t i = 0; i < side->lists; i++)
        mtlsauth_crl_free(crls[i]);
    free(crls);
    out->file = load_files(side);
}

static void run(const struct side *side, struct result *result)
{
    int ends[2], status;
    pid_t child;

    fflush(NULL);
    must(pipe(ends) == 0, "a pipe");
    child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        struct result own = {0};

        measure(side, &own);
        _exit(write(ends[1], &own, sizeof own) == (ssize_t)sizeof own ? 0 : 1);
    }
    close(ends[1]);
    must(read(ends[0], result, sizeof *result) == (ssize_t)sizeof *result, side->name);
    close(ends[0]);
    must(waitpid(child, &status, 0) == child && status == 0, side->name);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Each field's own median. */
static struct result median(const struct result *runs, size_t count)
{
    enum { FIELDS = sizeof(struct result) / sizeof(double) };
    double of_run[MAX_RUNS][FIELDS], out[FIELDS], column[MAX_RUNS];
    struct result result;

    memcpy(of_run, runs, count * sizeof *runs);
    for (size_t field = 0; field < FIELDS; field++) {
        for (size_t i = 0; i < count; i++)
            column[i] = of_run[i][field];
        qsort(column, count, sizeof *column, compare);
        out[field] = column[count / 2];
    }
    memcpy(&result, out, sizeof result);
    return result;
}

static void print(const struct side *side, const struct result *r)
{
    printf("%-12s %6zu x %-9zu %8.0f %8.0f %8.1f %8.1f %8.0f %8.0f\n", side->name, side->lists,
           side->entries, r->load, r->file, r->memory / 1048576, r->arrays / 1048576, r->hit,
           r->miss);
}

static void print_json(const char *path, const struct side sides[2], const struct result r[2],
                       double lookup, double memory)
{
    FILE *file = fopen(path, "w");

    must(file != NULL, path);
    fprintf(file, "{\"sides\": [");
    for (int i = 0; i < 2; i++)
        fprintf(file,
                "%s\n  {\"name\": \"%s\", \"lists\": %zu, \"entries\": %zu, \"load_ms\": %.1f, "
                "\"from_files_ms\": %.1f, \"resident_octets\": %.0f, \"array_octets\": %.0f, "
                "\"hit_ns\": %.1f, \"miss_ns\": %.1f}",
                i == 0 ? "" : ",", sides[i].name, sides[i].lists, sides[i].entries, r[i].load,
                r[i].file, r[i].memory, r[i].arrays, r[i].hit, r[i].miss);
    fprintf(file, "\n], \"lookup_ratio\": %.3f, \"memory_ratio\": %.3f}\n", lookup, memory);
    must(fclose(file) == 0, path);
}

static void make_side(struct side *side)
{
    side->ders = calloc(side->lists, sizeof *side->ders);
    must(side->ders != NULL, "memory");
    for (size_t i = 0; i < side->lists; i++)
        side->ders[i] = make_list(i * side->entries, side->entries, i, side->lists > 1);
}

static void setup(void)
{
    const struct forge spec = {.subject = "CA", .issuer = "CA", .key = 1, .signer = 1, .ca = true,
                               .ku = FORGE_KU_CA};

    ca = parse(&spec);
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_policy_set_time(policy, 1780272000) == MTLSAUTH_OK &&
             mtlsauth_policy_allow_any(policy, "any") == MTLSAUTH_OK &&
             mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF) ==
                 MTLSAUTH_OK,
         "a policy");
}

static int bench(size_t partitions, size_t entries, size_t runs, const char *json, bool check)
{
    struct side sides[2] = {{.name = "partitions", .lists = partitions, .entries = entries},
                            {.name = "one list", .lists = 1, .entries = partitions * entries}};
    struct result medians[2], all[2][MAX_RUNS];
    double hit, miss, lookup, memory;

    setup();
    make_certs(partitions, entries);
    printf("%-12s %-18s %8s %8s %8s %8s %8s %8s\n", "", "lists x entries", "load ms", "files ms",
           "RSS MiB", "arrays", "hit ns", "miss ns");
    for (int i = 0; i < 2; i++)
        make_side(&sides[i]);
    for (size_t n = 0; n < runs; n++)
        for (int i = 0; i < 2; i++)
            run(&sides[i], &all[i][n]);
    for (int i = 0; i < 2; i++) {
        medians[i] = median(all[i], runs);
        print(&sides[i], &medians[i]);
        for (size_t n = 0; n < sides[i].lists; n++)
            der_build_free(&sides[i].ders[n]);
        free(sides[i].ders);
    }
    hit = medians[0].hit / medians[1].hit;
    miss = medians[0].miss / medians[1].miss;
    lookup = hit > miss ? hit : miss;
    memory = medians[0].memory / medians[1].memory;
    printf("partitions / one list: lookup %.2f (hit %.2f, miss %.2f), memory %.2f\n", lookup, hit,
           miss, memory);
    if (json != NULL)
        print_json(json, sides, medians, lookup, memory);
    return check && (lookup > 2 || memory > 1.2) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    size_t partitions = 10000, entries = 1000, runs = 3;
    const char *json = NULL;
    bool check = false;

    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;

        if (strcmp(argv[i], "--check") == 0) {
            check = true;
        } else if (strcmp(argv[i], "--partitions") == 0 && has_value) {
            partitions = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--entries") == 0 && has_value) {
            entries = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--certs") == 0 && has_value) {
            cert_count = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--runs") == 0 && has_value) {
            runs = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--json") == 0 && has_value) {
            json = argv[++i];
        } else {
            fprintf(stderr, "usage: crl_partitions [--partitions N] [--entries N] [--certs N] "
                            "[--runs N] [--json FILE] [--check]\n");
            return 2;
        }
    }
    runs = runs < 1 ? 1 : runs > MAX_RUNS ? MAX_RUNS : runs;
    if (partitions < 2 || entries < 1 || cert_count < 1 || cert_count > PROBES) {
        fprintf(stderr, "crl_partitions: two partitions with an entry at least, and of 1 to %d "
                        "certificates\n",
                PROBES);
        return 2;
    }
    return bench(partitions, entries, runs, json, check);
}
