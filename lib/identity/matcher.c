/* SPDX-License-Identifier: MIT */
#include "identity/matcher.h"

#include <stdio.h>
#include "base/asn1_string.h"
#include "base/der.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/oid.h"
#include "identity/address.h"
#include "identity/dns.h"
#include "identity/mail.h"
#include "identity/uri.h"
#include "identity/value.h"

/* id-at-commonName, 2.5.4.3 */
#define COMMON_NAME "\x55\x04\x03"

#define KNOWN_TYPES                                                                                \
    "dns, uri, ip, email, upn, dn, subject.NAME, issuer, anchor, issuer-spki, sha256, spki, "      \
    "serial"

/* A matcher while it is compiled. */
struct compiling {
    struct matcher *matcher;
    const char *text;
    struct span value; /* what stands behind the colon */
    size_t at;         /* its position in the text */
    unsigned flags;
    struct fault fault; /* in the value */
};

/* How much of a text stands in a message. */
#define QUOTED 120

/* Prints nothing that could upset a terminal or a log. */
static void quote(const char *text, char out[QUOTED + 4])
{
    size_t i = 0;

    for (; i < QUOTED && text[i] != '\0'; i++)
        out[i] = text[i] < 0x20 || text[i] > 0x7e ? '?' : text[i];
    memcpy(out + i, text[i] == '\0' ? "" : "...", text[i] == '\0' ? 1 : 4);
}

int mtlsauth__matcher_fail(const char *text, int code, size_t at, const char *why)
{
    char quoted[QUOTED + 4];

    quote(text, quoted);
    return mtlsauth__fail(code, "matcher '%s': position %zu: %s", quoted, at + 1, why);
}

static int fault(const struct compiling *c)
{
    return mtlsauth__matcher_fail(c->text, MTLSAUTH_ERR_PARSE, c->at + c->fault.at, c->fault.why);
}

static int fault_here(struct compiling *c, size_t at, const char *why)
{
    (void)fault_at(&c->fault, at, why);
    return fault(c);
}

/* Text and key go into one allocation. */
static int keep(struct compiling *c, enum matcher_form form, struct span key)
{
    size_t text_len = strlen(c->text) + 1;
    char *room = mtlsauth__malloc(text_len + key.len);

    if (room == NULL)
        return mtlsauth__fail_memory();
    memcpy(room, c->text, text_len);
    if (key.len > 0)
        memcpy(room + text_len, key.ptr, key.len);
    c->matcher->form = form;
    c->matcher->text = room;
    c->matcher->key = span_of(room + text_len, key.len);
    return MTLSAUTH_OK;
}

static int compile_dns(struct compiling *c)
{
    enum matcher_form form = FORM_EXACT;
    uint8_t key[MTLSAUTH__MAX_DNS];
    struct span name = c->value;
    size_t skip = 0, len;

    if (name.len > 0 && name.ptr[0] == '*' && !(c->flags & MATCHER_LITERAL)) {
        form = name.len > 1 && name.ptr[1] == '*' ? FORM_DNS_MANY : FORM_DNS_ONE;
        skip = form == FORM_DNS_MANY ? 2 : 1;
        if (name.len == skip || name.ptr[skip] != '.')
            return fault_here(c, skip,
                              "a wildcard is a whole label, and a domain stands behind it");
        skip++;
    }
    if (!mtlsauth__dns_key(span_tail(name, skip), key, &len, &c->fault)) {
        c->fault.at += skip;
        return fault(c);
    }
    return keep(c, form, span_of(key, len));
}

static int compile_uri(struct compiling *c)
{
    uint8_t key[MTLSAUTH__MAX_URI];
    struct uri_shape shape;

    if (!mtlsauth__uri_key(c->value, !(c->flags & MATCHER_LITERAL), key, &shape, &c->fault))
        return fault(c);
    c->matcher->literal = shape.literal;
    return keep(c, shape.is_pattern ? FORM_URI_PATTERN : FORM_EXACT, span_of(key, shape.len));
}

