/* SPDX-License-Identifier: MIT */
/*
 * Runs the NIST PKITS vectors: pkits [--twice] FILE
 * --twice: each case is asked again of the same authorizer, too (again.h).
 *
 * What is set for this suite, here and nowhere else:
 *
 *   profile API_GATEWAY (the default); evidence CRL, of all of the path but the anchor
 *   CA certificates  up to 20 above the leaf: seven vectors have more than four
 *   inputs           of RFC 5280 6.1.1, as the vector says
 *   time             as the vector says: 2011-04-15
 *   CRLs             those of the vector. The signer is the anchor or any certificate of the chain;
 * a list that none of them has signed, or that is refused, is not there intermediates    the
 * certificates behind the leaf: CRL issuers stand there, too rules            anybody: PKITS has no
 * names to expect
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "again.h"
#include "report.h"
#include "vectors.h"

enum { MAX_CA_CERTIFICATES = 20 };

static mtlsauth_policy *make_policy(const json_t *test)
{
    const json_t *oids = json_object_get(test, "initial_policy_set");
    mtlsauth_policy *policy;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), "policy");
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_CHAIN),
         "policy");
    must(mtlsauth_policy_set_insecure_max_ca_certificates(policy, MAX_CA_CERTIFICATES), "policy");
    for (size_t i = 0; i < json_array_size(oids); i++)
        must(mtlsauth_policy_require_certificate_policy(
                 policy, json_string_value(json_array_get(oids, i))),
             "policy");
    must(mtlsauth_policy_set_explicit_policy(
             policy, json_is_true(json_object_get(test, "initial_explicit_policy"))),
         "policy");
    must(mtlsauth_policy_set_inhibit_mapping(
             policy, json_is_true(json_object_get(test, "initial_policy_mapping_inhibit"))),
         "policy");
    must(mtlsauth_policy_set_inhibit_any_policy(
             policy, json_is_true(json_object_get(test, "initial_any_policy_inhibit"))),
         "policy");
    must(mtlsauth_policy_set_time(
             policy, json_integer_value(json_object_get(test, "validation_time_unix"))),
         "policy");
    must(mtlsauth_policy_allow_any(policy, "anybody"), "policy");
    return policy;
}

static void put_crl(mtlsauth_authorizer *authorizer, const char *pem,
                    const mtlsauth_truststore *truststore, const mtlsauth_chain *chain,
                    const mtlsauth_policy *policy)
{
    mtlsauth_crl *crl;
    int code = mtlsauth_crl_load_from_truststore(&crl, pem, strlen(pem), truststore, policy, NULL);

    for (size_t i = 0; code != MTLSAUTH_OK && i < mtlsauth_chain_count(chain); i++)
        code = mtlsauth_crl_load(&crl, pem, strlen(pem), mtlsauth_chain_cert(chain, i), policy,
                                 NULL);
    if (code == MTLSAUTH_OK)
        must(mtlsauth_authorizer_put_crl(authorizer, crl), "put_crl");
    mtlsauth_crl_free(crl);
}

static int decide(const json_t *test, struct report *report, struct again *again,
                  mtlsauth_decision *decision, const char **message)
{
    const json_t *crls = json_object_get(test, "crls");
    struct buffer trusted = {0}, presented = {0};
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_policy *policy = make_policy(test);
    mtlsauth_chain *chain = NULL;
    int code;

    vectors_add_pem(&trusted, json_object_get(test, "trust_anchor"));
    vectors_add_pem(&presented, json_object_get(test, "chain"));
    mtlsauth_decision_reset(decision);
    code = mtlsauth_truststore_parse(&truststore, trusted.bytes, trusted.len, NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_chain_parse(&chain, presented.bytes, presented.len, MTLSAUTH_FORMAT_PEM,
                                    NULL);
    *message = mtlsauth_last_error();
    if (code == MTLSAUTH_OK) {
        must(mtlsauth_authorizer_new(&authorizer, truststore, policy), "authorizer");
        must(mtlsauth_authorizer_set_intermediates(authorizer, chain), "intermediates");
        for (size_t i = 0; i < json_array_size(crls); i++)
            put_crl(authorizer, json_string_value(json_array_get(crls, i)), truststore, chain,
                    policy);
        code = mtlsauth_authorize(authorizer, chain, decision);
        *message = mtlsauth_decision_message(decision);
        again_ask(again, report,
                  &(struct question){vectors_text(test, "uid"), authorizer, policy, chain,
                                     presented.bytes, presented.len},
                  decision);
    }
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    buffer_free(&presented);
    buffer_free(&trusted);
    return code;
}

int main(int argc, char **argv)
{
    struct again again = again_wanted(&argc, &argv);
    struct report *report;
    mtlsauth_decision *decision;
    const json_t *tests;
    json_t *root;

    if (argc != 2) {
        fprintf(stderr, "usage: pkits [--twice] FILE\n");
        return 2;
    }
    report = report_new("pkits", CONFORMANCE_DIVERGENCES);
    root = vectors_load(argv[1]);
    tests = json_object_get(root, "testcases");
    must(mtlsauth_decision_new(&decision), "decision");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        const char *id = vectors_text(test, "uid"), *message;
        char space[96];
        int code;

        snprintf(space, sizeof space, "4.%d %.24s",
                 (int)json_integer_value(json_object_get(test, "section")),
                 vectors_text(test, "section_name"));
        if (report_skips(report, space, id))
            continue;
        code = decide(test, report, &again, decision, &message);
        report_case(report, space, id, true, json_is_true(json_object_get(test, "should_validate")),
                    code, message);
    }
    mtlsauth_decision_free(decision);
    json_decref(root);
    again_finish(&again, report);
    return report_finish(report);
}
