/* SPDX-License-Identifier: MIT */
#include "revocation/image.h"

#include "base/der.h"
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/extension.h"
#include "revocation/image_layout.h"
#include "revocation/rows.h"

/* 9999-12-31T23:59:59Z. */
#define LAST_TIME (ROWS_EPOCH_8 + (int64_t)ROWS_LAST_8)

static int refuse(const char *why)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL index: %s; compile it anew from the signed CRL",
                          why);
}

/* The header as a whole, so that its seal can be checked before any field but its length is
 * used. */
static int read_header(const struct crl_image_in *in, uint8_t **out, size_t *len)
{
    uint8_t fixed[IMAGE_FIXED], *header;
    uint64_t all, version;
    int code = in->read(in->arg, fixed, sizeof fixed);

    if (code != MTLSAUTH_OK)
        return code;
    if (memcmp(fixed, IMAGE_MAGIC, 8) != 0)
        return refuse("not a compiled CRL index");
    version = get_le(fixed + IMAGE_AT_VERSION, 4);
    if (version != IMAGE_VERSION && version != IMAGE_VERSION_INDIRECT)
        return refuse("of a format version that this library does not know");
    all = get_le(fixed + IMAGE_AT_HEADER, 4);
    if (all < IMAGE_FIXED || all > IMAGE_FIXED + (uint64_t)(PIECES - 1) * IMAGE_MAX_PIECE +
                                       (version == IMAGE_VERSION ? 0 : CRL_MAX_ISSUER_OCTETS))
        return refuse("its header has no length that a header has");
    if (get_le(fixed + IMAGE_AT_SIZE, 8) != in->size)
        return refuse("cut off, or longer than it says");
    header = mtlsauth__malloc((size_t)all);
    if (header == NULL)
        return mtlsauth__fail_memory();
    memcpy(header, fixed, sizeof fixed);
    code = in->read(in->arg, header + IMAGE_FIXED, (size_t)all - IMAGE_FIXED);
    if (code != MTLSAUTH_OK) {
        mtlsauth__free(header);
        return code;
    }
    *out = header;
    *len = (size_t)all;
    return MTLSAUTH_OK;
}

static int check_seal(uint8_t *header, size_t len, struct span key)
{
    uint8_t seal[CRL_IMAGE_DIGEST], want[CRL_IMAGE_DIGEST];
    bool keyed = (get_le(header + IMAGE_AT_FLAGS, 4) & IMAGE_KEYED) != 0;

    if (keyed && key.len == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "CRL index: saved with a key; open it with that key");
    if (!keyed && key.len > 0)
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "CRL index: saved without a key; save it with the key, or open it "
                              "without one");
    memcpy(seal, header + IMAGE_AT_SEAL, sizeof seal);
    memset(header + IMAGE_AT_SEAL, 0, sizeof seal);
    if (!mtlsauth__crl_image_seal(span_of(header, len), key, want))
        return mtlsauth__fail_digest();
    if (mtlsauth__equal_in_constant_time(span_of(seal, sizeof seal), span_of(want, sizeof want)))
        return MTLSAUTH_OK;
    if (!keyed)
        return refuse("altered or torn: its header does not have the digest that it says");
    return mtlsauth__fail(MTLSAUTH_ERR_SIGNATURE, "CRL index: altered, or saved with another key");
}

/* Copies a piece to an array of the facts. */
static bool take_fixed(struct span piece, uint8_t *to, size_t room, size_t *len)
{
    if (piece.len > room)
        return false;
    if (piece.len > 0)
        memcpy(to, piece.ptr, piece.len);
    *len = piece.len;
    return true;
}

static bool take_memory(struct span piece, uint8_t **to, size_t *len, bool *no_memory)
{
    if (piece.len > IMAGE_MAX_PIECE)
        return false;
    *len = piece.len;
    if (piece.len == 0)
        return true;
    *to = mtlsauth__memdup(piece);
    *no_memory = *to == NULL;
    return *to != NULL;
}

/* The scope is what the extension says, which the CA signed; the flags only say it once more. */
static int read_scope(struct crl_facts *facts, const uint8_t *header)
{
    const char *why;

    if (facts->idp_len > 0 &&
        !mtlsauth__crl_scope_read(span_of(facts->idp, facts->idp_len), &facts->scope, &why))
        return refuse(why);
    if (get_le(header + IMAGE_AT_SCOPE, 4) != mtlsauth__crl_image_scope(&facts->scope) ||
        get_le(header + IMAGE_AT_REASONS, 8) != facts->scope.reasons)
        return refuse("its header says another scope than its issuingDistributionPoint");
    return MTLSAUTH_OK;
}

