/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_PAGES_H
#define MTLSAUTH_BASE_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory in large pieces that goes back to the system when it is freed. malloc keeps what it has
 * taken once for itself, so that two large things of which one replaces the other would be there
 * twice; and each page of a fresh piece costs more than it takes to fill it.
 */

/* NULL when memory runs out. now: all of it is about to be written. */
void *mtlsauth__pages_new(size_t size, bool now);

/* size is what it was made with. NULL is taken. */
void mtlsauth__pages_free(void *ptr, size_t size);

#endif
