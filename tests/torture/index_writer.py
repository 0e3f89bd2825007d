# SPDX-License-Identifier: MIT
"""An index is written and read while the system fails: killed at every call, every call refused.

usage: index_writer.py MTLSAUTH

Whatever happens to `crl compile` leaves the index that was there or the new one, and keeps no later
run from succeeding; whatever happens to `crl find` gives an error or the right answer. The calls are
those of a recorded run. strace injects what fails: without it the test is skipped, and fails in CI.
"""
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from need import skip  # noqa: E402

DATA = os.environ["MTLSAUTH_TEST_DATA"]
TIMEOUT = 120
TRIES = 3

# What can touch a file. "?": one that this architecture does not have is passed over.
CALLS = ("open openat read pread64 readv write pwrite64 writev fsync fdatasync sync_file_range rename "
         "renameat renameat2 link linkat unlink unlinkat close ftruncate fallocate fstat newfstatat "
         "statx lseek fchmod fchown flock").split()
ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "EINTR")
READ_ERRORS = ("EIO", "EINTR", "EMFILE")

CRL, OLD_CRL, CA = (os.path.join(DATA, name) for name in ("root.crl", "root-older.crl", "root.pem"))
SERIAL = "7E573E1D6A9879F7C3449784A674A527"

failures = []
cases = 0


class Done:
    """How a run of the tool ended: under strace, with the calls that were traced."""

    def __init__(self, done, log=""):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.calls = re.findall(r"^\d+ +(\w+\(.*)$", log, re.M)

    def is_killed(self):
        return self.status in (-signal.SIGKILL, 128 + signal.SIGKILL)


def check(case, condition, text, done=None):
    if not condition:
        failures.append(f"{case}: {text}" + (
            f" (exit {done.status}, {done.out.strip()!r}, {done.err.strip()!r})" if done else ""))
    return condition


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, 0o600)


class Place:
    """A private folder, the index in it, and what that index was and is to become."""
    name = "x.idx"
    others = ()  # that may lie beside it
    calls = CALLS
    begins = CRL  # the first call of a write has this in it

    def __init__(self, folder, tool):
        self.folder, self.tool = folder, tool
        self.index = os.path.join(folder, self.name)
        self.log = folder + ".strace"
        self.contents, self.answers = {}, {}
        for name, make in (("old", self.compile(OLD_CRL)), ("new", self.compile())):
            made = self.run(make)
            found = self.run(self.find())
            if made.status != 0 or made.err or found.err:
                sys.exit(f"FAIL: {name}: {made.out}{made.err}{found.out}{found.err}")
            self.contents[name] = read(self.index)
            self.answers[name] = (found.status, found.out)
        if self.answers["old"] == self.answers["new"]:
            sys.exit("FAIL: the two give the same answer")

    def compile(self, crl=CRL):
        return [self.tool, "crl", "compile", crl, "--issuer", CA, "-o", self.index]

    def find(self):
        return [self.tool, "crl", "find", self.index, SERIAL]

    def run(self, command, **options):
        return Done(subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                   check=False, timeout=TIMEOUT, **options))

    def trace(self, command, *injections):
        # The leak checker cannot work beside another tracer.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        strace = ["strace", "-f", "-a", "1", "-s", "0", "-o", self.log,
                  "-e", "trace=" + ",".join("?" + call for call in self.calls)]
        for injection in injections:
            strace += ["-e", "inject=" + injection]
        done = self.run(strace + command, env=dict(os.environ, ASAN_OPTIONS=options))
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return Done(subprocess.CompletedProcess([], done.status, done.out, done.err), file.read())

    def reset(self, name):
        for left in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, left))
        write(self.index, self.contents[name])

    def leftovers(self):
        return [name for name in os.listdir(self.folder)
                if name != self.name and name not in self.others]

    def state(self, case):
        """Which of the two files is there, by its octets and by its answer."""
        found = self.run(self.find())
        data = read(self.index)
        for name in ("old", "new"):
            if data == self.contents[name]:
                check(case, (found.status, found.out) == self.answers[name] and not found.err,
                      f"the {name} file, but another answer", found)
                return name
        check(case, False, f"neither the old file nor the new one: {len(data)} octets", found)
        return "torn"

    def compile_again(self, case):
        again = self.run(self.compile())
        check(case, again.status == 0 and not again.err, "the next run fails", again)
        check(case, self.state(case) == "new", "the next run has not made the new file")


def name_of(call):
    return call.split("(", 1)[0]


def phase(calls, begins):
    """Where in a trace the work on files begins and ends: behind it only the answer is printed."""
    start = next((i for i, call in enumerate(calls) if begins in call), len(calls))
    end = next((i for i in range(start, len(calls))
                if re.match(r"write\([12],|(new)?fstat(at)?\([12],", calls[i])), len(calls))
    return start, end


