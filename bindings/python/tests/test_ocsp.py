# SPDX-License-Identifier: MIT
"""OCSP: requests, and responses that python3-cryptography has made."""
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Optional

import pytest

import mtlsauth
from conftest import policy as policy_at, skip
from mtlsauth import Certificate, OcspFlag, OcspRequest, OcspResponse, OcspStatus

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509 import ocsp
except ImportError:
    ocsp = None  # type: ignore[assignment]

Read = Callable[[str], bytes]
# cryptography signs with the system's time: what it has made is looked at an hour later.
NOW = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)

NOW_LATER = NOW - timedelta(minutes=90)


def policy(time: datetime = NOW) -> mtlsauth.Policy:
    return policy_at(time=time)


@pytest.fixture(autouse=True)
def has_cryptography() -> None:
    if ocsp is None:
        skip("python3-cryptography is not there")


def answer(read: Read, status: str = "GOOD",
           this_update: datetime = NOW - timedelta(hours=2),
           nonce: Optional[bytes] = None) -> bytes:
    issuer = x509.load_pem_x509_certificate(read("root.pem"))
    key = serialization.load_pem_private_key(read("root.key"), None)
    revoked = status == "REVOKED"
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=x509.load_pem_x509_certificate(read("two-names.pem")), issuer=issuer,
        algorithm=hashes.SHA1(), cert_status=getattr(ocsp.OCSPCertStatus, status),
        this_update=this_update.replace(tzinfo=None),
        next_update=(this_update + timedelta(days=1)).replace(tzinfo=None),
        revocation_time=datetime(2024, 5, 1) if revoked else None,
        revocation_reason=x509.ReasonFlags.key_compromise if revoked else None)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(  # type: ignore[arg-type]
        serialization.Encoding.DER)


@pytest.mark.parametrize("status", ["GOOD", "REVOKED", "UNKNOWN"])
def test_status_is_that_of_cryptography(read: Read, root: mtlsauth.Truststore,
                                        status: str) -> None:
    der = answer(read, status)
    theirs = ocsp.load_der_ocsp_response(der)
    ours = OcspResponse.parse(der)
    cert = Certificate.parse(read("two-names.pem"))
    result = ours.check(cert, root[0], policy())
    assert result.status.name == theirs.certificate_status.name == status
    with pytest.raises(TypeError, match="compare it with OcspStatus"):
        bool(result)
    assert result.this_update.replace(tzinfo=None) == theirs.this_update
    assert result.next_update and result.next_update.replace(tzinfo=None) == theirs.next_update
    assert result.produced_at.replace(tzinfo=None) == theirs.produced_at
    assert (result.revoked_at and result.revoked_at.replace(tzinfo=None)) == \
        theirs.revocation_time
    assert result.valid_until == result.next_update
    assert (result.reason is mtlsauth.CrlReason.KEY_COMPROMISE) == (status == "REVOKED")
    assert [(e.serial, e.status.name) for e in ours.entries] == [(theirs.serial_number, status)]
    assert ours.entries[0].this_update == result.this_update
    assert (ours.status, ours.status_name) == (0, "successful") and ours.der == der
    assert ours.produced_at == result.produced_at and "successful" in repr(ours)


@pytest.mark.parametrize("flags", [OcspFlag(0), OcspFlag.SHA256, OcspFlag.NONCE,
                                   OcspFlag.SHA256 | OcspFlag.NONCE_REQUIRED])
