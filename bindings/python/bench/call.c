/* SPDX-License-Identifier: MIT */
/*
 * call TRUSTSTORE CLIENT.pem CRL CALLS: what bench.py measures, without Python.
 *
 * Prints "chain NS" and "text NS": nanoseconds of a call of mtlsauth_authorize and of
 * mtlsauth_authorize_text about a chain that was seen before, the best of many rounds.
 */
#define _POSIX_C_SOURCE 200809L
#include <mtlsauth/mtlsauth.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 150, MOST_BYTES = 65536 };

static void must(int code)
{
    if (code != MTLSAUTH_OK) {
        fprintf(stderr, "call: %s\n", mtlsauth_last_error());
        exit(EXIT_FAILURE);
    }
}

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static size_t read_file(const char *path, char *out)
{
    FILE *file = fopen(path, "rb");
    size_t len = file == NULL ? 0 : fread(out, 1, MOST_BYTES, file);

    if (file == NULL || len == 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    return len;
}

int main(int argc, char **argv)
{
    static char text[MOST_BYTES];
    const char *const rule[] = {"dns:client.example.com"};
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy;
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision;
    mtlsauth_chain *chain;
    mtlsauth_crl *crl;
    size_t len;
    long calls;

    if (argc != 5 || (calls = atol(argv[4])) <= 0) {
        fprintf(stderr, "usage: call TRUSTSTORE CLIENT.pem CRL CALLS\n");
        return 2;
    }
    must(mtlsauth_truststore_load_file(&truststore, argv[1], NULL));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_allow(policy, "bench", rule, 1));
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF));
    must(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    must(mtlsauth_crl_load_file_from_truststore(&crl, argv[3], truststore, policy, NULL));
    must(mtlsauth_authorizer_put_crl(authorizer, crl));
    must(mtlsauth_decision_new(&decision));
    len = read_file(argv[2], text);
    must(mtlsauth_chain_parse(&chain, text, len, MTLSAUTH_FORMAT_PEM, NULL));
    for (int parsed = 1; parsed >= 0; parsed--) {
        double best = 1e300;

        for (int round = 0; round < ROUNDS; round++) {
            double begin = now_ns(), taken;

            for (long i = 0; i < calls; i++)
                must(parsed ? mtlsauth_authorize(authorizer, chain, decision)
                            : mtlsauth_authorize_text(authorizer, text, len, MTLSAUTH_FORMAT_PEM,
                                                      decision));
            taken = (now_ns() - begin) / (double)calls;
            best = taken < best ? taken : best;
        }
        printf("%s %.0f\n", parsed ? "chain" : "text", best);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_decision_free(decision);
    mtlsauth_crl_free(crl);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return 0;
}
