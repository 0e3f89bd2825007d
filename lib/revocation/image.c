/* SPDX-License-Identifier: MIT */
#include "revocation/image.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/image_layout.h"

void mtlsauth__crl_image_drop(struct crl_image *image)
{
    mtlsauth__crl_facts_drop(&image->facts);
    mtlsauth__crl_index_drop(&image->index);
    *image = (struct crl_image){0};
}

void mtlsauth__crl_image_columns(const struct crl_index *index,
                                 struct image_column_place out[COLUMNS])
{
    uint64_t count = index->count;

    out[COLUMN_PREFIX] = (struct image_column_place){(uint8_t *)index->prefix, 8, count * 8};
    out[COLUMN_REST] = (struct image_column_place){index->rest, 1, count * index->rest_width};
    out[COLUMN_CODE] = (struct image_column_place){index->code, 1, count};
    out[COLUMN_REASON] = (struct image_column_place){index->reason, 1, count};
    if (index->date_width == 4)
        out[COLUMN_DATE] = (struct image_column_place){(uint8_t *)index->date4, 4, count * 4};
    else
        out[COLUMN_DATE] = (struct image_column_place){(uint8_t *)index->date8, 8, count * 8};
    out[COLUMN_ISSUER] = (struct image_column_place){(uint8_t *)index->issuer, 4,
                                                     index->issuer == NULL ? 0 : count * 4};
}

static void image_pieces(const struct crl_image *image, struct span out[PIECES])
{
    const struct crl_facts *facts = &image->facts;

    out[PIECE_ISSUER] = span_of(facts->issuer, facts->issuer_len);
    out[PIECE_ALGORITHM] = span_of(facts->algorithm, facts->algorithm_len);
    out[PIECE_NUMBER] = span_of(facts->number, facts->has_number ? facts->number_len : 0);
    out[PIECE_BASE_NUMBER] = span_of(facts->base_number, facts->base_number_len);
    out[PIECE_KEY_ID] = span_of(facts->key_id, facts->key_id_len);
    out[PIECE_COMMON] = span_of(image->index.common, image->index.common_len);
    out[PIECE_IDP] = span_of(facts->idp, facts->idp_len);
    out[PIECE_ISSUERS] = span_of(facts->issuers.names, facts->issuers.len);
}

void mtlsauth__crl_image_swap(uint8_t *bytes, size_t n, unsigned element)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; element > 1 && i < n; i++)
        for (unsigned a = 0, b = element - 1; a < b; a++, b--) {
            uint8_t swap = bytes[i * element + a];

            bytes[i * element + a] = bytes[i * element + b];
            bytes[i * element + b] = swap;
        }
#else
    (void)bytes;
    (void)n;
    (void)element;
#endif
}

bool mtlsauth__crl_image_seal(struct span header, struct span key, uint8_t out[CRL_IMAGE_DIGEST])
{
    if (key.len > 0)
        return mtlsauth__hmac_sha256(key, header, out);
    return mtlsauth__sha256(header, out);
}

/* Calls each with the octets of a column as they stand in the image. */
static int each_part(const struct image_column_place *column, int (*each)(void *arg, struct span),
                     void *arg)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    uint8_t part[4096];

    for (uint64_t done = 0; done < column->len;) {
        size_t n = column->len - done < sizeof part ? (size_t)(column->len - done) : sizeof part;
        int code;

        memcpy(part, column->at + done, n);
        mtlsauth__crl_image_swap(part, n / column->element, column->element);
        code = each(arg, span_of(part, n));
        if (code != MTLSAUTH_OK)
            return code;
        done += n;
    }
    return MTLSAUTH_OK;
#else
    if (column->len == 0)
        return MTLSAUTH_OK;
    return each(arg, span_of(column->at, (size_t)column->len));
#endif
}

static int add_to_digest(void *arg, struct span bytes)
{
    return mtlsauth__digest_add(arg, bytes) ? MTLSAUTH_OK : MTLSAUTH_ERR_CRYPTO;
}

static int digest_column(const struct image_column_place *column, uint8_t out[CRL_IMAGE_DIGEST])
{
    struct digest *digest = mtlsauth__digest_new(HASH_SHA256);
    uint8_t value[MTLSAUTH__MAX_DIGEST];
    size_t len = 0;
    bool ok = digest != NULL && each_part(column, add_to_digest, digest) == MTLSAUTH_OK &&
              mtlsauth__digest_end(digest, value, &len) && len == CRL_IMAGE_DIGEST;

    mtlsauth__digest_free(digest);
    if (!ok)
        return mtlsauth__fail_digest();
    memcpy(out, value, CRL_IMAGE_DIGEST);
    return MTLSAUTH_OK;
}

