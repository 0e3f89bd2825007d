/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_URI_H
#define MTLSAUTH_IDENTITY_URI_H

#include "base/span.h"
#include "identity/fault.h"

/* Longest URI that is compared; SPIFFE-ID 2.3 has the same number. */
#define MTLSAUTH__MAX_URI 2048

struct uri_shape {
    size_t len;      /* of the key, at most that of the text */
    size_t literal;  /* bytes in front of the first wildcard segment; all when there is none */
    bool is_pattern; /* has a wildcard segment */
    bool is_spiffe;
    bool has_path; /* something behind the authority, if only "/" */
};

/*
 * The key of a URI, or of a pattern of URIs: scheme and authority in lower case, the path as it is,
 * but for a path of "/" alone, which is none (RFC 3986 6.2.3). Of a URN the namespace is in lower
 * case, too (RFC 8141 3.1), and all of a UUID (RFC 9562 4). What two readers could read in two ways
 * is none: percent-encoding, "." and ".." and empty segments, a query, a fragment, a port,
 * userinfo, a wildcard outside of a pattern. out has room for MTLSAUTH__MAX_URI.
 */
bool mtlsauth__uri_key(struct span text, bool pattern, uint8_t *out, struct uri_shape *shape,
                       struct fault *fault);

/* Does the key of a pattern, whose first literal bytes hold no wildcard, meet that of a URI? */
bool mtlsauth__uri_meets(struct span pattern, size_t literal, struct span uri);

#endif
