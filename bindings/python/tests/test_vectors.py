# SPDX-License-Identifier: MIT
"""The vectors of the C suite, decided from Python with the settings of its runners.

Two comparisons: with what the suite expects (tests/conformance/divergences.txt has what is known),
and, where the runners were built, with the very code that they give.
"""
import base64
import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

import pytest

import mtlsauth
from conftest import BUILD, ROOT, skip, vectors
from mtlsauth import Authorizer, Certificate, Chain, Code, Crl, Limits, OcspRequest, \
    OcspResponse, Policy, Truststore

Case = Dict[str, Any]
# rfc5280::... and the one of webpki:: that speaks of clients (tests/conformance/limbo.c).
COUNTED_ALL_THE_SAME = "webpki::san::no-san"
MEMBERS = {"DNS": "tls_client_auth_san_dns", "IP": "tls_client_auth_san_ip",
           "RFC822": "tls_client_auth_san_email"}


def cases(name: str) -> List[Case]:
    return list(json.loads(vectors(name).read_text())["testcases"])


def test_missing_vectors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MTLSAUTH_VECTORS", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="pkits.json is not there"):
        cases("pkits.json")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="pkits.json is not there"):
        cases("pkits.json")


def divergences(suite: str) -> Tuple[Set[str], Set[str]]:
    """Ids that fail, and ids that the runner does not run."""
    fails: Set[str] = set()
    skips: Set[str] = set()
    for line in (ROOT / "tests" / "conformance" / "divergences.txt").read_text().splitlines():
        words = line.split()
        if words[1:2] == [suite] and words[0] in ("fail", "skip"):
            (fails if words[0] == "fail" else skips).add(words[2])
    return fails, skips


def said_by_c(runner: str, name: str, word: str = r"(MTLSAUTH_\w+)") -> Dict[str, str]:
    """id -> name of the code, or another word, from the runner of the C suite."""
    program = BUILD / "tests" / "conformance" / runner
    if not program.is_file():
        skip(f"{program} was not built: libjansson-dev is needed")
    env = {**os.environ, "CONFORMANCE_VERBOSE": "1"}
    env.pop("LD_PRELOAD", None)
    done = subprocess.run([str(program), str(vectors(name))], env=env, text=True,
                          stdout=subprocess.PIPE, check=False)
    found = dict(re.findall(r"^  ok (\S+): " + word, done.stdout, flags=re.M))
    found.update(re.findall(r"^(?:FAIL|also) (\S+): is to be \w+, we say " + word,
                            done.stdout, flags=re.M))
    assert len(found) > 20, done.stdout[-500:]
    return found


def pem_of(*parts: Any) -> str:
    return "".join("".join(part) if isinstance(part, list) else part or "" for part in parts)


def first_of(pem: str, signers: List[Any], policy: Policy) -> Optional[Crl]:
    """The list as the first of the signers has signed it: one that is refused is no list."""
    for signer in signers:
        try:
            return Crl.load(pem, signer, policy)
        except mtlsauth.Error:
            continue
    return None


def decide(trusted: str, presented: str, policy: Policy, limits: Any = None,
           crls: Tuple[str, ...] = (), of_chain: bool = False) -> Code:
    """of_chain: the certificates of the chain sign lists, too, and are known to the authorizer."""
    try:
        truststore = Truststore.from_pem(trusted, limits)
        chain = Chain.parse(presented, "pem", limits)
    except mtlsauth.Error as error:
        return error.code
    authorizer = Authorizer(truststore, policy)
    if of_chain:
        authorizer.set_intermediates(chain)
    for pem in crls:
        crl = first_of(pem, [truststore, *([*chain] if of_chain else [])], policy)
        if crl is not None:
            authorizer.put_crl(crl)
    decision = authorizer.authorize(chain)
    assert bool(decision) is (decision.code is Code.OK)
    return decision.code


