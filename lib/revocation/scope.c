/* SPDX-License-Identifier: MIT */
#include "revocation/scope.h"

#include "base/der.h"
#include "base/text.h"
#include "cert/name.h"

#define TAG_URI DER_CONTEXT(6)
#define TAG_DIRECTORY DER_CONTEXT_CONSTRUCTED(4)

enum { MAX_POINTS = 64 };

/* Are these GeneralNames the same? A directory name is compared as RFC 5280 7.1 says. */
static bool same_name(unsigned tag, struct span a, struct span b, bool *no_memory)
{
    struct text one = {0}, other = {0};
    enum name_status first, second;
    bool same;

    if (tag == TAG_URI)
        return span_equal(a, b);
    first = mtlsauth__name_canonical(&one, a);
    second = mtlsauth__name_canonical(&other, b);
    *no_memory = *no_memory || first == NAME_NO_MEMORY || second == NAME_NO_MEMORY || one.failed ||
                 other.failed;
    same = first == NAME_OK && second == NAME_OK && !one.failed && !other.failed &&
           span_equal(span_of(one.ptr, one.len), span_of(other.ptr, other.len));
    mtlsauth__text_drop(&one);
    mtlsauth__text_drop(&other);
    return same;
}

/* Has any name of one list its like in the other? */
static bool share_a_name(struct der mine, struct der theirs, bool *no_memory)
{
    struct span a, b;
    unsigned tag, other;

    while (!der_at_end(&mine) && mtlsauth__der_next(&mine, &tag, &a, NULL)) {
        struct der rest = theirs;

        if (tag != TAG_URI && tag != TAG_DIRECTORY)
            continue;
        while (!der_at_end(&rest) && mtlsauth__der_next(&rest, &other, &b, NULL))
            if (other == tag && same_name(tag, a, b, no_memory))
                return true;
    }
    return false;
}

/* fullName of the distributionPoint field in front of in; false if there is none. */
static bool full_name(struct der *in, struct der *names)
{
    struct der point;

    return mtlsauth__der_enter(in, DER_CONTEXT_CONSTRUCTED(0), &point) &&
           mtlsauth__der_enter(&point, DER_CONTEXT_CONSTRUCTED(0), names);
}

/*
 * Does one of the certificate's distribution points, not only the first (RUSTSEC-2026-0049), have a
 * name of the list's? A point whose status another authority's list tells (cRLIssuer) is none of ours.
 */
static enum crl_coverage covers_by_point(struct der names, struct span points)
{
    enum crl_coverage best = COVERAGE_NONE;
    struct span content;
    struct der in;
    size_t count = 0;
    bool no_memory = false;

    if (!mtlsauth__der_only(points, DER_SEQUENCE, &content))
        return COVERAGE_NONE;
    in = der_of(content);
    while (!der_at_end(&in) && count++ < MAX_POINTS && best != COVERAGE_FULL) {
        struct der point, theirs;
        struct span reasons;
        bool has_reasons;

        if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &point))
            return COVERAGE_NONE;
        if (!full_name(&point, &theirs) ||
            !mtlsauth__der_optional(&point, DER_CONTEXT(1), &has_reasons, &reasons) ||
            !der_at_end(&point))
            continue;
        if (share_a_name(names, theirs, &no_memory))
            best = has_reasons ? COVERAGE_PARTIAL : COVERAGE_FULL;
        if (no_memory)
            return COVERAGE_NO_MEMORY;
    }
    return best;
}

enum crl_coverage mtlsauth__crl_covers(const struct crl_facts *facts, const struct cert_view *cert)
{
    const struct extension_value *points = &cert->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS];
    enum crl_coverage coverage = COVERAGE_FULL;
    struct span content;
    struct der in, names;

    if (!facts->scope.present)
        return COVERAGE_FULL;
    if (facts->scope.only_attribute || (facts->scope.only_user && cert->is_ca) ||
        (facts->scope.only_ca && !cert->is_ca))
        return COVERAGE_NONE;
    if (facts->scope.has_names) {
        if (!mtlsauth__der_only(span_of(facts->idp, facts->idp_len), DER_SEQUENCE, &content))
            return COVERAGE_NONE;
        in = der_of(content);
        if (!points->present || !full_name(&in, &names))
            return COVERAGE_NONE;
        coverage = covers_by_point(names, points->value);
    }
    if (coverage == COVERAGE_FULL && facts->scope.reasons != 0)
        return COVERAGE_PARTIAL;
    return coverage;
}