def test_request_is_what_cryptography_reads(read: Read, root: mtlsauth.Truststore,
                                            flags: OcspFlag) -> None:
    cert = Certificate.parse(read("two-names.pem"))
    request = OcspRequest(cert, root[0], flags)
    theirs = ocsp.load_der_ocsp_request(request.der)
    kind = hashes.SHA256 if flags & OcspFlag.SHA256 else hashes.SHA1
    assert theirs.serial_number == cert.serial_number
    assert isinstance(theirs.hash_algorithm, kind)
    if flags & (OcspFlag.NONCE | OcspFlag.NONCE_REQUIRED):
        assert len(request.nonce) == 32
    else:
        assert request.nonce == b""
        theirs = ocsp.OCSPRequestBuilder().add_certificate(
            x509.load_der_x509_certificate(cert.der), x509.load_der_x509_certificate(root[0].der),
            kind()).build()
        assert theirs.public_bytes(serialization.Encoding.DER) == request.der
        assert request.url("http://ocsp.example/").startswith("http://ocsp.example/M")
    with pytest.raises(mtlsauth.ArgumentError):
        request.url("ftp://ocsp.example/")
    before = request.der
    request.add(Certificate.parse(read("ip.pem")), root[0])
    assert len(request.der) > len(before)


def test_nonce(read: Read, root: mtlsauth.Truststore) -> None:
    cert = Certificate.parse(read("two-names.pem"))
    request = OcspRequest(cert, root[0], OcspFlag.NONCE_REQUIRED)
    with pytest.raises(mtlsauth.MismatchError):
        OcspResponse.parse(answer(read)).check(cert, root[0], policy(), request)
    with pytest.raises(mtlsauth.MismatchError):
        OcspResponse.parse(answer(read, nonce=bytes(32))).check(cert, root[0], policy(), request)
    repeated = OcspResponse.parse(answer(read, nonce=request.nonce))
    assert repeated.check(cert, root[0], policy(), request).status is OcspStatus.GOOD


