/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>
#ifdef HAVE_GNUTLS
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#endif

enum { LOADS = 3, CALLS = 200, CALLS_WITH_CRL = 60, GNUTLS_CALLS = 100, CHECKS = 300 };

static X509_CRL *read_crl(struct bytes der)
{
    const uint8_t *at = der.ptr;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);

    must(crl != NULL, "OpenSSL: a CRL");
    return crl;
}

static X509_STORE *openssl_store(const struct world *world)
{
    BIO *bio = BIO_new_mem_buf(world->bundle.ptr, (int)world->bundle.len);
    X509_STORE *store = X509_STORE_new();
    X509 *cert;

    while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        must(X509_STORE_add_cert(store, cert) == 1, "OpenSSL: a CA");
        X509_free(cert);
    }
    BIO_free(bio);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), BENCH_NOW);
    X509_VERIFY_PARAM_set_purpose(X509_STORE_get0_param(store), X509_PURPOSE_SSL_CLIENT);
    return store;
}

static void openssl_ask(X509_STORE *store, struct bytes pem)
{
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();

    must(leaf != NULL && ctx != NULL && X509_STORE_CTX_init(ctx, store, leaf, NULL) == 1 &&
             X509_verify_cert(ctx) == 1,
         "OpenSSL: a chain");
    X509_STORE_CTX_free(ctx);
    X509_free(leaf);
    BIO_free(bio);
}

void measure_openssl(const struct world *world, struct figures *out)
{
    size_t calls = world->entries > 0 ? CALLS_WITH_CRL : CALLS;
    double times[CALLS], loads[LOADS];
    X509_STORE *store = NULL;

    for (size_t i = 0; i < LOADS; i++) {
        double start;

        X509_STORE_free(store);
        start = spent_us();
        store = openssl_store(world);
        loads[i] = (spent_us() - start) / 1e3;
    }
    out->load_ms = median_of(loads, LOADS);
    if (world->entries > 0) {
        X509_CRL *of_root = read_crl(world->root_crl), *of_issuer = read_crl(world->issuer_crl);

        must(X509_STORE_add_crl(store, of_root) == 1 && X509_STORE_add_crl(store, of_issuer) == 1 &&
                 X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) ==
                     1,
             "OpenSSL: CRLs");
        X509_CRL_free(of_root);
        X509_CRL_free(of_issuer);
    }
    for (size_t i = 0; i < 10; i++)
        openssl_ask(store, world->leaves[i]);
    for (size_t i = 0; i < calls; i++) {
        double start = spent_us();

        openssl_ask(store, world->leaves[i % LEAVES]);
        times[i] = spent_us() - start;
    }
    /* It remembers no chain. */
    out->first = out->fresh = out->seen = median_of(times, calls);
    X509_STORE_free(store);
}

static double check_us(X509 *subject, EVP_PKEY *key)
{
    double times[CHECKS];

    for (size_t i = 0; i < CHECKS; i++) {
        double start = spent_us();

        must(X509_verify(subject, key) == 1, "a signature");
        times[i] = spent_us() - start;
    }
    return median_of(times, CHECKS);
}

/* What cannot be avoided of a path of three, of which the leaf's signature is one. */
void measure_floor(const struct world *world, struct figures *out)
{
    BIO *bio = BIO_new_mem_buf(world->leaves[0].ptr, (int)world->leaves[0].len);
    X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);

    must(leaf != NULL, "a leaf");
    out->floors[0] = check_us(leaf, world->issuer_key);
    out->floors[1] = out->floors[0] + check_us(world->issuer, world->root_key);
    X509_free(leaf);
    BIO_free(bio);
}

#ifdef HAVE_GNUTLS
static time_t the_time(time_t *out)
{
    if (out != NULL)
        *out = BENCH_NOW;
    return BENCH_NOW;
}

static gnutls_x509_trust_list_t gnutls_list(const struct world *world)
{
    const gnutls_datum_t pem = {world->bundle.ptr, (unsigned)world->bundle.len};
    gnutls_x509_trust_list_t list;

    must(gnutls_x509_trust_list_init(&list, 0) == 0 &&
             gnutls_x509_trust_list_add_trust_mem(list, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0) > 0,
         "GnuTLS: a bundle");
    return list;
}

static void gnutls_ask(gnutls_x509_trust_list_t list, struct bytes pem)
{
    const gnutls_datum_t data = {pem.ptr, (unsigned)pem.len};
    unsigned status = 1;
    gnutls_x509_crt_t leaf;

    must(gnutls_x509_crt_init(&leaf) == 0 &&
             gnutls_x509_crt_import(leaf, &data, GNUTLS_X509_FMT_PEM) == 0 &&
             gnutls_x509_trust_list_verify_crt2(list, &leaf, 1, NULL, 0, 0, &status, NULL) == 0 &&
             status == 0,
         "GnuTLS: a chain");
    gnutls_x509_crt_deinit(leaf);
}

/* Without a CRL: its import is quadratic (docs/performance.md). */
void measure_gnutls(const struct world *world, struct figures *out)
{
    gnutls_x509_trust_list_t list = NULL;
    double times[GNUTLS_CALLS], loads[LOADS];

    gnutls_global_set_time_function(the_time);
    for (size_t i = 0; i < LOADS; i++) {
        double start;

        if (list != NULL)
            gnutls_x509_trust_list_deinit(list, 1);
        start = spent_us();
        list = gnutls_list(world);
        loads[i] = (spent_us() - start) / 1e3;
    }
    out->load_ms = median_of(loads, LOADS);
    for (size_t i = 0; i < 10; i++)
        gnutls_ask(list, world->leaves[i]);
    for (size_t i = 0; i < GNUTLS_CALLS; i++) {
        double start = spent_us();

        gnutls_ask(list, world->leaves[i % LEAVES]);
        times[i] = spent_us() - start;
    }
    out->first = out->fresh = out->seen = median_of(times, GNUTLS_CALLS);
    gnutls_x509_trust_list_deinit(list, 1);
}
#endif
