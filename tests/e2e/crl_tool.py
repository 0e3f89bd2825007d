#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""crl_tool.py TOOL: what `mtlsauth crl` and `check --crl` say to people who get it right, and wrong."""
import os
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
DATA = os.environ["MTLSAUTH_TEST_DATA"]
ROOT = "CN=Example Root CA,O=Example,C=US"
REVOKED = "revoked at 2020-06-01T00:00:00Z, keyCompromise\n"

# Words, exit status, and what stands in the output. DATA's files are written @name, those made here %name.
ROWS = [
    ("crl compile @root.crl --issuer @root.pem -o %a.idx", 0, "1 entry of " + ROOT + ", number 02"),
    ("crl compile @root.crl --issuer @root.pem -o %k.idx --key-file %key", 0, "1 entry of"),
    ("crl compile @stale.crl --issuer @root.pem -o %s.idx", 0, "is stale: its next update was due at 2021-"),
    ("crl compile @root.crl --issuer @other-root.pem -o %x.idx", 2, "is not the issuer's certificate"),
    ("crl compile @bad-signature.crl --issuer @root.pem -o %x.idx", 2, "the signature is not one of"),
    ("crl compile @root.crl --issuer @root.pem -o %none/x.idx", 2, "its folder cannot be opened"),
    ("crl compile @root.crl -o %x.idx", 2, "compile takes a list, --issuer CA and -o OUT.idx"),
    ("crl compile %none --issuer @root.pem -o %x.idx", 2, "no such file"),
    ("crl show %a.idx", 0, "signature     RSA with SHA-256, verified\n"),
    ("crl show @root.crl", 0, "not checked (give --issuer)"),
    ("crl show @stale.crl", 0, "2021-01-01T00:00:00Z (stale)\n"),
    ("crl show %delta.crl", 0, "number        07\n"),
    ("crl show %delta.crl", 0,
     "scope         user certificates only, indirect, some reasons only, "
     "certificates of this distribution point, delta\n"
     "point         http://a/\n"
     "reasons       keyCompromise, cACompromise, aACompromise\n"
     "base number   05\n"),
    ("crl show @root.crl", 0, "scope         all certificates of the issuer\nsignature "),
    ("crl show /dev/null", 2, "/dev/null: not a regular file"),
    ("crl show %pipe", 2, "%pipe: not a regular file"),
    ("crl show @root.pem", 2, "not a block -----BEGIN X509 CRL-----"),
    ("crl show %k.idx", 2, "saved with a key; open it with that key"),
    ("crl show %k.idx --key-file @root.key", 2, "altered, or saved with another key"),
    ("crl show %cut.idx", 2, "mtlsauth crl: %cut.idx: CRL index: cut off\n"),
    ("crl find %a.idx @revoked.pem", 0, REVOKED),
    ("crl find %k.idx @revoked.pem --key-file %key", 0, REVOKED),
    ("crl find %a.idx - < @revoked.pem", 0, REVOKED),
    ("crl find %a.idx -", 2, "mtlsauth crl: -: "),
    ("crl find @root.crl @revoked.pem --issuer @root.pem", 0, REVOKED),
    ("crl find @root.crl @revoked.pem", 2, "give --issuer CA to verify it"),
    ("crl find %a.idx 01", 1, "not on the list\n"),
    ("crl find %removed.crl 05 --issuer @root.pem", 3, "taken from the list at 2026-01-01T00:00:00Z\n"),
    ("crl find %removed.crl 06 --issuer @root.pem", 0, "revoked at 2026-01-01T00:00:00Z, certificateHold\n"),
    ("crl find %removed.crl 07 --issuer @root.pem", 1, "not on the list\n"),
    ("crl compile %removed.crl --issuer @root.pem -o %r.idx", 0, "2 entries of " + ROOT + ", number 03"),
    ("crl find %r.idx 05", 3, "taken from the list at 2026-01-01T00:00:00Z\n"),
    ("crl find %a.idx 0x", 2, "'0x' is neither a file nor a serial number in hexadecimal"),
    ("crl find %a.idx zz", 2, "'zz' is neither a file nor a serial number in hexadecimal"),
    ("crl find %a.idx @other-ca-client.pem", 2, "it says nothing of it"),
    ("crl export --json %a.idx -o -", 0, '{"0x'),
    ("crl export --json @delta.crl --issuer @root.pem -o -", 2, "a delta or indirect list has no JSON form"),
    ("crl export %a.idx", 2, "say --json"),
    ("crl", 2, "write crl compile, show, find, export or accept-rollback"),
    ("check --truststore @root.pem --crl %a.idx --allow-any @revoked.pem", 1, "MTLSAUTH_DENY_REVOKED"),
    ("check --truststore @root.pem --crl @root.crl --allow-any @revoked.pem", 1, "MTLSAUTH_DENY_REVOKED"),
    ("check --truststore @root.pem --crl %k.idx --allow-any @revoked.pem", 2, "saved with a key"),
    ("check --truststore @root.pem --crl %none --allow-any @revoked.pem", 2, "No such file"),
    ("check --truststore @root.pem --crl @root.crl --revocation off --allow-any @revoked.pem", 2,
     "--revocation off does not go with --crl"),
    ("check --truststore @root.pem --revocation crl --allow-any @rsa2048.pem", 1,
     "there is no CRL that speaks of it"),
]


