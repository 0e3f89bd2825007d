/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_NAME_CANONICAL_H
#define MTLSAUTH_CERT_NAME_CANONICAL_H

#include "cert/name.h"

/* The pieces that a canonical form is put together from; for name.c and name_parse.c. */

/* Real names have fewer than twenty RDNs of one attribute each. */
#define MTLSAUTH__MAX_RDNS 64
#define MTLSAUTH__MAX_ATTRIBUTES 16

/* The canonical form of one attribute; text is to be dropped, whatever is returned. */
struct name_piece {
    struct text text;
};

enum name_status mtlsauth__name_canonical_attribute(struct name_piece *piece, struct span oid,
                                                    unsigned tag, struct span value);

/* Sorts the pieces and appends them as one RDN. */
void mtlsauth__name_canonical_rdn(struct text *out, struct name_piece *pieces, size_t count);

#endif