def test_no_answer(read: Read, root: mtlsauth.Truststore) -> None:
    cert, other = (Certificate.parse(read(name)) for name in ("two-names.pem", "ip.pem"))
    good = OcspResponse.parse(answer(read))
    with pytest.raises(mtlsauth.MismatchError):
        good.check(other, root[0], policy())
    with pytest.raises(mtlsauth.StaleError):
        good.check(cert, root[0], policy(time=NOW + timedelta(days=3)))
    with pytest.raises(mtlsauth.Error):
        good.check(cert, Certificate.parse(read("clone-root.pem")), policy())
    with pytest.raises(mtlsauth.ParseError):
        OcspResponse.parse(b"\x30\x03\x0a\x01")
    later = OcspResponse.parse(ocsp.OCSPResponseBuilder.build_unsuccessful(
        ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(serialization.Encoding.DER))
    assert (later.status, later.status_name, later.entries) == (3, "tryLater", ())
    assert later.produced_at is None
    with pytest.raises(mtlsauth.NotFoundError):
        later.check(cert, root[0], policy())
    with pytest.raises(mtlsauth.MismatchError):
        OcspRequest(cert, other)


def test_authorizer_asks_and_is_answered(read: Read, root: mtlsauth.Truststore) -> None:
    def decide(authorizer: mtlsauth.Authorizer, name: str) -> mtlsauth.Decision:
        return authorizer.authorize(read(name))

    rules = policy_at(time=NOW, revocation="ocsp")
    authorizer = mtlsauth.Authorizer(root, rules)
    decision = decide(authorizer, "two-names.pem")
    assert decision.code is mtlsauth.Code.DENY_REVOCATION_UNKNOWN
    request, url = decision.ocsp_request()
    assert url is None and decision.crl_urls() == [] == decision.crl_urls(7)
    cert = Certificate.parse(read("two-names.pem"))
    expected = OcspRequest(cert, root[0]).der
    # It outlives the decision, and what is decided after that.
    decision.close()
    del decision
    for _ in range(100):
        decide(authorizer, "uri.pem")
    assert request.der == expected and request.nonce == b""
    assert request.url("http://ocsp.example").startswith("http://ocsp.example/")
    with pytest.raises(TypeError, match="belongs to a decision"):
        request.add(cert, root[0])
    request.close()
    authorizer.put_ocsp_response(answer(read))
    good = decide(authorizer, "two-names.pem")
    assert good and good.path and authorizer.stats()["ocsp"]["entries"] == 1
    with pytest.raises(mtlsauth.NotFoundError):
        good.ocsp_request()
    authorizer.put_ocsp_response(bytearray(answer(read, "REVOKED", NOW_LATER)))
    assert decide(authorizer, "two-names.pem").code is mtlsauth.Code.DENY_REVOKED
    for wrong, kind in ((b"x", mtlsauth.ParseError), (None, TypeError), ("x", TypeError)):
        with pytest.raises(kind):
            authorizer.put_ocsp_response(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        good.crl_urls(-1)


def test_folder_of_responses(read: Read, root: mtlsauth.Truststore, tmp_path: Any) -> None:
    rules = policy_at(time=NOW, revocation="ocsp")
    first, second = mtlsauth.Authorizer(root, rules), mtlsauth.Authorizer(root, rules)
    first.put_ocsp_response(answer(read))
    first.save_ocsp(tmp_path)
    (tmp_path / "nonsense.der").write_bytes(b"x")
    report = second.load_ocsp(str(tmp_path))
    assert [finding.code for finding in report] == [mtlsauth.Lint.NOT_LOADED]
    assert second.authorize(read("two-names.pem"))
    with pytest.raises(mtlsauth.FileError):
        first.save_ocsp(tmp_path / "nowhere")
    with pytest.raises(mtlsauth.FileError):
        first.load_ocsp(tmp_path / "nowhere")


def test_urls_of_a_path(read: Read) -> None:
    key = serialization.load_pem_private_key(read("root.key"), None)
    public_key: Any = key.public_key()
    names = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a leaf")])
    issuer = x509.load_pem_x509_certificate(read("root.pem"))
    builder = x509.CertificateBuilder().subject_name(names).issuer_name(issuer.subject)
    builder = builder.serial_number(77).public_key(public_key).not_valid_before(
        datetime(2020, 1, 1)).not_valid_after(datetime(2040, 1, 1))
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
        public_key), critical=False)
    urls = [f"http://crl.example/{number}.crl" for number in range(3)]
    builder = builder.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(
        [x509.UniformResourceIdentifier(url)], None, None, None) for url in urls]),
        critical=False)
    builder = builder.add_extension(x509.AuthorityInformationAccess([x509.AccessDescription(
        x509.oid.AuthorityInformationAccessOID.OCSP,
        x509.UniformResourceIdentifier("http://ocsp.example/"))]), critical=False)
    leaf = builder.sign(key, hashes.SHA256()).public_bytes(  # type: ignore[arg-type]
        serialization.Encoding.DER)
    authorizer = mtlsauth.Authorizer(
        mtlsauth.Truststore.from_pem(read("root.pem")),
        policy_at(allow=[], allow_any=True, revocation="crl-or-ocsp"))
    decision = authorizer.authorize_der([leaf])
    assert decision.code is mtlsauth.Code.DENY_REVOCATION_UNKNOWN, decision.message
    assert decision.crl_urls() == urls and decision.ocsp_request()[1] == "http://ocsp.example/"


def test_url_of_a_certificate(read: Read, root: mtlsauth.Truststore) -> None:
    assert root[0].ocsp_url is None
    key = serialization.load_pem_private_key(read("root.key"), None)
    url = "http://ocsp.example/" + 500 * "x"
    made = x509.CertificateBuilder().subject_name(
        x509.Name([])).issuer_name(x509.Name([])).serial_number(1).not_valid_before(
            datetime(2020, 1, 1)).not_valid_after(datetime(2030, 1, 1)).public_key(
                key.public_key()).add_extension(x509.AuthorityInformationAccess([  # type: ignore
                    x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.OCSP,
                                           x509.UniformResourceIdentifier(url))]),
                    critical=False).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    cert = Certificate.parse(made.public_bytes(serialization.Encoding.DER))
    assert cert.ocsp_url == url and cert.subject == ""


def test_response_files(read: Read, tmp_path: Any) -> None:
    der = answer(read)
    (tmp_path / "answer.der").write_bytes(der)
    assert OcspResponse.from_file(tmp_path / "answer.der").der == der
    with pytest.raises(mtlsauth.FileError):
        OcspResponse.from_file(tmp_path / "nothing.der")
