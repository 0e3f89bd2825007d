/* SPDX-License-Identifier: MIT */
/* How rows are put in order, and of doubled ones one is kept. */
#include "index_model.h"

static void fill_rows(struct random *random, enum shape shape, size_t count, struct crl_rows *rows)
{
    mtlsauth__crl_rows_init(rows);
    for (size_t i = 0; i < count; i++) {
        uint8_t at[SLOT];
        struct serial serial;

        make_serial(random, shape, i, at);
        serial = serial_of(slot_content(at));
        HOLDS("adding", mtlsauth__crl_rows_add(rows, &serial, 1000, 0));
    }
}

/* The order of rows: octets from the left, padded with zeros, then the code. */
static int compare_as_rows(const void *a, const void *b)
{
    struct serial one = serial_of(slot_content(a)), other = serial_of(slot_content(b));
    uint8_t keys[2][SLOT] = {{0}};
    int order;

    memcpy(keys[0], one.magnitude.ptr, one.magnitude.len);
    memcpy(keys[1], other.magnitude.ptr, other.magnitude.len);
    order = memcmp(keys[0], keys[1], SLOT);
    return order != 0 ? order : (int)one.code - (int)other.code;
}

/* Numeric order: by length, then by octets. */
static int compare_as_numbers(const void *a, const void *b)
{
    struct span one = serial_of(slot_content(a)).magnitude;
    struct span other = serial_of(slot_content(b)).magnitude;

    if (one.len != other.len)
        return one.len < other.len ? -1 : 1;
    return memcmp(one.ptr, other.ptr, one.len);
}

static size_t live_blocks(const struct crl_rows *rows)
{
    size_t live = 0;

    for (size_t i = 0; i < rows->block_count; i++)
        live += rows->blocks[i] != NULL;
    return live;
}

struct watched {
    const struct crl_rows *rows;
    size_t asked, most; /* of blocks at any time beyond those of rows that are not written yet */
};

/* It is asked every 65536 rows; the end of a run counts as a block. */
static int watch(void *arg)
{
    struct watched *watched = arg;
    size_t all = watched->rows->block_count, live = live_blocks(watched->rows);
    size_t done = ++watched->asked * (65536 / ROWS_BLOCK);
    size_t left = done < all ? all - done : 0;

    if (live > left && live - left > watched->most)
        watched->most = live - left;
    return MTLSAUTH_OK;
}

START_TEST(runs_are_merged)
{
    static const struct {
        const char *name;
        enum shape shape;
        size_t count, runs; /* 0: one run for each length */
        bool sorted;        /* as more runs than are merged */
    } cases[] = {
        {"one", RANDOM_16_TO_20, 50000, 1, false},
        {"one of one", RANDOM_ANY, 1, 1, false},
        {"two", RANDOM_16_TO_20, 50000, 2, false},
        {"two of the same serials", SHORT, 70000, 2, false},
        {"seven", CLUSTERED, 70000, 7, false},
        {"as many as are merged", RANDOM_16_TO_20, 70000, ROWS_MAX_RUNS, false},
        {"one more", RANDOM_16_TO_20, 70000, ROWS_MAX_RUNS + 1, true},
        {"many of a few", RANDOM_16_TO_20, 3 * ROWS_MAX_RUNS, ROWS_MAX_RUNS, false},
        {"in numeric order", RANDOM_16_TO_20, 150000, 0, false},
        {"a sequence", SEQUENTIAL, 150000, 0, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct random random = {.state = 4711 + i};
        struct model model;
        struct crl_rows rows;
        struct crl_index index;
        struct watched watched = {.rows = &rows};
        size_t count = cases[i].count, runs = cases[i].runs == 0 ? 1 : cases[i].runs;

        model.slots = calloc(count + 2, SLOT);
        ck_assert_ptr_nonnull(model.slots);
        for (size_t k = 0; k < count; k++)
            make_serial(&random, cases[i].shape, k, model.slots + k * SLOT);
        for (size_t run = 0; run < runs; run++) {
            size_t from = count * run / runs, to = count * (run + 1) / runs;

            qsort(model.slots + from * SLOT, to - from, SLOT,
                  cases[i].runs == 0 ? compare_as_numbers : compare_as_rows);
        }
        rows_of(&model, count, &rows);
        if (cases[i].shape != SHORT)
            HOLDS(cases[i].name,
                  cases[i].runs == 0 ? rows.run_count <= 20 : rows.run_count <= cases[i].runs);
        HOLDS(cases[i].name,
              (rows.run_count > ROWS_MAX_RUNS) == (cases[i].sorted || cases[i].shape == SHORT));
        runs = rows.run_count;
        ck_assert_int_eq(mtlsauth__crl_index_build(
                             &index, &rows, (struct crl_ask){.go_on = watch, .arg = &watched}),
                         MTLSAUTH_OK);
        check_members(cases[i].name, &model, &index);
        if (runs <= ROWS_MAX_RUNS)
            HOLDS(cases[i].name, watched.most <= 2 * runs);
        mtlsauth__crl_index_drop(&index);
        free(model.slots);
    }
}
END_TEST

START_TEST(doubled_serials_are_kept_once_with_the_earlier_date)
{
    struct crl_rows rows;
    struct crl_index index;
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    add(&rows, "\x05", 1, 2000, 1);
    add(&rows, "\x04", 1, 3000, 2);
    add(&rows, "\x05", 1, 1000, 4);
    add(&rows, "\x05", 1, 1500, 0);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, 2);
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x05", 1), &at));
    ck_assert_int_eq(mtlsauth__crl_index_date(&index, at), 1000);
    ck_assert_uint_eq(index.reason[at], 4);
    mtlsauth__crl_index_drop(&index);
}
END_TEST

