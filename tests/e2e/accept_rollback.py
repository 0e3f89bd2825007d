#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""accept_rollback.py PUT_CRL TOOL: services that share a state folder, and an operator who lets an
older CRL in with `mtlsauth crl accept-rollback`."""
import os
import subprocess
import sys
import tempfile

PUT_CRL, TOOL = (os.path.abspath(path) for path in sys.argv[1:3])
DATA = os.environ["MTLSAUTH_TEST_DATA"]
ISSUER = "CN=Example Root CA,O=Example,C=US"
ROLLBACK = (f'MTLSAUTH_ERR_ROLLBACK: CRL of "{ISSUER}", number 01 of 2020-01-01T00:00:00Z: older '
            "than the one that was accepted before, number 02 of 2020-01-01T00:00:00Z; find out who "
            "put it back (if the CA means it: mtlsauth crl accept-rollback)\n")
failures = 0


def data(name):
    return os.path.join(DATA, name)


def check(name, want, done):
    """want: exit status and what stands in the output (the whole of it, if it ends with a newline)."""
    global failures
    status, text = want
    said = done.stdout + done.stderr
    if done.returncode != status or not (said == text if text.endswith("\n") else text in said):
        failures += 1
        print(f"FAIL: {name}: exit {done.returncode}, {said!r}, not {status}, {text!r}")


def run(*args):
    return subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)


def put(folder, crl):
    return run(PUT_CRL, folder, data("root.pem"), data(crl))


def accept(folder, crl, *options):
    return run(TOOL, "crl", "accept-rollback", "--state-dir", folder, data(crl), *options)


def floors(folder):
    with open(os.path.join(folder, "crl-floors"), "rb") as file:
        return file.read()


def main():
    global failures
    issuer = ("--issuer", data("root.pem"))
    ok = (0, "accepted\n")
    with tempfile.TemporaryDirectory(prefix="accept-rollback.") as folder:
        check("the first list", ok, put(folder, "root.crl"))
        check("the first list again", ok, put(folder, "root.crl"))
        check("older, refused", (1, ROLLBACK), put(folder, "root-older.crl"))
        before = floors(folder)

        # What is not a verified list, and what nobody asked for, changes nothing.
        check("no issuer", (2, "give --issuer CA"), accept(folder, "root-older.crl"))
        check("no folder", (2, "accept-rollback takes --state-dir DIR"),
              run(TOOL, "crl", "accept-rollback", data("root-older.crl"), *issuer))
        check("a forged list", (2, "bad-signature.crl"), accept(folder, "bad-signature.crl", *issuer))
        check("of another CA", (2, "root-older.crl"),
              accept(folder, "root-older.crl", "--issuer", data("intermediate.pem")))
        check("a folder that is not there", (2, "/nowhere"),
              accept(folder + "/nowhere", "root-older.crl", *issuer))
        check("still refused", (1, ROLLBACK), put(folder, "root-older.crl"))
        if floors(folder) != before:
            failures += 1
            print("FAIL: what was refused has changed the floors")

        check("the operator's word",
              (0, f"{folder}: number 01 of {ISSUER} is the oldest that is taken from now on\n"), accept(folder, "root-older.crl", *issuer))
        check("older, accepted", ok, put(folder, "root-older.crl"))
        check("newer, accepted", ok, put(folder, "root.crl"))
        check("the word is for once", (1, ROLLBACK), put(folder, "root-older.crl"))

        # Others can write the folder: it says nothing any more, and nobody's word is kept in it.
        os.chmod(folder, 0o777)
        check("a folder of others", (2, "can be written by its group or by others"),
              accept(folder, "root-older.crl", *issuer))
        os.chmod(folder, 0o700)
    print(f"accept_rollback: {failures} failures")
    return 1 if failures else 0


sys.exit(main())
