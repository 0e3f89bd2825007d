#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an operator's own large files cost, in instructions: unit tests of two sizes under callgrind.

cost.py LINT LISTS TABLE

They are test_trust_lint, test_authorizer_refresh_lists and test_revocation_crl_table. Skips itself
without valgrind.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from callgrind import instructions, skip_without  # noqa: E402

# A second of a processor that does three in a nanosecond.
MOST_FOR_A_THOUSAND_ROOTS = 3_000_000_000
# Ten times the files cost ten times as much; what grows with their square would show here.
MOST_FOR_TEN_TIMES_THE_FILES = 10.5
# Names of one hash are sorted.
MOST_FOR_TEN_TIMES_THE_NAMES = 15


def of_test(program, test, *functions):
    """In one process, or callgrind would count in the wrong one."""
    return instructions([program], within=functions, CK_FORK="no", CK_RUN_CASE=test)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    skip_without()
    lint, lists, table = sys.argv[1:]
    roots = of_test(lint, "a_thousand", "mtlsauth_truststore_load", "mtlsauth_truststore_lint")
    few, many = (of_test(lists, test, "mtlsauth_authorizer_add_crl_dir",
                         "mtlsauth_authorizer_refresh")
                 for test in ("few_files", "many_files"))
    short, long = (of_test(table, test, "mtlsauth__crl_table_make")
                   for test in ("few_lists", "many_lists"))
    print(f"a thousand roots: {roots / 1e6:.0f} M instructions, "
          f"at most {MOST_FOR_A_THOUSAND_ROOTS / 1e6:.0f} M")
    print(f"150 lists: {few / 1e6:.0f} M, 1,500 lists: {many / 1e6:.0f} M, {many / few:.2f} times, "
          f"at most {MOST_FOR_TEN_TIMES_THE_FILES}")
    print(f"1,920 names of one hash: {short / 1e6:.0f} M, 19,200: {long / 1e6:.0f} M, "
          f"{long / short:.2f} times, at most {MOST_FOR_TEN_TIMES_THE_NAMES}")
    if (roots > MOST_FOR_A_THOUSAND_ROOTS or many > few * MOST_FOR_TEN_TIMES_THE_FILES or
            long > short * MOST_FOR_TEN_TIMES_THE_NAMES):
        sys.exit("too much")


main()
