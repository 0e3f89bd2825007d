/* SPDX-License-Identifier: MIT */
/*
 * put_crl STATE_DIR CA CRL: what a service does when it has fetched a list. Says on standard output
 * what became of it, "accepted" or why it is a rollback; anything else goes to standard error.
 */
#include <stdio.h>
#include <mtlsauth/mtlsauth.h>

/* 2026-01-01: the lists of the tests are current then. */
#define NOW 1767225600

static int put(char *argv[], mtlsauth_truststore *cas, mtlsauth_policy *policy)
{
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_crl *crl = NULL;
    int code = mtlsauth_authorizer_new(&authorizer, cas, policy);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_crl_load_file_from_truststore(&crl, argv[3], cas, policy, NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_set_state_dir(authorizer, argv[1]);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_put_crl(authorizer, crl);
    mtlsauth_crl_free(crl);
    mtlsauth_authorizer_free(authorizer);
    return code;
}

int main(int argc, char *argv[])
{
    mtlsauth_truststore *cas = NULL;
    mtlsauth_policy *policy = NULL;
    int code;

    if (argc != 4) {
        fprintf(stderr, "usage: put_crl STATE_DIR CA CRL\n");
        return 2;
    }
    code = mtlsauth_truststore_load_file(&cas, argv[2], NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_time(policy, NOW);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF);
    if (code == MTLSAUTH_OK)
        code = put(argv, cas, policy);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(cas);
    if (code == MTLSAUTH_OK)
        printf("accepted\n");
    else
        fprintf(code == MTLSAUTH_ERR_ROLLBACK ? stdout : stderr, "%s: %s\n",
                mtlsauth_code_name(code), mtlsauth_last_error());
    return code == MTLSAUTH_OK ? 0 : code == MTLSAUTH_ERR_ROLLBACK ? 1 : 2;
}
