#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Turns every condition of the decision path wrong, one at a time, and asks whether a test notices.

usage: tests/mutate/mutate.py [--work DIR] [--jobs N] [--only GLOB]... [--longest SECONDS]
                              [--tests GLOB]... [--scope-rules] [--torture] [--list]

All mutants are compiled into one library, of which each process chooses one (mutant.c), so that nothing
is built anew; another run builds what has changed. A condition is negated, and held at true and at
false; an operand of && is held at true, one of || at false. Each mutant is given the tests that reach
it, one by one, until one fails. What no test notices has to stand in survivors.txt with a reason; what
stands there and is noticed, too, is an error, as it is with a list of known failures.

  --work DIR   where the changed copy is built (default: build-mutate beside the sources); noticed.txt
               in it says which test notices what
  --only GLOB  of the files of lib/, as lib/trust/path.c (default: revocation, identity, trust,
               authorizer, cert/policies.c); others are built with their mutants, which nobody chooses
  --longest SECONDS  a program of tests that takes longer is no fast one (default: 30)
  --tests GLOB  only these of them, as revocation_*: what survives may be noticed by others
  --scope-rules  --only the files that say which CRL speaks of which certificate, unless --only says
               others, and --tests of these
  --torture    gives what survives to the tests that fail every allocation, too; slow
  --list       only says which mutants there are

Needs python3-clang-14 (libclang). Exits 0 when nothing survives without a reason.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import clang.cindex as cindex

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDERS = ["lib/cert/policies.c", "lib/revocation/*", "lib/identity/*", "lib/trust/*", "lib/authorizer/*"]
KINDS = ["negated", "true", "false"]
# Which list speaks of which certificate, for which reasons, and who may have signed it (RFC 5280 6.3.3);
# and the fast tests of that.
SCOPE_RULES = [f"lib/revocation/{name}.c" for name in
               ("scope", "point", "inquiry", "crl_issuer", "issuers", "vet", "crl_pair",
                "crl_set", "crl_table", "crl_url")]
SCOPE_TESTS = ["authorizer_crl", "crl_vectors", "revocation_[acfp]*", "revocation_delta",
               "revocation_indirect", "revocation_issuers", "revocation_s[ce]*", "authorizer_state*"]
