/* SPDX-License-Identifier: MIT */
#include "authorizer/refresh.h"

#include <inttypes.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "trust/lint.h"

static void report_failure(mtlsauth_report *report, int code, const char *why, bool serves)
{
    struct text text = {0};

    mtlsauth__text_addf(&text, "%s: %s (%s)",
                        serves ? "not loaded, what was loaded of it before stays in use"
                               : "not loaded, and nothing was loaded of it before",
                        why, mtlsauth_code_name(code));
    mtlsauth__report_add_text(
        report, MTLSAUTH_SEVERITY_ERROR,
        code == MTLSAUTH_ERR_ROLLBACK ? MTLSAUTH_LINT_ROLLBACK : MTLSAUTH_LINT_NOT_LOADED, &text);
}

static void report_gone(mtlsauth_report *report, const char *path)
{
    struct text text = {0};

    mtlsauth__text_addf(&text,
                        "%s: taken out of its folder; its list stays in use until another takes "
                        "its place, and denies the clients of its CA when it is stale",
                        path);
    mtlsauth__report_add_text(report, MTLSAUTH_SEVERITY_WARNING, MTLSAUTH_LINT_REMOVED, &text);
}

static void report_source(mtlsauth_report *report, const struct source *source)
{
    if (source->code != MTLSAUTH_OK)
        report_failure(report, source->code, source->sentence, source->count > 0);
    for (size_t i = 0; i < source->count; i++) {
        const struct source_file *file = &source->files[i];

        if (file->code != MTLSAUTH_OK)
            report_failure(report, file->code, file->sentence, file->state.is_loaded);
        else if (file->is_gone && file->state.is_loaded && source->code == MTLSAUTH_OK)
            report_gone(report, file->path);
    }
}

bool mtlsauth__refresh_report(mtlsauth_report **out, const struct sources *sources,
                              const struct snapshot *snapshot, bool changed)
{
    mtlsauth_report *report = mtlsauth__calloc(1, sizeof *report);
    struct text json = {0};

    if (report == NULL)
        return false;
    for (size_t i = 0; i < sources->count; i++)
        report_source(report, &sources->all[i]);
    mtlsauth__text_addf(&json, "{\"generation\":%" PRIu64 ",\"changed\":%s,", snapshot->generation,
                        changed ? "true" : "false");
    mtlsauth__report_add_findings(report, &json);
    mtlsauth__text_add_char(&json, '}');
    report->json = mtlsauth__text_take(&json);
    if (report->failed || report->json == NULL) {
        mtlsauth_report_free(report);
        return false;
    }
    *out = report;
    return true;
}
