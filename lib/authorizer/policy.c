/* SPDX-License-Identifier: MIT */
#include "authorizer/policy.h"

#include <stdio.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "trust/truststore.h"

/* Certificates are valid from year 0 to 9999: a clock beyond that is broken, and adding a skew to
 * it must not overflow. */
enum { MAX_CLOCK_SKEW = 3600 };
static const int64_t earliest_time = -62167219200, latest_time = 253402300799;

static int fail_null(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: the handle is NULL");
}

int mtlsauth_policy_new(mtlsauth_policy **out, int profile)
{
    mtlsauth_policy *policy;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy_new: out is NULL");
    *out = NULL;
    policy = mtlsauth__calloc(1, sizeof *policy);
    if (policy == NULL)
        return mtlsauth__fail_memory();
    policy->limits = *mtlsauth__limits_or_default(NULL);
    policy->revocation.crl_max_age = INT64_MAX;
    policy->revocation.ocsp_max_age = MTLSAUTH_DEFAULT_OCSP_MAX_AGE;
    if (!mtlsauth__path_params_of(&policy->path, profile))
        code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy_new: there is no profile %d", profile);
    else
        code = mtlsauth__rules_new(&policy->rules);
    if (code == MTLSAUTH_OK)
        *out = policy;
    else
        mtlsauth_policy_free(policy);
    return code;
}

void mtlsauth_policy_free(mtlsauth_policy *policy)
{
    if (policy == NULL)
        return;
    mtlsauth__rules_free(policy->rules);
    mtlsauth__free(policy->path.policies);
    mtlsauth__free(policy->revocation.issuers);
    mtlsauth__free(policy->warnings);
    mtlsauth__free(policy);
}

int mtlsauth__policy_copy(mtlsauth_policy **out, const mtlsauth_policy *policy)
{
    mtlsauth_policy *copy = mtlsauth__malloc(sizeof *copy);
    int code;

    *out = NULL;
    if (copy == NULL)
        return mtlsauth__fail_memory();
    *copy = *policy;
    copy->warnings = NULL;
    copy->rules = NULL;
    copy->path.policies = NULL;
    copy->path.policy_capacity = policy->path.policy_count;
    copy->revocation.issuers = NULL;
    copy->revocation.issuer_capacity = policy->revocation.issuer_count;
    code = mtlsauth__rules_copy(&copy->rules, policy->rules);
    if (code == MTLSAUTH_OK) {
        copy->path.policies = mtlsauth__memdup(span_of(
            policy->path.policies, policy->path.policy_count * sizeof *policy->path.policies));
        copy->revocation.issuers = mtlsauth__memdup(
            span_of(policy->revocation.issuers,
                    policy->revocation.issuer_count * sizeof *policy->revocation.issuers));
        if (copy->path.policies == NULL || copy->revocation.issuers == NULL)
            code = mtlsauth__fail_memory();
    }
    if (code == MTLSAUTH_OK)
        *out = copy;
    else
        mtlsauth_policy_free(copy);
    return code;
}

bool mtlsauth__policy_time(const mtlsauth_policy *policy, int64_t *now)
{
    int64_t t;

    if (policy->has_fixed_time)
        t = policy->fixed_time;
    else
        t = policy->clock != NULL ? policy->clock(policy->clock_arg) : mtlsauth__time_now();
    *now = t < earliest_time ? earliest_time : t > latest_time ? latest_time : t;
    return t != MTLSAUTH_NO_TIME;
}

int64_t mtlsauth__policy_now(const mtlsauth_policy *policy)
{
    int64_t now;

    (void)mtlsauth__policy_time(policy, &now);
    return now;
}

int mtlsauth__fail_clock(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_IO, "the clock of the policy has no time");
}

static void describe_revocation(const struct revocation_params *params, struct text *out)
{
    mtlsauth__text_addf(out,
                        "evidence %d depth %d crl %lld ocsp %lld grace %lld unknown %d number %d",
                        params->evidence, params->depth, (long long)params->crl_max_age,
                        (long long)params->ocsp_max_age, (long long)params->grace,
                        params->allow_unknown, params->crl_without_number);
    for (size_t i = 0; i < params->issuer_count; i++) {
        mtlsauth__text_addf(out, " %d ", params->issuers[i].evidence);
        mtlsauth__text_add_hex(out, span_of(params->issuers[i].spki_sha256, MTLSAUTH_SHA256_LEN));
    }
    mtlsauth__text_add_char(out, '\n');
}

