/* SPDX-License-Identifier: MIT */
/*
 * Runs the CRL vectors, one certificate and one list each: crl FILE
 *
 * What is set for this suite, here and nowhere else:
 *
 *   maximum age  as the vector says: 7 days. A list without nextUpdate is taken with one, too
 *   RSA          from 1024 bits on
 *   number       lists without one are taken: version 1 has none
 *   time         as the vector says
 *
 * The signer of a list is the issuer of the certificate, or the second certificate of the vector. A
 * list that is refused is no list: the status is UNKNOWN then. Each question is asked twice: cold
 * and warm.
 */
#include <stdio.h>
#include <string.h>
#include "report.h"
#include "vectors.h"

enum { ANOTHER_ANSWER = -1 };

static mtlsauth_policy *make_policy(const json_t *test)
{
    mtlsauth_policy *policy;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), "policy");
    must(mtlsauth_policy_set_crl_max_age(
             policy, json_integer_value(json_object_get(test, "max_age_seconds"))),
         "policy");
    must(mtlsauth_policy_set_insecure_min_rsa_bits(policy, 1024), "policy");
    must(mtlsauth_policy_set_insecure_crl_without_number(policy, 1), "policy");
    must(mtlsauth_policy_set_time(policy,
                                  json_integer_value(json_object_get(test, "verify_time_unix"))),
         "policy");
    return policy;
}

/* The certificate of a member, or NULL where there is none. */
static mtlsauth_cert *cert_of(const json_t *test, const char *member)
{
    const char *pem = vectors_text(test, member);
    mtlsauth_cert *cert = NULL;

    if (pem[0] != '\0')
        must(mtlsauth_cert_parse(&cert, pem, strlen(pem)), member);
    return cert;
}

static const char *status_name(int status)
{
    switch (status) {
    case MTLSAUTH_CRL_STATUS_GOOD:
        return "GOOD";
    case MTLSAUTH_CRL_STATUS_REVOKED:
        return "REVOKED";
    case ANOTHER_ANSWER:
        return "another answer when asked again";
    default:
        /* These vectors know of no list that is stale. */
        return "UNKNOWN";
    }
}

static int check(const json_t *test, char message[512])
{
    const char *pem = vectors_text(test, "crl");
    mtlsauth_policy *policy = make_policy(test);
    mtlsauth_cert *cert = cert_of(test, "certificate"), *issuer = cert_of(test, "issuer");
    mtlsauth_cert *other = cert_of(test, "issuer2");
    mtlsauth_crl *crl = NULL;
    int status = MTLSAUTH_CRL_STATUS_UNKNOWN, again;
    int code = mtlsauth_crl_load(&crl, pem, strlen(pem), issuer, policy, NULL);

    if (code != MTLSAUTH_OK && other != NULL)
        code = mtlsauth_crl_load(&crl, pem, strlen(pem), other, policy, NULL);
    snprintf(message, 512, "%s", code == MTLSAUTH_OK ? "" : mtlsauth_last_error());
    if (code == MTLSAUTH_OK) {
        must(mtlsauth_crl_check(crl, cert, issuer, policy, &status, NULL, NULL), "crl_check");
        must(mtlsauth_crl_check(crl, cert, issuer, policy, &again, NULL, NULL), "crl_check");
        if (again != status)
            status = ANOTHER_ANSWER;
    }
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(other);
    mtlsauth_cert_free(issuer);
    mtlsauth_cert_free(cert);
    mtlsauth_policy_free(policy);
    return status;
}

int main(int argc, char **argv)
{
    struct report *report;
    const json_t *tests;
    json_t *root;

    if (argc != 2) {
        fprintf(stderr, "usage: crl FILE\n");
        return 2;
    }
    report = report_new("crl", CONFORMANCE_DIVERGENCES);
    root = vectors_load(argv[1]);
    tests = json_object_get(root, "testcases");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        const char *id = vectors_text(test, "id"), *expected = vectors_text(test, "expected");
        const char *space = vectors_text(test, "category");
        char message[512], said[640];
        const char *got;
        bool right;

        if (report_skips(report, space, id))
            continue;
        got = status_name(check(test, message));
        snprintf(said, sizeof said, "%s instead of %s %s", got, expected, message);
        right = strcmp(got, expected) == 0;
        /* A status is right or wrong: what is expected of each case is that it is right. */
        report_case(report, space, id, true, strcmp(expected, "GOOD") == 0,
                    (strcmp(expected, "GOOD") == 0) == right ? MTLSAUTH_OK
                                                             : MTLSAUTH_DENY_REVOCATION_UNKNOWN,
                    said);
    }
    json_decref(root);
    return report_finish(report);
}
