#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/checklist.md and docs/security.md say is shown by a test: the test is there. Every link from
one page to another leads somewhere, and every name of ours that a page has is there.

promises.py BUILD
"""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.environ["MTLSAUTH_SOURCE"]
PAGES = ("checklist.md", "security.md")
NUMBERS = range(1, 72)
failures = []


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tests_of(build_file):
    """What test() is called with: a name, or each of a list, or each key of a table."""
    names = set(re.findall(r"\btest\('(\w+)',", build_file))
    for over, body in re.findall(r"foreach name(?:, \w+)? : (\[.*?\]|\w+)\n(.*?)endforeach",
                                 build_file, re.S):
        if "test(name," not in body:
            continue
        if not over.startswith("["):
            over = re.search(rf"^ *{over} = \{{\n(.*?)^ *\}}", build_file, re.S | re.M)[1]
        names |= set(re.findall(r"'(\w+)'(?=[\],])" if over.startswith("[") else r"'(\w+)':", over))
    return names


def tests():
    """Names of meson's tests; those of other configurations stand in the build files alone."""
    said = subprocess.run(["meson", "introspect", "--tests", sys.argv[1]], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    names = {test["name"] for test in json.loads(said)}
    for path in glob.glob(os.path.join(ROOT, "tests", "**", "meson.build"), recursive=True):
        names |= tests_of(read(path))
    return names


def functions(name):
    """What the files of a test define."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "tests", "**", "*"), recursive=True):
        if re.fullmatch(rf"(test_)?{re.escape(name)}\.(c|py)", os.path.basename(path)):
            found |= set(re.findall(r"START_TEST\((\w+)\)|^def (\w+)", read(path), re.M))
    return {one for pair in found for one in pair}


def check_tests(page, known):
    text = read(os.path.join(ROOT, "docs", page))
    rows = [line for line in text.splitlines() if re.match(r"\| .* \|$", line)
            and not line.startswith(("| # ", "| Promise "))]
    for row in rows:
        shown = row.rstrip("| ").rsplit(" | ", 1)[1]
        named = re.findall(r"`([\w:]+)`", shown)
        if not named and "](" not in shown:
            failures.append(f"docs/{page}: nothing shows it: {row}")
        for name in named:
            test, _, function = name.partition(":")
            if test not in known:
                failures.append(f"docs/{page}: there is no test {test}")
            elif function and function not in functions(test):
                failures.append(f"docs/{page}: test {test} has no {function}")
    if len(rows) < 10:
        failures.append(f"docs/{page}: {len(rows)} rows are all that was found")
    return rows


def check_numbers(rows):
    said = [int(number) for row in rows for number in re.findall(r"\d+", row.split("|")[1])]
    for number in NUMBERS:
        if number not in said:
            failures.append(f"docs/checklist.md: {number} is missing")


def anchor(title):
    """As GitHub makes one of a heading."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def check_links(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", read(path)):
        if re.match(r"\w+:", target):
            continue
        place, _, part = target.partition("#")
        page = os.path.normpath(os.path.join(os.path.dirname(path), place)) if place else path
        if not os.path.exists(page):
            failures.append(f"{os.path.relpath(path, ROOT)}: {target} leads nowhere")
        elif part and part not in {anchor(title.replace("`", "")) for title in
                                   re.findall(r"^#+ (.*)$", read(page), re.M)}:
            failures.append(f"{os.path.relpath(path, ROOT)}: {target} is no heading there")


def names_of_ours():
    """Of headers and sources, and what programs, build and tests have besides: metrics, variables."""
    found = set()
    for folder in ("include", "lib", "examples", "bindings", "tests"):
        for path in glob.glob(os.path.join(ROOT, folder, "**", "*"), recursive=True):
            if path.endswith((".h", ".c", ".map", ".py", ".build", ".sh", ".yaml")):
                found |= set(re.findall(r"\b(?:mtlsauth|MTLSAUTH)_\w+", read(path)))
    return found


def check_names(path, known):
    """Ellipses stand for a rest: mtlsauth_crl_..., MTLSAUTH_HTTP_..."""
    for name, rest in re.findall(r"\b((?:mtlsauth|MTLSAUTH)_\w+)(\.\.\.|\.\d)?", read(path)):
        if rest == "..." or name.endswith("_"):
            well = any(one.startswith(name) for one in known)
        else:
            well = name in known or rest != ""  # a version node
        if not well:
            failures.append(f"{os.path.relpath(path, ROOT)}: there is no {name}")


def main():
    known = tests()
    rows = [check_tests(page, known) for page in PAGES]
    check_numbers(rows[0])
    pages = [path for path in glob.glob(os.path.join(ROOT, "**", "*.md"), recursive=True)
             if "node_modules" not in path and not os.path.relpath(path, ROOT).startswith("build")]
    ours = names_of_ours()
    for path in pages:
        check_links(path)
        check_names(path, ours)
    for failure in failures:
        print(failure)
    print(f"{sum(map(len, rows))} claims, {len(pages)} pages")
    sys.exit(1 if failures else 0)


main()
