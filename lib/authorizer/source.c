/* SPDX-License-Identifier: MIT */
#include "authorizer/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <mtlsauth/authorizer.h>
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

static void drop_state(struct file_state *state)
{
    mtlsauth_truststore_free(state->truststore);
    *state = (struct file_state){0};
}

static void forget_failure(int *code, char **sentence)
{
    mtlsauth__free(*sentence);
    *sentence = NULL;
    *code = MTLSAUTH_OK;
}

static void drop_file(struct source_file *file)
{
    mtlsauth__free(file->path);
    mtlsauth__free(file->sentence);
    mtlsauth_crl_free(file->crl);
    mtlsauth__free(file->left);
    drop_state(&file->state);
    drop_state(&file->next);
}

static void drop_source(struct source *source)
{
    for (size_t i = 0; i < source->count; i++)
        drop_file(&source->files[i]);
    mtlsauth__free(source->files);
    mtlsauth__free(source->path);
    mtlsauth__free(source->sentence);
    mtlsauth_cert_free(source->issuer);
}

int mtlsauth__sources_add(struct sources *sources, enum source_kind kind, const char *path,
                          mtlsauth_cert *issuer)
{
    struct source *grown =
        mtlsauth__grow(sources->all, sources->count, &sources->capacity, sizeof *grown);

    if (grown == NULL)
        return mtlsauth__fail_memory();
    sources->all = grown;
    grown[sources->count] = (struct source){.kind = kind, .path = mtlsauth__strdup(path)};
    if (grown[sources->count].path == NULL)
        return mtlsauth__fail_memory();
    grown[sources->count++].issuer = mtlsauth_cert_ref(issuer);
    return MTLSAUTH_OK;
}

void mtlsauth__sources_remove_last(struct sources *sources)
{
    drop_source(&sources->all[--sources->count]);
}

void mtlsauth__sources_forget_truststores(struct sources *sources)
{
    size_t kept = 0;

    for (size_t i = 0; i < sources->count; i++) {
        if (sources->all[i].kind == SOURCE_TRUSTSTORE)
            drop_source(&sources->all[i]);
        else
            sources->all[kept++] = sources->all[i];
    }
    sources->count = kept;
}

void mtlsauth__sources_drop(struct sources *sources)
{
    while (sources->count > 0)
        mtlsauth__sources_remove_last(sources);
    mtlsauth__free(sources->all);
    *sources = (struct sources){0};
}

const struct source *mtlsauth__sources_find(const struct sources *sources, enum source_kind kind,
                                            const char *path)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->all[i].kind == kind && strcmp(sources->all[i].path, path) == 0)
            return &sources->all[i];
    return NULL;
}

/* --- The files of a folder -------------------------------------------------------------------- */

struct names {
    char **all; /* paths */
    size_t count, capacity;
};

static void drop_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        mtlsauth__free(names->all[i]);
    mtlsauth__free(names->all);
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Hidden files, Kubernetes' ..data among them; what others are just writing; compiled indexes,
 * which no CA has signed. */
static bool is_ignored(const char *name)
{
    return name[0] == '.' || ends_with(name, ".tmp") || ends_with(name, "~") ||
           ends_with(name, ".idx");
}

/* Takes a path; MTLSAUTH_ERR_NOMEM or _LIMIT. */
static int add_name(struct names *names, char *path, const char *folder)
{
    char **grown = mtlsauth__grow(names->all, names->count, &names->capacity, sizeof *grown);

    if (grown != NULL)
        names->all = grown;
    if (grown == NULL || names->count == MTLSAUTH_MAX_FOLDER_FILES) {
        mtlsauth__free(path);
        return grown == NULL ? mtlsauth__fail_memory()
                             : mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                                              "%s: more than %d files; divide the folder", folder,
                                              MTLSAUTH_MAX_FOLDER_FILES);
    }
    grown[names->count++] = path;
    return MTLSAUTH_OK;
}

