# SPDX-License-Identifier: MIT
"""What the tests of examples/http_authorizer share: the program, and raw requests. proxies.py has what
stands in front of it."""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

from servers import DATA, PATIENCE, WORK, ended, kill, own_environment, skip, until

PROGRAM = sys.argv[1]
SOURCE = pathlib.Path(os.environ["MTLSAUTH_SOURCE"])
CAS = WORK / "cas.pem"
CAS.write_text((DATA / "root.pem").read_text() + (DATA / "intermediate.pem").read_text())
BASE = ["--truststore", CAS, "--allow", "dns:client.example.com"]
NGINX = [*BASE, "--format", "nginx", "--revocation", "off"]


def need(program):
    """A program that a test cannot do without."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path:
        return path
    skip(f"{program} is not installed")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def escaped(name):
    """What nginx makes of a certificate: $ssl_client_escaped_cert."""
    return urllib.parse.quote((DATA / f"{name}.pem").read_text(), safe="")


def digest(name):
    """SHA-256 of a certificate."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert((DATA / f"{name}.pem").read_text())).digest()


def header(name):
    return (DATA / f"header.{name}").read_text()


GOOD = ("X-SSL-Client-Cert", escaped("two-names"))


class Authorizer:
    """A running http_authorizer; its log is read when something has to be known."""

    def __init__(self, program, *options, environment=None, listen="127.0.0.1:0", ready=True):
        self.log = open(tempfile.mkstemp(dir=WORK, suffix=".log")[1], encoding="utf-8")
        self.lines = []
        command = [program, "--log", self.log.name, *map(str, options)]
        if listen:
            command += ["--listen", listen]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.errors, stderr=self.errors,
                                        env=own_environment(**(environment or {})))
        if ready:
            try:
                self.place = until("http_authorizer listens",
                                   lambda: self.event("listening") or self.failed())["detail"]
            except BaseException:
                kill(self.process)
                raise

    def failed(self):
        if self.process.poll() is not None:
            raise AssertionError(f"http_authorizer ended: {self.said()}")
        return None

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def read_log(self):
        while line := self.log.readline():
            while not line.endswith("\n"):
                line += self.log.readline()
            self.lines.append(line)
        return [json.loads(line) for line in self.lines]

    def event(self, name, after=0):
        return next((e for e in self.read_log()[after:] if e.get("event") == name), None)

    def last(self):
        """The last decision of the log."""
        return [e for e in self.read_log() if "status" in e][-1]

    @property
    def port(self):
        return int(self.place.rsplit(":", 1)[1])

    def get(self, path="/authorize", headers=(), method="GET"):
        """Status, headers and text of an answer; headers is a list of pairs, to have one twice."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def status(self, *headers, **more):
        return self.get(headers=headers, **more)[0]

    def raw(self, data, end=True):
        """What comes back for bytes, until the connection is closed from there."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as s:
            answer = b""
            try:
                s.sendall(data)
                if end:
                    s.shutdown(socket.SHUT_WR)
                while part := s.recv(65536):
                    answer += part
            except OSError:
                pass  # it has hung up already
            return answer

    def reload(self):
        """SIGHUP; the event that says what came of it."""
        before = len(self.read_log())
        self.process.send_signal(signal.SIGHUP)
        return until("a refresh", lambda: self.event("refresh", before) or
                     self.event("refresh failed", before))

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = ended(self.process)
        self.log.close()
        return status

    def expect_exit(self, words):
        """It does not start, and says why."""
        status, said = ended(self.process), self.said()
        assert status == 1 and words in said, (self.process.args, status, said)
        return said

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if failure[0] is not None:
            print("".join(self.lines[-5:]), self.said(), file=sys.stderr)
        status = self.stop()
        if failure[0] is None and status != 0:
            raise AssertionError(f"SIGTERM: http_authorizer ended with {status}: {self.said()}")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def refuses(words, *options, environment=None, never="BEGIN"):
    """The program does not start, and says why; something it does not say."""
    authorizer = Authorizer(PROGRAM, *options, environment=environment, ready=False, listen=None)
    said = authorizer.expect_exit(words)
    assert never not in said, (options, said)


def run_tests(names):
    """Every test_ function, in the order in which they stand there; a test file ends with it."""
    failures = 0
    tests = [(name, function) for name, function in names.items() if name.startswith("test_")]
    for name, function in tests:
        started = time.monotonic()
        try:
            function()
            print(f"ok {name} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failures += 1
            traceback.print_exc()
            print(f"FAIL {name}: {error}", flush=True)
    print(f"{len(tests) - failures} passed, {failures} failed, 0 skipped")
    sys.exit(1 if failures else 0)
