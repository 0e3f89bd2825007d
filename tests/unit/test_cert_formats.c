/* SPDX-License-Identifier: MIT */
/* What proxies hand over: every encoding of one chain gives one decision, and hostile headers
 * none. */
#include "data.h"

#include <mtlsauth/mtlsauth.h>

/* A text that grows; it may hold a NUL. */
struct made {
    char *text;
    size_t len, room;
};

static void add(struct made *made, const char *more, size_t len)
{
    if (made->len + len + 1 > made->room) {
        made->room = (made->len + len + 1) * 2;
        made->text = realloc(made->text, made->room);
        ck_assert_ptr_nonnull(made->text);
    }
    memcpy(made->text + made->len, more, len);
    made->len += len;
    made->text[made->len] = '\0';
}

static void add_text(struct made *made, const char *more)
{
    add(made, more, strlen(more));
}

static void drop(struct made *made)
{
    free(made->text);
    *made = (struct made){0};
}

static void add_base64(struct made *made, const mtlsauth_cert *cert)
{
    size_t len;
    const void *der = mtlsauth_cert_der(cert, &len);
    unsigned char *base64 = malloc(len * 2 + 8);

    ck_assert_ptr_nonnull(base64);
    EVP_EncodeBlock(base64, der, (int)len);
    add_text(made, (char *)base64);
    free(base64);
}

/* Lines of 64 characters; what a line ends in. */
static void add_pem(struct made *made, const mtlsauth_cert *cert, const char *end)
{
    struct made base64 = {0};

    add_base64(&base64, cert);
    add_text(made, "-----BEGIN CERTIFICATE-----");
    add_text(made, end);
    for (size_t i = 0; i < base64.len; i += 64) {
        add(made, base64.text + i, base64.len - i < 64 ? base64.len - i : 64);
        add_text(made, end);
    }
    add_text(made, "-----END CERTIFICATE-----\n");
    drop(&base64);
}

/* Percent-encodes all but letters, digits and what is safe. */
static void add_escaped(struct made *made, const char *text, size_t len, const char *safe)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i], escape[4];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c != '\0' && strchr(safe, c) != NULL)) {
            add(made, &c, 1);
            continue;
        }
        snprintf(escape, sizeof escape, "%%%02X", (unsigned)(unsigned char)c);
        add_text(made, escape);
    }
}

static void add_escaped_pem(struct made *made, const mtlsauth_cert *cert, const char *safe)
{
    struct made pem = {0};

    add_pem(&pem, cert, "\n");
    add_escaped(made, pem.text, pem.len, safe);
    drop(&pem);
}

/* The encoders: what each proxy makes of a chain. */

static void encode_pem(struct made *made, const mtlsauth_chain *chain)
{
    for (size_t i = 0; i < mtlsauth_chain_count(chain); i++)
        add_pem(made, mtlsauth_chain_cert(chain, i), "\n");
}

static void encode_der(struct made *made, const mtlsauth_chain *chain)
{
    size_t len;
    const void *der = mtlsauth_cert_der(mtlsauth_chain_cert(chain, 0), &len);

    add(made, der, len);
}

static void encode_nginx(struct made *made, const mtlsauth_chain *chain)
{
    add_escaped_pem(made, mtlsauth_chain_cert(chain, 0), "-._~");
}

static void encode_nginx_old(struct made *made, const mtlsauth_chain *chain)
{
    add_pem(made, mtlsauth_chain_cert(chain, 0), "\n\t");
    made->len--;
}

static void encode_alb(struct made *made, const mtlsauth_chain *chain)
{
    for (size_t i = 0; i < mtlsauth_chain_count(chain); i++)
        add_escaped_pem(made, mtlsauth_chain_cert(chain, i), "-._~+=/");
}

static void encode_haproxy(struct made *made, const mtlsauth_chain *chain)
{
    add_base64(made, mtlsauth_chain_cert(chain, 0));
}

static void encode_traefik(struct made *made, const mtlsauth_chain *chain)
{
    for (size_t i = 0; i < mtlsauth_chain_count(chain); i++) {
        add_text(made, i == 0 ? "" : ",");
        add_base64(made, mtlsauth_chain_cert(chain, i));
    }
}

