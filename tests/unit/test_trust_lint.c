/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <mtlsauth/mtlsauth.h>

#define API_GATEWAY MTLSAUTH_PROFILE_API_GATEWAY
#define ALB MTLSAUTH_PROFILE_ALB
#define STRICT MTLSAUTH_PROFILE_STRICT
#define INFO MTLSAUTH_SEVERITY_INFO
#define WARNING MTLSAUTH_SEVERITY_WARNING
#define ERROR MTLSAUTH_SEVERITY_ERROR
#define OF_FILE ((size_t)-1)

static mtlsauth_report *lint_of(const char *row, const mtlsauth_truststore *truststore, int64_t now,
                                int profile)
{
    mtlsauth_report *report;

    ASSERT_OK(row, mtlsauth_truststore_lint(truststore, now, profile, &report));
    return report;
}

/* The findings in one line: "2:EXPIRED:error ...", F for the file. */
static void summarize(const mtlsauth_report *report, char out[2048])
{
    size_t used = 0, certificate;
    int severity, code;
    const char *sentence;

    out[0] = '\0';
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        char who[24] = "F";

        ASSERT_OK("finding",
                  mtlsauth_report_finding(report, i, &certificate, &severity, &code, &sentence));
        ck_assert_msg(strlen(sentence) > 20, "%s", sentence);
        if (certificate != OF_FILE)
            snprintf(who, sizeof who, "%zu", certificate + 1);
        used += (size_t)snprintf(out + used, 2048 - used, "%s%s:%s:%s", used == 0 ? "" : " ", who,
                                 mtlsauth_lint_name(code),
                                 severity == ERROR     ? "error"
                                 : severity == WARNING ? "warning"
                                                       : "info");
    }
}

/* The findings of a truststore, which is given back; the same twice. */
static void check_findings(const char *row, mtlsauth_truststore *truststore, int64_t now,
                           int profile, const char *want)
{
    mtlsauth_report *report = lint_of(row, truststore, now, profile);
    mtlsauth_report *again = lint_of(row, truststore, now, profile);
    char got[2048];

    summarize(report, got);
    ASSERT_TEXT(row, got, want);
    ASSERT_TEXT(row, mtlsauth_report_json(report), mtlsauth_report_json(again));
    mtlsauth_report_free(again);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
}

/* A truststore of files of tests/data, one after the other. */
static mtlsauth_truststore *files_truststore(const char *const names[], const char *behind)
{
    mtlsauth_truststore *truststore;
    char *text = strdup("");

    for (size_t i = 0; i < 8 && names[i] != NULL; i++) {
        size_t len;
        char *more = data_read(names[i], &len);

        text = realloc(text, strlen(text) + len + 1);
        ck_assert_ptr_nonnull(text);
        strcat(text, more);
        free(more);
    }
    text = realloc(text, strlen(text) + strlen(behind) + 1);
    ck_assert_ptr_nonnull(text);
    strcat(text, behind);
    ASSERT_OK(names[0], mtlsauth_truststore_parse(&truststore, text, strlen(text), NULL));
    free(text);
    return truststore;
}

