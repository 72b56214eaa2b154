"""Enumerations that stay open: a value the document does not name is a member that says so.

A server that learns a new status must not break clients that were generated before. Requests are
another matter: the codec and the parameter writers refuse unknown members there.
"""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum
from typing import Self


class OpenStrEnum(StrEnum):
    """String enumeration that admits values its document does not name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_unknown(self) -> bool:
        """Whether the document does not name this value."""
        return is_unknown(self)

    # By value, as equality is: unknown members are made anew each time.
    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return _representation(self)


class OpenIntEnum(IntEnum):
    """Integer enumeration that admits values its document does not name."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = str(value), value
        return member

    @property
    def is_unknown(self) -> bool:
        """Whether the document does not name this value."""
        return is_unknown(self)

    __hash__ = int.__hash__

    def __repr__(self) -> str:
        return _representation(self)


def is_unknown(member: Enum) -> bool:
    """Whether an enumeration's document does not name the value of this member."""
    # By identity: a value that is not named may be spelled as the name of another.
    return type(member).__members__.get(member.name) is not member


def _representation(member: Enum) -> str:
    cls = type(member).__name__
    if is_unknown(member):
        return f"<{cls} unknown: {member.value!r}>"
    return f"<{cls}.{member.name}: {member.value!r}>"
