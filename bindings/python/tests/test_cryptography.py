# SPDX-License-Identifier: MIT
"""Side by side with python3-cryptography: fields of certificates, and membership in lists."""
import ipaddress
import random
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest

import mtlsauth
from conftest import policy, skip, vectors
from mtlsauth import Certificate, Crl, SanType

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
except ImportError:
    x509 = None  # type: ignore[assignment]

Read = Callable[[str], bytes]

# They keep names that we refuse, or read otherwise (tests/data/README.md).
NOT_COMPARED = {"nul-san.pem", "blank-san.pem", "nul-cn.pem", "explicit-params.pem"}


@pytest.fixture(autouse=True)
def has_cryptography() -> None:
    if x509 is None:
        skip("python3-cryptography is not there")


def key_of(theirs: Any) -> str:
    key = theirs.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        names = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
        return f"EC {names.get(key.curve.name, key.curve.name)}"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    # The other kinds are compared by their digest.
    return "Ed448" if isinstance(key, ed448.Ed448PublicKey) else ""


def rdns(name: str) -> List[List[str]]:
    """An RDN of several attributes is a set, which they write in any order."""
    return [sorted(rdn.split("+")) for rdn in name.split(",")]


def plain_names(ours: Certificate) -> Dict[SanType, List[str]]:
    found: Dict[SanType, List[str]] = {}
    for entry in ours.san:
        found.setdefault(entry.type, []).append(entry.value)
    return found


def compare(pem: bytes) -> bool:
    """One certificate; False where the two differ in what they take."""
    theirs = x509.load_pem_x509_certificate(pem)
    ours = Certificate.parse(theirs.public_bytes(serialization.Encoding.DER))
    assert ours.serial_number == theirs.serial_number
    assert ours.not_before == theirs.not_valid_before.replace(tzinfo=timezone.utc)
    assert ours.not_after == theirs.not_valid_after.replace(tzinfo=timezone.utc)
    assert ours.version == theirs.version.value + 1
    assert ours.sha256 == theirs.fingerprint(hashes.SHA256())
    assert ours.der == theirs.public_bytes(serialization.Encoding.DER)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(theirs.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    # RSA-PSS keys have parameters, which they leave out.
    same_key = ours.spki_sha256 == digest.finalize()
    assert same_key or "PSS" in ours.key or "PSS" in ours.signature
    assert key_of(theirs) in ours.key or "PSS" in ours.key or "secp" in key_of(theirs)
    for name, written in ((theirs.subject, ours.subject), (theirs.issuer, ours.issuer)):
        text = name.rfc4514_string()
        # Types that RFC 4514 does not name are written by their OID, each in its own way.
        if text.isascii() and "\\" not in text and not re.search(r"\d+\.\d+\.\d+", text):
            assert rdns(written) == rdns(text)
    extensions = theirs.extensions
    try:
        ca = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        ca = False
    assert ours.is_ca == ca
    key_ids: List[Tuple[Any, str]] = [(x509.SubjectKeyIdentifier, ours.subject_key_id),
                                      (x509.AuthorityKeyIdentifier, ours.authority_key_id)]
    for kind, said in key_ids:
        try:
            value: Any = extensions.get_extension_for_class(kind).value
            raw = value.digest if kind is x509.SubjectKeyIdentifier else value.key_identifier
            assert said == (raw or b"").hex()
        except x509.ExtensionNotFound:
            assert said == ""
    names = plain_names(ours)
    try:
        san = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        assert ours.san == ()
        return True
    assert len(ours.san) == len(list(san))
    kinds: List[Tuple[Any, SanType]] = [
        (x509.DNSName, SanType.DNS), (x509.RFC822Name, SanType.EMAIL),
        (x509.UniformResourceIdentifier, SanType.URI)]
    for theirs_kind, san_type in kinds:
        assert san.get_values_for_type(theirs_kind) == names.get(san_type, [])
    assert san.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address(text) for text in names.get(SanType.IP, [])]
    return True


