/* SPDX-License-Identifier: MIT */

/*
 * mtlsauth ocsp: makes a request for a CA's responder, and checks what it sent back. It opens no
 * connection; examples/ocsp_check.c does, and curl does:
 *
 *     mtlsauth ocsp request --issuer ca.pem client.pem -o req.der
 *     curl -H 'Content-Type: application/ocsp-request' --data-binary @req.der URL -o resp.der
 *     mtlsauth ocsp verify --issuer ca.pem client.pem resp.der
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"

#define INPUT_LIMIT ((size_t)1 << 20)

struct options {
    const char *issuer, *output, *url;
    unsigned flags;
    int64_t now, max_age;
    int has_time;
    const char *of_request, *of_verify; /* an option that was given, of one action alone */
};

static const char *reason_text(int reason)
{
    const char *name = mtlsauth_crl_reason_name(reason);

    return name[0] == '\0' ? "not given" : name;
}

static int load_cert(const char *path, const char *what, mtlsauth_cert **cert)
{
    unsigned char *data = NULL;
    size_t len = 0;
    int status = read_input(path, what, INPUT_LIMIT, &data, &len);

    if (status == 0 && mtlsauth_cert_parse(cert, data, len) != MTLSAUTH_OK)
        status = library_error(path);
    free(data);
    return status;
}

static int write_output(const char *path, const void *data, size_t len)
{
    FILE *file;
    int failed;

    if (path == NULL && isatty(STDOUT_FILENO))
        return usage_error("a request is no text for a terminal: -o FILE, or -o - all the same");
    file = path == NULL || strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (file == NULL)
        return fail("%s: %s", path, strerror(errno));
    failed = fwrite(data, 1, len, file) != len;
    if (file != stdout)
        failed |= fclose(file) != 0;
    return failed ? fail("%s: %s", path == NULL ? "standard output" : path, strerror(errno))
                  : STATUS_YES;
}

static int print_url(const mtlsauth_ocsp_request *request, const struct options *options,
                     const mtlsauth_cert *cert)
{
    char responder[MTLSAUTH_OCSP_URL_LEN], url[MTLSAUTH_OCSP_URL_LEN];
    const char *from = options->url;

    if (*from == '\0') {
        if (mtlsauth_cert_ocsp_url(cert, responder, sizeof responder) != MTLSAUTH_OK)
            return fail("%s: give it with --url=URL", mtlsauth_last_error());
        from = responder;
    }
    if (mtlsauth_ocsp_request_http_get_url(request, from, url, sizeof url) != MTLSAUTH_OK)
        return library_error(from);
    puts(url);
    return STATUS_YES;
}

static int request(const struct options *options, char *const paths[], int count)
{
    mtlsauth_cert *issuer = NULL, *first = NULL;
    mtlsauth_ocsp_request *made = NULL;
    int status = load_cert(options->issuer, "the certificate of the issuer", &issuer);

    for (int i = 0; status == 0 && i < count; i++) {
        mtlsauth_cert *cert = NULL;
        int code;

        status = load_cert(paths[i], "a certificate", &cert);
        if (status != 0)
            break;
        code = i == 0 ? mtlsauth_ocsp_request_new(&made, cert, issuer, options->flags)
                      : mtlsauth_ocsp_request_add(made, cert, issuer);
        if (code != MTLSAUTH_OK)
            status = library_error(paths[i]);
        if (i == 0)
            first = mtlsauth_cert_ref(cert);
        mtlsauth_cert_free(cert);
    }
    if (status == 0 && options->url != NULL)
        status = print_url(made, options, first);
    if (status == 0 && (options->url == NULL || options->output != NULL)) {
        size_t len;
        const void *der = mtlsauth_ocsp_request_der(made, &len);

        status = write_output(options->output, der, len);
    }
    mtlsauth_ocsp_request_free(made);
    mtlsauth_cert_free(first);
    mtlsauth_cert_free(issuer);
    return status;
}

static int load_response(const char *path, mtlsauth_ocsp_response **response)
{
    unsigned char *data = NULL;
    size_t len = 0;
    int status = read_input(path, "an OCSP response (DER)", MTLSAUTH_MAX_OCSP_BYTES, &data, &len);

    if (status == 0 && mtlsauth_ocsp_response_parse(response, data, len) != MTLSAUTH_OK)
        status = library_error(path);
    free(data);
    return status;
}

