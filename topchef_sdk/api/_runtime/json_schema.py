"""JSON Schema 2020-12, for what types cannot say: the only module that knows jsonschema.

It is imported when a schema is first used, for most models need none. Nothing is ever fetched.
Formats are not asserted. Numbers are the decimals that were written, and patterns end where
ECMA-262 says, as everywhere in this package.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, Protocol, cast

from .exact_numbers import is_multiple
from .json_types import Json, is_array, is_object
from .patterns import translated
from .violations import Problem, Step

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
    def iter_errors(self, instance: Json) -> Iterator[_Error]: ...


def schema_problems(schema: str, value: Json) -> list[Problem]:
    """Each way in which a JSON value breaks a schema, which is JSON text."""
    try:
        return [_problem(error) for error in _validator(schema).iter_errors(value)]
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


@cache
def _validator(schema: str) -> _Validator:
    from jsonschema import Draft202012Validator, validators
    from referencing.jsonschema import EMPTY_REGISTRY

    extend: Callable[..., Any] = cast("Any", validators).extend  # jsonschema says no types of it
    exact = extend(Draft202012Validator, {"multipleOf": _multiple_of})
    # Without a registry of its own jsonschema fetches what a $ref names.
    return cast("_Validator", exact(_with_patterns(json.loads(schema)), registry=EMPTY_REGISTRY))


def _multiple_of(validator: Any, divisor: Any, value: Json, _schema: Json) -> Iterator[object]:
    from jsonschema import ValidationError

    if validator.is_type(value, "number") and not is_multiple(value, divisor):
        yield ValidationError("is not a multiple")


_NOTHING: Final[dict[str, Json]] = {"not": {}}
"""The schema false, for which jsonschema would not tell the path."""

_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})
_OF_SCHEMAS_BY_NAME: Final = frozenset(
    {"$defs", "dependentSchemas", "patternProperties", "properties"}
)


def _with_patterns(schema: Json) -> Json:
    """A schema with its patterns in Python's words."""
    if is_array(schema):
        return [_part_with_patterns(one) for one in schema]
    if not is_object(schema):
        return schema
    return {key: _value_with_patterns(key, value) for key, value in schema.items()}


def _part_with_patterns(schema: Json) -> Json:
    return _NOTHING if schema is False else _with_patterns(schema)


def _value_with_patterns(key: str, value: Json) -> Json:
    if key in _DATA:
        return value
    if key == "pattern":
        return translated(value)
    if key in _OF_SCHEMAS_BY_NAME and is_object(value):
        spelled = translated if key == "patternProperties" else str
        return {spelled(name): _part_with_patterns(inner) for name, inner in value.items()}
    return _with_patterns(value)