void mtlsauth__policy_describe_path(const mtlsauth_policy *policy, struct text *out)
{
    const struct path_params *path = &policy->path;

    mtlsauth__text_addf(out, "profile %d ca %u rsa %u-%u ec %u hash %u partial %d eku %d ",
                        path->profile, path->max_ca_certificates, path->min_rsa_bits,
                        path->max_rsa_bits, path->min_ec_bits, path->min_hash_bits,
                        path->partial_chain, path->check_eku);
    mtlsauth__text_add_hex(out, span_of(path->eku, path->eku_len));
    mtlsauth__text_addf(out, " explicit %d mapping %d any %d skew %lld skip %d nist %d",
                        path->explicit_policy, path->inhibit_mapping, path->inhibit_any_policy,
                        (long long)path->clock_skew, path->skip_time, path->nist_curves_only);
    mtlsauth__text_addf(out, " budget %u %u %u policies", path->budget_signatures,
                        path->budget_steps, path->budget_names);
    for (size_t i = 0; i < path->policy_count; i++)
        mtlsauth__text_addf(out, " %s", path->policies[i].text);
    mtlsauth__text_add_char(out, '\n');
}

void mtlsauth__policy_describe(const mtlsauth_policy *policy, struct text *out)
{
    mtlsauth__policy_describe_path(policy, out);
    mtlsauth__text_addf(out, "wildcards %d limits %zu %zu %zu %zu\n",
                        policy->certificate_wildcards, policy->limits.certificate_bytes,
                        policy->limits.chain_bytes, policy->limits.chain_certificates,
                        policy->limits.names);
    describe_revocation(&policy->revocation, out);
    mtlsauth__rules_describe(policy->rules, out);
}

/* A number that may only become smaller (or larger); what loosens is refused. */
static int tighten(unsigned *field, unsigned value, bool loosens, const char *name,
                   const char *insecure)
{
    if (loosens)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: %s %u is weaker than the %u in force; %s", name, value,
                              *field, insecure);
    *field = value;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_max_ca_certificates(mtlsauth_policy *policy, unsigned count)
{
    if (policy == NULL)
        return fail_null();
    return tighten(&policy->path.max_ca_certificates, count,
                   count > policy->path.max_ca_certificates, "a maximum of CA certificates of",
                   "that takes mtlsauth_policy_set_insecure_max_ca_certificates");
}

int mtlsauth_policy_set_insecure_max_ca_certificates(mtlsauth_policy *policy, unsigned count)
{
    if (policy == NULL)
        return fail_null();
    if (count > MTLSAUTH_MAX_PATH_CERTIFICATES)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: no path is longer than %d",
                              MTLSAUTH_MAX_PATH_CERTIFICATES);
    policy->path.max_ca_certificates = count;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_min_rsa_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    return tighten(&policy->path.min_rsa_bits, bits, bits < policy->path.min_rsa_bits,
                   "a minimum for RSA of", "that takes mtlsauth_policy_set_insecure_min_rsa_bits");
}

int mtlsauth_policy_set_min_ec_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    return tighten(&policy->path.min_ec_bits, bits, bits < policy->path.min_ec_bits,
                   "a minimum for curves of",
                   "that takes mtlsauth_policy_set_insecure_min_ec_bits");
}

int mtlsauth_policy_set_min_hash_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    return tighten(&policy->path.min_hash_bits, bits, bits < policy->path.min_hash_bits,
                   "a minimum for hashes of",
                   "that takes mtlsauth_policy_set_insecure_min_hash_bits");
}