/* Two entries of one serial, in either order: the earlier one, but never a removal beside
 * another. */
START_TEST(of_doubled_entries_the_one_that_denies)
{
    enum { REMOVE = CRL_REASON_REMOVE, NONE = CRL_REASON_NONE };
    static const struct {
        const char *name;
        struct {
            int64_t date;
            uint8_t reason;
        } entries[3], kept;
    } rows[] = {
        {"three reasons", {{3000, 1}, {2000, 6}, {2500, NONE}}, {2000, NONE}},
        {"hold and keyCompromise", {{2000, 6}, {3000, 1}, {3000, 1}}, {2000, 1}},
        {"keyCompromise, then a hold", {{2000, 1}, {3000, 6}, {3500, 4}}, {2000, 1}},
        {"hold, removed, and for good", {{2000, 6}, {2500, REMOVE}, {3000, 4}}, {2000, 4}},
        {"removed, hold, and for good", {{1000, REMOVE}, {2500, 6}, {3000, 4}}, {2500, 4}},
        {"on hold three times", {{2000, 6}, {2500, 6}, {3000, REMOVE}}, {2000, 6}},
        {"the same date", {{2000, NONE}, {2000, 4}, {2000, 1}}, {2000, 1}},
        {"removed first", {{1000, REMOVE}, {2000, 1}, {3000, 4}}, {2000, 1}},
        {"removed last", {{2000, 1}, {3000, 4}, {4000, REMOVE}}, {2000, 1}},
        {"removed between", {{2000, 1}, {2500, REMOVE}, {3000, 4}}, {2000, 1}},
        {"removed twice", {{1000, REMOVE}, {1500, REMOVE}, {2000, NONE}}, {2000, NONE}},
        {"removed at the same time", {{2000, REMOVE}, {2000, 1}, {2000, NONE}}, {2000, 1}},
        {"removed and nothing else",
         {{3000, REMOVE}, {1000, REMOVE}, {2000, REMOVE}},
         {1000, REMOVE}},
    };
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t order = 0; order < COUNT_OF(orders); order++) {
            struct crl_rows all;
            struct crl_index index;
            size_t at;

            mtlsauth__crl_rows_init(&all);
            for (size_t k = 0; k < 3; k++) {
                unsigned n = orders[order][k];

                add(&all, "\x05", 1, rows[i].entries[n].date, rows[i].entries[n].reason);
                add(&all, k == 0 ? "\x04" : k == 1 ? "\x06" : "\x05\x05", k == 2 ? 2 : 1, 9, NONE);
            }
            ck_assert_int_eq(build_index(&index, &all), MTLSAUTH_OK);
            ASSERT_INT(rows[i].name, index.count, 4);
            ck_assert(mtlsauth__crl_index_ok(&index));
            ck_assert(mtlsauth__crl_index_find(&index, span_of("\x05", 1), &at));
            ASSERT_INT(rows[i].name, mtlsauth__crl_index_date(&index, at), rows[i].kept.date);
            ASSERT_INT(rows[i].name, index.reason[at], rows[i].kept.reason);
            mtlsauth__crl_index_drop(&index);
        }
    }
}
END_TEST

