"""Validation keywords: lengths, bounds, counts and patterns."""

from __future__ import annotations

import re

from ..ir import Limits, Text
from .node import Node

_Bound = int | float | None

_NUMERIC = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of")

_SPOKEN_OF = {
    "array": ("min_items", "max_items", "unique_items"),
    "boolean": (),
    "integer": _NUMERIC,
    "number": _NUMERIC,
    "object": ("min_properties", "max_properties"),
    "string": ("min_length", "max_length", "pattern"),
}
"""Which keywords speak of values of a type; all others mean nothing there (2020-12, section 6)."""


def limits_of(node: Node, kind: str | None, *, is_3_0: bool) -> Limits:
    """The validation keywords that matter for a type, in the dialect of its document."""
    limits = _all_limits(node, is_3_0=is_3_0)
    if kind is None:
        return limits
    return Limits(**{name: getattr(limits, name) for name in _SPOKEN_OF[kind]})


def _all_limits(node: Node, *, is_3_0: bool) -> Limits:
    exclusive = _exclusive_3_0 if is_3_0 else _exclusive_3_1
    minimum, exclusive_minimum = exclusive(node, "minimum", "exclusiveMinimum")
    maximum, exclusive_maximum = exclusive(node, "maximum", "exclusiveMaximum")
    return Limits(
        min_length=node.count_of("minLength"),
        max_length=node.count_of("maxLength"),
        pattern=_pattern(node),
        minimum=minimum,
        maximum=maximum,
        exclusive_minimum=exclusive_minimum,
        exclusive_maximum=exclusive_maximum,
        multiple_of=_multiple_of(node),
        min_items=node.count_of("minItems"),
        max_items=node.count_of("maxItems"),
        unique_items=node.boolean_of("uniqueItems"),
        min_properties=node.count_of("minProperties"),
        max_properties=node.count_of("maxProperties"),
    )


def _exclusive_3_1(node: Node, key: str, exclusive: str) -> tuple[_Bound, _Bound]:
    return node.number_of(key), node.number_of(exclusive)


def _exclusive_3_0(node: Node, key: str, exclusive: str) -> tuple[_Bound, _Bound]:
    """In OpenAPI 3.0 the exclusive keyword is a boolean beside the bound."""
    bound = node.number_of(key)
    return (None, bound) if node.boolean_of(exclusive) else (bound, None)


def _multiple_of(node: Node) -> _Bound:
    divisor = node.number_of("multipleOf")
    if divisor is not None and divisor <= 0:
        raise node.require("multipleOf").refusal("multipleOf must be greater than 0")
    return divisor


def _pattern(node: Node) -> Text | None:
    pattern = node.string_of("pattern")
    if pattern is None:
        return None
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise node.require("pattern").refusal(
            f"Python cannot read this regular expression: {error}"
        ) from None
    return Text(pattern)
