# SPDX-License-Identifier: MIT
"""Functions of the caller that the library calls: the clock, and the progress of a load.

The library is handed one function of ours and a number; whoever uses the callback holds the
Callback. What it raises waits on the thread until the call of the library is over; until then the
library is told what denies, or what cancels.
"""
import itertools
import threading
import weakref
from typing import Any, Callable, MutableMapping, Optional

from ._ffi import CLOCK, NO_TIME, PROGRESS
from ._values import Time, seconds_of

ClockFunction = Callable[[], Time]
ProgressFunction = Callable[[int, int], Any]

_local = threading.local()
_numbers = itertools.count(1)


class Callback:
    """A function under its number, for as long as somebody holds this."""

    __slots__ = ("function", "number", "__weakref__")

    def __init__(self, function: Callable[..., Any], what: str) -> None:
        if not callable(function):
            raise TypeError(f"{what} has to be callable, not {type(function).__name__}")
        self.function = function
        self.number = next(_numbers)
        _callbacks[self.number] = self


_callbacks: MutableMapping[int, Callback] = weakref.WeakValueDictionary()


def _keep(raised: BaseException) -> None:
    if getattr(_local, "raised", None) is None:
        _local.raised = raised


def _tick(number: int) -> int:
    try:
        return seconds_of(_callbacks[number].function(), "what the clock returns")
    except BaseException as raised:  # pylint: disable=broad-except
        _keep(raised)
        # Before everything: nothing is valid yet, and no revocation data is current.
        return NO_TIME


def _progress(done: int, total: int, number: int) -> int:
    try:
        return 1 if _callbacks[number].function(done, total) else 0
    except BaseException as raised:  # pylint: disable=broad-except
        _keep(raised)
        return 1


# Made once, never freed: the library may hold them for as long as it likes.
TICK = CLOCK(_tick)
PROGRESSED = PROGRESS(_progress)


def raise_pending(failed: Optional[BaseException] = None) -> None:
    """Raises what a callback has raised on this thread, if it has; else the failure of the call."""
    raised = getattr(_local, "raised", None)
    if raised is not None:
        _local.raised = None
        raise raised
    if failed is not None:
        raise failed
