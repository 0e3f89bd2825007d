#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turns every condition of the decision path wrong, one at a time, and asks whether a test notices.

usage: tests/mutate/mutate.py [--work DIR] [--jobs N] [--only GLOB]... [--longest SECONDS]
                              [--tests GLOB]... [--torture] [--list]

All mutants are compiled into one library, and the environment chooses one, so that nothing is built
anew; another run builds what has changed. A condition is negated, and held at true and at false; an operand of && is held at true, one of
|| at false. Each mutant is given the tests that reach it, the fastest first, until one fails. What no
test notices has to stand in survivors.txt with a reason; what stands there and is noticed, too, is an
error, as it is with a list of known failures.

  --work DIR   where the changed copy is built (default: build-mutate beside the sources)
  --only GLOB  of the files of lib/, as lib/trust/path.c (default: revocation, identity, trust,
               authorizer); others are built with their mutants, which nobody chooses
  --longest SECONDS  a test that takes longer is no fast one (default: 30)
  --tests GLOB  only these of them, as revocation_*: what survives may be noticed by others
  --torture    gives what survives to the tests that fail every allocation, too; slow
  --list       only says which mutants there are

Needs python3-clang-14 (libclang). Exits 0 when nothing survives without a reason.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import time

import clang.cindex as cindex

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["lib/revocation/*", "lib/identity/*", "lib/trust/*", "lib/authorizer/*"]
KINDS = ["negated", "true", "false"]
MOST_POINTS = 8192

# The choice, and the list of what was reached, which a traced run writes when it ends.
RUNTIME = """
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>
unsigned mtlsauth__mutant_chosen;
unsigned char mtlsauth__mutant_reached[MTLSAUTH_MUTANTS];
__attribute__((constructor)) static void mutant_begin(void)
{
    const char *chosen = getenv("MTLSAUTH_MUTANT");
    if (chosen != NULL)
        mtlsauth__mutant_chosen = (unsigned)strtoul(chosen, NULL, 10);
}
__attribute__((destructor)) static void mutant_end(void)
{
    const char *path = getenv("MTLSAUTH_MUTANT_TRACE");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0) {
        (void)!write(file, mtlsauth__mutant_reached, sizeof mtlsauth__mutant_reached);
        close(file);
    }
}
"""

HEADER = """
#ifndef MUTANT_H
#define MUTANT_H
#include <stdbool.h>
enum { MTLSAUTH_MUTANTS = %d };
extern unsigned mtlsauth__mutant_chosen;
extern unsigned char mtlsauth__mutant_reached[MTLSAUTH_MUTANTS];
/* 3 * point + kind + 1 is chosen; 0 is none. */
static inline bool mtlsauth__mutant(unsigned point, bool value)
{
    unsigned kind = mtlsauth__mutant_chosen - 3 * point - 1;
    mtlsauth__mutant_reached[point] = 1;
    return kind == 0 ? !value : kind == 1 ? true : kind == 2 ? false : value;
}
#endif
"""

Point = collections.namedtuple("Point", "number file function text kinds start end")


LOGICAL = ("&&", "||")
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")


def binary_operator(cursor):
    """The operator between two operands, or ""; libclang 14 does not say."""
    children = list(cursor.get_children())
    if cursor.kind != cindex.CursorKind.BINARY_OPERATOR or len(children) != 2:
        return ""
    left_end = children[0].extent.end.offset
    right_start = children[1].extent.start.offset
    for token in cursor.get_tokens():
        if left_end <= token.extent.start.offset < right_start and token.spelling != ")":
            return token.spelling
    return ""


