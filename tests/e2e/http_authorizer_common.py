# SPDX-License-Identifier: MIT
"""What the tests of examples/http_authorizer share: the program, an application behind a proxy, lists
of revoked certificates, raw requests. All on loopback; what is started is ended."""

import atexit
import base64
import hashlib
import http.client
import http.server
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
import threading
import time
import traceback
import urllib.parse

DATA = pathlib.Path(os.environ["MTLSAUTH_TEST_DATA"])
SOURCE = pathlib.Path(os.environ["MTLSAUTH_SOURCE"])
TMP = tempfile.TemporaryDirectory(prefix="mtlsauth-http.")
WORK = pathlib.Path(TMP.name)
atexit.register(TMP.cleanup)
SKIP = 77
PATIENCE = 30


def need(program):
    """A program that a test cannot do without: CI has it, elsewhere the test is skipped."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path:
        return path
    print(f"{program} is not installed")
    sys.exit(1 if os.environ.get("CI") == "true" else SKIP)


def must(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, timeout=60, env={**os.environ, "OPENSSL_CONF": "/dev/null"})
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, happens, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = happens()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def serial(name):
    return must("openssl", "x509", "-in", DATA / f"{name}.pem", "-noout", "-serial").strip()[7:]


def make_crl(path, number, *revoked, until_date="20491231235959Z", signer="root"):
    """A list by the CA of the test data, put into place as a whole."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    (folder / "index").write_text("".join(
        f"R\t491231235959Z\t200601000000Z,keyCompromise\t{serial(name)}\tunknown\t/CN={name}\n"
        for name in revoked))
    (folder / "number").write_text(f"{number:04x}\n")
    (folder / "conf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\ncrlnumber={folder}/number\n"
        "default_md=sha256\n[ext]\nauthorityKeyIdentifier=keyid:always\n")
    must("openssl", "ca", "-config", folder / "conf", "-gencrl", "-crl_lastupdate",
         "20200101000000Z", "-crl_nextupdate", until_date, "-crlexts", "ext", "-cert",
         DATA / f"{signer}.pem", "-keyfile", DATA / f"{signer}.key", "-out", folder / "crl")
    os.replace(folder / "crl", path)
    return path


def escaped(name):
    """What nginx makes of a certificate: $ssl_client_escaped_cert."""
    return urllib.parse.quote((DATA / f"{name}.pem").read_text(), safe="")


