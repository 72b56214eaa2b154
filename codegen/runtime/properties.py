"""A model's properties one by one: taken apart for forms, and put together again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Protocol, get_args

from attrs import NOTHING

from .absence import is_there
from .constraints import FREE, Constraints, is_absent
from .errors import Violation
from .json_types import is_object
from .record import Property, Record, record_of
from .shapes import bare_members, is_list, is_map, is_record
from .violations import InvalidError, Step, invalid


def properties_of(value: object) -> Iterator[tuple[str, object]]:
    """The properties of a model or map that are there, each checked, by their wire names."""
    if is_object(value):
        yield from value.items()
        return
    if not is_record(type(value)):
        raise invalid([((), "type", f"is no model but a {type(value).__name__}")])
    record = record_of(type(value))
    for known in record.properties:
        if known.name in record.defaulted and not is_there(value, known.name):
            continue
        item: object = getattr(value, known.name)
        if not is_absent(item, known.default):
            require(item, known.constraints, known.wire)
            yield known.wire, item
    if record.others is not None:
        others: dict[str, object] = getattr(value, record.others.name)
        yield from others.items()


class ReadProperty(Protocol):
    """Reads a property as a type; None where it is absent."""

    def __call__(self, name: str, form: Any) -> object:
        """The value, which `InvalidError` says is none of the type."""
        ...


def put_together(form: Any, read: ReadProperty, names: Collection[str]) -> Any:
    """The value of a type whose properties are read one by one; of several types the first.

    `names` are those of all properties that came.
    """
    failure: InvalidError | None = None
    for alternative in bare_members(form):
        try:
            if is_record(alternative):
                return _record(record_of(alternative), read, names)
            if is_map(alternative):
                inner = (get_args(alternative) or (str, Any))[1]
                return {name: read(name, inner) for name in names}
            if alternative is Any or alternative is object:
                return {name: read(name, Any) for name in names}
        except InvalidError as error:
            failure = failure or error
    raise failure or invalid([((), "type", "is no form")])


def _record(record: Record, read: ReadProperty, names: Collection[str]) -> Any:
    values: dict[str, Any] = {}
    violations: list[Violation] = []
    for known in record.properties:
        try:
            value = _read_known(known, read)
        except InvalidError as error:
            violations.extend(below((known.wire,), error).violations)
        else:
            if value is not NOTHING:
                values[known.name] = value
    rest = [name for name in names if name not in record.wire_names]
    if record.others is not None:
        inner = get_args(record.others.form)
        form = inner[1] if len(inner) == 2 else Any
        values[record.others.name] = {name: read(name, form) for name in rest}
    elif record.is_closed:
        text = "is a property that the schema does not allow"
        problems = [((name,), "additionalProperties", text) for name in rest]
        violations.extend(invalid(problems).violations)
    if violations:
        raise InvalidError(violations)
    try:
        return record.make(values)
    except (TypeError, ValueError) as error:
        raise invalid([((), "validator", f"is refused: {error}")]) from None


def _read_known(known: Property, read: ReadProperty) -> object:
    """The value of a property, or `NOTHING` where it may be absent and is."""
    value = read(known.wire, known.form)
    if value is not None:
        require(value, known.constraints)
        return value
    return _when_absent(known.wire, known.form) if known.is_required else NOTHING


def _when_absent(name: str, form: Any) -> object:
    """What a required property is of which nothing came: an array without items, or null."""
    parts = bare_members(form)
    if any(is_list(part) for part in parts):
        return []
    if type(None) in parts:
        return None
    raise invalid([((), "required", f"{name!r} is required")])


def require(value: object, constraints: Constraints | None, *steps: Step) -> None:
    """Raise `InvalidError` for a value that breaks its constraints."""
    found = FREE if constraints is None else constraints
    problems = [((*steps, *inner), word, text) for inner, word, text in found.first_problems(value)]
    if problems:
        raise invalid(problems)


def below(steps: tuple[Step, ...], error: InvalidError) -> InvalidError:
    """The error as seen from above, which names the steps to what is wrong."""
    prefix = invalid([(steps, "", "")]).violations[0].path
    return InvalidError(
        Violation(path=prefix + one.path[1:], keyword=one.keyword, message=one.message)
        for one in error.violations
    )
