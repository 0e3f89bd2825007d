/* SPDX-License-Identifier: MIT */
#include "authorizer/refresh.h"

#include <stdlib.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "revocation/crl_set.h"

/* Lists of the files that are there, in the order of their content. */
struct lists {
    const struct crl_floor **all;
    size_t count;
};

static int by_content(const void *a, const void *b)
{
    const struct crl_floor *const *left = a, *const *right = b;
    int order = memcmp((*left)->content, (*right)->content, CRL_IMAGE_DIGEST);

    return order == 0 ? mtlsauth__crl_floor_order(*left, *right) : order;
}

static int find_lists(struct lists *lists, const struct sources *sources)
{
    struct source *all = sources->all;
    size_t most = 0;

    for (size_t i = 0; i < sources->count; i++)
        most += all[i].count;
    *lists = (struct lists){.all = mtlsauth__calloc(most, sizeof *lists->all)};
    if (lists->all == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < sources->count; i++)
        for (size_t n = 0; all[i].kind != SOURCE_TRUSTSTORE && n < all[i].count; n++) {
            struct source_file *file = &all[i].files[n];

            if (!file->is_gone && file->code == MTLSAUTH_OK &&
                mtlsauth__source_state(file)->is_loaded)
                lists->all[lists->count++] = &mtlsauth__source_state(file)->list;
        }
    qsort(lists->all, lists->count, sizeof *lists->all, by_content);
    return MTLSAUTH_OK;
}

static bool is_there(const struct lists *lists, const struct crl_floor *list)
{
    return bsearch(&list, lists->all, lists->count, sizeof *lists->all, by_content) != NULL;
}

/* Not what is in use no more, or is in another file now. */
static bool needs_mention(const struct crl_floor *list, const struct lists *lists,
                          const struct snapshot *snapshot)
{
    return mtlsauth__crl_set_has(snapshot->crls, list) && !is_there(lists, list);
}

static void forget_of_file(struct source_file *file, const struct lists *lists,
                           const struct snapshot *snapshot)
{
    size_t kept = 0;

    if (file->is_gone && !needs_mention(&file->state.list, lists, snapshot))
        file->state.is_loaded = false;
    for (size_t i = 0; i < file->left_count; i++)
        if (needs_mention(&file->left[i], lists, snapshot))
            file->left[kept++] = file->left[i];
    file->left_count = kept;
}

int mtlsauth__refresh_forget(struct sources *sources, const struct snapshot *snapshot)
{
    struct lists lists = {.all = NULL};
    int code = MTLSAUTH_OK;

    for (size_t i = 0; code == MTLSAUTH_OK && i < sources->count; i++)
        for (size_t n = 0; code == MTLSAUTH_OK && n < sources->all[i].count; n++) {
            struct source_file *file = &sources->all[i].files[n];

            if (!file->is_gone && file->left_count == 0)
                continue;
            if (lists.all == NULL)
                code = find_lists(&lists, sources);
            if (code == MTLSAUTH_OK)
                forget_of_file(file, &lists, snapshot);
        }
    mtlsauth__free(lists.all);
    return code;
}
