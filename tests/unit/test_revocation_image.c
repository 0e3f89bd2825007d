/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/extension.h"
#include "revocation/image.h"
#include "revocation/image_layout.h"
#include "support/random.h"

struct memory {
    uint8_t *ptr;
    size_t len, at;
};

static int to_memory(void *arg, struct span bytes)
{
    struct memory *memory = arg;

    memory->ptr = realloc(memory->ptr, memory->len + bytes.len + 1);
    ck_assert_ptr_nonnull(memory->ptr);
    memcpy(memory->ptr + memory->len, bytes.ptr, bytes.len);
    memory->len += bytes.len;
    return MTLSAUTH_OK;
}

static int from_memory(void *arg, void *to, size_t len)
{
    struct memory *memory = arg;

    if (len > memory->len - memory->at)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "cut off");
    if (len > 0)
        memcpy(to, memory->ptr + memory->at, len);
    memory->at += len;
    return MTLSAUTH_OK;
}

static int end_of_memory(void *arg)
{
    const struct memory *memory = arg;

    return memory->at == memory->len ? MTLSAUTH_OK : MTLSAUTH_ERR_PARSE;
}

static int read_image(struct crl_image *image, struct memory *memory, const char *key)
{
    struct crl_image_in in = {from_memory, end_of_memory, memory, memory->len};

    memory->at = 0;
    return mtlsauth__crl_image_read(image, span_of_text(key), &in);
}

static void make_image(struct crl_image *image, size_t count, bool rich)
{
    /* onlyContainsUserCerts; onlySomeReasons: keyCompromise, cACompromise */
    static const char idp[] = "\x30\x07\x81\x01\xff\x83\x02\x05\x60";
    struct random random = {.state = 7};
    struct crl_rows rows;

    *image = (struct crl_image){.facts = {.version = 2, .this_update = 1000, .next_update = 2000}};
    mtlsauth__crl_rows_init(&rows);
    for (size_t i = 0; i < count; i++) {
        uint8_t content[20 + ROWS_OVERREAD];
        struct serial serial;

        random_bytes(&random, content, sizeof content);
        content[0] = 0x11;
        serial = serial_of(span_of(content, 16 + i % 5));
        ck_assert(mtlsauth__crl_rows_add(&rows, &serial, rich && i == 3 ? INT64_C(253402300799) : 5,
                                         i % 2 == 0 ? 1 : CRL_REASON_NONE));
    }
    ck_assert_int_eq(
        mtlsauth__crl_index_build(&image->index, &rows, (struct crl_ask){.go_on = NULL}),
        MTLSAUTH_OK);
    memset(image->source, 0xaa, sizeof image->source);
    memset(image->issuer_key, 0xbb, sizeof image->issuer_key);
    image->facts.issuer = (uint8_t *)mtlsauth__strdup("an issuer name");
    image->facts.issuer_len = 14;
    memcpy(image->facts.algorithm, "\x30\x00", 2);
    image->facts.algorithm_len = 2;
    if (!rich)
        return;
    image->facts.has_number = true;
    image->facts.number_len = 3;
    memcpy(image->facts.number, "\x01\x02\x03", 3);
    image->facts.key_id_len = 20;
    image->facts.scope = (struct crl_scope){.present = true, .only_user = true, .reasons = 6};
    image->facts.idp = mtlsauth__memdup(span_of((const uint8_t *)idp, sizeof idp - 1));
    image->facts.idp_len = sizeof idp - 1;
}

static struct memory written(const struct crl_image *image, const char *key)
{
    struct memory memory = {0};
    struct crl_image_out out = {to_memory, &memory};

    ck_assert_int_eq(mtlsauth__crl_image_write(image, span_of_text(key), &out), MTLSAUTH_OK);
    return memory;
}

