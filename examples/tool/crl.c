/* SPDX-License-Identifier: MIT */

/* mtlsauth crl: revocation lists, compiled, shown, searched and exported. */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"
#include "../common/crl_json.h"
#include "../common/hex.h"

#define INPUT_LIMIT ((size_t)1 << 20)

enum { KEY_MAX = 4096, WORDS_MAX = 2, BAR_WIDTH = 40 };

/* What find exits with beside those of common.h: the delta ends a certificateHold. */
enum { STATUS_REMOVED = 3 };

struct options {
    const char *words[WORDS_MAX]; /* what is no option */
    int word_count;
    const char *issuer, *out, *key_file, *state_dir;
    int progress, json;
    unsigned char *key; /* what key_file holds */
    size_t key_len;
};

static const struct option long_options[] = {
    {"issuer", required_argument, NULL, 'i'},
    {"out", required_argument, NULL, 'o'},
    {"key-file", required_argument, NULL, 'k'},
    {"progress", no_argument, NULL, 'p'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {"state-dir", required_argument, NULL, 's'},
    {NULL, 0, NULL, 0},
};

static int parse_options(struct options *options, int argc, char *argv[], int *help_wanted)
{
    int option;

    while ((option = getopt_long(argc, argv, "-o:h", long_options, NULL)) != -1) {
        switch (option) {
        case 1:
            if (options->word_count == WORDS_MAX)
                return usage_error("'%s' is one word too many", optarg);
            options->words[options->word_count++] = optarg;
            break;
        case 'i':
            options->issuer = optarg;
            break;
        case 'o':
            options->out = optarg;
            break;
        case 'k':
            options->key_file = optarg;
            break;
        case 's':
            options->state_dir = optarg;
            break;
        case 'p':
            options->progress = 1;
            break;
        case 'j':
            options->json = 1;
            break;
        case 'h':
            *help_wanted = 1;
            return 0;
        default:
            fprintf(stderr, "Try 'mtlsauth crl --help'.\n");
            return STATUS_ERROR;
        }
    }
    if (options->word_count == 0)
        return usage_error("the list is missing: name the file of a CRL or an index");
    if (options->key_file == NULL)
        return 0;
    return read_input(options->key_file, "a file with the key", KEY_MAX, &options->key,
                      &options->key_len);
}

/* On a terminal alone: in a pipe or a log it would be rubbish. */
static int show_progress(uint64_t done, uint64_t total, void *arg)
{
    int *shown = arg;
    int percent = total == 0 ? 0 : (int)(done * 100 / total);
    int width = percent * BAR_WIDTH / 100;

    if (percent == *shown)
        return 0;
    *shown = percent;
    fprintf(stderr, "\r[%.*s%*s] %3d %%", width, "########################################",
            BAR_WIDTH - width, "", percent);
    if (percent == 100)
        fputc('\n', stderr);
    return 0;
}

static int load_crl(mtlsauth_crl **crl, const struct options *options)
{
    mtlsauth_crl_options *how = NULL;
    mtlsauth_policy *policy = NULL;
    mtlsauth_truststore *issuers = NULL;
    int shown = -1, status = 0, code;

    if (mtlsauth_crl_options_new(&how) != MTLSAUTH_OK ||
        mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) != MTLSAUTH_OK ||
        (options->progress && isatty(STDERR_FILENO) &&
         mtlsauth_crl_options_set_progress(how, show_progress, &shown) != MTLSAUTH_OK))
        status = library_error("");
    if (status == 0 &&
        mtlsauth_truststore_load_file(&issuers, options->issuer, NULL) != MTLSAUTH_OK)
        status = library_error("--issuer");
    if (status == 0) {
        code = mtlsauth_crl_load_file_from_truststore(crl, options->words[0], issuers, policy, how);
        if (code == MTLSAUTH_ERR_NOT_FOUND)
            status = fail("--issuer %s is not the issuer's certificate: %s", options->issuer,
                          mtlsauth_last_error());
        else if (code != MTLSAUTH_OK)
            status = library_error("");
    }
    mtlsauth_truststore_free(issuers);
    mtlsauth_policy_free(policy);
    mtlsauth_crl_options_free(how);
    return status;
}

