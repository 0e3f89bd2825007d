/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_STRIPE_H
#define MTLSAUTH_BASE_STRIPE_H

#include <pthread.h>
#include <stdint.h>
#include <string.h>

/*
 * What many threads write is there several times, in cache lines of its own each, so that threads
 * of different stripes do not wait for each other. Padding of a line keeps two apart wherever
 * malloc puts them.
 */
enum { STRIPES = 16, STRIPE_LINE = 64 };

/* Threads differ in the middle bits of what identifies them, mostly an address. */
static inline size_t mtlsauth__stripe_of_this_thread(void)
{
    pthread_t self = pthread_self();
    uint64_t mixed = 0;

    memcpy(&mixed, &self, sizeof self < sizeof mixed ? sizeof self : sizeof mixed);
    mixed *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 60) % STRIPES;
}

#endif
