/* SPDX-License-Identifier: MIT */
/*
 * Envoy's x-forwarded-client-cert: elements joined by ",", each made of key=value pairs joined by
 * ";", values in double quotes where they hold one of ",;=". Every proxy on the way appends an
 * element, and so may the client: only the last one was written by the proxy in front of us. All of
 * the header has to be well-formed all the same, or a quote that the client has opened would decide
 * where the last element begins.
 *
 * Envoy writes By, URI and DNS as they stand in a certificate, without quotes, By once for each URI
 * of its own. So a "=" may stand there; and a client whose certificate has a URI with a comma could
 * write an element behind its own. Such names are looked for in the certificates themselves: an
 * element in front has to have its certificate, too, and that of its Hash, or a name could bring
 * along a harmless one.
 */
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "cert/chain.h"

enum { KEY_CERT, KEY_CHAIN, KEY_HASH, KEY_SUBJECT, KEYS };

static const char *const key_names[KEYS] = {"cert", "chain", "hash", "subject"};

/* What an element says. */
struct element {
    bool present[KEYS];
    struct span value[KEYS]; /* without the quotes, escapes as they were */
};

struct reader {
    struct span text;
    size_t at;
};

static bool ends(const struct reader *in)
{
    return in->at == in->text.len;
}

static int fail_at(const struct reader *in, const char *what)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "x-forwarded-client-cert: position %zu: %s", in->at,
                          what);
}

static int read_key(struct reader *in, struct span *key)
{
    size_t start = in->at;

    while (!ends(in) &&
           (ascii_is_alpha(in->text.ptr[in->at]) || ascii_is_digit(in->text.ptr[in->at])))
        in->at++;
    *key = span_of(in->text.ptr + start, in->at - start);
    if (key->len == 0 || ends(in) || in->text.ptr[in->at] != '=')
        return fail_at(in, "a key and \"=\" are expected");
    in->at++;
    return MTLSAUTH_OK;
}

static int read_quoted(struct reader *in, struct span *value)
{
    size_t start = ++in->at;

    while (!ends(in) && in->text.ptr[in->at] != '"')
        in->at += in->text.ptr[in->at] == '\\' && in->text.len - in->at > 1 ? 2 : 1;
    if (ends(in))
        return fail_at(in, "a quote is not closed");
    *value = span_of(in->text.ptr + start, in->at - start);
    in->at++;
    return MTLSAUTH_OK;
}

static bool ends_value(uint8_t c)
{
    return c == ',' || c == ';';
}

static int read_value(struct reader *in, struct span *value)
{
    size_t start = in->at;

    if (!ends(in) && in->text.ptr[in->at] == '"') {
        int code = read_quoted(in, value);

        if (code != MTLSAUTH_OK || ends(in) || ends_value(in->text.ptr[in->at]))
            return code;
        return fail_at(in, "something follows a closing quote");
    }
    while (!ends(in) && !ends_value(in->text.ptr[in->at])) {
        if (in->text.ptr[in->at] == '"')
            return fail_at(in, "a quote inside of a value that is not quoted");
        in->at++;
    }
    *value = span_of(in->text.ptr + start, in->at - start);
    return MTLSAUTH_OK;
}

/* By, URI and DNS may be repeated, and are of no use here: the certificate says what its names
 * are. */
static int note_pair(const struct reader *in, struct element *element, struct span key,
                     struct span value)
{
    for (size_t i = 0; i < KEYS; i++) {
        if (!span_equal_nocase(key, span_of_text(key_names[i])))
            continue;
        if (element->present[i])
            return fail_at(in, "a key is there twice");
        element->present[i] = true;
        element->value[i] = value;
    }
    return MTLSAUTH_OK;
}

static int read_element(struct reader *in, struct element *element)
{
    *element = (struct element){{false}, {{NULL, 0}}};
    for (;;) {
        struct span key, value = span_of(NULL, 0);
        int code = read_key(in, &key);

        if (code == MTLSAUTH_OK)
            code = read_value(in, &value);
        if (code == MTLSAUTH_OK)
            code = note_pair(in, element, key, value);
        if (code != MTLSAUTH_OK || ends(in))
            return code;
        if (in->text.ptr[in->at] == ',')
            return MTLSAUTH_OK;
        in->at++;
        if (ends(in))
            return fail_at(in, "a key and \"=\" are expected");
    }
}

static void skip_spaces(struct reader *in)
{
    while (!ends(in) && in->text.ptr[in->at] == ' ')
        in->at++;
}

/* Names that Envoy writes into the header without quotes. Behind a malformed one there may be
 * others, which Envoy reads and this library does not. */
