#include <stdio.h>
#include <mtlsauth/mtlsauth.h>

int main(int argc, char *argv[]) /* example TRUSTSTORE.pem CLIENT.pem */
{
    const char *const rule[] = {"dns:client.example.com"};
    static mtlsauth_truststore *truststore; /* a server keeps these while it runs */
    static mtlsauth_policy *policy;
    static mtlsauth_authorizer *authorizer;
    static mtlsauth_decision *decision;
    static mtlsauth_chain *client;

    if (argc != 3 || mtlsauth_truststore_load_file(&truststore, argv[1], NULL) != MTLSAUTH_OK ||
        mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) != MTLSAUTH_OK ||
        mtlsauth_policy_allow(policy, "partner", rule, 1) != MTLSAUTH_OK ||
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF) ||
        mtlsauth_authorizer_new(&authorizer, truststore, policy) != MTLSAUTH_OK ||
        mtlsauth_decision_new(&decision) != MTLSAUTH_OK ||
        mtlsauth_chain_load_file(&client, argv[2], MTLSAUTH_FORMAT_PEM, NULL) != MTLSAUTH_OK)
        return fprintf(stderr, "%s\n", argc == 3 ? mtlsauth_last_error() : "two files, please"), 2;
    if (mtlsauth_authorize(authorizer, client, decision) != MTLSAUTH_OK)
        return printf("denied: %s\n", mtlsauth_decision_message(decision)), 1;
    printf("allowed: %s\n", mtlsauth_decision_identity(decision));
    return 0;
}
