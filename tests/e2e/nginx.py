#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""nginx.py HTTP_AUTHORIZER: real nginx with the configuration of examples/nginx, real curl."""
import http.client
import re
import signal
import socket
import ssl
import subprocess
import sys

from http_authorizer_common import (DATA, SOURCE, WORK, Application, Authorizer, Proxy, Responder,
                                    bound_token, check_resumption, check_tokens, curl, escaped,
                                    make_crl, need, run_tests, until)

PROGRAM = sys.argv[1]
NGINX = need("nginx")
need("curl")


class Nginx(Proxy):
    END = signal.SIGQUIT

    def start(self, authorizer, application, change=lambda text: text):
        self.log, self.errors = WORK / f"nginx-{self.port}.log", WORK / f"nginx-{self.port}.err"
        text = (SOURCE / "examples" / "nginx" / "nginx.conf").read_text()
        for old, new in (("127.0.0.1:9180", f"127.0.0.1:{authorizer.port}"),
                         ("127.0.0.1:8080", f"127.0.0.1:{application.port}"),
                         ("listen 443", f"listen 127.0.0.1:{self.port}"),
                         ("/etc/nginx/server.", f"{DATA}/server."),
                         ("/var/log/nginx/access.log", f"{self.log}")):
            assert old in text, old
            text = text.replace(old, new)
        folders = "".join(f"{name}_temp_path {WORK}/{name};\n" for name in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = change(text.replace("http {", "http {\n" + folders))
        conf = WORK / f"nginx-{self.port}.conf"
        conf.write_text(f"daemon off;\nmaster_process off;\npid {WORK}/nginx-{self.port}.pid;\n"
                        f"error_log {self.errors};\n" + text)
        return subprocess.Popen([NGINX, "-c", conf, "-p", WORK, "-e", self.errors])

    def said(self):
        return self.errors.read_text()

    def logged(self):
        return self.log.read_text() if self.log.exists() else ""


CAS = WORK / "cas.pem"
CAS.write_text((DATA / "root.pem").read_text() + (DATA / "intermediate.pem").read_text())


def rules(*extra):
    return ["--truststore", CAS,
            "--allow", "dns:client.example.com", "--format", "nginx", "--reason-header", *extra]


def test_clients():
    """Each kind of client over real mutual TLS; the client never learns why."""
    crl = make_crl(WORK / "clients.crl", 1, "revoked")
    cases = [
        ("two-names", 200, "MTLSAUTH_OK"),
        (("chain", "client"), 200, "MTLSAUTH_OK"),
        ("revoked", 403, "MTLSAUTH_DENY_REVOKED"),
        ("other-ca-client", 403, "MTLSAUTH_DENY_ISSUER_NOT_FOUND"),
        ("self-signed", 403, "MTLSAUTH_DENY_SELF_SIGNED"),
        ("uri", 403, "MTLSAUTH_DENY_IDENTITY"),
        (None, 403, "MTLSAUTH_DENY_NO_CERTIFICATE"),
    ]
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl, "--crl",
                                    DATA / "intermediate.crl")) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        for client, status, reason in cases:
            answer = curl(nginx.port, client)
            assert answer.status == status, (client, answer.status, answer.body, answer.error)
            until(f"{client}: {reason}", lambda: reason in nginx.logged())
            assert authorizer.last()["decision"]["name"] == reason, (client, authorizer.last())
            assert "MTLSAUTH" not in answer.head, answer.head
            if status == 200:
                assert answer.headers("x-mtls-identity") == ["dns:client.example.com"]
                assert answer.headers("x-mtls-reason") == []
            else:
                assert "MTLSAUTH" not in answer.body and "x-mtls" not in answer.head


def test_nginx_by_itself():
    """What OpenSSL says besides 'unknown CA' nginx answers alone, with 400, and asks nobody."""
    with Authorizer(PROGRAM, *rules("--revocation", "off")) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        # curl sends a root along with the last one, whose key is not that of the signature.
        for client in ("expired", "not-yet-valid", "clone-client"):
            before = len(authorizer.read_log())
            answer = curl(nginx.port, client)
            assert answer.status == 400, (client, answer.status)
            assert "SSL certificate error" in answer.body, answer.body
            assert len(authorizer.read_log()) == before, authorizer.last()


def test_forged_headers():
    """What a client writes into the headers that speak of it reaches nobody."""
    forged = [option for name, value in [
        ("X-SSL-Client-Cert", escaped("two-names")), ("X-SSL-CLIENT-CERT", escaped("two-names")),
        ("X_SSL_Client_Cert", escaped("two-names")), ("X-Mtls-Identity", "dns:admin.example.com"),
        ("X_Mtls_Identity", "dns:admin.example.com"), ("X-Mtls-Label", "admin"),
        ("X-Mtls-Result", "verified"), ("X-Mtls-Reason", "MTLSAUTH_OK")]
        for option in ("--header", f"{name}: {value}")]
    with Authorizer(PROGRAM, *rules("--revocation", "off")) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        for client in (None, "other-ca-client", "uri"):
            assert curl(nginx.port, client, *forged).status == 403, client
        answer = curl(nginx.port, "two-names", *forged)
        assert answer.status == 200
        assert answer.headers("x-mtls-identity") == ["dns:client.example.com"], answer.body
        assert answer.headers("x-mtls-label") == ["dns:client.example.com"], answer.body
        assert answer.headers("x-ssl-client-cert") == [], answer.body
        assert "admin" not in answer.body, answer.body
        # The place where nginx asks is not for clients.
        assert curl(nginx.port, "two-names", path="/_mtls").status == 404
        # A body, and methods of all kinds, are decided about as a GET is.
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            body = ("--request", method, "--data", "x" * 100000)
            assert curl(nginx.port, None, *body).status == 403, method
            assert curl(nginx.port, "two-names", *body).status == 200, method
        # A header that is too long for the authorizer: a denial of some kind, never an answer.
        assert curl(nginx.port, None, "--header", f"X-SSL-Client-Cert: {'A' * 15000}").status == 403


