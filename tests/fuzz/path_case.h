/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_PATH_CASE_H
#define TESTS_FUZZ_PATH_CASE_H

/*
 * The input is lines. One that begins with l, c or r starts a leaf, a CA, a root; the letters
 * behind it are flags. What is signed is right unless a flag says otherwise, so that most inputs
 * reach the checks. The other lines belong to the certificate that was started last:
 *
 *     l [vbikse]   version 1, broken signature, no key ids, is a CA, self-issued, expired
 *     d m u i n o  a dNSName, rfc822Name, URI, iPAddress, directoryName, SmtpUTF8Mailbox
 *     +d -d ...    a permitted or excluded subtree of that form
 *     p t          path length; STRICT profile
 *     P ab         certificatePolicies 1.2.a and 1.2.b ("*" is anyPolicy)
 *     M abcd       policyMappings a to b, c to d
 *     X n  Y n     requireExplicitPolicy; inhibitAnyPolicy
 *     N ab  K cd   subject Sa, issuer Sb; its key c, the key d that has signed it
 *     T            in the truststore, where the last certificate always is
 *     E csa        extendedKeyUsage clientAuth, serverAuth, any; U x: keyUsage as the bits of x
 */

#include <stdlib.h>
#include <mtlsauth/mtlsauth.h>
#include "base/span.h"
#include "pki_build.h"

enum { MAX_CERTS = 8 };

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

struct made {
    char kind;
    bool flags[128];
    char path_length, key_usage;
    bool trusted, has_key_usage, for_clients, for_any;
    uint8_t names_of[2], keys_of[2]; /* its own and its issuer's, from 1; 0: by its place */
    struct der_build names, permitted, excluded, policies, mappings, explicit_policy, inhibit,
        usages;
};

struct input {
    struct made certs[MAX_CERTS];
    size_t count;
    bool strict;
};

static inline void add_name(struct der_build *out, struct span line)
{
    static const unsigned tags[128] = {['d'] = 0x82, ['m'] = 0x81, ['u'] = 0x86, ['i'] = 0x87};
    struct span value = span_tail(line, 1);
    uint8_t form = line.ptr[0];

    if (form == 'n') {
        const struct der_attribute cn = {"\x55\x04\x03", 0x0c, (const char *)value.ptr, value.len,
                                         false};

        der_begin(out, 0xa4);
        der_name(out, &cn, value.len > 0);
        der_end(out);
    } else if (form == 'o') {
        der_begin(out, 0xa0);
        der_add(out, 0x06, "\x2b\x06\x01\x05\x05\x07\x08\x09", 8);
        der_begin(out, 0xa0);
        der_add(out, 0x0c, value.ptr, value.len);
        der_end(out);
        der_end(out);
    } else if (form < 128 && tags[form] != 0) {
        der_add(out, tags[form], value.ptr, value.len);
    }
}

static inline void add_subtree(struct der_build *out, struct span line)
{
    struct der_build name = {0};

    if (line.len > 0)
        add_name(&name, line);
    if (name.len > 0)
        der_add(out, 0x30, name.bytes, name.len);
    der_build_free(&name);
}

static inline void add_policy(struct der_build *out, uint8_t letter)
{
    const uint8_t oid[] = {0x2a, letter & 0x7f};

    if (letter == '*')
        der_add(out, 0x06, "\x55\x1d\x20\x00", 4);
    else
        der_add(out, 0x06, oid, sizeof oid);
}

static inline void read_policies(struct made *made, struct span line)
{
    for (size_t i = 1; i < line.len; i++) {
        der_begin(&made->policies, 0x30);
        add_policy(&made->policies, line.ptr[i]);
        der_end(&made->policies);
    }
}

static inline void read_mappings(struct made *made, struct span line)
{
    for (size_t i = 1; i + 1 < line.len; i += 2) {
        der_begin(&made->mappings, 0x30);
        add_policy(&made->mappings, line.ptr[i]);
        add_policy(&made->mappings, line.ptr[i + 1]);
        der_end(&made->mappings);
    }
}

static inline void read_usages(struct made *made, struct span line)
{
    for (size_t i = 1; i < line.len; i++) {
        uint8_t letter = line.ptr[i];

        made->for_clients = made->for_clients || letter == 'c';
        made->for_any = made->for_any || letter == 'a';
        if (letter == 'a')
            der_add(&made->usages, 0x06, "\x55\x1d\x25\x00", 4);
        else
            der_add(&made->usages, 0x06,
                    letter == 'c' ? "\x2b\x06\x01\x05\x05\x07\x03\x02"
                                  : "\x2b\x06\x01\x05\x05\x07\x03\x01",
                    8);
    }
}

/* Two digits, each a number from 1. */
static inline void read_pair(uint8_t pair[2], struct span rest)
{
    for (size_t i = 0; i < 2 && i < rest.len; i++)
        pair[i] = (uint8_t)(1 + (rest.ptr[i] & 7));
}

static inline void start(struct input *input, struct span line)
{
    struct made *made = &input->certs[input->count++];

    made->kind = (char)line.ptr[0];
    for (size_t i = 1; i < line.len; i++)
        made->flags[line.ptr[i] & 0x7f] = true;
}

