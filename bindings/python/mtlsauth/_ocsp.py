# SPDX-License-Identifier: MIT
"""OCSP: what to send to a responder, and what its answer says."""
import ctypes
import threading
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import ContextManager, Iterator, NamedTuple, Optional, Tuple

from ._base import Handle, Owner, buffer_of, handle_of, made, utf8, wanted
from ._callbacks import raise_pending
from ._cert import Certificate
from ._codes import CrlReason, OcspFlag, OcspStatus
from ._errors import check, failure
from ._ffi import OCSP_URL_LEN, lib
from ._policy import Policy
from ._values import Bytes, Path, integer, octets, path, text, time_of, time_or_none

RequestHandle = handle_of("ocsp_request")
ResponseHandle = handle_of("ocsp_response")
ResultHandle = handle_of("ocsp_result")


class BorrowedRequest(Handle):
    """One that a decision has: nothing to free."""

    __slots__ = ()
    _free = staticmethod(lambda handle: None)


class OcspEntry(NamedTuple):
    """What a response says, unchecked: for display."""

    serial: int
    status: OcspStatus
    this_update: datetime
    next_update: Optional[datetime]


class OcspResult(NamedTuple):
    """A checked answer. Only GOOD lets a client in; a cache keeps it until valid_until."""

    status: OcspStatus
    revoked_at: Optional[datetime]
    reason: CrlReason
    this_update: datetime
    next_update: Optional[datetime]
    produced_at: datetime
    valid_until: datetime

    def __bool__(self) -> bool:
        raise TypeError("what an OCSP result says is in its status: compare it with OcspStatus.GOOD")


class OcspRequest(Owner):
    """A question about one certificate: post its der, or get its url."""

    __slots__ = ("_mutex", "_owner", "_readers")

    def __init__(self, cert: Certificate, issuer: Certificate,
                 flags: OcspFlag = OcspFlag(0)) -> None:
        self._mutex, self._readers = threading.RLock(), 0
        self._owner: object = None
        self._h = made(RequestHandle, lib.ocsp_request_new,
                       wanted(cert, Certificate, "cert")._h,
                       wanted(issuer, Certificate, "issuer")._h,
                       integer(flags, "flags", 0, 2 ** 32 - 1))

    @classmethod
    def _of(cls, handle: Handle, owner: object) -> "OcspRequest":
        """One that owner holds, which lives as long as this does."""
        self = cls._own(handle)
        self._mutex, self._readers = threading.RLock(), 0
        self._owner = owner
        return self

    @contextmanager
    def _reading(self) -> Iterator[Handle]:
        """The handle, while it says one thing."""
        with self._mutex:
            self._readers += 1
            try:
                yield self._h
            finally:
                self._readers -= 1

    def add(self, cert: Certificate, issuer: Certificate) -> None:
        """Asks about one more, which many responders leave unanswered."""
        if self._owner is not None:
            raise TypeError("this request belongs to a decision")
        with self._mutex:
            if self._readers:
                # By a signal handler or a destructor, in the middle of the other.
                raise RuntimeError("the request is in use")
            check(lib.ocsp_request_add(self._h, wanted(cert, Certificate, "cert")._h,
                                       wanted(issuer, Certificate, "issuer")._h))

    @property
    def der(self) -> bytes:
        """The body of a POST with Content-Type application/ocsp-request."""
        with self._reading() as handle:
            return buffer_of(lib.ocsp_request_der, handle)

    @property
    def nonce(self) -> bytes:
        """The nonce that was asked for; b"" without one."""
        with self._reading() as handle:
            return buffer_of(lib.ocsp_request_nonce, handle)

    def url(self, responder: str) -> str:
        """The URL of a GET; a LimitError where it gets too long, and a POST is needed."""
        buffer = ctypes.create_string_buffer(OCSP_URL_LEN)
        with self._reading() as handle:
            check(lib.ocsp_request_http_get_url(handle, text(responder, "the responder"), buffer,
                                                OCSP_URL_LEN))
        return utf8(buffer.value)

    def __repr__(self) -> str:
        return "<OcspRequest closed>" if self.closed else f"<OcspRequest of {len(self.der)} bytes>"


class OcspResponse(Owner):
    """What a responder sent. Nothing that it says may be believed before check()."""

    __slots__ = ()

    @classmethod
    def parse(cls, data: Bytes) -> "OcspResponse":
        """Reads a response, DER."""
        raw = octets(data)
        return cls._own(made(ResponseHandle, lib.ocsp_response_parse, raw, len(raw)))

    @classmethod
    def from_file(cls, name: Path) -> "OcspResponse":
        """The same from a file."""
        return cls._own(made(ResponseHandle, lib.ocsp_response_load_file, path(name)))

    @property
    def der(self) -> bytes:
        """The response, as it came."""
        return buffer_of(lib.ocsp_response_der, self._h)

    @property
    def status(self) -> int:
        """responseStatus of RFC 6960: 0 is successful."""
        return int(lib.ocsp_response_status(self._h))

    @property
    def status_name(self) -> str:
        """The same by its name in RFC 6960, "successful"."""
        return utf8(lib.ocsp_response_status_name(self._h))

    @property
    def produced_at(self) -> Optional[datetime]:
        """When it was signed; None where it says nothing, unsuccessful."""
        return time_or_none(lib.ocsp_response_produced_at(self._h))

    @property
    def entries(self) -> Tuple[OcspEntry, ...]:
        """What it says of which serial numbers."""
        handle, entries = self._h, []
        serial, length, status = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_int()
        first, last = ctypes.c_int64(), ctypes.c_int64()
        for i in range(lib.ocsp_response_count(handle)):
            check(lib.ocsp_response_entry(handle, i, ctypes.byref(serial), ctypes.byref(length),
                                          ctypes.byref(status), ctypes.byref(first),
                                          ctypes.byref(last)))
            raw = ctypes.string_at(serial, length.value) if serial else b""
            entries.append(OcspEntry(int.from_bytes(raw, "big", signed=True),
                                     OcspStatus.of(status.value), time_of(first.value),
                                     time_or_none(last.value)))
        return tuple(entries)

    def check(self, cert: Certificate, issuer: Certificate, policy: Policy,
              request: Optional[OcspRequest] = None) -> OcspResult:
        """What it says of a certificate, verified; raises where there is no answer to rely on.

        issuer   who issued cert, of a verified path
        request  what was asked, for its nonce; None for what comes from a cache
        """
        out = ctypes.c_void_p()
        asked: ContextManager[Optional[Handle]] = nullcontext() if request is None else \
            wanted(request, OcspRequest, "request")._reading()
        with wanted(policy, Policy, "policy")._asking() as (rules, ticks), asked as question:
            code = lib.ocsp_check(self._h, question,
                                  wanted(cert, Certificate, "cert")._h,
                                  wanted(issuer, Certificate, "issuer")._h, rules,
                                  ctypes.byref(out))
            failed = failure(code)
            handle = ResultHandle(out.value or 0)
        raise_pending(failed, ticks)
        return OcspResult(OcspStatus.of(lib.ocsp_result_status(handle)),
                          time_or_none(lib.ocsp_result_revoked_at(handle)),
                          CrlReason.of(lib.ocsp_result_reason(handle)),
                          time_of(lib.ocsp_result_this_update(handle)),
                          time_or_none(lib.ocsp_result_next_update(handle)),
                          time_of(lib.ocsp_result_produced_at(handle)),
                          time_of(lib.ocsp_result_valid_until(handle)))

    def __repr__(self) -> str:
        return "<OcspResponse closed>" if self.closed else f"<OcspResponse {self.status_name}>"
