/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_ALLOC_SEAM_H
#define TESTS_TORTURE_ALLOC_SEAM_H

/* Which allocations fail: the library's own, by the seam of lib/base/memory.c, or libcrypto's; or
 * those of libcrypto that are too large for what memory there is. */

#include <stdbool.h>
#include <stddef.h>

/* "own", "libcrypto" or "short"; before anything else. False when it is none, or too late. */
bool seam_install(const char *whose);
bool seam_of_libcrypto(void); /* or "short" */
bool seam_is_short(void);

/*
 * The n-th allocation from now fails (0: none); and every later one, if for_good. When memory is
 * short it is a number of octets: each allocation of so many or more fails; if for_good, each that
 * would have libcrypto hold more than so many above what it holds now.
 */
void seam_arm(size_t n, bool for_good);
/* How many there were, and none fails any more. */
size_t seam_disarm(void);

#endif
