"""JSON to models and back: the only module that knows cattrs and msgspec.

Reading takes two roads. msgspec decodes straight into the attrs classes it can express and is
several times faster; cattrs, with strict hooks in place of its lenient ones, does all the rest
and, whenever msgspec refuses, gives the verdict and the full list of violations. Whatever the
first accepts, the second accepts with an equal result.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeAlias,
    TypeGuard,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)
from uuid import UUID

import attrs
import msgspec
from cattrs import Converter

from .constraints import Problem, Step
from .enums import OpenIntEnum, OpenStrEnum, is_unknown
from .errors import SdkError, Violation
from .json_types import Json, is_array, is_object
from .record import Record, record_of
from .unset import UNSET, Unset

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

AwareDatetime: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A `datetime` with a UTC offset: RFC 3339 knows no other."""

_TOO_DEEP: Problem = ((), "type", "is nested too deeply")


class InvalidError(SdkError, ValueError):
    """A value breaks its schema; `violations` lists every way."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations: tuple[Violation, ...] = tuple(violations)
        super().__init__(self.violations)

    def __str__(self) -> str:
        return "; ".join(str(violation) for violation in self.violations)


class Codec:
    """Reads and writes models.

    `check_constraints=False` accepts values outside their constraints, for servers that break
    their own document; types are checked all the same. `open_enums=False` refuses values that
    an enumeration does not name, as a server must.
    """

    def __init__(self, *, check_constraints: bool = True, open_enums: bool = True) -> None:
        self._check_constraints = check_constraints
        self._open_enums = open_enums
        self._takes_fast_road = check_constraints and open_enums
        self._converter = _strict_converter(self)
        self._hooks: dict[Any, _Hook] = {}

    def decode(self, body: bytes, form: TypeForm[T]) -> T:
        """Read JSON text (UTF-8) as a `form`; raises `InvalidError` with every violation."""
        fast = _fast_decoder(form) if self._takes_fast_road else None
        if fast is not None:
            try:
                return cast("T", fast.decode(body))
            except (ValueError, RecursionError):
                pass  # the other road knows better, or explains
        return self.structure(parse_json(body), form)

    def structure(self, value: Json, form: TypeForm[T]) -> T:
        """Read a JSON value as a `form`; raises `InvalidError` with every violation."""
        try:
            return cast("T", self.hook(form)(value, form))
        except _BrokenError as broken:
            problems = broken.problems
        except RecursionError:
            problems = [_TOO_DEEP]
        raise InvalidError(_violations(problems))

    def encode(self, value: object) -> bytes:
        """Write a value as JSON text (UTF-8); raises `InvalidError` with every violation."""
        written = self.unstructure(value)
        try:
            return msgspec.json.encode(written)
        except OverflowError:  # msgspec writes integers of 64 bits at most
            return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()

    def unstructure(self, value: object) -> Json:
        """Write a value as a JSON value; raises `InvalidError` with every violation."""
        problems: list[Problem] = []
        written: Json = None
        try:
            written = _write(value, (), problems)
        except RecursionError:
            problems = [_TOO_DEEP]
        if problems:
            raise InvalidError(_violations(problems))
        return written

    def hook(self, form: Any) -> _Hook:
        """The cattrs hook that reads a type."""
        known = self._hooks.get(form)
        if known is None:
            known = self._hooks[form] = self._new_hook(form)
        return known

    def _new_hook(self, form: Any) -> _Hook:
        if form is Any or form is object:
            return _read_anything
        # cattrs would find the hook of `str` for every enumeration of strings.
        if isinstance(form, type) and issubclass(form, Enum):
            return partial(_read_enum, self._open_enums)
        return self._converter.get_structure_hook(form)

    def record_hook(self, cls: type[Any]) -> _Hook:
        """The hook that reads an attrs class, with the problems of all its properties."""
        record = record_of(cls)
        hooks: list[_Hook] = []

        def read(value: Any, _form: Any) -> Any:
            if not is_object(value):
                raise _wrong_type("an object", value)
            if not hooks:  # not before: classes refer to themselves and to each other
                hooks.extend(self.hook(known.form) for known in record.properties)
            return self._read_record(record, hooks, value)

        return read

    def _read_record(self, record: Record, hooks: list[_Hook], value: dict[str, Any]) -> Any:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for known, hook in zip(record.properties, hooks, strict=True):
            if known.wire in value:
                try:
                    values[known.name] = hook(value[known.wire], known.form)
                except _BrokenError as broken:
                    problems.extend(broken.below(known.wire))
            elif known.is_required:
                problems.append(((), "required", f"{known.wire!r} is required"))
        problems.extend(self._read_others(record, value, values))
        if not self._check_constraints:
            _raise_if_any(problems)
            return record.make_unchecked(values)
        if problems:
            raise _BrokenError([*problems, *record.constraint_problems(values)])
        try:
            return record.cls(**values)
        except ValueError:
            _raise_if_any(record.constraint_problems(values))
            raise

    def _read_others(
        self, record: Record, value: dict[str, Any], values: dict[str, Any]
    ) -> list[Problem]:
        if record.others is None and not record.is_closed:
            return []
        others = {name: item for name, item in value.items() if name not in record.wire_names}
        if record.others is None:
            text = "is a property that the schema does not allow"
            return [((name,), "additionalProperties", text) for name in others]
        try:
            values[record.others.name] = self.hook(record.others.form)(others, None)
        except _BrokenError as broken:
            return broken.problems
        return []


def parse_json(body: bytes) -> Json:
    """Read JSON text (RFC 8259, UTF-8) as a JSON value; raises `InvalidError` if it is none."""
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise InvalidError(_violations([_TOO_DEEP])) from None
    except ValueError as error:
        text = "is empty, not JSON" if not body else f"is not JSON: {error}"
        raise InvalidError(_violations([((), "json", text)])) from None


def json_path(steps: Iterable[Step]) -> str:
    """A JSON path (RFC 9535) such as `$.data[3].id`."""
    return "$" + "".join(
        f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{json.dumps(step)}]"
        for step in steps
    )


def _violations(problems: Iterable[Problem]) -> Iterable[Violation]:
    return (
        Violation(path=json_path(steps), keyword=keyword, message=message)
        for steps, keyword, message in problems
    )


# The general road: strict hooks on cattrs.

_Hook: TypeAlias = Callable[[Any, Any], Any]
"""A cattrs structure hook: takes the JSON value and the type."""


class _BrokenError(Exception):
    """Problems on their way up to the root of a value, which knows the whole path."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def below(self, step: Step) -> list[Problem]:
        return [((step, *steps), keyword, text) for steps, keyword, text in self.problems]


