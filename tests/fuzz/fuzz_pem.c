/* SPDX-License-Identifier: MIT */
/* The PEM reader: what it finds lies inside of the text and in order, and base64 that it takes is
 * the only way to write those bytes. The reader of a CRL's PEM, piece by piece, takes the same
 * files to the same bytes, wherever the pieces end. */
#include <stdlib.h>
#include <string.h>
#include "base/base64.h"
#include "base/der.h"
#include "base/pem.h"
#include "revocation/pem_stream.h"
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

/* A CRL's file: the block that it has to have and no other. */
struct list {
    uint8_t *der;
    size_t len;
    size_t room;
};

static struct list list_for(size_t len)
{
    struct list list = {malloc(len + 3), 0, len + 3};

    require(list.der != NULL);
    return list;
}

/* With the reader of blocks. False when it is not one "X509 CRL" and text. */
static bool read_whole(struct span text, struct list *list)
{
    struct pem in = mtlsauth__pem(text);
    struct pem_block block, other;
    bool found = false, more = false;

    if (mtlsauth__pem_next(&in, &block, &found) != MTLSAUTH_OK || !found ||
        !span_is_text(block.label, "X509 CRL") ||
        mtlsauth__pem_next(&in, &other, &more) != MTLSAUTH_OK || more)
        return false;
    /* The streaming reader leaves it to the parser behind it to say that there is no list. */
    return mtlsauth__pem_decode(&block, list->der, &list->len) == MTLSAUTH_OK ||
           strstr(mtlsauth_last_error(), "the block is empty") != NULL;
}

static int take(void *arg, struct span bytes)
{
    struct list *list = arg;

    require(bytes.len <= list->room - list->len);
    memcpy(list->der + list->len, bytes.ptr, bytes.len);
    list->len += bytes.len;
    return MTLSAUTH_OK;
}

static int read_pieces(struct span text, size_t piece, struct list *list)
{
    static struct pem_stream stream;
    int code = MTLSAUTH_OK;

    mtlsauth__pem_stream_init(&stream, take, list);
    for (; code == MTLSAUTH_OK && text.len > piece; text = span_tail(text, piece))
        code = mtlsauth__pem_stream_push(&stream, span_head(text, piece));
    if (code == MTLSAUTH_OK)
        code = mtlsauth__pem_stream_push(&stream, text);
    return code == MTLSAUTH_OK ? mtlsauth__pem_stream_end(&stream) : code;
}

/* Only the streaming reader has a longest line, and only outside of base64. */
static bool has_long_line(struct span text)
{
    while (text.len > PEM_STREAM_LINE) {
        size_t len = span_find(text, '\n');

        if (len > PEM_STREAM_LINE)
            return true;
        text = span_tail(text, len + (len < text.len));
    }
    return false;
}

static void check_stream(struct span text)
{
    struct list whole = list_for(text.len), stream = list_for(text.len);
    struct list pieces = list_for(text.len);
    int code = read_pieces(text, text.len, &stream);

    require(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_PARSE);
    require(read_pieces(text, 1 + text.len % 7, &pieces) == code);
    if (code == MTLSAUTH_OK)
        require(span_equal(span_of(pieces.der, pieces.len), span_of(stream.der, stream.len)));
    if (text.len > 0 && text.ptr[0] == DER_SEQUENCE)
        require(code == MTLSAUTH_OK && span_equal(span_of(stream.der, stream.len), text));
    else if (read_whole(text, &whole))
        require(code == MTLSAUTH_OK
                    ? span_equal(span_of(whole.der, whole.len), span_of(stream.der, stream.len))
                    : has_long_line(text));
    else
        require(code == MTLSAUTH_ERR_PARSE);
    free(whole.der);
    free(stream.der);
    free(pieces.der);
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
    check_stream(span_of(data, len));
    return 0;
}
