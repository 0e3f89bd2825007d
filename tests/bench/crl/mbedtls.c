/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

/* What version 3 hides, and offers no other way to. */
#ifdef MBEDTLS_PRIVATE
#define FIELD(name) MBEDTLS_PRIVATE(name)
#else
#define FIELD(name) name
#endif

/* mbedtls_x509_crt_verify does the same, each time that it is asked of a certificate. */
static bool verify(const mbedtls_x509_crl *crl, mbedtls_x509_crt *ca)
{
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(crl->FIELD(sig_md));
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];

    return md != NULL && mbedtls_md(md, crl->tbs.p, crl->tbs.len, hash) == 0 &&
           mbedtls_pk_verify_ext(crl->FIELD(sig_pk), crl->FIELD(sig_opts), &ca->pk,
                                 crl->FIELD(sig_md), hash, mbedtls_md_get_size(md),
                                 crl->FIELD(sig).p, crl->FIELD(sig).len) == 0;
}

static double probe(const mbedtls_x509_crl *crl, const uint8_t *slots, int want)
{
    double start = bench_now_ms();

    for (size_t i = 0; i < LINEAR_PROBES; i++) {
        const uint8_t *slot = slots + i * SLOT;
        mbedtls_x509_crt crt = {
            .serial = {.p = (unsigned char *)(uintptr_t)(slot + 1), .len = slot[0]}};

        bench_must(mbedtls_x509_crt_is_revoked(&crt, crl) == want, "mbedTLS: a wrong answer");
    }
    return (bench_now_ms() - start) * 1e6 / LINEAR_PROBES;
}

void bench_run_mbedtls(const struct list *list, struct result *result)
{
    mbedtls_x509_crl crl;
    mbedtls_x509_crt ca;
    double before, start;

    mbedtls_x509_crl_init(&crl);
    mbedtls_x509_crt_init(&ca);
    bench_must(mbedtls_x509_crt_parse_der(&ca, bench_ca_der, bench_ca_len) == 0,
               "mbedTLS: the issuer");
    before = bench_peak_kb();
    start = bench_now_ms();
    bench_must(mbedtls_x509_crl_parse_der(&crl, list->der, list->len) == 0, "mbedTLS: parsing");
    result->load = bench_now_ms() - start;
    start = bench_now_ms();
    bench_must(verify(&crl, &ca), "mbedTLS: verifying");
    result->verify = bench_now_ms() - start;
    result->peak = bench_peak_kb() - before;
    result->entry = result->peak * 1024 / (double)list->entries;
    result->hit = probe(&crl, list->hits, 1);
    result->miss = probe(&crl, list->misses, 0);
    mbedtls_x509_crl_free(&crl);
    mbedtls_x509_crt_free(&ca);
}
