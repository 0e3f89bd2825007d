/* SPDX-License-Identifier: MIT */

/*
 * lambda_authorizer: a Lambda authorizer of API Gateway, as a custom runtime (`bootstrap`).
 *
 *     cc -O2 -o bootstrap lambda_authorizer.c common/{fetch,iam_policy,lambda_config}.c \
 *        common/{lambda_ocsp,lambda_request,lambda_runtime,ocsp_fetch,ocsp_hosts,rules}.c \
 *        common/{s3,source}.c \
 *        $(pkg-config --cflags --libs libmtlsauth libcrypto libcurl jansson)
 *
 * aws/ has an image, a template, and the way from nothing to a client that is denied. Lambda starts
 * it; it answers REST APIs and HTTP APIs (payload format 1.0 and 2.0), and decides on the
 * certificate of the event alone. It fails closed: what goes wrong denies, or fails the invocation,
 * which API Gateway answers with 500. Truststore and lists stay in memory between invocations.
 *
 * Environment; a location is a path, https://... or s3://BUCKET/KEY (common/s3.h has more for S3):
 *
 *   MTLSAUTH_TRUSTSTORE        location of the CA certificates, roots and intermediates, PEM
 *   MTLSAUTH_CRL               locations of signed CRLs, between commas
 *   MTLSAUTH_INDEX             locations of what lambda_preprocessor made of them, between commas
 *   MTLSAUTH_INDEX_KEY         its key, hexadecimal; without it no index is taken
 *   MTLSAUTH_RULES             path of a file of rules (common/rules.h)
 *   MTLSAUTH_ALLOW             matchers of one rule, as dns:client.example.com
 *   MTLSAUTH_ALLOW_ANY         true: whoever the truststore vouches for
 *   MTLSAUTH_PROFILE           api-gateway (default), alb or strict
 *   MTLSAUTH_REVOCATION        crl (default), ocsp, crl-or-ocsp, crl-and-ocsp or off
 *   MTLSAUTH_REVOCATION_DEPTH  leaf (default) or chain: the intermediates, too
 *   MTLSAUTH_OCSP_URL          the responder, whatever certificates say; or else
 *   MTLSAUTH_OCSP_HOSTS        the hosts that a certificate may name, between commas: HOST has its
 *                              default port alone, HOST:PORT that one
 *   MTLSAUTH_REFRESH_SECONDS   between two looks at the locations, 60; 0 looks each time
 *   MTLSAUTH_SIMPLE_RESPONSE   true where an HTTP API has simple responses enabled
 */

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mtlsauth/mtlsauth.h>
#include "common/iam_policy.h"
#include "common/json_text.h"
#include "common/lambda_config.h"
#include "common/lambda_ocsp.h"
#include "common/lambda_request.h"
#include "common/lambda_runtime.h"
#include "common/rules.h"
#include "common/source.h"

enum { INIT_MS = 8000, REFRESH_MS = 5000, OCSP_QUESTIONS = 4 };

static const char *const depth_words[] = {"leaf", "chain", NULL};
static const char *const profile_words[] = {"api-gateway", "alb", "strict", NULL};

static struct function {
    struct sources sources;
    struct rule rules[3];
    struct lambda_ocsp ocsp;
    mtlsauth_policy *policy;
    mtlsauth_decision *decision;
    char *crls, *indexes, *hosts; /* the lists of the environment, cut into items */
    unsigned char key[LAMBDA_KEY_MAX];
    int simple;
    unsigned long failures_said;
} function = {.sources.interval = 60};

/* What came of the sources, when something new went wrong. */
static void log_sources(struct function *f)
{
    unsigned long failures = 0;
    char shown[FETCH_SHOWN_LEN];

    for (size_t i = 0; i < f->sources.count; i++)
        failures += f->sources.list[i].failed;
    if (failures == f->failures_said)
        return;
    f->failures_said = failures;
    for (size_t i = 0; i < f->sources.count; i++)
        if (f->sources.list[i].error[0] != '\0')
            lambda_log(json_pack("{s:o, s:o, s:I}", "source",
                                 json_text(fetch_shown(f->sources.list[i].location, shown)),
                                 "error", json_text(f->sources.list[i].error), "rollbacksRefused",
                                 (json_int_t)f->sources.list[i].rollbacks));
}

