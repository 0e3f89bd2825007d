/* SPDX-License-Identifier: MIT */

/*
 * ocsp_check: asks a CA's responder whether a certificate is revoked.
 *
 *     ocsp_check [-n | -N] [-t SECONDS] ISSUER CERT [URL]
 *
 *     cc -o ocsp_check ocsp_check.c common/{fetch,ocsp_fetch,s3}.c
 *        $(pkg-config --cflags --libs libmtlsauth libcurl libcrypto)
 *
 * The library makes the request and checks the answer; libcurl carries both. The connection needs
 * no trust: the answer is signed. Still, the URL comes from the certificate unless it is given, so
 * what may be fetched is narrow: http or https, no redirect, one timeout for all of it, 64 KiB.
 *
 * Exit status: 0 good, 1 revoked or unknown to the CA, 2 no answer that counts.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "common/ocsp_fetch.h"

enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_NO_ANSWER = 2 };

struct question {
    mtlsauth_cert *cert, *issuer;
    mtlsauth_policy *policy;
    mtlsauth_ocsp_request *request;
    const char *url;
    char from_cert[512];
    unsigned flags;
    long timeout;
};

static int no_answer(const char *what, const char *why)
{
    fprintf(stderr, "ocsp_check: no answer: %s: %s\n", what, why);
    return EXIT_NO_ANSWER;
}

static int ask(const struct question *question, struct fetch_answer *answer)
{
    struct fetch *fetch = fetch_new();
    char why[OCSP_WHY_LEN] = "out of memory";
    int result = -1;

    if (fetch != NULL)
        result = ocsp_fetch(fetch, question->url, question->request,
                            fetch_now() + question->timeout * 1000, 0, answer, why);
    fetch_free(fetch);
    if (result == 0)
        return 0;
    fprintf(stderr, "ocsp_check: no answer: %s\n", why);
    return EXIT_NO_ANSWER;
}

static int verify(const struct question *question, const struct fetch_answer *answer)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    int code = mtlsauth_ocsp_response_parse(&response, answer->body, answer->len), status;

    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_check(response, question->request, question->cert, question->issuer,
                                   question->policy, &result);
    mtlsauth_ocsp_response_free(response);
    if (code != MTLSAUTH_OK)
        return no_answer(mtlsauth_code_name(code), mtlsauth_last_error());
    status = mtlsauth_ocsp_result_status(result);
    mtlsauth_ocsp_result_free(result);
    puts(mtlsauth_ocsp_status_name(status));
    return status == MTLSAUTH_OCSP_GOOD ? EXIT_GOOD : EXIT_REFUSED;
}

static int prepare(struct question *question, const char *issuer, const char *cert)
{
    if (mtlsauth_cert_load_file(&question->issuer, issuer) != MTLSAUTH_OK ||
        mtlsauth_cert_load_file(&question->cert, cert) != MTLSAUTH_OK ||
        mtlsauth_policy_new(&question->policy, MTLSAUTH_PROFILE_API_GATEWAY) != MTLSAUTH_OK ||
        mtlsauth_policy_set_clock_skew(question->policy, 60) != MTLSAUTH_OK ||
        mtlsauth_ocsp_request_new(&question->request, question->cert, question->issuer,
                                  question->flags) != MTLSAUTH_OK)
        return no_answer("the question", mtlsauth_last_error());
    if (question->url != NULL)
        return 0;
    question->url = question->from_cert;
    if (mtlsauth_cert_ocsp_url(question->cert, question->from_cert, sizeof question->from_cert) !=
        MTLSAUTH_OK)
        return no_answer("the responder", mtlsauth_last_error());
    return 0;
}

int main(int argc, char *argv[])
{
    struct fetch_answer answer = {0};
    struct question question = {.timeout = 10};
    char *end = "";
    int option, status;

    while ((option = getopt(argc, argv, "nNt:")) != -1) {
        if (option == 'n')
            question.flags = MTLSAUTH_OCSP_NONCE;
        else if (option == 'N')
            question.flags = MTLSAUTH_OCSP_NONCE_REQUIRED;
        else if (option == 't')
            question.timeout = strtol(optarg, &end, 10);
        else
            return EXIT_NO_ANSWER;
    }
    if (argc - optind < 2 || argc - optind > 3 || *end != '\0' || question.timeout <= 0 ||
        question.timeout > 3600) {
        fprintf(stderr, "usage: ocsp_check [-n | -N] [-t SECONDS] ISSUER CERT [URL]\n");
        return EXIT_NO_ANSWER;
    }
    question.url = argv[optind + 2];
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return no_answer("libcurl", "it cannot be initialised");
    status = prepare(&question, argv[optind], argv[optind + 1]);
    if (status == 0)
        status = ask(&question, &answer);
    if (status == 0)
        status = verify(&question, &answer);
    fetch_answer_free(&answer);
    mtlsauth_ocsp_request_free(question.request);
    mtlsauth_policy_free(question.policy);
    mtlsauth_cert_free(question.cert);
    mtlsauth_cert_free(question.issuer);
    curl_global_cleanup();
    return status;
}
