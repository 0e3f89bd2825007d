#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How a shared object was linked: hardening.py LIBRARY.so. installed.py asks it of the installed one."""
import os
import re
import sys

from common import INCLUDE, fail, finish, must, read


def check(library):
    dynamic = must("readelf", "-dW", library)
    segments = must("readelf", "-lW", library)
    soversion = re.search(r"#define MTLSAUTH_SOVERSION (\d+)",
                          read(os.path.join(INCLUDE, "mtlsauth", "version.h"))).group(1)

    soname = re.search(r"\(SONAME\).*\[(.*)\]", dynamic)
    if soname is None or soname.group(1) != f"libmtlsauth.so.{soversion}":
        fail(f"soname is {soname and soname.group(1)}, not libmtlsauth.so.{soversion}")
    for tag in ("RPATH", "RUNPATH", "TEXTREL"):
        if f"({tag})" in dynamic:
            fail(f"{tag} is set: " + re.search(rf"\({tag}\)\s*(.*)", dynamic).group(1))
    if "GNU_RELRO" not in segments:
        fail("no RELRO segment")
    if not re.search(r"BIND_NOW|\(FLAGS_1\).*\bNOW\b", dynamic):
        fail("not bound at start (-z now): the GOT stays writable")
    stack = re.search(r"GNU_STACK(?:\s+0x\w+){5}\s+(\w+)", segments)
    if stack is None or "E" in stack.group(1):
        fail("the stack is executable")
    for line in segments.splitlines():
        if re.search(r"\bLOAD\b.*\bRWE\b", line):
            fail("a segment is writable and executable")
    for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if not re.match(r"libcrypto\.so\.|libc\.so\.|libpthread\.so\.|ld-linux|libgcc_s\.so", needed):
            fail(f"needs {needed}: libcrypto and the C library are all that it may")


if __name__ == "__main__":
    check(sys.argv[1])
    finish(os.path.basename(sys.argv[1]))
