/* SPDX-License-Identifier: MIT */
#include "alloc_seam.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "base/memory.h"

static bool of_libcrypto, armed, persistent;
static size_t crypto_count, crypto_fail_at;

static bool crypto_must_fail(void)
{
    if (!armed)
        return false;
    crypto_count++;
    return crypto_fail_at != 0 &&
           (crypto_count == crypto_fail_at || (persistent && crypto_count > crypto_fail_at));
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size == 0 || crypto_must_fail() ? NULL : malloc(size);
}

static void *crypto_realloc(void *ptr, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return crypto_must_fail() ? NULL : realloc(ptr, size);
}

static void crypto_free(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    free(ptr);
}

bool seam_install(const char *whose)
{
    of_libcrypto = strcmp(whose, "libcrypto") == 0;
    if (!of_libcrypto)
        return strcmp(whose, "own") == 0;
    return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

bool seam_of_libcrypto(void)
{
    return of_libcrypto;
}

void seam_arm(size_t n, bool for_good)
{
    crypto_count = 0;
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
