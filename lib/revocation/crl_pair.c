/* SPDX-License-Identifier: MIT */
#include "revocation/crl_pair.h"

static bool is_of_the_future(const mtlsauth_crl *crl, const struct revocation_params *params,
                             int64_t now)
{
    return crl->image.facts.this_update > now + params->clock_skew;
}

/* The end of the maximum age; one beyond all times is as good as any, and can be added to. */
static int64_t too_old_from(const struct crl_facts *facts, const struct revocation_params *params)
{
    const int64_t longest = INT64_MAX / 4;

    return facts->this_update + (params->crl_max_age < longest ? params->crl_max_age : longest);
}

/* until, or the end of the maximum age; where neither says when, thisUpdate. */
static int64_t not_beyond(int64_t until, const struct crl_facts *facts,
                          const struct revocation_params *params)
{
    int64_t end = too_old_from(facts, params);

    if (facts->next_update == CRL_NO_NEXT_UPDATE)
        return params->crl_max_age == INT64_MAX ? facts->this_update : end;
    return until < end ? until : end;
}

int64_t mtlsauth__crl_stale_from(const struct crl_facts *facts,
                                 const struct revocation_params *params)
{
    return not_beyond(facts->next_update, facts, params);
}

int64_t mtlsauth__crl_counts_until(const struct crl_facts *facts,
                                   const struct revocation_params *params)
{
    bool has_end = facts->next_update != CRL_NO_NEXT_UPDATE;

    return not_beyond(facts->next_update + (has_end ? params->grace : 0), facts, params);
}

bool mtlsauth__crl_is_current(const mtlsauth_crl *crl, const struct revocation_params *params,
                              int64_t now)
{
    return !is_of_the_future(crl, params, now) &&
           now <= mtlsauth__crl_counts_until(&crl->image.facts, params);
}

static int compare_numbers(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    return mtlsauth__crl_number_compare(span_of(a, a_len), span_of(b, b_len));
}

bool mtlsauth__crl_delta_is_newer(const struct crl_pair *lists)
{
    const struct crl_facts *old = &lists->base->image.facts;
    const struct crl_facts *changed = &lists->delta->image.facts;

    return compare_numbers(changed->number, changed->number_len, old->number, old->number_len) > 0;
}

bool mtlsauth__crl_delta_continues(const struct crl_pair *lists)
{
    const struct crl_facts *old = &lists->base->image.facts;
    const struct crl_facts *changed = &lists->delta->image.facts;

    return old->has_number && compare_numbers(old->number, old->number_len, changed->base_number,
                                              changed->base_number_len) >= 0;
}

/* Does the complete list count for as long as its delta? */
static bool counts_with_delta(const struct crl_pair *lists, const struct revocation_params *params,
                              int64_t now)
{
    return lists->delta != NULL && !is_of_the_future(lists->base, params, now) &&
           mtlsauth__crl_delta_is_newer(lists) && mtlsauth__crl_delta_continues(lists) &&
           mtlsauth__crl_is_current(lists->delta, params, now);
}

bool mtlsauth__crl_pair_is_current(const struct crl_pair *lists,
                                   const struct revocation_params *params, int64_t now)
{
    return mtlsauth__crl_is_current(lists->base, params, now) ||
           counts_with_delta(lists, params, now);
}

bool mtlsauth__crl_pair_is_superseded(const struct crl_pair *lists,
                                      const struct revocation_params *params, int64_t now)
{
    const struct crl_facts *changed;

    if (lists->delta == NULL || !lists->base->image.facts.has_number ||
        mtlsauth__crl_delta_continues(lists))
        return false;
    changed = &lists->delta->image.facts;
    return compare_numbers(changed->number, changed->number_len, changed->base_number,
                           changed->base_number_len) >= 0 &&
           mtlsauth__crl_is_current(lists->delta, params, now);
}

/* Below 0 also for as long as its time is yet to come. */
static int64_t seconds_left(const mtlsauth_crl *crl, const struct revocation_params *params,
                            int64_t now)
{
    const struct crl_facts *facts = &crl->image.facts;
    int64_t begins = facts->this_update - params->clock_skew;

    return now < begins ? now - begins : mtlsauth__crl_counts_until(facts, params) - now;
}

int64_t mtlsauth__crl_pair_seconds_left(const struct crl_pair *lists,
                                        const struct revocation_params *params, int64_t now)
{
    int64_t left, other;

    if (lists->base == NULL)
        return seconds_left(lists->delta, params, now);
    left = seconds_left(lists->base, params, now);
    if (left >= 0 && mtlsauth__crl_pair_is_superseded(lists, params, now)) {
        /* The later complete list is at least as old as the delta. */
        other = lists->delta->image.facts.this_update - now;
        return other < 0 ? other : -1;
    }
    if (!counts_with_delta(lists, params, now))
        return left;
    other = seconds_left(lists->delta, params, now);
    return other > left ? other : left;
}
