/* SPDX-License-Identifier: MIT */
/*
 * A path that this library accepts and libcrypto, asked in the plain way about the same certificates,
 * refuses, is a bug of one of the two: the program ends.
 *
 * The input is lines. One that begins with l, c or r starts a leaf, a CA, a root; the letters behind
 * it are flags. What is signed is right unless a flag says otherwise, so that most inputs reach the
 * checks. The other lines belong to the certificate that was started last:
 *
 *     l [vbikse]   version 1, broken signature, no key ids, is a CA, self-issued, expired
 *     d m u i n o  a dNSName, rfc822Name, URI, iPAddress, directoryName, SmtpUTF8Mailbox
 *     +d -d ...    a permitted or excluded subtree of that form
 *     p t          path length; STRICT profile
 *     P ab         certificatePolicies 1.2.a and 1.2.b ("*" is anyPolicy)
 *     M abcd       policyMappings a to b, c to d
 *     X n  Y n     requireExplicitPolicy; inhibitAnyPolicy
 */
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <mtlsauth/mtlsauth.h>
#include "pki_build.h"
#include "trust/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MAX_CERTS = 6, NOW = 1767225600 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

struct made {
    char kind;
    bool flags[128];
    char path_length;
    struct der_build names, permitted, excluded, policies, mappings, explicit_policy, inhibit;
};

struct input {
    struct made certs[MAX_CERTS];
    size_t count;
    bool strict;
};

static void add_name(struct der_build *out, struct span line)
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

static void add_subtree(struct der_build *out, struct span line)
{
    struct der_build name = {0};

    if (line.len > 0)
        add_name(&name, line);
    if (name.len > 0)
        der_add(out, 0x30, name.bytes, name.len);
    der_build_free(&name);
}

static void add_policy(struct der_build *out, uint8_t letter)
{
    const uint8_t oid[] = {0x2a, letter & 0x7f};

    if (letter == '*')
        der_add(out, 0x06, "\x55\x1d\x20\x00", 4);
    else
        der_add(out, 0x06, oid, sizeof oid);
}

static void read_policies(struct made *made, struct span line)
{
    for (size_t i = 1; i < line.len; i++) {
        der_begin(&made->policies, 0x30);
        add_policy(&made->policies, line.ptr[i]);
        der_end(&made->policies);
    }
}

static void read_mappings(struct made *made, struct span line)
{
    for (size_t i = 1; i + 1 < line.len; i += 2) {
        der_begin(&made->mappings, 0x30);
        add_policy(&made->mappings, line.ptr[i]);
        add_policy(&made->mappings, line.ptr[i + 1]);
        der_end(&made->mappings);
    }
}

static void start(struct input *input, struct span line)
{
    struct made *made = &input->certs[input->count++];

    made->kind = (char)line.ptr[0];
    for (size_t i = 1; i < line.len; i++)
        made->flags[line.ptr[i] & 0x7f] = true;
}

static void read_line(struct input *input, struct span line)
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
    default:
        add_name(&made->names, line);
        break;
    }
}

static void read_input(struct input *input, struct span data)
{
    while (data.len > 0) {
        size_t len = span_find(data, '\n');

        if (len > 0)
            read_line(input, span_head(data, len));
        data = span_tail(data, len < data.len ? len + 1 : len);
    }
}

/* One element around what is there. */
static void wrap(struct der_build *out, unsigned tag, const struct der_build *content)
{
    if (content->len > 0)
        der_add(out, tag, content->bytes, content->len);
}

