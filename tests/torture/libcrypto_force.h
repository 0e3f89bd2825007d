/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_LIBCRYPTO_FORCE_H
#define TESTS_TORTURE_LIBCRYPTO_FORCE_H

/* The calls of libcrypto_calls.h, each of which can be made to return what it should not. */

#include <stdbool.h>
#include <stddef.h>

enum force_kind { STATUS, POINTER, GETTER, SAME, ASIDE };

/* Rows of the list, from 0; NULL beyond its end. */
const char *force_name(size_t call);
enum force_kind force_kind(size_t call);

/* Values of a row, from 0; false beyond their end. */
bool force_value(size_t call, size_t i, long *value);

/*
 * From now on calls are counted, and the n-th of this row, from 1, returns value without being
 * made; and every later one, if for_good. n 0: none. A GETTER that is right with that value is not
 * forced.
 */
void force_begin(size_t call, size_t n, long value, bool for_good);
void force_end(void);

/* Calls of a row since force_begin, and whether one was forced. */
size_t force_count(size_t call);
bool force_happened(void);

#endif
