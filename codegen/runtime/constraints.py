"""JSON Schema's validation keywords, as validators of attrs fields.

A keyword speaks only of values of its own type and ignores all others (JSON Schema 2020-12,
validation, section 6), so None and UNSET pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from attrs import frozen

from .exact_numbers import is_multiple
from .json_types import Json, is_array, is_object
from .patterns import compiled
from .unset import UNSET
from .violations import Problem, Step

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

    def __call__(self, instance: object, attribute: Any, value: Any) -> None:
        """Raise `ConstraintError` for the first problem, as attrs asks of a validator."""
        if not is_absent(value, attribute.default):
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

    def _text(self, value: str) -> Iterator[Problem]:
        if self.min_length is not None and len(value) < self.min_length:
            yield (), "minLength", f"is shorter than {_count(self.min_length, 'character')}"
        if self.max_length is not None and len(value) > self.max_length:
            yield (), "maxLength", f"is longer than {_count(self.max_length, 'character')}"
        if self.pattern is not None and compiled(self.pattern).search(value) is None:
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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


FREE = Constraints()
"""What holds for every value."""


def _below(step: Step, problems: Iterator[Problem]) -> Iterator[Problem]:
    for steps, keyword, message in problems:
        yield (step, *steps), keyword, message


def identity(item: object) -> str:
    """A text that is the same for values that JSON Schema holds for equal (1 and 1.0 are)."""
    return json.dumps(_normal(item), sort_keys=True, default=repr)


def _normal(item: object) -> object:
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if is_array(item):
        return [_normal(part) for part in item]
    if is_object(item):
        return {key: _normal(part) for key, part in item.items()}
    return item
