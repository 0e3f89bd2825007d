/* SPDX-License-Identifier: MIT */
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <mtlsauth/mtlsauth.h>

static const char *program_name = "mtlsauth";

void set_program_name(const char *name)
{
    program_name = name;
}

static void complain(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void complain(const char *format, va_list arguments)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    return STATUS_ERROR;
}

int library_error(const char *about)
{
    return fail("%s%s%s", about, *about != '\0' ? ": " : "", mtlsauth_last_error());
}

int usage_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try '%s --help'.\n", program_name);
    return STATUS_ERROR;
}

int help(const struct command *command)
{
    printf("usage: mtlsauth %s", command->help);
    return STATUS_YES;
}

static int read_stream(FILE *file, const char *name, const char *what, size_t limit,
                       unsigned char **data, size_t *len)
{
    unsigned char *buffer = malloc(limit + 1);

    if (buffer == NULL)
        return fail("%s: out of memory", name);
    *len = fread(buffer, 1, limit + 1, file);
    if (ferror(file) || *len > limit) {
        int status = ferror(file)
                         ? fail("%s: %s: %s is needed", name, strerror(errno), what)
                         : fail("%s: more than %zu bytes: %s is needed", name, limit, what);
        free(buffer);
        return status;
    }
    *data = buffer;
    return 0;
}

int read_input(const char *path, const char *what, size_t limit, unsigned char **data, size_t *len)
{
    FILE *file;
    int status;

    if (strcmp(path, "-") == 0)
        return read_stream(stdin, "standard input", what, limit, data, len);
    file = fopen(path, "rb");
    if (file == NULL)
        return fail("%s: %s: %s is needed, or - for standard input", path, strerror(errno), what);
    status = read_stream(file, path, what, limit, data, len);
    fclose(file);
    return status;
}

const char *openssl_text(int number, const char **name)
{
    /* <openssl/x509_vfy.h> and X509_verify_cert_error_string() of OpenSSL 3.0. */
    static const struct {
        int number;
        const char *name;
        const char *text;
    } rows[] = {
        {1, "UNSPECIFIED", "unspecified certificate verification error"},
        {3, "UNABLE_TO_GET_CRL", "unable to get certificate CRL"},
        {7, "CERT_SIGNATURE_FAILURE", "certificate signature failure"},
        {9, "CERT_NOT_YET_VALID", "certificate is not yet valid"},
        {10, "CERT_HAS_EXPIRED", "certificate has expired"},
        {12, "CRL_HAS_EXPIRED", "CRL has expired"},
        {18, "DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"},
        {19, "SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"},
        {20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"},
        {22, "CERT_CHAIN_TOO_LONG", "certificate chain too long"},
        {23, "CERT_REVOKED", "certificate revoked"},
        {25, "PATH_LENGTH_EXCEEDED", "path length constraint exceeded"},
        {26, "INVALID_PURPOSE", "unsuitable certificate purpose"},
        {28, "CERT_REJECTED", "certificate rejected"},
        {32, "KEYUSAGE_NO_CERTSIGN", "key usage does not include certificate signing"},
        {34, "UNHANDLED_CRITICAL_EXTENSION", "unhandled critical extension"},
        {43, "NO_EXPLICIT_POLICY", "no explicit policy"},
        {47, "PERMITTED_VIOLATION", "permitted subtree violation"},
        {50, "APPLICATION_VERIFICATION", "application verification failure"},
        {53, "UNSUPPORTED_NAME_SYNTAX", "unsupported or invalid name syntax"},
        {62, "HOSTNAME_MISMATCH", "hostname mismatch"},
        {66, "EE_KEY_TOO_SMALL", "EE certificate key too weak"},
        {68, "CA_MD_TOO_WEAK", "CA signature digest algorithm too weak"},
        {79, "INVALID_CA", "invalid CA certificate"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number) {
            *name = rows[i].name;
            return rows[i].text;
        }
    }
    *name = NULL;
    return NULL;
}

/* The first octets of a compiled index (docs/crl-index.md). */
#define INDEX_MAGIC "\x8bMTLSCRL"

int is_index(const char *path, int *yes)
{
    char start[sizeof INDEX_MAGIC - 1];
    struct stat about;
    FILE *file = fopen(path, "rb");
    int status = 0;

    if (file == NULL)
        return fail("%s: %s", path, strerror(errno));
    /* It is read a second time later, which a pipe does not bear. */
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        fclose(file);
        return fail("%s: not a regular file", path);
    }
    *yes = fread(start, 1, sizeof start, file) == sizeof start &&
           memcmp(start, INDEX_MAGIC, sizeof start) == 0;
    if (ferror(file))
        status = fail("%s: %s", path, strerror(errno));
    fclose(file);
    return status;
}