/* What is asked for, by an event that was read, decided from the certificate alone. */
static int decide_once(const struct function *f, const struct lambda_request *request)
{
    mtlsauth_authorizer *authorizer = f->sources.authorizer;

    if (request->pem == NULL)
        return mtlsauth_authorize(authorizer, NULL, f->decision);
    if (!json_is_string(request->pem))
        return mtlsauth_authorize_unparsed(authorizer, MTLSAUTH_ERR_PARSE,
                                           "clientCertPem of the event is no text", f->decision);
    return mtlsauth_authorize_text(authorizer, json_string_value(request->pem),
                                   json_string_length(request->pem), MTLSAUTH_FORMAT_PEM,
                                   f->decision);
}

/* The same with what CAs answer, for as many certificates of a path as are likely to ask. */
static int decide(struct function *f, const struct lambda_request *request, int64_t deadline)
{
    struct ocsp_asked asked = {.len = 0};
    char error[FETCH_ERROR_LEN];
    int code = decide_once(f, request);

    for (int i = 0; i < OCSP_QUESTIONS && code != MTLSAUTH_OK; i++) {
        if (lambda_ocsp_ask(&f->ocsp, f->sources.fetch, f->sources.authorizer, f->decision, &asked,
                            deadline, error) != 0) {
            if (error[0] != '\0')
                lambda_log(json_pack("{s:o}", "ocsp", json_text(error)));
            break;
        }
        code = decide_once(f, request);
    }
    return code;
}

/* Reasons of this program come after those of the library, and deny what that allows. */
static const char *judge(struct function *f, const struct lambda_request *request, int64_t deadline,
                         int *allow, const char **contradiction)
{
    int code = decide(f, request, deadline), sure = 0;

    *allow = 0;
    *contradiction = "";
    if (request->shape == LAMBDA_TOKEN)
        return "TOKEN_EVENT_HAS_NO_CERTIFICATE";
    if (code != MTLSAUTH_OK || !mtlsauth_decision_allowed(f->decision))
        return mtlsauth_code_name(code);
    *contradiction =
        lambda_request_contradiction(request, mtlsauth_decision_path_cert(f->decision, 0), &sure);
    if (**contradiction != '\0' && sure)
        return "EVENT_CONTRADICTS_CERTIFICATE";
    if (!iam_arn_is_usable(request->arn))
        return "EVENT_HAS_NO_USABLE_ARN";
    *allow = 1;
    return mtlsauth_code_name(code);
}

static long long micros_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)(now.tv_sec - start->tv_sec) * 1000000 +
           (now.tv_nsec - start->tv_nsec) / 1000;
}

static char *answer(struct function *f, const struct lambda_request *request,
                    const struct lambda_event *event, const struct timespec *start)
{
    const char *contradiction, *identity, *decision = "null";
    int allow = 0;
    const char *reason = judge(f, request, event->deadline, &allow, &contradiction);
    mtlsauth_cert *cert = mtlsauth_decision_path_cert(f->decision, 0);
    char *text;

    identity = mtlsauth_decision_identity(f->decision);
    text = iam_answer_json(&(struct iam_answer){
        .allow = allow,
        .simple = f->simple && request->shape == LAMBDA_HTTP_2,
        .arn = request->arn,
        .principal = *identity != '\0' ? identity : "unidentified",
        .context = {"reason", reason, "label", mtlsauth_decision_label(f->decision), "identity",
                    identity, "thumbprint", cert == NULL ? "" : mtlsauth_cert_thumbprint(cert),
                    NULL},
    });
    if (mtlsauth_decision_json(f->decision, &decision) != MTLSAUTH_OK)
        decision = "null";
    fprintf(stderr,
            "{\"requestId\":\"%s\",\"event\":\"%s\",\"answer\":\"%s\",\"reason\":\"%s\","
            "\"contradiction\":\"%s\",\"rollbacksRefused\":%lu,\"micros\":%lld,\"decision\":%s}\n",
            event->request_id, lambda_shape_name(request->shape), allow ? "Allow" : "Deny", reason,
            contradiction, sources_rollbacks(&f->sources), micros_since(start), decision);
    return text;
}

static int invocation_failed(struct lambda_result *result, const char *type, const char *error)
{
    snprintf(result->type, sizeof result->type, "%s", type);
    snprintf(result->error, sizeof result->error, "%s", error);
    return -1;
}

