#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lambda_ocsp.py AUTHORIZER: the Lambda authorizer asks a responder, which is made of `openssl ocsp`."""
import sys
import time

from lambda_api import DATA, Ca, Function, Tally, rest_event
import servers
from servers import WORK, issue, known_line, revoked_line

PROGRAM = sys.argv[1]
TALLY = Tally()
check = TALLY.check
OK, UNKNOWN, REVOKED = ("MTLSAUTH_" + name for name in ("OK", "DENY_REVOCATION_UNKNOWN",
                                                      "DENY_REVOKED"))


class Responder(servers.Responder):
    OPTIONS = ()  # with the certificate of the signer in the answer


def certificate(name, serial, url):
    """A client of root whose certificate names a responder."""
    issue(WORK / name, name, "subjectAltName=DNS:client.example.com\n"
          f"authorityInfoAccess=OCSP;URI:{url}\n", number=serial)
    return rest_event({"clientCertPem": (WORK / f"{name}.pem").read_text()})


SERVER = Responder()
HOST = f"127.0.0.1:{SERVER.port}"
URL = f"http://{HOST}/ocsp"
SERVER.know(known_line("0A01") + revoked_line("0A02"))
GOOD, BAD = certificate("good", "0x0A01", URL), certificate("bad", "0x0A02", URL)
STRANGER = certificate("stranger", "0x0A03", URL)
NOWHERE = certificate("nowhere", "0x0A01", f"http://{HOST}@evil.example/")
USER = certificate("user", "0x0A01", f"http://evil.example@{HOST}/")
BASE = {"MTLSAUTH_TRUSTSTORE": f"{DATA}/root.pem", "MTLSAUTH_ALLOW": "dns:client.example.com",
        "MTLSAUTH_REVOCATION": "ocsp"}


def start(**more):
    return Function([PROGRAM], **{**BASE, **more})


def reason(function, event, **more):
    kind, body, _ = function.invoke(event, **more)
    return body["context"]["reason"] if kind == "response" else kind


for how in ({"MTLSAUTH_OCSP_URL": URL}, {"MTLSAUTH_OCSP_HOSTS": f"ocsp.example, {HOST}"}):
    with start(**how) as function:
        SERVER.asked.clear()
        check(f"{how}: good", reason(function, GOOD) == OK, function.log())
        check(f"{how}: revoked", reason(function, BAD) == REVOKED, function.log())
        check(f"{how}: asked twice", len(SERVER.asked) == 2, SERVER.asked)
        check(f"{how}: kept", [reason(function, event) for event in (GOOD, BAD) * 5] ==
              [OK, REVOKED] * 5 and len(SERVER.asked) == 2, SERVER.asked)
        SERVER.asked.clear()
        check(f"{how}: unknown to the responder, which is asked once",
              reason(function, STRANGER) == UNKNOWN and len(SERVER.asked) == 1,
              (len(SERVER.asked), function.log()))
with start(MTLSAUTH_OCSP_HOSTS=f"example.com,127.0.0.1,{HOST[1:]},{HOST}1,127.0.0.1:80") as function:
    SERVER.asked.clear()
    check("a host that is not listed", reason(function, GOOD) == UNKNOWN and not SERVER.asked and
          "MTLSAUTH_OCSP_HOSTS" in function.log(), function.log())
with start(MTLSAUTH_OCSP_HOSTS=HOST) as function:
    for event in (NOWHERE, USER):
        check("a user name that looks like a host", reason(function, event) == UNKNOWN and
              not SERVER.asked and "MTLSAUTH_OCSP_HOSTS" in function.log(), function.log())
with start(MTLSAUTH_OCSP_URL=URL) as function:
    SERVER.signer = servers.DATA / "two-names"
    check("signed by another", reason(function, GOOD) == UNKNOWN, function.log())
    SERVER.signer, SERVER.mode = servers.DATA / "root", "garbage"
    check("garbage", reason(function, GOOD) == UNKNOWN, function.log())
    for SERVER.mode, words in (("missing", "HTTP 404"), ("page", "text/html")):
        check(SERVER.mode, reason(function, GOOD) == UNKNOWN and words in function.log() and
              "again yet" not in function.log(), function.log())
    SERVER.mode = "well"
    check("and then an answer", reason(function, GOOD) == OK, function.log())
with start(MTLSAUTH_OCSP_URL=URL) as function:
    SERVER.held.clear()
    SERVER.asked.clear()
    check("a responder that hangs", reason(function, GOOD, seconds=60) == UNKNOWN and
          len(SERVER.asked) == 1 and not SERVER.held.is_set(), function.log())
    # Another round where this machine took longer than the pause.
    check("is left alone for a moment", any(
        reason(function, GOOD, seconds=60) == UNKNOWN and "is not asked again yet" in function.log()
        for _ in range(10)), function.log())
    SERVER.held.set()
    end = time.monotonic() + 60
    while (found := reason(function, GOOD)) == UNKNOWN and time.monotonic() < end:
        time.sleep(0.2)
    check("and asked again", found == OK, function.log())
CRL = WORK / "crl"
CRL.write_bytes(Ca().crl(1))
with start(MTLSAUTH_OCSP_URL=URL, MTLSAUTH_CRL=str(CRL), MTLSAUTH_REVOCATION="crl-or-ocsp") as f:
    SERVER.asked.clear()
    check("a list is enough", reason(f, GOOD) == OK and not SERVER.asked, f.log())
with start(MTLSAUTH_OCSP_URL=URL, MTLSAUTH_CRL=str(CRL), MTLSAUTH_REVOCATION="crl-and-ocsp") as f:
    check("both are wanted", reason(f, GOOD) == OK and len(SERVER.asked) == 1, f.log())
    check("one says revoked", reason(f, BAD) == REVOKED, f.log())
with start(MTLSAUTH_OCSP_HOSTS=",".join(f"h{i}.example" for i in range(17))) as f:
    check("init: too many hosts", f.answer()[0] == "init" and "at most 16" in f.log(), f.log())
LIST = {"MTLSAUTH_CRL": str(CRL)}
for words, change in (
        ("ocsp, and no responder is set", {}),
        ("OCSP_URL would not be looked at", {"MTLSAUTH_OCSP_URL": URL, "MTLSAUTH_REVOCATION": "crl", **LIST}),
        ("CRL and MTLSAUTH_INDEX would not", {"MTLSAUTH_OCSP_URL": URL, **LIST}),
        ("no list is set", {"MTLSAUTH_OCSP_URL": URL, "MTLSAUTH_REVOCATION": "crl-and-ocsp"})):
    with start(**change) as f:
        kind, body, _ = f.answer()
        check(f"init: {words}", kind == "init" and words in body["errorMessage"], body)
SERVER.stop()
with start(MTLSAUTH_OCSP_URL=URL) as f:
    check("a responder that is down", reason(f, GOOD) == UNKNOWN, f.log())
TALLY.finish()
