/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "base/memory.h"
#include "revocation/crl_set.h"
#include "support/der_text.h"

#define URI(text) "86 { \"" text "\" }"

enum { PRESENT = 1000 };

/* What a set looks at of a list. */
struct list {
    char key, issuer;  /* 'a' to 'z', of its signer */
    const char *names; /* of its distribution point; NULL: it has none */
    bool delta;
    uint8_t number; /* 0: it has none */
    int64_t this_update;
    char content;
};

static uint8_t *copy_of(const struct der_text *text)
{
    uint8_t *copy = mtlsauth__memdup(span_of(text->ptr, text->len));

    ck_assert_ptr_nonnull(copy);
    return copy;
}

static mtlsauth_crl *crl_of(const struct list *list)
{
    static const char algorithm[] = "30 { 06 { 2a 86 48 ce 3d 04 03 02 } }";
    mtlsauth_crl *crl = mtlsauth__calloc(1, sizeof *crl);
    struct der_text text = {0};
    struct crl_facts *facts;
    char source[256];

    ck_assert_ptr_nonnull(crl);
    refcount_init(&crl->refs);
    crl->verified = true;
    facts = &crl->image.facts;
    *facts = (struct crl_facts){.version = 2,
                                .is_delta = list->delta,
                                .number = {list->number},
                                .has_number = list->number != 0,
                                .number_len = list->number != 0,
                                .this_update = list->this_update,
                                .next_update = list->this_update + 1000};
    memset(crl->image.issuer_key, list->key, CRL_IMAGE_DIGEST);
    memset(crl->image.source, list->content, CRL_IMAGE_DIGEST);
    der_text_add(&text, algorithm);
    ck_assert_uint_le(text.len, sizeof facts->algorithm);
    memcpy(facts->algorithm, text.ptr, text.len);
    facts->algorithm_len = text.len;
    text.len = 0;
    ck_assert_int_gt(snprintf(source, sizeof source,
                              "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"%c\" } } } }", list->issuer),
                     0);
    der_text_add(&text, source);
    facts->issuer = copy_of(&text);
    facts->issuer_len = text.len;
    if (list->names != NULL) {
        text.len = 0;
        ck_assert_int_lt(snprintf(source, sizeof source, "30 { a0 { a0 { %s } } }", list->names),
                         (int)sizeof source);
        der_text_add(&text, source);
        facts->idp = copy_of(&text);
        facts->idp_len = text.len;
        facts->scope = (struct crl_scope){.present = true, .has_names = true};
    }
    free(text.ptr);
    ck_assert_msg(mtlsauth__crl_finish(crl) == MTLSAUTH_OK, "%s", mtlsauth_last_error());
    return crl;
}

static struct crl_floor floor_of(const struct list *list)
{
    mtlsauth_crl *crl = crl_of(list);
    struct crl_floor floor;

    ck_assert_int_eq(mtlsauth__crl_floor_of(&floor, crl), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
    return floor;
}

static struct crl_set *empty_set(void)
{
    struct crl_set *set;

