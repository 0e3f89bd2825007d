# SPDX-License-Identifier: MIT
"""The examples, over HTTP on the loopback; and the example of README.md."""
import asyncio
import contextlib
import http.client
import io
import re
import socket
import ssl
import subprocess
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

import mtlsauth
from conftest import ROOT, policy
from mtlsauth import Authorizer, Chain, Crl, Truststore

EXAMPLES = ROOT / "bindings" / "python" / "examples"
sys.path.insert(0, str(EXAMPLES))
import asgi_middleware  # noqa: E402  pylint: disable=wrong-import-position
import tls_server  # noqa: E402  pylint: disable=wrong-import-position
import wsgi_middleware  # noqa: E402  pylint: disable=wrong-import-position

Read = Callable[[str], bytes]
HEADER = "X-SSL-Client-Cert"


@contextlib.contextmanager
def served(server: Any) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(port: int, headers: Tuple[Tuple[str, str], ...] = (),
        context: Optional[ssl.SSLContext] = None) -> Tuple[int, str]:
    connection: http.client.HTTPConnection
    if context is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    else:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.putrequest("GET", "/")
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def wsgi_app(environ: Dict[str, Any], start_response: Any) -> List[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["mtlsauth.decision"].identity.encode()]


@contextlib.contextmanager
def wsgi(authorizer: Authorizer, **more: Any) -> Iterator[int]:
    app = wsgi_middleware.MtlsMiddleware(wsgi_app, authorizer, **more)
    with served(make_server("127.0.0.1", 0, app, handler_class=Quiet)) as port:
        yield port


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body",
                "body": scope["mtlsauth.decision"].identity.encode()})


