/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include "base/checked.h"
#include "base/memory.h"

START_TEST(sizes)
{
    static const struct {
        const char *name;
        size_t count, size;
        bool ok;
    } rows[] = {
        {"nothing", 0, 0, true},
        {"none of something", 0, 8, true},
        {"some of nothing", 8, 0, true},
        {"one", 1, 1, true},
        {"many", 1000, 16, true},
        {"product overflows to 0", SIZE_MAX / 2 + 1, 2, false},
        {"product overflows to a little", SIZE_MAX / 2 + 2, 2, false},
        {"square overflows", SIZE_MAX, SIZE_MAX, false},
        {"over PTRDIFF_MAX", (size_t)PTRDIFF_MAX + 1, 1, false},
        {"over PTRDIFF_MAX, as a product", SIZE_MAX / 4, 3, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *zeros = mtlsauth__calloc(rows[i].count, rows[i].size);
        uint8_t *moved = mtlsauth__realloc(NULL, rows[i].count, rows[i].size);

        ASSERT_INT(rows[i].name, zeros != NULL, rows[i].ok);
        ASSERT_INT(rows[i].name, moved != NULL, rows[i].ok);
        if (zeros != NULL)
            for (size_t at = 0; at < rows[i].count * rows[i].size; at++)
                ASSERT_INT(rows[i].name, zeros[at], 0);
        mtlsauth__free(zeros);
        mtlsauth__free(moved);
    }
}
END_TEST

START_TEST(a_size_of_0_is_no_failure)
{
    void *all[] = {mtlsauth__malloc(0), mtlsauth__calloc(0, 0), mtlsauth__memdup(span_of(NULL, 0)),
                   mtlsauth__realloc(NULL, 0, 0)};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        ck_assert_ptr_nonnull(all[i]);
        mtlsauth__free(all[i]);
    }
    /* Shrunk to nothing it is still a pointer, not a freed one. */
    all[0] = mtlsauth__malloc(10);
    all[0] = mtlsauth__realloc(all[0], 0, 10);
    ck_assert_ptr_nonnull(all[0]);
    mtlsauth__free(all[0]);
    mtlsauth__free(NULL);
}
END_TEST

START_TEST(copies)
{
    char *text = mtlsauth__strdup("abc"), *empty = mtlsauth__strdup("");
    uint8_t *bytes = mtlsauth__memdup(span_of("a\0b", 3));

    ck_assert_str_eq(text, "abc");
    ck_assert_str_eq(empty, "");
    ck_assert_mem_eq(bytes, "a\0b", 3);
    mtlsauth__free(text);
    mtlsauth__free(empty);
    mtlsauth__free(bytes);
}
END_TEST

START_TEST(growing)
{
    size_t capacity = 0, moves = 0, before;
    uint32_t *numbers = NULL;

    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *moved;

        before = capacity;
        moved = mtlsauth__grow(numbers, i, &capacity, sizeof *numbers);
        ck_assert_ptr_nonnull(moved);
        ck_assert_uint_gt(capacity, i);
        moves += capacity != before;
        numbers = moved;
        numbers[i] = i;
    }
    ck_assert_uint_lt(moves, 12);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(numbers[i], i);

    /* Out of memory, the array is as it was. */
    before = capacity;
    mtlsauth__memory_fail_at(1, 0);
    ck_assert_ptr_null(mtlsauth__grow(numbers, capacity, &capacity, sizeof *numbers));
    mtlsauth__memory_fail_at(0, 0);
    ck_assert_uint_eq(capacity, before);
    ck_assert_uint_eq(numbers[999], 999);

    /* So it is when the size does not fit. */
    capacity = SIZE_MAX / 2 + 1;
    ck_assert_ptr_null(mtlsauth__grow(numbers, capacity, &capacity, 1));
    capacity = SIZE_MAX / 4;
    ck_assert_ptr_null(mtlsauth__grow(numbers, capacity, &capacity, 16));
    ck_assert_uint_eq(capacity, SIZE_MAX / 4);
    ck_assert_uint_eq(numbers[0], 0);
    mtlsauth__free(numbers);
}
END_TEST

START_TEST(seams)
{
    static const struct {
        const char *name;
        size_t at;
        int persistent;
        bool ok[4];
    } rows[] = {
        {"none", 0, 0, {true, true, true, true}},
        {"none, persistent", 0, 1, {true, true, true, true}},
        {"the first", 1, 0, {false, true, true, true}},
        {"the third", 3, 0, {true, true, false, true}},
        {"from the second on", 2, 1, {true, false, false, false}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth__memory_fail_at(rows[i].at, rows[i].persistent);
        for (size_t n = 0; n < 4; n++) {
            void *got = n == 0   ? mtlsauth__malloc(1)
                        : n == 1 ? mtlsauth__calloc(1, 1)
                        : n == 2 ? mtlsauth__realloc(NULL, 1, 1)
                                 : (void *)mtlsauth__strdup("x");

            ASSERT_INT(rows[i].name, got != NULL, rows[i].ok[n]);
            mtlsauth__free(got);
        }
        ASSERT_INT(rows[i].name, mtlsauth__memory_count(), 4);
    }
    mtlsauth__memory_fail_at(0, 0);
}
END_TEST

START_TEST(free_keeps_errno)
{
    void *small = mtlsauth__malloc(1), *large = mtlsauth__malloc((size_t)1 << 24);

    errno = ERANGE;
    mtlsauth__free(small);
    mtlsauth__free(large);
    ck_assert_int_eq(errno, ERANGE);
}
END_TEST

START_TEST(checked)
{
    size_t out;

    ck_assert(checked_add(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
    ck_assert(!checked_add(SIZE_MAX, 1, &out));
    ck_assert(checked_mul(SIZE_MAX, 1, &out) && out == SIZE_MAX);
    ck_assert(checked_mul(SIZE_MAX, 0, &out) && out == 0);
    ck_assert(!checked_mul(SIZE_MAX / 2 + 1, 2, &out));
}
END_TEST

UNIT_MAIN("base/memory", sizes, a_size_of_0_is_no_failure, copies, growing, seams, free_keeps_errno,
          checked)
