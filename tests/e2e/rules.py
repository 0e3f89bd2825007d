#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rules.py TOOL: rules as the programs take them (examples/common/rules.c), from files and options."""
import os
import pathlib
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
DATA = pathlib.Path(os.environ["MTLSAUTH_TEST_DATA"])
YES, NO, WRONG = 0, 1, 2


def run(*words):
    done = subprocess.run([TOOL, *map(str, words)], text=True, capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


def spki(name):
    said = run("show", DATA / name)[1]
    return next(line.split()[-1] for line in said.splitlines() if "spki sha256" in line)


ANCHOR = "anchor:" + spki("root.pem")
LOOKS = "looks like a matcher: write "
SECOND = "a second matcher seems to begin here"

# What a file says, or the words of options; the exit status for a client of the root, and what is said.
FILES = [
    (f"allow partner dns:client.example.com {ANCHOR}", YES, "partner"),
    (f"allow partner dns:nobody.example {ANCHOR}", NO, "MTLSAUTH_DENY_IDENTITY"),
    (f"allow dns:nobody.example {ANCHOR}", WRONG, "line 2: a label comes first"),
    (f"allow !dns:nobody.example {ANCHOR}", WRONG, LOOKS),
    (f"allow DNS:nobody.example {ANCHOR}", WRONG, LOOKS),
    (f"allow subject.O:Nobody {ANCHOR}", WRONG, LOOKS),
    (f"allow 'dns:nobody.example' {ANCHOR}", WRONG, LOOKS),
    ("allow dns:client.example.com", WRONG, LOOKS),
    ("allow-any dns:nobody.example", WRONG, LOOKS),
    ("allow-any", YES, "any"),
    ("allow-any all", YES, "all"),
    ("allow 'the label: a sentence' dns:client.example.com", YES, "the label: a sentence"),
    ("allow partner", WRONG, "not a rule"),
    ("block dns:client.example.com\nallow-any", NO, "MTLSAUTH_DENY_BLOCKED"),
    ("allow 'partner dns:client.example.com", WRONG, "a quote does not end"),
    ("block dns:client.example.com # stolen\nallow-any", NO, "MTLSAUTH_DENY_BLOCKED"),
    ("block dns:client.example.com\r\nallow-any\r", NO, "MTLSAUTH_DENY_BLOCKED"),
    ("allow-any\n# stolen\rblock dns:client.example.com", WRONG, "line 3: a carriage return inside"),
    ("allow-any\rblock dns:client.example.com", WRONG, "line 2: a carriage return inside"),
    ("allow-any\nblock subject.CN:\"example.com\"", WRONG, "line 3: matcher 'subject.CN:\"example.com\"'"),
    ("allow-any\nblock 'subject.CN:example.com'", NO, "MTLSAUTH_DENY_BLOCKED"),
    ("allow-any\nblock dn:CN='example.com'", WRONG, "the quotes"),
    ("allow-any\nblock upn:'a@example.com'", WRONG, "the quotes"),
    ("allow-any\nblock subject.CN:example\u200b.com", WRONG, "U+200B"),
    ("allow p dns:client.example.com !subject.CN:example.com,!subject.OU:Guest", WRONG, SECOND),
    ("allow p dns:client.example.com !subject.CN:example.com,!DNS:nobody.example", WRONG, SECOND),
]
OPTIONS = [
    (["--rule", "partner", "dns:client.example.com", ANCHOR], YES, "partner"),
    (["--rule", "dns:nobody.example", ANCHOR], WRONG, LOOKS + "--rule LABEL MATCHER..."),
    (["--rule", "!dns:nobody.example", ANCHOR], WRONG, LOOKS),
    (["--rule", "dns:client.example.com"], WRONG, LOOKS),
    (["--rule", "partner"], WRONG, "a matcher has to follow"),
    (["--rule", "partner", "dns:client.example.com", "!DNS:nobody.example"], WRONG, "unknown type"),
    (["--rule", "p", "dns:client.example.com", "!subject.CN:example.com,!dns:a.example"], WRONG, SECOND),
    (["--allow-any", "--block", "subject.CN:guest,subject.CN:example.com"], WRONG, SECOND),
    (["--allow-any", "--block", "upn: a@example.com"], WRONG, "a blank"),
    (["--allow", "dns:client.example.com,!subject.OU:Guest,!subject.OU:Test"], YES, "allowed"),
    (["--allow", "dns:client.example.com,!subject.OU:Guest, !subject.CN:example.com"], NO,
     "asks for !subject.CN:example.com"),
    (["--allow", "dns:client.example.com,!subject.OU:Guest,!DNS:a.example"], WRONG, "unknown type"),
    (["--allow", "dns:client.example.com,!subject.OU:Guest ,!dns:a.example"], WRONG, "a blank"),
    (["--allow", "dns:client.example.com,!subject.OU:Guest !dns:a.example"], WRONG, SECOND),
    (["--allow", "dn:CN=a,O=b"], NO, "MTLSAUTH_DENY_IDENTITY"),
]


def main():
    failures = 0
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (text, status, says) in enumerate(FILES):
            path = pathlib.Path(folder, f"rules-{i}")
            path.write_text(f"# who may in\n{text}\n", encoding="utf-8")
            cases.append((text, ["--rules", path, DATA / "two-names.pem"], status, says))
        for words, status, says in OPTIONS:
            cases.append((words, [DATA / "two-names.pem", *words], status, says))
        for case, words, status, says in cases:
            got, said = run("check", "--truststore", DATA / "root.pem", *words)
            if got != status or says not in said:
                print(f"{case}: {got}, not {status} and {says!r}:\n{said}", file=sys.stderr)
                failures += 1
    return 1 if failures else 0


sys.exit(main())
