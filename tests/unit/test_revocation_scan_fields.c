/* SPDX-License-Identifier: MIT */
/* What a scan takes and refuses in each field of a list. */
#include "scan.h"

struct row {
    const char *name;
    struct crl_text parts;
    int code;
    const char *says; /* a piece of the sentence */
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct der_text crl = crl_text(&rows[i].parts);
        int code = scan_once(span_of(crl.ptr, crl.len));

        ck_assert_msg(code == rows[i].code, "%s: %d instead of %d: %s", rows[i].name, code,
                      rows[i].code, mtlsauth_last_error());
        if (rows[i].says != NULL)
            ck_assert_msg(strstr(mtlsauth_last_error(), rows[i].says) != NULL, "%s: \"%s\"",
                          rows[i].name, mtlsauth_last_error());
        free(crl.ptr);
    }
}

START_TEST(header_fields)
{
    static const struct row rows[] = {
        {"a good list", {0}, OK, NULL},
        {"version 1 has no version field", {.version = "", .extensions = "-"}, OK, NULL},
        {"version 1 with extensions", {.version = ""}, PARSE, "version 1"},
        {"version 1 with an entry extension",
         {.version = "", .extensions = "-", .revoked = CRL_ENTRY_WITH("01", CRL_REASON("01"))},
         PARSE, "version 1"},
        {"version 1 spelled out", {.version = "02 01 00"}, PARSE, "version"},
        {"version 3", {.version = "02 01 02"}, PARSE, "version"},
        {"version of two octets", {.version = "02 02 00 01"}, PARSE, "version"},
        {"no algorithm", {.algorithm = ""}, PARSE, NULL},
        {"empty algorithm", {.algorithm = "30 00"}, PARSE, "algorithm"},
        {"algorithm beyond its limit", {.algorithm = "30 { 04 { 00 * 260 } }"}, LIMIT, "larger"},
        {"algorithms that differ", {.outer_algorithm = CRL_RSA}, PARSE, "signatureAlgorithm"},
        {"algorithms that differ by a NULL",
         {.outer_algorithm = "30 { 06 { 2b 65 70 } 05 00 }"}, PARSE, "signatureAlgorithm"},
        {"no issuer", {.issuer = ""}, PARSE, "issuer"},
        {"empty issuer", {.issuer = "30 00"}, PARSE, "issuer"},
        {"issuer beyond its limit", {.issuer = "30 { 31 { 00 * 66000 } }"}, LIMIT, "larger"},
        {"no time", {.this_update = "", .next_update = ""}, PARSE, NULL},
        {"one time: thisUpdate", {.this_update = ""}, OK, NULL},
        {"no nextUpdate", {.next_update = ""}, OK, NULL},
        {"no nextUpdate, and nothing behind",
         {.next_update = "", .revoked = "-", .extensions = "-"}, OK, NULL},
        {"no nextUpdate, extensions behind", {.next_update = "", .revoked = "-"}, OK, NULL},
        {"no nextUpdate, something else behind", {.next_update = "", .revoked = "-",
         .extensions = "-", .tbs_end = "05 00"}, PARSE, NULL},
        {"nextUpdate before thisUpdate", {.next_update = "17 { \"250101000000Z\" }"}, PARSE,
         "not after"},
        {"nextUpdate is thisUpdate", {.next_update = "17 { \"260101000000Z\" }"}, PARSE,
         "not after"},
        {"GeneralizedTime", {.next_update = "18 { \"20510101000000Z\" }"}, OK, NULL},
        {"GeneralizedTime that could be UTCTime", {.next_update = "18 { \"20270101000000Z\" }"}, OK,
         NULL},
        {"time with a fraction", {.next_update = "18 { \"20510101000000.5Z\" }"}, PARSE, "time"},
        {"time with an offset", {.next_update = "17 { \"2701010000+0100\" }"}, PARSE, "time"},
        {"time without seconds", {.next_update = "17 { \"2701010000Z\" }"}, PARSE, "time"},
        {"the 30th of February", {.next_update = "17 { \"270230000000Z\" }"}, PARSE, "time"},
        {"time that is a number", {.this_update = "02 01 01"}, PARSE, "time"},
        {"no entries", {.revoked = "-"}, OK, NULL},
        {"empty revokedCertificates", {.revoked = ""}, PARSE, "absent"},
        {"no extensions", {.extensions = "-"}, OK, NULL},
        {"empty extensions", {.extensions = ""}, OK, NULL},
        {"extensions that are not there", {.extensions = "-", .tbs_end = "a0 00"}, PARSE,
         "malformed extensions"},
        {"version 1 with empty extensions", {.version = "", .extensions = ""}, PARSE, "version 1"},
        {"something behind the extensions", {.tbs_end = "05 00"}, PARSE, "where none may"},
        {"extensions twice", {.tbs_end = "a0 { 30 { " CRL_NUMBER " } }"}, PARSE, "where none"},
        {"signature with unused bits", {.signature = "03 { 01 00 }"}, PARSE, "signatureValue"},
        {"signature without octets", {.signature = "03 { 00 }"}, PARSE, "signatureValue"},
        {"signature without pad octet", {.signature = "03 00"}, PARSE, "signatureValue"},
        {"signature that is an OCTET STRING", {.signature = "04 { 00 01 }"}, PARSE,
         "signatureValue"},
        {"no signature", {.signature = ""}, PARSE, "ends too early"},
        {"something behind the signature", {.end = "05 00"}, PARSE, "behind the signature"},
        {"trailing bytes", {.behind = "00"}, PARSE, "behind the end"},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* webpki e9e4955, wolfSSL#8676: what a serial may be. */
START_TEST(serial_forms)
{
    static const struct row rows[] = {
        {"zero", {.revoked = CRL_ENTRY("00")}, OK, NULL},
        {"1", {.revoked = CRL_ENTRY("01")}, OK, NULL},
        {"7f", {.revoked = CRL_ENTRY("7f")}, OK, NULL},
        {"-128", {.revoked = CRL_ENTRY("80")}, OK, NULL},
        {"128", {.revoked = CRL_ENTRY("00 80")}, OK, NULL},
        {"-1", {.revoked = CRL_ENTRY("ff")}, OK, NULL},
        {"20 octets", {.revoked = CRL_ENTRY("7f * 20")}, OK, NULL},
        {"20 octets, the first 00", {.revoked = CRL_ENTRY("00 ff * 19")}, OK, NULL},
        {"21 octets, the first 00", {.revoked = CRL_ENTRY("00 ff * 20")}, LIMIT, "longer"},
        {"22 octets", {.revoked = CRL_ENTRY("11 * 22")}, LIMIT, "20 octets"},
        {"126 octets", {.revoked = CRL_ENTRY("11 * 126")}, LIMIT, "20 octets"},
        {"127 octets", {.revoked = CRL_ENTRY("11 * 127")}, LIMIT, "20 octets"},
        {"128 octets", {.revoked = CRL_ENTRY("11 * 128")}, LIMIT, "20 octets"},
        {"255 octets", {.revoked = CRL_ENTRY("11 * 255")}, LIMIT, "20 octets"},
        {"65535 octets", {.revoked = CRL_ENTRY("11 * 65535")}, LIMIT, "larger"},
        {"no octets", {.revoked = CRL_ENTRY("")}, PARSE, "serial"},
        {"00 01 is not minimal", {.revoked = CRL_ENTRY("00 01")}, PARSE, "shortest"},
        {"ff 80 is not minimal", {.revoked = CRL_ENTRY("ff 80")}, PARSE, "shortest"},
        {"a bad one behind good ones", {.revoked = CRL_ENTRY("01") CRL_ENTRY("02") CRL_ENTRY("00 01")},
         PARSE, "entry 3"},
        {"length in the long form", {.revoked = "30 { 02 81 01 01 " CRL_DATE " }"}, PARSE, "serial"},
        {"not an INTEGER", {.revoked = "30 { 0a 01 01 " CRL_DATE " }"}, PARSE, "serial"},
        {"the same serial twice", {.revoked = CRL_ENTRY("05") CRL_ENTRY("05")}, OK, NULL},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

START_TEST(entry_dates)
{
    static const struct row rows[] = {
        {"in the future", {.revoked = DATED("17 { \"490101000000Z\" }")}, OK, NULL},
        {"1950", {.revoked = DATED("17 { \"500101000000Z\" }")}, OK, NULL},
        {"year 9999", {.revoked = DATED("18 { \"99991231235959Z\" }")}, OK, NULL},
        {"year 0", {.revoked = DATED("18 { \"00000101000000Z\" }")}, OK, NULL},
        {"leap day", {.revoked = DATED("17 { \"240229000000Z\" }")}, OK, NULL},
        {"no leap day", {.revoked = DATED("17 { \"230229000000Z\" }")}, PARSE, "revocationDate"},
        {"month 13", {.revoked = DATED("17 { \"231301000000Z\" }")}, PARSE, "revocationDate"},
        {"hour 24", {.revoked = DATED("17 { \"230101240000Z\" }")}, PARSE, "revocationDate"},
        {"second 60", {.revoked = DATED("17 { \"230101000060Z\" }")}, PARSE, "revocationDate"},
        {"a letter", {.revoked = DATED("17 { \"23010100000OZ\" }")}, PARSE, "revocationDate"},
        {"a sign", {.revoked = DATED("17 { \"2301-1000000Z\" }")}, PARSE, "revocationDate"},
        {"no Z", {.revoked = DATED("17 { \"230101000000z\" }")}, PARSE, "revocationDate"},
        {"empty", {.revoked = DATED("17 00")}, PARSE, "revocationDate"},
        {"absent", {.revoked = "30 { 02 01 01 }"}, PARSE, "revocationDate"},
        {"a NULL", {.revoked = DATED("05 00")}, PARSE, "revocationDate"},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

/* openssl#32366, CVE-2026-6450, mbedTLS 2.8.0: at every place, and behind whatever stands
 * before. */
#define UNKNOWN CRL_EXTENSION("2a 03 04", "05 00")
#define BAD_REASON CRL_EXTENSION("55 1d 15", "05 00")
#define WITH(extensions) CRL_ENTRY_WITH("01", extensions)

START_TEST(entry_extensions)
{
    static const struct row rows[] = {
        {"reason 0", {.revoked = WITH(CRL_REASON("00"))}, OK, NULL},
        {"reason 1", {.revoked = WITH(CRL_REASON("01"))}, OK, NULL},
        {"reason 10", {.revoked = WITH(CRL_REASON("0a"))}, OK, NULL},
        {"reason 7 is not used", {.revoked = WITH(CRL_REASON("07"))}, PARSE, "reasonCode"},
        {"reason 11", {.revoked = WITH(CRL_REASON("0b"))}, PARSE, "reasonCode"},
        {"reason 255", {.revoked = WITH(CRL_REASON("ff"))}, PARSE, "reasonCode"},
        {"removeFromCRL in a complete list", {.revoked = WITH(CRL_REASON("08"))}, PARSE,
         "removeFromCRL"},
        {"reason that is an INTEGER", {.revoked = WITH(CRL_EXTENSION("55 1d 15", "02 01 01"))},
         PARSE, "reasonCode"},
        {"reason of two octets", {.revoked = WITH(CRL_EXTENSION("55 1d 15", "0a 02 00 01"))},
         PARSE, "reasonCode"},
        {"reason with something behind",
         {.revoked = WITH(CRL_EXTENSION("55 1d 15", "0a 01 01 05 00"))}, PARSE, "reasonCode"},
        {"reason, critical", {.revoked = WITH(CRL_CRITICAL("55 1d 15", "0a 01 01"))}, OK, NULL},
        {"reason twice", {.revoked = WITH(CRL_REASON("01") CRL_REASON("01"))}, PARSE, "twice"},
        {"invalidityDate",
         {.revoked = WITH(CRL_EXTENSION("55 1d 18", "18 { \"20250101000000Z\" }"))}, OK, NULL},
        {"invalidityDate that is a UTCTime",
         {.revoked = WITH(CRL_EXTENSION("55 1d 18", "17 { \"250101000000Z\" }"))}, PARSE,
         "invalidityDate"},
        {"unknown", {.revoked = WITH(UNKNOWN)}, OK, NULL},
        {"unknown critical, alone", {.revoked = WITH(UNKNOWN_CRITICAL)}, UNSUPPORTED, "critical"},
        {"unknown critical, first", {.revoked = WITH(UNKNOWN_CRITICAL CRL_REASON("01"))},
         UNSUPPORTED, "critical"},
        {"unknown critical, last", {.revoked = WITH(CRL_REASON("01") UNKNOWN_CRITICAL)},
         UNSUPPORTED, "critical"},
        {"unknown critical in the first entry",
         {.revoked = WITH(UNKNOWN_CRITICAL) CRL_ENTRY("02") CRL_ENTRY("03")}, UNSUPPORTED,
         "entry 1"},
        {"unknown critical in the middle",
         {.revoked = CRL_ENTRY("02") WITH(UNKNOWN_CRITICAL) CRL_ENTRY("03")}, UNSUPPORTED,
         "entry 2"},
        {"unknown critical in the last entry",
         {.revoked = CRL_ENTRY("02") CRL_ENTRY("03") WITH(UNKNOWN_CRITICAL)}, UNSUPPORTED,
         "entry 3"},
        {"undecodable reason, then unknown critical in the next entry",
         {.revoked = WITH(BAD_REASON) WITH(UNKNOWN_CRITICAL)}, PARSE, "entry 1"},
        {"unknown critical, then undecodable reason",
         {.revoked = WITH(UNKNOWN_CRITICAL) WITH(BAD_REASON)}, UNSUPPORTED, "entry 1"},
        {"certificateIssuer in a list that is not indirect",
         {.revoked = WITH(CRL_CRITICAL("55 1d 1d", "30 { a4 { " CRL_NAME " } }"))}, PARSE,
         "certificateIssuer"},
        {"certificateIssuer without a name",
         {.revoked = WITH(CRL_CRITICAL("55 1d 1d", "30 00"))}, PARSE, "certificateIssuer"},
        {"no extension in crlEntryExtensions", {.revoked = WITH("")}, OK, NULL},
        {"none in the first, a bad one in the second", {.revoked = WITH("") WITH(BAD_REASON)}, PARSE,
         "entry 2"},
        {"something behind the extensions",
         {.revoked = "30 { 02 01 01 " CRL_DATE " 30 { " CRL_REASON("01") " } 05 00 }"}, PARSE,
         "malformed"},
        {"not a SEQUENCE", {.revoked = "30 { 02 01 01 " CRL_DATE " 31 { " CRL_REASON("01") " } }"},
         PARSE, "malformed"},
        {"critical FALSE spelled 01",
         {.revoked = WITH("30 { 06 { 55 1d 15 } 01 01 01 04 { 0a 01 01 } }")}, PARSE, "malformed"},
        {"an empty OID", {.revoked = WITH("30 { 06 00 04 { 05 00 } }")}, PARSE, "malformed"},
        {"not an entry", {.revoked = "31 { 02 01 01 " CRL_DATE " }"}, PARSE, "not an entry"},
        {"an entry longer than its list", {.revoked = "30 7f 02 01 01"}, PARSE, "longer"},
        {"an entry of more than 127 octets",
         {.revoked = WITH(CRL_EXTENSION("2a 03 04", "04 { 00 * 300 }"))}, OK, NULL},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

#define POINT(value) CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { " value " }")
#define POINT_NAME(name) POINT("a0 { a0 { " name " } }")

/* CVE-2026-3548, GHSA-82j2-j2ch-gfr8, CVE-2020-1971, CVE-2026-35189. */
START_TEST(list_extensions)
{
    static const struct row rows[] = {
        {"no cRLNumber", {.extensions = UNKNOWN}, OK, NULL},
        {"cRLNumber 0", {.extensions = CRL_EXTENSION("55 1d 14", "02 01 00")}, OK, NULL},
        {"cRLNumber of 20 octets", {.extensions = CRL_EXTENSION("55 1d 14", "02 { 7f * 20 }")}, OK,
         NULL},
        {"cRLNumber of 21 octets", {.extensions = CRL_EXTENSION("55 1d 14", "02 { 7f * 21 }")},
         PARSE, "cRLNumber"},
        {"cRLNumber of 57 octets", {.extensions = CRL_EXTENSION("55 1d 14", "02 { 7f * 57 }")},
         PARSE, "cRLNumber"},
        {"cRLNumber of 60,000 octets",
         {.extensions = CRL_EXTENSION("55 1d 14", "02 { 7f * 60000 }")}, PARSE, "cRLNumber"},
        {"cRLNumber of 70,000 octets",
         {.extensions = CRL_EXTENSION("55 1d 14", "02 { 7f * 70000 }")}, LIMIT, "larger"},
        {"cRLNumber negative", {.extensions = CRL_EXTENSION("55 1d 14", "02 01 80")}, PARSE,
         "cRLNumber"},
        {"cRLNumber not minimal", {.extensions = CRL_EXTENSION("55 1d 14", "02 02 00 01")}, PARSE,
         "cRLNumber"},
        {"cRLNumber without octets", {.extensions = CRL_EXTENSION("55 1d 14", "02 00")}, PARSE,
         "cRLNumber"},
        {"cRLNumber, nothing at all", {.extensions = "30 { 06 { 55 1d 14 } 04 00 }"}, PARSE,
         "cRLNumber"},
        {"cRLNumber, critical", {.extensions = CRL_CRITICAL("55 1d 14", "02 01 07")}, PARSE,
         "critical cRLNumber"},
        {"cRLNumber twice", {.extensions = CRL_NUMBER CRL_NUMBER}, PARSE, "twice"},
        {"unknown critical, first", {.extensions = UNKNOWN_CRITICAL CRL_NUMBER}, UNSUPPORTED,
         "critical"},
        {"unknown critical, last", {.extensions = CRL_NUMBER UNKNOWN_CRITICAL}, UNSUPPORTED,
         "critical"},
        {"unknown twice, once critical", {.extensions = CRL_NUMBER UNKNOWN UNKNOWN_CRITICAL}, PARSE,
         "twice"},
        {"unknown critical in the middle",
         {.extensions = CRL_NUMBER UNKNOWN_CRITICAL CRL_EXTENSION("2a 03 05", "05 00")},
         UNSUPPORTED, "critical"},
        {"undecodable, then unknown critical",
         {.extensions = CRL_EXTENSION("55 1d 14", "05 00") UNKNOWN_CRITICAL}, PARSE, "cRLNumber"},
        {"critical freshestCRL", {.extensions = CRL_CRITICAL("55 1d 2e", "30 00")}, UNSUPPORTED,
         "critical"},
        {"authorityKeyIdentifier",
         {.extensions = CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 20 } }")}, OK, NULL},
        {"authorityKeyIdentifier with issuer and serial",
         {.extensions = CRL_EXTENSION("55 1d 23", "30 { a1 { a4 { " CRL_NAME " } } 82 01 05 }")},
         OK, NULL},
        {"authorityKeyIdentifier with an issuer alone",
         {.extensions = CRL_EXTENSION("55 1d 23", "30 { a1 { a4 { " CRL_NAME " } } }")}, PARSE,
         "authorityKeyIdentifier"},
        {"authorityKeyIdentifier of 65 octets",
         {.extensions = CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 65 } }")}, PARSE,
         "authorityKeyIdentifier"},
        {"delta", {.extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1b", "02 01 05")}, OK, NULL},
        {"delta with removeFromCRL",
         {.revoked = WITH(CRL_REASON("08")),
          .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1b", "02 01 05")},
         OK, NULL},
        {"delta of no number", {.extensions = CRL_CRITICAL("55 1d 1b", "02 00")}, PARSE,
         "deltaCRLIndicator"},
        {"point: a URI", {.extensions = POINT_NAME("86 { \"http://a/\" }")}, OK, NULL},
        {"point: a directory name", {.extensions = POINT_NAME("a4 { " CRL_NAME " }")}, OK, NULL},
        {"point: two names",
         {.extensions = POINT_NAME("86 { \"http://a/\" } a4 { " CRL_NAME " }")}, OK, NULL},
        {"point: otherName", {.extensions = POINT_NAME("a0 { 06 { 2a } a0 { 05 00 } }")}, PARSE,
         "without a URI"},
        {"point: rfc822Name", {.extensions = POINT_NAME("81 { \"a@b\" }")}, PARSE, "without a URI"},
        {"point: dNSName", {.extensions = POINT_NAME("82 { \"a\" }")}, PARSE, "without a URI"},
        {"point: x400Address", {.extensions = POINT_NAME("a3 { 30 00 }")}, PARSE, "without a URI"},
        {"point: ediPartyName", {.extensions = POINT_NAME("a5 { a1 { 0c 01 41 } }")}, PARSE,
         "without a URI"},
        {"point: iPAddress", {.extensions = POINT_NAME("87 { 0a 00 00 01 }")}, PARSE, "without a URI"},
        {"point: registeredID", {.extensions = POINT_NAME("88 { 2a }")}, PARSE, "without a URI"},
        {"point: primitive x400Address", {.extensions = POINT_NAME("83 00")}, PARSE, "without a URI"},
        {"point: an empty URI", {.extensions = POINT_NAME("86 00")}, PARSE, "malformed"},
        {"point: no name", {.extensions = POINT_NAME("")}, PARSE, "issuingDistributionPoint"},
        {"point: nameRelativeToCRLIssuer",
         {.extensions = POINT("a0 { a1 { 30 { 06 { 55 04 03 } 0c 01 41 } } }")}, OK, NULL},
        {"point: an empty nameRelativeToCRLIssuer", {.extensions = POINT("a0 { a1 00 }")}, PARSE,
         "issuingDistributionPoint"},
        {"point: a URI behind a dNSName", {.extensions = POINT_NAME("82 01 61 86 01 61")}, OK,
         NULL},
        {"point: a tag that no name has", {.extensions = POINT_NAME("89 01 61 86 01 61")}, PARSE,
         "malformed"},
        {"point: empty", {.extensions = POINT("")}, PARSE, "empty"},
        {"point: onlyContainsUserCerts", {.extensions = POINT("81 01 ff")}, OK, NULL},
        {"point: BOOLEAN 01", {.extensions = POINT("81 01 01")}, PARSE, "malformed"},
        {"point: BOOLEAN of two octets", {.extensions = POINT("81 02 ff ff")}, PARSE, "malformed"},
        {"point: user and CA", {.extensions = POINT("81 01 ff 82 01 ff")}, PARSE, "more than one"},
        {"point: order", {.extensions = POINT("82 01 ff 81 01 ff")}, PARSE, "malformed"},
        {"point: indirect", {.extensions = POINT("84 01 ff")}, OK, NULL},
        {"point: indirect with certificateIssuer",
         {.revoked = WITH(CRL_CRITICAL("55 1d 1d", "30 { a4 { " CRL_NAME " } }")),
          .extensions = POINT("84 01 ff")},
         OK, NULL},
        {"point: some reasons", {.extensions = POINT("83 { 05 60 }")}, OK, NULL},
        {"point: reasons 03 01 00", {.extensions = POINT("83 01 00")}, PARSE, "names no reason"},
        {"point: reasons 03 00", {.extensions = POINT("83 00")}, PARSE, "malformed"},
        {"point: reasons, pad over 7", {.extensions = POINT("83 { 08 60 }")}, PARSE, "malformed"},
        {"point: reasons, pad bits set", {.extensions = POINT("83 { 05 61 }")}, PARSE, "malformed"},
        {"point: no reason set", {.extensions = POINT("83 { 00 00 }")}, PARSE, "no reason"},
        {"point: reasons of 10 bits", {.extensions = POINT("83 { 06 00 40 }")}, PARSE, "malformed"},
        {"point: something behind",
         {.extensions = CRL_CRITICAL("55 1d 1c", "30 { 81 01 ff } 05 00")}, PARSE, "malformed"},
    };

    check_rows(rows, COUNT_OF(rows));
}
END_TEST

UNIT_MAIN("revocation/scan_fields", header_fields, serial_forms, entry_dates, entry_extensions,
          list_extensions)