static void encode_traefik_old(struct made *made, const mtlsauth_chain *chain)
{
    struct made plain = {0};

    encode_traefik(&plain, chain);
    add_escaped(made, plain.text, plain.len, "-._~,");
    drop(&plain);
}

static void encode_rfc9440(struct made *made, const mtlsauth_chain *chain)
{
    add_text(made, ":");
    add_base64(made, mtlsauth_chain_cert(chain, 0));
    add_text(made, ":");
}

/* As Envoy writes it: By, URI and DNS without quotes, URI also when there is none. */
static void encode_xfcc(struct made *made, const mtlsauth_chain *chain)
{
    const mtlsauth_cert *leaf = mtlsauth_chain_cert(chain, 0);

    add_text(made, "By=spiffe://edge.example/a?b=c;By=spiffe://edge.example/d;Hash=");
    add_text(made, mtlsauth_cert_sha256_hex(leaf));
    add_text(made, ";Cert=\"");
    add_escaped_pem(made, leaf, "-._~");
    add_text(made, "\";Chain=\"");
    for (size_t i = 0; i < mtlsauth_chain_count(chain); i++)
        add_escaped_pem(made, mtlsauth_chain_cert(chain, i), "-._~");
    add_text(made,
             "\";Subject=\"CN=a\\\\\\\"b,O=c;d\";URI=;DNS=example.com;DNS=client.example.com");
}

/* What the client wrote, and what Envoy appended. */
static void encode_xfcc_forged(struct made *made, const mtlsauth_chain *chain)
{
    mtlsauth_chain *device = data_chain("device.pem");

    encode_xfcc(made, device);
    add_text(made, ", ");
    encode_xfcc(made, chain);
    mtlsauth_chain_free(device);
}

/* The formats that take a text of one certificate, as bits. */
#define BY(format) (1U << MTLSAUTH_FORMAT_##format)
#define PEM_TEXT (BY(AUTO) | BY(PEM) | BY(NGINX_OLD))
#define ESCAPED (BY(NGINX) | BY(ALB))
#define BASE64 (BY(HAPROXY) | BY(TRAEFIK))

static const struct {
    const char *name;
    void (*encode)(struct made *made, const mtlsauth_chain *chain);
    int format;
    bool leaf_only;
    unsigned int taken_by;
} encoders[] = {
    {"PEM", encode_pem, MTLSAUTH_FORMAT_PEM, false, PEM_TEXT},
    {"AUTO", encode_pem, MTLSAUTH_FORMAT_AUTO, false, PEM_TEXT},
    {"DER", encode_der, MTLSAUTH_FORMAT_DER, true, BY(AUTO) | BY(DER)},
    {"nginx", encode_nginx, MTLSAUTH_FORMAT_NGINX, true, ESCAPED},
    {"nginx of old", encode_nginx_old, MTLSAUTH_FORMAT_NGINX_OLD, true, BY(NGINX_OLD)},
    {"ALB", encode_alb, MTLSAUTH_FORMAT_ALB, false, ESCAPED},
    {"HAProxy", encode_haproxy, MTLSAUTH_FORMAT_HAPROXY, true, BASE64},
    {"Traefik", encode_traefik, MTLSAUTH_FORMAT_TRAEFIK, false, BASE64},
    {"Traefik of old", encode_traefik_old, MTLSAUTH_FORMAT_TRAEFIK, false, BY(TRAEFIK)},
    {"RFC 9440", encode_rfc9440, MTLSAUTH_FORMAT_RFC9440, true, BY(RFC9440)},
    {"XFCC", encode_xfcc, MTLSAUTH_FORMAT_XFCC, false, BY(XFCC)},
    {"XFCC, prepended", encode_xfcc_forged, MTLSAUTH_FORMAT_XFCC, false, BY(XFCC)},
};

static mtlsauth_authorizer *make_authorizer(const char *truststore_name)
{
    mtlsauth_truststore *truststore = data_truststore(truststore_name);
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer;

    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return authorizer;
}

