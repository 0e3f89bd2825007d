/* SPDX-License-Identifier: MIT */
/*
 * What a client presents, in PEM or DER or as a proxy hands it over (the first byte says which),
 * decided under a fixed truststore: a root whose private key nobody has any more. Only what that
 * root has signed may be allowed; a seed is.
 */
#include <stdint.h>
#include <stdio.h>
#include "chain_root.h"
#include "consume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static mtlsauth_authorizer *make_authorizer(void)
{
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_policy *policy = NULL;

    require(mtlsauth_truststore_parse(&truststore, chain_root, sizeof chain_root - 1, NULL) ==
            MTLSAUTH_OK);
    require(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK);
    require(mtlsauth_policy_set_time(policy, INT64_C(1767225600)) == MTLSAUTH_OK);
    require(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF) ==
            MTLSAUTH_OK);
    require(mtlsauth_policy_allow_any(policy, "any") == MTLSAUTH_OK);
    require(mtlsauth_authorizer_new(&authorizer, truststore, policy) == MTLSAUTH_OK);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return authorizer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision = NULL;
    mtlsauth_chain *chain = NULL;
    int format, code;

    if (len < 1)
        return 0;
    if (authorizer == NULL)
        authorizer = make_authorizer();
    format = data[0] >= '0' && data[0] <= '9' ? data[0] - '0' : MTLSAUTH_FORMAT_AUTO;
    data++;
    len--;
    require(mtlsauth_decision_new(&decision) == MTLSAUTH_OK);
    code = mtlsauth_authorize_text(authorizer, data, len, format, decision);
    consume_decision(decision, code);
    require(code >= 0 && code != MTLSAUTH_DENY_INTERNAL && code != MTLSAUTH_DENY_NOT_EVALUATED);
    if (mtlsauth_chain_parse(&chain, data, len, format, NULL) == MTLSAUTH_OK) {
        for (size_t i = 0; i < mtlsauth_chain_count(chain); i++)
            consume_cert(mtlsauth_chain_cert(chain, i));
        require(mtlsauth_authorize(authorizer, chain, NULL) == code);
        /* It remembers intermediates that a client sent before. */
        require(mtlsauth_authorize_again(authorizer, chain, NULL) == MTLSAUTH_OK ||
                code != MTLSAUTH_OK);
    } else {
        require(code > 0 && chain == NULL);
    }
    mtlsauth_chain_free(chain);
    mtlsauth_decision_free(decision);
    return 0;
}
