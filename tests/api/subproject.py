#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library as a meson subproject is found like an installed one: dependency('libmtlsauth')."""
import os
import tempfile

from common import ROOT, finish, must

BUILD = """
project('user', 'c')
exe = executable('user', 'user.c', dependencies: dependency('libmtlsauth'))
test('user', exe)
"""

WRAP = """
[wrap-file]
directory = libmtlsauth

[provide]
libmtlsauth = mtlsauth_dep
"""

PROGRAM = """
#include <mtlsauth/mtlsauth.h>
int main(void) { return mtlsauth_version_number() == MTLSAUTH_VERSION_NUMBER ? 0 : 1; }
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "subprojects"))
        os.symlink(ROOT, os.path.join(folder, "subprojects", "libmtlsauth"))
        for name, content in (("meson.build", BUILD), ("user.c", PROGRAM),
                              ("subprojects/libmtlsauth.wrap", WRAP)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)
        build = os.path.join(folder, "build")
        must("meson", "setup", build, folder, "--wrap-mode=forcefallback")
        must("meson", "test", "-C", build, "user")
    finish("subproject")


main()
