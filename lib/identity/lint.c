/* SPDX-License-Identifier: MIT */
#include "identity/rules.h"

#include "base/hex.h"
#include "base/oid.h"
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

/* Does one that keeps clients out? */
static bool any_keeps_out(const struct rule *rule, bool blocking,
                          bool (*property)(const struct matcher *matcher))
{
    for (size_t i = 0; i < rule->count; i++)
        if ((blocking || rule->matchers[i].negated) && property(&rule->matchers[i]))
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

static bool is_type(struct span oid, const char *name)
{
    uint8_t known[MTLSAUTH__MAX_OID];
    size_t len;

    return mtlsauth__name_type(span_of_text(name), known, &len) &&
           span_equal(oid, span_of(known, len));
}

/* CAs put what is large first and the common name last; RFC 4514 writes that the other way round,
 * and openssl as it stands. */
static bool is_reversed(const struct matcher *matcher)
{
    struct span first, last;

    if (matcher->type != MATCHER_DN && matcher->type != MATCHER_ISSUER)
        return false;
    mtlsauth__name_canonical_ends(matcher->key, &first, &last);
    return is_type(first, "CN") &&
           (is_type(last, "C") || is_type(last, "O") || is_type(last, "DC"));
}

/* A name of which RFC 5280 7.1 has more to say than octets do; of a dn: also as "\C3\A9". */
static bool is_beyond_ascii(const struct matcher *matcher)
{
    const char *text = matcher->text;

    if (matcher->type != MATCHER_ATTRIBUTE && matcher->type != MATCHER_DN &&
        matcher->type != MATCHER_ISSUER && matcher->type != MATCHER_UPN)
        return false;
    for (; *text != '\0'; text++)
        if ((uint8_t)*text >= 0x80 || (*text == '\\' && hex_value((uint8_t)text[1]) >= 8))
            return true;
    return false;
}

/* Those from WARN_REVERSED on are about the block list, too. */
enum warning {
    WARN_COMMON_NAME,
    WARN_UNBOUND,
    WARN_SERIAL,
    WARN_UNREACHABLE,
    WARN_REVERSED,
    WARN_BEYOND_ASCII,
    WARNING_COUNT
};

static const char *const sentences[WARNING_COUNT] = {
    [WARN_COMMON_NAME] = "compares the common name, which any CA may fill as it likes; a name of "
                         "the Subject Alternative Name (dns:, uri:) is safer",
    [WARN_UNBOUND] = "is met by certificates of every anchor in the truststore; anchor: or "
                     "issuer-spki: binds it to one",
    [WARN_SERIAL] = "has serial: without issuer:, issuer-spki: or anchor:; another CA may give "
                    "out the same number",
    [WARN_UNREACHABLE] = "is never reached: an earlier rule allows anybody",
    [WARN_REVERSED] = "has a name with CN at the end, as openssl prints it; dn: and issuer: are "
                      "read in the order of RFC 4514, the reverse, as 'mtlsauth show' and 'openssl "
                      "x509 -nameopt RFC2253' print it",
    [WARN_BEYOND_ASCII] = "keeps out a name with characters outside of ASCII, which are compared "
                          "octet by octet: with another case or normal form of them it is another "
                          "name; keep out its spki: or serial: as well",
};

static bool applies(enum warning warning, const struct rule_list *list, size_t i, size_t anchors,
                    bool blocking)
{
    const struct rule *rule = list->entries[i].rule;

    switch (warning) {
    case WARN_COMMON_NAME:
        return any_is(rule, mtlsauth__matcher_is_common_name);
    case WARN_UNBOUND:
        return anchors > 1 && !any_is(rule, is_bound);
    case WARN_SERIAL:
        return any_is(rule, is_serial) && !any_is(rule, names_issuer);
    case WARN_UNREACHABLE:
        return list->any != 0 && i >= list->any;
    case WARN_REVERSED:
        return any_is(rule, is_reversed) || any_keeps_out(rule, blocking, is_reversed);
    case WARN_BEYOND_ASCII:
        return any_keeps_out(rule, blocking, is_beyond_ascii);
    default:
        return false;
    }
}

void mtlsauth__rules_lint(const struct rules *rules, size_t anchors, struct text *out)
{
    const struct rule_list *allow = &rules->allow, *block = &rules->block;
    size_t told[WARNING_COUNT] = {0};

    if (allow->count == 0)
        mtlsauth__text_addf(out, "no rule allows anybody: every client is denied\n");
    for (size_t i = 0; i < allow->count; i++)
        for (unsigned w = 0; w < WARNING_COUNT; w++)
            if (applies((enum warning)w, allow, i, anchors, false) && told[w]++ < WARNINGS_SHOWN)
                mtlsauth__text_addf(out, "rule %zu '%s' %s\n", i + 1,
                                    allow->entries[i].rule->label, sentences[w]);
    for (size_t i = 0; i < block->count; i++)
        for (unsigned w = WARN_REVERSED; w < WARNING_COUNT; w++)
            if (applies((enum warning)w, block, i, anchors, true) && told[w]++ < WARNINGS_SHOWN)
                mtlsauth__text_addf(out, "block '%s' %s\n",
                                    block->entries[i].rule->matchers[0].text, sentences[w]);
    for (size_t i = 0; i < WARNING_COUNT; i++)
        if (told[i] > WARNINGS_SHOWN)
            mtlsauth__text_addf(out, "%zu more rules: %s\n", told[i] - WARNINGS_SHOWN,
                                sentences[i]);
}