def limbo_policy(case: Case, limits: Limits) -> Policy:
    server = case["validation_kind"] == "SERVER"
    policy = Policy("strict", revocation="crl" if case["crls"] else "off", limits=limits)
    if server:
        policy.set_required_eku("1.3.6.1.5.5.7.3.1")
        policy.set_insecure_certificate_wildcards(True)
    if case["validation_time"]:
        policy.set_time(datetime.fromisoformat(case["validation_time"].replace("Z", "+00:00")))
    depth = case.get("max_chain_depth")
    if isinstance(depth, int) and depth + 1 < 200:
        policy.set_max_ca_certificates(depth + 1)
    names = [case["expected_peer_name"]] if server else case["expected_peer_names"]
    names = [name for name in names if name]
    for name in names:
        policy.allow_rfc8705("peer", MEMBERS[name["kind"]], name["value"])
    if not names:
        policy.allow_any("anybody")
    return policy


@pytest.fixture(scope="module")
def limbo_limits() -> Limits:
    return Limits(certificate_bytes=1 << 20, chain_bytes=4 << 20, chain_certificates=1000,
                  names=10000)


@pytest.mark.parametrize("name, least", [("limbo.json", 100), ("bettertls-small.json", 200)])
def test_limbo(name: str, least: int, limbo_limits: Limits) -> None:
    fails, skips = divergences("limbo")
    said: Dict[str, Code] = {}
    for case in cases(name):
        if case["id"] in skips:
            continue
        code = decide(pem_of(case["trusted_certs"]),
                      pem_of(case["peer_certificate"], case["untrusted_intermediates"]),
                      limbo_policy(case, limbo_limits), limbo_limits, tuple(case["crls"]))
        said[case["id"]] = code
        counted = not case["id"].startswith("webpki::") or case["id"] == COUNTED_ALL_THE_SAME
        if counted and case["id"] not in fails:
            assert (code is Code.OK) == (case["expected_result"] == "SUCCESS"), (case["id"], code)
    assert len(said) >= least
    assert {key: code.symbol for key, code in said.items()} == said_by_c("limbo", name)


def test_pkits() -> None:
    fails, skips = divergences("pkits")
    said: Dict[str, Code] = {}
    for case in cases("pkits.json"):
        if case["uid"] in skips:
            continue
        policy = Policy(revocation="crl", depth="chain", allow_any="anybody",
                        time=case["validation_time_unix"])
        policy.set_insecure_max_ca_certificates(20)
        for oid in case["initial_policy_set"]:
            policy.require_certificate_policy(oid)
        policy.set_explicit_policy(case["initial_explicit_policy"])
        policy.set_inhibit_mapping(case["initial_policy_mapping_inhibit"])
        policy.set_inhibit_any_policy(case["initial_any_policy_inhibit"])
        code = decide(case["trust_anchor"], pem_of(case["chain"]), policy,
                      crls=tuple(case["crls"]), of_chain=True)
        said[case["uid"]] = code
        if case["uid"] not in fails:
            assert (code is Code.OK) == case["should_validate"], (case["uid"], code)
    assert len(said) >= 249
    assert {key: code.symbol for key, code in said.items()} == said_by_c("pkits", "pkits.json")


def test_crl() -> None:
    fails, skips = divergences("crl")
    said: Dict[str, str] = {}
    for case in cases("crl_unittest.json"):
        policy = Policy(time=case["verify_time_unix"], crl_max_age=case["max_age_seconds"])
        policy.set_insecure_min_rsa_bits(1024)
        policy.set_insecure_crl_without_number(True)
        issuer = Certificate.parse(case["issuer"])
        others = [Certificate.parse(case["issuer2"])] if case["issuer2"] else []
        crl = first_of(case["crl"], [issuer, *others], policy)
        status = "UNKNOWN"
        if crl is not None:
            assert (crl.next_update is None) == ("no_nextupdate" in case["id"])
            result = crl.check(Certificate.parse(case["certificate"]), issuer, policy)
            status = result.status.name.replace("STALE", "UNKNOWN")
        said[case["id"]] = status
        if case["id"] not in fails | skips:
            assert status == case["expected"], case["id"]
    assert len(said) >= 60
    assert said == said_by_c("crl", "crl_unittest.json", r"MTLSAUTH_\w+: (\w+) instead of \w+")


def der_of(pem: str) -> bytes:
    return base64.b64decode(re.sub(r"-----[^-]*-----|\s", "", pem))


