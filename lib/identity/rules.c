/* SPDX-License-Identifier: MIT */
#include "identity/rules.h"

#include "base/error.h"
#include "base/memory.h"
#include "identity/rules_private.h"

#define MAX_LABEL 255

int mtlsauth__rules_new(struct rules **out)
{
    *out = mtlsauth__calloc(1, sizeof **out);
    return *out == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

int mtlsauth__rules_copy(struct rules **out, const struct rules *rules)
{
    struct rules *copy;
    int code = mtlsauth__rules_new(&copy);

    *out = NULL;
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__rule_list_copy(&copy->allow, &rules->allow);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__rule_list_copy(&copy->block, &rules->block);
    if (code != MTLSAUTH_OK) {
        mtlsauth__rules_free(copy);
        return code;
    }
    *out = copy;
    return MTLSAUTH_OK;
}

void mtlsauth__rules_free(struct rules *rules)
{
    if (rules == NULL)
        return;
    mtlsauth__rule_list_drop(&rules->allow);
    mtlsauth__rule_list_drop(&rules->block);
    mtlsauth__free(rules);
}

static int check_label(const char *label)
{
    size_t len = 0;

    if (label == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "a rule's label is NULL");
    for (; label[len] != '\0'; len++)
        if (len == MAX_LABEL || label[len] < 0x20 || label[len] > 0x7e)
            return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                                  "a rule's label is at most %d characters of printable ASCII",
                                  MAX_LABEL);
    if (len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "a rule's label is empty");
    return MTLSAUTH_OK;
}

static int append(struct rule_list *list, const char *label, const char *const matchers[], size_t n,
                  unsigned flags)
{
    struct rule *rule;
    int code = mtlsauth__rule_new(&rule, label, matchers, n, flags);

    if (code != MTLSAUTH_OK)
        return mtlsauth__fail_in(code, "rule '%s': ", label);
    code = mtlsauth__rule_list_add(list, rule);
    if (code != MTLSAUTH_OK)
        mtlsauth__rule_free(rule);
    return code;
}

int mtlsauth__rules_allow(struct rules *rules, const char *label, const char *const matchers[],
                          size_t n)
{
    int code = check_label(label);

    if (code != MTLSAUTH_OK)
        return code;
    if (matchers == NULL || n == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "rule '%s': no matchers: to allow anybody has to be said", label);
    if (n > MTLSAUTH_MAX_MATCHERS)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "rule '%s': more than %d matchers", label,
                              MTLSAUTH_MAX_MATCHERS);
    return append(&rules->allow, label, matchers, n, 0);
}

int mtlsauth__rules_allow_any(struct rules *rules, const char *label)
{
    int code = check_label(label);

    return code != MTLSAUTH_OK ? code : append(&rules->allow, label, NULL, 0, 0);
}

int mtlsauth__rules_allow_rfc8705(struct rules *rules, const char *label, const char *member,
                                  const char *value)
{
    static const struct {
        const char *member, *type;
    } members[] = {
        {"tls_client_auth_subject_dn", "dn:"},   {"tls_client_auth_san_dns", "dns:"},
        {"tls_client_auth_san_uri", "uri:"},     {"tls_client_auth_san_ip", "ip:"},
        {"tls_client_auth_san_email", "email:"},
    };
    struct text matcher = {0};
    const char *type = NULL;
    int code = check_label(label);

    if (code != MTLSAUTH_OK)
        return code;
    if (member == NULL || value == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "rule '%s': member or value is NULL", label);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(member, members[i].member) == 0)
            type = members[i].type;
    if (type == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "rule '%s': the member is none of tls_client_auth_subject_dn, "
                              "_san_dns, _san_uri, _san_ip, _san_email (RFC 8705 2.1.2)",
                              label);
    mtlsauth__text_add(&matcher, type);
    mtlsauth__text_add(&matcher, value);
    if (matcher.failed)
        code = mtlsauth__fail_memory();
    else
        code = append(&rules->allow, label, (const char *const[]){matcher.ptr}, 1, MATCHER_LITERAL);
    mtlsauth__text_drop(&matcher);
    return code;
}

int mtlsauth__rules_block(struct rules *rules, const char *matcher)
{
    struct rule *rule;
    const char *why = NULL;
    int code = mtlsauth__rule_new(&rule, "", &matcher, 1, 0);

    if (code != MTLSAUTH_OK)
        return code;
    if (rule->matchers[0].negated)
        why = "a block list takes no negated matcher";
    else if (mtlsauth__matcher_is_of_path(&rule->matchers[0]))
        why = "a block list is asked before there is a path";
    else if (rule->matchers[0].type == MATCHER_SHA256)
        why =
            "whoever holds a certificate can change its ECDSA signature, and so its digest; block "
            "by spki: or serial:";
    if (why != NULL)
        code = mtlsauth__matcher_fail(rule->matchers[0].text, MTLSAUTH_ERR_PARSE, 0, why);
    else
        code = mtlsauth__rule_list_add(&rules->block, rule);
    if (code != MTLSAUTH_OK)
        mtlsauth__rule_free(rule);
    return code;
}

int mtlsauth__rules_blocked(const struct rules *rules, const struct identity_subject *subject,
                            const char **matcher)
{
    const struct rule *rule = NULL;
    struct subject_names names;
    int code;

    *matcher = NULL;
    if (rules->block.count == 0)
        return MTLSAUTH_OK;
    code = mtlsauth__subject_names(&names, subject, rules->block.types);
    if (code != MTLSAUTH_OK)
        return code;
    names.blocking = true;
    code = mtlsauth__rule_list_first(&rules->block, &names, &rule);
    if (code == MTLSAUTH_OK && rule == NULL && (names.unread & rules->block.types) != 0)
        code = MTLSAUTH_DENY_BAD_NAME;
    mtlsauth__subject_names_drop(&names);
    if (code != MTLSAUTH_OK || rule == NULL)
        return code;
    *matcher = rule->matchers[0].text;
    return MTLSAUTH_DENY_BLOCKED;
}

