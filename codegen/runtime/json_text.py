"""JSON text to values and back: the only module that knows msgspec.

msgspec decodes straight into the attrs classes that it can express, several times faster than
the strict hooks do; `fast_decoder` says which these are.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from threading import Lock
from types import NoneType
from typing import Annotated, Any, TypeAlias, get_args
from uuid import UUID

import msgspec

from .enums import OpenIntEnum, OpenStrEnum
from .json_types import Json
from .record import Record, record_of
from .shapes import is_enum, is_list, is_map, is_record, is_union
from .unset import Unset
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
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_format(text: str, form: Any) -> Any:
    """Read a string in a format, such as a date; raises ValueError if it is in another."""
    return msgspec.convert(text, form)


_building = Lock()
"""msgspec 0.22 crashes the process where one thread reads with what another still builds."""

_fast_decoders: dict[Any, msgspec.json.Decoder[Any] | None] = {}


def fast_decoder(form: Any) -> msgspec.json.Decoder[Any] | None:
    """A decoder that accepts no more than the strict hooks do, or None where there is none."""
    if form not in _fast_decoders:
        with _building:
            _fast_decoders[form] = _new_decoder(form) if _is_fast(form, set()) else None
    return _fast_decoders[form]


def _new_decoder(form: Any) -> msgspec.json.Decoder[Any] | None:
    try:
        return msgspec.json.Decoder(form)
    except (NameError, TypeError):  # such as an annotation of no field that cannot be evaluated
        return None


def _is_fast(form: object, seen: set[object]) -> bool:
    """Whether msgspec reads a type just as the strict hooks do, only faster."""
    if form in _FAST_SCALARS or form in seen:
        return True
    if is_record(form):
        seen.add(form)
        return _is_fast_record(record_of(form), seen)
    if is_union(form) and not _differ_in_json(get_args(form)):
        return False
    if is_list(form) or is_map(form) or is_union(form):
        return all(_is_fast(part, seen) for part in get_args(form))
    return is_enum(form) and issubclass(form, (OpenStrEnum, OpenIntEnum))


def _is_fast_record(record: Record, seen: set[object]) -> bool:
    return (
        record.others is None
        and record.is_plain
        and not record.is_closed
        and not record.needs_json
        and all(
            known.name == known.wire and _is_fast(known.form, seen) for known in record.properties
        )
    )


def _differ_in_json(forms: Collection[Any]) -> bool:
    """Whether no two types have values of the same JSON type."""
    kinds = [_json_type(form) for form in forms if form not in (NoneType, Unset)]
    return len(set(kinds)) == len(kinds) and (Any not in forms or len(kinds) == 1)


def _json_type(form: Any) -> str:
    if form in (int, float) or (is_enum(form) and issubclass(form, int)):
        return "number"
    if form in (bool, Any):
        return str(form)
    if is_list(form):
        return "array"
    return "object" if is_record(form) or is_map(form) else "string"


_FAST_SCALARS: set[Any] = {
    Any,
    Unset,
    NoneType,
    str,
    bool,
    int,
    float,
    date,
    UUID,
    bytes,
    AwareDatetime,
}
