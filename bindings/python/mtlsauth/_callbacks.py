# SPDX-License-Identifier: MIT
"""Functions of the caller that the library calls: the clock, and the progress of a load.

The library is handed one function of ours and a number; whoever uses the callback holds the
Callback. What it raises waits on the thread until the call of the library is over; until then the
library is told what denies, or what cancels.

What is raised before the first line of our function, by a signal handler or for want of stack, ctypes
prints and forgets, and the library gets whatever number is there. So there is stack before a call
is made, and what was decided without a clock that has answered is not believed.
"""
import itertools
import threading
import weakref
from typing import Any, Callable, MutableMapping, Optional

from ._errors import CancelledError
from ._ffi import CLOCK, NO_TIME, PROGRESS
from ._values import Time, seconds_of

ClockFunction = Callable[[], Time]
ProgressFunction = Callable[[int, int], Any]

# Python calls that a callback takes on its way to the function of the caller, and some more.
_ROOM = 4


class _Local(threading.local):
    """Of each thread: what a callback has raised, and how often a clock has answered."""

    raised: Optional[BaseException] = None
    ticks = 0


_local = _Local()
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


# No calls behind the try: a signal handler could raise at the end of one.
def _tick(number: int) -> int:
    # Before everything: nothing is valid yet, and no revocation data is current.
    now = NO_TIME
    try:
        now = seconds_of(_callbacks[number].function(), "what the clock returns")
    except BaseException as raised:  # pylint: disable=broad-except
        if _local.raised is None:
            _local.raised = raised
    _local.ticks += 1
    return now


def _progress(done: int, total: int, number: int) -> int:
    stop = 1
    try:
        stop = 1 if _callbacks[number].function(done, total) else 0
    except BaseException as raised:  # pylint: disable=broad-except
        if _local.raised is None:
            _local.raised = raised
    return stop


# Made once, never freed: the library may hold them for as long as it likes.
TICK = CLOCK(_tick)
PROGRESSED = PROGRESS(_progress)


def _make_room(levels: int = _ROOM) -> bool:
    # Through a function of C, as the library is: each has a stack, and a limit, of its own.
    return levels > 0 and any(map(_make_room, (levels - 1,)))


def prepare() -> int:
    """Before a call in which a callback may run: raises RecursionError where it could not, and gives
    the number of answers for raise_pending."""
    _make_room()
    return _local.ticks


def raise_pending(failed: Optional[BaseException] = None, ticks: Optional[int] = None) -> None:
    """Raises what a callback has raised on this thread, if it has; else the failure of the call.

    ticks  of prepare(), where the call has asked a clock
    """
    raised = _local.raised
    if raised is not None:
        _local.raised = None
        raise raised
    if failed is not None:
        raise failed
    if ticks is not None and _local.ticks == ticks:
        raise CancelledError("the clock was interrupted before it could answer: nothing is decided")
