# SPDX-License-Identifier: MIT
"""Revocation lists."""
import os
import random
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, List, Tuple

import pytest

import mtlsauth
from conftest import SANITIZED, policy, skip
from mtlsauth import Certificate, Crl, CrlReason, CrlStatus, Truststore
from mtlsauth._crl import serial_octets

Read = Callable[[str], bytes]
KEY = bytes(range(32))


@pytest.fixture()
def crl(root: Truststore, data: Path) -> Crl:
    return Crl.load_file(data / "root.crl", root, policy(revocation="crl"))


def test_what_a_list_says(crl: Crl, read: Read) -> None:
    revoked = Certificate.parse(read("revoked.pem"))
    good = Certificate.parse(read("two-names.pem"))
    assert len(crl) == 1 and crl and crl.verified and crl.number == 2 and crl.number_hex == "02"
    assert revoked.serial in crl and revoked.serial_number in crl
    assert good.serial not in crl and good.serial_number not in crl and -1 not in crl
    entry = crl.find(revoked.serial_number)
    assert entry is not None and entry.reason is CrlReason.KEY_COMPROMISE
    assert entry.serial == revoked.serial_number and entry.revoked_at is not None
    assert list(crl) == [entry] and crl.find(good.serial) is None
    assert crl.issuer == revoked.issuer and crl.scope == 0 and crl.distribution_point == ""
    assert crl.this_update == datetime(2020, 1, 1, tzinfo=timezone.utc)
    assert crl.next_update is not None and crl.next_update.year == 2049
    assert len(crl.sha256) == 32 and crl.sha256.hex() == crl.sha256_hex and crl.memory > 0
    assert crl.issuer_key == Certificate.parse(read("root.pem")).spki_sha256
    assert "SHA-256" in crl.signature and repr(crl).startswith("<Crl of 1 by CN=Example Root")
    assert mtlsauth.reason_name(entry.reason) == "keyCompromise"
    assert mtlsauth.reason_name(-1) == ""


def test_forms_of_loading(data: Path, read: Read, root: Truststore) -> None:
    rules = policy(revocation="crl")
    issuer = root[0]
    lists = [Crl.load(read("root.crl"), issuer, rules), Crl.load(read("root.crl"), root, rules),
             Crl.load(read("root-der.crl"), root, rules),
             Crl.load(read("root.crl").decode(), root, rules),
             Crl.load_file(data / "root-der.crl", issuer, rules)]
    assert len({crl.sha256 for crl in lists}) == 1
    parsed = Crl.parse(read("root.crl"))
    assert not parsed.verified and parsed.issuer_key is None and len(list(parsed)) == 1
    with pytest.raises(mtlsauth.ArgumentError):
        parsed.find(1)
    with pytest.raises(mtlsauth.SignatureError):
        Crl.load(read("bad-signature.crl"), issuer, rules)
    with pytest.raises(mtlsauth.MismatchError):
        Crl.load(read("root.crl"), Certificate.parse(read("other-root.pem")), rules)
    with pytest.raises(mtlsauth.NotFoundError):
        Crl.load(read("root.crl"), Truststore.from_pem(read("other-root.pem")), rules)
    delta = Crl.load(read("delta.crl"), root, rules)
    assert delta.scope & mtlsauth.CrlScope.DELTA and delta.number == 3
    assert delta.base_number == 2 and lists[0].base_number is None
    with pytest.raises(mtlsauth.LimitError):
        Crl.load(read("root.crl"), root, rules, max_bytes=100)
    with pytest.raises(mtlsauth.LimitError):
        Crl.load(read("root-newer.crl"), root, rules, max_entries=1, max_serial=40)
    with pytest.raises(TypeError):
        Crl.load(read("root.crl"), read("root.pem"), rules)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Crl.load(read("root.crl"), issuer, None)  # type: ignore[arg-type]


