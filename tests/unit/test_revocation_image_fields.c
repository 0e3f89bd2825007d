/* SPDX-License-Identifier: MIT */
/* Fields of an index's header that no writer writes, under a seal that is right; and each scope,
 * there and back. */
#include "unit.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/extension.h"
#include "revocation/image.h"
#include "revocation/image_layout.h"
#include "support/crl_text.h"

enum { ROOM = 256 << 10 };

struct memory {
    uint8_t bytes[ROOM];
    size_t len, at;
    int fail;
};

static int to_memory(void *arg, struct span bytes)
{
    struct memory *memory = arg;

    ck_assert_uint_le(bytes.len, ROOM - memory->len);
    memcpy(memory->bytes + memory->len, bytes.ptr, bytes.len);
    memory->len += bytes.len;
    return MTLSAUTH_OK;
}

static int from_memory(void *arg, void *to, size_t len)
{
    struct memory *memory = arg;

    if (len > memory->len - memory->at)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "cut off");
    memcpy(to, memory->bytes + memory->at, len);
    memory->at += len;
    return MTLSAUTH_OK;
}

static int end_of_memory(void *arg)
{
    const struct memory *memory = arg;

    return memory->fail;
}

/* The scope that an extension says: the octets of both places. */
static void set_scope(struct crl_image *image, const char *text)
{
    struct der_text idp = der_text(text);
    const char *why;

    ck_assert_msg(mtlsauth__crl_scope_read(span_of(idp.ptr, idp.len), &image->facts.scope, &why),
                  "%s: %s", text, why);
    image->facts.idp = mtlsauth__memdup(span_of(idp.ptr, idp.len));
    ck_assert_ptr_nonnull(image->facts.idp);
    image->facts.idp_len = idp.len;
    free(idp.ptr);
}

/* An index of three entries; of two more issuers when it is indirect. */
static void make_image(struct crl_image *image, bool indirect)
{
    static const char *const names[] = {"30 { 31 { 30 { 06 { 55 04 03 } 0c { \"One\" } } } }",
                                        "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"Two\" } } } }"};
    struct crl_rows rows;
    uint32_t number = 0;

    *image = (struct crl_image){.facts = {.version = 2, .this_update = 1000, .next_update = 2000}};
    mtlsauth__crl_rows_init(&rows);
    for (uint8_t i = 1; i <= 3; i++) {
        uint8_t content[32] = {0x40, i};
        struct serial serial = serial_of(span_of(content, 2));

        if (indirect && i > 1) {
            struct der_text name = der_text(names[i - 2]);
            const char *why;

            ck_assert_int_eq(mtlsauth__crl_issuers_add(&image->facts.issuers,
                                                       span_of(name.ptr, name.len), &number, &why),
                             MTLSAUTH_OK);
            free(name.ptr);
            rows.issuer = number;
        }
        ck_assert(mtlsauth__crl_rows_add(&rows, &serial, 5, CRL_REASON_NONE));
    }
    if (indirect)
        set_scope(image, "30 { 84 01 ff }");
    ck_assert_int_eq(
        mtlsauth__crl_index_build(&image->index, &rows, (struct crl_ask){.go_on = NULL}),
        MTLSAUTH_OK);
    image->facts.issuer = (uint8_t *)mtlsauth__strdup("an issuer");
    image->facts.issuer_len = 9;
    memcpy(image->facts.algorithm, "\x30\x00", 2);
    image->facts.algorithm_len = 2;
}

static void write_image(struct memory *memory, const struct crl_image *image)
{
    struct crl_image_out out = {to_memory, memory};

    memory->len = 0;
    memory->fail = MTLSAUTH_OK;
    ck_assert_int_eq(mtlsauth__crl_image_write(image, span_of("", 0), &out), MTLSAUTH_OK);
}

/* Seals it anew, and reads it. */
static int read_sealed(struct memory *memory, struct crl_image *again)
{
    struct crl_image_in in = {from_memory, end_of_memory, memory, memory->len};
    size_t len = (size_t)get_le(memory->bytes + IMAGE_AT_HEADER, 4);

    memory->at = 0;
    memset(memory->bytes + IMAGE_AT_SEAL, 0, CRL_IMAGE_DIGEST);
    ck_assert(mtlsauth__crl_image_seal(span_of(memory->bytes, len), span_of("", 0),
                                       memory->bytes + IMAGE_AT_SEAL));
    return mtlsauth__crl_image_read(again, span_of("", 0), &in);
}