def test_revoked_while_it_runs():
    """A new list is in force without a restart: after SIGHUP, and by the timer alone; also on a
    connection that is open, and it stays in force when a broken one follows."""
    crl = make_crl(WORK / "live.crl", 1)
    options = rules("--revocation", "crl", "--crl", crl, "--refresh", "1")
    with Authorizer(PROGRAM, *options) as authorizer, Application() as application, \
            Nginx(authorizer, application) as nginx:
        assert curl(nginx.port, "two-names").status == 200
        make_crl(crl, 2, "revoked")
        authorizer.reload()
        assert curl(nginx.port, "revoked").status == 403
        assert curl(nginx.port, "two-names").status == 200
        make_crl(crl, 3, "revoked", "two-names")
        until("the timer", lambda: curl(nginx.port, "two-names").status == 403)
        crl.write_text("no list")
        authorizer.reload()
        assert curl(nginx.port, "two-names").status == 403
        assert curl(nginx.port, "rsa2048").status == 200
        make_crl(crl, 1)
        assert "older" in authorizer.reload()["detail"], authorizer.read_log()[-1]
        assert curl(nginx.port, "two-names").status == 403, "an older list was taken"


def test_keep_alive():
    """Each request of a connection is decided about: revoked in between, the next one is denied."""
    crl = make_crl(WORK / "alive.crl", 1)
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl)) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        context = ssl.create_default_context(cafile=str(DATA / "root.pem"))
        context.load_cert_chain(DATA / "two-names.pem", DATA / "two-names.key")
        connection = http.client.HTTPSConnection("localhost", nginx.port, context=context,
                                                 timeout=30)
        connection._create_connection = \
            lambda *address_and_more: socket.create_connection(
                ("127.0.0.1", nginx.port), 30)
        statuses = []
        for number in (1, 2):
            if number == 2:
                make_crl(crl, 2, "two-names")
                authorizer.reload()
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        assert statuses == [200, 403], statuses


def test_resumption():
    """The client's certificate is there on resumed sessions, too, and is looked at."""
    crl = make_crl(WORK / "resumed.crl", 1)
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl)) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        check_resumption(nginx.port, crl, authorizer)


def test_stale_list():
    crl = make_crl(WORK / "stale.crl", 1, until_date="20210101000000Z")
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl)) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        assert curl(nginx.port, "two-names").status == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOCATION_STALE"
        assert authorizer.get("/healthz")[0] == 503


def test_ocsp():
    """Asked for while the client waits, through nginx and back."""
    with Responder(["revoked"], ["two-names"]) as responder, Authorizer(
            PROGRAM, *rules("--revocation", "ocsp", "--ocsp-url", responder.url, "--ocsp-host",
                            f"127.0.0.1:{responder.port}", "--clock-skew", "60")) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        assert curl(nginx.port, "two-names").status == 200
        assert curl(nginx.port, "revoked").status == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOKED"
        responder.stop()
        assert curl(nginx.port, "two-names").status == 200
        assert curl(nginx.port, "rsa2048").status == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOCATION_UNKNOWN"


def test_token():
    """A client's own token passes through nginx; without one, 401 comes with its challenge."""
    key, token = bound_token("two-names")
    with Authorizer(PROGRAM, *rules("--revocation", "off", "--require-bound-token", "--token-key",
                                    key, "--token-algorithm", "RS256")) \
            as authorizer, Application() as application, Nginx(authorizer, application) as nginx:
        check_tokens(nginx.port, token)


def test_unix_socket():
    """The way that nobody else on the machine can go."""
    path = WORK / "authorizer.socket"
    with Authorizer(PROGRAM, *rules("--revocation", "off"), listen=f"unix:{path}") as authorizer:
        authorizer.place = "127.0.0.1:9"  # where nobody is, until nginx is told otherwise
        with Application() as application, Nginx(
                authorizer, application,
                lambda text: text.replace("server 127.0.0.1:9;", f"server unix:{path};")) as nginx:
            assert curl(nginx.port, "two-names").status == 200
            assert curl(nginx.port, "uri").status == 403


def test_authorizer_down():
    """Nobody is let in while there is nobody to ask."""
    with Authorizer(PROGRAM, *rules("--revocation", "off")) as authorizer, \
            Application() as application, Nginx(authorizer, application) as nginx:
        assert curl(nginx.port, "two-names").status == 200
        assert authorizer.stop() == 0
        assert curl(nginx.port, "two-names").status == 500


def test_readme():
    """The README's codes are those of the tests above."""
    text = (SOURCE / "examples" / "nginx" / "README.md").read_text()
    assert re.search(r"expired.*400", text), "400 for an expired client is not in the README"


run_tests(dict(globals()))
