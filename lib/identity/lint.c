/* SPDX-License-Identifier: MIT */
#include "identity/rules.h"

#include "identity/rules_private.h"

/* Warnings of one kind: a thousand rules should not drown the others. */
#define WARNINGS_SHOWN 50

/* Does a matcher of the rule, not a negated one, have this property? */
static bool any_is(const struct rule *rule, bool (*property)(const struct matcher *matcher))
{
    for (size_t i = 0; i < rule->count; i++)
        if (!rule->matchers[i].negated && property(&rule->matchers[i]))
            return true;
    return false;
}

static bool is_serial(const struct matcher *matcher)
{
    return matcher->type == MATCHER_SERIAL;
}

/* A digest names one certificate or one key, whoever issued it. The issuer's name does not: any
 * root may certify a CA of that name. */
static bool is_bound(const struct matcher *matcher)
{
    return mtlsauth__matcher_is_of_path(matcher) || matcher->type == MATCHER_SHA256 ||
           matcher->type == MATCHER_SPKI;
}

static bool names_issuer(const struct matcher *matcher)
{
    return is_bound(matcher) || mtlsauth__matcher_names_issuer(matcher);
}

enum warning { WARN_COMMON_NAME, WARN_UNBOUND, WARN_SERIAL, WARN_UNREACHABLE, WARNING_COUNT };

static const char *const sentences[WARNING_COUNT] = {
    [WARN_COMMON_NAME] = "compares the common name, which any CA may fill as it likes; a name of "
                         "the Subject Alternative Name (dns:, uri:) is safer",
    [WARN_UNBOUND] = "is met by certificates of every root in the truststore; anchor: or "
                     "issuer-spki: binds it to one",
    [WARN_SERIAL] = "has serial: without issuer:, issuer-spki: or anchor:; another CA may give "
                    "out the same number",
    [WARN_UNREACHABLE] = "is never reached: an earlier rule allows anybody",
};

static bool applies(enum warning warning, const struct rule_list *list, size_t i, size_t roots)
{
    const struct rule *rule = list->entries[i].rule;

    switch (warning) {
    case WARN_COMMON_NAME:
        return any_is(rule, mtlsauth__matcher_is_common_name);
    case WARN_UNBOUND:
        return roots > 1 && !any_is(rule, is_bound);
    case WARN_SERIAL:
        return any_is(rule, is_serial) && !any_is(rule, names_issuer);
    case WARN_UNREACHABLE:
        return list->any != 0 && i >= list->any;
    default:
        return false;
    }
}

void mtlsauth__rules_lint(const struct rules *rules, size_t roots, struct text *out)
{
    size_t told[WARNING_COUNT] = {0};

    if (rules->allow.count == 0)
        mtlsauth__text_addf(out, "no rule allows anybody: every client is denied\n");
    for (size_t i = 0; i < rules->allow.count; i++)
        for (int warning = 0; warning < WARNING_COUNT; warning++)
            if (applies((enum warning)warning, &rules->allow, i, roots) &&
                told[warning]++ < WARNINGS_SHOWN)
                mtlsauth__text_addf(out, "rule %zu '%s' %s\n", i + 1,
                                    rules->allow.entries[i].rule->label, sentences[warning]);
    for (size_t i = 0; i < WARNING_COUNT; i++)
        if (told[i] > WARNINGS_SHOWN)
            mtlsauth__text_addf(out, "%zu more rules: %s\n", told[i] - WARNINGS_SHOWN,
                                sentences[i]);
}
