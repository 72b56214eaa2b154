"""Models and free-form data to JSON values.

What has no JSON, or breaks its constraints, goes to a list of problems; without such a list it is
written as well as may be.
"""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, timedelta
from enum import Enum
from types import NoneType
from typing import Any
from uuid import UUID

from .absence import is_there
from .choice import UnknownVariant
from .constraints import is_absent
from .enums import is_unknown
from .files import File
from .json_text import date_time_text
from .json_types import Json, is_array, is_object
from .record import record_of
from .shapes import is_record
from .stand_ins import is_stand_in, stood_for
from .violations import Problem, Step


def write_unchecked(value: object) -> Json:
    """The JSON value of what need not be valid."""
    return _write(value, (), [], checks=False)


def write(value: object, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
    """The JSON value of a model or of free-form data; what has none goes to `problems`."""
    return _write(value, steps, problems, checks=True)


def _write(
    value: object, steps: tuple[Step, ...], problems: list[Problem], *, checks: bool
) -> Json:
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
        return _write_map(value, steps, problems, checks=checks)
    if is_array(value):
        return [
            _write(item, (*steps, index), problems, checks=checks)
            for index, item in enumerate(value)
        ]
    if isinstance(value, UnknownVariant):
        return _write_unknown(value, steps, problems)
    if is_stand_in(value):
        return stood_for(value)
    if is_record(kind) and not isinstance(value, File):
        return _write_record(value, steps, problems, checks=checks)
    return _write_scalar(value, steps, problems)


def _write_map(
    value: dict[Any, Any], steps: tuple[Step, ...], problems: list[Problem], *, checks: bool
) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            problems.append((steps, "type", f"{key!r} is no name for a JSON property"))
            continue
        name = _write_str(str(key), steps, problems)
        written[name] = _write(item, (*steps, name), problems, checks=checks)
    return written


def _write_record(
    value: object, steps: tuple[Step, ...], problems: list[Problem], *, checks: bool
) -> dict[str, Json]:
    record = record_of(type(value))
    absent = {name for name in record.defaulted if not is_there(value, name)}
    values = {
        known.name: getattr(value, known.name)
        for known in record.properties
        if known.name not in absent
    }
    written: dict[str, Json] = {}
    for known in record.properties:
        if known.name in absent:
            continue
        item = values[known.name]
        if is_absent(item, known.default):
            continue
        written[known.wire] = _write(item, (*steps, known.wire), problems, checks=checks)
    if record.others is not None:
        others: object = getattr(value, record.others.name)
        if not is_object(others):
            text = f"{record.others.name!r} is no dictionary but a {type(others).__name__}"
            problems.append((steps, "type", text))
            return written
        values[record.others.name] = others
        for name in record.wire_names & others.keys():
            problems.append(((*steps, name), "additionalProperties", "has a field of its own"))
        written = {**_write_map(others, steps, problems, checks=checks), **written}
    if checks:
        found = [*record.constraint_problems(values, written), *record.whole_problems(written)]
        problems.extend(((*steps, *below), keyword, message) for below, keyword, message in found)
    return written


def _write_unknown(value: UnknownVariant, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
    text = f"{value.tag!r} is not a variant that the document names"
    problems.append((steps, "discriminator", text))
    return value.data


def _write_scalar(value: object, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
    if isinstance(value, Enum):
        if is_unknown(value):
            text = f"{value.value!r} is not a value that the document names"
            problems.append((steps, "enum", text))
        return value.value
    if isinstance(value, datetime):
        return _write_time(value, steps, problems)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, str):
        return _write_str(str(value), steps, problems)
    keyword = "file" if isinstance(value, File) else "type"
    problems.append((steps, keyword, f"a {type(value).__name__} cannot be written as JSON"))
    return None


def _write_time(value: datetime, steps: tuple[Step, ...], problems: list[Problem]) -> str:
    """RFC 3339, with the offset that the value has."""
    offset = value.utcoffset()
    if offset is None:
        problems.append((steps, "format", "has no UTC offset; a date-time needs one"))
    elif offset % timedelta(minutes=1):
        problems.append((steps, "format", "has seconds in its UTC offset, which has only minutes"))
    return date_time_text(value)


def _write_str(value: str, steps: tuple[Step, ...], problems: list[Problem]) -> str:
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        problems.append((steps, "type", "holds half of a surrogate pair, which UTF-8 cannot say"))
    return value
