/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_VALUE_H
#define MTLSAUTH_IDENTITY_VALUE_H

#include "base/span.h"
#include "identity/fault.h"

/*
 * Slips in values that are free text, or nearly so. A host that is written wrong is an error; such
 * a value would be a name that nobody has, and its matcher would block nobody and negate nothing.
 */

/* A value without quotes around it, blanks or separators of a list at its ends? */
bool mtlsauth__value_is_bare(struct span value, struct fault *fault);

/* An RFC 4514 name without an attribute's value between single quotes? Double ones are no RFC 4514.
 */
bool mtlsauth__value_name_is_bare(struct span rfc4514, struct fault *fault);

/* A value in which no second matcher seems to begin? is_type: whether a word is a matcher's type. */
bool mtlsauth__value_is_single(struct span value, bool (*is_type)(struct span word),
                               struct fault *fault);

#endif
