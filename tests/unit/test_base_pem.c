/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "base/base64.h"
#include "base/pem.h"

/* A literal with its length, so that it may hold a NUL. */
#define TEXT(literal) literal, sizeof(literal) - 1

#define CERT_BEGIN "-----BEGIN CERTIFICATE-----\n"
#define CERT_END "-----END CERTIFICATE-----\n"

/* Base64 without an end. */
#define FIFTY_SIX "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR+/"
#define SIXTY FIFTY_SIX "STUV"

/* Reads all blocks; false at the first error. */
static bool read_all(struct span text, struct pem_block *blocks, size_t max, size_t *count)
{
    struct pem in = mtlsauth__pem(text);
    bool found;

    *count = 0;
    for (;;) {
        struct pem_block block;
        int code = mtlsauth__pem_next(&in, &block, &found);

        if (code != MTLSAUTH_OK) {
            ck_assert_int_eq(code, MTLSAUTH_ERR_PARSE);
            return false;
        }
        if (!found)
            return true;
        ck_assert_uint_lt(*count, max);
        blocks[(*count)++] = block;
    }
}

static int decode(const struct pem_block *block, uint8_t **out, size_t *len)
{
    *out = malloc(base64_room(block->body.len));
    ck_assert_ptr_nonnull(*out);
    return mtlsauth__pem_decode(block, *out, len);
}

START_TEST(blocks)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len, count;
        const char *label;
        size_t line, end_line; /* of the last block */
        const char *decoded;
    } rows[] = {
        {"nothing", TEXT(""), 0, NULL, 0, 0, NULL},
        {"text alone", TEXT("no certificate here\n"), 0, NULL, 0, 0, NULL},
        {"blank lines", TEXT("\n\r\n\n"), 0, NULL, 0, 0, NULL},
        {"one block", TEXT(CERT_BEGIN "YWJj\n" CERT_END), 1, "CERTIFICATE", 1, 3, "abc"},
        {"no newline at the end", TEXT(CERT_BEGIN "YWJj\n-----END CERTIFICATE-----"), 1,
         "CERTIFICATE", 1, 3, "abc"},
        {"CRLF", TEXT("-----BEGIN CERTIFICATE-----\r\nYWJj\r\n-----END CERTIFICATE-----\r\n"), 1,
         "CERTIFICATE", 1, 3, "abc"},
        {"CRLF and no newline at the end",
         TEXT("-----BEGIN CERTIFICATE-----\r\nYWJj\r\n-----END CERTIFICATE-----\r"), 1,
         "CERTIFICATE", 1, 3, "abc"},
        {"white space behind the boundaries",
         TEXT("-----BEGIN CERTIFICATE----- \t\nYWJj\n-----END CERTIFICATE-----\t \n"), 1,
         "CERTIFICATE", 1, 3, "abc"},
        {"a TAB before each line of base64", TEXT(CERT_BEGIN "\tYW\n\tJj\n" CERT_END), 1,
         "CERTIFICATE", 1, 4, "abc"},
        {"blank lines inside", TEXT(CERT_BEGIN "\nYW\n\n\nJj\n\n" CERT_END), 1, "CERTIFICATE", 1, 8,
         "abc"},
        {"one character a line", TEXT(CERT_BEGIN "Y\nW\nJ\nj\n" CERT_END), 1, "CERTIFICATE", 1, 6,
         "abc"},
        {"two blocks", TEXT(CERT_BEGIN "YWJj\n" CERT_END CERT_BEGIN "ZGVm\n" CERT_END), 2,
         "CERTIFICATE", 4, 6, "def"},
        {"text between and around",
         TEXT("# root\n" CERT_BEGIN "YWJj\n" CERT_END "\nsubject=CN = x - y -- z\n" CERT_BEGIN
              "ZGVm\n" CERT_END "trailing text"),
         2, "CERTIFICATE", 7, 9, "def"},
        {"a NUL in the text between", TEXT("a\0b\n" CERT_BEGIN "YWJj\n" CERT_END), 1, "CERTIFICATE",
         2, 4, "abc"},
        {"another label", TEXT("-----BEGIN X509 CRL-----\nYWJj\n-----END X509 CRL-----\n"), 1,
         "X509 CRL", 1, 3, "abc"},
        {"a hyphen in a label", TEXT("-----BEGIN A-B-----\nYWJj\n-----END A-B-----\n"), 1, "A-B", 1,
         3, "abc"},
        {"last printable in a label", TEXT("-----BEGIN ~-----\nYWJj\n-----END ~-----\n"), 1, "~", 1,
         3, "abc"},
        {"no label", TEXT("-----BEGIN -----\nYWJj\n-----END -----\n"), 1, "", 1, 3, "abc"},
        {"names and comments that have the words",
         TEXT("# BEGIN CERTIFICATE of the root\nBegin certificate list:\nBEGIN CERTIFICATE\n"
              "--- end of the certificates ---\n---\n subject=CN = Back-End Certificates\n"
              "# Issuer: CN=High-End Certification Services\n# - end certificates -\n"
              "   - Endpoints\n\xc3\x9c" "bersicht\n====\n" CERT_BEGIN "YWJj\n" CERT_END),
         1, "CERTIFICATE", 12, 14, "abc"},
        {"what is no base64 of DER",
         TEXT("MI\nMII " SIXTY "\nMII" FIFTY_SIX "\nMJ" SIXTY "\n" SIXTY SIXTY "\n"
              "pin: MII" SIXTY "\nMII:" SIXTY "\n" CERT_BEGIN "YWJj\n" CERT_END),
         1, "CERTIFICATE", 8, 10, "abc"},
        {"SSH2 public key (RFC 4716) is text",
         TEXT("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n"), 0, NULL, 0,
         0, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pem_block found[4];
        uint8_t *bytes;
        size_t count, len = 0;
        const char *name = rows[i].name;

        ASSERT_TRUE(name, read_all(span_of(rows[i].text, rows[i].len), found, 4, &count));
        ASSERT_INT(name, count, rows[i].count);
        if (count == 0)
            continue;
        ASSERT_TRUE(name, span_is_text(found[count - 1].label, rows[i].label));
        ASSERT_INT(name, found[count - 1].line, rows[i].line);
        ASSERT_INT(name, found[count - 1].end_line, rows[i].end_line);
        ASSERT_INT(name, decode(&found[count - 1], &bytes, &len), MTLSAUTH_OK);
        ASSERT_TRUE(name, span_is_text(span_of(bytes, len), rows[i].decoded));
        free(bytes);
    }
}
END_TEST

