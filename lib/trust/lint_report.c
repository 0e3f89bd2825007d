/* SPDX-License-Identifier: MIT */
#include "trust/lint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "trust/profile.h"
#include "trust/reason.h"

static const char *const names[] = {
    [MTLSAUTH_LINT_EXPIRED] = "EXPIRED",
    [MTLSAUTH_LINT_NOT_YET_VALID] = "NOT_YET_VALID",
    [MTLSAUTH_LINT_EXPIRES_SOON] = "EXPIRES_SOON",
    [MTLSAUTH_LINT_NOT_A_CA] = "NOT_A_CA",
    [MTLSAUTH_LINT_KEY_CERT_SIGN_MISSING] = "KEY_CERT_SIGN_MISSING",
    [MTLSAUTH_LINT_WEAK_KEY] = "WEAK_KEY",
    [MTLSAUTH_LINT_WEAK_SIGNATURE] = "WEAK_SIGNATURE",
    [MTLSAUTH_LINT_CURVE] = "CURVE",
    [MTLSAUTH_LINT_VERSION] = "VERSION",
    [MTLSAUTH_LINT_DUPLICATE] = "DUPLICATE",
    [MTLSAUTH_LINT_SAME_SUBJECT] = "SAME_SUBJECT",
    [MTLSAUTH_LINT_ISSUER_MISSING] = "ISSUER_MISSING",
    [MTLSAUTH_LINT_PATH_TOO_LONG] = "PATH_TOO_LONG",
    [MTLSAUTH_LINT_PATH_LENGTH] = "PATH_LENGTH",
    [MTLSAUTH_LINT_SERIAL] = "SERIAL",
    [MTLSAUTH_LINT_LIMIT] = "LIMIT",
    [MTLSAUTH_LINT_PRIVATE_KEY] = "PRIVATE_KEY",
    [MTLSAUTH_LINT_OTHER_BLOCK] = "OTHER_BLOCK",
    [MTLSAUTH_LINT_TRAILING_TEXT] = "TRAILING_TEXT",
    [MTLSAUTH_LINT_BAD_SIGNATURE] = "BAD_SIGNATURE",
    [MTLSAUTH_LINT_PROFILE] = "PROFILE",
    [MTLSAUTH_LINT_BAD_NAME] = "BAD_NAME",
    [MTLSAUTH_LINT_NOT_LOADED] = "NOT_LOADED",
    [MTLSAUTH_LINT_ROLLBACK] = "ROLLBACK",
    [MTLSAUTH_LINT_REMOVED] = "REMOVED",
};

static const char *severity_name(int severity)
{
    switch (severity) {
    case MTLSAUTH_SEVERITY_ERROR:
        return "error";
    case MTLSAUTH_SEVERITY_WARNING:
        return "warning";
    default:
        return "info";
    }
}

void mtlsauth__report_add(mtlsauth_report *report, const mtlsauth_truststore *truststore,
                          size_t certificate, int severity, int code, const char *format, ...)
{
    struct finding *grown =
        mtlsauth__grow(report->findings, report->count, &report->capacity, sizeof *grown);
    char sentence[MTLSAUTH__MAX_SENTENCE] = "";
    int used = 0;
    va_list args;

    if (grown == NULL) {
        report->failed = true;
        return;
    }
    report->findings = grown;
    if (certificate != LINT_FILE)
        used = snprintf(sentence, sizeof sentence, "certificate %zu (%s): ", certificate + 1,
                        mtlsauth__show(truststore->entries[certificate].cert->subject).text);
    if (used < 0 || (size_t)used >= sizeof sentence)
        used = 0;
    va_start(args, format);
    vsnprintf(sentence + used, sizeof sentence - (size_t)used, format, args);
    va_end(args);
    grown[report->count] = (struct finding){
        .certificate = certificate,
        .severity = severity,
        .code = code,
        .sentence = mtlsauth__strdup(sentence),
    };
    report->failed = report->failed || grown[report->count].sentence == NULL;
    report->count++;
}

void mtlsauth__report_add_text(mtlsauth_report *report, int severity, int code, struct text *text)
{
    char sentence[MTLSAUTH__MAX_SENTENCE];
    char *octets = mtlsauth__text_take(text);

    if (octets == NULL) {
        report->failed = true;
        return;
    }
    mtlsauth__text_clean(sentence, sizeof sentence, octets);
    mtlsauth__report_add(report, NULL, LINT_FILE, severity, code, "%s", sentence);
    mtlsauth__free(octets);
}

static void add_member(struct text *out, const char *name, const char *value)
{
    mtlsauth__text_addf(out, "\"%s\":", name);
    mtlsauth__text_add_json(out, value);
}

