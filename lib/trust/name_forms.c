/* SPDX-License-Identifier: MIT */
#include "trust/name_forms.h"

/* RFC 1035 2.3.4, as text without the last dot. */
enum { MAX_LABEL = 63, MAX_DOMAIN = 253 };

static struct span without_last_dot(struct span name)
{
    return name.len > 0 && name.ptr[name.len - 1] == '.' ? span_head(name, name.len - 1) : name;
}

static bool has_first_dot(struct span name)
{
    return name.len > 0 && name.ptr[0] == '.';
}

/* Labels of letters, digits, hyphen, underscore, since it is found in practice, and one more. */
static bool has_labels(struct span name, uint8_t also)
{
    size_t label = 0;

    if (name.len == 0 || name.len > MAX_DOMAIN)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool is_letter = ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '_';

        if (c == '.' ? label == 0 : !is_letter && c != also)
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > MAX_LABEL)
            return false;
    }
    return label > 0;
}

static bool is_domain(struct span name)
{
    return has_labels(name, '-');
}

/* A dotted quad has digits alone in its last label, and no host name has. */
static bool is_host(struct span name)
{
    size_t start = name.len;

    if (!is_domain(name))
        return false;
    while (start > 0 && name.ptr[start - 1] != '.')
        start--;
    for (size_t i = start; i < name.len; i++)
        if (!ascii_is_digit(name.ptr[i]))
            return true;
    return false;
}

/* Is name the base, or the base with labels in front of it? */
static bool is_at_or_below(struct span name, struct span base)
{
    if (base.len == 0)
        return true;
    return span_ends_nocase(name, base) &&
           (name.len == base.len || name.ptr[name.len - base.len - 1] == '.');
}

static enum subtree_answer answer(bool inside)
{
    return inside ? SUBTREE_INSIDE : SUBTREE_OUTSIDE;
}

/* What stands behind the label of the last asterisk; false where there is none. */
static bool behind_asterisk(struct span name, struct span *rest)
{
    size_t end = name.len, dot;

    while (end > 0 && name.ptr[end - 1] != '*')
        end--;
    if (end == 0)
        return false;
    *rest = span_tail(name, end);
    dot = span_find(*rest, '.');
    *rest = span_tail(*rest, dot < rest->len ? dot + 1 : dot);
    return true;
}

/*
 * "*.example.com" is every name that it can be used for: it overlaps with the subtree below
 * bar.example.com, in which it does not stand (CVE-2025-61727, RUSTSEC-2026-0099). An asterisk at
 * another place may mean anything below what follows its label.
 */
static bool wildcard_meets(struct span name, struct span rest, struct span base)
{
    bool whole = rest.len > 0 && name.len == rest.len + strlen("*.");
    struct span label;

    if (!is_at_or_below(base, rest))
        return false;
    if (!whole)
        return true;
    label = span_head(base, base.len - rest.len);
    return label.len > 1 && !span_has(span_head(label, label.len - 1), '.');
}

/* "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side
 * of the name satisfies the name constraint." */
static enum subtree_answer dns_in(struct span base, const struct form_name *dns, bool excluded)
{
    struct span name = without_last_dot(dns->value);
    bool below_only = has_first_dot(base);

    if (!dns->comparable)
        return SUBTREE_UNCLEAR;
    base = without_last_dot(below_only ? span_tail(base, 1) : base);
    if (excluded && dns->is_wildcard && wildcard_meets(name, dns->host, base))
        return SUBTREE_INSIDE;
    if (below_only && !excluded && name.len == base.len)
        return SUBTREE_OUTSIDE;
    return answer(is_at_or_below(name, base));
}

/* "host.example.com" is that host, ".example.com" any host below that domain. */
static bool host_in(struct span base, struct span host)
{
    if (has_first_dot(base))
        return host.len >= base.len && span_ends_nocase(host, without_last_dot(base));
    return span_equal_nocase(host, without_last_dot(base));
}

