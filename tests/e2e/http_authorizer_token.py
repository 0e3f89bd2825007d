#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_authorizer_token.py HTTP_AUTHORIZER FAULTY: tokens that belong to a certificate (RFC 8705 3), as
their owner, a thief and a forger send them. FAULTY is the program with fault_jwt_headers.c in it."""
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time

from http_authorizer_common import Authorizer, base64url, digest, escaped, refuses, run_tests
from servers import DATA, WORK, must

PROGRAM, FAULTY = sys.argv[1:3]
OPTIONS = ["--truststore", DATA / "root.pem", "--allow", "dns:client.example.com", "--format",
           "nginx", "--revocation", "off", "--require-bound-token", "--token-key"]
RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
KEYS = {"RS": RSA, "other": RSA,
        "ES": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")}
for name, kind in KEYS.items():
    must("openssl", "genpkey", *kind, "-out", WORK / f"{name}.key")
    must("openssl", "pkey", "-in", WORK / f"{name}.key", "-pubout", "-out", WORK / f"{name}.pub")


def sign(signed, key):
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", WORK / f"{key}.key"], input=signed,
                          capture_output=True, check=True)
    if key != "ES":
        return done.stdout
    # JWS has r and s of 32 octets each (RFC 7518 3.4), where X.509 has two INTEGERs.
    der, parts, at = done.stdout, [], 2
    for _ in range(2):
        length = der[at + 1]
        parts.append(int.from_bytes(der[at + 2:at + 2 + length], "big").to_bytes(32, "big"))
        at += 2 + length
    return b"".join(parts)


def encode(value):
    return base64url(json.dumps(value).encode())


def token(claims, algorithm="RS256", key="RS", **head):
    signed = f'{encode({"alg": algorithm, "typ": "JWT", **head})}.{encode(claims)}'
    if algorithm == "none":
        return signed + "."
    if algorithm == "HS256":
        secret = (WORK / f"{key}.pub").read_bytes()
        return f"{signed}.{base64url(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
    return f"{signed}.{base64url(sign(signed.encode(), key))}"


def claims(name="two-names", **more):
    return {"sub": "a", "exp": int(time.time()) + 600,
            "cnf": {"x5t#S256": base64url(digest(name))}, **more}


def without(value, *names):
    return {k: v for k, v in value.items() if k not in names}


def ask(authorizer, *tokens, cert="two-names", scheme="Bearer "):
    headers = [("Authorization", scheme + t) for t in tokens]
    if cert:
        headers.append(("X-SSL-Client-Cert", escaped(cert)))
    status, answer, _ = authorizer.get(headers=headers)
    return status, answer.get("WWW-Authenticate")


INVALID = (401, 'Bearer error="invalid_token"')
MISSING = (401, "Bearer")
GOOD = (200, None)


def test_signatures():
    """The configured key and algorithm, whatever a token says of itself."""
    now = int(time.time())
    with Authorizer(PROGRAM, *OPTIONS, WORK / "RS.pub", "--token-algorithm", "RS256") as authorizer:
        good = token(claims())
        assert ask(authorizer, good) == GOOD, authorizer.last()
        assert ask(authorizer, good, scheme="bearer ") == GOOD
        head, body, signature = good.split(".")
        forged = encode({**claims(), "sub": "b"})
        octets = bytearray(base64.urlsafe_b64decode(signature + "=="))
        octets[9] ^= 1
        for what, text in {
                "none": token(claims(), "none"), "None": token(claims(), "none").replace(
                    encode({"alg": "none", "typ": "JWT"}), encode({"alg": "None", "typ": "JWT"})),
                "no alg": f"{encode({'typ': 'JWT'})}.{body}.{signature}",
                "HMAC with the public key": token(claims(), "HS256"),
                "another algorithm": token(claims(), "ES256", "ES"),
                "a longer digest": token(claims(), "RS512"),
                "another key": token(claims(), key="other"),
                "a changed body": f"{head}.{forged}.{signature}",
                "a changed signature": f"{head}.{body}.{base64url(bytes(octets))}",
                "no signature": f"{head}.{body}.", "no dot": f"{head}.{body}",
                "two parts": f"{body}.{signature}", "empty": "", "dots": "..", "garbage": "x",
                "a fourth part": f"{good}.x", "critical": token(claims(), crit=["exp"]),
                "a key of its own": token(claims(), key="other", jwk={"kty": "RSA"}),
                "long": "a" * 20000}.items():
            assert ask(authorizer, text)[0] == 401, (what, authorizer.last())
        for what, value in {
                "expired": claims(exp=now - 1), "no exp": without(claims(), "exp"),
                "exp as text": claims(exp=str(now + 600)), "exp null": claims(exp=None),
                "not yet": claims(nbf=now + 300), "nbf as text": claims(nbf="0"),
                "no cnf": without(claims(), "cnf"), "cnf null": claims(cnf=None),
                "cnf text": claims(cnf="x"), "cnf empty": claims(cnf={}),
                "another thumbprint": claims("uri"),
                "hexadecimal": claims(cnf={"x5t#S256": digest("two-names").hex()}),
                "padded": claims(cnf={"x5t#S256": base64url(digest("two-names")) + "="}),
                "SHA-1": claims(cnf={"x5t": base64url(digest("two-names"))}),
                "an array": claims(cnf={"x5t#S256": [base64url(digest("two-names"))]}),
                "a NUL": claims(cnf={"x5t#S256": base64url(digest("two-names")) + "\0"}),
                "a list": [claims()]}.items():
            assert ask(authorizer, token(value)) == INVALID, (what, authorizer.last())
        assert ask(authorizer, token(claims(nbf=now - 5, exp=now + 60.5))) == GOOD
        assert ask(authorizer) == MISSING
        assert ask(authorizer, good, scheme="Basic ") == MISSING
        assert ask(authorizer, good, good) == INVALID
    with Authorizer(PROGRAM, *OPTIONS, WORK / "ES.pub", "--token-algorithm", "ES256") as authorizer:
        assert ask(authorizer, token(claims(), "ES256", "ES")) == GOOD, authorizer.last()
        assert ask(authorizer, token(claims(), "HS256", "ES")) == INVALID
        assert ask(authorizer, token(claims())) == INVALID


def test_stolen():
    """A token of another client, or without any certificate; and a denied one stays denied."""
    with Authorizer(PROGRAM, *OPTIONS, WORK / "RS.pub", "--token-algorithm", "RS256") as authorizer:
        assert ask(authorizer, token(claims()), cert="rsa2048") == INVALID
        assert ask(authorizer, token(claims("rsa2048")), cert="rsa2048") == GOOD
        assert ask(authorizer, token(claims()), cert=None) == INVALID
        assert ask(authorizer, cert=None) == MISSING
        for name in ("expired", "other-ca-client", "uri"):
            assert ask(authorizer, token(claims(name)), cert=name) == (403, None), name


def test_optional():
    """Beside other tokens: one that is bound needs its certificate, one that is not needs none."""
    with Authorizer(PROGRAM, *OPTIONS, WORK / "RS.pub", "--token-algorithm", "RS256",
                    "--optional-certificate") as authorizer:
        free = token(without(claims(), "cnf"))
        assert ask(authorizer, free, cert=None) == GOOD
        assert ask(authorizer, free) == GOOD
        assert ask(authorizer, free, cert="expired") == (403, None)
        assert ask(authorizer, token(claims())) == GOOD
        assert ask(authorizer, token(claims()), cert=None) == INVALID
        assert ask(authorizer, token(claims()), cert="rsa2048") == INVALID
        assert ask(authorizer, token(claims(cnf={})), cert=None) == INVALID
        assert ask(authorizer, cert=None) == MISSING


def test_issuer_and_audience():
    with Authorizer(PROGRAM, *OPTIONS, WORK / "RS.pub", "--token-algorithm", "RS256",
                    "--token-issuer", "https://as.example", "--token-audience", "api",
                    "--clock-skew", "60") as authorizer:
        def answer(**more):
            return ask(authorizer, token(claims(**more)))
        right = {"iss": "https://as.example", "aud": "api"}
        assert answer(**right) == GOOD
        assert answer(**{**right, "aud": ["other", "api"]}) == GOOD
        assert answer(**right, exp=int(time.time()) - 30) == GOOD
        for wrong in ({}, {"iss": right["iss"]}, {"aud": "api"}, {**right, "iss": "https://as"},
                      {**right, "aud": "ap"}, {**right, "aud": []}, {**right, "aud": {"api": 1}},
                      {**right, "exp": int(time.time()) - 90}):
            assert answer(**wrong) == INVALID, wrong


def test_headers_that_cannot_be_read():
    """Without memory nobody can tell whether there are critical headers."""
    with Authorizer(FAULTY, *OPTIONS, WORK / "RS.pub", "--token-algorithm", "RS256") as authorizer:
        assert ask(authorizer, token(claims(), crit=["exp"])) == INVALID, authorizer.last()
        assert "cannot be read" in authorizer.last()["note"], authorizer.last()


def test_reload():
    """SIGHUP reads the key again; what is no key leaves the one before in force."""
    key = WORK / "rolled.pub"
    key.write_bytes((WORK / "RS.pub").read_bytes())
    with Authorizer(PROGRAM, *OPTIONS, key, "--token-algorithm", "RS256") as authorizer:
        old, new = token(claims()), token(claims(), key="other")
        assert ask(authorizer, old) == GOOD and ask(authorizer, new) == INVALID
        for broken in (b"", b"nonsense", (WORK / "other.key").read_bytes(), None):
            if broken is None:
                key.unlink()
            else:
                key.write_bytes(broken)
            event = authorizer.reload()
            assert event["event"] == "refresh failed" and "token-key" in event["detail"], event
            assert ask(authorizer, old) == GOOD and ask(authorizer, new) == INVALID
        key.write_bytes((WORK / "other.pub").read_bytes())
        assert authorizer.reload()["event"] == "refresh", authorizer.lines
        assert ask(authorizer, new) == GOOD and ask(authorizer, old) == INVALID


def test_start():
    """Only algorithms with a public key; a private key is not what verifies."""
    for key, algorithm, words in ((WORK / "RS.pub", "HS256", "RS256"), (WORK / "RS.pub", "none", "RS256"),
                                  (WORK / "RS.key", "RS256", "PUBLIC KEY"),
                                  (WORK / "absent", "RS256", "cannot be read")):
        refuses(words, *OPTIONS, key, "--token-algorithm", algorithm)


run_tests(dict(globals()))
