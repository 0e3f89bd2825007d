#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mtlsauth lint, match and show, from the outside.

lint_tool.py TOOL
"""
import json
import os
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
DATA = os.environ["MTLSAUTH_TEST_DATA"]
failures = []


def run(*words, status, says=(), stdin=""):
    said = subprocess.run([TOOL, *words], cwd=DATA, text=True, encoding="utf-8", input=stdin,
                          capture_output=True, check=False)
    output = said.stdout + said.stderr
    if said.returncode != status:
        failures.append(f"{words}: status {said.returncode}, not {status}: {output[-400:]}")
    for text in says:
        if text not in output:
            failures.append(f"{words}: does not say {text!r}: {output[-400:]}")
    return said.stdout


def sha256(name):
    said = run("show", name, status=0)
    return [line.split()[1] for line in said.splitlines() if line.startswith("  sha256")]


def check_lint():
    run("lint", "bundle.pem", status=0, says=["3 certificates, 0 errors, 0 warnings"])
    run("lint", "root.pem", status=0, says=["1 certificate, 0 errors"])
    run("lint", "bad-bundle.pem", status=1, says=["error EXPIRED", "error PRIVATE_KEY"])
    run("lint", "--at", "2049-12-15T00:00:00Z", "root.pem", status=0, says=["EXPIRES_SOON"])
    run("lint", "--at", "2050-01-15T00:00:00Z", "root.pem", status=1, says=["error EXPIRED"])
    run("lint", "--profile", "alb", "v1-root.pem", status=1, says=["error VERSION"])
    for name in ["empty.pem", "half-bundle.pem", "garbage.pem", "wrong-label.pem", "bundle-1001.pem",
                 "too-big.pem", "not-there.pem"]:
        run("lint", name, status=2, says=[name + ": "])
    run("lint", status=2, says=["name one file"])
    run("lint", "--profile", "x", "root.pem", status=2, says=["--profile x"])


def check_thousand():
    before = os.times().children_user
    lines = run("lint", "bundle-1000.pem", status=0).splitlines()
    seconds = os.times().children_user - before
    if len(lines) != 1001 or any("sha256" not in line for line in lines):
        failures.append(f"a line for every certificate: {len(lines)} lines")
    if seconds > 1.0 and "CK_FORK" not in os.environ:
        failures.append(f"a thousand certificates: {seconds} s")


def check_pins():
    with tempfile.TemporaryDirectory() as folder:
        def pins(*lines):
            path = os.path.join(folder, "hashes")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            return path

        roots = sha256("root.pem") + sha256("other-root.pem")
        colons = ":".join(roots[0][i:i + 2] for i in range(0, 64, 2)).upper()
        run("lint", "--expect-sha256", pins(*roots), "bundle.pem", status=0)
        run("lint", "--expect-sha256", pins("# from the CA", colons + "  root", roots[1]),
            "bundle.pem", status=0)
        run("lint", "--expect-sha256", pins(roots[0]), "bundle.pem", status=1,
            says=["error UNEXPECTED", "CN=other-root"])
        run("lint", "--expect-sha256", pins(*roots, "0" * 64), "bundle.pem", status=1,
            says=["error MISSING", "0" * 64])
        out = run("lint", "--json", "--expect-sha256", pins(roots[0]), "bundle.pem", status=1,
                  says=["error UNEXPECTED"])
        report = json.loads(out)
        if (report["errors"], report["unexpected"], report["missing"]) != (1, [1], []):
            failures.append(f"pins in JSON: {out[:200]} ... {out[-200:]}")
        report = json.loads(run("lint", "--json", "--expect-sha256", pins(roots[0], "0" * 64),
                                "bad-bundle.pem", status=1))
        found = sum(finding["severity"] == "error" for finding in report["findings"])
        if report["errors"] != found + len(report["unexpected"]) + 1 or \
                report["missing"] != ["0" * 64]:
            failures.append(f"pins in JSON: {report}")
        report = json.loads(run("lint", "--json", "--expect-sha256", pins(*roots), "bundle.pem",
                                status=0))
        if (report["errors"], report["unexpected"], report["missing"]) != (0, [], []):
            failures.append(f"pins in JSON: {report}")
        # With the strict profile a path ends at any certificate of the file.
        run("lint", "--profile", "strict", "--expect-sha256", pins(roots[0]), "orphan-ca.pem",
            status=1, says=["error UNEXPECTED: certificate CN=orphan-ca"])
        run("lint", "--profile", "strict", "--expect-sha256", pins(*sha256("orphan-ca.pem")),
            "orphan-ca.pem", status=0)
        for name in ("case-root.pem", "blank-root.pem"):
            both = os.path.join(folder, name)
            with open(both, "wb") as file:
                for part in ("root.pem", name):
                    with open(os.path.join(DATA, part), "rb") as pem:
                        file.write(pem.read())
            for profile in ("api-gateway", "alb", "strict"):
                run("lint", "--profile", profile, "--expect-sha256", pins(roots[0]), both, status=1,
                    says=["error UNEXPECTED: root CN=", sha256(name)[0]])
                run("lint", "--profile", profile, "--expect-sha256",
                    pins(roots[0], *sha256(name)), both, status=0)
        run("lint", "--expect-sha256", pins("00"), "bundle.pem", status=2, says=["line 1"])
        run("lint", "--expect-sha256", pins("# none"), "bundle.pem", status=2, says=["no hash"])


def check_match():
    run("match", "two-names.pem", "two-names.key", status=0,
        says=["this is a private key (PKCS#8, PEM)", "they belong together"])
    run("match", "two-names.pem", "two-names.csr", status=0, says=["this is a CSR"])
    run("match", "two-names.pem", "client.key", status=1, says=["do not belong together"])
    run("match", "der-with-pem-name.pem", "two-names.key", status=0,
        says=["this is a DER certificate with a .pem name"])
    # A prompt would read the password from here, and so succeed.
    run("match", "two-names.pem", "encrypted.key", status=2, says=["the private key is encrypted"],
        stdin="secret\n")
    run("match", "two-names.pem", "root.pem", status=2, says=["this is a certificate"])
    run("match", "two-names.key", "two-names.pem", status=2, says=["this is a private key"])
    run("match", "two-names.pem", status=2, says=["two files are compared"])


def check_show():
    """Names that cannot be read are not the same as none."""
    denied = "so nothing of it is believed: a client with it is denied"
    for name, says in (("no-san.pem", ["SAN          (none)\n"]),
                       ("two-names.pem", ["SAN          dns:example.com\n"]),
                       ("nul-san.pem", ["SAN          (none that can be read)\n", denied]),
                       ("blank-san.pem", ["SAN          dns:client.example.com\n", denied]),
                       ("nul-cn.pem", ["SAN          dns:client.example.com\n", denied])):
        said = run("show", name, status=0, says=says)
        if ("malformed" in said) != (denied in says):
            failures.append(f"show {name}: {said}")


check_lint()
check_thousand()
check_pins()
check_match()
check_show()
for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(1 if failures else 0)