class Finder:
    """The conditions of one file, outermost first."""

    def __init__(self, path, arguments):
        self.path = path
        self.source = (ROOT / path).read_bytes()
        index = cindex.Index.create()
        self.unit = index.parse(str(ROOT / path), args=arguments)
        self.found = {}

    def add(self, cursor, kinds):
        start, end = cursor.extent.start, cursor.extent.end
        if start.file is None or not start.file.name.endswith(self.path):
            return
        text = self.source[start.offset:end.offset].decode()
        if not text or text.count("(") != text.count(")"):
            return  # its end lies in a macro
        key = (start.offset, end.offset)
        self.found.setdefault(key, (self.function, text, set()))[2].update(kinds)

    def operands(self, cursor):
        operator = binary_operator(cursor)
        if operator not in LOGICAL:
            return
        for child in cursor.get_children():
            if binary_operator(child) != operator:
                self.add(child, {"true" if operator == "&&" else "false", "negated"})

    def visit(self, cursor):
        kind = cursor.kind
        children = list(cursor.get_children())
        if kind == cindex.CursorKind.FUNCTION_DECL:
            self.function = cursor.spelling
        if kind == cindex.CursorKind.VAR_DECL and cursor.storage_class == cindex.StorageClass.STATIC:
            return
        if kind == cindex.CursorKind.CASE_STMT:
            children = children[1:]
        if kind in (cindex.CursorKind.IF_STMT, cindex.CursorKind.CONDITIONAL_OPERATOR):
            self.add(children[0], set(KINDS))
        elif kind == cindex.CursorKind.WHILE_STMT:
            self.add(children[0], {"false"})
        elif kind == cindex.CursorKind.BINARY_OPERATOR:
            self.operands(cursor)
        elif kind == cindex.CursorKind.RETURN_STMT and children:
            if (children[0].type.spelling in ("bool", "_Bool")
                    or binary_operator(children[0]) in LOGICAL + COMPARISONS):
                self.add(children[0], {"true", "false"})
        for child in children:
            self.visit(child)

    def points(self):
        for cursor in self.unit.cursor.get_children():
            if (cursor.kind == cindex.CursorKind.FUNCTION_DECL and cursor.is_definition()
                    and cursor.location.file and cursor.location.file.name.endswith(self.path)):
                self.function = cursor.spelling
                self.visit(cursor)
        for (start, end), (function, text, kinds) in sorted(self.found.items()):
            text = " ".join(text.split())
            if text not in ("true", "false", "0", "1", "NULL"):
                yield function, text, sorted(kinds, key=KINDS.index), start, end


def is_one_of(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def find_points():
    arguments = ["-std=c11", "-D_GNU_SOURCE", f"-I{ROOT}/include", f"-I{ROOT}/lib",
                 "-I/usr/lib/llvm-14/lib/clang/14.0.6/include", "-I/usr/lib/gcc/x86_64-linux-gnu/12/include"]
    points = []
    for file in sorted(ROOT.glob("lib/*/*.c")):
        path = str(file.relative_to(ROOT))
        if is_one_of(path, FOLDERS):
            for found in Finder(path, arguments).points():
                points.append(Point(len(points), path, *found))
    return points


def rewrite(source, points):
    """The text with each condition inside a call; the insertions of nested ones do not cross."""
    inserts = []
    for point in points:
        inserts.append((point.start, 1, -point.end, f"mtlsauth__mutant({point.number}, ("))
        inserts.append((point.end, 0, -point.start, "))"))
    for offset, _, _, text in sorted(inserts, reverse=True):
        source = source[:offset] + text.encode() + source[offset:]
    return source


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout.decode(errors='replace')[-4000:]}")


