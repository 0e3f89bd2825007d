#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the headers declare, what the map lists and what the library exports are the same.

exports.py LIBRARY.so ARCHIVE.a DLSYM
DLSYM is the program that looks a list of symbols up in a library (dlsym.c).
"""
import os
import re
import sys

from common import ROOT, fail, finish, must, prototypes, read, run

# What compilers and sanitizers put there by themselves.
OWN_OF_COMPILER = re.compile(r"__odr_asan|__asan|__x86\.get_pc_thunk|\.\.asan|___asan")


def in_map():
    text = re.sub(r"/\*.*?\*/|#[^\n]*", " ", read(os.path.join(ROOT, "lib", "mtlsauth.map")),
                  flags=re.S)
    names, nodes = [], []
    for node, body in re.findall(r"([\w.]+)\s*\{([^}]*)\}", text):
        nodes.append(node)
        exported = re.search(r"\bglobal:(.*?)(?:\blocal:|$)", body, flags=re.S).group(1)
        names += [name.strip() for name in exported.split(";") if name.strip()]
    if sorted(names) != names and len(nodes) == 1:
        fail("lib/mtlsauth.map: the names are not in order")
    for name in names:
        if names.count(name) > 1:
            fail(f"lib/mtlsauth.map: {name} stands there twice")
        if "*" in name or "?" in name:
            fail(f"lib/mtlsauth.map: {name} is a pattern: it exports what nobody has decided on")
    return set(names), nodes


def defined(*arguments):
    """(type, name) of what nm lists."""
    rows = []
    for line in must("nm", "--defined-only", *arguments).splitlines():
        fields = line.split()
        if len(fields) >= 3 and len(fields[-2]) == 1:
            rows.append((fields[-2], fields[-1]))
    return rows


def main():
    library, archive, dlsym = sys.argv[1:4]
    declared = prototypes()
    listed, nodes = in_map()

    for name in sorted(set(declared) - listed):
        fail(f"{name} of {declared[name]} is not in lib/mtlsauth.map")
    for name in sorted(listed - set(declared)):
        fail(f"{name} of lib/mtlsauth.map is in no public header")

    exported = set()
    for kind, symbol in defined("-D", library):
        name, _, version = symbol.partition("@")
        if kind == "A" and name in nodes or OWN_OF_COMPILER.match(name):
            continue
        if not version.lstrip("@") in nodes:
            fail(f"{name} is exported without a version node")
        exported.add(name)
    for name in sorted(set(declared) - exported):
        fail(f"{name} of {declared[name]} is not exported by {os.path.basename(library)}")
    for name in sorted(exported - set(declared)):
        fail(f"{name} is exported and in no public header")

    public = 0
    for kind, name in defined("-g", archive):
        if OWN_OF_COMPILER.match(name):
            continue
        public += 1
        if not name.startswith("mtlsauth_"):
            fail(f"{name} ({kind}) of {os.path.basename(archive)} does not begin with mtlsauth_")
    if public == 0:
        fail(f"{archive} defines nothing")

    well, output = run(dlsym, library, *sorted(declared))
    if not well:
        fail(f"through dlopen:\n{output}")
    finish(f"{len(declared)} functions declared, {len(listed)} in the map, {len(exported)} "
           f"exported, {public} global in the archive")


main()