/* Of version 2 there are some, each once. */
static int read_issuers(struct crl_image *image, const uint8_t *header, struct span piece)
{
    bool has_issuers = get_le(header + IMAGE_AT_VERSION, 4) == IMAGE_VERSION_INDIRECT;
    struct der in = der_of(piece);
    uint32_t wanted = 0;

    if (has_issuers != (piece.len > 0) || (has_issuers && !image->facts.scope.indirect))
        return refuse("of a version that it cannot be of");
    while (!der_at_end(&in)) {
        struct span name;
        uint32_t number;
        const char *why;
        int code;

        if (!mtlsauth__der_read_whole(&in, DER_SEQUENCE, &name))
            return refuse("the name of an issuer is malformed");
        code = mtlsauth__crl_issuers_add(&image->facts.issuers, name, &number, &why);
        if (code == MTLSAUTH_ERR_NOMEM)
            return mtlsauth__fail_memory();
        if (code != MTLSAUTH_OK || number != ++wanted)
            return refuse("the name of an issuer is malformed, or stands there twice");
    }
    return MTLSAUTH_OK;
}

static int read_pieces(struct crl_image *image, const uint8_t *header, size_t header_len)
{
    struct crl_facts *facts = &image->facts;
    struct span rest = span_of(header + IMAGE_FIXED, header_len - IMAGE_FIXED), piece[PIECES];
    bool no_memory = false;
    size_t common = 0;
    int code;

    for (size_t i = 0; i < PIECES; i++) {
        uint64_t len = get_le(header + IMAGE_AT_PIECES + 4 * i, 4);

        if (len > rest.len)
            return refuse("a piece of its header is longer than the header");
        piece[i] = span_head(rest, (size_t)len);
        rest = span_tail(rest, (size_t)len);
    }
    if (rest.len != 0)
        return refuse("its header is longer than its pieces");
    if (take_fixed(piece[PIECE_ALGORITHM], facts->algorithm, sizeof facts->algorithm,
                   &facts->algorithm_len) &&
        take_fixed(piece[PIECE_NUMBER], facts->number, sizeof facts->number, &facts->number_len) &&
        take_fixed(piece[PIECE_BASE_NUMBER], facts->base_number, sizeof facts->base_number,
                   &facts->base_number_len) &&
        take_fixed(piece[PIECE_KEY_ID], facts->key_id, sizeof facts->key_id, &facts->key_id_len) &&
        take_fixed(piece[PIECE_COMMON], image->index.common, sizeof image->index.common, &common) &&
        take_memory(piece[PIECE_ISSUER], &facts->issuer, &facts->issuer_len, &no_memory) &&
        take_memory(piece[PIECE_IDP], &facts->idp, &facts->idp_len, &no_memory)) {
        image->index.common_len = (unsigned)common;
        facts->has_number = facts->number_len > 0;
        if (facts->is_delta != (facts->base_number_len > 0))
            return refuse("its flags say another kind of list than its BaseCRLNumber");
        code = read_scope(facts, header);
        return code == MTLSAUTH_OK ? read_issuers(image, header, piece[PIECE_ISSUERS]) : code;
    }
    return no_memory ? mtlsauth__fail_memory() : refuse("a piece of its header is too long");
}

static int read_fields(struct crl_image *image, const uint8_t *header)
{
    struct crl_facts *facts = &image->facts;
    uint64_t flags = get_le(header + IMAGE_AT_FLAGS, 4);

    if (flags > (IMAGE_KEYED | IMAGE_V1 | IMAGE_DELTA))
        return refuse("a flag that this version does not have");
    facts->version = (flags & IMAGE_V1) != 0 ? 1 : 2;
    facts->is_delta = (flags & IMAGE_DELTA) != 0;
    facts->this_update = (int64_t)get_le(header + IMAGE_AT_THIS_UPDATE, 8);
    facts->next_update = (int64_t)get_le(header + IMAGE_AT_NEXT_UPDATE, 8);
    if (facts->next_update <= facts->this_update)
        return refuse("its times are in the wrong order");
    if (facts->this_update < ROWS_EPOCH_8 || facts->this_update > LAST_TIME ||
        (facts->next_update > LAST_TIME && facts->next_update != CRL_NO_NEXT_UPDATE))
        return refuse("a time that no list can have");
    memcpy(image->source, header + IMAGE_AT_SOURCE, CRL_IMAGE_DIGEST);
    memcpy(image->issuer_key, header + IMAGE_AT_ISSUER_KEY, CRL_IMAGE_DIGEST);
    return MTLSAUTH_OK;
}

