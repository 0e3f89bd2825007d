# SPDX-License-Identifier: MIT
"""The CA certificates that may vouch for a client, and reports about them."""
import ctypes
import json
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union, cast, overload

from ._base import Handle, Owner, digest, handle_of, made, utf8
from ._cert import Certificate, Limits, item, limits_handle
from ._codes import Lint, Profile, Severity
from ._errors import check
from ._ffi import lib
from ._values import Data, Path, Time, octets_or_text, path, seconds_of

TruststoreHandle = handle_of("truststore")
ReportHandle = handle_of("report")

_NO_CERTIFICATE = ctypes.c_size_t(-1).value


class Finding(NamedTuple):
    """One thing that an operator should know. certificate is None where it is about the file."""

    certificate: Optional[int]
    severity: Severity
    code: Lint
    sentence: str


class Report:
    """Findings, in order; len(), iteration and [] go over them."""

    __slots__ = ("findings", "json")

    def __init__(self, findings: Tuple[Finding, ...] = (), text: str = "") -> None:
        self.findings = findings
        self.json = text

    @classmethod
    def _of(cls, handle: Handle) -> "Report":
        """Everything is copied: the handle is not needed any more."""
        findings = []
        certificate, severity, code = ctypes.c_size_t(), ctypes.c_int(), ctypes.c_int()
        sentence = ctypes.c_char_p()
        for i in range(lib.report_count(handle)):
            check(lib.report_finding(handle, i, ctypes.byref(certificate),
                                     ctypes.byref(severity), ctypes.byref(code),
                                     ctypes.byref(sentence)))
            findings.append(Finding(
                None if certificate.value == _NO_CERTIFICATE else certificate.value,
                Severity.of(severity.value), Lint.of(code.value), utf8(sentence.value)))
        return cls(tuple(findings), utf8(lib.report_json(handle)))

    def to_dict(self) -> Dict[str, Any]:
        """The same as a dict, with the names of docs/lint.schema.json."""
        return cast(Dict[str, Any], json.loads(self.json))

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __getitem__(self, index: int) -> Finding:
        return self.findings[index]

    def __repr__(self) -> str:
        return f"<Report {[str(finding.code) for finding in self.findings]}>"


class Truststore(Owner):
    """CA certificates: self-signed ones are anchors, the others candidates for the middle."""

    __slots__ = ()

    @classmethod
    def from_pem(cls, data: Data, limits: Optional[Limits] = None) -> "Truststore":
        """A bundle in any order, or one DER certificate; all of it or nothing."""
        raw = octets_or_text(data)
        return cls._own(made(TruststoreHandle, lib.truststore_parse, raw, len(raw),
                             limits_handle(limits)))

    @classmethod
    def from_file(cls, name: Path, limits: Optional[Limits] = None) -> "Truststore":
        """The same from a file."""
        return cls._own(made(TruststoreHandle, lib.truststore_load_file, path(name),
                             limits_handle(limits)))

    def __len__(self) -> int:
        return int(lib.truststore_count(self._h))

    @overload
    def __getitem__(self, index: int) -> Certificate: ...

    @overload
    def __getitem__(self, index: slice) -> List[Certificate]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Certificate, List[Certificate]]:
        handle = self._h
        return item(index, lib.truststore_count(handle), handle, lib.truststore_cert)

    def __iter__(self) -> Iterator[Certificate]:
        return iter(self[:])

    @property
    def sha256(self) -> bytes:
        """Of the set of certificates, the same whatever their order."""
        return digest(lib.truststore_sha256, self._h)

    @property
    def sha256_hex(self) -> str:
        """The same in hexadecimal."""
        return utf8(lib.truststore_sha256_hex(self._h))

    def lint(self, profile: Union[Profile, int, str] = Profile.API_GATEWAY,
             now: Optional[Time] = None) -> Report:
        """What is wrong with it, by the requirements of a profile."""
        when = int(time.time()) if now is None else seconds_of(now, "now")
        out = ctypes.c_void_p()
        check(lib.truststore_lint(self._h, when, Profile.take(profile), ctypes.byref(out)))
        return Report._of(ReportHandle(out.value or 0))

    def __repr__(self) -> str:
        return "<Truststore closed>" if self.closed else f"<Truststore of {len(self)}>"