@contextlib.contextmanager
def asgi(authorizer: Authorizer, **more: Any) -> Iterator[int]:
    """As much of an ASGI server as a GET takes."""
    app = asgi_middleware.MtlsMiddleware(asgi_app, authorizer, **more)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [(name.strip().lower().encode("latin-1"), value.strip().encode("latin-1"))
                   for name, _, value in (line.partition(":") for line in lines[1:] if line)]
        sent: List[Dict[str, Any]] = []

        async def send(message: Dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> Dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        try:
            await app({"type": "http", "method": "GET", "path": "/", "headers": headers,
                       "client": writer.get_extra_info("peername")[:2]}, receive, send)
        except Exception:  # pylint: disable=broad-except
            sent[:] = [{"status": 500}]
        body = b"".join(message.get("body", b"") for message in sent)
        writer.write(f"HTTP/1.1 {sent[0]['status']} x\r\nContent-Length: {len(body)}\r\n"
                     "Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()


@pytest.mark.parametrize("server", [wsgi, asgi])
def test_middleware(server: Any, authorizer: Authorizer, read: Read) -> None:
    good = (HEADER, read("header.nginx").decode())
    with server(authorizer) as port:
        assert get(port, (good,)) == (200, "dns:client.example.com")
        assert get(port)[0] == 403
        assert get(port, ((HEADER, "nonsense"),))[0] == 403
        assert get(port, ((HEADER, read("header.haproxy").decode()),))[0] == 403
        assert get(port, (good, good))[0] == 403
        assert get(port, (("X-Client-Cert", good[1]),))[0] == 403
    with server(authorizer, header="Client-Cert", format="haproxy") as port:
        assert get(port, (("client-cert", read("header.haproxy").decode()),))[0] == 200
    with server(authorizer, proxies={"10.0.0.1"}) as port:
        assert get(port, (good,))[0] == 403


@pytest.mark.parametrize("server", [wsgi, asgi])
def test_middleware_follows_the_authorizer(server: Any, root: Truststore, data: Path,
                                           read: Read) -> None:
    from urllib.parse import quote
    rules = policy(revocation="crl")
    authorizer = Authorizer(root, rules)
    revoked = (HEADER, quote(read("revoked.pem").decode()))
    good = (HEADER, read("header.nginx").decode())
    with server(authorizer) as port:
        assert get(port, (good,))[0] == 403
        authorizer.put_crl(Crl.load_file(data / "root.crl", root, rules))
        assert get(port, (good,))[0] == 200 and get(port, (revoked,))[0] == 403
        authorizer.close()
        # What the middleware does not expect is the server's error, not an answer of the app.
        with contextlib.redirect_stderr(io.StringIO()):
            assert get(port, (good,))[0] == 500


@pytest.mark.parametrize("kind", [wsgi_middleware.MtlsMiddleware, asgi_middleware.MtlsMiddleware])
def test_middleware_wants_a_set_of_proxies(kind: Any, authorizer: Authorizer) -> None:
    with pytest.raises(TypeError, match="set of addresses"):
        kind(wsgi_app, authorizer, proxies="10.0.0.5")


def test_broken_clock_is_no_entry(root: Truststore, read: Read) -> None:
    good = (HEADER, read("header.nginx").decode())
    with wsgi(Authorizer(root, policy(clock=lambda: 1 // 0))) as port:
        with contextlib.redirect_stderr(io.StringIO()):
            assert get(port, (good,))[0] == 500


def client_context(data: Path, name: Optional[str], chain: Optional[str] = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(data / "root.pem"))
    context.check_hostname = False  # by address: the test's port is on 127.0.0.1
    if name is not None:
        context.load_cert_chain(str(data / (chain or name + ".pem")), str(data / (name + ".key")))
    return context


@contextlib.contextmanager
def tls(data: Path, authorizer: Authorizer, truststore: str = "root.pem") -> Iterator[int]:
    context = tls_server.make_context(str(data / "server.pem"), str(data / "server.key"),
                                      str(data / truststore))
    with served(tls_server.Server(("127.0.0.1", 0), context, authorizer)) as port:
        yield port


def test_tls_server(root: Truststore, data: Path, read: Read) -> None:
    rules = mtlsauth.Policy(allow=["dns:client.example.com"], revocation="off")
    authorizer = Authorizer(root, rules)
    with tls(data, authorizer) as port:
        status, words = get(port, context=client_context(data, "two-names"))
        assert status == 200 and '"dns:client.example.com"' in words
        # Whose certificate OpenSSL takes, and no rule allows.
        status, words = get(port, context=client_context(data, "uri"))
        assert status == 403 and "spiffe" not in words
        for name in (None, "expired", "other-ca-client"):
            with pytest.raises((ssl.SSLError, OSError)):
                get(port, context=client_context(data, name))
        # The leaf alone is seen before Python 3.13, and its intermediate has to be known here.
        chain = client_context(data, "client", "chain.pem")
        if sys.version_info < (3, 13):
            assert get(port, context=chain)[0] == 403
        authorizer.set_intermediates(Chain.parse(read("intermediate.pem")))
        assert get(port, context=chain)[0] == 200


def test_tls_server_asks_again(root: Truststore, data: Path) -> None:
    """On a connection that lives on, and for a session that is resumed."""
    rules = mtlsauth.Policy(allow=["dns:client.example.com"], revocation="crl")
    authorizer = Authorizer(root, rules)
    authorizer.put_crl(Crl.load_file(data / "root-older.crl", root, rules))
    context = client_context(data, "revoked")
    with tls(data, authorizer) as port:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        session = connection.sock.session
        authorizer.put_crl(Crl.load_file(data / "root.crl", root, rules))
        connection.request("GET", "/")
        assert connection.getresponse().status == 403
        connection.close()
        with socket.create_connection(("127.0.0.1", port), 30) as plain, \
                context.wrap_socket(plain, session=session) as resumed:
            resumed.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert resumed.recv(100).startswith(b"HTTP/1.1 403")
            assert resumed.session_reused


class Resumed:
    """Stands in for the ssl object of a resumed session, as it is from Python 3.13 on."""

    session_reused = True

    def __init__(self, pem: Optional[bytes]) -> None:
        self.leaf = None if pem is None else ssl.PEM_cert_to_DER_cert(pem.decode())

    def get_unverified_chain(self) -> List[bytes]:
        return []

    def getpeercert(self, binary_form: bool) -> Optional[bytes]:
        assert binary_form
        return self.leaf


def test_tls_server_resumed_leaf(root: Truststore, read: Read) -> None:
    """Where a resumed session has no chain, its leaf is decided about."""
    rules = mtlsauth.Policy(allow=["dns:client.example.com"], revocation="off")
    authorizer = Authorizer(root, rules)

    def decide(name: Optional[str]) -> mtlsauth.Decision:
        session: Any = Resumed(None if name is None else read(name))
        return tls_server.decide(authorizer, session)

    assert decide("two-names.pem").identity == "dns:client.example.com"
    assert decide("uri.pem").code is mtlsauth.Code.DENY_IDENTITY
    assert decide(None).code is mtlsauth.Code.DENY_NO_CERTIFICATE
    # The intermediate is remembered from the full handshake, and from no other.
    assert decide("client.pem").code is mtlsauth.Code.DENY_ISSUER_NOT_FOUND
    assert authorizer.authorize(read("chain.pem"))
    assert decide("client.pem").identity == "dns:client.example.com"


def test_tls_server_looks_at_the_time(root: Truststore, data: Path) -> None:
    """On a connection that lives on, a certificate expires and a list becomes stale, while nothing of
    the authorizer changes."""
    now = [datetime(2024, 6, 1, tzinfo=timezone.utc)]
    context = client_context(data, "two-names")
    for revocation, later in (("off", datetime(2051, 1, 1, tzinfo=timezone.utc)),
                              ("crl", datetime(2049, 12, 31, tzinfo=timezone.utc))):
        rules = mtlsauth.Policy(allow=["dns:client.example.com"], revocation=revocation,
                                clock=lambda: now[0])
        if revocation == "crl":
            rules.set_crl_max_age(10 * 365 * 86400)
        now[0] = datetime(2024, 6, 1, tzinfo=timezone.utc)
        authorizer = Authorizer(root, rules)
        if revocation == "crl":
            authorizer.put_crl(Crl.load_file(data / "root.crl", root, rules))
        generation = authorizer.generation
        with tls(data, authorizer) as port:
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30,
                                                     context=context)
            for when, status in ((now[0], 200), (now[0], 200), (later, 403)):
                now[0] = when
                connection.request("GET", "/")
                answer = connection.getresponse()
                assert (answer.status, bool(answer.read())) == (status, True), (revocation, when)
            connection.close()
        assert authorizer.generation == generation


def test_tls_server_as_a_program(data: Path) -> None:
    import os
    program = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "tls_server.py"), "--cert", str(data / "server.pem"),
         "--key", str(data / "server.key"), "--truststore", str(data / "bundle.pem"),
         "--allow", "dns:client.example.com", "--port", "0", "--crl", str(data / "root.crl")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python")},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert program.stdout is not None
        port = int(program.stdout.readline().rstrip("/\n").rpartition(":")[2])
        assert get(port, context=client_context(data, "two-names"))[0] == 200
        assert get(port, context=client_context(data, "revoked"))[0] == 403
    finally:
        program.terminate()
        program.communicate()


def test_example_of_the_readme(data: Path, read: Read, tmp_path: Path,
                               monkeypatch: pytest.MonkeyPatch,
                               capsys: pytest.CaptureFixture[str]) -> None:
    """Five lines, as they stand there, in README.md of the project and in the package's own."""
    readme = (ROOT / "bindings" / "python" / "README.md").read_text()
    found = re.search(r"^```python\n(.*?)^```", readme, flags=re.S | re.M)
    assert found and len(found.group(1).strip().splitlines()) == 5
    assert found.group(0) in (ROOT / "README.md").read_text()
    (tmp_path / "truststore.pem").write_bytes(read("root.pem"))
    monkeypatch.chdir(tmp_path)
    for header, words in (("header.nginx", "dns:client.example.com\n"),
                          ("header.haproxy", "not")):
        exec(found.group(1), {"header": read(header).decode()})  # pylint: disable=exec-used
        assert words in capsys.readouterr().out