static mtlsauth_chain *leaf_of(const mtlsauth_chain *chain)
{
    size_t len;
    const void *der = mtlsauth_cert_der(mtlsauth_chain_cert(chain, 0), &len);
    mtlsauth_chain *leaf;

    ASSERT_OK("leaf", mtlsauth_chain_from_der(&leaf, &der, &len, 1));
    return leaf;
}

static void check_same_decision(const char *row, const mtlsauth_decision *got,
                                const mtlsauth_decision *want)
{
    ASSERT_INT(row, mtlsauth_decision_code(got), mtlsauth_decision_code(want));
    ASSERT_TEXT(row, mtlsauth_decision_message(got), mtlsauth_decision_message(want));
    ASSERT_INT(row, mtlsauth_decision_depth(got), mtlsauth_decision_depth(want));
    ASSERT_INT(row, mtlsauth_decision_path_count(got), mtlsauth_decision_path_count(want));
    for (size_t i = 0; i < mtlsauth_decision_path_count(want); i++)
        ASSERT_TEXT(row, mtlsauth_cert_sha256_hex(mtlsauth_decision_path_cert(got, i)),
                    mtlsauth_cert_sha256_hex(mtlsauth_decision_path_cert(want, i)));
}

static void check_round_trip(mtlsauth_authorizer *authorizer, const char *file)
{
    mtlsauth_chain *whole = data_chain(file), *leaf = leaf_of(whole);
    mtlsauth_decision *got, *want;

    ASSERT_OK(file, mtlsauth_decision_new(&got));
    ASSERT_OK(file, mtlsauth_decision_new(&want));
    for (size_t i = 0; i < COUNT_OF(encoders); i++) {
        mtlsauth_chain *chain = encoders[i].leaf_only ? leaf : whole;
        struct made made = {0};
        char row[200];

        snprintf(row, sizeof row, "%s as %s", file, encoders[i].name);
        encoders[i].encode(&made, chain);
        ASSERT_INT(
            row, mtlsauth_authorize_text(authorizer, made.text, made.len, encoders[i].format, got),
            mtlsauth_authorize(authorizer, chain, want));
        check_same_decision(row, got, want);
        drop(&made);
    }
    mtlsauth_decision_free(got);
    mtlsauth_decision_free(want);
    mtlsauth_chain_free(leaf);
    mtlsauth_chain_free(whole);
}

/* Base64 with and without padding, "+" and "/"; allowed, and denied for several reasons. */
START_TEST(round_trip)
{
    static const char *const files[] = {
        "two-names.pem",       "chain.pem",      "rsa2048.pem",
        "ed25519.pem",         "unicode-dn.pem", "expired.pem",
        "other-ca-client.pem", "long-chain.pem", "nc-chain.pem",
        "apigw/my_client.pem", "uri.pem",
    };
    mtlsauth_authorizer *authorizer = make_authorizer("root.pem");

    for (size_t i = 0; i < COUNT_OF(files); i++)
        check_round_trip(authorizer, files[i]);
    mtlsauth_authorizer_free(authorizer);
}
END_TEST

