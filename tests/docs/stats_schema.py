#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/stats.schema.json, docs/refresh.schema.json and docs/ocsp-load.schema.json describe what an
authorizer says of itself.

stats_schema.py PRINT_STATS
"""
import json
import os
import subprocess
import sys
import tempfile

from json_schema import unique, validate

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = os.environ["MTLSAUTH_SOURCE"]
DATA = os.environ["MTLSAUTH_TEST_DATA"]
failures = []


def check(what, holds):
    if not holds:
        failures.append(what)


def check_documents(said):
    wrong = {"stats": {"generation": 0}, "refresh": {"generation": 0}, "ocsp-load": {"files": -1}}
    for kind in wrong:
        with open(os.path.join(ROOT, "docs", kind + ".schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        for value in said[kind]:
            failures.extend(validate(value, schema, schema, kind))
            if jsonschema is not None:
                jsonschema.Draft202012Validator(schema).validate(value)
        # The validator has to be one that finds something.
        check(f"{kind}: the validator overlooks what is wrong",
              len(list(validate({**wrong[kind], "more": 1}, schema, schema, kind))) ==
              len(schema["required"]) - 1 + 2)


def check_loads(loads):
    check("an empty folder", loads[0] == {"files": 0, "loaded": 0, "errors": 0, "warnings": 0,
                                          "findings": []})
    check("files", (loads[1]["files"], loads[1]["loaded"], loads[1]["warnings"]) == (1, 0, 1))
    check("what is no response, and another name",
          [f["severity"] for f in loads[1]["findings"]] == ["warning", "info"])


def check_values(stats, refresh):
    check("the state of the start", stats[0]["generation"] == 1 and not stats[0]["crls"])
    decisions = stats[1]["decisions"]
    check("decisions", decisions["MTLSAUTH_DENY_REVOKED"] == 2 and sum(decisions.values()) == 3)
    check("path cache", stats[1]["path_cache"] == {"hits": 1, "misses": 2, "entries": 2})
    check("list", [crl["number"] for crl in stats[1]["crls"]] == ["02"])
    check("nothing new", not refresh[0]["findings"] and refresh[0]["changed"] is False)
    check("failures", [f["code"] for f in refresh[1]["findings"]] == ["NOT_LOADED", "ROLLBACK"])
    check("odd name", '"odd?\u00e4\\name: ' in refresh[1]["findings"][0]["message"])
    check("errors", refresh[1]["errors"] == 2 and refresh[1]["warnings"] == 0)
    check("removed", "REMOVED" in [f["code"] for f in refresh[2]["findings"]])
    check("rollbacks", stats[2]["rollbacks_refused"] >= 1)
    check("refreshes", stats[2]["refresh"] == {"succeeded": 1, "failed": 2})


def main():
    said = {"stats": [], "refresh": [], "ocsp-load": []}
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run([sys.argv[1], DATA, folder], check=True,
                                stdout=subprocess.PIPE).stdout.decode("utf-8")
    for line in output.splitlines():
        kind, text = line.split(" ", 1)
        if kind in said:
            said[kind].append(json.loads(text, object_pairs_hook=unique))
    check_documents(said)
    check_values(said["stats"], said["refresh"])
    check_loads(said["ocsp-load"])
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        print(output, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
