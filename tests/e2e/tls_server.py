#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The example TLS server as its users meet it: real curl, real sockets, its own log.

What is checked in the server's log is what the server decided: a client that fails by itself would
look like a denial. Everything is on loopback, on a port that the kernel chooses; the server that is
started here is ended here.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from servers import DATA, WORK, ended, issue, kill, skip

SERVER = sys.argv[1]


class Server:
    """A running server; its log is a file that is read when something has to be known."""

    def __init__(self, *options, truststore=DATA / "root.pem", pairs=("server",),
                 environment=None):
        self.log = tempfile.NamedTemporaryFile("r", suffix=".log")
        command = [SERVER, "--port", "0", "--truststore", str(truststore), "--log", self.log.name]
        for name in pairs:
            command += ["--cert", str(DATA / f"{name}.pem"), "--key", str(DATA / f"{name}.key")]
        self.process = subprocess.Popen(
            command + list(options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment,
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on 127.0.0.1:"):
            kill(self.process)
            raise SystemExit(f"the server did not start: {line!r} {self.process.stderr.read()}")
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = ended(self.process)
        self.process.stdout.close()
        self.process.stderr.close()
        if failure[0] is None and status != 0:
            raise AssertionError(f"SIGTERM: the server ended with {status}")

    def new_lines(self, want, seconds=15):
        """What the log has gained since it was last asked, once it holds the wanted text."""
        text = ""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text += self.log.read()
            if want in text:
                return text
            time.sleep(0.02)
        raise AssertionError(f"the log never said {want!r}, but:\n{text}")


def curl(server, name=None, host="localhost"):
    command = [
        "curl", "-q", "--silent", "--show-error", "--max-time", "10", "--noproxy", "*",
        "--cacert", str(DATA / "root.pem"), "--resolve", f"{host}:{server.port}:127.0.0.1",
        f"https://{host}:{server.port}/",
    ]  # fmt: skip
    if name:
        command += ["--cert", str(DATA / f"{name[0]}.pem"), "--key", str(DATA / f"{name[1]}.key")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_answers():
    """Good clients get in with their identity, others are denied for the reason that the log has."""
    cases = [
        (("chain", "client"), "code=MTLSAUTH_OK", "identity: dns:client.example.com"),
        (("two-names", "two-names"), "code=MTLSAUTH_OK", "identity: dns:client.example.com"),
        (None, "code=MTLSAUTH_DENY_NO_CERTIFICATE", None),
        (("client", "client"), "code=MTLSAUTH_DENY_ISSUER_NOT_FOUND", None),
        (("expired", "expired"), "code=MTLSAUTH_DENY_EXPIRED", None),
        (("other-ca-client", "other-ca-client"), "code=MTLSAUTH_DENY_ISSUER_NOT_FOUND", None),
        (("self-signed", "self-signed"), "code=MTLSAUTH_DENY_SELF_SIGNED", None),
        (("nul-cn", "nul-cn"), "code=MTLSAUTH_DENY_BAD_NAME", None),
        (("uri", "uri"), "code=MTLSAUTH_DENY_IDENTITY", None),
    ]
    with Server("--rule", "client", "dns:client.example.com") as server:
        for client, want, body in cases:
            done = curl(server, client)
            lines = server.new_lines(want)
            assert (done.returncode == 0) == (body is not None), (client, done)
            assert body is None or body in done.stdout, (client, done.stdout)
            assert "MTLSAUTH" not in done.stdout + done.stderr, (client, done)
            if body is None:
                # Whatever the reason, the wire says the same.
                assert "bad certificate" in done.stderr or client is None, (client, done.stderr)
            assert lines.count("answer=") == 1, lines


def test_names_in_the_log():
    """A client whose names look like fields, and like commands to a terminal: its line has the fields
    that every line has, and no other."""
    extensions = ('extendedKeyUsage=clientAuth\n'
                  'subjectAltName=URI:spiffe://a.example/x\\"y,email:a\\"b@example.com\n')
    issue(WORK / "hostile", 'x\x1b[2J\x7f" answer=allowed code=MTLSAUTH_OK', extensions)
    field = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^"\s]+)(?: |$)')
    for options, answer in ((("--rule", "label", "dns:nobody.example"), "denied"),
                            (("--block", "dns:nobody.example", "--allow-any"), "allowed")):
        with Server(*options) as server:
            curl(server, (WORK / "hostile", WORK / "hostile"))
            lines = [line for line in server.new_lines("answer=").split("\n") if "answer=" in line]
        assert len(lines) == 1 and lines[0].isprintable(), lines
        line = lines[0].partition(" ")[2]
        fields = field.findall(line)
        assert field.sub("", line) == "", (line, fields)
        assert [name for name, _ in fields] == ["peer", "tls", "session", "answer", "code", "label",
                                                "identity", "reason"], line
        assert dict(fields)["answer"] == answer, line
        assert r'\"' in line, line


def test_intermediates():
    """--intermediates stands in for what a client leaves out."""
    with Server(
        "--rule", "c", "dns:client.example.com", "--intermediates", str(DATA / "intermediate.pem")
    ) as server:
        assert curl(server, ("client", "client")).returncode == 0
        server.new_lines("code=MTLSAUTH_OK")
    with tempfile.TemporaryDirectory() as folder:
        # A stranger's chain has 10 certificates at the most; the operator's file may have more.
        many = pathlib.Path(folder, "many.pem")
        many.write_text((DATA / "long-chain.pem").read_text() * 3 +
                        (DATA / "intermediate.pem").read_text())
        with Server("--rule", "c", "dns:client.example.com", "--intermediates", str(many)) as server:
            assert curl(server, ("client", "client")).returncode == 0
            server.new_lines("code=MTLSAUTH_OK")


def test_sni():
    """The certificate that a client is shown is that of the name it asks for."""
    with Server("--allow-any", pairs=("server", "server2")) as server:
        for host in ("localhost", "other.localhost"):
            done = curl(server, ("two-names", "two-names"), host)
            assert done.returncode == 0, (host, done.stderr)


def test_tls_1_2():
    """Below TLS 1.2 there is no handshake, also where OpenSSL's configuration would allow one."""
    with tempfile.TemporaryDirectory() as folder:
        lax = pathlib.Path(folder, "openssl.cnf")
        lax.write_text("openssl_conf = c\n[c]\nssl_conf = s\n[s]\nsystem_default = d\n"
                       "[d]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n")
        environment = {**os.environ, "OPENSSL_CONF": str(lax)}
        with Server("--allow-any", environment=environment) as server:
            for version, well in (("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
                done = subprocess.run(
                    ["openssl", "s_client", "-ign_eof", version,
                     "-connect", f"127.0.0.1:{server.port}",
                     "-cert", str(DATA / "two-names.pem"), "-key", str(DATA / "two-names.key")],
                    input="GET / HTTP/1.0\r\n\r\n", capture_output=True, text=True, timeout=60,
                    env=environment, check=False)
                assert ("identity: dns:" in done.stdout) == well, (version, done)
                assert well or "alert protocol version" in done.stderr, (version, done)


def test_fragmented_client_hello():
    """GHSA of Traefik (fragmented ClientHello): a hello in pieces of one byte changes nothing."""
    context = ssl.create_default_context(cafile=str(DATA / "root.pem"))
    with Server("--rule", "client", "dns:client.example.com") as server:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            done = False
            try:
                while not done:
                    try:
                        tls.do_handshake()
                        done = True
                    except ssl.SSLWantReadError:
                        pass
                    for byte in outgoing.read():
                        connection.sendall(bytes([byte]))
                    if not done:
                        data = connection.recv(65536)
                        if not data:
                            break
                        incoming.write(data)
            except (ssl.SSLError, ConnectionError):
                pass
        lines = server.new_lines("answer=")
        assert "code=MTLSAUTH_DENY_NO_CERTIFICATE" in lines, lines


def test_strangers():
    """Garbage, silence and a hang-up neither get in nor stand in anybody's way."""
    with Server("--rule", "client", "dns:client.example.com", "--timeout", "5") as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
        with socket.create_connection(("127.0.0.1", server.port)) as other:
            other.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as other:
            other.sendall(b"\x16\x03\x01\xff\xff" + bytes(70000))
        assert curl(server, ("chain", "client")).returncode == 0
        for connection in silent:
            connection.close()
        server.new_lines("code=MTLSAUTH_OK")


def test_reload():
    """SIGHUP takes a new truststore; one that does not load changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        truststore = pathlib.Path(folder, "truststore.pem")
        shutil.copy(DATA / "root.pem", truststore)
        with Server("--allow", "dns:client.example.com", truststore=truststore) as server:
            assert curl(server, ("chain", "client")).returncode == 0
            shutil.copy(DATA / "half-bundle.pem", truststore)
            server.process.send_signal(signal.SIGHUP)
            server.new_lines("reload: failed")
            assert curl(server, ("chain", "client")).returncode == 0
            shutil.copy(DATA / "other-root.pem", truststore)
            server.process.send_signal(signal.SIGHUP)
            server.new_lines("reload: done")
            assert curl(server, ("chain", "client")).returncode != 0
            server.new_lines("code=MTLSAUTH_DENY_ISSUER_NOT_FOUND")


def main():
    if shutil.which("curl") is None:
        skip("curl is missing")
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
            print(f"{name}: ok", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
