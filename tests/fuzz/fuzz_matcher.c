/* SPDX-License-Identifier: MIT */
/*
 * A matcher, and a certificate for it to meet. The first line is the matcher. If a certificate
 * follows, it is that one; else each further line is a name of one: its first character says of
 * which kind ('1' email, '2' DNS, '6' URI, '7' address, '0' UPN in UTF-8, 'B' in BMPString, 'T' in
 * TeletexString, 'N' a common name, 'O' an organization), the rest is its bytes.
 */
#include <stdio.h>
#include <mtlsauth/mtlsauth.h>
#include "der_build.h"
#include "identity/rules_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MAX_LINES = 64 };

static mtlsauth_cert *certificate_of_lines(const char *text, size_t len)
{
    static const struct {
        char kind;
        unsigned tag, string_tag;
    } kinds[] = {{'1', 0x81, 0},    {'2', 0x82, 0},    {'6', 0x86, 0},   {'7', 0x87, 0},
                 {'0', 0xa0, 0x0c}, {'B', 0xa0, 0x1e}, {'T', 0xa0, 0x14}};
    struct der_attribute subject[MAX_LINES];
    struct der_san sans[MAX_LINES];
    struct der_cert spec = {.subject = subject, .sans = sans};
    struct der_build der = {0};
    mtlsauth_cert *cert = NULL;
    size_t lines = 0;

    while (len > 0 && lines++ < MAX_LINES) {
        const char *end = memchr(text, '\n', len);
        size_t line = end == NULL ? len : (size_t)(end - text), skip = line + (end != NULL);

        if (line > 0 && (text[0] == 'N' || text[0] == 'O'))
            subject[spec.subject_count++] = (struct der_attribute){
                text[0] == 'N' ? "\x55\x04\x03" : "\x55\x04\x0a", 0x0c, text + 1, line - 1, false};
        for (size_t i = 0; line > 0 && i < sizeof kinds / sizeof kinds[0]; i++)
            if (text[0] == kinds[i].kind)
                sans[spec.san_count++] =
                    (struct der_san){kinds[i].tag, text + 1, line - 1, kinds[i].string_tag};
        text += skip;
        len -= skip;
    }
    der_certificate(&der, &spec);
    if (mtlsauth_cert_parse(&cert, der.bytes, der.len) != MTLSAUTH_OK)
        cert = NULL;
    der_build_free(&der);
    return cert;
}

/* What the rules say must be what the matcher says, and what is said must be printable. */
static void check(const char *matcher, mtlsauth_cert *cert)
{
    struct identity_subject subject = {.leaf = cert, .issuer = cert, .anchor = cert};
    struct text identity = {0}, why = {0};
    const char *label, *met;
    struct rules *rules;
    int yes = 0, no = 0, code;
    char negated[MTLSAUTH_MAX_MATCHER_LEN + 2];

    if (mtlsauth__rules_new(&rules) != MTLSAUTH_OK)
        abort();
    if (mtlsauth__rules_allow(rules, "r", &matcher, 1) == MTLSAUTH_OK) {
        code = mtlsauth__rules_match(rules, &subject, &label, &identity);
        if (mtlsauth_cert_matches(cert, matcher, &yes) == MTLSAUTH_OK &&
            yes != (code == MTLSAUTH_OK))
            abort();
        snprintf(negated, sizeof negated, "!%s", matcher);
        if (mtlsauth_cert_matches(cert, negated, &no) == MTLSAUTH_OK && yes && no)
            abort();
        if (mtlsauth__rules_block(rules, matcher) == MTLSAUTH_OK && yes &&
            mtlsauth__rules_blocked(rules, &subject, &met) != MTLSAUTH_DENY_BLOCKED)
            abort();
        mtlsauth__rules_explain(rules, &subject, &why);
        if (why.len > MTLSAUTH__MAX_EXPLANATION)
            abort();
        for (size_t i = 0; i < why.len; i++)
            if ((uint8_t)why.ptr[i] < 0x20 || why.ptr[i] == 0x7f)
                abort();
    }
    mtlsauth__text_drop(&identity);
    mtlsauth__text_drop(&why);
    mtlsauth__rules_free(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *end = len == 0 ? NULL : memchr(data, '\n', len);
    size_t line = end == NULL ? len : (size_t)(end - data);
    size_t rest = end == NULL ? 0 : len - line - 1;
    mtlsauth_cert *cert = NULL;
    char *matcher = malloc(line + 1);

    if (matcher == NULL)
        abort();
    if (line > 0)
        memcpy(matcher, data, line);
    matcher[line] = '\0';
    if (rest > 0 && mtlsauth_cert_parse(&cert, end + 1, rest) != MTLSAUTH_OK)
        cert = certificate_of_lines((const char *)end + 1, rest);
    if (cert != NULL)
        check(matcher, cert);
    mtlsauth_cert_free(cert);
    free(matcher);
    return 0;
}