START_TEST(two_headers_of_rfc9440)
{
    mtlsauth_chain *want = data_chain("chain.pem"), *chain;
    size_t len;
    char *leaf = data_read("header.rfc9440", &len),
         *others = data_read("header.rfc9440-chain", &len);
    struct made twice = {0};
    const char *parts[] = {leaf, others};

    ASSERT_OK("both", mtlsauth_chain_parse_parts(&chain, parts, 2, NULL));
    ASSERT_INT("both", mtlsauth_chain_count(chain), 2);
    for (size_t i = 0; i < 2; i++)
        ASSERT_TEXT("both", mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(chain, i)),
                    mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(want, i)));
    mtlsauth_chain_free(chain);
    /* A field with several lines is joined, with white space or without (RFC 9110 5.3). */
    add_text(&twice, others);
    add_text(&twice, " , ");
    add_text(&twice, others);
    parts[1] = twice.text;
    ASSERT_OK("twice", mtlsauth_chain_parse_parts(&chain, parts, 2, NULL));
    ASSERT_INT("twice", mtlsauth_chain_count(chain), 2);
    mtlsauth_chain_free(chain);
    parts[1] = leaf;
    ASSERT_OK("leaf again", mtlsauth_chain_parse_parts(&chain, parts, 2, NULL));
    ASSERT_INT("leaf again", mtlsauth_chain_count(chain), 1);
    mtlsauth_chain_free(chain);
    /* So proxies send it that set both headers. */
    for (size_t i = 0; i < 2; i++) {
        parts[1] = i == 0 ? "" : " \t";
        ASSERT_OK("no others", mtlsauth_chain_parse_parts(&chain, parts, 2, NULL));
        ASSERT_INT("no others", mtlsauth_chain_count(chain), 1);
        mtlsauth_chain_free(chain);
    }
    parts[0] = twice.text;
    parts[1] = NULL;
    ASSERT_CODE("two leaves", mtlsauth_chain_parse_parts(&chain, parts, 2, NULL),
                MTLSAUTH_ERR_PARSE);
    ASSERT_SAYS("two leaves", mtlsauth_last_error(), "Client-Cert holds one certificate");
    drop(&twice);
    free(leaf);
    free(others);
    mtlsauth_chain_free(want);
}
END_TEST

/*
 * Fills in a template: @P and @Q are percent-encoded PEM of two certificates, @B and @C their
 * base64, @T the first one with TABs, @H its hash, @0 a NUL, @M a megabyte.
 */