def test_check(crl: Crl, read: Read, root: Truststore, data: Path) -> None:
    rules = policy(revocation="crl")
    good, revoked = (Certificate.parse(read(name)) for name in ("two-names.pem", "revoked.pem"))
    assert crl.check(good, root[0], rules) == (CrlStatus.GOOD, None, CrlReason.NONE)
    said = crl.check(revoked, root[0], rules)
    assert (said.status, said.reason) == (CrlStatus.REVOKED, CrlReason.KEY_COMPROMISE)
    with pytest.raises(TypeError, match="compare it with CrlStatus"):
        bool(said)
    other = Certificate.parse(read("other-root.pem"))
    assert crl.check(good, other, rules).status is CrlStatus.UNKNOWN
    stale = Crl.load_file(data / "stale.crl", root, rules)
    assert stale.check(good, root[0], rules).status is CrlStatus.STALE


def test_saved(crl: Crl, tmp_path: Path, read: Read) -> None:
    revoked = Certificate.parse(read("revoked.pem"))
    os.chmod(tmp_path, 0o700)
    for key in (None, KEY):
        crl.save(tmp_path / "list.idx", key)
        again = Crl.open(tmp_path / "list.idx", key)
        assert again.verified and revoked.serial in again and list(again) == list(crl)
    content = (tmp_path / "list.idx").read_bytes()
    assert revoked.serial in Crl.open_bytes(content, KEY)
    with pytest.raises(mtlsauth.SignatureError):
        Crl.open_bytes(content, bytes(32))
    with pytest.raises(mtlsauth.ParseError):
        Crl.open_bytes(content[:-1], KEY)
    with pytest.raises(mtlsauth.MismatchError):
        Crl.open(tmp_path / "list.idx")
    with pytest.raises(TypeError):
        Crl.open_bytes(content, None)  # type: ignore[arg-type]
    with pytest.raises(mtlsauth.ArgumentError):
        crl.save(tmp_path / "list.idx", b"short")
    with pytest.raises(mtlsauth.FileError):
        Crl.open(tmp_path / "nothing.idx")


def test_serial_octets() -> None:
    for number in [0, 1, 127, 128, 255, 256, -1, -127, -128, -129, 2 ** 63, -2 ** 63, 2 ** 159,
                   *(random.Random(1).getrandbits(160) for _ in range(100))]:
        raw = serial_octets(number)
        assert int.from_bytes(raw, "big", signed=True) == number
        # As short as it can be, which is what DER asks for.
        assert len(raw) == 1 or raw[0] not in (0, 255) or (raw[0] ^ raw[1]) & 128


@pytest.mark.parametrize("wrong", [None, "01", 1.0, True, [1]])
def test_wrong_serials(crl: Crl, wrong: object) -> None:
    with pytest.raises(TypeError):
        wrong in crl  # type: ignore[operator]  # pylint: disable=pointless-statement
    with pytest.raises(TypeError):
        crl.find(wrong)  # type: ignore[arg-type]


def test_odd_serials(crl: Crl) -> None:
    assert 10 ** 5000 not in crl and -10 ** 5000 not in crl
    for octets in (b"", b"\0\0"):
        with pytest.raises(mtlsauth.ArgumentError):
            octets in crl  # pylint: disable=pointless-statement


def test_progress(root: Truststore, data: Path) -> None:
    if not (data / "big.crl").is_file():
        skip("no big.crl in the test data")
    rules = policy(revocation="crl")
    seen: List[Tuple[int, int]] = []
    crl = Crl.load_file(data / "big.crl", root, rules,
                        progress=lambda done, total: seen.append((done, total)))
    assert len(crl) == 1000000 and len(seen) > 1
    assert seen == sorted(seen) and seen[-1][0] <= (data / "big.crl").stat().st_size
    with pytest.raises(mtlsauth.CancelledError):
        Crl.load_file(data / "big.crl", root, rules, progress=lambda done, total: done > 100000)

    class Stop(Exception):
        pass

    def raises(done: int, total: int) -> None:
        raise Stop("here")

    with pytest.raises(Stop, match="here"):
        Crl.load((data / "big.crl").read_bytes(), root, rules, progress=raises)
    with pytest.raises(KeyboardInterrupt):
        Crl.parse((data / "big.crl").read_bytes(),
                  progress=lambda done, total: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(TypeError):
        Crl.parse(b"x", progress=3)  # type: ignore[arg-type]
    # Nothing is left on the thread.
    assert Crl.load_file(data / "root.crl", root, rules).verified
    if not SANITIZED:
        entries = iter(crl)
        crl.close()
        # What iterates holds the list.
        assert next(entries).serial > 0
