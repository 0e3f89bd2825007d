/* SPDX-License-Identifier: MIT */
/*
 * print_stats DATA FOLDER: what an authorizer says of itself at several times, a line each, "stats",
 * "refresh" or "ocsp-load" and the JSON. FOLDER is empty; DATA has the certificates and lists of the
 * tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <mtlsauth/mtlsauth.h>

/* 2026-01-01: the lists of the tests are current then. */
#define NOW 1767225600

/* A name as save_ocsp gives it. */
#define NO_RESPONSE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.der"

static const char *data, *folder;
static mtlsauth_authorizer *authorizer;

static void must(int code)
{
    if (code != MTLSAUTH_OK) {
        fprintf(stderr, "%s: %s\n", mtlsauth_code_name(code), mtlsauth_last_error());
        exit(1);
    }
}

static const char *path_of(const char *where, const char *name)
{
    static char paths[2][4096];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", where, name);
    return path;
}

/* Writes a file of the tests into the folder. */
static void put_file(const char *from, const char *to)
{
    static char bytes[1 << 20];
    FILE *in = fopen(path_of(data, from), "rb"), *out = fopen(path_of(folder, to), "wb");
    size_t len;

    if (in == NULL || out == NULL) {
        perror(from);
        exit(1);
    }
    len = fread(bytes, 1, sizeof bytes, in);
    if (fwrite(bytes, 1, len, out) != len || fclose(out) != 0)
        exit(1);
    fclose(in);
}

static void print_stats(void)
{
    size_t needed;
    char *json;

    if (mtlsauth_authorizer_stats_json(authorizer, NULL, 0, &needed) != MTLSAUTH_ERR_LIMIT)
        exit(1);
    json = malloc(needed);
    if (json == NULL)
        exit(1);
    must(mtlsauth_authorizer_stats_json(authorizer, json, needed, NULL));
    printf("stats %s\n", json);
    free(json);
}

static void refresh(void)
{
    mtlsauth_report *report = NULL;

    int code = mtlsauth_authorizer_refresh(authorizer, NULL, &report);

    printf("# %s\nrefresh %s\n", mtlsauth_code_name(code), mtlsauth_report_json(report));
    mtlsauth_report_free(report);
}

static void load_ocsp(const char *dir)
{
    mtlsauth_report *report;

    must(mtlsauth_authorizer_load_ocsp(authorizer, dir, &report));
    printf("ocsp-load %s\n", mtlsauth_report_json(report));
    mtlsauth_report_free(report);
}

static void start(void)
{
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy;

    must(mtlsauth_truststore_load_file(&truststore, path_of(data, "root.pem"), NULL));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(policy, NOW));
    must(mtlsauth_policy_allow_any(policy, "any"));
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF));
    must(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
}

static void decide(const char *name)
{
    mtlsauth_chain *chain;

    must(mtlsauth_chain_load_file(&chain, path_of(data, name), MTLSAUTH_FORMAT_AUTO, NULL));
    printf("# %s: %s\n", name, mtlsauth_code_name(mtlsauth_authorize(authorizer, chain, NULL)));
    mtlsauth_chain_free(chain);
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        return 2;
    data = argv[1];
    folder = argv[2];
    start();
    print_stats();
    put_file("root.crl", "root.crl");
    must(mtlsauth_authorizer_add_crl_dir(authorizer, folder, NULL));
    decide("chain.pem");
    decide("revoked.pem");
    decide("revoked.pem");
    print_stats();
    refresh();
    put_file("root-older.crl", "root.crl");
    put_file("root.pem", "\"odd\xff\xc3\xa4\\name");
    refresh();
    put_file("stale.crl", "stale.crl");
    if (remove(path_of(folder, "root.crl")) != 0)
        return 1;
    refresh();
    print_stats();
    if (mkdir(path_of(folder, "ocsp"), 0700) != 0)
        return 1;
    load_ocsp(path_of(folder, "ocsp"));
    put_file("root.pem", "ocsp/" NO_RESPONSE);
    put_file("root.pem", "ocsp/notes.txt");
    load_ocsp(path_of(folder, "ocsp"));
    mtlsauth_authorizer_free(authorizer);
    return 0;
}
