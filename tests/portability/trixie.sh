#!/bin/bash
# SPDX-License-Identifier: MIT
# The library with OpenSSL 3.5: Debian trixie in a folder, where the tree is built and its suites run.
# tests/portability/trixie.sh [--root DIR] [--bench | COMMAND...]
#
#   (nothing)   the suites unit, conformance, fuzz and blackbox, built in build-trixie
#   --bench     the benchmarks, in turns with OpenSSL 3.5 and, of the folder build, with that of this machine
#   COMMAND     there, in the root of the tree: tests/portability/trixie.sh bash
#
# Wants root, for chroot and debootstrap. The folder (default: build-trixie.root) takes 1.3 GB and is made once;
# what is mounted into it is seen by this command alone. The last line is "N passed, N failed, N skipped".
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
mirror=${MTLSAUTH_MIRROR:-http://deb.debian.org/debian}
folder=$root/build-trixie.root

usage() { sed -n '3,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

bench=no
while [ $# -gt 0 ]; do
    case $1 in
    --root) [ $# -gt 1 ] || usage; folder=$2; shift 2 ;;
    --bench) bench=yes; shift ;;
    -*) usage ;;
    *) break ;;
    esac
done
[ "$(id -u)" -eq 0 ] || { echo "trixie.sh: needs root, for chroot" >&2; exit 2; }

packages=(build-essential ccache meson ninja-build pkgconf libssl-dev check curl openssl python3 xz-utils
    libjansson-dev strace valgrind libgnutls28-dev libmbedtls-dev)

make_folder() {
    [ ! -e "$folder/.complete" ] || return 0
    command -v debootstrap >/dev/null || {
        echo "Installing debootstrap"
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends debootstrap >/dev/null
    }
    [ -e "$folder/etc/debian_version" ] ||
        debootstrap --variant=minbase trixie "$folder" "$mirror" >"$folder.log" ||
        { tail -n 20 "$folder.log" >&2; exit 1; }
    chroot "$folder" apt-get -qq update
    chroot "$folder" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "${packages[@]}" >/dev/null
    : >"$folder/.complete"
}

# there COMMAND...: in the folder, at the same place of the tree, in a mount namespace of its own.
there() {
    # shellcheck disable=SC2016
    unshare --mount --propagation private bash -euc '
        folder=$1 root=$2 vectors=$(realpath -m "$2/../shared")
        shift 2
        mkdir -p "$folder$root" "$folder$vectors"
        mount --bind "$root" "$folder$root"
        [ ! -d "$vectors" ] || mount --bind -o ro "$vectors" "$folder$vectors"
        [ -e "$folder$root/../shared" ] || ln -s "$vectors" "$folder$root/../shared"
        mount -t proc proc "$folder/proc"
        mount --rbind /dev "$folder/dev"
        exec chroot "$folder" env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
            CI="${CI:-}" bash -c "cd \"\$1\" && shift && exec \"\$@\"" - "$root" "$@"' \
        - "$folder" "$root" "$@"
}

build_it='[ -e build-trixie/build.ninja ] ||
    meson setup build-trixie --werror -Dtests=enabled -Dexamples=disabled >build-trixie.log ||
    { cat build-trixie.log; exit 1; }
ninja -C build-trixie'
# shellcheck disable=SC2016
bench_it='"$1/tests/bench/authorize" --quick --json "$1/authorize.json" &&
    "$1/tests/bench/crl" --sizes 1000,100000 --json "$1/crl.json"'

# The two take turns, so that what else the machine does comes to both.
bench() {
    ninja -C build
    there bash -euc "$build_it"
    for _ in 1 2; do
        echo "=== $(openssl version)"
        bash -euc "$bench_it" - build
        echo "=== $(chroot "$folder" openssl version)"
        there bash -euc "$bench_it" - build-trixie
    done
}

make_folder
cd "$root"
if [ $# -gt 0 ]; then
    there "$@"
elif [ $bench = yes ]; then
    bench
else
    there openssl version
    there bash -euc "$build_it"
    status=0
    there meson test -C build-trixie --no-rebuild --print-errorlogs --suite unit --suite conformance \
        --suite fuzz --suite blackbox || status=$?
    tests/support/count.py build-trixie/meson-logs/testlog.json
    [ $status -eq 0 ]
fi
