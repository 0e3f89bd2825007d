# SPDX-License-Identifier: MIT
"""The answer about one client."""
import ctypes
import json
from datetime import datetime
from typing import Any, Callable, Dict, List, Optional, Tuple, cast

from ._base import Handle, Owner, copied, found, free_found, made, utf8
from ._cert import Certificate
from ._codes import Check, Code, CrlReason
from ._errors import check
from ._ffi import lib
from ._ocsp import BorrowedRequest, OcspRequest
from ._values import size, time_or_none

# What decisions leave behind, to be filled again: an object of the library is a page of memory.
_POOL_SIZE = 64
_pool: List[int] = []


def _give_back(handle: Handle, pool: List[int] = _pool, size: int = _POOL_SIZE,
               free: Callable[[Any], None] = lib.decision_free) -> None:
    if len(pool) < size:
        pool.append(int(handle))
    else:
        free(handle)


class DecisionHandle(Handle):
    """One that is not freed but filled again, when nobody can read it any more."""

    __slots__ = ()
    _free = staticmethod(_give_back)


def take_handle() -> Handle:
    """One for the library to fill. list.pop and append are single steps to other threads."""
    if found:
        free_found()
    try:
        return DecisionHandle(_pool.pop())
    except IndexError:
        return made(DecisionHandle, lib.decision_new)


class Decision(Owner):
    """May the client in, and if not, why not? True in an if when it may.

    It keeps what it says: a later decision does not change it.
    """

    __slots__ = ("_code", "allowed")
    _code: int
    allowed: bool

    def __init__(self) -> None:
        """One that reads "denied: not evaluated"."""
        self._h = made(DecisionHandle, lib.decision_new)
        self._code = int(Code.DENY_NOT_EVALUATED)
        self.allowed = False

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def code(self) -> Code:
        """OK, or the reason of the denial."""
        return Code.of(self._code)

    @property
    def depth(self) -> Optional[int]:
        """The certificate that the reason is about, 0 the leaf; None for none."""
        depth = int(lib.decision_depth(self._h))
        return None if depth < 0 else depth

    @property
    def message(self) -> str:
        """The reason as a sentence for the operator's log."""
        return utf8(lib.decision_message(self._h))

    @property
    def client_message(self) -> str:
        """What may be told to the client."""
        return utf8(lib.decision_client_message(self._h))

    @property
    def label(self) -> str:
        """Of the rule that holds; "" if none does. No permission: revocation may have denied."""
        return utf8(lib.decision_label(self._h))

    @property
    def identity(self) -> str:
        """The name that the rule matched, as type:value; "" unless a rule holds. No permission."""
        return utf8(lib.decision_identity(self._h))

    @property
    def valid_until(self) -> Optional[datetime]:
        """Until when the certificates of the path are all valid; None without a path."""
        return time_or_none(lib.decision_valid_until(self._h))

    @property
    def revoked_at(self) -> Optional[datetime]:
        """When the certificate was revoked; None unless it was."""
        return time_or_none(lib.decision_revoked_at(self._h))

    @property
    def revocation_reason(self) -> CrlReason:
        """Why it was revoked; NONE where nothing says it."""
        return CrlReason.of(lib.decision_revocation_reason(self._h))

    @property
    def crl_number(self) -> str:
        """Of the CRL that says so, in hexadecimal; "" without one."""
        return utf8(lib.decision_crl_number(self._h))

    @property
    def revoked_by(self) -> str:
        """What says that it is revoked, "crl" or "ocsp"; "" when it is not."""
        return utf8(lib.decision_revoked_by(self._h))

    @property
    def stale_since(self) -> Optional[datetime]:
        """Since when the revocation data is stale, where that is the reason; else None."""
        return time_or_none(lib.decision_stale_since(self._h))

    @property
    def checks(self) -> Check:
        """The checks that were run."""
        return Check(lib.decision_checks(self._h))

    @property
    def generation(self) -> int:
        """Of the authorizer's state that was looked at; 0 without one."""
        return int(lib.decision_generation(self._h))

    @property
    def truststore_sha256(self) -> str:
        """Of the truststore that was looked at, in hexadecimal."""
        return utf8(lib.decision_truststore_sha256(self._h))

    @property
    def path(self) -> Tuple[Certificate, ...]:
        """The path that was verified, leaf first, anchor last; empty unless it holds."""
        handle = self._h
        return tuple(Certificate._borrowed(lib.decision_path_cert(handle, i))
                     for i in range(lib.decision_path_count(handle)))

    def ocsp_request(self) -> Tuple[OcspRequest, Optional[str]]:
        """What to ask when no OCSP answer speaks for a certificate of the path, and the URL of its
        responder, or None where it names none. The answer goes to put_ocsp_response.
        NotFoundError when there is nothing to ask."""
        handle, request, url = self._h, ctypes.c_void_p(), ctypes.c_char_p()
        check(lib.decision_ocsp_request(handle, ctypes.byref(request), ctypes.byref(url)))
        where = None if url.value is None else utf8(url.value)
        return OcspRequest._of(BorrowedRequest(request.value or 0), handle), where

    def crl_urls(self, depth: int = 0) -> List[str]:
        """Where the certificate at that depth of the path says that its CRLs are."""
        certificate = size(depth, "the depth")
        urls: List[str] = []
        while True:
            url = lib.decision_crl_url(self._h, certificate, len(urls))
            if url is None:
                return urls
            urls.append(utf8(url))

    @property
    def json(self) -> str:
        """All of it as one line, for a log."""
        return copied(lib.decision_json(self._h))

    def to_dict(self) -> Dict[str, Any]:
        """The same as a dict."""
        return cast(Dict[str, Any], json.loads(self.json))

    def __repr__(self) -> str:
        return "<Decision closed>" if self.closed else \
            f"<Decision {'allowed' if self.allowed else self.code.name}: {self.message}>"


def decided(handle: Handle, code: int, allows: bool = True) -> Decision:
    """The decision that a call has filled, which did not fail."""
    decision = Decision.__new__(Decision)
    decision._h = handle
    decision._code = code
    decision.allowed = allows and code == 0
    return decision
