"""JSON Schema's validation keywords, as validators of attrs fields.

A keyword speaks only of values of its own type and ignores all others (JSON Schema 2020-12,
validation, section 6), so None and UNSET pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from types import NoneType
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import fields, frozen

from .exact_numbers import is_multiple
from .json_types import Json, is_array, is_object
from .patterns import matcher
from .unset import UNSET, Unset
from .violations import MOST, Problem, Step

Number: TypeAlias = int | float

AS_WRITTEN: Json = object()
"""Says that a value's JSON is what it is written as."""


def is_absent(value: object, default: object) -> bool:
    """Whether a field of that default holds nothing, so that its property is not written."""
    return value is UNSET or (value is None and default is None)


def written(value: object) -> Json:
    """The JSON of a value, whatever is wrong with it."""
    # The two modules need each other: what is written meets its constraints.
    from .writing import write_unchecked

    return write_unchecked(value)


class ConstraintError(ValueError):
    """A field's value breaks its schema."""

    def __init__(self, field: str, keyword: str, message: str) -> None:
        super().__init__(field, keyword, message)
        self.field = field
        self.keyword = keyword
        self.message = message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@frozen(kw_only=True)
class Constraints:
    """The validation keywords of one schema; call it as an attrs validator."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: Number | None = None
    exclusive_maximum: Number | None = None
    multiple_of: Number | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    items: Constraints | None = None
    """What holds for each item of an array."""
    values: Constraints | None = None
    """What holds for each value of a map."""
    schema: str | None = None
    """A JSON Schema (2020-12, complete in itself, as JSON text) for what nothing here can say."""

    @property
    def has_schema(self) -> bool:
        """Whether the value's JSON has to be looked at, and not only the value."""
        parts = (self.items, self.values)
        return self.schema is not None or any(part.has_schema for part in parts if part)

    @property
    def counts_unnamed(self) -> bool:
        """Whether properties count that models have no fields for: to a schema, and as unlike."""
        parts = (self.items, self.values)
        is_said = self.schema is not None or self.unique_items
        return is_said or any(part.counts_unnamed for part in parts if part)

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """The keywords that say something, and what."""
        values = ((name, getattr(self, name)) for name in _NAMES)
        return {name: value for name, value in values if value is not None and value is not False}

    @cached_property
    def holds(self) -> Callable[[Any], bool]:
        """Whether a value breaks none of these keywords: quick, and tells nothing else.

        True is certain. False where only the JSON of the value says, for a schema.
        """
        return _never if self.has_schema else _check_of(self)

    def holds_for(self, kind: type[Any]) -> Callable[[Any], bool] | None:
        """The same for values of one class; None where all of them hold."""
        check = _never if self.has_schema else _checks_by_type(self).get(kind, self.holds)
        return None if check is _always else check

    def holds_for_list_of(self, kind: type[Any]) -> Callable[[list[Any]], bool] | None:
        """The same for lists of values of one class; None where all of them hold."""
        check = _never if self.has_schema else _all_of(_array_checks(self, kind))
        return None if check is _always else check

    def breaks_nothing(self, value: object) -> bool:
        """The same, for whatever value."""
        return next(self.problems(value), None) is None

    def __call__(self, instance: object, attribute: Any, value: Any) -> None:
        """Raise `ConstraintError` for the first problem, as attrs asks of a validator."""
        if not self.holds(value) and not is_absent(value, attribute.default):
            self.require(value, str(attribute.name))

    def require(self, value: object, name: str) -> None:
        """Raise `ConstraintError` for the first problem of what has a name."""
        for steps, keyword, message in self.problems(value):
            field = "".join([name, *(f"[{step!r}]" for step in steps)])
            raise ConstraintError(field, keyword, message)

    def problems(self, value: object, json: Json = AS_WRITTEN) -> Iterator[Problem]:
        """Each way in which a value breaks these keywords.

        `json` is what it was read from or is written as, where that is known: a property that a
        model drops counts for a schema.
        """
        if isinstance(value, str):
            yield from self._text(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from self._number(value)
        elif is_array(value):
            yield from self._array(value, json)
        elif is_object(value):
            yield from self._object(value, json)
        if self.schema is not None:
            from .json_schema import schema_problems  # jsonschema takes its time to load

            yield from schema_problems(self.schema, written(value) if json is AS_WRITTEN else json)

    def first_problems(self, value: object, json: Json = AS_WRITTEN) -> list[Problem]:
        """The same, as many as an error has."""
        return list(islice(self.problems(value, json), MOST))

    def _text(self, value: str) -> Iterator[Problem]:
        if self.min_length is not None and len(value) < self.min_length:
            yield (), "minLength", f"is shorter than {_count(self.min_length, 'character')}"
        if self.max_length is not None and len(value) > self.max_length:
            yield (), "maxLength", f"is longer than {_count(self.max_length, 'character')}"
        if self.pattern is not None and not matcher(self.pattern).fits(value):
            yield (), "pattern", f"does not match {self.pattern!r}"

    def _number(self, value: Number) -> Iterator[Problem]:
        if self.minimum is not None and value < self.minimum:
            yield (), "minimum", f"is less than {self.minimum}"
        if self.maximum is not None and value > self.maximum:
            yield (), "maximum", f"is greater than {self.maximum}"
        if self.exclusive_minimum is not None and value <= self.exclusive_minimum:
            yield (), "exclusiveMinimum", f"is not greater than {self.exclusive_minimum}"
        if self.exclusive_maximum is not None and value >= self.exclusive_maximum:
            yield (), "exclusiveMaximum", f"is not less than {self.exclusive_maximum}"
        if self.multiple_of is not None and not is_multiple(value, self.multiple_of):
            yield (), "multipleOf", f"is not a multiple of {self.multiple_of}"

    def _array(self, value: list[Any], json: Json) -> Iterator[Problem]:
        if self.min_items is not None and len(value) < self.min_items:
            yield (), "minItems", f"has fewer than {_count(self.min_items, 'item')}"
        if self.max_items is not None and len(value) > self.max_items:
            yield (), "maxItems", f"has more than {_count(self.max_items, 'item')}"
        # Of objects a model may hold less than their JSON does, by which they may differ.
        items: list[Any] = json if is_array(json) else value
        if self.unique_items and len({identity(item) for item in items}) < len(items):
            yield (), "uniqueItems", "has equal items"
        if self.items is not None:
            for index, item in enumerate(value):
                inner = json[index] if is_array(json) else AS_WRITTEN
                yield from _below(index, self.items.problems(item, inner))

    def _object(self, value: dict[str, Any], json: Json) -> Iterator[Problem]:
        if self.min_properties is not None and len(value) < self.min_properties:
            yield (), "minProperties", f"has fewer than {self.min_properties} properties"
        if self.max_properties is not None and len(value) > self.max_properties:
            yield (), "maxProperties", f"has more than {self.max_properties} properties"
        if self.values is not None:
            for key, item in value.items():
                inner = json.get(key, AS_WRITTEN) if is_object(json) else AS_WRITTEN
                yield from _below(key, self.values.problems(item, inner))


_NAMES: Final = tuple(one.name for one in fields(Constraints))


# The quick checks: for each type of value the keywords that are there, and nothing for others.


def _check_of(one: Constraints) -> Callable[[Any], bool]:
    check_by_type = _checks_by_type(one).get

    def holds(value: object) -> bool:
        check = check_by_type(type(value))
        return one.breaks_nothing(value) if check is None else check(value)

    return holds


def _checks_by_type(one: Constraints) -> dict[type[Any], Callable[[Any], bool]]:
    checks: dict[type[Any], Callable[[Any], bool]] = {
        str: _all_of(_text_checks(one)),
        int: _all_of(_number_checks(one)),
        float: _all_of(_number_checks(one)),
        list: _all_of(_array_checks(one)),
        dict: _all_of(_object_checks(one)),
    }
    return {**checks, **dict.fromkeys((bool, NoneType, Unset), _always)}


def _holds_for_each(one: Constraints) -> Callable[[list[Any]], bool]:
    """A check of all items, quickest where they are of one type."""
    if one.has_schema:
        return _never
    check_by_type, holds = _checks_by_type(one).get, one.holds

    def all_hold(value: list[Any]) -> bool:
        kinds = set(map(type, value))
        check = check_by_type(kinds.pop()) if len(kinds) == 1 else None
        return all(map(holds if check is None else check, value))

    return all_hold


def _holds_for_each_of(one: Constraints, kind: type[Any]) -> Callable[[list[Any]], bool]:
    """A check of all items, which are of one class."""
    check = one.holds_for(kind)
    return _always if check is None else lambda value: all(map(check, value))


def _text_checks(one: Constraints) -> Iterator[Callable[[str], bool]]:
    least, most = one.min_length, one.max_length
    if least is not None:
        yield lambda value: len(value) >= least
    if most is not None:
        yield lambda value: len(value) <= most
    if one.pattern is not None:
        yield matcher(one.pattern).fits


def _number_checks(one: Constraints) -> Iterator[Callable[[Number], bool]]:
    least, most = one.minimum, one.maximum
    above, below, divisor = one.exclusive_minimum, one.exclusive_maximum, one.multiple_of
    # Of what no number compares with, `_number` finds nothing wrong; so each is its negation.
    if least is not None:
        yield lambda value: not value < least
    if most is not None:
        yield lambda value: not value > most
    if above is not None:
        yield lambda value: not value <= above
    if below is not None:
        yield lambda value: not value >= below
    if divisor is not None:
        yield lambda value: is_multiple(value, divisor)


def _array_checks(
    one: Constraints, kind: type[Any] | None = None
) -> Iterator[Callable[[list[Any]], bool]]:
    """The checks of an array, all items of which are of one class, if that is known."""
    fewest, most = one.min_items, one.max_items
    if fewest is not None:
        yield lambda value: len(value) >= fewest
    if most is not None:
        yield lambda value: len(value) <= most
    if one.unique_items:
        yield _differ if kind in _EASILY_COMPARED else _is_unique
    if one.items is not None:
        yield _holds_for_each(one.items) if kind is None else _holds_for_each_of(one.items, kind)


_EASILY_COMPARED: Final = (str, int, UUID)


def _is_unique(value: list[Any]) -> bool:
    """Whether no two items are written alike; False where it takes their JSON to say."""
    kinds = set(map(type, value))
    if len(kinds) != 1:
        return not kinds
    return issubclass(kinds.pop(), _EASILY_COMPARED) and _differ(value)


def _differ(value: list[Any]) -> bool:
    return len(set(value)) == len(value)


def _object_checks(one: Constraints) -> Iterator[Callable[[dict[str, Any]], bool]]:
    fewest, most = one.min_properties, one.max_properties
    if fewest is not None:
        yield lambda value: len(value) >= fewest
    if most is not None:
        yield lambda value: len(value) <= most
    if one.values is not None:
        each = _holds_for_each(one.values)
        yield lambda value: each(list(value.values()))


def _all_of(checks: Iterable[Callable[[Any], bool]]) -> Callable[[Any], bool]:
    several = tuple(checks)
    if not several:
        return _always
    if len(several) == 1:
        return several[0]
    if len(several) == 2:
        first, second = several
        return lambda value: first(value) and second(value)
    if len(several) == 3:
        one, two, three = several
        return lambda value: one(value) and two(value) and three(value)
    return lambda value: all(check(value) for check in several)


def _always(_value: object) -> bool:
    return True


def _never(_value: object) -> bool:
    return False


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


FREE = Constraints()
"""What holds for every value."""


def _below(step: Step, problems: Iterator[Problem]) -> Iterator[Problem]:
    for steps, keyword, message in problems:
        yield (step, *steps), keyword, message


def identity(item: object) -> str:
    """A text that is the same for values that JSON Schema holds for equal (1 and 1.0 are)."""
    import json  # it takes longer to load than all else here

    return json.dumps(_normal(item), sort_keys=True, default=repr)


def _normal(item: object) -> object:
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if is_array(item):
        return [_normal(part) for part in item]
    if is_object(item):
        return {key: _normal(part) for key, part in item.items()}
    return item