class Point:
    """One call of a recorded run: the number-th of its name, position calls behind the first."""

    def __init__(self, calls, start, i):
        self.call = name_of(calls[i])
        self.number = sum(name_of(call) == self.call for call in calls[:i + 1])
        self.position = i - start
        self.text = calls[i]

    def __str__(self):
        return f"{self.call} {self.number} ({self.text})"

    def inject(self, place, command, begins, what):
        """Runs the command with that fault, and makes sure that it came where it was to come."""
        for _ in range(TRIES):
            done = place.trace(command, f"{self.call}:{what}:when={self.number}")
            start = phase(done.calls, begins)[0]
            hit = next((i for i, call in enumerate(done.calls) if "INJECTED" in call),
                       len(done.calls) - 1)
            if hit - start == self.position and name_of(done.calls[hit]) == self.call:
                return done
            place.reset("old")
        check(str(self), False, f"the fault {what} came elsewhere", done)
        return None


def record(place, command, begins):
    """The calls on the files of the test. What libcrypto reads for itself is none of them."""
    done = place.trace(command)
    start, end = phase(done.calls, begins)
    files, points = set(), []
    for i in range(start, end):
        call = done.calls[i]
        first, result = re.match(r"\w+\((\w*)", call).group(1), call.rsplit("= ", 1)[-1]
        if first not in files and begins not in call and place.folder not in call:
            continue
        points.append(Point(done.calls, start, i))
        if name_of(call) in ("open", "openat"):
            files.add(result)
        elif name_of(call) == "close":
            files.discard(first)
    if not points:
        sys.exit(f"FAIL: no call was recorded: {done.err}")
    return points


def is_one_sentence(place, done):
    return (done.status == 1 or done.status == 2) and done.err.count("\n") == 1 and (
        place.index in done.err or place.begins in done.err) and ": error " not in done.err


def killed(place):
    """(a) Killed at every call; one more point is the end."""
    seen = set()
    place.reset("old")
    for point in record(place, place.compile(), place.begins):
        global cases
        cases += 1
        place.reset("old")
        done = point.inject(place, place.compile(), place.begins, "signal=KILL")
        if done is None:
            continue
        case = f"killed at {point}"
        check(case, done.is_killed(), "not killed", done)
        seen.add(place.state(case))
        place.compile_again(case)
    check("killed", seen == {"old", "new"}, f"only {seen} was left")

    # A service that dies again and again in the same place.
    place.reset("old")
    for _ in range(5):
        place.trace(place.compile(), "?rename,?renameat,?renameat2:signal=KILL")
    check("killed five times", len(place.leftovers()) == 5, f"left over: {place.leftovers()}")
    check("killed five times", place.state("killed five times") == "old", "not the old file")
    place.compile_again("killed five times")


def refused(place):
    """(b) Every call fails once, with each error."""
    place.reset("old")
    for point in record(place, place.compile(), place.begins):
        for error in ERRORS:
            global cases
            cases += 1
            place.reset("old")
            done = point.inject(place, place.compile(), place.begins, f"error={error}")
            if done is None:
                continue
            case = f"{error} at {point}"
            state = place.state(case)
            if done.status == 0:
                check(case, state == "new" and not done.err, f"well, with the {state} file", done)
                # Nothing else may fail without a word.
                check(case, error == "EINTR" or point.call == "close", "passed over", done)
            else:
                check(case, is_one_sentence(place, done), "not one clear sentence", done)
                # Behind the rename there is no way back: the sentence says so.
                check(case, state == "old" or "was replaced" in done.err,
                      f"failed, with the {state} file", done)
            check(case, not place.leftovers(), f"left over: {place.leftovers()}")
    case = "ENOSPC, and the file cannot be taken away"
    place.reset("old")
    done = place.trace(place.compile(), "write:error=ENOSPC:when=1", "?unlink,?unlinkat:error=EIO")
    check(case, is_one_sentence(place, done) and "no space left" in done.err, "no sentence", done)
    check(case, place.state(case) == "old", "not the old file")
    place.compile_again(case)


