/* SPDX-License-Identifier: MIT */
#include "identity/mail.h"

#include "base/asn1_string.h"
#include "identity/dns.h"

/* RFC 5322 3.2.3, but for "*", which in a rule would read as a wildcard. */
static bool is_local_char(uint8_t c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) ||
           memchr("!#$%&'+-/=?^_`{|}~.", c, 19) != NULL;
}

/* Where the only "@" stands, with something on both sides. */
static bool find_at(struct span text, size_t *at, struct fault *fault)
{
    *at = span_find(text, '@');
    if (*at == text.len)
        return fault_at(fault, text.len, "no @");
    if (*at == 0)
        return fault_at(fault, 0, "nothing before the @");
    if (*at + 1 == text.len)
        return fault_at(fault, text.len, "nothing behind the @");
    if (span_has(span_tail(text, *at + 1), '@'))
        return fault_at(fault, *at + 1 + span_find(span_tail(text, *at + 1), '@'), "a second @");
    return true;
}

bool mtlsauth__email_key(struct span text, bool literal, uint8_t *out, size_t *len,
                         struct fault *fault)
{
    size_t at, domain_len;
    struct span domain;

    if (text.len > MTLSAUTH__MAX_MAIL)
        return fault_at(fault, MTLSAUTH__MAX_MAIL, "longer than an address can be");
    if (!find_at(text, &at, fault))
        return false;
    for (size_t i = 0; i < at; i++)
        if (!is_local_char(text.ptr[i]) && !(literal && text.ptr[i] == '*'))
            return fault_at(fault, i, "not a character of an unquoted local part");
    domain = span_tail(text, at + 1);
    if (domain.ptr[domain.len - 1] == '.')
        return fault_at(fault, text.len - 1, "a domain that ends with a dot");
    memcpy(out, text.ptr, at + 1);
    if (!mtlsauth__dns_key(domain, out + at + 1, &domain_len, fault)) {
        fault->at += at + 1;
        return false;
    }
    *len = at + 1 + domain_len;
    return true;
}

bool mtlsauth__upn_key(struct span utf8, uint8_t *out, struct fault *fault)
{
    size_t at;

    if (utf8.len > MTLSAUTH__MAX_MAIL)
        return fault_at(fault, MTLSAUTH__MAX_MAIL, "longer than a principal can be");
    if (!find_at(utf8, &at, fault))
        return false;
    for (size_t i = 0; i < utf8.len; i++) {
        uint8_t c = utf8.ptr[i];

        if (c < 0x20 || c == 0x7f)
            return fault_at(fault, i, "a control character");
        if (c == '*')
            return fault_at(fault, i, "upn: takes no wildcard");
        out[i] = i > at ? ascii_lower(c) : c;
    }
    return true;
}

bool mtlsauth__upn_key_of_string(unsigned tag, struct span value, uint8_t *out, size_t *len)
{
    struct asn1_string in = mtlsauth__asn1_string(tag, value);
    uint8_t utf8[MTLSAUTH__MAX_MAIL];
    enum asn1_char state;
    struct fault fault;
    size_t used = 0;
    uint32_t c;

    while ((state = mtlsauth__asn1_string_next(&in, &c)) == ASN1_CHAR_OK) {
        if (used + 4 > sizeof utf8)
            return false;
        used += mtlsauth__utf8_encode(c, utf8 + used);
    }
    if (state != ASN1_CHAR_END)
        return false;
    *len = used;
    return mtlsauth__upn_key(span_of(utf8, used), out, &fault);
}