START_TEST(files)
{
    static const struct {
        const char *name;
        const char *files[8];
        const char *behind;
        int64_t now; /* 0: DATA_NOW */
        int profile;
        const char *want;
    } rows[] = {
        {"good", {"bundle.pem"}, "", 0, API_GATEWAY, ""},
        {"CRLF", {"crlf-bundle.pem"}, "", 0, API_GATEWAY, ""},
        {"a thousand", {"bundle-1000.pem"}, "", 0, API_GATEWAY, ""},
        {"bad",
         {"bad-bundle.pem"},
         "",
         0,
         API_GATEWAY,
         "2:EXPIRED:error 3:NOT_A_CA:warning 4:DUPLICATE:warning 5:WEAK_KEY:error "
         "6:WEAK_SIGNATURE:error 7:VERSION:warning 8:SAME_SUBJECT:error 9:ISSUER_MISSING:error "
         "F:PRIVATE_KEY:error F:TRAILING_TEXT:warning"},
        {"bad, strict",
         {"bad-bundle.pem"},
         "",
         0,
         STRICT,
         "2:EXPIRED:error 3:NOT_A_CA:warning 4:DUPLICATE:warning 5:WEAK_KEY:error "
         "6:WEAK_SIGNATURE:warning 7:VERSION:error 8:SAME_SUBJECT:warning 9:ISSUER_MISSING:info "
         "F:PRIVATE_KEY:error F:TRAILING_TEXT:warning"},
        {"last day", {"root.pem"}, "", INT64_C(2524607999), API_GATEWAY, "1:EXPIRES_SOON:warning"},
        {"day after", {"root.pem"}, "", INT64_C(2524608000), API_GATEWAY, "1:EXPIRED:error"},
        {"30 days", {"root.pem"}, "", INT64_C(2522015999), API_GATEWAY, "1:EXPIRES_SOON:warning"},
        {"31 days", {"root.pem"}, "", INT64_C(2522015998), API_GATEWAY, ""},
        {"first second", {"root.pem"}, "", INT64_C(1577836800), API_GATEWAY, ""},
        {"before", {"root.pem"}, "", INT64_C(1577836799), API_GATEWAY, "1:NOT_YET_VALID:error"},
        {"long ago", {"root.pem"}, "", INT64_MIN, API_GATEWAY, "1:NOT_YET_VALID:error"},
        {"far off", {"root.pem"}, "", INT64_MAX, API_GATEWAY, "1:EXPIRED:error"},
        {"client, self-signed", {"self-signed.pem"}, "", 0, API_GATEWAY, "1:NOT_A_CA:warning"},
        {"client, at ALB", {"self-signed.pem"}, "", 0, ALB, "1:NOT_A_CA:error"},
        {"a client that has issued",
         {"root.pem", "two-names.pem", "by-leaf.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:error 3:NOT_A_CA:warning"},
        {"no keyCertSign",
         {"root.pem", "ku-ca.pem"},
         "",
         0,
         API_GATEWAY,
         "2:KEY_CERT_SIGN_MISSING:error"},
        {"curve",
         {"root.pem", "weak-curve.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:warning 2:CURVE:error"},
        {"explicit curve",
         {"root.pem", "explicit-params.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:warning 2:CURVE:error"},
        {"Edwards curve",
         {"root.pem", "ed25519.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:warning 2:CURVE:info"},
        {"Edwards curve at ALB",
         {"root.pem", "ed25519.pem"},
         "",
         0,
         ALB,
         "2:NOT_A_CA:error 2:CURVE:error"},
        {"v1 root at ALB", {"v1-root.pem"}, "", 0, ALB, "1:VERSION:error"},
        {"v1 intermediate",
         {"root.pem", "v1-intermediate.pem"},
         "",
         0,
         API_GATEWAY,
         "2:VERSION:error"},
        {"issuer missing", {"intermediate.pem"}, "", 0, API_GATEWAY, "1:ISSUER_MISSING:error"},
        {"issuer missing, by signature",
         {"intermediate.pem", "clone-root.pem"},
         "",
         0,
         API_GATEWAY,
         "1:ISSUER_MISSING:error 1:BAD_SIGNATURE:error"},
        {"issuer missing above",
         {"long-ca-2.pem", "long-ca-1.pem"},
         "",
         0,
         API_GATEWAY,
         "1:ISSUER_MISSING:error 2:ISSUER_MISSING:error"},
        {"issuer missing, any anchor",
         {"intermediate.pem"},
         "",
         0,
         STRICT,
         "1:ISSUER_MISSING:info"},
        {"too long",
         {"long-ca-4.pem", "long-ca-3.pem", "long-ca-2.pem", "long-ca-1.pem", "root.pem"},
         "",
         0,
         API_GATEWAY,
         "1:PATH_TOO_LONG:error"},
        {"long, strict",
         {"long-ca-4.pem", "long-ca-3.pem", "long-ca-2.pem", "long-ca-1.pem", "root.pem"},
         "",
         0,
         STRICT,
         ""},
        {"path length",
         {"pathlen-ca.pem", "intermediate.pem", "root.pem"},
         "",
         0,
         API_GATEWAY,
         "1:PATH_LENGTH:error"},
        {"root of the post", {"apigw/RootCA.pem"}, "", 0, API_GATEWAY, ""},
        {"root of the post, strict", {"apigw/RootCA.pem"}, "", 0, STRICT, "1:PROFILE:error"},
        {"another block", {"root.pem", "root.crl"}, "", 0, API_GATEWAY, "F:OTHER_BLOCK:warning"},
        {"blocks by kind",
         {"root.pem", "root.crl", "client.key"},
         "",
         0,
         API_GATEWAY,
         "F:PRIVATE_KEY:error F:OTHER_BLOCK:warning"},
        {"text behind", {"root.pem"}, "x", 0, API_GATEWAY, "F:TRAILING_TEXT:warning"},
        {"white space behind", {"root.pem"}, " \n\t\n", 0, API_GATEWAY, ""},
        {"blank line at ALB", {"root.pem"}, "\n", 0, ALB, "F:PROFILE:error"},
        {"blank line, CRLF, at ALB", {"root.pem"}, "\r\n", 0, ALB, "F:PROFILE:error"},
        {"no blank line at ALB", {"root.pem", "other-root.pem"}, "", 0, ALB, ""},
        {"critical extension",
         {"root.pem", "critical-unknown.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:warning 2:PROFILE:error"},
        {"NUL in a name",
         {"root.pem", "nul-cn.pem"},
         "",
         0,
         API_GATEWAY,
         "2:NOT_A_CA:warning 2:BAD_NAME:error"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_findings(rows[i].name, files_truststore(rows[i].files, rows[i].behind),
                       rows[i].now == 0 ? DATA_NOW : rows[i].now, rows[i].profile, rows[i].want);
}
END_TEST

/* Sentences name the certificate, say what is wrong, where, and what to do. */
START_TEST(sentences)
{
    static const char *const says[] = {
        "certificate 2 (CN=expired-ca,O=Example): expired at 2015-01-01T00:00:00Z",
        "it lets in the client that presents this very certificate",
        "the same as certificate 1",
        "its key is RSA 1024",
        "signed by RSA with SHA-1",
        "X.509 version 1: taken as a root",
        "has the subject of certificate 1, and another key",
        "its issuer CN=absent-root,O=Example is not in this file",
        ": a private key (PRIVATE KEY): remove it",
        "text behind the last certificate",
    };
    mtlsauth_truststore *truststore = data_truststore("bad-bundle.pem");
    mtlsauth_report *report = lint_of("bad", truststore, DATA_NOW, API_GATEWAY);

    ASSERT_INT("bad", mtlsauth_report_count(report), COUNT_OF(says));
    for (size_t i = 0; i < COUNT_OF(says); i++) {
        const char *sentence;

        ASSERT_OK(says[i], mtlsauth_report_finding(report, i, NULL, NULL, NULL, &sentence));
        ASSERT_SAYS("bad", sentence, says[i]);
    }
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
}
END_TEST

static void check_forged(const char *row, const struct forge *specs, size_t n, int profile,
                         const char *want)
{
    struct forged forged = {0};

    for (size_t i = 0; i < n; i++)
        forged_add(&forged, &specs[i]);
    check_findings(row, forged_truststore(&forged), DATA_NOW, profile, want);
    forged_drop(&forged);
}

#define CHECK_FORGED(row, profile, want, ...)                                                      \
    do {                                                                                           \
        const struct forge specs[] = {__VA_ARGS__};                                                \
                                                                                                   \
        check_forged(row, specs, COUNT_OF(specs), profile, want);                                  \
    } while (0)

#define ROOT                                                                                       \
    {                                                                                              \
        .subject = "Root", .issuer = "Root", .ca = true, .ku = FORGE_KU_CA                         \
    }

START_TEST(serials)
{
    CHECK_FORGED(
        "negative", API_GATEWAY, "1:SERIAL:warning",
        {.subject = "R", .issuer = "R", .ca = true, .serial_field = FORGE("\x02\x01\x80")});
    CHECK_FORGED(
        "zero", API_GATEWAY, "1:SERIAL:info",
        {.subject = "R", .issuer = "R", .ca = true, .serial_field = FORGE("\x02\x01\x00")});
    CHECK_FORGED("20 octets", API_GATEWAY, "",
                 {.subject = "R",
                  .issuer = "R",
                  .ca = true,
                  .serial_field = FORGE("\x02\x14\x01xxxxxxxxxxxxxxxxxxx")});
    CHECK_FORGED("21 octets", API_GATEWAY, "1:SERIAL:warning",
                 {.subject = "R",
                  .issuer = "R",
                  .ca = true,
                  .serial_field = FORGE("\x02\x15\x01xxxxxxxxxxxxxxxxxxxx")});
}
END_TEST

START_TEST(strict)
{
    static const struct forge_extension loose[] = {
        FORGE_EXTENSION("\x55\x1d\x24", false, "\x30\x03\x80\x01\x00"),
        FORGE_EXTENSION("\x55\x1d\x36", false, "\x02\x01\x00")};

    CHECK_FORGED("serial of a root", STRICT, "1:SERIAL:info",
                 {.subject = "R",
                  .issuer = "R",
                  .ca = true,
                  .ku = FORGE_KU_CA,
                  .has_key_ids = true,
                  .serial_field = FORGE("\x02\x01\x00")});
    CHECK_FORGED(
        "serial below a root", STRICT, "2:SERIAL:info",
        {.subject = "R", .issuer = "R", .ca = true, .ku = FORGE_KU_CA, .has_key_ids = true},
        {.subject = "A",
         .issuer = "R",
         .ca = true,
         .key = 1,
         .ku = FORGE_KU_CA,
         .has_key_ids = true,
         .serial_field = FORGE("\x02\x01\x00")});
    CHECK_FORGED("no key identifiers", STRICT, "1:PROFILE:error 2:PROFILE:error 2:PROFILE:error",
                 {.subject = "R", .issuer = "R", .ca = true, .ku = FORGE_KU_CA},
                 {.subject = "A", .issuer = "R", .ca = true, .key = 1, .ku = FORGE_KU_CA});
    CHECK_FORGED("not critical", STRICT, "1:PROFILE:error 1:PROFILE:error",
                 {.subject = "R",
                  .issuer = "R",
                  .ca = true,
                  .ku = FORGE_KU_CA,
                  .has_key_ids = true,
                  .extensions = loose,
                  .extension_count = 2});
}
END_TEST

START_TEST(same_subject)
{
    CHECK_FORGED("renewed with its key", API_GATEWAY, "", ROOT,
                 {.subject = "Root", .issuer = "Root", .ca = true, .serial = 2});
    CHECK_FORGED("another key", API_GATEWAY, "2:SAME_SUBJECT:error", ROOT,
                 {.subject = "Root", .issuer = "Root", .ca = true, .key = 1, .signer = 1});
    CHECK_FORGED("another key at ALB", ALB, "2:SAME_SUBJECT:warning", ROOT,
                 {.subject = "Root", .issuer = "Root", .ca = true, .key = 1, .signer = 1});
    CHECK_FORGED("cross-signed", API_GATEWAY, "3:SAME_SUBJECT:error", ROOT,
                 {.subject = "Other", .issuer = "Other", .ca = true, .key = 1, .signer = 1},
                 {.subject = "Root", .issuer = "Other", .ca = true, .signer = 1});
    CHECK_FORGED("rollover below a root", API_GATEWAY, "3:SAME_SUBJECT:warning", ROOT,
                 {.subject = "CA", .issuer = "Root", .ca = true, .key = 1},
                 {.subject = "CA", .issuer = "Root", .ca = true, .key = 2});
    CHECK_FORGED("case", API_GATEWAY, "2:SAME_SUBJECT:error", ROOT,
                 {.subject = "rOOT", .issuer = "Root", .ca = true, .key = 1, .signer = 1});
}
END_TEST

START_TEST(paths)
{
    CHECK_FORGED("any order", API_GATEWAY, "",
                 {.subject = "B", .issuer = "A", .ca = true, .key = 2, .signer = 1},
                 {.subject = "A", .issuer = "Root", .ca = true, .key = 1}, ROOT);
    CHECK_FORGED("a circle without a root", API_GATEWAY,
                 "1:ISSUER_MISSING:error 2:ISSUER_MISSING:error",
                 {.subject = "A", .issuer = "B", .ca = true, .key = 1, .signer = 2},
                 {.subject = "B", .issuer = "A", .ca = true, .key = 2, .signer = 1});
    CHECK_FORGED("altered root", API_GATEWAY, "1:ISSUER_MISSING:error 1:BAD_SIGNATURE:error",
                 {.subject = "R", .issuer = "R", .ca = true, .signer = 1});
    CHECK_FORGED("a name is no issuer", API_GATEWAY, "2:ISSUER_MISSING:error", ROOT,
                 {.subject = "A", .issuer = "Root", .ca = true, .key = 1, .signer = 2});
    CHECK_FORGED("key rollover: self-issued", API_GATEWAY, "2:SAME_SUBJECT:error", ROOT,
                 {.subject = "Root", .issuer = "Root", .ca = true, .key = 1});
    CHECK_FORGED("self-issued does not count", API_GATEWAY, "3:SAME_SUBJECT:error",
                 {.subject = "Root", .issuer = "Root", .ca = true, .path_length = 2},
                 {.subject = "A", .issuer = "Root", .ca = true, .key = 1, .path_length = 1},
                 {.subject = "A", .issuer = "A", .ca = true, .key = 2, .signer = 1});
    CHECK_FORGED("two below a pathLen of 1", API_GATEWAY, "3:PATH_LENGTH:error",
                 {.subject = "Root", .issuer = "Root", .ca = true, .path_length = 2},
                 {.subject = "A", .issuer = "Root", .ca = true, .key = 1},
                 {.subject = "B", .issuer = "A", .ca = true, .key = 2, .signer = 1});
    CHECK_FORGED("another way keeps it", API_GATEWAY, "2:SAME_SUBJECT:error",
                 {.subject = "A", .issuer = "Root", .ca = true, .key = 1, .path_length = 1},
                 {.subject = "A", .issuer = "Other", .ca = true, .key = 1, .signer = 9},
                 {.subject = "B", .issuer = "A", .ca = true, .key = 2, .signer = 1}, ROOT,
                 {.subject = "Other", .issuer = "Other", .ca = true, .key = 9, .signer = 9});
    CHECK_FORGED("for servers alone", API_GATEWAY, "2:PROFILE:error", ROOT,
                 {.subject = "A",
                  .issuer = "Root",
                  .ca = true,
                  .key = 1,
                  .eku = "\x2b\x06\x01\x05\x05\x07\x03\x01"});
    CHECK_FORGED("for clients", API_GATEWAY, "", ROOT,
                 {.subject = "A",
                  .issuer = "Root",
                  .ca = true,
                  .key = 1,
                  .eku = "\x2b\x06\x01\x05\x05\x07\x03\x02"});
}
END_TEST

START_TEST(over_limits)
{
    mtlsauth_truststore *truststore;
    mtlsauth_limits *limits;
    struct forged forged = {0};
    char *big = malloc(20001), path[4096];
    const struct forge_extension extension[] = {{"\x2a\x03\x04", false, big, 20000}};

    ck_assert_ptr_nonnull(big);
    memset(big, 'x', 20000);
    forged_add(&forged, &(struct forge){.subject = "R",
                                        .issuer = "R",
                                        .ca = true,
                                        .extensions = extension,
                                        .extension_count = 1});
    check_findings("16 KB", forged_truststore(&forged), DATA_NOW, ALB, "1:LIMIT:error");
    check_findings("16 KB", forged_truststore(&forged), DATA_NOW, API_GATEWAY, "");
    forged_drop(&forged);
    free(big);
    for (int i = 0; i < 26; i++) {
        static char names[26][8];

        snprintf(names[i], sizeof names[i], "R%d", i);
        if (i == 25)
            check_findings("25", forged_truststore(&forged), DATA_NOW, ALB, "");
        forged_add(&forged, &(struct forge){.subject = names[i], .issuer = names[i], .ca = true});
    }
    check_findings("26", forged_truststore(&forged), DATA_NOW, ALB, "F:LIMIT:error");
    forged_drop(&forged);

    ASSERT_OK("limits", mtlsauth_limits_new(&limits));
    ASSERT_OK("limits", mtlsauth_limits_set_truststore_certificates(limits, 2000));
    ASSERT_OK("limits", mtlsauth_limits_set_truststore_bytes(limits, 2000000));
    data_path(path, "bundle-1001.pem");
    ASSERT_OK("1001", mtlsauth_truststore_load_file(&truststore, path, limits));
    check_findings("1001", truststore, DATA_NOW, API_GATEWAY, "F:LIMIT:error");
    data_path(path, "too-big.pem");
    ASSERT_OK("too big", mtlsauth_truststore_load_file(&truststore, path, limits));
    check_findings("too big", truststore, DATA_NOW, API_GATEWAY,
                   "F:LIMIT:error F:TRAILING_TEXT:warning");
    mtlsauth_limits_free(limits);
}
END_TEST

/* Of one name, no two of which have issued each other: the work is bounded, and it is said. */
START_TEST(many_of_one_name)
{
    struct forged forged = {0};
    mtlsauth_truststore *truststore;
    mtlsauth_report *report;
    int code;

    for (unsigned i = 0; i < 100; i++)
        forged_add(
            &forged,
            &(struct forge){
                .subject = "A", .issuer = "A", .ca = true, .key = 1, .signer = 2, .serial = i + 1});
    truststore = forged_truststore(&forged);
    report = lint_of("many", truststore, DATA_NOW, API_GATEWAY);
    ASSERT_OK("many", mtlsauth_report_finding(report, mtlsauth_report_count(report) - 1, NULL, NULL,
                                              &code, NULL));
    ASSERT_INT("many", code, MTLSAUTH_LINT_LIMIT);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
    forged_drop(&forged);
}
END_TEST

/* How much that costs, tests/unit/cost.py says. */
START_TEST(a_thousand)
{
    mtlsauth_truststore *truststore = data_truststore("bundle-1000.pem");
    mtlsauth_report *report = lint_of("a thousand", truststore, DATA_NOW, API_GATEWAY);

    ASSERT_INT("a thousand", mtlsauth_truststore_count(truststore), 1000);
    ASSERT_INT("a thousand", mtlsauth_report_count(report), 0);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
}
END_TEST

START_TEST(arguments)
{
    mtlsauth_truststore *truststore = data_truststore("root.pem");
    mtlsauth_report *report = (mtlsauth_report *)(void *)truststore;
    const char *sentence = NULL;

    ASSERT_INT("out", mtlsauth_truststore_lint(truststore, 0, API_GATEWAY, NULL),
               MTLSAUTH_ERR_ARGUMENT);
    ASSERT_INT("truststore", mtlsauth_truststore_lint(NULL, 0, API_GATEWAY, &report),
               MTLSAUTH_ERR_ARGUMENT);
    ASSERT_TRUE("truststore", report == NULL);
    ASSERT_INT("profile", mtlsauth_truststore_lint(truststore, 0, 4, &report),
               MTLSAUTH_ERR_ARGUMENT);
    ASSERT_SAYS("profile", mtlsauth_last_error(), "no profile 4");
    ASSERT_INT("NULL", mtlsauth_report_count(NULL), 0);
    ASSERT_TRUE("NULL", mtlsauth_report_json(NULL)[0] == '\0');
    mtlsauth_report_free(NULL);
    report = lint_of("good", truststore, DATA_NOW, API_GATEWAY);
    ASSERT_INT("beyond", mtlsauth_report_finding(report, 0, NULL, NULL, NULL, &sentence),
               MTLSAUTH_ERR_ARGUMENT);
    ASSERT_SAYS("beyond", mtlsauth_last_error(), "no finding 0");
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(truststore);
}
END_TEST

START_TEST(lint_names)
{
    ASSERT_TEXT("first", mtlsauth_lint_name(MTLSAUTH_LINT_EXPIRED), "EXPIRED");
    ASSERT_TEXT("last", mtlsauth_lint_name(MTLSAUTH_LINT_REMOVED), "REMOVED");
    ASSERT_TEXT("none", mtlsauth_lint_name(0), "UNKNOWN");
    ASSERT_TEXT("none", mtlsauth_lint_name(-1), "UNKNOWN");
    ASSERT_TEXT("none", mtlsauth_lint_name(MTLSAUTH_LINT_REMOVED + 1), "UNKNOWN");
}
END_TEST

UNIT_MAIN("lint", files, sentences, serials, strict, same_subject, paths, over_limits,
          many_of_one_name, a_thousand, arguments, lint_names)