START_TEST(what_is_written_is_read)
{
    static const size_t counts[] = {0, 1, 2, 100, 5000};

    for (size_t i = 0; i < COUNT_OF(counts) * 2; i++) {
        struct crl_image image, again;
        struct memory memory, second;
        const char *key = i % 2 == 0 ? "" : "a key";

        make_image(&image, counts[i / 2], i % 2 == 0);
        memory = written(&image, key);
        ck_assert_int_eq(read_image(&again, &memory, key), MTLSAUTH_OK);
        ck_assert_uint_eq(again.index.count, image.index.count);
        for (size_t n = 0; n < image.index.count; n++) {
            uint8_t content[SERIAL_ROOM];
            size_t len = mtlsauth__crl_index_serial(&image.index, n, content), at;

            ck_assert(mtlsauth__crl_index_find(&again.index, span_of(content, len), &at));
            ck_assert_uint_eq(at, n);
            ck_assert_int_eq(mtlsauth__crl_index_date(&again.index, n),
                             mtlsauth__crl_index_date(&image.index, n));
        }
        second = written(&again, key);
        ck_assert_uint_eq(second.len, memory.len);
        ck_assert_mem_eq(second.ptr, memory.ptr, memory.len);
        free(memory.ptr);
        free(second.ptr);
        mtlsauth__crl_image_drop(&image);
        mtlsauth__crl_image_drop(&again);
    }
}
END_TEST

START_TEST(keys)
{
    static const struct {
        const char *name, *saved, *opened;
        int code;
    } rows[] = {
        {"the key", "key", "key", MTLSAUTH_OK},
        {"another key", "key", "kez", MTLSAUTH_ERR_SIGNATURE},
        {"a longer key", "key", "key ", MTLSAUTH_ERR_SIGNATURE},
        {"no key for one saved with a key", "key", "", MTLSAUTH_ERR_MISMATCH},
        {"a key for one saved without", "", "key", MTLSAUTH_ERR_MISMATCH},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_image image, again;
        struct memory memory;

        make_image(&image, 3, true);
        memory = written(&image, rows[i].saved);
        ASSERT_INT(rows[i].name, read_image(&again, &memory, rows[i].opened), rows[i].code);
        mtlsauth__crl_image_drop(&again);
        mtlsauth__crl_image_drop(&image);
        free(memory.ptr);
    }
}
END_TEST

START_TEST(every_bit_flip_is_refused)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        struct crl_image image, again;
        const char *key = keyed ? "key" : "";
        struct memory memory;

        make_image(&image, 9, true);
        memory = written(&image, key);
        for (size_t bit = 0; bit < memory.len * 8; bit++) {
            memory.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (read_image(&again, &memory, key) == MTLSAUTH_OK)
                ck_abort_msg("bit %zu of octet %zu", bit % 8, bit / 8);
            if (again.index.count != 0 || again.facts.issuer != NULL)
                ck_abort_msg("not empty after bit %zu", bit);
            memory.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(memory.ptr);
        mtlsauth__crl_image_drop(&image);
    }
}
END_TEST

START_TEST(every_other_length_is_refused)
{
    struct crl_image image, again;
    struct memory memory, cut = {0};

    make_image(&image, 9, true);
    memory = written(&image, "");
    for (size_t len = 0; len <= memory.len + 3; len++) {
        cut.ptr = calloc(1, len + 1);
        ck_assert_ptr_nonnull(cut.ptr);
        memcpy(cut.ptr, memory.ptr, len < memory.len ? len : memory.len);
        cut.len = len;
        if ((read_image(&again, &cut, "") == MTLSAUTH_OK) != (len == memory.len))
            ck_abort_msg("%zu of %zu octets", len, memory.len);
        mtlsauth__crl_image_drop(&again);
        free(cut.ptr);
    }
    free(memory.ptr);
    mtlsauth__crl_image_drop(&image);
}
END_TEST

/* Makes the seal right again: what a writer of the file could do who has no key to break. */
static void reseal(struct memory *memory)
{
    uint64_t len = get_le(memory->ptr + IMAGE_AT_HEADER, 4);

    if (len < IMAGE_FIXED || len > memory->len)
        return;
    memset(memory->ptr + IMAGE_AT_SEAL, 0, CRL_IMAGE_DIGEST);
    ck_assert(mtlsauth__sha256(span_of(memory->ptr, (size_t)len), memory->ptr + IMAGE_AT_SEAL));
}

