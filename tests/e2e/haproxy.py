#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""haproxy.py HTTP_AUTHORIZER: real HAProxy with the configuration and the Lua of examples/haproxy, real
curl."""
import os
import signal
import subprocess

import proxies
from http_authorizer_common import SOURCE, header, need, run_tests
from proxies import Proxy, behind, check_clients, check_forged, curl
from servers import DATA, WORK, make_crl

HAPROXY = need("haproxy")
need("curl")
(WORK / "server.pem").write_text((DATA / "server.pem").read_text() +
                                 (DATA / "server.key").read_text())


class Haproxy(Proxy):
    END = signal.SIGTERM
    OPTIONS = ["--format", "haproxy"]

    def start(self, authorizer, application, lua=lambda text: text, change=lambda text: text):
        folder = SOURCE / "examples" / "haproxy"
        text = (folder / "haproxy.cfg").read_text()
        for old, new in (("bind :443", f"bind 127.0.0.1:{self.port}"),
                         ("127.0.0.1:8080", f"127.0.0.1:{application.port}"),
                         ("/etc/haproxy/server.pem", f'"{WORK}/server.pem"'),
                         ("/etc/haproxy/client-cas.pem", f'"{DATA}/root.pem"'),
                         ("/etc/haproxy/mtls.lua", f'"{WORK}/{self.port}.lua"')):
            assert old in text, old
            text = text.replace(old, new)
        (WORK / f"{self.port}.cfg").write_text(change(text))
        (WORK / f"{self.port}.lua").write_text(lua((folder / "mtls.lua").read_text()))
        with open(WORK / f"{self.port}.out", "w", encoding="utf-8") as output:
            return subprocess.Popen(
                [HAPROXY, "-db", "-f", WORK / f"{self.port}.cfg"], stdout=output, stderr=output,
                env={**os.environ, "MTLS_AUTHORIZER": f"http://{authorizer.place}/authorize"})

    def said(self):
        return (WORK / f"{self.port}.out").read_text()


def test_clients():
    crl = make_crl(WORK / "clients.crl", 1, "revoked")
    with behind(Haproxy, "--revocation", "crl", "--crl", crl, "--crl",
                DATA / "intermediate.crl") as (authorizer, haproxy):
        check_clients(authorizer, haproxy, [
            ("two-names", 200, "OK"),
            ("client", 200, "OK"),
            ("revoked", 403, "DENY_REVOKED"),
            ("expired", 403, "DENY_EXPIRED"),
            ("not-yet-valid", 403, "DENY_NOT_YET_VALID"),
            ("other-ca-client", 403, "DENY_ISSUER_NOT_FOUND"),
            ("self-signed", 403, "DENY_SELF_SIGNED"),
            ("uri", 403, "DENY_IDENTITY"),
            (None, 403, "DENY_NO_CERTIFICATE"),
        ])


def test_forged_headers():
    with behind(Haproxy, "--revocation", "off") as (_, haproxy):
        check_forged(haproxy, [(name, header("haproxy"))
                               for name in ("X-SSL-Client-DER", "X_SSL_Client_DER")], "client-der")
        for method in ("POST", "PUT", "OPTIONS"):
            body = ("--request", method, "--data", "x" * 5000)
            assert curl(haproxy.port, None, *body).status == 403, method


def test_connect():
    with behind(Haproxy, "--revocation", "off") as (_, haproxy):
        proxies.check_connect(haproxy)


def without_trailers(text):
    """The lines of the README, and the option where this HAProxy has it."""
    (WORK / "option.cfg").write_text("defaults\n    mode http\n    option http-drop-request-trailers\n")
    if subprocess.run([HAPROXY, "-q", "-c", "-f", WORK / "option.cfg"], check=False,
                      capture_output=True).returncode == 0:
        return text.replace("defaults\n", "defaults\n    option http-drop-request-trailers\n")
    deny = "http-request deny deny_status 400 if { req.hdr(transfer-encoding) -m found }"
    readme = (SOURCE / "examples" / "haproxy" / "README.md").read_text()
    assert deny in readme and "`proto h1`" in readme
    return text.replace("ssl-min-ver TLSv1.2\n", "ssl-min-ver TLSv1.2 proto h1\n").replace(
        "    http-request lua.mtls", f"    {deny}\n    http-request lua.mtls")


def test_trailers():
    """They pass, as the README says, and the headers stay ours; with its lines none passes."""
    with behind(Haproxy, "--revocation", "off") as (_, haproxy):
        status, reached = proxies.with_trailers(haproxy)
        assert status == 200 and "admin" not in str(reached["headers"]), reached
        assert ["x-mtls-label", "admin"] in reached["trailers"], reached
    with behind(Haproxy, "--revocation", "off", change=without_trailers) as (_, haproxy):
        status, reached = proxies.with_trailers(haproxy)
        assert status == 400 or (status == 200 and "admin" not in str(reached)), reached
        answer = curl(haproxy.port, "two-names", "--data", "x" * 5000)
        assert answer.status == 200, answer.head
        # HTTP/2 has trailers without that header; a client may speak it without having been asked to.
        if status == 400:
            said = proxies.raw(haproxy, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            assert said.startswith(b"HTTP/1.1 400"), said


def test_revoked_while_it_runs():
    proxies.check_revoked_while_it_runs(Haproxy)


def test_resumption():
    proxies.check_resumption(Haproxy)


def test_stale_list():
    proxies.check_stale_list(Haproxy)


def test_ocsp():
    proxies.check_ocsp(Haproxy)


def test_token():
    proxies.check_tokens(Haproxy)


def test_nobody_to_ask():
    """The authorizer is down, answers something else, or Lua fails: denied."""
    for change in (lambda text: text.replace("local headers = {}", "error('broken')"),
                   lambda text: text.replace("core.httpclient()", "nothing()"),
                   lambda text: text.replace('url = AUTHORIZER', 'url = AUTHORIZER .. "x"')):
        with behind(Haproxy, "--revocation", "off", lua=change) as (_, haproxy):
            assert curl(haproxy.port, "two-names").status == 403
    with behind(Haproxy, "--revocation", "off") as (authorizer, haproxy):
        assert curl(haproxy.port, "two-names").status == 200
        assert authorizer.stop() == 0
        assert curl(haproxy.port, "two-names").status == 403


run_tests(dict(globals()))
