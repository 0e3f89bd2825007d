/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/memory.h"
#include "identity/rule_list.h"

int mtlsauth__rule_new(struct rule **out, const char *label, const char *const matchers[], size_t n,
                       unsigned flags)
{
    struct rule *rule = mtlsauth__calloc(1, sizeof *rule);

    *out = NULL;
    if (rule == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&rule->refs);
    rule->label = mtlsauth__strdup(label);
    rule->matchers = mtlsauth__calloc(n, sizeof *rule->matchers);
    if (rule->label == NULL || rule->matchers == NULL) {
        mtlsauth__rule_free(rule);
        return mtlsauth__fail_memory();
    }
    for (size_t i = 0; i < n; i++) {
        int code = mtlsauth__matcher_compile(&rule->matchers[i], matchers[i], flags);

        if (code != MTLSAUTH_OK) {
            mtlsauth__rule_free(rule);
            return code;
        }
        rule->count++;
    }
    *out = rule;
    return MTLSAUTH_OK;
}

void mtlsauth__rule_free(struct rule *rule)
{
    if (rule == NULL || !refcount_drop(&rule->refs))
        return;
    for (size_t i = 0; i < rule->count; i++)
        mtlsauth__matcher_drop(&rule->matchers[i]);
    mtlsauth__free(rule->matchers);
    mtlsauth__free(rule->label);
    mtlsauth__free(rule);
}

bool mtlsauth__rule_holds(const struct rule *rule, const struct subject_names *names,
                          const struct matcher *met)
{
    if (!names->believed)
        return false;
    for (size_t i = 0; i < rule->count; i++)
        if (&rule->matchers[i] != met && !mtlsauth__matcher_holds(&rule->matchers[i], names, NULL))
            return false;
    return true;
}
