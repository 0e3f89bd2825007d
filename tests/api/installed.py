#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tree as a package has it: installed to a DESTDIR, and used from there through pkg-config.

installed.py CC ['NAME|PACKAGE...|FILE...']...
A small program and the first C example of README.md are compiled as README.md says, and run.
Programs of examples/ are compiled from their files, with pkg-config alone; those that open with the
command that builds them, by that command.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

import hardening
from common import ROOT, fail, finish, headers, must, prototypes, read, run, scratch

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
    for name in prototypes():
        if not os.path.isfile(os.path.join(dest + PREFIX, "share", "man", "man3", name + ".3")):
            fail(f"there is no installed page for {name}")
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


def build_with(compiler, dest, lib, name, source, folder):
    """Compiles against the installed tree; the programs that came of it."""
    env = {**os.environ, "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"),
           "PKG_CONFIG_SYSROOT_DIR": dest}
    flags = shlex.split(must("pkg-config", "--cflags", "--libs", "libmtlsauth", env=env))
    path = os.path.join(folder, "example.c")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    # As README.md says it; and with the archive.
    archive = [flag for flag in flags if flag.startswith("-I")] + [
        os.path.join(lib, "libmtlsauth.a"), "-pthread"] + shlex.split(
            must("pkg-config", "--libs", "libcrypto"))
    for kind, arguments in (("shared", flags), ("static", archive)):
        program = os.path.join(folder, kind)
        well, output = run(*compiler, path, *arguments, "-o", program)
        if not well:
            fail(f"{name} ({kind}) does not compile:\n{output}")
            continue
        if output.strip():
            fail(f"{name} ({kind}) compiles with a warning:\n{output}")
        yield kind, program, {**os.environ, "LD_LIBRARY_PATH": lib}


def check_small(compiler, dest, lib, folder):
    for kind, program, env in build_with(compiler, dest, lib, "a small program", SMALL, folder):
        well, output = run(program, env=env)
        if not well:
            fail(f"a small program ({kind}) ran and failed:\n{output}")


def readme_example():
    found = re.search(r"^```c\n(.*?)^```", read(os.path.join(ROOT, "README.md")),
                      flags=re.S | re.M)
    if found is None or read(os.path.join(ROOT, "examples", "example.c")) != found.group(1):
        fail("examples/example.c is not the first C example of README.md")
    return read(os.path.join(ROOT, "examples", "example.c"))


def check_readme(compiler, dest, lib, folder):
    data = os.path.join(folder, "data")
    source = readme_example()
    must(os.path.join(ROOT, "tests", "data", "make.sh"), data)
    for kind, program, env in build_with(compiler, dest, lib, "README.md", source, folder):
        for client, code, words in (("two-names.pem", 0, "allowed: dns:client.example.com"),
                                    ("expired.pem", 1, "denied: "),
                                    ("missing.pem", 2, "no such file")):
            done = subprocess.run([program, os.path.join(data, "root.pem"),
                                   os.path.join(data, client)], env=env, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != code or words not in done.stdout:
                fail(f"README.md ({kind}): {client}: exit code {done.returncode}, not {code} with "
                     f"'{words}': {done.stdout.strip()}")


def check_examples(compiler, dest, lib, folder, programs):
    env = {**os.environ, "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"),
           "PKG_CONFIG_SYSROOT_DIR": dest}
    ours = shlex.split(must("pkg-config", "--cflags", "--libs", "libmtlsauth", env=env))
    copy = os.path.join(folder, "examples")
    shutil.copytree(os.path.join(ROOT, "examples"), copy)
    for program in programs:
        name, packages, files = (part.split() for part in program.split("|"))
        others = shlex.split(must("pkg-config", "--cflags", "--libs", *packages))
        paths = [os.path.join(ROOT, "examples", file) for file in files]
        told = re.search(r"^ \*     (cc .*?)^ \*$", read(paths[0]), flags=re.S | re.M)
        if told is None:
            well, output = run(*compiler, "-std=c11", "-D_POSIX_C_SOURCE=200809L", *paths, *ours,
                               *others, "-pthread", "-o", os.path.join(folder, name[0]))
        else:
            command = re.sub(r"\\?\n \*", " ", told.group(1)).replace("cc", "$CC", 1)
            well, output = run("bash", "-euc", command, cwd=copy,
                               env={**env, "CC": shlex.join(compiler)})
        if not well or output.strip():
            fail(f"{name[0]} does not compile without a word:\n{output}")
        if len(read(paths[0]).splitlines()) > 420:
            fail(f"{name[0]}: {len(read(paths[0]).splitlines())} lines are no short example")


def main():
    compiler = shlex.split(sys.argv[1])
    with scratch() as folder:
        dest, build = install(folder)
        lib = check_files(dest, build)
        check_small(compiler, dest, lib, folder)
        check_readme(compiler, dest, lib, folder)
        check_examples(compiler, dest, lib, folder, sys.argv[2:])
    finish("installed tree")


main()