def _strict_converter(codec: Codec) -> Converter:
    """A cattrs converter that takes nothing for what it is not.

    By itself cattrs reads "false" as True, "5" as 5, None as "None" and "abc" as a list.
    """
    converter = Converter()
    converter.register_structure_hook_factory(_is_record, codec.record_hook)
    converter.register_structure_hook_factory(_is_list, partial(_list_hook, codec))
    converter.register_structure_hook_factory(_is_map, partial(_map_hook, codec))
    converter.register_structure_hook_factory(_is_union, partial(_union_hook, codec))
    converter.register_structure_hook_factory(_is_literal, _literal_hook)
    converter.register_structure_hook(str, _read_str)
    converter.register_structure_hook(bool, _read_bool)
    converter.register_structure_hook(int, _read_int)
    converter.register_structure_hook(float, _read_float)
    converter.register_structure_hook(NoneType, _read_none)
    converter.register_structure_hook(datetime, _text_hook("date-time", AwareDatetime))
    converter.register_structure_hook(date, _text_hook("date", date))
    converter.register_structure_hook(UUID, _text_hook("uuid", UUID))
    converter.register_structure_hook(bytes, _text_hook("byte", bytes))
    return converter


def _is_record(form: object) -> TypeGuard[type[Any]]:
    return isinstance(form, type) and attrs.has(form)


def _is_list(form: Any) -> bool:
    return get_origin(form) is list


def _is_map(form: Any) -> bool:
    return get_origin(form) is dict


def _is_union(form: Any) -> bool:
    return get_origin(form) in (Union, UnionType)


def _is_literal(form: Any) -> bool:
    return get_origin(form) is Literal


def _list_hook(codec: Codec, form: Any) -> _Hook:
    (item_form,) = get_args(form)

    def read(value: Any, _form: Any) -> list[Any]:
        if not is_array(value):
            raise _wrong_type("an array", value)
        read = _read_each(codec.hook(item_form), item_form, enumerate(value))
        return [item for _, item in read]

    return read


def _map_hook(codec: Codec, form: Any) -> _Hook:
    _, item_form = get_args(form)

    def read(value: Any, _form: Any) -> dict[str, Any]:
        if not is_object(value):
            raise _wrong_type("an object", value)
        return dict(_read_each(codec.hook(item_form), item_form, value.items()))

    return read