static void expand(struct made *made, const char *template, const mtlsauth_cert *a,
                   const mtlsauth_cert *b)
{
    for (; *template != '\0'; template ++) {
        if (*template != '@') {
            add(made, template, 1);
            continue;
        }
        switch (*++template) {
        case 'P':
            add_escaped_pem(made, a, "-._~");
            break;
        case 'Q':
            add_escaped_pem(made, b, "-._~");
            break;
        case 'B':
            add_base64(made, a);
            break;
        case 'C':
            add_base64(made, b);
            break;
        case 'T':
            add_pem(made, a, "\n\t");
            break;
        case 'H':
            add_text(made, mtlsauth_cert_sha256_hex(a));
            break;
        case '0':
            add(made, "", 1);
            break;
        case 'M':
            for (size_t i = 0; i < (1U << 20); i += 64)
                add_text(made, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
            break;
        default:
            ck_abort_msg("no such letter");
        }
    }
}

START_TEST(hostile)
{
    enum {
        NGINX = MTLSAUTH_FORMAT_NGINX,
        OLD = MTLSAUTH_FORMAT_NGINX_OLD,
        ALB = MTLSAUTH_FORMAT_ALB,
        HAPROXY = MTLSAUTH_FORMAT_HAPROXY,
        TRAEFIK = MTLSAUTH_FORMAT_TRAEFIK,
        RFC9440 = MTLSAUTH_FORMAT_RFC9440,
        XFCC = MTLSAUTH_FORMAT_XFCC
    };
    static const struct {
        const char *name;
        int format;
        const char *header;
        const char *says;
        bool is_limit;
    } rows[] = {
        {"nginx: two certificates", NGINX, "@P@Q", "2 certificates where one is expected", false},
        {"nginx: second value", NGINX, "@P,@Q", "a second value: the header was sent twice", false},
        {"nginx: second value, spaced", NGINX, "@P, @Q", "a second value", false},
        {"nginx: the same twice", NGINX, "@P@P", "2 certificates where one is expected", false},
        {"nginx: text behind", NGINX, "@Px", "text beside the certificates", false},
        {"nginx: text in front", NGINX, "x%0A@P", "text beside the certificates", false},
        {"nginx: not encoded", NGINX, "@T", "not percent-encoded text", false},
        {"nginx: a space", NGINX, "@P ", "not percent-encoded text", false},
        {"nginx: cut escape", NGINX, "@P%0", "not percent-encoded text", false},
        {"nginx: bad escape", NGINX, "@P%0g", "not percent-encoded text", false},
        {"nginx: escaped NUL", NGINX, "@P%00", "not percent-encoded text", false},
        {"nginx: NUL", NGINX, "@P@0@Q", "a NUL in the value of a header", false},
        {"nginx: cut off", NGINX, "-----BEGIN%20CERTIFICATE-----%0AMII", "has no END line", false},
        {"nginx: another block", NGINX, "-----BEGIN%20X-----%0AAA%0A-----END%20X-----",
         "unknown label", false},
        {"nginx: nothing", NGINX, "%0A", "there is no certificate in it", false},
        {"nginx: 1 MB", NGINX, "@M", "the limit is 262144 bytes", true},
        {"nginx of old: two certificates", OLD, "@T@T", "a second certificate where one", false},
        {"nginx of old: second value", OLD, "@T,@T", "a second certificate where one", false},
        {"nginx of old: NUL", OLD, "@T@0", "a NUL in the value of a header", false},
        {"nginx of old: text in front", OLD, "x@T", "not one PEM certificate", false},
        {"nginx of old: escaped", OLD, "@P", "not one PEM certificate", false},
        {"nginx of old: nothing", OLD, "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
         "not a certificate", false},
        {"ALB: second value", ALB, "@P,@Q", "a second value: the header was sent twice", false},
        {"ALB: plus for a space", ALB,
         "-----BEGIN+CERTIFICATE-----%0AAA%0A-----END+CERTIFICATE-----", "", false},
        {"ALB: NUL", ALB, "@0@P", "position 0: a NUL", false},
        {"HAProxy: two certificates", HAPROXY, "@B@C", "", false},
        {"HAProxy: second value", HAPROXY, "@B,@C", "a second value, where one", false},
        {"HAProxy: NUL", HAPROXY, "@B@0", "a NUL in the value of a header", false},
        {"HAProxy: PEM", HAPROXY, "@T", "not valid base64", false},
        {"HAProxy: URL-safe", HAPROXY, "_-@B", "not valid base64", false},
        {"HAProxy: a newline", HAPROXY, "@B\n", "not valid base64", false},
        {"HAProxy: 1 MB", HAPROXY, "@M", "the limit is 262144 bytes", true},
        {"Traefik: empty element", TRAEFIK, "@B,,@C", "certificate 2 is empty", false},
        {"Traefik: comma at the end", TRAEFIK, "@B,", "certificate 2 is empty", false},
        {"Traefik: joined by another", TRAEFIK, "@B, @C", "not valid base64", false},
        {"Traefik: half encoded", TRAEFIK, "%2B+", "in a text that is URL-encoded", false},
        {"Traefik: two clients", TRAEFIK, "@B,@C,@B", "certificate 2 is not of a CA", false},
        {"RFC 9440: second value", RFC9440, ":@B:, :@C:", "a second value; Client-Cert", false},
        {"RFC 9440: no colons", RFC9440, "@B", "not a byte sequence", false},
        {"RFC 9440: one colon", RFC9440, ":", "not a byte sequence", false},
        {"RFC 9440: parameter", RFC9440, ":@B:;a=1", "not a byte sequence", false},
        {"RFC 9440: empty", RFC9440, "::", "certificate 1 is empty", false},
        {"RFC 9440: NUL", RFC9440, ":@B:@0", "a NUL in the value of a header", false},
        {"XFCC: two certificates", XFCC, "Cert=\"@P@Q\"", "2 certificates where one", false},
        {"XFCC: Cert twice", XFCC, "Cert=\"@P\";Cert=\"@Q\"", "a key is there twice", false},
        {"XFCC: Cert twice, other case", XFCC, "Cert=\"@P\";cERT=\"@Q\"", "there twice", false},
        {"XFCC: another Hash", XFCC, "Hash=@H;Cert=\"@Q\"", "Hash is not that of", false},
        {"XFCC: short Hash", XFCC, "Hash=00;Cert=\"@P\"", "Hash is not that of", false},
        {"XFCC: Chain of another", XFCC, "Cert=\"@P\";Chain=\"@Q\"", "does not begin with Cert",
         false},
        {"XFCC: the client's alone", XFCC, "Cert=\"@P\",Hash=@H", "neither Cert nor Chain", false},
        {"XFCC: empty Cert", XFCC, "Cert=\"\"", "Cert is empty", false},
        {"XFCC: open quote", XFCC, "Cert=\"@P", "a quote is not closed", false},
        {"XFCC: open quote of the client", XFCC, "Subject=\"x,Cert=\"@P\"",
         "something follows a closing quote", false},
        {"XFCC: escaped end", XFCC, "Cert=\"@P\\\"", "a quote is not closed", false},
        {"XFCC: backslash at the end", XFCC, "Cert=\"@P\\", "a quote is not closed", false},
        {"XFCC: quote inside", XFCC, "By=a\"b;Cert=\"@P\"", "a quote inside of a value", false},
        {"XFCC: no key", XFCC, "=x", "a key and \"=\" are expected", false},
        {"XFCC: no value", XFCC, "Cert", "a key and \"=\" are expected", false},
        {"XFCC: semicolon at the end", XFCC, "Cert=\"@P\";", "a key and \"=\" are expected", false},
        {"XFCC: comma at the end", XFCC, "Cert=\"@P\",", "a key and \"=\" are expected", false},
        {"XFCC: NUL", XFCC, "Cert=\"@P\"@0", "a NUL in the value of a header", false},
        {"XFCC: not a certificate in front", XFCC, "Cert=\"x\",Cert=\"@P\"",
         "an element in front of the last", false},
        /* What Envoy without cert and chain writes of a URI with a comma; and with a certificate in
         * the URI, which is not that of the Hash. */
        {"XFCC: made of a URI", XFCC, "Hash=00;URI=spiffe://x/,Hash=@H;Cert=\"@P\"",
         "an element in front of the last: x-forwarded-client-cert: neither Cert nor Chain", false},
        {"XFCC: made of a DNS name", XFCC, "Hash=00;URI=;DNS=x,Cert=\"@P\"", "neither Cert nor",
         false},
        {"XFCC: Subject in front", XFCC, "Subject=\"x\",Cert=\"@P\"", "neither Cert nor", false},
        {"XFCC: made of a URI with Cert", XFCC, "Hash=00;URI=x;Cert=\"@Q\",Hash=@H;Cert=\"@P\"",
         "Hash is not that of", false},
        {"XFCC: made of a URI with Chain", XFCC, "Hash=00;URI=x;Chain=\"@Q\",Cert=\"@P\"",
         "Hash is not that of", false},
        {"XFCC: made of a URI, another Cert", XFCC, "Chain=\"@Q\";URI=x;Cert=\"@P\",Cert=\"@P\"",
         "does not begin with Cert", false},
        {"XFCC: empty Cert in front", XFCC, "URI=x;Cert=\"\",Cert=\"@P\"", "Cert is empty", false},
        {"XFCC: empty Chain in front", XFCC, "URI=x;Chain=,Cert=\"@P\"", "Chain is empty", false},
        {"XFCC: empty Chain", XFCC, "Chain=\"\"", "Chain is empty", false},
        {"XFCC: 1 MB", XFCC, "@M", "the limit is 262144 bytes", true},
        {"XFCC: not XFCC", XFCC, "@B", "a key and \"=\" are expected", false},
    };
    mtlsauth_cert *a = data_cert("two-names.pem"), *b = data_cert("device.pem");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct made made = {0};
        mtlsauth_chain *chain = NULL;

        expand(&made, rows[i].header, a, b);
        ASSERT_CODE(rows[i].name,
                    mtlsauth_chain_parse(&chain, made.text, made.len, rows[i].format, NULL),
                    rows[i].is_limit ? MTLSAUTH_ERR_LIMIT : MTLSAUTH_ERR_PARSE);
        ASSERT_TRUE(rows[i].name, chain == NULL);
        ASSERT_SAYS(rows[i].name, mtlsauth_last_error(), rows[i].says);
        drop(&made);
    }
    mtlsauth_cert_free(a);
    mtlsauth_cert_free(b);
}
END_TEST