def digest(name):
    """SHA-256 of a certificate."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert((DATA / f"{name}.pem").read_text())).digest()


def header(name):
    return (DATA / f"header.{name}").read_text()


class Authorizer:
    """A running http_authorizer; its log is read when something has to be known."""

    def __init__(self, program, *options, environment=None, listen="127.0.0.1:0", ready=True):
        self.log = open(tempfile.mkstemp(dir=WORK, suffix=".log")[1], encoding="utf-8")
        self.lines = []
        command = [*program.split(), "--log", self.log.name, *map(str, options)]
        if listen:
            command += ["--listen", listen]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.errors, stderr=self.errors,
                                        env={**os.environ, **(environment or {})})
        if ready:
            self.place = until("http_authorizer listens",
                               lambda: self.event("listening") or self.failed())["detail"]

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
        status = self.process.wait(timeout=PATIENCE)
        self.log.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if failure[0] is not None:
            print("".join(self.lines[-5:]), self.said(), file=sys.stderr)
        status = self.stop()
        if failure[0] is None and status != 0:
            raise AssertionError(f"SIGTERM: http_authorizer ended with {status}: {self.said()}")


class Proxy:
    """A proxy of a real kind on a port that was free a moment ago; another one when it is taken."""

    ATTEMPTS = 3

    def __init__(self, *what):
        for _ in range(self.ATTEMPTS):
            self.port = free_port()
            self.process = self.start(*what)
            until(f"{type(self).__name__} listens",
                  lambda: self.process.poll() is not None or curl(self.port).status)
            if self.process.poll() is None:
                return
        raise AssertionError(f"{type(self).__name__} ended: {self.said()}")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.send_signal(self.END)
        self.process.wait(timeout=PATIENCE)


class Application:
    """What a proxy protects: answers with the headers that reached it, as JSON."""

    def __init__(self):
        class Echo(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = json.dumps({"headers": [[n.lower(), v] for n, v in self.headers.items()],
                                   "path": self.path}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # a proxy hangs up when it likes

        self.server = Server(("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()


class Files:
    """A web server with some files; what is None is not there."""

    def __init__(self, content, tls=False):
        self.content = content
        self.asked, self.held = threading.Event(), threading.Event()
        self.held.set()  # it hangs while this is not set
        files = self

        class Get(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                files.asked.set()
                files.held.wait(PATIENCE)
                body = files.content.get(self.path)
                etag = f'"{hashlib.sha256(body or b"").hexdigest()}"'
                same = body is not None and self.headers.get("If-None-Match") == etag
                self.send_response(404 if body is None else 304 if same else 200)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", "0" if same or body is None else str(len(body)))
                self.end_headers()
                if not same and body:
                    self.wfile.write(body)

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # the client has hung up

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Get)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(DATA / "server.pem", DATA / "server.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()


class Responder:
    """An OCSP responder of the CA of the test data, made of `openssl ocsp` for each request. mode says
    how it behaves: "well", or what is wrong with it."""

    def __init__(self, revoked=(), known=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=WORK))
        self.lock = threading.Lock()
        self.asked = []  # of each request, what openssl reads in it
        self.mode = "well"
        self.held = threading.Event()  # "slow" answers when it is set
        self.port = 0  # of the kernel's choice, and the same one after stop()
        self.know(revoked, known)
        self.server = None
        self.start()
        self.url = f"http://127.0.0.1:{self.port}/"

    def know(self, revoked, known):
        (self.folder / "index").write_text("".join(
            [f"R\t491231235959Z\t200601000000Z,keyCompromise\t{serial(n)}\tunknown\t/CN={n}\n"
             for n in revoked] + [f"V\t491231235959Z\t\t{serial(n)}\tunknown\t/CN={n}\n"
                                  for n in known]))

    def start(self):
        responder = self

        class Post(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                request = self.rfile.read(int(self.headers["Content-Length"]))
                status, body = responder.answer(request)
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if responder.mode == "page"
                                 else "application/ocsp-response")
                if status == 302:
                    self.send_header("Location", responder.url)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Post)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, request):
        mode = self.mode
        with self.lock:
            (self.folder / "request").write_bytes(request)
            self.asked.append(must("openssl", "ocsp", "-reqin", self.folder / "request",
                                   "-req_text"))
            must("openssl", "ocsp", "-index", self.folder / "index", "-CA", DATA / "root.pem",
                 "-rsigner", DATA / "root.pem", "-rkey", DATA / "root.key", "-reqin",
                 self.folder / "request", "-respout", self.folder / "response", "-ndays", "1", "-resp_no_certs")
            response = (self.folder / "response").read_bytes()
        if mode == "slow":
            self.held.wait(PATIENCE)
        return {"redirect": (302, b""), "broken": (503, response), "garbage": (200, b"0\x82\xff"),
                "empty": (200, b""), "large": (200, b"0" * 70000), "missing": (404, response),
                "tryLater": (200, bytes.fromhex("30030a0103")),
                "forged": (200, response[:-9] + bytes([response[-9] ^ 1]) + response[-8:]),
                }.get(mode, (200, response))

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()


class Answer:
    """What curl says: status 0 when the connection was refused."""

    def __init__(self, done):
        head, _, self.body = done.stdout.partition("\n\n")
        while " 100 " in head.partition("\n")[0]:
            head, _, self.body = self.body.partition("\n\n")
        self.head = head.lower()
        words = self.head.split()
        self.status = int(words[1]) if len(words) > 1 else 0
        self.error = done.stderr

    def headers(self, name):
        """Values of a header that reached the application."""
        return [v for n, v in json.loads(self.body)["headers"] if n == name]


def curl(port, client=None, *options, path="/"):
    """A request as a client makes it: real TLS, with the certificate and key of that name."""
    command = ["curl", "-q", "--silent", "--show-error", "--include", "--max-time", str(PATIENCE),
               "--noproxy", "*", "--cacert", DATA / "root.pem", "--path-as-is", "--resolve",
               f"localhost:{port}:127.0.0.1", f"https://localhost:{port}{path}", *options]
    if client:
        cert, key = client if isinstance(client, tuple) else (client, client)
        command += ["--cert", DATA / f"{cert}.pem", "--key", DATA / f"{key}.key"]
    return Answer(subprocess.run([str(word) for word in command], capture_output=True, text=True,
                                 check=False, timeout=PATIENCE + 30))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bound_token(client):
    """A key file that verifies, and a token that belongs to the certificate of that name."""
    must("openssl", "genpkey", "-algorithm", "RSA", "-out", WORK / "token.key")
    must("openssl", "pkey", "-in", WORK / "token.key", "-pubout", "-out", WORK / "token.pub")
    claims = {"exp": int(time.time()) + 3600, "cnf": {"x5t#S256": base64url(digest(client))}}
    signed = ".".join(base64url(json.dumps(part).encode())
                      for part in ({"alg": "RS256"}, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", WORK / "token.key"],
                               input=signed.encode(), capture_output=True, check=True).stdout
    return WORK / "token.pub", f"{signed}.{base64url(signature)}"


class Session:
    """A client that resumes the session of its last connection, where the proxy lets it."""

    def __init__(self, port, client, version):
        self.port, self.session = port, None
        self.context = ssl.create_default_context(cafile=str(DATA / "root.pem"))
        self.context.minimum_version = self.context.maximum_version = version
        self.context.load_cert_chain(DATA / f"{client}.pem", DATA / f"{client}.key")

    def get(self):
        """Whether the session was resumed, and the status of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain, \
                self.context.wrap_socket(plain, server_hostname="localhost",
                                         session=self.session) as tls:
            tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while part := tls.recv(65536):
                answer += part
            self.session = tls.session  # of TLS 1.3 it is here only after something was read
            return tls.session_reused, int(answer.split()[1])


def check_resumption(port, crl, authorizer):
    """Through a proxy: a resumed session is decided about as a new one is."""
    for number, version in ((2, ssl.TLSVersion.TLSv1_2), (4, ssl.TLSVersion.TLSv1_3)):
        client = Session(port, "two-names", version)
        assert client.get() == (False, 200), version
        assert client.get() == (True, 200), version
        make_crl(crl, number, "two-names")
        authorizer.reload()
        assert client.get() == (True, 403), version
        make_crl(crl, number + 1)
        authorizer.reload()


def check_tokens(port, token):
    """Through a proxy: the token of two-names with its certificate, with another's, twice, and not at
    all."""
    mine = ("--header", f"Authorization: Bearer {token}")
    assert curl(port, "two-names", *mine).status == 200
    for client in ("rsa2048", None):
        stolen = curl(port, client, *mine)
        assert stolen.status == 401 and "invalid_token" in stolen.head, stolen.head
    missing = curl(port, "two-names")
    assert missing.status == 401 and "www-authenticate: bearer" in missing.head, missing.head
    twice = curl(port, "two-names", *mine, "--header", "Authorization: Bearer x")
    assert twice.status in (400, 401), twice.status


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
