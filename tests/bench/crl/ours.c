/* SPDX-License-Identifier: MIT */
/* libmtlsauth, on its public API, and what nothing that verifies can be faster than. */
#include "bench.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>

static double probe_us(const mtlsauth_crl *crl, const uint8_t *slots, int want)
{
    double start = bench_now_ms();

    for (size_t i = 0; i < PROBES; i++) {
        int found;

        bench_must(mtlsauth_crl_find(crl, slots + i * SLOT + 1, slots[i * SLOT], &found, NULL,
                                     NULL) == MTLSAUTH_OK &&
                       found == want,
                   "a wrong answer");
    }
    return (bench_now_ms() - start) * 1e6 / PROBES;
}

void bench_run_us(const struct list *list, struct result *result)
{
    mtlsauth_policy *policy;
    mtlsauth_cert *issuer = NULL;
    mtlsauth_crl *crl = NULL;
    double before, start;

    bench_must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
                   mtlsauth_cert_parse(&issuer, bench_ca_der, bench_ca_len) == MTLSAUTH_OK,
               "setup");
    before = bench_peak_kb();
    start = bench_now_ms();
    bench_must(mtlsauth_crl_load(&crl, list->der, list->len, issuer, policy, NULL) == MTLSAUTH_OK,
               "load");
    result->load = bench_now_ms() - start;
    result->peak = bench_peak_kb() - before;
    result->entry = (double)mtlsauth_crl_memory(crl) / (double)mtlsauth_crl_count(crl);
    result->hit = probe_us(crl, list->hits, 1);
    result->miss = probe_us(crl, list->misses, 0);
    result->sha256 = bench_sha256_ms(list->der, list->len);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(issuer);
    mtlsauth_policy_free(policy);
}

static double sha256_of_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    double took;
    long len;

    bench_must(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    len = ftell(file);
    bench_must(len > 0 && fseek(file, 0, SEEK_SET) == 0, path);
    bytes = bench_room((size_t)len);
    bench_must(fread(bytes, 1, (size_t)len, file) == (size_t)len, path);
    fclose(file);
    took = bench_sha256_ms(bytes, (size_t)len);
    free(bytes);
    return took;
}

/* The index of before: what a cold start costs. */
void bench_run_index(const struct list *list, struct result *result)
{
    char path[] = "/tmp/mtlsauth-bench-XXXXXX", file[64];
    mtlsauth_policy *policy;
    mtlsauth_cert *issuer = NULL;
    mtlsauth_crl *crl = NULL;
    double start;

    bench_must(mkdtemp(path) != NULL, "a folder");
    snprintf(file, sizeof file, "%s/x.idx", path);
    bench_must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
                   mtlsauth_cert_parse(&issuer, bench_ca_der, bench_ca_len) == MTLSAUTH_OK &&
                   mtlsauth_crl_load(&crl, list->der, list->len, issuer, policy, NULL) ==
                       MTLSAUTH_OK &&
                   mtlsauth_crl_save(crl, file, NULL, 0) == MTLSAUTH_OK,
               "setup");
    mtlsauth_crl_free(crl);
    start = bench_now_ms();
    bench_must(mtlsauth_crl_open_file(&crl, file, NULL, 0) == MTLSAUTH_OK, "open");
    result->load = bench_now_ms() - start;
    result->hit = probe_us(crl, list->hits, 1);
    result->miss = probe_us(crl, list->misses, 0);
    result->entry = (double)mtlsauth_crl_memory(crl) / (double)mtlsauth_crl_count(crl);
    result->sha256 = sha256_of_file(file);
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(issuer);
    mtlsauth_policy_free(policy);
    unlink(file);
    rmdir(path);
}

/* What cannot be avoided: one digest of what is signed, one copy of it. */
void bench_run_floor(const struct list *list, struct result *result)
{
    uint8_t digest[EVP_MAX_MD_SIZE], *copy = bench_room(list->tbs_len);
    unsigned len;
    double start;

    memset(copy, 1, list->tbs_len);
    start = bench_now_ms();
    bench_must(
        EVP_Digest(list->der + list->tbs_at, list->tbs_len, digest, &len, EVP_sha256(), NULL) == 1,
        "a digest");
    result->load = bench_now_ms() - start;
    start = bench_now_ms();
    memcpy(copy, list->der + list->tbs_at, list->tbs_len);
    result->verify = bench_now_ms() - start + (copy[list->tbs_len / 2] == 77 ? 1e-9 : 0);
    free(copy);
}
