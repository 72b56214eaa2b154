"""Values of the formats, from the text that a document gives them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from .json_text import AwareDatetime, read_format


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
