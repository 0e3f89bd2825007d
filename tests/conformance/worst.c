/* SPDX-License-Identifier: MIT */
/*
 * What a hostile chain (worst_cases.c) can cost. worst.py runs this under callgrind.
 *
 *     worst list             the cases: a name, and the code of the answer
 *     worst make CASE FILE   writes its certificates: the root first, then the chain, leaf first,
 *                            and CRLs of the root, OCSP responses, or rules
 *     worst run FILE         asks the library about them, with limits wide enough to let all in;
 *                            where there are lists, responses or rules, an authorizer that has
 *                            them; with responses ten times
 *     worst run              does nothing: what a program that does nothing costs
 *     worst memory COMMAND   runs it, and writes the peak of its memory in KiB
 */
#include <openssl/pem.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "worst_cases.h"

/* 2026-01-01: inside of the validity that pki_build.h gives. */
enum { NOW = 1767225600, OFTEN = 10 };

static int make(const char *name, const char *path)
{
    FILE *out = fopen(path, "w");

    require(out != NULL, path);
    for (size_t i = 0; i < worst_case_count; i++)
        if (strcmp(worst_cases[i].name, name) == 0) {
            worst_cases[i].write(out);
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

/* What may stand behind the certificates, by what it begins with. */
enum beside { LISTS, RESPONSES, RULES, NOTHING };
static const char *const beginnings[NOTHING] = {
    "-----BEGIN X509 CRL-----", "-----BEGIN OCSP RESPONSE-----", WORST_RULES};

static enum beside find_beside(char *text, char **at)
{
    for (int what = 0; what < NOTHING; what++) {
        *at = strstr(text, beginnings[what]);
        if (*at != NULL)
            return (enum beside)what;
    }
    return NOTHING;
}

/* The rules of lines, and where none allows anybody, one that does; wildcards of a client count. */
static void add_rules(mtlsauth_policy *policy, char *lines)
{
    bool allows = false;

    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *first = strchr(line, ' ') + 1, *second = strchr(first, ' ');
        const char *const matchers[] = {first, second == NULL ? NULL : second + 1};

        if (second != NULL)
            *second = '\0';
        if (strncmp(line, "block", 5) == 0)
            require(mtlsauth_policy_block(policy, first) == MTLSAUTH_OK, line);
        else
            require(mtlsauth_policy_allow(policy, "rule", matchers, 2) == MTLSAUTH_OK, line);
        allows = allows || line[0] == 'a';
    }
    require((allows || mtlsauth_policy_allow_any(policy, "any") == MTLSAUTH_OK) &&
                mtlsauth_policy_set_insecure_certificate_wildcards(policy, 1) == MTLSAUTH_OK,
            "rules");
}

static void put_lists(mtlsauth_authorizer *authorizer, mtlsauth_truststore *truststore,
                      mtlsauth_policy *policy, const char *list)
{
    while (list != NULL) {
        const char *next = strstr(list + 1, beginnings[LISTS]);
        size_t len = next == NULL ? strlen(list) : (size_t)(next - list);
        mtlsauth_crl *crl = NULL;

        require(mtlsauth_crl_load_from_truststore(&crl, list, len, truststore, policy, NULL) ==
                        MTLSAUTH_OK &&
                    mtlsauth_authorizer_put_crl(authorizer, crl) == MTLSAUTH_OK,
                "a list");
        mtlsauth_crl_free(crl);
        list = next;
    }
}

static void put_responses(mtlsauth_authorizer *authorizer, const char *responses)
{
    BIO *in = BIO_new_mem_buf(responses, -1);
    char *name, *header;
    unsigned char *der;
    long len;

    while (PEM_read_bio(in, &name, &header, &der, &len) == 1) {
        require(mtlsauth_authorizer_put_ocsp_response(authorizer, der, (size_t)len) == MTLSAUTH_OK,
                "a response");
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(der);
    }
    BIO_free(in);
}

/* The last of the answers of an authorizer that has what stands behind the certificates. */
static int authorize(mtlsauth_truststore *truststore, mtlsauth_policy *policy,
                     const mtlsauth_chain *chain, enum beside beside, char *text,
                     mtlsauth_decision *decision)
{
    static const int evidence[NOTHING] = {MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_EVIDENCE_OCSP,
                                          MTLSAUTH_EVIDENCE_OFF};
    mtlsauth_authorizer *authorizer = NULL;
    int code = MTLSAUTH_OK;

    if (beside == RULES)
        add_rules(policy, text + strlen(WORST_RULES));
    else
        require(mtlsauth_policy_allow_any(policy, "any") == MTLSAUTH_OK, "a rule");
    require(mtlsauth_policy_set_revocation(policy, evidence[beside], MTLSAUTH_DEPTH_LEAF) ==
                    MTLSAUTH_OK &&
                mtlsauth_authorizer_new(&authorizer, truststore, policy) == MTLSAUTH_OK,
            "an authorizer");
    if (beside == LISTS)
        put_lists(authorizer, truststore, policy, text);
    else if (beside == RESPONSES)
        put_responses(authorizer, text);
    for (int i = 0; i < (beside == RESPONSES ? OFTEN : 1); i++)
        code = mtlsauth_authorize(authorizer, chain, decision);
    mtlsauth_authorizer_free(authorizer);
    return code;
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
    char *behind;
    const enum beside beside = find_beside(text, &behind);
    /* The certificates beside responses are plain ones. */
    int code,
        profile = beside == RESPONSES ? MTLSAUTH_PROFILE_API_GATEWAY : MTLSAUTH_PROFILE_STRICT;

    require(end != NULL, path);
    first = (size_t)(end - text) + sizeof last_line - 1;
    require(mtlsauth_truststore_parse(&truststore, text, first, limits) == MTLSAUTH_OK &&
                mtlsauth_policy_new(&policy, profile) == MTLSAUTH_OK &&
                mtlsauth_policy_set_time(policy, NOW) == MTLSAUTH_OK &&
                mtlsauth_decision_new(&decision) == MTLSAUTH_OK,
            "setting up");
    if (beside != NOTHING)
        len = (size_t)(behind - text);
    code = mtlsauth_chain_parse(&chain, text + first, len - first, MTLSAUTH_FORMAT_PEM, limits);
    if (code == MTLSAUTH_OK)
        code = beside == NOTHING
                   ? mtlsauth_path_verify(truststore, chain, policy, decision)
                   : authorize(truststore, policy, chain, beside, behind, decision);
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

/* From a small process: what a child had in common with a large one before exec counts as its
 * own. */
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
        for (size_t i = 0; i < worst_case_count; i++)
            printf("%s %s\n", worst_cases[i].name, mtlsauth_code_name(worst_cases[i].code));
        return EXIT_SUCCESS;
    }
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "run") == 0)
        return run(argv[2]);
    return argc == 2 && strcmp(argv[1], "run") == 0 ? EXIT_SUCCESS : 2;
}
