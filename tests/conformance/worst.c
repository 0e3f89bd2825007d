/* SPDX-License-Identifier: MIT */
/*
 * What a hostile chain can cost. worst.py runs this under callgrind.
 *
 *     worst list             the names of the cases
 *     worst make CASE FILE   writes its certificates: the root first, then the chain, leaf first
 *     worst run FILE         asks the library about them, with limits wide enough to let all in
 *     worst run              does nothing: what a program that does nothing costs
 *     worst memory COMMAND   runs it, and writes the peak of its memory in KiB
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "pki_build.h"

/* 2026-01-01: inside of the validity that pki_build.h gives. */
enum { NOW = 1767225600 };

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", what, mtlsauth_last_error());
    exit(EXIT_FAILURE);
}

static void write_cert(FILE *out, const struct pki_cert *words)
{
    struct der_build der = {0};

    pki_certificate(&der, words);
    require(PEM_write(out, "CERTIFICATE", "", der.bytes, (long)der.len) > 0, "PEM_write");
    der_build_free(&der);
}

static const struct pki_cert root = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};

static void ordinary(FILE *out)
{
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){
                        .subject = "leaf", .issuer = "CA", .key = 3, .signer = 2});
    write_cert(out, &(struct pki_cert){
                        .subject = "CA", .issuer = "Root", .key = 2, .signer = 1, .ca = true});
}

/* 100 certificates of CAs of one name. */
static void crowd(FILE *out, bool one_key, bool key_ids)
{
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "X", .key = 3, .signer = 100,
                                       .no_key_ids = !key_ids});
    for (unsigned i = 0; i < 100; i++) {
        const char serial[] = {(char)(i + 1)};

        write_cert(out, &(struct pki_cert){.subject = "X", .issuer = "X", .ca = true,
                                           .key = 100 + (one_key ? 0 : i), .serial = serial,
                                           .serial_len = 1, .no_key_ids = !key_ids,
                                           .signer = 100 + (one_key ? 0 : (i + 1) % 100)});
    }
}

static void same_name_same_key(FILE *out)
{
    crowd(out, true, true);
}

static void same_name_other_keys(FILE *out)
{
    crowd(out, false, false);
}

/* Ten CAs, each certified by each other, and none by a root. */
static void cycle(FILE *out)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"};

    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "A", .key = 3, .signer = 10});
    for (unsigned subject = 0; subject < 10; subject++)
        for (unsigned issuer = 0; issuer < 10; issuer++)
            if (subject != issuer)
                write_cert(out, &(struct pki_cert){.subject = names[subject], .ca = true,
                                                   .issuer = names[issuer], .key = 10 + subject,
                                                   .signer = 10 + issuer});
}

/* Two certificates of each CA of a path of 24, and a leaf that has expired: 2^24 paths that reach
 * the root, of 48 signatures. */
static void ladder(FILE *out)
{
    char names[26][8];

    write_cert(out, &root);
    for (unsigned i = 0; i < 26; i++)
        snprintf(names[i], sizeof names[i], "%s%u", i == 25 ? "Root" : "CA", i);
    memcpy(names[25], "Root", 5);
    for (unsigned i = 0; i < 25; i++)
        for (unsigned twin = 0; twin < (i == 0 ? 1 : 2); twin++) {
            const char serial[] = {(char)(twin + 1)};

            write_cert(out, &(struct pki_cert){
                                .subject = names[i], .issuer = names[i + 1], .ca = i > 0,
                                .key = 50 + i, .signer = i == 24 ? 1 : 51 + i, .serial = serial,
                                .serial_len = 1, .not_after = i == 0 ? "250201000000Z" : NULL});
        }
}

/* Octets of a name as long as a certificate has room for. */
enum { LONG_NAME = 50000 };

/* A GeneralName, count times, in a SEQUENCE or as subtrees: "#" in the word becomes the number. */
static void
add_many(struct der_build *out, unsigned tag, unsigned count, bool subtrees, const char *pattern)
{
    der_begin(out, tag);
    for (unsigned i = 0; i < count; i++) {
        static char word[LONG_NAME + 128];
        int before = (int)strcspn(pattern, "#");
        int len = snprintf(word, sizeof word, "%.*s%u%s", before, pattern, i, pattern + before + 1);

        if (subtrees)
            der_begin(out, 0x30);
        pki_general_name(out, word, (size_t)len);
        if (subtrees)
            der_end(out);
    }
    der_end(out);
}

static void
constrained(FILE *out, unsigned names, const char *name, unsigned subtrees, const char *subtree,
            unsigned list)
{
    struct der_build sans = {0}, constraints = {0};

    add_many(&sans, 0x30, names, false, name);
    if (subtrees > 0) {
        der_begin(&constraints, 0x30);
        add_many(&constraints, 0xa0 + list, subtrees, true, subtree);
        der_end(&constraints);
    }
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .names_der = &sans});
    write_cert(out, &(struct pki_cert){.subject = "CA", .issuer = "Root", .key = 2, .signer = 1,
                                       .ca = true,
                                       .constraints_der = subtrees > 0 ? &constraints : NULL});
    der_build_free(&sans);
    der_build_free(&constraints);
}

