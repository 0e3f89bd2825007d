#!/bin/sh
# SPDX-License-Identifier: MIT
# stamp.sh STAMP DIR: runs make.sh DIR, and touches STAMP when all of it is there. For meson.
set -eu

"$(dirname "$0")/make.sh" "$2"
: >"$1"
