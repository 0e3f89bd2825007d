/* SPDX-License-Identifier: MIT */
#include "authorizer/refresh.h"

#include <stdlib.h>
#include <mtlsauth/error.h>
#include "authorizer/change.h"
#include "base/error.h"
#include "base/memory.h"

/* One look at the sources from a certain one on; the writer's lock is held. */
struct reload {
    mtlsauth_authorizer *authorizer;
    struct snapshot *now;
    int64_t latest; /* as of a change */
    size_t from;
    bool all_or_nothing;
    mtlsauth_truststore *truststore; /* the next one, NULL when it stays */
    struct crl_put *puts;
    struct source_file **put_files; /* whose lists they are */
    size_t put_count;
};

static struct source *sources_of(const struct reload *reload, size_t *count)
{
    *count = reload->authorizer->sources.count;
    return reload->authorizer->sources.all;
}

/* The first failure, with its sentence as the last error. */
static int first_failure(const struct reload *reload)
{
    size_t count;
    const struct source *all = sources_of(reload, &count);

    for (size_t i = reload->from; i < count; i++) {
        if (all[i].code != MTLSAUTH_OK)
            return mtlsauth__fail(all[i].code, "%s", all[i].sentence);
        for (size_t n = 0; n < all[i].count; n++)
            if (all[i].files[n].code != MTLSAUTH_OK)
                return mtlsauth__fail(all[i].files[n].code, "%s", all[i].files[n].sentence);
    }
    return MTLSAUTH_OK;
}

/* --- The truststore --------------------------------------------------------------------------- */

static int look_at_files(const struct reload *reload, struct source *source)
{
    const mtlsauth_truststore *truststore =
        reload->truststore == NULL ? reload->now->truststore : reload->truststore;
    int code = mtlsauth__source_list(source);

    for (size_t i = 0; code == MTLSAUTH_OK && source->code == MTLSAUTH_OK && i < source->count; i++)
        if (!source->files[i].is_gone)
            code = mtlsauth__source_look(source, &source->files[i], truststore,
                                         reload->now->policy, false);
    return code;
}

/* All files of the truststore as one, each as it is now. */
static int join(mtlsauth_truststore **out, const struct reload *reload)
{
    size_t count, used = 0;
    const struct source *all = sources_of(reload, &count);
    mtlsauth_truststore **stores = mtlsauth__calloc(count, sizeof *stores);
    int code;

    if (stores == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < count; i++) {
        if (all[i].kind != SOURCE_TRUSTSTORE)
            continue;
        stores[used++] = all[i].files[0].next.is_loaded ? all[i].files[0].next.truststore
                                                        : all[i].files[0].state.truststore;
    }
    code = mtlsauth__truststore_join(out, stores, used, &reload->now->policy->limits);
    mtlsauth__free(stores);
    return code;
}

/* What was loaded of the truststore is not used: it is one thing, and a part of it is missing. */
static void forget_truststores(const struct reload *reload)
{
    size_t count;
    struct source *all = sources_of(reload, &count);

    for (size_t i = reload->from; i < count; i++) {
        if (all[i].kind == SOURCE_TRUSTSTORE && all[i].count == 1) {
            mtlsauth_truststore_free(all[i].files[0].next.truststore);
            all[i].files[0].next = (struct file_state){0};
        }
    }
}

/* In the same order, too: of two paths the one is taken whose CA stands first. */
static bool is_the_same(const mtlsauth_truststore *a, const mtlsauth_truststore *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (memcmp(a->entries[i].cert->sha256, b->entries[i].cert->sha256, MTLSAUTH_SHA256_LEN) !=
            0)
            return false;
    return a->count == b->count;
}

static int join_changed(struct reload *reload, struct source_file *last)
{
    int code = join(&reload->truststore, reload);

    if (code == MTLSAUTH_ERR_NOMEM)
        return code;
    if (code != MTLSAUTH_OK) {
        forget_truststores(reload);
        last->code = mtlsauth__fail_in(code, "%s: together with the others: ", last->path);
        last->sentence = mtlsauth__strdup(mtlsauth_last_error());
        return last->sentence == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
    }
    if (is_the_same(reload->truststore, reload->now->truststore)) {
        mtlsauth_truststore_free(reload->truststore);
        reload->truststore = NULL;
    }
    return MTLSAUTH_OK;
}

