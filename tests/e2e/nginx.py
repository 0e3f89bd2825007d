#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""nginx.py HTTP_AUTHORIZER: real nginx with the configuration of examples/nginx, real curl."""
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess

import proxies
from http_authorizer_common import (BASE, PROGRAM, SOURCE, Authorizer, escaped, header, need,
                                    run_tests)
from proxies import Application, Proxy, behind, check_clients, check_forged, curl
from servers import DATA, WORK, make_crl, until

NGINX = need("nginx")
need("curl")


CERTIFICATE_HEADERS = ("X-SSL-Client-Cert", "X-SSL-CLIENT-CERT", "X_SSL_Client_Cert")


class Nginx(Proxy):
    END = signal.SIGQUIT
    OPTIONS = ["--format", "nginx", "--reason-header"]

    def start(self, authorizer, application, change=lambda text: text):
        self.log, self.errors = WORK / f"nginx-{self.port}.log", WORK / f"nginx-{self.port}.err"
        text = (SOURCE / "examples" / "nginx" / "nginx.conf").read_text()
        for old, new in (("127.0.0.1:9180", f"127.0.0.1:{authorizer.port}"),
                         ("127.0.0.1:8080", f"127.0.0.1:{application.port}"),
                         ("listen 443", f"listen 127.0.0.1:{self.port}"),
                         ("/etc/nginx/server.pem", f'"{DATA}/server.pem"'),
                         ("/etc/nginx/server.key", f'"{DATA}/server.key"'),
                         ("/var/log/nginx/access.log", f'"{self.log}"')):
            assert old in text, old
            text = text.replace(old, new)
        folders = "".join(f'{name}_temp_path "{WORK}/{name}";\n' for name in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = change(text.replace("http {", "http {\n" + folders))
        conf = WORK / f"nginx-{self.port}.conf"
        conf.write_text(f'daemon off;\nmaster_process off;\npid "{WORK}/nginx-{self.port}.pid";\n'
                        f'error_log "{self.errors}";\n' + text)
        return subprocess.Popen([NGINX, "-c", conf, "-p", WORK, "-e", self.errors])

    def said(self):
        return self.errors.read_text()

    def logged(self):
        return self.log.read_text() if self.log.exists() else ""


class BehindAlb(Nginx):
    """nginx behind a load balancer of AWS that passes certificates through, with the lines that
    examples/README.md names."""
    HEADER = "X-Amzn-Mtls-Clientcert"
    OPTIONS = ["--format", "alb", "--reason-header"]

    def start(self, authorizer, application, change=lambda text: text):
        def alb(text):
            for old, new in (("ssl_verify_client optional_no_ca;", ""), ("ssl_verify_depth 10;", ""),
                             ("proxy_pass_request_headers off;", ""),
                             ("proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;", ""),
                             ('proxy_set_header X-SSL-Client-Cert "";',
                              'proxy_set_header X-Amzn-Mtls-Clientcert "";'
                              'proxy_set_header X-Amzn-Mtls-Clientcert-Leaf "";')):
                assert text.count(old) == 1, old
                text = text.replace(old, new)
            return change(text)

        return super().start(authorizer, application, alb)


class BehindVerifyingAlb(BehindAlb):
    """The same where the balancer verifies."""
    HEADER = "X-Amzn-Mtls-Clientcert-Leaf"
    OPTIONS = [*BehindAlb.OPTIONS, "--header", HEADER]


def test_clients():
    crl = make_crl(WORK / "clients.crl", 1, "revoked")
    cases = [
        ("two-names", 200, "OK"),
        (("chain", "client"), 200, "OK"),
        ("revoked", 403, "DENY_REVOKED"),
        ("other-ca-client", 403, "DENY_ISSUER_NOT_FOUND"),
        ("self-signed", 403, "DENY_SELF_SIGNED"),
        ("uri", 403, "DENY_IDENTITY"),
        (None, 403, "DENY_NO_CERTIFICATE"),
    ]
    with behind(Nginx, "--revocation", "crl", "--crl", crl, "--crl",
                DATA / "intermediate.crl") as (authorizer, nginx):
        check_clients(authorizer, nginx, cases)
        for _, _, why in cases:
            until(f"{why} in nginx's log", lambda: f"MTLSAUTH_{why}" in nginx.logged())


def test_nginx_by_itself():
    """What OpenSSL says besides 'unknown CA' nginx answers alone, with 400, and asks nobody."""
    with behind(Nginx, "--revocation", "off") as (authorizer, nginx):
        # curl sends a root along with the last one, whose key is not that of the signature.
        for client in ("expired", "not-yet-valid", "clone-client"):
            before = len(authorizer.read_log())
            answer = curl(nginx.port, client)
            assert answer.status == 400, (client, answer.status)
            assert "SSL certificate error" in answer.body, answer.body
            assert len(authorizer.read_log()) == before, authorizer.last()


def test_one_answer_for_all():
    """With the lines of the README: what nginx says by itself is 403, and goes nowhere else."""
    text = (SOURCE / "examples" / "nginx" / "README.md").read_text()
    lines = re.search(r"^    error_page .*\n(    .*\n)+", text, re.M).group(0)
    assert "location = /denied {" in lines, lines
    malformed = [b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"garbage\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                 b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                 b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"]

    def change(text):
        return text.replace("        location / {", f"{lines}\n        location / {{")

    with behind(Nginx, "--revocation", "off", change=change) as (_, nginx):
        for client in ("expired", "not-yet-valid", "uri", None):
            answer = curl(nginx.port, client)
            assert answer.status == 403 and "certificate" not in answer.body, (client, answer.body)
        for request in malformed:
            said = proxies.raw(nginx, request)
            assert said.startswith(b"HTTP/1.1 403") or b"403 Forbidden" in said, (request, said)
        assert nginx.application.paths == [], nginx.application.paths
        assert curl(nginx.port, "two-names", path="/denied").status == 404
        assert nginx.application.paths == [], nginx.application.paths
        assert curl(nginx.port, "two-names").status == 200


def test_forged_headers():
    with behind(Nginx, "--revocation", "off") as (_, nginx):
        check_forged(nginx, [(name, escaped("two-names")) for name in CERTIFICATE_HEADERS],
                     "ssl-client-cert")
        # The place where nginx asks is not for clients.
        assert curl(nginx.port, "two-names", path="/_mtls").status == 404
        # A body, and methods of all kinds, are decided about as a GET is.
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            body = ("--request", method, "--data", "x" * 100000)
            assert curl(nginx.port, None, *body).status == 403, method
            assert curl(nginx.port, "two-names", *body).status == 200, method
        # A header that is too long for the authorizer: a denial of some kind, never an answer.
        assert curl(nginx.port, None, "--header", f"X-SSL-Client-Cert: {'A' * 15000}").status == 403


def added(path, words):
    """A change of the configuration: one more location, with these words and the same application."""
    def change(text):
        place = re.search(r"location / \{[^}]*?(proxy_pass [^;]*;)", text)
        return text.replace(place.group(0),
                            f"location {path} {{ {words} {place.group(1)} }}\n{place.group(0)}")
    return change


def test_added_location():
    """A location that says nothing about authorization has it, and passes on no header of the client's."""
    with behind(Nginx, "--revocation", "off", change=added("/added/", "")) as (_, nginx):
        check_forged(nginx, [(name, escaped("two-names")) for name in CERTIFICATE_HEADERS],
                     "ssl-client-cert", path="/added/x")
        answer = curl(nginx.port, "two-names", path="/added/x")
        assert json.loads(answer.body)["path"] == "/added/x", answer.body


def test_exceptions():
    """The two that the README tells of."""
    forged = ("--header", "X-Mtls-Identity: forged")
    with behind(Nginx, "--revocation", "off",
                change=added("/own/", "proxy_set_header X-Own own;")) as (_, nginx):
        assert curl(nginx.port, None, path="/own/").status == 403
        answer = curl(nginx.port, "two-names", *forged, path="/own/")
        assert answer.headers("x-mtls-identity") == ["forged"], answer.body
    with behind(Nginx, "--revocation", "off", change=added("/said/", "return 204;")) as (_, nginx):
        assert curl(nginx.port, None, path="/said/").status == 204


def check_behind_alb(kind):
    """curl is the balancer, which writes the header of whoever has presented a certificate."""
    def sent(*values):
        return [word for value in values for word in (
            "--header", f"{kind.HEADER}: {value}" if value else f"{kind.HEADER};")]

    def reached(answer):
        return [n for n, _ in json.loads(answer.body)["headers"] if n.startswith("x-amzn")]

    mine, other = header("alb"), escaped("other-ca-client")
    # The names of both ways: what the authorizer does not read, the application need not have.
    forged = ("--header", f"{BehindAlb.HEADER}: {mine}", "--header",
              f"{BehindVerifyingAlb.HEADER}: {mine}")
    with behind(kind, "--revocation", "off") as (authorizer, nginx):
        for path in ("/", "/deeper/x"):
            answer = curl(nginx.port, None, *sent(mine), path=path)
            assert answer.status == 200, (answer.head, authorizer.last())
            assert answer.headers("x-mtls-identity") == ["dns:client.example.com"], answer.body
            assert reached(answer) == [], answer.body
            assert curl(nginx.port, None, path=path).status == 403
            # What a client has sent, and what the balancer has appended or put in front.
            for twice in ((mine, other), (other, mine), (mine, mine), (mine, ""), ("", mine)):
                answer = curl(nginx.port, None, *sent(*twice), path=path)
                assert answer.status == 403, (answer.body, authorizer.last())
                assert "there twice" in authorizer.last()["note"], authorizer.last()
            for joined in (f"{mine},{other}", f"{other}, {mine}"):
                assert curl(nginx.port, None, *sent(joined), path=path).status == 403
        # Who is known by a certificate in the handshake is known to nobody here.
        assert curl(nginx.port, "two-names").status == 403
        assert curl(nginx.port, None, *sent(other)).status == 403
        answer = curl(nginx.port, None, *forged)
        assert answer.status == 200 and reached(answer) == [], answer.body
        other_name = {BehindAlb.HEADER, BehindVerifyingAlb.HEADER} - {kind.HEADER}
        assert curl(nginx.port, None, "--header", f"{other_name.pop()}: {mine}").status == 403
        # With the client's other headers on the way, a body does not keep the authorizer waiting.
        for body in (("--data", "x" * 100000), ("--data", "x", "--header", "Transfer-Encoding: chunked"),
                     ("--data", "x" * 5000, "--header", "Expect: 100-continue")):
            assert curl(nginx.port, None, *sent(mine), *body).status == 200
            assert curl(nginx.port, None, *body).status == 403


def test_behind_alb():
    check_behind_alb(BehindAlb)


def test_behind_verifying_alb():
    check_behind_alb(BehindVerifyingAlb)


def test_connect():
    with behind(Nginx, "--revocation", "off") as (_, nginx):
        proxies.check_connect(nginx)


def test_trailers():
    """nginx takes them away."""
    with behind(Nginx, "--revocation", "off") as (_, nginx):
        status, reached = proxies.with_trailers(nginx)
        assert status == 200 and reached["trailers"] == [] and "admin" not in str(reached), reached


def test_revoked_while_it_runs():
    proxies.check_revoked_while_it_runs(Nginx)


def test_keep_alive():
    """Each request of a connection is decided about: revoked in between, the next one is denied."""
    crl = make_crl(WORK / "alive.crl", 1)
    with behind(Nginx, "--revocation", "crl", "--crl", crl) as (authorizer, nginx):
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
    proxies.check_resumption(Nginx)


def test_stale_list():
    proxies.check_stale_list(Nginx)


def test_ocsp():
    proxies.check_ocsp(Nginx)


def test_token():
    proxies.check_tokens(Nginx)


def test_unix_socket():
    """The way that nobody else on the machine can go."""
    path = WORK / "authorizer.socket"
    with Authorizer(PROGRAM, *BASE, *Nginx.OPTIONS, "--revocation", "off",
                    listen=f"unix:{path}") as authorizer:
        authorizer.place = "127.0.0.1:9"  # where nobody is, until nginx is told otherwise
        with Application() as application, Nginx(
                authorizer, application,
                lambda text: text.replace("server 127.0.0.1:9;", f'server "unix:{path}";')) as nginx:
            assert curl(nginx.port, "two-names").status == 200
            assert curl(nginx.port, "uri").status == 403


def test_authorizer_down():
    """Nobody is let in while there is nobody to ask."""
    with behind(Nginx, "--revocation", "off") as (authorizer, nginx):
        assert curl(nginx.port, "two-names").status == 200
        assert authorizer.stop() == 0
        assert curl(nginx.port, "two-names").status == 500


def test_readme():
    """The READMEs' codes and lines are those of the tests above."""
    text = (SOURCE / "examples" / "nginx" / "README.md").read_text()
    assert re.search(r"expired.*400", text), "400 for an expired client is not in the README"
    assert "`proxy_set_header` of its own" in text and "a `return` answers" in text
    alb = (SOURCE / "examples" / "README.md").read_text()
    for words in ("`proxy_pass_request_headers off;` goes",
                  '`proxy_set_header X-Amzn-Mtls-Clientcert "";`',
                  '`proxy_set_header X-Amzn-Mtls-Clientcert-Leaf "";`'):
        assert words in alb, words


run_tests(dict(globals()))