def limited(place):
    """(c) Writes that are cut short by a limit, with the signal for that and without."""
    size = len(place.contents["new"])
    for limit in sorted({0, 1, 8, 64, size // 2, size - 7, size - 1, size}):
        for ignored in (True, False):
            def prepare(limit=limit, ignored=ignored):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignored else signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            global cases
            cases += 1
            case = f"limit of {limit} octets, signal {'ignored' if ignored else 'not ignored'}"
            place.reset("old")
            done = place.run(place.compile(), preexec_fn=prepare, restore_signals=False)
            state = place.state(case)
            if limit == size:
                check(case, done.status == 0 and state == "new", f"the {state} file", done)
            elif ignored:
                check(case, is_one_sentence(place, done) and state == "old",
                      f"no sentence, or the {state} file", done)
                check(case, not place.leftovers(), f"left over: {place.leftovers()}")
            else:
                check(case, done.status != 0 and state == "old", f"the {state} file", done)
            place.compile_again(case)


def full(place):
    """(c) A file system that is full in the middle: mounted where only this one process sees it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        print("not root: no file system of 64 KiB is filled")
        return
    mount = ["unshare", "-m", "sh", "-c", """
        mount -t tmpfs -o size=64k,mode=0700 tmpfs "$1" || exit 90
        cp -p "$2" "$1/x.idx" || exit 90
        shift 2
        folder=$(dirname "$1")
        shift
        "$@"
        code=$?
        cmp -s "$kept" "$folder/x.idx" || exit 91
        [ "$(ls "$folder")" = x.idx ] || exit 92
        exit $code""", "sh"]
    kept = place.folder + ".kept"
    write(kept, place.contents["old"])
    place.reset("old")
    done = place.run(mount + [place.folder, kept, place.index] +
                     place.compile(os.path.join(DATA, "big.crl")), env=dict(os.environ, kept=kept))
    if done.status == 90:
        print("no file system of 64 KiB can be mounted:", done.err.strip())
        return
    check("full", done.status != 91, "the old index is no longer there", done)
    check("full", done.status != 92, "something is left over", done)
    check("full", is_one_sentence(place, done) and "no space left" in done.err, "no sentence", done)


def synced(place):
    """(e) The machine crashes: a name is only given to octets that are on the disk, and is then put
    there, too. No fault shows that; the order of the calls does."""
    global cases
    cases += 1
    place.reset("old")
    calls = place.trace(place.compile()).calls

    def find(start, pattern):
        """The first such call from there on, and what was matched; or the end of the calls."""
        return next(((i, found) for i in range(start, len(calls))
                     if (found := re.match(pattern, calls[i]))), (len(calls), None))

    renamed, names = find(0, rf'renameat2?\((\d+), "(.*)", \1, "{re.escape(place.name)}".* = 0$')
    if not check("synced", names, f"no rename: {calls}"):
        return
    opened, file = find(0, rf'openat\({names[1]}, "{re.escape(names[2])}", .*O_CREAT.* = (\d+)$')
    if not check("synced", opened < renamed, f"the new file was opened nowhere: {calls}"):
        return
    of_file = [name_of(call) for call in calls[opened + 1:renamed]
               if re.match(rf"\w+\({file[1]}[,)].* = \d+$", call)]
    last_write = max((i for i, call in enumerate(of_file) if "write" in call), default=len(of_file))
    check("synced", "fsync" in of_file[last_write:], f"renamed before it is on the disk: {of_file}")
    check("synced", find(renamed, rf"fsync\({names[1]}\) += 0$")[1],
          f"the folder is not put on the disk: {calls[renamed:]}")


def unread(place):
    """(d) Every call of the reader fails once; a read says that it gave less than was asked for,
    and nothing at all."""
    place.reset("new")
    for point in record(place, place.find(), place.folder):
        faults = ["error=" + error for error in READ_ERRORS]
        if point.call in ("read", "pread64"):
            asked = int(re.search(r", (\d+)\) = ", point.text).group(1))
            faults += [f"retval={short}" for short in (0, 1, 7) if short < asked]
        for fault in faults:
            global cases
            cases += 1
            place.reset("new")
            done = point.inject(place, place.find(), place.folder, fault)
            if done is None:
                continue
            case = f"{fault} at {point}"
            if (done.status, done.out) == place.answers["new"]:
                check(case, not done.err, "an answer and an error", done)
            else:
                # A read that gives less fills in nothing: the file seems to hold something else.
                well = is_one_sentence(place, done) or (
                    fault.startswith("retval") and done.status == 2 and place.index in done.err)
                check(case, well and not done.out, "neither the answer nor an error", done)


def need_strace():
    works = shutil.which("strace") is not None
    why = "strace is not installed"
    if works:
        probe = subprocess.run(["strace", "-o", "/dev/null", "-e", "inject=?getppid:error=EIO", "true"],
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        works = probe.returncode == 0
        why = f"strace cannot trace here: {probe.stderr.strip()}"
    if not works:
        skip(why)


def main(name, makers, parts):
    """Does each of the parts in a place of each maker, and says how many faults there were."""
    need_strace()
    for make in makers:
        with tempfile.TemporaryDirectory(prefix=name + ".") as folder:
            private = os.path.join(folder, "d")
            os.mkdir(private, 0o700)
            place = make(private)
            for part in parts:
                part(place)
    for text in failures:
        print("FAIL:", text)
    print(f"{name}: {cases} faults, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main("index_writer", [lambda folder: Place(folder, os.path.abspath(sys.argv[1]))],
                  [killed, refused, limited, full, synced, unread]))
