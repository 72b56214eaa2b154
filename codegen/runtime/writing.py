"""Models and free-form data to JSON values."""

from __future__ import annotations

import base64
import math
from datetime import date, datetime
from enum import Enum
from types import NoneType
from typing import Any
from uuid import UUID

from .enums import is_unknown
from .json_types import Json, is_array, is_object
from .record import record_of
from .shapes import is_record
from .unset import UNSET
from .violations import Problem, Step


def write(value: object, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
    """The JSON value of a model or of free-form data; what has none goes to `problems`."""
    kind = type(value)
    if kind in (bool, int, NoneType):
        return value
    if type(value) is str:
        return _write_str(value, steps, problems)
    if isinstance(value, float):
        if not math.isfinite(value):
            problems.append((steps, "type", f"{value} is not a JSON number"))
        return value
    if is_object(value):
        return _write_map(value, steps, problems)
    if is_array(value):
        return [write(item, (*steps, index), problems) for index, item in enumerate(value)]
    if is_record(kind):
        return _write_record(value, steps, problems)
    return _write_scalar(value, steps, problems)


def _write_map(
    value: dict[Any, Any], steps: tuple[Step, ...], problems: list[Problem]
) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            problems.append((steps, "type", f"{key!r} is no name for a JSON property"))
            continue
        name = _write_str(str(key), steps, problems)
        written[name] = write(item, (*steps, name), problems)
    return written


def _write_record(
    value: object, steps: tuple[Step, ...], problems: list[Problem]
) -> dict[str, Json]:
    record = record_of(type(value))
    values = {known.name: getattr(value, known.name) for known in record.properties}
    written: dict[str, Json] = {}
    for known in record.properties:
        item = values[known.name]
        if item is UNSET or (item is None and known.default is None):
            continue
        written[known.wire] = write(item, (*steps, known.wire), problems)
    if record.others is not None:
        others = values[record.others.name] = getattr(value, record.others.name)
        for name in record.wire_names & others.keys():
            problems.append(((*steps, name), "additionalProperties", "has a field of its own"))
        written = {**_write_map(others, steps, problems), **written}
    problems.extend(
        ((*steps, *below), keyword, message)
        for below, keyword, message in record.constraint_problems(values)
    )
    return written


def _write_scalar(value: object, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
    if isinstance(value, Enum):
        if is_unknown(value):
            text = f"{value.value!r} is not a value that the document names"
            problems.append((steps, "enum", text))
        return value.value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            problems.append((steps, "format", "has no UTC offset; a date-time needs one"))
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str):
        return _write_str(str(value), steps, problems)
    problems.append((steps, "type", f"a {type(value).__name__} cannot be written as JSON"))
    return None


def _write_str(value: str, steps: tuple[Step, ...], problems: list[Problem]) -> str:
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        problems.append((steps, "type", "holds half of a surrogate pair, which UTF-8 cannot say"))
    return value
