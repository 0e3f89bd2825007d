#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_authorizer.py HTTP_AUTHORIZER SPOILED: the program as a proxy meets it, and as an attacker would who gets
at its headers; its files, its log."""
import json
import os
import re
import signal
import socket
import sys
import urllib.parse

from http_authorizer_common import (BASE, CAS, GOOD, NGINX, PROGRAM, SOURCE, Authorizer, digest,
                                    escaped, header, refuses, run_tests)
from servers import DATA, WORK, make_crl, put, until


def test_formats():
    """Every format of header, as each proxy writes it; what another one takes is the same to it."""
    xfcc = header("xfcc")
    cases = {
        "nginx": [GOOD],
        "nginx-old": [("X-SSL-Client-Cert", header("nginx-old").replace("\n", ""))],
        "haproxy": [("X-SSL-Client-DER", header("haproxy"))],
        "alb": [("X-Amzn-Mtls-Clientcert", header("alb"))],
        "traefik": [("X-Forwarded-Tls-Client-Cert", header("traefik"))],
        "rfc9440": [("Client-Cert", header("rfc9440")),
                    ("Client-Cert-Chain", header("rfc9440-chain"))],
        "xfcc": [("X-Forwarded-Client-Cert", xfcc)],
    }
    # One certificate, escaped or in base64, is also what those begin with who send several.
    same = {("nginx", "alb"), ("haproxy", "traefik")}
    for name, headers in cases.items():
        options = [*BASE, "--format", name, "--revocation", "off"]
        with Authorizer(PROGRAM, *options) as authorizer:
            status, answer, _ = authorizer.get(headers=headers)
            assert status == 200, (name, authorizer.last())
            assert answer["X-Mtls-Identity"] == "dns:client.example.com"
            assert answer["X-Mtls-Result"] == "verified"
            assert "X-Mtls-Reason" not in answer
            for other, foreign in cases.items():
                renamed = [(headers[0][0], foreign[0][1].replace("\n", " "))]
                if other != name:
                    taken = authorizer.status(*renamed) == 200
                    assert taken == ((other, name) in same), (name, other)


def test_folded_header():
    """As nginx sends $ssl_client_cert: libmicrohttpd takes no header over several lines, and nobody is
    let in by the first of them."""
    folded = header("nginx-old")
    assert "\n\t" in folded
    with Authorizer(PROGRAM, *BASE, "--format", "nginx-old", "--revocation", "off") as authorizer:
        for end in ("\n", "\r\n"):
            answer = authorizer.raw(
                "GET /authorize HTTP/1.1\r\nHost: a\r\nX-SSL-Client-Cert: "
                f"{folded.replace(chr(10), end)}\r\nConnection: close\r\n\r\n".encode())
            assert re.match(rb"HTTP/1\.1 (400|403) ", answer), answer
        assert authorizer.status(("X-SSL-Client-Cert", folded.replace("\n", " "))) == 200
        assert authorizer.status(("X-SSL-Client-Cert", folded.partition("\n")[0])) == 403


def test_load_balancer():
    """ALB in verify mode: one certificate, and a header that is there twice is the client's."""
    leaf = ("X-Amzn-Mtls-Clientcert-Leaf", urllib.parse.quote(
        (DATA / "two-names.pem").read_text(), safe="+=/"))
    with Authorizer(PROGRAM, *BASE, "--format", "alb", "--revocation", "off", "--header",
                    leaf[0]) as authorizer:
        more = [("X-Amzn-Mtls-Clientcert-Subject", "CN=admin"),
                ("X-Amzn-Mtls-Clientcert-Serial-Number", "01")]
        assert authorizer.status(leaf, *more) == 200
        assert authorizer.status(*more) == 403
        assert authorizer.status(leaf, leaf) == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_MALFORMED", authorizer.last()
        assert authorizer.status((leaf[0], f"{leaf[1]},{leaf[1]}")) == 403


