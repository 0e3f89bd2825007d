#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The release as a distribution takes it: the tarball of `meson dist` is built twice in two folders,
both libraries are the same to the byte, and what is installed from it serves pkg-config, CMake and
meson. dist.py CC"""
import filecmp
import os
import shutil
import sys
import tarfile

import hardening
from common import ROOT, fail, finish, in_ci, must, read, run, scratch, skip

COMPILER = sys.argv[1]
PREFIX = "/usr"
LIBDIR = "lib/x86_64-linux-gnu"
TOP = {"COPYING", "README.md", "bindings", "docs", "examples", "include", "lib", "meson.build", "meson_options.txt",
       "tests"}

CMAKE = """
cmake_minimum_required(VERSION 3.16)
project(user C)
find_package(PkgConfig REQUIRED)
pkg_check_modules(mtlsauth REQUIRED IMPORTED_TARGET libmtlsauth)
add_executable(user example.c)
target_link_libraries(user PkgConfig::mtlsauth)
"""

MESON = """
project('user', 'c')
executable('user', 'example.c', dependencies: dependency('libmtlsauth'%s))
"""

WRAP = """
[wrap-file]
directory = libmtlsauth

[provide]
libmtlsauth = mtlsauth_dep
"""


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def tarball(folder):
    """Made from a clone, so that only what is committed is in it."""
    if not os.path.exists(os.path.join(ROOT, ".git")):
        skip("no git checkout: there is nothing to make a tarball from")
    clone, build = os.path.join(folder, "clone"), os.path.join(folder, "clone-build")
    must("git", "-c", f"safe.directory={ROOT}", "-c", "safe.directory=*", "clone", "-q",
         "--no-hardlinks", ROOT, clone)
    must("meson", "setup", build, clone, "-Dtests=disabled", "-Dexamples=disabled")
    must("meson", "dist", "-C", build, "--no-tests", "--formats", "gztar")
    made = os.listdir(os.path.join(build, "meson-dist"))
    name = next(name for name in made if name.endswith(".tar.gz"))
    version = must("meson", "introspect", build, "--projectinfo").split('"version": "')[1]
    if name != f"libmtlsauth-{version.split(chr(34))[0]}.tar.gz":
        fail(f"the tarball is called {name}")
    if f"{name}.sha256sum" not in made:
        fail(f"no sha256sum beside {name}")
    return os.path.join(build, "meson-dist", name)


def unpack(archive, folder):
    with tarfile.open(archive) as file:
        file.extractall(folder)
    source = os.path.join(folder, os.listdir(folder)[0])
    for name in sorted(os.listdir(source)):
        if name not in TOP and not name.startswith("."):
            fail(f"the tarball has {name} at its top")
    return source


def build_twice(archive, folder):
    """The same sources in two folders of different depth, each built in a folder of its own."""
    trees = []
    for number, place in enumerate(("one", "somewhere/else/two")):
        source = unpack(archive, os.path.join(folder, place, "source"))
        build = os.path.join(source, "build")
        must("meson", "setup", build, source, f"--prefix={PREFIX}", f"--libdir={LIBDIR}",
             "-Dtests=disabled", "-Dexamples=disabled", "-Dfuzzing=none")
        must("meson", "compile", "-C", build)
        trees.append((source, build))
        if number == 0:
            must("meson", "install", "-C", build,
                 env={**os.environ, "DESTDIR": os.path.join(folder, "dest")})
    for name in ("libmtlsauth.so", "libmtlsauth.a"):
        first, second = (os.path.realpath(os.path.join(build, "lib", name)) for _, build in trees)
        if not filecmp.cmp(first, second, shallow=False):
            fail(f"{name} of two folders differs: the build is not reproducible")
        with open(first, "rb") as file:
            if folder.encode() in file.read():
                fail(f"{name} names the folder that it was built in")
    return trees[0][0]


def try_program(name, program, folder, env):
    data = os.path.join(folder, "data")
    if not os.path.isdir(data):
        must(os.path.join(ROOT, "tests", "data", "make.sh"), data)
    well, output = run(program, os.path.join(data, "root.pem"),
                       os.path.join(data, "two-names.pem"), env=env)
    if not well or "allowed: dns:client.example.com" not in output:
        fail(f"the example, built by {name}: {output.strip()}")


def use(source, folder):
    dest = os.path.join(folder, "dest")
    lib = dest + os.path.join(PREFIX, LIBDIR)
    hardening.check(os.path.realpath(os.path.join(lib, "libmtlsauth.so")))
    example = read(os.path.join(source, "examples", "example.c"))
    env = {**os.environ, "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"),
           "PKG_CONFIG_SYSROOT_DIR": dest, "LD_LIBRARY_PATH": lib, "CC": COMPILER}

    project = os.path.join(folder, "by-pkg-config")
    write(os.path.join(project, "example.c"), example)
    well, output = run("sh", "-c", f"{COMPILER} example.c $(pkg-config --cflags --libs libmtlsauth) -o user",
                       cwd=project, env=env)
    if well:
        try_program("pkg-config", os.path.join(project, "user"), folder, env)
    else:
        fail(f"pkg-config: {output}")

    # meson asks pkg-config as well; --prefix of a DESTDIR is what the sysroot stands for.
    project = os.path.join(folder, "by-meson")
    write(os.path.join(project, "example.c"), example)
    write(os.path.join(project, "meson.build"), MESON % "")
    must("meson", "setup", os.path.join(project, "build"), project, env=env)
    must("meson", "compile", "-C", os.path.join(project, "build"), env=env)
    try_program("meson", os.path.join(project, "build", "user"), folder, env)

    project = os.path.join(folder, "by-subproject")
    write(os.path.join(project, "example.c"), example)
    write(os.path.join(project, "meson.build"), MESON % "")
    write(os.path.join(project, "subprojects", "libmtlsauth.wrap"), WRAP)
    shutil.copytree(source, os.path.join(project, "subprojects", "libmtlsauth"),
                    ignore=shutil.ignore_patterns("build"))
    must("meson", "setup", os.path.join(project, "build"), project, "--wrap-mode=forcefallback")
    must("meson", "compile", "-C", os.path.join(project, "build"))
    try_program("a subproject", os.path.join(project, "build", "user"), folder, os.environ)

    if shutil.which("cmake") is None:
        if in_ci():
            fail("cmake is missing")
        print("without cmake: pkg_check_modules was not tried")
        return
    project = os.path.join(folder, "by-cmake")
    write(os.path.join(project, "example.c"), example)
    write(os.path.join(project, "CMakeLists.txt"), CMAKE)
    must("cmake", "-S", project, "-B", os.path.join(project, "build"), env=env)
    must("cmake", "--build", os.path.join(project, "build"), env=env)
    try_program("CMake", os.path.join(project, "build", "user"), folder, env)


def main():
    with scratch() as folder:
        os.environ["CC"] = COMPILER
        use(build_twice(tarball(folder), folder), folder)
    finish("tarball")


main()
