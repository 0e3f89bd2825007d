/* SPDX-License-Identifier: MIT */
/*
 * A program of the first release: compiled against released/mtlsauth, run with today's library.
 * What it knows of the interface are the numbers and prototypes of then.
 */
#include <mtlsauth/mtlsauth.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect(const char *what, int got, int want)
{
    if (got == want)
        return;
    failures++;
    fprintf(stderr, "%s: %d, not %d (%s)\n", what, got, want, mtlsauth_last_error());
}

static const char *data(const char *name)
{
    static char path[4096];
    const char *folder = getenv("MTLSAUTH_TEST_DATA");

    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : ".", name);
    return path;
}

static int64_t noon(void *arg)
{
    return *(const int64_t *)arg;
}

static void ask(mtlsauth_authorizer *authorizer, const char *name, int want)
{
    mtlsauth_decision *decision;
    mtlsauth_chain *chain;

    expect("decision_new", mtlsauth_decision_new(&decision), MTLSAUTH_OK);
    expect(name, mtlsauth_chain_load_file(&chain, data(name), MTLSAUTH_FORMAT_PEM, NULL),
           MTLSAUTH_OK);
    expect(name, mtlsauth_authorize(authorizer, chain, decision), want);
    expect(name, mtlsauth_decision_code(decision), want);
    expect(name, mtlsauth_decision_allowed(decision), want == MTLSAUTH_OK);
    mtlsauth_chain_free(chain);
    mtlsauth_decision_free(decision);
}

static void ask_about_ocsp(mtlsauth_cert *root)
{
    mtlsauth_ocsp_request *request;
    mtlsauth_cert *client;
    size_t len = 0;

    expect("cert", mtlsauth_cert_load_file(&client, data("two-names.pem")), MTLSAUTH_OK);
    expect("request", mtlsauth_ocsp_request_new(&request, client, root, MTLSAUTH_OCSP_NONCE),
           MTLSAUTH_OK);
    expect("request's DER", mtlsauth_ocsp_request_der(request, &len) != NULL && len > 0, 1);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_cert_free(client);
}

int main(void)
{
    static const char *const rule[] = {"dns:client.example.com"};
    int64_t now = 1767268800; /* 2026-01-01 12:00:00 UTC, when all of the test's files are valid */
    mtlsauth_truststore *truststore;
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;
    mtlsauth_cert *root;
    mtlsauth_crl *crl;

    expect("version", mtlsauth_version_number() >= MTLSAUTH_VERSION_NUMBER, 1);
    expect("truststore", mtlsauth_truststore_load_file(&truststore, data("root.pem"), NULL),
           MTLSAUTH_OK);
    expect("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    expect("clock", mtlsauth_policy_set_clock(policy, noon, &now), MTLSAUTH_OK);
    expect("allow", mtlsauth_policy_allow(policy, "partner", rule, 1), MTLSAUTH_OK);
    expect("revocation",
           mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF),
           MTLSAUTH_OK);
    expect("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy), MTLSAUTH_OK);
    ask(authorizer, "two-names.pem", MTLSAUTH_DENY_REVOCATION_UNKNOWN);

    expect("root", mtlsauth_cert_load_file(&root, data("root.pem")), MTLSAUTH_OK);
    expect("crl", mtlsauth_crl_load_file(&crl, data("root.crl"), root, policy, NULL), MTLSAUTH_OK);
    expect("put_crl", mtlsauth_authorizer_put_crl(authorizer, crl), MTLSAUTH_OK);
    ask(authorizer, "two-names.pem", MTLSAUTH_OK);
    ask(authorizer, "no-san.pem", MTLSAUTH_DENY_IDENTITY);
    ask(authorizer, "expired.pem", MTLSAUTH_DENY_EXPIRED);
    ask(authorizer, "revoked.pem", MTLSAUTH_DENY_REVOKED);
    ask(authorizer, "other-ca-client.pem", MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ask_about_ocsp(root);

    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(root);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return failures != 0;
}
