#!/bin/bash
# SPDX-License-Identifier: MIT
# What of lib/ the tests run through, by gcov and gcovr:
# tests/coverage.sh [--build DIR] [--quick]
# Builds without optimisation in DIR (build-coverage), and prints two tables: what the corpora of the
# fuzzers reach by themselves, and what all suites reach, which fails under 95 % of lines or 90 % of
# branches. --quick is without what takes long: conformance, examples, each call of libcrypto.
# DIR/coverage/all.html has each line.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-coverage
quick=no
while [ $# -gt 0 ]; do
    case $1 in
    --build) build=$2; shift 2 ;;
    --quick) quick=yes; shift ;;
    *) sed -n 's/^# //p' "$0" >&2; exit 2 ;;
    esac
done
command -v gcovr >/dev/null || { echo 'Missing, please install: gcovr' >&2; exit 1; }

# Threads share the counters.
export CC=gcc CXX=g++
[ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Db_coverage=true -Dbuildtype=debug \
    -Dtests=enabled -Dc_args=-fprofile-update=atomic
ninja -C "$build"
build=$(cd "$build" && pwd)
find "$build" -name '*.gcda' -delete
out=$build/coverage
mkdir -p "$out"

# One process a test writes its counts once.
export CK_FORK=no CK_TIMEOUT_MULTIPLIER=10

# names PATTERN: of the tests whose suites, or name, it fits.
names() {
    meson test -C "$build" --no-rebuild --list 2>/dev/null | grep ' / ' | grep -E "$1" |
        sed 's,.* / ,,'
}

# play NAME...: these tests, all of which have to pass.
play() {
    meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 20 "$@"
}

# count NAME OPTION...: what was run through until now; with options, whether it is enough.
count() {
    local name=$1
    shift
    # A program that ends while others of its threads run may leave a count below 0.
    gcovr --config "$root/tests/gcovr.cfg" --gcov-ignore-parse-errors --object-directory "$build" \
        --json "$out/$name.json" "$build" >/dev/null 2>"$out/$name.log" || { cat "$out/$name.log" >&2; exit 1; }
    gcovr --config "$root/tests/gcovr.cfg" --add-tracefile "$out/$name.json" \
        --json-summary "$out/$name.summary.json" --html-details "$out/$name.html" \
        --txt "$out/$name.txt" "$@"
}

# table TITLE NAME
table() {
    python3 - "$1" "$out/$2.summary.json" <<'PYTHON'
import json
import sys

KINDS = ("line", "function", "branch")
folders = {}
for file in json.load(open(sys.argv[2], encoding="utf-8"))["files"]:
    sums = folders.setdefault("/".join(file["filename"].split("/")[:-1]), [0] * 6)
    for i, kind in enumerate(KINDS):
        sums[2 * i] += file[kind + "_covered"]
        sums[2 * i + 1] += file[kind + "_total"]
folders["all"] = [sum(column) for column in zip(*folders.values())]


def share(covered, total):
    return f"{covered:>6} of {total:>5} {100 * covered / total if total else 100:>5.1f} %"


print(f"\n{sys.argv[1]}\n{'':<16} {'lines':>23} {'functions':>23} {'branches':>23}")
for name, sums in folders.items():
    print(f"{name:<16}" + "".join(" " + share(*sums[i:i + 2]) for i in (0, 2, 4)))
PYTHON
}

mapfile -t fuzz < <(names '[:+]fuzz ')
# What builds and looks at libraries runs none of this one; what counts octets that are written, or
# instructions, counts those of gcov as well.
left_out='[:+](fuzz|api|abi) | / (worst|cost|load|man_.*|index_writer|floors_writer)$'
[ $quick = no ] || left_out="$left_out"'|[:+](conformance|e2e|docs|python)[ +]| / (forced|alloc_.*_libcrypto|soak|crl_replace|threads)$'
mapfile -t others < <(names . | sort -u | grep -vxFf <(names "$left_out"))

status=0
play "${fuzz[@]}" || status=1
count fuzz
table 'The corpora of the fuzzers alone' fuzz
play "${others[@]}" || status=1
count all --fail-under-line 95 --fail-under-branch 90 || {
    echo 'Less than 95 % of lines or 90 % of branches' >&2
    status=1
}
table 'All suites' all
printf '\nFile by file: %s; line by line: %s\n' "$out/all.txt" "$out/all.html"
[ $status -eq 0 ] || echo 'A test failed, or there is too little' >&2
exit $status
