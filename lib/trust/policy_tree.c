/* SPDX-License-Identifier: MIT */
#include "trust/policy_tree.h"

#include <mtlsauth/error.h>
#include "cert/policies.h"

/* How many nodes of the last level expect a policy below them. */
struct expected {
    struct span policy;
    unsigned nodes;
};

struct level {
    /* What the policies leave, then what the mappings make of it. */
    struct expected list[2 * MTLSAUTH__MAX_POLICIES];
    size_t count;
    unsigned any; /* of anyPolicy */
    bool is_over; /* there are more than fit into the list */
};

/* It does not overflow: before it is mapped a policy has MTLSAUTH__MAX_POLICY_NODES at the most,
 * and no more than MTLSAUTH__MAX_POLICIES are mapped to one. */
static void expect(struct level *level, struct span policy, unsigned nodes)
{
    for (size_t i = 0; i < level->count; i++)
        if (span_equal(level->list[i].policy, policy)) {
            level->list[i].nodes += nodes;
            return;
        }
    if (level->count < sizeof level->list / sizeof level->list[0])
        level->list[level->count++] = (struct expected){policy, nodes};
    else
        level->is_over = true;
}

static unsigned expecting(const struct level *level, struct span policy)
{
    for (size_t i = 0; i < level->count; i++)
        if (span_equal(level->list[i].policy, policy))
            return level->list[i].nodes;
    return 0;
}

/* RFC 5280 6.1.3 (d): a node for each node that expects the policy, else one below anyPolicy; and
 * below anyPolicy of this certificate what else was expected. */
static size_t add_nodes(const struct level *above, const struct policies *policies,
                        struct level *level)
{
    size_t nodes = 0;

    for (size_t i = 0; i < policies->count; i++) {
        unsigned matching = expecting(above, policies->list[i]);

        if (matching == 0)
            matching = above->any;
        if (matching > 0) {
            expect(level, policies->list[i], matching);
            nodes += matching;
        }
    }
    if (!policies->any)
        return nodes;
    for (size_t i = 0; i < above->count; i++)
        if (expecting(level, above->list[i].policy) == 0) {
            expect(level, above->list[i].policy, above->list[i].nodes);
            nodes += above->list[i].nodes;
        }
    level->any = above->any;
    return nodes + level->any;
}

static bool is_mapped(const struct policies *policies, struct span policy)
{
    for (size_t i = 0; i < policies->mapping_count; i++)
        if (span_equal(policies->mappings[i].issuer, policy))
            return true;
    return false;
}

/* RFC 5280 6.1.4 (b) (1): what is mapped expects what it is mapped to. */
static size_t map(const struct level *from, const struct policies *policies, struct level *to)
{
    size_t nodes = 0;

    *to = (struct level){.any = from->any};
    for (size_t i = 0; i < from->count; i++)
        if (!is_mapped(policies, from->list[i].policy))
            expect(to, from->list[i].policy, from->list[i].nodes);
    for (size_t i = 0; i < policies->mapping_count; i++) {
        unsigned mapped = expecting(from, policies->mappings[i].issuer);

        if (mapped == 0 && from->any > 0)
            mapped = 1, nodes++;
        if (mapped > 0)
            expect(to, policies->mappings[i].subject, mapped);
    }
    return nodes;
}

/* Is the policy in the user-initial-policy-set, RFC 5280 6.1.1 (c)? */
static bool is_required(const struct path_params *params, struct span policy)
{
    for (size_t i = 0; i < params->policy_count; i++) {
        uint8_t octets[MTLSAUTH__MAX_OID];
        size_t len = 0;

        if (!mtlsauth__oid_from_text(span_of_text(params->policies[i].text), octets, &len))
            continue;
        if (span_equal(span_of(octets, len), policy) ||
            OID_IS(span_of(octets, len), OID_ANY_POLICY))
            return true;
    }
    return params->policy_count == 0;
}

static bool has_required(const struct path_params *params, const struct policies *policies)
{
    for (size_t i = 0; i < policies->count; i++)
        if (is_required(params, policies->list[i]))
            return true;
    return policies->any && !params->inhibit_any_policy;
}

