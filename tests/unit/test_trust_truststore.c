/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "folder.h"
#include "trust/truststore.h"

static int load(const char *name, mtlsauth_truststore **truststore)
{
    char path[4096];

    data_path(path, name);
    *truststore = (mtlsauth_truststore *)(void *)path;
    return mtlsauth_truststore_load_file(truststore, path, NULL);
}

START_TEST(bundles)
{
    static const struct {
        const char *file;
        size_t count, roots;
    } rows[] = {
        {"root.pem", 1, 1},         {"bundle.pem", 3, 2},      {"crlf-bundle.pem", 3, 2},
        {"intermediate.pem", 1, 0}, {"two-names.der", 1, 0},   {"bundle-1000.pem", 1000, 1000},
        {"bad-bundle.pem", 9, 3},   {"explicit-params.pem", 1, 0}, {"v1-root.pem", 1, 1},
        {"clone-root.pem", 1, 1},   {"apigw/RootCA.pem", 1, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *truststore;

        ASSERT_OK(rows[i].file, load(rows[i].file, &truststore));
        ASSERT_INT(rows[i].file, mtlsauth_truststore_count(truststore), rows[i].count);
        ASSERT_INT(rows[i].file, mtlsauth__truststore_anchors(truststore, false), rows[i].roots);
        for (size_t k = 0; k < rows[i].count; k++)
            ASSERT_TRUE(rows[i].file, mtlsauth_truststore_cert(truststore, k) != NULL);
        ASSERT_TRUE(rows[i].file, mtlsauth_truststore_cert(truststore, rows[i].count) == NULL);
        mtlsauth_truststore_free(truststore);
    }
}
END_TEST

/* Of each the sentence is its own; nothing is half-loaded. */
START_TEST(bad_input_has_a_sentence_of_its_own)
{
    static const struct {
        const char *file;
        int code;
        const char *says;
    } rows[] = {
        {"empty.pem", MTLSAUTH_ERR_PARSE, "empty.pem: empty: there is no certificate in it"},
        {"not-there.pem", MTLSAUTH_ERR_IO, "not-there.pem: cannot be opened: no such file"},
        {".", MTLSAUTH_ERR_IO, ": cannot be read: is a directory, not a file"},
        {"root.pem/x", MTLSAUTH_ERR_IO, "a part of the path is not a directory"},
        {"half-bundle.pem", MTLSAUTH_ERR_PARSE,
         "half-bundle.pem: line 21: the block that begins here has no END line; the file may have "
         "been cut off"},
        {"wrong-label.pem", MTLSAUTH_ERR_PARSE,
         "wrong-label.pem: line 1: this is a CERTIFICATE REQUEST; there is no certificate in the "
         "file"},
        {"two-names.key", MTLSAUTH_ERR_PARSE,
         "two-names.key: line 1: this is a PRIVATE KEY; there is no certificate in the file"},
        {"garbage.pem", MTLSAUTH_ERR_PARSE,
         "garbage.pem: certificate 2: line 23: not valid base64"},
        {"bundle-1001.pem", MTLSAUTH_ERR_LIMIT, "certificate 1001: more than 1000 certificates"},
        {"too-big.pem", MTLSAUTH_ERR_LIMIT,
         "too-big.pem: larger than the limit of 1048576 bytes"},
        {"root-der.crl", MTLSAUTH_ERR_PARSE,
         "root-der.crl: no PEM (there is no -----BEGIN line), and as DER not a certificate: "},
        {"header.haproxy", MTLSAUTH_ERR_PARSE,
         "header.haproxy: no PEM (there is no -----BEGIN line), and as DER not a certificate: not "
         "DER, or cut off"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *truststore;

        ASSERT_CODE(rows[i].file, load(rows[i].file, &truststore), rows[i].code);
        ASSERT_TRUE(rows[i].file, truststore == NULL);
        ASSERT_SAYS(rows[i].file, mtlsauth_last_error(), rows[i].says);
        for (size_t k = 0; k < i; k++)
            ASSERT_TRUE(rows[i].file, strcmp(rows[i].says, rows[k].says) != 0);
    }
}
END_TEST

/* PEM of a file, with each boundary, which has five dashes twice, written otherwise. */
static char *with_dashes(const char *file, const char *dashes, const char *begin, const char *end)
{
    size_t len, at;
    char *pem = data_read(file, &len), *out = calloc(1, len + 256);
    char *body = strchr(strstr(pem, "-----BEGIN"), '\n') + 1;

    *strstr(body, "-----END") = '\0';
    at = (size_t)sprintf(out, "%s%s%s\n%s", dashes, begin, dashes, body);
    sprintf(out + at, "%s%s%s\n", dashes, end, dashes);
    free(pem);
    return out;
}

/* A certificate whose boundaries were spoiled is no text beside the others: with it, there is no
 * truststore. */
START_TEST(spoiled_boundaries)
{
    static const struct {
        const char *name, *dashes, *begin, *end, *says;
    } rows[] = {
        {"a blank", "-----", " BEGIN CERTIFICATE ", " END CERTIFICATE ", "not quite a -----BEGIN"},
        {"a TAB", "-----", "BEGIN\tCERTIFICATE", "END\tCERTIFICATE", "not quite a -----BEGIN"},
        {"a blank that is no ASCII", "-----", "BEGIN\xc2\xa0" "CERTIFICATE",
         "END\xc2\xa0" "CERTIFICATE", "not quite a -----BEGIN"},
        {"no blank", "-----", "BEGINCERTIFICATE", "ENDCERTIFICATE", "not quite a -----BEGIN"},
        {"small letters", "-----", "begin certificate", "end certificate",
         "not quite a -----BEGIN"},
        {"one dash", "-", "BEGIN CERTIFICATE", "END CERTIFICATE", "not quite a -----BEGIN"},
        {"two dashes", "--", "BEGIN CERTIFICATE", "END CERTIFICATE", "not quite -----BEGIN"},
        {"em dashes", "\xe2\x80\x94\xe2\x80\x94-", "BEGIN CERTIFICATE", "END CERTIFICATE",
         "not quite a -----BEGIN"},
        {"en dashes", "\xe2\x80\x93\xe2\x80\x93-", "BEGIN CERTIFICATE", "END CERTIFICATE",
         "not quite a -----BEGIN"},
        {"no dashes", "", "BEGIN CERTIFICATE", "END CERTIFICATE", "base64 outside of a block"},
        {"other signs", "=====", "BEGIN CERTIFICATE", "END CERTIFICATE",
         "base64 outside of a block"},
        {"no boundaries", "", "", "", "base64 outside of a block"},
    };
    size_t len;
    char *pem = data_read("root.pem", &len), text[16384];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *spoiled = with_dashes("other-root.pem", rows[i].dashes, rows[i].begin, rows[i].end);

        for (int behind = 0; behind <= 1; behind++) {
            mtlsauth_truststore *truststore;

            snprintf(text, sizeof text, "%s%s%s", pem, spoiled, behind ? pem : "");
            ASSERT_CODE(rows[i].name,
                        mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL),
                        MTLSAUTH_ERR_PARSE);
            ASSERT_TRUE(rows[i].name, truststore == NULL);
            ASSERT_SAYS(rows[i].name, mtlsauth_last_error(), rows[i].says);
        }
        free(spoiled);
    }
    free(pem);
}
END_TEST