static int look_at_truststores(struct reload *reload)
{
    size_t count;
    struct source *all = sources_of(reload, &count);
    struct source_file *last = NULL;
    bool failed = false;

    for (size_t i = reload->from; i < count; i++) {
        int code;

        if (all[i].kind != SOURCE_TRUSTSTORE)
            continue;
        code = look_at_files(reload, &all[i]);
        if (code != MTLSAUTH_OK)
            return code;
        failed = failed || all[i].files[0].code != MTLSAUTH_OK;
        if (all[i].files[0].next.is_loaded)
            last = &all[i].files[0];
    }
    if (failed)
        forget_truststores(reload);
    return failed || last == NULL ? MTLSAUTH_OK : join_changed(reload, last);
}

/* --- Lists ------------------------------------------------------------------------------------ */

/* By kind, then from the newest to the oldest. */
static int newest_first(const void *a, const void *b)
{
    struct source_file *const *left = a, *const *right = b;
    const struct crl_floor *one = &mtlsauth__source_state(*left)->list;
    const struct crl_floor *other = &mtlsauth__source_state(*right)->list;
    int order = mtlsauth__crl_floor_order(one, other);

    if (order != 0)
        return order;
    order = mtlsauth__crl_number_compare(span_of(other->number, other->number_len),
                                         span_of(one->number, one->number_len));
    if (order == 0)
        order = (one->this_update < other->this_update) - (one->this_update > other->this_update);
    return order == 0 ? strcmp((*left)->path, (*right)->path) : order;
}

/* Is the list older than another of its kind? One of the same number is another matter. So is one
 * that was made later, with a lower number, as by a CA that has lost its numbers; but what is dated
 * later than latest was not made later, and its number says what came behind it. */
static bool is_older(const struct crl_floor *list, const struct crl_floor *newest, int64_t latest)
{
    int order = mtlsauth__crl_number_compare(span_of(list->number, list->number_len),
                                             span_of(newest->number, newest->number_len));

    return (order < 0 &&
            (list->this_update <= newest->this_update || list->this_update > latest)) ||
           (order == 0 && list->number_len == 0 && list->this_update < newest->this_update);
}

/*
 * Yesterday's list may lie beside today's. It is not put into use, and is no rollback; but when it
 * is the newest that is left, it is looked at as if it had just come.
 */
static int compare_lists(const struct reload *reload, const struct source *source,
                         struct source_file **files, size_t count)
{
    const struct crl_floor *newest = NULL;

    for (size_t i = 0; i < count; i++) {
        struct file_state *state = mtlsauth__source_state(files[i]);
        int code = MTLSAUTH_OK;

        if (newest == NULL || mtlsauth__crl_floor_order(newest, &state->list) != 0)
            newest = &state->list;
        if (is_older(&state->list, newest, reload->latest))
            state->is_superseded = true;
        else if (state == &files[i]->state && state->is_superseded &&
                 files[i]->code == MTLSAUTH_OK)
            code = mtlsauth__source_look(source, files[i],
                                         reload->truststore == NULL ? reload->now->truststore
                                                                    : reload->truststore,
                                         reload->now->policy, true);
        if (code != MTLSAUTH_OK)
            return code;
    }
    return MTLSAUTH_OK;
}

static int find_superseded(const struct reload *reload, struct source *source)
{
    struct source_file **files = mtlsauth__calloc(source->count, sizeof *files);
    size_t count = 0;
    int code;

    if (files == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < source->count; i++)
        if (!source->files[i].is_gone && mtlsauth__source_state(&source->files[i])->is_loaded)
            files[count++] = &source->files[i];
    qsort(files, count, sizeof(struct source_file *), newest_first);
    code = compare_lists(reload, source, files, count);
    mtlsauth__free(files);
    return code;
}

