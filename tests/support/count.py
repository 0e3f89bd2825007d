#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What meson has written of its tests, as a line of totals: count.py TESTLOG.JSON..."""
import json
import sys

WELL = {"OK", "EXPECTEDFAIL"}


def main():
    passed = failed = skipped = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as log:
            for test in map(json.loads, log):
                passed += test["result"] in WELL
                skipped += test["result"] == "SKIP"
                if test["result"] not in WELL | {"SKIP"}:
                    failed += 1
                    print("failed:", path, test["name"])
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
