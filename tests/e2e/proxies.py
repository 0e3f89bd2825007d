# SPDX-License-Identifier: MIT
"""What the tests of real proxies share: the proxy, an application behind it, clients in front of it, and
what has to be so whichever proxy it is."""
import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import time

from http_authorizer_common import BASE, PROGRAM, Authorizer, base64url, digest, free_port
from servers import (DATA, PATIENCE, WORK, Handler, Responder, Server, ended, kill, make_crl, must,
                     put, until)


class Proxy:
    """A proxy of a real kind on a port that was free a moment ago; another one when it is taken."""

    ATTEMPTS = 3

    def __init__(self, *what, **more):
        for _ in range(self.ATTEMPTS):
            self.port = free_port()
            self.process = self.start(*what, **more)
            try:
                until(f"{type(self).__name__} listens",
                      lambda: self.process.poll() is not None or curl(self.port).status)
            except BaseException:
                kill(self.process)
                raise
            if self.process.poll() is None:
                return
        raise AssertionError(f"{type(self).__name__} ended: {self.said()}")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.send_signal(self.END)
        ended(self.process)


class Application(Server):
    """What a proxy protects: answers with the headers and trailers that reached it, as JSON."""

    class Echo(Handler):
        protocol_version = "HTTP/1.1"

        def trailers(self):
            """What follows a body in chunks."""
            if self.headers.get("Transfer-Encoding") != "chunked":
                self.content()
                return ()
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            return http.client.parse_headers(self.rfile).items()

        def do_GET(self):
            self.server.paths.append(self.path)
            trailers = [[n.lower(), v] for n, v in self.trailers()]
            self.reply(200, json.dumps({"headers": [[n.lower(), v] for n, v in self.headers.items()],
                                        "trailers": trailers, "path": self.path}).encode())

        do_POST = do_PUT = do_DELETE = do_OPTIONS = do_CONNECT = do_GET

    def __init__(self):
        super().__init__(self.Echo)
        self.port, self.paths = self.server_port, []


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


@contextlib.contextmanager
def behind(kind, *options, **more):
    """An authorizer, and a proxy of that kind with an application behind it."""
    with Authorizer(PROGRAM, *BASE, *kind.OPTIONS, *options) as authorizer, \
            Application() as application, kind(authorizer, application, **more) as proxy:
        proxy.application = application
        yield authorizer, proxy


def reason(authorizer):
    """Why the last client was let in or not."""
    return authorizer.last()["decision"]["name"].removeprefix("MTLSAUTH_")


def check_clients(authorizer, proxy, cases):
    """Each kind of client over real mutual TLS; the client never learns why."""
    for client, status, why in cases:
        answer = curl(proxy.port, client)
        assert answer.status == status, (client, answer.status, answer.body, answer.error)
        assert reason(authorizer) == why, (client, authorizer.last())
        assert "MTLSAUTH" not in answer.head + answer.body, answer.head
        if status == 200:
            assert answer.headers("x-mtls-identity") == ["dns:client.example.com"]
            assert answer.headers("x-mtls-reason") == []
        else:
            assert "x-mtls" not in answer.head, answer.head