static void add_certificate(struct text *out, const struct trusted *entry)
{
    const mtlsauth_cert *cert = entry->cert;
    char when[MTLSAUTH__TIME_TEXT];

    mtlsauth__text_add_char(out, '{');
    add_member(out, "subject", cert->subject);
    mtlsauth__text_add_char(out, ',');
    add_member(out, "issuer", cert->issuer);
    mtlsauth__text_add_char(out, ',');
    add_member(out, "serial", cert->serial_hex);
    mtlsauth__time_format(cert->view.not_before, when);
    mtlsauth__text_addf(out, ",\"not_before\":\"%s\"", when);
    mtlsauth__time_format(cert->view.not_after, when);
    mtlsauth__text_addf(out, ",\"not_after\":\"%s\",", when);
    add_member(out, "key", cert->key_text);
    mtlsauth__text_addf(out, ",\"root\":%s,\"line\":%zu,\"sha256\":\"%s\"}",
                        mtlsauth__trusted_is_root(entry) ? "true" : "false", entry->line,
                        cert->sha256_hex);
}

static void add_finding(struct text *out, const struct finding *finding)
{
    mtlsauth__text_add(out, "{\"certificate\":");
    if (finding->certificate == LINT_FILE)
        mtlsauth__text_add(out, "null");
    else
        mtlsauth__text_addf(out, "%zu", finding->certificate);
    mtlsauth__text_addf(out, ",\"severity\":\"%s\",\"code\":\"%s\",",
                        severity_name(finding->severity), mtlsauth_lint_name(finding->code));
    add_member(out, "message", finding->sentence);
    mtlsauth__text_add_char(out, '}');
}

static size_t count_of(const mtlsauth_report *report, int severity)
{
    size_t n = 0;

    for (size_t i = 0; i < report->count; i++)
        n += report->findings[i].severity == severity;
    return n;
}

static void add_counts(struct text *out, const mtlsauth_report *report)
{
    mtlsauth__text_addf(out, "\"errors\":%zu,\"warnings\":%zu,",
                        count_of(report, MTLSAUTH_SEVERITY_ERROR),
                        count_of(report, MTLSAUTH_SEVERITY_WARNING));
}

static void add_list(struct text *out, const mtlsauth_report *report)
{
    mtlsauth__text_add(out, "\"findings\":[");
    for (size_t i = 0; i < report->count; i++) {
        mtlsauth__text_add(out, i == 0 ? "" : ",");
        add_finding(out, &report->findings[i]);
    }
    mtlsauth__text_add_char(out, ']');
}

void mtlsauth__report_add_findings(const mtlsauth_report *report, struct text *out)
{
    add_counts(out, report);
    add_list(out, report);
}

bool mtlsauth__report_make_json(mtlsauth_report *report, const mtlsauth_truststore *truststore,
                                int64_t now, int profile)
{
    struct text out = {0};

    mtlsauth__text_addf(&out, "{\"profile\":\"%s\",\"at\":%" PRId64 ",\"sha256\":\"%s\",",
                        mtlsauth__profile_name(profile), now, truststore->sha256_hex);
    add_counts(&out, report);
    mtlsauth__text_add(&out, "\"certificates\":[");
    for (size_t i = 0; i < truststore->count; i++) {
        mtlsauth__text_add(&out, i == 0 ? "" : ",");
        add_certificate(&out, &truststore->entries[i]);
    }
    mtlsauth__text_add(&out, "],");
    add_list(&out, report);
    mtlsauth__text_add_char(&out, '}');
    report->json = mtlsauth__text_take(&out);
    return report->json != NULL;
}

void mtlsauth_report_free(mtlsauth_report *report)
{
    if (report == NULL)
        return;
    for (size_t i = 0; i < report->count; i++)
        mtlsauth__free(report->findings[i].sentence);
    mtlsauth__free(report->findings);
    mtlsauth__free(report->json);
    mtlsauth__free(report);
}

size_t mtlsauth_report_count(const mtlsauth_report *report)
{
    return report == NULL ? 0 : report->count;
}

int mtlsauth_report_finding(const mtlsauth_report *report, size_t i, size_t *certificate,
                            int *severity, int *code, const char **sentence)
{
    if (report == NULL || i >= report->count)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "report_finding: there is no finding %zu", i);
    if (certificate != NULL)
        *certificate = report->findings[i].certificate;
    if (severity != NULL)
        *severity = report->findings[i].severity;
    if (code != NULL)
        *code = report->findings[i].code;
    if (sentence != NULL)
        *sentence = report->findings[i].sentence;
    return MTLSAUTH_OK;
}

const char *mtlsauth_report_json(const mtlsauth_report *report)
{
    return report == NULL ? "" : report->json;
}

const char *mtlsauth_lint_name(int code)
{
    if (code < MTLSAUTH_LINT_EXPIRED || (size_t)code >= sizeof names / sizeof names[0])
        return "UNKNOWN";
    return names[code];
}
