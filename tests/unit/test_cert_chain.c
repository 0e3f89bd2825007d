/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cert/chain.h"

static int parse(const void *data, size_t len, int format, const mtlsauth_limits *limits,
                 size_t *count)
{
    mtlsauth_chain *chain = (mtlsauth_chain *)(void *)"not touched";
    int code = mtlsauth_chain_parse(&chain, data, len, format, limits);

    ck_assert((chain == NULL) == (code != MTLSAUTH_OK));
    *count = mtlsauth_chain_count(chain);
    mtlsauth_chain_free(chain);
    return code;
}

START_TEST(files)
{
    static const struct {
        const char *file;
        int format, code;
        size_t count;
        const char *says;
    } rows[] = {
        {"chain.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_OK, 2, ""},
        {"chain.pem", MTLSAUTH_FORMAT_PEM, MTLSAUTH_OK, 2, ""},
        {"chain.pem", MTLSAUTH_FORMAT_DER, MTLSAUTH_ERR_PARSE, 0, "not DER"},
        {"two-names.der", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_OK, 1, ""},
        {"two-names.der", MTLSAUTH_FORMAT_DER, MTLSAUTH_OK, 1, ""},
        {"two-names.der", MTLSAUTH_FORMAT_PEM, MTLSAUTH_ERR_PARSE, 0, "there is no certificate in it"},
        {"header.nginx", MTLSAUTH_FORMAT_NGINX, MTLSAUTH_OK, 1, ""},
        {"header.nginx", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0, "header.nginx: "},
        {"header.nginx", MTLSAUTH_FORMAT_HAPROXY, MTLSAUTH_ERR_PARSE, 0, "header.nginx: "},
        {"header.nginx-old", MTLSAUTH_FORMAT_NGINX_OLD, MTLSAUTH_OK, 1, ""},
        {"header.alb", MTLSAUTH_FORMAT_ALB, MTLSAUTH_OK, 2, ""},
        {"header.haproxy", MTLSAUTH_FORMAT_HAPROXY, MTLSAUTH_OK, 1, ""},
        {"header.traefik", MTLSAUTH_FORMAT_TRAEFIK, MTLSAUTH_OK, 2, ""},
        {"header.rfc9440", MTLSAUTH_FORMAT_RFC9440, MTLSAUTH_OK, 1, ""},
        {"header.xfcc", MTLSAUTH_FORMAT_XFCC, MTLSAUTH_OK, 1, ""},
        {"header.xfcc-forged", MTLSAUTH_FORMAT_XFCC, MTLSAUTH_OK, 1, ""},
        {"empty.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0, "empty: there is no certificate"},
        {"wrong-label.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0, "CERTIFICATE REQUEST"},
        {"two-names.key", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0, "this is a private key"},
        {"half-bundle.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0, "has no END line"},
        {"garbage.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_PARSE, 0,
         "certificate 2: line 23: not valid base64"},
        {"bundle-1000.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_LIMIT, 0, "larger than the limit"},
        {"many-san.pem", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_LIMIT, 0, "more than 1000 names"},
        {"not-there", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_IO, 0, "no such file"},
        {".", MTLSAUTH_FORMAT_AUTO, MTLSAUTH_ERR_IO, 0, "is a directory"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_chain *chain = NULL;
        char path[4096];

        data_path(path, rows[i].file);
        ASSERT_CODE(rows[i].file, mtlsauth_chain_load_file(&chain, path, rows[i].format, NULL),
                    rows[i].code);
        ASSERT_INT(rows[i].file, mtlsauth_chain_count(chain), rows[i].count);
        if (rows[i].code != MTLSAUTH_OK)
            ASSERT_SAYS(rows[i].file, mtlsauth_last_error(), rows[i].says);
        mtlsauth_chain_free(chain);
    }
}
END_TEST

/* n times the same certificate as PEM. */
static char *repeated(size_t n, size_t *len)
{
    char *pem = data_read("client.pem", len), *text = calloc(n, *len + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(text + i * *len, pem, *len);
    *len *= n;
    free(pem);
    return text;
}

START_TEST(of_limits)
{
    mtlsauth_limits *limits;
    size_t len, count, one;
    char *text = repeated(10, &len);

    one = len / 10;
    ASSERT_CODE("ten", parse(text, len, MTLSAUTH_FORMAT_PEM, NULL, &count), MTLSAUTH_OK);
    ck_assert_uint_eq(count, 10);
    free(text);
    text = repeated(11, &len);
    ASSERT_CODE("eleven", parse(text, len, MTLSAUTH_FORMAT_PEM, NULL, &count), MTLSAUTH_ERR_LIMIT);
    ASSERT_SAYS("eleven", mtlsauth_last_error(), "more than 10 certificates in the chain");
    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_chain_certificates(limits, 11));
    ASSERT_CODE("eleven of eleven", parse(text, len, MTLSAUTH_FORMAT_PEM, limits, &count), MTLSAUTH_OK);
    ASSERT_OK("limits", mtlsauth_limits_set_chain_bytes(limits, len - 1));
    ASSERT_CODE("one byte more", parse(text, len, MTLSAUTH_FORMAT_PEM, limits, &count),
                MTLSAUTH_ERR_LIMIT);
    ASSERT_SAYS("one byte more", mtlsauth_last_error(), "a chain of ");
    ASSERT_OK("limits", mtlsauth_limits_set_chain_bytes(limits, len));
    ASSERT_CODE("as many bytes", parse(text, len, MTLSAUTH_FORMAT_PEM, limits, &count), MTLSAUTH_OK);
    ASSERT_OK("limits", mtlsauth_limits_set_certificate_bytes(limits, 64));
    ASSERT_CODE("a large certificate", parse(text, one, MTLSAUTH_FORMAT_PEM, limits, &count),
                MTLSAUTH_ERR_LIMIT);
    ASSERT_SAYS("a large certificate", mtlsauth_last_error(), "the limit is 64 bytes");
    mtlsauth_limits_free(limits);
    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_names(limits, 1));
    free(text);
    text = data_read("two-names.pem", &len);
    ASSERT_CODE("a name too many", parse(text, len, MTLSAUTH_FORMAT_PEM, limits, &count),
                MTLSAUTH_ERR_LIMIT);
    ASSERT_SAYS("a name too many", mtlsauth_last_error(), "more than 1 names");
    mtlsauth_limits_free(limits);
    free(text);
}
END_TEST

/* CVE-2024-28835 and the like: 17, 33, 100 certificates. */
START_TEST(from_der)
{
    mtlsauth_cert *cert = data_cert("client.pem");
    mtlsauth_chain *chain;
    const void *ders[100];
    size_t lens[100];

    for (size_t i = 0; i < COUNT_OF(ders); i++)
        ders[i] = mtlsauth_cert_der(cert, &lens[i]);
    for (size_t n = 1; n <= COUNT_OF(ders); n++) {
        ASSERT_CODE("n", mtlsauth_chain_from_der(&chain, ders, lens, n),
                    n <= 10 ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
        ck_assert_uint_eq(mtlsauth_chain_count(chain), n <= 10 ? n : 0);
        mtlsauth_chain_free(chain);
    }
    lens[1]--;
    ASSERT_CODE("short", mtlsauth_chain_from_der(&chain, ders, lens, 3), MTLSAUTH_ERR_PARSE);
    ASSERT_SAYS("short", mtlsauth_last_error(), "certificate 2: not a certificate: ");
    ck_assert_ptr_null(chain);
    ders[2] = NULL;
    lens[1]++;
    ASSERT_CODE("NULL", mtlsauth_chain_from_der(&chain, ders, lens, 3), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_SAYS("NULL", mtlsauth_last_error(), "certificate 3 is NULL");
    ASSERT_CODE("none", mtlsauth_chain_from_der(&chain, ders, lens, 0), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(references)
{
    mtlsauth_chain *chain = data_chain("chain.pem");
    mtlsauth_cert *cert = mtlsauth_cert_ref(mtlsauth_chain_cert(chain, 1));

    ck_assert_ptr_eq(mtlsauth_chain_ref(chain), chain);
    mtlsauth_chain_free(chain);
    ck_assert_uint_eq(mtlsauth_chain_count(chain), 2);
    ck_assert_ptr_null(mtlsauth_chain_cert(chain, 2));
    mtlsauth_chain_free(chain);
    ck_assert_int_eq(mtlsauth_cert_is_ca(cert), 1);
    mtlsauth_cert_free(cert);
    ck_assert_ptr_null(mtlsauth_chain_ref(NULL));
}
END_TEST

START_TEST(arguments)
{
    mtlsauth_chain *chain;
    size_t count;

    ASSERT_CODE("out", mtlsauth_chain_parse(NULL, "x", 1, 0, NULL), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("data", mtlsauth_chain_parse(&chain, NULL, 1, 0, NULL), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("format", parse("x", 1, -1, NULL, &count), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_CODE("format", parse("x", 1, 10, NULL, &count), MTLSAUTH_ERR_ARGUMENT);
    ASSERT_SAYS("format", mtlsauth_last_error(), "there is no format 10");
}
END_TEST

/* A configuration's words; what is none of them leaves the number alone. */
START_TEST(formats_by_name)
{
    static const struct {
        const char *name;
        int format;
    } rows[] = {
        {"auto", MTLSAUTH_FORMAT_AUTO},       {"pem", MTLSAUTH_FORMAT_PEM},
        {"der", MTLSAUTH_FORMAT_DER},         {"nginx", MTLSAUTH_FORMAT_NGINX},
        {"alb", MTLSAUTH_FORMAT_ALB},         {"nginx-old", MTLSAUTH_FORMAT_NGINX_OLD},
        {"haproxy", MTLSAUTH_FORMAT_HAPROXY}, {"traefik", MTLSAUTH_FORMAT_TRAEFIK},
        {"xfcc", MTLSAUTH_FORMAT_XFCC},       {"rfc9440", MTLSAUTH_FORMAT_RFC9440},
    };
    static const char *const none[] = {"", "PEM", "pem ", "ngin", "nginx_old"};
    int format = 77;

    for (size_t i = 0; i < COUNT_OF(none); i++)
        ASSERT_INT(none[i], mtlsauth_format_from_name(none[i], &format), MTLSAUTH_ERR_NOT_FOUND);
    ck_assert_int_eq(mtlsauth_format_from_name(NULL, &format), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_format_from_name("pem", NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(format, 77);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].name, mtlsauth_format_from_name(rows[i].name, &format), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, format, rows[i].format);
    }
}
END_TEST

UNIT_MAIN("cert chain", files, of_limits, from_der, references, arguments, formats_by_name)
