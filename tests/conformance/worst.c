/* SPDX-License-Identifier: MIT */
/*
 * What a hostile chain (worst_cases.c) can cost. worst.py runs this under callgrind.
 *
 *     worst list             the cases: a name, and the code of the answer
 *     worst make CASE FILE   writes its certificates: the root first, then the chain, leaf first,
 *                            and CRLs of the root
 *     worst run FILE         asks the library about them, with limits wide enough to let all in;
 *                            where there are lists, an authorizer that has them
 *     worst run              does nothing: what a program that does nothing costs
 *     worst memory COMMAND   runs it, and writes the peak of its memory in KiB
 */
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "worst_cases.h"

/* 2026-01-01: inside of the validity that pki_build.h gives. */
enum { NOW = 1767225600 };

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

static const char first_line[] = "-----BEGIN X509 CRL-----";

static void put_lists(mtlsauth_authorizer *authorizer, mtlsauth_truststore *truststore,
                      mtlsauth_policy *policy, const char *list)
{
    while (list != NULL) {
        const char *next = strstr(list + 1, first_line);
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

/* The answer of an authorizer that has the lists. */
static int authorize(mtlsauth_truststore *truststore, mtlsauth_policy *policy,
                     const mtlsauth_chain *chain, const char *lists, mtlsauth_decision *decision)
{
    mtlsauth_authorizer *authorizer = NULL;
    int code;

    require(mtlsauth_policy_allow_any(policy, "any") == MTLSAUTH_OK &&
                mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL,
                                               MTLSAUTH_DEPTH_LEAF) == MTLSAUTH_OK &&
                mtlsauth_authorizer_new(&authorizer, truststore, policy) == MTLSAUTH_OK,
            "an authorizer");
    put_lists(authorizer, truststore, policy, lists);
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
    const char *lists = strstr(text, first_line);
    int code;

    require(end != NULL, path);
    first = (size_t)(end - text) + sizeof last_line - 1;
    require(mtlsauth_truststore_parse(&truststore, text, first, limits) == MTLSAUTH_OK &&
                mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_STRICT) == MTLSAUTH_OK &&
                mtlsauth_policy_set_time(policy, NOW) == MTLSAUTH_OK &&
                mtlsauth_decision_new(&decision) == MTLSAUTH_OK,
            "setting up");
    if (lists != NULL)
        len = (size_t)(lists - text);
    code = mtlsauth_chain_parse(&chain, text + first, len - first, MTLSAUTH_FORMAT_PEM, limits);
    if (code == MTLSAUTH_OK)
        code = lists == NULL ? mtlsauth_path_verify(truststore, chain, policy, decision)
                             : authorize(truststore, policy, chain, lists, decision);
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
