#!/bin/sh
# SPDX-License-Identifier: MIT
# What threads share, under ThreadSanitizer or helgrind:
# tests/tsan.sh [--build DIR] [--seconds N] [--helgrind]
# Builds in build-tsan with clang; --helgrind takes the build without sanitizers of tests/run.sh.
# libcrypto is not instrumented: what is looked at is this library. The last line is
# "N passed, N failed, N skipped".
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=
seconds=60
helgrind=no
while [ $# -gt 0 ]; do
    case $1 in
    --build) build=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --helgrind) helgrind=yes; shift ;;
    *) sed -n 's/^# //p' "$0" >&2; exit 2 ;;
    esac
done

missing() { echo "Missing, please install: $1" >&2; exit 1; }

if [ "$helgrind" = yes ]; then
    command -v valgrind >/dev/null || missing valgrind
    build=${build:-$root/build}
else
    command -v clang >/dev/null || missing 'clang libclang-rt-dev'
    build=${build:-$root/build-tsan}
    [ -f "$build/build.ninja" ] || CC=clang meson setup "$build" "$root" -Db_sanitize=thread \
        -Db_lundef=false -Dexamples=disabled -Dtests=enabled
fi
ninja -C "$build" >/dev/null || { echo "no build in $build" >&2; exit 1; }

export TZ=Pacific/Kiritimati CK_FORK=no CK_TIMEOUT_MULTIPLIER=50
export MTLSAUTH_SOURCE="$root" MTLSAUTH_BUILD="$build" MTLSAUTH_TEST_DATA="$build/tests/data"
export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}"

passed=0
failed=0
# check NAME CASE PROGRAM...: CASE is the one of its tests that is run; "": all. valgrind does not follow into a
# program that another becomes: env stands in front of it.
check() {
    name=$1
    only=$2
    shift 2
    [ "$helgrind" = no ] || set -- valgrind -q --tool=helgrind --error-exitcode=99 \
        "--suppressions=$root/tests/helgrind.supp" "$@"
    echo "=== $name"
    if env ${only:+"CK_RUN_CASE=$only"} "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

check threads "" "$build/tests/torture/threads"
check caches threads_meet_a_fresh_truststore "$build/tests/unit/test_authorizer_path_cache"
check statistics "" "$build/tests/unit/test_authorizer_stats"
check reload "" "$build/tests/unit/test_authorizer_refresh"
check ocsp put_under_load "$build/tests/unit/test_authorizer_ocsp"
check soak "" "$build/tests/torture/soak" --seconds "$seconds" --interval 20
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
