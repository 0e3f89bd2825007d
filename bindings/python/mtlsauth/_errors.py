# SPDX-License-Identifier: MIT
"""A call that failed, as an exception of its own for each code."""
from typing import Dict, Optional, Type

from ._codes import Code
from ._ffi import lib

_last_error = lib.last_error


class Error(Exception):
    """A call of the library failed: code says why, and the text what, where and what to do."""

    code: Code = Code.ERR_ARGUMENT

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class ArgumentError(Error, ValueError):
    """A value that makes no sense here."""


class NoMemoryError(Error, MemoryError):
    """Out of memory."""

    code = Code.ERR_NOMEM


class FileError(Error, OSError):
    """A file could not be opened, read or written."""

    code = Code.ERR_IO


class ParseError(Error, ValueError):
    """The bytes are not what they should be."""

    code = Code.ERR_PARSE


class LimitError(Error, ValueError):
    """Larger, longer or more than the limit in force."""

    code = Code.ERR_LIMIT


class SignatureError(Error):
    """A signature does not verify."""

    code = Code.ERR_SIGNATURE


class StaleError(Error):
    """Revocation data past its time, or before it."""

    code = Code.ERR_STALE


class RollbackError(Error):
    """Older than what was accepted before."""

    code = Code.ERR_ROLLBACK


class ScopeError(Error):
    """Reserved: nothing of this release raises it."""

    code = Code.ERR_SCOPE


class UnsupportedError(Error):
    """Valid perhaps, but not a thing that the library takes."""

    code = Code.ERR_UNSUPPORTED


class NotFoundError(Error, LookupError):
    """No such item."""

    code = Code.ERR_NOT_FOUND


class MismatchError(Error):
    """Two things that should belong together do not."""

    code = Code.ERR_MISMATCH


class CryptoError(Error):
    """libcrypto failed for a reason of its own."""

    code = Code.ERR_CRYPTO


class CancelledError(Error):
    """A callback asked to stop."""

    code = Code.ERR_CANCELLED


CLASSES: Dict[int, Type[Error]] = {int(kind.code): kind for kind in (
    ArgumentError, NoMemoryError, FileError, ParseError, LimitError, SignatureError, StaleError,
    RollbackError, ScopeError, UnsupportedError, NotFoundError, MismatchError, CryptoError,
    CancelledError)}


def error(code: int) -> Error:
    """The exception for a code below 0 that this thread has just got."""
    # First of all: what runs later might make a failing call of its own.
    sentence = _last_error()
    kind = CLASSES.get(code, Error)
    raised = kind(sentence.decode("utf-8", "replace") or Code.of(code).text)
    raised.code = Code.of(code)
    return raised


def failure(code: int) -> Optional[Error]:
    """The exception for a call that this thread has just made; None where it did not fail. To be asked
    for before any object is made: the collector may run for it, and a __del__ call the library."""
    return error(code) if code < 0 else None


def check(code: int) -> None:
    if code != 0:
        raise error(code)
