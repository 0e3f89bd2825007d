/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_BASE_PEM_H
#define MTLSAUTH_BASE_PEM_H

#include "base/span.h"

/* A reader of PEM blocks (RFC 7468), which may have any text between them, and LF or CRLF. */
struct pem {
    const uint8_t *pos, *end;
    size_t line; /* of pos, counted from 1 */
};

struct pem_block {
    const uint8_t *start; /* of the BEGIN line */
    struct span label;    /* "CERTIFICATE" */
    struct span body;     /* what stands between the BEGIN and the END line */
    size_t line;          /* of the BEGIN line */
    size_t end_line;      /* of the END line */
};

struct pem mtlsauth__pem(struct span bytes);

/* Does it look like PEM: is there a BEGIN line anywhere, and is it not DER by its first octets? */
bool mtlsauth__pem_looks_like(struct span bytes);

/*
 * The next block; *found is false at the end of the text. What is begun and not ended, or ended and
 * not begun, is MTLSAUTH_ERR_PARSE with a sentence that names the line, and so is what
 * mtlsauth__pem_text refuses between blocks: nothing is skipped but text.
 */
int mtlsauth__pem_next(struct pem *in, struct pem_block *block, bool *found);

/*
 * May a line stand between blocks as text, which is skipped? MTLSAUTH_ERR_PARSE with a sentence for
 * one that only nearly is a boundary, and for base64 of DER: somebody meant a block by it.
 */
int mtlsauth__pem_text(struct span line, size_t number);

/* Decodes the body into out, which has room for base64_room(block->body.len). */
int mtlsauth__pem_decode(const struct pem_block *block, uint8_t *out, size_t *len);

#endif
