#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What programs that were linked before today rely on.

abi.py check CC LIBRARY.so   today's library against baseline.xml, by abidiff
abi.py update CC             makes baseline.xml and released/ of today's headers: at a release that
                             adds functions, never to make a difference go away

The baseline is made of the public headers alone, as a library of empty functions: what an opaque
handle has inside is nobody's to rely on, and is not in it.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "api"))

from common import INCLUDE, ROOT, code_of, fail, finish, headers, must, read, skip  # noqa: E402

BASELINE = os.path.join(HERE, "baseline.xml")
RELEASED = os.path.join(HERE, "released", "mtlsauth")
# What abidiff's exit code says (abidiff(1)): an error, wrong usage, a change, one that breaks.
ABIDIFF_ERROR, ABIDIFF_INCOMPATIBLE = 1 | 2, 8


def declarations():
    """The text of every function that the headers declare."""
    for name in headers():
        if name != "openssl.h":
            yield from re.findall(r"\bMTLSAUTH_API\b[^;]*(?=;)", code_of(name))


def stub(folder, compiler, change=lambda text: text):
    """A library with the headers' functions, which do nothing."""
    source, library = os.path.join(folder, "stub.c"), os.path.join(folder, "libmtlsauth.so")
    soversion = re.search(r"#define MTLSAUTH_SOVERSION (\d+)",
                          read(os.path.join(INCLUDE, "mtlsauth", "version.h"))).group(1)
    folder = os.path.join(folder, "mtlsauth")
    os.makedirs(folder, exist_ok=True)
    for name in headers():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(change(read(os.path.join(INCLUDE, "mtlsauth", name))))
    with open(source, "w", encoding="utf-8") as file:
        file.write("#include <mtlsauth/mtlsauth.h>\n")
        for text in declarations():
            file.write(change(text) + "\n{\n    __builtin_trap();\n}\n")
    must(*shlex.split(compiler), "-std=c11", "-g", "-O0", "-fPIC", "-shared",
         "-I", os.path.dirname(folder), source, "-o", library,
         f"-Wl,-soname,libmtlsauth.so.{soversion}",
         "-Wl,--version-script=" + os.path.join(ROOT, "lib", "mtlsauth.map"))
    return library


def abidw(library, out):
    must("abidw", "--no-comp-dir-path", "--no-show-locs", "--no-corpus-path", "--no-elf-needed",
         "--out-file", out, library)


def abidiff(baseline, library):
    done = subprocess.run(["abidiff", "--no-show-locs", baseline, library], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


# What abidiff has to notice, or it looks at nothing: (what, text of a header, what it becomes).
NOTICED = (
    ("an argument of another type", r"(mtlsauth_authorizer_put_ocsp_response\(.*?)size_t len",
     r"\1int len"),
    ("an argument more", r"(mtlsauth_authorizer_generation\([^)]*)\)", r"\1, int more)"),
    ("another result", r"\bint(\s+mtlsauth_authorizer_put_crl\b)", r"long\1"),
    ("another prototype of a callback", r"(typedef \w+ \(\*mtlsauth_\w+\)\()", r"\1int more, "),
)


def check_noticed(folder, compiler):
    for what, pattern, becomes in NOTICED:
        changed = []

        def change(text, pattern=pattern, becomes=becomes, changed=changed):
            text, count = re.subn(pattern, becomes, text, count=1, flags=re.S)
            changed.append(count)
            return text

        code, output = abidiff(BASELINE, stub(folder, compiler, change))
        if not any(changed):
            fail(f"{what}: nothing in the headers was changed")
        elif code & ABIDIFF_ERROR or code == 0:
            fail(f"{what} is not noticed:\n{output}")


def check(compiler, library):
    if shutil.which("abidiff") is None:
        skip("abidiff is missing: apt-get install abigail-tools")
    code, output = abidiff(BASELINE, library)
    if code & ABIDIFF_ERROR:
        fail(f"abidiff failed:\n{output}")
    elif code & ABIDIFF_INCOMPATIBLE:
        fail(f"programs that are linked with the released library break:\n{output}")
    elif code:
        fail(f"the interface is not that of baseline.xml. Is it meant? docs/abi.md says what a "
             f"release may change.\n{output}")
    with tempfile.TemporaryDirectory() as folder:
        code, output = abidiff(stub(folder, compiler), library)
        if code:
            fail(f"the library is not what its headers say:\n{output}")
        check_noticed(folder, compiler)


def update(compiler):
    with tempfile.TemporaryDirectory() as folder:
        abidw(stub(folder, compiler), BASELINE)
    shutil.rmtree(RELEASED, ignore_errors=True)
    shutil.copytree(os.path.join(INCLUDE, "mtlsauth"), RELEASED)


def main():
    if sys.argv[1] == "update":
        update(sys.argv[2])
    else:
        check(*sys.argv[2:4])
    finish("ABI")


main()
