/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "revocation/pem_stream.h"

struct got {
    uint8_t bytes[8192];
    size_t len;
};

static int take(void *arg, struct span bytes)
{
    struct got *got = arg;

    ck_assert_uint_le(got->len + bytes.len, sizeof got->bytes);
    memcpy(got->bytes + got->len, bytes.ptr, bytes.len);
    got->len += bytes.len;
    return MTLSAUTH_OK;
}

static int stream_pieces(struct got *got, const char *text, size_t len, size_t piece)
{
    struct pem_stream stream;
    int code = MTLSAUTH_OK;

    got->len = 0;
    mtlsauth__pem_stream_init(&stream, take, got);
    for (size_t at = 0; code == MTLSAUTH_OK && at < len; at += piece)
        code = mtlsauth__pem_stream_push(&stream,
                                         span_of(text + at, len - at < piece ? len - at : piece));
    return code == MTLSAUTH_OK ? mtlsauth__pem_stream_end(&stream) : code;
}

#define B "-----BEGIN X509 CRL-----\n"
#define E "-----END X509 CRL-----\n"
#define TWENTY "                    "
#define HUNDRED TWENTY TWENTY TWENTY TWENTY TWENTY

START_TEST(files)
{
    static const struct {
        const char *name, *text;
        int code;
        const char *gives, *says;
    } rows[] = {
        {"DER", "0\x82 anything -----BEGIN", 0, "0\x82 anything -----BEGIN", NULL},
        {"a block", B "MTIz\nNDU2\n" E, 0, "123456", NULL},
        {"padding", B "MTI=\n" E, 0, "12", NULL},
        {"two of padding", B "MQ==\n" E, 0, "1", NULL},
        {"CRLF", "-----BEGIN X509 CRL-----\r\nMTIz\r\n-----END X509 CRL-----\r\n", 0, "123", NULL},
        {"no line break at the end", B "MTIz\n-----END X509 CRL-----", 0, "123", NULL},
        {"text around it", "Certificate Revocation List\n  - or so\n" B "MTIz\n" E "bye\n", 0, "123",
         NULL},
        {"long lines of text around it", "x" HUNDRED HUNDRED "\n" B "MTIz\n" E HUNDRED HUNDRED, 0,
         "123", NULL},
        {"blanks behind its boundaries",
         "-----BEGIN X509 CRL-----" HUNDRED " \t\r\nMTIz\n-----END X509 CRL-----\t" HUNDRED "\n", 0,
         "123", NULL},
        {"text far behind BEGIN", "-----BEGIN X509 CRL-----" HUNDRED HUNDRED "x\nMTIz\n" E, -4, "",
         "line 1: not a block"},
        {"text far behind END", B "MTIz\n-----END X509 CRL-----" HUNDRED HUNDRED "x\n", -4, NULL,
         "line 3: the block has to end"},
        {"a second list far behind END",
         B "MTIz\n-----END X509 CRL-----" HUNDRED HUNDRED B "MTIz\n" E, -4, NULL,
         "line 3: the block has to end"},
        {"a second list far behind text", B "MTIz\n" E "x" HUNDRED HUNDRED B "MTIz\n" E, -4, "123",
         "line 4: text in front of -----BEGIN"},
        {"a second list with four dashes",
         B "MTIz\n" E "----BEGIN X509 CRL----\nMTIz\n----END X509 CRL----\n", -4, "123",
         "line 4: not quite"},
        {"a second list with four dashes in front",
         B "MTIz\n" E "----BEGIN X509 CRL-----\nMTIz\n----END X509 CRL-----\n", -4, "123",
         "line 4: not quite"},
        {"a second list with a blank",
         B "MTIz\n" E "----- BEGIN X509 CRL -----\nMTIz\n----- END X509 CRL -----\n", -4, "123",
         "line 4: not quite"},
        {"a second list in small letters",
         B "MTIz\n" E "-----begin x509 crl-----\nMTIz\n-----end x509 crl-----\n", -4, "123",
         "line 4: not quite"},
        {"a second list with long dashes",
         B "MTIz\n" E "\xe2\x80\x94\xe2\x80\x94-BEGIN X509 CRL\xe2\x80\x94-\n", -4, "123",
         "line 4: not quite"},
        {"the end of a second list",
         B "MTIz\n" E "----END X509 CRL-----\n", -4, "123", "line 4: not quite"},
        {"a second list in front",
         "----- BEGIN X509 CRL -----\nMTIz\n----- END X509 CRL -----\n" B "MTIz\n" E, -4, "",
         "line 1: not quite"},
        {"a second list without boundaries",
         B "MTIz\n" E "MIIMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIzMTIz\n", -4,
         "123", "line 4: base64 outside of a block"},
        {"nothing", "", -4, "", "empty"},
        {"no block", "hello\n", -4, "", "neither"},
        {"a certificate", "-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----\n", -4, "",
         "line 1: not a block"},
        {"two lists", B "MTIz\n" E B "MTIz\n" E, -4, "123", "line 4: a second block"},
        {"a good list and a certificate", B "MTIz\n" E "-----BEGIN CERTIFICATE-----\n", -4, "123",
         "second block"},
        {"a block in a block", B "MTIz\n" B, -4, NULL, "line 3"},
        {"another label at the end", B "MTIz\n-----END CRL-----\n", -4, NULL, "line 3"},
        {"an end without a beginning", E, -4, "", "line 1: a block ends"},
        {"text in front of BEGIN", "x -----BEGIN X509 CRL-----\nMTIz\n" E, -4, "", "line 1: text"},
        {"cut off in the body", B "MTIz\n", -4, NULL, "line 1: the block that begins here"},
        {"cut off in its end", B "MTIz\n-----END X509", -4, NULL, "line 3"},
        {"cut off in its beginning", "-----BEGIN X5", -4, "", "line 1"},
        {"padding lost", B "MTI\n" E, -4, NULL, "lost its padding"},
        {"padding in the middle", B "MQ==MTIz\n" E, -4, NULL, "base64"},
        {"one of two of padding", B "MQ=\n" E, -4, NULL, "lost its padding"},
        {"bits behind the end", B "MR==\n" E, -4, NULL, "bits behind"},
        {"three of padding", B "M===\n" E, -4, NULL, "base64"},
        {"not base64", B "MT!z\n" E, -4, NULL, "line 2: not valid base64"},
        {"URL alphabet", B "MT_z\n" E, -4, NULL, "line 2"},
        {"END behind base64", B "MTIz" E, -4, NULL, "line 2: a dash inside"},
        {"END behind a blank", B "MTIz\n " E, -4, NULL, "line 3: a dash inside"},
        {"a dash in base64", B "MT-z\n" E, -4, NULL, "line 2: a dash inside"},
        {"a header", B "Proc-Type: 4\n\nMTIz\n" E, -4, NULL, "line 2"},
        {"an empty block", B E, 0, "", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strlen(rows[i].text);
        struct got got;

        for (size_t piece = 1; piece <= len + 1; piece++) {
            ASSERT_INT(rows[i].name, stream_pieces(&got, rows[i].text, len, piece), rows[i].code);
            if (rows[i].gives != NULL)
                ASSERT_TRUE(rows[i].name, got.len == strlen(rows[i].gives) &&
                                              memcmp(got.bytes, rows[i].gives, got.len) == 0);
            if (rows[i].says != NULL)
                ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: %s",
                              rows[i].name, mtlsauth_last_error());
        }
    }
}
END_TEST