static struct memory memory;

START_TEST(numbers)
{
    static const struct {
        const char *name;
        unsigned at, octets;
        uint64_t value;
        int code;
        const char *why;
    } rows[] = {
        {"a flag that is not there", IMAGE_AT_FLAGS, 4, 8, MTLSAUTH_ERR_PARSE, "a flag"},
        {"a delta without a BaseCRLNumber", IMAGE_AT_FLAGS, 4, IMAGE_DELTA, MTLSAUTH_ERR_PARSE,
         "BaseCRLNumber"},
        {"version 1 of the list", IMAGE_AT_FLAGS, 4, IMAGE_V1, MTLSAUTH_OK, NULL},
        {"ends when it begins", IMAGE_AT_NEXT_UPDATE, 8, 1000, MTLSAUTH_ERR_PARSE, "wrong order"},
        {"begins before dates do", IMAGE_AT_THIS_UPDATE, 8, (uint64_t)INT64_MIN, MTLSAUTH_ERR_PARSE,
         "no list can have"},
        {"ends after dates do", IMAGE_AT_NEXT_UPDATE, 8, UINT64_C(253402300800), MTLSAUTH_ERR_PARSE,
         "no list can have"},
        {"ends with the last date", IMAGE_AT_NEXT_UPDATE, 8, UINT64_C(253402300799), MTLSAUTH_OK,
         NULL},
        {"never ends", IMAGE_AT_NEXT_UPDATE, 8, (uint64_t)INT64_MAX, MTLSAUTH_OK, NULL},
        {"dates of five octets", IMAGE_AT_DATE_WIDTH, 4, 5, MTLSAUTH_ERR_PARSE, "out of range"},
    };
    struct crl_image image, again;

    make_image(&image, false);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        write_image(&memory, &image);
        put_le(memory.bytes + rows[i].at, rows[i].octets, rows[i].value);
        ASSERT_INT(rows[i].name, read_sealed(&memory, &again), rows[i].code);
        if (rows[i].why != NULL)
            ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), rows[i].why) != NULL);
        mtlsauth__crl_image_drop(&again);
    }
    /* Both times behind the last that there is. */
    write_image(&memory, &image);
    put_le(memory.bytes + IMAGE_AT_THIS_UPDATE, 8, UINT64_C(253402300800));
    put_le(memory.bytes + IMAGE_AT_NEXT_UPDATE, 8, (uint64_t)INT64_MAX);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "no list can have"));
    mtlsauth__crl_image_drop(&image);
}
END_TEST

#define POINT "a0 { a0 { 86 { \"http://a.example/\" } } }"
#define RELATIVE "a0 { a1 { 30 { 06 { 55 04 03 } 0c { \"A\" } } } }"

/* Each field of the extension, and what the two fields of the header have to be for it. */
static const struct {
    const char *name, *idp;
    unsigned flags, reasons;
} scopes[] = {
    {"none", NULL, 0, 0},
    {"of nothing", "30 { 81 01 00 }", IMAGE_SCOPE_PRESENT, 0},
    {"users", "30 { 81 01 ff }", IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_USER, 0},
    {"CAs", "30 { 82 01 ff }", IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_CA, 0},
    {"attributes", "30 { 85 01 ff }", IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_ATTRIBUTE, 0},
    {"indirect", "30 { 84 01 ff }", IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_INDIRECT, 0},
    {"named", "30 { " POINT " }", IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_NAMES, 0},
    {"named below its issuer", "30 { " RELATIVE " }",
     IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_NAMES | IMAGE_SCOPE_RELATIVE, 0},
    {"some reasons", "30 { 83 { 05 60 } }", IMAGE_SCOPE_PRESENT, 6},
    {"every reason", "30 { 83 { 07 ff 80 } }", IMAGE_SCOPE_PRESENT, 511},
    {"much", "30 { " POINT " 81 01 ff 83 { 05 60 } 84 01 ff }",
     IMAGE_SCOPE_PRESENT | IMAGE_SCOPE_NAMES | IMAGE_SCOPE_USER | IMAGE_SCOPE_INDIRECT, 6},
};

