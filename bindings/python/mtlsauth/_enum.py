# SPDX-License-Identifier: MIT
"""What the generated enums are made of."""
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Optional, Type, TypeVar, Union, cast

from ._ffi import lib

if TYPE_CHECKING:
    from ._codes import Alias

E = TypeVar("E", bound="NumberEnum")


class NumberEnum(IntEnum):
    """A number of the library. Prints as its name; :d formats it as a number."""

    # IntEnum has its own idea of both in each version of Python.
    def __str__(self) -> str:
        return self.name

    def __format__(self, spec: str) -> str:
        return format(int(self) if spec[-1:] in tuple("bcdeEfFgGnoxX%") else self.name, spec)

    @classmethod
    def of(cls: Type[E], number: int) -> E:
        """The member of that number; of a newer library's number, one that has a name made up."""
        known = cls._value2member_map_.get(number)
        if known is not None:
            return cast(E, known)
        unknown = int.__new__(cls, number)
        unknown._name_ = f"UNKNOWN_{number}"
        unknown._value_ = number
        return unknown

    @classmethod
    def take(cls: Type[E], value: Union[E, int, str]) -> E:
        """What a caller has said: a member, its number, or its name in any case."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            name = value.upper().replace("-", "_")
            if name in cls.__members__:
                return cls[name]
            raise ValueError(f"{value!r} is not one of "
                             + ", ".join(member.lower().replace("_", "-")
                                         for member in cls.__members__))
        # A member of another enum is an int, too: two arguments in each other's place.
        if isinstance(value, (bool, Enum)) or not isinstance(value, int):
            raise TypeError(f"a {cls.__name__} is needed, not {type(value).__name__}")
        return cls(value)


class CodeEnum(NumberEnum):
    """A code: OK, a call that failed (ERR_, below 0) or the reason of a denial (DENY_, above 0)."""

    @property
    def symbol(self) -> str:
        """Its name in C, "MTLSAUTH_DENY_REVOKED"."""
        return cast(bytes, lib.code_name(int(self))).decode()

    @property
    def text(self) -> str:
        """What it means, a line."""
        return cast(bytes, lib.code_text(int(self))).decode()

    @property
    def remedy(self) -> str:
        """What an operator does about it."""
        return cast(bytes, lib.code_remedy(int(self))).decode()

    @property
    def openssl(self) -> int:
        """OpenSSL's X509_V_ERR number for it."""
        return cast(int, lib.code_openssl(int(self)))

    def alias(self, product: "Union[Alias, int, str]") -> Optional[str]:
        """The words of another product, "api-gateway" or "alb", for it; None where it has none."""
        from ._codes import Alias  # pylint: disable=import-outside-toplevel, cyclic-import
        words = cast(Optional[bytes], lib.code_alias(int(self), Alias.take(product)))
        return None if words is None else words.decode()
