#!/bin/bash
# SPDX-License-Identifier: MIT
# The library on other machines than this: cross-compiled against Debian's packages of that architecture, its
# tests run by qemu's user mode. tests/portability/cross.sh [--build DIR] [--quick] [s390x | armhf]...
#
#   s390x   big-endian, 64 bits       armhf   little-endian, 32 bits, a time_t of 32 bits
#
# Builds in build-cross/ARCHITECTURE, with a folder of that architecture's libraries beside it: nothing is
# installed on this machine but Debian's cross compiler and qemu. --quick compiles and runs what has to do with
# octets, sizes and times, and no more. The last line is "N passed, N failed, N skipped".
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
mirror=${MTLSAUTH_MIRROR:-http://deb.debian.org/debian}
suite=${MTLSAUTH_SUITE:-bookworm}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

usage() { sed -n '3,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

build=$root/build-cross quick=no machines=()
while [ $# -gt 0 ]; do
    case $1 in
    --build) [ $# -gt 1 ] || usage; build=$2; shift ;;
    --quick) quick=yes ;;
    s390x | armhf) machines+=("$1") ;;
    *) usage ;;
    esac
    shift
done
[ ${#machines[@]} -gt 0 ] || machines=(s390x armhf)

# of MACHINE: what Debian, meson and qemu call it.
of() {
    case $1 in
    s390x) triplet=s390x-linux-gnu emulator=qemu-s390x family=s390x cpu=s390x endian=big ;;
    armhf) triplet=arm-linux-gnueabihf emulator=qemu-arm family=arm cpu=armv7l endian=little ;;
    esac
}

install_missing() {
    local packages=(meson ninja-build pkgconf qemu-user) missing=() package machine sudo=()
    for machine in "${machines[@]}"; do
        of "$machine"
        packages+=("gcc-$triplet")
    done
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
    echo "Installing ${missing[*]}"
    if ! "${sudo[@]}" apt-get -qq update ||
        ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null; then
        echo "Missing, please install: apt-get install ${missing[*]}" >&2
        exit 1
    fi
}

# sysroot MACHINE FOLDER: the packages of that machine that the library and its tests are built with, unpacked. apt
# works on folders of its own, as whoever calls it, and knows no package as installed.
sysroot() {
    local machine=$1 folder=$2 apt=$2.apt link target
    [ ! -e "$folder/.complete" ] || return 0
    rm -rf "$folder" "$apt"
    mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d}
    mkdir -p "$folder"/usr/{bin,lib,sbin}
    : >"$apt/state/status"
    echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/etc/sources.list"
    cat >"$apt/etc/apt.conf" <<END
APT::Architecture "$machine";
APT::Architectures { "$machine"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$apt/state";
Dir::State::status "$apt/state/status";
Dir::Cache "$apt/cache";
Dir::Etc "$apt/etc";
END
    APT_CONFIG=$apt/etc/apt.conf apt-get -qq update
    APT_CONFIG=$apt/etc/apt.conf apt-get -qq --yes --download-only install \
        libc6-dev libssl-dev check libjansson-dev >/dev/null
    # Where /lib is a link to /usr/lib, libraries of either are found.
    for link in bin lib sbin; do
        ln -s "usr/$link" "$folder/$link"
    done
    for package in "$apt"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink --no-same-owner -C "$folder"
    done
    # A link to /lib would lead out of the folder.
    find "$folder" -type l -lname '/*' | while read -r link; do
        target=$(readlink "$link")
        ln -sfn "$(realpath -ms --relative-to="$(dirname "$link")" "$folder$target")" "$link"
    done
    rm -rf "$apt"
    : >"$folder/.complete"
}

