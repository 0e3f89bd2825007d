/* SPDX-License-Identifier: MIT */
/*
 * ocsp: what a request and the check of a response cost, beside libcrypto used as its manual says:
 * the certificates are parsed once on both sides, the peer has its store and the issuer's decoded
 * key at hand. Rounds of both alternate, and the median of each side counts.
 *
 *     request   OCSP_cert_to_id, OCSP_request_add0_id, i2d_OCSP_REQUEST
 *     response, delegated
 *               d2i_OCSP_RESPONSE, OCSP_response_get1_basic, OCSP_basic_verify,
 * OCSP_resp_find_status, OCSP_check_validity
 *
 * Prints a table and a line of JSON; exits 1 when a ratio is above 1.05.
 */
#include <openssl/ocsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"

enum { ROUNDS = 31 };

static const double most = 1.05;

struct subject {
    mtlsauth_cert *leaf, *issuer;
    mtlsauth_policy *policy;
    X509 *native_leaf, *native_issuer;
    X509_STORE *store;
    struct der_build response, direct, delegated;
};

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, mtlsauth_last_error());
    exit(2);
}

static void ours_request(const struct subject *subject)
{
    mtlsauth_ocsp_request *request;
    size_t len;

    must(mtlsauth_ocsp_request_new(&request, subject->leaf, subject->issuer, 0) == MTLSAUTH_OK &&
             mtlsauth_ocsp_request_der(request, &len) != NULL,
         "our request");
    mtlsauth_ocsp_request_free(request);
}

static void peer_request(const struct subject *subject)
{
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    unsigned char *der = NULL;

    must(OCSP_request_add0_id(request, OCSP_cert_to_id(EVP_sha1(), subject->native_leaf,
                                                       subject->native_issuer)) != NULL &&
             i2d_OCSP_REQUEST(request, &der) > 0,
         "the peer's request");
    OPENSSL_free(der);
    OCSP_REQUEST_free(request);
}

static void ours_response(const struct subject *subject)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;

    must(mtlsauth_ocsp_response_parse(&response, subject->response.bytes, subject->response.len) ==
                 MTLSAUTH_OK &&
             mtlsauth_ocsp_check(response, NULL, subject->leaf, subject->issuer, subject->policy,
                                 &result) == MTLSAUTH_OK &&
             mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_GOOD,
         "our response");
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
}

static void peer_response(const struct subject *subject)
{
    const unsigned char *at = subject->response.bytes;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)subject->response.len);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), subject->native_leaf, subject->native_issuer);
    STACK_OF(X509) *chain = sk_X509_new_null();
    ASN1_GENERALIZEDTIME *this_update, *next_update;
    int status = -1, reason;

    sk_X509_push(chain, subject->native_issuer);
    must(OCSP_basic_verify(basic, chain, subject->store, 0) == 1, "the peer's verification");
    must(OCSP_resp_find_status(basic, id, &status, &reason, NULL, &this_update, &next_update) ==
                 1 &&
             status == V_OCSP_CERTSTATUS_GOOD,
         "the peer's status");
    must(OCSP_check_validity(this_update, next_update, 2000000000, -1) >= 0, "its validity");
    sk_X509_free(chain);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double round_of(void (*run)(const struct subject *), const struct subject *subject,
                       int times)
{
    double start = seconds();

    for (int i = 0; i < times; i++)
        run(subject);
    return (seconds() - start) / times * 1e6;
}

static double measure(const char *name, void (*ours)(const struct subject *),
                      void (*peer)(const struct subject *), const struct subject *subject,
                      int times, char *json, size_t room)
{
    double mine[ROUNDS], theirs[ROUNDS], ratio;

    round_of(ours, subject, times);
    round_of(peer, subject, times);
    for (int i = 0; i < ROUNDS; i++) {
        mine[i] = round_of(ours, subject, times);
        theirs[i] = round_of(peer, subject, times);
    }
    qsort(mine, ROUNDS, sizeof mine[0], compare);
    qsort(theirs, ROUNDS, sizeof theirs[0], compare);
    ratio = mine[ROUNDS / 2] / theirs[ROUNDS / 2];
    printf("%-10s %12.2f %12.2f %10.2f\n", name, mine[ROUNDS / 2], theirs[ROUNDS / 2], ratio);
    snprintf(json + strlen(json), room - strlen(json),
             "%s\"%s\":{\"us\":%.2f,\"libcrypto_us\":%.2f,\"ratio\":%.3f}",
             json[1] == '\0' ? "" : ",", name, mine[ROUNDS / 2], theirs[ROUNDS / 2], ratio);
    return ratio;
}

static X509 *native(const struct der_build *der)
{
    const unsigned char *at = der->bytes;

    return d2i_X509(NULL, &at, (long)der->len);
}

static void prepare(struct subject *subject)
{
    struct der_build leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct der_build issuer = ob_make_cert(
        &(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
    struct der_build delegate;

    must(mtlsauth_cert_parse(&subject->leaf, leaf.bytes, leaf.len) == MTLSAUTH_OK &&
             mtlsauth_cert_parse(&subject->issuer, issuer.bytes, issuer.len) == MTLSAUTH_OK &&
             mtlsauth_policy_new(&subject->policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_policy_set_time(subject->policy, OB_NOW) == MTLSAUTH_OK,
         "our certificates");
    subject->native_leaf = native(&leaf);
    subject->native_issuer = native(&issuer);
    subject->store = X509_STORE_new();
    X509_STORE_add_cert(subject->store, subject->native_issuer);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(subject->store), OB_NOW);
    delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                              .key = OB_DELEGATE,
                                              .eku = OB_EKU_OCSP,
                                              .eku_len = sizeof OB_EKU_OCSP - 1,
                                              .no_check = true});
    subject->direct = ob_make_response(&(struct ob_response){0});
    subject->delegated = ob_make_response(&(struct ob_response){
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1});
    der_build_free(&delegate);
    der_build_free(&leaf);
    der_build_free(&issuer);
}

int main(void)
{
    struct subject subject = {0};
    char json[512] = "{";
    double request, response, delegated;

    prepare(&subject);
    printf("%-10s %12s %12s %10s   (us, medians of %d rounds)\n", "", "libmtlsauth", "libcrypto",
           "ratio", ROUNDS);
    request = measure("request", ours_request, peer_request, &subject, 1000, json, sizeof json);
    subject.response = subject.direct;
    response = measure("response", ours_response, peer_response, &subject, 100, json, sizeof json);
    subject.response = subject.delegated;
    delegated =
        measure("delegated", ours_response, peer_response, &subject, 100, json, sizeof json);
    printf("%s}\n", json);
    mtlsauth_cert_free(subject.leaf);
    mtlsauth_cert_free(subject.issuer);
    mtlsauth_policy_free(subject.policy);
    X509_free(subject.native_leaf);
    X509_free(subject.native_issuer);
    X509_STORE_free(subject.store);
    der_build_free(&subject.direct);
    der_build_free(&subject.delegated);
    return request <= most && response <= most && delegated <= most ? EXIT_SUCCESS : EXIT_FAILURE;
}
