/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_IMAGE_LAYOUT_H
#define MTLSAUTH_REVOCATION_IMAGE_LAYOUT_H

#include "revocation/image.h"

/* Where the fields of an image stand (docs/crl-index.md). Numbers are little-endian. */

#define IMAGE_MAGIC "\x8bMTLSCRL"

enum {
    IMAGE_VERSION = 1,
    IMAGE_VERSION_INDIRECT = 2, /* of an indirect list: it has the column of the issuers */

    IMAGE_AT_MAGIC = 0,
    IMAGE_AT_VERSION = 8,
    IMAGE_AT_HEADER = 12,
    IMAGE_AT_SIZE = 16,
    IMAGE_AT_FLAGS = 24,
    IMAGE_AT_SCOPE = 28,
    IMAGE_AT_COUNT = 32,
    IMAGE_AT_WIDTH = 40,
    IMAGE_AT_DATE_WIDTH = 44,
    IMAGE_AT_THIS_UPDATE = 48,
    IMAGE_AT_NEXT_UPDATE = 56,
    IMAGE_AT_REASONS = 64,
    IMAGE_AT_SOURCE = 72,
    IMAGE_AT_ISSUER_KEY = 104,
    IMAGE_AT_PIECES = 136,  /* lengths of the pieces behind the fixed part, 4 octets each */
    IMAGE_AT_COLUMNS = 168, /* offset, length (8 octets each), SHA-256 */
    IMAGE_AT_SEAL = 456,
    IMAGE_FIXED = 488,

    IMAGE_COLUMN_ENTRY = 48
};

enum image_flag {
    IMAGE_KEYED = 1 << 0,
    IMAGE_V1 = 1 << 1,
    IMAGE_DELTA = 1 << 2
};

enum image_scope {
    IMAGE_SCOPE_PRESENT = 1 << 0,
    IMAGE_SCOPE_USER = 1 << 1,
    IMAGE_SCOPE_CA = 1 << 2,
    IMAGE_SCOPE_ATTRIBUTE = 1 << 3,
    IMAGE_SCOPE_INDIRECT = 1 << 4,
    IMAGE_SCOPE_NAMES = 1 << 5,
    IMAGE_SCOPE_RELATIVE = 1 << 6
};

/* The pieces, in their order; each but those of the list's own size has a length of at most so
 * much. */
enum image_piece {
    PIECE_ISSUER,
    PIECE_ALGORITHM,
    PIECE_NUMBER,
    PIECE_BASE_NUMBER,
    PIECE_KEY_ID,
    PIECE_COMMON,
    PIECE_IDP,
    PIECE_ISSUERS, /* of version 2 */
    PIECES
};

enum image_column {
    COLUMN_PREFIX,
    COLUMN_REST,
    COLUMN_CODE,
    COLUMN_REASON,
    COLUMN_DATE,
    COLUMN_ISSUER, /* of version 1 empty */
    COLUMNS
};

enum { IMAGE_MAX_PIECE = 64 << 10 };

struct image_column_place {
    uint8_t *at;      /* in the index */
    unsigned element; /* octets of a number: 1, 4 or 8 */
    uint64_t len;
};

/* The columns of an index as octets. */
void mtlsauth__crl_image_columns(const struct crl_index *index,
                                 struct image_column_place out[COLUMNS]);

/* What the header says of the scope at IMAGE_AT_SCOPE, in flags of image_scope. */
uint32_t mtlsauth__crl_image_scope(const struct crl_scope *scope);

/* Turns n numbers of so many octets between the host's order and little-endian, in place. */
void mtlsauth__crl_image_swap(uint8_t *bytes, size_t n, unsigned element);

/* HMAC with the key, or SHA-256 without, of a header whose seal is zero. */
bool mtlsauth__crl_image_seal(struct span header, struct span key, uint8_t out[CRL_IMAGE_DIGEST]);

static inline void put_le(uint8_t *at, unsigned octets, uint64_t value)
{
    for (unsigned i = 0; i < octets; i++, value >>= 8)
        at[i] = (uint8_t)value;
}

static inline uint64_t get_le(const uint8_t *at, unsigned octets)
{
    uint64_t value = 0;

    for (unsigned i = octets; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

#endif