static int look_at_lists(const struct reload *reload)
{
    size_t count;
    struct source *all = sources_of(reload, &count);
    int code = MTLSAUTH_OK;

    for (size_t i = reload->from; code == MTLSAUTH_OK && i < count; i++) {
        if (all[i].kind == SOURCE_TRUSTSTORE)
            continue;
        code = look_at_files(reload, &all[i]);
        if (code == MTLSAUTH_OK && all[i].kind == SOURCE_CRL_DIR && all[i].code == MTLSAUTH_OK)
            code = find_superseded(reload, &all[i]);
    }
    return code;
}

/* --- Putting it into use ---------------------------------------------------------------------- */

static bool is_to_put(const struct reload *reload, const struct source_file *file)
{
    return file->crl != NULL && !file->next.is_superseded &&
           !mtlsauth__crl_set_has(reload->now->crls, &file->next.list);
}

static int collect_puts(struct reload *reload)
{
    size_t count, most = 0;
    struct source *all = sources_of(reload, &count);

    for (size_t i = reload->from; i < count; i++)
        most += all[i].count;
    reload->puts = mtlsauth__calloc(most, sizeof *reload->puts);
    reload->put_files = mtlsauth__calloc(most, sizeof *reload->put_files);
    if (reload->puts == NULL || reload->put_files == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = reload->from; i < count; i++) {
        for (size_t n = 0; n < all[i].count; n++) {
            if (!is_to_put(reload, &all[i].files[n]))
                continue;
            reload->puts[reload->put_count].crl = all[i].files[n].crl;
            reload->put_files[reload->put_count++] = &all[i].files[n];
        }
    }
    return MTLSAUTH_OK;
}

/* What was refused of the lists is noted with their files. */
static int note_puts(struct reload *reload)
{
    for (size_t i = 0; i < reload->put_count; i++) {
        const struct crl_put *put = &reload->puts[i];
        struct source_file *file = reload->put_files[i];
        struct text sentence = {0};

        if (put->code == MTLSAUTH_OK)
            continue;
        mtlsauth__text_addf(&sentence, "%s: %s", file->path, put->sentence);
        file->code = put->code;
        file->sentence = mtlsauth__text_take(&sentence);
        if (file->sentence == NULL)
            return mtlsauth__fail_memory();
    }
    return MTLSAUTH_OK;
}

static int put_into_use(struct reload *reload, bool *published)
{
    struct change change = {.latest = reload->latest,
                            .truststore = reload->truststore,
                            .takes_part = !reload->all_or_nothing};
    int code = collect_puts(reload);

    *published = false;
    if (code != MTLSAUTH_OK || (reload->truststore == NULL && reload->put_count == 0))
        return code;
    change.puts = reload->puts;
    change.put_count = reload->put_count;
    code = mtlsauth__change_apply(reload->authorizer, &change, published);
    for (size_t i = 0; code != MTLSAUTH_OK && i < reload->put_count; i++)
        if (reload->puts[i].code == code)
            return mtlsauth__fail_in(code, "%s: ", reload->put_files[i]->path);
    return code == MTLSAUTH_OK ? note_puts(reload) : code;
}

static void end(struct reload *reload)
{
    for (size_t i = 0; i < reload->put_count; i++)
        mtlsauth__free(reload->puts[i].sentence);
    mtlsauth__free(reload->puts);
    mtlsauth__free(reload->put_files);
    mtlsauth_truststore_free(reload->truststore);
    mtlsauth__snapshot_free(reload->now);
}

/* Looks, loads and swaps. A code but MTLSAUTH_OK: nothing has changed. */
static int run(struct reload *reload, bool *published)
{
    int code = look_at_truststores(reload);

    *published = false;
    if (code == MTLSAUTH_OK)
        code = look_at_lists(reload);
    if (code == MTLSAUTH_OK && reload->all_or_nothing)
        code = first_failure(reload);
    if (code == MTLSAUTH_OK)
        code = put_into_use(reload, published);
    return code;
}

static void settle(const struct reload *reload, bool commit)
{
    size_t count;
    struct source *all = sources_of(reload, &count);

    for (size_t i = reload->from; i < count; i++) {
        if (commit)
            mtlsauth__source_commit(&all[i]);
        else
            mtlsauth__source_abandon(&all[i]);
    }
}