MOST_POINTS = int(re.search(r"MUTANT_POINTS = (\d+)", (HERE / "mutant.h").read_text())[1])
# Room behind the points of a file, and what its number of points is rounded up to: a condition more
# is no reason to compile every file behind it again.
ROOM, ROUND = 8, 32

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
    first = 0
    for file in sorted(ROOT.glob("lib/*/*.c")):
        path = str(file.relative_to(ROOT))
        if is_one_of(path, FOLDERS):
            found = [Point(number, path, *point)
                     for number, point in enumerate(Finder(path, arguments).points(), first)]
            points += found
            first += (len(found) + ROOM + ROUND - 1) // ROUND * ROUND
    if first > MOST_POINTS:
        sys.exit(f"{first} conditions are more than MUTANT_POINTS in mutant.h")
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
        put(copy / name, content, (ROOT / name).stat().st_mode)
    for name in ("mutant.h", "mutant.c"):
        put(work / name, (HERE / name).read_bytes())
    linked = work / "mutant.o"
    if not linked.exists() or linked.stat().st_mtime < max(
            (work / name).stat().st_mtime for name in ("mutant.h", "mutant.c")):
        run(["cc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-fPIC", "-c", work / "mutant.c", "-o", linked])
        shutil.rmtree(out, ignore_errors=True)
    if not (out / "build.ninja").exists():
        run(["meson", "setup", out, copy, "-Dfuzzing=none", "-Dexamples=disabled",
             "-Dwarning_level=0", "-Dbuildtype=plain",
             f"-Dc_args=-O1 -include {work}/mutant.h -w -Wno-error",
             f"-Dc_link_args={linked} -Wl,--wrap=tcase_fn_start,--wrap=_ck_assert_failed"])
    run(["ninja", "-C", out])
    # The vectors of conformance tests, where there are any.
    if (ROOT.parent / "shared").exists() and not (work / "shared").exists():
        (work / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return json.loads(subprocess.check_output(["meson", "introspect", out, "--tests"]))


class Program:
    """A program of tests, and what is known of it from earlier runs."""

    def __init__(self, entry, work):
        self.name = entry["name"]
        self.command = entry["cmd"]
        self.env = dict(os.environ, **entry["env"], CK_FORK="no")
        if "unit" not in {suite.split(":")[-1] for suite in entry["suite"]}:
            self.env["MUTANT_WHOLE"] = "1"
        self.cwd = entry["workdir"] or str(work / "build")
        self.memory = work / "known" / (self.name + ".json")
        code = hashlib.sha256(pathlib.Path(self.command[0]).read_bytes())
        code.update((work / "build/lib/libmtlsauth.so").read_bytes())
        self.digest = code.hexdigest()
        self.seconds, self.reached = 0.1, None
        if self.memory.exists():
            known = json.loads(self.memory.read_text())
            self.seconds = known["seconds"]
            if known["digest"] == self.digest:
                self.reached = bytes.fromhex(known["reached"])

    def reaches(self, mutants):
        return self.reached is None or any(self.reached[(mutant - 1) // len(KINDS)]
                                           for mutant in mutants)

    def notices(self, mutants):
        """{mutant: test} of those that a test notices, and the tests that fail without a mutant."""
        wanted = bytearray(MOST_POINTS * len(KINDS) + 1)
        for mutant in mutants:
            wanted[mutant] = 1
        noticed, broken = {}, []
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "wanted").write_bytes(wanted)
            (folder / "told").touch()
            (folder / "tmp").mkdir()
            process = subprocess.Popen(
                self.command, cwd=self.cwd, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=dict(self.env, TMPDIR=str(folder / "tmp"), MUTANT_WANTED=str(folder / "wanted"),
                         MUTANT_TOLD=str(folder / "told"), MUTANT_TRACE=str(folder / "trace")))
            code = process.wait()
            for line in (folder / "told").read_text().splitlines():
                word, test = line.split(maxsplit=1)
                if word == "!":
                    broken.append(test)
                elif word == "=":
                    self.seconds = float(test)
                else:
                    noticed[int(word)] = test
            if code != 0 or not (folder / "trace").exists():
                return noticed, broken + [f"all behind the last, as the program ends with {code},"]
            self.reached = (folder / "trace").read_bytes()
        self.memory.parent.mkdir(exist_ok=True)
        self.memory.write_text(json.dumps({"digest": self.digest, "seconds": self.seconds,
                                           "reached": self.reached.hex()}))
        return noticed, broken


def is_wanted(entry, torture):
    suites = {suite.split(":")[-1] for suite in entry["suite"]}
    if entry["name"].startswith("alloc_"):
        return torture
    return ("unit" in suites or "conformance" in suites) and entry["name"] not in (
        "bettertls", "worst")


def try_all(mutants, programs):
    """{mutant: who} of those that are noticed, and the tests that fail without a mutant."""
    left, noticed, broken = set(mutants), {}, set()
    for program in programs:
        if left and program.reaches(left):
            began = time.monotonic()
            found, failing = program.notices(left)
            noticed.update((mutant, f"{program.name}: {test}") for mutant, test in found.items())
            broken.update(f"{program.name}: {test}" for test in failing)
            left -= found.keys()
            print(f"{program.name}: {len(found)} noticed, {len(left)} of {len(mutants)} left, "
                  f"{time.monotonic() - began:.0f} s",
                  file=sys.stderr, flush=True)
    return noticed, broken


# What a condition that asks about memory alone looks like, or about a code that says nothing else.
MEMORY = re.compile(r"""(!?\ ?[\w.>-]*failed | [\w.>*()-]+\ [!=]=\ (NULL|NAME_NO_MEMORY|CRYPTO_FAILED|
                    MTLSAUTH_ERR_NOMEM) | \w*code\ [!=]=\ MTLSAUTH_(OK|DENY_INTERNAL))""", re.VERBOSE)


def reasons_of(survivor, explained):
    """The line that explains a survivor: its own, or that of its function for what asks about memory."""
    memory = (survivor[0], survivor[1], "memory", "*")
    if survivor in explained:
        return survivor
    return memory if memory in explained and MEMORY.fullmatch(survivor[2]) else None


def read_explained(path):
    """
    file | function | condition | kind | reason, one a line; # begins a comment. The condition "memory"
    of the kind "*" is every one in the function that asks whether memory has run out.
    """
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
    parser.add_argument("--scope-rules", action="store_true")
    parser.add_argument("--torture", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.scope_rules:
        options.only = options.only or SCOPE_RULES
        options.tests += SCOPE_TESTS
    work = options.work.resolve()

    cindex.Config.set_library_file("/usr/lib/llvm-14/lib/libclang.so.1")
    points = find_points()
    wanted = [point for point in points if is_one_of(point.file, options.only or FOLDERS)]
    if options.list:
        for point in wanted:
            print(point.file, point.function, point.text, ",".join(point.kinds), sep=" | ")
        return 0
    entries = build(work, points)
    programs = sorted((Program(entry, work) for entry in entries if is_wanted(entry, options.torture)
                       and is_one_of(entry["name"], options.tests or ["*"])),
                      key=lambda program: program.seconds)
    programs = [program for program in programs if program.seconds <= options.longest]

    mutants = {len(KINDS) * point.number + KINDS.index(kind) + 1: (point, kind)
               for point in wanted for kind in point.kinds}
    noticed, broken = {}, set()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        shares = [list(mutants)[job::options.jobs] for job in range(options.jobs)]
        for found, failing in pool.map(lambda share: try_all(share, programs), shares):
            noticed.update(found)
            broken |= failing
    with open(work / "noticed.txt", "w") as out:
        for mutant, (point, kind) in mutants.items():
            if mutant in noticed:
                print(point.file, point.function, point.text, kind, noticed[mutant], sep=" | ", file=out)
    for test in sorted(broken):
        print(f"left out: {test} fails without a mutant", file=sys.stderr)
    survivors = [(point.file, point.function, point.text, kind)
                 for mutant, (point, kind) in mutants.items() if mutant not in noticed]

    explained = read_explained(ROOT / "tests/mutate/survivors.txt")
    files = {point.file for point in wanted}
    reasons = {key: reasons_of(key, explained) for key in survivors}
    unexplained = [key for key in survivors if reasons[key] is None]
    stale = [key for key in explained if key[0] in files and key not in reasons.values()]
    for key in unexplained:
        print("survives:", *key, sep=" | ")
    for key in stale:
        print("no longer survives (take it from survivors.txt):", *key, sep=" | ")
    for file in sorted(files):
        count = [sum(point.file == file for point, _ in mutants.values())]
        count += [sum(key[0] == file for key in keys) for keys in (survivors, unexplained)]
        print(f"{file}: {count[0]} mutants, {count[0] - count[1]} noticed, "
              f"{count[1] - count[2]} survive for a reason, {count[2]} without one")
    print(f"{len(mutants)} mutants, {len(mutants) - len(survivors)} noticed, "
          f"{len(survivors) - len(unexplained)} survive for a reason, {len(unexplained)} without one")
    return 1 if unexplained or stale or broken else 0


if __name__ == "__main__":
    sys.exit(main())
