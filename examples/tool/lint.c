/* SPDX-License-Identifier: MIT */

/* mtlsauth lint: what is wrong with a truststore, certificate by certificate. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"
#include "../common/rules.h"

#define INPUT_LIMIT ((size_t)1 << 20)
#define NO_CERTIFICATE ((size_t)-1)

/* The hashes that the operator expects, as lower-case text one after the other. */
struct pins {
    char (*hex)[MTLSAUTH_SHA256_HEX_LEN];
    size_t count;
};

struct options {
    const char *truststore;
    const char *expected;
    int64_t at;
    int profile;
    int json;
};

static const char *severity_name(int severity)
{
    switch (severity) {
    case MTLSAUTH_SEVERITY_ERROR:
        return "error";
    case MTLSAUTH_SEVERITY_WARNING:
        return "warning";
    default:
        return "info";
    }
}

static const char *subject_text(const mtlsauth_cert *cert)
{
    const char *subject = mtlsauth_cert_subject(cert);

    return *subject == '\0' ? "(empty subject)" : subject;
}

/* 64 hexadecimal digits, with colons between the octets or not, and what follows after a blank. */
static int read_pin(const char *line, size_t len, char hex[MTLSAUTH_SHA256_HEX_LEN])
{
    size_t n = 0, i = 0;

    for (; i < len && line[i] != ' ' && line[i] != '\t' && line[i] != '\r'; i++) {
        char c = line[i];

        if (c == ':' && n % 2 == 0 && n > 0)
            continue;
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) || n == MTLSAUTH_SHA256_HEX_LEN - 1)
            return -1;
        hex[n++] = c;
    }
    hex[n] = '\0';
    return n == MTLSAUTH_SHA256_HEX_LEN - 1 ? 0 : -1;
}

static int load_pins(struct pins *pins, const char *path)
{
    unsigned char *data = NULL;
    size_t len = 0, number = 0, lines = 1;
    int status = read_input(path, "a file with one SHA-256 a line", INPUT_LIMIT, &data, &len);

    if (status != 0)
        return status;
    for (size_t i = 0; i < len; i++)
        lines += data[i] == '\n';
    pins->hex = calloc(lines, sizeof *pins->hex);
    if (pins->hex == NULL)
        status = fail("out of memory");
    for (size_t start = 0, n; status == 0 && start < len; start += n + 1) {
        const char *line = (const char *)data + start;
        const char *end = memchr(line, '\n', len - start);

        n = end != NULL ? (size_t)(end - line) : len - start;
        number++;
        if (n == 0 || *line == '#' || *line == '\r')
            continue;
        if (read_pin(line, n, pins->hex[pins->count++]) != 0)
            status = fail("%s: line %zu: write the SHA-256 of a certificate, 64 hexadecimal "
                          "digits, and after a blank what you like",
                          path, number);
    }
    if (status == 0 && pins->count == 0)
        status = fail("%s: no hash in it: write the SHA-256 of a root a line", path);
    free(data);
    return status;
}

static int is_pinned(const struct pins *pins, const char *hex)
{
    for (size_t i = 0; i < pins->count; i++)
        if (strcmp(pins->hex[i], hex) == 0)
            return 1;
    return 0;
}

/* 1 when its name of this type ("dn:", "issuer:") is the name as the library compares it, -1 when
 * that cannot be told. */
static int has_name(const mtlsauth_cert *cert, const char *type, const char *name)
{
    char matcher[MTLSAUTH_MAX_MATCHER_LEN + 1];
    int n = snprintf(matcher, sizeof matcher, "%s%s", type, name), yes;

    if (n < 0 || (size_t)n >= sizeof matcher ||
        mtlsauth_cert_matches(cert, matcher, &yes) != MTLSAUTH_OK)
        return -1;
    return yes;
}

/*
 * What has issued itself by name may be an anchor. Names that differ in case or blanks are the same
 * there, and not as text. The text of a name may say less than the name: only where it means the
 * subject itself does it tell that the issuer is another, and whatever cannot be told is a root.
 */
static int is_root(const mtlsauth_cert *cert)
{
    const char *subject = mtlsauth_cert_subject(cert);

    return has_name(cert, "dn:", subject) != 1 || has_name(cert, "issuer:", subject) != 0;
}

