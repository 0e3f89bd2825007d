/* SPDX-License-Identifier: MIT */
/*
 * Runs x509-limbo and bettertls: limbo [--twice] FILE...
 * --twice: each case is asked again of the same authorizer, too (again.h).
 *
 * What is set for these suites, here and nowhere else:
 *
 *   profile STRICT; evidence CRL, of the leaf, for the cases that have CRLs, else OFF
 *   limits      a certificate of 1 MiB, a chain of 4 MiB, 1,000 certificates, 10,000 names:
 *               pathological:: has a certificate of more than 64 KiB, and 100 intermediates
 *   SERVER      extended key usage serverAuth; a wildcard in a certificate matches
 *   rules       SERVER: the expected peer name; CLIENT: any one of the expected names; none:
 * anybody time        validation_time; null is the system's clock max_chain_depth, where there is
 * one: that many CA certificates below the root
 *
 * webpki:: is the CA/Browser Forum's profile of server certificates: its cases are shown, and not
 * counted, but for the one that speaks of clients as well: no name is ever taken from the CN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "again.h"
#include "report.h"
#include "vectors.h"

static const char uncounted_space[] = "webpki::";
static const char counted_all_the_same[] = "webpki::san::no-san";

static mtlsauth_limits *make_limits(void)
{
    mtlsauth_limits *limits;

    must(mtlsauth_limits_new(&limits), "limits");
    must(mtlsauth_limits_set_certificate_bytes(limits, 1 << 20), "limits");
    must(mtlsauth_limits_set_chain_bytes(limits, 4 << 20), "limits");
    must(mtlsauth_limits_set_chain_certificates(limits, 1000), "limits");
    must(mtlsauth_limits_set_names(limits, 10000), "limits");
    return limits;
}

static void allow_name(mtlsauth_policy *policy, const json_t *name)
{
    static const struct {
        const char *kind, *member;
    } members[] = {
        {"DNS", "tls_client_auth_san_dns"},
        {"IP", "tls_client_auth_san_ip"},
        {"RFC822", "tls_client_auth_san_email"},
    };
    const char *kind = vectors_text(name, "kind");

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(kind, members[i].kind) == 0) {
            must(mtlsauth_policy_allow_rfc8705(policy, "peer", members[i].member,
                                               vectors_text(name, "value")),
                 vectors_text(name, "value"));
            return;
        }
    fprintf(stderr, "a peer name of the kind \"%s\"\n", kind);
    exit(EXIT_FAILURE);
}

static void add_rules(mtlsauth_policy *policy, const json_t *test, bool server)
{
    const json_t *one = json_object_get(test, "expected_peer_name");
    const json_t *many = json_object_get(test, "expected_peer_names");

    if (server && json_is_object(one)) {
        allow_name(policy, one);
        return;
    }
    if (server || json_array_size(many) == 0)
        must(mtlsauth_policy_allow_any(policy, "anybody"), "policy");
    for (size_t i = 0; !server && i < json_array_size(many); i++)
        allow_name(policy, json_array_get(many, i));
}

static mtlsauth_policy *make_policy(const json_t *test, const mtlsauth_limits *limits)
{
    bool server = strcmp(vectors_text(test, "validation_kind"), "SERVER") == 0;
    const json_t *depth = json_object_get(test, "max_chain_depth");
    const char *time = vectors_text(test, "validation_time");
    mtlsauth_policy *policy;
    int64_t now;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_STRICT), "policy");
    must(mtlsauth_policy_set_revocation(policy,
                                        json_array_size(json_object_get(test, "crls")) > 0
                                            ? MTLSAUTH_EVIDENCE_CRL
                                            : MTLSAUTH_EVIDENCE_OFF,
                                        MTLSAUTH_DEPTH_LEAF),
         "policy");
    must(mtlsauth_policy_set_limits(policy, limits), "policy");
    if (server) {
        must(mtlsauth_policy_set_required_eku(policy, "1.3.6.1.5.5.7.3.1"), "policy");
        must(mtlsauth_policy_set_insecure_certificate_wildcards(policy, 1), "policy");
    }
    if (time[0] != '\0') {
        if (!vectors_time(time, &now)) {
            fprintf(stderr, "not a time: %s\n", time);
            exit(EXIT_FAILURE);
        }
        must(mtlsauth_policy_set_time(policy, now), "policy");
    }
    /* More than any path can have is no limit. */
    if (json_is_integer(depth) &&
        json_integer_value(depth) + 1 < MTLSAUTH_MAX_PATH_CERTIFICATES)
        must(mtlsauth_policy_set_max_ca_certificates(policy,
                                                     (unsigned)json_integer_value(depth) + 1),
             "policy");
    add_rules(policy, test, server);
    return policy;
}

