/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <mtlsauth/error.h>
#include <stdio.h>
#include <stdlib.h>
#include "authorizer/ocsp_put.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "revocation/store.h"
#include "trust/lint.h"

/*
 * The responses of an authorizer as files, one for each CertID, and one for each other signer that
 * may be needed: <64 hexadecimal digits>.der. They are signed by their CAs, so that whoever can
 * write the folder cannot say anything by it.
 */

enum { DIGITS = 2 * MTLSAUTH_SHA256_LEN, NAME_LEN = DIGITS + 4 };
static const char suffix[] = ".der";

struct file_name {
    char text[NAME_LEN + 1];
};

static const char *hash_name(enum hash hash)
{
    switch (hash) {
    case HASH_SHA1:
        return "sha1";
    case HASH_SHA256:
        return "sha256";
    case HASH_SHA384:
        return "sha384";
    default:
        return "sha512";
    }
}

static int fail_digest(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "libcrypto has no SHA-256");
}

/* " issuer", or " " and the SHA-256 of the delegate's tbsCertificate. */
static int add_signer(struct text *text, const struct ocsp_memo *memo)
{
    uint8_t digest[MTLSAUTH_SHA256_LEN];

    if (memo->delegate.len == 0) {
        mtlsauth__text_add(text, " issuer");
        return MTLSAUTH_OK;
    }
    if (!mtlsauth__sha256(memo->delegate, digest))
        return fail_digest();
    mtlsauth__text_add_char(text, ' ');
    mtlsauth__text_add_hex(text, span_of(digest, sizeof digest));
    return MTLSAUTH_OK;
}

/* SHA-256 of "sha1 NAMEHASH KEYHASH SERIAL" in hexadecimal, or "... SERIAL SIGNER". */
static int name_of(struct file_name *out, const struct ocsp_entry *entry, bool with_signer)
{
    const struct ocsp_id *id = &entry->id;
    uint8_t digest[MTLSAUTH_SHA256_LEN];
    struct text text = {0};
    int code = MTLSAUTH_OK;

    mtlsauth__text_addf(&text, "%s ", hash_name(id->hash));
    mtlsauth__text_add_hex(&text, id->name_hash);
    mtlsauth__text_add_char(&text, ' ');
    mtlsauth__text_add_hex(&text, id->key_hash);
    mtlsauth__text_add_char(&text, ' ');
    mtlsauth__text_add_hex(&text, id->serial);
    if (with_signer)
        code = add_signer(&text, &entry->memo);
    if (code == MTLSAUTH_OK && text.failed)
        code = mtlsauth__fail_memory();
    if (code == MTLSAUTH_OK && !mtlsauth__sha256(span_of(text.ptr, text.len), digest))
        code = fail_digest();
    mtlsauth__text_drop(&text);
    if (code != MTLSAUTH_OK)
        return code;
    hex_encode(span_of(digest, sizeof digest), out->text);
    memcpy(out->text + DIGITS, suffix, sizeof suffix);
    return MTLSAUTH_OK;
}

static bool is_ours(const char *name)
{
    return strlen(name) == NAME_LEN && strspn(name, "0123456789abcdef") == DIGITS &&
           strcmp(name + DIGITS, suffix) == 0;
}

static char *path_of(const char *dir, const char *name)
{
    struct text text = {0};

    mtlsauth__text_addf(&text, "%s/%s", dir, name);
    return mtlsauth__text_take(&text);
}

/* Is the file these very bytes already? What it is otherwise is of no interest. */
static bool is_there(const char *path, const mtlsauth_ocsp_response *response)
{
    uint8_t *data = NULL;
    size_t len;
    bool same = mtlsauth__file_read(path, response->len, &data, &len) == MTLSAUTH_OK &&
                span_equal(span_of(data, len), span_of(response->der, response->len));

    mtlsauth__free(data);
    return same;
}

