# SPDX-License-Identifier: MIT
"""Values of Python as the library takes them, and back. What does not fit raises."""
import os
from datetime import datetime, timedelta, timezone
from math import floor
from typing import Optional, Union

from ._ffi import NO_TIME

Bytes = Union[bytes, bytearray, memoryview]
Data = Union[bytes, bytearray, memoryview, str]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Time = Union[int, float, datetime]
Seconds = Union[int, timedelta]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST = datetime.min.replace(tzinfo=timezone.utc)
_INT64_MAX = 2 ** 63 - 1
_SECOND = timedelta(seconds=1)


def type_error(what: str, wanted: str, value: object) -> TypeError:
    return TypeError(f"{what} has to be {wanted}, not {type(value).__name__}")


def octets(data: Bytes, what: str = "data") -> bytes:
    """Bytes that nobody changes while the library reads them."""
    if type(data) is bytes:
        return data
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise type_error(what, "bytes", data)


def octets_or_text(data: Data, what: str = "data", kinds: str = "bytes or str") -> bytes:
    """The same for PEM or a header, which may be text: what is not ASCII will not parse."""
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return octets(data)
    raise type_error(what, kinds, data)


def text(value: str, what: str) -> bytes:
    """Text with an end: a NUL inside would hide what follows."""
    if not isinstance(value, str):
        raise type_error(what, "str", value)
    if "\0" in value:
        raise ValueError(f"{what} has a NUL inside")
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} is not text: {error}") from None


def path(value: Path) -> bytes:
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise ValueError("the path has a NUL inside")
    return encoded


def integer(value: int, what: str, lowest: int, highest: int, kinds: str = "int") -> int:
    """ctypes would cut what does not fit."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise type_error(what, kinds, value)
    if not lowest <= value <= highest:
        raise ValueError(f"{what} has to be from {lowest} to {highest}, not {value}"
                         if value.bit_length() < 100 else f"{what} is out of range")
    return int(value)


def unsigned(value: int, what: str) -> int:
    return integer(value, what, 0, 2 ** 32 - 1)


def size(value: int, what: str) -> int:
    return integer(value, what, 0, 2 ** 63 - 1)


def switch(value: bool, what: str) -> int:
    if not isinstance(value, bool):
        raise type_error(what, "bool", value)
    return int(value)


def seconds_of(value: Time, what: str) -> int:
    """A time as seconds since 1970. A datetime without a zone could mean any hour of a day."""
    if isinstance(value, datetime):
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"{what} has no time zone: datetime(..., tzinfo=timezone.utc)")
        return (value - _EPOCH) // _SECOND
    if isinstance(value, float):
        # As time.time() has it; neither infinity nor nan has a floor.
        try:
            value = floor(value)
        except (OverflowError, ValueError):
            raise ValueError(f"{what} is no time: {value}") from None
    return integer(value, what, -_INT64_MAX, _INT64_MAX, "a datetime or a number of seconds")


def seconds(value: Seconds, what: str) -> int:
    """A length of time."""
    if isinstance(value, timedelta):
        return value // _SECOND
    return integer(value, what, -_INT64_MAX, _INT64_MAX, "a timedelta or int")


def time_of(value: int) -> datetime:
    """A time in UTC. The year 0, which a certificate may have, is the beginning of the year 1."""
    try:
        return _EPOCH + timedelta(seconds=value)
    except OverflowError:
        return _FIRST if value < 0 else datetime.max.replace(microsecond=0, tzinfo=timezone.utc)


def time_or_none(value: int) -> Optional[datetime]:
    return None if value == NO_TIME else time_of(value)