/* What tools and people write beside certificates. */
START_TEST(honest_text)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"a bundle of curl",
         "##\n## Bundle of CA Root Certificates\n##\n## Certificate data from Mozilla as of: Tue\n"
         "##\n\nHigh-End Certificates & Co. Root\n=================================\n"},
        {"certifi",
         "# Issuer: CN=Back-End Certificate CA O=Example\n# Label: \"End Certificates\"\n"
         "# SHA256 Fingerprint: "
         "37:d5:10:06:c5:12:ea:ab:62:64:21:f1:ec:8c:92:01:3f:c5:f8:2a:e9:8e:e5:33:eb:46:19\n"},
        {"openssl x509 -text",
         "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Issuer: CN = MI\n"
         "                Modulus:\n                    00:b8:31:4d:49:49:43\n"
         "    Signature Algorithm: sha256WithRSAEncryption\n         4d:49:49:43:b8:31\n"},
        {"openssl pkcs12",
         "Bag Attributes\n    friendlyName: - end certificate of MII -\n"
         "    localKeyID: 4D 49 49 43\nsubject=/CN=Front-End Certificates\nissuer=/CN=a\n"},
        {"openssl s_client -showcerts",
         "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = a\n   i:CN = a\n"},
        {"a fingerprint in hexadecimal",
         "4D4949434D4949434D4949434D4949434D4949434D4949434D4949434D494943\n"},
        {"comments",
         "# BEGIN CERTIFICATE of the root\n; begin certificates\nBegin of the certificates\n"
         "---- end of the certificates ----\n"
         "//////////////////////////////////////////////////////////////////\n"},
    };
    size_t len, other_len;
    char *pem = data_read("root.pem", &len), *other = data_read("other-root.pem", &other_len);
    char text[16384];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *truststore;

        snprintf(text, sizeof text, "%s%s%s%s%s", rows[i].text, pem, rows[i].text, other,
                 rows[i].text);
        ASSERT_OK(rows[i].name, mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL));
        ASSERT_INT(rows[i].name, mtlsauth_truststore_count(truststore), 2);
        mtlsauth_truststore_free(truststore);
    }
    free(other);
    free(pem);
}
END_TEST