static int save_one(const char *dir, const struct ocsp_entry *entry, bool with_signer)
{
    struct store_write store;
    struct file_name name;
    char *path = NULL;
    int code = name_of(&name, entry, with_signer);

    if (code != MTLSAUTH_OK)
        return code;
    path = path_of(dir, name.text);
    if (path == NULL)
        return mtlsauth__fail_memory();
    if (is_there(path, entry->response)) {
        mtlsauth__free(path);
        return MTLSAUTH_OK;
    }
    code = mtlsauth__store_create(&store, path);
    if (code == MTLSAUTH_OK) {
        code = mtlsauth__store_write(&store, span_of(entry->response->der, entry->response->len));
        if (code == MTLSAUTH_OK)
            code = mtlsauth__store_commit(&store);
        else
            mtlsauth__store_abandon(&store);
    }
    mtlsauth__free(path);
    return code;
}

/* Those of one CertID. The best one comes last: what stood under its name stands under another one
 * by then. */
static int save_all_of(const char *dir, const struct ocsp_cache *cache, size_t first, size_t last,
                       const struct ocsp_params *params)
{
    const struct ocsp_entry *best = mtlsauth__ocsp_cache_best(cache, first, last, params);
    int code = MTLSAUTH_OK;

    for (size_t i = first; code == MTLSAUTH_OK && i < last; i++)
        if (cache->entries[i] != best && mtlsauth__ocsp_is_needed(cache->entries[i], params))
            code = save_one(dir, cache->entries[i], true);
    return code == MTLSAUTH_OK ? save_one(dir, best, false) : code;
}

int mtlsauth_authorizer_save_ocsp(const mtlsauth_authorizer *authorizer, const char *dir)
{
    struct ocsp_context context;
    struct ocsp_params params;
    struct snapshot *snapshot;
    struct kept_sentence kept;
    int code = MTLSAUTH_OK;

    if (authorizer == NULL || dir == NULL || *dir == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "save_ocsp: an authorizer and the path of a folder are needed");
    mtlsauth__sentence_keep(&kept);
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    context =
        (struct ocsp_context){.snapshot = snapshot, .now = mtlsauth__policy_now(snapshot->policy)};
    params = mtlsauth__ocsp_params_of(&context);
    for (size_t i = 0, last; code == MTLSAUTH_OK && i < snapshot->ocsp->count; i = last) {
        (void)mtlsauth__ocsp_cache_find(snapshot->ocsp, &snapshot->ocsp->entries[i]->id, &last);
        code = save_all_of(dir, snapshot->ocsp, i, last, &params);
    }
    mtlsauth__snapshot_free(snapshot);
    return mtlsauth__sentence_settle(&kept, code);
}

/* What a folder holds, while it is loaded. */
struct loading {
    const char *dir;
    struct file_name *names;
    size_t name_count, name_capacity;
    mtlsauth_ocsp_response **responses;
    size_t *name_of; /* of each response */
    size_t count;
    size_t bytes;
    mtlsauth_report *report;
    size_t others; /* files that are none of ours */
    size_t refused;
};

/* Both are printable, but together they may be longer than a sentence. */
static void note_failure(struct loading *loading, size_t name, int code)
{
    struct text text = {0};

    loading->refused++;
    mtlsauth__text_addf(&text, "%s: passed over: %s (%s)", loading->names[name].text,
                        mtlsauth_last_error(), mtlsauth_code_name(code));
    mtlsauth__report_add_text(loading->report, MTLSAUTH_SEVERITY_WARNING, MTLSAUTH_LINT_NOT_LOADED,
                              &text);
}

static int add_name(struct loading *loading, const char *name)
{
    struct file_name *grown;

    if (!is_ours(name)) {
        loading->others += name[0] != '.';
        return MTLSAUTH_OK;
    }
    if (loading->name_count == MTLSAUTH_MAX_OCSP_ENTRIES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "load_ocsp: more than %d files in the folder",
                              MTLSAUTH_MAX_OCSP_ENTRIES);
    grown =
        mtlsauth__grow(loading->names, loading->name_count, &loading->name_capacity, sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    loading->names = grown;
    memcpy(grown[loading->name_count++].text, name, NAME_LEN + 1);
    return MTLSAUTH_OK;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, NAME_LEN);
}