static int print_result(const mtlsauth_cert *cert, const mtlsauth_ocsp_result *result)
{
    int status = mtlsauth_ocsp_result_status(result);
    char text[TIME_TEXT_LEN];

    printf("%s: %s\n", mtlsauth_cert_subject(cert), mtlsauth_ocsp_status_name(status));
    if (status == MTLSAUTH_OCSP_REVOKED) {
        printf("  revoked      %s\n", time_text(mtlsauth_ocsp_result_revoked_at(result), text));
        printf("  reason       %s\n", reason_text(mtlsauth_ocsp_result_reason(result)));
    }
    printf("  this update  %s\n", time_text(mtlsauth_ocsp_result_this_update(result), text));
    printf("  next update  %s\n", time_text(mtlsauth_ocsp_result_next_update(result), text));
    printf("  produced     %s\n", time_text(mtlsauth_ocsp_result_produced_at(result), text));
    printf("  counts until %s\n", time_text(mtlsauth_ocsp_result_valid_until(result), text));
    return status == MTLSAUTH_OCSP_GOOD ? STATUS_YES : STATUS_NO;
}

static int make_policy(const struct options *options, mtlsauth_policy **policy)
{
    if (mtlsauth_policy_new(policy, MTLSAUTH_PROFILE_API_GATEWAY) != MTLSAUTH_OK ||
        (options->has_time && mtlsauth_policy_set_time(*policy, options->now) != MTLSAUTH_OK) ||
        (options->max_age > 0 &&
         mtlsauth_policy_set_ocsp_max_age(*policy, options->max_age) != MTLSAUTH_OK))
        return library_error("");
    return 0;
}

/* What says nothing of the answer, as it was not looked at to the end. */
static int is_failure(int code)
{
    return code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO || code == MTLSAUTH_ERR_IO ||
           code == MTLSAUTH_ERR_ARGUMENT;
}

static int verify(const struct options *options, char *const paths[])
{
    mtlsauth_cert *issuer = NULL, *cert = NULL;
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    mtlsauth_policy *policy = NULL;
    int status = load_cert(options->issuer, "the certificate of the issuer", &issuer);

    if (status == 0)
        status = load_cert(paths[0], "a certificate", &cert);
    if (status == 0)
        status = load_response(paths[1], &response);
    if (status == 0)
        status = make_policy(options, &policy);
    if (status == 0) {
        int code = mtlsauth_ocsp_check(response, NULL, cert, issuer, policy, &result);

        if (code == MTLSAUTH_OK) {
            status = print_result(cert, result);
        } else if (is_failure(code)) {
            status = library_error(paths[1]);
        } else {
            printf("%s: no answer\n  %s: %s\n", mtlsauth_cert_subject(cert),
                   mtlsauth_code_name(code), mtlsauth_last_error());
            status = STATUS_NO;
        }
    }
    mtlsauth_ocsp_result_free(result);
    mtlsauth_policy_free(policy);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_cert_free(cert);
    mtlsauth_cert_free(issuer);
    return status;
}

static int show(const char *path)
{
    mtlsauth_ocsp_response *response = NULL;
    char text[TIME_TEXT_LEN];
    int status = load_response(path, &response);

    if (status != 0)
        return status;
    printf("status       %s\n", mtlsauth_ocsp_response_status_name(response));
    if (mtlsauth_ocsp_response_status(response) == 0)
        printf("produced     %s\n", time_text(mtlsauth_ocsp_response_produced_at(response), text));
    for (size_t i = 0; i < mtlsauth_ocsp_response_count(response); i++) {
        int64_t this_update, next_update;
        const void *serial;
        size_t len;

        if (mtlsauth_ocsp_response_entry(response, i, &serial, &len, &status, &this_update,
                                         &next_update) != MTLSAUTH_OK)
            break;
        printf("serial       ");
        for (size_t n = 0; n < len; n++)
            printf("%02x", ((const unsigned char *)serial)[n]);
        printf("\n  says       %s\n", mtlsauth_ocsp_status_name(status));
        printf("  this       %s\n", time_text(this_update, text));
        printf("  next       %s\n", time_text(next_update, text));
    }
    puts("(not verified: 'mtlsauth ocsp verify' does that)");
    mtlsauth_ocsp_response_free(response);
    return STATUS_YES;
}

/* Seconds, or days with a d behind. */
static int parse_age(const char *text, int64_t *age)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (errno != 0 || end == text || value <= 0 || value > 366L * 86400)
        return -1;
    *age = strcmp(end, "d") == 0 ? (int64_t)value * 86400 : value;
    return *end == '\0' || strcmp(end, "d") == 0 ? 0 : -1;
}

