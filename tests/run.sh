#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, runs every suite, and closes with a line of totals.
set -eu

usage() {
    cat <<'EOF'
usage: tests/run.sh [--build DIR] [--sanitize] [MESON OPTION]...

  --build DIR   build there (default: build, with --sanitize build-asan)
  --sanitize    with AddressSanitizer and UndefinedBehaviorSanitizer
  MESON OPTION  goes to meson setup, as -Dfuzzing=none or --werror

The last line is "N passed, N failed, N skipped". Exits 0 when none failed and at least one passed.
EOF
}

root=$(cd "$(dirname "$0")/.." && pwd)
build=
sanitize=no
# What is left in "$@" are the options for meson.
count=$#
while [ "$count" -gt 0 ]; do
    option=$1
    shift
    count=$((count - 1))
    case $option in
    --build)
        [ "$count" -gt 0 ] || { usage >&2; exit 2; }
        build=$1
        shift
        count=$((count - 1))
        ;;
    --build=*) build=${option#--build=} ;;
    --sanitize) sanitize=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) set -- "$@" "$option" ;;
    esac
done

has() { command -v "$1" >/dev/null 2>&1; }
has_library() { has pkg-config && pkg-config --exists "$1"; }

# Debian's packages for what is not there: without the first kind nothing is built, without the
# second some tests are skipped.
find_missing() {
    needed=
    wanted=
    { has cc && has c++ && has make; } || needed="$needed build-essential"
    has meson || needed="$needed meson"
    has ninja || needed="$needed ninja-build"
    has pkg-config || needed="$needed pkgconf"
    has python3 || needed="$needed python3"
    { has_library libssl && has_library libcrypto; } || needed="$needed libssl-dev"
    has_library check || needed="$needed check"
    has curl || wanted="$wanted curl"
    has openssl || wanted="$wanted openssl"
    has xz || wanted="$wanted xz-utils"
    has mandoc || wanted="$wanted mandoc"
    has abidiff || wanted="$wanted abigail-tools"
    has cmake || wanted="$wanted cmake"
    has strace || wanted="$wanted strace"
    has_library jansson || wanted="$wanted libjansson-dev"
    has_library libcurl || wanted="$wanted libcurl4-openssl-dev"
    has_library libmicrohttpd || wanted="$wanted libmicrohttpd-dev"
    has_library libjwt || wanted="$wanted libjwt-dev"
    has haproxy || wanted="$wanted haproxy"
    has wrk || wanted="$wanted wrk"
    { has nginx || [ -x /usr/sbin/nginx ]; } || wanted="$wanted nginx-core"
    python3 -c 'import botocore' 2>/dev/null || wanted="$wanted python3-botocore"
    has npm || wanted="$wanted npm"
    # Of the Python bindings: Debian's Python, which has Debian's packages.
    for module in pytest cryptography pip setuptools wheel; do
        /usr/bin/python3 -c "import $module" 2>/dev/null || wanted="$wanted python3-$module"
    done
    [ -x /usr/bin/mypy ] || wanted="$wanted mypy"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    has apt-get && { [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}

find_missing
if [ -n "$needed$wanted" ] && may_install; then
    echo "Installing$needed$wanted"
    as_root apt-get -qq update </dev/null || true
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        $needed $wanted </dev/null >/dev/null || true
    find_missing
fi
if [ -n "$needed" ] || { [ -n "$wanted" ] && [ -n "${CI:-}" ]; }; then
    echo "Missing, please install (apt-get install$needed$wanted):$needed$wanted" >&2
    exit 1
fi
if [ -n "$wanted" ]; then
    echo "Some tests will be skipped for want of:$wanted"
fi

multiplier=1
if [ "$sanitize" = yes ]; then
    build=${build:-$root/build-asan}
    multiplier=5
    set -- -Db_sanitize=address,undefined -Db_lundef=false "$@"
    ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
    UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
    export ASAN_OPTIONS UBSAN_OPTIONS
fi
build=${build:-$root/build}

if [ -f "$build/build.ninja" ]; then
    meson setup --reconfigure "$build" "$root" -Dtests=enabled "$@"
else
    meson setup "$build" "$root" -Dtests=enabled "$@"
fi
ninja -C "$build"

# A server of S3 for the tests of the examples; without it they are skipped, or fail in CI.
if has npm && [ ! -e "$build/s3rver/node_modules/.bin/s3rver" ]; then
    mkdir -p "$build/s3rver"
    npm install --prefix "$build/s3rver" --silent --no-audit --no-fund s3rver@3.7.1 </dev/null || true
fi

log=$build/meson-logs/testlog.json
rm -f "$log"
status=0
# Some tests wait for servers and disks: one more than there are processors.
meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier "$multiplier" \
    --num-processes "$(($(nproc) + 1))" || status=$?

[ -f "$log" ] || { echo "meson test left no $log" >&2; exit 1; }
"$root/tests/support/count.py" "$log" && [ "$status" -eq 0 ]
