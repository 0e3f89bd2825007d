#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every command of the pages of docs/ that are made of commands.

recipes.py TOOL LIBRARY.so [CC ...]

```sh       is run by sh -eu in a folder where d/ has the files of tests/data; exit=N is its status, 0 if
            it is not said. What follows as ```text has to stand in its output, line by line, "..."
            for any lines between, or for a part of a line.
```c NAME   is compiled to ./NAME with the library; with no compiler (a sanitizer is in the library)
            it is left out, and so is the next ```sh.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ["MTLSAUTH_SOURCE"]
DATA = os.environ["MTLSAUTH_TEST_DATA"]
PAGES = ["tutorial.md", "recipes.md", "migrating.md", "troubleshooting.md"]
failures = []


def blocks(text):
    """(line, info, body) of each fenced block."""
    for found in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 1, found.group(1), found.group(2)


def same(line, want):
    parts = map(re.escape, want.rstrip().split("..."))
    return re.fullmatch(".*".join(parts), line.rstrip()) is not None


def shows(output, wanted):
    """Do the wanted lines stand in the output, one behind the other?"""
    lines = output.splitlines()
    at = 0
    anywhere = False
    for want in wanted.splitlines():
        if want.strip() == "...":
            anywhere = True
            continue
        while at < len(lines) and not same(lines[at], want) and anywhere:
            at += 1
        if at == len(lines) or not same(lines[at], want):
            return False
        at += 1
        anywhere = False
    return anywhere or at == len(lines)


def run_page(name, folder, env, library, compiler):
    with open(os.path.join(ROOT, "docs", name), encoding="utf-8") as file:
        page = file.read()
    output = None
    left_out = False
    commands = 0
    for line, info, body in blocks(page):
        where = f"docs/{name}:{line}"
        kind = info.split()[0] if info else ""
        if kind == "c":
            program = info.split()[1]
            left_out = not compiler
            if compiler:
                with open(os.path.join(folder, program + ".c"), "w", encoding="utf-8") as file:
                    file.write(body)
                subprocess.run(compiler + ["-Wall", "-Wextra", "-Werror", program + ".c", "-o",
                                           program, "-I" + os.path.join(ROOT, "include"), library,
                                           "-Wl,-rpath," + os.path.dirname(library)],
                               cwd=folder, check=True)
        elif kind == "sh":
            output = None
            if left_out:
                left_out = False
                continue
            said = subprocess.run(["sh", "-eu", "-c", body], cwd=folder, env=env, text=True,
                                  encoding="utf-8", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            wanted = int((re.findall(r"exit=(\d+)", info) or ["0"])[0])
            commands += 1
            output = said.stdout
            if said.returncode != wanted:
                failures.append(f"{where}: status {said.returncode}, not {wanted}:\n{body}{output}")
        elif kind == "text":
            if output is not None and not shows(output, body):
                failures.append(f"{where}: it says\n{output}\nand not\n{body}")
        else:
            failures.append(f"{where}: a block of no known kind")
    if commands == 0:
        failures.append(f"docs/{name}: no command was found")


def main():
    tool, library = map(os.path.abspath, sys.argv[1:3])
    compiler = " ".join(sys.argv[3:]).split()
    for name in PAGES:
        folder = tempfile.mkdtemp()
        try:
            os.symlink(DATA, os.path.join(folder, "d"))
            env = dict(os.environ, LC_ALL="C.UTF-8",
                       PATH=os.path.dirname(tool) + os.pathsep + os.environ["PATH"])
            run_page(name, folder, env, library, compiler)
        finally:
            shutil.rmtree(folder)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
