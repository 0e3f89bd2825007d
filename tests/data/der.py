"""Makes what the openssl program cannot, or not fast enough. For make.sh alone.

    der.py patch CERT KEY PATTERN REPLACEMENT   change bytes of a certificate, sign it again
    der.py v1 CERT KEY                          make it version 1, without extensions
    der.py bigcrl CRL KEY COUNT OUT             fill a CRL up to COUNT entries, sign it again
    der.py cas COUNT                            print COUNT self-signed CA certificates
"""

import base64
import hashlib
import re
import subprocess
import sys

SEQUENCE, SET, INTEGER, BIT_STRING, OCTET_STRING = 0x30, 0x31, 0x02, 0x03, 0x04


def der(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 0x80:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def integer(n):
    return der(INTEGER, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def children(element):
    """The elements inside of one constructed element, each with its header."""

    def end_and_body(at):
        n, body = element[at + 1], at + 2
        if n & 0x80:
            body += n & 0x7F
            n = int.from_bytes(element[at + 2 : body], "big")
        return body + n, body

    end, at = end_and_body(0)
    found = []
    while at < end:
        after, _ = end_and_body(at)
        found.append(element[at:after])
        at = after
    return found


def from_pem(path):
    with open(path, encoding="ascii") as f:
        return base64.b64decode("".join(line for line in f if "-----" not in line))


def to_pem(certificate):
    text = base64.b64encode(certificate).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def sign(tbs, algorithm, key):
    """The signed object; the algorithm must be one with SHA-256, and is not checked."""
    command = ["openssl", "dgst", "-sha256", "-sign", key]
    signature = subprocess.run(command, input=tbs, stdout=subprocess.PIPE, check=True).stdout
    return der(SEQUENCE, tbs, algorithm, der(BIT_STRING, b"\0", signature))


def patch(path, key, pattern, replacement):
    tbs, algorithm, _ = children(from_pem(path))
    replacement = replacement.encode().decode("unicode_escape").encode("latin-1")
    patched, n = re.subn(pattern.encode(), lambda _: replacement, tbs)
    if n == 0 or len(patched) != len(tbs):
        sys.exit(f"der.py: {path}: {n} matches of {pattern}, {len(patched) - len(tbs):+} bytes")
    with open(path, "w", encoding="ascii") as f:
        f.write(to_pem(sign(patched, algorithm, key)))


def version1(path, key):
    tbs, algorithm, _ = children(from_pem(path))
    # [0] is the version, [3] the extensions.
    tbs = der(SEQUENCE, *(field for field in children(tbs) if field[0] not in (0xA0, 0xA3)))
    with open(path, "w", encoding="ascii") as f:
        f.write(to_pem(sign(tbs, algorithm, key)))


def crl_entries(count):
    """Serials of 16 to 20 octets, the same in every run; every other entry has a reason."""
    days = [f"{2020 + i // 336:04}{i // 28 % 12 + 1:02}{i % 28 + 1:02}" for i in range(1680)]
    dates = [der(0x17, f"{day[2:]}120000Z".encode()) for day in days]
    reason_code = bytes.fromhex("0603551d15")
    reasons = [
        der(SEQUENCE, der(SEQUENCE, reason_code, der(OCTET_STRING, bytes([0x0A, 1, reason]))))
        for reason in (1, 3, 4, 5)
    ]
    noise = hashlib.shake_128(b"libmtlsauth big.crl").digest(24 * count)
    entries = []
    for i in range(count):
        at = 24 * i
        n = 16 + noise[at + 20] % 5
        # Positive, and with no leading zero: the shortest form is the only one in DER.
        serial = bytes([noise[at] & 0x7F or 1]) + noise[at + 1 : at + n]
        if serial.startswith(b"\x7e\x57"):  # those are the certificates of make.sh
            serial = b"\x7d" + serial[1:]
        date = dates[(noise[at + 22] << 8 | noise[at + 23]) % len(dates)]
        reason = reasons[noise[at + 21] % 4] if i % 2 else b""
        body = bytes([INTEGER, n]) + serial + date + reason
        entries.append(bytes([SEQUENCE, len(body)]) + body)
    return entries


def bigcrl(path, key, count, out):
    with open(path, "rb") as f:
        tbs, algorithm, _ = children(f.read())
    version, signature, issuer, this_update, next_update, revoked, extensions = children(tbs)
    given = children(revoked)
    entries = crl_entries(int(count) - len(given))
    middle = len(entries) // 2
    revoked = der(SEQUENCE, *entries[:middle], *given, *entries[middle:])
    tbs = der(
        SEQUENCE, version, signature, issuer, this_update, next_update, revoked, extensions
    )
    with open(out, "wb") as f:
        f.write(sign(tbs, algorithm, key))


# P-256. A thousand runs of openssl take ten seconds; here keys and nonces are consecutive
# multiples of G, so that each costs one addition of points. Such keys are no secret, and need not
# be: nothing is ever issued with them.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def add(a, b):
    if a == b:
        slope = 3 * (a[0] * a[0] - 1) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiple(k):
    total = None
    for bit in bin(k)[2:]:
        total = add(total, total) if total else None
        if bit == "1":
            total = add(total, G) if total else G
    return total


def cas(count):
    def extension(oid, critical, value):
        flag = b"\x01\x01\xff" if critical else b""
        return der(SEQUENCE, bytes.fromhex(oid), flag, der(OCTET_STRING, value))

    common_name = bytes.fromhex("0603550403")
    p256 = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    ecdsa_with_sha256 = bytes.fromhex("300a06082a8648ce3d040302")
    validity = der(SEQUENCE, der(0x17, b"200101000000Z"), der(0x17, b"491231235959Z"))
    ca = extension("0603551d13", True, der(SEQUENCE, b"\x01\x01\xff"))
    usage = extension("0603551d0f", True, bytes.fromhex("03020106"))

    key, nonce = 1 << 200, 1 << 220
    public, point = multiple(key), multiple(nonce)
    for i in range(1, int(count) + 1):
        public_key = b"\x04" + public[0].to_bytes(32, "big") + public[1].to_bytes(32, "big")
        key_id = der(OCTET_STRING, hashlib.sha1(public_key).digest())
        name = der(SEQUENCE, common_name, der(0x0C, f"Example CA {i:04}".encode()))
        name = der(SEQUENCE, der(SET, name))
        tbs = der(
            SEQUENCE,
            der(0xA0, integer(2)),
            integer(0x7E57 << 64 | i),
            ecdsa_with_sha256,
            name,
            validity,
            name,
            der(SEQUENCE, p256, der(BIT_STRING, b"\0", public_key)),
            der(0xA3, der(SEQUENCE, extension("0603551d0e", False, key_id), ca, usage)),
        )
        digest = int.from_bytes(hashlib.sha256(tbs).digest(), "big")
        r = point[0] % N
        s = pow(nonce, -1, N) * (digest + r * key) % N
        signature = der(SEQUENCE, integer(r), integer(s))
        certificate = der(SEQUENCE, tbs, ecdsa_with_sha256, der(BIT_STRING, b"\0", signature))
        print(to_pem(certificate), end="")
        key, public = key + 1, add(public, G)
        nonce, point = nonce + 1, add(point, G)


if __name__ == "__main__":
    {"patch": patch, "v1": version1, "bigcrl": bigcrl, "cas": cas}[sys.argv[1]](*sys.argv[2:])
