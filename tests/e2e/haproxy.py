#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""haproxy.py HTTP_AUTHORIZER: real HAProxy with the configuration and the Lua of examples/haproxy, real
curl."""
import os
import signal
import subprocess
import sys

from http_authorizer_common import (DATA, SOURCE, WORK, Application, Authorizer, Proxy, Responder,
                                    bound_token, check_resumption, check_tokens, curl, header,
                                    make_crl, need, run_tests, until)

PROGRAM = sys.argv[1]
HAPROXY = need("haproxy")
need("curl")
CAS = WORK / "cas.pem"
CAS.write_text((DATA / "root.pem").read_text() + (DATA / "intermediate.pem").read_text())
(WORK / "server.pem").write_text((DATA / "server.pem").read_text() +
                                 (DATA / "server.key").read_text())


class Haproxy(Proxy):
    END = signal.SIGTERM

    def start(self, authorizer, application, lua=lambda text: text):
        folder = SOURCE / "examples" / "haproxy"
        text = (folder / "haproxy.cfg").read_text()
        for old, new in (("bind :443", f"bind 127.0.0.1:{self.port}"),
                         ("127.0.0.1:8080", f"127.0.0.1:{application.port}"),
                         ("/etc/haproxy/server.pem", f"{WORK}/server.pem"),
                         ("/etc/haproxy/client-cas.pem", f"{DATA}/root.pem"),
                         ("/etc/haproxy/mtls.lua", f"{WORK}/{self.port}.lua")):
            assert old in text, old
            text = text.replace(old, new)
        (WORK / f"{self.port}.cfg").write_text(text)
        (WORK / f"{self.port}.lua").write_text(lua((folder / "mtls.lua").read_text()))
        with open(WORK / f"{self.port}.out", "w", encoding="utf-8") as output:
            return subprocess.Popen(
                [HAPROXY, "-db", "-f", WORK / f"{self.port}.cfg"], stdout=output, stderr=output,
                env={**os.environ, "MTLS_AUTHORIZER": f"http://{authorizer.place}/authorize"})

    def said(self):
        return (WORK / f"{self.port}.out").read_text()


def rules(*extra):
    return ["--truststore", CAS, "--allow", "dns:client.example.com", "--format", "haproxy", *extra]


def test_clients():
    crl = make_crl(WORK / "clients.crl", 1, "revoked")
    cases = [
        ("two-names", 200, "MTLSAUTH_OK"),
        ("client", 200, "MTLSAUTH_OK"),
        ("revoked", 403, "MTLSAUTH_DENY_REVOKED"),
        ("expired", 403, "MTLSAUTH_DENY_EXPIRED"),
        ("not-yet-valid", 403, "MTLSAUTH_DENY_NOT_YET_VALID"),
        ("other-ca-client", 403, "MTLSAUTH_DENY_ISSUER_NOT_FOUND"),
        ("self-signed", 403, "MTLSAUTH_DENY_SELF_SIGNED"),
        ("uri", 403, "MTLSAUTH_DENY_IDENTITY"),
        (None, 403, "MTLSAUTH_DENY_NO_CERTIFICATE"),
    ]
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl, "--crl",
                                    DATA / "intermediate.crl")) as authorizer, \
            Application() as application, Haproxy(authorizer, application) as haproxy:
        for client, status, reason in cases:
            answer = curl(haproxy.port, client)
            assert answer.status == status, (client, answer.status, answer.error)
            assert authorizer.last()["decision"]["name"] == reason, (client, authorizer.last())
            assert "MTLSAUTH" not in answer.head + answer.body
            if status == 200:
                assert answer.headers("x-mtls-identity") == ["dns:client.example.com"]


def test_forged_headers():
    forged = [option for name, value in [
        ("X-SSL-Client-DER", header("haproxy")), ("X_SSL_Client_DER", header("haproxy")),
        ("X-Mtls-Identity", "dns:admin.example.com"), ("x_mtls-identity", "dns:admin.example.com"),
        ("X-Mtls-Label", "admin"), ("X-Mtls-Result", "verified")]
        for option in ("--header", f"{name}: {value}")]
    with Authorizer(PROGRAM, *rules("--revocation", "off")) as authorizer, \
            Application() as application, Haproxy(authorizer, application) as haproxy:
        for client in (None, "other-ca-client", "uri"):
            assert curl(haproxy.port, client, *forged).status == 403, client
        answer = curl(haproxy.port, "two-names", *forged)
        assert answer.status == 200
        assert answer.headers("x-mtls-identity") == ["dns:client.example.com"], answer.body
        assert "admin" not in answer.body and "client-der" not in answer.body, answer.body
        for method in ("POST", "PUT", "OPTIONS"):
            body = ("--request", method, "--data", "x" * 5000)
            assert curl(haproxy.port, None, *body).status == 403, method


def test_revoked_while_it_runs():
    crl = make_crl(WORK / "live.crl", 1)
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl, "--refresh", "1")) \
            as authorizer, Application() as application, \
            Haproxy(authorizer, application) as haproxy:
        assert curl(haproxy.port, "revoked").status == 200
        make_crl(crl, 2, "revoked")
        authorizer.reload()
        assert curl(haproxy.port, "revoked").status == 403
        make_crl(crl, 3, "revoked", "two-names")
        until("the timer", lambda: curl(haproxy.port, "two-names").status == 403)


def test_resumption():
    """The client's certificate is there on resumed sessions, too, and is looked at."""
    crl = make_crl(WORK / "resumed.crl", 1)
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl)) as authorizer, \
            Application() as application, Haproxy(authorizer, application) as haproxy:
        check_resumption(haproxy.port, crl, authorizer)