/*
 * Envoy does not quote a URI: one with a comma in it would let a client write the last element, and
 * be whoever it likes. Behind an address of three octets, too, which Envoy passes over.
 */
START_TEST(xfcc_element_made_of_a_uri)
{
    static const char *const uris[] = {"spiffe://a.example/b,Cert=c", "spiffe://a.example/b;Cert=c",
                                       "spiffe://a.example/\"b"};

    for (size_t i = 0; i < 2 * COUNT_OF(uris); i++) {
        const char *uri = uris[i / 2];
        const struct der_san sans[] = {{0x86, uri, strlen(uri), 0}, {0x87, "\x0a\x00\x01", 3, 0},
                                       {0x86, uri, strlen(uri), 0}};
        bool behind = i % 2 == 1;
        struct forged forged = {0};
        mtlsauth_chain *attacker, *victim = data_chain("two-names.pem"), *chain;
        struct made made = {0};

        forged_add(&forged, &(struct forge){.subject = "x", .issuer = "y",
                                            .sans = behind ? sans + 1 : sans,
                                            .san_count = behind ? 2 : 1});
        attacker = forged_chain(&forged, 0);
        encode_xfcc(&made, attacker);
        ASSERT_OK(uri,
                  mtlsauth_chain_parse(&chain, made.text, made.len, MTLSAUTH_FORMAT_XFCC, NULL));
        mtlsauth_chain_free(chain);
        add_text(&made, ",");
        encode_xfcc(&made, victim);
        ASSERT_CODE(uri,
                    mtlsauth_chain_parse(&chain, made.text, made.len, MTLSAUTH_FORMAT_XFCC, NULL),
                    MTLSAUTH_ERR_PARSE);
        ASSERT_SAYS(uri, mtlsauth_last_error(), "where its element ends cannot be told");
        drop(&made);
        mtlsauth_chain_free(attacker);
        mtlsauth_chain_free(victim);
        forged_drop(&forged);
    }
}
END_TEST