/* Where the profile lets a path end below a root, what has no path to one is as good as one. */
static int stands_for_root(const mtlsauth_report *report, size_t wanted)
{
    size_t certificate;
    int severity, code;

    for (size_t i = 0; i < mtlsauth_report_count(report); i++)
        if (mtlsauth_report_finding(report, i, &certificate, &severity, &code, NULL) ==
                MTLSAUTH_OK &&
            certificate == wanted && code == MTLSAUTH_LINT_ISSUER_MISSING &&
            severity == MTLSAUTH_SEVERITY_INFO)
            return 1;
    return 0;
}

static int in_truststore(const mtlsauth_truststore *truststore, const char *hex)
{
    for (size_t i = 0; i < mtlsauth_truststore_count(truststore); i++)
        if (strcmp(mtlsauth_cert_sha256_hex(mtlsauth_truststore_cert(truststore, i)), hex) == 0)
            return 1;
    return 0;
}

static int is_unexpected(const mtlsauth_truststore *truststore, const mtlsauth_report *report,
                         const struct pins *pins, size_t i)
{
    const mtlsauth_cert *cert = mtlsauth_truststore_cert(truststore, i);

    return pins->count > 0 && (is_root(cert) || stands_for_root(report, i)) &&
           !is_pinned(pins, mtlsauth_cert_sha256_hex(cert));
}

/* Roots that nobody pinned, and pins that no root has: both to where the caller says. */
static size_t print_pin_errors(const mtlsauth_truststore *truststore, const mtlsauth_report *report,
                               const struct pins *pins, FILE *to)
{
    size_t errors = 0;

    for (size_t i = 0; i < mtlsauth_truststore_count(truststore); i++) {
        const mtlsauth_cert *cert = mtlsauth_truststore_cert(truststore, i);

        if (is_unexpected(truststore, report, pins, i)) {
            fprintf(to, "error UNEXPECTED: %s %s, sha256 %s, is not among the expected ones\n",
                    is_root(cert) ? "root" : "certificate", subject_text(cert),
                    mtlsauth_cert_sha256_hex(cert));
            errors++;
        }
    }
    for (size_t i = 0; i < pins->count; i++) {
        if (!in_truststore(truststore, pins->hex[i])) {
            fprintf(to, "error MISSING: %s is expected, and no certificate of the file has it\n",
                    pins->hex[i]);
            errors++;
        }
    }
    return errors;
}

/* The library's report knows of no pins: what they say is added, also to the number of errors. */
static void print_json(const mtlsauth_truststore *truststore, const mtlsauth_report *report,
                       const struct pins *pins, size_t errors)
{
    static const char count[] = "\"errors\":";
    const char *json = mtlsauth_report_json(report), *at = strstr(json, count);
    const char *between = "";

    if (pins->count == 0 || at == NULL) {
        puts(json);
        return;
    }
    at += sizeof count - 1;
    printf("%.*s%zu", (int)(at - json), json, errors);
    at += strspn(at, "0123456789");
    printf("%.*s,\"unexpected\":[", (int)strlen(at) - 1, at);
    for (size_t i = 0; i < mtlsauth_truststore_count(truststore); i++) {
        if (is_unexpected(truststore, report, pins, i)) {
            printf("%s%zu", between, i);
            between = ",";
        }
    }
    printf("],\"missing\":[");
    between = "";
    for (size_t i = 0; i < pins->count; i++) {
        if (!in_truststore(truststore, pins->hex[i])) {
            printf("%s\"%s\"", between, pins->hex[i]);
            between = ",";
        }
    }
    puts("]}");
}

/* Prints the findings about one certificate, or about the file. */
static void print_findings(const mtlsauth_report *report, size_t wanted, const char *indent)
{
    size_t certificate;
    int severity, code;
    const char *sentence;

    for (size_t i = 0; i < mtlsauth_report_count(report); i++)
        if (mtlsauth_report_finding(report, i, &certificate, &severity, &code, &sentence) ==
                MTLSAUTH_OK &&
            certificate == wanted)
            printf("%s%s %s: %s\n", indent, severity_name(severity), mtlsauth_lint_name(code),
                   sentence);
}

static size_t count_findings(const mtlsauth_report *report, int wanted)
{
    size_t n = 0;
    int severity;

    for (size_t i = 0; i < mtlsauth_report_count(report); i++)
        if (mtlsauth_report_finding(report, i, NULL, &severity, NULL, NULL) == MTLSAUTH_OK &&
            severity == wanted)
            n++;
    return n;
}

