#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rows.py FILE.json PEER: entries and milliseconds to the first answer, for gnuplot."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    lists = json.load(file)
for row in lists:
    peer = row["peers"].get(sys.argv[2])
    if row["shape"] == "random" and peer:
        print(row["entries"], peer["load_ms"] + peer["verify_ms"] + peer["sort_ms"])
