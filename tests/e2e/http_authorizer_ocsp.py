#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_authorizer_ocsp.py HTTP_AUTHORIZER: responders that are asked while a client waits: what they
say, what they fail to say, and whom the program connects to."""
import re
import threading
import time

from http_authorizer_common import (PROGRAM, SOURCE, Authorizer, escaped, free_port, refuses,
                                    run_tests)
from servers import DATA, PATIENCE, WORK, Responder, issue, known_line, make_crl, must, until

BASE = ["--truststore", DATA / "root.pem", "--allow", "dns:client.example.com", "--format",
        "nginx", "--clock-skew", "60"]


def options(responder, *more, revocation="ocsp", timeout=10000):
    return [*BASE, "--revocation", revocation, "--ocsp-host", f"127.0.0.1:{responder.port}",
            "--ocsp-url", responder.url, "--ocsp-timeout", timeout, *more]


def ask(authorizer, name):
    status = authorizer.status(("X-SSL-Client-Cert", escaped(name)))
    return status, authorizer.last()["decision"]["name"].removeprefix("MTLSAUTH_")


GOOD, REVOKED = (200, "OK"), (403, "DENY_REVOKED")
UNKNOWN, STALE = (403, "DENY_REVOCATION_UNKNOWN"), (403, "DENY_REVOCATION_STALE")


def test_answers():
    with Responder(["revoked"], ["two-names"]) as responder, \
            Authorizer(PROGRAM, *options(responder)) as authorizer:
        assert ask(authorizer, "two-names") == GOOD, authorizer.last()
        assert ask(authorizer, "revoked") == REVOKED, authorizer.last()
        assert ask(authorizer, "rsa2048") == UNKNOWN
        # What an answer was for is not asked again; denials of other kinds ask nobody.
        before = len(responder.asked)
        assert ask(authorizer, "two-names") == GOOD and ask(authorizer, "revoked") == REVOKED
        for name in ("expired", "other-ca-client", "uri", "self-signed"):
            assert ask(authorizer, name)[0] == 403
        assert authorizer.status() == 403
        assert len(responder.asked) == before, responder.asked
        assert 'mtlsauth_ocsp_fetches_total{result="answered"} 3' in authorizer.get("/metrics")[2]
        for request in map(responder.read, responder.asked):
            assert request.count("Serial Number") == 1, request
            assert "Nonce" not in request and "Extensions" not in request, request


def test_responder_down():
    """Nobody gets in for whom there is no answer; whoever has one stays; it is asked again later."""
    with Responder([], ["two-names", "rsa2048"]) as responder, \
            Authorizer(PROGRAM, *options(responder)) as authorizer:
        assert ask(authorizer, "two-names") == GOOD
        responder.stop()
        assert ask(authorizer, "rsa2048") == UNKNOWN
        assert "connection failed" in authorizer.last()["note"], authorizer.last()
        until("it is left alone", lambda: ask(authorizer, "rsa2048") == UNKNOWN and
              "left alone" in authorizer.last()["note"])
        assert ask(authorizer, "two-names") == GOOD
        responder.start()
        until("it is asked again", lambda: ask(authorizer, "rsa2048") == GOOD)


def test_bad_answers():
    with Responder([], ["two-names"]) as responder:
        for mode, note in (("redirect", "HTTP 302"), ("broken", "HTTP 503"), ("missing", "HTTP 404"),
                           ("page", "text/html"), ("large", "larger than 65536"),
                           ("garbage", "does not count"), ("empty", "does not count"),
                           ("tryLater", "does not count"), ("forged", "does not count")):
            responder.mode = mode
            with Authorizer(PROGRAM, *options(responder)) as authorizer:
                assert ask(authorizer, "two-names") == UNKNOWN, (mode, authorizer.last())
                assert note in authorizer.last()["note"], (mode, authorizer.last())
        responder.mode = "capitals"
        with Authorizer(PROGRAM, *options(responder)) as authorizer:
            assert ask(authorizer, "two-names") == GOOD, authorizer.last()


def test_slow():
    """A client that waits holds up nobody else, and waits no longer than was said."""
    with Responder([], ["two-names", "rsa2048"]) as responder:
        with Authorizer(PROGRAM, *options(responder, timeout=60000)) as authorizer:
            assert ask(authorizer, "two-names") == GOOD, authorizer.last()
            answers = []
            responder.held.clear()
            thread = threading.Thread(target=lambda: answers.append(
                authorizer.status(("X-SSL-Client-Cert", escaped("rsa2048")))))
            thread.start()
            until("the responder is asked", lambda: len(responder.asked) == 2)
            assert authorizer.status(("X-SSL-Client-Cert", escaped("two-names"))) == 200
            assert not answers, "the slow client was answered first"
            responder.held.set()
            thread.join()
            assert answers == [200], answers
        responder.held.clear()
        with Authorizer(PROGRAM, *options(responder, timeout=2000)) as authorizer:
            assert ask(authorizer, "rsa2048") == UNKNOWN
            assert "in time" in authorizer.last()["note"], authorizer.last()
        responder.held.set()


def test_no_help():
    """What the responder does not know, or answers badly, is not asked on each request of a client."""
    with Responder(["revoked"], ["two-names"]) as responder:
        for mode in ("well", "tryLater", "missing"):
            responder.mode, responder.asked = mode, []
            with Authorizer(PROGRAM, *options(responder)) as authorizer:
                for _ in range(5):
                    assert ask(authorizer, "rsa2048") == UNKNOWN, authorizer.last()
                    # A host that has failed is left alone for a second: the certificate, for longer.
                    until("the host is asked again", lambda: ask(authorizer, "rsa2048") == UNKNOWN and
                          "left alone" not in authorizer.last().get("note", ""))
                assert len(responder.asked) == 1, (mode, len(responder.asked))
                assert "a moment ago" in authorizer.last()["note"], authorizer.last()
                responder.mode = "well"
                assert ask(authorizer, "two-names") == GOOD and ask(authorizer, "revoked") == REVOKED
                assert len(responder.asked) == 3, (mode, len(responder.asked))


class ShortLived(Responder):
    """Its answers are good for some seconds more, by a clock that is 60 seconds late: for as many as a
    slow machine needs to sign one and to take it."""

    def sign(self, request, *options, signer=None):
        began = time.monotonic()
        response = super().sign(request, *options, signer=signer)
        life = 4 + 4 * int(time.monotonic() - began)
        update = re.search(rb"\x18\x0f\d{14}Z\xa0\x11\x18\x0f\d{14}Z", response)
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - ago)).encode()
                 for ago in (120, 60 - life)]
        response = (response[:update.start()] + b"\x18\x0f" + dates[0] + b"\xa0\x11\x18\x0f" +
                    dates[1] + response[update.end():])
        # OCSPResponse, [0], responseBytes, its OID, OCTET STRING, BasicOCSPResponse: the octets that
        # are signed are the first in it, and the signature of RSA is at the end.
        basic = response.index(bytes.fromhex("06092b0601050507300101")) + 11 + 4 + 4
        head = 2 + (response[basic + 1] & 0x7f if response[basic + 1] & 0x80 else 0)
        length = int.from_bytes(response[basic + 2:basic + head], "big") or response[basic + 1]
        with self.lock:
            (self.folder / "tbs").write_bytes(response[basic:basic + head + length])
            must("openssl", "dgst", "-sha256", "-sign", f"{self.signer}.key", "-out",
                 self.folder / "signature", self.folder / "tbs")
            return response[:-256] + (self.folder / "signature").read_bytes()


def test_next_answer():
    """An answer that has helped is followed by the next one at once: no client is denied in between."""
    with ShortLived([], ["two-names"]) as responder, \
            Authorizer(PROGRAM, *options(responder)) as authorizer:
        end = time.monotonic() + 4 * PATIENCE
        while len(responder.asked) < 3 and time.monotonic() < end:
            assert ask(authorizer, "two-names") == GOOD, (len(responder.asked), authorizer.last())
            time.sleep(0.05)
        assert len(responder.asked) == 3, len(responder.asked)


def test_one_question():
    """Clients that come with one certificate while it is asked about wait for that answer; so many of
    them that others have room."""
    statuses = []

    def client():
        statuses.append(authorizer.status(("X-SSL-Client-Cert", escaped("rsa2048"))))

    with Responder([], ["two-names", "rsa2048"]) as responder, \
            Authorizer(PROGRAM, *options(responder, timeout=60000)) as authorizer:
        responder.held.clear()
        threads = [threading.Thread(target=client) for _ in range(40)]
        for thread in threads:
            thread.start()
        until("all but 16 are denied", lambda: len(statuses) == 24)
        assert statuses == [403] * 24 and len(responder.asked) == 1, statuses
        assert "a moment ago" in authorizer.last()["note"], authorizer.last()
        other = threading.Thread(target=lambda: ask(authorizer, "two-names"))
        other.start()
        until("another certificate is asked about", lambda: len(responder.asked) == 2)
        responder.held.set()
        for thread in [*threads, other]:
            thread.join()
        assert sorted(statuses) == [200] * 16 + [403] * 24, statuses
        assert ask(authorizer, "two-names") == GOOD
        assert len(responder.asked) == 2, len(responder.asked)


def test_kept():
    """What a responder said outlives the process, in a folder in which nothing is trusted."""
    folder = WORK / "kept"
    folder.mkdir()
    with Responder(["revoked"], ["two-names", "rsa2048"]) as responder:
        more = options(responder, "--ocsp-dir", folder)
        with Authorizer(PROGRAM, *more, "--refresh", "1") as authorizer:
            assert ask(authorizer, "two-names") == GOOD
            until("the timer keeps it", lambda: len(list(folder.glob("*.der"))) == 1)
            assert ask(authorizer, "revoked") == REVOKED
        assert len(list(folder.glob("*.der"))) == 2, list(folder.iterdir())
        responder.stop()
        with Authorizer(PROGRAM, *more) as authorizer:
            assert ask(authorizer, "two-names") == GOOD
            assert ask(authorizer, "revoked") == REVOKED
            assert ask(authorizer, "rsa2048") == UNKNOWN
            assert authorizer.event("warning") is None, authorizer.lines
        asked = len(responder.asked)
        responder.start()
        for path in folder.glob("*.der"):
            path.write_bytes(path.read_bytes()[:-9])
        with Authorizer(PROGRAM, *more) as authorizer:
            assert "ocsp-dir" in authorizer.event("warning")["detail"], authorizer.lines
            assert ask(authorizer, "two-names") == GOOD
            assert ask(authorizer, "revoked") == REVOKED
        assert len(responder.asked) == asked + 2, "a file that is broken was believed"
        absent, file = WORK / "absent", WORK / "a-file"
        file.write_text("")
        refuses(f"ocsp-dir: {absent}: the folder cannot be opened",
                *options(responder, "--ocsp-dir", absent))
        refuses(f"ocsp-dir: {file}: the folder cannot be opened",
                *options(responder, "--ocsp-dir", file))


def test_folder_keeps_nothing_from_starting():
    """Whatever somebody has put into the folder: it is said, and responders are asked again."""
    folder, full = WORK / "blocked", WORK / "full"
    folder.mkdir()
    full.mkdir()
    for number in range(16385):
        (full / f"{number:064x}.der").touch()
    with Responder([], ["two-names"]) as responder:
        more = options(responder, "--ocsp-dir", folder)
        with Authorizer(PROGRAM, *more) as authorizer:
            assert ask(authorizer, "two-names") == GOOD
        # What was kept lies under another name, and where it should be a folder is in its way.
        [kept] = folder.glob("*.der")
        kept.rename(folder / f"{1:064x}.der")
        kept.mkdir()
        for more in (more, options(responder, "--ocsp-dir", full)):
            with Authorizer(PROGRAM, *more) as authorizer:
                assert "ocsp-dir" in authorizer.event("warning")["detail"], authorizer.lines
                assert ask(authorizer, "two-names") == GOOD


def test_shared():
    """What one process asked for, another takes from the folder, without a restart."""
    folder = WORK / "shared"
    folder.mkdir()
    with Responder(["revoked"], ["two-names"]) as responder:
        more = options(responder, "--ocsp-dir", folder, "--refresh", "1")
        with Authorizer(PROGRAM, *more) as one, Authorizer(PROGRAM, *more) as other:
            assert ask(one, "two-names") == GOOD
            assert ask(one, "revoked") == REVOKED
            responder.stop()
            until("it is shared", lambda: ask(other, "two-names") == GOOD)
            until("it is shared", lambda: ask(other, "revoked") == REVOKED)


def client_of(url):
    """A client whose certificate names a responder."""
    issue(WORK / "named", "named", "keyUsage=digitalSignature\n"
          f"subjectAltName=DNS:client.example.com\nauthorityInfoAccess=OCSP;URI:{url}\n")
    pem = (WORK / "named.pem").read_text()
    return ("X-SSL-Client-Cert", "".join(f"%{ord(c):02X}" if c in "+/=\n " else c for c in pem))


def test_who_is_asked():
    """The responder that the certificate names, if it is on the list, and no other."""
    with Responder() as responder:
        responder.know(known_line("7701"))
        port = responder.port
        for url, hosts, status, asked in (
                (f"http://127.0.0.1:{port}/", [f"127.0.0.1:{port}"], 200, 1),
                (f"http://127.0.0.1:{port}/", ["ocsp.example.com", f"127.0.0.1:{port}"], 200, 1),
                (f"http://127.0.0.1:{port}/", ["127.0.0.1"], 403, 0),
                (f"http://127.0.0.1:{port}/", [f"127.0.0.1:{port + 1}", f"127.0.0.1:{port}0"], 403, 0),
                (f"http://127.0.0.1:{port}/", [f"127.0.0.1.example.com:{port}"], 403, 0),
                (f"http://127.0.0.1:{port}@ocsp.example.com/", [f"127.0.0.1:{port}"], 403, 0),
                (f"http://ocsp.example.com@127.0.0.1:{port}/", [f"127.0.0.1:{port}"], 403, 0),
                (f"http://127.0.0.1:{port}#@ocsp.example.com/", ["ocsp.example.com"], 403, 0),
                ("file:///etc/passwd", ["127.0.0.1"], 403, 0),
                (f"ftp://127.0.0.1:{port}/", [f"127.0.0.1:{port}"], 403, 0),
                (f"gopher://127.0.0.1:{port}/_x", [f"127.0.0.1:{port}"], 403, 0)):
            client = client_of(url)
            responder.asked.clear()
            listed = [word for host in hosts for word in ("--ocsp-host", host)]
            # A proxy of the environment would see, and could go, everywhere.
            with Authorizer(PROGRAM, *BASE, "--revocation", "ocsp", "--ocsp-timeout", "10000", *listed,
                            environment={"http_proxy": f"http://127.0.0.1:{free_port()}",
                                         "ALL_PROXY": "http://127.0.0.1:1", "no_proxy": ""}) \
                    as authorizer:
                assert authorizer.status(client) == status, (url, hosts, authorizer.last())
                assert len(responder.asked) == asked, (url, hosts)
        refuses("ocsp-host", *BASE, "--revocation", "ocsp")


def test_lists_and_responders():
    """Either, and both: docs/revocation.md has the table."""
    stale = make_crl(WORK / "stale.crl", 1, until_date="20210101000000Z")
    fresh = make_crl(WORK / "fresh.crl", 1, "revoked")
    with Responder(["revoked", "ed25519"], ["two-names"]) as responder:
        def answers(revocation, crl, name, server=responder):
            more = options(server, "--crl", crl, revocation=revocation)
            with Authorizer(PROGRAM, *more) as authorizer:
                return ask(authorizer, name)
        assert answers("crl-or-ocsp", stale, "two-names") == GOOD
        assert answers("crl-or-ocsp", stale, "ed25519") == REVOKED
        assert answers("crl-or-ocsp", fresh, "revoked") == REVOKED
        asked = len(responder.asked)
        assert answers("crl-or-ocsp", fresh, "two-names") == GOOD
        assert len(responder.asked) == asked, "the list suffices"
        assert answers("crl-and-ocsp", fresh, "two-names") == GOOD
        assert answers("crl-and-ocsp", fresh, "ed25519") == REVOKED
        assert answers("crl-and-ocsp", stale, "two-names")[0] == 403
        responder.stop()
        assert answers("crl-or-ocsp", fresh, "two-names") == GOOD
        assert answers("crl-or-ocsp", stale, "two-names") == STALE
        assert answers("crl-and-ocsp", fresh, "two-names") == UNKNOWN


def test_aws_private_ca():
    """The configuration for AWS Private CA: one certificate a request, no extension."""
    folder, answers = WORK / "lists", WORK / "answers"
    folder.mkdir()
    answers.mkdir()
    rules = WORK / "rules"
    rules.write_text("allow client dns:client.example.com\n")
    with Responder(["revoked"], ["two-names"]) as responder, Authorizer(
            PROGRAM, "--config", SOURCE / "examples" / "http_authorizer_aws_private_ca.conf",
            "--format", "nginx", "--truststore", DATA / "root.pem", "--rules", rules, "--crl", folder,
            "--ocsp-dir", answers, "--ocsp-timeout", "10000", "--ocsp-host", f"127.0.0.1:{responder.port}", "--ocsp-url",
            responder.url) as authorizer:
        assert ask(authorizer, "two-names") == GOOD, authorizer.last()
        assert ask(authorizer, "revoked") == REVOKED
        assert len(responder.asked) == 2
        for request in map(responder.read, responder.asked):
            assert request.count("Serial Number") == 1 and "Extensions" not in request, request
    assert len(list(answers.iterdir())) == 2, list(answers.iterdir())


run_tests(dict(globals()))