def ocsp_answer(case: Case, cert: Certificate, issuer: Certificate) -> str:
    policy = Policy("strict", ocsp_max_age=case.get("max_age_seconds"),
                    time=case.get("verify_time_unix"))
    policy.set_insecure_min_rsa_bits(1024)
    policy.set_insecure_min_hash_bits(100)
    try:
        status = OcspResponse.parse(der_of(case["ocsp_response"])).check(cert, issuer, policy)
    except mtlsauth.Error:
        return "UNKNOWN"
    return status.status.name


def test_ocsp() -> None:
    path = ROOT / "tests" / "conformance" / "ocsp" / "own.json"
    run: List[str] = []
    requests = 0
    for case in json.loads(path.read_text())["testcases"]:
        cert, issuer = Certificate.parse(case["certificate"]), Certificate.parse(case["issuer"])
        expected = case["expected_revocation_status"]
        assert ocsp_answer(case, cert, issuer) == expected.upper(), case["id"]
        if case["ocsp_request"] is not None:
            made = [OcspRequest(cert, issuer, flags).der for flags in
                    (mtlsauth.OcspFlag(0), mtlsauth.OcspFlag.SHA256)]
            assert der_of(case["ocsp_request"]) in made, case["id"]
            requests += 1
        run.append(case["id"])
    assert len(run) >= 18 and requests > 0


# The reason of each of the project's own certificates (tests/data/README.md).
OWN = [
    ("two-names.pem", "OK"), ("chain.pem", "OK"), ("rsa2048.pem", "OK"), ("ed25519.pem", "OK"),
    ("ed448.pem", "OK"), ("p521.pem", "OK"), ("rsapss.pem", "OK"), ("no-eku.pem", "OK"),
    ("nc-ok-chain.pem", "IDENTITY"), ("no-san.pem", "IDENTITY"), ("wildcard-san.pem", "IDENTITY"),
    ("expired.pem", "EXPIRED"), ("not-yet-valid.pem", "NOT_YET_VALID"),
    ("server-eku.pem", "EXTENDED_KEY_USAGE"), ("critical-unknown.pem", "CRITICAL_EXTENSION"),
    ("nul-san.pem", "BAD_NAME"), ("nul-cn.pem", "BAD_NAME"), ("rsa1024.pem", "WEAK_KEY"),
    ("sha1.pem", "WEAK_SIGNATURE"), ("weak-curve.pem", "WEAK_KEY"),
    ("self-signed.pem", "SELF_SIGNED"), ("other-ca-client.pem", "ISSUER_NOT_FOUND"),
    ("clone-client.pem", "BAD_SIGNATURE"), ("pathlen-chain.pem", "PATH_LENGTH"),
    ("long-chain.pem", "CHAIN_TOO_LONG"), ("nc-chain.pem", "NAME_CONSTRAINTS"),
    ("leaf-issued-by-leaf.pem", "NOT_A_CA"), ("v1-intermediate-chain.pem", "NOT_A_CA"),
    ("expired-ca-chain.pem", "EXPIRED"), ("sha1-ca-chain.pem", "WEAK_SIGNATURE"),
    ("rsa1024-ca-chain.pem", "WEAK_KEY"), ("many-san.pem", "LIMIT"), ("garbage.pem", "MALFORMED"),
    ("client.pem", "ISSUER_NOT_FOUND"),
]


@pytest.mark.parametrize("name, reason", OWN)
def test_own_data(name: str, reason: str, data: Path, read: Callable[[str], bytes]) -> None:
    """The same answer as the command-line tool, which asks the library without Python."""
    root, at = data / "root.pem", "2024-06-01T00:00:00Z"
    policy = Policy(allow=["dns:client.example.com"], revocation="off",
                    time=datetime.fromisoformat(at.replace("Z", "+00:00")))
    decision = Authorizer(Truststore.from_file(root), policy).authorize(read(name), "pem")
    assert decision.code.name.replace("DENY_", "") == reason, decision.message
    tool = BUILD / "examples" / "mtlsauth"
    if not tool.is_file():
        skip(f"{tool} was not built")
    env = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
    done = subprocess.run(
        [str(tool), "check", "--json", "--truststore", str(root), "--at", at, "--format", "pem",
         "--allow", "dns:client.example.com", str(data / name)], env=env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == (0 if decision else 1), done.stderr
    said = json.loads(done.stdout)
    ours = decision.to_dict()
    assert {**said, "label": ""} == {**ours, "label": ""}
