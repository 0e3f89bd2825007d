/* SPDX-License-Identifier: MIT */
#include "revocation/crl_table.h"

#include <mtlsauth/error.h>
#include <stdlib.h>
#include "base/error.h"
#include "base/memory.h"
#include "revocation/crl_set.h"

static inline void prefetch(const void *from, size_t size)
{
    enum { LINE = 64 };

    for (size_t i = 0; i < size; i += LINE)
        __builtin_prefetch((const char *)from + i);
    __builtin_prefetch((const char *)from + size - 1);
}

/* All that is looked at of a list for one certificate, at once. */
static inline void prefetch_list(const mtlsauth_crl *crl)
{
    prefetch(crl, offsetof(struct mtlsauth_crl, image.index.table));
    prefetch(&crl->image.facts, offsetof(struct crl_facts, issuers.capacity));
}

/* Lists without a name before those with one. */
static int compare_names(const struct point_name *a, const struct point_name *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    if (a->tag != b->tag)
        return a->tag < b->tag ? -1 : 1;
    return span_compare(a->value, b->value);
}

static int compare(const struct crl_cell *cell, const struct crl_sought *sought)
{
    int order;

    if (cell->hash != sought->hash)
        return cell->hash < sought->hash ? -1 : 1;
    order = span_compare(crl_pair_any(&cell->lists)->issuer_key, sought->issuer);
    return order != 0 ? order : compare_names(cell->name, sought->name);
}

static int compare_cells(const void *a, const void *b)
{
    const struct crl_cell *other = b;
    const struct crl_sought sought = {.hash = other->hash,
                                      .issuer = crl_pair_any(&other->lists)->issuer_key,
                                      .name = other->name};

    return compare(a, &sought);
}

/* A delta is found with its base. */
static bool has_cells(const struct crl_set *set, size_t i)
{
    return set->slots[i].crl != NULL &&
           (!set->slots[i].floor.delta || mtlsauth__crl_set_pair(set, i).base == NULL);
}

static size_t count_cells(const struct crl_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        if (has_cells(set, i))
            count += set->slots[i].crl->points.count == 0 ? 1 : set->slots[i].crl->points.count;
    return count;
}

static void add_cells(struct crl_table *out, const struct crl_set *set, size_t i)
{
    const mtlsauth_crl *crl = set->slots[i].crl;
    struct crl_cell cell = {.hash = crl->issuer_hash, .lists = mtlsauth__crl_set_pair(set, i)};

    if (crl->points.count == 0)
        out->cells[out->count++] = cell;
    for (size_t n = 0; n < crl->points.count; n++) {
        cell.hash = crl->point_hashes[n];
        cell.name = &crl->points.all[n];
        out->cells[out->count++] = cell;
    }
}

/* As many values of the first bits as there are cells, and some more. */
static int make_firsts(struct crl_table *out)
{
    size_t values = 2, at = 0;

    for (out->shift = 63; values < out->count; out->shift--)
        values *= 2;
    out->firsts = mtlsauth__calloc(values + 1, sizeof *out->firsts);
    if (out->firsts == NULL)
        return mtlsauth__fail_memory();
    for (size_t value = 0; value <= values; value++) {
        while (at < out->count && out->cells[at].hash >> out->shift < value)
            at++;
        out->firsts[value] = at;
    }
    return MTLSAUTH_OK;
}

int mtlsauth__crl_table_make(struct crl_table *out, const struct crl_set *set)
{
    size_t count = count_cells(set);
    int code;

    *out = (struct crl_table){.cells = mtlsauth__calloc(count, sizeof *out->cells)};
    if (out->cells == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < set->count; i++)
        if (has_cells(set, i))
            add_cells(out, set, i);
    qsort(out->cells, out->count, sizeof *out->cells, compare_cells);
    code = make_firsts(out);
    if (code != MTLSAUTH_OK)
        mtlsauth__crl_table_drop(out);
    return code;
}

void mtlsauth__crl_table_drop(struct crl_table *table)
{
    mtlsauth__free(table->cells);
    mtlsauth__free(table->firsts);
    *table = (struct crl_table){0};
}

size_t mtlsauth__crl_table_find(const struct crl_table *table, const struct crl_sought *sought)
{
    size_t at, end;

    if (table->count == 0)
        return 0;
    at = table->firsts[sought->hash >> table->shift];
    end = table->firsts[(sought->hash >> table->shift) + 1];
    if (at < end && table->cells[at].hash == sought->hash)
        prefetch_list(crl_pair_any(&table->cells[at].lists));
    /* The only one is compared when it is taken. */
    if (end - at == 1)
        return at;
    while (at < end) {
        size_t middle = at + (end - at) / 2;

        if (compare(&table->cells[middle], sought) < 0)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}

bool mtlsauth__crl_table_next(const struct crl_table *table, const struct crl_sought *sought,
                              size_t *at, struct crl_pair *lists)
{
    if (*at >= table->count || compare(&table->cells[*at], sought) != 0)
        return false;
    *lists = table->cells[(*at)++].lists;
    return true;
}