START_TEST(scopes_there_and_back)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        struct crl_image image, again;
        const struct crl_scope *scope = &image.facts.scope, *got = &again.facts.scope;

        make_image(&image, false);
        if (scopes[i].idp != NULL)
            set_scope(&image, scopes[i].idp);
        image.facts.version = i == 0 ? 1 : 2;
        image.facts.is_delta = i == 1;
        image.facts.base_number_len = i == 1 ? 1 : 0;
        write_image(&memory, &image);
        ASSERT_INT(scopes[i].name, get_le(memory.bytes + IMAGE_AT_SCOPE, 4), scopes[i].flags);
        ASSERT_INT(scopes[i].name, get_le(memory.bytes + IMAGE_AT_REASONS, 8), scopes[i].reasons);
        ASSERT_INT(scopes[i].name, read_sealed(&memory, &again), MTLSAUTH_OK);
        ASSERT_TRUE(scopes[i].name,
                    got->present == scope->present && got->only_user == scope->only_user &&
                        got->only_ca == scope->only_ca &&
                        got->only_attribute == scope->only_attribute &&
                        got->indirect == scope->indirect && got->has_names == scope->has_names &&
                        got->is_relative == scope->is_relative && got->reasons == scope->reasons);
        ck_assert_uint_eq(again.facts.version, image.facts.version);
        ck_assert_int_eq(again.facts.is_delta, image.facts.is_delta);
        mtlsauth__crl_image_drop(&again);
        mtlsauth__crl_image_drop(&image);
    }
}
END_TEST

static void another_scope_is_refused(const char *name, unsigned at, unsigned octets, uint64_t value)
{
    struct crl_image again;
    uint64_t own = get_le(memory.bytes + at, octets);

    put_le(memory.bytes + at, octets, value);
    if (read_sealed(&memory, &again) != MTLSAUTH_ERR_PARSE)
        ck_abort_msg("%s: %llx at %u", name, (unsigned long long)value, at);
    ASSERT_TRUE(name, strstr(mtlsauth_last_error(), "another scope") != NULL);
    put_le(memory.bytes + at, octets, own);
}

/* A header that says another scope than the extension does: nothing says which of them is right. */
START_TEST(the_two_places_of_the_scope_agree)
{
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        struct crl_image image;

        make_image(&image, false);
        if (scopes[i].idp != NULL)
            set_scope(&image, scopes[i].idp);
        write_image(&memory, &image);
        for (unsigned bit = 0; bit < 32; bit++)
            another_scope_is_refused(scopes[i].name, IMAGE_AT_SCOPE, 4,
                                     scopes[i].flags ^ UINT64_C(1) << bit);
        for (unsigned bit = 0; bit < 64; bit++)
            another_scope_is_refused(scopes[i].name, IMAGE_AT_REASONS, 8,
                                     scopes[i].reasons ^ UINT64_C(1) << bit);
        if (scopes[i].flags != 0)
            another_scope_is_refused(scopes[i].name, IMAGE_AT_SCOPE, 4, 0);
        mtlsauth__crl_image_drop(&image);
    }
}
END_TEST

START_TEST(a_base_number_without_a_delta_is_refused)
{
    struct crl_image image, again;

    make_image(&image, false);
    image.facts.base_number_len = 1;
    write_image(&memory, &image);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "BaseCRLNumber"));
    mtlsauth__crl_image_drop(&image);
}
END_TEST

START_TEST(a_malformed_scope_is_refused)
{
    static const char *const broken[] = {
        "30 00",    "30 { 81 01 01 }",   "30 { 81 01 ff 82 01 ff }", "30 { 83 { 00 00 } }",
        "81 01 ff", "30 { 84 01 ff } 00"};

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct der_text idp = der_text(broken[i]);
        struct crl_image image, again;

        make_image(&image, false);
        image.facts.scope.present = true;
        image.facts.idp = mtlsauth__memdup(span_of(idp.ptr, idp.len));
        image.facts.idp_len = idp.len;
        write_image(&memory, &image);
        ASSERT_INT(broken[i], read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
        ASSERT_TRUE(broken[i], strstr(mtlsauth_last_error(), "issuingDistributionPoint") != NULL);
        mtlsauth__crl_image_drop(&image);
        free(idp.ptr);
    }
}
END_TEST