/* The formats that take the text of another are those of the table; to them it is the same certificate. */
START_TEST(no_format_gives_another_certificate)
{
    mtlsauth_chain *want = data_chain("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(encoders); i++) {
        struct made made = {0};

        encoders[i].encode(&made, want);
        for (int format = MTLSAUTH_FORMAT_AUTO; format <= MTLSAUTH_FORMAT_XFCC; format++) {
            bool taken = (encoders[i].taken_by & 1U << format) != 0;
            mtlsauth_chain *chain = NULL;
            char row[64];

            snprintf(row, sizeof row, "%s as format %d", encoders[i].name, format);
            ASSERT_CODE(row, mtlsauth_chain_parse(&chain, made.text, made.len, format, NULL),
                        taken ? MTLSAUTH_OK : MTLSAUTH_ERR_PARSE);
            if (taken)
                ASSERT_TEXT(row, mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(chain, 0)),
                            mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(want, 0)));
            mtlsauth_chain_free(chain);
        }
        drop(&made);
    }
    mtlsauth_chain_free(want);
}
END_TEST

/* Every header, cut off at every place, and with every byte of its beginning and end replaced. */
START_TEST(cut_and_bent)
{
    mtlsauth_chain *whole = data_chain("two-names.pem");

    for (size_t i = 3; i < COUNT_OF(encoders); i++) {
        struct made made = {0};
        mtlsauth_chain *chain;

        encoders[i].encode(&made, whole);
        for (size_t len = 1; len < made.len; len++) {
            char *exact = malloc(len);

            ck_assert_ptr_nonnull(exact);
            memcpy(exact, made.text, len);
            if (mtlsauth_chain_parse(&chain, exact, len, encoders[i].format, NULL) == MTLSAUTH_OK) {
                ASSERT_INT(encoders[i].name, mtlsauth_chain_count(chain), 1);
                mtlsauth_chain_free(chain);
            }
            free(exact);
        }
        drop(&made);
    }
    mtlsauth_chain_free(whole);
}
END_TEST

UNIT_MAIN("formats", round_trip, two_headers_of_rfc9440, hostile, xfcc_element_made_of_a_uri,
          no_format_gives_another_certificate, cut_and_bent)
