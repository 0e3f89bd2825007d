/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <stdio.h>
#include <mtlsauth/mtlsauth.h>
#include "intermediates.h"

static int read_policy(const struct access *access, mtlsauth_policy **policy,
                       const mtlsauth_truststore *truststore, char message[RULES_ERROR_LEN])
{
    if (mtlsauth_policy_new(policy, access->profile) != MTLSAUTH_OK ||
        /* There are no revocation lists here, and that has to be said. */
        mtlsauth_policy_set_revocation(*policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF) !=
            MTLSAUTH_OK)
        return -1;
    if (rules_apply(&access->rules, *policy, message) != 0)
        return -1;
    snprintf(message, RULES_ERROR_LEN, "%s",
             access->rules.count == 0 ? "there is no rule, so nobody is allowed\n" : "");
    if (rules_warnings(*policy, truststore, message) == MTLSAUTH_OK)
        return 0;
    message[0] = '\0';
    return -1;
}

/* One generation for all three: no client is judged by new rules and old CAs. */
static int put_in_place(mtlsauth_authorizer **authorizer, mtlsauth_truststore *truststore,
                        mtlsauth_chain *intermediates, const mtlsauth_policy *policy)
{
    if (*authorizer == NULL &&
        mtlsauth_authorizer_new(authorizer, truststore, policy) != MTLSAUTH_OK)
        return -1;
    return mtlsauth_authorizer_update(*authorizer, truststore, policy, intermediates, 0) ==
                   MTLSAUTH_OK
               ? 0
               : -1;
}

int access_load(const struct access *access, mtlsauth_authorizer **authorizer,
                char message[RULES_ERROR_LEN])
{
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_chain *intermediates = NULL;
    mtlsauth_policy *policy = NULL;
    int result = -1;

    message[0] = '\0';
    if (mtlsauth_truststore_load_file(&truststore, access->truststore, NULL) == MTLSAUTH_OK &&
        (access->intermediates == NULL ||
         intermediates_load(&intermediates, access->intermediates) == MTLSAUTH_OK) &&
        read_policy(access, &policy, truststore, message) == 0)
        result = put_in_place(authorizer, truststore, intermediates, policy);
    if (result != 0 && message[0] == '\0')
        snprintf(message, RULES_ERROR_LEN, "%s", mtlsauth_last_error());
    mtlsauth_truststore_free(truststore);
    mtlsauth_chain_free(intermediates);
    mtlsauth_policy_free(policy);
    return result;
}
