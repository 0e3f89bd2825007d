# SPDX-License-Identifier: MIT
"""Certificate revocation lists."""
import ctypes
from datetime import datetime
from typing import Any, Callable, Iterator, NamedTuple, Optional, Tuple, Union

from ._base import Handle, Owner, buffer_of, digest, handle_of, made, tried, utf8, wanted
from ._callbacks import PROGRESSED, Callback, ProgressFunction, prepare, raise_pending
from ._cert import Certificate
from ._codes import CrlReason, CrlScope, CrlStatus
from ._errors import check, failure
from ._ffi import CRL_MAX_SERIAL, NO_TIME, lib
from ._policy import Policy
from ._truststore import Truststore
from ._values import Bytes, Data, Path, integer, octets, octets_or_text, path, time_of, \
    time_or_none, type_error

CrlHandle = handle_of("crl")
OptionsHandle = handle_of("crl_options")

Serial = Union[int, bytes, bytearray, memoryview]
Issuer = Union[Certificate, Truststore]


class CrlEntry(NamedTuple):
    """An entry: the serial number, when it was revoked, and why."""

    serial: int
    revoked_at: Optional[datetime]
    reason: CrlReason


class CrlResult(NamedTuple):
    """What a list says of a certificate."""

    status: CrlStatus
    revoked_at: Optional[datetime]
    reason: CrlReason

    def __bool__(self) -> bool:
        raise TypeError("what a list says is in the status of the result: compare it with CrlStatus")


def serial_octets(serial: Serial) -> bytes:
    """The content of an INTEGER: as it is, or of a number."""
    if isinstance(serial, int) and not isinstance(serial, bool):
        # One bit more than the number has, for the sign.
        length = (serial + (serial < 0)).bit_length() // 8 + 1
        return serial.to_bytes(length, "big", signed=True)
    if isinstance(serial, (bytes, bytearray, memoryview)):
        return octets(serial)
    raise type_error("a serial number", "int or bytes", serial)


def _options(progress: Optional[Callback], max_bytes: Optional[int], max_entries: Optional[int],
             max_serial: Optional[int]) -> Handle:
    options = made(OptionsHandle, lib.crl_options_new)
    for name, setter, value in (("max_bytes", lib.crl_options_set_max_bytes, max_bytes),
                                ("max_entries", lib.crl_options_set_max_entries, max_entries),
                                ("max_serial", lib.crl_options_set_max_serial, max_serial)):
        if value is not None:
            check(setter(options, integer(value, name, 1, 2 ** 63 - 1)))
    if progress is not None:
        check(lib.crl_options_set_progress(options, PROGRESSED, progress.number))
    return options


def _loader(issuer: Issuer, with_certificate: Callable[..., int],
            with_truststore: Callable[..., int]) -> Callable[..., int]:
    if isinstance(issuer, Truststore):
        return with_truststore
    if not isinstance(issuer, Certificate):
        raise type_error("issuer", "a Certificate or a Truststore", issuer)
    return with_certificate


