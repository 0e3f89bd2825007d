#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/lint.schema.json describes what mtlsauth lint --json writes.

lint_schema.py TOOL
"""
import json
import os
import re
import subprocess
import sys

from json_schema import unique, validate

ROOT = os.environ["MTLSAUTH_SOURCE"]
DATA = os.environ["MTLSAUTH_TEST_DATA"]
failures = []


def check_codes(schema):
    header = open(os.path.join(ROOT, "include/mtlsauth/report.h"), encoding="utf-8").read()
    body = re.search(r"enum mtlsauth_lint \{(.*?)\}", header, re.S).group(1)
    names = re.findall(r"MTLSAUTH_LINT_(\w+) =", body)
    if schema["$defs"]["finding"]["properties"]["code"]["enum"] != names:
        failures.append("the codes of the schema are not those of report.h")


def main():
    tool = sys.argv[1]
    with open(os.path.join(ROOT, "docs/lint.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    check_codes(schema)
    for name in ["bad-bundle.pem", "bundle-1000.pem", "bundle.pem", "unicode-dn.pem",
                 "two-names.der", "nul-cn.pem"]:
        for profile in ["api-gateway", "alb", "strict"]:
            said = subprocess.run(
                [tool, "lint", "--json", "--at", "2026-01-01T00:00:00Z", "--profile", profile,
                 os.path.join(DATA, name)], capture_output=True, check=False)
            report = json.loads(said.stdout.decode("utf-8"), object_pairs_hook=unique)
            failures.extend(f"{name}: {what}" for what in validate(report, schema, schema, "report"))
            errors = sum(finding["severity"] == "error" for finding in report["findings"])
            if report["errors"] != errors or said.returncode != (1 if errors else 0):
                failures.append(f"{name}: {report['errors']} errors, {errors} findings, status "
                                f"{said.returncode}")
            if report["profile"] != profile or report["at"] != 1767225600:
                failures.append(f"{name}: profile or time is not the one that was asked for")
    pins = subprocess.run(
        [tool, "lint", "--json", "--expect-sha256", "-", os.path.join(DATA, "bundle.pem")],
        input=64 * b"0", capture_output=True, check=False)
    pinned = json.loads(pins.stdout.decode("utf-8"), object_pairs_hook=unique)
    failures.extend(f"pins: {what}" for what in validate(pinned, schema, schema, "report"))
    if (pins.returncode, pinned["errors"], pinned["unexpected"]) != (1, 3, [0, 1]):
        failures.append(f"pins: status {pins.returncode}, {pinned}")
    # The validator has to be one that finds something.
    del report["sha256"]
    report["certificates"][0]["key"] = 7
    report["findings"].append({"certificate": -1, "severity": "x", "code": "EXPIRED",
                               "message": "", "more": 1})
    if len(list(validate(report, schema, schema, "report"))) != 5:
        failures.append("the validator overlooks what is wrong")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