/* All but the last part of an id: rfc5280::nc of rfc5280::nc::permitted-dns-match. */
static void space_of(char *space, size_t room, const char *id)
{
    const char *last = id;

    for (const char *at = strstr(id, "::"); at != NULL; at = strstr(at + 2, "::"))
        last = at;
    snprintf(space, room, "%.*s", (int)(last - id), id);
}

/* A list that is refused is no list: the decision says what follows from that. */
static void put_crls(mtlsauth_authorizer *authorizer, const json_t *test,
                     const mtlsauth_truststore *truststore, const mtlsauth_policy *policy)
{
    const json_t *crls = json_object_get(test, "crls");

    for (size_t i = 0; i < json_array_size(crls); i++) {
        const char *pem = json_string_value(json_array_get(crls, i));
        mtlsauth_crl *crl;

        if (mtlsauth_crl_load_from_truststore(&crl, pem, strlen(pem), truststore, policy, NULL) ==
            MTLSAUTH_OK)
            must(mtlsauth_authorizer_put_crl(authorizer, crl), "put_crl");
        mtlsauth_crl_free(crl);
    }
}

static int decide(const json_t *test, const mtlsauth_limits *limits, struct report *report,
                  struct again *again, mtlsauth_decision *decision, const char **message)
{
    struct buffer trusted = {0}, presented = {0};
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_policy *policy = make_policy(test, limits);
    mtlsauth_chain *chain = NULL;
    int code;

    vectors_add_pem(&trusted, json_object_get(test, "trusted_certs"));
    vectors_add_pem(&presented, json_object_get(test, "peer_certificate"));
    vectors_add_pem(&presented, json_object_get(test, "untrusted_intermediates"));
    mtlsauth_decision_reset(decision);
    code = mtlsauth_truststore_parse(&truststore, trusted.bytes, trusted.len, limits);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_chain_parse(&chain, presented.bytes, presented.len, MTLSAUTH_FORMAT_PEM,
                                    limits);
    *message = mtlsauth_last_error();
    if (code == MTLSAUTH_OK) {
        must(mtlsauth_authorizer_new(&authorizer, truststore, policy), "authorizer");
        put_crls(authorizer, test, truststore, policy);
        code = mtlsauth_authorize(authorizer, chain, decision);
        *message = mtlsauth_decision_message(decision);
        again_ask(again, report,
                  &(struct question){vectors_text(test, "id"), authorizer, policy, chain,
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

static void run_file(struct report *report, struct again *again, const char *path,
                     const mtlsauth_limits *limits, mtlsauth_decision *decision)
{
    json_t *root = vectors_load(path);
    const json_t *tests = json_object_get(root, "testcases");

    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        const char *id = vectors_text(test, "id"), *message;
        bool accept = strcmp(vectors_text(test, "expected_result"), "SUCCESS") == 0;
        bool counted = strncmp(id, uncounted_space, sizeof uncounted_space - 1) != 0 ||
                       strcmp(id, counted_all_the_same) == 0;
        char space[96];
        int code;

        space_of(space, sizeof space, id);
        if (report_skips(report, space, id))
            continue;
        code = decide(test, limits, report, again, decision, &message);
        report_case(report, space, id, counted, accept, code, message);
    }
    json_decref(root);
}

int main(int argc, char **argv)
{
    struct again again = again_wanted(&argc, &argv);
    struct report *report;
    mtlsauth_limits *limits;
    mtlsauth_decision *decision;

    if (argc < 2) {
        fprintf(stderr, "usage: limbo [--twice] FILE...\n");
        return 2;
    }
    report = report_new("limbo", CONFORMANCE_DIVERGENCES);
    limits = make_limits();
    must(mtlsauth_decision_new(&decision), "decision");
    for (int i = 1; i < argc; i++)
        run_file(report, &again, argv[i], limits, decision);
    mtlsauth_decision_free(decision);
    mtlsauth_limits_free(limits);
    again_finish(&again, report);
    return report_finish(report);
}
