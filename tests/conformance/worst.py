#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a hostile chain costs at most: instructions by callgrind above those of a program that does
nothing, and memory of the process.

worst.py WORST [LIMBO LIMBO.JSON]

WORST and LIMBO are the programs of that name. With the second pair the cases pathological::* of
x509-limbo are measured as well. Skips itself without valgrind.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from callgrind import instructions, skip_without  # noqa: E402

MOST_INSTRUCTIONS = 200_000_000
MOST_BYTES = 32 << 20


def natively(worst, command):
    """What it says, and the peak of its memory."""
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    memory = subprocess.run([worst, "memory", *command], capture_output=True, text=True, check=True)
    return said, int(memory.stdout) * 1024


def measure(worst, name, command, empty, wanted=None):
    # A runner of vectors that fails has its own test.
    counted = instructions(command, check=False) - empty
    said, memory = natively(worst, command)
    cheap = counted < MOST_INSTRUCTIONS and memory < MOST_BYTES
    found = re.search(r"MTLSAUTH_(OK|DENY_\w+|ERR_\w+)", said)
    code = found[0] if found else ""
    right = wanted in (None, code)
    print(f"{name:<48}{counted / 1e6:>9.1f} M {memory / (1 << 20):>6.1f} MiB  "
          f"{'' if cheap else 'TOO MUCH '}{code}{'' if right else f', NOT {wanted}'}", flush=True)
    return cheap and right


def own_cases(worst, folder):
    empty = instructions([worst, "run"])
    for line in subprocess.run([worst, "list"], capture_output=True, text=True,
                               check=True).stdout.splitlines():
        name, wanted = line.split()
        path = os.path.join(folder, name + ".pem")
        subprocess.run([worst, "make", name, path], check=True)
        yield measure(worst, name, [worst, "run", path], empty, wanted)


def limbo_cases(worst, limbo, vectors, folder):
    with open(vectors, encoding="utf-8") as file:
        tests = json.load(file)["testcases"]
    nothing = os.path.join(folder, "nothing.json")
    with open(nothing, "w", encoding="utf-8") as file:
        json.dump({"testcases": []}, file)
    empty = instructions([limbo, nothing], check=False)
    for test in tests:
        if not test["id"].startswith("pathological::"):
            continue
        path = os.path.join(folder, test["id"].replace(":", "_") + ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"testcases": [test]}, file)
        yield measure(worst, test["id"].replace("pathological::", ":: "), [limbo, path], empty)


def main():
    arguments = [os.path.abspath(path) for path in sys.argv[1:]]
    if len(arguments) not in (1, 3):
        sys.exit(__doc__)
    skip_without()
    print(f"{'case':<48}{'callgrind':>11} {'memory':>10}  answer")
    os.environ["CONFORMANCE_VERBOSE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        results = list(own_cases(arguments[0], folder))
        skipped = 0
        if len(arguments) == 3 and os.path.exists(arguments[2]):
            results += limbo_cases(arguments[0], arguments[1], arguments[2], folder)
        elif len(arguments) == 3:
            print(f"{arguments[2]} is not there: its cases are skipped")
            skipped = 1
    failed = results.count(False)
    print(f"{len(results) - failed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


main()
