/* SPDX-License-Identifier: MIT */
#include "trust/constraints.h"

#include "base/der.h"

/* id-on-SmtpUTF8Mailbox, RFC 8398 3: an e-mail address that is no rfc822Name. */
#define OID_SMTP_UTF8_MAILBOX "\x2b\x06\x01\x05\x05\x07\x08\x09"

/* base of a GeneralSubtree, as a GeneralName. */
enum { BASE_RFC822 = DER_CONTEXT(1), BASE_DNS = DER_CONTEXT(2) };

struct subtrees {
    struct der next;
    bool excluded;
};

/* permittedSubtrees [0] and excludedSubtrees [1]; empty when absent. */
static bool read_constraints(struct span value, struct subtrees out[2])
{
    struct der in = der_of(value), inner;
    struct span list;
    bool present;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) || !der_at_end(&in))
        return false;
    for (unsigned n = 0; n < 2; n++) {
        if (!mtlsauth__der_optional(&inner, DER_CONTEXT_CONSTRUCTED(n), &present, &list))
            return false;
        out[n] = (struct subtrees){der_of(list), n == 1};
    }
    return der_at_end(&inner);
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, ... } */
static bool next_base(struct subtrees *in, unsigned *tag, struct span *base)
{
    struct der subtree;

    return !der_at_end(&in->next) && mtlsauth__der_enter(&in->next, DER_SEQUENCE, &subtree) &&
           mtlsauth__der_next(&subtree, tag, base, NULL);
}

static struct span without_dot(struct span name)
{
    if (name.len > 0 && name.ptr[name.len - 1] == '.')
        name.len--;
    return name;
}

static bool is_below(struct span name, struct span base)
{
    return name.len > base.len && span_ends_nocase(name, base) &&
           (base.len == 0 || base.ptr[0] == '.' || name.ptr[name.len - base.len - 1] == '.');
}

/* "example.com." is example.com, and "*.example.com" may be any name below it. */
static bool dns_is_excluded(struct span name, struct span base)
{
    name = without_dot(name);
    base = without_dot(base);
    if (span_equal_nocase(name, base) || is_below(name, base))
        return true;
    return name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.' &&
           is_below(base, span_tail(name, 2));
}

static bool is_violated(const struct san_entry *entry, bool excluded, unsigned tag,
                        struct span base)
{
    if (entry->type == MTLSAUTH_SAN_DNS)
        return excluded && tag == BASE_DNS && dns_is_excluded(entry->value, base);
    return tag == BASE_RFC822 && entry->type == MTLSAUTH_SAN_OTHER &&
           OID_IS(entry->other_type, OID_SMTP_UTF8_MAILBOX);
}

/* One certificate below a CA that has constraints: false when the reason is noted. */
static bool check_names(const struct candidate_path *path, size_t i, struct span constraints,
                        unsigned *left, struct reason *reason)
{
    const mtlsauth_cert *cert = path->certs[i];
    struct subtrees lists[2];
    struct span base;
    unsigned tag;

    /* What is malformed is libcrypto's to refuse. */
    if (!read_constraints(constraints, lists))
        return true;
    for (size_t n = 0; n < 2; n++) {
        while (next_base(&lists[n], &tag, &base)) {
            /* One for the subject, which directoryName constraints are about. */
            if (cert->san_count + 1 > *left) {
                mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_BUDGET, i, cert,
                                      "it has too many names for the constraints of its CAs");
                return false;
            }
            *left -= (unsigned)cert->san_count + 1;
            for (size_t k = 0; k < cert->san_count; k++) {
                if (!is_violated(&cert->san[k].entry, lists[n].excluded, tag, base))
                    continue;
                mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_NAME_CONSTRAINTS, i, cert,
                                      "its name %s lies outside of what its CA may certify",
                                      mtlsauth__show(cert->san[k].text).text);
                return false;
            }
        }
    }
    return true;
}

bool mtlsauth__check_name_constraints(const struct path_params *params,
                                      const struct candidate_path *path, struct reason *reason)
{
    unsigned left = params->budget_names;

    for (size_t ca = 1; ca < path->count; ca++) {
        const struct extension_value *extension =
            &path->certs[ca]->view.extensions[EXTENSION_NAME_CONSTRAINTS];

        if (!extension->present)
            continue;
        /* RFC 5280 6.1.3 (b): self-issued certificates in the middle are not looked at. */
        for (size_t i = 0; i < ca; i++)
            if ((i == 0 || !path->certs[i]->self_issued) &&
                !check_names(path, i, extension->value, &left, reason))
                return false;
    }
    return true;
}
