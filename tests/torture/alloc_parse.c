/* SPDX-License-Identifier: MIT */
/* Certificates and chains, in every form; rules and keys that they are compared with. */
#include "alloc.h"

static struct file chain_pem, header, two_names, private_key, csr, sequence;

static const struct {
    struct file *file;
    const char *name;
} all_files[] = {
    {&chain_pem, "chain.pem"},     {&header, "header.xfcc-forged"},
    {&two_names, "two-names.pem"}, {&private_key, "two-names.sec1.key"},
    {&csr, "two-names.csr"},
    {&sequence, "header.rfc9440"},
};

static size_t parse_chain(void)
{
    mtlsauth_chain *chain = NULL;
    size_t count;

    arm();
    last_code =
        mtlsauth_chain_parse(&chain, chain_pem.bytes, chain_pem.len, MTLSAUTH_FORMAT_PEM, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(chain == NULL || mtlsauth_chain_count(chain) == 2);
    if (chain != NULL)
        expect_usual(0, said_by_chain(chain));
    mtlsauth_chain_free(chain);
    return count;
}

/* What each proxy hands over. */
static const struct {
    const char *name;
    int format;
    size_t count;
} headers[] = {
    {"chain.pem", MTLSAUTH_FORMAT_PEM, 2},
    {"header.nginx", MTLSAUTH_FORMAT_NGINX, 1},
    {"header.nginx-old", MTLSAUTH_FORMAT_NGINX_OLD, 1},
    {"header.alb", MTLSAUTH_FORMAT_ALB, 1},
    {"header.haproxy", MTLSAUTH_FORMAT_HAPROXY, 1},
    {"header.traefik", MTLSAUTH_FORMAT_TRAEFIK, 1},
    {"header.rfc9440", MTLSAUTH_FORMAT_RFC9440, 1},
    {"header.xfcc", MTLSAUTH_FORMAT_XFCC, 1},
    {"chain.pem", MTLSAUTH_FORMAT_AUTO, 2},
};

static struct file header_texts[COUNT_OF(headers)];

/* All formats in one row of allocations. */
static size_t parse_formats(void)
{
    mtlsauth_chain *chains[COUNT_OF(headers)] = {NULL};
    int codes[COUNT_OF(headers)];
    size_t count;

    arm();
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        codes[i] = mtlsauth_chain_parse(&chains[i], header_texts[i].bytes, header_texts[i].len,
                                        headers[i].format, NULL);
    count = disarm();
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        scenario = headers[i].name;
        last_code = codes[i];
        EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
        EXPECT((chains[i] != NULL) == (last_code == MTLSAUTH_OK));
        EXPECT(chains[i] == NULL || mtlsauth_chain_count(chains[i]) >= headers[i].count);
        if (chains[i] != NULL)
            expect_usual(i, said_by_chain(chains[i]));
        mtlsauth_chain_free(chains[i]);
    }
    return count;
}

