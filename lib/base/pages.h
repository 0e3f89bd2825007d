/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_PAGES_H
#define MTLSAUTH_BASE_PAGES_H

#include <stddef.h>

/*
 * Memory in large pieces that goes back to the system when it is freed. malloc keeps what it has
 * taken once for itself, so that two large things of which one replaces the other would be there
 * twice; and each page of a fresh piece costs more than it takes to fill it.
 */

enum pages_use {
    PAGES_AS_NEEDED, /* a page at a time: no more than what is written */
    PAGES_NOW,       /* all of it at once */
    PAGES_HUGE /* in large pages, where the system has them: each as a whole, when it is touched */
};

/* NULL when memory runs out. */
void *mtlsauth__pages_new(size_t size, enum pages_use use);

/* size is what it was made with. NULL is taken. */
void mtlsauth__pages_free(void *ptr, size_t size);

#endif