/* An index, or a list whose issuer is given, or, where that will do, one that is not verified. */
static int open_any(mtlsauth_crl **crl, const struct options *options, int unverified_will_do)
{
    const char *path = options->words[0];
    unsigned char *data;
    size_t len;
    int index = 0, status = is_index(path, &index);

    if (status != 0)
        return status;
    if (index) {
        if (mtlsauth_crl_open_file(crl, path, options->key, options->key_len) != MTLSAUTH_OK)
            return library_error("");
        return 0;
    }
    if (options->issuer != NULL)
        return load_crl(crl, options);
    if (!unverified_will_do)
        return usage_error("%s is a signed list: give --issuer CA to verify it, or an index", path);
    status = read_input(path, "a file with a CRL", (size_t)1 << 30, &data, &len);
    if (status != 0)
        return status;
    if (mtlsauth_crl_parse(crl, data, len, NULL) != MTLSAUTH_OK)
        status = library_error(path);
    free(data);
    return status;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* A list whose successor is due still compiles: what it is good for depends on the policy. */
static int is_stale(const mtlsauth_crl *crl)
{
    int64_t due = mtlsauth_crl_next_update(crl);

    return due != MTLSAUTH_NO_TIME && due < (int64_t)time(NULL);
}

static int run_compile(const struct options *options)
{
    char buffer[TIME_TEXT_LEN];
    mtlsauth_crl *crl = NULL;
    struct timespec start;
    int status;

    if (options->issuer == NULL || options->out == NULL || options->word_count != 1)
        return usage_error("compile takes a list, --issuer CA and -o OUT.idx");
    clock_gettime(CLOCK_MONOTONIC, &start);
    status = load_crl(&crl, options);
    if (status == 0 &&
        mtlsauth_crl_save(crl, options->out, options->key, options->key_len) != MTLSAUTH_OK)
        status = library_error("");
    if (status == 0)
        printf("%s: %zu %s of %s, number %s, in %.2f s\n", options->out, mtlsauth_crl_count(crl),
               mtlsauth_crl_count(crl) == 1 ? "entry" : "entries", mtlsauth_crl_issuer(crl),
               *mtlsauth_crl_number_hex(crl) == '\0' ? "none" : mtlsauth_crl_number_hex(crl),
               seconds_since(&start));
    if (status == 0 && is_stale(crl))
        fprintf(stderr, "mtlsauth crl: %s is stale: its next update was due at %s\n",
                options->words[0], time_text(mtlsauth_crl_next_update(crl), buffer));
    mtlsauth_crl_free(crl);
    return status;
}

static void print_scope(unsigned scope)
{
    static const struct {
        unsigned bit;
        const char *text;
    } bits[] = {
        {MTLSAUTH_CRL_SCOPE_USER, "user certificates only"},
        {MTLSAUTH_CRL_SCOPE_CA, "CA certificates only"},
        {MTLSAUTH_CRL_SCOPE_ATTRIBUTE, "attribute certificates only"},
        {MTLSAUTH_CRL_SCOPE_INDIRECT, "indirect"},
        {MTLSAUTH_CRL_SCOPE_REASONS, "some reasons only"},
        {MTLSAUTH_CRL_SCOPE_POINT, "certificates of this distribution point"},
        {MTLSAUTH_CRL_SCOPE_DELTA, "delta"},
    };
    const char *between = "";

    printf("scope         ");
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        if ((scope & bits[i].bit) == 0)
            continue;
        printf("%s%s", between, bits[i].text);
        between = ", ";
    }
    puts(scope == 0 ? "all certificates of the issuer" : "");
}

/* ReasonFlags (RFC 5280 4.2.1.13), by bit. */
static void print_reasons(unsigned reasons)
{
    static const char *const names[] = {
        "unused",      "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",  "cessationOfOperation", "certificateHold", "privilegeWithdrawn",
        "aACompromise"};
    const char *between = "";

    if (reasons == 0)
        return;
    printf("reasons       ");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((reasons & 1U << i) == 0)
            continue;
        printf("%s%s", between, names[i]);
        between = ", ";
    }
    puts("");
}

static int run_show(const struct options *options)
{
    char buffer[TIME_TEXT_LEN];
    mtlsauth_crl *crl = NULL;
    int status = open_any(&crl, options, 1);

    if (status != 0)
        return status;
    printf("issuer        %s\n", mtlsauth_crl_issuer(crl));
    printf("number        %s\n",
           *mtlsauth_crl_number_hex(crl) == '\0' ? "none" : mtlsauth_crl_number_hex(crl));
    printf("this update   %s\n", time_text(mtlsauth_crl_this_update(crl), buffer));
    printf("next update   %s%s\n", time_text(mtlsauth_crl_next_update(crl), buffer),
           is_stale(crl) ? " (stale)" : "");
    printf("entries       %zu\n", mtlsauth_crl_count(crl));
    printf("memory        %zu octets\n", mtlsauth_crl_memory(crl));
    print_scope(mtlsauth_crl_scope(crl));
    if (*mtlsauth_crl_distribution_point(crl) != '\0')
        printf("point         %s\n", mtlsauth_crl_distribution_point(crl));
    print_reasons(mtlsauth_crl_reasons(crl));
    if (*mtlsauth_crl_base_number_hex(crl) != '\0')
        printf("base number   %s\n", mtlsauth_crl_base_number_hex(crl));
    printf("signature     %s, %s\n", mtlsauth_crl_signature_text(crl),
           mtlsauth_crl_is_verified(crl) ? "verified" : "not checked (give --issuer)");
    printf("sha256        %s (of the signed part)\n", mtlsauth_crl_sha256_hex(crl));
    mtlsauth_crl_free(crl);
    return STATUS_YES;
}

