/* SPDX-License-Identifier: MIT */
/* What a DER of one form or another is taken for, before libcrypto is asked. */
#include "data.h"

#include <mtlsauth/mtlsauth.h>
#include "support/der_text.h"

#define OUTER(info) "30 { 30 { " info " } 30 00 03 01 00 }"
#define OID "06 { 2a 03 }"
#define EC "06 { 2a 86 48 ce 3d 02 01 }"

enum { PARSE = MTLSAUTH_ERR_PARSE, UNSUPPORTED = MTLSAUTH_ERR_UNSUPPORTED };

START_TEST(shapes)
{
    static const char none[] = "neither a private key", unreadable[] = "OpenSSL cannot read this ";
    static const struct {
        const char *name, *text;
        int code;
        const char *says;
    } rows[] = {
        {"no SEQUENCE", "05 00", PARSE, none},
        {"an empty SEQUENCE", "30 00", PARSE, none},
        {"a SEQUENCE of something else", "30 { 04 00 }", PARSE, none},
        {"something behind", "30 { 30 { " OID " } 03 01 00 } 05 00", PARSE, none},

        {"an algorithm alone", "30 { 30 { " OID " } }", PARSE, none},
        {"an algorithm that has no OID", "30 { 30 { 05 00 } 03 01 00 }", PARSE, none},
        {"a public key", "30 { 30 { " OID " } 03 01 00 }", PARSE, unreadable},
        {"a public key of a curve spelled out", "30 { 30 { " EC " 30 00 } 03 01 00 }", UNSUPPORTED,
         "given by its parameters"},
        {"behind a public key", "30 { 30 { " OID " } 03 01 00 05 00 }", PARSE, none},
        {"encrypted", "30 { 30 { " OID " } 04 00 }", UNSUPPORTED, "encrypted"},
        {"behind what is encrypted", "30 { 30 { " OID " } 04 00 05 00 }", PARSE, none},

        {"no algorithm of a signature", "30 { 30 { 02 01 00 } }", PARSE, none},
        {"no signature", "30 { 30 { 02 01 00 } 30 00 }", PARSE, none},
        {"behind a signature", "30 { 30 { 02 01 00 } 30 00 03 01 00 05 00 }", PARSE, none},
        {"a certificate", OUTER("a0 00"), PARSE, "this is a certificate"},
        {"a certificate of version 1", OUTER("02 01 00 30 00 30 00 30 00"), PARSE,
         "this is a certificate"},
        {"a request without a version", OUTER("05 00"), PARSE, none},
        {"a request without a subject", OUTER("02 01 00 05 00"), PARSE, none},
        {"a request without a key", OUTER("02 01 00 30 00 05 00"), PARSE, none},
        {"a request with something else behind", OUTER("02 01 00 30 00 30 00 05 00"), PARSE, none},
        {"a request without attributes", OUTER("02 01 00 30 00 30 00"), PARSE, unreadable},
        {"a request with attributes", OUTER("02 01 00 30 00 30 00 a0 00"), PARSE, unreadable},

        {"one number", "30 { 02 01 00 }", PARSE, none},
        {"two numbers and more", "30 { 02 01 03 02 01 03 05 00 }", PARSE, none},
        {"three numbers", "30 { 02 01 03 02 01 03 02 01 03 }", PARSE, none},
        {"six numbers", "30 { 02 01 00 02 01 03 02 01 03 02 01 03 02 01 03 02 01 03 }", UNSUPPORTED,
         "DSA"},
        {"six numbers and more",
         "30 { 02 01 00 02 01 03 02 01 03 02 01 03 02 01 03 02 01 03 05 00 }", PARSE, none},
        {"PKCS #8 of an algorithm without an OID", "30 { 02 01 00 30 { 05 00 } 04 00 }", PARSE,
         none},
        {"PKCS #8 without a key", "30 { 02 01 00 30 { " OID " } 05 00 }", PARSE, none},
        {"PKCS #8", "30 { 02 01 00 30 { " OID " } 04 00 }", PARSE, unreadable},
        {"PKCS #8 of a curve spelled out", "30 { 02 01 00 30 { " EC " 30 00 } 04 00 }", UNSUPPORTED,
         "given by its parameters"},
        {"SEC 1 without a curve", "30 { 02 01 01 04 01 01 }", PARSE, unreadable},
        {"SEC 1 of an empty curve", "30 { 02 01 01 04 01 01 a0 00 }", PARSE, unreadable},
        {"SEC 1 of a named curve", "30 { 02 01 01 04 01 01 a0 { " OID " } }", PARSE, unreadable},
        {"SEC 1 of a curve spelled out", "30 { 02 01 01 04 01 01 a0 { 30 00 } }", UNSUPPORTED,
         "given by its parameters"},
    };
    mtlsauth_cert *cert = data_cert("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text text = der_text(rows[i].text);
        const char *found = "something";
        int yes = 7;

        ASSERT_INT(rows[i].name, mtlsauth_cert_matches_key(cert, text.ptr, text.len, &yes, &found),
                   rows[i].code);
        ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: %s", rows[i].name,
                      mtlsauth_last_error());
        ASSERT_INT(rows[i].name, yes, 0);
        ck_assert_ptr_null(found);
        free(text.ptr);
    }
    mtlsauth_cert_free(cert);
}
END_TEST

START_TEST(lengths)
{
    static char many[MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES + 1];
    mtlsauth_cert *cert = data_cert("two-names.pem");
    int yes;

    ck_assert_int_eq(mtlsauth_cert_matches_key(cert, "", 0, &yes, NULL), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth_cert_matches_key(cert, many, sizeof many - 1, &yes, NULL),
                     MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth_cert_matches_key(cert, many, sizeof many, &yes, NULL),
                     MTLSAUTH_ERR_LIMIT);
    mtlsauth_cert_free(cert);
}
END_TEST

UNIT_MAIN("key shapes", shapes, lengths)
