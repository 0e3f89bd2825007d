/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cert/pem_cert.h"

START_TEST(kinds)
{
    static const struct {
        const char *label;
        enum pem_kind kind;
        const char *says; /* where a certificate is expected */
    } rows[] = {
        {"CERTIFICATE", PEM_CERTIFICATE, "this is a CERTIFICATE"},
        {"X509 CERTIFICATE", PEM_CERTIFICATE, "this is a X509 CERTIFICATE"},
        {"TRUSTED CERTIFICATE", PEM_CERTIFICATE_LIKE, "unknown label \"TRUSTED CERTIFICATE\""},
        {"certificate", PEM_CERTIFICATE_LIKE, "unknown label \"certificate\""},
        {"CERTIFICATE ", PEM_CERTIFICATE_LIKE, "unknown label"},
        {"PKCS7", PEM_CERTIFICATE_LIKE, "unknown label"},
        {"CMS", PEM_CERTIFICATE_LIKE, "unknown label"},
        {"", PEM_CERTIFICATE_LIKE, "unknown label \"\""},
        {"\x1b[31m", PEM_CERTIFICATE_LIKE, "unknown label \"?[31m\""},
        {"A LABEL THAT IS LONGER THAN ANYBODY WOULD WRITE IT", PEM_CERTIFICATE_LIKE,
         "unknown label \"A LABEL THAT IS LONGER THAN ANYBODY WOUL\""},
        {"PRIVATE KEY", PEM_PRIVATE_KEY, "this is a private key (PRIVATE KEY)"},
        {"RSA PRIVATE KEY", PEM_PRIVATE_KEY, "this is a private key"},
        {"ENCRYPTED PRIVATE KEY", PEM_PRIVATE_KEY, "this is a private key"},
        {"OPENSSH PRIVATE KEY", PEM_PRIVATE_KEY, "this is a private key"},
        {"openssh private key", PEM_PRIVATE_KEY, "this is a private key"},
        {"CERTIFICATE REQUEST", PEM_HARMLESS, "this is a CERTIFICATE REQUEST"},
        {"X509 CRL", PEM_HARMLESS, "this is a X509 CRL"},
        {"PUBLIC KEY", PEM_HARMLESS, "this is a PUBLIC KEY"},
        {"DH PARAMETERS", PEM_HARMLESS, "this is a DH PARAMETERS"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct pem_block block = {.label = span_of_text(rows[i].label), .line = 7};

        ASSERT_INT(rows[i].label, mtlsauth__pem_kind(block.label), rows[i].kind);
        ASSERT_INT(rows[i].label, mtlsauth__pem_wrong_kind(&block), MTLSAUTH_ERR_PARSE);
        ASSERT_SAYS(rows[i].label, mtlsauth_last_error(), "line 7: ");
        ASSERT_SAYS(rows[i].label, mtlsauth_last_error(), rows[i].says);
    }
}
END_TEST

START_TEST(one_certificate)
{
    size_t len;
    char *pem = data_read("two-names.pem", &len), text[8192];
    static const struct {
        const char *name, *before, *after;
        int code;
        const char *says;
    } rows[] = {
        {"alone", "", "", MTLSAUTH_OK, ""},
        {"text around it", "subject=CN = x\n\n", "that was it\n", MTLSAUTH_OK, ""},
        {"its key behind it", "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
         MTLSAUTH_ERR_PARSE, "a second block"},
        {"its key in front", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "",
         MTLSAUTH_ERR_PARSE, "line 1: this is a private key"},
        {"half a block behind it", "", "-----BEGIN CERTIFICATE-----\nAAAA\n", MTLSAUTH_ERR_PARSE,
         "has no END line"},
        {"text in front of BEGIN", "x", "", MTLSAUTH_ERR_PARSE, "line 1: text in front of"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert = NULL;

        snprintf(text, sizeof text, "%s%s%s", rows[i].before, pem, rows[i].after);
        ASSERT_CODE(rows[i].name, mtlsauth_cert_parse(&cert, text, strlen(text)), rows[i].code);
        if (rows[i].code != MTLSAUTH_OK)
            ASSERT_SAYS(rows[i].name, mtlsauth_last_error(), rows[i].says);
        mtlsauth_cert_free(cert);
    }
    free(pem);
}
END_TEST

START_TEST(line_of_what_is_wrong)
{
    static const char text[] = "x\ny\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    mtlsauth_cert *cert;

    ASSERT_CODE("empty", mtlsauth_cert_parse(&cert, text, strlen(text)), MTLSAUTH_ERR_PARSE);
    ck_assert_str_eq(mtlsauth_last_error(),
                     "line 3: not a certificate: its parts are not those of a certificate");
}
END_TEST

UNIT_MAIN("pem cert", kinds, one_certificate, line_of_what_is_wrong)
