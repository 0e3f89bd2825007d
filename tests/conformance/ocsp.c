/* SPDX-License-Identifier: MIT */
/*
 * ocsp FILE...: OCSP vectors, one certificate and one response each. FILE is
 *
 *     {"version": 1, "source": ..., "testcases": [{"id", "certificate", "issuer", "ocsp_response",
 *      "ocsp_request", "verify_time_unix", "max_age_seconds", "expected_revocation_status"}, ...]}
 *
 * with PEM blobs, and GOOD, REVOKED or UNKNOWN expected; whatever is no answer is UNKNOWN.
 *
 * Settings: RSA 1024 and SHA-1 signatures are taken, for vectors are older than the lines that the
 * profiles draw; the maximum age is the one of the case. A request, where a case has one, has to be
 * what this library makes, in SHA-1 or in SHA-256: the same bytes. Each response is checked twice:
 * what is remembered of the first time changes nothing.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <mtlsauth/mtlsauth.h>
#include <openssl/evp.h>

struct blob {
    unsigned char *bytes;
    size_t len;
};

/* The base64 between the first BEGIN and its END line, or all of it where there is none. */
static struct blob blob_of(json_t *testcase, const char *field)
{
    const char *text = json_string_value(json_object_get(testcase, field)), *end;
    struct blob blob = {0};
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    int len = 0, rest = 0;

    if (text == NULL || ctx == NULL) {
        EVP_ENCODE_CTX_free(ctx);
        return blob;
    }
    if (strstr(text, "-----BEGIN ") != NULL) {
        text = strchr(strstr(text, "-----BEGIN "), '\n');
        text = text == NULL ? "" : text + 1;
    }
    end = strstr(text, "-----END ");
    if (end == NULL)
        end = text + strlen(text);
    blob.bytes = malloc((size_t)(end - text) + 3);
    EVP_DecodeInit(ctx);
    if (blob.bytes != NULL &&
        EVP_DecodeUpdate(ctx, blob.bytes, &len, (const unsigned char *)text, (int)(end - text)) >=
            0 &&
        EVP_DecodeFinal(ctx, blob.bytes + len, &rest) >= 0)
        blob.len = (size_t)(len + rest);
    EVP_ENCODE_CTX_free(ctx);
    return blob;
}

static int make_policy(mtlsauth_policy **policy, json_t *testcase)
{
    json_t *max_age = json_object_get(testcase, "max_age_seconds");
    json_t *now = json_object_get(testcase, "verify_time_unix");

    if (mtlsauth_policy_new(policy, MTLSAUTH_PROFILE_STRICT) != MTLSAUTH_OK ||
        mtlsauth_policy_set_insecure_min_rsa_bits(*policy, 1024) != MTLSAUTH_OK ||
        mtlsauth_policy_set_insecure_min_hash_bits(*policy, 100) != MTLSAUTH_OK)
        return -1;
    if (json_is_number(now) &&
        mtlsauth_policy_set_time(*policy, (int64_t)json_number_value(now)) != MTLSAUTH_OK)
        return -1;
    if (json_is_number(max_age) && mtlsauth_policy_set_ocsp_max_age(
                                       *policy, (int64_t)json_number_value(max_age)) != MTLSAUTH_OK)
        return -1;
    return 0;
}

static const char *checked(const mtlsauth_ocsp_response *response, const mtlsauth_cert *cert,
                           const mtlsauth_cert *issuer, const mtlsauth_policy *policy)
{
    mtlsauth_ocsp_result *result = NULL;
    const char *status = "UNKNOWN";

    if (mtlsauth_ocsp_check(response, NULL, cert, issuer, policy, &result) == MTLSAUTH_OK) {
        if (mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_GOOD)
            status = "GOOD";
        else if (mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_REVOKED)
            status = "REVOKED";
    }
    mtlsauth_ocsp_result_free(result);
    return status;
}

static const char *status_of(const mtlsauth_cert *cert, const mtlsauth_cert *issuer,
                             const struct blob *data, json_t *testcase)
{
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_policy *policy = NULL;
    const char *status = "UNKNOWN";

    if (make_policy(&policy, testcase) != 0) {
        status = mtlsauth_last_error();
    } else if (mtlsauth_ocsp_response_parse(&response, data->bytes, data->len) == MTLSAUTH_OK) {
        status = checked(response, cert, issuer, policy);
        if (strcmp(checked(response, cert, issuer, policy), status) != 0)
            status = "another answer when asked again";
    }
    mtlsauth_ocsp_response_free(response);
    mtlsauth_policy_free(policy);
    return status;
}

static size_t compared;

static int request_differs(const mtlsauth_cert *cert, const mtlsauth_cert *issuer,
                           const struct blob *expected)
{
    int same = 0;

    compared++;
    for (unsigned flags = 0; flags <= MTLSAUTH_OCSP_SHA256; flags++) {
        mtlsauth_ocsp_request *request = NULL;
        const void *der;
        size_t len;

        if (mtlsauth_ocsp_request_new(&request, cert, issuer, flags) != MTLSAUTH_OK)
            continue;
        der = mtlsauth_ocsp_request_der(request, &len);
        same |= len == expected->len && memcmp(der, expected->bytes, len) == 0;
        mtlsauth_ocsp_request_free(request);
    }
    return !same;
}

/* 0 when the case gives what it should. */
static int run_case(json_t *testcase)
{
    const char *id = json_string_value(json_object_get(testcase, "id"));
    const char *want = json_string_value(json_object_get(testcase, "expected_revocation_status"));
    struct blob blobs[4] = {blob_of(testcase, "certificate"), blob_of(testcase, "issuer"),
                            blob_of(testcase, "ocsp_response"), blob_of(testcase, "ocsp_request")};
    mtlsauth_cert *cert = NULL, *issuer = NULL;
    const char *status = "UNKNOWN";
    int failed;

    id = id == NULL ? "(no id)" : id;
    if (mtlsauth_cert_parse(&cert, blobs[0].bytes, blobs[0].len) == MTLSAUTH_OK &&
        mtlsauth_cert_parse(&issuer, blobs[1].bytes, blobs[1].len) == MTLSAUTH_OK) {
        status = status_of(cert, issuer, &blobs[2], testcase);
        if (blobs[3].bytes != NULL && request_differs(cert, issuer, &blobs[3]))
            status = "another request";
    }
    failed = want == NULL || strcasecmp(status, want) != 0;
    if (failed)
        printf("FAIL %s: %s, not %s (%s)\n", id, status, want == NULL ? "(nothing)" : want,
               mtlsauth_last_error());
    mtlsauth_cert_free(cert);
    mtlsauth_cert_free(issuer);
    for (size_t i = 0; i < 4; i++)
        free(blobs[i].bytes);
    return failed;
}

static int run_file(const char *path, size_t *passed, size_t *failed)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *testcase;
    size_t i;

    if (!json_is_array(json_object_get(root, "testcases"))) {
        fprintf(stderr, "%s: %s\n", path, root == NULL ? error.text : "no testcases");
        json_decref(root);
        return -1;
    }
    json_array_foreach(json_object_get(root, "testcases"), i, testcase)
    {
        if (run_case(testcase) == 0)
            ++*passed;
        else
            ++*failed;
    }
    json_decref(root);
    return 0;
}

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0;

    for (int i = 1; i < argc; i++)
        if (run_file(argv[i], &passed, &failed) != 0)
            return EXIT_FAILURE;
    printf("%zu requests\n%zu passed, %zu failed, 0 skipped\n", compared, passed, failed);
    return failed == 0 && passed > 0 && compared > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
