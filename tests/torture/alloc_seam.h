/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_ALLOC_SEAM_H
#define TESTS_TORTURE_ALLOC_SEAM_H

/* Which allocations fail: the library's own, by the seam of lib/base/memory.c, or libcrypto's. */

#include <stdbool.h>
#include <stddef.h>

/* "own" or "libcrypto"; before anything else. False when it is neither, or it is too late. */
bool seam_install(const char *whose);
bool seam_of_libcrypto(void);

/* The n-th allocation from now fails (0: none); and every later one, if for_good. */
void seam_arm(size_t n, bool for_good);
/* How many there were, and none fails any more. */
size_t seam_disarm(void);

#endif