/* --- The calls -------------------------------------------------------------------------------- */

static int add(mtlsauth_authorizer *authorizer, enum source_kind kind, const char *path,
               mtlsauth_cert *issuer)
{
    struct sources *sources;
    struct reload reload = {.authorizer = authorizer, .all_or_nothing = true};
    struct kept_sentence kept;
    bool published;
    int code;

    if (authorizer == NULL || path == NULL || *path == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "add: an authorizer and a path are needed");
    mtlsauth__sentence_keep(&kept);
    sources = &authorizer->sources;
    reload.latest = mtlsauth__change_latest(authorizer);
    pthread_mutex_lock(&authorizer->writer);
    reload.from = sources->count;
    reload.now = mtlsauth__authorizer_acquire(authorizer);
    if (mtlsauth__sources_find(sources, kind, path) != NULL)
        code = mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "%s: was added before", path);
    else if (sources->count == MTLSAUTH_MAX_SOURCES)
        code = mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "%s: more than %d files and folders", path,
                              MTLSAUTH_MAX_SOURCES);
    else
        code = mtlsauth__sources_add(sources, kind, path, issuer);
    if (code == MTLSAUTH_OK) {
        code = run(&reload, &published);
        settle(&reload, code == MTLSAUTH_OK);
        if (code != MTLSAUTH_OK)
            mtlsauth__sources_remove_last(sources);
    }
    end(&reload);
    pthread_mutex_unlock(&authorizer->writer);
    return mtlsauth__sentence_settle(&kept, code);
}

int mtlsauth_authorizer_add_truststore_file(mtlsauth_authorizer *authorizer, const char *path)
{
    return add(authorizer, SOURCE_TRUSTSTORE, path, NULL);
}

int mtlsauth_authorizer_add_crl_file(mtlsauth_authorizer *authorizer, const char *path,
                                     mtlsauth_cert *issuer)
{
    return add(authorizer, SOURCE_CRL_FILE, path, issuer);
}

int mtlsauth_authorizer_add_crl_dir(mtlsauth_authorizer *authorizer, const char *path,
                                    mtlsauth_cert *issuer)
{
    return add(authorizer, SOURCE_CRL_DIR, path, issuer);
}

static void note_left(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        mtlsauth__source_note_left(&sources->all[i]);
}

static int refresh(struct reload *reload, bool *published, mtlsauth_report **report)
{
    mtlsauth_authorizer *authorizer = reload->authorizer;
    struct snapshot *snapshot;
    int code = run(reload, published);

    if (code != MTLSAUTH_OK) {
        settle(reload, false);
        return code;
    }
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    note_left(&authorizer->sources);
    code = mtlsauth__refresh_forget(&authorizer->sources, snapshot);
    if (code == MTLSAUTH_OK && report != NULL &&
        !mtlsauth__refresh_report(report, &authorizer->sources, snapshot, *published))
        code = mtlsauth__fail_memory();
    if (code == MTLSAUTH_OK)
        code = first_failure(reload);
    mtlsauth__snapshot_free(snapshot);
    settle(reload, true);
    return code;
}

int mtlsauth_authorizer_refresh(mtlsauth_authorizer *authorizer, int *changed,
                                mtlsauth_report **report)
{
    struct reload reload = {.authorizer = authorizer};
    struct kept_sentence kept;
    bool published;
    int code;

    if (changed != NULL)
        *changed = 0;
    if (report != NULL)
        *report = NULL;
    if (authorizer == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "refresh: the authorizer is NULL");
    mtlsauth__sentence_keep(&kept);
    reload.latest = mtlsauth__change_latest(authorizer);
    pthread_mutex_lock(&authorizer->writer);
    reload.now = mtlsauth__authorizer_acquire(authorizer);
    code = refresh(&reload, &published, report);
    end(&reload);
    pthread_mutex_unlock(&authorizer->writer);
    mtlsauth__stats_note_refresh(&authorizer->stats, code == MTLSAUTH_OK);
    if (changed != NULL)
        *changed = published;
    return mtlsauth__sentence_settle(&kept, code);
}