/* Can the local part of a mailbox be written in one way alone? Not with a quoted string or a comment
 * in it (RFC 5322 3.4.1); white space is in no name that is taken. */
static bool is_plain_local(struct span local)
{
    for (size_t i = 0; i < local.len; i++)
        if (local.ptr[i] == '"' || local.ptr[i] == '(' || local.ptr[i] == '\\')
            return false;
    return true;
}

/*
 * A mailbox, a host, or a domain with a dot in front of it; "@host", as the documentation of AD CS
 * has it, is the host, for OpenSSL as well. The local part is compared exactly, but
 * where it is excluded: mail servers do not tell case, and for them "a"@example.com is
 * a@example.com. An empty base, which is not defined, permits nothing and excludes everything.
 */
static enum subtree_answer mail_in(struct span base, const struct form_name *name, bool excluded)
{
    size_t base_at = span_find(base, '@');
    struct span local, base_local;

    if (!name->comparable)
        return SUBTREE_UNCLEAR;
    if (base.len == 0)
        return answer(excluded);
    if (base_at == 0)
        return answer(span_equal_nocase(name->host, without_last_dot(span_tail(base, 1))));
    if (base_at == base.len)
        return answer(host_in(base, name->host));
    if (!span_equal_nocase(name->host, without_last_dot(span_tail(base, base_at + 1))))
        return SUBTREE_OUTSIDE;
    local = span_head(name->value, span_find(name->value, '@'));
    base_local = span_head(base, base_at);
    if (excluded && !(name->is_plain && is_plain_local(base_local)))
        return SUBTREE_UNCLEAR;
    return answer(excluded ? span_equal_nocase(local, base_local) : span_equal(local, base_local));
}

static bool domain_of_mail(struct span name, struct span *domain)
{
    size_t at = span_find(name, '@');

    if (at == 0 || at == name.len)
        return false;
    *domain = without_last_dot(span_tail(name, at + 1));
    return is_domain(*domain);
}

/* RFC 3986 3.2: scheme "://" [userinfo "@"] host [":" port], up to "/", "?" or "#". False for what
 * has no host name: no authority, an address, or what two readers could read in two ways. */
static bool host_of_uri(struct span uri, struct span *host)
{
    struct span rest = span_tail(uri, span_find(uri, ':'));
    size_t end = 3, at;

    if (rest.len == uri.len || rest.len < 3 || memcmp(rest.ptr, "://", 3) != 0)
        return false;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?' && rest.ptr[end] != '#')
        end++;
    rest = span_tail(span_head(rest, end), 3);
    /* Browsers end the authority there; RFC 3986 has no such character. */
    if (span_has(rest, '\\'))
        return false;
    at = span_find(rest, '@');
    if (at < rest.len)
        rest = span_tail(rest, at + 1);
    *host = span_head(rest, span_find(rest, ':'));
    for (size_t i = host->len + 1; i < rest.len; i++)
        if (!ascii_is_digit(rest.ptr[i]))
            return false;
    *host = without_last_dot(*host);
    return is_host(*host);
}

/* "If a name constraint of this form applies to a URI that does not include an authority component
 * with a host name that is a fully qualified domain name, reject the certificate." */
static enum subtree_answer uri_in(struct span base, const struct form_name *name, bool excluded)
{
    if (!name->comparable)
        return SUBTREE_UNCLEAR;
    return answer(base.len == 0 ? excluded : host_in(base, name->host));
}

void mtlsauth__name_prepare(struct form_name *name)
{
    switch (name->form) {
    case GENERAL_NAME_DNS:
        name->is_wildcard = behind_asterisk(without_last_dot(name->value), &name->host);
        name->comparable = has_labels(without_last_dot(name->value), '*');
        break;
    case GENERAL_NAME_RFC822:
        name->comparable = domain_of_mail(name->value, &name->host);
        name->is_plain = is_plain_local(span_head(name->value, span_find(name->value, '@')));
        break;
    case GENERAL_NAME_URI:
        name->comparable = host_of_uri(name->value, &name->host);
        break;
    default:
        break;
    }
}

