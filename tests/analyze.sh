#!/bin/sh
# SPDX-License-Identifier: MIT
# Static analysis: gcc -fanalyzer of the library, clang-tidy (.clang-tidy) and cppcheck of library and
# examples. What is no defect stands in tests/analyze.txt with its reason, or beside the line as
# NOLINT or cppcheck-suppress. The last line is "N passed, N failed, N skipped".
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build-analyze
jobs=$(nproc)
passed=0
failed=0
skipped=0
found=$(mktemp)
log=$(mktemp)
trap 'rm -f "$found" "$log"' EXIT
cd "$root"

# report NAME STATUS: what stands in $found, and is not excused, fails; so does a tool that ended badly, but
# for xargs's word that one has found something. $log is what it said besides.
report() {
    if [ "$2" -ne 0 ] && { [ "$2" -ne 123 ] || [ ! -s "$found" ]; }; then
        failed=$((failed + 1))
        echo "FAIL $1: exit status $2"
        cat "$found" "$log"
        return
    fi
    sed 's/#.*//; /^ *$/d' tests/analyze.txt | grep "^$1 *|" | while IFS='|' read -r _ where what; do
        where=$(echo "$where" | tr -d ' ')
        what=$(echo "$what" | tr -d ' ')
        grep -v "$where:.*$what" "$found" >"$found.rest" || true
        mv "$found.rest" "$found"
    done
    if [ -s "$found" ]; then
        failed=$((failed + 1))
        echo "FAIL $1"
        cat "$found"
    else
        passed=$((passed + 1))
        echo "ok   $1"
    fi
}

without() {
    if [ -n "${CI:-}" ]; then
        failed=$((failed + 1))
        echo "FAIL $1 is missing"
    else
        skipped=$((skipped + 1))
        echo "skip $1 is missing"
    fi
}

if command -v gcc >/dev/null; then
    [ -d "$build" ] || CC=gcc meson setup "$build" -Dc_args=-fanalyzer -Dtests=disabled \
        -Dexamples=disabled -Dfuzzing=none -Ddefault_library=static >/dev/null
    # Objects that are there already say nothing: all of it, anew.
    ninja -C "$build" -t clean >/dev/null
    CCACHE_DISABLE=1 ninja -C "$build" >"$build/log" 2>&1 || { cat "$build/log"; exit 1; }
    grep 'warning:' "$build/log" | sed "s,$root/,,g; s,\.\./,,g" | sort -u >"$found" || true
    report fanalyzer 0
else
    without gcc
fi

# The examples' flags are in the build that tests/run.sh has made.
if command -v clang-tidy >/dev/null && [ -f build/compile_commands.json ]; then
    files=$(sed -n 's/.*"file": "\.\.\/\(\(lib\|examples\)\/[^"]*\.c\)".*/\1/p' build/compile_commands.json | sort -u)
    status=0
    # With its name a file of settings that cannot be read is an error. No file at all is one, too.
    echo "$files" | xargs -P"$jobs" -n16 clang-tidy --quiet --config-file=.clang-tidy -p build \
        >"$found.all" 2>"$log" || status=$?
    grep -E 'warning:|error:' "$found.all" | sed "s,$root/,,g; s,build/\.\./,,g" | sort -u >"$found" || true
    rm "$found.all"
    report clang-tidy "$status"
else
    without 'clang-tidy, or build/ of tests/run.sh,'
fi

if command -v cppcheck >/dev/null; then
    status=0
    cppcheck -q -j"$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --template='{file}:{line}: {severity}: {message} [{id}]' \
        -Iinclude -Ilib lib examples >"$log" 2>&1 || status=$?
    grep -E ': (error|warning|performance|portability|style):' "$log" | sort -u >"$found" || true
    report cppcheck "$status"
else
    without cppcheck
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