static int compile_ip(struct compiling *c)
{
    bool prefix = !(c->flags & MATCHER_LITERAL);
    struct address address;

    if (!mtlsauth__address_read(&address, c->value, prefix, &c->fault))
        return fault(c);
    c->matcher->prefix_bits = address.bits;
    return keep(c, address.bits == 8 * address.len ? FORM_EXACT : FORM_IP_PREFIX,
                span_of(address.bytes, address.len));
}

static int compile_email(struct compiling *c)
{
    bool any = c->value.len > 1 && memcmp(c->value.ptr, "*@", 2) == 0;
    uint8_t key[MTLSAUTH__MAX_MAIL];
    size_t len;

    if (any && !(c->flags & MATCHER_LITERAL)) {
        if (c->value.ptr[c->value.len - 1] == '.')
            return fault_here(c, c->value.len - 1, "a domain that ends with a dot");
        if (!mtlsauth__dns_key(span_tail(c->value, 2), key, &len, &c->fault)) {
            c->fault.at += 2;
            return fault(c);
        }
        return keep(c, FORM_EMAIL_DOMAIN, span_of(key, len));
    }
    if (!mtlsauth__email_key(c->value, (c->flags & MATCHER_LITERAL) != 0, key, &len, &c->fault))
        return fault(c);
    return keep(c, FORM_EXACT, span_of(key, len));
}

static int compile_upn(struct compiling *c)
{
    uint8_t key[MTLSAUTH__MAX_MAIL];

    if (!mtlsauth__value_is_bare(c->value, &c->fault) ||
        !mtlsauth__upn_key(c->value, key, &c->fault))
        return fault(c);
    return keep(c, FORM_EXACT, span_of(key, c->value.len));
}

static int compile_name(struct compiling *c)
{
    struct text key = {0};
    size_t bad = 0;
    int code;

    if (!(c->flags & MATCHER_LITERAL) && !mtlsauth__value_name_is_bare(c->value, &c->fault))
        return fault(c);
    if (!mtlsauth__name_canonical_of_text(&key, c->value, &bad))
        code = key.failed ? mtlsauth__fail_memory()
                          : fault_here(c, bad, "not a distinguished name (RFC 4514)");
    else if (key.failed)
        code = mtlsauth__fail_memory();
    else
        code = keep(c, FORM_EXACT, span_of(key.ptr, key.len));
    mtlsauth__text_drop(&key);
    return code;
}

/* The key is that of subject.c: length and octets of the type, the canonical value. */
static int compile_attribute(struct compiling *c, struct span name)
{
    uint8_t oid[MTLSAUTH__MAX_OID];
    struct text key = {0};
    enum name_status status;
    size_t len;
    int code;

    if (!mtlsauth__name_type(name, oid, &len))
        return mtlsauth__matcher_fail(
            c->text, MTLSAUTH_ERR_PARSE, (size_t)((const char *)name.ptr - c->text),
            "not an attribute type: a name as in CN, O, OU, or a dotted OID");
    if (!mtlsauth__value_is_bare(c->value, &c->fault))
        return fault(c);
    mtlsauth__text_add_char(&key, (char)len);
    mtlsauth__text_add_bytes(&key, oid, len);
    status = mtlsauth__name_canonical_value_of_text(&key, c->value);
    if (status == NAME_NO_MEMORY || key.failed)
        code = mtlsauth__fail_memory();
    else if (status != NAME_OK)
        code = fault_here(c, 0, "not a value of an attribute");
    else
        code = keep(c, FORM_EXACT, span_of(key.ptr, key.len));
    mtlsauth__text_drop(&key);
    return code;
}

static int compile_digest(struct compiling *c)
{
    uint8_t digest[MTLSAUTH_SHA256_LEN];
    size_t len;

    if (c->matcher->type == MATCHER_SHA256 && c->matcher->negated)
        return fault_here(c, 0,
                          "whoever holds a certificate can change its ECDSA signature, and so its "
                          "digest; negate spki: or serial:");
    for (size_t i = 0; i < c->value.len; i++)
        if (hex_value(c->value.ptr[i]) < 0)
            return fault_here(c, i, "not a hexadecimal digit");
    if (!hex_decode(c->value, digest, sizeof digest, &len) || len != sizeof digest)
        return fault_here(c, c->value.len, "a SHA-256 digest has 64 hexadecimal digits");
    return keep(c, FORM_EXACT, span_of(digest, sizeof digest));
}