/* A file that says something else and is sealed all the same: no field of it is trusted. */
START_TEST(header_fields_at_their_limits)
{
    static const struct {
        const char *name;
        unsigned at, octets;
    } fields[] = {
        {"version", IMAGE_AT_VERSION, 4},
        {"header", IMAGE_AT_HEADER, 4},
        {"size", IMAGE_AT_SIZE, 8},
        {"flags", IMAGE_AT_FLAGS, 4},
        {"scope", IMAGE_AT_SCOPE, 4},
        {"count", IMAGE_AT_COUNT, 8},
        {"width", IMAGE_AT_WIDTH, 4},
        {"date width", IMAGE_AT_DATE_WIDTH, 4},
        {"reasons", IMAGE_AT_REASONS, 8},
        {"issuer's length", IMAGE_AT_PIECES, 4},
        {"algorithm's length", IMAGE_AT_PIECES + 4, 4},
        {"number's length", IMAGE_AT_PIECES + 8, 4},
        {"base number's length", IMAGE_AT_PIECES + 12, 4},
        {"key id's length", IMAGE_AT_PIECES + 16, 4},
        {"common prefix's length", IMAGE_AT_PIECES + 20, 4},
        {"idp's length", IMAGE_AT_PIECES + 24, 4},
        {"behind the lengths", IMAGE_AT_PIECES + 28, 4},
        {"prefix's offset", IMAGE_AT_COLUMNS, 8},
        {"prefix's length", IMAGE_AT_COLUMNS + 8, 8},
        {"rest's offset", IMAGE_AT_COLUMNS + 48, 8},
        {"rest's length", IMAGE_AT_COLUMNS + 56, 8},
        {"date's length", IMAGE_AT_COLUMNS + 4 * 48 + 8, 8},
        {"issuer column's length", IMAGE_AT_COLUMNS + 5 * 48 + 8, 8},
    };
    struct crl_image image, again;
    struct memory memory;

    make_image(&image, 9, true);
    memory = written(&image, "");
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        uint8_t *at = memory.ptr + fields[i].at;
        uint64_t own = get_le(at, fields[i].octets);
        const uint64_t values[] = {0,
                                   1,
                                   own - 1,
                                   own + 1,
                                   memory.len,
                                   memory.len - 1,
                                   memory.len + 1,
                                   UINT32_MAX,
                                   UINT32_MAX - 1,
                                   UINT64_MAX,
                                   UINT64_MAX - 1,
                                   UINT64_C(1) << 63};

        for (size_t n = 0; n < COUNT_OF(values); n++) {
            put_le(at, fields[i].octets, values[n]);
            /* Flags have more than one value that means something. */
            if (get_le(at, fields[i].octets) == own || fields[i].at == IMAGE_AT_FLAGS)
                continue;
            reseal(&memory);
            ck_assert_msg(read_image(&again, &memory, "") != MTLSAUTH_OK, "%s: %llx",
                          fields[i].name, (unsigned long long)values[n]);
        }
        put_le(at, fields[i].octets, own);
        reseal(&memory);
        ASSERT_INT(fields[i].name, read_image(&again, &memory, ""), MTLSAUTH_OK);
        mtlsauth__crl_image_drop(&again);
    }
    free(memory.ptr);
    mtlsauth__crl_image_drop(&image);
}
END_TEST

START_TEST(entries_out_of_order_are_refused)
{
    struct crl_image image, again;
    struct memory memory;
    uint64_t swap;

    make_image(&image, 9, true);
    swap = image.index.prefix[2];
    image.index.prefix[2] = image.index.prefix[7];
    image.index.prefix[7] = swap;
    memory = written(&image, "");
    ck_assert_int_eq(read_image(&again, &memory, ""), MTLSAUTH_ERR_PARSE);
    ck_assert(strstr(mtlsauth_last_error(), "order") != NULL);
    free(memory.ptr);
    mtlsauth__crl_image_drop(&image);
}
END_TEST

UNIT_MAIN("revocation/image", what_is_written_is_read, keys, every_bit_flip_is_refused,
          every_other_length_is_refused, header_fields_at_their_limits,
          entries_out_of_order_are_refused)
