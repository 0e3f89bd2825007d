/* SPDX-License-Identifier: MIT */
/* What rules cost: chains that were seen before, a truststore of two, no CRL. */
#include "us.h"

#include <stdio.h>
#include <stdlib.h>

enum { PASSES = 15, TURNS = 5, CALLS = 1000, MANY = 1000, BLOCKED = 100000 };

/* The clients stand behind all others. */
static void allow_exact(mtlsauth_policy *policy, size_t count)
{
    char text[64];
    const char *matcher = text;

    for (size_t i = 0; i < count; i++) {
        bool is_client = i + LEAVES >= count;

        snprintf(text, sizeof text, "uri:spiffe://example.com/%s-%zu",
                 is_client ? "client" : "other", is_client ? i + LEAVES - count : i);
        must(mtlsauth_policy_allow(policy, "one", &matcher, 1) == MTLSAUTH_OK, "a rule");
    }
}

static void allow_clients(mtlsauth_policy *policy)
{
    const char *matcher = "uri:spiffe://example.com/*";

    must(mtlsauth_policy_allow(policy, "clients", &matcher, 1) == MTLSAUTH_OK, "a rule");
}

/* Patterns that begin alike, and patterns that do not. */
static void allow_patterns(mtlsauth_policy *policy, bool alike)
{
    char text[64];
    const char *matcher = text;

    for (size_t i = 1; i < MANY; i++) {
        snprintf(text, sizeof text, "uri:spiffe://example.com/%s%zu%s", alike ? "*/app-" : "team-",
                 i, alike ? "" : "/*");
        must(mtlsauth_policy_allow(policy, "pattern", &matcher, 1) == MTLSAUTH_OK, "a pattern");
    }
    allow_clients(policy);
}

static void block_many(mtlsauth_policy *policy)
{
    char text[64];

    for (size_t i = 0; i < BLOCKED; i++) {
        snprintf(text, sizeof text, "dns:host-%zu.blocked.example.com", i);
        must(mtlsauth_policy_block(policy, text) == MTLSAUTH_OK, "a blocked name");
    }
    must(mtlsauth_policy_set_insecure_certificate_wildcards(policy, 1) == MTLSAUTH_OK, "wildcards");
}

static void add_rules(mtlsauth_policy *policy, enum rules rules)
{
    switch (rules) {
    case RULES_EXACT_ONE:
        allow_exact(policy, 1);
        break;
    case RULES_EXACT_MANY:
    case RULES_DENIED:
        allow_exact(policy, MANY);
        break;
    case RULES_PATTERN_ONE:
        allow_clients(policy);
        break;
    case RULES_PATTERNS:
        allow_patterns(policy, false);
        break;
    case RULES_PATTERNS_ALIKE:
        allow_patterns(policy, true);
        break;
    case RULES_BLOCK:
    case RULES_BLOCK_WILDCARD:
        block_many(policy);
        allow_clients(policy);
        break;
    case RULES_COUNT:
        break;
    }
}

static double pass(mtlsauth_authorizer *authorizer, struct bytes pem, int expected,
                   mtlsauth_decision *decision)
{
    double start = spent_us();

    for (size_t i = 0; i < CALLS; i++)
        must(mtlsauth_authorize_text(authorizer, pem.ptr, pem.len, MTLSAUTH_FORMAT_PEM, decision) ==
                 expected,
             "a chain");
    return (spent_us() - start) / CALLS;
}

static double time_of(const struct world *world, struct ours *ours, enum rules rules)
{
    int expected = rules == RULES_DENIED ? MTLSAUTH_DENY_IDENTITY : MTLSAUTH_OK;
    struct bytes pem = rules == RULES_BLOCK_WILDCARD || rules == RULES_DENIED
                           ? world->wildcard
                           : world->leaves[LEAVES - 1];
    double passes[PASSES];
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision;

    mtlsauth_policy_free(ours->policy);
    ours->policy = ours_policy(false);
    add_rules(ours->policy, rules);
    authorizer = ours_authorizer(ours);
    must(mtlsauth_decision_new(&decision) == MTLSAUTH_OK, "a decision");
    for (size_t i = 0; i < PASSES; i++)
        passes[i] = pass(authorizer, pem, expected, decision);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    return median_of(passes, PASSES);
}

void measure_rules(const struct world *world, struct figures *out)
{
    struct ours ours = {.policy = NULL};
    double times[RULES_COUNT][TURNS];

    (void)ours_load(world, &ours.truststore);
    for (size_t turn = 0; turn < TURNS; turn++)
        for (enum rules rules = 0; rules < RULES_COUNT; rules++)
            times[rules][turn] = time_of(world, &ours, rules);
    for (enum rules rules = 0; rules < RULES_COUNT; rules++)
        out->rules[rules] = median_of(times[rules], TURNS);
    ours_free(&ours);
}
