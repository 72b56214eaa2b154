"""JSON Schema's validation keywords, as validators of attrs fields.

A keyword speaks only of values of its own type and ignores all others (JSON Schema 2020-12,
validation, section 6), so None and UNSET pass.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from attrs import frozen

from .json_types import is_array, is_object
from .violations import Problem, Step

Number: TypeAlias = int | float


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

    def __call__(self, instance: object, attribute: Any, value: Any) -> None:
        """Raise `ConstraintError` for the first problem, as attrs asks of a validator."""
        for steps, keyword, message in self.problems(value):
            field = "".join([str(attribute.name), *(f"[{step!r}]" for step in steps)])
            raise ConstraintError(field, keyword, message)

    def problems(self, value: object) -> Iterator[Problem]:
        """Each way in which the value breaks these keywords."""
        if isinstance(value, str):
            yield from self._text(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from self._number(value)
        elif is_array(value):
            yield from self._array(value)
        elif is_object(value):
            yield from self._object(value)

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
        if self.multiple_of is not None and not _is_multiple(value, self.multiple_of):
            yield (), "multipleOf", f"is not a multiple of {self.multiple_of}"

    def _array(self, value: list[Any]) -> Iterator[Problem]:
        if self.min_items is not None and len(value) < self.min_items:
            yield (), "minItems", f"has fewer than {_count(self.min_items, 'item')}"
        if self.max_items is not None and len(value) > self.max_items:
            yield (), "maxItems", f"has more than {_count(self.max_items, 'item')}"
        if self.unique_items and len({identity(item) for item in value}) < len(value):
            yield (), "uniqueItems", "has equal items"
        if self.items is not None:
            for index, item in enumerate(value):
                yield from _below(index, self.items.problems(item))

    def _object(self, value: dict[str, Any]) -> Iterator[Problem]:
        if self.min_properties is not None and len(value) < self.min_properties:
            yield (), "minProperties", f"has fewer than {self.min_properties} properties"
        if self.max_properties is not None and len(value) > self.max_properties:
            yield (), "maxProperties", f"has more than {self.max_properties} properties"
        if self.values is not None:
            for key, item in value.items():
                yield from _below(key, self.values.problems(item))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema, which is unanchored (JSON Schema, validation, section 6.3.3).

    Its `$` is the end, as ECMA-262 has it; Python's is also before a final line feed.
    """
    return re.compile(_PIECES.sub(lambda piece: _python(piece[0]), pattern))


_PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
"""Escapes and character classes, in which a `$` is only itself, and all other `$`s."""


def _python(piece: str) -> str:
    return r"\Z" if piece == "$" else piece


FREE = Constraints()
"""What holds for every value."""


def _below(step: Step, problems: Iterator[Problem]) -> Iterator[Problem]:
    for steps, keyword, message in problems:
        yield (step, *steps), keyword, message


def _is_multiple(value: Number, divisor: Number) -> bool:
    """Whether the decimal that was written is a multiple: 0.3 is one of 0.1, floats or not."""
    if not math.isfinite(value):
        return False
    return (Fraction(repr(value)) / Fraction(repr(divisor))).denominator == 1


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
