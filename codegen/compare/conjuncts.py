"""JSON Schemas taken apart: the parts that hold of the same value, and what they say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Final

from ..lower.keywords import OF_LISTS, OF_MAPS, OF_SCHEMAS
from ..tree import Json
from ..values import define

_SAID_BY_TYPES: Final = frozenset(
    {"allOf", "maxProperties", "minProperties", "properties", "required", "type"}
)
"""The keywords of an object of which types leave nothing unsaid."""

_DEFINED: Final = "#/$defs/"
_MOST_PARTS: Final = 10_000
"""A schema of more parts keeps its references."""


@cache
def read(text: str) -> Json:
    """A schema with what it refers to in the place of references.

    What holds itself is referred to inside of itself, under a name that only the same has.
    """
    schema: Json = json.loads(text)
    if not isinstance(schema, dict) or "$defs" not in schema:
        return schema
    definitions = schema["$defs"]
    if not isinstance(definitions, dict):
        return schema
    rest: Json = {key: value for key, value in schema.items() if key != "$defs"}
    digest = sha256(json.dumps(definitions, sort_keys=True).encode()).hexdigest()
    try:
        return _Inlining(definitions, digest).schema(rest, ())
    except LookupError:
        return schema


@define
class _Inlining:
    definitions: Mapping[str, Json]
    digest: str
    """What tells these definitions from those of another schema, which may have the same names."""
    _left: int = _MOST_PARTS

    def schema(self, schema: Json, inside: tuple[str, ...]) -> Json:
        """A schema without references.

        Raises:
            LookupError: one leads to nothing, or there are too many.
        """
        self._left -= 1
        if self._left < 0:
            raise LookupError
        if not isinstance(schema, dict):
            return schema
        written = {key: self._value(key, value, inside) for key, value in schema.items()}
        reference = written.pop("$ref", None)
        if not isinstance(reference, str):
            return written
        if reference in inside:
            return {**written, "$ref": f"{self.digest}{reference}"}
        target = self.definitions[reference.removeprefix(_DEFINED)]
        meant = self.schema(target, (*inside, reference))
        if not written:
            return meant
        together = written.get("allOf")
        return {**written, "allOf": [meant, *(together if isinstance(together, list) else ())]}

    def _value(self, key: str, value: Json, inside: tuple[str, ...]) -> Json:
        if key in OF_SCHEMAS:
            return self.schema(value, inside)
        if key in OF_LISTS and isinstance(value, list):
            return [self.schema(one, inside) for one in value]
        if key in OF_MAPS and isinstance(value, dict):
            return {name: self.schema(one, inside) for name, one in value.items()}
        return value


def conjuncts(schema: Json) -> Iterator[dict[str, Json]]:
    """A schema, and the schemas that hold of the same value with it."""
    if isinstance(schema, dict):
        yield schema
        together = schema.get("allOf")
        for one in together if isinstance(together, list) else ():
            yield from conjuncts(one)


def names_seen(schema: Json) -> set[str]:
    """The properties that a schema names, itself or in a part that holds of the same value."""
    return {
        name
        for part in conjuncts(schema)
        if isinstance(named := part.get("properties"), dict)
        for name in named
    }


def unsaid_keywords(schema: Json) -> dict[str, list[Json]]:
    """What a schema says that types of objects do not, by keyword."""
    found: dict[str, list[Json]] = {}
    for part in conjuncts(schema):
        for key, value in part.items():
            if key not in _SAID_BY_TYPES:
                found.setdefault(key, []).append(value)
    return found


def besides_properties(schema: Json) -> Json:
    """A schema without what it says of each property that it names, and of which are required."""
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Json] = {key: value for key, value in schema.items() if key != "required"}
    named, together = schema.get("properties"), schema.get("allOf")
    if isinstance(named, dict):
        kept["properties"] = dict.fromkeys(named, True)
    if isinstance(together, list):
        kept["allOf"] = [besides_properties(one) for one in together]
    return kept
