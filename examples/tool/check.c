/* SPDX-License-Identifier: MIT */

/* mtlsauth check: decides about one client as a server with these options would. */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "check.h"
#include "common.h"

#define CLIENT_AUTH_OID "1.3.6.1.5.5.7.3.2"
#define SERVER_AUTH_OID "1.3.6.1.5.5.7.3.1"
#define INPUT_LIMIT ((size_t)4 << 20)

static const char not_checked[] =
    "was not checked: this answer says nothing of whether a certificate has been revoked";

enum {
    OPTION_TRUSTSTORE = 256,
    OPTION_UNTRUSTED,
    OPTION_PROFILE,
    OPTION_PURPOSE,
    OPTION_AT,
    OPTION_FORMAT,
    OPTION_JSON,
    OPTION_CRL,
    OPTION_OCSP_RESPONSE,
    OPTION_REVOCATION,
    OPTION_DEPTH,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"truststore", required_argument, NULL, OPTION_TRUSTSTORE},
    {"untrusted", required_argument, NULL, OPTION_UNTRUSTED},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"purpose", required_argument, NULL, OPTION_PURPOSE},
    {"at", required_argument, NULL, OPTION_AT},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"json", no_argument, NULL, OPTION_JSON},
    {"crl", required_argument, NULL, OPTION_CRL},
    {"ocsp-response", required_argument, NULL, OPTION_OCSP_RESPONSE},
    {"revocation", required_argument, NULL, OPTION_REVOCATION},
    {"revocation-depth", required_argument, NULL, OPTION_DEPTH},
    {"help", no_argument, NULL, OPTION_HELP},
    RULES_LONG_OPTIONS,
    {NULL, 0, NULL, 0},
};

static int set_purpose(struct check_options *options, const char *name)
{
    if (strcmp(name, "client") == 0)
        options->eku = CLIENT_AUTH_OID;
    else if (strcmp(name, "server") == 0)
        options->eku = SERVER_AUTH_OID;
    else
        return usage_error("--purpose %s: write client or server", name);
    return 0;
}

static int set_evidence(struct check_options *options, const char *name)
{
    options->evidence = evidence_from_name(name);
    if (options->evidence != 0)
        return 0;
    return usage_error("--revocation %s: write off, crl, ocsp, crl-or-ocsp or crl-and-ocsp", name);
}

static int set_depth(struct check_options *options, const char *name)
{
    if (strcmp(name, "leaf") == 0)
        options->depth = MTLSAUTH_DEPTH_LEAF;
    else if (strcmp(name, "chain") == 0)
        options->depth = MTLSAUTH_DEPTH_CHAIN;
    else
        return usage_error("--revocation-depth %s: write leaf or chain", name);
    return 0;
}

/* One option: 0, or STATUS_ERROR after saying what is wrong with it. */
static int take_option(struct check_options *options, int option, int argc, char *argv[])
{
    switch (option) {
    case 1: /* what is no option */
        if (options->cert != NULL)
            return usage_error("one certificate is checked at a time: '%s' and '%s'", options->cert,
                               optarg);
        options->cert = optarg;
        return 0;
    case OPTION_TRUSTSTORE:
        if (options->truststore != NULL)
            return usage_error("--truststore is given twice: put the certificates into one file");
        options->truststore = optarg;
        return 0;
    case OPTION_UNTRUSTED:
        options->untrusted[options->untrusted_count++] = optarg;
        return 0;
    case OPTION_PROFILE:
        if (mtlsauth_profile_from_name(optarg, &options->profile) != MTLSAUTH_OK)
            return usage_error("--profile %s: write api-gateway, alb or strict", optarg);
        return 0;
    case OPTION_PURPOSE:
        return set_purpose(options, optarg);
    case OPTION_AT:
        if (parse_time(optarg, &options->at) != 0)
            return usage_error("--at %s: write 2026-01-31T12:00:00Z, or seconds since 1970",
                               optarg);
        return 0;
    case OPTION_FORMAT:
        if (mtlsauth_format_from_name(optarg, &options->format) != MTLSAUTH_OK)
            return usage_error("--format %s: write " FORMAT_NAMES, optarg);
        return 0;
    case OPTION_JSON:
        options->json = 1;
        return 0;
    case OPTION_CRL:
        options->crls[options->crl_count++] = optarg;
        return 0;
    case OPTION_OCSP_RESPONSE:
        options->responses[options->response_count++] = optarg;
        return 0;
    case OPTION_REVOCATION:
        return set_evidence(options, optarg);
    case OPTION_DEPTH:
        return set_depth(options, optarg);
    case '?':
        fprintf(stderr, "Try '%s --help'.\n", argv[0]);
        return STATUS_ERROR;
    default:
        return rules_take_option(&options->rules, option, argc, argv) == 0 ? 0
                                                                           : fail("out of memory");
    }
}

