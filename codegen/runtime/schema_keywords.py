"""Keywords of JSON Schema as jsonschema judges them, in time that grows with schema and value.

jsonschema compares each item with each where it looks for equal ones, looks each property up in a
list of those that were evaluated, and judges a value again for each way that leads to it: twice per
level in a recursive `anyOf`. Answers come from anybody, and twenty levels would take minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from attrs import field, frozen
from jsonschema.exceptions import ValidationError

from .constraints import identity
from .exact_numbers import is_multiple
from .formats import is_of_format
from .json_types import Json, JsonObject, is_array, is_object
from .patterns import matcher
from .violations import MOST


class Validator(Protocol):
    """What judges by one schema, as jsonschema hands it to a keyword."""

    def evolve(self, *, schema: Json) -> Validator:
        """The same for another schema of the same document."""
        ...

    def is_valid(self, instance: Json) -> bool:
        """Whether a value fits."""
        ...

    def is_type(self, instance: Json, type: str) -> bool:
        """Whether a value is of a type of JSON."""
        ...


Step = TypeVar("Step", str, int)
Whole = TypeVar("Whole", JsonObject, list[Json])

Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]
"""Judges a value by what stands under a keyword of a schema: `(validator, said, value, schema)`."""


@frozen
class _Judgement:
    """What is known of the parts of one value, by the identities of a schema and of a part."""

    root: Json
    errors: dict[tuple[int, int], list[ValidationError]] = field(factory=dict)
    fits: dict[tuple[int, int], bool] = field(factory=dict)


_judgement: ContextVar[_Judgement] = ContextVar("_judgement")


@contextmanager
def one_judgement(root: Json = None) -> Generator[None]:
    """While a value is judged, which lives as long: each part of it once for each reference.

    `root` is the whole schema, which only `unevaluated_items` and `unevaluated_properties` ask for.
    """
    token = _judgement.set(_Judgement(root))
    try:
        yield
    finally:
        _judgement.reset(token)


def judged_once(reference: Keyword) -> Keyword:
    """A `$ref` that remembers what it said of a value; only within `one_judgement()`.

    What it finds may depend on nothing but the place of the reference: not for `$dynamicRef`.
    """

    def judge(validator: Any, said: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        known, place = _judgement.get().errors, (id(schema), id(value))
        if place not in known:
            known[place] = list(islice(reference(validator, said, value, schema) or (), MOST))
        # Whoever passes an error on writes into it where it was found.
        return (ValidationError.create_from(error) for error in known[place])

    return judge


def pattern(
    _validator: Validator, pattern: str, value: Json, _schema: Json
) -> Iterator[ValidationError]:
    """A pattern of ECMA-262, judged in linear time."""
    if isinstance(value, str) and not matcher(pattern).fits(value):
        yield ValidationError("does not match")


def format_of_type(
    _validator: Validator, form: Json, value: Json, _schema: Json
) -> Iterator[ValidationError]:
    """A format that has a type of its own, as its values are read; no other one is asserted."""
    if isinstance(value, str) and not is_of_format(value, form):
        yield ValidationError("is not of the format")


def multiple_of(
    validator: Validator, divisor: Any, value: Any, _schema: Json
) -> Iterator[ValidationError]:
    """Multiples of the decimal that is written."""
    if validator.is_type(value, "number") and not is_multiple(value, divisor):
        yield ValidationError("is not a multiple")


def unique_items(
    _validator: Validator, is_asked: bool, value: Json, _schema: Json
) -> Iterator[ValidationError]:
    """No two equal items."""
    if is_asked and is_array(value) and len({identity(item) for item in value}) < len(value):
        yield ValidationError(f"{value!r} has non-unique elements")


def unevaluated_properties(
    validator: Validator, said: Json, value: Json, schema: JsonObject
) -> Iterator[ValidationError]:
    """Properties that nothing else in the schema looks at (JSON Schema 2020-12, core, 11.3)."""
    if is_object(value):
        rest = value.keys() - _Names(validator, value).looked_at(schema, "unevaluatedProperties")
        judge = validator.evolve(schema=said)
        if not all(judge.is_valid(value[name]) for name in rest):
            yield ValidationError("has unevaluated properties that are not allowed")


def unevaluated_items(
    validator: Validator, said: Json, value: Json, schema: JsonObject
) -> Iterator[ValidationError]:
    """Items that nothing else in the schema looks at (JSON Schema 2020-12, core, 11.2)."""
    if is_array(value):
        looked_at = _Indexes(validator, value).looked_at(schema, "unevaluatedItems")
        judge = validator.evolve(schema=said)
        if not all(judge.is_valid(value[index]) for index in set(range(len(value))) - looked_at):
            yield ValidationError("has unevaluated items that are not allowed")


@frozen
class _Parts(Generic[Step, Whole]):
    """The parts of a value that schemas look at which hold for it."""

    validator: Validator
    value: Whole
    _seen: set[int] = field(factory=set, init=False)

    def looked_at(self, schema: JsonObject, besides: str) -> set[Step]:
        """Those that a schema looks at, besides one of its keywords."""
        return self._by({key: said for key, said in schema.items() if key != besides})

    def _by(self, schema: Json) -> set[Step]:
        if not is_object(schema) or id(schema) in self._seen:
            return set()
        self._seen.add(id(schema))
        found = self._here(schema)
        for inner in self._for_the_same(schema):
            found |= self._by(inner)
        return found

    def _here(self, schema: JsonObject) -> set[Step]:
        """What a schema itself looks at."""
        raise NotImplementedError

    def _for_the_same(self, schema: JsonObject) -> Iterator[Json]:
        """The schemas within one that hold for the same value."""
        if "$ref" in schema:
            yield _definition(schema["$ref"])
        for keyword in ("allOf", "anyOf", "oneOf"):
            yield from filter(self._fits, schema.get(keyword, ()))
        if "if" in schema:
            holds = self._fits(schema["if"])
            yield from (schema["if"], schema.get("then")) if holds else (schema.get("else"),)
        if is_object(self.value):
            dependent: JsonObject = schema.get("dependentSchemas", {})
            yield from (inner for name, inner in dependent.items() if name in self.value)

    def _fits(self, schema: Json) -> bool:
        known, place = _judgement.get().fits, (id(schema), id(self.value))
        if place not in known:
            known[place] = self.validator.evolve(schema=schema).is_valid(self.value)
        return known[place]


class _Names(_Parts[str, JsonObject]):
    def _here(self, schema: JsonObject) -> set[str]:
        if not schema.keys().isdisjoint({"additionalProperties", "unevaluatedProperties"}):
            return set(self.value)
        patterns: JsonObject = schema.get("patternProperties", {})
        named: JsonObject = schema.get("properties", {})
        matching = {
            name for name in self.value if any(re.search(pattern, name) for pattern in patterns)
        }
        return matching | (named.keys() & self.value.keys())


class _Indexes(_Parts[int, list[Json]]):
    def _here(self, schema: JsonObject) -> set[int]:
        if not schema.keys().isdisjoint({"items", "unevaluatedItems"}):
            return set(range(len(self.value)))
        found = set(range(len(schema.get("prefixItems", ()))))
        if "contains" in schema:
            judge = self.validator.evolve(schema=schema["contains"])
            found |= {index for index, item in enumerate(self.value) if judge.is_valid(item)}
        return found


def _definition(reference: str) -> Json:
    """What a reference leads to; in what the generator writes, each leads to a definition."""
    return _judgement.get().root["$defs"][reference.removeprefix("#/$defs/")]
