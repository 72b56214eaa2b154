"""Values as plain text: a text is itself, and what is none is its JSON.

So an enumeration, a date or `str | int` goes without quotes. What comes is read as JSON where that
is one of the alternatives, and else as the text that it is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from .codec import Codec, codec, server_codec
from .constraints import FREE, Constraints
from .json_text import parse_json, write_json
from .strict_json import decode_strictly
from .violations import InvalidError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

_BLANKS = " \t\r\n"
"""White space of JSON."""


def read_plain_text(
    text: str, form: TypeForm[T], codec: Codec, constraints: Constraints = FREE
) -> T:
    """Read a text as a `form`; raises `InvalidError` with every violation."""
    # Of JSON in quotes the text alone is meant, which goes without any.
    if not text.lstrip(_BLANKS).startswith('"'):
        with suppress(InvalidError):
            return decode_strictly(codec, text.encode(), form, constraints)
    return codec.decode(write_json(text), form, constraints)


def write_plain_text(value: object, form: TypeForm[object], constraints: Constraints = FREE) -> str:
    """Write a value, which must be a `form`; raises `InvalidError` with every violation."""
    written = codec.encode(value, constraints)
    server_codec.decode(written, form, constraints)
    return as_plain_text(written)


def as_plain_text(written: bytes) -> str:
    """What JSON is as plain text."""
    if written.startswith(b'"'):
        return str(parse_json(written))
    return written.decode()
