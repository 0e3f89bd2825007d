#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""chains.py FILE.json: microseconds by key and size of the list, for gnuplot; with --table, the rows
of docs/performance.md."""
import json
import sys


def size(entries):
    """Words for a number of entries."""
    return {0: "no CRL", 100000: "100 k", 1000000: "1 M"}[entries]


def number(row, peer, field, digits=1):
    """A figure of a peer, or "-" where it was left out."""
    return f"{row[peer][field]:.{digits}f}" if peer in row else "-"


def plot(chains):
    """Of the small truststore."""
    for row in chains:
        if row["cas"] == 2:
            print(f'"{row["key"]}, {size(row["entries"])}"', number(row, "OpenSSL", "new_us"),
                  number(row, "GnuTLS", "new_us"), number(row, "libmtlsauth", "new_us"),
                  number(row, "libmtlsauth", "seen_us", 2))


def table(chains):
    """All of it."""
    for row in chains:
        ours = row["libmtlsauth"]
        ratios = ["-", "-"]
        if "OpenSSL" in row:
            ratios = [f"{row['OpenSSL']['new_us'] / ours['new_us']:.1f}",
                      f"{row['OpenSSL']['new_us'] / ours['seen_us']:,.0f}"]
        cells = [row["key"], f"{row['cas']:,}", size(row["entries"]),
                 number(row, "OpenSSL", "load_ms"), number(row, "libmtlsauth", "load_ms"),
                 number(row, "OpenSSL", "new_us", 0), number(row, "GnuTLS", "new_us", 0),
                 number(row, "libmtlsauth", "new_us", 0), number(row, "libmtlsauth", "seen_us", 2)]
        print("| " + " | ".join(cells + ratios) + " |")


def main():
    """One of the two."""
    with open(sys.argv[-1], encoding="utf-8") as file:
        chains = json.load(file)["chains"]
    if "--table" in sys.argv:
        table(chains)
    else:
        plot(chains)


if __name__ == "__main__":
    main()
