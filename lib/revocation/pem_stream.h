/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_PEM_STREAM_H
#define MTLSAUTH_REVOCATION_PEM_STREAM_H

#include "base/span.h"

/*
 * A CRL in DER or in PEM, piece by piece, to its DER: the same wherever the pieces end. What begins
 * with the octet 30 is DER. A PEM file holds one block, "X509 CRL" (RFC 7468 6), and may have text
 * around it; a second block, and what nearly is one, is refused, not skipped: whoever puts two
 * lists into a file wants both.
 */

/* More than any line of text around a list has: what is longer is refused, for nobody looks at the
 * rest of it. */
enum { PEM_STREAM_LINE = 4096 };

struct pem_stream {
    /* Gets the DER. */
    int (*data)(void *arg, struct span bytes);
    void *arg;
    enum { PEM_STREAM_UNKNOWN, PEM_STREAM_DER, PEM_STREAM_TEXT, PEM_STREAM_BODY } state;
    bool had_block;
    bool mid_line; /* of the body: something stands on this line already */
    size_t line;   /* of the text, counted from 1 */
    size_t begin_line;
    uint8_t held[PEM_STREAM_LINE]; /* a line that is text or a boundary, as far as it has come */
    size_t held_len;
    uint8_t out[3 * 1024];
    size_t out_len;
    uint32_t group;
    unsigned digits, padding; /* of the current group of four; padding ends the body */
    int failed;
};

void mtlsauth__pem_stream_init(struct pem_stream *stream, int (*data)(void *arg, struct span),
                               void *arg);

/* MTLSAUTH_OK, MTLSAUTH_ERR_PARSE with a sentence, or what data() said. */
int mtlsauth__pem_stream_push(struct pem_stream *stream, struct span piece);
int mtlsauth__pem_stream_end(struct pem_stream *stream);

#endif
