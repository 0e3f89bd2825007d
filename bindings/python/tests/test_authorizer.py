# SPDX-License-Identifier: MIT
"""Policies, the authorizer and its decisions."""
import base64
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

import mtlsauth
from conftest import NOW, policy
from mtlsauth import Authorizer, Certificate, Chain, Check, Code, Crl, Decision, Lint, Policy, \
    Truststore, _ffi

Read = Callable[[str], bytes]


def test_allowed(authorizer: Authorizer, read: Read) -> None:
    decision = authorizer.authorize(read("header.nginx"), "nginx")
    assert decision and decision.allowed is True and decision.code is Code.OK
    assert decision.identity == decision.label == "dns:client.example.com"
    assert [cert.der for cert in decision.path][0] == read("two-names.der")
    assert len(decision.path) == 2 and decision.depth is None
    assert decision.valid_until == datetime(2049, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    assert decision.generation == authorizer.generation == 1
    assert Check.IDENTITY in decision.checks and Check.REVOCATION not in decision.checks
    assert (decision.revoked_at, decision.stale_since, decision.crl_number) == (None, None, "")
    assert decision.revocation_reason is mtlsauth.CrlReason.NONE
    said = decision.to_dict()
    assert said["allowed"] is True and said == json.loads(decision.json)
    assert said["truststore_sha256"] == decision.truststore_sha256
    assert repr(decision) == "<Decision allowed: allowed>"


@pytest.mark.parametrize("client, format, code", [
    (None, "auto", Code.DENY_NO_CERTIFICATE), (b"", "pem", Code.DENY_NO_CERTIFICATE),
    ("", "nginx", Code.DENY_NO_CERTIFICATE), (b"x", "pem", Code.DENY_MALFORMED),
    ("\ud800é\0", "nginx", Code.DENY_MALFORMED), (b"\0" * 10 ** 7, "pem", Code.DENY_LIMIT),
    (bytearray(b"x"), 3, Code.DENY_MALFORMED), (memoryview(b"x"), "xfcc", Code.DENY_MALFORMED)],
    ids=["none", "no-pem", "no-header", "pem", "surrogate", "huge", "bytearray", "memoryview"])
def test_what_is_no_certificate(authorizer: Authorizer, client: Any, format: Any,
                                code: Code) -> None:
    decision = authorizer.authorize(client, format)
    assert not decision and decision.code is code and decision.path == ()
    assert decision.message and decision.client_message and decision.valid_until is None


def test_limits_of_the_policy(root: Truststore, data: Path) -> None:
    names = ("root", "other-root", "intermediate", "nc-ca", "ku-ca", "orphan-ca", "pathlen-ca",
             "long-ca-1", "long-ca-2", "long-ca-3", "long-ca-4")
    certs = [Certificate.from_file(data / f"{name}.pem") for name in ("two-names", *names)]
    pem = "".join(cert.pem for cert in certs)
    parts = [f":{base64.b64encode(cert.der).decode()}:" for cert in certs]
    authorizer = Authorizer(root, policy())

    def codes() -> List[Code]:
        return [authorizer.authorize(pem, "pem").code,
                authorizer.authorize_parts(parts[0], ", ".join(parts[1:])).code]

    assert codes() == [Code.DENY_LIMIT] * 2
    with mtlsauth.Limits(chain_certificates=12) as limits:
        authorizer.update(policy=policy(limits=limits))
    assert codes() == [Code.OK] * 2
    authorizer.set_policy(policy(limits=mtlsauth.Limits(chain_certificates=11)))
    assert codes() == [Code.DENY_LIMIT] * 2
    with pytest.raises(mtlsauth.ArgumentError):
        authorizer.set_policy(Policy(limits=mtlsauth.Limits(chain_certificates=12)))
    assert codes() == [Code.DENY_LIMIT] * 2


@pytest.mark.parametrize("name, code", [
    ("expired.pem", Code.DENY_EXPIRED), ("not-yet-valid.pem", Code.DENY_NOT_YET_VALID),
    ("self-signed.pem", Code.DENY_SELF_SIGNED), ("uri.pem", Code.DENY_IDENTITY),
    ("clone-client.pem", Code.DENY_BAD_SIGNATURE), ("sha1.pem", Code.DENY_WEAK_SIGNATURE),
    ("server-eku.pem", Code.DENY_EXTENDED_KEY_USAGE), ("rsa1024.pem", Code.DENY_WEAK_KEY),
    ("nul-san.pem", Code.DENY_BAD_NAME), ("chain.pem", Code.OK),
    ("nc-chain.pem", Code.DENY_NAME_CONSTRAINTS), ("long-chain.pem", Code.DENY_CHAIN_TOO_LONG)])
def test_denials(authorizer: Authorizer, data: Path, read: Read, name: str, code: Code) -> None:
    decision = authorizer.authorize(Chain.from_file(data / name))
    assert decision.code is code, decision.message
    assert bool(decision) is (code == 0)
    assert decision.to_dict()["name"] == code.symbol
    # What Python keeps is what the library has.
    lib, handle = _ffi.lib, decision._h
    assert (lib.decision_allowed(handle), lib.decision_code(handle)) == (int(code == 0), code)
    assert authorizer.authorize(read(name)).code is code


def test_parts_ders_and_again(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy())
    parts = read("header.rfc9440").decode(), read("header.rfc9440-chain").decode()
    assert authorizer.authorize_parts(*parts)
    assert authorizer.authorize_parts(None).code is Code.DENY_NO_CERTIFICATE
    assert authorizer.authorize_parts("", parts[1]).code is Code.DENY_NO_CERTIFICATE
    assert authorizer.authorize_parts("nonsense").code is Code.DENY_MALFORMED
    leaf = Chain.parse(read("client.pem"))
    ders = [cert.der for cert in Chain.parse(read("chain.pem"))]
    assert authorizer.authorize_der(ders) and not authorizer.authorize_der(ders[:1])
    assert authorizer.authorize_der([]).code is Code.DENY_NO_CERTIFICATE
    assert authorizer.authorize_der([b"\x30"]).code is Code.DENY_MALFORMED
    assert authorizer.authorize_again(leaf)  # the intermediate is remembered
    assert not Authorizer(root, policy()).authorize_again(leaf)
    assert authorizer.authorize_again(None).code is Code.DENY_NO_CERTIFICATE


def test_generations(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy())
    contexts = {authorizer.session_context}
    leaf = Chain.parse(read("client.pem"))
    assert authorizer.authorize(leaf).code is Code.DENY_ISSUER_NOT_FOUND
    authorizer.set_intermediates(Chain.parse(read("intermediate.pem")))
    contexts.add(authorizer.session_context)
    assert authorizer.authorize(leaf)
    authorizer.set_intermediates(None)
    authorizer.set_truststore(Truststore.from_pem(read("other-root.pem")))
    contexts.add(authorizer.session_context)
    assert not authorizer.authorize(Chain.parse(read("chain.pem")))
    assert authorizer.authorize(read("other-ca-client.pem"))
    authorizer.set_policy(policy(allow=["dns:nobody.example.com"]))
    contexts.add(authorizer.session_context)
    assert authorizer.authorize(read("other-ca-client.pem")).code is Code.DENY_IDENTITY
    assert authorizer.generation == 5 and len(contexts) == 4
    assert all(len(context) == 32 for context in contexts)


def test_policy_is_fail_closed(root: Truststore, read: Read) -> None:
    with pytest.raises(mtlsauth.ArgumentError, match="revocation"):
        Authorizer(root, Policy(allow=["dns:client.example.com"]))
    nobody = Authorizer(root, policy(allow=[]))
    assert nobody.authorize(read("two-names.pem")).code is Code.DENY_IDENTITY
    anybody = Authorizer(root, policy(allow=[], allow_any=True))
    assert anybody.authorize(read("uri.pem")).label == "any"
    with pytest.raises(mtlsauth.ArgumentError):
        policy(max_ca_certificates=50)  # would loosen


def test_rules(root: Truststore, read: Read) -> None:
    rules: List[Any] = [
        [("partner", "dns:client.example.com")],
        [("no", "dns:no.example"), ("partner", ["dns:client.example.com", "!dns:x.example"])],
        {"partner": "dns:client.example.com"}, {"partner": ("dns:*.example.com",)}]
    for allow in rules:
        decision = Authorizer(root, policy(allow=allow)).authorize(read("two-names.pem"))
        assert decision.label == "partner"
    own = policy(allow=[])
    own.allow("dns:client.example.com", "dns:client.example.com")
    own.allow("a label: with a colon", "dns:x.example")
    assert Authorizer(root, own).authorize(read("two-names.pem")).label == "dns:client.example.com"
    long = "uri:spiffe://acme.example/" + 300 * "x"
    made = policy(allow=[long, "dns:client.example.com"], block=["spki:" + 64 * "0"])
    made.allow_rfc8705("oauth", "tls_client_auth_san_dns", "client.example.com")
    made.set_min_hash_bits(256)
    made.set_min_rsa_bits(2048)
    made.set_min_ec_bits(256)
    made.set_budget(10, 1000, 1000)
    made.set_limits(mtlsauth.Limits(names=10))
    made.set_crl_max_age(timedelta(days=2))
    made.set_clock_skew(60)
    made.set_required_eku("1.3.6.1.5.5.7.3.2")
    made.set_insecure_certificate_wildcards(True)
    assert Authorizer(root, made).authorize(read("two-names.pem"))
    assert policy(allow=["subject.CN:x"]).lint(root) != []
    assert policy().lint() == []


@pytest.mark.parametrize("settings, kind", [
    ({"allow": "dns:x.example"}, TypeError), ({"allow": [b"dns:x"]}, TypeError),
    ({"allow": [("a", "dns:x", 3)]}, TypeError), ({"allow": [("é", "dns:x.example")]}, ValueError),
    ({"block": ["subject.CN:a,subject.CN:b"]}, mtlsauth.ParseError),
    ({"block": ['subject.CN:"a"']}, mtlsauth.ParseError),
    ({"block": ["subject.CN:a\u200b"]}, mtlsauth.ParseError),
    ({"allow": [("a", ["dns:x", "!subject.O:a, !subject.O:b"])]}, mtlsauth.ParseError),
    ({"allow": ["nonsense"]}, mtlsauth.ParseError), ({"allow": [("a", [])]}, mtlsauth.Error),
    ({"allow": [("dns:nobody.example", "anchor:" + 64 * "0")]}, ValueError),
    ({"allow": {"dns:nobody.example": "dns:client.example.com"}}, ValueError),
    ({"allow": [("!DNS:nobody.example", ["dns:client.example.com"])]}, ValueError),
    ({"allow": [("subject.O:Example", "dns:client.example.com")]}, ValueError),
    ({"allow": [], "allow_any": "dns:nobody.example"}, ValueError),
    ({"allow": None}, TypeError), ({"block": "spki:00"}, TypeError),
    ({"profile": "apigateway"}, ValueError), ({"profile": 17}, ValueError),
    ({"profile": None}, TypeError), ({"profile": True}, TypeError),
    ({"revocation": "maybe"}, ValueError), ({"time": datetime(2024, 1, 1)}, ValueError),
    ({"time": "now"}, TypeError), ({"time": 2 ** 63}, ValueError),
    ({"time": 10 ** 400}, ValueError), ({"time": 1, "clock": int}, ValueError),
    ({"clock": 17}, TypeError), ({"max_ca_certificates": 2 ** 32 + 1}, ValueError),
    ({"max_ca_certificates": -1}, ValueError), ({"partial_chain": 1}, TypeError),
    ({"limits": 5}, TypeError), ({"allow": ["dns:a\0b"]}, ValueError),
    ({"allow": ["dns:\ud800"]}, ValueError), ({"clock_skew": 1.5}, TypeError),
    ({"allow_any": ""}, mtlsauth.Error), ({"revocation": None, "depth": "chain"}, ValueError),
    ({"revocation": None, "depth": "leafs"}, ValueError)])
def test_wrong_settings(settings: Dict[str, Any], kind: type) -> None:
    with pytest.raises(kind):
        policy(**settings)


def test_all_insecure_setters() -> None:
    made = policy()
    made.set_insecure_min_rsa_bits(1024)
    made.set_insecure_min_ec_bits(224)
    made.set_insecure_min_hash_bits(80)
    made.set_insecure_skip_time(True)
    made.set_insecure_revocation_grace(timedelta(hours=1))
    made.set_insecure_allow_unknown_revocation(True)
    made.set_insecure_crl_without_number(True)
    made.set_insecure_max_ca_certificates(20)
    made.set_ocsp_max_age(3600)
    made.set_revocation_for_issuer(bytes(32), "crl")
    made.require_certificate_policy("2.5.29.32.0")
    made.set_explicit_policy(True)
    made.set_inhibit_mapping(True)
    made.set_inhibit_any_policy(True)
    made.set_partial_chain(True)
    with pytest.raises(ValueError):
        made.set_revocation_for_issuer(b"short", "crl")


def test_revocation(root: Truststore, data: Path, read: Read) -> None:
    rules = policy(revocation="crl", depth="leaf")
    authorizer = Authorizer(root, rules)
    assert authorizer.authorize(read("two-names.pem")).code is Code.DENY_REVOCATION_UNKNOWN
    crl = Crl.load_file(data / "root.crl", root, rules)
    authorizer.put_crl(crl)
    assert authorizer.authorize(read("two-names.pem"))
    decision = authorizer.authorize(read("revoked.pem"))
    assert decision.code is Code.DENY_REVOKED and decision.depth == 0
    assert decision.revoked_at is not None and decision.revoked_at.tzinfo is timezone.utc
    assert decision.revocation_reason is mtlsauth.CrlReason.KEY_COMPROMISE
    assert decision.crl_number == crl.number_hex and decision.revoked_by == "crl"
    with pytest.raises(mtlsauth.RollbackError):
        authorizer.put_crl(Crl.load_file(data / "root-older.crl", root, rules))
    authorizer.remove_crl(crl)
    with pytest.raises(mtlsauth.NotFoundError):
        authorizer.remove_crl(crl)
    stale = Authorizer(root, rules)
    stale.put_crl(Crl.load_file(data / "stale.crl", root, rules))
    decision = stale.authorize(read("two-names.pem"))
    assert decision.code is Code.DENY_REVOCATION_STALE and decision.stale_since is not None


def test_state_dir(root: Truststore, data: Path, tmp_path: Path) -> None:
    rules = policy(revocation="crl")
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    first = Authorizer(root, rules)
    first.set_state_dir(folder)
    first.put_crl(Crl.load_file(data / "root.crl", root, rules))
    older = Crl.load_file(data / "root-older.crl", root, rules)
    second = Authorizer(root, rules)
    second.set_state_dir(str(folder))
    with pytest.raises(mtlsauth.RollbackError):
        second.put_crl(older)
    mtlsauth.accept_rollback(folder, older)
    second.put_crl(older)
    with pytest.raises(mtlsauth.FileError):
        Authorizer(root, rules).set_state_dir(tmp_path / "nowhere")


def test_update_is_one_generation(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy())
    authorizer.update(truststore=Truststore.from_pem(read("other-root.pem")),
                      policy=policy(allow=[], allow_any="partner"),
                      intermediates=Chain.parse(read("intermediate.pem")))
    assert authorizer.generation == 2
    assert authorizer.authorize(read("other-ca-client.pem")).label == "partner"
    authorizer.update(truststore=root)
    assert authorizer.authorize(read("client.pem")).label == "partner"
    authorizer.update(no_intermediates=True)
    assert authorizer.authorize(read("client.pem")).code == mtlsauth.Code.DENY_ISSUER_NOT_FOUND
    with pytest.raises(mtlsauth.ArgumentError):
        authorizer.update(intermediates=Chain.parse(read("intermediate.pem")),
                          no_intermediates=True)
    with pytest.raises(mtlsauth.ArgumentError):
        authorizer.update()
    with pytest.raises(ZeroDivisionError):
        authorizer.update(policy=policy(clock=lambda: 1 // 0))
        authorizer.authorize(read("client.pem"))


def test_files_and_refresh(root: Truststore, data: Path, read: Read, tmp_path: Path) -> None:
    authorizer = Authorizer(root, policy(revocation="crl"))
    trusted, folder, single = tmp_path / "trusted.pem", tmp_path / "crls", tmp_path / "one.crl"
    trusted.write_bytes(read("root.pem"))
    folder.mkdir()
    (folder / "root.crl").write_bytes(read("root.crl"))
    single.write_bytes(read("intermediate.crl"))
    authorizer.add_truststore_file(trusted)
    authorizer.add_crl_dir(folder)
    authorizer.add_crl_file(str(single), Certificate.parse(read("intermediate.pem")))
    assert authorizer.authorize(read("revoked.pem")).code is Code.DENY_REVOKED
    assert authorizer.authorize(read("expired.pem")).code is Code.DENY_EXPIRED
    generation = authorizer.generation
    said = authorizer.refresh()
    assert said.code is Code.OK and not said.changed and len(said.report) == 0
    (folder / "root.crl").write_bytes(read("root-newer.crl"))
    said = authorizer.refresh()
    assert said.code is Code.OK and said.changed and authorizer.generation == generation + 1
    (folder / "root.crl").write_bytes(read("root-older.crl"))
    trusted.write_bytes(b"nothing")
    said = authorizer.refresh()
    assert said.code is not Code.OK and said.report.to_dict()
    assert {finding.code for finding in said.report} == {Lint.NOT_LOADED, Lint.ROLLBACK}
    assert authorizer.authorize(read("two-names.pem"))
    stats = authorizer.stats()
    assert stats["generation"] == authorizer.generation and len(stats["crls"]) == 2
    assert stats["decisions"]["MTLSAUTH_DENY_REVOKED"] == 1 and stats["rollbacks_refused"] >= 1
    with pytest.raises(mtlsauth.FileError):
        authorizer.add_crl_file(tmp_path / "nothing.crl")
    with pytest.raises(TypeError):
        authorizer.add_crl_file(single, root)  # type: ignore[arg-type]


def test_long_statistics(root: Truststore, read: Read, tmp_path: Path) -> None:
    """Longer than the first buffer."""
    bundle = Truststore.from_pem(read("bundle-1000.pem"))
    rules = policy(revocation="crl")
    authorizer = Authorizer(bundle, rules)
    for number in range(1, 8):
        authorizer.put_crl(make_crl(number, "http://crl.example/" + str(number) + 600 * "x",
                                    read, rules))
    stats = authorizer.stats()
    assert len(json.dumps(stats)) > 4096 and len(stats["crls"]) == 7


def make_crl(number: int, point: str, read: Read, rules: Policy) -> Crl:
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    issuer = x509.load_pem_x509_certificate(read("root.pem"))
    made = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(
        datetime(2024, 1, 1)).next_update(datetime(2030, 1, 1)).add_extension(
            x509.CRLNumber(number), critical=False).add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),
                critical=False).add_extension(x509.IssuingDistributionPoint(
                    [x509.UniformResourceIdentifier(point)], None, False, False, None, False,
                    False), critical=True).sign(
                        serialization.load_pem_private_key(read("root.key"), None),
                        hashes.SHA256())
    return Crl.load(made.public_bytes(serialization.Encoding.DER),
                    Certificate.parse(read("root.pem")), rules)


def test_verify_path_is_no_authorization(root: Truststore, read: Read) -> None:
    decision = mtlsauth.verify_path(root, Chain.parse(read("uri.pem")), policy())
    assert decision.code is Code.OK and not decision and len(decision.path) == 2
    assert mtlsauth.verify_path(root, None, policy()).code is Code.DENY_NO_CERTIFICATE
    assert mtlsauth.verify_path(root, Chain.parse(read("expired.pem")),
                                policy()).code is Code.DENY_EXPIRED


def test_decision_keeps_what_it_says(authorizer: Authorizer, read: Read) -> None:
    """Its memory is used again only when nobody can read it any more."""
    kept = [authorizer.authorize(read(name)) for name in
            ("two-names.pem", "expired.pem", "uri.pem", "self-signed.pem")]
    before = [(decision.message, decision.identity, decision.json) for decision in kept]
    for _ in range(200):
        authorizer.authorize(read("not-yet-valid.pem"))
    assert [(d.message, d.identity, d.json) for d in kept] == before
    path = kept[0].path
    kept.clear()
    for _ in range(200):
        authorizer.authorize(read("not-yet-valid.pem"))
    assert path[0].subject == "CN=example.com" and path[1].is_ca


def test_fresh_decision_denies() -> None:
    decision = Decision()
    assert not decision and decision.code is Code.DENY_NOT_EVALUATED
    assert decision.to_dict()["allowed"] is False and decision.message == "not evaluated"


def test_fixed_time_and_skew(root: Truststore, read: Read) -> None:
    east = timezone(timedelta(hours=5))
    # All certificates but expired.pem, which is older than its root, begin with the year 2020 (UTC).
    for name, when, code in (
            ("two-names.pem", NOW, Code.OK),
            ("two-names.pem", datetime(2020, 1, 1, tzinfo=timezone.utc), Code.OK),
            ("two-names.pem", datetime(2020, 1, 1, 5, tzinfo=east), Code.OK),
            ("two-names.pem", datetime(2020, 1, 1, 4, 59, 59, tzinfo=east), Code.DENY_NOT_YET_VALID),
            ("two-names.pem", 0, Code.DENY_NOT_YET_VALID),
            ("expired.pem", datetime(2014, 1, 1, tzinfo=timezone.utc), Code.DENY_NOT_YET_VALID),
            ("expired.pem", NOW, Code.DENY_EXPIRED)):
        decided = mtlsauth.verify_path(root, Chain.parse(read(name)),
                                       policy(time=when, profile="strict")).code
        assert decided is code, (name, when)
    last = datetime(2049, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    late = last + timedelta(seconds=30)
    leaf = read("two-names.pem")
    assert Authorizer(root, policy(time=last)).authorize(leaf)
    assert not Authorizer(root, policy(time=late)).authorize(leaf)
    assert Authorizer(root, policy(time=late, clock_skew=timedelta(minutes=1))).authorize(leaf)
