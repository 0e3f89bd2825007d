/* SPDX-License-Identifier: MIT */
/* Names of distribution points that were made to have one hash: each is found as any other. */
#include "unit.h"

#include <mtlsauth/error.h>
#include "revocation/crl_set.h"

enum { BLOCKS = 15, NAME = 16 * BLOCKS, NAMES = 64, FEW = 30, MANY = 10 * FEW };

/*
 * One of 2^BLOCKS names with one hash: a change of the highest bit of a word becomes, by a product
 * and by folding, one of two bits before the next word, which that word takes back.
 */
static void make_name(uint8_t out[NAME], unsigned number)
{
    const uint64_t highest = UINT64_C(1) << 63, taken_back = highest | UINT64_C(1) << 31;

    memset(out, 'a', NAME);
    for (unsigned i = 0; i < BLOCKS; i++) {
        uint64_t words[2];

        memcpy(words, out + sizeof words * i, sizeof words);
        if ((number >> i & 1) != 0) {
            words[0] ^= highest;
            words[1] ^= taken_back;
        }
        memcpy(out + sizeof words * i, words, sizeof words);
    }
}

/* A set of lists of one issuer that are no more than their names. */
struct lists {
    struct crl_set set;
    struct crl_slot slots[MANY];
    mtlsauth_crl crls[MANY];
    struct point_name names[MANY + 1][NAMES];
    uint8_t octets[MANY + 1][NAMES][NAME];
    uint64_t hashes[NAMES];
};

static const struct span issuer = {(const uint8_t *)"issuer", 6};

static struct lists *lists_of(size_t count)
{
    struct lists *lists = calloc(1, sizeof *lists);

    ck_assert_ptr_nonnull(lists);
    lists->set.slots = lists->slots;
    lists->set.count = count;
    for (unsigned i = 0; i <= MANY; i++)
        for (unsigned n = 0; n < NAMES; n++) {
            make_name(lists->octets[i][n], i * NAMES + n);
            lists->names[i][n] =
                (struct point_name){POINT_URI, span_of(lists->octets[i][n], NAME)};
        }
    for (unsigned n = 0; n < NAMES; n++)
        lists->hashes[n] = mtlsauth__point_hash(0, &lists->names[0][0]);
    for (size_t i = 0; i < count; i++) {
        mtlsauth_crl *crl = lists->slots[i].crl = &lists->crls[i];

        lists->slots[i].floor.issuer_key[0] = (uint8_t)i;
        lists->slots[i].floor.issuer_key[1] = (uint8_t)(i >> 8);
        crl->issuer_key = issuer;
        crl->points = (struct point_names){.all = lists->names[i], .count = NAMES};
        crl->point_hashes = lists->hashes;
    }
    return lists;
}

static void drop(struct lists *lists)
{
    mtlsauth__crl_table_drop(&lists->set.table);
    free(lists);
}

/* How many are found by a name, and the last of them. */
static size_t find(const struct lists *lists, struct span by, const struct point_name *name,
                   const mtlsauth_crl **last)
{
    struct crl_sought sought = {.hash = lists->hashes[0], .issuer = by, .name = name};
    const struct crl_table *table = &lists->set.table;
    size_t at = mtlsauth__crl_table_find(table, &sought), count = 0;
    struct crl_pair pair;

    *last = NULL;
    for (; mtlsauth__crl_table_next(table, &sought, &at, &pair); count++)
        *last = pair.base;
    return count;
}

START_TEST(each_is_found)
{
    struct lists *lists = lists_of(FEW);
    const mtlsauth_crl *last;

    ck_assert_int_eq(mtlsauth__crl_table_make(&lists->set.table, &lists->set), MTLSAUTH_OK);
    for (size_t i = 0; i < FEW; i++)
        for (size_t n = 0; n < NAMES; n++) {
            ck_assert_uint_eq(mtlsauth__point_hash(0, &lists->names[i][n]), lists->hashes[0]);
            ck_assert_uint_eq(find(lists, issuer, &lists->names[i][n], &last), 1);
            ck_assert_ptr_eq(last, &lists->crls[i]);
        }
    drop(lists);
}
END_TEST

/* By another issuer, another form of a name, a shorter one or another one, and without one. */
START_TEST(nothing_else_is_found)
{
    struct lists *lists = lists_of(FEW);
    struct point_name directory = lists->names[0][0], shorter = lists->names[0][0];
    const mtlsauth_crl *last;

    directory.tag = POINT_DIRECTORY;
    shorter.value.len--;
    ck_assert_int_eq(mtlsauth__crl_table_make(&lists->set.table, &lists->set), MTLSAUTH_OK);
    ck_assert_uint_eq(find(lists, issuer, &lists->names[FEW][0], &last), 0);
    ck_assert_uint_eq(find(lists, span_of("issues", 6), &lists->names[0][0], &last), 0);
    ck_assert_uint_eq(find(lists, issuer, &directory, &last), 0);
    ck_assert_uint_eq(find(lists, issuer, &shorter, &last), 0);
    ck_assert_uint_eq(find(lists, issuer, NULL, &last), 0);
    drop(lists);
}
END_TEST

/* Lists that have a name in common are all found, and those without one, whose issuer has the hash
 * of a name. */
START_TEST(all_of_a_name_are_found)
{
    struct lists *lists = lists_of(FEW);
    const mtlsauth_crl *last;

    for (size_t i = 0; i < 10; i++)
        lists->crls[i].points = (struct point_names){.all = lists->names[FEW], .count = 1};
    for (size_t i = 10; i < 13; i++) {
        lists->crls[i].points.count = 0;
        lists->crls[i].issuer_hash = lists->hashes[0];
    }
    ck_assert_int_eq(mtlsauth__crl_table_make(&lists->set.table, &lists->set), MTLSAUTH_OK);
    ck_assert_uint_eq(find(lists, issuer, &lists->names[FEW][0], &last), 10);
    ck_assert_uint_eq(find(lists, issuer, NULL, &last), 3);
    ck_assert_uint_eq(find(lists, issuer, &lists->names[0][0], &last), 0);
    drop(lists);
}
END_TEST

START_TEST(of_no_lists)
{
    struct lists *lists = lists_of(0);
    const mtlsauth_crl *last;

    ck_assert_uint_eq(find(lists, issuer, NULL, &last), 0);
    ck_assert_int_eq(mtlsauth__crl_table_make(&lists->set.table, &lists->set), MTLSAUTH_OK);
    ck_assert_uint_eq(find(lists, issuer, NULL, &last), 0);
    drop(lists);
}
END_TEST

/* cost.py counts what the two cost. */
static void make_table_of(size_t count)
{
    struct lists *lists = lists_of(count);

    ck_assert_int_eq(mtlsauth__crl_table_make(&lists->set.table, &lists->set), MTLSAUTH_OK);
    ck_assert_uint_eq(lists->set.table.count, count * NAMES);
    drop(lists);
}

START_TEST(few_lists)
{
    make_table_of(FEW);
}
END_TEST

START_TEST(many_lists)
{
    make_table_of(MANY);
}
END_TEST

UNIT_MAIN("revocation/crl_table", each_is_found, nothing_else_is_found, all_of_a_name_are_found,
          of_no_lists, few_lists, many_lists)