/* What a hostile list can do to a sort: 200,000 times the same, and prefixes as long as they
 * get. */
START_TEST(doubled_beyond_reason)
{
    struct crl_rows rows;
    struct crl_index index;
    size_t at;

    mtlsauth__crl_rows_init(&rows);
    for (size_t i = 0; i < 200000; i++)
        add(&rows, i % 2 == 0 ? "\x00\x80" : "\x80", i % 2 == 0 ? 2 : 1, 77, 1);
    ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
    ck_assert_uint_eq(index.count, 2);
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x80", 1), &at));
    ck_assert(mtlsauth__crl_index_find(&index, span_of("\x00\x80", 2), &at));
    ck_assert(!mtlsauth__crl_index_find(&index, span_of("\x7f", 1), &at));
    mtlsauth__crl_index_drop(&index);
}
END_TEST

/* One row of the lowest octet behind all others: a single cycle of moves goes through all of
 * them. */
START_TEST(one_cycle_through_all_rows)
{
    static const size_t lengths[] = {16, 20};

    for (size_t n = 0; n < COUNT_OF(lengths); n++) {
        enum { COUNT = 200000 };
        char content[20] = {0x11};
        struct crl_rows rows;
        struct crl_index index;
        size_t at;

        mtlsauth__crl_rows_init(&rows);
        for (size_t i = 0; i <= COUNT; i++) {
            content[0] = i == COUNT ? 0x10 : 0x11;
            for (size_t k = 0; k < 4; k++)
                content[1 + k] = (char)(i * 2654435761 >> 8 * k);
            add(&rows, content, lengths[n], (int64_t)i, 0);
        }
        ck_assert_int_eq(build_index(&index, &rows), MTLSAUTH_OK);
        ck_assert_uint_eq(index.count, COUNT + 1);
        ck_assert(mtlsauth__crl_index_ok(&index));
        for (size_t i = 0; i <= COUNT; i++) {
            content[0] = i == COUNT ? 0x10 : 0x11;
            for (size_t k = 0; k < 4; k++)
                content[1 + k] = (char)(i * 2654435761 >> 8 * k);
            HOLDS("one cycle",
                  mtlsauth__crl_index_find(&index, span_of(content, lengths[n]), &at) &&
                      mtlsauth__crl_index_date(&index, at) == (int64_t)i);
        }
        mtlsauth__crl_index_drop(&index);
    }
}
END_TEST

struct asked {
    size_t times, refuse_at; /* 0: never */
};

static int count_and_refuse(void *arg)
{
    struct asked *asked = arg;

    return ++asked->times == asked->refuse_at ? MTLSAUTH_ERR_CANCELLED : MTLSAUTH_OK;
}

/* Asked often enough, and whenever the answer is no, nothing of the work is left. */
START_TEST(ended_wherever_it_asks)
{
    enum { COUNT = 200000 };

    for (enum shape shape = 0; shape < SHAPES; shape++) {
        const char *row = shape_names[shape];
        size_t last = 1;

        for (size_t refuse_at = 0; refuse_at <= last; refuse_at++) {
            struct random random = {.state = 77 + shape};
            struct asked asked = {.refuse_at = refuse_at};
            struct crl_rows rows;
            struct crl_index index;
            int code;

            fill_rows(&random, shape, COUNT, &rows);
            code = mtlsauth__crl_index_build(
                &index, &rows, (struct crl_ask){.go_on = count_and_refuse, .arg = &asked});
            ASSERT_INT(row, code, refuse_at == 0 ? MTLSAUTH_OK : MTLSAUTH_ERR_CANCELLED);
            HOLDS(row, rows.count == 0 && rows.blocks == NULL);
            if (refuse_at == 0) {
                last = asked.times;
                HOLDS(row, last >= COUNT / 65536 && last <= 100);
            } else {
                HOLDS(row, asked.times == refuse_at);
                HOLDS(row, index.count == 0 && index.prefix == NULL && index.table == NULL);
            }
            mtlsauth__crl_index_drop(&index);
        }
    }
}
END_TEST

UNIT_MAIN("revocation/sort", runs_are_merged, doubled_serials_are_kept_once_with_the_earlier_date,
          of_doubled_entries_the_one_that_denies, doubled_beyond_reason, one_cycle_through_all_rows,
          ended_wherever_it_asks)
