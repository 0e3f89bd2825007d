# SPDX-License-Identifier: MIT
"""What the tests of the Lambda programs share: a runtime API over real HTTP that hands out the events
of the test, a program started under it, events as AWS documents them, and CRLs that begin now."""
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import time

import servers
from servers import WORK, make_crl, must, own_environment

DATA = str(servers.DATA)
ROOT_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/orders"
HTTP_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/GET/orders"


def data(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


class Tally:
    """Counts checks, and prints those that fail."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def check(self, name, well, told=""):
        with self.lock:
            self.passed, self.failed = self.passed + bool(well), self.failed + (not well)
            if not well:
                print(f"FAIL {name}: {told}")
        return well

    def finish(self, skipped=0):
        print(f"{self.passed} passed, {self.failed} failed, {skipped} skipped")
        sys.exit(1 if self.failed else 0)


class Handler(servers.Handler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path != "/2018-06-01/runtime/invocation/next":
            return self.reply(404, b"{}")
        event = self.server.events.get()
        if event is None:
            return self.reply(500, b"{}")
        body, request_id, deadline = event
        return self.reply(200, body, [
            ("Lambda-Runtime-Aws-Request-Id", request_id),
            ("Lambda-Runtime-Deadline-Ms", str(int(deadline * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:f"),
            ("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
        ])

    def do_POST(self):
        body = self.content()
        parts = self.path.split("/")[3:]
        status = self.server.statuses.pop(0) if self.server.statuses else 202
        kind = "init" if parts[0] == "init" else parts[-1]
        well = parts[0] == "init" or parts[1] == self.server.request_id
        self.server.answers.put((kind if well else "another id", json.loads(body),
                                 self.headers.get("Lambda-Runtime-Function-Error-Type")))
        self.reply(status, b"{}")


class Function(servers.Server):
    """A Lambda program, and the runtime API that it talks to. Its log is read with log()."""

    def __init__(self, command, **environment):
        self.events, self.answers, self.statuses = queue.Queue(), queue.Queue(), []
        self.request_id, self.count, self.ended = "", 0, False
        super().__init__(Handler)
        self.stderr = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stderr=self.stderr, stdin=subprocess.DEVNULL,
            env=own_environment(**{
                "http_proxy": "http://127.0.0.1:1", "NO_PROXY": "localhost,127.0.0.1",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server_port}", **environment}))

    def answer(self, seconds=60):
        """What the program posts next; ("nothing", ...) when it has ended."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.answers.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None and self.answers.empty():
                    return "nothing", self.process.returncode, None
                if time.monotonic() > end:
                    return "nothing", "in time", None

    def invoke(self, event, seconds=10):
        """The kind of answer, its JSON, and the error type in the header."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        self.count += 1
        self.request_id = f"8476a536-e9f4-11e8-9739-{self.count:012x}"
        self.events.put((body, self.request_id, time.time() + seconds))
        return self.answer()

    def log(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def last(self):
        """The last line of the log that is about a decision."""
        lines = [line for line in self.log().splitlines() if line.startswith('{"requestId"')]
        return json.loads(lines[-1])

    def end(self):
        """Lets the program end, as a runtime API does that fails: its exit status."""
        if not self.ended:
            self.ended = True
            self.events.put(None)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.close()
            for word in ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Invalid read",
                         "definitely lost: "):
                for line in self.log().splitlines():
                    if word in line and "definitely lost: 0 " not in line:
                        raise AssertionError(self.log())
        return self.process.returncode

    def __exit__(self, *failure):
        status = self.end()
        if failure[0] is None and status != 1:
            raise AssertionError(f"the program ended with {status}: {self.log()}")


# --- Certificates and lists -----------------------------------------------------------------------


def about(name):
    """The fields that API Gateway adds to a certificate, as openssl says them."""
    text = must("openssl", "x509", "-in", os.path.join(DATA, name + ".pem"), "-noout", "-subject",
                "-issuer", "-serial", "-startdate", "-enddate", "-nameopt", "RFC2253")
    value = dict(line.split("=", 1) for line in text.splitlines())
    serial = value["serial"].lower()
    return {"clientCertPem": data(name + ".pem").decode(), "subjectDN": value["subject"],
            "issuerDN": value["issuer"],
            "serialNumber": ":".join(serial[i:i + 2] for i in range(0, len(serial), 2)),
            "validity": {"notBefore": value["notBefore"], "notAfter": value["notAfter"]}}


class Ca:
    """Makes lists of the test's CAs that begin now and last as long as is asked for."""

    def __init__(self, name="root"):
        self.name = name

    def crl(self, number, revoked=(), seconds=3600, form="PEM"):
        path = pathlib.Path(tempfile.mkdtemp(dir=WORK), "crl")  # of its own: some tests run side by side
        make_crl(path, number, *revoked, seconds=seconds, signer=self.name)
        if form == "DER":
            must("openssl", "crl", "-in", path, "-outform", "DER", "-out", path)
        return path.read_bytes()


# --- Events as AWS documents them -----------------------------------------------------------------


def rest_event(client_cert, arn=ROOT_ARN):
    return {
        "type": "REQUEST", "methodArn": arn, "resource": "/orders", "path": "/orders",
        "httpMethod": "GET", "headers": {"X-AMZ-Date": "20170718T062915Z", "Accept": "*/*"},
        "queryStringParameters": {"QueryString1": "queryValue1"}, "pathParameters": {},
        "stageVariables": {"StageVar1": "stageValue1"},
        "requestContext": {
            "path": "/orders", "accountId": "123456789012", "resourceId": "05c7jb", "stage": "prod",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"apiKey": None, "sourceIp": "192.0.2.1", "clientCert": client_cert},
            "resourcePath": "/orders", "httpMethod": "GET", "apiId": "abcdef1234"},
    }


