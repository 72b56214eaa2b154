"""Arrays and maps of a certain size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..constraints import identity
from .distinct import distinct
from .impossible import NOTHING
from .nesting import unless_deep
from .regular import CHARACTERS

T = TypeVar("T")

_MOST_MORE: Final = 4
"""How many more items than needed an array gets: documents nest them."""

_MOST_AT_THE_EDGE: Final = 12
"""Up to how many items an array or a map is made as long as it may be."""

NAMES: Final = st.text(CHARACTERS, max_size=8)
"""Names of properties."""


def arrays(
    item: SearchStrategy[T],
    *,
    min_items: int = 0,
    max_items: int | None = None,
    unique_items: bool = False,
    domain: list[T] | None = None,
) -> SearchStrategy[list[T]]:
    """Arrays; unique items differ as JSON values, and come from all that there are if few are."""
    if unique_items and domain is not None:
        if len(domain) < min_items:
            return NOTHING
        item, most_there = st.sampled_from(domain), len(domain)
        max_items = most_there if max_items is None else min(max_items, most_there)
    if item is NOTHING:
        max_items = 0
    if max_items is not None and max_items < min_items:
        return NOTHING
    key = identity if unique_items else None

    def between(least: int, most: int) -> SearchStrategy[list[T]]:
        return st.lists(item, min_size=least, max_size=most, unique_by=key)

    usual = between(min_items, _some(min_items, max_items))
    if _has_edge(min_items, max_items):
        usual = usual | between(max_items or 0, max_items or 0)
    return unless_deep(usual, between(min_items, min_items))


def maps(
    value: SearchStrategy[T],
    *,
    min_properties: int = 0,
    max_properties: int | None = None,
    names: SearchStrategy[str] = NAMES,
) -> SearchStrategy[dict[str, T]]:
    """Objects whose property names are data."""
    if value is NOTHING:
        max_properties = 0
    if max_properties is not None and max_properties < min_properties:
        return NOTHING

    def between(least: int, most: int) -> SearchStrategy[dict[str, T]]:
        return st.dictionaries(names, value, min_size=least, max_size=most)

    usual = between(min_properties, _some(min_properties, max_properties))
    if _has_edge(min_properties, max_properties):
        usual = usual | between(max_properties or 0, max_properties or 0)
    return unless_deep(usual, between(min_properties, min_properties))


def objects_of(
    required: Mapping[str, SearchStrategy[Any]], optional: Mapping[str, SearchStrategy[Any]]
) -> SearchStrategy[dict[str, Any]]:
    """Objects of properties by their names, about half of the optional ones among them.

    Whether one is there is drawn with its value, so that both go away together in a smaller example.
    """
    values = {**required, **{name: _perhaps(made) for name, made in optional.items()}}
    names = list(values)

    def made(draw: st.DrawFn) -> dict[str, Any]:
        start = draw(st.integers(0, len(names) - 1)) if len(names) > 1 else 0
        drawn = {name: draw(values[name]) for name in (*names[start:], *names[:start])}
        return {name: value for name, value in drawn.items() if value is not _ABSENT}

    return distinct(made)


_ABSENT: Final = object()


def _perhaps(value: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return distinct(lambda draw: draw(value) if draw(st.booleans()) else _ABSENT)


def _some(least: int, most: int | None) -> int:
    return least + _MOST_MORE if most is None else min(most, least + _MOST_MORE)


def _has_edge(least: int, most: int | None) -> bool:
    return most is not None and least + _MOST_MORE < most <= _MOST_AT_THE_EDGE
