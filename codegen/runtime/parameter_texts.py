"""Values of parameters as texts, and texts as values.

A text has no types: what `5` is, only the type that is asked for tells. Where a type leaves it
open, it stays a string.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, get_args
from uuid import UUID

from .codec import Codec, codec, server_codec
from .enums import is_unknown
from .errors import RequestError
from .json_types import Json, is_array, is_object
from .record import record_of
from .shapes import is_list, is_literal, is_map, is_record, is_typed_dict, meaning, members
from .styles import Kind, Texts
from .unset import UNSET, Unset
from .violations import InvalidError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

_INTEGER: Final = re.compile(r"-?[0-9]+")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

Parameter: TypeAlias = str | int | float | bool | UUID | date | datetime | bytes | Enum
"""One value that a parameter may have."""


# Writing.


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
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def _number_text(value: float) -> str:
    """The text of a number: `1` for 1.0, as in JavaScript.

    Its servers call all numbers `number`, ids too, and read no `1.0` where they expect an integer.
    """
    if not math.isfinite(value):
        raise RequestError(f"{value} is not a number that JSON knows")
    return str(value).removesuffix(".0")


def flat_texts_of(name: str, value: object) -> Texts | None:
    """The texts of a value, in which arrays and objects are JSON; None for nothing."""
    if isinstance(value, Parameter):
        return text_of(value)
    written = _json_of(name, value)
    if is_object(written):
        return {key: _inner_text(item) for key, item in written.items() if item is not None}
    if is_array(written):
        return [_inner_text(item) for item in written if item is not None]
    return None if written is None else _inner_text(written)


def deep_texts_of(name: str, value: object) -> Texts | None:
    """The texts of a value and of all that is in it; None for nothing."""
    return text_of(value) if isinstance(value, Parameter) else _deep(_json_of(name, value))


def json_text_of(name: str, value: object) -> str | None:
    """The value as JSON text in ASCII; None for nothing."""
    written = _json_of(name, value)
    return None if written is None else _json_text(written)


def _json_of(name: str, value: object) -> Json:
    """The JSON value of a parameter's; raises `RequestError` where it breaks its schema."""
    if value is None or value is UNSET:
        return None
    try:
        return codec.unstructure(value)
    except InvalidError as error:
        told = f"the parameter {name} cannot be sent: {error}"
        raise RequestError(told, error.violations) from None


def _deep(value: Json) -> Texts | None:
    if is_object(value):
        return {key: below for key, item in value.items() if (below := _deep(item)) is not None}
    if is_array(value):
        return [below for item in value if (below := _deep(item)) is not None]
    return None if value is None else _inner_text(value)


def _inner_text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if is_object(value) or is_array(value):
        return _json_text(value)
    scalar: Parameter = value
    return text_of(scalar)


def _json_text(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


# Reading.


def value_of(text: str, form: TypeForm[T]) -> T:
    """The parameter value that a text stands for; raises `InvalidError` if it is no `form`."""
    return server_codec.structure(_json_value(text, form), form)


def value_read(
    read: Callable[[Kind, Any], Texts | None], form: TypeForm[T], codec: Codec = server_codec
) -> T | None:
    """The value that some texts stand for, or None where there are none.

    `read` reads them as something of a kind, which a type is of. Of the types of a union the
    first counts that can be read. Raises `InvalidError` if none can.
    """
    refusal: InvalidError | None = None
    for kind, one in _kinds(form):
        try:
            texts = read(kind, one)
            if texts is None:
                continue
            value = _json_value(texts, one)
            codec.structure(value, one)
            return codec.structure(value, form)
        except InvalidError as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    return None


def may_be_array(form: object) -> bool:
    """Whether a value of the type may be an array."""
    return any(kind == "array" for kind, _ in _kinds(form))


def names_of(form: object) -> tuple[str, ...] | None:
    """The names of an object's properties; None where they are data."""
    inner, _ = meaning(form)
    if not (is_record(inner) or is_typed_dict(inner)):
        return None
    record = record_of(inner)
    return tuple(one.wire for one in record.properties) if record.others is None else None


def names_besides(besides: Iterable[object]) -> Iterator[str]:
    """The names among names and types of objects, with those of the objects' properties."""
    for one in besides:
        if isinstance(one, str):
            yield one
            continue
        inner, _ = meaning(one)
        if is_record(inner) or is_typed_dict(inner):
            yield from record_of(inner).wire_names


def _kinds(form: object) -> list[tuple[Kind, Any]]:
    """The types that a value may have, each with its kind: strings after other single values."""
    found: list[tuple[int, Kind, Any]] = []
    for one in members(form):
        inner, _ = meaning(one)
        if inner is NoneType or inner is Unset:
            continue
        if is_list(inner):
            found.append((2, "array", one))
        elif is_map(inner) or is_record(inner) or is_typed_dict(inner):
            found.append((3, "object", one))
        else:
            found.append((1 if inner is str else 0, "scalar", one))
    found.sort(key=lambda entry: entry[0])
    return [(kind, one) for _, kind, one in found]


def _json_value(texts: Texts, form: object) -> Json:
    """The JSON value that texts stand for, given the type that it should have."""
    candidates = list(_candidates(texts, form))
    for value, one in candidates[:-1]:
        try:
            server_codec.structure(value, one)
        except InvalidError:
            continue
        return value
    return candidates[-1][0] if candidates else texts


def _candidates(texts: Texts, form: object) -> Iterator[tuple[Json, Any]]:
    """What texts may stand for: for each type of their kind, its JSON value."""
    for kind, one in _kinds(form):
        inner, _ = meaning(one)
        if isinstance(texts, str):
            yield (_scalar(texts, inner) if kind == "scalar" else _parsed(texts)), one
        elif isinstance(texts, list):
            if kind == "array":
                yield _items(texts, inner), one
        elif kind == "object":
            yield _properties(texts, inner), one
        elif kind == "array" and all(key.isdecimal() for key in texts):
            yield _items([texts[key] for key in sorted(texts, key=int)], inner), one


def _items(texts: list[Texts], form: Any) -> list[Json]:
    (item,) = get_args(form) or (Any,)
    return [_json_value(text, item) for text in texts]


def _properties(texts: dict[str, Texts], form: Any) -> dict[str, Json]:
    forms: dict[str, Any] = {}
    others: Any = Any
    if is_map(form):
        _, others = get_args(form) or (str, Any)
    else:
        record = record_of(form)
        forms = {one.wire: one.form for one in record.properties}
        if record.others is not None:
            _, others = get_args(record.others.form) or (str, Any)
    return {key: _json_value(text, forms.get(key, others)) for key, text in texts.items()}


def _parsed(text: str) -> Json:
    """An array or object within another, which is JSON; any other text is itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _scalar(text: str, form: object) -> Json:
    """The JSON value that a parameter's text writes without quotes."""
    constants = get_args(form) if is_literal(form) else ()
    if not constants:
        return _of_kind(text, form)
    values = [_of_kind(text, _kind_of(constant)) for constant in constants]
    return next((value for value in values if value in constants), text)


def _kind_of(constant: object) -> type[object]:
    return type(constant)


def _of_kind(text: str, kind: object) -> Json:
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
    return number if is_integral or math.isfinite(number) else text
