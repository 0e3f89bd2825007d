# SPDX-License-Identifier: MIT
"""What the tests share that have a server of their own: HTTP on the loopback, an OCSP responder made of
the openssl program, and a folder for it all. What is started ends with the test."""
import atexit
import hashlib
import http.server
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from need import in_ci, skip  # noqa: E402, F401

DATA = pathlib.Path(os.environ["MTLSAUTH_TEST_DATA"])
TMP = tempfile.TemporaryDirectory(prefix="mtlsauth-e2e.")
WORK = pathlib.Path(TMP.name)
atexit.register(TMP.cleanup)
PATIENCE = 30


def own_environment(**more):
    """The environment without what would send a program elsewhere, or set it up in another way."""
    keep = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "MTLSAUTH_")) and not name.lower().endswith("_proxy")}
    return {**keep, **more}


def must(*command):
    """What a program that has to succeed says."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, timeout=60, env={**os.environ, "OPENSSL_CONF": "/dev/null"})
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def sanitized(program):
    """A sanitizer keeps freed memory aside: what such a program grows by says nothing. (Newer versions of
    meson set ASAN_OPTIONS for every program.)"""
    return b"__asan_init" in pathlib.Path(program).read_bytes()


def serial(name):
    return must("openssl", "x509", "-in", DATA / f"{name}.pem", "-noout", "-serial").strip()[7:]


def revoked_line(number, name="x"):
    """A line of the index file of `openssl ca` and `openssl ocsp`."""
    return f"R\t491231235959Z\t200601000000Z,keyCompromise\t{number}\tunknown\t/CN={name}\n"


def known_line(number, name="x"):
    return f"V\t491231235959Z\t\t{number}\tunknown\t/CN={name}\n"


def make_crl(path, number, *revoked, until_date="20491231235959Z", seconds=None, signer="root"):
    """A list by a CA of the test data, put into place as a whole. With seconds, it begins now."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    dates = ["-crlsec", seconds] if seconds else \
        ["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", until_date]
    (folder / "index").write_text("".join(revoked_line(serial(name), name) for name in revoked))
    (folder / "number").write_text(f"{number:04x}\n")
    (folder / "conf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\ncrlnumber={folder}/number\n"
        "default_md=sha256\n[ext]\nauthorityKeyIdentifier=keyid:always\n")
    must("openssl", "ca", "-config", folder / "conf", "-gencrl", *dates, "-crlexts", "ext", "-cert",
         DATA / f"{signer}.pem", "-keyfile", DATA / f"{signer}.key", "-out", folder / "crl")
    os.replace(folder / "crl", path)
    return path


