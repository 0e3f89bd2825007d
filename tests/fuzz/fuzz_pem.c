/* SPDX-License-Identifier: MIT */
/* The PEM reader: what it finds lies inside of the text and in order, and base64 that it takes is
 * the only way to write those bytes. */
#include <stdlib.h>
#include "base/base64.h"
#include "base/pem.h"
#include <mtlsauth/error.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The body without white space and padding, in the other alphabet, is what we would write. */
static void check_base64(struct span body, struct span bytes)
{
    char *text = malloc(bytes.len / 3 * 4 + 5);
    size_t at = 0;

    require(text != NULL);
    mtlsauth__base64url_encode(bytes, text);
    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.ptr[i];

        if (c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        require(text[at++] == (c == '+' ? '-' : c == '/' ? '_' : (char)c));
    }
    require(text[at] == '\0');
    free(text);
}

static void decode(const struct pem_block *block)
{
    uint8_t *out = malloc(base64_room(block->body.len));
    size_t len = 0;

    require(out != NULL);
    if (mtlsauth__pem_decode(block, out, &len) == MTLSAUTH_OK) {
        require(len > 0 && len <= block->body.len);
        check_base64(block->body, span_of(out, len));
    } else {
        require(mtlsauth_last_error()[0] != '\0');
    }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct pem in = mtlsauth__pem(span_of(data, len));
    size_t last_line = 0, count = 0;
    struct pem_block block;
    bool found = true;
    int code = MTLSAUTH_OK;

    while (code == MTLSAUTH_OK && found) {
        code = mtlsauth__pem_next(&in, &block, &found);
        if (code != MTLSAUTH_OK || !found)
            break;
        count++;
        require(block.start >= data && block.label.ptr > block.start);
        require(block.label.ptr + block.label.len <= block.body.ptr);
        require(block.body.ptr + block.body.len <= in.pos && in.pos <= data + len);
        require(block.line > last_line && block.end_line > block.line);
        last_line = block.end_line;
        decode(&block);
    }
    require(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_PARSE);
    /* What begins as DER is DER, whatever a value of it looks like. */
    require(count == 0 || mtlsauth__pem_looks_like(span_of(data, len)) ||
            (data[0] == 0x30 && data[1] > 0x80));
    return 0;
}
