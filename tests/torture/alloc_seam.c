/* SPDX-License-Identifier: MIT */
#include "alloc_seam.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "base/memory.h"

static bool of_libcrypto, is_short, armed, persistent;
static size_t crypto_count, crypto_fail_at;
static long long held; /* octets, since it was armed */

/* In front of each piece: how large it is. */
struct piece {
    alignas(max_align_t) size_t size;
};

static bool crypto_must_fail(size_t size, size_t before)
{
    if (!armed)
        return false;
    crypto_count++;
    if (crypto_fail_at == 0)
        return false;
    if (!is_short)
        return crypto_count == crypto_fail_at || (persistent && crypto_count > crypto_fail_at);
    if (!persistent)
        return size >= crypto_fail_at;
    return held + (long long)size - (long long)before > (long long)crypto_fail_at;
}

static struct piece *piece_of(void *ptr)
{
    return ptr == NULL ? NULL : (struct piece *)ptr - 1;
}

static void *crypto_resize(struct piece *old, size_t size)
{
    size_t before = old == NULL ? 0 : old->size;
    struct piece *made = crypto_must_fail(size, before) ? NULL : realloc(old, sizeof *made + size);

    if (made == NULL)
        return NULL;
    held += (long long)size - (long long)before;
    made->size = size;
    return made + 1;
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size == 0 ? NULL : crypto_resize(NULL, size);
}

static void crypto_free(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    held -= ptr == NULL ? 0 : (long long)piece_of(ptr)->size;
    free(piece_of(ptr));
}

static void *crypto_realloc(void *ptr, size_t size, const char *file, int line)
{
    if (size == 0) {
        crypto_free(ptr, file, line);
        return NULL;
    }
    return crypto_resize(piece_of(ptr), size);
}

bool seam_install(const char *whose)
{
    is_short = strcmp(whose, "short") == 0;
    of_libcrypto = is_short || strcmp(whose, "libcrypto") == 0;
    if (!of_libcrypto)
        return strcmp(whose, "own") == 0;
    return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

bool seam_of_libcrypto(void)
{
    return of_libcrypto;
}

bool seam_is_short(void)
{
    return is_short;
}

void seam_arm(size_t n, bool for_good)
{
    crypto_count = 0;
    held = 0;
    crypto_fail_at = of_libcrypto ? n : 0;
    persistent = for_good;
    armed = true;
    mtlsauth__memory_fail_at(of_libcrypto ? 0 : n, for_good);
}

size_t seam_disarm(void)
{
    size_t own = mtlsauth__memory_count();

    armed = false;
    mtlsauth__memory_fail_at(0, 0);
    return of_libcrypto ? crypto_count : own;
}
