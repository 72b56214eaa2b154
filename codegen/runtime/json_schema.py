"""JSON Schema 2020-12, for what types cannot say: jsonschema, with keywords of our own.

It is imported when a schema is first used, for most models need none. Nothing is ever fetched.
Formats are asserted where they have a type of their own, as by the type. Numbers are the decimals
that were written, and patterns are ECMA-262's and end in time, as everywhere in this package
(`schema_keywords`): jsonschema itself searches for the names of `patternProperties` with `re`, so
where that may take long they are properties with names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final, Protocol, cast

from attrs import frozen

from .json_types import Json, JsonObject, is_array, is_object
from .patterns import matcher, translated
from .violations import MOST, Problem, Step

_MOST_TOLD: Final = 80
"""How many characters of a keyword's value are told: schemas may be long."""


class _Error(Protocol):
    @property
    def absolute_path(self) -> Iterable[Step]: ...
    @property
    def validator(self) -> object: ...
    @property
    def validator_value(self) -> object: ...


class _Validator(Protocol):
    @property
    def schema(self) -> Json: ...
    def iter_errors(self, instance: Json) -> Iterator[_Error]: ...


def schema_problems(schema: str, value: Json) -> list[Problem]:
    """The ways in which a JSON value breaks a schema, which is JSON text; `MOST` of them."""
    from .schema_keywords import one_judgement  # it loads jsonschema

    try:
        judge = _judge(schema).validator_of(value)
        with one_judgement(judge.schema):
            return [_problem(error) for error in islice(judge.iter_errors(value), MOST)]
    except RecursionError:
        raise
    except Exception as error:  # such as a reference that leads nowhere
        return [((), "schema", f"cannot be judged: {type(error).__name__}")]
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RecursionError from None  # what rpds makes of one where it calls Python


def _problem(error: _Error) -> Problem:
    """What is wrong, in the words of the schema: the value may be a secret."""
    steps = tuple(error.absolute_path)
    if not isinstance(error.validator, str) or error.validator_value == _NOTHING["not"]:
        return steps, "schema", "is not allowed"
    wanted = json.dumps(error.validator_value, ensure_ascii=False)
    told = f" {wanted}" if len(wanted) <= _MOST_TOLD else ""
    return steps, error.validator, f"does not fit {error.validator!r}{told}"


@frozen
class _Judge:
    """What judges by one schema."""

    schema: Json
    usual: _Validator
    quick_length: int | None
    """Up to how many characters names are quickly searched for; None for all names."""

    def validator_of(self, value: Json) -> _Validator:
        """What judges a value."""
        if self.quick_length is None:
            return self.usual
        names = _names_in(value)
        if all(len(name) <= self.quick_length for name in names):
            return self.usual
        return _validator(_Writer(names).written(self.schema))


@cache
def _judge(schema: str) -> _Judge:
    parsed: Json = json.loads(schema)
    writer = _Writer()
    usual = _validator(writer.written(parsed))
    return _Judge(parsed, usual, min(writer.quick_lengths, default=None))


def _validator(schema: Json) -> _Validator:
    from referencing.jsonschema import EMPTY_REGISTRY

    # Without a registry of its own jsonschema fetches what a $ref names.
    return cast("_Validator", _dialect()(schema, registry=EMPTY_REGISTRY))


@cache
def _dialect() -> Callable[..., object]:
    from jsonschema import Draft202012Validator, validators

    from .schema_keywords import (
        format_of_type,
        judged_once,
        multiple_of,
        pattern,
        unevaluated_items,
        unevaluated_properties,
        unique_items,
    )

    usual = cast("Any", Draft202012Validator)
    extend: Callable[..., Any] = cast("Any", validators).extend  # jsonschema says no types of it
    own = {
        "$ref": judged_once(usual.VALIDATORS["$ref"]),
        "format": format_of_type,
        "multipleOf": multiple_of,
        "pattern": pattern,
        "unevaluatedItems": unevaluated_items,
        "unevaluatedProperties": unevaluated_properties,
        "uniqueItems": unique_items,
    }
    return cast("Callable[..., object]", extend(usual, own))


_NOTHING: Final[dict[str, Json]] = {"not": {}}
"""The schema false, for which jsonschema would not tell the path."""

_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})
_OF_SCHEMAS_BY_NAME: Final = frozenset(
    {"$defs", "dependentSchemas", "patternProperties", "properties"}
)


class _Writer:
    """Writes a schema with its patterns of names in Python's words, or with names that match them."""

    def __init__(self, names: frozenset[str] | None = None) -> None:
        self._names = names
        """All names of properties in a value; None where patterns are to stay."""
        self.quick_lengths: list[int] = []
        """Up to how many characters names are quickly matched, by each pattern that is not always."""

    def written(self, schema: Json) -> Json:
        """What stands for a schema."""
        if is_array(schema):
            return [self._part(one) for one in schema]
        if not is_object(schema):
            return schema
        written = {key: self._value(key, value) for key, value in schema.items()}
        return written if self._names is None else _with_names(written, self._names)

    def _part(self, schema: Json) -> Json:
        return _NOTHING if schema is False else self.written(schema)

    def _value(self, key: str, value: Json) -> Json:
        if key in _DATA:
            return value
        if key in _OF_SCHEMAS_BY_NAME and is_object(value):
            spelled = self._spelled if key == "patternProperties" else str
            return {spelled(name): self._part(inner) for name, inner in value.items()}
        return self.written(value)

    def _spelled(self, pattern: str) -> str:
        quick_length = matcher(pattern).quick_length
        self.quick_lengths += [] if quick_length is None else [quick_length]
        return translated(pattern) if self._names is None else pattern


def _with_names(schema: JsonObject, names: frozenset[str]) -> JsonObject:
    """A schema with properties instead of the patterns that these match."""
    if not is_object(patterns := schema.get("patternProperties")):
        return schema
    parts: dict[str, list[Json]] = {
        name: [part] for name, part in schema.get("properties", {}).items()
    }
    for pattern, part in patterns.items():
        for name in filter(matcher(pattern).fits, names):
            parts.setdefault(name, []).append(part)
    others = {key: value for key, value in schema.items() if key != "patternProperties"}
    return {**others, "properties": {name: {"allOf": every} for name, every in parts.items()}}


def _names_in(value: Json) -> frozenset[str]:
    """The names of all properties, however deep."""
    names: set[str] = set()
    ahead = [value]
    while ahead:
        one = ahead.pop()
        if is_object(one):
            names.update(one)
            ahead += one.values()
        elif is_array(one):
            ahead += one
    return frozenset(names)
