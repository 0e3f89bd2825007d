#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of this folder with the library that was built: run.py LIBRARY COMPILER...

Exits with 77, which is "skipped", where pytest is missing or a sanitizer cannot be had in Python;
in CI what is missing is a failure. A library with AddressSanitizer needs the sanitizer's
runtime to be loaded first, which is what LD_PRELOAD does; leaks are not looked for then, for an
interpreter that ends leaves much to the system.
"""
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import List

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tests" / "support"))
from need import skip  # noqa: E402


def runtime_of(library: Path, compiler: List[str]) -> str:
    """The shared object of the sanitizer that the library was built with; "" for none."""
    content = library.read_bytes()
    for mark, kind in ((b"__tsan_init", "ThreadSanitizer"), (b"__msan_init", "MemorySanitizer")):
        if mark in content:
            # They want all of the interpreter to be built so: no preload makes up for that.
            print(f"skipped: a library with {kind} cannot be loaded into Debian's Python")
            sys.exit(77)
    if b"__asan_init" not in content:
        if b"__ubsan_handle" in content:
            print("skipped: UndefinedBehaviorSanitizer alone has no runtime to preload")
            sys.exit(77)
        return ""
    names = [f"libclang_rt.asan-{os.uname().machine}.so", "libasan.so"]
    if b"libasan.so" in content:
        names.reverse()
    for name in names:
        path = subprocess.run([*compiler, f"-print-file-name={name}"], text=True, check=False,
                              stdout=subprocess.PIPE).stdout.strip()
        if os.path.isabs(path) and os.path.isfile(path):
            return path
    skip("the runtime of AddressSanitizer is not there as a shared object "
         "(Debian: libclang-rt-dev)")


def main() -> int:
    library, compiler = Path(sys.argv[1]).resolve(), sys.argv[2:]
    missing = [name for name in ("pytest", "cryptography")
               if importlib.util.find_spec(name) is None]
    if missing:
        skip("python3-" + " and python3-".join(missing) + " are not installed")
    env = {**os.environ, "MTLSAUTH_LIBRARY": str(library), "PYTHONDONTWRITEBYTECODE": "1",
           "PYTHONPATH": str(HERE.parent)}
    runtime = runtime_of(library, compiler)
    if runtime:
        env["LD_PRELOAD"] = runtime
        env["ASAN_OPTIONS"] = ":".join(filter(None, [
            env.get("ASAN_OPTIONS", ""), "detect_leaks=0", "allocator_may_return_null=1"]))
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "pytest", "-q", "-rs", "--durations=5",
         str(HERE)], env=env, cwd=HERE.parent, check=False)
    return 0 if done.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
