#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the unit tests under valgrind: tests/valgrind.sh [--build DIR] [NAME]...
# NAME is what stands behind test_, as base_pem; without one all are run. Needs a build without
# sanitizers, as tests/run.sh makes it.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build
if [ "${1:-}" = --build ]; then
    build=$(cd "$2" && pwd)
    shift 2
fi
command -v valgrind >/dev/null || { echo "Missing, please install: valgrind" >&2; exit 1; }
ninja -C "$build" >/dev/null || { echo "no build in $build: run tests/run.sh first" >&2; exit 1; }

# As meson runs them; libcheck must not fork, for the leaks of a child are not counted.
export CK_FORK=no TZ=Pacific/Kiritimati MTLSAUTH_SOURCE="$root" MTLSAUTH_BUILD="$build"
export MTLSAUTH_TEST_DATA="$build/tests/data"
# What a test is given more than a minute for is twenty times slower here.
export CK_TIMEOUT_MULTIPLIER=50

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ $# -eq 0 ]; then
    for binary in "$build"/tests/unit/test_*; do
        [ -f "$binary" ] && [ -x "$binary" ] && set -- "$@" "$(basename "$binary" | sed s/^test_//)"
    done
fi
for name in "$@"; do
    if valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible \
        --errors-for-leak-kinds=definite,possible --track-fds=no --child-silent-after-fork=yes \
        "$build/tests/unit/test_$name" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        cat "$log"
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
