/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_MEMORY_H
#define MTLSAUTH_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

/*
 * The only file that calls malloc. Every function gives NULL when memory runs out; a size of 0
 * gives a pointer that can be freed, one above PTRDIFF_MAX never memory. mtlsauth__free leaves
 * errno alone.
 */
void *mtlsauth__malloc(size_t size);
void *mtlsauth__calloc(size_t count, size_t size);
void *mtlsauth__realloc(void *ptr, size_t count, size_t size);
void *mtlsauth__memdup(struct span bytes);
char *mtlsauth__strdup(const char *text);
void mtlsauth__free(void *ptr);

/*
 * Makes room for one more element in an array of *capacity elements of which count are used.
 * Returns the array, moved perhaps, or NULL with the old one as it was.
 */
void *mtlsauth__grow(void *array, size_t count, size_t *capacity, size_t element);

#ifdef MTLSAUTH_TEST_SEAMS
/* The n-th allocation from now fails (0: none); and every one after it if persistent. */
void mtlsauth__memory_fail_at(size_t n, int persistent);
/* Allocations asked for since the last mtlsauth__memory_fail_at. */
size_t mtlsauth__memory_count(void);
#endif

#endif
