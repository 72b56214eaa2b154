"""JSON text to values and back: the only module that knows msgspec."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

import msgspec

from .json_types import Json
from .violations import TOO_DEEP, invalid

AwareDatetime: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A `datetime` with a UTC offset: RFC 3339 knows no other."""


def parse_json(body: bytes) -> Json:
    """Read JSON text (RFC 8259, UTF-8) as a JSON value; raises `InvalidError` if it is none."""
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise invalid([TOO_DEEP]) from None
    except ValueError as error:
        text = "is empty, not JSON" if not body else f"is not JSON: {error}"
        raise invalid([((), "json", text)]) from None


def write_json(value: Json) -> bytes:
    """Write a JSON value as JSON text."""
    try:
        return msgspec.json.encode(value)
    except OverflowError:  # msgspec writes integers of 64 bits at most
        import json

        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_format(text: str, form: Any) -> Any:
    """Read a string in a format, such as a date; raises ValueError if it is in another."""
    return msgspec.convert(text, form)


def is_utf_8(body: bytes) -> bool:
    """Whether a text is UTF-8, also where msgspec would skip it without a look."""
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


# What the fast road reads with (`fast_reading`).

RawJson: TypeAlias = msgspec.Raw
"""A part of JSON text that has not been looked into; as a type, what leaves a part so."""

Decode: TypeAlias = Callable[[bytes | RawJson], Any]
"""Reads JSON text; raises ValueError."""


def new_decoder(form: Any) -> Decode | None:
    """A function that reads JSON text as a type; None where msgspec cannot express the type."""
    try:
        return msgspec.json.Decoder(form).decode
    except (NameError, NotImplementedError, OverflowError, TypeError, ValueError):
        return None


def bounded(form: Any, **limits: Any) -> Any:
    """A type whose values have limits, which are called as msgspec calls them."""
    return Annotated[form, msgspec.Meta(**limits)]


def object_with(name: str) -> Any:
    """The type of objects of which one property counts, a text; the field is `field`."""
    return msgspec.defstruct("Named", [("field", str)], rename={"field": name})


# What the fast road writes with (`fast_writing`).


def object_of(names: Sequence[str]) -> Callable[..., Any]:
    """What makes an object of its properties, in order; those that are UNSET are not written.

    Raises ValueError for names that would have to be escaped.
    """
    fields = [(f"field_{position}", object) for position in range(len(names))]
    renamed = {field: name for (field, _), name in zip(fields, names, strict=True)}
    return msgspec.defstruct("Written", fields, rename=renamed, gc=False)


write_tree: Callable[[object], bytes] = msgspec.json.Encoder().encode
"""Writes JSON values, and what else msgspec writes just as `writing` does."""


def date_time_text(value: datetime) -> str:
    """An aware `datetime` as RFC 3339 has it, with a numeric offset."""
    if value.tzinfo is UTC:  # `isoformat` takes five times as long
        return write_tree(value)[1:-2].decode() + "+00:00"
    return value.isoformat()


UTC_TEXT = 'encode({value})[1:-2].decode() + "+00:00"'
"""The code of the same for a `datetime` of UTC, where `encode` is `write_tree`."""