/* Everyone here is root, whom no mode keeps out: a child is nobody. */
START_TEST(unreadable)
{
    mtlsauth_truststore *truststore;
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 16];
    int status;
    FILE *file;
    pid_t pid;

    if (geteuid() != 0)
        return;
    folder_make(folder);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    snprintf(path, sizeof path, "%s/secret.pem", folder);
    file = fopen(path, "w");
    fputs("x", file);
    fclose(file);
    ck_assert_int_eq(chmod(path, 0600), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int code = setgid(65534) == 0 && setuid(65534) == 0
                       ? mtlsauth_truststore_load_file(&truststore, path, NULL)
                       : MTLSAUTH_OK;

        _exit(code == MTLSAUTH_ERR_IO && truststore == NULL &&
                      strstr(mtlsauth_last_error(), "permission denied") != NULL
                  ? 0
                  : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* The same text truncated at every length: as long as there is half a block, there is no store. */
START_TEST(truncated_at_every_length)
{
    size_t len, whole = 0;
    char *text = data_read("bundle.pem", &len);

    for (size_t n = 0; n <= len; n++) {
        mtlsauth_truststore *truststore;
        char *cut = malloc(n == 0 ? 1 : n);
        int code;

        if (n > 0)
            memcpy(cut, text, n);
        code = mtlsauth_truststore_parse(&truststore, cut, n, NULL);
        ck_assert((truststore == NULL) == (code != MTLSAUTH_OK));
        if (code == MTLSAUTH_OK) {
            /* What is there ends with a whole block. */
            ck_assert_uint_ge(mtlsauth_truststore_count(truststore), whole);
            whole = mtlsauth_truststore_count(truststore);
        }
        mtlsauth_truststore_free(truststore);
        free(cut);
    }
    ck_assert_uint_eq(whole, 3);
    free(text);
}
END_TEST

START_TEST(sizes)
{
    size_t len;
    char *pem = data_read("root.pem", &len), *text = malloc(1048578);
    mtlsauth_truststore *truststore;
    mtlsauth_limits *limits;

    memset(text, '#', 1048577);
    memcpy(text, pem, len);
    text[len] = '\n';
    ASSERT_OK("1 MiB", mtlsauth_truststore_parse(&truststore, text, 1048576, NULL));
    mtlsauth_truststore_free(truststore);
    ASSERT_CODE("1 MiB and 1", mtlsauth_truststore_parse(&truststore, text, 1048577, NULL),
                MTLSAUTH_ERR_LIMIT);
    ASSERT_SAYS("1 MiB and 1", mtlsauth_last_error(), "1048577 bytes; the limit is 1048576 bytes");
    ck_assert_ptr_null(truststore);
    free(text);
    free(pem);
    text = data_read("bundle.pem", &len);
    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_truststore_certificates(limits, 3));
    ASSERT_OK("three", mtlsauth_truststore_parse(&truststore, text, len, limits));
    mtlsauth_truststore_free(truststore);
    ASSERT_OK("limits", mtlsauth_limits_set_truststore_certificates(limits, 2));
    ASSERT_CODE("two", mtlsauth_truststore_parse(&truststore, text, len, limits), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(truststore);
    mtlsauth_limits_free(limits);
    free(text);
}
END_TEST

/* Blocks by the number of their file, put together with text between them. */
static mtlsauth_truststore *bundle_of(const char *const files[], size_t n, const char *between)
{
    mtlsauth_truststore *truststore;
    char *text = calloc(1, 65536);
    size_t len;

    for (size_t i = 0; i < n; i++) {
        char *pem = data_read(files[i], &len);

        strcat(strcat(text, pem), between);
        free(pem);
    }
    ASSERT_OK("bundle", mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL));
    free(text);
    return truststore;
}

START_TEST(digest_of_the_set)
{
    static const char *const files[][4] = {
        {"root.pem", "other-root.pem", "intermediate.pem", "root.pem"},
        {"intermediate.pem", "root.pem", "other-root.pem", "other-root.pem"},
        {"other-root.pem", "intermediate.pem", "root.pem", "intermediate.pem"},
    };
    mtlsauth_truststore *first = bundle_of(files[0], 3, ""), *other;
    unsigned char sha256[32];

    memcpy(sha256, mtlsauth_truststore_sha256(first), 32);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        for (size_t n = 3; n <= 4; n++) {
            other = bundle_of(files[i], n, "text\r\n\r\n");
            ck_assert_mem_eq(sha256, mtlsauth_truststore_sha256(other), 32);
            ck_assert_str_eq(mtlsauth_truststore_sha256_hex(first),
                             mtlsauth_truststore_sha256_hex(other));
            mtlsauth_truststore_free(other);
        }
        other = bundle_of(files[i], 2, "");
        ck_assert_mem_ne(sha256, mtlsauth_truststore_sha256(other), 32);
        mtlsauth_truststore_free(other);
    }
    mtlsauth_truststore_free(first);
}
END_TEST