START_TEST(broken_blocks)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len;
        const char *sentence;
    } rows[] = {
        {"END is missing", TEXT("x\n" CERT_BEGIN "YWJj\n"),
         "line 2: the block that begins here has no END line; the file may have been cut off"},
        {"cut off behind BEGIN", TEXT("-----BEGIN CERTIFICATE-----"),
         "line 1: the block that begins here has no END line; the file may have been cut off"},
        {"END alone", TEXT("x\ny\n" CERT_END), "line 3: a block ends that has not begun"},
        {"END twice", TEXT(CERT_BEGIN "YWJj\n" CERT_END CERT_END),
         "line 4: a block ends that has not begun"},
        {"BEGIN twice", TEXT(CERT_BEGIN "YWJj\n" CERT_BEGIN "ZGVm\n" CERT_END),
         "line 3: a block begins before the one of line 1 has ended"},
        {"another label at the end", TEXT(CERT_BEGIN "YWJj\n-----END X509 CRL-----\n"),
         "line 3: the block of line 1 ends with another label"},
        {"case of the label differs", TEXT(CERT_BEGIN "YWJj\n-----END Certificate-----\n"),
         "line 3: the block of line 1 ends with another label"},
        {"text in front of BEGIN", TEXT("x -----BEGIN CERTIFICATE-----\nYWJj\n" CERT_END),
         "line 1: text in front of -----BEGIN; it has to begin the line"},
        {"indented BEGIN", TEXT("  -----BEGIN CERTIFICATE-----\n  YWJj\n  " CERT_END),
         "line 1: text in front of -----BEGIN; it has to begin the line"},
        {"six dashes", TEXT("------BEGIN CERTIFICATE-----\nYWJj\n" CERT_END),
         "line 1: text in front of -----BEGIN; it has to begin the line"},
        {"END behind base64", TEXT(CERT_BEGIN "YWJj-----END CERTIFICATE-----\n"),
         "line 2: text in front of -----END; it has to begin the line"},
        {"the next BEGIN behind END",
         TEXT(CERT_BEGIN "YWJj\n-----END CERTIFICATE----------BEGIN CERTIFICATE-----\n"),
         "line 3: text in front of -----BEGIN; it has to begin the line"},
        {"byte order mark", TEXT("\xef\xbb\xbf" CERT_BEGIN "YWJj\n" CERT_END),
         "line 1: a byte order mark in front of -----BEGIN; save the file without"},
        {"BEGIN without dashes at its end", TEXT("-----BEGIN CERTIFICATE\nYWJj\n" CERT_END),
         "line 1: a -----BEGIN line has to end in ----- and a line break"},
        {"four dashes at its end", TEXT("-----BEGIN CERTIFICATE----\nYWJj\n" CERT_END),
         "line 1: a -----BEGIN line has to end in ----- and a line break"},
        {"BEGIN is too short for its dashes", TEXT("-----BEGIN ----\nYWJj\n" CERT_END),
         "line 1: a -----BEGIN line has to end in ----- and a line break"},
        {"base64 behind BEGIN", TEXT("-----BEGIN CERTIFICATE-----YWJj\n" CERT_END),
         "line 1: a -----BEGIN line has to end in ----- and a line break"},
        {"END without dashes at its end", TEXT(CERT_BEGIN "YWJj\n-----END CERTIFICATE\n"),
         "line 3: a -----END line has to end in ----- and a line break"},
        {"four dashes in front of BEGIN and END",
         TEXT("----BEGIN CERTIFICATE----\nYWJj\n----END CERTIFICATE----\n"),
         "line 1: not quite -----BEGIN: write five dashes before and behind it"},
        {"four dashes in front of END", TEXT(CERT_BEGIN "YWJj\n----END CERTIFICATE-----\n"),
         "line 3: not quite -----END: write five dashes before and behind it"},
        {"base64 without boundaries", TEXT(CERT_BEGIN "YWJj\n" CERT_END "MII" SIXTY "\nYWJj\n"),
         "line 4: base64 outside of a block: its -----BEGIN line is missing"},
        {"indented base64 without boundaries", TEXT(" \tMIH" SIXTY "\n"),
         "line 1: base64 outside of a block: its -----BEGIN line is missing"},
        {"60 characters of base64", TEXT("MIIx" FIFTY_SIX "\n"),
         "line 1: base64 outside of a block: its -----BEGIN line is missing"},
        {"CR alone", TEXT("-----BEGIN CERTIFICATE-----\rYWJj\r-----END CERTIFICATE-----\r"),
         "line 1: what a -----BEGIN line names is no label; the text may have lost its line "
         "breaks"},
        {"line breaks became spaces",
         TEXT("-----BEGIN CERTIFICATE----- YWJj -----END CERTIFICATE-----\n"),
         "line 1: what a -----BEGIN line names is no label; the text may have lost its line "
         "breaks"},
        {"line breaks are written as \\n",
         TEXT("-----BEGIN CERTIFICATE-----\\nYWJj\\n-----END CERTIFICATE-----\n"),
         "line 1: what a -----BEGIN line names is no label; the text may have lost its line "
         "breaks"},
        {"a space before the dashes", TEXT("-----BEGIN CERTIFICATE -----\nYWJj\n" CERT_END),
         "line 1: what a -----BEGIN line names is no label; the text may have lost its line "
         "breaks"},
        {"a NUL in the label", TEXT("-----BEGIN CERT\0IFICATE-----\nYWJj\n" CERT_END),
         "line 1: what a -----BEGIN line names is no label; the text may have lost its line "
         "breaks"},
        {"a label at END that is none", TEXT(CERT_BEGIN "YWJj\n-----END  CERTIFICATE-----\n"),
         "line 3: what a -----END line names is no label; the text may have lost its line breaks"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pem_block found[4];
        size_t count;

        ASSERT_TRUE(rows[i].name, !read_all(span_of(rows[i].text, rows[i].len), found, 4, &count));
        ASSERT_TEXT(rows[i].name, mtlsauth_last_error(), rows[i].sentence);
    }
}
END_TEST

