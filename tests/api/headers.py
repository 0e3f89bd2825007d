#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each public header compiles alone, and twice, as C99, C11 and C++.

headers.py [COMPILER]...  (default: those of cc, clang, c++, clang++ that are there)
"""
import os
import shlex
import shutil
import sys
import tempfile

from common import INCLUDE, fail, finish, headers, run, skip

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]


def modes(compiler):
    if "++" in os.path.basename(compiler):
        return [("c++", standard) for standard in ("c++11", "c++17")]
    return [("c", standard) for standard in ("c99", "c11")]


def main():
    compilers = sys.argv[1:] or ["cc", "clang", "c++", "clang++"]
    compilers = [compiler for compiler in compilers if shutil.which(compiler)]
    if not any("++" in compiler for compiler in compilers):
        skip("no C++ compiler")
    openssl = shlex.split(run("pkg-config", "--cflags", "libssl")[1])
    compiled = 0
    with tempfile.TemporaryDirectory() as folder:
        for header in headers():
            source = os.path.join(folder, "alone.c")
            with open(source, "w", encoding="utf-8") as file:
                file.write(f"#include <mtlsauth/{header}>\n" * 2 + "int nothing;\n")
            for compiler in compilers:
                for language, standard in modes(compiler):
                    flags = openssl if header == "openssl.h" else []
                    well, output = run(compiler, *STRICT, f"-std={standard}", "-x", language,
                                       "-I" + INCLUDE, *flags, source)
                    compiled += 1
                    if not well:
                        fail(f"{header} alone as {standard} with {compiler}:\n{output}")
    finish(f"{compiled} compilations with {', '.join(compilers)}")


main()
