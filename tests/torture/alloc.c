/* SPDX-License-Identifier: MIT */
/*
 * Every allocation fails in turn, once, and once with all later ones; or libcrypto gets no piece of
 * so many octets, and then no more than so many in all, from few to plenty:
 * alloc own|libcrypto|short parse|decide|names|crl|change|ocsp [EVERY [SCENARIO]]
 *
 * What must hold: no crash, no leak (a sanitizer or valgrind looks), never an allow that was not
 * earned, no reason that memory made up, and the state that was in force stays in force. EVERY 3 is
 * every third allocation: a sanitizer takes long, and its leaks are the same for neighbours.
 */
#include "alloc.h"

#include <openssl/err.h>

const char *scenario = "start";
size_t fail_at;
bool for_good;
int last_code;
unsigned long wrong;

static const struct group {
    const char *name;
    const struct scenario *scenarios;
    void (*begin)(void), (*end)(void);
} groups[] = {
    {"parse", alloc_parse, alloc_parse_begin, alloc_parse_end},
    {"decide", alloc_decide, alloc_decide_begin, alloc_decide_end},
    {"names", alloc_names, alloc_names_begin, alloc_names_end},
    {"crl", alloc_crl, alloc_crl_begin, alloc_crl_end},
    {"change", alloc_change, alloc_change_begin, alloc_change_end},
    {"ocsp", alloc_ocsp, alloc_ocsp_begin, alloc_ocsp_end},
};

static const struct group *group;
static const char *only;
static size_t every = 1;

/* More than any scenario takes: what is refused then is refused for what it is. */
enum { PLENTY = 1 << 20 };

/* How many allocations there were; or, when memory is short, octets. */
static size_t next_point(void)
{
    return seam_is_short() ? fail_at * 5 / 4 + every : fail_at + every;
}

static size_t fail_each(const struct scenario *it)
{
    size_t count, points = 0;

    scenario = it->name;
    fail_at = 0;
    for_good = false;
    (void)it->run(); /* libcrypto makes some things once */
    count = it->run();
    if (!seam_of_libcrypto())
        EXPECT(count > 0);
    for (fail_at = 1; fail_at <= (seam_is_short() ? PLENTY : count + 1); fail_at = next_point()) {
        for (int i = 0; i <= 1; i++) {
            for_good = i == 1;
            (void)it->run();
            points++;
        }
    }
    fail_at = 0;
    printf("%s: %zu allocations\n", it->name, count);
    return points;
}

START_TEST(every_allocation)
{
    size_t points = 0, count = 0;

    group->begin();
    for (const struct scenario *it = group->scenarios; it->name != NULL; it++) {
        if (only != NULL && strcmp(only, it->name) != 0)
            continue;
        points += fail_each(it);
        count++;
    }
    group->end();
    printf("%zu scenarios, %zu points, %lu wrong\n", count, points, wrong);
    ck_assert_msg(ERR_peek_error() == 0, "the error queue of libcrypto is not as it was");
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(points, 0);
}
END_TEST

int main(int argc, char *argv[])
{
    const TTest *const tests[] = {every_allocation, NULL};

    for (size_t i = 0; argc >= 3 && i < COUNT_OF(groups); i++)
        if (strcmp(argv[2], groups[i].name) == 0)
            group = &groups[i];
    every = argc >= 4 ? strtoul(argv[3], NULL, 10) : 1;
    only = argc == 5 ? argv[4] : NULL;
    if (group == NULL || argc > 5 || every == 0 || !seam_install(argv[1])) {
        fputs("usage: alloc own|libcrypto|short parse|decide|names|crl|change|ocsp [EVERY "
              "[SCENARIO]]\n",
              stderr);
        return 2;
    }
    setenv("CK_FORK", "no", 1);
    setenv("CK_DEFAULT_TIMEOUT", "0", 1);
    return unit_run("alloc", tests);
}