static int parse_options(struct check_options *options, int argc, char *argv[], int *help_wanted)
{
    int option, status = 0;

    /* The "-" in front hands out what is no option in its place, so that --rule finds its words. */
    while (status == 0 && (option = getopt_long(argc, argv, "-", long_options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            *help_wanted = 1;
            return 0;
        }
        status = take_option(options, option, argc, argv);
    }
    for (; status == 0 && optind < argc; optind++) { /* what follows "--" */
        optarg = argv[optind];
        status = take_option(options, 1, argc, argv);
    }
    if (status == 0 && options->truststore == NULL)
        status = usage_error("--truststore is missing: name the file with the CA certificates");
    if (status == 0 && options->cert == NULL)
        status = usage_error("the certificate is missing: name its file, or - for standard input");
    return status;
}

static int make_policy(mtlsauth_policy **policy, const struct check_options *options,
                       const mtlsauth_truststore *truststore)
{
    char wrong[RULES_ERROR_LEN];
    const char *warnings;

    if (mtlsauth_policy_new(policy, options->profile) != MTLSAUTH_OK ||
        mtlsauth_policy_set_revocation(*policy, options->evidence, options->depth) != MTLSAUTH_OK ||
        mtlsauth_policy_set_required_eku(*policy, options->eku) != MTLSAUTH_OK)
        return library_error("");
    if (options->at != MTLSAUTH_NO_TIME &&
        mtlsauth_policy_set_time(*policy, options->at) != MTLSAUTH_OK)
        return library_error("--at");
    if (rules_apply(&options->rules, *policy, wrong) != 0)
        return fail("%s", wrong);
    if (options->rules.count == 0)
        fputs("warning: there is no rule, so nobody is allowed: add --allow, --rule, --rules or "
              "--allow-any\n",
              stderr);
    if (mtlsauth_policy_lint(*policy, truststore, &warnings) != MTLSAUTH_OK)
        return library_error("");
    for (size_t n; *warnings != '\0'; warnings += n + (warnings[n] == '\n')) {
        n = strcspn(warnings, "\n");
        fprintf(stderr, "warning: %.*s\n", (int)n, warnings);
    }
    return 0;
}

/* A line "  name   text" of the answer. */
static void field(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void field(const char *name, const char *format, ...)
{
    va_list arguments;

    printf("  %-12s ", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

static const char *subject_text(const mtlsauth_cert *cert)
{
    const char *subject = mtlsauth_cert_subject(cert);

    return subject == NULL || *subject == '\0' ? "(empty subject)" : subject;
}

static void print_allowed(const mtlsauth_decision *decision)
{
    char buffer[TIME_TEXT_LEN];
    size_t n = mtlsauth_decision_path_count(decision);

    printf("allowed: %s\n", subject_text(mtlsauth_decision_path_cert(decision, 0)));
    field("rule", "%s", mtlsauth_decision_label(decision));
    if (*mtlsauth_decision_identity(decision) != '\0')
        field("identity", "%s", mtlsauth_decision_identity(decision));
    for (size_t i = 0; i < n; i++)
        field(i == 0 ? "path" : "", "%zu %s", i,
              subject_text(mtlsauth_decision_path_cert(decision, i)));
    field("valid until", "%s", time_text(mtlsauth_decision_valid_until(decision), buffer));
    field("truststore", "sha256 %s", mtlsauth_decision_truststore_sha256(decision));
}

/* Which certificate the reason is about: its place, and its subject where that is known. */
static void print_certificate(const mtlsauth_decision *decision, const mtlsauth_chain *chain)
{
    int depth = mtlsauth_decision_depth(decision);
    const mtlsauth_cert *cert = NULL;

    if (depth < 0)
        return;
    if (mtlsauth_decision_path_count(decision) > (size_t)depth)
        cert = mtlsauth_decision_path_cert(decision, (size_t)depth);
    else if (depth == 0 && chain != NULL)
        cert = mtlsauth_chain_cert(chain, 0);
    if (cert != NULL)
        field("certificate", "depth %d, %s", depth, subject_text(cert));
    else if (depth == 0)
        field("certificate", "depth 0, the client's own, which could not be read");
    else
        field("certificate", "depth %d, a CA above the client's (the reason names it)", depth);
}

static void print_denied(const mtlsauth_decision *decision, const mtlsauth_chain *chain)
{
    int code = mtlsauth_decision_code(decision), number = mtlsauth_code_openssl(code);
    const char *api_gateway = mtlsauth_code_alias(code, MTLSAUTH_ALIAS_API_GATEWAY);
    const char *alb = mtlsauth_code_alias(code, MTLSAUTH_ALIAS_ALB);
    const char *name, *text = openssl_text(number, &name);

    printf("denied: %s: %s\n", mtlsauth_code_name(code), mtlsauth_code_text(code));
    print_certificate(decision, chain);
    field("reason", "%s", mtlsauth_decision_message(decision));
    if (api_gateway != NULL)
        field("API Gateway", "%s", api_gateway);
    if (alb != NULL)
        field("ALB", "Failed:%s", alb);
    if (text != NULL)
        field("OpenSSL", "%d X509_V_ERR_%s, \"%s\"", number, name, text);
    else
        field("OpenSSL", "%d", number);
    field("remedy", "%s", mtlsauth_code_remedy(code));
}

static int print_decision(mtlsauth_decision *decision, const mtlsauth_chain *chain, int json)
{
    int code = mtlsauth_decision_code(decision);
    int revocation = (mtlsauth_decision_checks(decision) & MTLSAUTH_CHECK_REVOCATION) != 0;
    const char *text = NULL;

    if (json) {
        if (mtlsauth_decision_json(decision, &text) != MTLSAUTH_OK)
            return library_error("");
        puts(text);
        if (!revocation)
            fprintf(stderr, "revocation %s\n", not_checked);
    } else {
        if (mtlsauth_decision_allowed(decision))
            print_allowed(decision);
        else
            print_denied(decision, chain);
        if (!revocation)
            field("revocation", "%s", not_checked);
    }
    if (code == MTLSAUTH_OK && mtlsauth_decision_allowed(decision))
        return STATUS_YES;
    return code > 0 && code != MTLSAUTH_DENY_INTERNAL && code != MTLSAUTH_DENY_NOT_EVALUATED
               ? STATUS_NO
               : STATUS_ERROR;
}

static int decide(mtlsauth_authorizer *authorizer, const struct check_options *options)
{
    mtlsauth_decision *decision = NULL;
    mtlsauth_chain *chain = NULL;
    unsigned char *data = NULL;
    size_t len = 0;
    int code, status;

    status =
        read_input(options->cert, "a file with the client's certificate", INPUT_LIMIT, &data, &len);
    if (status != 0)
        return status;
    /* A header value has no newline at its end, but a file that an editor wrote has. */
    if (options->format > MTLSAUTH_FORMAT_DER)
        while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
            len--;
    if (mtlsauth_decision_new(&decision) != MTLSAUTH_OK) {
        status = library_error("");
        goto out;
    }
    code = mtlsauth_chain_parse(&chain, data, len, options->format, NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorize(authorizer, chain, decision);
    else
        code = mtlsauth_authorize_unparsed(authorizer, code, NULL, decision);
    status =
        code < 0 ? library_error(options->cert) : print_decision(decision, chain, options->json);
out:
    mtlsauth_chain_free(chain);
    mtlsauth_decision_free(decision);
    free(data);
    return status;
}

static int check(const struct check_options *options)
{
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_policy *policy = NULL;
    mtlsauth_authorizer *authorizer = NULL;
    int status;

    if (mtlsauth_truststore_load_file(&truststore, options->truststore, NULL) != MTLSAUTH_OK)
        return library_error("--truststore");
    status = make_policy(&policy, options, truststore);
    if (status == 0 && mtlsauth_authorizer_new(&authorizer, truststore, policy) != MTLSAUTH_OK)
        status = library_error("");
    if (status == 0)
        status = load_evidence(authorizer, options, truststore, policy);
    if (status == 0)
        status = decide(authorizer, options);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return status;
}

static int run_check(int argc, char *argv[])
{
    struct check_options options = {
        .eku = CLIENT_AUTH_OID,
        .at = MTLSAUTH_NO_TIME,
        .depth = MTLSAUTH_DEPTH_LEAF,
        .profile = MTLSAUTH_PROFILE_API_GATEWAY,
        .format = MTLSAUTH_FORMAT_AUTO,
    };
    int help_wanted = 0, status;

    options.untrusted = calloc((size_t)argc + 1, sizeof *options.untrusted);
    options.crls = calloc((size_t)argc + 1, sizeof *options.crls);
    options.responses = calloc((size_t)argc + 1, sizeof *options.responses);
    if (options.untrusted == NULL || options.crls == NULL || options.responses == NULL) {
        free(options.untrusted);
        free(options.crls);
        free(options.responses);
        return fail("out of memory");
    }
    status = parse_options(&options, argc, argv, &help_wanted);
    if (options.evidence == 0)
        options.evidence = options.response_count > 0 ? MTLSAUTH_EVIDENCE_OCSP
                           : options.crl_count > 0    ? MTLSAUTH_EVIDENCE_CRL
                                                      : MTLSAUTH_EVIDENCE_OFF;
    if (help_wanted)
        status = help(&check_command);
    else if (status == 0 && options.evidence == MTLSAUTH_EVIDENCE_OFF &&
             options.response_count + options.crl_count > 0)
        status = usage_error("--revocation off does not go with %s",
                             options.crl_count > 0 ? "--crl" : "--ocsp-response");
    else if (status == 0)
        status = check(&options);
    free(options.untrusted);
    free(options.crls);
    free(options.responses);
    rules_free(&options.rules);
    return status;
}

const struct command check_command = {
    .name = "check",
    .summary = "may the client with this certificate in, and if not, why not?",
    .run = run_check,
    .help =
        "check --truststore FILE [OPTION]... CERT\n\n"
        "CERT is a file with what the client presents, its own certificate first; - is standard\n"
        "input. Exit status: 0 allowed, 1 denied, 2 it could not be decided.\n\n"
        "  --truststore FILE       CA certificates that may vouch for a client, PEM, or one DER\n"
        "  --untrusted FILE        intermediates that the client does not send; may be repeated\n"
        "  --allow MATCHER[,MATCHER]...\n"
        "                          a rule: every one of its matchers must hold. A comma separates\n"
        "                          only where a matcher follows (so dn:CN=a,O=b is one), and "
        "never\n"
        "                          where it is escaped (\\,). May be repeated: one rule suffices\n"
        "  --rule LABEL MATCHER... the same with a label, up to the first word that is no matcher\n"
        "  --allow-any             allow any client that the truststore vouches for\n"
        "  --block MATCHER         deny a client for which it holds; may be repeated\n"
        "  --rules FILE            rules from a file, one a line: 'allow LABEL MATCHER...',\n"
        "                          'allow-any [LABEL]', 'block MATCHER'\n"
        "  --profile PROFILE       api-gateway (default), alb or strict\n"
        "  --purpose PURPOSE       client (default) or server\n"
        "  --at TIME               decide as of 2026-01-31T12:00:00Z, or seconds since 1970\n"
        "  --format FORMAT         what CERT holds, when it is the value of a proxy's header:\n"
        "                          nginx, nginx-old, alb, haproxy, traefik, rfc9440, xfcc; or\n"
        "                          pem, der, auto (default: PEM or DER)\n"
        "  --crl FILE              a CRL of a CA of the truststore or of --untrusted, or an index\n"
        "                          of one that was compiled without a key; may be repeated\n"
        "  --ocsp-response FILE    an OCSP response, DER; may be repeated\n"
        "  --revocation off|crl|ocsp|crl-or-ocsp|crl-and-ocsp\n"
        "                          what has to say that a certificate is not revoked: ocsp when a\n"
        "                          response is given, else crl when a CRL is, else off. Whatever\n"
        "                          is asked for, a \"revoked\" denies\n"
        "  --revocation-depth leaf|chain\n"
        "                          of the client's certificate alone (default), or of all but the\n"
        "                          anchor\n"
        "  --json                  the decision as one line of JSON\n\n"
        "Matchers: dns: uri: ip: email: upn: dn: subject.TYPE: issuer: anchor: issuer-spki:\n"
        "sha256: spki: serial:, with ! in front to negate; <mtlsauth/policy.h> explains them.\n\n"
        "  mtlsauth check --truststore cas.pem --allow dns:client.example.com client.pem\n",
};