/* An attribute whose text is wanted. */
struct wanted {
    struct span oid;
    struct text *out;
};

static bool add_value(void *arg, const struct name_attribute *attribute)
{
    const struct wanted *wanted = arg;

    if (!span_equal(attribute->oid, wanted->oid))
        return true;
    /* Its names were read before: only memory can fail, and the text remembers that. */
    (void)mtlsauth__string_text(wanted->out, attribute->tag, attribute->value);
    return false;
}

static void add_san(const mtlsauth_cert *leaf, size_t i, struct text *out)
{
    mtlsauth__text_add(out, mtlsauth__san_type_name(leaf->san[i].entry.type));
    mtlsauth__text_add_char(out, ':');
    mtlsauth__text_add(out, leaf->san[i].text);
}

/* The certificate's name behind one that a matcher met; false if it is not of the leaf's names. */
static bool add_met(const struct matcher *matcher, const struct subject_name *met,
                    const mtlsauth_cert *leaf, struct text *out)
{
    struct wanted wanted = {.out = out};

    switch (met->type) {
    case MATCHER_DNS:
    case MATCHER_URI:
    case MATCHER_IP:
    case MATCHER_EMAIL:
    case MATCHER_UPN:
        add_san(leaf, met->san, out);
        return true;
    case MATCHER_DN:
        mtlsauth__text_add(out, "dn:");
        mtlsauth__text_add(out, leaf->subject);
        return true;
    case MATCHER_ATTRIBUTE:
        mtlsauth__text_add_bytes(out, matcher->text, strcspn(matcher->text, ":") + 1);
        wanted.oid = span_of(met->key.ptr + 1, met->key.ptr[0]);
        (void)mtlsauth__name_each(leaf->view.subject, add_value, &wanted);
        return true;
    default:
        return false;
    }
}

/* What the certificate is called, where no matcher says by which of its names: the first that a
 * matcher could have met. */
static void add_any_name(const struct identity_subject *subject, struct text *out)
{
    const unsigned sans = MATCHER_TYPE_BIT(MATCHER_DNS) | MATCHER_TYPE_BIT(MATCHER_URI) |
                          MATCHER_TYPE_BIT(MATCHER_IP) | MATCHER_TYPE_BIT(MATCHER_EMAIL) |
                          MATCHER_TYPE_BIT(MATCHER_UPN);
    const mtlsauth_cert *leaf = subject->leaf;
    struct subject_names names;
    size_t i = 0;

    if (mtlsauth__subject_names(&names, subject, sans) != MTLSAUTH_OK) {
        out->failed = true;
        return;
    }
    while (i < names.count && (names.list[i].doubtful || names.list[i].wildcard))
        i++;
    if (i < names.count) {
        add_san(leaf, names.list[i].san, out);
    } else {
        mtlsauth__text_add(out, "dn:");
        mtlsauth__text_add(out, leaf->subject);
    }
    mtlsauth__subject_names_drop(&names);
}

static void add_identity(const struct rule *rule, const struct subject_names *names,
                         struct text *out)
{
    const mtlsauth_cert *leaf = names->subject->leaf;

    for (size_t i = 0; i < rule->count; i++) {
        const struct subject_name *met;

        if (mtlsauth__matcher_holds(&rule->matchers[i], names, &met) && met != NULL &&
            add_met(&rule->matchers[i], met, leaf, out))
            return;
    }
    add_any_name(names->subject, out);
}

int mtlsauth__rules_match(const struct rules *rules, const struct identity_subject *subject,
                          const char **label, struct text *identity)
{
    const struct rule *rule = NULL;
    struct subject_names names;
    size_t before = identity->len;
    int code;

    *label = NULL;
    code = mtlsauth__subject_names(&names, subject, rules->allow.types);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__rule_list_first(&rules->allow, &names, &rule);
    if (code == MTLSAUTH_OK && rule == NULL)
        code = MTLSAUTH_DENY_IDENTITY;
    if (code == MTLSAUTH_OK) {
        add_identity(rule, &names, identity);
        if (identity->failed) {
            code = mtlsauth__fail_memory();
            identity->failed = false;
            identity->len = before;
        }
    }
    if (code == MTLSAUTH_OK)
        *label = rule->label;
    mtlsauth__subject_names_drop(&names);
    return code;
}

/* The length in front makes a text end where it ends, whatever it holds. */
static void describe_text(const char *text, struct text *out)
{
    mtlsauth__text_addf(out, "%zu:%s", strlen(text), text);
}

static void describe_list(const char *name, const struct rule_list *list, struct text *out)
{
    mtlsauth__text_addf(out, "%s %zu\n", name, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct rule *rule = list->entries[i].rule;

        describe_text(rule->label, out);
        mtlsauth__text_addf(out, " %zu", rule->count);
        for (size_t j = 0; j < rule->count; j++) {
            /* The same text may be a pattern, and a value that is none. */
            mtlsauth__text_addf(out, " %u:", (unsigned)rule->matchers[j].form);
            describe_text(rule->matchers[j].text, out);
        }
        mtlsauth__text_add_char(out, '\n');
    }
}

void mtlsauth__rules_describe(const struct rules *rules, struct text *out)
{
    describe_list("allow", &rules->allow, out);
    describe_list("block", &rules->block, out);
}
