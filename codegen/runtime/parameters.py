"""How parameters are written into paths, queries and header fields (OpenAPI 3.1, section 4.8.12).

Only the default styles: `simple` in paths and headers, `form` (exploded) in queries.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar, get_args, get_origin
from urllib.parse import quote
from uuid import UUID

from attrs import frozen

from .codec import server_codec
from .constraints import Constraints
from .enums import is_unknown
from .errors import RequestError
from .http import Headers
from .violations import InvalidError, invalid

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

Parameter: TypeAlias = str | int | float | bool | UUID | date | datetime | bytes | Enum
"""One value that a parameter may have."""


def text_of(value: Parameter) -> str:
    """The text of one parameter value, as JSON would write it but without quotes.

    Raises `RequestError` for an enum member that the document does not name, for a date-time
    without an offset, and for a number that is not finite.
    """
    if isinstance(value, Enum):
        if is_unknown(value):
            raise RequestError(
                f"{value.value!r} is not a documented value of {type(value).__name__}"
            )
        return text_of(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise RequestError(f"{value} has no UTC offset; a date-time needs one")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise RequestError(f"{value} is not a number that JSON knows")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def checked(name: str, value: T, constraints: Constraints) -> T:
    """A parameter's value, or `RequestError` where it breaks its constraints."""
    problems = list(constraints.problems(value))
    if problems:
        error = invalid(problems)
        told = "; ".join(f"{name} {violation.message}" for violation in error.violations)
        raise RequestError(f"the parameter cannot be sent: {told}", error.violations)
    return value


def path(*segments: Parameter | tuple[Parameter, ...], trailing_slash: bool = False) -> str:
    """Join path segments, each percent-encoded whole (RFC 3986, section 3.3).

    A segment of several parts is a tuple. Raises `RequestError` for one that is empty or that
    would climb (`.`, `..`): servers and proxies would take it for another resource.
    """
    encoded = ""
    for segment in segments:
        parts = segment if isinstance(segment, tuple) else (segment,)
        text = "".join(text_of(part) for part in parts)
        if text in ("", ".", ".."):
            raise RequestError(f"a path segment cannot be {text!r}")
        encoded += "/" + _percent_encoded(text)
    return encoded + ("/" if trailing_slash or not encoded else "")


def _percent_encoded(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise RequestError("half of a surrogate pair cannot be sent in a URL") from None


def query_fields(
    *fields: tuple[str, Parameter | Sequence[Parameter] | None],
) -> tuple[tuple[str, str], ...]:
    """Query fields in the default style: None is left out, a list repeats its name."""
    flat: list[tuple[str, str]] = []
    for name, value in fields:
        if value is None:
            continue
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            flat.append((name, text_of(value)))
        else:
            flat.extend((name, text_of(item)) for item in value)
    return tuple(flat)


def header_fields(*fields: tuple[str, Parameter | None]) -> tuple[tuple[str, str], ...]:
    """Header fields: None is left out.

    Raises `RequestError` for a value that would not stay one field (RFC 9110, section 5.5).
    """
    written: list[tuple[str, str]] = []
    for name, value in fields:
        if value is None:
            continue
        text = text_of(value)
        if not all(" " <= character <= "\xff" and character != "\x7f" for character in text):
            raise RequestError(f"the header {name} cannot hold control characters")
        written.append((name, text))
    return tuple(written)


def value_of(text: str, form: TypeForm[T]) -> T:
    """The parameter value that a text stands for; raises `InvalidError` if it is no `form`."""
    return server_codec.structure(_json_value(text, form), form)


def _kind_of(constant: object) -> type[object]:
    return type(constant)


def values_of(texts: Sequence[str], form: TypeForm[T]) -> T:
    """The same for all fields of one name: a list takes each, anything else the last."""
    if get_origin(form) is not list:
        return value_of(texts[-1], form)
    (item,) = get_args(form)
    return server_codec.structure([_json_value(text, item) for text in texts], form)


def _json_value(text: str, form: object) -> object:
    """The JSON value that a parameter's text writes without quotes."""
    constants = get_args(form) if get_origin(form) is Literal else ()
    kind = _kind_of(constants[0]) if constants else form
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    is_integral = isinstance(kind, type) and issubclass(kind, int)
    if not is_integral and kind is not float:
        return text
    # Python reads more than JSON writes: `nan`, `1_000`, ` 5 ` and digits of all scripts.
    if not (_INTEGER if is_integral else _NUMBER).fullmatch(text):
        return text
    try:
        number = int(text) if is_integral else float(text)
    except ValueError:  # thousands of digits
        return text
    return number if math.isfinite(number) else text


@frozen
class ResponseHeader(Generic[T]):
    """A header field that answers carry, and what its text stands for."""

    name: str
    form: TypeForm[T]

    def read(self, headers: Headers) -> T | None:
        """The value of the field, or None where it is absent or means nothing."""
        text = headers.get(self.name)
        if text is None:
            return None
        try:
            return value_of(text, self.form)
        except InvalidError:
            return None
