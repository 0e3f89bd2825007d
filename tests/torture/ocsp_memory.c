/* SPDX-License-Identifier: MIT */
/*
 * ocsp_memory [COUNT]: bad responses, one after the other, checked and put into an authorizer, and
 * the memory of the process stays as it is (CVE-2016-6304). COUNT is 1,000,000 unless given; a
 * quarter of the time goes to signatures that do not verify, so by default the run stops after 20
 * seconds, too.
 */
#include <stdio.h>
#include <time.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"

/* What an allocator may hold back; a leak of one byte a response is above it. */
enum { MOST_GROWTH_KB = 512, WARM_UP = 5000 };

static long resident_kb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long total, resident = -1;

    if (file != NULL && fscanf(file, "%ld %ld", &total, &resident) != 2)
        resident = -1;
    if (file != NULL)
        fclose(file);
    return resident < 0 ? -1 : resident * 4;
}

static mtlsauth_cert *parse(const struct ob_cert *spec)
{
    struct der_build der = ob_make_cert(spec);
    mtlsauth_cert *cert = NULL;

    if (mtlsauth_cert_parse(&cert, der.bytes, der.len) != MTLSAUTH_OK)
        abort();
    der_build_free(&der);
    return cert;
}

/* Two authorizers: one knows the issuer, and refuses what it did not sign; the other cannot
 * tell. */
static mtlsauth_authorizer *make_authorizer(const struct der_build *trusted,
                                            mtlsauth_policy *policy)
{
    mtlsauth_truststore *store = NULL;
    mtlsauth_authorizer *authorizer = NULL;

    if (mtlsauth_truststore_parse(&store, trusted->bytes, trusted->len, NULL) != MTLSAUTH_OK ||
        mtlsauth_authorizer_new(&authorizer, store, policy) != MTLSAUTH_OK)
        abort();
    mtlsauth_truststore_free(store);
    return authorizer;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000, before = -1, i;
    mtlsauth_cert *leaf = parse(&(struct ob_cert){.key = OB_LEAF});
    mtlsauth_cert *issuer =
        parse(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
    struct der_build cert = ob_make_cert(&(struct ob_cert){
        .subject = "ocsp", .key = OB_DELEGATE, .eku = OB_EKU_CLIENT, .eku_len = 12});
    struct der_build broken = ob_make_response(&(struct ob_response){.broken = true});
    struct der_build bad[] = {
        ob_make_response(&(struct ob_response){.status = 3, .no_bytes = true}),
        ob_make_response(&(struct ob_response){.produced_at = "20260601010000.5Z"}),
        ob_make_response(&(struct ob_response){.version_2 = true}),
        ob_make_response(&(struct ob_response){.has_nonce = true}),
        ob_make_response(&(struct ob_response){
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&cert}, .cert_count = 1}),
        ob_make_response(&(struct ob_response){.signer = OB_DELEGATE, .responder = "ocsp"}),
    };
    mtlsauth_policy *policy = NULL;
    struct der_build ca = ob_make_cert(&(struct ob_cert){
        .subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
    struct der_build other = ob_make_cert(&(struct ob_cert){.subject = "other",
                                                            .issuer = "other",
                                                            .key = OB_OTHER_CA,
                                                            .signer = OB_OTHER_CA,
                                                            .ca = true});
    mtlsauth_authorizer *knows, *cannot_tell;
    time_t start = time(NULL);
    long after;

    if (mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_STRICT) != MTLSAUTH_OK ||
        mtlsauth_policy_set_time(policy, OB_NOW) != MTLSAUTH_OK ||
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF) !=
            MTLSAUTH_OK)
        abort();
    knows = make_authorizer(&ca, policy);
    cannot_tell = make_authorizer(&other, policy);
    for (i = 0; i < count && time(NULL) - start < 20; i++) {
        const struct der_build *der =
            i % 64 == 0 ? &broken : &bad[(size_t)i % (sizeof bad / sizeof bad[0])];
        mtlsauth_ocsp_response *response = NULL;
        mtlsauth_ocsp_result *result = NULL;

        if (mtlsauth_ocsp_response_parse(&response, der->bytes, der->len) == MTLSAUTH_OK &&
            mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result) == MTLSAUTH_OK) {
            puts("FAIL: a bad response was taken");
            return EXIT_FAILURE;
        }
        mtlsauth_ocsp_response_free(response);
        if (mtlsauth_authorizer_put_ocsp_response(knows, der->bytes, der->len) == MTLSAUTH_OK) {
            puts("FAIL: a bad response was put");
            return EXIT_FAILURE;
        }
        /* It is kept, at most, until there are as many as are taken. */
        if (mtlsauth_authorizer_put_ocsp_response(cannot_tell, der->bytes, der->len) > MTLSAUTH_OK)
            abort();
        if (i == WARM_UP)
            before = resident_kb();
    }
    after = resident_kb();
    printf("%ld bad responses: %ld kB, then %ld kB\n", i, before, after);
    for (size_t n = 0; n < sizeof bad / sizeof bad[0]; n++)
        der_build_free(&bad[n]);
    der_build_free(&broken);
    der_build_free(&cert);
    der_build_free(&ca);
    der_build_free(&other);
    mtlsauth_authorizer_free(knows);
    mtlsauth_authorizer_free(cannot_tell);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
    return before >= 0 && after - before > MOST_GROWTH_KB ? EXIT_FAILURE : EXIT_SUCCESS;
}
