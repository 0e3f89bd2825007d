/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_FAULT_H
#define MTLSAUTH_IDENTITY_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with a value, and at which of its bytes, counted from 0. why is a static text. */
struct fault {
    size_t at;
    const char *why;
};

/* So that a reader says return fault_at(fault, i, "..."). */
static inline bool fault_at(struct fault *fault, size_t at, const char *why)
{
    *fault = (struct fault){.at = at, .why = why};
    return false;
}

#endif
