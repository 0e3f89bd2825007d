/* SPDX-License-Identifier: MIT */

/* mtlsauth show: what certificates say, every one of a file. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"

#define MAX_CERTIFICATES 10000
#define MAX_NAMES 100000
#define INPUT_LIMIT ((size_t)16 << 20)

static const char *san_name(int type)
{
    switch (type) {
    case MTLSAUTH_SAN_DNS:
        return "dns";
    case MTLSAUTH_SAN_URI:
        return "uri";
    case MTLSAUTH_SAN_IP:
        return "ip";
    case MTLSAUTH_SAN_EMAIL:
        return "email";
    case MTLSAUTH_SAN_UPN:
        return "upn";
    case MTLSAUTH_SAN_DIRNAME:
        return "dirname";
    case MTLSAUTH_SAN_RID:
        return "rid";
    default:
        return "other";
    }
}

static void field(const char *name, const char *text)
{
    printf("  %-12s %s\n", name, text);
}

/* A malformed entry ends the list of the names that can be read. What the library believes nothing of
 * is not told from what has no names by their number. */
static void show_names(const mtlsauth_cert *cert)
{
    size_t n = mtlsauth_cert_san_count(cert);
    const char *text;
    int type, yes,
        malformed = mtlsauth_cert_matches(cert, "dns:a.invalid", &yes) == MTLSAUTH_ERR_PARSE;

    if (n == 0)
        field("SAN", malformed ? "(none that can be read)" : "(none)");
    for (size_t i = 0; i < n; i++)
        if (mtlsauth_cert_san(cert, i, &type, &text) == MTLSAUTH_OK)
            printf("  %-12s %s:%s\n", i == 0 ? "SAN" : "", san_name(type), text);
    if (malformed)
        printf("  %-12s %s: a client with it is denied\n", "malformed", mtlsauth_last_error());
}

static void show_cert(const mtlsauth_cert *cert)
{
    char buffer[TIME_TEXT_LEN];
    const char *subject = mtlsauth_cert_subject(cert), *issuer = mtlsauth_cert_issuer(cert);

    field("subject", *subject != '\0' ? subject : "(empty)");
    field("issuer", *issuer != '\0' ? issuer : "(empty)");
    field("serial", mtlsauth_cert_serial_hex(cert));
    field("not before", time_text(mtlsauth_cert_not_before(cert), buffer));
    field("not after", time_text(mtlsauth_cert_not_after(cert), buffer));
    printf("  %-12s %d\n", "version", mtlsauth_cert_version(cert));
    field("is a CA", mtlsauth_cert_is_ca(cert) ? "yes" : "no");
    field("key", mtlsauth_cert_key_text(cert));
    field("signature", mtlsauth_cert_signature_text(cert));
    show_names(cert);
    if (*mtlsauth_cert_subject_key_id_hex(cert) != '\0')
        field("key id", mtlsauth_cert_subject_key_id_hex(cert));
    if (*mtlsauth_cert_authority_key_id_hex(cert) != '\0')
        field("issuer's id", mtlsauth_cert_authority_key_id_hex(cert));
    field("sha256", mtlsauth_cert_sha256_hex(cert));
    field("spki sha256", mtlsauth_cert_spki_sha256_hex(cert));
    field("x5t#S256", mtlsauth_cert_thumbprint(cert));
}

/* Limits that let an operator see what is too much for the library's defaults. */
static int make_limits(mtlsauth_limits **limits)
{
    int code = mtlsauth_limits_new(limits);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_chain_certificates(*limits, MAX_CERTIFICATES);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_chain_bytes(*limits, INPUT_LIMIT);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_truststore_certificates(*limits, MAX_CERTIFICATES);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_truststore_bytes(*limits, INPUT_LIMIT);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_certificate_bytes(*limits, INPUT_LIMIT);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_limits_set_names(*limits, MAX_NAMES);
    return code;
}

static void show_numbered(const char *path, const mtlsauth_cert *cert, size_t i, size_t n)
{
    static int first = 1;

    printf("%s%s: certificate %zu of %zu\n", first ? "" : "\n", path, i + 1, n);
    show_cert(cert);
    first = 0;
}

/* A bundle may have other blocks and text between its certificates, as a truststore may. */
static int show_bundle(const char *path, const void *data, size_t len,
                       const mtlsauth_limits *limits)
{
    mtlsauth_truststore *bundle = NULL;
    int code = mtlsauth_truststore_parse(&bundle, data, len, limits);
    size_t n = code == MTLSAUTH_OK ? mtlsauth_truststore_count(bundle) : 0;

    for (size_t i = 0; i < n; i++)
        show_numbered(path, mtlsauth_truststore_cert(bundle, i), i, n);
    mtlsauth_truststore_free(bundle);
    return code;
}

/* The value of a header; without the newline that an editor puts at the end of a file. */
static int show_header(const char *path, const unsigned char *data, size_t len, int format,
                       const mtlsauth_limits *limits)
{
    mtlsauth_chain *chain = NULL;
    size_t n;
    int code;

    while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
        len--;
    code = mtlsauth_chain_parse(&chain, data, len, format, limits);
    n = code == MTLSAUTH_OK ? mtlsauth_chain_count(chain) : 0;
    for (size_t i = 0; i < n; i++)
        show_numbered(path, mtlsauth_chain_cert(chain, i), i, n);
    mtlsauth_chain_free(chain);
    return code;
}

static int show_file(const char *path, int format)
{
    mtlsauth_limits *limits = NULL;
    unsigned char *data = NULL;
    size_t len = 0;
    int code, status = read_input(path, "a file with certificates", INPUT_LIMIT, &data, &len);

    if (status != 0)
        return status;
    code = make_limits(&limits);
    if (code == MTLSAUTH_OK)
        code = format > MTLSAUTH_FORMAT_DER ? show_header(path, data, len, format, limits)
                                            : show_bundle(path, data, len, limits);
    if (code != MTLSAUTH_OK)
        status = library_error(path);
    mtlsauth_limits_free(limits);
    free(data);
    return status;
}

static int run_show(int argc, char *argv[])
{
    static const struct option long_options[] = {
        {"format", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option, format = MTLSAUTH_FORMAT_AUTO, status = STATUS_YES;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case 'f':
            if (mtlsauth_format_from_name(optarg, &format) != MTLSAUTH_OK)
                return usage_error("--format %s: write " FORMAT_NAMES, optarg);
            break;
        case 'h':
            return help(&show_command);
        default:
            fprintf(stderr, "Try '%s --help'.\n", argv[0]);
            return STATUS_ERROR;
        }
    }
    if (optind == argc)
        return usage_error("the certificate is missing: name its file, or - for standard input");
    for (; optind < argc; optind++)
        if (show_file(argv[optind], format) != 0)
            status = STATUS_ERROR;
    return status;
}

const struct command show_command = {
    .name = "show",
    .summary = "what certificates say, every one of a file",
    .run = run_show,
    .help =
        "show [--format FORMAT] CERT...\n\n"
        "Prints every certificate of each file (PEM, or one DER); - is standard input. Nothing\n"
        "is checked: a certificate may say what it likes.\n\n"
        "  --format FORMAT  what the file holds, when it is the value of a proxy's header:\n"
        "                   nginx, nginx-old, alb, haproxy, traefik, rfc9440, xfcc\n\n"
        "sha256, spki sha256 and serial are what the matchers sha256:, spki: and serial: take;\n"
        "the spki sha256 of a CA is what anchor: and issuer-spki: take. x5t#S256 is the\n"
        "thumbprint of RFC 8705.\n",
};
