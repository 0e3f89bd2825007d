/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "authorizer/ocsp_folder.h"
#include "authorizer/ocsp_put.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "trust/lint.h"

/* What a folder holds, while it is loaded. */
struct loading {
    struct ocsp_folder folder;
    mtlsauth_ocsp_response **responses;
    size_t *name_of; /* of each response */
    size_t count;
    size_t bytes[2]; /* of those that tell of no revocation, and of one */
    mtlsauth_report *report;
    size_t refused, spent;
};

/* Both are printable, but together they may be longer than a sentence. */
static void note_failure(struct loading *loading, size_t name, int code)
{
    struct text text = {0};

    if (loading->refused++ >= MTLSAUTH_MAX_OCSP_ENTRIES)
        return;
    mtlsauth__text_addf(&text, "%s: passed over: %s (%s)", loading->folder.names[name].text,
                        mtlsauth_last_error(), mtlsauth_code_name(code));
    mtlsauth__report_add_text(loading->report, MTLSAUTH_SEVERITY_WARNING, MTLSAUTH_LINT_NOT_LOADED,
                              &text);
}

/* What is good takes no room from what is revoked, which a cache keeps longest. */
static int take(struct loading *loading, size_t name, mtlsauth_ocsp_response *response)
{
    bool revokes = mtlsauth__ocsp_tells_of_revocation(response);

    if (response->len > MTLSAUTH_MAX_OCSP_CACHE_BYTES - loading->bytes[revokes])
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "the folder has more than %d bytes of answers that tell of %s "
                              "revocation",
                              MTLSAUTH_MAX_OCSP_CACHE_BYTES, revokes ? "a" : "no");
    loading->bytes[revokes] += response->len;
    loading->name_of[loading->count] = name;
    loading->responses[loading->count++] = mtlsauth_ocsp_response_ref(response);
    return MTLSAUTH_OK;
}

/* One file; whatever is wrong with it is noted, and only memory that runs out ends it all. Without
 * params nothing is spent. */
static int read_one(struct loading *loading, size_t name, const struct ocsp_params *params)
{
    mtlsauth_ocsp_response *response;
    int code = mtlsauth__ocsp_folder_read(&response, &loading->folder, name);
    bool is_spent =
        code == MTLSAUTH_OK && params != NULL &&
        mtlsauth__ocsp_is_spent(response, loading->folder.names[name].is_unverified, params);

    loading->spent += is_spent;
    if (code == MTLSAUTH_OK && !is_spent)
        code = take(loading, name, response);
    mtlsauth_ocsp_response_free(response);
    if (code == MTLSAUTH_ERR_NOMEM)
        return code;
    if (code != MTLSAUTH_OK)
        note_failure(loading, name, code);
    return MTLSAUTH_OK;
}

static int read_files(struct loading *loading, const struct ocsp_params *params)
{
    int code = MTLSAUTH_OK;

    loading->responses = mtlsauth__calloc(loading->folder.count, sizeof(mtlsauth_ocsp_response *));
    loading->name_of = mtlsauth__calloc(loading->folder.count, sizeof *loading->name_of);
    if (loading->responses == NULL || loading->name_of == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; code == MTLSAUTH_OK && i < loading->folder.count; i++)
        code = read_one(loading, i, params);
    return code;
}

static void not_put(void *arg, size_t i, int code)
{
    struct loading *loading = arg;

    note_failure(loading, loading->name_of[i], code);
}