class Crl(Owner):
    """A list: "serial in crl", iteration and len() are the bare list; whether it speaks of a
    certificate, and is current, is what check() and an Authorizer say."""

    __slots__ = ()

    @classmethod
    def _make(cls, function: Callable[..., int], source: Tuple[Any, ...],
              signer: Optional[Tuple[Issuer, Policy]], progress: Optional[ProgressFunction],
              *limits: Optional[int]) -> "Crl":
        callback = None if progress is None else Callback(progress, "progress")
        if callback is not None:
            prepare()
        options = _options(callback, *limits)
        if signer is None:
            failed, handle = tried(CrlHandle, function, *source, options)
        else:
            issuer, policy = signer
            with wanted(policy, Policy, "policy")._reading() as rules:
                failed, handle = tried(CrlHandle, function, *source, issuer._h, rules, options)
        raise_pending(failed)
        return cls._own(handle)

    @classmethod
    def load(cls, data: Data, issuer: Issuer, policy: Policy, *,
             progress: Optional[ProgressFunction] = None, max_bytes: Optional[int] = None,
             max_entries: Optional[int] = None, max_serial: Optional[int] = None) -> "Crl":
        """Reads, vets and verifies a list, DER or PEM.

        issuer    the certificate whose key signed it, or a truststore in which to look for it
        progress  called with octets read and octets in all (0: not known); true ends the load with
                  a CancelledError, and what it raises comes out of here
        """
        raw = octets_or_text(data)
        function = _loader(issuer, lib.crl_load, lib.crl_load_from_truststore)
        return cls._make(function, (raw, len(raw)), (issuer, policy), progress, max_bytes,
                         max_entries, max_serial)

    @classmethod
    def load_file(cls, name: Path, issuer: Issuer, policy: Policy, *,
                  progress: Optional[ProgressFunction] = None, max_bytes: Optional[int] = None,
                  max_entries: Optional[int] = None, max_serial: Optional[int] = None) -> "Crl":
        """The same from a file, read in pieces."""
        function = _loader(issuer, lib.crl_load_file, lib.crl_load_file_from_truststore)
        return cls._make(function, (path(name),), (issuer, policy), progress, max_bytes,
                         max_entries, max_serial)

    @classmethod
    def parse(cls, data: Data, *, progress: Optional[ProgressFunction] = None,
              max_bytes: Optional[int] = None, max_entries: Optional[int] = None,
              max_serial: Optional[int] = None) -> "Crl":
        """Reads a list for inspection: its signature is not checked, nothing can be looked up."""
        raw = octets_or_text(data)
        return cls._make(lib.crl_parse, (raw, len(raw)), None, progress, max_bytes, max_entries,
                         max_serial)

    @classmethod
    def open(cls, name: Path, key: Optional[Bytes] = None) -> "Crl":
        """Opens what save() has written, with the same key."""
        secret = None if key is None else octets(key, "the key")
        return cls._own(made(CrlHandle, lib.crl_open_file, path(name), secret,
                             len(secret or b"")))

    @classmethod
    def open_bytes(cls, data: Bytes, key: Bytes) -> "Crl":
        """The same from memory, which has to have a key."""
        raw, secret = octets(data), octets(key, "the key")
        return cls._own(made(CrlHandle, lib.crl_open, raw, len(raw), secret, len(secret)))

    def save(self, name: Path, key: Optional[Bytes] = None) -> None:
        """Saves a verified list as a compiled index. It crosses machines only with a key."""
        secret = None if key is None else octets(key, "the key")
        check(lib.crl_save(self._h, path(name), secret, len(secret or b"")))

    def find(self, serial: Serial) -> Optional[CrlEntry]:
        """The entry of a serial number, an int or the octets of its INTEGER."""
        raw = serial_octets(serial)
        found, date, reason = ctypes.c_int(), ctypes.c_int64(), ctypes.c_int()
        check(lib.crl_find(self._h, raw, len(raw), ctypes.byref(found), ctypes.byref(date),
                           ctypes.byref(reason)))
        if not found.value:
            return None
        return CrlEntry(int.from_bytes(raw, "big", signed=True), time_or_none(date.value),
                        CrlReason.of(reason.value))

    def __contains__(self, serial: Serial) -> bool:
        raw = serial_octets(serial)
        found = ctypes.c_int()
        check(lib.crl_find(self._h, raw, len(raw), ctypes.byref(found), None, None))
        return found.value == 1

    def check(self, cert: Certificate, issuer: Certificate, policy: Policy) -> CrlResult:
        """What the list says of a certificate at the policy's time. issuer: of a verified path."""
        status, date, reason = ctypes.c_int(), ctypes.c_int64(NO_TIME), ctypes.c_int(-1)
        with wanted(policy, Policy, "policy")._asking() as (rules, ticks):
            code = lib.crl_check(self._h, wanted(cert, Certificate, "cert")._h,
                                 wanted(issuer, Certificate, "issuer")._h, rules,
                                 ctypes.byref(status), ctypes.byref(date), ctypes.byref(reason))
            failed = failure(code)
        raise_pending(failed, ticks)
        return CrlResult(CrlStatus.of(status.value), time_or_none(date.value),
                         CrlReason.of(reason.value))

    def __len__(self) -> int:
        return int(lib.crl_count(self._h))

    def __bool__(self) -> bool:
        # A list without entries is a list.
        return True

    def __iter__(self) -> Iterator[CrlEntry]:
        """The entries, in the order of the index, which is not that of numbers."""
        handle = self._h
        return (_entry_at(handle, i) for i in range(lib.crl_count(handle)))

    @property
    def verified(self) -> bool:
        """Was its signature checked? Not so after parse()."""
        return bool(lib.crl_is_verified(self._h))

    @property
    def issuer(self) -> str:
        """As RFC 4514 writes it."""
        return utf8(lib.crl_issuer(self._h))

    @property
    def number(self) -> Optional[int]:
        """The cRLNumber; None without one."""
        raw = buffer_of(lib.crl_number, self._h)
        return int.from_bytes(raw, "big") if raw else None

    @property
    def number_hex(self) -> str:
        """The same in hexadecimal; "" without one."""
        return utf8(lib.crl_number_hex(self._h))

    @property
    def base_number(self) -> Optional[int]:
        """Of a delta CRL the number of the list that it says the changes of; else None."""
        raw = buffer_of(lib.crl_base_number, self._h)
        return int.from_bytes(raw, "big") if raw else None

    @property
    def base_number_hex(self) -> str:
        """The same in hexadecimal; "" for another list."""
        return utf8(lib.crl_base_number_hex(self._h))

    @property
    def this_update(self) -> datetime:
        """When it was issued, in UTC."""
        return time_of(lib.crl_this_update(self._h))

    @property
    def next_update(self) -> Optional[datetime]:
        """When the next one is due, in UTC; None for a list that does not say."""
        return time_or_none(lib.crl_next_update(self._h))

    @property
    def sha256(self) -> bytes:
        """Of what is signed, the tbsCertList."""
        return digest(lib.crl_sha256, self._h)

    @property
    def sha256_hex(self) -> str:
        """The same in hexadecimal."""
        return utf8(lib.crl_sha256_hex(self._h))

    @property
    def issuer_key(self) -> Optional[bytes]:
        """SHA-256 of the key that signed it; None for a list that was not verified."""
        return digest(lib.crl_issuer_key, self._h) or None

    @property
    def signature(self) -> str:
        """The algorithm of the signature."""
        return utf8(lib.crl_signature_text(self._h))

    @property
    def distribution_point(self) -> str:
        """The first name of its issuingDistributionPoint; "" without one."""
        return utf8(lib.crl_distribution_point(self._h))

    @property
    def scope(self) -> CrlScope:
        """The certificates of which it speaks."""
        return CrlScope(lib.crl_scope(self._h))

    @property
    def reasons(self) -> int:
        """The reasons that it speaks of, bit n of ReasonFlags as 1 << n; 0: all of them."""
        return int(lib.crl_reasons(self._h))

    @property
    def memory(self) -> int:
        """Octets that the entries take."""
        return int(lib.crl_memory(self._h))

    def __repr__(self) -> str:
        return "<Crl closed>" if self.closed else f"<Crl of {len(self)} by {self.issuer}>"


def _entry_at(handle: Handle, i: int) -> CrlEntry:
    serial = ctypes.create_string_buffer(CRL_MAX_SERIAL + 1)
    length, date, reason = ctypes.c_size_t(), ctypes.c_int64(), ctypes.c_int()
    check(lib.crl_serial_at(handle, i, serial, len(serial), ctypes.byref(length),
                            ctypes.byref(date), ctypes.byref(reason)))
    return CrlEntry(int.from_bytes(serial.raw[:length.value], "big", signed=True),
                    time_or_none(date.value), CrlReason.of(reason.value))


def reason_name(reason: Union[CrlReason, int]) -> str:
    """A reason as RFC 5280 5.3.1 calls it, "keyCompromise"; "" for none."""
    return utf8(lib.crl_reason_name(integer(reason, "the reason", -2 ** 31, 2 ** 31 - 1)))
