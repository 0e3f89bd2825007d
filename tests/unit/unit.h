/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

/* What every file of unit tests needs: libcheck, and a main that runs one suite. */

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Seconds that one function may take. A file whose work is large says more before it includes
 * this. */
#ifndef UNIT_TIMEOUT
#define UNIT_TIMEOUT 60
#endif

/* Test functions, ended by NULL. */
static inline int unit_run(const char *name, const TTest *const tests[])
{
    Suite *suite = suite_create(name);
    SRunner *runner;
    bool well;

    for (size_t i = 0; tests[i] != NULL; i++) {
        TCase *tcase = tcase_create(tests[i]->name);

        tcase_set_timeout(tcase, UNIT_TIMEOUT);
        tcase_add_test(tcase, tests[i]);
        suite_add_tcase(suite, tcase);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    /* CK_RUN_CASE may name one that is not there. */
    well = srunner_ntests_failed(runner) == 0 && srunner_ntests_run(runner) > 0;
    srunner_free(runner);
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_MAIN(name, ...)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__, NULL};                                          \
                                                                                                   \
        return unit_run(name, tests);                                                              \
    }

/* A number that is what it should be, in the row of that name. */
#define ASSERT_INT(row, got, want)                                                                 \
    ck_assert_msg((long long)(got) == (long long)(want), "%s: " #got " is %lld, not %lld", (row),  \
                  (long long)(got), (long long)(want))
#define ASSERT_TRUE(row, what) ck_assert_msg((what), "%s: " #what " does not hold", (row))
#define ASSERT_TEXT(row, got, want)                                                                \
    ck_assert_msg(strcmp((got), (want)) == 0, "%s: " #got " is \"%s\", not \"%s\"", (row), (got),  \
                  (want))

#endif
