#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a line "ALIAS PAGE" for each further name of a page, and makes the links in a folder.

aliases.py FOLDER PAGE...

The names are those of the section NAME; the first is that of the page itself.
"""
import os
import re
import sys


def names(path):
    with open(path, encoding="utf-8") as file:
        section = re.search(r"^\.Sh NAME\n(.*?)^\.Sh ", file.read(), re.M | re.S).group(1)
    return re.findall(r"^\.Nm (\S+)", section, re.M)


def main():
    folder, pages = sys.argv[1], sys.argv[2:]
    for name in os.listdir(folder):
        if os.path.islink(os.path.join(folder, name)):
            os.unlink(os.path.join(folder, name))
    for page in pages:
        number = page.rpartition(".")[2]
        if number != "3":
            continue
        for name in names(os.path.join(folder, page))[1:]:
            alias = f"{name}.{number}"
            os.symlink(page, os.path.join(folder, alias))
            print(alias, page)


main()