/* HAProxy c52d69cc7: a bundle with three anchors has three. */
START_TEST(haproxy_c52d69cc7_every_certificate_of_the_file)
{
    static const char *const files[] = {"other-root.pem", "clone-root.pem", "root.pem"};
    mtlsauth_truststore *truststore = bundle_of(files, 3, "# text\n");

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        mtlsauth_cert *cert = data_cert(files[i]);
        const struct trusted *entry = mtlsauth__truststore_entry(truststore, cert);
        const struct trusted *const *named;

        ck_assert_ptr_nonnull(entry);
        ck_assert(mtlsauth__trusted_examine(entry)->is_self_signed);
        ck_assert(mtlsauth__cert_same(entry->cert, cert));
        ck_assert_str_eq(mtlsauth_cert_sha256_hex(mtlsauth_truststore_cert(truststore, i)),
                         mtlsauth_cert_sha256_hex(cert));
        /* root and its clone have one name. */
        ck_assert_uint_eq(mtlsauth__truststore_find(truststore, cert->subject_key, &named),
                          i == 0 ? 1 : 2);
        mtlsauth_cert_free(cert);
    }
    ck_assert_ptr_eq(mtlsauth_truststore_ref(truststore), truststore);
    mtlsauth_truststore_free(truststore);
    ck_assert_uint_eq(mtlsauth_truststore_count(truststore), 3);
    mtlsauth_truststore_free(truststore);
}
END_TEST