static int read_names(struct loading *loading)
{
    DIR *dir = opendir(loading->dir);
    const struct dirent *entry;
    int code = MTLSAUTH_OK, number;

    if (dir == NULL)
        return mtlsauth__fail_errno(loading->dir, "the folder cannot be opened", errno);
    while (code == MTLSAUTH_OK && (errno = 0, entry = readdir(dir)) != NULL)
        code = add_name(loading, entry->d_name);
    number = errno;
    if (code == MTLSAUTH_OK && number != 0)
        code = mtlsauth__fail_errno(loading->dir, "the folder cannot be read", number);
    closedir(dir);
    if (code == MTLSAUTH_OK && loading->name_count > 1)
        qsort(loading->names, loading->name_count, sizeof *loading->names, by_name);
    return code;
}

/* One file; whatever is wrong with it is noted, and only memory that runs out ends it all. */
static int read_one(struct loading *loading, size_t name)
{
    mtlsauth_ocsp_response *response = NULL;
    char *path = path_of(loading->dir, loading->names[name].text);
    int code =
        path == NULL ? mtlsauth__fail_memory() : mtlsauth_ocsp_response_load_file(&response, path);

    mtlsauth__free(path);
    if (code == MTLSAUTH_OK && response->len > MTLSAUTH_MAX_OCSP_CACHE_BYTES - loading->bytes) {
        mtlsauth_ocsp_response_free(response);
        code = mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "the folder has more than %d bytes",
                              MTLSAUTH_MAX_OCSP_CACHE_BYTES);
    }
    if (code == MTLSAUTH_ERR_NOMEM)
        return code;
    if (code != MTLSAUTH_OK) {
        note_failure(loading, name, code);
        return MTLSAUTH_OK;
    }
    loading->bytes += response->len;
    loading->name_of[loading->count] = name;
    loading->responses[loading->count++] = response;
    return MTLSAUTH_OK;
}

static int read_files(struct loading *loading)
{
    int code = MTLSAUTH_OK;

    loading->responses = mtlsauth__calloc(loading->name_count, sizeof(mtlsauth_ocsp_response *));
    loading->name_of = mtlsauth__calloc(loading->name_count, sizeof *loading->name_of);
    if (loading->responses == NULL || loading->name_of == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; code == MTLSAUTH_OK && i < loading->name_count; i++)
        code = read_one(loading, i);
    return code;
}

static void not_put(void *arg, size_t i, int code)
{
    struct loading *loading = arg;

    note_failure(loading, loading->name_of[i], code);
}

static int finish_report(struct loading *loading, mtlsauth_report **out)
{
    mtlsauth_report *report = loading->report;
    struct text json = {0};

    if (loading->others > 0)
        mtlsauth__report_add(report, NULL, LINT_FILE, MTLSAUTH_SEVERITY_INFO,
                             MTLSAUTH_LINT_NOT_LOADED,
                             "%zu files of the folder have other names than save_ocsp gives, and "
                             "were passed over",
                             loading->others);
    mtlsauth__text_addf(&json, "{\"files\":%zu,\"loaded\":%zu,", loading->name_count,
                        loading->name_count - loading->refused);
    mtlsauth__report_add_findings(report, &json);
    mtlsauth__text_add_char(&json, '}');
    report->json = mtlsauth__text_take(&json);
    if (report->failed || report->json == NULL)
        return mtlsauth__fail_memory();
    if (out != NULL) {
        *out = report;
        loading->report = NULL;
    }
    return MTLSAUTH_OK;
}

int mtlsauth_authorizer_load_ocsp(mtlsauth_authorizer *authorizer, const char *dir,
                                  mtlsauth_report **report)
{
    struct loading loading = {.dir = dir};
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
    code = read_names(&loading);
    if (code == MTLSAUTH_OK)
        code = read_files(&loading);
    put.responses = loading.responses;
    put.count = loading.count;
    if (code == MTLSAUTH_OK)
        code = mtlsauth__authorizer_put_ocsp(authorizer, &put);
    if (code == MTLSAUTH_OK)
        code = finish_report(&loading, report);
    for (size_t i = 0; i < loading.count; i++)
        mtlsauth_ocsp_response_free(loading.responses[i]);
    mtlsauth__free(loading.responses);
    mtlsauth__free(loading.name_of);
    mtlsauth__free(loading.names);
    mtlsauth_report_free(loading.report);
    return mtlsauth__sentence_settle(&kept, code);
}