/* Digits as people copy them: "0A:1B", "0a1b", "a1b". */
static int compile_serial(struct compiling *c)
{
    uint8_t digits[MTLSAUTH_MAX_MATCHER_LEN + 1], serial[MTLSAUTH_MAX_MATCHER_LEN / 2 + 1];
    bool colons = span_has(c->value, ':');
    size_t len = 1, bytes, odd;
    struct span key;

    digits[0] = '0';
    for (size_t i = 0; i < c->value.len; i++) {
        uint8_t digit = c->value.ptr[i];

        if (colons && i % 3 == 2 ? digit != ':' : hex_value(digit) < 0)
            return fault_here(c, i,
                              colons ? "not two hexadecimal digits between colons"
                                     : "not a hexadecimal digit");
        if (digit != ':')
            digits[len++] = digit;
    }
    if (colons && c->value.len % 3 != 2)
        return fault_here(c, c->value.len, "not two hexadecimal digits between colons");
    odd = len % 2;
    if (!hex_decode(span_of(digits + odd, len - odd), serial, sizeof serial, &bytes))
        return fault_here(c, 0, "not a serial number");
    for (key = span_of(serial, bytes); key.len > 1 && key.ptr[0] == 0;)
        key = span_tail(key, 1);
    return keep(c, FORM_EXACT, key);
}

static const struct {
    const char *name;
    enum matcher_type type;
    int (*compile)(struct compiling *c);
} types[] = {
    {"dns", MATCHER_DNS, compile_dns},
    {"uri", MATCHER_URI, compile_uri},
    {"ip", MATCHER_IP, compile_ip},
    {"email", MATCHER_EMAIL, compile_email},
    {"upn", MATCHER_UPN, compile_upn},
    {"dn", MATCHER_DN, compile_name},
    {"issuer", MATCHER_ISSUER, compile_name},
    {"anchor", MATCHER_ANCHOR, compile_digest},
    {"issuer-spki", MATCHER_ISSUER_SPKI, compile_digest},
    {"sha256", MATCHER_SHA256, compile_digest},
    {"spki", MATCHER_SPKI, compile_digest},
    {"serial", MATCHER_SERIAL, compile_serial},
};

#define ATTRIBUTE "subject."

/* A type, "subject.O", as a word of a text, in any case of its letters; or what is taken for one. */
static bool is_type(struct span word)
{
    const size_t skip = sizeof ATTRIBUTE - 1;

    if (word.len > skip && span_equal_nocase(span_head(word, skip), span_of_text(ATTRIBUTE)))
        return true;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (span_equal_nocase(word, span_of_text(types[i].name)))
            return true;
    return span_equal_nocase(word, span_of_text("cn"));
}

static int unknown_type(const struct compiling *c, struct span name, size_t at)
{
    if (span_equal_nocase(name, span_of_text("cn")))
        return mtlsauth__matcher_fail(
            c->text, MTLSAUTH_ERR_PARSE, at,
            "the common name is not a host and is not compared: use dns:, or subject.CN: "
            "if the subject is what you mean");
    return mtlsauth__matcher_fail(c->text, MTLSAUTH_ERR_PARSE, at,
                                  "unknown type, known are " KNOWN_TYPES);
}

static int compile_typed(struct compiling *c, struct span name, size_t at)
{
    const size_t skip = sizeof ATTRIBUTE - 1;

    if (name.len > skip && memcmp(name.ptr, ATTRIBUTE, skip) == 0) {
        c->matcher->type = MATCHER_ATTRIBUTE;
        return compile_attribute(c, span_tail(name, skip));
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!span_is_text(name, types[i].name))
            continue;
        c->matcher->type = types[i].type;
        if (c->flags & MATCHER_NO_PATH && mtlsauth__matcher_is_of_path(c->matcher))
            return mtlsauth__matcher_fail(c->text, MTLSAUTH_ERR_UNSUPPORTED, at,
                                          "this speaks of a path, and there is none here");
        return types[i].compile(c);
    }
    return unknown_type(c, name, at);
}

