# SPDX-License-Identifier: MIT
"""A certificate, a chain of them, and the limits within which they are read."""
import base64
import ctypes
from datetime import datetime
from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional, Tuple, Union, overload

from ._base import Handle, Owner, buffer_of, digest, handle_of, made, tried, utf8, wanted
from ._codes import Format, SanType
from ._errors import Error, check, error
from ._ffi import PTR_OUT, lib
from ._values import Bytes, Data, Path, integer, octets, octets_or_text, path, text, time_of, \
    type_error

CertHandle = handle_of("cert")
ChainHandle = handle_of("chain")
LimitsHandle = handle_of("limits")

FormatLike = Union[Format, int, str]


class Limits(Owner):
    """How much is read of what others send; what is not said stays at its default."""

    __slots__ = ()

    def __init__(self, *, certificate_bytes: Optional[int] = None,
                 chain_bytes: Optional[int] = None, chain_certificates: Optional[int] = None,
                 names: Optional[int] = None, truststore_bytes: Optional[int] = None,
                 truststore_certificates: Optional[int] = None) -> None:
        handle = made(LimitsHandle, lib.limits_new)
        for name, setter, value in (
                ("certificate_bytes", lib.limits_set_certificate_bytes, certificate_bytes),
                ("chain_bytes", lib.limits_set_chain_bytes, chain_bytes),
                ("chain_certificates", lib.limits_set_chain_certificates, chain_certificates),
                ("names", lib.limits_set_names, names),
                ("truststore_bytes", lib.limits_set_truststore_bytes, truststore_bytes),
                ("truststore_certificates", lib.limits_set_truststore_certificates,
                 truststore_certificates)):
            if value is not None:
                check(setter(handle, integer(value, name, 1, 2 ** 63 - 1)))
        self._h = handle

    def __repr__(self) -> str:
        return "<Limits closed>" if self.closed else "<Limits>"


def limits_handle(limits: Optional[Limits]) -> Optional[Handle]:
    return None if limits is None else wanted(limits, Limits, "limits")._h


class San(NamedTuple):
    """An entry of the Subject Alternative Name: its type, and its text, escaped."""

    type: SanType
    value: str


