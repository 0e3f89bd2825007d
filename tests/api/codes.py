#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The numbers of the public enums are part of the ABI: compares the headers with tests/codes.txt.

A number that changes, a name that goes or one that nobody has written down fails. To append one:
add the line to tests/codes.txt by hand; --print writes what the headers say.
"""
import glob
import os
import re
import sys

from common import ROOT, read, without_comments

LIST = os.path.join(ROOT, "tests", "codes.txt")


def headers():
    """(enum, name, number) of every constant, in the order of the headers."""
    rows = []
    for path in sorted(glob.glob(os.path.join(ROOT, "include", "mtlsauth", "*.h"))):
        text = without_comments(read(path))
        for enum, body in re.findall(r"\benum\s*(\w*)\s*\{([^}]*)\}", text):
            for item in filter(None, (part.strip() for part in body.split(","))):
                found = re.fullmatch(r"(MTLSAUTH_\w+)\s*=\s*(-?\d+)", item)
                if not enum or not found:
                    sys.exit(f"{path}: enum {enum or '(no name)'}: '{item}' has to be a "
                             "MTLSAUTH_ name with its number written out")
                rows.append((enum, found.group(1), int(found.group(2))))
    return rows


def main():
    rows = headers()
    if "--print" in sys.argv:
        last = None
        for enum, name, number in rows:
            if enum != last:
                print(f"\n# enum {enum}")
            last = enum
            print(name, number)
        return
    failures = []
    listed = {}
    for number, line in enumerate(open(LIST, encoding="utf-8"), 1):
        if line.strip() and not line.startswith("#"):
            name, value = line.split()
            if name in listed:
                failures.append(f"codes.txt:{number}: {name} stands there twice")
            listed[name] = int(value)
    found = {name: value for _, name, value in rows}
    for name, value in listed.items():
        if name not in found:
            failures.append(f"{name} {value} is in codes.txt and in no header: names never go")
        elif found[name] != value:
            failures.append(f"{name} is {found[name]} in the header, {value} in codes.txt: "
                            "numbers never change")
    failures += [f"{name} {value} is not in codes.txt: append it"
                 for name, value in found.items() if name not in listed]
    taken = {}
    for enum, name, value in rows:
        if (enum, value) in taken:
            failures.append(f"{name} has the number of {taken[enum, value]}")
        taken[enum, value] = name
    for failure in failures:
        print(failure)
    print(f"{len(rows)} constants compared")
    sys.exit(1 if failures or not rows else 0)


main()