static void names_10000(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 0, "#", 0);
}

static void names_10000_constrained(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 20, "dns:e#.example.org", 1);
}

/* Just below the budget of comparisons: libcrypto makes all of them as well. */
static void constraints_dns(FILE *out)
{
    constrained(out, 1000, "dns:n#.example.com", 240, "dns:e#.example.org", 1);
}

static void constraints_mail(FILE *out)
{
    constrained(out, 1000, "email:n#@example.com", 240, "email:e#@example.com", 1);
}

static void constraints_uri(FILE *out)
{
    constrained(out, 1000, "uri:https://n#.example.com/x", 240, "uri:e#.example.org", 1);
}

/* OpenSSL takes a URI to pieces for each comparison: such a one counts as several. */
static void constraints_uri_below_budget(FILE *out)
{
    constrained(out, 120, "uri:https://n#.example.com/x", 240, "uri:e#.example.org", 1);
}

/* One long URI, and as many subtrees as there is room for. */
static void constraints_uri_long(FILE *out)
{
    static char name[LONG_NAME + 64];

    snprintf(name, sizeof name, "uri:https://n.example.com/%0*d#", LONG_NAME, 0);
    constrained(out, 1, name, 2500, "uri:e#.example.org", 1);
}

static void constraints_directory(FILE *out)
{
    constrained(out, 1000, "cn:name #", 240, "cn:another #", 1);
}

static void constraints_over_budget(FILE *out)
{
    constrained(out, 10000, "dns:n#.example.com", 1000, "dns:e#.example.org", 1);
}

/* Many paths, and constraints in each. */
static void ladder_constrained(FILE *out)
{
    struct der_build sans = {0};
    char names[26][8];

    add_many(&sans, 0x30, 500, false, "dns:n#.example.com");
    write_cert(out, &root);
    for (unsigned i = 0; i < 13; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    memcpy(names[12], "Root", 5);
    for (unsigned i = 0; i < 12; i++)
        for (unsigned twin = 0; twin < (i == 0 ? 1 : 2); twin++) {
            const char serial[] = {(char)(twin + 1)};

            write_cert(out, &(struct pki_cert){
                                .subject = names[i], .issuer = names[i + 1], .ca = i > 0,
                                .key = 50 + i, .signer = i == 11 ? 1 : 51 + i, .serial = serial,
                                .serial_len = 1, .names_der = i == 0 ? &sans : NULL,
                                .constraints = i > 0 ? "-dns:example.org" : NULL,
                                .not_after = i == 0 ? "250201000000Z" : NULL});
        }
    der_build_free(&sans);
}

/* Each of so many policies mapped to each, at every certificate of a path. */
/* bare: the CA below the root has none, so that libcrypto's tree ends there. */
static void policies(FILE *out, unsigned count, bool mapped, unsigned depth, bool bare)
{
    struct der_build list = {0}, mappings = {0};
    struct pki_extension extensions[2];
    char names[64][8];

    der_begin(&list, 0x30);
    der_begin(&mappings, 0x30);
    for (unsigned i = 0; i < count; i++) {
        const char oid[] = {0x2a, (char)(i / 128 + 1), (char)(i % 128)};

        der_begin(&list, 0x30);
        der_add(&list, 0x06, oid, sizeof oid);
        der_end(&list);
        for (unsigned k = 0; mapped && k < count; k++) {
            const char other[] = {0x2a, (char)(k / 128 + 1), (char)(k % 128)};

            der_begin(&mappings, 0x30);
            der_add(&mappings, 0x06, oid, sizeof oid);
            der_add(&mappings, 0x06, other, sizeof other);
            der_end(&mappings);
        }
    }
    der_end(&list);
    der_end(&mappings);
    extensions[0] = (struct pki_extension){"\x55\x1d\x20", false, (char *)list.bytes, list.len};
    extensions[1] =
        (struct pki_extension){"\x55\x1d\x21", true, (char *)mappings.bytes, mappings.len};
    write_cert(out, &root);
    for (unsigned i = 0; i <= depth; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    memcpy(names[depth], "Root", 5);
    for (unsigned i = 0; i < depth; i++)
        write_cert(out, &(struct pki_cert){.subject = names[i], .issuer = names[i + 1],
                                           .ca = i > 0, .key = 50 + i,
                                           .signer = i + 1 == depth ? 1 : 51 + i,
                                           .extensions = extensions,
                                           .extension_count = bare && i + 1 == depth ? 0
                                                                : mapped && i > 0 ? 2 : 1});
    der_build_free(&list);
    der_build_free(&mappings);
}

static void policies_mapped(FILE *out)
{
    policies(out, 2, true, 30, false);
}

static void policies_mapped_below_budget(FILE *out)
{
    policies(out, 2, true, 8, false);
}

static void policies_many(FILE *out)
{
    policies(out, 100, false, 7, false);
}

static void policies_too_many(FILE *out)
{
    policies(out, 4000, false, 3, false);
}

static void policies_too_many_below_none(FILE *out)
{
    policies(out, 4000, false, 3, true);
}

/* The key of P-256 with the curve written out. */
static void explicit_spki(struct der_build *out)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    unsigned char *der = NULL;
    int len;

    require(key != NULL && EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                                          OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
            "explicit parameters");
    len = i2d_PUBKEY(key, &der);
    require(len > 0, "i2d_PUBKEY");
    der_raw(out, der, (size_t)len);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

static void explicit_curve(FILE *out, bool ca)
{
    struct der_build spki = {0};

    explicit_spki(&spki);
    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "CA", .key = 3, .signer = 2,
                                       .spki = ca ? NULL : &spki});
    write_cert(out, &(struct pki_cert){.subject = "CA", .issuer = "Root", .key = 2, .signer = 1,
                                       .ca = true, .spki = ca ? &spki : NULL});
    der_build_free(&spki);
}

