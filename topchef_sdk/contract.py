"""A service's JSON Schemas: the only module that knows jsonschema.

Services promise what jobs look like in draft 4, as the servers check it. Nothing is ever
fetched: a `$ref` to another document is a fault of the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError
from jsonschema.exceptions import ValidationError as Violation
from referencing import Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4, EMPTY_REGISTRY, Schema

from .api import Json, JsonObject, is_array, is_object

_MOST_VIOLATIONS = 20


class InvalidSchemaError(ValueError):
    """A schema is none that a service can promise; the message names the place in it."""


class _Validator(Protocol):
    def iter_errors(self, instance: Json) -> Iterator[Violation]: ...


class Contract:
    """A schema, checked once and ready to judge instances.

    Raises `InvalidSchemaError` for a schema that breaks draft 4 or refers to another document.
    """

    def __init__(self, schema: JsonObject) -> None:
        _check(schema)
        # Without a registry of its own jsonschema would fetch what a $ref names.
        self._validator = cast("_Validator", Draft4Validator(schema, registry=_REGISTRY))

    def violations(self, instance: Json) -> tuple[str, ...]:
        """What breaks the schema, each with its JSON path; at most 20, none if all is right."""
        found: list[str] = []
        try:
            for violation in self._validator.iter_errors(instance):
                found.append(f"{violation.json_path}: {_first_line(violation.message)}")
                if len(found) == _MOST_VIOLATIONS:
                    break
        except Unresolvable as error:
            found.append(f"$: the schema refers to {error.ref!r}, which cannot be resolved")
        except RecursionError:
            found.append("$: the value or its schema is nested too deeply")
        return tuple(found)


def _check(schema: JsonObject) -> None:
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        message = f"{error.json_path}: {_first_line(error.message)}"
        raise InvalidSchemaError(message) from None
    except RecursionError:
        raise InvalidSchemaError("$: the schema is nested too deeply") from None
    for path, reference in _references(schema):
        if not reference.startswith("#") and not reference.startswith(_OWN_META_SCHEMA):
            raise InvalidSchemaError(f"{path}: {reference!r} is another document, never fetched")


_OWN_META_SCHEMA = "http://json-schema.org/draft-04/schema"
_REGISTRY = EMPTY_REGISTRY.with_resource(
    _OWN_META_SCHEMA,
    cast("Resource[Schema]", DRAFT4.create_resource(Draft4Validator.META_SCHEMA)),
)


def _references(schema: Json) -> Iterator[tuple[str, str]]:
    """The places and targets of all `$ref`s."""
    pending: list[tuple[str, Json]] = [("$", schema)]
    while pending:
        path, value = pending.pop()
        if is_object(value):
            reference = value.get("$ref")
            if isinstance(reference, str):
                yield f"{path}.$ref", reference
            pending.extend((f"{path}.{key}", item) for key, item in value.items())
        elif is_array(value):
            pending.extend((f"{path}[{index}]", item) for index, item in enumerate(value))


def _first_line(message: str) -> str:
    """A message that quotes an instance may be as long as that."""
    line = message.partition("\n")[0]
    return line if len(line) <= 300 else f"{line[:297]}..."