/* What is looked at of a line is all of it, or there is no list. */
START_TEST(the_longest_line)
{
    static const struct {
        const char *name, *in_front;
        size_t len; /* of the line */
        const char *behind;
        int code;
        const char *says;
    } rows[] = {
        {"text", "x", PEM_STREAM_LINE, "\n" B "MTIz\n" E, 0, NULL},
        {"more text", "x", PEM_STREAM_LINE + 1, "\n" B "MTIz\n" E, -4,
         "line 1: a line of more than"},
        {"text behind it", B "MTIz\n" E "x", PEM_STREAM_LINE, "", 0, NULL},
        {"more text behind it", B "MTIz\n" E "x", PEM_STREAM_LINE + 1, "", -4,
         "line 4: a line of more than"},
        {"a second list at its end", B "MTIz\n" E "x", PEM_STREAM_LINE - 25, B "MTIz\n" E, -4,
         "line 4: text in front"},
        {"BEGIN", "-----BEGIN X509 CRL-----", PEM_STREAM_LINE, "\nMTIz\n" E, 0, NULL},
        {"more behind BEGIN", "-----BEGIN X509 CRL-----", PEM_STREAM_LINE + 1, "\nMTIz\n" E, -4,
         "line 1: a line of more than"},
        {"END", B "MTIz\n-----END X509 CRL-----", PEM_STREAM_LINE, "\n", 0, NULL},
        {"more behind END", B "MTIz\n-----END X509 CRL-----", PEM_STREAM_LINE + 1, "\n", -4,
         "line 3: a line of more than"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static const size_t pieces[] = {1, 7, 4096, 8192};
        char text[8192];
        const char *line = strrchr(rows[i].in_front, '\n');
        size_t start = line == NULL ? 0 : (size_t)(line + 1 - rows[i].in_front);
        struct got got;

        memset(text, ' ', sizeof text);
        memcpy(text, rows[i].in_front, strlen(rows[i].in_front));
        strcpy(text + start + rows[i].len, rows[i].behind);
        for (size_t k = 0; k < COUNT_OF(pieces); k++) {
            ASSERT_INT(rows[i].name, stream_pieces(&got, text, strlen(text), pieces[k]),
                       rows[i].code);
            if (rows[i].says != NULL)
                ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), rows[i].says) != NULL);
            else
                ASSERT_INT(rows[i].name, got.len, 3);
        }
    }
}
END_TEST

START_TEST(more_than_the_buffer)
{
    static char text[8192] = B;
    struct got got;
    size_t len = strlen(text);

    for (size_t i = 0; i < 1600; i++, len += 4) {
        memcpy(text + len, "MTIz", 4);
        if (i % 16 == 15)
            text[len++ + 4] = '\n';
    }
    memcpy(text + len, "\n" E, strlen("\n" E));
    len += strlen("\n" E);
    for (size_t piece = 1; piece < 200; piece += 7) {
        ck_assert_int_eq(stream_pieces(&got, text, len, piece), MTLSAUTH_OK);
        ck_assert_uint_eq(got.len, 4800);
        ck_assert_mem_eq(got.bytes + 4797, "123", 3);
    }
}
END_TEST

static int refuse(void *arg, struct span bytes)
{
    (void)arg;
    (void)bytes;
    return MTLSAUTH_ERR_LIMIT;
}

START_TEST(what_the_taker_says)
{
    struct pem_stream stream;

    mtlsauth__pem_stream_init(&stream, refuse, NULL);
    ck_assert_int_eq(mtlsauth__pem_stream_push(&stream, span_of(B "MTIz\n" E, strlen(B "MTIz\n" E))),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth__pem_stream_push(&stream, span_of("x", 1)), MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(mtlsauth__pem_stream_end(&stream), MTLSAUTH_ERR_LIMIT);
}
END_TEST

UNIT_MAIN("revocation/pem_stream", files, the_longest_line, more_than_the_buffer,
          what_the_taker_says)