static void explicit_curve_leaf(FILE *out)
{
    explicit_curve(out, false);
}

static void explicit_curve_ca(FILE *out)
{
    explicit_curve(out, true);
}

static const struct {
    const char *name;
    void (*write)(FILE *out);
} cases[] = {
#define CASE(name) {#name, name}
    CASE(ordinary),
    CASE(same_name_same_key),
    CASE(same_name_other_keys),
    CASE(cycle),
    CASE(ladder),
    CASE(ladder_constrained),
    CASE(names_10000),
    CASE(names_10000_constrained),
    CASE(constraints_dns),
    CASE(constraints_mail),
    CASE(constraints_uri),
    CASE(constraints_uri_below_budget),
    CASE(constraints_uri_long),
    CASE(constraints_directory),
    CASE(constraints_over_budget),
    CASE(policies_mapped),
    CASE(policies_mapped_below_budget),
    CASE(policies_many),
    CASE(policies_too_many),
    CASE(policies_too_many_below_none),
    CASE(explicit_curve_leaf),
    CASE(explicit_curve_ca),
#undef CASE
};

static int make(const char *name, const char *path)
{
    FILE *out = fopen(path, "w");

    require(out != NULL, path);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(cases[i].name, name) == 0) {
            cases[i].write(out);
            return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    fprintf(stderr, "no case %s\n", name);
    return EXIT_FAILURE;
}

static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;

    require(file != NULL && fseek(file, 0, SEEK_END) == 0, path);
    *len = (size_t)ftell(file);
    rewind(file);
    text = malloc(*len + 1);
    require(text != NULL && fread(text, 1, *len, file) == *len, path);
    text[*len] = '\0';
    fclose(file);
    return text;
}

static mtlsauth_limits *wide_limits(void)
{
    mtlsauth_limits *limits;

    require(mtlsauth_limits_new(&limits) == MTLSAUTH_OK &&
                mtlsauth_limits_set_certificate_bytes(limits, 1 << 20) == MTLSAUTH_OK &&
                mtlsauth_limits_set_chain_bytes(limits, 4 << 20) == MTLSAUTH_OK &&
                mtlsauth_limits_set_chain_certificates(limits, 1000) == MTLSAUTH_OK &&
                mtlsauth_limits_set_names(limits, 10000) == MTLSAUTH_OK,
            "limits");
    return limits;
}

static int run(const char *path)
{
    static const char last_line[] = "-----END CERTIFICATE-----\n";
    mtlsauth_limits *limits = wide_limits();
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_decision *decision = NULL;
    mtlsauth_policy *policy = NULL;
    mtlsauth_chain *chain = NULL;
    size_t len, first;
    char *text = read_file(path, &len), *end = strstr(text, last_line);
    int code;

    require(end != NULL, path);
    first = (size_t)(end - text) + sizeof last_line - 1;
    require(mtlsauth_truststore_parse(&truststore, text, first, limits) == MTLSAUTH_OK &&
                mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_STRICT) == MTLSAUTH_OK &&
                mtlsauth_policy_set_time(policy, NOW) == MTLSAUTH_OK &&
                mtlsauth_decision_new(&decision) == MTLSAUTH_OK,
            "setting up");
    code = mtlsauth_chain_parse(&chain, text + first, len - first, MTLSAUTH_FORMAT_PEM, limits);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_path_verify(truststore, chain, policy, decision);
    printf("%s %s\n", mtlsauth_code_name(code),
           code < 0 ? mtlsauth_last_error() : mtlsauth_decision_message(decision));
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    mtlsauth_limits_free(limits);
    free(text);
    return EXIT_SUCCESS;
}

/* From a small process: what a child had in common with a large one before exec counts as its own. */
static int memory_of(char **command)
{
    struct rusage usage;
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL)
            execv(command[0], command);
        _exit(127);
    }
    require(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
                WEXITSTATUS(status) != 127 && getrusage(RUSAGE_CHILDREN, &usage) == 0,
            command[0]);
    printf("%ld\n", usage.ru_maxrss);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "memory") == 0)
        return memory_of(argv + 2);
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            puts(cases[i].name);
        return EXIT_SUCCESS;
    }
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "run") == 0)
        return run(argv[2]);
    return argc == 2 && strcmp(argv[1], "run") == 0 ? EXIT_SUCCESS : 2;
}
