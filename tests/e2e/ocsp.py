#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ocsp.py OCSP_CHECK TOOL FAULTY: a responder on the loopback, made of `openssl ocsp` for each request,
and what examples/ocsp_check and `mtlsauth ocsp verify` say of it. (openssl's -port listens
everywhere.) FAULTY is the tool with fault_ocsp_check.c in it."""
import os
import subprocess
import sys
import threading

import servers
from servers import WORK, issue, known_line, must, own_environment, revoked_line, serial

CHECK, TOOL, FAULTY = sys.argv[1:4]
failures = 0


def data(name):
    return str(servers.DATA / name)


def work(name):
    return str(WORK / name)


def run(*args, **more):
    return subprocess.run(args, capture_output=True, text=True, timeout=60,
                          env=own_environment(**more), check=False)


class Responder(servers.Responder):
    """One that signs and misbehaves as the path says."""

    OPTIONS = ()
    SIGNERS = {"root": data("root"), "leaf": data("two-names"),
               **{name: work(name) for name in ("delegate", "client", "foreign")}}
    cached = b""

    def respond(self, request, path):
        kind = path.strip("/")
        if kind == "noncedrop":
            return 200, self.TYPE, self.cached
        if kind == "bykey":
            return 200, self.TYPE, self.sign(request, "-resp_key_id", signer=work("delegate"))
        if kind in self.SIGNERS:
            return 200, self.TYPE, self.sign(request, signer=self.SIGNERS[kind])
        if kind == "slow":
            threading.Event().wait(servers.PATIENCE)
        return self.misbehave(request, kind)


def expect(name, done, status, text):
    global failures
    said = done.stdout + done.stderr
    hostile = [c for c in said if c != "\n" and not " " <= c <= "~"]
    if done.returncode != status or text not in said or hostile:
        failures += 1
        print(f"FAIL {name}: exit {done.returncode}, not {status}; '{text}' is not in: {said!r}")


issue(WORK / "delegate", "delegate", "extendedKeyUsage=OCSPSigning\n", number="77")
issue(WORK / "client", "client", "extendedKeyUsage=clientAuth\n", number="77")
issue(WORK / "foreign", "foreign", "extendedKeyUsage=OCSPSigning\n", "other-root", "77")
must(TOOL, "ocsp", "request", "--issuer", data("root.pem"), data("two-names.pem"), "-o",
     work("cached.req"))
responder = Responder()
responder.know(known_line(serial("two-names")) + revoked_line(serial("revoked")))
cached = responder.cached = responder.sign((WORK / "cached.req").read_bytes())
base = responder.url

CASES = [
    # name, options, certificate, path, exit status, what is said
    ("good", [], "two-names", "root", 0, "good"),
    ("revoked", [], "revoked", "root", 1, "revoked"),
    ("unknown", [], "uri", "root", 1, "unknown"),
    ("nonce echoed", ["-N"], "two-names", "root", 0, "good"),
    ("nonce dropped", ["-N"], "two-names", "noncedrop", 2, "it has no nonce"),
    ("nonce dropped, not required", ["-n"], "two-names", "noncedrop", 0, "good"),
    ("delegated responder", [], "two-names", "delegate", 0, "good"),
    ("delegated responder, by key", [], "revoked", "bykey", 1, "revoked"),
    ("responder without OCSPSigning", [], "two-names", "client", 2, "OCSPSigning"),
    ("another CA's responder", [], "two-names", "foreign", 2, "issued by another CA"),
    ("the client itself", [], "two-names", "leaf", 2, "the key of the certificate"),
    ("another certificate's answer", [], "revoked", "noncedrop", 2, "MTLSAUTH_ERR_MISMATCH"),
    ("slow", ["-t", "2"], "two-names", "slow", 2, "in time"),
    ("minutes", ["-t", "1m"], "two-names", "well", 2, "usage"),
    ("garbage", [], "two-names", "garbage", 2, "MTLSAUTH_ERR_PARSE"),
    ("empty", [], "two-names", "empty", 2, "MTLSAUTH_ERR_PARSE"),
    ("oversized", [], "two-names", "large", 2, "larger than 65536"),
    ("try later", [], "two-names", "tryLater", 2, "tryLater"),
    ("a page", [], "two-names", "page", 2, "text/html"),
    ("for the terminal", [], "two-names", "terminal", 2, "text/?]0;title??[2Jxxxx"),
    ("redirect", [], "two-names", "redirect", 2, "HTTP 302"),
    ("broken", [], "two-names", "broken", 2, "HTTP 503"),
    ("no such URL", [], "two-names", "missing", 2, "HTTP 404"),
]
for name, options, cert, path, status, text in CASES:
    expect(name, run(CHECK, *options, data("root.pem"), data(cert + ".pem"), base + path), status,
           text)
responder.stop()
expect("down", run(CHECK, data("root.pem"), data("two-names.pem"), base + "root"), 2,
       "the connection failed")
expect("a file", run(CHECK, data("root.pem"), data("two-names.pem"), "file:///etc/passwd"), 2,
       "none of http or https")
expect("an object of S3", run(CHECK, data("root.pem"), data("two-names.pem"), "s3://bucket/key"), 2,
       "none of http or https")
expect("no URL", run(CHECK, data("root.pem"), data("two-names.pem")), 2, "names no OCSP responder")

with open(work("cached.der"), "wb") as f:
    f.write(cached)
verify = [TOOL, "ocsp", "verify", "--issuer", data("root.pem")]
must("openssl", "x509", "-in", data("two-names.pem"), "-outform", "DER", "-out", work("cert.der"))
must("openssl", "crl", "-in", data("root.crl"), "-outform", "DER", "-out", work("crl.der"))
with open(work("page.html"), "w", encoding="ascii") as f:
    f.write("<p>hello</p>")
open(work("empty"), "wb").close()
MISTAKES = [
    # name, arguments of ocsp, what is said
    ("nothing", [], "request, verify or show?"),
    ("no such verb", ["ask"], "it is request, verify or show"),
    ("no issuer", ["request", data("two-names.pem")], "--issuer CA is needed"),
    ("no certificate", ["request", "--issuer", data("root.pem")], "a certificate is needed"),
    ("another issuer", ["request", "--issuer", data("other-root.pem"), data("two-names.pem")],
     "the issuer of CN=example.com is"),
    ("a list for an issuer", ["request", "--issuer", data("root.crl"), data("two-names.pem")],
     "this is a X509 CRL, not a certificate"),
    ("a key for an issuer", ["request", "--issuer", data("root.key"), data("two-names.pem")],
     "this is a private key"),
    ("no issuer there", ["request", "--issuer", work("nowhere"), data("two-names.pem")],
     "nowhere: No such file"),
    ("no responder", ["request", "--issuer", data("root.pem"), "--url", data("two-names.pem")],
     "give it with --url=URL"),
    ("a responder by LDAP", ["request", "--issuer", data("root.pem"), "--url=ldap://a",
                             data("two-names.pem")], "ldap://a: "),
    ("an age of a request", ["request", "--issuer", data("root.pem"), "--max-age", "1d",
                             data("two-names.pem")], "--max-age does not go with request"),
    ("a nonce of verify", ["verify", "--issuer", data("root.pem"), "--nonce", data("two-names.pem"),
                           work("cached.der")], "--nonce does not go with verify"),
    ("an issuer of show", ["show", "--issuer", data("root.pem"), work("cached.der")],
     "--issuer does not go with show"),
    ("the wrong order", ["verify", "--issuer", data("root.pem"), work("cached.der"),
                         data("two-names.pem")], "cached.der: not a certificate"),
    ("one file", ["verify", "--issuer", data("root.pem"), data("two-names.pem")],
     "a certificate and a response, in this order"),
]
for name, arguments, text in MISTAKES:
    expect("tool: " + name, run(TOOL, "ocsp", *arguments), 2, text)
NO_RESPONSES = [
    ("cert.der", "it is a certificate or a CRL"), ("crl.der", "it is a certificate or a CRL"),
    ("cached.req", "it is a request"), ("page.html", "the page of a web server"),
    ("empty", "it is empty"), ("delegate.pem", "it is PEM"), ("nowhere", "No such file"),
]
for name, text in NO_RESPONSES:
    expect("tool: verify " + name, run(*verify, data("two-names.pem"), work(name)), 2, text)
    expect("tool: show " + name, run(TOOL, "ocsp", "show", work(name)), 2, text)
expect("tool: a CA of the same name", run(TOOL, "ocsp", "verify", "--issuer", data("clone-root.pem"),
                                          data("two-names.pem"), work("cached.der")), 1,
       "of another CA: the name or the key is not that of")
expect("tool: good", run(*verify, data("two-names.pem"), work("cached.der")), 0, "good")
expect("tool: another", run(*verify, data("revoked.pem"), work("cached.der")), 1, "no answer")
expect("tool: stale", run(*verify, "--time", "2048-01-01T00:00:00Z", data("two-names.pem"),
                          work("cached.der")), 1, "MTLSAUTH_ERR_STALE")
expect("tool: show", run(TOOL, "ocsp", "show", work("cached.der")), 0, "not verified")
# What says nothing of the answer is no "no".
FAULTS = [("-2", 2, "cached.der: "), ("-13", 2, "cached.der: "), ("-6", 1, "MTLSAUTH_ERR_SIGNATURE")]
for code, status, text in FAULTS:
    expect("tool: verify fails with " + code,
           run(FAULTY, *verify[1:], data("two-names.pem"), work("cached.der"), FAULT_OCSP_CHECK=code),
           status, text)

# The same answer in a decision.
check = [TOOL, "check", "--truststore", data("root.pem"), "--allow-any"]
for name in ("two-names", "revoked", "uri"):
    must(TOOL, "ocsp", "request", "--issuer", data("root.pem"), data(name + ".pem"), "-o",
         work("tool.req"))
    asked = (WORK / "tool.req").read_bytes()
    (WORK / f"{name}.der").write_bytes(responder.sign(asked))
    forged = responder.sign(asked, signer=data("other-root"))
    if name == "two-names":
        for signer in (work("delegate"), work("client"), work("foreign"), data("two-names")):
            (WORK / f"by-{os.path.basename(signer)}").write_bytes(
                responder.sign(asked, signer=signer))
with open(work("forged.der"), "wb") as f:
    f.write(forged)
with open(work("trylater.der"), "wb") as f:
    f.write(bytes.fromhex("30030a0103"))
with_answer = ["--ocsp-response", work("two-names.der")]
DECISIONS = [
    # name, options, certificate, exit status, what is said
    ("good", with_answer, "two-names", 0, "allowed"),
    ("revoked", ["--ocsp-response", work("revoked.der")], "revoked", 1, "an OCSP answer says so"),
    ("revoked, one of several", [*with_answer, "--ocsp-response", work("revoked.der")], "revoked", 1,
     "MTLSAUTH_DENY_REVOKED"),
    ("not known", ["--ocsp-response", work("uri.der")], "uri", 1, "does not know it"),
    ("about another", with_answer, "revoked", 1, "MTLSAUTH_DENY_REVOCATION_UNKNOWN"),
    ("none", ["--revocation", "ocsp"], "two-names", 1, "there is no OCSP answer about it"),
    ("stale", [*with_answer, "--at", "2048-01-01T00:00:00Z"], "two-names", 1,
     "MTLSAUTH_DENY_REVOCATION_STALE"),
    ("forged", ["--ocsp-response", work("forged.der")], "two-names", 2, "issued by another CA"),
    ("a delegate", ["--ocsp-response", work("by-delegate")], "two-names", 0, "allowed"),
    ("without OCSPSigning", ["--ocsp-response", work("by-client")], "two-names", 2,
     "by-client: OCSP response: its responder is none that the issuer made one: its certificate lacks "
     "the extended key usage OCSPSigning"),
    ("another CA's responder", ["--ocsp-response", work("by-foreign")], "two-names", 2,
     "issued by another CA"),
    ("the client itself", ["--ocsp-response", work("by-two-names")], "two-names", 2, "OCSPSigning"),
    ("an error", ["--ocsp-response", work("trylater.der")], "two-names", 2,
     "trylater.der: OCSP response: there is no answer in it, the responder says tryLater (3)"),
    ("a list for a response", ["--ocsp-response", work("crl.der")], "two-names", 2,
     "it is a certificate or a CRL"),
    ("evidence that is off", [*with_answer, "--revocation", "off"], "two-names", 2,
     "--revocation off does not go with --ocsp-response"),
    ("a list, and evidence that is off", ["--crl", data("root.crl"), "--revocation", "off"],
     "two-names", 2, "--revocation off does not go with --crl"),
    ("either", [*with_answer, "--revocation", "crl-or-ocsp"], "two-names", 0, "allowed"),
    ("both, no list", [*with_answer, "--revocation", "crl-and-ocsp"], "two-names", 1,
     "there is no CRL that speaks of it"),
    ("both", [*with_answer, "--revocation", "crl-and-ocsp", "--crl", data("root.crl")], "two-names",
     0, "allowed"),
    ("a list revokes it", ["--ocsp-response", work("two-names.der"), "--crl", data("root.crl")],
     "revoked", 1, "CRL number"),
    ("no such evidence", ["--revocation", "ldap"], "two-names", 2, "crl-and-ocsp"),
]
for name, options, cert, status, text in DECISIONS:
    expect("check: " + name, run(*check, *options, data(cert + ".pem")), status, text)
print(f"{len(CASES) + len(DECISIONS) + len(MISTAKES) + 2 * len(NO_RESPONSES) + len(FAULTS) + 9 - failures} passed, {failures} failed, 0 skipped")
sys.exit(1 if failures else 0)
