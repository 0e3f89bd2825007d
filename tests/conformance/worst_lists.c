/* SPDX-License-Identifier: MIT */
/* Clients whose CRL distribution points lead to as much as they can, and the lists they lead to. */
#include <openssl/x509.h>
#include "worst_build.h"

/* As many points as are looked at, and names in one. */
enum { POINTS = 64, NAMES = 64 };

/* A list of the root with this issuingDistributionPoint, which names nobody. */
static void write_list(FILE *out, const void *point, size_t len)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = X509_NAME_new();
    ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_OCTET_STRING *scope = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    EVP_PKEY *key = pki_key(1);

    require(ASN1_TIME_set_string(from, "251201000000Z") == 1 &&
                ASN1_TIME_set_string(until, "260201000000Z") == 1 &&
                ASN1_INTEGER_set(number, 1) == 1 &&
                ASN1_OCTET_STRING_set(scope, point, (int)len) == 1 &&
                X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Root",
                                           -1, -1, 0) == 1 &&
                X509_EXTENSION_create_by_NID(&extension, NID_issuing_distribution_point, 1,
                                             scope) != NULL &&
                X509_CRL_set_version(crl, 1) == 1 && X509_CRL_set_issuer_name(crl, name) == 1 &&
                X509_CRL_set1_lastUpdate(crl, from) == 1 &&
                X509_CRL_set1_nextUpdate(crl, until) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1 &&
                X509_CRL_add_ext(crl, extension, -1) == 1 && X509_CRL_sign(crl, key, NULL) > 0 &&
                PEM_write_X509_CRL(out, crl) == 1,
            "a list");
    EVP_PKEY_free(key);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(scope);
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_NAME_free(name);
    X509_CRL_free(crl);
}

/* The root and a leaf of it with these cRLDistributionPoints, which it gives back. */
static void write_chain(FILE *out, struct der_build *points)
{
    const struct pki_extension extension = {"\x55\x1d\x1f", false, (const char *)points->bytes,
                                            points->len};

    write_cert(out, &root);
    write_cert(out, &(struct pki_cert){.subject = "leaf", .issuer = "Root", .key = 3, .signer = 1,
                                       .extensions = &extension, .extension_count = 1});
    der_build_free(points);
}

/* A leaf with so many distribution points, each of as many names as are looked at, so long, and of
 * as many CRL issuers, which are once, or all, the root. */
static void
pointed(FILE *out, unsigned points, bool is_relative, bool all_are_root, const char *name)
{
    static const unsigned char indirect[] = {0x30, 0x03, 0x84, 0x01, 0xff};
    struct der_build list = {0};

    der_begin(&list, 0x30);
    for (unsigned i = 0; i < points; i++) {
        der_begin(&list, 0x30);
        der_begin(&list, 0xa0);
        if (is_relative) {
            der_begin(&list, 0xa1);
            der_begin(&list, 0x30);
            der_add(&list, 0x06, "\x55\x04\x03", 3);
            der_add(&list, 0x0c, name, strlen(name));
            der_end(&list);
            der_end(&list);
        } else {
            add_many(&list, 0xa0, NAMES, false, name);
        }
        der_end(&list);
        der_begin(&list, 0xa2);
        for (unsigned k = 0; k < NAMES; k++) {
            char word[16];
            int len = k == 0 || all_are_root ? snprintf(word, sizeof word, "cn:Root")
                                             : snprintf(word, sizeof word, "cn:L%u", k);

            pki_general_name(&list, word, (size_t)len);
        }
        der_end(&list);
        der_end(&list);
    }
    der_end(&list);
    write_chain(out, &list);
    write_list(out, indirect, sizeof indirect);
}

void points_of_long_names(FILE *out)
{
    static char name[1000];

    snprintf(name, sizeof name, "cn:%0*d#", 880, 0);
    pointed(out, 1, false, false, name);
}

void points_of_many_names(FILE *out)
{
    pointed(out, 28, false, false, "uri:#");
}

void points_of_one_issuer(FILE *out)
{
    pointed(out, 34, false, true, "uri:#");
}

void points_below_many_issuers(FILE *out)
{
    static char name[LONG_NAME + 1];

    memset(name, 'A', LONG_NAME);
    pointed(out, 1, true, false, name);
}

/* A fullName of one URI, so many times, and, in front of them, one of its own for each number. */
static void add_name(struct der_build *out, unsigned number, unsigned times)
{
    char own[24];
    int len = snprintf(own, sizeof own, "uri:%u", number);

    der_begin(out, 0xa0);
    der_begin(out, 0xa0);
    pki_general_name(out, own, (size_t)len);
    for (unsigned i = 0; i < times; i++)
        pki_general_name(out, "uri:a", 5);
    der_end(out);
    der_end(out);
}

/* Lists that have a name in common, which the leaf has as often as it is looked at. */
void points_of_many_lists(FILE *out)
{
    enum { LISTS = 60 };
    struct der_build points = {0};

    der_begin(&points, 0x30);
    for (unsigned i = 0; i < POINTS; i++) {
        der_begin(&points, 0x30);
        add_name(&points, LISTS, NAMES - 1);
        der_end(&points);
    }
    der_end(&points);
    write_chain(out, &points);
    for (unsigned i = 0; i < LISTS; i++) {
        struct der_build point = {0};

        der_begin(&point, 0x30);
        add_name(&point, i, 1);
        der_end(&point);
        write_list(out, point.bytes, point.len);
        der_build_free(&point);
    }
}
