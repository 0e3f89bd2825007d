# SPDX-License-Identifier: MIT
"""What the scripts of this folder share."""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from need import in_ci, skip  # noqa: E402, F401

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = os.path.join(ROOT, "include")

failures = []


def fail(text):
    failures.append(text)


def finish(what):
    for text in failures:
        print("FAIL:", text)
    print(f"{what}: {len(failures)} failures")
    sys.exit(1 if failures else 0)


def run(*command, **options):
    """Runs a command; its output as one text, and whether it went well."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    return done.returncode == 0, done.stdout


def must(*command, **options):
    """The same for a command that the rest of the test needs."""
    well, output = run(*command, **options)
    if not well:
        print(output)
        print("FAIL:", " ".join(command))
        sys.exit(1)
    return output


def scratch():
    """A temporary folder. pkg-config quotes no blank in the name of a sysroot, and TMPDIR may have one."""
    return tempfile.TemporaryDirectory(dir="/tmp" if " " in tempfile.gettempdir() else None)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def headers():
    """Names of the public headers."""
    return sorted(os.path.basename(path) for path in
                  glob.glob(os.path.join(INCLUDE, "mtlsauth", "*.h")))


def code_of(header):
    """Without comments, and without what is the preprocessor's."""
    text = without_comments(read(os.path.join(INCLUDE, "mtlsauth", header)))
    return re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)


def prototypes():
    """Functions that the headers mark MTLSAUTH_API. openssl.h has none: it is static inline."""
    found = {}
    for name in headers():
        for declaration in re.findall(r"\bMTLSAUTH_API\b([^;]*);", code_of(name)):
            function = re.search(r"\b(\w+)\s*\(", declaration.replace("MTLSAUTH_MUST_CHECK", ""))
            if name == "openssl.h":
                fail(f"openssl.h: {declaration.strip()} would export what has an OpenSSL type")
            elif function is None or not function.group(1).startswith("mtlsauth_"):
                fail(f"{name}: no mtlsauth_ function in '{declaration.strip()}'")
            else:
                found[function.group(1)] = name
    return found
