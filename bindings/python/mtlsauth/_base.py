# SPDX-License-Identifier: MIT
"""What owns a handle of the library."""
import ctypes
import inspect
import sys
from types import TracebackType
from typing import Any, Callable, List, Optional, Tuple, Type, TypeVar

from ._codes import Code
from ._ffi import SHA256_LEN, lib
from ._errors import Error, error, failure

T = TypeVar("T")
O = TypeVar("O", bound="Owner")


# Handles that the collector of cycles has found: it calls __del__ while others of the cycle still
# hold the handle, and may use it in a __del__ of theirs. They are freed when nobody does any more.
found: "List[Handle]" = []
_count = sys.getrefcount


def _alone_in_del() -> int:
    """The references that are counted in a __del__ to which the last one has led."""
    seen: List[int] = []

    class Probe(int):
        """As Handle is."""

        __slots__ = ()

        def __del__(self, count: Callable[[Any], int] = _count) -> None:
            seen.append(count(self))

    Probe(1)
    return seen[0]


def _alone_in_variable() -> int:
    """The same of what a variable alone holds. Both differ between versions of Python."""
    thing = object()
    return _count(thing)


_ALONE_IN_VARIABLE = _alone_in_variable()


class Handle(int):
    """An address that is freed with the object. A call under way holds its argument, so that a
    close() on another thread frees nothing that is in use."""

    __slots__ = ()
    _free: Any

    def __del__(self, count: Callable[[Any], int] = _count, alone: int = _alone_in_del(),
                keep: "List[Handle]" = found) -> None:
        if count(self) > alone:
            keep.append(self)
        elif self:
            self._free(self)


def free_found() -> None:
    """Frees what is left of cycles. Nobody comes by a handle of which this has the only one."""
    for _ in range(len(found)):
        try:
            handle = found.pop(0)
        except IndexError:  # another thread is at it
            return
        if _count(handle) > _ALONE_IN_VARIABLE:
            found.append(handle)
        elif handle:
            handle._free(handle)


def handle_of(noun: str) -> Type[Handle]:
    """The kind of handle that mtlsauth_<noun>_free frees."""
    return type(noun, (Handle,), {"_free": getattr(lib, noun + "_free"), "__slots__": ()})


class Owner:
    """An object that stands for a handle. After close() any use of it is a ValueError."""

    __slots__ = ("_h", "__weakref__")
    _h: Handle

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        kind = type(self)
        makers = [name for name in dir(kind) if not name.startswith("_")
                  and inspect.ismethod(getattr(kind, name))]
        raise TypeError(f"{kind.__name__} is made by its class methods: {', '.join(makers)}")

    @classmethod
    def _own(cls: Type[O], handle: Handle) -> O:
        self = cls.__new__(cls)
        self._h = handle
        return self

    def __getattr__(self, name: str) -> Any:
        # Found by the usual way while the handle is there.
        if name == "_h":
            raise ValueError(f"this {type(self).__name__} is closed")
        raise AttributeError(f"{type(self).__name__} has no {name}")

    def close(self) -> None:
        """Lets go of what the library holds for it; once more does nothing."""
        try:
            del self._h
        except AttributeError:
            pass

    @property
    def closed(self) -> bool:
        """Was it closed?"""
        try:
            object.__getattribute__(self, "_h")
        except (AttributeError, ValueError):
            return True
        return False

    def __enter__(self: O) -> O:
        self._h  # pylint: disable=pointless-statement
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} cannot be copied or pickled")


def wanted(value: Any, kind: Type[T], what: str) -> T:
    """Keeps a pointer to one thing from being taken for another."""
    if not isinstance(value, kind):
        raise TypeError(f"{what} has to be a {kind.__name__}, not {type(value).__name__}")
    return value


def made(kind: Type[Handle], function: Callable[..., int], *arguments: Any) -> Handle:
    """Calls a constructor of the library."""
    failed, handle = tried(kind, function, *arguments)
    if failed is not None:
        raise failed
    return handle


def tried(kind: Type[Handle], function: Callable[..., int],
          *arguments: Any) -> Tuple[Optional[Error], Handle]:
    """The same for those who raise it later, or never; 0 is the handle of nothing."""
    if found:
        free_found()
    out = ctypes.c_void_p()
    code = function(ctypes.byref(out), *arguments)
    failed = failure(code)
    return failed, kind(out.value or 0)


def copied(value: Optional[bytes]) -> str:
    """The text of one of _ffi.COPIED."""
    if value is None:
        raise error(Code.ERR_NOMEM)
    return value.decode("utf-8")


def utf8(value: Optional[bytes]) -> str:
    return "" if value is None else value.decode("utf-8")


# Whoever calls these two hands the handle over for as long as they read: what a getter points at
# is gone when another thread closes the object between the call and the reading.
def digest(function: Callable[..., Optional[int]], handle: Handle) -> bytes:
    """The 32 octets that a getter points at; none for NULL."""
    address = function(handle)
    return b"" if not address else ctypes.string_at(address, SHA256_LEN)


def buffer_of(function: Callable[..., Optional[int]], handle: Handle) -> bytes:
    """The octets of a getter with a length."""
    length = ctypes.c_size_t()
    address = function(handle, ctypes.byref(length))
    return b"" if not address else ctypes.string_at(address, length.value)
