"""What a schema's `type`, `format` and `const` say."""

from __future__ import annotations

from attrs import evolve

from ..ir import NO_LIMITS, Limits, Literal, Null, Scalar, ScalarKind, Text, Type
from .node import Node

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

_TYPES = frozenset({*_SCALARS, "array", "null", "object"})

_INTEGER_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


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


def implied_kind(node: Node) -> str | None:
    """The type that a schema without one speaks of."""
    if node.has("additionalProperties"):
        return "object"
    if node.has("items"):
        return "array"
    return None


def scalar_of(node: Node, kind: str, limits: Limits) -> Scalar:
    """The scalar type of a schema of a kind, in its format."""
    scalar = _SCALARS[kind]
    form = node.string_of("format")
    if scalar is ScalarKind.STRING and form in _TEXT_FORMATS:
        scalar = _TEXT_FORMATS[form]
        if limits != NO_LIMITS:
            raise node.refusal(f"lengths and patterns beside format {form!r} are not supported yet")
    if scalar is ScalarKind.INTEGER and form in _INTEGER_RANGES:
        least, most = _INTEGER_RANGES[form]
        limits = evolve(
            limits,
            minimum=least if limits.minimum is None else max(least, limits.minimum),
            maximum=most if limits.maximum is None else min(most, limits.maximum),
        )
    return Scalar(scalar, limits)


def constant_of(node: Node) -> Type:
    """The type of a `const`."""
    value: object = node.value
    if value is None:
        return Null()
    if isinstance(value, str):
        return Literal(Text(value))
    if isinstance(value, bool | int):
        return Literal(value)
    raise node.refusal(
        "only constants that are strings, integers, booleans or null are supported yet"
    )