static void print_report(const mtlsauth_truststore *truststore, const mtlsauth_report *report)
{
    size_t n = mtlsauth_truststore_count(truststore);
    char buffer[TIME_TEXT_LEN];

    for (size_t i = 0; i < n; i++) {
        const mtlsauth_cert *cert = mtlsauth_truststore_cert(truststore, i);

        printf("%zu %s, until %s, %s, sha256 %s\n", i + 1, subject_text(cert),
               time_text(mtlsauth_cert_not_after(cert), buffer), mtlsauth_cert_key_text(cert),
               mtlsauth_cert_sha256_hex(cert));
        print_findings(report, i, "    ");
    }
    print_findings(report, NO_CERTIFICATE, "");
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_total(const mtlsauth_truststore *truststore, size_t errors, size_t warnings)
{
    size_t n = mtlsauth_truststore_count(truststore);

    printf("%zu certificate%s, %zu error%s, %zu warning%s; sha256 of the set %s\n", n, plural(n),
           errors, plural(errors), warnings, plural(warnings),
           mtlsauth_truststore_sha256_hex(truststore));
}

static int lint(const struct options *options)
{
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_report *report = NULL;
    struct pins pins = {0};
    size_t errors = 0;
    int status = options->expected != NULL ? load_pins(&pins, options->expected) : 0;

    if (status == 0 &&
        (mtlsauth_truststore_load_file(&truststore, options->truststore, NULL) != MTLSAUTH_OK ||
         mtlsauth_truststore_lint(truststore, options->at, options->profile, &report) !=
             MTLSAUTH_OK))
        status = library_error("");
    if (status == 0) {
        if (!options->json)
            print_report(truststore, report);
        errors = print_pin_errors(truststore, report, &pins, options->json ? stderr : stdout) +
                 count_findings(report, MTLSAUTH_SEVERITY_ERROR);
        if (options->json)
            print_json(truststore, report, &pins, errors);
        else
            print_total(truststore, errors, count_findings(report, MTLSAUTH_SEVERITY_WARNING));
        status = errors == 0 ? STATUS_YES : STATUS_NO;
    }
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
    free(pins.hex);
    return status;
}

static int run_lint(int argc, char *argv[])
{
    static const struct option long_options[] = {
        {"profile", required_argument, NULL, 'p'},
        {"at", required_argument, NULL, 'a'},
        {"expect-sha256", required_argument, NULL, 'e'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.profile = MTLSAUTH_PROFILE_API_GATEWAY, .at = (int64_t)time(NULL)};
    int option;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case 'p':
            if (mtlsauth_profile_from_name(optarg, &options.profile) != MTLSAUTH_OK)
                return usage_error("--profile %s: write api-gateway, alb or strict", optarg);
            break;
        case 'a':
            if (parse_time(optarg, &options.at) != 0)
                return usage_error("--at %s: write 2026-01-31T12:00:00Z, or seconds since 1970",
                                   optarg);
            break;
        case 'e':
            options.expected = optarg;
            break;
        case 'j':
            options.json = 1;
            break;
        case 'h':
            return help(&lint_command);
        default:
            fprintf(stderr, "Try '%s --help'.\n", argv[0]);
            return STATUS_ERROR;
        }
    }
    if (argc - optind != 1)
        return usage_error("name one file, the truststore");
    options.truststore = argv[optind];
    return lint(&options);
}

const struct command lint_command = {
    .name = "lint",
    .summary = "what is wrong with a truststore, certificate by certificate",
    .run = run_lint,
    .help =
        "lint [OPTION]... TRUSTSTORE\n\n"
        "A line for every certificate of the bundle, and below it what there is to say. Exit\n"
        "status: 0 nothing that denies clients, 1 an error was found, 2 the file could not be\n"
        "used.\n\n"
        "  --profile PROFILE     whose requirements: api-gateway (default), alb or strict\n"
        "  --at TIME             judge as of 2026-01-31T12:00:00Z, or seconds since 1970\n"
        "  --expect-sha256 FILE  the SHA-256 of each root that you downloaded, one a line: a\n"
        "                        root that is not in it, or is missing here, is an error; with\n"
        "                        strict also any certificate without a path to a root, for it is\n"
        "                        trusted as one\n"
        "  --json                the report as JSON\n",
};