def _read_each(hook: _Hook, form: Any, entries: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    read: list[tuple[Any, Any]] = []
    problems: list[Problem] = []
    for step, item in entries:
        try:
            read.append((step, hook(item, form)))
        except _BrokenError as broken:
            problems.extend(broken.below(step))
    _raise_if_any(problems)
    return read


def _union_hook(codec: Codec, form: Any) -> _Hook:
    """Null and one other type; UNSET has no form on the wire."""
    forms = [part for part in get_args(form) if part not in (NoneType, Unset)]
    if len(forms) != 1:
        raise TypeError(f"cannot read {form}: a union of several types")
    (inner,) = forms

    def read(value: Any, _form: Any) -> Any:
        return None if value is None else codec.hook(inner)(value, inner)

    return read


def _literal_hook(form: Any) -> _Hook:
    constants = get_args(form)
    expected = "expected " + " or ".join(json.dumps(constant) for constant in constants)

    def read(value: Any, _form: Any) -> Any:
        for constant in constants:
            if value == constant and (type(value) is bool) == (type(constant) is bool):
                return constant
        raise _BrokenError([((), "const", expected)])

    return read


def _read_anything(value: Any, _form: Any) -> Any:
    return value


def _read_none(value: Any, _form: Any) -> None:
    if value is not None:
        raise _wrong_type("null", value)


def _read_str(value: Any, _form: Any) -> str:
    if type(value) is not str:
        raise _wrong_type("a string", value)
    return value


def _read_bool(value: Any, _form: Any) -> bool:
    if type(value) is not bool:
        raise _wrong_type("a boolean", value)
    return value


def _read_int(value: Any, _form: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)  # JSON Schema 2020-12, core, section 4.2.3: 1.0 is an integer
    raise _wrong_type("an integer", value)


def _read_float(value: Any, _form: Any) -> float:
    if type(value) not in (int, float):
        raise _wrong_type("a number", value)
    try:
        return float(value)
    except OverflowError:
        raise _BrokenError([((), "type", "is a number too large for a float")]) from None


def _read_enum(is_open: bool, value: Any, form: type[Enum]) -> Enum:
    if issubclass(form, OpenIntEnum):
        value = _read_int(value, form)
    elif issubclass(form, OpenStrEnum):
        value = _read_str(value, form)
    try:
        member = form(value)
    except ValueError:
        member = None
    if member is None or (is_unknown(member) and not is_open):
        names = ", ".join(json.dumps(known.value) for known in form)
        raise _BrokenError([((), "enum", f"expected one of {names}")])
    return member


def _text_hook(name: str, form: Any) -> _Hook:
    """Read a string in a format as msgspec reads it, so that the two roads agree."""

    def read(value: Any, _form: Any) -> Any:
        if type(value) is not str:
            raise _wrong_type("a string", value)
        try:
            return msgspec.convert(value, form)
        except ValueError as error:
            raise _BrokenError([((), "format", f"is no {name}: {error}")]) from None

    return read


def _wrong_type(expected: str, value: object) -> _BrokenError:
    return _BrokenError([((), "type", f"expected {expected}, got {_kind(value)}")])


def _kind(value: object) -> str:
    """The JSON type of a value, for messages; never the value, which may be a secret."""
    names: dict[type[Any], str] = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        NoneType: "null",
    }
    return names.get(type(value), type(value).__name__)


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise _BrokenError(problems)


# The fast road: msgspec, for what it can express.


_fast_decoders: dict[Any, msgspec.json.Decoder[Any] | None] = {}


def _fast_decoder(form: Any) -> msgspec.json.Decoder[Any] | None:
    if form not in _fast_decoders:
        _fast_decoders[form] = msgspec.json.Decoder(form) if _is_fast(form, set()) else None
    return _fast_decoders[form]


def _is_fast(form: object, seen: set[object]) -> bool:
    """Whether msgspec reads a type just as the strict hooks do, only faster."""
    if form in _FAST_SCALARS or form in seen:
        return True
    if _is_record(form):
        record = record_of(form)
        seen.add(form)
        return (
            record.others is None
            and not record.is_closed
            and all(
                known.name == known.wire and _is_fast(known.form, seen)
                for known in record.properties
            )
        )
    if isinstance(form, type) and issubclass(form, Enum):
        return issubclass(form, (OpenStrEnum, OpenIntEnum))
    if _is_list(form) or _is_map(form):
        return all(_is_fast(part, seen) for part in get_args(form))
    if _is_union(form):
        return all(_is_fast(part, seen) for part in get_args(form))
    return False


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


# Writing.


def _write(value: object, steps: tuple[Step, ...], problems: list[Problem]) -> Json:
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
        return [_write(item, (*steps, index), problems) for index, item in enumerate(value)]
    if _is_record(kind):
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
        written[name] = _write(item, (*steps, name), problems)
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
        written[known.wire] = _write(item, (*steps, known.wire), problems)
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


codec: Codec = Codec()
"""Strict on what is known, open to enumeration values that are not."""

lenient_codec: Codec = Codec(check_constraints=False)
"""For answers of servers that break the constraints of their own document."""

server_codec: Codec = Codec(open_enums=False)
"""For requests that a server reads: nothing unknown passes."""