static inline void read_line(struct input *input, struct span line)
{
    struct made *made = input->count == 0 ? NULL : &input->certs[input->count - 1];
    struct span rest = span_tail(line, 1);
    uint8_t number = rest.len > 0 ? rest.ptr[0] & 0x0f : 0;

    if (strchr("lcr", line.ptr[0]) != NULL && line.ptr[0] != 0) {
        if (input->count < MAX_CERTS)
            start(input, line);
        return;
    }
    if (line.ptr[0] == 't')
        input->strict = true;
    if (made == NULL)
        return;
    switch (line.ptr[0]) {
    case '+':
        add_subtree(&made->permitted, rest);
        break;
    case '-':
        add_subtree(&made->excluded, rest);
        break;
    case 'p':
        made->path_length = (char)(number + 1);
        break;
    case 'P':
        read_policies(made, line);
        break;
    case 'M':
        read_mappings(made, line);
        break;
    case 'X':
        der_build_free(&made->explicit_policy);
        der_add(&made->explicit_policy, 0x80, &number, 1);
        break;
    case 'Y':
        der_build_free(&made->inhibit);
        der_add(&made->inhibit, 0x02, &number, 1);
        break;
    case 'N':
        read_pair(made->names_of, rest);
        break;
    case 'K':
        read_pair(made->keys_of, rest);
        break;
    case 'T':
        made->trusted = true;
        break;
    case 'E':
        read_usages(made, line);
        break;
    case 'U':
        made->has_key_usage = true;
        made->key_usage = rest.len > 0 ? (char)rest.ptr[0] : 0;
        break;
    default:
        add_name(&made->names, line);
        break;
    }
}

static inline void read_input(struct input *input, struct span data)
{
    while (data.len > 0) {
        size_t len = span_find(data, '\n');

        if (len > 0)
            read_line(input, span_head(data, len));
        data = span_tail(data, len < data.len ? len + 1 : len);
    }
}

/* One element around what is there. */
static inline void wrap(struct der_build *out, unsigned tag, const struct der_build *content)
{
    if (content->len > 0)
        der_add(out, tag, content->bytes, content->len);
}

static inline mtlsauth_cert *make_cert(struct input *input, size_t at)
{
    static const char *const subjects[] = {"S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7"};
    static const char serials[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct made *made = &input->certs[at];
    size_t issuer = at + 1 < input->count ? at + 1 : at;
    size_t subject = made->names_of[0] > 0 ? made->names_of[0] - 1U : at;
    struct der_build names = {0}, lists = {0}, constraints = {0}, values[5] = {{0}}, der = {0};
    struct pki_extension extensions[5];
    const char path_length = (char)(made->path_length - 1);
    struct pki_cert words = {
        .subject = subjects[subject],
        .issuer = made->flags['s']        ? subjects[subject]
                  : made->names_of[1] > 0 ? subjects[made->names_of[1] - 1]
                                          : subjects[issuer],
        .key = made->keys_of[0] > 0 ? made->keys_of[0] : (unsigned)at + 1,
        .signer = made->keys_of[1] > 0 ? made->keys_of[1] : (unsigned)issuer + 1,
        .serial = &serials[at],
        .serial_len = 1,
        .key_usage = made->has_key_usage ? &made->key_usage : NULL,
        .ca = made->kind != 'l' || made->flags['k'],
        .path_length = made->path_length == 0 ? NULL : &path_length,
        .no_key_ids = made->flags['i'],
        .version_1 = made->flags['v'],
        .broken = made->flags['b'],
        .not_after = made->flags['e'] ? "250201000000Z" : NULL,
        .extensions = extensions,
    };
    mtlsauth_cert *cert = NULL;

    wrap(&names, 0x30, &made->names);
    wrap(&lists, 0xa0, &made->permitted);
    wrap(&lists, 0xa1, &made->excluded);
    wrap(&constraints, 0x30, &lists);
    words.names_der = names.len > 0 ? &names : NULL;
    words.constraints_der = constraints.len > 0 ? &constraints : NULL;
    wrap(&values[0], 0x30, &made->policies);
    wrap(&values[1], 0x30, &made->mappings);
    wrap(&values[2], 0x30, &made->explicit_policy);
    der_raw(&values[3], made->inhibit.bytes, made->inhibit.len);
    wrap(&values[4], 0x30, &made->usages);
    for (size_t i = 0; i < 5; i++) {
        static const char *const oids[] = {"\x55\x1d\x20", "\x55\x1d\x21", "\x55\x1d\x24",
                                           "\x55\x1d\x36", "\x55\x1d\x25"};

        if (values[i].len > 0)
            extensions[words.extension_count++] = (struct pki_extension){
                oids[i], i > 0, (const char *)values[i].bytes, values[i].len};
    }
    pki_certificate(&der, &words);
    if (mtlsauth_cert_parse(&cert, der.bytes, der.len) != MTLSAUTH_OK)
        require(mtlsauth_last_error()[0] != '\0');
    der_build_free(&der);
    der_build_free(&names);
    der_build_free(&lists);
    der_build_free(&constraints);
    for (size_t i = 0; i < 5; i++)
        der_build_free(&values[i]);
    return cert;
}

static inline void drop_input(struct input *input)
{
    for (size_t i = 0; i < input->count; i++) {
        struct made *made = &input->certs[i];

        der_build_free(&made->names);
        der_build_free(&made->permitted);
        der_build_free(&made->excluded);
        der_build_free(&made->policies);
        der_build_free(&made->mappings);
        der_build_free(&made->explicit_policy);
        der_build_free(&made->inhibit);
        der_build_free(&made->usages);
    }
}

#endif
