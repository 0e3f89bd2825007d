/* SPDX-License-Identifier: MIT */
#include "us.h"

#include <stdlib.h>

enum { LOADS = 3, ROUNDS = 5, FIRSTS = 15, PASSES = 15, CALLS = 2000 };

mtlsauth_policy *ours_policy(bool with_crl)
{
    mtlsauth_policy *policy;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_policy_set_time(policy, BENCH_NOW) == MTLSAUTH_OK &&
             mtlsauth_policy_set_revocation(
                 policy, with_crl ? MTLSAUTH_EVIDENCE_CRL : MTLSAUTH_EVIDENCE_OFF,
                 MTLSAUTH_DEPTH_CHAIN) == MTLSAUTH_OK,
         "a policy");
    return policy;
}

mtlsauth_crl *ours_crl(struct bytes der, X509 *issuer, const mtlsauth_policy *policy)
{
    uint8_t *cert_der = NULL;
    int len = i2d_X509(issuer, &cert_der);
    mtlsauth_cert *cert = NULL;
    mtlsauth_crl *crl = NULL;

    must(len > 0 && mtlsauth_cert_parse(&cert, cert_der, (size_t)len) == MTLSAUTH_OK &&
             mtlsauth_crl_load(&crl, der.ptr, der.len, cert, policy, NULL) == MTLSAUTH_OK,
         "a CRL");
    OPENSSL_free(cert_der);
    mtlsauth_cert_free(cert);
    return crl;
}

void ours_make(struct ours *ours, const struct world *world)
{
    const char *const matchers[] = {"uri:spiffe://example.com/*"};

    *ours = (struct ours){.policy = ours_policy(world->entries > 0)};
    must(mtlsauth_policy_allow(ours->policy, "clients", matchers, 1) == MTLSAUTH_OK, "a rule");
    if (world->entries == 0)
        return;
    ours->root_crl = ours_crl(world->root_crl, world->root, ours->policy);
    ours->issuer_crl = ours_crl(world->issuer_crl, world->issuer, ours->policy);
}

void ours_free(struct ours *ours)
{
    mtlsauth_crl_free(ours->root_crl);
    mtlsauth_crl_free(ours->issuer_crl);
    mtlsauth_crl_free(ours->next_crl);
    mtlsauth_truststore_free(ours->truststore);
    mtlsauth_policy_free(ours->policy);
}

double ours_load(const struct world *world, mtlsauth_truststore **out)
{
    mtlsauth_limits *limits;
    double start, end;

    must(mtlsauth_limits_new(&limits) == MTLSAUTH_OK &&
             mtlsauth_limits_set_truststore_bytes(limits, 8U << 20) == MTLSAUTH_OK,
         "limits");
    start = spent_us();
    must(mtlsauth_truststore_parse(out, world->bundle.ptr, world->bundle.len, limits) ==
             MTLSAUTH_OK,
         "a truststore");
    end = spent_us();
    mtlsauth_limits_free(limits);
    return (end - start) / 1e3;
}

mtlsauth_authorizer *ours_authorizer(const struct ours *ours)
{
    mtlsauth_authorizer *out;

    must(mtlsauth_authorizer_new(&out, ours->truststore, ours->policy) == MTLSAUTH_OK,
         "an authorizer");
    if (ours->issuer_crl != NULL)
        must(mtlsauth_authorizer_put_crl(out, ours->root_crl) == MTLSAUTH_OK &&
                 mtlsauth_authorizer_put_crl(out, ours->issuer_crl) == MTLSAUTH_OK,
             "putting a CRL");
    return out;
}

void ours_ask(mtlsauth_authorizer *authorizer, const struct world *world, size_t i,
              mtlsauth_decision *decision)
{
    must(mtlsauth_authorize_text(authorizer, world->leaves[i].ptr, world->leaves[i].len,
                                 MTLSAUTH_FORMAT_PEM, decision) == MTLSAUTH_OK,
         "a chain");
}

static double time_to_ask(mtlsauth_authorizer *authorizer, const struct world *world, size_t i,
                          mtlsauth_decision *decision)
{
    double start = spent_us();

    ours_ask(authorizer, world, i, decision);
    return spent_us() - start;
}

void measure_us(const struct world *world, struct figures *out)
{
    double firsts[FIRSTS], passes[PASSES], loads[LOADS];
    double *fresh = room(sizeof(double) * ROUNDS * LEAVES);
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_decision *decision;
    struct ours ours;
    size_t count = 0;

    ours_make(&ours, world);
    for (size_t i = 0; i < LOADS; i++) {
        mtlsauth_truststore_free(ours.truststore);
        loads[i] = ours_load(world, &ours.truststore);
    }
    out->load_ms = median_of(loads, LOADS);
    must(mtlsauth_decision_new(&decision) == MTLSAUTH_OK, "a decision");
    for (size_t i = 0; i < FIRSTS; i++) {
        authorizer = ours_authorizer(&ours);
        firsts[i] = time_to_ask(authorizer, world, i, decision);
        mtlsauth_authorizer_free(authorizer);
    }
    out->first = median_of(firsts, FIRSTS);
    for (size_t round = 0; round < ROUNDS; round++) {
        authorizer = ours_authorizer(&ours);
        ours_ask(authorizer, world, 0, decision);
        for (size_t i = 1; i < LEAVES; i++)
            fresh[count++] = time_to_ask(authorizer, world, i, decision);
        if (round + 1 < ROUNDS)
            mtlsauth_authorizer_free(authorizer);
    }
    out->fresh = median_of(fresh, count);
    for (size_t pass = 0; pass < PASSES; pass++) {
        double start = spent_us();

        for (size_t i = 0; i < CALLS; i++)
            ours_ask(authorizer, world, i * 7 % LEAVES, decision);
        passes[pass] = (spent_us() - start) / CALLS;
    }
    out->seen = median_of(passes, PASSES);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_decision_free(decision);
    ours_free(&ours);
    free(fresh);
}