/* What people, editors and mail make of a boundary is no text between two blocks. */
START_TEST(what_resembles_a_boundary)
{
    static const struct {
        const char *line;
        size_t len;
    } rows[] = {
        {TEXT("----- BEGIN CERTIFICATE -----")},
        {TEXT("-----BEGIN\tCERTIFICATE-----")},
        {TEXT("-----BEGIN\xc2\xa0" "CERTIFICATE-----")},
        {TEXT("-----BEGINCERTIFICATE-----")},
        {TEXT("-----BEGIN-CERTIFICATE-----")},
        {TEXT("-----begin certificate-----")},
        {TEXT("-----Begin Certificate-----")},
        {TEXT("-BEGIN CERTIFICATE-")},
        {TEXT("  -BEGIN CERTIFICATE-")},
        {TEXT("- - - - -BEGIN CERTIFICATE- - - - -")},
        {TEXT("\xe2\x80\x94\xe2\x80\x94-BEGIN CERTIFICATE\xe2\x80\x94\xe2\x80\x94-")},
        {TEXT("\xe2\x80\x93\xe2\x80\x93 BEGIN CERTIFICATE")},
        {TEXT("\x97\x97-BEGIN CERTIFICATE\x97\x97-")},
        {TEXT("\xef\xbb\xbf" "BEGIN CERTIFICATE")},
        {TEXT("-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 \0C\0E\0R\0T\0-\0")},
        {TEXT("\0-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 \0C\0E\0R\0T\0-")},
        {TEXT("----- BEGIN X509 CERTIFICATE -----")},
        {TEXT("----- BEGIN TRUSTED CERTIFICATE -----")},
        {TEXT("----- BEGIN PKCS7 -----")},
        {TEXT("----- BEGIN PKCS #7 SIGNED DATA -----")},
        {TEXT("----- BEGIN X509 CRL -----")},
        {TEXT("----- BEGIN CRL -----")},
        {TEXT("----- END CERTIFICATE -----")},
        {TEXT("-----end x509 crl-----")},
        {TEXT("-END TRUSTED CERTIFICATE-")},
        {TEXT("----- END PKCS7 -----")},
        {TEXT("----- END CRL -----")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t in_front = 0; in_front <= 2; in_front++) {
            static const char block[] = CERT_BEGIN "YWJj\n" CERT_END;
            struct pem_block found[4];
            char text[512], says[64];
            size_t count, len = 0;

            for (size_t k = 0; k <= 2; k++) {
                bool is_line = k == in_front;
                size_t part = is_line ? rows[i].len : sizeof block - 1;

                memcpy(text + len, is_line ? rows[i].line : block, part);
                len += part;
                text[len++] = '\n';
            }
            snprintf(says, sizeof says, "line %zu: not quite a -----BEGIN or -----END line: ",
                     4 * in_front + 1);
            ASSERT_TRUE(rows[i].line, !read_all(span_of(text, len), found, 4, &count));
            ASSERT_INT(rows[i].line, count, in_front);
            ASSERT_TRUE(rows[i].line, strncmp(mtlsauth_last_error(), says, strlen(says)) == 0);
        }
    }
}
END_TEST