class Certificate(Owner):
    """What a certificate says. Nothing of it is checked: an Authorizer does that."""

    __slots__ = ()

    @classmethod
    def parse(cls, data: Data) -> "Certificate":
        """One certificate, PEM or DER."""
        raw = octets_or_text(data)
        return cls._own(made(CertHandle, lib.cert_parse, raw, len(raw)))

    @classmethod
    def from_file(cls, name: Path) -> "Certificate":
        """The same from a file."""
        return cls._own(made(CertHandle, lib.cert_load_file, path(name)))

    @classmethod
    def _borrowed(cls, address: Optional[int]) -> "Certificate":
        """One that something else owns; whoever calls holds that something."""
        if not address:
            raise IndexError("no such certificate")
        return cls._own(CertHandle(lib.cert_ref(address)))

    @property
    def der(self) -> bytes:
        """The certificate, as it was signed."""
        return buffer_of(lib.cert_der, self._h)

    @property
    def pem(self) -> str:
        """The same in PEM, lines of 64 characters."""
        lines = base64.encodebytes(self.der).decode().replace("\n", "")
        body = "".join(lines[i:i + 64] + "\n" for i in range(0, len(lines), 64))
        return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"

    @property
    def subject(self) -> str:
        """As RFC 4514 writes it."""
        return utf8(lib.cert_subject(self._h))

    @property
    def issuer(self) -> str:
        """As RFC 4514 writes it."""
        return utf8(lib.cert_issuer(self._h))

    @property
    def serial(self) -> bytes:
        """The content octets of the serial number."""
        return buffer_of(lib.cert_serial, self._h)

    @property
    def serial_hex(self) -> str:
        """The same in hexadecimal, lower case, without separators."""
        return utf8(lib.cert_serial_hex(self._h))

    @property
    def serial_number(self) -> int:
        """The serial number as a number, negative where its sign says so."""
        return int.from_bytes(self.serial, "big", signed=True)

    @property
    def subject_key_id(self) -> str:
        """In hexadecimal; "" without one."""
        return utf8(lib.cert_subject_key_id_hex(self._h))

    @property
    def authority_key_id(self) -> str:
        """In hexadecimal; "" without one."""
        return utf8(lib.cert_authority_key_id_hex(self._h))

    @property
    def not_before(self) -> datetime:
        """Its first second, in UTC."""
        return time_of(lib.cert_not_before(self._h))

    @property
    def not_after(self) -> datetime:
        """Its last second, in UTC."""
        return time_of(lib.cert_not_after(self._h))

    @property
    def is_ca(self) -> bool:
        """Does basicConstraints say that it is a CA?"""
        return bool(lib.cert_is_ca(self._h))

    @property
    def version(self) -> int:
        """3, or 1 and 2 for what is older."""
        return int(lib.cert_version(self._h))

    @property
    def key(self) -> str:
        """The kind of key, "RSA 2048"."""
        return utf8(lib.cert_key_text(self._h))

    @property
    def signature(self) -> str:
        """The algorithm with which it was signed."""
        return utf8(lib.cert_signature_text(self._h))

    @property
    def san(self) -> Tuple[San, ...]:
        """The entries of the Subject Alternative Name, in its order. Where a name of the certificate
        is malformed, of which nothing is believed, a ParseError and no part of them."""
        handle, entries = self._h, []
        check(lib.cert_matches(handle, b"dns:a.invalid", ctypes.byref(ctypes.c_int())))
        kind, value = ctypes.c_int(), ctypes.c_char_p()
        for i in range(lib.cert_san_count(handle)):
            check(lib.cert_san(handle, i, ctypes.byref(kind), ctypes.byref(value)))
            entries.append(San(SanType.of(kind.value), utf8(value.value)))
        return tuple(entries)

    @property
    def sha256(self) -> bytes:
        """Of the DER."""
        return digest(lib.cert_sha256, self._h)

    @property
    def sha256_hex(self) -> str:
        """The same in hexadecimal."""
        return utf8(lib.cert_sha256_hex(self._h))

    @property
    def spki_sha256(self) -> bytes:
        """Of the key."""
        return digest(lib.cert_spki_sha256, self._h)

    @property
    def spki_sha256_hex(self) -> str:
        """The same in hexadecimal, as the matcher "spki:" takes it."""
        return utf8(lib.cert_spki_sha256_hex(self._h))

    @property
    def thumbprint(self) -> str:
        """x5t#S256 of RFC 8705."""
        return utf8(lib.cert_thumbprint(self._h))

    def thumbprint_equal(self, claim: Optional[str]) -> bool:
        """Is that the thumbprint? In the same time, whatever the difference. None is not."""
        if claim is None:
            return False
        wanted(claim, str, "claim")
        raw = claim.encode("utf-8", "surrogatepass")
        return b"\0" not in raw and bool(lib.cert_thumbprint_equal(self._h, raw))

    def matches_key(self, data: Data) -> bool:
        """Does it belong to this key, public key or request, of any type, PEM or DER?"""
        return self.match_key(data)[0]

    def match_key(self, data: Data) -> Tuple[bool, str]:
        """The same, and what the data turned out to be."""
        raw, handle = octets_or_text(data), self._h
        yes, found = ctypes.c_int(), ctypes.c_char_p()
        check(lib.cert_matches_key(handle, raw, len(raw), ctypes.byref(yes), ctypes.byref(found)))
        return yes.value == 1, utf8(found.value)

    def matches(self, matcher: str) -> bool:
        """Does a matcher of a rule hold for it?"""
        yes = ctypes.c_int()
        check(lib.cert_matches(self._h, text(matcher, "matcher"), ctypes.byref(yes)))
        return yes.value == 1

    @property
    def ocsp_url(self) -> Optional[str]:
        """Where it says that its responder is. Fetch only for a path that was verified."""
        room = 256
        while True:
            buffer = ctypes.create_string_buffer(room)
            code = lib.cert_ocsp_url(self._h, buffer, room)
            if code == 0:
                return utf8(buffer.value)
            raised = error(code)
            if raised.code == raised.code.ERR_NOT_FOUND:
                return None
            if raised.code != raised.code.ERR_LIMIT or room >= 65536:
                raise raised
            room *= 4

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return "<Certificate closed>" if self.closed else \
            f"<Certificate {self.subject or '(no subject)'} serial {self.serial_hex}>"