    ck_assert_int_eq(mtlsauth__crl_set_new(&set), MTLSAUTH_OK);
    return set;
}

/* What a change of *set gave, which stays what it is where that is refused; takes crl. */
static int changed(struct crl_set **set, struct crl_set *next, mtlsauth_crl *crl, int code)
{
    mtlsauth_crl_free(crl);
    ck_assert_int_eq(next == NULL, code != MTLSAUTH_OK);
    if (code != MTLSAUTH_OK)
        return code;
    mtlsauth__crl_set_free(*set);
    *set = next;
    return code;
}

static int put(struct crl_set **set, const struct list *list)
{
    mtlsauth_crl *crl = crl_of(list);
    struct crl_set *next = *set;
    int code = mtlsauth__crl_set_with_all(&next, *set, &crl, 1, PRESENT, NULL);

    return changed(set, next, crl, code);
}

static int take(struct crl_set **set, const struct list *list)
{
    mtlsauth_crl *crl = crl_of(list);
    struct crl_set *next = *set;
    int code = mtlsauth__crl_set_without(&next, *set, crl);

    return changed(set, next, crl, code);
}

static bool has(const struct crl_set *set, const struct list *list)
{
    struct crl_floor floor = floor_of(list);

    return mtlsauth__crl_set_has(set, &floor);
}

/* A list that comes behind one of this number and time. */
static void check_next(const char *name, uint8_t number, int64_t time, const struct list *then,
                       int code)
{
    const struct list before = {'a', 'a', NULL, false, number, time, 'x'};
    struct crl_set *set = empty_set();

    ASSERT_INT(name, put(&set, &before), MTLSAUTH_OK);
    ASSERT_INT(name, put(&set, then), code);
    ASSERT_TRUE(name, has(set, then) == (code == MTLSAUTH_OK));
    mtlsauth__crl_set_free(set);
}

/* RFC 5280 5.2.3: behind a list of the time 100, whose number is 5 or none. */
START_TEST(rollback)
{
    static const struct {
        const char *name;
        uint8_t before;
        struct list then;
        int code;
    } rows[] = {
        {"newer", 5, {'a', 'a', NULL, false, 6, 200, 'y'}, MTLSAUTH_OK},
        {"the same", 5, {'a', 'a', NULL, false, 5, 100, 'x'}, MTLSAUTH_OK},
        {"a lower number", 5, {'a', 'a', NULL, false, 4, 200, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"an earlier time", 5, {'a', 'a', NULL, false, 6, 99, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"no number any more", 5, {'a', 'a', NULL, false, 0, 200, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"the number of another", 5, {'a', 'a', NULL, false, 5, 200, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"no number, and none before", 0, {'a', 'a', NULL, false, 0, 200, 'y'}, MTLSAUTH_OK},
        {"an earlier time, no numbers",
         0,
         {'a', 'a', NULL, false, 0, 99, 'y'},
         MTLSAUTH_ERR_ROLLBACK},
        {"of another key", 5, {'b', 'a', NULL, false, 4, 99, 'y'}, MTLSAUTH_OK},
        {"of another point", 5, {'a', 'a', URI("p"), false, 4, 99, 'y'}, MTLSAUTH_OK},
        {"a delta", 5, {'a', 'a', NULL, true, 4, 99, 'y'}, MTLSAUTH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_next(rows[i].name, rows[i].before, 100, &rows[i].then, rows[i].code);
}
END_TEST

/* A CA whose clock was once ahead: its next list is dated before that one, and its number says that
 * it comes behind it. */
START_TEST(dated_ahead)
{
    static const struct {
        const char *name;
        uint8_t before;
        int64_t time;
        struct list then;
        int code;
    } rows[] = {
        {"the next one", 5, PRESENT + 1, {'a', 'a', NULL, false, 6, 99, 'y'}, MTLSAUTH_OK},
        {"not ahead", 5, PRESENT, {'a', 'a', NULL, false, 6, 99, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"the same again",
         5,
         PRESENT + 1,
         {'a', 'a', NULL, false, 5, PRESENT + 1, 'x'},
         MTLSAUTH_OK},
        {"a lower number",
         5,
         PRESENT + 1,
         {'a', 'a', NULL, false, 4, 99, 'y'},
         MTLSAUTH_ERR_ROLLBACK},
        {"the same number",
         5,
         PRESENT + 1,
         {'a', 'a', NULL, false, 5, 99, 'y'},
         MTLSAUTH_ERR_ROLLBACK},
        {"no numbers", 0, PRESENT + 1, {'a', 'a', NULL, false, 0, 99, 'y'}, MTLSAUTH_ERR_ROLLBACK},
        {"no number before",
         0,
         PRESENT + 1,
         {'a', 'a', NULL, false, 6, 99, 'y'},
         MTLSAUTH_ERR_ROLLBACK},
        {"no number any more",
         5,
         PRESENT + 1,
         {'a', 'a', NULL, false, 0, 99, 'y'},
         MTLSAUTH_ERR_ROLLBACK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_next(rows[i].name, rows[i].before, rows[i].time, &rows[i].then, rows[i].code);
}
END_TEST

/* The sentence has what an operator looks for, whether or not the lists have numbers. */
START_TEST(older_in_words)
{
    const struct list numbered = {'a', 'a', NULL, false, 11, 1780272000, 'x'};
    const struct list none = {'a', 'a', NULL, false, 0, 1780268400, 'y'};
    struct crl_set *set = empty_set();

    ck_assert_int_eq(put(&set, &numbered), MTLSAUTH_OK);
    ck_assert_int_eq(put(&set, &none), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_msg(strstr(mtlsauth_last_error(),
                         "no number of 2026-05-31T23:00:00Z: older than the one that was accepted "
                         "before, number 0b of 2026-06-01T00:00:00Z; ") != NULL,
                  "%s", mtlsauth_last_error());
    mtlsauth__crl_set_free(set);
}
END_TEST

/* A CA that has changed its name and kept its key has lists under both, with numbers of their own;
 * in another encoding it is the same name. */
START_TEST(two_names_of_one_key)
{
    const struct list old = {'a', 'a', NULL, false, 9, 100, 'x'};
    const struct list renamed = {'a', 'b', NULL, false, 5, 50, 'y'};
    const struct list folded = {'a', 'A', NULL, false, 8, 100, 'z'};
    struct crl_set *set = empty_set();

    ck_assert_int_eq(put(&set, &old), MTLSAUTH_OK);
    ck_assert_int_eq(put(&set, &renamed), MTLSAUTH_OK);
    ck_assert(has(set, &old) && has(set, &renamed));
    ck_assert_int_eq(put(&set, &folded), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(take(&set, &renamed), MTLSAUTH_OK);
    ck_assert(has(set, &old) && !has(set, &renamed));
    mtlsauth__crl_set_free(set);
}
END_TEST

enum { MANY = 24 };

/* The lists of many issuers and points, scattered. */
static struct list one_of_many(unsigned i)
{
    static const char *const names[] = {NULL, URI("p"), URI("q")};
    unsigned at = i * 7 % MANY;

    return (struct list){.key = (char)('a' + at / 3),
                         .issuer = (char)('a' + at / 3),
                         .names = names[at % 3],
                         .number = 5,
                         .this_update = 100,
                         .content = 'x'};
}

START_TEST(each_in_its_slot)
{
    struct crl_set *set = empty_set();
    struct list other;

    for (unsigned i = 0; i < MANY; i++) {
        struct list list = one_of_many(i);

        ck_assert_int_eq(take(&set, &list), MTLSAUTH_ERR_NOT_FOUND);
        ck_assert(!has(set, &list));
        ck_assert_int_eq(put(&set, &list), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth__crl_set_count(set), i + 1);
        for (unsigned n = 0; n < MANY; n++) {
            other = one_of_many(n);
            ck_assert_msg(has(set, &other) == (n <= i), "%u of %u", n, i);
            other.content = 'y';
            ck_assert_msg(!has(set, &other), "%u of %u, with another content", n, i);
        }
    }
    for (unsigned i = 0; i < MANY; i++) {
        struct list list = one_of_many(i);

        list.content = 'y'; /* whatever is in the slot */
        ck_assert_int_eq(take(&set, &list), MTLSAUTH_OK);
        ck_assert_int_eq(take(&set, &list), MTLSAUTH_ERR_NOT_FOUND);
        ck_assert_uint_eq(mtlsauth__crl_set_count(set), MANY - i - 1);
        for (unsigned n = 0; n < MANY; n++) {
            other = one_of_many(n);
            ck_assert_msg(has(set, &other) == (n > i), "%u without %u", n, i);
        }
        /* The floor stays. */
        list.number = 4;
        ck_assert_int_eq(put(&set, &list), MTLSAUTH_ERR_ROLLBACK);
    }
    mtlsauth__crl_set_free(set);
}
END_TEST

/* By its name i, or as a list without one. */
static struct crl_sought sought(const mtlsauth_crl *crl, size_t i)
{
    bool named = crl->points.count > 0;

    return (struct crl_sought){.hash = named ? crl->point_hashes[i] : crl->issuer_hash,
                               .issuer = crl->issuer_key,
                               .name = named ? &crl->points.all[i] : NULL};
}

/* Pairs that are found as this list would be by its name i: number, and the last of them. */
static size_t walk(const struct crl_set *set, const mtlsauth_crl *crl, size_t i,
                   struct crl_pair *last)
{
    struct crl_sought by = sought(crl, i);
    size_t at = mtlsauth__crl_table_find(&set->table, &by), count = 0;

    while (mtlsauth__crl_table_next(&set->table, &by, &at, last))
        count++;
    return count;
}

START_TEST(found_by_each_name)
{
    /* More names than lists. */
    const struct list many_names = {'c',
                                    'c',
                                    URI("0") URI("1") URI("2") URI("3") URI("4") URI("5") URI("6")
                                        URI("7") URI("8") URI("9"),
                                    false,
                                    5,
                                    100,
                                    'x'};
    struct crl_set *set = empty_set();
    struct list list = {'a', 'a', NULL, false, 5, 100, 'x'};
    struct crl_pair pair;
    mtlsauth_crl *crl = crl_of(&many_names), *plain = crl_of(&list);
    mtlsauth_crl nameless = *crl;

    ck_assert_uint_eq(walk(set, crl, 0, &pair), 0);
    ck_assert_int_eq(put(&set, &many_names), MTLSAUTH_OK);
    ck_assert_uint_eq(walk(set, plain, 0, &pair), 0);
    ck_assert_int_eq(put(&set, &list), MTLSAUTH_OK);
    ck_assert_uint_eq(crl->points.count, 10);
    for (size_t i = 0; i < crl->points.count; i++) {
        ck_assert_uint_eq(walk(set, crl, i, &pair), 1);
        ck_assert_int_eq(pair.base->image.issuer_key[0], 'c');
    }
    nameless.points.count = 0;
    ck_assert_uint_eq(walk(set, &nameless, 0, &pair), 0);
    ck_assert_uint_eq(walk(set, plain, 0, &pair), 1);
    ck_assert_int_eq(pair.base->image.issuer_key[0], 'a');
    /* One cell behind the other, and from the last to the first: of them all, each is found. */
    for (char c = 'd'; c <= 'z'; c++) {
        list.key = list.issuer = c;
        ck_assert_int_eq(put(&set, &list), MTLSAUTH_OK);
    }
    for (char c = 'd'; c <= 'z'; c++) {
        mtlsauth_crl *other;

        list.key = list.issuer = c;
        other = crl_of(&list);
        ck_assert_uint_eq(walk(set, other, 0, &pair), 1);
        ck_assert_int_eq(pair.base->image.issuer_key[0], c);
        mtlsauth_crl_free(other);
    }
    ck_assert_int_eq(take(&set, &many_names), MTLSAUTH_OK);
    ck_assert_uint_eq(walk(set, crl, 0, &pair), 0);
    mtlsauth_crl_free(crl);
    mtlsauth_crl_free(plain);
    mtlsauth__crl_set_free(set);
}
END_TEST

/* Both are there, and found in pairs, or each alone. */
static void check_pairs(const char *name, const struct crl_set *set, const struct list *list,
                        bool is_pair, size_t count)
{
    mtlsauth_crl *crl = crl_of(list);
    struct crl_sought by = sought(crl, 0);
    size_t at = mtlsauth__crl_table_find(&set->table, &by), found = 0;
    struct crl_pair pair;

    while (mtlsauth__crl_table_next(&set->table, &by, &at, &pair)) {
        ASSERT_TRUE(name, (pair.base != NULL && pair.delta != NULL) == is_pair);
        ASSERT_TRUE(name, pair.base == NULL || !pair.base->image.facts.is_delta);
        ASSERT_TRUE(name, pair.delta == NULL || pair.delta->image.facts.is_delta);
        found++;
    }
    ASSERT_INT(name, found, count);
    mtlsauth_crl_free(crl);
}

/* One without the other is no pair. */
static void check_one_alone(const char *name, struct crl_set **set, const struct list *taken,
                            const struct list *left)
{
    mtlsauth_crl *crl = crl_of(left);
    struct crl_pair pair = {0};

    ASSERT_INT(name, take(set, taken), MTLSAUTH_OK);
    ASSERT_INT(name, walk(*set, crl, 0, &pair), 1);
    ASSERT_TRUE(name, (pair.base == NULL) == left->delta);
    ASSERT_TRUE(name, (pair.delta == NULL) == !left->delta);
    ASSERT_INT(name, put(set, taken), MTLSAUTH_OK);
    mtlsauth_crl_free(crl);
}

/* RFC 5280 5.2.4: which delta belongs to which complete list. */
START_TEST(pairs)
{
    static const struct {
        const char *name;
        struct list base, delta;
        size_t found; /* by the name of both, 1 as a pair; 0: they have none in common */
    } rows[] = {
        {"a pair", {'b', 'a', NULL, false, 5, 100, 'x'}, {'b', 'a', NULL, true, 6, 100, 'y'}, 1},
        {"a pair of a point",
         {'b', 'a', URI("p"), false, 5, 100, 'x'},
         {'b', 'a', URI("p"), true, 6, 100, 'y'},
         1},
        {"of a key behind",
         {'b', 'a', NULL, false, 5, 100, 'x'},
         {'c', 'a', NULL, true, 6, 100, 'y'},
         2},
        {"of a key in front",
         {'b', 'a', NULL, false, 5, 100, 'x'},
         {'a', 'a', NULL, true, 6, 100, 'y'},
         2},
        {"of other points",
         {'b', 'a', URI("p") URI("q"), false, 5, 100, 'x'},
         {'b', 'a', URI("p") URI("r"), true, 6, 100, 'y'},
         2},
        {"the other way round",
         {'b', 'a', URI("p") URI("r"), false, 5, 100, 'x'},
         {'b', 'a', URI("p") URI("q"), true, 6, 100, 'y'},
         2},
        {"of another issuer with the same key",
         {'b', 'a', NULL, false, 5, 100, 'x'},
         {'b', 'c', NULL, true, 6, 100, 'y'},
         0},
        {"two complete lists",
         {'b', 'a', NULL, false, 5, 100, 'x'},
         {'c', 'a', NULL, false, 6, 100, 'y'},
         2},
    };

    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        const char *name = rows[i / 2].name;
        const struct list *lists[] = {&rows[i / 2].base, &rows[i / 2].delta};
        size_t found = rows[i / 2].found;
        struct crl_set *set = empty_set();

        for (size_t n = 0; n < 2; n++)
            ASSERT_INT(name, put(&set, lists[n ^ (i & 1)]), MTLSAUTH_OK);
        for (size_t n = 0; n < 2; n++) {
            check_pairs(name, set, lists[n], found == 1, found == 0 ? 1 : found);
            check_one_alone(name, &set, lists[n], lists[1 - n]);
        }
        mtlsauth__crl_set_free(set);
    }
}
END_TEST

struct told {
    size_t count, i[MANY];
    int code;
};

static void tell(void *arg, size_t i, int code)
{
    struct told *told = arg;

    ck_assert_uint_lt(told->count, MANY);
    told->i[told->count++] = i;
    told->code = code;
}

START_TEST(all_at_once)
{
    struct list lists[MANY], newer, older;
    mtlsauth_crl *crls[MANY];
    struct told told = {0};
    struct crl_refusals refusals = {tell, &told};
    struct crl_set *set = empty_set(), *next, *again;
    struct crl_floors floors;

    for (unsigned i = 0; i < MANY; i++)
        lists[i] = one_of_many(i);
    /* Of two for one slot the later one has to be newer; and one is older than what is there. */
    newer = lists[3];
    lists[9] = lists[3];
    lists[9].number = 6;
    lists[20] = lists[3];
    lists[20].number = 4;
    lists[9].content = 'z';
    lists[20].content = 'y';
    newer.number = 9;
    older = lists[5];
    older.number = 8;
    older.content = 'z';
    ck_assert_int_eq(put(&set, &older), MTLSAUTH_OK);
    for (unsigned i = 0; i < MANY; i++)
        crls[i] = crl_of(&lists[i]);
    ck_assert_int_eq(mtlsauth__crl_set_with_all(&next, set, crls, MANY, PRESENT, &refusals),
                     MTLSAUTH_OK);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_int_eq(told.code, MTLSAUTH_ERR_ROLLBACK);
    ck_assert((told.i[0] == 20 && told.i[1] == 5) || (told.i[0] == 5 && told.i[1] == 20));
    ck_assert_uint_eq(mtlsauth__crl_set_count(next), MANY - 2);
    for (unsigned i = 0; i < MANY; i++) {
        struct crl_floor floor = floor_of(&lists[i]);
        bool found;
        size_t at;

        ck_assert_int_eq(mtlsauth__crl_set_floors(&floors, next), MTLSAUTH_OK);
        at = mtlsauth__crl_floors_find(&floors, &floor, &found);
        ck_assert_msg(found, "%u", i);
        ck_assert_uint_eq(floors.all[at].number[0], i == 5                        ? 8
                                                    : i == 3 || i == 9 || i == 20 ? 6
                                                                                  : 5);
        mtlsauth__crl_floors_drop(&floors);
    }
    /* Nobody to be told: the first that is refused ends it. */
    ck_assert_int_eq(mtlsauth__crl_set_with_all(&again, set, crls, MANY, PRESENT, NULL),
                     MTLSAUTH_ERR_ROLLBACK);
    ck_assert_ptr_null(again);
    ck_assert_int_eq(mtlsauth__crl_set_with_all(&again, set, crls, 5, PRESENT, NULL), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth__crl_set_count(again), 6);
    ck_assert_int_eq(put(&again, &newer), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth__crl_set_count(again), 6);
    for (unsigned i = 0; i < MANY; i++)
        mtlsauth_crl_free(crls[i]);
    mtlsauth__crl_set_free(again);
    mtlsauth__crl_set_free(next);
    mtlsauth__crl_set_free(set);
}
END_TEST

START_TEST(floors_of_others)
{
    struct list lists[] = {
        {'a', 'a', NULL, false, 5, 100, 'x'},
        {'b', 'b', NULL, false, 5, 100, 'x'},
        {'c', 'c', NULL, false, 5, 100, 'x'},
    };
    struct crl_floor raised[] = {floor_of(&lists[0]), floor_of(&lists[1])};
    struct crl_floors floors = {raised, COUNT_OF(raised)}, got;
    struct crl_set *set = empty_set(), *next;

    ck_assert_int_eq(put(&set, &lists[1]), MTLSAUTH_OK);
    ck_assert_int_eq(put(&set, &lists[2]), MTLSAUTH_OK);
    raised[1].number[0] = 7;
    ck_assert_int_eq(mtlsauth__crl_set_raise(&next, set, &floors), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth__crl_set_count(next), 2);
    ck_assert(has(next, &lists[1]));
    ck_assert(!has(next, &lists[0]));
    ck_assert_int_eq(mtlsauth__crl_set_floors(&got, next), MTLSAUTH_OK);
    ck_assert_uint_eq(got.count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(got.all[i].issuer_key[0], 'a' + (int)i);
        ck_assert_int_eq(got.all[i].number[0], i == 1 ? 7 : 5);
    }
    mtlsauth__crl_floors_drop(&got);
    for (size_t i = 0; i < 3; i++) {
        struct list list = lists[i];

        list.content = 'y';
        list.number = i == 1 ? 6 : 4;
        ck_assert_int_eq(put(&next, &list), MTLSAUTH_ERR_ROLLBACK);
        list.number = i == 1 ? 8 : 6;
        ck_assert_int_eq(put(&next, &list), MTLSAUTH_OK);
    }
    mtlsauth__crl_set_free(next);
    mtlsauth__crl_set_free(set);
}
END_TEST

UNIT_MAIN("revocation/crl_set", rollback, dated_ahead, older_in_words, two_names_of_one_key,
          each_in_its_slot, found_by_each_name, pairs, all_at_once, floors_of_others)