/* Hexadecimal, with or without 0x and colons, as the octets of a positive INTEGER. */
static int serial_from_text(const char *text, unsigned char *serial, size_t *len)
{
    unsigned char nibbles[2 * MTLSAUTH_CRL_MAX_SERIAL];
    size_t n = 0, at = 0;
    int any = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    for (; *text != '\0'; text++) {
        int digit = hex_digit(*text);

        if (*text == ':')
            continue;
        if (digit < 0 || n == sizeof nibbles)
            return -1;
        any = 1;
        if (n > 0 || digit > 0)
            nibbles[n++] = (unsigned char)digit;
    }
    *len = 0;
    if (!any)
        return -1;
    if (n % 2 == 0 && n > 0 && nibbles[0] >= 8)
        serial[(*len)++] = 0;
    if (n == 0 || n % 2 != 0)
        serial[(*len)++] = n == 0 ? 0 : nibbles[at++];
    for (; at < n; at += 2)
        serial[(*len)++] = (unsigned char)(nibbles[at] << 4 | nibbles[at + 1]);
    return 0;
}

/* The serial that the second word means: a certificate's, if it names a file or standard input. */
static int read_serial(const mtlsauth_crl *crl, const char *word, unsigned char *serial,
                       size_t *len)
{
    mtlsauth_cert *cert = NULL;
    unsigned char *data;
    const void *octets;
    size_t n;
    int status = 0;

    if (strcmp(word, "-") != 0 && access(word, F_OK) != 0) {
        if (serial_from_text(word, serial, len) == 0)
            return 0;
        return usage_error("'%s' is neither a file nor a serial number in hexadecimal", word);
    }
    status = read_input(word, "a file with a certificate", INPUT_LIMIT, &data, &n);
    if (status != 0)
        return status;
    if (mtlsauth_cert_parse(&cert, data, n) != MTLSAUTH_OK)
        status = library_error(word);
    free(data);
    if (status != 0)
        return status;
    octets = mtlsauth_cert_serial(cert, len);
    if (strcmp(mtlsauth_cert_issuer(cert), mtlsauth_crl_issuer(crl)) != 0)
        status = fail("%s is issued by \"%s\", the list by \"%s\": it says nothing of it", word,
                      mtlsauth_cert_issuer(cert), mtlsauth_crl_issuer(crl));
    else if (*len > MTLSAUTH_CRL_MAX_SERIAL)
        status = fail("%s: its serial number is longer than any list can hold", word);
    else
        memcpy(serial, octets, *len);
    mtlsauth_cert_free(cert);
    return status;
}

static int run_find(const struct options *options)
{
    unsigned char serial[MTLSAUTH_CRL_MAX_SERIAL + 1];
    char buffer[TIME_TEXT_LEN];
    mtlsauth_crl *crl = NULL;
    int64_t date;
    int found = 0, reason, status;
    size_t len = 0;

    if (options->word_count != 2)
        return usage_error("find takes a list or index, and a serial number or certificate");
    status = open_any(&crl, options, 0);
    if (status == 0)
        status = read_serial(crl, options->words[1], serial, &len);
    if (status == 0 && mtlsauth_crl_find(crl, serial, len, &found, &date, &reason) != MTLSAUTH_OK)
        status = library_error("");
    mtlsauth_crl_free(crl);
    if (status != 0)
        return status;
    if (!found) {
        puts("not on the list");
        return STATUS_NO;
    }
    /* In a delta alone, and the contrary of a revocation. */
    if (reason == MTLSAUTH_CRL_REASON_REMOVE_FROM_CRL) {
        printf("taken from the list at %s\n", time_text(date, buffer));
        return STATUS_REMOVED;
    }
    printf("revoked at %s, %s\n", time_text(date, buffer),
           reason < 0 ? "no reason given" : mtlsauth_crl_reason_name(reason));
    return STATUS_YES;
}

