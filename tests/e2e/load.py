#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""load.py HTTP_AUTHORIZER [--seconds N]: wrk against http_authorizer, while a new revocation list comes
every second. No error, no wrong answer, memory flat; prints requests a second. 5 seconds by default."""
import os
import re
import signal
import subprocess
import sys
import time

from http_authorizer_common import PROGRAM, Authorizer, escaped, need, run_tests
from servers import DATA, WORK, make_crl, sanitized, until

SECONDS = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 5
WARM_UP = 2
WRK = need("wrk")

# Counts the answers that are not the one that this client has to get.
SCRIPT = """
local threads = {}
wrong = 0
function setup(thread) threads[#threads + 1] = thread end
function response(status) if status ~= %d then wrong = wrong + 1 end end
function done(summary, latency)
    local sum = 0
    for _, thread in ipairs(threads) do sum = sum + thread:get("wrong") end
    local e = summary.errors
    io.write(string.format("WRONG %%d ERRORS %%d REQUESTS %%d\\n", sum,
             e.connect + e.read + e.write + e.timeout, summary.requests))
end
"""


def memory(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def wrk(port, client, status, connections):
    script = WORK / f"{client}.lua"
    script.write_text(SCRIPT % status)
    return subprocess.Popen(
        [WRK, "-t1", f"-c{connections}", f"-d{SECONDS + WARM_UP}s", "--timeout", "20s", "-s",
         script, "-H", f"X-SSL-Client-Cert: {escaped(client)}",
         f"http://127.0.0.1:{port}/authorize"], stdout=subprocess.PIPE, text=True)


def test_load():
    lists = [make_crl(WORK / f"{number}.crl", number, "revoked", *["expired"] * (number % 2))
             for number in range(1, SECONDS + 3)]
    crl = WORK / "current.crl"
    os.replace(lists[0], crl)
    with Authorizer(PROGRAM, "--truststore", DATA / "root.pem", "--allow",
                    "dns:client.example.com", "--format", "nginx", "--revocation", "crl", "--crl",
                    crl, "--refresh", "0", "--log", "/dev/null", ready=False) as authorizer:
        # The log of every decision is not what is measured; where it listens is asked of the kernel.
        authorizer.place = listening(authorizer.process)
        idle = descriptors(authorizer.process)
        clients = [wrk(authorizer.port, "two-names", 200, 8), wrk(authorizer.port, "revoked", 403, 4)]
        time.sleep(WARM_UP)
        before = memory(authorizer.process)
        for number in range(SECONDS):
            generation, due = generation_of(authorizer), time.monotonic() + 1
            os.replace(lists[number + 1], crl)
            authorizer.process.send_signal(signal.SIGHUP)
            until("a new list", lambda: generation_of(authorizer) > generation, 60)
            time.sleep(max(0, due - time.monotonic()))
        after = memory(authorizer.process)
        total = 0
        for client in clients:
            output = client.communicate(timeout=120)[0]
            found = re.search(r"WRONG (\d+) ERRORS (\d+) REQUESTS (\d+)", output)
            assert client.returncode == 0 and found, output
            wrong, errors, requests = map(int, found.groups())
            assert wrong == 0 and errors == 0 and requests > 0, output
            total += requests
        print(f"{total / (SECONDS + WARM_UP):.0f} requests a second, {total} in all, with "
              f"{SECONDS} new lists; memory {before} KiB, then {after} KiB; generation "
              f"{generation_of(authorizer)}")
        until("the descriptors are closed", lambda: descriptors(authorizer.process) <= idle)
        if not sanitized(PROGRAM):
            assert after <= before * 1.1 + 4096, f"memory grew from {before} to {after} KiB"


def generation_of(authorizer):
    return int(re.search(r"^mtlsauth_generation (\d+)", authorizer.get("/metrics")[2], re.M).group(1))


def listening(process):
    def look():
        inodes = set()
        for name in os.listdir(f"/proc/{process.pid}/fd"):
            try:
                target = os.readlink(f"/proc/{process.pid}/fd/{name}")
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in list(table)[1:]:
                words = line.split()
                if words[3] == "0A" and words[9] in inodes:
                    return f"127.0.0.1:{int(words[1].split(':')[1], 16)}"
        return None

    return until("http_authorizer listens", look)


run_tests(dict(globals()))
