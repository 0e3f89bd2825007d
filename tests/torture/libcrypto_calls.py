#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What lib/crypto calls of libcrypto, against tests/torture/libcrypto_calls.h.

usage: libcrypto_calls.py --wrap LIST            the linker's arguments, one a line
       libcrypto_calls.py --check LIST ARCHIVE PROGRAM
           the archive imports what the list has, no more and no less; PROGRAM is linked with
           libcrypto
"""
import re
import subprocess
import sys


def rows(path):
    """Names that are forced, and names that are not."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return (re.findall(r"^CALL\(\w+, [^,]*, (\w+),", text, re.M),
            re.findall(r"^NOT_FORCED\((\w+)\)", text, re.M))


def symbols(*arguments):
    output = subprocess.run(["nm", *arguments], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    return {line.split()[-1].split("@")[0] for line in output.splitlines() if line.strip()}


def exports_of_libcrypto(program):
    output = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return symbols("-D", "--defined-only", re.search(r"libcrypto\S* => (\S+)", output).group(1))


def check(listed, archive, program):
    imports = symbols("-u", archive) & exports_of_libcrypto(program)
    wrong = [f"{name}: the library calls it, and no row says what it may return"
             for name in sorted(imports - set(listed))]
    wrong += [f"{name}: has a row, and the library does not call it"
              for name in sorted(set(listed) - imports)]
    wrong += [f"{name}: has two rows" for name in sorted(set(listed)) if listed.count(name) > 1]
    for text in wrong:
        print("FAIL:", text)
    print(f"{len(imports)} functions of libcrypto, {len(wrong)} wrong")
    return 1 if wrong or len(imports) < 50 else 0


def main():
    forced, not_forced = rows(sys.argv[2])
    if sys.argv[1] == "--wrap":
        print("\n".join("--wrap=" + name for name in forced))
        return 0
    return check(forced + not_forced, *sys.argv[3:5])


sys.exit(main())
