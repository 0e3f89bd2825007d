/* SPDX-License-Identifier: MIT */
/* MAP_ANONYMOUS and madvise are not of POSIX. NOLINTNEXTLINE: the name is the C library's. */
#define _DEFAULT_SOURCE
#include "base/pages.h"

#include <sys/mman.h>
#include "base/memory.h"

/* Below this malloc does as well. */
#define LEAST ((size_t)128 << 10)
#define HUGE_PAGE ((size_t)2 << 20)

/* A sanitizer watches over malloc, and not over this. */
#if defined(__SANITIZE_ADDRESS__)
#define USE_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define USE_MALLOC 1
#endif
#endif
#if !defined(USE_MALLOC) && !defined(MAP_ANONYMOUS)
#define USE_MALLOC 1
#endif

#ifdef USE_MALLOC

void *mtlsauth__pages_new(size_t size, enum pages_use use)
{
    (void)use;
    return mtlsauth__malloc(size);
}

void mtlsauth__pages_free(void *ptr, size_t size)
{
    (void)size;
    mtlsauth__free(ptr);
}

#else

void *mtlsauth__pages_new(size_t size, enum pages_use use)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    void *ptr = mtlsauth__malloc(size < LEAST ? size : 1);

    if (size < LEAST || ptr == NULL)
        return ptr;
    if (size > PTRDIFF_MAX) {
        mtlsauth__free(ptr);
        return NULL;
    }
    /* That was for the tests that make memory run out, which know of malloc alone. */
    mtlsauth__free(ptr);
#ifdef MAP_POPULATE
    if (use == PAGES_NOW)
        flags |= MAP_POPULATE;
#endif
    ptr = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (ptr == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (use == PAGES_HUGE && size >= 2 * HUGE_PAGE)
        /* Not its end: a huge page there would be memory that nobody has asked for. */
        (void)madvise(ptr, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return ptr;
}

void mtlsauth__pages_free(void *ptr, size_t size)
{
    if (ptr == NULL || size < LEAST)
        mtlsauth__free(ptr);
    else
        munmap(ptr, size);
}

#endif
