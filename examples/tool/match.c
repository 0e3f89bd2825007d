/* SPDX-License-Identifier: MIT */

/* mtlsauth match: does this certificate belong to this key or request? */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"

#define INPUT_LIMIT ((size_t)1 << 20)

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcasecmp(text + n - m, end) == 0;
}

/* A DER file begins with the SEQUENCE that all of these are. */
static int is_der(const unsigned char *data, size_t len)
{
    return len > 1 && data[0] == 0x30;
}

/* Prints what a file turned out to be, and says so when its name promises another thing. */
static void print_found(const char *path, const char *found, int der)
{
    printf("%s: this is a %s", path, found);
    if (ends_with(path, der ? ".pem" : ".der"))
        printf(" with a %s name", der ? ".pem" : ".der");
    putchar('\n');
}

/* Not a key: perhaps a certificate, which is then the wrong file. */
static int key_error(const char *path, const unsigned char *data, size_t len)
{
    char reason[512];
    mtlsauth_cert *cert = NULL;

    snprintf(reason, sizeof reason, "%s", mtlsauth_last_error());
    if (mtlsauth_cert_parse(&cert, data, len) == MTLSAUTH_OK) {
        mtlsauth_cert_free(cert);
        return fail("%s: this is a certificate: the second file is a key or a signing request",
                    path);
    }
    return fail("%s: %s", path, reason);
}

static int match(const char *cert_path, const char *key_path)
{
    unsigned char *cert_data = NULL, *key_data = NULL;
    size_t cert_len = 0, key_len = 0;
    mtlsauth_cert *cert = NULL;
    const char *found = NULL;
    int yes = 0, status;

    status = read_input(cert_path, "a file with a certificate", INPUT_LIMIT, &cert_data, &cert_len);
    if (status != 0)
        goto out;
    if (mtlsauth_cert_parse(&cert, cert_data, cert_len) != MTLSAUTH_OK) {
        status = library_error(cert_path);
        goto out;
    }
    print_found(cert_path, is_der(cert_data, cert_len) ? "DER certificate" : "PEM certificate",
                is_der(cert_data, cert_len));
    status = read_input(key_path, "a file with a key or a signing request", INPUT_LIMIT, &key_data,
                        &key_len);
    if (status != 0)
        goto out;
    if (mtlsauth_cert_matches_key(cert, key_data, key_len, &yes, &found) != MTLSAUTH_OK) {
        status = key_error(key_path, key_data, key_len);
        goto out;
    }
    if (found != NULL)
        print_found(key_path, found, is_der(key_data, key_len));
    puts(yes ? "they belong together"
             : "they do not belong together: look for the key or request "
               "that this certificate was made from");
    status = yes ? STATUS_YES : STATUS_NO;
out:
    mtlsauth_cert_free(cert);
    free(cert_data);
    free(key_data);
    return status;
}

static int run_match(int argc, char *argv[])
{
    static const struct option long_options[] = {
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == 'h')
            return help(&match_command);
        fprintf(stderr, "Try '%s --help'.\n", argv[0]);
        return STATUS_ERROR;
    }
    if (argc - optind != 2)
        return usage_error("two files are compared: a certificate, and a key or signing request");
    if (strcmp(argv[optind], "-") == 0 && strcmp(argv[optind + 1], "-") == 0)
        return usage_error("only one of the two can be standard input");
    return match(argv[optind], argv[optind + 1]);
}

const struct command match_command = {
    .name = "match",
    .summary = "does a certificate belong to a key or a signing request?",
    .run = run_match,
    .help =
        "match CERT KEY|CSR\n\n"
        "Compares the public key of the certificate with a private key, a public key or a\n"
        "certificate signing request, PEM or DER, of any type. An encrypted key is an error:\n"
        "there is never a prompt. Exit status: 0 they belong together, 1 they do not, 2 a file\n"
        "could not be used.\n",
};