static void note_the_rest(const struct loading *loading)
{
    mtlsauth_report *report = loading->report;

    if (loading->refused > MTLSAUTH_MAX_OCSP_ENTRIES)
        mtlsauth__report_add(report, NULL, LINT_FILE, MTLSAUTH_SEVERITY_WARNING,
                             MTLSAUTH_LINT_NOT_LOADED, "%zu more files were passed over",
                             loading->refused - MTLSAUTH_MAX_OCSP_ENTRIES);
    if (loading->folder.is_cut)
        mtlsauth__report_add(report, NULL, LINT_FILE, MTLSAUTH_SEVERITY_WARNING,
                             MTLSAUTH_LINT_NOT_LOADED,
                             "the folder has more than %d files, of those that were verified or "
                             "of the others; the rest was not looked at: find out who fills it, "
                             "and remove files that are old",
                             OCSP_MAX_FILES);
    if (loading->spent > 0)
        mtlsauth__report_add(report, NULL, LINT_FILE, MTLSAUTH_SEVERITY_INFO,
                             MTLSAUTH_LINT_NOT_LOADED,
                             "%zu files of the folder have expired, and were passed over; "
                             "save_ocsp removes them",
                             loading->spent);
    if (loading->folder.others > 0)
        mtlsauth__report_add(report, NULL, LINT_FILE, MTLSAUTH_SEVERITY_INFO,
                             MTLSAUTH_LINT_NOT_LOADED,
                             "%zu files of the folder have other names than save_ocsp gives, and "
                             "were passed over",
                             loading->folder.others);
}

static int finish_report(struct loading *loading, mtlsauth_report **out)
{
    mtlsauth_report *report = loading->report;
    struct text json = {0};

    note_the_rest(loading);
    mtlsauth__text_addf(&json, "{\"files\":%zu,\"loaded\":%zu,", loading->folder.count,
                        loading->folder.count - loading->refused - loading->spent);
    mtlsauth__report_add_findings(report, &json);
    mtlsauth__text_add_char(&json, '}');
    report->json = mtlsauth__text_take(&json);
    if (report->failed || report->json == NULL)
        return mtlsauth__fail_memory();
    *out = report;
    loading->report = NULL;
    return MTLSAUTH_OK;
}

/* What is spent is told by the policy that is in force now. */
static int read_full(struct loading *loading, const mtlsauth_authorizer *authorizer)
{
    struct snapshot *snapshot = mtlsauth__authorizer_acquire(authorizer);
    struct ocsp_context context = {.snapshot = snapshot};
    struct ocsp_params params;
    int code;

    if (mtlsauth__policy_time(snapshot->policy, &context.now)) {
        params = mtlsauth__ocsp_params_of(&context);
        code = read_files(loading, &params);
    } else {
        code = mtlsauth__fail_clock();
    }
    mtlsauth__snapshot_free(snapshot);
    return code;
}

int mtlsauth_authorizer_load_ocsp(mtlsauth_authorizer *authorizer, const char *dir,
                                  mtlsauth_report **report)
{
    struct loading loading = {0};
    struct ocsp_put put = {.failed = not_put, .arg = &loading};
    struct kept_sentence kept;
    int code = MTLSAUTH_OK;

    if (report != NULL)
        *report = NULL;
    if (authorizer == NULL || dir == NULL || *dir == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "load_ocsp: an authorizer and the path of a folder are needed");
    mtlsauth__sentence_keep(&kept);
    loading.report = mtlsauth__calloc(1, sizeof *loading.report);
    if (loading.report == NULL)
        return mtlsauth__fail_memory();
    code = mtlsauth__ocsp_folder_list(&loading.folder, dir);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__ocsp_folder_is_full(&loading.folder) ? read_full(&loading, authorizer)
                                                              : read_files(&loading, NULL);
    put.responses = loading.responses;
    put.count = loading.count;
    if (code == MTLSAUTH_OK)
        code = mtlsauth__authorizer_put_ocsp(authorizer, &put);
    if (code == MTLSAUTH_OK && report != NULL)
        code = finish_report(&loading, report);
    for (size_t i = 0; i < loading.count; i++)
        mtlsauth_ocsp_response_free(loading.responses[i]);
    mtlsauth__free(loading.responses);
    mtlsauth__free(loading.name_of);
    mtlsauth__ocsp_folder_drop(&loading.folder);
    mtlsauth_report_free(loading.report);
    return mtlsauth__sentence_settle(&kept, code);
}
