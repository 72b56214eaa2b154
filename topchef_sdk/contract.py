"""JSON Schema draft 4, as services promise it and servers judge it: all that knows jsonschema.

Schemas and instances come from anybody and none is trusted. Nothing is ever fetched: a `$ref` to
another document is a fault of the schema. What is nested too deeply is a problem and not a crash,
and so is whatever else jsonschema stumbles over. What remains is time: a pattern that backtracks
without end holds up whoever judges by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import islice
from typing import Any, Final, Protocol, cast

from attrs import frozen
from jsonschema import Draft4Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError
from referencing import Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4, EMPTY_REGISTRY, Schema

from .api import Json, JsonObject, is_array, is_object
from .api._runtime.schema_keywords import judged_once, one_judgement, unique_items
from .one_line import one_line

DEEPEST: Final = 100
"""How many arrays and objects may be nested: far more than people write, far less than Python's
stack. Deeper values could be stored, but never be read again."""

MOST_PROBLEMS: Final = 20
"""How many problems are told at most, lest the answer to 8 MiB be a multiple of them."""

_TOO_DEEP: Final = f"$: is nested more than {DEEPEST} deep"
_ENDLESS: Final = "$: is nested too deeply, or the schema refers to itself without end"


class InvalidSchemaError(ValueError):
    """A schema is none that a service can promise; the message names the place in it."""


class Contract:
    """A schema, checked once and ready to judge instances; raises `InvalidSchemaError`."""

    def __init__(self, schema: JsonObject) -> None:
        for problem in check_schema(schema):
            raise InvalidSchemaError(problem)
        self._validator = _validator(schema)

    def violations(self, instance: Json) -> tuple[str, ...]:
        """Each way in which an instance breaks the schema, with its JSON path."""
        return tuple(_told(_instance_problems(instance, self._validator)))


def check_schema(schema: Json) -> list[str]:
    """What keeps a value from being a schema that can be promised, each with its JSON path."""
    return _told(_schema_problems(schema))


def violations(instance: Json, schema: JsonObject) -> list[str]:
    """Each way in which an instance breaks a schema that was checked before."""
    return _told(_instance_problems(instance, _validator(schema)))


def is_too_deep(value: Json) -> bool:
    """Whether arrays and objects are nested more than `DEEPEST` deep."""
    level = [value]
    for _ in range(DEEPEST):
        level = [item for outer in level for item in _items(outer)]
    return any(is_object(value) or is_array(value) for value in level)


def _items(value: Json) -> Iterable[Json]:
    if is_object(value):
        return value.values()
    return value if is_array(value) else ()


def _told(problems: Iterator[str]) -> list[str]:
    told: list[str] = []
    try:
        with one_judgement():
            told.extend(islice(problems, MOST_PROBLEMS))
    except RecursionError:
        told.append(_ENDLESS)
    except Exception as error:  # such as OverflowError of 1e400 / 0.1: jsonschema is not at fault
        told.append(f"$: cannot be judged: {one_line(str(error)) or type(error).__name__}")
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        told.append(_ENDLESS)  # what rpds makes of a RecursionError where it calls Python
    return told


def _instance_problems(instance: Json, validator: _Validator) -> Iterator[str]:
    if is_too_deep(instance):
        yield _TOO_DEEP
        return
    yield from _judged_by(validator, instance)


def _schema_problems(schema: Json) -> Iterator[str]:
    """What the first judge finds that finds anything: each relies on those before it."""
    for judge in (_depth, _meta_schema, _patterns_and_references, _endless_references):
        is_sound = True
        for problem in judge(schema):
            is_sound = False
            yield problem
        if not is_sound:
            return


def _depth(schema: Json) -> Iterator[str]:
    if is_too_deep(schema):
        yield _TOO_DEEP


def _meta_schema(schema: Json) -> Iterator[str]:
    return _judged_by(_validator(_META_SCHEMA), schema)


def _endless_references(schema: JsonObject) -> Iterator[str]:
    """Nothing but using the schema tells of them: jsonschema then ends with RecursionError."""
    for _ in _judged_by(_validator(schema), {}):
        pass
    yield from ()


class _Validator(Protocol):
    def iter_errors(self, instance: Json) -> Iterator[ValidationError]: ...


_META_SCHEMA: Final = cast("JsonObject", Draft4Validator.META_SCHEMA)
_FORMATS: Final = FormatChecker(formats=["regex"])


def _dialect() -> Callable[..., _Validator]:
    """Draft 4, in time that grows with schema and value."""
    usual, extend = cast("tuple[Any, Any]", (Draft4Validator, validators.extend))  # untyped
    own = {"$ref": judged_once(usual.VALIDATORS["$ref"]), "uniqueItems": unique_items}
    return cast("Callable[..., _Validator]", extend(usual, own))


_DIALECT: Final = _dialect()


def _resource(schema: JsonObject) -> Resource[Schema]:
    return cast("Resource[Schema]", DRAFT4.create_resource(schema))


_REGISTRY: Final = EMPTY_REGISTRY.with_resource(
    "http://json-schema.org/draft-04/schema", _resource(_META_SCHEMA)
)


def _validator(schema: JsonObject) -> _Validator:
    formats = _FORMATS if schema is _META_SCHEMA else None  # 2.0 looks at no formats
    # Without a registry of its own jsonschema fetches what a $ref names.
    return _DIALECT(schema, registry=_REGISTRY, format_checker=formats)


def _judged_by(validator: _Validator, instance: Json) -> Iterator[str]:
    for error in validator.iter_errors(instance):
        yield f"{one_line(error.json_path)}: {one_line(error.message)}"


def _patterns_and_references(schema: JsonObject) -> Iterator[str]:
    """What the meta-schema cannot see: references that lead nowhere and keys that are no patterns."""
    for place in _places(schema):
        for pattern in place.schema.get("patternProperties", ()):
            if not _is_pattern(pattern):
                at = _below(_below(place.path, "patternProperties"), pattern)
                yield f"{at}: is not a pattern"
        if place.reference is _Reference.LOST:
            at, shown = f"{place.path}.$ref", one_line(repr(place.schema["$ref"]))
            yield f"{at}: {shown} is no schema in here, and no other document is fetched"


def references_to_root(schema: JsonObject) -> list[JsonObject]:
    """All subschemas whose `$ref` leads to the schema itself or to a place named from there.

    Not those that lead to another document, nor to a subschema with an `id` of its own.
    """
    return [place.schema for place in _places(schema) if place.reference is _Reference.ROOT]


class _Reference(Enum):
    """Where the `$ref` of a schema leads."""

    NONE = "there is none"
    LOST = "to no schema in here"
    ROOT = "to a place that is named from the root"
    OTHER = "to a place that is named from a schema with an id of its own"


@frozen
class _Place:
    """A schema within a schema."""

    path: str
    schema: JsonObject
    reference: _Reference


def _places(root: JsonObject) -> Iterator[_Place]:
    """The schema and every schema in it, once; references may lead to where no keyword does."""
    pending = [("$", _REGISTRY.resolver_with_root(_resource(root)), root)]
    seen: set[int] = set()
    while pending:
        path, resolver, here = pending.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        reference = _Reference.NONE
        if "$ref" in here:
            try:
                found = resolver.lookup(here["$ref"])
            except (Unresolvable, ValueError, AttributeError):  # a URL that is none; no text
                found = None
            if found is None or not is_object(found.contents):
                reference = _Reference.LOST
            else:
                pending.append((f"{path}.$ref", found.resolver, found.contents))
                document = resolver.lookup(f"{here['$ref'].partition('#')[0]}#").contents
                reference = _Reference.ROOT if document is root else _Reference.OTHER
        yield _Place(path, here, reference)
        for at, below in _subschemas(path, here):
            pending.append((at, resolver.in_subresource(_resource(below)), below))


_IN_VALUE: Final = {"additionalItems", "additionalProperties", "items", "not"}
_IN_ARRAY: Final = {"allOf", "anyOf", "items", "oneOf"}
_IN_VALUES: Final = {"definitions", "dependencies", "patternProperties", "properties"}


def _subschemas(path: str, schema: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for at, value in _places_of_subschemas(path, schema):
        if is_object(value):
            yield at, value


def _places_of_subschemas(path: str, schema: JsonObject) -> Iterator[tuple[str, Json]]:
    for keyword, value in schema.items():
        at = _below(path, keyword)
        if keyword in _IN_VALUE:
            yield at, value
        if keyword in _IN_ARRAY and is_array(value):
            yield from ((f"{at}[{index}]", item) for index, item in enumerate(value))
        if keyword in _IN_VALUES and is_object(value):
            yield from ((_below(at, name), item) for name, item in value.items())


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if name.isidentifier() else f"{path}[{one_line(repr(name))}]"


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