def test_own_certificates(data: Path) -> None:
    compared = 0
    for path in sorted(data.glob("*.pem")):
        raw = path.read_bytes()
        if path.name in NOT_COMPARED or raw.count(b"-----BEGIN CERTIFICATE-----") != 1:
            continue
        try:
            Certificate.parse(raw)
        except mtlsauth.Error:
            continue
        compared += compare(raw)
    assert compared > 40


def test_certificates_of_others() -> None:
    """Every certificate of the path vectors that both read."""
    import json
    import warnings
    path = vectors("pkits.json")
    pems = {pem for case in json.loads(path.read_text())["testcases"] for pem in case["chain"]}
    compared = refused = 0
    for pem in sorted(pems):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                x509.load_pem_x509_certificate(pem.encode()).extensions
                Certificate.parse(pem)
                x509.load_pem_x509_certificate(pem.encode()).public_key()
        except (ValueError, mtlsauth.Error, x509.UnsupportedGeneralNameType):
            refused += 1
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compared += compare(pem.encode())
    assert compared > 250 and refused < 30, (compared, refused)


def make_crl(read: Read, revoked: List[Tuple[int, datetime, Any]]) -> bytes:
    issuer = x509.load_pem_x509_certificate(read("root.pem"))
    public_key: Any = issuer.public_key()
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(
        datetime(2024, 5, 1)).next_update(datetime(2025, 1, 1)).add_extension(
            x509.CRLNumber(7), critical=False).add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key),
                critical=False)
    for serial, date, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(date)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    key = serialization.load_pem_private_key(read("root.key"), None)
    return builder.sign(key, hashes.SHA256()).public_bytes(  # type: ignore[arg-type]
        serialization.Encoding.DER)


def test_membership(read: Read, root: mtlsauth.Truststore) -> None:
    dice = random.Random(20240601)
    reasons = [None, *(reason for reason in x509.ReasonFlags
                       if reason not in (x509.ReasonFlags.unspecified,
                                         x509.ReasonFlags.remove_from_crl))]
    serials = {dice.getrandbits(dice.choice((7, 8, 16, 63, 64, 120, 127, 128, 152, 159))) + 1
               for _ in range(500)}
    listed = [(serial, datetime(2024, 1, dice.randint(1, 28), dice.randint(0, 23)),
               dice.choice(reasons)) for serial in sorted(serials)]
    dice.shuffle(listed)
    der = make_crl(read, listed)
    theirs = x509.load_der_x509_crl(der)
    ours = Crl.load(der, root, policy(revocation="crl"))
    assert len(ours) == len(theirs) and ours.number == 7
    assert ours.this_update == theirs.last_update.replace(tzinfo=timezone.utc)
    assert theirs.next_update is not None
    assert ours.next_update == theirs.next_update.replace(tzinfo=timezone.utc)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(theirs.tbs_certlist_bytes)
    assert ours.sha256 == digest.finalize()
    probes = serials | {serial + step for serial in serials for step in (-1, 1, 2 ** 64)} | {
        serial << 8 for serial in serials} | {dice.getrandbits(150) for _ in range(500)}
    hits = 0
    for serial in probes:
        revoked = theirs.get_revoked_certificate_by_serial_number(serial) if serial else None
        assert (serial in ours) == (revoked is not None), serial
        entry = ours.find(serial)
        assert (entry is None) == (revoked is None)
        if entry is not None and revoked is not None:
            hits += 1
            assert entry.revoked_at == revoked.revocation_date.replace(tzinfo=timezone.utc)
            try:
                reason = revoked.extensions.get_extension_for_class(x509.CRLReason).value
                assert mtlsauth.reason_name(entry.reason) == reason.reason.value
            except x509.ExtensionNotFound:
                assert entry.reason is mtlsauth.CrlReason.NONE
    assert hits >= len(serials)
    assert {entry.serial for entry in ours} == serials


def test_lists_of_the_test_data(data: Path, root: mtlsauth.Truststore) -> None:
    for name in ("root.crl", "root-older.crl", "root-newer.crl", "stale.crl"):
        theirs = x509.load_pem_x509_crl((data / name).read_bytes())
        ours = Crl.load_file(data / name, root, policy(revocation="crl"))
        assert {entry.serial for entry in ours} == {entry.serial_number for entry in theirs}
        for entry in theirs:
            assert entry.serial_number in ours
