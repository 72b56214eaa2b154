"""Values of the formats, from the text that a document gives them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from .json_text import AwareDatetime, read_format

_READ_AS: Final[Mapping[object, Any]] = {
    "byte": bytes,
    "date": date,
    "date-time": AwareDatetime,
    "uuid": UUID,
}
"""The formats that have a type of their own, and what texts of them are read as."""

_is_offset_needed: ContextVar[bool] = ContextVar("_is_offset_needed", default=True)


def is_of_format(text: str, form: object) -> bool:
    """Whether a text is of a format, as far as this has a type of its own: all others describe."""
    read_as = _READ_AS.get(form)
    if read_as is AwareDatetime and not _is_offset_needed.get():
        read_as = datetime
    if read_as is None:
        return True
    try:
        read_format(text, read_as)
    except ValueError:
        return False
    return True


@contextmanager
def offsets_left_out() -> Generator[None]:
    """While somebody reads who knows the zone of a `date-time` that does not say it."""
    token = _is_offset_needed.set(False)
    try:
        yield
    finally:
        _is_offset_needed.reset(token)


def parsed_date_time(text: str) -> datetime:
    """A `date-time` (RFC 3339)."""
    value: datetime = read_format(text, AwareDatetime)
    return value


def parsed_date(text: str) -> date:
    """A `date` (RFC 3339)."""
    value: date = read_format(text, date)
    return value


def parsed_uuid(text: str) -> UUID:
    """A `uuid` (RFC 4122)."""
    value: UUID = read_format(text, UUID)
    return value


def parsed_bytes(text: str) -> bytes:
    """The bytes of a `byte` (RFC 4648, section 4)."""
    value: bytes = read_format(text, bytes)
    return value
