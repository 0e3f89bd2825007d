/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_PATH_H
#define TESTS_UNIT_PATH_H

/* Paths of the files of tests/data, and of forged certificates. */

#include "data.h"

#include "cert/chain.h"
#include "trust/path.h"

#define GATEWAY MTLSAUTH_PROFILE_API_GATEWAY
#define ALB MTLSAUTH_PROFILE_ALB

static mtlsauth_decision *decision;

/* Verifies and gives the code; the decision stays for a look. */
static inline int verify(const mtlsauth_truststore *truststore, const mtlsauth_chain *chain,
                         const mtlsauth_policy *policy)
{
    int code;

    if (decision == NULL)
        ASSERT_OK("decision", mtlsauth_decision_new(&decision));
    code = mtlsauth_path_verify(truststore, chain, policy, decision);
    ck_assert_int_eq(mtlsauth_decision_code(decision), code);
    ck_assert_int_eq(mtlsauth_decision_allowed(decision), 0);
    ck_assert((mtlsauth_decision_path_count(decision) > 0) == (code == MTLSAUTH_OK));
    return code;
}

static inline void done(void)
{
    mtlsauth_decision_free(decision);
    decision = NULL;
}

/* Verifies forged certificates, leaf first, under those of a truststore. */
static inline int verify_forged(const struct forged *sent, const struct forged *trusted,
                                const mtlsauth_policy *policy)
{
    mtlsauth_truststore *truststore = forged_truststore(trusted);
    mtlsauth_limits *limits;
    mtlsauth_chain *chain;
    char *text = NULL;
    int code;

    for (size_t i = 0; i < sent->count; i++)
        text = pem_add(text, sent->ders[i].bytes, sent->ders[i].len);
    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_chain_certificates(limits, 300));
    ASSERT_OK("chain", mtlsauth_chain_parse(&chain, text, strlen(text), MTLSAUTH_FORMAT_PEM, limits));
    code = verify(truststore, chain, policy);
    free(text);
    mtlsauth_limits_free(limits);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    return code;
}

#define CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CODE_SIGNING "\x2b\x06\x01\x05\x05\x07\x03\x03"
#define ANY_EKU "\x55\x1d\x25"

static const struct forge root_spec = {
    .subject = "Root", .issuer = "Root", .ca = true, .ku = FORGE_KU_CA};

/* Root (key 0), then n CAs, the last of which issues a leaf; sent without the root. */
static inline int verify_ladder(unsigned n, const mtlsauth_policy *policy)
{
    static char names[FORGE_KEYS][8];
    struct forged sent = {.count = 0}, trusted = {.count = 0};
    int code;

    snprintf(names[0], sizeof names[0], "Root");
    for (unsigned i = 1; i <= n; i++)
        snprintf(names[i], sizeof names[i], "CA%u", i);
    forged_add(&trusted, &root_spec);
    forged_add(&sent, &(struct forge){.subject = "leaf", .issuer = names[n], .key = (int)n + 1,
                                      .signer = (int)n});
    for (unsigned i = n; i > 0; i--)
        forged_add(&sent, &(struct forge){.subject = names[i], .issuer = names[i - 1], .key = (int)i,
                                          .signer = (int)i - 1, .ca = true, .ku = FORGE_KU_CA});
    code = verify_forged(&sent, &trusted, policy);
    forged_drop(&sent);
    forged_drop(&trusted);
    return code;
}

#endif