static int handle(void *arg, const struct lambda_event *event, struct lambda_result *result)
{
    struct function *f = arg;
    int64_t refresh_deadline = fetch_now() + REFRESH_MS;
    struct lambda_request request;
    struct timespec start;
    json_t *root;

    clock_gettime(CLOCK_MONOTONIC, &start);
    /* A query of the client may have a NUL; what is read here has none (lambda_request.c). */
    root = json_loadb(event->json, event->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (root == NULL)
        return invocation_failed(result, "Authorizer.InvalidEvent",
                                 "the event cannot be read as JSON");
    lambda_request_read(root, &request);
    if (request.shape == LAMBDA_UNKNOWN) {
        json_decref(root);
        return invocation_failed(result, "Authorizer.InvalidEvent",
                                 "not an event of a Lambda authorizer: attach this function to an "
                                 "API as a REQUEST authorizer");
    }
    if (refresh_deadline > event->deadline)
        refresh_deadline = event->deadline;
    if (sources_refresh(&f->sources, SOURCES_DUE, refresh_deadline) > 0)
        log_sources(f);
    result->json = answer(f, &request, event, &start);
    json_decref(root);
    return result->json != NULL
               ? 0
               : invocation_failed(result, "Authorizer.OutOfMemory", "no memory for the answer");
}

static int add_sources(struct function *f, enum source_kind kind, const char *name, char **copy,
                       char error[FETCH_ERROR_LEN])
{
    const char *text = lambda_text(name);
    char *rest, *item;

    if (text == NULL)
        return 0;
    rest = *copy = strdup(text);
    while (rest != NULL && (item = lambda_next_item(&rest)) != NULL) {
        if (sources_add(&f->sources, kind, item) != 0) {
            snprintf(error, FETCH_ERROR_LEN,
                     "%s: a path, https:// (without a user name) or s3://, and %d of them at most",
                     name, SOURCE_MAX);
            return -1;
        }
    }
    return rest != NULL ? 0 : -1;
}

static int read_locations(struct function *f, char error[FETCH_ERROR_LEN])
{
    const char *truststore = lambda_text("MTLSAUTH_TRUSTSTORE");

    if (truststore == NULL || sources_add(&f->sources, SOURCE_TRUSTSTORE, truststore) != 0) {
        snprintf(error, FETCH_ERROR_LEN,
                 "MTLSAUTH_TRUSTSTORE: a path, https:// (without a user name) or s3:// is needed");
        return -1;
    }
    if (add_sources(f, SOURCE_CRL, "MTLSAUTH_CRL", &f->crls, error) != 0 ||
        add_sources(f, SOURCE_INDEX, "MTLSAUTH_INDEX", &f->indexes, error) != 0 ||
        lambda_key("MTLSAUTH_INDEX_KEY", f->key, &f->sources.key_len, error) != 0)
        return -1;
    f->sources.key = f->key;
    if (f->indexes != NULL && f->sources.key_len == 0) {
        snprintf(error, FETCH_ERROR_LEN,
                 "MTLSAUTH_INDEX needs MTLSAUTH_INDEX_KEY: an index is "
                 "not signed by the CA");
        return -1;
    }
    return 0;
}

static int apply_rules(struct function *f, char error[FETCH_ERROR_LEN])
{
    const char *file = lambda_text("MTLSAUTH_RULES"), *allow = lambda_text("MTLSAUTH_ALLOW");
    struct rules rules = {.list = f->rules};
    char sentence[RULES_ERROR_LEN];
    int any = 0;

    if (lambda_bool("MTLSAUTH_ALLOW_ANY", &any, error) != 0)
        return -1;
    if (file != NULL)
        f->rules[rules.count++] = (struct rule){.kind = RULE_FILE, .text = file};
    if (allow != NULL)
        f->rules[rules.count++] = (struct rule){.kind = RULE_ALLOW, .text = allow};
    if (any)
        f->rules[rules.count++] = (struct rule){.kind = RULE_ALLOW_ANY, .text = ""};
    if (rules.count == 0) {
        snprintf(error, FETCH_ERROR_LEN,
                 "nobody is allowed: set MTLSAUTH_RULES, MTLSAUTH_ALLOW or "
                 "MTLSAUTH_ALLOW_ANY");
        return -1;
    }
    if (rules_apply(&rules, f->policy, sentence) != 0) {
        snprintf(error, FETCH_ERROR_LEN, "%.500s", sentence);
        return -1;
    }
    return 0;
}

static int read_responders(struct function *f, char error[FETCH_ERROR_LEN])
{
    const char *text = lambda_text("MTLSAUTH_OCSP_HOSTS");
    char *rest, *item;

    f->ocsp.url = lambda_text("MTLSAUTH_OCSP_URL");
    if (text == NULL)
        return 0;
    rest = f->hosts = strdup(text);
    while (rest != NULL && (item = lambda_next_item(&rest)) != NULL) {
        if (f->ocsp.host_count == LAMBDA_OCSP_HOSTS) {
            snprintf(error, FETCH_ERROR_LEN, "MTLSAUTH_OCSP_HOSTS: at most %d",
                     (int)LAMBDA_OCSP_HOSTS);
            return -1;
        }
        f->ocsp.hosts[f->ocsp.host_count++] = item;
    }
    return rest != NULL ? 0 : -1;
}

/* What is set and not looked at was meant otherwise; what is missing would deny everybody. */
static const char *wrong_evidence(const struct function *f, int evidence)
{
    int has_lists = f->sources.count > 1;
    int has_responders = f->ocsp.url != NULL || f->ocsp.host_count > 0;
    int takes_lists = evidence != MTLSAUTH_EVIDENCE_OFF && evidence != MTLSAUTH_EVIDENCE_OCSP;
    int asks = evidence != MTLSAUTH_EVIDENCE_OFF && evidence != MTLSAUTH_EVIDENCE_CRL;

    if (!has_lists && takes_lists && evidence != MTLSAUTH_EVIDENCE_CRL_OR_OCSP)
        return "no list is set: MTLSAUTH_CRL or MTLSAUTH_INDEX";
    if (has_lists && !takes_lists)
        return "MTLSAUTH_CRL and MTLSAUTH_INDEX would not be looked at";
    if (!has_responders && asks)
        return "no responder is set: MTLSAUTH_OCSP_HOSTS or MTLSAUTH_OCSP_URL";
    if (has_responders && !asks)
        return "MTLSAUTH_OCSP_HOSTS and MTLSAUTH_OCSP_URL would not be looked at";
    return NULL;
}

static int make_policy(struct function *f, char error[FETCH_ERROR_LEN])
{
    int profile = 0, place = MTLSAUTH_EVIDENCE_CRL - MTLSAUTH_EVIDENCE_OFF, depth = 0, evidence;
    const char *wrong;

    if (lambda_choice("MTLSAUTH_PROFILE", profile_words, &profile, error) != 0 ||
        lambda_choice("MTLSAUTH_REVOCATION", evidence_names, &place, error) != 0 ||
        lambda_choice("MTLSAUTH_REVOCATION_DEPTH", depth_words, &depth, error) != 0 ||
        read_responders(f, error) != 0)
        return -1;
    evidence = MTLSAUTH_EVIDENCE_OFF + place;
    if ((wrong = wrong_evidence(f, evidence)) != NULL) {
        snprintf(error, FETCH_ERROR_LEN, "MTLSAUTH_REVOCATION is %s, and %s", evidence_names[place],
                 wrong);
        return -1;
    }
    if (mtlsauth_policy_new(&f->policy, MTLSAUTH_PROFILE_API_GATEWAY + profile) != MTLSAUTH_OK ||
        mtlsauth_policy_set_revocation(f->policy, evidence, MTLSAUTH_DEPTH_LEAF + depth) !=
            MTLSAUTH_OK) {
        snprintf(error, FETCH_ERROR_LEN, "%s", mtlsauth_last_error());
        return -1;
    }
    return apply_rules(f, error);
}

static void log_warnings(const struct function *f)
{
    const char *warnings;

    if (mtlsauth_policy_lint(f->policy, f->sources.truststore, &warnings) == MTLSAUTH_OK &&
        *warnings != '\0')
        lambda_log(json_pack("{s:o}", "warnings", json_text(warnings)));
}

static int start(struct function *f, char error[FETCH_ERROR_LEN])
{
    if (read_locations(f, error) != 0 || make_policy(f, error) != 0 ||
        lambda_number("MTLSAUTH_REFRESH_SECONDS", 86400, &f->sources.interval, error) != 0 ||
        lambda_bool("MTLSAUTH_SIMPLE_RESPONSE", &f->simple, error) != 0)
        return -1;
    f->sources.policy = f->policy;
    if (mtlsauth_decision_new(&f->decision) != MTLSAUTH_OK ||
        sources_start(&f->sources, NULL, fetch_now() + INIT_MS, error) != 0)
        return -1;
    log_sources(f); /* a list that is missing denies, and comes later perhaps */
    log_warnings(f);
    return 0;
}

int main(void)
{
    char error[FETCH_ERROR_LEN] = "out of memory";

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        fprintf(stderr, "libcurl cannot be initialised\n");
    else if (start(&function, error) != 0)
        lambda_init_error("Authorizer.InitError", error);
    else
        lambda_run(handle, &function);
    mtlsauth_decision_free(function.decision);
    mtlsauth_policy_free(function.policy);
    sources_free(&function.sources);
    free(function.crls);
    free(function.indexes);
    free(function.hosts);
    curl_global_cleanup();
    return 1; /* a runtime that ends has failed; Lambda starts another */
}
