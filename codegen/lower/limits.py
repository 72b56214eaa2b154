"""Validation keywords: lengths, bounds, counts and patterns, and what several schemas say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..ir import NO_LIMITS, Limits, Text
from ..values import evolve, frozen, names_of
from .broken_patterns import fault_of
from .keywords import LIMITING
from .node import Json, Node
from .notes import Notes

_Bound = int | float | None

_LIMITING = frozenset(LIMITING)

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

_TIGHTEST: dict[str, Callable[[list[int | float]], int | float]] = {
    "exclusive_maximum": min,
    "exclusive_minimum": max,
    "max_items": min,
    "max_length": min,
    "max_properties": min,
    "maximum": min,
    "min_items": max,
    "min_length": max,
    "min_properties": max,
    "minimum": max,
}


_BOUNDS = (
    ("string", "min_length", "minLength", "max_length", "maxLength"),
    ("array", "min_items", "minItems", "max_items", "maxItems"),
    ("object", "min_properties", "minProperties", "max_properties", "maxProperties"),
    ("number", "minimum", "minimum", "maximum", "maximum"),
    ("number", "minimum", "minimum", "exclusive_maximum", "exclusiveMaximum"),
    ("number", "exclusive_minimum", "exclusiveMinimum", "maximum", "maximum"),
    ("number", "exclusive_minimum", "exclusiveMinimum", "exclusive_maximum", "exclusiveMaximum"),
)
"""What each two bounds speak of, and what they are called here and in documents."""


@frozen
class Contrary:
    """Two bounds between which there is no value."""

    kind: str
    least: str
    """The keyword."""
    most: str
    """The keyword."""


def contraries_of(limits: Limits) -> Iterator[Contrary]:
    """The bounds that nothing keeps."""
    if limits == NO_LIMITS:
        return
    for kind, least, least_word, most, most_word in _BOUNDS:
        low: _Bound = getattr(limits, least)
        high: _Bound = getattr(limits, most)
        if low is None or high is None:
            continue
        if low > high or (low == high and "exclusive" in least + most):
            yield Contrary(kind, least_word, most_word)


def spoken_of(limits: Limits, kinds: Iterable[str]) -> Limits:
    """The limits that speak of values of some types."""
    if limits == NO_LIMITS:  # as often
        return NO_LIMITS
    names = {name for kind in kinds for name in _SPOKEN_OF[kind]}
    return Limits(**{name: getattr(limits, name) for name in names})


def limits_of(node: Node, notes: Notes, *, is_3_0: bool) -> Limits:
    """The validation keywords of a schema, in the dialect of its document."""
    if _LIMITING.isdisjoint(node.names):
        return NO_LIMITS
    exclusive = _exclusive_3_0 if is_3_0 else _exclusive_3_1
    minimum, exclusive_minimum = exclusive(node, "minimum", "exclusiveMinimum")
    maximum, exclusive_maximum = exclusive(node, "maximum", "exclusiveMaximum")
    return Limits(
        min_length=node.count_of("minLength"),
        max_length=node.count_of("maxLength"),
        pattern=_pattern(node, notes),
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


def tightened(several: Iterable[Limits]) -> tuple[Limits, dict[str, list[Text | int | float]]]:
    """What limits say together, and what of it they cannot: further patterns and divisors."""
    found = [limits for limits in several if limits != NO_LIMITS]
    if len(found) < 2:
        return (found[0] if found else NO_LIMITS), {}
    together: dict[str, int | float] = {}
    for name, tightest in _TIGHTEST.items():
        bounds = [bound for limits in found if (bound := getattr(limits, name)) is not None]
        if bounds:
            together[name] = tightest(bounds)
    patterns = list(dict.fromkeys(one.pattern for one in found if one.pattern is not None))
    divisors = list(dict.fromkeys(one.multiple_of for one in found if one.multiple_of is not None))
    left: dict[str, list[Text | int | float]] = {
        "pattern": list(patterns[1:]),
        "multipleOf": list(divisors[1:]),
    }
    limits = evolve(
        _limits(together),
        pattern=patterns[0] if patterns else None,
        multiple_of=divisors[0] if divisors else None,
        unique_items=any(one.unique_items for one in found),
    )
    return limits, {key: values for key, values in left.items() if values}


def _limits(named: dict[str, Any]) -> Limits:
    return Limits(**named)


def are_apart(one: Limits, other: Limits) -> bool:
    """Whether two limits set no keyword both, so that joining them changes neither."""
    return not any(
        getattr(one, name) != unsaid and getattr(other, name) != unsaid
        for name in names_of(Limits)
        for unsaid in [getattr(NO_LIMITS, name)]
    )


def joined(one: Limits, other: Limits) -> Limits:
    """The limits that say what two say that are apart."""
    return Limits(
        **{
            name: getattr(one, name)
            if getattr(one, name) != getattr(NO_LIMITS, name)
            else getattr(other, name)
            for name in names_of(Limits)
        }
    )


def is_within(value: Json, limits: Limits) -> bool:
    """Whether a JSON value keeps limits, a schema among them."""
    if limits == NO_LIMITS:
        return True
    # Few values are checked, and the checks take their time to import.
    from ..runtime.constraints import Constraints

    said: dict[str, Any] = {}
    for name in names_of(Limits):
        limit: object = getattr(limits, name)
        said[name] = limit.reveal() if isinstance(limit, Text) else limit
    return not list(Constraints(**said).problems(value))


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


def _pattern(node: Node, notes: Notes) -> Text | None:
    pattern = node.string_of("pattern")
    if pattern is None:
        return None
    if not is_readable(pattern):
        note_unreadable(node.require("pattern"), pattern, notes)
        return None
    return Text(pattern)


def note_unreadable(place: Node, pattern: str, notes: Notes) -> None:
    """Note that a pattern is not checked, and why."""
    fault = fault_of(pattern)
    if is_endless(pattern):
        notes.warn(place, "matching this regular expression may take for ever; it is not checked")
    elif fault is None:
        notes.remark(place, "Python cannot read this regular expression; it is not checked")
    else:
        notes.warn(place, f"this is no regular expression, for {fault}; it is not checked")


def is_endless(pattern: str) -> bool:
    """Whether a regular expression is none of those that match in time, whatever the text."""
    from ..runtime.patterns import EndlessError

    return isinstance(_what_is_wrong(pattern), EndlessError)


def is_readable(pattern: object) -> bool:
    """Whether an SDK can match a regular expression, which is in words of ECMA-262, and in time."""
    return _what_is_wrong(str(pattern)) is None


def _what_is_wrong(pattern: str) -> Exception | None:
    """Why an SDK cannot match a regular expression."""
    from ..runtime.patterns import matcher

    try:
        matcher(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return error
    return None