/* Envoy's header with a forged element in front, each certificate of which is read. */
static size_t parse_header(void)
{
    mtlsauth_chain *chain = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_chain_parse(&chain, header.bytes, header.len, MTLSAUTH_FORMAT_XFCC, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    if (chain != NULL)
        expect_usual(0, said_by_chain(chain));
    mtlsauth_chain_free(chain);
    return count;
}

/* A certificate and everything that it says of itself, by value: none is cut short. */
static size_t read_cert(void)
{
    static char usual[4096];
    mtlsauth_cert *cert = NULL;
    char said[4096] = "";
    size_t count, used = 0;
    int type;

    arm();
    last_code = mtlsauth_cert_parse(&cert, two_names.bytes, two_names.len);
    if (cert != NULL) {
        used =
            (size_t)snprintf(said, sizeof said, "%s %s %s %s %s %s %s", mtlsauth_cert_subject(cert),
                             mtlsauth_cert_issuer(cert), mtlsauth_cert_serial_hex(cert),
                             mtlsauth_cert_sha256_hex(cert), mtlsauth_cert_spki_sha256_hex(cert),
                             mtlsauth_cert_key_text(cert), mtlsauth_cert_thumbprint(cert));
        for (size_t i = 0; i < mtlsauth_cert_san_count(cert); i++) {
            const char *value = "";

            if (mtlsauth_cert_san(cert, i, &type, &value) == MTLSAUTH_OK)
                used += (size_t)snprintf(said + used, sizeof said - used, " %s", value);
        }
    }
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((cert != NULL) == (last_code == MTLSAUTH_OK));
    if (cert != NULL) {
        if (fail_at == 0)
            memcpy(usual, said, sizeof usual);
        EXPECT(strcmp(usual, said) == 0);
        EXPECT(mtlsauth_cert_thumbprint_equal(cert, mtlsauth_cert_thumbprint(cert)) == 1);
        expect_usual(0, said_by_cert(cert));
    }
    mtlsauth_cert_free(cert);
    return count;
}

/* DER, as a chain of parts and as text. */
static size_t parse_der(void)
{
    mtlsauth_chain *usual = chain_of(&two_names), *chain = NULL, *parsed = NULL;
    size_t len, count;
    const void *der = mtlsauth_cert_der(mtlsauth_chain_cert(usual, 0), &len);
    int code;

    arm();
    last_code = mtlsauth_chain_from_der(&chain, &der, &len, 1);
    code = mtlsauth_chain_parse(&parsed, der, len, MTLSAUTH_FORMAT_DER, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    EXPECT((parsed != NULL) == (code == MTLSAUTH_OK));
    if (chain != NULL)
        expect_usual(0, said_by_chain(chain));
    if (parsed != NULL)
        expect_usual(1, said_by_chain(parsed));
    mtlsauth_chain_free(parsed);
    mtlsauth_chain_free(chain);
    mtlsauth_chain_free(usual);
    return count;
}

static size_t match_rule(void)
{
    mtlsauth_chain *chain = chain_of(&two_names);
    const mtlsauth_cert *cert = mtlsauth_chain_cert(chain, 0);
    int yes = 7, no = 7, second;
    size_t count;

    arm();
    last_code = mtlsauth_cert_matches(cert, "dns:*.example.com", &yes);
    second = mtlsauth_cert_matches(cert, "dns:other.example.com", &no);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(second == MTLSAUTH_OK || is_failure(second));
    EXPECT(yes == (last_code == MTLSAUTH_OK) && no == 0);
    mtlsauth_chain_free(chain);
    return count;
}

/* Files and parts, with limits of one's own. */
static size_t load_files(void)
{
    mtlsauth_truststore *truststore = NULL;
    mtlsauth_limits *limits = NULL;
    mtlsauth_chain *chain = NULL, *parts = NULL;
    mtlsauth_cert *cert = NULL;
    const char *const part[] = {sequence.bytes};
    char path[4096];
    size_t count;
    int code, parts_code;

    snprintf(path, sizeof path, "%s/root.pem", getenv("MTLSAUTH_TEST_DATA"));
    arm();
    last_code = mtlsauth_limits_new(&limits);
    if (last_code == MTLSAUTH_OK)
        last_code = mtlsauth_truststore_load_file(&truststore, path, limits);
    if (last_code == MTLSAUTH_OK)
        last_code = mtlsauth_chain_load_file(&chain, path, MTLSAUTH_FORMAT_PEM, limits);
    code = mtlsauth_cert_load_file(&cert, path);
    parts_code = mtlsauth_chain_parse_parts(&parts, part, 1, limits);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(code == MTLSAUTH_OK ? cert != NULL : is_failure(code) && cert == NULL);
    EXPECT(parts_code == MTLSAUTH_OK ? parts != NULL : is_failure(parts_code) && parts == NULL);
    if (chain != NULL)
        expect_usual(0, said_by_chain(chain));
    if (cert != NULL)
        expect_usual(1, said_by_cert(cert));
    if (parts != NULL)
        expect_usual(2, said_by_chain(parts));
    mtlsauth_chain_free(parts);
    mtlsauth_cert_free(cert);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    mtlsauth_limits_free(limits);
    return count;
}

static size_t match(const struct file *key)
{
    mtlsauth_chain *chain = chain_of(&two_names);
    size_t count;
    int yes = 7;

    arm();
    last_code =
        mtlsauth_cert_matches_key(mtlsauth_chain_cert(chain, 0), key->bytes, key->len, &yes, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(yes == (last_code == MTLSAUTH_OK));
    mtlsauth_chain_free(chain);
    return count;
}

static size_t match_private(void)
{
    return match(&private_key);
}

static size_t match_request(void)
{
    return match(&csr);
}

const struct scenario alloc_parse[] = {
    {"parse a chain", parse_chain},
    {"parse every format", parse_formats},
    {"parse a forged header", parse_header},
    {"parse DER", parse_der},
    {"read a certificate", read_cert},
    {"match a rule", match_rule},
    {"load files", load_files},
    {"match a private key", match_private},
    {"match a request", match_request},
    {NULL, NULL},
};

void alloc_parse_begin(void)
{
    for (size_t i = 0; i < COUNT_OF(all_files); i++)
        read_file(all_files[i].file, all_files[i].name);
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        read_file(&header_texts[i], headers[i].name);
}

void alloc_parse_end(void)
{
    for (size_t i = 0; i < COUNT_OF(all_files); i++)
        free(all_files[i].file->bytes);
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        free(header_texts[i].bytes);
}