static bool has_unmarked_separator(const mtlsauth_cert *cert)
{
    if (cert->names != NAME_OK)
        return true;
    for (size_t i = 0; i < cert->san_count; i++) {
        const struct san_entry *entry = &cert->san[i].entry;

        if ((entry->type == MTLSAUTH_SAN_URI || entry->type == MTLSAUTH_SAN_DNS) &&
            (span_has(entry->value, ',') || span_has(entry->value, ';') ||
             span_has(entry->value, '"')))
            return true;
    }
    return false;
}

/* Hash= is of the certificate that the proxy saw. */
static int check_hash(const struct element *element, const mtlsauth_cert *leaf)
{
    uint8_t hash[MTLSAUTH_SHA256_LEN];
    size_t len = 0;

    if (!element->present[KEY_HASH])
        return MTLSAUTH_OK;
    if (hex_decode(element->value[KEY_HASH], hash, sizeof hash, &len) && len == sizeof hash &&
        memcmp(hash, leaf->sha256, sizeof hash) == 0)
        return MTLSAUTH_OK;
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                          "x-forwarded-client-cert: Hash is not that of the certificate");
}

/* Cert= is what Chain= begins with, if both are there. */
static int read_cert(mtlsauth_chain *chain, struct span text, const struct mtlsauth_limits *limits)
{
    mtlsauth_chain *leaf;
    int code = mtlsauth__chain_new(&leaf);

    if (code != MTLSAUTH_OK)
        return code;
    leaf->known = chain->known;
    code = mtlsauth__format_nginx(leaf, text, limits);
    if (code == MTLSAUTH_OK && leaf->count == 0)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "x-forwarded-client-cert: Cert is empty");
    if (code == MTLSAUTH_OK && chain->count == 0)
        code = mtlsauth__chain_add(chain, mtlsauth_cert_ref(leaf->certs[0]), limits);
    else if (code == MTLSAUTH_OK && !mtlsauth__cert_same(leaf->certs[0], chain->certs[0]))
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "x-forwarded-client-cert: Chain does not begin with Cert");
    mtlsauth_chain_free(leaf);
    return code;
}

static int read_chain(mtlsauth_chain *chain, const struct element *element,
                      const struct mtlsauth_limits *limits)
{
    int code = MTLSAUTH_OK;

    if (!element->present[KEY_CERT] && !element->present[KEY_CHAIN])
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "x-forwarded-client-cert: neither Cert nor Chain; let Envoy set them "
                              "(set_current_client_cert_details)");
    if (element->present[KEY_CHAIN])
        code = mtlsauth__format_alb(chain, element->value[KEY_CHAIN], limits);
    if (code == MTLSAUTH_OK && element->present[KEY_CERT])
        code = read_cert(chain, element->value[KEY_CERT], limits);
    if (code == MTLSAUTH_OK && chain->count == 0)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "x-forwarded-client-cert: Chain is empty");
    return code == MTLSAUTH_OK ? check_hash(element, chain->certs[0]) : code;
}

/* What follows an element is the next one only if no name of this one can have made it up. */
static int check_end(const struct reader *in, const struct element *element,
                     const struct mtlsauth_limits *limits)
{
    mtlsauth_chain *chain;
    int code = mtlsauth__chain_new(&chain);

    if (code != MTLSAUTH_OK)
        return code;
    code = read_chain(chain, element, limits);
    if (code != MTLSAUTH_OK)
        code = mtlsauth__fail_in(code, "an element in front of the last: ");
    else if (has_unmarked_separator(chain->certs[0]))
        code = fail_at(in, "a name of the certificate in front is malformed, or has a comma, "
                           "semicolon or quote, which Envoy does not mark: where its element ends "
                           "cannot be told");
    mtlsauth_chain_free(chain);
    return code;
}

static int read_last_element(struct span text, struct element *element,
                             const struct mtlsauth_limits *limits)
{
    struct reader in = {.text = text};

    for (;;) {
        int code;

        skip_spaces(&in);
        code = read_element(&in, element);
        if (code == MTLSAUTH_OK && !ends(&in))
            code = check_end(&in, element, limits);
        if (code != MTLSAUTH_OK || ends(&in))
            return code;
        in.at++;
    }
}

int mtlsauth__format_xfcc(mtlsauth_chain *chain, struct span text,
                          const struct mtlsauth_limits *limits)
{
    struct element element;
    int code = read_last_element(text, &element, limits);

    return code == MTLSAUTH_OK ? read_chain(chain, &element, limits) : code;
}
