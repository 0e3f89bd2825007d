#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tree as a package has it: installed to a DESTDIR, and used from there through pkg-config.

installed.py CC [README]
Compiles and runs the first C example of README.md as README.md says.
"""
import glob
import os
import re
import shlex
import sys
import tempfile

import hardening
from common import ROOT, fail, finish, headers, must, read, run

PREFIX = "/opt/somewhere"
LIBDIR = "lib/elsewhere"

SMALL = """
#include <mtlsauth/mtlsauth.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("%s\\n", mtlsauth_version());
    return mtlsauth_version_number() == MTLSAUTH_VERSION_NUMBER &&
                   strcmp(mtlsauth_code_name(MTLSAUTH_DENY_REVOKED), "MTLSAUTH_DENY_REVOKED") == 0
               ? 0
               : 1;
}
"""


def install(folder):
    build, dest = os.path.join(folder, "build"), os.path.join(folder, "dest")
    must("meson", "setup", build, ROOT, f"--prefix={PREFIX}", f"--libdir={LIBDIR}",
         "-Dtests=disabled", "-Dexamples=disabled", "-Dfuzzing=none")
    must("meson", "install", "-C", build, env={**os.environ, "DESTDIR": dest})
    for path, _, names in os.walk(dest):
        for name in names:
            if not os.path.join(path, name).startswith(dest + PREFIX + "/"):
                fail(f"installed outside of the prefix: {os.path.join(path, name)[len(dest):]}")
    return dest, build


def check_files(dest, build):
    lib = dest + os.path.join(PREFIX, LIBDIR)
    for name in headers():
        if not os.path.isfile(os.path.join(dest + PREFIX, "include", "mtlsauth", name)):
            fail(f"include/mtlsauth/{name} is not installed")
    for name in ("libmtlsauth.a", "libmtlsauth.so", "pkgconfig/libmtlsauth.pc"):
        if not os.path.exists(os.path.join(lib, name)):
            fail(f"{LIBDIR}/{name} is not installed")
    real = os.path.realpath(os.path.join(lib, "libmtlsauth.so"))
    hardening.check(real)
    for path in [real] + glob.glob(os.path.join(lib, "pkgconfig", "*.pc")):
        with open(path, "rb") as file:
            content = file.read()
        if dest.encode() in content:
            fail(f"{os.path.basename(path)} has DESTDIR inside")
        if path.endswith(".pc") and build.encode() in content:
            fail(f"{os.path.basename(path)} names the build folder")
    pc = read(os.path.join(lib, "pkgconfig", "libmtlsauth.pc"))
    for line in ("Name: ", "Description: ", "URL: ", "Version: ", "Requires.private: libcrypto",
                 "Libs: ", "Cflags: "):
        if not re.search("^" + re.escape(line), pc, flags=re.M):
            fail(f"libmtlsauth.pc has no line '{line}'")
    return lib


def compile_and_run(compiler, dest, lib, name, source, folder):
    env = {**os.environ, "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"),
           "PKG_CONFIG_SYSROOT_DIR": dest}
    flags = shlex.split(must("pkg-config", "--cflags", "--libs", "libmtlsauth", env=env))
    path, program = os.path.join(folder, "example.c"), os.path.join(folder, "example")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    # Exactly as README.md says it; and with the archive.
    static = [os.path.join(lib, "libmtlsauth.a")] + shlex.split(
        must("pkg-config", "--libs", "libcrypto")) + ["-pthread"]
    cflags = [flag for flag in flags if flag.startswith("-I")]
    for kind, arguments in (("shared", flags), ("static", cflags + static)):
        well, output = run(*compiler, path, *arguments, "-o", program)
        if not well:
            fail(f"{name} ({kind}) does not compile:\n{output}")
            continue
        if output.strip():
            fail(f"{name} ({kind}) compiles with a warning:\n{output}")
        well, output = run(program, env={**os.environ, "LD_LIBRARY_PATH": lib}, cwd=folder)
        print(f"{name} ({kind}) says: {output.strip()}")
        if not well and name != "README.md":
            fail(f"{name} ({kind}) ran and failed:\n{output}")
        if not well and re.search(r"Sanitizer|error while loading|symbol lookup", output):
            fail(f"{name} ({kind}) did not run:\n{output}")


def main():
    compiler = shlex.split(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        dest, build = install(folder)
        lib = check_files(dest, build)
        compile_and_run(compiler, dest, lib, "a small program", SMALL, folder)
        readme = os.path.join(ROOT, "README.md")
        example = re.search(r"^```c\n(.*?)^```", read(readme), flags=re.S | re.M) \
            if os.path.isfile(readme) else None
        if example is None:
            print("README.md has no C example yet: not compiled")
        else:
            compile_and_run(compiler, dest, lib, "README.md", example.group(1), folder)
    finish("installed tree")


main()