# cross_file SYSROOT: for meson, of what of() said.
cross_file() {
    local ccache=
    command -v ccache >/dev/null && ccache="'ccache', "
    cat <<END
[binaries]
c = [$ccache'$triplet-gcc', '--sysroot=$1']
ar = '$triplet-ar'
nm = '$triplet-nm'
strip = '$triplet-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['$emulator', '-L', '$1']

[properties]
needs_exe_wrapper = true
sys_root = '$1'
pkg_config_libdir = '$1/usr/lib/$triplet/pkgconfig:$1/usr/share/pkgconfig'

[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$cpu'
endian = '$endian'
END
}

# Where time_t has 32 bits, what a library asks the C library for says whether its clock ends in 2038.
clock_is_wide() {
    local narrow
    narrow=$("$triplet-nm" -D "$1" |
        grep -E ' U (time|gettimeofday|clock_gettime|l?stat(64)?|fstat(64)?|fstatat(64)?)(@|$)') || return 0
    [ "$machine" = armhf ] || return 0
    echo "The clock of $1 ends in 2038: $narrow" >&2
    return 1
}

quick_tests=(base_asn1_string base_base64 base_der base_file base_memory base_oid base_pem base_percent
    base_span base_text base_time cert_cert cert_chain cert_limits cert_name cert_san cert_view crypto
    identity_matcher revocation_golden revocation_image revocation_pem_stream revocation_scan
    revocation_store fuzz_cert fuzz_crl_compile fuzz_crl_index fuzz_crl_scan fuzz_floors fuzz_name)

# full_tests BUILD: the suites unit, fuzz and blackbox, and of conformance all but bettertls, which takes an hour.
full_tests() {
    meson introspect --tests "$1" | python3 -c '
import json
import sys

for test in json.load(sys.stdin):
    suites = {suite.split(":")[-1] for suite in test["suite"]}
    if suites & {"unit", "fuzz", "blackbox", "conformance"} and test["name"] not in {"bettertls", "worst"}:
        print(test["name"])'
}

# all_have_run LOG NAME...: meson passes over a name that no test has.
all_have_run() {
    local log=$1 left
    shift
    left=$(comm -23 <(printf '%s\n' "$@" | sort) \
        <(sed -n 's,^{"name": "[^"]* / \([^"]*\)".*,\1,p' "$log" | sort))
    [ -z "$left" ] || { echo "No test of that name has run:" "$left" >&2; return 1; }
}

try() {
    local machine=$1 folder=$build/$1 which=() built=()
    of "$machine"
    sysroot "$machine" "$folder.root"
    cross_file "$folder.root" >"$folder.ini.new"
    if ! cmp -s "$folder.ini.new" "$folder.ini" || [ ! -e "$folder/build.ninja" ]; then
        mv "$folder.ini.new" "$folder.ini"
        rm -rf "$folder"
        meson setup "$folder" "$root" --cross-file "$folder.ini" --werror \
            -Dtests=enabled -Dexamples=disabled >"$folder.log" || { cat "$folder.log"; exit 1; }
    fi
    echo "=== $machine"
    if [ $quick = yes ]; then
        # Only what these tests are made of is compiled.
        ninja -C "$folder" tests/data.stamp >/dev/null
        which=("${quick_tests[@]}")
    else
        ninja -C "$folder"
        mapfile -t which < <(full_tests "$folder")
        built=(--no-rebuild)
    fi
    rm -f "$folder/meson-logs/testlog.json"
    CK_TIMEOUT_MULTIPLIER=20 meson test -C "$folder" --timeout-multiplier 10 --print-errorlogs \
        "${built[@]}" "${which[@]}" || true
    all_have_run "$folder/meson-logs/testlog.json" "${which[@]}"
    logs+=("$folder/meson-logs/testlog.json")
    [ $quick = yes ] || clock_is_wide "$folder/lib/libmtlsauth.so"
}

logs=()
install_missing
mkdir -p "$build"
build=$(cd "$build" && pwd)
for machine in "${machines[@]}"; do
    try "$machine"
done
"$root/tests/support/count.py" "${logs[@]}"
