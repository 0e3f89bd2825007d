/* SPDX-License-Identifier: MIT */
/*
 * A compiled index of any octets, and lookups in it. Its digests are made right first, as somebody
 * could do who may write the file: nothing behind them may rely on them. So are the flags of the
 * scope, which are no more than what its extension says: else few inputs would come further.
 */
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "crypto/digest.h"
#include "revocation/extension.h"
#include "revocation/image.h"
#include "revocation/image_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int from_memory(void *arg, void *to, size_t len)
{
    struct span *rest = arg;

    if (len > rest->len)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "cut off");
    if (len > 0)
        memcpy(to, rest->ptr, len);
    *rest = span_tail(*rest, len);
    return MTLSAUTH_OK;
}

static int end_of_memory(void *arg)
{
    const struct span *rest = arg;

    return rest->len == 0 ? MTLSAUTH_OK : MTLSAUTH_ERR_PARSE;
}

static void set_scope(uint8_t *bytes, size_t header_len)
{
    struct span rest = span_of(bytes + IMAGE_FIXED, header_len - IMAGE_FIXED), idp = {0};
    struct crl_scope scope = {0};
    const char *why;

    for (size_t i = 0; i <= PIECE_IDP; i++) {
        uint64_t n = get_le(bytes + IMAGE_AT_PIECES + 4 * i, 4);

        if (n > rest.len)
            return;
        idp = span_head(rest, (size_t)n);
        rest = span_tail(rest, (size_t)n);
    }
    if (idp.len > 0 && !mtlsauth__crl_scope_read(idp, &scope, &why))
        return;
    put_le(bytes + IMAGE_AT_SCOPE, 4, mtlsauth__crl_image_scope(&scope));
    put_le(bytes + IMAGE_AT_REASONS, 8, scope.reasons);
}

static void seal(uint8_t *bytes, size_t len)
{
    uint64_t header;

    if (len < IMAGE_FIXED)
        return;
    memcpy(bytes, IMAGE_MAGIC, 8);
    put_le(bytes + IMAGE_AT_SIZE, 8, len);
    for (size_t i = 0; i < COLUMNS; i++) {
        uint8_t *entry = bytes + IMAGE_AT_COLUMNS + i * IMAGE_COLUMN_ENTRY;
        uint64_t at = get_le(entry, 8), n = get_le(entry + 8, 8);

        if (at <= len && n <= len - at &&
            !mtlsauth__sha256(span_of(bytes + at, (size_t)n), entry + 16))
            abort();
    }
    header = get_le(bytes + IMAGE_AT_HEADER, 4);
    memset(bytes + IMAGE_AT_SEAL, 0, CRL_IMAGE_DIGEST);
    if (header < IMAGE_FIXED || header > len)
        return;
    set_scope(bytes, (size_t)header);
    if (!mtlsauth__sha256(span_of(bytes, (size_t)header), bytes + IMAGE_AT_SEAL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *bytes = malloc(len + 1);
    struct span rest;
    struct crl_image image;
    struct crl_image_in in = {from_memory, end_of_memory, &rest, len};

    if (bytes == NULL)
        abort();
    if (len > 0)
        memcpy(bytes, data, len);
    seal(bytes, len);
    rest = span_of(bytes, len);
    if (mtlsauth__crl_image_read(&image, span_of(NULL, 0), &in) == MTLSAUTH_OK) {
        for (size_t i = 0; i < image.index.count && i < 1000; i++) {
            uint8_t content[SERIAL_ROOM];
            size_t at, n = mtlsauth__crl_index_serial(&image.index, i, content);

            (void)mtlsauth__crl_index_find(&image.index, span_of(content, n), &at);
            (void)mtlsauth__crl_index_date(&image.index, i);
        }
        for (size_t i = 0; i + 20 < len && i < 1000; i++) {
            size_t at;

            (void)mtlsauth__crl_index_find(&image.index, span_of(bytes + i, 1 + i % 20), &at);
        }
        mtlsauth__crl_image_drop(&image);
    }
    free(bytes);
    return 0;
}
