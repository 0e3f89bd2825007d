/* SPDX-License-Identifier: MIT */
/* The table that people read, and the JSON that the plot is made of. */
#include "bench.h"

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

void bench_print(const struct list *list, const struct result *results)
{
    const struct result *us = &results[US], *index = &results[INDEX], *openssl = &results[OPENSSL];
    double index_size = us->entry * (double)list->entries / 1048576;

    printf("\n%zu entries, %s, %.1f MB\n", list->entries, list->shape, (double)list->len / 1e6);
    printf("  %-24s %9s %9s %9s %9s %8s %8s %9s %9s\n", "", "load ms", "verify ms", "sort ms",
           "all ms", "hit ns", "miss ns", "peak MiB", "B/entry");
    for (size_t i = 0; i < bench_peer_count; i++)
        print_row(bench_peers[i].name, &results[i]);
    printf("  OpenSSL / libmtlsauth: to the first answer %.1f, hit %.1f, miss %.1f, memory %.1f\n",
           total(openssl) / total(us), openssl->hit / us->hit, openssl->miss / us->miss,
           openssl->peak / us->peak);
    printf("  libmtlsauth / SHA-256 of the same octets: load %.2f (%.2f ms), index %.2f (%.2f ms); "
           "peak - index %.1f MiB\n",
           us->load / us->sha256, us->sha256, index->load / index->sha256, index->sha256,
           us->peak / 1024 - index_size);
}

void bench_print_json(FILE *file, const struct list *list, const struct result *results, bool first)
{
    fprintf(file, "%s\n  {\"entries\": %zu, \"shape\": \"%s\", \"bytes\": %zu, \"peers\": {",
            first ? "" : ",", list->entries, list->shape, list->len);
    for (size_t i = 0, n = 0; i < bench_peer_count; i++) {
        const struct result *r = &results[i];

        if (r->ran)
            fprintf(
                file,
                "%s\n    \"%s\": {\"load_ms\": %.3f, \"verify_ms\": %.3f, \"sort_ms\": %.3f, "
                "\"hit_ns\": %.1f, \"miss_ns\": %.1f, \"peak_kib\": %.0f, \"entry_bytes\": %.2f, "
                "\"sha256_ms\": %.3f}",
                n++ == 0 ? "" : ",", bench_peers[i].name, r->load, r->verify, r->sort, r->hit,
                r->miss, r->peak, r->entry, r->sha256);
    }
    fputs("}}", file);
}