def test_envoy_and_traefik():
    """What these proxies send besides: the path and method of the request, and headers of theirs."""
    with Authorizer(PROGRAM, *BASE, "--format", "xfcc", "--revocation", "off") as authorizer:
        xfcc = ("x-forwarded-client-cert", header("xfcc"))
        for path in ("/authorize", "/authorize/", "/authorize/a/b?c=d", "/authorize/metrics",
                     "/authorize/../metrics", "/authorize//", "/authorize/%2e%2e/healthz"):
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"):
                status, headers, _ = authorizer.get(path, [("content-length", "0"), xfcc], method)
                assert status == 200, (path, method, status)
                assert headers["X-Mtls-Identity"] == "dns:client.example.com", (path, method)
                assert authorizer.get(path, [("content-length", "0")], method)[0] == 403
        # Of several elements the last is that of the nearest proxy: the first may be the client's.
        forged = ("x-forwarded-client-cert", header("xfcc-forged"))
        assert authorizer.get(headers=[forged])[1]["X-Mtls-Identity"] == "dns:client.example.com"
        turned = ("x-forwarded-client-cert", ",".join(reversed(header("xfcc-forged").split(","))))
        assert authorizer.status(turned) == 403
        leaf, chain = escaped("client"), escaped("chain")
        subject = 'Subject="CN=client,O=Example";URI=;DNS=client.example.com'
        sha256 = digest("client").hex()
        for value in (f'Hash={sha256};Cert="{leaf}";Chain="{chain}";{subject}',
                      f'By=spiffe://a/b;Hash={sha256};Chain="{chain}";{subject}'):
            assert authorizer.status(("X-Forwarded-Client-Cert", value)) == 200, value
        # Without cert and chain, Envoy would write the second element of a stranger's URI.
        made = f'Hash=00;Subject="CN=stranger";URI=spiffe://x/,Hash={sha256};Cert="{leaf}"'
        for value in (made, f"Hash=00;{subject}", f'Hash=00;Cert="{leaf}"', 'Cert="', 'Cert="x";Cert="y"', ",", ";;;", "=",
                      f'Cert="{leaf}";Cert="{escaped("two-names")}"'):
            assert authorizer.status(("X-Forwarded-Client-Cert", value)) == 403, value
    with Authorizer(PROGRAM, *BASE, "--format", "traefik", "--revocation", "off") as authorizer:
        name = "X-Forwarded-Tls-Client-Cert"
        more = [("X-Forwarded-Method", "POST"), ("X-Forwarded-Uri", "/x"),
                ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Tls-Client-Cert-Info", "Subject")]
        assert authorizer.status((name, header("traefik")), *more) == 200
        assert authorizer.status(*more) == 403
        # "Escaped pem" is what older versions sent.
        value = urllib.parse.quote(header("traefik"), safe=",")
        assert authorizer.status((name, value), *more) == 200


def test_many_intermediates():
    """A stranger's chain has 10 certificates at the most; the operator's file may have more."""
    end = "-----END CERTIFICATE-----\n"
    others = (DATA / "bundle-1000.pem").read_text().split(end)[:10]
    many = WORK / "many.pem"
    many.write_text("".join(other + end for other in others))
    with Authorizer(PROGRAM, "--truststore", DATA / "root.pem", "--allow", "dns:client.example.com",
                    "--format", "nginx", "--revocation", "off", "--intermediates", many) as authorizer:
        client = ("X-SSL-Client-Cert", escaped("client"))
        assert authorizer.status(client) == 403
        with many.open("a") as file:
            file.write((DATA / "intermediate.pem").read_text())
        assert many.read_text().count(end) == 11
        assert authorizer.reload()["event"] == "refresh"
        assert authorizer.status(client) == 200, authorizer.last()


def test_denials():
    """The proxy learns yes or no; why is in the log, and goes out only where it is asked for."""
    cases = {"expired": "EXPIRED", "other-ca-client": "ISSUER_NOT_FOUND", "uri": "IDENTITY",
             "self-signed": "SELF_SIGNED", "clone-client": "BAD_SIGNATURE", "nul-cn": "BAD_NAME",
             "sha1": "WEAK_SIGNATURE", "rsa1024": "WEAK_KEY", "server-eku": "EXTENDED_KEY_USAGE"}
    seen = set()
    for reason_header in ((), ("--reason-header",)):
        with Authorizer(PROGRAM, *NGINX, *reason_header) as authorizer:
            for name, reason in cases.items():
                status, headers, body = authorizer.get(
                    headers=[("X-SSL-Client-Cert", escaped(name))])
                decision = authorizer.last()["decision"]
                assert status == 403, name
                assert decision["name"] == f"MTLSAUTH_DENY_{reason}", (name, decision)
                assert headers.get("X-Mtls-Reason") == \
                    (decision["name"] if reason_header else None), (name, headers)
                assert "X-Mtls-Identity" not in headers
                if not reason_header:
                    del headers["Date"]
                    seen.add((str(headers), body))
            for nothing in ([], [("X-SSL-Client-Cert", "")], [("X-SSL-Client-Cert", "   ")]):
                assert authorizer.get(headers=nothing)[0] == 403
                name = authorizer.last()["decision"]["name"]
                assert name == "MTLSAUTH_DENY_NO_CERTIFICATE", name
            for garbage in ("x", "%", "%00", "-----BEGIN CERTIFICATE-----", "A" * 9000,
                            escaped("two-names") + "%00", escaped("two-names") + "," +
                            escaped("two-names"), escaped("two-names")[:-40]):
                assert authorizer.status(("X-SSL-Client-Cert", garbage)) == 403, garbage
    assert len(seen) == 1, f"denials differ on the wire: {seen}"


def test_hostile_requests():
    """Whatever the bytes are: 200 only for the one header that has the certificate, once."""
    good = f"X-SSL-Client-Cert: {GOOD[1]}\r\n"
    with Authorizer(PROGRAM, *NGINX) as authorizer:
        bad = ("X-SSL-Client-Cert", escaped("other-ca-client"))
        for twice in ([GOOD, GOOD], [GOOD, bad], [bad, GOOD], [GOOD, ("x-ssl-client-cert", "")],
                      [("X-SSL-CLIENT-CERT", "x"), GOOD]):
            assert authorizer.status(*twice) == 403, twice
            assert "twice" in authorizer.last()["note"]
        for name in ("X_SSL_Client_Cert", "X-SSL-Client_Cert", "HTTP_X_SSL_CLIENT_CERT",
                     "X-SSL-Client-Cer", "X-SSL-Client-Certs"):
            assert authorizer.status((name, GOOD[1])) == 403, name
        host = "Host: a\r\n"
        smuggled = f"GET /authorize HTTP/1.1\r\n{host}{good}\r\n"
        raw = {
            "http 1.0": (f"GET /authorize HTTP/1.0\r\n{good}\r\n", 200),
            "no host": (f"GET /authorize HTTP/1.1\r\n{good}\r\n", 400),
            "space before the colon": (
                f"GET /authorize HTTP/1.1\r\n{host}X-SSL-Client-Cert : {GOOD[1]}\r\n\r\n", None),
            "folded": (f"GET /authorize HTTP/1.1\r\n{host}X-Other: a\r\n {good}\r\n", None),
            "bare CR": (f"GET /authorize HTTP/1.1\r\n{host}X-Other: a\r{good}\r\n", None),
            "NUL": (f"GET /authorize HTTP/1.1\r\n{host}X-Other: a\0\n{good}\r\n", None),
            "NUL in the certificate": (
                f"GET /authorize HTTP/1.1\r\n{host}X-SSL-Client-Cert: \0{GOOD[1]}\r\n\r\n", None),
            "in the query": (f"GET /authorize?X-SSL-Client-Cert={GOOD[1]} HTTP/1.1\r\n{host}\r\n",
                             403),
            "in a cookie": (f"GET /authorize HTTP/1.1\r\n{host}Cookie: X-SSL-Client-Cert="
                            f"{GOOD[1]}\r\n\r\n", 403),
            "in a trailer": (f"POST /authorize HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n"
                             f"Trailer: X-SSL-Client-Cert\r\n\r\n0\r\n{good}\r\n", 403),
            "a body": (f"POST /authorize HTTP/1.1\r\n{host}Content-Length: {len(smuggled)}\r\n\r\n"
                       f"{smuggled}", 403),
            "two lengths": (f"POST /authorize HTTP/1.1\r\n{host}Content-Length: 0\r\n"
                            f"Content-Length: {len(smuggled)}\r\n\r\n{smuggled}", 403),
            "length and chunks": (
                f"POST /authorize HTTP/1.1\r\n{host}Content-Length: {len(smuggled) + 5}\r\n"
                f"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}", 403),
            "chunks in disguise": (
                f"POST /authorize HTTP/1.1\r\n{host}Transfer-Encoding: xchunked\r\n"
                f"Content-Length: 0\r\n\r\n{smuggled}", 403),
            "expect": (f"POST /authorize HTTP/1.1\r\n{host}Expect: 100-continue\r\n"
                       f"Content-Length: 10\r\n\r\n", 403),
            "another protocol": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", None),
        }
        for what, (data, status) in raw.items():
            answer = authorizer.raw(data.encode("latin-1"))
            lines = re.findall(rb"^HTTP/1\.[01] (\d+)", answer, re.M)
            # One answer at the most: what follows a request with a body is never another request.
            # (libmicrohttpd 0.9.75 writes the head of a 400 of its own twice.)
            assert len(lines) <= 1 or set(lines) == {b"400"}, (what, answer)
            if status is not None:
                assert lines and int(lines[0]) == status, (what, answer)
            elif what != "NUL":  # libmicrohttpd ends a line at a bare LF; proxies pass neither on
                assert not lines or lines[0] != b"200", (what, answer)
        for size in (40000, 120000, 140000, 1000000):
            answer = authorizer.raw(
                f"GET /authorize HTTP/1.1\r\n{host}X-SSL-Client-Cert: {'A' * size}\r\n\r\n".encode())
            assert answer == b"" or re.match(rb"HTTP/1\.1 (403|413|414|431|500) ", answer), answer
        answer = authorizer.raw(b"GET /authorize HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 100000)
        assert answer == b"" or re.match(rb"HTTP/1\.1 (400|413|431|500) ", answer), answer
        assert authorizer.status(GOOD) == 200


def test_keep_alive():
    """One decision a request: nothing of the one before is left on a connection."""
    with Authorizer(PROGRAM, *NGINX) as authorizer:
        parts = []
        for with_certificate in (1, 0, 1, 0, 0, 1):
            line = f"X-SSL-Client-Cert: {GOOD[1]}\r\n" if with_certificate else ""
            parts.append(f"GET /authorize HTTP/1.1\r\nHost: a\r\n{line}\r\n")
        answer = authorizer.raw("".join(parts).encode())
        found = re.findall(rb"^HTTP/1\.1 (\d+)", answer, re.M)
        assert found == [b"200", b"403", b"200", b"403", b"403", b"200"], found
        for part in re.split(rb"(?=HTTP/1\.1 403)", answer)[1:]:
            assert b"X-Mtls-Identity" not in part.partition(b"HTTP/1.1 200")[0], part


def test_optional_certificate():
    """Beside another kind of authentication: none passes, as nobody; a bad one does not."""
    with Authorizer(PROGRAM, *NGINX, "--optional-certificate") as authorizer:
        status, headers, _ = authorizer.get()
        assert status == 200
        assert (headers["X-Mtls-Result"], headers["X-Mtls-Identity"]) == ("none", "-")
        assert authorizer.get(headers=[GOOD])[1]["X-Mtls-Result"] == "verified"
        for name in ("expired", "other-ca-client", "uri"):
            assert authorizer.status(("X-SSL-Client-Cert", escaped(name))) == 403, name
        assert authorizer.status(GOOD, GOOD) == 403
        assert authorizer.status(("X-SSL-Client-Cert", "garbage")) == 403


def test_names_in_headers():
    """A name with anything in it arrives whole, and cannot begin another header."""
    options = ["--truststore", CAS, "--allow-any", "--format", "nginx", "--revocation", "off"]
    with Authorizer(PROGRAM, *options) as authorizer:
        def identity(name):
            return authorizer.get(headers=[("X-SSL-Client-Cert", escaped(name))])[1]
        assert identity("uri")["X-Mtls-Identity"] == "uri:spiffe://acme.example/ns/prod/sa/web"
        assert identity("multi-rdn")["X-Mtls-Identity"]
        name = identity("unicode-dn")["X-Mtls-Identity"]
        assert name.isascii(), name


def test_pages():
    crl = make_crl(WORK / "pages.crl", 7, "revoked")
    options = [*BASE, "--format", "nginx", "--revocation", "crl", "--crl", crl]
    with Authorizer(PROGRAM, *options) as authorizer:
        assert authorizer.status(GOOD) == 200
        assert authorizer.status(("X-SSL-Client-Cert", escaped("revoked"))) == 403
        status, headers, text = authorizer.get("/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
        for line in ('mtlsauth_decisions_total{code="MTLSAUTH_OK"} 1',
                     'mtlsauth_decisions_total{code="MTLSAUTH_DENY_REVOKED"} 1',
                     'mtlsauth_http_answers_total{status="200"} 1', "mtlsauth_rollbacks_refused_total 0",
                     "mtlsauth_truststore_certificates 2"):
            assert line in text.splitlines(), (line, text)
        assert re.search(r'^mtlsauth_crl_entries\{issuer="CN=Example Root CA,O=Example,C=US",'
                         r'distribution_point=""\} 1$', text, re.M), text
        for line in text.splitlines():
            assert line.startswith("# ") or re.fullmatch(
                r'[a-z_]+(\{[a-z0-9_]+="(?:[^"\\]|\\.)*"(,[a-z0-9_]+="(?:[^"\\]|\\.)*")*\})? -?\d+',
                line), line
        names = re.findall(r"^# TYPE (\S+)", text, re.M)
        assert len(names) == len(set(names)), names
        for path in ("/livez", "/healthz"):
            assert authorizer.get(path)[::2] == (200, "ok\n"), path
            assert authorizer.get(path, method="POST")[0] == 404, path
        for path in ("/", "/authorizer", "/authorize.html", "/Authorize", "/x/authorize"):
            assert authorizer.get(path, [GOOD])[0] == 404, path
        assert authorizer.get("/metrics", method="POST")[0] == 404
    # A list and its delta have the same labels, which no two lines may have: the worst of both counts.
    base = make_crl(WORK / "base.crl", 2, "revoked", until_date="20450101000000Z")
    with Authorizer(PROGRAM, *options[:-1], base, "--crl", DATA / "delta.crl") as authorizer:
        text = authorizer.get("/metrics")[2]
        names = re.findall(r"^(mtlsauth_\S+) ", text, re.M)
        assert len(names) == len(set(names)), text
        labels = '{issuer="CN=Example Root CA,O=Example,C=US",distribution_point=""}'
        assert f"mtlsauth_crl_entries{labels} 2\n" in text, text
        assert f"mtlsauth_crl_next_update{labels} 2366841600\n" in text, text
    stale = make_crl(WORK / "stale.crl", 1, until_date="20210101000000Z")
    with Authorizer(PROGRAM, *options[:-1], stale) as authorizer:
        assert authorizer.status(GOOD) == 403
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOCATION_STALE"
        status, _, text = authorizer.get("/healthz")
        assert status == 503 and "Example Root CA" in text, text
        # It decides, and the clients of other CAs have nobody else.
        assert authorizer.get("/livez")[::2] == (200, "ok\n")
    nothing = WORK / "nothing"
    nothing.mkdir()
    with Authorizer(PROGRAM, *options[:-1], nothing) as authorizer:
        assert authorizer.status(GOOD) == 403
        assert authorizer.get("/healthz")[::2] == (503, "there is no revocation list\n")
        assert authorizer.get("/livez")[::2] == (200, "ok\n")


def test_reload():
    """SIGHUP and the timer: what is new is in force; what does not load changes nothing."""
    rules, store = WORK / "rules", WORK / "store.pem"
    rules.write_text("allow first dns:client.example.com\n")
    store.write_text(CAS.read_text())
    crl = make_crl(WORK / "reload.crl", 5)
    with Authorizer(PROGRAM, "--truststore", store, "--rules", rules, "--format", "nginx",
                    "--revocation", "crl", "--crl", crl, "--refresh", "1") as authorizer:
        assert authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"] == "first"
        put(rules, "allow second dns:client.example.com\n")
        assert authorizer.reload()["event"] == "refresh"
        assert authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"] == "second"
        put(rules, "allow third nonsense\n")
        event = authorizer.reload()
        assert event["event"] == "refresh failed" and "line 1" in event["detail"], event
        assert authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"] == "second"
        put(rules, "allow second dns:client.example.com\n")
        for broken in (b"", b"nonsense", (DATA / "bad-signature.crl").read_bytes(),
                       crl.read_bytes()[:300]):
            put(crl, broken)
            event = authorizer.reload()
            assert event["event"] == "refresh failed" and str(crl) in event["detail"], event
            assert authorizer.status(GOOD) == 200
        make_crl(crl, 4)
        assert authorizer.reload()["event"] == "refresh failed"
        # The timer may have looked at it, too.
        assert re.search(r"^mtlsauth_rollbacks_refused_total [1-9]", authorizer.get("/metrics")[2],
                         re.M)
        make_crl(crl, 6, "two-names")
        until("the timer", lambda: authorizer.status(GOOD) == 403)
        make_crl(crl, 7)
        until("the timer", lambda: authorizer.status(GOOD) == 200)
        put(store, (DATA / "other-root.pem").read_text())
        authorizer.reload()
        assert authorizer.status(GOOD) == 403
        assert authorizer.status(GOOD, GOOD) == 403


def test_rules_wait_for_truststore():
    """New rules are for the new CAs: while these do not load, the old rules stay with the old CAs."""
    rules, store = WORK / "waiting-rules", WORK / "waiting.pem"
    store.write_text(CAS.read_text())

    options = ["--truststore", store, "--rules", rules, "--format", "nginx", "--revocation", "off"]

    def label():
        return authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"]

    def write(text):
        put(rules, f"allow {text}\n")

    write("first dns:client.example.com")
    with Authorizer(PROGRAM, *options, "--refresh", "0") as authorizer:
        write("second dns:client.example.com")
        for broken in ("", "nonsense", None):
            store.write_text(broken) if broken is not None else store.unlink()
            event = authorizer.reload()
            assert event["event"] == "refresh failed" and str(store) in event["detail"], event
            assert "rules and intermediates stay" in event["detail"], event
            assert label() == "first"
        store.write_text(CAS.read_text() + (DATA / "other-root.pem").read_text())
        assert authorizer.reload()["event"] == "refresh"
        assert label() == "second"
        put(store, "nonsense")
        write("third nonsense")
        event = authorizer.reload()
        assert "line 1" in event["detail"] and str(store) in event["detail"], event
        assert label() == "second"
    store.write_text(CAS.read_text())
    write("second dns:client.example.com")
    with Authorizer(PROGRAM, *options, "--refresh", "1") as authorizer:
        put(store, "nonsense")
        write("third dns:client.example.com")
        authorizer.process.send_signal(signal.SIGHUP)
        until("they wait", lambda: any("rules and intermediates stay" in e.get("detail", "")
                                       for e in authorizer.read_log()))
        assert label() == "second"
        put(store, CAS.read_text())
        until("the timer", lambda: label() == "third")


def test_rules_wait_for_the_truststore_that_is_in_force():
    """A file that loads before and behind the refresh, and not in it: no new rules over the old CAs."""
    rules, store = WORK / "spoiled-rules", WORK / "spoiled.pem"
    bad, good = WORK / "spoiled.pem.bad", WORK / "spoiled.pem.good"
    more = CAS.read_text() + (DATA / "other-root.pem").read_text()

    def label():
        return authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"]

    def reload(number):
        put(rules, f"allow rule-{number} dns:client.example.com\n")
        return authorizer.reload()

    put(store, CAS.read_text())
    put(rules, "allow rule-0 dns:client.example.com\n")
    with Authorizer(sys.argv[2], "--truststore", store, "--rules", rules, "--format", "nginx",
                    "--revocation", "off", "--refresh", "0",
                    environment={"SPOIL_TRUSTSTORE": str(store)}) as authorizer:
        assert reload(1)["event"] == "refresh" and label() == "rule-1"
        put(bad, CAS.read_text()[:300])
        event = reload(2)
        assert event["event"] == "refresh failed" and label() == "rule-1", event
        assert "rules and intermediates stay" in event["detail"], event
        put(store, more)
        put(bad, "")
        put(good, more)
        event = reload(3)
        assert event["event"] == "refresh failed" and label() == "rule-1", event
        assert reload(4)["event"] == "refresh" and label() == "rule-4"
        # Changed once more right behind the refresh.
        put(good, CAS.read_text())
        assert reload(5)["event"] == "refresh failed" and label() == "rule-4"
        assert reload(6)["event"] == "refresh" and label() == "rule-6"


def test_list_taken_away():
    """A list that is gone from its folder serves on: that is logged, once each time."""
    folder = WORK / "lists"
    folder.mkdir()
    crl = make_crl(folder / "a.crl", 1, "two-names")
    content = crl.read_bytes()
    with Authorizer(PROGRAM, *BASE, "--format", "nginx", "--revocation", "crl", "--crl", folder,
                    "--refresh", "1") as authorizer:
        def logged():
            return [e for e in authorizer.read_log() if str(crl) in e.get("detail", "")]

        def looks():
            return int(re.search(r'^mtlsauth_refresh_total\{result="succeeded"\} (\d+)',
                                 authorizer.get("/metrics")[2], re.M).group(1))

        def wait_for_looks():
            before = looks()
            until("the timer", lambda: looks() >= before + 2)

        for times in (1, 2):
            crl.unlink()
            wait_for_looks()
            assert len(logged()) == times, logged()
            assert logged()[-1]["event"] == "refresh" and "stays in use" in logged()[-1]["detail"]
            assert authorizer.status(GOOD) == 403
            put(crl, content)
            wait_for_looks()
        assert len(logged()) == 2, logged()


def test_warnings():
    """Rules that mean more than they seem to are said at the start, and after each SIGHUP."""
    two = WORK / "two-roots.pem"
    two.write_text(CAS.read_text() + (DATA / "other-root.pem").read_text())
    with Authorizer(PROGRAM, "--truststore", two, "--allow", "dns:client.example.com", "--format",
                    "nginx", "--revocation", "off") as authorizer:
        assert "anchor" in authorizer.event("warning")["detail"], authorizer.lines
        before = len(authorizer.read_log())
        authorizer.reload()
        until("a warning", lambda: authorizer.event("warning", before))
    one = WORK / "one-root.pem"
    one.write_text(CAS.read_text())
    with Authorizer(PROGRAM, *NGINX, "--truststore", one) as authorizer:
        assert authorizer.event("warning") is None, authorizer.lines
        one.write_text(two.read_text())  # of the truststore that is in force now
        authorizer.reload()
        until("a warning", lambda: authorizer.event("warning"))


def test_log():
    """A line of JSON for each decision; no certificate, no token is ever in it."""
    with Authorizer(PROGRAM, *NGINX) as authorizer:
        for name in ("two-names", "expired", "nul-cn", "unicode-dn"):
            authorizer.get(headers=[("X-SSL-Client-Cert", escaped(name)),
                                    ("Authorization", "Bearer secret-token")])
        authorizer.get(headers=[("X-SSL-Client-Cert", "garbage\u00e9%0a{}\"")])
        entries = [e for e in authorizer.read_log() if "status" in e]
        assert len(entries) == 5, entries
        text = "".join(authorizer.lines)
        assert "BEGIN" not in text and "secret" not in text and escaped("two-names")[60:90] not in text
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", e["time"]) for e in entries)
        assert entries[0]["decision"]["identity"] == "dns:client.example.com"


def test_log_of_what_is_no_utf8():
    """Nor a sentence about a path that is none is left out of it."""
    rules = WORK / os.fsdecode(b"rul\xe9s")
    rules.write_text("allow first dns:client.example.com\n")
    with Authorizer(PROGRAM, "--truststore", CAS, "--rules", rules, "--format", "nginx", "--revocation",
                    "off") as authorizer:
        rules.write_text("allow first nonsense\n")
        event = authorizer.reload()
        assert event["event"] == "refresh failed" and "rul?s: line 1" in event["detail"], event


def test_log_rotation():
    """A log that is moved away goes on under its name after SIGHUP."""
    log, moved = WORK / "rotated.log", WORK / "rotated.log.1"
    with Authorizer(PROGRAM, *NGINX, "--log", log, ready=False) as authorizer:
        until("it listens", lambda: log.exists() and "listening" in log.read_text())
        authorizer.place = json.loads(log.read_text().splitlines()[-1])["detail"]
        log.rename(moved)
        assert authorizer.status(GOOD) == 200
        authorizer.process.send_signal(signal.SIGHUP)
        until("the new one", lambda: log.exists() and '"refresh"' in log.read_text())
        assert authorizer.status(GOOD) == 200
        until("a decision", lambda: '"status":200' in log.read_text())
        assert moved.read_text().count('"status":200') == 1


def test_floors():
    """With a state folder, an older list is refused also by the next process."""
    floors = WORK / "floors"
    floors.mkdir(0o700)  # nobody else may write there
    crl = make_crl(WORK / "floors.crl", 5, "two-names")
    options = [*BASE, "--format", "nginx", "--revocation", "crl", "--crl", crl, "--state-dir", floors]
    with Authorizer(PROGRAM, *options) as authorizer:
        assert authorizer.status(GOOD) == 403
    make_crl(crl, 4)
    refuses("older", *options)
    make_crl(crl, 6)
    with Authorizer(PROGRAM, *options) as authorizer:
        assert authorizer.status(GOOD) == 200


def test_end():
    """SIGTERM and SIGINT end it with 0, also while connections are open."""
    for number in (signal.SIGTERM, signal.SIGINT):
        with Authorizer(PROGRAM, *NGINX) as authorizer, \
                socket.create_connection(("127.0.0.1", authorizer.port)) as open_connection:
            open_connection.sendall(b"GET /authorize HTTP/1.1\r\nHost: a\r\n")
            assert authorizer.stop(number) == 0, authorizer.said()


def test_example_configurations():
    """Each proxy's configuration takes away what a client sends, and asks the right place."""
    examples = SOURCE / "examples"
    for path, words in (("envoy/envoy.yaml", ("SANITIZE_SET", "failure_mode_allow: false",
                                              "{ cert: true, chain: true }",
                                              "path_prefix: /authorize", "allowed_client_headers",
                                              "[x-forwarded-client-cert, x-mtls-reason]")),
                        ("traefik/dynamic.yaml", ('X-Forwarded-Tls-Client-Cert: ""',
                                                  'X-Mtls-Reason: ""', 'Upgrade: ""',
                                                  'Connection: ""',
                                                  "[strip, certificate, authorize, finish]",
                                                  "authRequestHeaders"))):
        text = (examples / path).read_text()
        for word in words:
            assert word in text, (path, word)
        try:
            import yaml
        except ImportError:
            continue
        yaml.safe_load(text)


run_tests(dict(globals()))