/* Memory is asked for only after the sizes were found to be those of the file. */
static int make_columns(struct crl_image *image, const uint8_t *header, size_t header_len,
                        uint64_t size)
{
    uint64_t count = get_le(header + IMAGE_AT_COUNT, 8), width = get_le(header + IMAGE_AT_WIDTH, 4);
    uint64_t date_width = get_le(header + IMAGE_AT_DATE_WIDTH, 4), at = header_len;
    struct image_column_place columns[COLUMNS];
    uint8_t common[MTLSAUTH__MAX_SERIAL];
    unsigned common_len = image->index.common_len;
    bool has_issuers = image->facts.issuers.count > 0;
    uint32_t any_issuer = 0;
    struct crl_index sized = {.count = (size_t)count,
                              .width = (unsigned)width,
                              .common_len = common_len,
                              .date_width = (unsigned)date_width};

    if (count > CRL_INDEX_MAX || width > MTLSAUTH__MAX_SERIAL || (count == 0) != (width == 0) ||
        (date_width != 4 && date_width != 8) ||
        (width == 0 ? common_len != 0 : common_len >= width))
        return refuse("a number in its header is out of range");
    /* For the size alone: any pointer says that the column is there. */
    if (has_issuers)
        sized.issuer = &any_issuer;
    if (width > common_len + 8)
        sized.rest_width = (unsigned)width - common_len - 8;
    mtlsauth__crl_image_columns(&sized, columns);
    for (size_t i = 0; i < COLUMNS; i++) {
        const uint8_t *entry = header + IMAGE_AT_COLUMNS + i * IMAGE_COLUMN_ENTRY;

        if (get_le(entry, 8) != at || get_le(entry + 8, 8) != columns[i].len)
            return refuse("a column is not where it has to be");
        at += columns[i].len;
    }
    if (at != size)
        return refuse("its columns do not fill it");
    memcpy(common, image->index.common, sizeof common);
    if (!mtlsauth__crl_index_allocate(&image->index, sized.count, sized.width, common_len,
                                      sized.date_width, PAGES_HUGE))
        return mtlsauth__fail_memory();
    memcpy(image->index.common, common, sizeof common);
    if (has_issuers && !mtlsauth__crl_index_allocate_issuers(&image->index))
        return mtlsauth__fail_memory();
    return MTLSAUTH_OK;
}

enum { READ_AT_ONCE = 256 << 10 };

/* Digested piece by piece while it is still in the cache. */
static int read_column(const struct image_column_place *column, const uint8_t *entry,
                       const struct crl_image_in *in)
{
    struct digest *digest = mtlsauth__digest_new(HASH_SHA256);
    uint8_t value[MTLSAUTH__MAX_DIGEST];
    size_t value_len = 0;
    int code = MTLSAUTH_OK;
    bool ok = digest != NULL;

    for (uint64_t done = 0; ok && code == MTLSAUTH_OK && done < column->len;) {
        uint64_t left = column->len - done;
        size_t n = left < READ_AT_ONCE ? (size_t)left : READ_AT_ONCE;

        code = in->read(in->arg, column->at + done, n);
        ok = code != MTLSAUTH_OK || mtlsauth__digest_add(digest, span_of(column->at + done, n));
        done += n;
    }
    if (code == MTLSAUTH_OK)
        ok = ok && mtlsauth__digest_end(digest, value, &value_len);
    mtlsauth__digest_free(digest);
    if (code != MTLSAUTH_OK)
        return code;
    if (!ok)
        return mtlsauth__fail_digest();
    if (!span_equal(span_of(value, value_len), span_of(entry + 16, CRL_IMAGE_DIGEST)))
        return refuse("altered or torn: a column does not have the digest that the header says");
    mtlsauth__crl_image_swap(column->at, (size_t)(column->len / column->element), column->element);
    return MTLSAUTH_OK;
}

static int read_columns(struct crl_image *image, const uint8_t *header,
                        const struct crl_image_in *in)
{
    struct image_column_place columns[COLUMNS];

    mtlsauth__crl_image_columns(&image->index, columns);
    for (size_t i = 0; i < COLUMNS; i++) {
        int code = read_column(&columns[i], header + IMAGE_AT_COLUMNS + i * IMAGE_COLUMN_ENTRY, in);

        if (code != MTLSAUTH_OK)
            return code;
    }
    if (in->end(in->arg) != MTLSAUTH_OK)
        return refuse("longer than it says");
    for (size_t i = 0; image->index.issuer != NULL && i < image->index.count; i++)
        if (image->index.issuer[i] > image->facts.issuers.count)
            return refuse("an entry is of an issuer that the header does not name");
    if (!mtlsauth__crl_index_ok(&image->index))
        return refuse("its entries are not in order");
    return mtlsauth__crl_index_table(&image->index) ? MTLSAUTH_OK : mtlsauth__fail_memory();
}

int mtlsauth__crl_image_read(struct crl_image *image, struct span key,
                             const struct crl_image_in *in)
{
    uint8_t *header = NULL;
    size_t len = 0;
    int code;

    *image = (struct crl_image){0};
    code = read_header(in, &header, &len);
    if (code == MTLSAUTH_OK)
        code = check_seal(header, len, key);
    if (code == MTLSAUTH_OK)
        code = read_fields(image, header);
    if (code == MTLSAUTH_OK)
        code = read_pieces(image, header, len);
    if (code == MTLSAUTH_OK)
        code = make_columns(image, header, len, in->size);
    if (code == MTLSAUTH_OK)
        code = read_columns(image, header, in);
    mtlsauth__free(header);
    if (code != MTLSAUTH_OK)
        mtlsauth__crl_image_drop(image);
    return code;
}
