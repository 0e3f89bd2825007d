/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include "base/checked.h"

#ifdef MTLSAUTH_TEST_SEAMS
static size_t allocations;
static size_t fail_at;
static int fail_persistently;

void mtlsauth__memory_fail_at(size_t n, int persistent)
{
    allocations = 0;
    fail_at = n;
    fail_persistently = persistent;
}

size_t mtlsauth__memory_count(void)
{
    return allocations;
}
#endif

static bool must_fail(void)
{
#ifdef MTLSAUTH_TEST_SEAMS
    allocations++;
    return fail_at != 0 && (allocations == fail_at || (fail_persistently && allocations > fail_at));
#else
    return false;
#endif
}

/* Two pointers into anything larger have a difference that does not fit: where size_t has 32 bits,
 * malloc may give it. */
static bool too_large(size_t size)
{
    return size > PTRDIFF_MAX;
}

void *mtlsauth__malloc(size_t size)
{
    return too_large(size) || must_fail() ? NULL : malloc(size == 0 ? 1 : size);
}

void *mtlsauth__calloc(size_t count, size_t size)
{
    size_t total;

    if (!checked_mul(count, size, &total) || too_large(total) || must_fail())
        return NULL;
    return calloc(1, total == 0 ? 1 : total);
}

void *mtlsauth__realloc(void *ptr, size_t count, size_t size)
{
    size_t total;

    if (!checked_mul(count, size, &total) || too_large(total) || must_fail())
        return NULL;
    return realloc(ptr, total == 0 ? 1 : total);
}

void *mtlsauth__memdup(struct span bytes)
{
    void *copy = mtlsauth__malloc(bytes.len);

    if (copy != NULL && bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    return copy;
}

char *mtlsauth__strdup(const char *text)
{
    return mtlsauth__memdup(span_of(text, strlen(text) + 1));
}

void mtlsauth__free(void *ptr)
{
    int number = errno;

    free(ptr);
    errno = number;
}

void *mtlsauth__grow(void *array, size_t count, size_t *capacity, size_t element)
{
    size_t more;
    void *moved;

    if (count < *capacity)
        return array;
    if (!checked_mul(*capacity < 8 ? 8 : *capacity, *capacity < 8 ? 1 : 2, &more))
        return NULL;
    moved = mtlsauth__realloc(array, more, element);
    if (moved != NULL)
        *capacity = more;
    return moved;
}