int mtlsauth_policy_set_insecure_min_rsa_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    policy->path.min_rsa_bits = bits;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_min_ec_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    policy->path.min_ec_bits = bits;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_min_hash_bits(mtlsauth_policy *policy, unsigned bits)
{
    if (policy == NULL)
        return fail_null();
    policy->path.min_hash_bits = bits;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_required_eku(mtlsauth_policy *policy, const char *oid)
{
    uint8_t octets[MTLSAUTH__MAX_OID];
    size_t len;

    if (policy == NULL)
        return fail_null();
    if (oid == NULL || !mtlsauth__oid_from_text(span_of_text(oid), octets, &len))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: an extended key usage is a dotted OID, 1.3.6.1.5.5.7.3.2");
    memcpy(policy->path.eku, octets, len);
    policy->path.eku_len = len;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_partial_chain(mtlsauth_policy *policy, int on)
{
    if (policy == NULL)
        return fail_null();
    policy->path.partial_chain = on != 0;
    return MTLSAUTH_OK;
}

/* In their order, as the issuers with evidence of their own. */
static void insert_policy(struct path_params *path, const char *oid)
{
    size_t at = path->policy_count++;

    for (; at > 0 && strcmp(path->policies[at - 1].text, oid) > 0; at--)
        path->policies[at] = path->policies[at - 1];
    memcpy(path->policies[at].text, oid, strlen(oid) + 1);
}

int mtlsauth_policy_require_certificate_policy(mtlsauth_policy *policy, const char *oid)
{
    struct path_params *path;
    struct policy_oid *grown;
    uint8_t octets[MTLSAUTH__MAX_OID];
    size_t len;

    if (policy == NULL)
        return fail_null();
    if (oid == NULL || !mtlsauth__oid_from_text(span_of_text(oid), octets, &len) ||
        strlen(oid) >= sizeof grown->text)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: a certificate policy is a dotted OID");
    path = &policy->path;
    grown = mtlsauth__grow(path->policies, path->policy_count, &path->policy_capacity,
                           sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    path->policies = grown;
    insert_policy(path, oid);
    /* RFC 5280 6.1.1 (e): without it a path that states no policy at all would do. */
    path->explicit_policy = true;
    return MTLSAUTH_OK;
}

/* Turned on and not off again: off is what a profile begins with. */
static int turn_on(bool *flag, int on, const char *name)
{
    if (on == 0 && *flag)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: %s is on and stays on: make another policy", name);
    *flag = on != 0;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_explicit_policy(mtlsauth_policy *policy, int on)
{
    int code;

    if (policy == NULL)
        return fail_null();
    code = turn_on(&policy->explicit_policy_asked, on, "explicit policy");
    if (code == MTLSAUTH_OK)
        policy->path.explicit_policy = on != 0;
    return code;
}

int mtlsauth_policy_set_inhibit_mapping(mtlsauth_policy *policy, int on)
{
    return policy == NULL ? fail_null()
                          : turn_on(&policy->path.inhibit_mapping, on, "inhibit mapping");
}

int mtlsauth_policy_set_inhibit_any_policy(mtlsauth_policy *policy, int on)
{
    return policy == NULL ? fail_null()
                          : turn_on(&policy->path.inhibit_any_policy, on, "inhibit any policy");
}

int mtlsauth_policy_set_clock(mtlsauth_policy *policy, mtlsauth_clock clock, void *arg)
{
    if (policy == NULL)
        return fail_null();
    policy->clock = clock;
    policy->clock_arg = arg;
    policy->has_fixed_time = false;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_time(mtlsauth_policy *policy, int64_t t)
{
    if (policy == NULL)
        return fail_null();
    if (t < earliest_time || t > latest_time)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: a time outside of years 0 to 9999");
    policy->fixed_time = t;
    policy->has_fixed_time = true;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_clock_skew(mtlsauth_policy *policy, int64_t seconds)
{
    if (policy == NULL)
        return fail_null();
    if (seconds < 0 || seconds > MAX_CLOCK_SKEW)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: a clock skew is 0 to %d seconds",
                              MAX_CLOCK_SKEW);
    policy->path.clock_skew = policy->revocation.clock_skew = seconds;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_skip_time(mtlsauth_policy *policy, int on)
{
    if (policy == NULL)
        return fail_null();
    policy->path.skip_time = on != 0;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_insecure_certificate_wildcards(mtlsauth_policy *policy, int on)
{
    if (policy == NULL)
        return fail_null();
    policy->certificate_wildcards = on != 0;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_budget(mtlsauth_policy *policy, unsigned signatures, unsigned steps,
                               unsigned names)
{
    struct path_params *path;

    if (policy == NULL)
        return fail_null();
    path = &policy->path;
    if (signatures == 0 || steps == 0 || names == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy: a budget of 0 refuses everything");
    if (signatures > path->budget_signatures || steps > path->budget_steps ||
        names > path->budget_names)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "policy: a budget can only be lowered; in force are %u signatures, "
                              "%u steps and %u names",
                              path->budget_signatures, path->budget_steps, path->budget_names);
    path->budget_signatures = signatures;
    path->budget_steps = steps;
    path->budget_names = names;
    return MTLSAUTH_OK;
}

int mtlsauth_policy_set_limits(mtlsauth_policy *policy, const mtlsauth_limits *limits)
{
    if (policy == NULL)
        return fail_null();
    policy->limits = *mtlsauth__limits_or_default(limits);
    return MTLSAUTH_OK;
}

int mtlsauth_policy_allow(mtlsauth_policy *policy, const char *label, const char *const matchers[],
                          size_t n)
{
    return policy == NULL ? fail_null() : mtlsauth__rules_allow(policy->rules, label, matchers, n);
}

int mtlsauth_policy_allow_rfc8705(mtlsauth_policy *policy, const char *label, const char *member,
                                  const char *value)
{
    return policy == NULL ? fail_null()
                          : mtlsauth__rules_allow_rfc8705(policy->rules, label, member, value);
}

int mtlsauth_policy_allow_any(mtlsauth_policy *policy, const char *label)
{
    return policy == NULL ? fail_null() : mtlsauth__rules_allow_any(policy->rules, label);
}

int mtlsauth_policy_block(mtlsauth_policy *policy, const char *matcher)
{
    return policy == NULL ? fail_null() : mtlsauth__rules_block(policy->rules, matcher);
}

int mtlsauth_policy_lint(mtlsauth_policy *policy, const mtlsauth_truststore *truststore,
                         const char **out)
{
    struct text text = {0};
    size_t anchors = 0;
    char *made;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "policy_lint: out is NULL");
    *out = NULL;
    if (policy == NULL)
        return fail_null();
    if (truststore != NULL)
        anchors = mtlsauth__truststore_anchors(truststore, policy->path.partial_chain);
    mtlsauth__rules_lint(policy->rules, anchors, &text);
    made = mtlsauth__text_take(&text);
    if (made == NULL)
        return mtlsauth__fail_memory();
    mtlsauth__free(policy->warnings);
    policy->warnings = made;
    *out = made;
    return MTLSAUTH_OK;
}
