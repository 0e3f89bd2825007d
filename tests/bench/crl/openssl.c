/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <string.h>

static ASN1_INTEGER **openssl_serials(const uint8_t *slots)
{
    ASN1_INTEGER **out = bench_room(PROBES * sizeof *out);

    for (size_t i = 0; i < PROBES; i++) {
        uint8_t der[SLOT + 2] = {0x02};
        const uint8_t *at = der;

        memcpy(der + 1, slots + i * SLOT, SLOT);
        out[i] = d2i_ASN1_INTEGER(NULL, &at, 2 + slots[i * SLOT]);
        bench_must(out[i] != NULL, "a serial");
    }
    return out;
}

static double probe_openssl(X509_CRL *crl, ASN1_INTEGER **serials, int want)
{
    double start = bench_now_ms();

    for (size_t i = 0; i < PROBES; i++) {
        X509_REVOKED *revoked;

        bench_must((X509_CRL_get0_by_serial(crl, &revoked, serials[i]) != 0) == (want != 0),
                   "OpenSSL: a wrong answer");
    }
    return (bench_now_ms() - start) * 1e6 / PROBES;
}

void bench_run_openssl(const struct list *list, struct result *result)
{
    const uint8_t *at = list->der;
    ASN1_INTEGER **hits = openssl_serials(list->hits), **misses = openssl_serials(list->misses);
    double before = bench_peak_kb(), start = bench_now_ms();
    X509_REVOKED *revoked;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)list->len);

    bench_must(crl != NULL, "OpenSSL: parsing");
    result->load = bench_now_ms() - start;
    start = bench_now_ms();
    bench_must(X509_CRL_verify(crl, X509_get0_pubkey(bench_ca)) == 1, "OpenSSL: verifying");
    result->verify = bench_now_ms() - start;
    start = bench_now_ms();
    (void)X509_CRL_get0_by_serial(crl, &revoked, hits[0]);
    result->sort = bench_now_ms() - start;
    result->peak = bench_peak_kb() - before;
    result->entry = result->peak * 1024 / (double)list->entries;
    result->hit = probe_openssl(crl, hits, 1);
    result->miss = probe_openssl(crl, misses, 0);
    X509_CRL_free(crl);
}