def der(tag, *parts):
    """One element of DER."""
    body = b"".join(parts)
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag] if len(body) < 0x80 else [tag, 0x80 | len(length)]) + length + body


def extension(number, critical, value):
    """One that stands below id-ce."""
    return der(0x30, der(0x06, b"\x55\x1d" + bytes([number])),
               b"\x01\x01\xff" if critical else b"", der(0x04, value))


def name(*attributes):
    """Of (last octet of the type, UTF8String)."""
    return der(0x30, *(der(0x31, der(0x30, der(0x06, b"\x55\x04" + bytes([kind])), der(0x0c, value)))
                       for kind, value in attributes))


def delta_crl(algorithm, issuer, number, base, sign, entries=b"", extensions=b""):
    """A delta CRL (RFC 5280 5.2.4) of 2026; sign makes a signature of octets."""
    tbs = der(0x30, der(0x02, b"\x01"), algorithm, issuer,
              der(0x17, b"260101000000Z"), der(0x17, b"270101000000Z"), entries,
              der(0xa0, der(0x30, extension(20, False, der(0x02, bytes([number]))),
                            extension(27, True, der(0x02, bytes([base]))), extensions)))
    return der(0x30, tbs, algorithm, der(0x03, b"\0", sign(tbs)))


def scoped_delta():
    """With all that an issuingDistributionPoint has (RFC 5280 5.2.5), not signed."""
    point = der(0x30, der(0xa0, der(0xa0, der(0x86, b"http://a/"))), der(0x81, b"\xff"),
                der(0x83, b"\x07\x60\x80"), der(0x84, b"\xff"))
    return delta_crl(der(0x30, der(0x06, b"\x2b\x65\x70")), name((3, b"CA")), 7, 5,
                     lambda tbs: bytes(64), extensions=extension(28, True, point))


def removing_delta():
    """Of the root: 05 is removed, 06 is on hold."""
    def sign(tbs):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", f"{DATA}/root.key"], input=tbs,
                              capture_output=True, check=True).stdout

    def entry(serial, reason):
        return der(0x30, der(0x02, bytes([serial])), der(0x17, b"260101000000Z"),
                   der(0x30, extension(21, False, der(0x0a, bytes([reason])))))

    return delta_crl(der(0x30, der(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), b"\x05\x00"),
                     name((6, b"US"), (10, b"Example"), (3, b"Example Root CA")), 3, 2, sign,
                     entries=der(0x30, entry(5, 8), entry(6, 6)))


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        def real(text):
            return text.replace("@", DATA + "/").replace("%", folder + "/")

        with open(real("%key"), "wb") as file:
            file.write(bytes(range(32)))
        with open(real("%delta.crl"), "wb") as file:
            file.write(scoped_delta())
        with open(real("%removed.crl"), "wb") as file:
            file.write(removing_delta())
        os.mkfifo(real("%pipe"))
        pipe = os.open(real("%pipe"), os.O_RDWR)
        with open(f"{DATA}/root.crl", "rb") as file:
            os.write(pipe, file.read())
        for words, status, text in ROWS:
            if "%cut.idx" in words:
                with open(real("%a.idx"), "rb") as whole, open(real("%cut.idx"), "wb") as cut:
                    cut.write(whole.read()[:100])
                os.chmod(real("%cut.idx"), 0o600)  # no index of others
            command, _, stdin = words.partition(" < ")
            with open(real(stdin) or os.devnull, "rb") as given:
                done = subprocess.run([TOOL, *map(real, command.split())], stdin=given,
                                      capture_output=True, text=True, timeout=60, check=False)
            said = done.stdout + done.stderr
            if done.returncode != status or real(text) not in said or "\r" in said:
                failures += 1
                print(f"FAIL: {words}: exit {done.returncode}, {said!r}, not {status}, {text!r}")
        os.close(pipe)
    return 1 if failures else 0


sys.exit(main())