/* Pieces of a length that the facts have no room for. */
START_TEST(pieces)
{
    static uint8_t many[IMAGE_MAX_PIECE + 1];
    static const struct {
        const char *name;
        unsigned piece;
        size_t len;
    } rows[] = {
        {"algorithm", PIECE_ALGORITHM, MTLSAUTH__MAX_ALGORITHM + 1},
        {"number", PIECE_NUMBER, MTLSAUTH__MAX_CRL_NUMBER + 1},
        {"base number", PIECE_BASE_NUMBER, MTLSAUTH__MAX_CRL_NUMBER + 1},
        {"key id", PIECE_KEY_ID, MTLSAUTH__MAX_KEY_ID + 1},
        {"common prefix", PIECE_COMMON, MTLSAUTH__MAX_SERIAL + 1},
        {"issuer", PIECE_ISSUER, sizeof many},
        {"scope", PIECE_IDP, sizeof many},
    };
    struct crl_image image, again;

    make_image(&image, false);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t header, at = IMAGE_FIXED, old;

        write_image(&memory, &image);
        header = (size_t)get_le(memory.bytes + IMAGE_AT_HEADER, 4);
        for (unsigned n = 0; n < rows[i].piece; n++)
            at += (size_t)get_le(memory.bytes + IMAGE_AT_PIECES + 4 * n, 4);
        old = (size_t)get_le(memory.bytes + IMAGE_AT_PIECES + 4 * rows[i].piece, 4);
        memmove(memory.bytes + at + rows[i].len, memory.bytes + at + old, memory.len - at - old);
        memcpy(memory.bytes + at, many, rows[i].len);
        memory.len += rows[i].len - old;
        put_le(memory.bytes + IMAGE_AT_PIECES + 4 * rows[i].piece, 4, rows[i].len);
        put_le(memory.bytes + IMAGE_AT_HEADER, 4, header + rows[i].len - old);
        put_le(memory.bytes + IMAGE_AT_SIZE, 8, memory.len);
        ASSERT_INT(rows[i].name, read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
        ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), "too long") != NULL);
    }
    mtlsauth__crl_image_drop(&image);
}
END_TEST

/* The column's digest and the seal are right, the entry's issuer is one that the header has not. */
START_TEST(issuers)
{
    static const char *const broken[] = {"05 00", "30 { 31 00 }", "30 00"};
    struct crl_image image, again;
    size_t header, at, len;

    make_image(&image, true);
    write_image(&memory, &image);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_OK);
    ck_assert_uint_eq(again.facts.issuers.count, 2);
    mtlsauth__crl_image_drop(&again);

    /* Of the other version: with issuers and without a scope that has any, and the other way round.
     * The boolean of the extension is the last octet in front of the names. */
    header = (size_t)get_le(memory.bytes + IMAGE_AT_HEADER, 4);
    len = (size_t)get_le(memory.bytes + IMAGE_AT_PIECES + 4 * PIECE_ISSUERS, 4);
    ck_assert_uint_eq(memory.bytes[header - len - 1], 0xff);
    memory.bytes[header - len - 1] = 0;
    put_le(memory.bytes + IMAGE_AT_SCOPE, 4, IMAGE_SCOPE_PRESENT);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "version"));
    write_image(&memory, &image);
    put_le(memory.bytes + IMAGE_AT_VERSION, 4, IMAGE_VERSION);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "version"));

    /* The second name once more in the place of the first: both have the same length. */
    write_image(&memory, &image);
    header = (size_t)get_le(memory.bytes + IMAGE_AT_HEADER, 4);
    len = (size_t)get_le(memory.bytes + IMAGE_AT_PIECES + 4 * PIECE_ISSUERS, 4);
    at = header - len;
    memcpy(memory.bytes + at, memory.bytes + at + len / 2, len / 2);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "twice"));

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct der_text name = der_text(broken[i]);

        write_image(&memory, &image);
        memcpy(memory.bytes + at, name.ptr, name.len);
        ASSERT_INT(broken[i], read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
        free(name.ptr);
    }

    image.index.issuer[0] = 3;
    write_image(&memory, &image);
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "does not name"));
    mtlsauth__crl_image_drop(&image);
}
END_TEST

START_TEST(longer_than_it_says)
{
    struct crl_image image, again;

    make_image(&image, false);
    write_image(&memory, &image);
    memory.fail = MTLSAUTH_ERR_PARSE;
    ck_assert_int_eq(read_sealed(&memory, &again), MTLSAUTH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "longer than it says"));
    mtlsauth__crl_image_drop(&image);
}
END_TEST

UNIT_MAIN("revocation/image fields", numbers, scopes_there_and_back,
          the_two_places_of_the_scope_agree, a_base_number_without_a_delta_is_refused,
          a_malformed_scope_is_refused, pieces, issuers, longer_than_it_says)