class Chain(Owner):
    """What a client presented, leaf first."""

    __slots__ = ()

    @classmethod
    def parse(cls, data: Data, format: FormatLike = Format.AUTO,
              limits: Optional[Limits] = None) -> "Chain":
        """Name the format that your proxy sends; AUTO tells PEM from DER and nothing else."""
        raw = octets_or_text(data)
        return cls._own(made(ChainHandle, lib.chain_parse, raw, len(raw), Format.take(format),
                             limits_handle(limits)))

    @classmethod
    def from_file(cls, name: Path, format: FormatLike = Format.AUTO,
                  limits: Optional[Limits] = None) -> "Chain":
        """The same from a file."""
        return cls._own(made(ChainHandle, lib.chain_load_file, path(name), Format.take(format),
                             limits_handle(limits)))

    @classmethod
    def from_parts(cls, certificate: str, chain: Optional[str] = None,
                   limits: Optional[Limits] = None) -> "Chain":
        """From the headers Client-Cert and Client-Cert-Chain of RFC 9440."""
        failed, handle = parse_parts(certificate, chain, limits_handle(limits))
        if failed is not None:
            raise failed
        return cls._own(handle)

    @classmethod
    def from_der(cls, ders: Iterable[Bytes]) -> "Chain":
        """From certificates in DER, leaf first, as a TLS library has them."""
        failed, handle = parse_ders(ders)
        if failed is not None:
            raise failed
        return cls._own(handle)

    def __len__(self) -> int:
        return int(lib.chain_count(self._h))

    @overload
    def __getitem__(self, index: int) -> Certificate: ...

    @overload
    def __getitem__(self, index: slice) -> List[Certificate]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Certificate, List[Certificate]]:
        handle = self._h
        return item(index, lib.chain_count(handle), handle, lib.chain_cert)

    def __iter__(self) -> Iterator[Certificate]:
        return iter(self[:])

    @property
    def leaf(self) -> Certificate:
        """The first certificate, the client's own."""
        return self[0]

    def __repr__(self) -> str:
        return "<Chain closed>" if self.closed else f"<Chain of {len(self)}: {self.leaf.subject}>"


def parse_parts(certificate: str, chain: Optional[str],
                limits: Optional[Handle]) -> Tuple[Optional[Error], Handle]:
    """What failed and the handle, for those who turn a failure into a denial."""
    values: List[Optional[bytes]] = []
    for value in (certificate, chain):
        if value is None and values:
            continue
        wanted(value, str, "a header")
        raw = str(value).encode("utf-8", "surrogatepass")
        # What C would take for the end is no character of a header's value.
        values.append(raw.replace(b"\0", b"\xff"))
    parts = (ctypes.c_char_p * len(values))(*values)
    return tried(ChainHandle, lib.chain_parse_parts, parts, len(values), limits)


def parse_ders(ders: Iterable[Bytes]) -> Tuple[Optional[Error], Handle]:
    if isinstance(ders, (bytes, bytearray, memoryview, str)):
        raise type_error("ders", "a list of bytes", ders)
    raws = [octets(der, "a certificate") for der in ders]
    addresses = ctypes.cast((ctypes.c_char_p * len(raws))(*raws), PTR_OUT)
    lengths = (ctypes.c_size_t * len(raws))(*map(len, raws))
    return tried(ChainHandle, lib.chain_from_der, addresses, lengths, len(raws))


def item(index: Union[int, slice], count: int, handle: Handle,
         getter: Callable[..., Optional[int]]) -> Union[Certificate, List[Certificate]]:
    """A certificate, or a slice of them, of what owns several."""
    if isinstance(index, slice):
        return [Certificate._borrowed(getter(handle, i)) for i in range(*index.indices(count))]
    if isinstance(index, bool) or not isinstance(index, int):
        raise type_error("the index", "int", index)
    if not -count <= index < count:
        raise IndexError("no such certificate")
    return Certificate._borrowed(getter(handle, index % count))