/* Spaces of Unicode that look like a blank. The wide one of East Asia stands in names there, and is
 * seen. */
static bool looks_blank(uint32_t c)
{
    return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f;
}

static int refuse_character(const char *text, size_t at, uint32_t c)
{
    const char *what = c < 0xa0         ? "a control character"
                       : looks_blank(c) ? "a space other than the blank"
                                        : "an invisible character";
    char octets[4 * 3 + 1] = "", why[160];
    uint8_t utf8[4];
    size_t len = mtlsauth__utf8_encode(c, utf8);

    for (size_t i = 0; i < len; i++)
        snprintf(octets + 3 * i, sizeof octets - 3 * i, "\\%02X", utf8[i]);
    snprintf(why, sizeof why,
             "%s, U+%04X: take it away; one that a name has is %s in dn: and issuer:", what,
             (unsigned)c, octets);
    return mtlsauth__matcher_fail(text, MTLSAUTH_ERR_PARSE, at, why);
}

/* UTF-8, and nothing in it that nobody sees, or sees as something else. */
static int check_characters(const char *text)
{
    struct span whole = span_of_text(text);
    struct asn1_string in = mtlsauth__asn1_string(DER_UTF8_STRING, whole);
    enum asn1_char state;
    uint32_t c;
    size_t at;

    do {
        at = (size_t)(in.pos - whole.ptr);
        state = mtlsauth__asn1_string_next(&in, &c);
        if (state == ASN1_CHAR_OK && (mtlsauth__is_invisible(c) || looks_blank(c)))
            return refuse_character(text, at, c);
    } while (state == ASN1_CHAR_OK);
    if (state == ASN1_CHAR_END)
        return MTLSAUTH_OK;
    return mtlsauth__matcher_fail(text, MTLSAUTH_ERR_PARSE, at, "not UTF-8");
}

int mtlsauth__matcher_compile(struct matcher *matcher, const char *text, unsigned flags)
{
    struct compiling c = {.matcher = matcher, .text = text, .flags = flags};
    struct span whole, name;
    size_t at = 0, colon;
    int code;

    *matcher = (struct matcher){0};
    if (text == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "a matcher is NULL");
    whole = span_of_text(text);
    if (whole.len > MTLSAUTH_MAX_MATCHER_LEN)
        return mtlsauth__matcher_fail(text, MTLSAUTH_ERR_LIMIT, MTLSAUTH_MAX_MATCHER_LEN,
                                      "longer than 2048 bytes");
    code = check_characters(text);
    if (code != MTLSAUTH_OK)
        return code;
    if (whole.len > 0 && whole.ptr[0] == '!' && !(flags & MATCHER_LITERAL)) {
        matcher->negated = true;
        at = 1;
    }
    name = span_tail(whole, at);
    colon = span_find(name, ':');
    if (colon == name.len)
        return mtlsauth__matcher_fail(
            text, MTLSAUTH_ERR_PARSE, whole.len,
            "no colon; a matcher is type:pattern, and the types are " KNOWN_TYPES);
    c.at = at + colon + 1;
    c.value = span_tail(whole, c.at);
    if (c.value.len == 0)
        return mtlsauth__matcher_fail(text, MTLSAUTH_ERR_PARSE, c.at, "nothing behind the colon");
    if (!(flags & MATCHER_LITERAL) && !mtlsauth__value_is_single(c.value, is_type, &c.fault))
        return fault(&c);
    return compile_typed(&c, span_head(name, colon), at);
}

void mtlsauth__matcher_drop(struct matcher *matcher)
{
    mtlsauth__free(matcher->text);
    *matcher = (struct matcher){0};
}

static bool prefix_meets(const struct matcher *matcher, struct span address)
{
    uint8_t masked[16];

    if (address.len != matcher->key.len || address.len > sizeof masked)
        return false;
    memcpy(masked, address.ptr, address.len);
    mtlsauth__address_mask(masked, address.len, matcher->prefix_bits);
    return memcmp(masked, matcher->key.ptr, address.len) == 0;
}