/* Address and mask, as RFC 4632 writes a network: the set bits of the mask come first. */
static bool is_mask(struct span mask)
{
    bool ended = false;

    for (size_t bit = 0; bit < 8 * mask.len; bit++) {
        bool set = (mask.ptr[bit / 8] & (0x80U >> bit % 8)) != 0;

        if (set && ended)
            return false;
        ended = !set;
    }
    return true;
}

static enum subtree_answer address_in(struct span base, struct span name)
{
    if (2 * name.len != base.len)
        return SUBTREE_OUTSIDE;
    for (size_t i = 0; i < name.len; i++)
        if (((name.ptr[i] ^ base.ptr[i]) & base.ptr[name.len + i]) != 0)
            return SUBTREE_OUTSIDE;
    return SUBTREE_INSIDE;
}

/* The RDNs of the subtree come first. No RDN's canonical form is the beginning of another's. */
static enum subtree_answer directory_in(const struct form_name *base, const struct form_name *name,
                                        bool excluded)
{
    if (excluded && !(base->is_plain && name->is_plain))
        return SUBTREE_UNCLEAR;
    return answer(name->key.len >= base->key.len &&
                  span_equal(span_head(name->key, base->key.len), base->key));
}

static bool is_mail_base(struct span base)
{
    size_t at = span_find(base, '@');

    if (base.len == 0)
        return true;
    if (at < base.len)
        return is_domain(without_last_dot(span_tail(base, at + 1)));
    return is_domain(without_last_dot(has_first_dot(base) ? span_tail(base, 1) : base));
}

const char *mtlsauth__form_name(unsigned form)
{
    switch (form) {
    case GENERAL_NAME_OTHER:
        return "otherName";
    case GENERAL_NAME_RFC822:
        return "rfc822Name";
    case GENERAL_NAME_DNS:
        return "dNSName";
    case GENERAL_NAME_X400:
        return "x400Address";
    case GENERAL_NAME_DIRECTORY:
        return "directoryName";
    case GENERAL_NAME_EDI_PARTY:
        return "ediPartyName";
    case GENERAL_NAME_URI:
        return "URI";
    case GENERAL_NAME_IP:
        return "iPAddress";
    case GENERAL_NAME_REGISTERED_ID:
        return "registeredID";
    default:
        return NULL;
    }
}

bool mtlsauth__subtree_ok(const struct form_name *base, bool dot)
{
    struct span value = base->value;
    size_t half = value.len / 2;

    switch (base->form) {
    case GENERAL_NAME_DNS:
        if (value.len == 0)
            return true;
        if (has_first_dot(value))
            return dot && is_domain(without_last_dot(span_tail(value, 1)));
        return is_domain(without_last_dot(value));
    case GENERAL_NAME_RFC822:
        return is_mail_base(value);
    case GENERAL_NAME_URI:
        if (value.len == 0)
            return true;
        return is_host(without_last_dot(has_first_dot(value) ? span_tail(value, 1) : value));
    case GENERAL_NAME_IP:
        return (value.len == 8 || value.len == 32) && is_mask(span_tail(value, half));
    default:
        return true;
    }
}

enum subtree_answer mtlsauth__subtree_has(const struct form_name *base,
                                          const struct form_name *name, bool excluded)
{
    switch (base->form) {
    case GENERAL_NAME_DNS:
        return dns_in(base->value, name, excluded);
    case GENERAL_NAME_RFC822:
        return mail_in(base->value, name, excluded);
    case GENERAL_NAME_URI:
        return uri_in(base->value, name, excluded);
    case GENERAL_NAME_IP:
        return address_in(base->value, name->value);
    case GENERAL_NAME_DIRECTORY:
        return directory_in(base, name, excluded);
    case GENERAL_NAME_OTHER:
        /* Another type-id is another form. */
        return span_equal(base->type, name->type) ? SUBTREE_UNCLEAR : SUBTREE_OUTSIDE;
    default:
        return SUBTREE_UNCLEAR;
    }
}