def put(path, content, mode=0o644):
    """Writes what has changed, so that nothing else is compiled again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    path.chmod(mode)


def build(work, points):
    """A copy of the sources with all mutants, and what meson knows of its tests."""
    copy, out = work / "source", work / "build"
    by_file = collections.defaultdict(list)
    for point in points:
        by_file[point.file].append(point)
    names = {name for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT,
                                                      text=True).splitlines()
             if (ROOT / name).is_file()}
    for path in copy.rglob("*"):
        if path.is_file() and str(path.relative_to(copy)) not in names:
            path.unlink()
    for name in names:
        content = (ROOT / name).read_bytes()
        if name in by_file:
            content = rewrite(content, by_file[name])
        elif name == "lib/base/error.c":
            content += RUNTIME.encode()
        put(copy / name, content, (ROOT / name).stat().st_mode)
    put(work / "mutant.h", (HEADER % MOST_POINTS).encode())
    if not (out / "build.ninja").exists():
        run(["meson", "setup", out, copy, "-Dfuzzing=none", "-Dexamples=disabled",
             "-Dwarning_level=0", "-Dbuildtype=plain",
             f"-Dc_args=-O1 -include {work}/mutant.h -w -Wno-error"])
    run(["ninja", "-C", out])
    # The vectors of conformance tests, where there are any.
    if (ROOT.parent / "shared").exists() and not (work / "shared").exists():
        (work / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return json.loads(subprocess.check_output(["meson", "introspect", out, "--tests"]))


class Test:
    def __init__(self, entry, work):
        self.name = entry["name"]
        self.command = entry["cmd"]
        self.env = dict(os.environ, **entry["env"], CK_FORK="no")
        self.env.pop("MTLSAUTH_MUTANT", None)
        self.cwd = entry["workdir"] or str(work / "build")
        self.trace = work / ("trace." + self.name)
        self.reached = b""
        self.seconds = 0.0

    def fails(self, mutant=None, trace=False):
        env = dict(self.env)
        if mutant is not None:
            env["MTLSAUTH_MUTANT"] = str(mutant)
        if trace:
            env["MTLSAUTH_MUTANT_TRACE"] = str(self.trace)
        limit = 600 if mutant is None else 10 + 10 * self.seconds
        try:
            return subprocess.run(self.command, env=env, cwd=self.cwd, timeout=limit,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode not in (0, 77)
        except subprocess.TimeoutExpired:
            return True

    def measure(self):
        """False for a test that fails without a mutant: it says nothing."""
        began = time.monotonic()
        if self.fails(trace=True):
            print(f"left out: {self.name} fails without a mutant", file=sys.stderr)
            return False
        self.seconds = time.monotonic() - began
        self.reached = self.trace.read_bytes() if self.trace.exists() else b""
        return True


def is_wanted(entry, torture):
    suites = {suite.split(":")[-1] for suite in entry["suite"]}
    if entry["name"].startswith("alloc_"):
        return torture
    return ("unit" in suites or "conformance" in suites) and entry["name"] not in (
        "bettertls", "worst")


def notice(point, kind, tests):
    """The name of the test that notices, or None."""
    mutant = 3 * point.number + KINDS.index(kind) + 1
    for test in tests:
        if point.number < len(test.reached) and test.reached[point.number] and test.fails(mutant):
            return test.name
    return None


def read_explained(path):
    """file | function | condition | kind | reason, one a line; # begins a comment."""
    explained = {}
    if path.exists():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split(" | ")]
            if len(fields) != 5 or not fields[4]:
                sys.exit(f"{path}:{number}: five fields are needed: "
                         "file | function | condition | kind | reason")
            explained[tuple(fields[:4])] = fields[4]
    return explained


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1])
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build-mutate")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", action="append")
    parser.add_argument("--longest", type=float, default=30)
    parser.add_argument("--tests", action="append", default=[])
    parser.add_argument("--torture", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    work = options.work.resolve()

    cindex.Config.set_library_file("/usr/lib/llvm-14/lib/libclang.so.1")
    points = find_points()
    if len(points) > MOST_POINTS:
        sys.exit(f"{len(points)} conditions are more than MOST_POINTS")
    wanted = [point for point in points if is_one_of(point.file, options.only or FOLDERS)]
    if options.list:
        for point in wanted:
            print(point.file, point.function, point.text, ",".join(point.kinds), sep=" | ")
        return 0
    entries = build(work, points)
    tests = [Test(entry, work) for entry in entries
             if is_wanted(entry, options.torture) and is_one_of(entry["name"], options.tests or ["*"])]
    tests = [test for test in tests if test.measure()]
    tests = sorted((test for test in tests if test.seconds <= options.longest),
                   key=lambda test: test.seconds)

    mutants = [(point, kind) for point in wanted for kind in point.kinds]
    survivors = []
    began = last = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(notice, point, kind, tests) for point, kind in mutants]
        for number, ((point, kind), job) in enumerate(zip(mutants, jobs), 1):
            if job.result() is None:
                survivors.append((point.file, point.function, point.text, kind))
                print("survives:", *survivors[-1], sep=" | ", file=sys.stderr, flush=True)
            if time.monotonic() - last > 60:
                last = time.monotonic()
                print(f"{number} of {len(mutants)} after {last - began:.0f} s, "
                      f"{len(survivors)} survive", file=sys.stderr, flush=True)

    explained = read_explained(ROOT / "tests/mutate/survivors.txt")
    files = {point.file for point in wanted}
    unexplained = [key for key in survivors if key not in explained]
    noticed = [key for key in explained if key[0] in files and key not in survivors]
    for key in unexplained:
        print("survives:", *key, sep=" | ")
    for key in noticed:
        print("no longer survives (take it from survivors.txt):", *key, sep=" | ")
    print(f"{len(mutants)} mutants, {len(mutants) - len(survivors)} noticed, "
          f"{len(survivors) - len(unexplained)} survive for a reason, {len(unexplained)} without one")
    return 1 if unexplained or noticed else 0


if __name__ == "__main__":
    sys.exit(main())