START_TEST(broken_bodies)
{
    static const struct {
        const char *name;
        const char *body;
        size_t len;
        const char *sentence;
    } rows[] = {
        {"no lines", TEXT(""), "line 2: the block is empty"},
        {"blank lines", TEXT("\n \t\r\n"), "line 2: the block is empty"},
        {"padding is lost", TEXT("YWI\n"),
         "line 2: the block's base64 is cut off, or has lost its padding"},
        {"cut off", TEXT("YWJj\nY\n"),
         "line 2: the block's base64 is cut off, or has lost its padding"},
        {"a character that is none, first line", TEXT("YW!j\n"), "line 3: not valid base64"},
        {"a character that is none, third line", TEXT("YWJj\nYWJj\nYW_j\n"),
         "line 5: not valid base64"},
        {"a NUL", TEXT("YWJj\nYW\0j\n"), "line 4: not valid base64"},
        {"data behind padding", TEXT("YWI=\nYWJj\n"), "line 4: not valid base64"},
        {"unused bits are set", TEXT("YWJj\nYWJ=\n"), "line 4: not valid base64"},
        {"UTF-8", TEXT("YW\xc3\xa4\n"), "line 3: not valid base64"},
        {"encrypted key", TEXT("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nYWJj\n"),
         "line 3: a header line inside of the block, as encrypted keys have"},
        {"another header", TEXT("Comment: hello\nYWJj\n"),
         "line 3: a header line inside of the block, as encrypted keys have"},
        {"a header behind base64", TEXT("YWJj\nX-Key: v\n"),
         "line 4: a header line inside of the block, as encrypted keys have"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        size_t used = 0, count, len;
        struct pem_block found[2];
        uint8_t *bytes;

        memcpy(text, "\n" CERT_BEGIN, sizeof "\n" CERT_BEGIN - 1);
        used = sizeof "\n" CERT_BEGIN - 1;
        memcpy(text + used, rows[i].body, rows[i].len);
        used += rows[i].len;
        memcpy(text + used, CERT_END, sizeof CERT_END - 1);
        used += sizeof CERT_END - 1;
        ASSERT_TRUE(rows[i].name, read_all(span_of(text, used), found, 2, &count));
        ASSERT_INT(rows[i].name, count, 1);
        ASSERT_INT(rows[i].name, decode(&found[0], &bytes, &len), MTLSAUTH_ERR_PARSE);
        ASSERT_TEXT(rows[i].name, mtlsauth_last_error(), rows[i].sentence);
        free(bytes);
    }
}
END_TEST

START_TEST(looks_like)
{
    static const struct {
        const char *name;
        const char *text;
        size_t len;
        bool yes;
    } rows[] = {
        {"nothing", TEXT(""), false},
        {"a part of it", TEXT("-----BEGIN"), false},
        {"no more than it", TEXT("-----BEGIN "), true},
        {"behind text", TEXT("text\n" CERT_BEGIN), true},
        {"behind a NUL", TEXT("\0\0" CERT_BEGIN), true},
        {"at the very end", TEXT("0123-----BEGIN "), true},
        {"DER", TEXT("\x30\x82\x01\x00\x30\x82\x01\x00\x30\x82\x01\x00"), false},
        {"DER with a block inside", TEXT("\x30\x82\x01\x00\n" CERT_BEGIN), false},
        {"text that begins with a zero", TEXT("0 s:CN=a\n" CERT_BEGIN), true},
        {"UTF-16", TEXT("-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 \0"), false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].name, mtlsauth__pem_looks_like(span_of(rows[i].text, rows[i].len)),
                   rows[i].yes);
}
END_TEST

/* A bundle that is cut off anywhere is an error or has fewer blocks: never half a block. */
START_TEST(every_truncation)
{
    static const char bundle[] =
        "root\n" CERT_BEGIN "YWJj\n" CERT_END CERT_BEGIN "ZGVm\nZw==\n" CERT_END;
    size_t first_end = strlen("root\n" CERT_BEGIN "YWJj\n" CERT_END);

    for (size_t len = 0; len < sizeof bundle; len++) {
        char name[32];
        struct pem_block found[4];
        size_t count;

        snprintf(name, sizeof name, "first %zu bytes", len);
        if (!read_all(span_of(bundle, len), found, 4, &count))
            continue;
        /* The newline behind an END line may be missing, and nothing else of it. */
        ASSERT_INT(name, count,
                   (len + 1 >= first_end ? 1U : 0U) + (len + 2 >= sizeof bundle ? 1U : 0U));
    }
}
END_TEST

UNIT_MAIN("base/pem", blocks, broken_blocks, what_resembles_a_boundary, broken_bodies,
          looks_like, every_truncation)