static int add_entry(struct names *names, const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + sizeof "/";
    char *path = mtlsauth__malloc(room);
    struct stat st;

    if (path == NULL)
        return mtlsauth__fail_memory();
    memcpy(path, folder, strlen(folder));
    path[strlen(folder)] = '/';
    memcpy(path + strlen(folder) + 1, name, strlen(name) + 1);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        mtlsauth__free(path);
        return MTLSAUTH_OK;
    }
    return add_name(names, path, folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(struct names *names, const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int code = MTLSAUTH_OK, number;

    if (dir == NULL)
        return mtlsauth__fail_errno(folder, "the folder cannot be opened", errno);
    while (code == MTLSAUTH_OK && (errno = 0, entry = readdir(dir)) != NULL)
        if (!is_ignored(entry->d_name))
            code = add_entry(names, folder, entry->d_name);
    number = errno;
    if (code == MTLSAUTH_OK && number != 0)
        code = mtlsauth__fail_errno(folder, "the folder cannot be read", number);
    closedir(dir);
    if (code == MTLSAUTH_OK && names->count > 1)
        qsort(names->all, names->count, sizeof *names->all, by_name);
    return code;
}

/* Files that are there and files that were there, as one list in the order of their names. */
static int merge_names(struct source *source, struct names *names)
{
    size_t room = source->count + names->count, count = 0, i = 0, n = 0;
    struct source_file *merged = mtlsauth__calloc(room, sizeof *merged);

    if (merged == NULL)
        return mtlsauth__fail_memory();
    while (i < source->count || n < names->count) {
        int order = i == source->count  ? 1
                    : n == names->count ? -1
                                        : strcmp(source->files[i].path, names->all[n]);

        if (order <= 0) {
            merged[count] = source->files[i++];
            merged[count].is_gone = order < 0;
        } else {
            merged[count].path = names->all[n];
            names->all[n] = NULL;
        }
        n += order >= 0;
        count++;
    }
    mtlsauth__free(source->files);
    source->files = merged;
    source->count = count;
    source->capacity = room;
    return MTLSAUTH_OK;
}

/* The one file of a source that is no folder. */
static int list_itself(struct source *source)
{
    if (source->count == 1)
        return MTLSAUTH_OK;
    source->files = mtlsauth__calloc(1, sizeof *source->files);
    if (source->files == NULL)
        return mtlsauth__fail_memory();
    source->files[0].path = mtlsauth__strdup(source->path);
    if (source->files[0].path == NULL)
        return mtlsauth__fail_memory();
    source->count = source->capacity = 1;
    return MTLSAUTH_OK;
}

int mtlsauth__source_list(struct source *source)
{
    struct names names = {0};
    int code;

    if (source->kind != SOURCE_CRL_DIR)
        return list_itself(source);
    code = read_names(&names, source->path);
    if (code == MTLSAUTH_OK)
        code = merge_names(source, &names);
    drop_names(&names);
    if (code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM)
        return code;
    source->code = code;
    source->sentence = mtlsauth__strdup(mtlsauth_last_error());
    return source->sentence == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

/* --- What came of it -------------------------------------------------------------------------- */

bool mtlsauth__source_leaves(const struct file_state *state, const struct file_state *next)
{
    const struct crl_floor *old = &state->list, *new = &next->list;

    return state->is_loaded && old->delta == new->delta &&
           memcmp(old->issuer_key, new->issuer_key, sizeof old->issuer_key) == 0 &&
           memcmp(state->issuer, next->issuer, sizeof state->issuer) == 0 &&
           memcmp(old->point, new->point, sizeof old->point) != 0;
}

static bool takes_next(const struct source_file *file)
{
    return file->next.is_loaded && file->code == MTLSAUTH_OK;
}

void mtlsauth__source_note_left(struct source *source)
{
    for (size_t i = 0; source->kind != SOURCE_TRUSTSTORE && i < source->count; i++) {
        struct source_file *file = &source->files[i];

        if (takes_next(file) && mtlsauth__source_leaves(&file->state, &file->next))
            file->left[file->left_count++] = file->state.list;
    }
}

void mtlsauth__source_commit(struct source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        struct source_file *file = &source->files[i];

        if (takes_next(file)) {
            drop_state(&file->state);
            file->state = file->next;
            file->next = (struct file_state){0};
        }
    }
    mtlsauth__source_abandon(source);
}

void mtlsauth__source_abandon(struct source *source)
{
    size_t kept = 0;

    forget_failure(&source->code, &source->sentence);
    for (size_t i = 0; i < source->count; i++) {
        struct source_file *file = &source->files[i];

        drop_state(&file->next);
        mtlsauth_crl_free(file->crl);
        file->crl = NULL;
        forget_failure(&file->code, &file->sentence);
        /* Of which nothing is in force: its folder tells of it again. */
        if (source->kind == SOURCE_CRL_DIR && !file->state.is_loaded && file->left_count == 0)
            drop_file(file);
        else
            source->files[kept++] = *file;
    }
    source->count = kept;
}
