/* SPDX-License-Identifier: MIT */
/* A truststore, and what lint says of it under every profile: findings in order, each with a
 * sentence, and the same ones the next time. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The file comes last. */
static void check_order(const mtlsauth_report *report, size_t certificates)
{
    size_t last = 0, certificate;
    int last_code = 0, severity, code;
    const char *sentence;

    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        require(mtlsauth_report_finding(report, i, &certificate, &severity, &code, &sentence) ==
                MTLSAUTH_OK);
        require(certificate == (size_t)-1 || certificate < certificates);
        require(certificate > last || (certificate == last && code >= last_code));
        require(severity >= MTLSAUTH_SEVERITY_INFO && severity <= MTLSAUTH_SEVERITY_ERROR);
        require(strcmp(mtlsauth_lint_name(code), "UNKNOWN") != 0 && sentence[0] != '\0');
        last = certificate;
        last_code = code;
    }
}

static void lint(const mtlsauth_truststore *truststore, int64_t now, int profile)
{
    mtlsauth_report *report, *again;

    require(mtlsauth_truststore_lint(truststore, now, profile, &report) == MTLSAUTH_OK);
    require(mtlsauth_truststore_lint(truststore, now, profile, &again) == MTLSAUTH_OK);
    require(strcmp(mtlsauth_report_json(report), mtlsauth_report_json(again)) == 0);
    check_order(report, mtlsauth_truststore_count(truststore));
    mtlsauth_report_free(report);
    mtlsauth_report_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int64_t times[] = {0, INT64_C(1767225600), INT64_C(2524607999), INT64_MIN,
                                    INT64_MAX};
    mtlsauth_truststore *truststore;

    if (mtlsauth_truststore_parse(&truststore, data, len, NULL) != MTLSAUTH_OK) {
        require(mtlsauth_last_error()[0] != '\0');
        return 0;
    }
    for (int profile = MTLSAUTH_PROFILE_API_GATEWAY; profile <= MTLSAUTH_PROFILE_STRICT; profile++)
        lint(truststore, times[len % (sizeof times / sizeof times[0])], profile);
    mtlsauth_truststore_free(truststore);
    return 0;
}
