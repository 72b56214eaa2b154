"""What a schema's `type` and `format` say."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

from ..ir import NO_LIMITS, Limits, Scalar, ScalarKind, Text
from .keywords import ANNOTATIONS, LIMITING, is_said
from .limits import is_readable
from .node import Node

NO_OBJECTS: Final = ("array", "boolean", "number", "string")
"""The types of values that are no objects, besides null; integers are numbers."""

ALL_KINDS: Final = (*NO_OBJECTS, "object")
"""All types besides null."""

_SCALARS = {
    "string": ScalarKind.STRING,
    "integer": ScalarKind.INTEGER,
    "number": ScalarKind.NUMBER,
    "boolean": ScalarKind.BOOLEAN,
}

_TEXT_FORMATS = {
    "byte": ScalarKind.BYTES,
    "date": ScalarKind.DATE,
    "date-time": ScalarKind.DATE_TIME,
    "uuid": ScalarKind.UUID,
}

_BOUNDED = frozenset({"int8", "int16", "uint8", "uint16", "uint32", "uint64"})
"""Formats of integers that say more than their types do; what `int32` says is a limit."""

_OF_PLAIN_ONES = ANNOTATIONS | {"type"}

_OF_SCALARS = frozenset({"format", "nullable", "type", *LIMITING})
"""All that the type of a scalar depends on."""

_HASHABLE = frozenset({str, int, float, bool})

ScalarKey: TypeAlias = tuple[tuple[str, type, object], ...]

_TYPES = frozenset({*_SCALARS, "array", "null", "object"})


def kinds_of(node: Node) -> list[str]:
    """The types that a schema names."""
    named = node.get("type")
    if named is None:
        return []
    kinds = [named] if isinstance(named.value, str) else list(named.items())
    for kind in kinds:
        if kind.string() not in _TYPES:
            raise kind.refusal(
                f"{kind.string()!r} is no JSON Schema type; use one of {sorted(_TYPES)}"
            )
    return [kind.string() for kind in kinds]


def implied_kinds(node: Node) -> set[str]:
    """The types that a schema without one speaks of."""
    implied: set[str] = set()
    if node.has("properties", "additionalProperties", "patternProperties"):
        implied.add("object")
    if node.has("items", "prefixItems"):
        implied.add("array")
    return implied


def scalar_kind(kind: str, form: str | None) -> ScalarKind:
    """The scalar type of values of a JSON type in a format."""
    scalar = _SCALARS[kind]
    return _TEXT_FORMATS.get(form or "", scalar) if scalar is ScalarKind.STRING else scalar


def makes_type(form: object) -> bool:
    """Whether texts of a format have a type of their own."""
    return form in _TEXT_FORMATS


def scalar_of(kind: str, form: str | None, limits: Limits) -> Scalar:
    """The type of values of a JSON type in a format."""
    scalar = scalar_kind(kind, form)
    is_told = form in _BOUNDED if scalar is ScalarKind.INTEGER else scalar is ScalarKind.STRING
    if not form or not is_told or form == "binary":
        return Scalar(scalar, limits)
    return Scalar(scalar, limits, Text(form))


def plain_scalar(node: Node) -> Scalar | None:
    """The type of a schema that says no more than a scalar type, which is how most of them are."""
    value = node.value
    if value.__class__ is not dict or not _OF_PLAIN_ONES.issuperset(value):
        return None
    named: object = value.get("type")
    if not isinstance(named, str) or named not in _SCALARS:
        return None
    return _plain_scalar(named, node.string_of("format"))


@lru_cache(maxsize=1000)
def _plain_scalar(named: str, form: str | None) -> Scalar:
    return scalar_of(named, form, range_of(named, form))


def scalar_key(node: Node) -> ScalarKey | None:
    """What the type of a schema depends on that speaks of a string, number or boolean alone.

    None for all other schemas, such as enumerations: where they stand matters. Of the schemas of
    properties and parameters most are such, and many say the same.
    """
    kind: object = node.value.get("type") if node.is_object else None
    if not isinstance(kind, str) or kind not in _SCALARS:
        return None
    key: list[tuple[str, type, object]] = []
    for name, said in node.value.items():
        if name in _OF_SCALARS:
            if said.__class__ not in _HASHABLE:
                return None
            if name == "pattern" and not is_readable(said):
                return None  # which is to be noted of each
            key.append((name, said.__class__, said))  # for 1 and 1.0 and true are equal
        elif is_said(name) or name.startswith("$"):
            return None
    return tuple(key)


def range_of(kind: str, form: str | None) -> Limits:
    """The bounds that a format sets.

    Those of `int64` are left to whoever computes with 64 bits: every integer has that format.
    """
    return _INT32 if kind == "integer" and form == "int32" else NO_LIMITS


def kind_of_value(value: object) -> str:
    """The JSON type of a value; whole numbers are integers."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case list():
            return "array"
        case _:
            return "object"


def is_of_kinds(value: object, kinds: list[str] | None) -> bool:
    """Whether a value has one of the types that a schema names; None for all."""
    kind = kind_of_value(value)
    return kinds is None or kind in kinds or (kind == "integer" and "number" in kinds)


INT32 = (-(2**31), 2**31 - 1)
"""The bounds of integers of that format."""
_INT32 = Limits(minimum=INT32[0], maximum=INT32[1])