def check_forged(proxy, certificate_headers, passed, path="/"):
    """What a client writes into the headers that speak of it reaches nobody, under any spelling."""
    forged = [option for name, value in [
        *certificate_headers, ("X-Mtls-Identity", "dns:admin.example.com"),
        *((name, "dns:admin.example.com") for name in (
            "X_Mtls_Identity", "x_mtls-identity", "X.Mtls.Identity", "X-Mtls~Identity")),
        ("X-Mtls-Label", "admin"), ("X-Mtls-Result", "admin"), ("X-Mtls-Reason", "MTLSAUTH_OK")]
        for option in ("--header", f"{name}: {value}")]
    # To h2c, an application would hear the client itself from then on.
    forged += ["--header", "Connection: Upgrade, HTTP2-Settings, X-Mtls-Identity", "--header",
               "Upgrade: h2c", "--header", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"]
    for client in (None, "other-ca-client", "uri"):
        assert curl(proxy.port, client, *forged, path=path).status == 403, client
    answer = curl(proxy.port, "two-names", *forged, path=path)
    assert answer.status == 200
    assert answer.headers("x-mtls-identity") == ["dns:client.example.com"], answer.body
    assert answer.headers("x-mtls-label") == ["dns:client.example.com"], answer.body
    assert answer.headers("x-mtls-result") in ([], ["verified"]), answer.body
    assert answer.headers("x-mtls-reason") == [], answer.body
    assert answer.headers("upgrade") == [], answer.body
    assert "x-mtls" not in "".join(answer.headers("connection")).lower(), answer.body
    assert "admin" not in answer.body and passed not in answer.body, answer.body


def check_connect(proxy):
    """A tunnel to the application would be one around the authorizer."""
    for client in (None, "two-names"):
        answer = curl(proxy.port, client, "--request", "CONNECT", "--request-target", "localhost:80",
                      "--header", "Host: localhost:80")
        assert answer.status in (400, 405), (client, answer.head, answer.error)


def raw(proxy, request, client="two-names"):
    """What comes back for the bytes that a client sends over TLS, until the proxy hangs up."""
    context = ssl.create_default_context(cafile=str(DATA / "root.pem"))
    context.load_cert_chain(DATA / f"{client}.pem", DATA / f"{client}.key")
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as tls:
        tls.sendall(request)
        answer = b""
        while part := tls.recv(65536):
            answer += part
        return answer


def with_trailers(proxy):
    """The status, and what reached the application, when a client sends our headers as trailers."""
    answer = raw(proxy, b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        b"Transfer-Encoding: chunked\r\nTrailer: X-Mtls-Identity\r\n\r\n"
                        b"1\r\nx\r\n0\r\nX-Mtls-Identity: dns:admin.example.com\r\n"
                        b"X-Mtls-Label: admin\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    return status, json.loads(body) if status == 200 else body


def check_revoked_while_it_runs(kind):
    """A new list is in force without a restart: after SIGHUP, and by the timer alone; and it stays in
    force when a broken or an older one follows."""
    crl = make_crl(WORK / "live.crl", 1)
    with behind(kind, "--revocation", "crl", "--crl", crl, "--refresh", "1") as (authorizer, proxy):
        assert curl(proxy.port, "revoked").status == 200
        make_crl(crl, 2, "revoked")
        authorizer.reload()
        assert curl(proxy.port, "revoked").status == 403
        assert curl(proxy.port, "two-names").status == 200
        make_crl(crl, 3, "revoked", "two-names")
        until("the timer", lambda: curl(proxy.port, "two-names").status == 403)
        put(crl, "no list")
        authorizer.reload()
        assert curl(proxy.port, "two-names").status == 403
        assert curl(proxy.port, "rsa2048").status == 200
        make_crl(crl, 1)
        assert "older" in authorizer.reload()["detail"], authorizer.read_log()[-1]
        assert curl(proxy.port, "two-names").status == 403, "an older list was taken"


def check_resumption(kind):
    """The client's certificate is there on resumed sessions, too, and decided about as on new ones."""
    crl = make_crl(WORK / "resumed.crl", 1)
    with behind(kind, "--revocation", "crl", "--crl", crl) as (authorizer, proxy):
        for number, version in ((2, ssl.TLSVersion.TLSv1_2), (4, ssl.TLSVersion.TLSv1_3)):
            client = Session(proxy.port, "two-names", version)
            assert client.get() == (False, 200), version
            assert client.get() == (True, 200), version
            make_crl(crl, number, "two-names")
            authorizer.reload()
            assert client.get() == (True, 403), version
            make_crl(crl, number + 1)
            authorizer.reload()


def check_stale_list(kind):
    crl = make_crl(WORK / "stale.crl", 1, until_date="20210101000000Z")
    with behind(kind, "--revocation", "crl", "--crl", crl) as (authorizer, proxy):
        assert curl(proxy.port, "two-names").status == 403
        assert reason(authorizer) == "DENY_REVOCATION_STALE"
        assert authorizer.get("/healthz")[0] == 503
        assert authorizer.get("/livez")[0] == 200


def check_ocsp(kind):
    """Asked for while the client waits: good, revoked, and nobody there to ask."""
    with Responder(["revoked"], ["two-names"]) as responder, \
            behind(kind, "--revocation", "ocsp", "--ocsp-url", responder.url, "--ocsp-host",
                   f"127.0.0.1:{responder.port}", "--clock-skew", "60") as (authorizer, proxy):
        # What comes too late for the proxy is there for the next request.
        until("good", lambda: curl(proxy.port, "two-names").status == 200)
        until("revoked", lambda: curl(proxy.port, "revoked").status == 403 and
              reason(authorizer) == "DENY_REVOKED")
        responder.stop()
        assert curl(proxy.port, "two-names").status == 200
        assert curl(proxy.port, "rsa2048").status == 403
        assert reason(authorizer) == "DENY_REVOCATION_UNKNOWN"


def check_tokens(kind):
    """The token of two-names with its certificate, with another's, twice, and not at all: 401 comes
    with its challenge."""
    key, token = bound_token("two-names")
    with behind(kind, "--revocation", "off", "--require-bound-token", "--token-key", key,
                "--token-algorithm", "RS256") as (_, proxy):
        mine = ("--header", f"Authorization: Bearer {token}")
        assert curl(proxy.port, "two-names", *mine).status == 200
        for client in ("rsa2048", None):
            stolen = curl(proxy.port, client, *mine)
            assert stolen.status == 401 and "invalid_token" in stolen.head, stolen.head
        missing = curl(proxy.port, "two-names")
        assert missing.status == 401 and "www-authenticate: bearer" in missing.head, missing.head
        twice = curl(proxy.port, "two-names", *mine, "--header", "Authorization: Bearer x")
        assert twice.status in (400, 401), twice.status
