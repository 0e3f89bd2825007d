/* SPDX-License-Identifier: MIT */
#include "cert/policies.h"

#include "base/der.h"
#include "base/oid.h"

/* PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers OPTIONAL } */
static bool add_policy(struct policies *all, struct der one, bool fits)
{
    struct span policy;

    if (!mtlsauth__der_read(&one, DER_OID, &policy))
        return false;
    if (!fits)
        return true;
    if (OID_IS(policy, OID_ANY_POLICY)) {
        all->repeated = all->repeated || all->any;
        all->any = true;
        return true;
    }
    for (size_t i = 0; i < all->count; i++)
        all->repeated = all->repeated || span_equal(all->list[i], policy);
    all->list[all->count++] = policy;
    return true;
}

/* SEQUENCE { issuerDomainPolicy CertPolicyId, subjectDomainPolicy CertPolicyId } */
static bool add_mapping(struct policies *all, struct der one, bool fits)
{
    struct policy_mapping mapping;

    if (!mtlsauth__der_read(&one, DER_OID, &mapping.issuer) ||
        !mtlsauth__der_read(&one, DER_OID, &mapping.subject) || !der_at_end(&one))
        return false;
    all->maps_any = all->maps_any || OID_IS(mapping.issuer, OID_ANY_POLICY) ||
                    OID_IS(mapping.subject, OID_ANY_POLICY);
    if (fits)
        all->mappings[all->mapping_count++] = mapping;
    return true;
}

/* SEQUENCE SIZE (1..MAX) OF SEQUENCE. Of more than fit the form is looked at all the same: those of
 * an anchor may be too many, but not malformed. */
static bool read_list(struct policies *all, struct span value,
                      bool (*add)(struct policies *all, struct der one, bool fits))
{
    struct span content;
    struct der list, one;
    bool well_formed;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content)) {
        all->too_many = true;
        return false;
    }
    list = der_of(content);
    well_formed = !der_at_end(&list);
    for (size_t n = 0; !der_at_end(&list); n++) {
        bool fits = n < MTLSAUTH__MAX_POLICIES;

        if (!fits)
            all->too_many = true;
        if (!mtlsauth__der_enter(&list, DER_SEQUENCE, &one)) {
            all->too_many = true;
            return false;
        }
        well_formed = add(all, one, fits) && well_formed;
    }
    return well_formed;
}

static bool read_policies(struct policies *all, struct span value)
{
    return read_list(all, value, add_policy);
}

static bool read_mappings(struct policies *all, struct span value)
{
    return read_list(all, value, add_mapping);
}

/* PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] SkipCerts OPTIONAL,
 * inhibitPolicyMapping [1] SkipCerts OPTIONAL }, "MUST NOT be an empty sequence";
 * SkipCerts ::= INTEGER (0..MAX) */
static bool read_constraints(struct policies *all, struct span value)
{
    struct der in = der_of(value), inner;
    bool has_explicit = false, has_mapping = false;
    struct span explicit_policy, mapping;
    uint32_t after = UINT32_MAX, skip;

    all->explicit_policy = 0;
    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) || !der_at_end(&in) ||
        !mtlsauth__der_optional(&inner, DER_CONTEXT(0), &has_explicit, &explicit_policy) ||
        !mtlsauth__der_optional(&inner, DER_CONTEXT(1), &has_mapping, &mapping) ||
        !der_at_end(&inner) || !(has_explicit || has_mapping) ||
        (has_explicit && !mtlsauth__der_small_integer(explicit_policy, &after)) ||
        (has_mapping && !mtlsauth__der_small_integer(mapping, &skip)))
        return false;
    all->explicit_policy = after;
    return true;
}

/* InhibitAnyPolicy ::= SkipCerts */
static bool read_inhibit_any(struct policies *all, struct span value)
{
    struct span integer;
    uint32_t skip;

    (void)all;
    return mtlsauth__der_only(value, DER_INTEGER, &integer) &&
           mtlsauth__der_small_integer(integer, &skip);
}

void mtlsauth__policies_read(struct policies *all,
                             const struct extension_value extensions[EXTENSION_COUNT])
{
    static const struct {
        enum extension which;
        bool (*read)(struct policies *all, struct span value);
        const char *name;
    } rows[] = {
        {EXTENSION_CERTIFICATE_POLICIES, read_policies, "certificatePolicies"},
        {EXTENSION_POLICY_MAPPINGS, read_mappings, "policyMappings"},
        {EXTENSION_POLICY_CONSTRAINTS, read_constraints, "policyConstraints"},
        {EXTENSION_INHIBIT_ANY_POLICY, read_inhibit_any, "inhibitAnyPolicy"},
    };

    /* Not the arrays, which are large. */
    all->malformed = NULL;
    all->too_many = all->any = all->repeated = all->maps_any = false;
    all->count = all->mapping_count = 0;
    all->explicit_policy = UINT32_MAX;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct extension_value *extension = &extensions[rows[i].which];

        if (extension->present && !rows[i].read(all, extension->value) && all->malformed == NULL)
            all->malformed = rows[i].name;
    }
}