def test_stale_list():
    crl = make_crl(WORK / "stale.crl", 1, until_date="20210101000000Z")
    with Authorizer(PROGRAM, *rules("--revocation", "crl", "--crl", crl)) as authorizer, \
            Application() as application, Haproxy(authorizer, application) as haproxy:
        assert curl(haproxy.port, "two-names").status == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOCATION_STALE"


def test_ocsp():
    """Asked for while the client waits: good, revoked, and nobody there to ask."""
    with Responder(["revoked"], ["two-names"]) as responder, Authorizer(
            PROGRAM, *rules("--revocation", "ocsp", "--ocsp-url", responder.url, "--ocsp-host",
                            f"127.0.0.1:{responder.port}", "--clock-skew", "60")) as authorizer, \
            Application() as application, Haproxy(authorizer, application) as haproxy:
        # What comes too late for HAProxy is there for the next request.
        until("good", lambda: curl(haproxy.port, "two-names").status == 200)
        until("revoked", lambda: curl(haproxy.port, "revoked").status == 403 and
              authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOKED")
        responder.stop()
        assert curl(haproxy.port, "two-names").status == 200
        assert curl(haproxy.port, "rsa2048").status == 403


def test_token():
    """A client's own token; another client's, and none, are 401 with the challenge."""
    key, token = bound_token("two-names")
    with Authorizer(PROGRAM, *rules("--revocation", "off", "--require-bound-token", "--token-key",
                                    key, "--token-algorithm", "RS256")) \
            as authorizer, Application() as application, Haproxy(authorizer, application) as haproxy:
        check_tokens(haproxy.port, token)


def test_nobody_to_ask():
    """The authorizer is down, answers something else, or Lua fails: denied."""
    with Authorizer(PROGRAM, *rules("--revocation", "off")) as authorizer, \
            Application() as application:
        for change in (lambda text: text.replace("local headers = {}", "error('broken')"),
                       lambda text: text.replace("core.httpclient()", "nothing()"),
                       lambda text: text.replace('url = AUTHORIZER', 'url = AUTHORIZER .. "x"')):
            with Haproxy(authorizer, application, change) as haproxy:
                assert curl(haproxy.port, "two-names").status == 403
        with Haproxy(authorizer, application) as haproxy:
            assert curl(haproxy.port, "two-names").status == 200
            assert authorizer.stop() == 0
            assert curl(haproxy.port, "two-names").status == 403


run_tests(dict(globals()))
