/* SPDX-License-Identifier: MIT */
#include "identity/rules.h"

#include "base/error.h"
#include "identity/rules_private.h"

/* Names that are spelled out, and how much of each. */
#define NAMES_SHOWN 2
#define NAME_SHOWN 60

/* The first bytes of a UTF-8 text, cut between two characters. */
static void add_short(struct text *out, const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);

    if (len <= max) {
        mtlsauth__text_add_bytes(out, text, len);
        return;
    }
    for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0U) == 0x80; len--)
        ;
    mtlsauth__text_add_bytes(out, text, len);
    mtlsauth__text_add(out, "...");
}

static void add_sans(const mtlsauth_cert *leaf, struct text *out)
{
    size_t shown = leaf->san_count < NAMES_SHOWN ? leaf->san_count : NAMES_SHOWN;

    if (shown == 0)
        mtlsauth__text_add(out, "it has no Subject Alternative Name");
    for (size_t i = 0; i < shown; i++) {
        mtlsauth__text_add(out, i == 0 ? "it has " : ", ");
        mtlsauth__text_add(out, mtlsauth__san_type_name(leaf->san[i].entry.type));
        mtlsauth__text_add_char(out, ':');
        add_short(out, leaf->san[i].text, NAME_SHOWN);
    }
    if (leaf->san_count > shown)
        mtlsauth__text_addf(out, " (and %zu more)", leaf->san_count - shown);
}

static void add_subject(const struct rules *rules, const mtlsauth_cert *leaf, struct text *out)
{
    const unsigned of_subject = MATCHER_TYPE_BIT(MATCHER_DN) | MATCHER_TYPE_BIT(MATCHER_ATTRIBUTE);

    if (leaf->subject[0] == '\0') {
        mtlsauth__text_add(out, "; its subject is empty");
        return;
    }
    mtlsauth__text_add(out, "; its subject ");
    if (rules->allow.types & of_subject)
        mtlsauth__text_add(out, "is ");
    add_short(out, leaf->subject, NAME_SHOWN);
    if (!(rules->allow.types & of_subject))
        mtlsauth__text_add(out, " is not compared");
}

/* With one rule, what it asks for in vain is the answer. */
static bool add_only_rule(const struct rule *rule, const struct identity_subject *subject,
                          unsigned types, struct text *out)
{
    struct subject_names names;
    bool told = false;

    if (mtlsauth__subject_names(&names, subject, types) != MTLSAUTH_OK)
        return false;
    for (size_t i = 0; i < rule->count && !told; i++) {
        if (mtlsauth__matcher_holds(&rule->matchers[i], &names, NULL))
            continue;
        mtlsauth__text_add(out, "rule '");
        add_short(out, rule->label, 32);
        mtlsauth__text_add(out, "' asks for ");
        add_short(out, rule->matchers[i].text, NAME_SHOWN);
        told = true;
    }
    mtlsauth__subject_names_drop(&names);
    return told;
}

void mtlsauth__rules_explain(const struct rules *rules, const struct identity_subject *subject,
                             struct text *out)
{
    const struct rule_list *allow = &rules->allow;

    if (allow->count == 0) {
        mtlsauth__text_add(out, "the policy has no rule, so it allows nobody");
        return;
    }
    if (subject->leaf->names != NAME_OK) {
        mtlsauth__text_add(out, "a name of the certificate is malformed, so none is believed");
        return;
    }
    if (allow->count > 1)
        mtlsauth__text_addf(out, "none of %zu rules allows it", allow->count);
    else if (!add_only_rule(allow->entries[0].rule, subject, allow->types, out))
        mtlsauth__text_add(out, "the only rule does not allow it");
    mtlsauth__text_add(out, "; ");
    add_sans(subject->leaf, out);
    add_subject(rules, subject->leaf, out);
}
