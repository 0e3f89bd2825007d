/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_AUTHORIZE_US_H
#define TESTS_BENCH_AUTHORIZE_US_H

#include "bench.h"

/* What an authorizer is made of. */
struct ours {
    mtlsauth_policy *policy;
    mtlsauth_truststore *truststore;
    mtlsauth_crl *root_crl, *issuer_crl, *next_crl; /* or NULL */
};

/* Of BENCH_NOW, without rules. */
mtlsauth_policy *ours_policy(bool with_crl);

/* The truststore is for the caller to load. */
void ours_make(struct ours *ours, const struct world *world);
void ours_free(struct ours *ours);
double ours_load(const struct world *world, mtlsauth_truststore **out);
mtlsauth_authorizer *ours_authorizer(const struct ours *ours);
mtlsauth_crl *ours_crl(struct bytes der, X509 *issuer, const mtlsauth_policy *policy);

/* One question: PEM in, decision out. */
void ours_ask(mtlsauth_authorizer *authorizer, const struct world *world, size_t i,
              mtlsauth_decision *decision);

#endif