def issue(path, name, extensions, issuer="root", number="0x7701"):
    """A certificate by a CA of the test data at path.pem, with its key at path.key."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=WORK))
    (folder / "conf").write_text("[req]\ndistinguished_name=n\n[n]\n")
    (folder / "extensions").write_text(extensions)
    must("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-config", folder / "conf", "-subj", f"/CN={name}", "-keyout", f"{path}.key", "-out",
         folder / "request")
    must("openssl", "x509", "-req", "-in", folder / "request", "-CA", DATA / f"{issuer}.pem",
         "-CAkey", DATA / f"{issuer}.key", "-set_serial", number, "-days", "3650", "-extfile",
         folder / "extensions", "-out", f"{path}.pem")


def put(path, content):
    """Puts a file into place as a whole: somebody may look at it, or into its folder, at any time."""
    new = pathlib.Path(tempfile.mkdtemp(dir=WORK), "new")
    new.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(new, path)


def kill(process):
    process.kill()
    process.wait()


def ended(process):
    """The exit status of a program that ends by itself, or was told to; if it does not, it is killed."""
    try:
        return process.wait(timeout=PATIENCE)
    except BaseException:
        kill(process)
        raise


def until(what, happens, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = happens()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


class Handler(http.server.BaseHTTPRequestHandler):
    """One that logs nothing, and to which a client may hang up when it likes."""

    disable_nagle_algorithm = True

    def content(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, body=b"", headers=(), length=None):
        """Answers; headers is a list of pairs, length what Content-Length says instead of the truth."""
        try:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Serves on a port of the loopback from the moment it is made; a thread a connection."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(self, handler, port=0, tls=False):
        super().__init__(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(DATA / "server.pem", DATA / "server.key")
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.url = f"https://localhost:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # whoever asks may end the connection

    def close(self):
        self.shutdown()
        self.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()


class Files(Server):
    """A web server with some files; what is None is not there."""

    def __init__(self, content, tls=False):
        self.content = content
        self.asked, self.held = threading.Event(), threading.Event()
        self.held.set()  # it hangs while this is not set
        files = self

        class Get(Handler):
            def do_GET(self):
                files.asked.set()
                files.held.wait(PATIENCE)
                body = files.content.get(self.path.partition("?")[0])
                etag = f'"{hashlib.sha256(body or b"").hexdigest()}"'
                same = body is not None and self.headers.get("If-None-Match") == etag
                self.reply(404 if body is None else 304 if same else 200,
                           b"" if same or body is None else body, [("ETag", etag)])

        super().__init__(Get, tls=tls)


class Responder:
    """An OCSP responder of the CA of the test data, made of `openssl ocsp` for each request. mode says
    how it behaves: "well", or what is wrong with it. (openssl's own -port listens everywhere.)"""

    TYPE = "application/ocsp-response"
    OPTIONS = ("-resp_no_certs",)

    def __init__(self, revoked=(), known=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=WORK))
        self.lock = threading.Lock()
        self.asked = []  # each request
        self.mode = "well"
        self.signer = DATA / "root"  # of the answers: a path without its ending
        self.held = threading.Event()  # it hangs while this is not set
        self.held.set()
        self.server, self.port = None, 0  # of the kernel's choice, and the same one after stop()
        self.know("".join([revoked_line(serial(name), name) for name in revoked] +
                          [known_line(serial(name), name) for name in known]))
        self.start()
        self.url = f"{self.server.url}/"

    def know(self, index):
        (self.folder / "index").write_text(index)

    def start(self):
        responder = self

        class Post(Handler):
            def do_POST(self):
                request = self.content()
                status, kind, body = responder.respond(request, self.path) \
                    if self.headers["Content-Type"] == "application/ocsp-request" \
                    else (415, "text/plain", b"")
                more = [("Location", responder.url)] if status == 302 else []
                self.reply(status, body, [("Content-Type", kind), *more])

        self.server = Server(Post, self.port)
        self.port = self.server.server_port

    def sign(self, request, *options, signer=None):
        """The answer of a responder that is well; options in the place of OPTIONS."""
        signer = signer or self.signer
        with self.lock:
            (self.folder / "request").write_bytes(request)
            must("openssl", "ocsp", "-index", self.folder / "index", "-CA", DATA / "root.pem",
                 "-rsigner", f"{signer}.pem", "-rkey", f"{signer}.key", "-reqin",
                 self.folder / "request", "-respout", self.folder / "response", "-ndays", "1",
                 *(options or self.OPTIONS))
            return (self.folder / "response").read_bytes()

    def respond(self, request, path):  # pylint: disable=unused-argument
        """Status, content type and body for a request."""
        return self.misbehave(request, self.mode)

    def misbehave(self, request, mode):
        self.asked.append(request)
        response = self.sign(request)
        self.held.wait(2 * PATIENCE)
        return {"redirect": (302, self.TYPE, b""), "broken": (503, self.TYPE, response),
                "missing": (404, self.TYPE, response), "page": (200, "text/html", response),
                "terminal": (200, "text/\x1b]0;title\x07\x1b[2J" + 200 * "x" + "\x9b\x80end", response),
                "capitals": (200, "Application/OCSP-Response", response),
                "garbage": (200, self.TYPE, b"0\x82\xff\xff garbage"),
                "empty": (200, self.TYPE, b""), "large": (200, self.TYPE, b"0" * 70000),
                "tryLater": (200, self.TYPE, bytes.fromhex("30030a0103")),
                "forged": (200, self.TYPE,
                           response[:-9] + bytes([response[-9] ^ 1]) + response[-8:]),
                }.get(mode, (200, self.TYPE, response))

    def read(self, request):
        """What openssl reads in a request."""
        with self.lock:
            (self.folder / "request").write_bytes(request)
            return must("openssl", "ocsp", "-reqin", self.folder / "request", "-req_text")

    def stop(self):
        if self.server:
            self.server.close()
            self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()
