/* SPDX-License-Identifier: MIT */

/*
 * ocsp_check: asks a CA's responder whether a certificate is revoked.
 *
 *     ocsp_check [-n | -N] [-t SECONDS] ISSUER CERT [URL]
 *
 * The library makes the request and checks the answer; libcurl carries both. The connection needs no
 * trust: the answer is signed. Still, the URL comes from the certificate unless it is given, so what
 * may be fetched is narrow: http or https, no redirect, one timeout for all of it, 64 KiB.
 *
 * Exit status: 0 good, 1 revoked or unknown to the CA, 2 no answer that counts.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>

enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_NO_ANSWER = 2 };

struct body {
    unsigned char bytes[MTLSAUTH_MAX_OCSP_BYTES];
    size_t len;
    int too_large;
};

struct question {
    mtlsauth_cert *cert, *issuer;
    mtlsauth_policy *policy;
    mtlsauth_ocsp_request *request;
    const char *url;
    char from_cert[512];
    unsigned flags;
    long timeout;
};

static size_t take(char *data, size_t size, size_t count, void *arg)
{
    struct body *body = arg;
    size_t len = size * count;

    if (len > sizeof body->bytes - body->len) {
        body->too_large = 1;
        return 0; /* libcurl gives up then */
    }
    memcpy(body->bytes + body->len, data, len);
    body->len += len;
    return len;
}

static int no_answer(const char *what, const char *why)
{
    fprintf(stderr, "ocsp_check: no answer: %s: %s\n", what, why);
    return EXIT_NO_ANSWER;
}

static CURLcode set_options(CURL *curl, const struct question *question, struct body *body,
                            struct curl_slist *headers)
{
    size_t len;
    const void *der = mtlsauth_ocsp_request_der(question->request, &len);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, question->url);

    if (code == CURLE_OK) /* as text since 7.85.0, where the bit mask is deprecated */
#if LIBCURL_VERSION_NUM >= 0x075500
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_TIMEOUT, question->timeout);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, der);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_WRITEDATA, body) : code;
}

/* 0 when body is what the responder sent with status 200 as application/ocsp-response. */
static int judge(CURL *curl, CURLcode code, const struct body *body)
{
    const char *type = NULL;
    char status[32];
    long http = 0;

    if (body->too_large)
        return no_answer("the responder", "its answer is larger than 65536 bytes");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return no_answer("the responder", "it did not answer in time");
    if (code != CURLE_OK)
        return no_answer("the connection failed", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    snprintf(status, sizeof status, "HTTP %ld", http);
    if (http >= 300 && http < 400)
        return no_answer(status, "it wants to send us elsewhere, and is not followed");
    if (http >= 500)
        return no_answer(status, "the responder is broken: try again later");
    if (http != 200)
        return no_answer(status, "the responder does not take this request: is the URL right?");
    if (type == NULL || strncmp(type, "application/ocsp-response", 25) != 0)
        return no_answer("the answer is no OCSP response", type == NULL ? "(no type)" : type);
    return 0;
}

static int fetch(const struct question *question, struct body *body)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/ocsp-request");
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    int status;

    if (curl != NULL && headers != NULL)
        code = set_options(curl, question, body, headers);
    if (code == CURLE_OK)
        code = curl_easy_perform(curl);
    status = judge(curl, code, body);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return status;
}

static int verify(const struct question *question, const struct body *body)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    int code = mtlsauth_ocsp_response_parse(&response, body->bytes, body->len), status;

    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_check(response, question->request, question->cert, question->issuer,
                                   question->policy, &result);
    mtlsauth_ocsp_response_free(response);
    if (code != MTLSAUTH_OK)
        return no_answer(mtlsauth_code_name(code), mtlsauth_last_error());
    status = mtlsauth_ocsp_result_status(result);
    mtlsauth_ocsp_result_free(result);
    puts(status == MTLSAUTH_OCSP_GOOD      ? "good"
         : status == MTLSAUTH_OCSP_REVOKED ? "revoked"
                                           : "unknown");
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
    if (mtlsauth_ocsp_url(question->cert, question->from_cert, sizeof question->from_cert) !=
        MTLSAUTH_OK)
        return no_answer("the responder", mtlsauth_last_error());
    return 0;
}

int main(int argc, char *argv[])
{
    static struct body body;
    struct question question = {.timeout = 10};
    int option, status;

    while ((option = getopt(argc, argv, "nNt:")) != -1) {
        if (option == 'n')
            question.flags = MTLSAUTH_OCSP_NONCE;
        else if (option == 'N')
            question.flags = MTLSAUTH_OCSP_NONCE_REQUIRED;
        else if (option == 't')
            question.timeout = strtol(optarg, NULL, 10);
        else
            return EXIT_NO_ANSWER;
    }
    if (argc - optind < 2 || argc - optind > 3 || question.timeout <= 0) {
        fprintf(stderr, "usage: ocsp_check [-n | -N] [-t SECONDS] ISSUER CERT [URL]\n");
        return EXIT_NO_ANSWER;
    }
    question.url = argv[optind + 2];
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return no_answer("libcurl", "it cannot be initialised");
    status = prepare(&question, argv[optind], argv[optind + 1]);
    if (status == 0)
        status = fetch(&question, &body);
    if (status == 0)
        status = verify(&question, &body);
    mtlsauth_ocsp_request_free(question.request);
    mtlsauth_policy_free(question.policy);
    mtlsauth_cert_free(question.cert);
    mtlsauth_cert_free(question.issuer);
    curl_global_cleanup();
    return status;
}