static int set_option(struct options *options, int option)
{
    if (option == 't')
        options->of_verify = "--time";
    else if (option == 'a')
        options->of_verify = "--max-age";
    else if (option != 'i')
        options->of_request = option == 'o'   ? "--output"
                              : option == 'u' ? "--url"
                              : option == 's' ? "--sha256"
                                              : "--nonce";
    switch (option) {
    case 'i':
        options->issuer = optarg;
        return 0;
    case 'o':
        options->output = optarg;
        return 0;
    case 'u':
        options->url = optarg == NULL ? "" : optarg;
        return 0;
    case 's':
        options->flags |= MTLSAUTH_OCSP_SHA256;
        return 0;
    case 'n':
        options->flags |= MTLSAUTH_OCSP_NONCE;
        return 0;
    case 't':
        options->has_time = 1;
        return parse_time(optarg, &options->now) == 0
                   ? 0
                   : usage_error("--time '%s' is no time as 2026-01-31T12:00:00Z", optarg);
    default: /* 'a' */
        return parse_age(optarg, &options->max_age) == 0
                   ? 0
                   : usage_error("--max-age '%s' is no number of seconds, or of days as 7d",
                                 optarg);
    }
}

static int run_action(const char *action, const struct options *options, char *const paths[],
                      int count)
{
    int is_show = strcmp(action, "show") == 0, is_verify = strcmp(action, "verify") == 0;
    const char *other = is_verify || is_show ? options->of_request : NULL;

    if (!is_show && !is_verify && strcmp(action, "request") != 0)
        return usage_error("there is no 'ocsp %s': it is request, verify or show", action);
    if (other == NULL && !is_verify)
        other = options->of_verify;
    if (other == NULL && is_show && options->issuer != NULL)
        other = "--issuer";
    if (other != NULL)
        return usage_error("%s does not go with %s", other, action);
    if (is_show)
        return count == 1 ? show(paths[0]) : usage_error("show takes one response");
    if (options->issuer == NULL)
        return usage_error("--issuer CA is needed: the certificate of the issuer");
    if (is_verify)
        return count == 2 ? verify(options, paths)
                          : usage_error("verify takes a certificate and a response, in this order");
    return count >= 1 ? request(options, paths, count)
                      : usage_error("a certificate is needed that is asked about");
}

static int run_ocsp(int argc, char *argv[])
{
    static const struct option long_options[] = {
        {"help", no_argument, NULL, 'h'},
        {"issuer", required_argument, NULL, 'i'},
        {"output", required_argument, NULL, 'o'},
        {"url", optional_argument, NULL, 'u'},
        {"sha256", no_argument, NULL, 's'},
        {"nonce", no_argument, NULL, 'n'},
        {"time", required_argument, NULL, 't'},
        {"max-age", required_argument, NULL, 'a'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {0};
    int option, status;

    while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
        if (option == 'h')
            return help(&ocsp_command);
        if (option == '?') {
            fprintf(stderr, "Try '%s --help'.\n", argv[0]);
            return STATUS_ERROR;
        }
        status = set_option(&options, option);
        if (status != 0)
            return status;
    }
    if (optind >= argc)
        return usage_error("what is it to do: request, verify or show?");
    return run_action(argv[optind], &options, argv + optind + 1, argc - optind - 1);
}

const struct command ocsp_command = {
    .name = "ocsp",
    .summary = "make an OCSP request, verify or show a response",
    .run = run_ocsp,
    .help =
        "ocsp request --issuer CA [OPTION]... CERT...\n"
        "       mtlsauth ocsp verify --issuer CA [OPTION]... CERT RESPONSE\n"
        "       mtlsauth ocsp show RESPONSE\n\n"
        "request writes the body of a POST (application/ocsp-request) to standard output:\n"
        "  -o, --output FILE  to a file instead\n"
        "  --sha256           name the issuer by SHA-256; not every responder takes that\n"
        "  --nonce            with a nonce; AWS Private CA and others take none\n"
        "  --url[=URL]        print the URL of a GET instead, of this responder, or of the one\n"
        "                     that the certificate names; more than 255 bytes is an error\n\n"
        "verify checks a response: signature, responder, certificate, freshness.\n"
        "  --time TIME        as if it were this time: 2026-01-31T12:00:00Z, or seconds\n"
        "  --max-age SECONDS  how long after thisUpdate it counts (7d unless given)\n\n"
        "The issuer is taken as it is given: 'mtlsauth check' verifies the path. Exit status of\n"
        "verify: 0 good, 1 revoked, unknown, or no answer that counts, 2 it could not be told: a\n"
        "file that cannot be used, no memory, libcrypto.\n",
};
