# SPDX-License-Identifier: MIT
"""Certificates, chains, truststores."""
import base64
import hashlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

import pytest

import mtlsauth
from conftest import NOW
from mtlsauth import Certificate, Chain, Format, Limits, SanType, Truststore
from mtlsauth._values import time_of

Read = Callable[[str], bytes]


def test_malformed_names(read: Read) -> None:
    """Neither none nor some of them: who looks for a name would not find the one that is there."""
    for name in ("nul-san.pem", "blank-san.pem", "nul-cn.pem"):
        with pytest.raises(mtlsauth.ParseError, match="name of the certificate"):
            Certificate.parse(read(name)).san
    assert Certificate.parse(read("no-san.pem")).san == ()


def test_what_a_certificate_says(read: Read) -> None:
    cert = Certificate.parse(read("two-names.pem"))
    assert cert.subject == "CN=example.com"
    assert cert.issuer == "CN=Example Root CA,O=Example,C=US"
    assert cert.not_before == datetime(2020, 1, 1, tzinfo=timezone.utc)
    assert cert.not_after == datetime(2049, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    assert (cert.version, cert.is_ca, cert.key) == (3, False, "EC P-256")
    assert "SHA-256" in cert.signature
    assert cert.san == ((SanType.DNS, "example.com"), (SanType.DNS, "client.example.com"))
    assert cert.der == read("two-names.der")
    assert cert.sha256 == hashlib.sha256(cert.der).digest()
    assert cert.sha256_hex == cert.sha256.hex()
    assert cert.spki_sha256.hex() == cert.spki_sha256_hex and len(cert.spki_sha256) == 32
    assert cert.serial.hex() == cert.serial_hex and cert.serial_number == int(cert.serial_hex, 16)
    assert cert.authority_key_id == Certificate.parse(read("root.pem")).subject_key_id != ""
    assert cert.thumbprint == base64.urlsafe_b64encode(cert.sha256).rstrip(b"=").decode()
    assert cert.thumbprint_equal(cert.thumbprint)
    assert not cert.thumbprint_equal(cert.thumbprint[:-1])
    assert not cert.thumbprint_equal(cert.thumbprint + "\0")
    assert not cert.thumbprint_equal(None) and not cert.thumbprint_equal("é\ud800")
    assert repr(cert) == f"<Certificate CN=example.com serial {cert.serial_hex}>"
    assert Certificate.parse(cert.pem) == cert and cert.pem.encode() in read("two-names.pem")


def test_equal_certificates(data: Path, read: Read) -> None:
    cert = Certificate.from_file(data / "two-names.pem")
    assert cert == Certificate.parse(memoryview(read("two-names.der")))
    assert len({cert, Certificate.parse(bytearray(read("two-names.der")))}) == 1
    assert cert != Certificate.parse(read("ip.pem")) and cert != cert.der


def test_key_matches(read: Read) -> None:
    cert = Certificate.parse(read("two-names.pem"))
    for name in ("two-names.key", "two-names.sec1.key", "two-names.key.der", "two-names.csr"):
        assert cert.matches_key(read(name)), name
    assert cert.match_key(read("two-names.key")) == (True, "private key (PKCS#8, PEM)")
    assert cert.matches_key(read("ip.key")) is False
    with pytest.raises(mtlsauth.UnsupportedError):
        cert.matches_key(read("encrypted.key"))
    with pytest.raises(mtlsauth.ParseError):
        cert.matches_key(b"no key")


def test_matchers(read: Read) -> None:
    cert = Certificate.parse(read("two-names.pem"))
    assert cert.matches("dns:client.example.com") and cert.matches("dns:*.example.com")
    assert not cert.matches("dns:other.example.com")
    with pytest.raises(mtlsauth.ParseError):
        cert.matches("dns")
    with pytest.raises(mtlsauth.UnsupportedError):
        cert.matches("anchor:" + 64 * "0")
    with pytest.raises(ValueError, match="NUL"):
        cert.matches("dns:client.example.com\0.evil.example")


@pytest.mark.parametrize("name, format", [
    ("header.nginx", "nginx"), ("header.nginx-old", "nginx-old"), ("header.haproxy", "haproxy"),
    ("header.xfcc", Format.XFCC), ("two-names.pem", Format.PEM), ("two-names.der", Format.DER),
    ("two-names.der", 0), ("two-names.pem", "auto")])
def test_formats_of_one(read: Read, name: str, format: Any) -> None:
    chain = Chain.parse(read(name), format)
    assert [cert.der for cert in chain] == [read("two-names.der")]
    if format != Format.DER and format != 0:
        assert Chain.parse(read(name).decode(), format).leaf == chain.leaf


@pytest.mark.parametrize("name, format", [
    ("header.alb", "alb"), ("header.traefik", "traefik"), ("chain.pem", "pem")])
def test_formats_of_several(data: Path, read: Read, name: str, format: str) -> None:
    chain = Chain.from_file(data / name, format)
    assert len(chain) == 2 and chain[1].is_ca and chain[-1] == chain[1]
    assert chain.leaf == chain[0] == Certificate.parse(read("client.pem"))
    assert chain[:1] == [chain.leaf] and list(chain) == [chain[0], chain[1]]
    assert chain[1] in chain
    for index in (2, -3):
        with pytest.raises(IndexError):
            chain[index]
    with pytest.raises(TypeError):
        chain["0"]  # type: ignore[call-overload]


def test_parts_and_ders(read: Read) -> None:
    certificate = read("header.rfc9440").decode()
    chain = Chain.from_parts(certificate, read("header.rfc9440-chain").decode())
    ders = [cert.der for cert in chain]
    assert [cert.der for cert in Chain.from_der(ders)] == ders
    assert len(Chain.from_parts(certificate)) == 1
    for wrong in (certificate + "\0", certificate + ", x", "", "é"):
        with pytest.raises(mtlsauth.ParseError):
            Chain.from_parts(wrong)
    with pytest.raises(mtlsauth.Error):
        Chain.from_der([])
    with pytest.raises(TypeError):
        Chain.from_der(ders[0])  # type: ignore[arg-type]


def test_limits(read: Read) -> None:
    with pytest.raises(mtlsauth.LimitError):
        Chain.parse(read("chain.pem"), "pem", Limits(chain_certificates=1))
    assert len(Chain.parse(read("many-san.pem"), "pem", Limits(names=2000)).leaf.san) == 1500
    with pytest.raises(mtlsauth.LimitError):
        Truststore.from_pem(read("bundle.pem"), Limits(truststore_certificates=2))
    assert Limits(certificate_bytes=1, chain_bytes=2, truststore_bytes=3) is not None
    for wrong in (0, -1, 2 ** 64):
        with pytest.raises(ValueError):
            Limits(names=wrong)
    with pytest.raises(TypeError):
        Limits(names=True)


def test_truststore(data: Path, read: Read) -> None:
    store = Truststore.from_file(data / "bundle.pem")
    assert len(store) == 3 and store[0] == Certificate.parse(read("root.pem"))
    assert store.sha256.hex() == store.sha256_hex
    assert Truststore.from_pem(read("crlf-bundle.pem")).sha256 == store.sha256
    assert repr(store) == "<Truststore of 3>" and store[2] in list(store)
    with pytest.raises(mtlsauth.ParseError) as caught:
        Truststore.from_file(data / "half-bundle.pem")
    assert "half-bundle.pem" in str(caught.value) and caught.value.code == -4
    with pytest.raises(mtlsauth.LimitError):
        Truststore.from_pem(read("bundle-1001.pem"))
    with pytest.raises(mtlsauth.FileError) as io:
        Truststore.from_file(data / "nothing.pem")
    assert isinstance(io.value, OSError) and "nothing.pem" in str(io.value)


def test_lint(read: Read) -> None:
    store = Truststore.from_pem(read("bad-bundle.pem"))
    report = store.lint("api_gateway", NOW)
    assert len(report) > 5 and report.to_dict()
    codes = {finding.code for finding in report}
    assert mtlsauth.Lint.EXPIRED in codes and mtlsauth.Lint.PRIVATE_KEY in codes
    of_file = [finding for finding in report if finding.certificate is None]
    assert of_file and all(isinstance(f.severity, mtlsauth.Severity) for f in report)
    expired = next(f for f in report if f.code is mtlsauth.Lint.EXPIRED)
    assert expired.certificate == 1 and expired.sentence and report[0] in list(report)
    assert len(Truststore.from_pem(read("root.pem")).lint(now=NOW)) == 0
    assert Truststore.from_pem(read("root.pem")).lint().findings is not None


def test_times_at_the_ends() -> None:
    assert time_of(253402300799) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    assert time_of(-62167219200).year == 1 and time_of(2 ** 62).year == 9999
    assert time_of(-1).second == 59
