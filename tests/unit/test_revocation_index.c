/* SPDX-License-Identifier: MIT */
#include "index_model.h"

static bool model_has(const struct model *model, struct span content)
{
    uint8_t key[SLOT] = {0};

    if (content.len > 20)
        return false;
    key[0] = (uint8_t)content.len;
    memcpy(key + 1, content.ptr, content.len);
    return bsearch(key, model->slots, model->count, SLOT, compare_slots) != NULL;
}

static void build(struct random *random, enum shape shape, size_t count, struct model *model,
                  struct crl_index *index)
{
    struct crl_rows rows;

    model->slots = calloc(count + 2, SLOT);
    ck_assert_ptr_nonnull(model->slots);
    for (size_t i = 0; i < count; i++)
        make_serial(random, shape, i, model->slots + i * SLOT);
    rows_of(model, count, &rows);
    ck_assert_int_eq(build_index(index, &rows), MTLSAUTH_OK);
}

static void check_one(const char *row, const struct model *model, const struct crl_index *index,
                      struct span content)
{
    size_t at;

    if (!mtlsauth__der_integer_ok(content))
        return;
    HOLDS(row, mtlsauth__crl_index_find(index, content, &at) == model_has(model, content));
}

/* What lies next to a member: plus and minus 1, a prefix, the sign, a leading zero, one more
 * octet. */
static void check_neighbours(const char *row, const struct model *model,
                             const struct crl_index *index, size_t i)
{
    const uint8_t *at = slot(model, i);
    uint8_t near[SLOT];

    for (int step = -1; step <= 1; step += 2) {
        memcpy(near, at, SLOT);
        near[near[0]] = (uint8_t)(near[near[0]] + step);
        check_one(row, model, index, slot_content(near));
    }
    memcpy(near, at, SLOT);
    for (size_t len = 1; len < at[0]; len++)
        check_one(row, model, index, span_of(near + 1, len));
    near[1] ^= 0x80;
    check_one(row, model, index, slot_content(near));
    near[1] = 0;
    memcpy(near + 2, at + 1, at[0]);
    check_one(row, model, index, span_of(near + 1, (size_t)at[0] + 1));
    memcpy(near, at, SLOT);
    near[at[0] + 1] = 0;
    check_one(row, model, index, span_of(near + 1, (size_t)at[0] + 1));
}

static void check_shape(enum shape shape, size_t count, size_t probes)
{
    struct random random = {.state = UINT64_C(88172645463325252) + count * SHAPES + shape};
    struct model model;
    struct crl_index index;
    char row[64];

    snprintf(row, sizeof row, "%zu, %s", count, shape_names[shape]);
    build(&random, shape, count, &model, &index);
    check_members(row, &model, &index);
    for (size_t i = 0; i < model.count; i += 1 + model.count / 5000)
        check_neighbours(row, &model, &index, i);
    for (size_t i = 0; i < probes; i++) {
        uint8_t probe[SLOT];

        make_serial(&random, i % 2 == 0 ? shape : RANDOM_ANY, i * 7, probe);
        check_one(row, &model, &index, slot_content(probe));
    }
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}

START_TEST(every_member_and_nothing_else)
{
    static const size_t counts[] = {
        0, 1, 2, 3, 7, 64, 65, 1000, 1024, CRL_INDEX_SHORT, CRL_INDEX_SHORT + 1, 33000, 70000};

    for (enum shape shape = 0; shape < SHAPES; shape++)
        for (size_t i = 0; i < COUNT_OF(counts); i++)
            check_shape(shape, counts[i], 3000);
}
END_TEST

START_TEST(a_million)
{
    check_shape(RANDOM_16_TO_20, 1000000, 1000000);
    check_shape(SEQUENTIAL, 300000, 100000);
    check_shape(CLUSTERED, 300000, 100000);
}
END_TEST

START_TEST(rows_widen_on_the_way)
{
    static const char bytes[MTLSAUTH__MAX_SERIAL] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
    static const int64_t late = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    struct crl_rows rows;
    struct crl_index index;
    uint8_t again[SERIAL_ROOM];
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    for (size_t len = 1; len <= MTLSAUTH__MAX_SERIAL; len++)
        add(&rows, bytes, len, len == 33 ? late : (int64_t)len, 0);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, MTLSAUTH__MAX_SERIAL);
    ck_assert_uint_eq(index.width, MTLSAUTH__MAX_SERIAL);
    for (size_t len = 1; len <= MTLSAUTH__MAX_SERIAL; len++) {
        ck_assert(mtlsauth__crl_index_find(&index, span_of(bytes, len), &at));
        ck_assert_int_eq(mtlsauth__crl_index_date(&index, at), len == 33 ? late : (int64_t)len);
        ck_assert_uint_eq(mtlsauth__crl_index_serial(&index, at, again), len);
        ck_assert_mem_eq(again, bytes, len);
    }
    mtlsauth__crl_index_drop(&index);
}
END_TEST

START_TEST(an_entry_takes_less_than_27_octets)
{
    struct random random = {.state = 1};
    struct model model;
    struct crl_index index;

    build(&random, RANDOM_16_TO_20, 100000, &model, &index);
    ck_assert_uint_le(mtlsauth__crl_index_size(&index) * 100 / index.count, 2699);
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
    build(&random, PREFIXED, 100000, &model, &index);
    /* The common prefix is kept once. */
    ck_assert_uint_le(mtlsauth__crl_index_size(&index) * 100 / index.count, 1500);
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}
END_TEST

START_TEST(columns_out_of_order_are_noticed)
{
    struct random random = {.state = 5};
    struct model model;
    struct crl_index index;
    uint8_t reason;

    build(&random, RANDOM_16_TO_20, 1000, &model, &index);
    ck_assert(mtlsauth__crl_index_ok(&index));
    reason = index.reason[500];
    index.reason[500] = 7;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.reason[500] = reason;
    index.code[0] = 0;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.code[0] = 16;
    index.prefix[999] = index.prefix[997];
    ck_assert(!mtlsauth__crl_index_ok(&index));
    mtlsauth__crl_index_drop(&index);
    free(model.slots);
}
END_TEST

START_TEST(dates_beyond_the_year_9999_are_noticed)
{
    static const int64_t last = INT64_C(253402300799);
    struct crl_rows rows;
    struct crl_index index;

    mtlsauth__crl_rows_init(&rows);
    add(&rows, "\x05", 1, last, 1);
    add(&rows, "\x06", 1, ROWS_EPOCH_8, 1);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.date_width, 8);
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, 0), last);
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, 1), ROWS_EPOCH_8);
    ck_assert(mtlsauth__crl_index_ok(&index));
    index.date8[0]++;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    index.date8[0] = UINT64_MAX;
    ck_assert(!mtlsauth__crl_index_ok(&index));
    mtlsauth__crl_index_drop(&index);
}
END_TEST

UNIT_MAIN("revocation/index", every_member_and_nothing_else, a_million, rows_widen_on_the_way,
          an_entry_takes_less_than_27_octets, columns_out_of_order_are_noticed,
          dates_beyond_the_year_9999_are_noticed)
