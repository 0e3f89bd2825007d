#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzz targets for a long time, and writes down each run in docs/fuzzing.md.

The target that has the fewest processor seconds in the log comes next, so that a campaign can be
ended at any moment (Ctrl-C, SIGTERM) and gone on with later. What is found stays in the build folder, in findings/;
the working corpora too, in corpora/, until --minimise takes from them into tests/fuzz/corpus what
reaches an edge that the corpus there does not.
"""

import argparse
import concurrent.futures
import contextlib
import itertools
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/fuzz/corpus"
LOG = ROOT / "docs/fuzzing.md"
TOTALS = ("| target | CPU hours | executions | findings |", "|---|---|---|---|")
RUNS = ("| day | target | commit | executions | CPU seconds | edges | findings |",
        "|---|---|---|---|---|---|---|")
# No input may cost as much as this; far above what one costs, for the machine may be busy.
TIMEOUT_SECONDS = 120
MEMORY_MB = 2048
# What libFuzzer ends with at SIGINT and SIGTERM.
INTERRUPTED = 72


def targets():
    return sorted(path.stem[len("fuzz_"):] for path in CORPUS.parent.glob("fuzz_*.c"))


def commit():
    def git(*args):
        return subprocess.run(["git", "-C", str(ROOT), *args], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
    sources = "lib", "include", "tests/fuzz/*.[ch]"
    changed = git("status", "--porcelain", *sources)
    return git("log", "-1", "--format=%h", "--", *sources) + ("+" if changed else "")


def build(folder):
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(folder), str(ROOT), "-Dfuzzing=libfuzzer",
                        "-Db_sanitize=address,undefined", "-Db_lundef=false",
                        "-Dexamples=disabled"],
                       check=True, env={**os.environ, "CC": "clang", "CXX": "clang++"})
    subprocess.run(["ninja", "-C", str(folder),
                    *(f"tests/fuzz/fuzz_{name}" for name in targets())], check=True)


class Log:
    """The table of runs in docs/fuzzing.md, and the table of totals that is made from it."""

    def __init__(self):
        self.lock = threading.Lock()

    def runs(self):
        _, rows, _ = split_table(LOG.read_text(encoding="utf-8"), RUNS)
        return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]

    def seconds(self):
        spent = dict.fromkeys(targets(), 0)
        for _, target, _, _, seconds, _, _ in self.runs():
            spent[target] = spent.get(target, 0) + int(seconds)
        return spent

    def add(self, row):
        with self.lock:
            runs = self.runs()
            # One line for the runs of a day at a commit.
            same = [run for run in runs if run[:3] == row[:3]]
            if same:
                run = same[0]
                run[3:5] = [str(int(run[i]) + int(row[i])) for i in (3, 4)]
                run[5] = str(max(int(run[5]), int(row[5])))
                run[6] = str(int(run[6]) + int(row[6]))
            else:
                runs.append(row)
            self.write(runs)

    def write(self, runs):
        totals = {}
        for _, target, _, executions, seconds, _, findings in runs:
            total = totals.setdefault(target, [0, 0, 0])
            for i, number in enumerate((seconds, executions, findings)):
                total[i] += int(number)
        text = LOG.read_text(encoding="utf-8")
        text = replace_rows(text, TOTALS, [
            [name, f"{total[0] / 3600:.2f}", str(total[1]), str(total[2])]
            for name, total in sorted(totals.items())])
        text = replace_rows(text, RUNS, runs)
        new = LOG.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(LOG)


def split_table(text, head):
    """What stands before the rows of a table, the rows, and what stands behind them."""
    before, after = text.split("\n".join(head) + "\n", 1)
    rows = list(itertools.takewhile(lambda line: line.startswith("|"), after.splitlines(True)))
    return before + "\n".join(head) + "\n", rows, after[sum(map(len, rows)):]


def replace_rows(text, head, rows):
    before, _, after = split_table(text, head)
    return before + "".join("| " + " | ".join(row) + " |\n" for row in rows) + after


def last_number(pattern, text):
    found = re.findall(pattern, text)
    return found[-1] if found else "0"


class Fuzzers:
    """The programs that run now, until they are told to end."""

    def __init__(self):
        self.running = set()
        self.ending = threading.Event()

    def end(self, *_):
        self.ending.set()
        for pid in list(self.running):
            self.terminate(pid)

    @staticmethod
    def terminate(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def wait(self, command, **options):
        """How it ended, and what it cost."""
        child = subprocess.Popen(command, **options)
        self.running.add(child.pid)
        if self.ending.is_set():
            self.terminate(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        self.running.discard(child.pid)
        child.returncode = os.waitstatus_to_exitcode(status)
        # One that has only begun knows nothing of signals.
        if self.ending.is_set() and child.returncode in (-signal.SIGINT, -signal.SIGTERM):
            child.returncode = INTERRUPTED
        return child.returncode, usage


def run(folder, name, seconds, log, at, fuzzers):
    """One run; True when it found nothing."""
    working = folder / "corpora" / name
    findings = folder / "findings"
    working.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    output = folder / f"fuzz_{name}.log"
    with open(output, "w", encoding="utf-8") as out:
        code, usage = fuzzers.wait(
            [str(folder / "tests/fuzz" / f"fuzz_{name}"), f"-max_total_time={seconds}",
             "-print_final_stats=1", f"-timeout={TIMEOUT_SECONDS}", f"-rss_limit_mb={MEMORY_MB}",
             f"-artifact_prefix={findings}/{name}-", str(working), str(CORPUS / name)],
            stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
    text = output.read_text(encoding="utf-8", errors="replace")
    spent = round(usage.ru_utime + usage.ru_stime)
    well = code in (0, INTERRUPTED)
    executions = last_number(r"stat::number_of_executed_units: (\d+)", text)
    edges = last_number(r"cov: (\d+)", text)
    log.add([time.strftime("%Y-%m-%d", time.gmtime()), name, at, executions, str(spent), edges,
             "0" if well else "1"])
    print(f"{name}: {executions} executions, {spent} CPU seconds, {edges} edges"
          + ("" if well else f"; FOUND something, see {output} and {findings}"), flush=True)
    return well


def campaign(folder, names, until, slice_seconds, jobs, finish):
    log = Log()
    at = commit()
    stopped = set()
    lock = threading.Lock()
    running = set()
    fuzzers = Fuzzers()

    def next_run():
        """A target and the seconds of its run: no more than it lacks."""
        with lock:
            spent = log.seconds()
            left = [name for name in names if name not in stopped | running and
                    spent[name] < until]
            if not left or time.monotonic() > finish or fuzzers.ending.is_set():
                return None
            name = min(left, key=lambda target: spent[target])
            running.add(name)
            return name, min(slice_seconds, math.ceil(until - spent[name]))

    def work():
        while (begun := next_run()) is not None:
            name, seconds = begun
            well = run(folder, name, seconds, log, at, fuzzers)
            with lock:
                running.discard(name)
                if not well:
                    stopped.add(name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, fuzzers.end)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(work) for _ in range(jobs)]:
            future.result()
    return not stopped


def minimise(folder, names):
    """Into the corpus of the tree goes what reaches an edge that nothing in it reaches."""
    for name in names:
        working = folder / "corpora" / name
        if not working.is_dir():
            continue
        before = len(list((CORPUS / name).iterdir()))
        subprocess.run([str(folder / "tests/fuzz" / f"fuzz_{name}"), "-merge=1", "-use_counters=0",
                        str(CORPUS / name), str(working)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(f"{name}: {before} inputs before, {len(list((CORPUS / name).iterdir()))} now")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--hours", type=float, default=2,
                        help="processor hours that each target shall have in the log (2)")
    parser.add_argument("--slice", type=int, default=600, help="seconds of one run at most (600)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    parser.add_argument("--minutes", type=float, default=float("inf"),
                        help="begin no run after so many minutes")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build-fuzz")
    parser.add_argument("--minimise", action="store_true",
                        help="fuzz nothing: minimise what was found into tests/fuzz/corpus")
    parser.add_argument("target", nargs="*", help="targets (all)")
    options = parser.parse_args()
    names = options.target or targets()
    unknown = set(names) - set(targets())
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    folder = options.build.resolve()
    build(folder)
    if options.minimise:
        minimise(folder, names)
        return 0
    finish = time.monotonic() + options.minutes * 60
    well = campaign(folder, names, options.hours * 3600, options.slice, options.jobs, finish)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