/* A certificate's "*.KEY" stands for one label. What it has in common with a pattern of a rule
 * keeps it out, and never lets it in. */
static bool wildcard_meets(const struct matcher *matcher, struct span key, bool blocking)
{
    if (matcher->form == FORM_EXACT)
        return mtlsauth__dns_under(matcher->key, key, false);
    if (!matcher->negated && !blocking)
        return false;
    return span_equal(key, matcher->key) ||
           (matcher->form == FORM_DNS_MANY && mtlsauth__dns_under(key, matcher->key, true));
}

/* Mail servers and directories do not tell case in what stands before the "@": whoever is kept out
 * is so in any case, and is let in by the very text alone. */
static bool exact_meets(const struct matcher *matcher, struct span key, bool blocking)
{
    bool is_mail = matcher->type == MATCHER_EMAIL || matcher->type == MATCHER_UPN;

    if (is_mail && (matcher->negated || blocking))
        return span_equal_nocase(key, matcher->key);
    return span_equal(key, matcher->key);
}

bool mtlsauth__matcher_meets(const struct matcher *matcher, const struct subject_name *name,
                             bool blocking)
{
    struct span key = name->key;

    if (matcher->type != name->type || (name->doubtful && !matcher->negated && !blocking))
        return false;
    if (name->wildcard)
        return wildcard_meets(matcher, key, blocking);
    switch (matcher->form) {
    case FORM_DNS_ONE:
        return mtlsauth__dns_under(key, matcher->key, false);
    case FORM_DNS_MANY:
        return mtlsauth__dns_under(key, matcher->key, true);
    case FORM_EMAIL_DOMAIN:
        /* "*@example.com" in a certificate is one odd mailbox, and not any: it is denied as such,
         * and never allowed as such. */
        return (matcher->negated || blocking || !span_has(key, '*')) &&
               span_equal(span_tail(key, span_find(key, '@') + 1), matcher->key);
    case FORM_IP_PREFIX:
        return prefix_meets(matcher, key);
    case FORM_URI_PATTERN:
        return mtlsauth__uri_meets(matcher->key, matcher->literal, key);
    case FORM_EXACT:
        return exact_meets(matcher, key, blocking);
    default:
        return false;
    }
}

static bool has_path(const struct matcher *matcher, const struct identity_subject *subject)
{
    if (matcher->type == MATCHER_ANCHOR)
        return subject->anchor != NULL;
    return matcher->type != MATCHER_ISSUER_SPKI || subject->issuer != NULL;
}

bool mtlsauth__matcher_holds(const struct matcher *matcher, const struct subject_names *names,
                             const struct subject_name **met)
{
    const struct subject_range range = names->of_type[matcher->type];
    size_t i = range.first;

    if (met != NULL)
        *met = NULL;
    if (!names->believed || !has_path(matcher, names->subject))
        return false;
    if (matcher->negated && (names->unread & MATCHER_TYPE_BIT(matcher->type)) != 0)
        return false;
    while (i < range.end && !mtlsauth__matcher_meets(matcher, &names->list[i], names->blocking))
        i++;
    if (i < range.end && !matcher->negated && met != NULL)
        *met = &names->list[i];
    return (i < range.end) != matcher->negated;
}

bool mtlsauth__matcher_is_of_path(const struct matcher *matcher)
{
    return matcher->type == MATCHER_ANCHOR || matcher->type == MATCHER_ISSUER_SPKI;
}

bool mtlsauth__matcher_names_issuer(const struct matcher *matcher)
{
    return mtlsauth__matcher_is_of_path(matcher) || matcher->type == MATCHER_ISSUER;
}

bool mtlsauth__matcher_is_common_name(const struct matcher *matcher)
{
    const size_t len = sizeof COMMON_NAME - 1;

    return matcher->type == MATCHER_ATTRIBUTE && matcher->key.len > len &&
           matcher->key.ptr[0] == len && memcmp(matcher->key.ptr + 1, COMMON_NAME, len) == 0;
}