/* What stands beside certificates: a key is the operator's affair; what may be a CA is not
 * skipped. */
START_TEST(other_blocks)
{
    static const struct {
        const char *label;
        int code;
    } rows[] = {
        {"PRIVATE KEY", MTLSAUTH_OK},
        {"RSA PRIVATE KEY", MTLSAUTH_OK},
        {"X509 CRL", MTLSAUTH_OK},
        {"CERTIFICATE REQUEST", MTLSAUTH_OK},
        {"TRUSTED CERTIFICATE", MTLSAUTH_ERR_PARSE},
        {"PKCS7", MTLSAUTH_ERR_PARSE},
        {"CERTIFICATES", MTLSAUTH_ERR_PARSE},
        {"certificate", MTLSAUTH_ERR_PARSE},
    };
    size_t len;
    char *pem = data_read("root.pem", &len), text[8192];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int in_front = 0; in_front <= 1; in_front++) {
            mtlsauth_truststore *truststore;

            snprintf(text, sizeof text, "%s-----BEGIN %s-----\nAAAA\n-----END %s-----\n%s",
                     in_front ? "" : pem, rows[i].label, rows[i].label, in_front ? pem : "");
            ASSERT_CODE(rows[i].label,
                        mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL),
                        rows[i].code);
            ASSERT_INT(rows[i].label, mtlsauth_truststore_count(truststore),
                       rows[i].code == MTLSAUTH_OK);
            if (rows[i].code != MTLSAUTH_OK)
                ASSERT_SAYS(rows[i].label, mtlsauth_last_error(), "a block of the unknown label");
            mtlsauth_truststore_free(truststore);
        }
    }
    free(pem);
}
END_TEST

START_TEST(trailing_text)
{
    static const struct {
        const char *between;
        bool trailing;
    } rows[] = {{"", false}, {"\r\n \n", false}, {"text\n", true}};
    static const char *const files[] = {"root.pem"};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_truststore *truststore = bundle_of(files, 1, rows[i].between);

        ck_assert_int_eq(truststore->trailing_text, rows[i].trailing);
        mtlsauth_truststore_free(truststore);
    }
}
END_TEST

/* Only its own key makes a certificate an anchor: its name alone does not. */
START_TEST(what_an_anchor_is)
{
    static const struct {
        const char *name;
        struct forge spec;
        bool anchor;
    } rows[] = {
        {"self-signed", {.subject = "a", .issuer = "a", .ca = true}, true},
        {"self-signed, no CA", {.subject = "a", .issuer = "a"}, true},
        {"self-signed, version 1", {.subject = "a", .issuer = "a", .v1 = true}, true},
        {"self-issued, signed by another key", {.subject = "a", .issuer = "a", .signer = 1}, false},
        {"issued by another", {.subject = "a", .issuer = "b"}, false},
        {"no signature", {.subject = "a", .issuer = "a", .signature = FORGE("\x03\x01\x00")}, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forged forged = {.count = 0};
        mtlsauth_truststore *truststore;

        forged_add(&forged, &rows[i].spec);
        truststore = forged_truststore(&forged);
        ASSERT_INT(rows[i].name, mtlsauth__trusted_examine(&truststore->entries[0])->is_self_signed,
                   rows[i].anchor);
        mtlsauth_truststore_free(truststore);
        forged_drop(&forged);
    }
}
END_TEST

UNIT_MAIN("truststore", bundles, bad_input_has_a_sentence_of_its_own, spoiled_boundaries,
          honest_text, unreadable,
          truncated_at_every_length, sizes, digest_of_the_set,
          haproxy_c52d69cc7_every_certificate_of_the_file, other_blocks, trailing_text,
          what_an_anchor_is)
