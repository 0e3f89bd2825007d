/* SPDX-License-Identifier: MIT */
#include "revocation/issuers.h"

#include <mtlsauth/error.h>
#include "base/memory.h"
#include "cert/name.h"

void mtlsauth__crl_issuers_drop(struct crl_issuers *issuers)
{
    for (size_t i = 0; i < issuers->count; i++)
        mtlsauth__free((void *)(uintptr_t)issuers->sorted[i].canonical.ptr);
    mtlsauth__free(issuers->sorted);
    mtlsauth__free(issuers->names);
    *issuers = (struct crl_issuers){0};
}

/* Where a name stands, or would stand. */
static size_t find(const struct crl_issuers *issuers, struct span canonical, bool *found)
{
    size_t low = 0, high = issuers->count;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = span_compare(issuers->sorted[middle].canonical, canonical);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool mtlsauth__crl_issuers_find(const struct crl_issuers *issuers, struct span canonical,
                                uint32_t *number)
{
    bool found;
    size_t i = find(issuers, canonical, &found);

    if (found)
        *number = issuers->sorted[i].number;
    return found;
}

/* Room for one name more in both arrays. */
static bool make_room(struct crl_issuers *issuers, size_t more)
{
    struct crl_issuer *sorted = mtlsauth__grow(issuers->sorted, issuers->count,
                                               &issuers->capacity, sizeof *sorted);
    size_t room = issuers->room;
    uint8_t *names;

    if (sorted == NULL)
        return false;
    issuers->sorted = sorted;
    while (room - issuers->len < more)
        room = room == 0 ? 256 : 2 * room;
    if (room == issuers->room)
        return true;
    names = mtlsauth__realloc(issuers->names, room, 1);
    if (names == NULL)
        return false;
    issuers->names = names;
    issuers->room = room;
    return true;
}

/* Takes the canonical form. */
static int insert(struct crl_issuers *issuers, size_t i, struct span name, struct text *canonical,
                  const char **why)
{
    struct span form = span_of(canonical->ptr, canonical->len);

    if (issuers->count == CRL_MAX_ISSUERS || name.len > CRL_MAX_ISSUER_OCTETS - issuers->len) {
        *why = "entries of more issuers than any list needs";
        return MTLSAUTH_ERR_LIMIT;
    }
    if (!make_room(issuers, name.len))
        return MTLSAUTH_ERR_NOMEM;
    form.ptr = (uint8_t *)mtlsauth__text_take(canonical);
    if (form.ptr == NULL)
        return MTLSAUTH_ERR_NOMEM;
    memcpy(issuers->names + issuers->len, name.ptr, name.len);
    issuers->len += name.len;
    memmove(issuers->sorted + i + 1, issuers->sorted + i,
            (issuers->count - i) * sizeof *issuers->sorted);
    issuers->count++;
    issuers->sorted[i] = (struct crl_issuer){.canonical = form,
                                             .number = (uint32_t)issuers->count};
    return MTLSAUTH_OK;
}

int mtlsauth__crl_issuers_add(struct crl_issuers *issuers, struct span name, uint32_t *number,
                              const char **why)
{
    struct text canonical = {0};
    enum name_status status = mtlsauth__name_canonical(&canonical, name);
    int code = MTLSAUTH_OK;
    bool found = false;
    size_t i;

    *number = 0;
    *why = "a certificateIssuer whose directory name is malformed or empty";
    if (status == NAME_NO_MEMORY || canonical.failed)
        code = MTLSAUTH_ERR_NOMEM;
    else if (status != NAME_OK || canonical.len == 0)
        code = MTLSAUTH_ERR_PARSE;
    if (code == MTLSAUTH_OK) {
        i = find(issuers, span_of(canonical.ptr, canonical.len), &found);
        if (!found)
            code = insert(issuers, i, name, &canonical, why);
        if (code == MTLSAUTH_OK)
            *number = issuers->sorted[i].number;
    }
    mtlsauth__text_drop(&canonical);
    return code;
}
