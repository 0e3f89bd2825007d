#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lambda_ocsp.py AUTHORIZER: the Lambda authorizer asks a responder, which is made of `openssl ocsp`."""
import http.server
import os
import sys
import tempfile
import threading
import time

from lambda_api import DATA, Ca, Function, Tally, openssl, rest_event

PROGRAM = sys.argv[1]
WORK = tempfile.TemporaryDirectory()
TALLY = Tally()
check = TALLY.check
OK, UNKNOWN, REVOKED = ("MTLSAUTH_" + name for name in ("OK", "DENY_REVOCATION_UNKNOWN",
                                                      "DENY_REVOKED"))


def work(name):
    return os.path.join(WORK.name, name)


class Responder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.server.held.wait(60)
        with open(work("request"), "wb") as file:
            file.write(request)
        signer = self.server.signer
        openssl("ocsp", "-index", work("index"), "-CA", f"{DATA}/root.pem", "-rsigner",
                f"{DATA}/{signer}.pem", "-rkey", f"{DATA}/{signer}.key", "-reqin", work("request"),
                "-respout", work("response"), "-ndays", "1")
        with open(work("response"), "rb") as file:
            body = b"no answer" if self.server.garbage else file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *args):
        pass


def certificate(name, serial, url):
    """A client of root whose certificate names a responder."""
    with open(work("ext"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName=DNS:client.example.com\nauthorityInfoAccess=OCSP;URI:{url}\n")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            f"/CN={name}", "-keyout", work("key"), "-out", work("csr"))
    openssl("x509", "-req", "-in", work("csr"), "-CA", f"{DATA}/root.pem", "-CAkey",
            f"{DATA}/root.key", "-days", "2", "-extfile", work("ext"), "-set_serial", serial, "-out",
            work(name))
    with open(work(name), encoding="ascii") as file:
        return rest_event({"clientCertPem": file.read()})


SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Responder)
SERVER.daemon_threads = True
SERVER.asked, SERVER.signer, SERVER.garbage = 0, "root", False
SERVER.held = threading.Event()  # it hangs while this is not set
SERVER.held.set()
threading.Thread(target=SERVER.serve_forever, args=(0.02,), daemon=True).start()
HOST = f"127.0.0.1:{SERVER.server_port}"
URL = f"http://{HOST}/ocsp"
with open(work("index"), "w", encoding="ascii") as index:
    index.write("V\t491231235959Z\t\t0A01\tunknown\t/CN=a\n"
                "R\t491231235959Z\t200601000000Z,keyCompromise\t0A02\tunknown\t/CN=b\n")
GOOD, BAD = certificate("good", "0x0A01", URL), certificate("bad", "0x0A02", URL)
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
        SERVER.asked = 0
        check(f"{how}: good", reason(function, GOOD) == OK, function.log())
        check(f"{how}: revoked", reason(function, BAD) == REVOKED, function.log())
        check(f"{how}: asked twice", SERVER.asked == 2, SERVER.asked)
        check(f"{how}: kept", [reason(function, event) for event in (GOOD, BAD) * 5] ==
              [OK, REVOKED] * 5 and SERVER.asked == 2, SERVER.asked)
with start(MTLSAUTH_OCSP_HOSTS=f"example.com,127.0.0.1,{HOST[1:]},{HOST}1,127.0.0.1:80") as function:
    SERVER.asked = 0
    check("a host that is not listed", reason(function, GOOD) == UNKNOWN and SERVER.asked == 0 and
          "MTLSAUTH_OCSP_HOSTS" in function.log(), function.log())
with start(MTLSAUTH_OCSP_HOSTS=HOST) as function:
    for event in (NOWHERE, USER):
        check("a user name that looks like a host", reason(function, event) == UNKNOWN and
              SERVER.asked == 0 and "MTLSAUTH_OCSP_HOSTS" in function.log(), function.log())
with start(MTLSAUTH_OCSP_URL=URL) as function:
    SERVER.signer = "two-names"
    check("signed by another", reason(function, GOOD) == UNKNOWN, function.log())
    SERVER.signer, SERVER.garbage = "root", True
    check("garbage", reason(function, GOOD) == UNKNOWN, function.log())
    SERVER.garbage = False
    check("and then an answer", reason(function, GOOD) == OK, function.log())
with start(MTLSAUTH_OCSP_URL=URL) as function:
    SERVER.held.clear()
    SERVER.asked = 0
    check("a responder that hangs", reason(function, GOOD, seconds=1) == UNKNOWN and
          SERVER.asked == 1 and not SERVER.held.is_set(), function.log())
    check("is left alone for a moment", reason(function, GOOD) == UNKNOWN and
          "is not asked again yet" in function.log(), function.log())
    SERVER.held.set()
    end = time.monotonic() + 60
    while (found := reason(function, GOOD)) == UNKNOWN and time.monotonic() < end:
        time.sleep(0.2)
    check("and asked again", found == OK, function.log())
with open(work("crl"), "wb") as file:
    file.write(Ca(WORK.name).crl(1))
with start(MTLSAUTH_OCSP_URL=URL, MTLSAUTH_CRL=work("crl"), MTLSAUTH_REVOCATION="crl-or-ocsp") as f:
    SERVER.asked = 0
    check("a list is enough", reason(f, GOOD) == OK and SERVER.asked == 0, f.log())
with start(MTLSAUTH_OCSP_URL=URL, MTLSAUTH_CRL=work("crl"), MTLSAUTH_REVOCATION="crl-and-ocsp") as f:
    check("both are wanted", reason(f, GOOD) == OK and SERVER.asked == 1, f.log())
    check("one says revoked", reason(f, BAD) == REVOKED, f.log())
with start(MTLSAUTH_OCSP_HOSTS=",".join(f"h{i}.example" for i in range(17))) as f:
    check("init: too many hosts", f.answer()[0] == "init" and "at most 16" in f.log(), f.log())
LIST = {"MTLSAUTH_CRL": work("crl")}
for words, change in (
        ("ocsp, and no responder is set", {}),
        ("OCSP_URL would not be looked at", {"MTLSAUTH_OCSP_URL": URL, "MTLSAUTH_REVOCATION": "crl", **LIST}),
        ("CRL and MTLSAUTH_INDEX would not", {"MTLSAUTH_OCSP_URL": URL, **LIST}),
        ("no list is set", {"MTLSAUTH_OCSP_URL": URL, "MTLSAUTH_REVOCATION": "crl-and-ocsp"})):
    with start(**change) as f:
        kind, body, _ = f.answer()
        check(f"init: {words}", kind == "init" and words in body["errorMessage"], body)
SERVER.shutdown()
SERVER.server_close()
with start(MTLSAUTH_OCSP_URL=URL) as f:
    check("a responder that is down", reason(f, GOOD) == UNKNOWN, f.log())
WORK.cleanup()
TALLY.finish()