static int run_export(const struct options *options)
{
    mtlsauth_crl *crl = NULL;
    char name[4096];
    FILE *file = stdout;
    int status;

    if (!options->json)
        return usage_error("export writes one form: say --json");
    snprintf(name, sizeof name, "%s.cache.json", options->words[0]);
    if (options->out != NULL)
        snprintf(name, sizeof name, "%s", options->out);
    status = open_any(&crl, options, 0);
    if (status == 0 && !crl_json_can_say(crl))
        status = fail("%s: a delta or indirect list has no JSON form", options->words[0]);
    if (status != 0) {
        mtlsauth_crl_free(crl);
        return status;
    }
    if (strcmp(name, "-") != 0)
        file = fopen(name, "w");
    if (file == NULL)
        status = fail("%s: %s", name, strerror(errno));
    else
        status = crl_json_write(crl, file) == MTLSAUTH_OK ? 0 : library_error("");
    if (file != NULL && file != stdout && (ferror(file) | (fclose(file) != 0)) != 0)
        status = fail("%s: %s", name, strerror(errno));
    mtlsauth_crl_free(crl);
    return status;
}

static int run_accept_rollback(const struct options *options)
{
    mtlsauth_crl *crl = NULL;
    int status;

    if (options->state_dir == NULL || options->word_count != 1)
        return usage_error("accept-rollback takes --state-dir DIR, a list and --issuer CA");
    status = open_any(&crl, options, 0);
    if (status == 0 && mtlsauth_state_accept_rollback(options->state_dir, crl) != MTLSAUTH_OK)
        status = library_error("");
    if (status == 0)
        printf("%s: number %s of %s is the oldest that is taken from now on\n", options->state_dir,
               *mtlsauth_crl_number_hex(crl) == '\0' ? "none" : mtlsauth_crl_number_hex(crl),
               mtlsauth_crl_issuer(crl));
    mtlsauth_crl_free(crl);
    return status;
}

static int run_crl(int argc, char *argv[])
{
    static const struct {
        const char *name;
        int (*run)(const struct options *options);
    } verbs[] = {
        {"compile", run_compile},
        {"show", run_show},
        {"find", run_find},
        {"export", run_export},
        {"accept-rollback", run_accept_rollback},
    };
    struct options options = {.word_count = 0};
    int help_wanted = 0, status;

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return help(&crl_command);
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        status = parse_options(&options, argc - 1, argv + 1, &help_wanted);
        if (help_wanted)
            status = help(&crl_command);
        else if (status == 0)
            status = verbs[i].run(&options);
        free(options.key);
        return status;
    }
    return usage_error("write crl compile, show, find, export or accept-rollback");
}

const struct command crl_command = {
    .name = "crl",
    .summary = "compile a revocation list, show it, look a certificate up in it",
    .run = run_crl,
    .help =
        "crl compile CRL --issuer CA -o OUT.idx [--key-file FILE] [--progress]\n"
        "       mtlsauth crl show CRL|INDEX [--issuer CA] [--key-file FILE]\n"
        "       mtlsauth crl find CRL|INDEX SERIAL|CERT [--issuer CA] [--key-file FILE]\n"
        "       mtlsauth crl export --json CRL|INDEX [--issuer CA] [--key-file FILE] [-o FILE]\n"
        "       mtlsauth crl accept-rollback --state-dir DIR CRL|INDEX [--issuer CA]\n"
        "                [--key-file FILE]\n\n"
        "compile verifies a signed list (DER or PEM) and saves it as an index that opens in a\n"
        "fraction of the time. find says whether a serial number (hexadecimal) or a certificate "
        "is\n"
        "on a list: exit status 0 if it is, 1 if not, 2 if it could not be told, 3 if a delta\n"
        "takes it from the list. export writes\n"
        "{\"0xSERIAL\": \"\", ...} to CRL.cache.json; a delta or indirect list has no such form.\n"
        "accept-rollback makes servers that keep their state in DIR take a list that is older\n"
        "than one they have accepted: first find out who put it back. Run it as the user of the\n"
        "servers.\n\n"
        "  --issuer CA      the issuer's certificate, or a file of several: PEM, or one DER\n"
        "  -o, --out FILE   where to write; export: - is standard output\n"
        "  --key-file FILE  a key of 16 octets or more, with which the index is authenticated; an\n"
        "                   index without one is only read where nobody else can write\n"
        "  --state-dir DIR  the folder of mtlsauth_authorizer_set_state_dir\n"
        "  --progress       a progress bar, when standard error is a terminal\n\n"
        "  mtlsauth crl compile ca.crl --issuer ca.pem -o ca.idx\n"
        "  mtlsauth crl find ca.idx client.pem\n"
        "  mtlsauth crl accept-rollback --state-dir /var/lib/app/mtls old.crl --issuer ca.pem\n",
};
