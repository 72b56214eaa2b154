"""JSON values to models by strict hooks: the only module that knows cattrs.

By itself cattrs reads "false" as True, "5" as 5, None as "None" and "abc" as a list. Here every
type has a hook that takes nothing for what it is not, and tells all that is wrong at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from enum import Enum
from functools import cached_property
from itertools import islice
from types import NoneType
from typing import Any, TypeAlias, get_args
from uuid import UUID

from cattrs import Converter

from .constraints import FREE, Constraints
from .enums import OpenIntEnum, OpenStrEnum, is_unknown
from .files import File
from .json_text import read_format
from .json_types import Json, JsonObject, is_array, is_object
from .record import Record, record_of
from .shapes import (
    is_enum,
    is_list,
    is_literal,
    is_map,
    is_record,
    is_typed_dict,
    is_union,
    key_of,
    meaning,
)
from .stand_ins import stand_in
from .unions import Alternatives, Losses, Read, Readers
from .unnamed import can_keep, keeping
from .violations import MOST, BrokenError, Problem

Hook: TypeAlias = Callable[[Any, Any], Any]
"""A cattrs structure hook: takes the JSON value and the type."""


class Reader:
    """Reads JSON values; see `Codec` for what it can be told."""

    def __init__(
        self,
        *,
        check_constraints: bool,
        open_enums: bool,
        open_objects: bool,
        keep_unnamed: bool = False,
        zone_of_naive: tzinfo | None = None,
    ) -> None:
        self._check_constraints = check_constraints
        self._zone_of_naive = zone_of_naive
        self._keep_unnamed = keep_unnamed
        self._open_enums = open_enums
        self._open_objects = open_objects
        self._losses = Losses()
        self._converter = _strict_converter(self, zone_of_naive)
        self._hooks: dict[Any, Hook] = {}
        self._of_unions = Readers(
            of_type=self._read_as,
            of_named_members=self._read_as_named,
            losses=self._losses,
            is_open=open_enums,
            is_exclusive=check_constraints,
        )

    def read(self, value: Json, form: Any, constraints: Constraints = FREE) -> Any:
        """Read a JSON value as a `form`, which constraints will judge; raises `BrokenError`."""
        return self.judged_hook(form, constraints)(value, form)

    @cached_property
    def _keeping(self) -> Reader:
        """A reader of the same kind that keeps properties without a name."""
        return Reader(
            check_constraints=self._check_constraints,
            open_enums=self._open_enums,
            open_objects=self._open_objects,
            keep_unnamed=True,
            zone_of_naive=self._zone_of_naive,
        )

    def judged_hook(self, form: Any, constraints: Constraints | None) -> Hook:
        """The hook that reads what constraints judge, so that it can be written again.

        Where they hold for the JSON alone, for what it has besides, this is kept.
        """
        hook = self.hook(form)
        if constraints is None or not (self._check_constraints and constraints.counts_unnamed):
            return hook

        def read(json: Any, form: Any) -> Any:
            before = self._losses.count
            value = hook(json, form)
            if self._losses.count == before or constraints.breaks_nothing(value):
                return value
            return self._keeping.hook(form)(json, form)

        return read

    def hook(self, form: Any) -> Hook:
        """The cattrs hook that reads a type."""
        key = key_of(form)
        try:
            known = self._hooks.get(key)
        except TypeError:  # `list[Annotated[float, {}]]`: what is noted there may not be hashable
            return self._new_hook(form)
        if known is None:
            known = self._hooks[key] = self._new_hook(form)
        return known

    def _new_hook(self, whole: Any) -> Hook:
        form, choice = meaning(whole)
        if form is Any or form is object:
            return _read_anything
        if choice is not None or is_union(form):
            return Alternatives(whole, self._of_unions).read
        # What these consist of may have notes that have no hash, which cattrs would need.
        if is_list(form):
            return _list_hook(self, form)
        if is_map(form):
            return _map_hook(self, form)
        # cattrs would find the hook of `str` for every enumeration of strings.
        if is_enum(form):
            return _enum_hook(form, self._losses, is_open=self._open_enums)
        return self._converter.get_structure_hook(form, cache_result=False)

    def _read_as(self, form: Any) -> Read:
        hook = self.hook(form)
        return lambda value: hook(value, form)

    def _read_as_named(self, form: Any) -> Read:
        hook = _enum_hook(form, self._losses, is_open=False)
        return lambda value: hook(value, form)

    def record_hook(self, cls: type[Any]) -> Hook:
        """The hook that reads an attrs class or a TypedDict, with all problems of its properties."""
        record = record_of(cls)
        hooks: list[Hook] = []

        def read(value: Any, _form: Any) -> Any:
            if not is_object(value):
                return _read_no_object(record, value)
            if not hooks:  # not before: classes refer to themselves and to each other
                hooks[:] = [
                    self.judged_hook(known.form, known.constraints) for known in record.properties
                ]
            return self._read_record(record, hooks, value)

        return read

    def _read_record(self, record: Record, hooks: list[Hook], value: dict[str, Any]) -> Any:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        if self._keeps_unnamed(record, value):
            record = keeping(record)
        for known, hook in zip(record.properties, hooks, strict=True):
            if known.wire in value:
                try:
                    values[known.name] = hook(value[known.wire], known.form)
                except BrokenError as broken:
                    problems.extend(broken.below(known.wire))
            elif known.is_required:
                problems.append(((), "required", f"{known.wire!r} is required"))
        problems.extend(self._read_others(record, value, values))
        if not self._check_constraints:
            _raise_if_any(problems)
            return record.make_unchecked(values)
        if problems:
            raise BrokenError([*problems, *record.constraint_problems(values, value)])
        if record.needs_json:
            _raise_if_any(record.constraint_problems(values, value) + record.whole_problems(value))
            if record.has_only_constraints and record.is_whole:
                # They have looked at the JSON itself, of which the instance may keep less.
                return record.make_unchecked(values)
        try:
            return record.make(values)
        except (TypeError, ValueError) as error:
            _raise_if_any(record.constraint_problems(values, value))
            if record.has_only_constraints and record.is_whole:
                return record.make_unchecked(values)  # the JSON is right, of which less is kept
            # What validators of attrs raise has the field, the validator and the value behind it.
            text = f"is refused: {error.args[0] if error.args else type(error).__name__}"
            raise BrokenError([((), "validator", text)]) from error

    def _keeps_unnamed(self, record: Record, value: JsonObject) -> bool:
        """Whether an object has properties without a name that are kept.

        They are, without being asked for, where they count for the object as a whole: without
        them it might not fit any more when it is written.
        """
        if not (self._keep_unnamed or record.counts_unnamed):
            return False
        return self._open_objects and can_keep(record) and not value.keys() <= record.wire_names

    def _read_others(
        self, record: Record, value: dict[str, Any], values: dict[str, Any]
    ) -> list[Problem]:
        if record.others is None and self._open_objects and not record.is_closed:
            self._losses.count += len(value.keys() - record.wire_names)
            return []
        others = {name: item for name, item in value.items() if name not in record.wire_names}
        if record.others is None:
            text = "is a property that the schema does not allow"
            return [((name,), "additionalProperties", text) for name in islice(others, MOST)]
        try:
            form, constraints = record.others.form, record.others.constraints
            values[record.others.name] = self.judged_hook(form, constraints)(others, form)
        except BrokenError as broken:
            return broken.problems
        return []


def _strict_converter(reader: Reader, zone_of_naive: tzinfo | None) -> Converter:
    """A cattrs converter that takes nothing for what it is not.

    By itself cattrs reads "false" as True, "5" as 5, None as "None" and "abc" as a list.
    """
    converter = Converter()
    converter.register_structure_hook_factory(is_record, reader.record_hook)
    converter.register_structure_hook_factory(is_typed_dict, reader.record_hook)
    converter.register_structure_hook_factory(is_literal, _literal_hook)
    converter.register_structure_hook(str, _read_str)
    converter.register_structure_hook(bool, _read_bool)
    converter.register_structure_hook(int, _read_int)
    converter.register_structure_hook(float, _read_float)
    converter.register_structure_hook(NoneType, _read_none)
    converter.register_structure_hook(datetime, _date_time_hook(zone_of_naive))
    converter.register_structure_hook(date, _text_hook("date", date))
    converter.register_structure_hook(UUID, _text_hook("uuid", UUID))
    converter.register_structure_hook(bytes, _text_hook("byte", bytes))
    converter.register_structure_hook(File, _refuse_file)
    return converter


def _read_no_object(record: Record, value: Json) -> Any:
    if record.untyped is None:
        raise _wrong_type("an object", value)
    _raise_if_any(record.untyped.first_problems(value, value))
    return stand_in(record.cls, value)


def _list_hook(reader: Reader, form: Any) -> Hook:
    (item_form,) = get_args(form) or (Any,)
    hooks: list[Hook] = []

    def read(value: Any, _form: Any) -> list[Any]:
        if not is_array(value):
            raise _wrong_type("an array", value)
        hook = _hook_once(reader, item_form, hooks)
        read = _read_each(hook, item_form, enumerate(value))
        return [item for _, item in read]

    return read


def _map_hook(reader: Reader, form: Any) -> Hook:
    _, item_form = get_args(form) or (str, Any)
    hooks: list[Hook] = []

    def read(value: Any, _form: Any) -> dict[str, Any]:
        if not is_object(value):
            raise _wrong_type("an object", value)
        return dict(_read_each(_hook_once(reader, item_form, hooks), item_form, value.items()))

    return read


def _hook_once(reader: Reader, form: Any, hooks: list[Hook]) -> Hook:
    """The hook of a part, not before it is needed: types hold themselves."""
    if not hooks:
        hooks.append(reader.hook(form))
    return hooks[0]


def _read_each(hook: Hook, form: Any, entries: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    read: list[tuple[Any, Any]] = []
    problems: list[Problem] = []
    for step, item in entries:
        try:
            read.append((step, hook(item, form)))
        except BrokenError as broken:
            problems.extend(broken.below(step))
            if len(problems) >= MOST:
                break
    _raise_if_any(problems)
    return read


def _literal_hook(form: Any) -> Hook:
    constants = get_args(form)
    expected = "expected " + " or ".join(json.dumps(constant) for constant in constants)

    def read(value: Any, _form: Any) -> Any:
        for constant in constants:
            if value == constant and (type(value) is bool) == (type(constant) is bool):
                return constant
        raise BrokenError([((), "const", expected)])

    return read


def _read_anything(value: Any, _form: Any) -> Any:
    return value


def _refuse_file(_value: Any, _form: Any) -> File:
    raise BrokenError([((), "type", "is a file, which is no JSON")])


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
        raise BrokenError([((), "type", "is a number too large for a float")]) from None


def _enum_hook(form: type[Enum], losses: Losses, *, is_open: bool) -> Hook:
    expected = "expected one of " + ", ".join(
        json.dumps(known.value, default=str) for known in form
    )

    def read(value: Any, _form: Any) -> Enum:
        if issubclass(form, OpenIntEnum):
            value = _read_int(value, form)
        elif issubclass(form, OpenStrEnum):
            value = _read_str(value, form)
        try:
            member = form(value)
        except ValueError:
            member = None
        if (
            member is None
            or (is_unknown(member) and not is_open)
            or (type(value) is bool) != (type(member.value) is bool)  # to Python, True is 1
        ):
            raise BrokenError([((), "enum", expected)])
        losses.unknown += is_unknown(member)
        return member

    return read


def _text_hook(name: str, form: Any) -> Hook:
    """Read a string in a format as the fast road reads it, so that the two agree."""

    def read(value: Any, _form: Any) -> Any:
        if type(value) is not str:
            raise _wrong_type("a string", value)
        try:
            return read_format(value, form)
        except ValueError as error:
            raise BrokenError([((), "format", f"is no {name}: {error}")]) from None

    return read


def _date_time_hook(zone_of_naive: tzinfo | None) -> Hook:
    """Read a date-time; one without a UTC offset is none, unless it is known which zone is meant."""
    read_any = _text_hook("date-time", datetime)

    def read(value: Any, form: Any) -> datetime:
        found: datetime = read_any(value, form)
        if found.tzinfo is not None:
            return found
        if zone_of_naive is None:
            raise BrokenError([((), "format", "is no date-time: it has no UTC offset")])
        return found.replace(tzinfo=zone_of_naive)

    return read


def _wrong_type(expected: str, value: object) -> BrokenError:
    return BrokenError([((), "type", f"expected {expected}, got {_kind(value)}")])


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
        raise BrokenError(problems)
