/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_BASE64_H
#define MTLSAUTH_BASE_BASE64_H

#include "base/span.h"

/* Bytes that len characters of base64 can hold at the most. */
static inline size_t base64_room(size_t len)
{
    return len / 4 * 3 + 3;
}

/*
 * Decodes base64 (RFC 4648 4) into out, which has room for base64_room(text.len). Padding is
 * required, the unused bits must be zero. White space (space, TAB, CR, LF) is skipped if
 * skip_space, refused otherwise. On failure *bad is the position of the offending character,
 * text.len where characters are missing at the end.
 */
bool mtlsauth__base64_decode(struct span text, bool skip_space, uint8_t *out, size_t *len,
                             size_t *bad);

/* Encodes without padding in the URL alphabet (RFC 4648 5); out has room for 4/3 of it, rounded
 * up, and a NUL. */
void mtlsauth__base64url_encode(struct span bytes, char *out);

#endif
