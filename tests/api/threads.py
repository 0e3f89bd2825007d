#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every public function says which threads may call it.

The comment in front of a prototype, or of the prototypes that stand together under it, says
"Thread-safe" (with the same handles from any thread), or "One thread at a time" or "Not thread-safe"
(no other call with that handle beside it). What is thread-safe is called from several threads in
tests/torture (openssl.h aside: those work on handles of the caller's libcrypto).
"""
import os
import re

from common import INCLUDE, ROOT, fail, finish, headers, read

PROTOTYPE = re.compile(r"^(?:MTLSAUTH_API|MTLSAUTH_MUST_CHECK static inline|static inline)\b"
                       r"[^;{]*?\b(mtlsauth_\w+)\s*\(", re.M)
SAFE = re.compile(r"(?<!not )\bthread-safe\b", re.I)
RULE = re.compile(r"\b(?:thread-safe|one thread at a time)\b", re.I)


def rules(text):
    """Name and comment of each public function."""
    for found in PROTOTYPE.finditer(text):
        before = text[:found.start()]
        begin, end = before.rfind("/*"), before.rfind("*/")
        yield found.group(1), re.sub(r"\s*\n \* ?", " ", before[begin:end])


def main():
    count = 0
    called = "".join(read(os.path.join(ROOT, "tests/torture", name))
                     for name in ("threads.c", "soak.c"))
    for name in headers():
        for function, comment in rules(read(os.path.join(INCLUDE, "mtlsauth", name))):
            count += 1
            if not RULE.search(comment):
                fail(f"{name}: {function}: its comment does not say which threads may call it")
            elif (SAFE.search(comment) and name != "openssl.h"
                  and not re.search(rf"\b{function}\(", called)):
                fail(f"{name}: {function}: thread-safe, and no thread of tests/torture calls it")
    if count < 150:
        fail(f"only {count} functions were found")
    # The test has to be one that finds something.
    silent = "/* Says nothing. */\nMTLSAUTH_API int mtlsauth_x(void);\n"
    if [bool(RULE.search(comment)) for _, comment in rules(silent)] != [False]:
        fail("a function without a rule is not found")
    finish(f"{count} functions")


main()