/* In every profile, and in a leaf too (CVE-2023-0465): libcrypto does not read policyMappings and
 * inhibitAnyPolicy where there are no certificatePolicies, and takes an empty list of those. */
bool mtlsauth__check_policy_extensions(const struct path_params *params,
                                       const struct candidate_path *path, struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++) {
        if (path->certs[i]->view.malformed_policies == NULL)
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PROFILE, MTLSAUTH_DENY_CERTIFICATE_POLICY, i,
                              path->certs[i], "its %s is malformed",
                              path->certs[i]->view.malformed_policies);
        return false;
    }
    return true;
}

bool mtlsauth__check_own_policies(const struct path_params *params,
                                  const struct candidate_path *path, struct reason *reason)
{
    struct policies policies;

    if (path->count > 1 || !params->explicit_policy)
        return true;
    mtlsauth__policies_read(&policies, path->certs[0]->view.extensions);
    if (!policies.too_many && has_required(params, &policies))
        return true;
    mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_CERTIFICATE_POLICY, 0,
                          path->certs[0], "it is trusted by itself, and %s",
                          policies.too_many ? "has more certificate policies than are looked at"
                                            : "states no certificate policy that is required");
    return false;
}

/* It never rises. */
bool mtlsauth__policy_is_required(const struct path_params *params,
                                  const struct candidate_path *path)
{
    uint32_t explicit_policy = params->explicit_policy ? 0 : (uint32_t)path->count;

    for (size_t i = path->count - 1; i-- > 0;) {
        if (explicit_policy > 0 && (i == 0 || !path->certs[i]->self_issued))
            explicit_policy--;
        if (path->certs[i]->view.explicit_policy < explicit_policy)
            explicit_policy = path->certs[i]->view.explicit_policy;
    }
    return explicit_policy == 0;
}

const char *mtlsauth__policies_refused(const struct cert_view *view)
{
    if (view->maps_any_policy)
        return "its policyMappings map anyPolicy";
    return view->extensions[EXTENSION_CERTIFICATE_POLICIES].present &&
                   !view->has_distinct_policies && !view->too_many_policies
               ? "its certificatePolicies have one policy twice"
               : NULL;
}

bool mtlsauth__check_policies(const struct path_params *params, const struct candidate_path *path,
                              struct reason *reason)
{
    bool required = mtlsauth__policy_is_required(params, path);

    for (size_t i = 0; i + 1 < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;
        const char *why = mtlsauth__policies_refused(view);

        if (why == NULL && required &&
            !view->extensions[EXTENSION_CERTIFICATE_POLICIES].present)
            why = "it states no certificate policy, and one is required";
        if (why == NULL)
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_CERTIFICATE_POLICY, i,
                              path->certs[i], "%s", why);
        return false;
    }
    return true;
}

bool mtlsauth__policies_fit(const struct candidate_path *path)
{
    struct level level = {.any = 1}, next;
    size_t nodes = 1;

    /* libcrypto reads those of every certificate, whether or not the tree has come to its end. */
    for (size_t i = 0; i + 1 < path->count; i++)
        if (path->certs[i]->view.too_many_policies)
            return false;

    /* From the certificate that the anchor has issued down to the leaf. */
    for (size_t i = path->count - 1; i-- > 0;) {
        const struct extension_value *extensions = path->certs[i]->view.extensions;
        struct policies policies;

        if (!extensions[EXTENSION_CERTIFICATE_POLICIES].present)
            return true;
        mtlsauth__policies_read(&policies, extensions);
        next = (struct level){.is_over = level.is_over};
        nodes += add_nodes(&level, &policies, &next);
        if (nodes > MTLSAUTH__MAX_POLICY_NODES || next.is_over)
            return false;
        /* What that makes is judged with the next certificate. Where there is none, or one without
         * policies, it is MTLSAUTH__MAX_POLICIES at the most: libcrypto's limit has room for
         * those. */
        nodes += map(&next, &policies, &level);
    }
    return true;
}