static mtlsauth_cert *make_cert(struct input *input, size_t at)
{
    static const char *const subjects[] = {"S0", "S1", "S2", "S3", "S4", "S5", "S6"};
    struct made *made = &input->certs[at];
    size_t issuer = at + 1 < input->count ? at + 1 : at;
    struct der_build names = {0}, lists = {0}, constraints = {0}, values[4] = {{0}}, der = {0};
    struct pki_extension extensions[4];
    const char path_length = (char)(made->path_length - 1);
    struct pki_cert words = {
        .subject = subjects[at],
        .issuer = made->flags['s'] ? subjects[at] : subjects[issuer],
        .key = (unsigned)at + 1,
        .signer = (unsigned)issuer + 1,
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
    for (size_t i = 0; i < 4; i++) {
        static const char *const oids[] = {"\x55\x1d\x20", "\x55\x1d\x21", "\x55\x1d\x24",
                                           "\x55\x1d\x36"};

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
    for (size_t i = 0; i < 4; i++)
        der_build_free(&values[i]);
    return cert;
}

static void drop_input(struct input *input)
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
    }
}

static X509 *x509_of(const mtlsauth_cert *cert)
{
    size_t len;
    const unsigned char *der = mtlsauth_cert_der(cert, &len);
    X509 *x509 = d2i_X509(NULL, &der, (long)len);

    require(x509 != NULL);
    return x509;
}

/* As an application asks libcrypto: a store with the anchor, the others as they were sent. */
static void ask_libcrypto(const struct verified_path *path, bool strict)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509 *leaf = x509_of(path->certs[0]), *anchor = x509_of(path->certs[path->count - 1]);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
    X509_VERIFY_PARAM *param;

    require(store != NULL && ctx != NULL && untrusted != NULL &&
            X509_STORE_add_cert(store, anchor) == 1);
    for (size_t i = 1; i + 1 < path->count; i++)
        require(sk_X509_push(untrusted, x509_of(path->certs[i])) > 0);
    require(X509_STORE_CTX_init(ctx, store, leaf, untrusted) == 1);
    param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, NOW);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    require(X509_VERIFY_PARAM_set_flags(param, flags | (strict ? X509_V_FLAG_X509_STRICT : 0)) ==
            1);
    /* Without a policy that is asked for, what asks for an explicit one is never met. */
    require(X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj("2.5.29.32.0", 1)) == 1);
    if (X509_verify_cert(ctx) != 1) {
        fprintf(stderr, "accepted, and libcrypto says at %d: %s\n",
                X509_STORE_CTX_get_error_depth(ctx),
                X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
        abort();
    }
    sk_X509_pop_free(untrusted, X509_free);
    X509_free(leaf);
    X509_free(anchor);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}

static mtlsauth_truststore *make_store(const mtlsauth_cert *root)
{
    mtlsauth_truststore *truststore = NULL;
    size_t len;
    const void *der = mtlsauth_cert_der(root, &len);

    require(mtlsauth_truststore_parse(&truststore, der, len, NULL) == MTLSAUTH_OK);
    return truststore;
}

static void compare(mtlsauth_cert *const certs[], size_t count, bool strict)
{
    mtlsauth_truststore *truststore = make_store(certs[count - 1]);
    struct verified_path path;
    struct path_params params;
    struct reason reason;

    require(mtlsauth__path_params_of(&params, strict ? MTLSAUTH_PROFILE_STRICT
                                                     : MTLSAUTH_PROFILE_API_GATEWAY));
    params.max_ca_certificates = MAX_CERTS;
    if (mtlsauth__path_find(truststore, certs[0], certs + 1, count - 2, &params, NOW, NULL, &path,
                            &reason) == MTLSAUTH_OK)
        ask_libcrypto(&path, strict);
    else
        require(reason.code != MTLSAUTH_OK && reason.message[0] != '\0');
    mtlsauth__verified_path_clear(&path);
    mtlsauth_truststore_free(truststore);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input input = {.count = 0};
    mtlsauth_cert *certs[MAX_CERTS] = {NULL};
    bool all = true;

    read_input(&input, span_of(data, len));
    for (size_t i = 0; i < input.count; i++) {
        certs[i] = make_cert(&input, i);
        all = all && certs[i] != NULL;
    }
    if (all && input.count >= 2)
        compare(certs, input.count, input.strict);
    for (size_t i = 0; i < input.count; i++)
        mtlsauth_cert_free(certs[i]);
    drop_input(&input);
    return 0;
}
