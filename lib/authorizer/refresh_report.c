/* SPDX-License-Identifier: MIT */
#include "authorizer/refresh.h"

#include <inttypes.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time.h"
#include "trust/lint.h"

static const char the_last_serves[] = "what was loaded of it before stays in use";
static const char nothing_before[] = "and nothing was loaded of it before";

static void report_failure(mtlsauth_report *report, int code, const char *why, const char *serves)
{
    struct text text = {0};

    mtlsauth__text_addf(&text, "not loaded, %s: %s (%s)", serves, why, mtlsauth_code_name(code));
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

/* Which list it was the file does not show any more. */
static void report_left(mtlsauth_report *report, const char *path, const struct crl_floor *list)
{
    char number[2 * MTLSAUTH__MAX_CRL_NUMBER + 1], time[MTLSAUTH__TIME_TEXT];
    struct text text = {0};

    hex_encode(span_of(list->number, list->number_len), number);
    mtlsauth__time_format(list->this_update, time);
    mtlsauth__text_addf(&text,
                        "%s: its list has another distribution point than the one before, %s%s of "
                        "%s, which stays in use beside it, with all that it revokes; where the CA "
                        "issues it no more, take it away with mtlsauth_authorizer_remove_crl, or "
                        "by a restart",
                        path, list->number_len == 0 ? "no number" : "number ", number, time);
    mtlsauth__report_add_text(report, MTLSAUTH_SEVERITY_WARNING, MTLSAUTH_LINT_REMOVED, &text);
}

/* What of a file was loaded before may have given way to another one meanwhile. */
static const char *what_serves(const struct source *source, const struct source_file *file,
                               const struct snapshot *snapshot)
{
    if (!file->state.is_loaded)
        return nothing_before;
    return source->kind == SOURCE_TRUSTSTORE ||
                   mtlsauth__crl_set_has(snapshot->crls, &file->state.list)
               ? the_last_serves
               : "and another list is in use instead of what was loaded of it before";
}

static void report_source(mtlsauth_report *report, const struct source *source,
                          const struct snapshot *snapshot)
{
    if (source->code != MTLSAUTH_OK)
        report_failure(report, source->code, source->sentence,
                       source->count > 0 ? the_last_serves : nothing_before);
    for (size_t i = 0; i < source->count; i++) {
        const struct source_file *file = &source->files[i];

        if (file->code != MTLSAUTH_OK)
            report_failure(report, file->code, file->sentence,
                           what_serves(source, file, snapshot));
        else if (file->is_gone && file->state.is_loaded && source->code == MTLSAUTH_OK)
            report_gone(report, file->path);
        for (size_t n = 0; n < file->left_count; n++)
            report_left(report, file->path, &file->left[n]);
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
        report_source(report, &sources->all[i], snapshot);
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