uint32_t mtlsauth__crl_image_scope(const struct crl_scope *scope)
{
    return (scope->present ? IMAGE_SCOPE_PRESENT : 0U) |
           (scope->only_user ? IMAGE_SCOPE_USER : 0U) | (scope->only_ca ? IMAGE_SCOPE_CA : 0U) |
           (scope->only_attribute ? IMAGE_SCOPE_ATTRIBUTE : 0U) |
           (scope->indirect ? IMAGE_SCOPE_INDIRECT : 0U) |
           (scope->has_names ? IMAGE_SCOPE_NAMES : 0U) |
           (scope->is_relative ? IMAGE_SCOPE_RELATIVE : 0U);
}

/* The fixed part but for columns, size and seal. */
static void put_fields(const struct crl_image *image, bool keyed, uint8_t *header, size_t len)
{
    const struct crl_facts *facts = &image->facts;

    memcpy(header + IMAGE_AT_MAGIC, IMAGE_MAGIC, 8);
    put_le(header + IMAGE_AT_VERSION, 4,
           image->index.issuer == NULL ? IMAGE_VERSION : IMAGE_VERSION_INDIRECT);
    put_le(header + IMAGE_AT_HEADER, 4, len);
    put_le(header + IMAGE_AT_FLAGS, 4,
           (keyed ? IMAGE_KEYED : 0U) | (facts->version == 1 ? IMAGE_V1 : 0U) |
               (facts->is_delta ? IMAGE_DELTA : 0U));
    put_le(header + IMAGE_AT_SCOPE, 4, mtlsauth__crl_image_scope(&facts->scope));
    put_le(header + IMAGE_AT_COUNT, 8, image->index.count);
    put_le(header + IMAGE_AT_WIDTH, 4, image->index.width);
    put_le(header + IMAGE_AT_DATE_WIDTH, 4, image->index.date_width);
    put_le(header + IMAGE_AT_THIS_UPDATE, 8, (uint64_t)facts->this_update);
    put_le(header + IMAGE_AT_NEXT_UPDATE, 8, (uint64_t)facts->next_update);
    put_le(header + IMAGE_AT_REASONS, 4, facts->scope.reasons);
    memcpy(header + IMAGE_AT_SOURCE, image->source, CRL_IMAGE_DIGEST);
    memcpy(header + IMAGE_AT_ISSUER_KEY, image->issuer_key, CRL_IMAGE_DIGEST);
}

static int make_header(const struct crl_image *image, struct span key, uint8_t **out, size_t *len,
                       const struct image_column_place columns[COLUMNS])
{
    struct span pieces[PIECES];
    uint8_t seal[CRL_IMAGE_DIGEST];
    uint64_t at;
    uint8_t *header, *piece;

    image_pieces(image, pieces);
    *len = IMAGE_FIXED;
    for (size_t i = 0; i < PIECES; i++)
        *len += pieces[i].len;
    *out = header = mtlsauth__calloc(*len, 1);
    if (header == NULL)
        return mtlsauth__fail_memory();
    put_fields(image, key.len > 0, header, *len);
    piece = header + IMAGE_FIXED;
    for (size_t i = 0; i < PIECES; i++) {
        put_le(header + IMAGE_AT_PIECES + 4 * i, 4, pieces[i].len);
        if (pieces[i].len > 0)
            memcpy(piece, pieces[i].ptr, pieces[i].len);
        piece += pieces[i].len;
    }
    at = *len;
    for (size_t i = 0; i < COLUMNS; i++) {
        uint8_t *entry = header + IMAGE_AT_COLUMNS + i * IMAGE_COLUMN_ENTRY;
        int code = digest_column(&columns[i], entry + 16);

        if (code != MTLSAUTH_OK)
            return code;
        put_le(entry, 8, at);
        put_le(entry + 8, 8, columns[i].len);
        at += columns[i].len;
    }
    put_le(header + IMAGE_AT_SIZE, 8, at);
    if (!mtlsauth__crl_image_seal(span_of(header, *len), key, seal))
        return mtlsauth__fail_digest();
    memcpy(header + IMAGE_AT_SEAL, seal, sizeof seal);
    return MTLSAUTH_OK;
}

int mtlsauth__crl_image_write(const struct crl_image *image, struct span key,
                              const struct crl_image_out *out)
{
    struct image_column_place columns[COLUMNS];
    uint8_t *header = NULL;
    size_t len;
    int code;

    mtlsauth__crl_image_columns(&image->index, columns);
    code = make_header(image, key, &header, &len, columns);
    if (code == MTLSAUTH_OK)
        code = out->write(out->arg, span_of(header, len));
    for (size_t i = 0; code == MTLSAUTH_OK && i < COLUMNS; i++)
        code = each_part(&columns[i], out->write, out->arg);
    mtlsauth__free(header);
    return code;
}
