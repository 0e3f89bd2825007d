/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* As its users ask: the list is gone through for each certificate. */
static double probe(gnutls_x509_crl_t crl, gnutls_x509_crt_t crt, const uint8_t *slots, int want)
{
    double took = 0;

    for (size_t i = 0; i < LINEAR_PROBES; i++) {
        const uint8_t *slot = slots + i * SLOT;
        double start;

        bench_must(gnutls_x509_crt_set_serial(crt, slot + 1, slot[0]) == 0, "GnuTLS: a serial");
        start = bench_now_ms();
        bench_must(gnutls_x509_crt_check_revocation(crt, &crl, 1) == want,
                   "GnuTLS: a wrong answer");
        took += bench_now_ms() - start;
    }
    return took * 1e6 / LINEAR_PROBES;
}

void bench_run_gnutls(const struct list *list, struct result *result)
{
    gnutls_datum_t data = {list->der, (unsigned)list->len};
    gnutls_datum_t issuer = {bench_ca_der, (unsigned)bench_ca_len};
    gnutls_x509_crl_t crl;
    gnutls_x509_crt_t crt;
    unsigned verdict = 1;
    double before = bench_peak_kb(), start = bench_now_ms();

    bench_must(gnutls_x509_crl_init(&crl) == 0 &&
                   gnutls_x509_crl_import(crl, &data, GNUTLS_X509_FMT_DER) == 0,
               "GnuTLS: parsing");
    result->load = bench_now_ms() - start;
    bench_must(gnutls_x509_crt_init(&crt) == 0 &&
                   gnutls_x509_crt_import(crt, &issuer, GNUTLS_X509_FMT_DER) == 0,
               "GnuTLS: the issuer");
    start = bench_now_ms();
    /* Whatever the verdict is: the CA here is no certificate that GnuTLS likes. */
    bench_must(gnutls_x509_crl_verify(crl, &crt, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &verdict) ==
                   0,
               "GnuTLS: verifying");
    result->verify = bench_now_ms() - start;
    result->peak = bench_peak_kb() - before;
    result->entry = result->peak * 1024 / (double)list->entries;
    result->hit = probe(crl, crt, list->hits, 1);
    result->miss = probe(crl, crt, list->misses, 0);
    gnutls_x509_crl_deinit(crl);
    gnutls_x509_crt_deinit(crt);
}
