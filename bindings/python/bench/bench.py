#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a decision costs from Python, about a chain that was seen before.

bench.py [--json FILE] [DATA] [CALL]

DATA is the folder of test certificates (build/tests/data), CALL the program made of call.c: the
same calls in C, for the ratio. Both are looked for beside the library of MTLSAUTH_LIBRARY. The CRL
that is loaded is big.crl, a million entries, where it is there. Times are the best of many short
rounds, of which some are not interrupted on a machine that does other things, too. Exits with 1
when a call of authorize() takes more than the target.
"""
import json
import os
import subprocess
import sys
import timeit
from pathlib import Path
from typing import Callable, Dict

import mtlsauth

# The target; and what the handler of the public sample in Python takes to find a serial number in
# its list of a million: written down, not measured here.
MOST_US = 15.0
SAMPLE_US = 24.0
CALLS, ROUNDS = 200, 150


def best_us(function: Callable[[], object]) -> float:
    return min(timeit.repeat(function, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


def measure(data: Path, crl: Path) -> Dict[str, float]:
    store = mtlsauth.Truststore.from_file(data / "root.pem")
    policy = mtlsauth.Policy(allow=[("bench", "dns:client.example.com")], revocation="crl")
    authorizer = mtlsauth.Authorizer(store, policy)
    authorizer.put_crl(mtlsauth.Crl.load_file(crl, store, policy))
    pem = (data / "two-names.pem").read_bytes()
    header = (data / "header.nginx").read_text(encoding="ascii")
    chain = mtlsauth.Chain.parse(pem)
    ders = [cert.der for cert in chain]
    form = mtlsauth.Format
    assert authorizer.authorize(chain) and authorizer.authorize(header, form.NGINX)
    authorize = authorizer.authorize
    return {
        "chain": best_us(lambda: authorize(chain)),
        "pem": best_us(lambda: authorize(pem, form.PEM)),
        "nginx": best_us(lambda: authorize(header, form.NGINX)),
        "list of DER": best_us(lambda: authorizer.authorize_der(ders)),
        "nginx, identity and label read": best_us(
            lambda: (lambda decision: (decision.identity, decision.label))(
                authorize(header, form.NGINX))),
        "chain, to_dict": best_us(lambda: authorize(chain).to_dict()),
    }


def in_c(program: Path, data: Path, crl: Path) -> Dict[str, float]:
    done = subprocess.run([str(program), str(data / "root.pem"), str(data / "two-names.pem"),
                           str(crl), str(CALLS)], stdout=subprocess.PIPE, text=True, check=True)
    return {name: float(ns) / 1000 for name, ns in
            (line.split() for line in done.stdout.splitlines())}


def main() -> int:
    arguments = sys.argv[1:]
    output = None
    if arguments[:1] == ["--json"]:
        output, arguments = arguments[1], arguments[2:]
    build = Path(os.environ.get("MTLSAUTH_LIBRARY", "build/lib/x")).resolve().parent.parent
    data = Path(arguments[0]) if arguments else build / "tests" / "data"
    program = Path(arguments[1]) if arguments[1:] else build / "bindings" / "python" / "call"
    crl = data / "big.crl" if (data / "big.crl").is_file() else data / "root.crl"
    ours = measure(data, crl)
    c = in_c(program, data, crl) if program.is_file() else {}
    print(f"authorize, a chain seen before, {crl.name} loaded")
    print(f"{'':34} {'us':>8} {'C, us':>8} {'ratio':>6}")
    for name, took in ours.items():
        peer = c.get({"chain": "chain", "pem": "text"}.get(name, ""))
        print(f"{name:34} {took:8.2f} " +
              (f"{peer:8.2f} {took / peer:6.2f}" if peer else f"{'':8} {'':6}"))
    print(f"{'the public sample (written down)':34} {SAMPLE_US:8.2f}")
    print(f"target: {MOST_US:.0f} us; header to decision {ours['nginx']:.2f} us, "
          f"{SAMPLE_US / ours['nginx']:.1f} times faster than the sample")
    if output:
        with open(output, "w", encoding="utf-8") as file:
            json.dump({"us": ours, "c_us": c, "sample_us": SAMPLE_US, "target_us": MOST_US}, file)
    return 0 if max(ours[name] for name in ("chain", "pem", "nginx")) <= MOST_US else 1


if __name__ == "__main__":
    sys.exit(main())