def http1_event(client_cert, arn=HTTP_ARN):
    return {
        "version": "1.0", "type": "REQUEST", "methodArn": arn, "identitySource": "user1,123",
        "authorizationToken": "user1,123", "resource": "/orders", "path": "/orders",
        "httpMethod": "GET", "headers": {"X-AMZ-Date": "20170718T062915Z"},
        "queryStringParameters": {}, "pathParameters": {}, "stageVariables": {},
        "requestContext": {
            "path": "/orders", "accountId": "123456789012", "stage": "$default",
            "requestId": "id", "identity": {"sourceIp": "192.0.2.1", "clientCert": client_cert},
            "resourcePath": "/orders", "httpMethod": "GET", "apiId": "abcdef1234"},
    }


def http2_event(client_cert, arn=HTTP_ARN):
    return {
        "version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": ["user1", "123"],
        "routeKey": "GET /orders", "rawPath": "/orders", "rawQueryString": "p=1",
        "cookies": ["cookie1", "cookie2"], "headers": {"header1": "value1"},
        "queryStringParameters": {"p": "1"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "abcdef1234",
            "authentication": None if client_cert is None else {"clientCert": client_cert},
            "domainName": "api.example.com", "domainPrefix": "api",
            "http": {"method": "GET", "path": "/orders", "protocol": "HTTP/1.1",
                     "sourceIp": "192.0.2.1", "userAgent": "agent"},
            "requestId": "id", "routeKey": "GET /orders", "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1583348638390},
        "pathParameters": {"parameter1": "value1"}, "stageVariables": {"stageVariable1": "value1"},
    }


def token_event():
    return {"type": "TOKEN", "authorizationToken": "allow", "methodArn": ROOT_ARN}


SHAPES = {"REST": (rest_event, ROOT_ARN), "HTTP-1.0": (http1_event, HTTP_ARN),
          "HTTP-2.0": (http2_event, HTTP_ARN)}
