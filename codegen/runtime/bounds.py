"""Which constraints msgspec enforces by itself, exactly as `Constraints` does, while it reads."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from types import NoneType
from typing import Any, Final, Union, get_args
from uuid import UUID

from .constraints import Constraints, Number
from .json_text import AwareDatetime, bounded
from .patterns import translated
from .shapes import is_list, is_record, is_union
from .unset import Unset

_OF_STRINGS: Final = frozenset({"min_length", "max_length", "pattern"})
_OF_NUMBERS: Final = frozenset(
    {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"}
)
_OF_ARRAYS: Final = frozenset({"min_items", "max_items", "unique_items", "items"})
_NAMES: Final = {
    "minimum": "ge",
    "maximum": "le",
    "exclusive_minimum": "gt",
    "exclusive_maximum": "lt",
    "min_items": "min_length",
    "max_items": "max_length",
}
"""What msgspec calls them, if not the same."""

_SILENT: Final[tuple[Any, ...]] = (
    bool,
    NoneType,
    Unset,
    AwareDatetime,
    date,
    UUID,
    bytes,
)
"""Types of whose values no keyword speaks."""


def with_bounds(form: Any, constraints: Constraints) -> tuple[Any, bool]:
    """A type as msgspec reads it with constraints, and whether these are all of them."""
    if is_union(form):
        parts = [with_bounds(part, constraints) for part in get_args(form)]
        form = Union[tuple(part for part, _ in parts)]  # noqa: UP007  # of as many as there are
        return form, all(whole for _, whole in parts)
    given = constraints.given.keys()
    if "schema" in given:
        return form, False
    if form is str:
        return _of_string(form, constraints, given & _OF_STRINGS)
    if form is int or form is float:
        return _of_number(form, constraints, given & _OF_NUMBERS)
    if is_list(form):
        return _of_array(form, constraints, given & _OF_ARRAYS)
    return form, not given or form in _SILENT or is_record(form)


def _of_string(form: Any, constraints: Constraints, given: Set[str]) -> tuple[Any, bool]:
    limits: dict[str, Any] = {_NAMES.get(one, one): getattr(constraints, one) for one in given}
    if constraints.pattern is not None:
        limits["pattern"] = translated(constraints.pattern)
    return (bounded(form, **limits) if limits else form), True


def _of_number(form: Any, constraints: Constraints, given: Set[str]) -> tuple[Any, bool]:
    numbers: dict[str, Number] = {one: getattr(constraints, one) for one in given}
    both = {"minimum", "exclusive_minimum"} <= given or {"maximum", "exclusive_maximum"} <= given
    fitting = {
        _NAMES.get(name, name): number
        for name, number in numbers.items()
        if _is_plain(form, name, number) and not both
    }
    return (bounded(form, **fitting) if fitting else form), len(fitting) == len(numbers)


def _is_plain(form: Any, name: str, number: Number) -> bool:
    """Whether msgspec compares with a number as Python does: it divides floats otherwise."""
    if name == "multiple_of":
        return form is int and type(number) is int and 0 < number < 2**63
    return abs(number) < 2**53 and (type(number) is int or form is float)


def _of_array(form: Any, constraints: Constraints, given: Set[str]) -> tuple[Any, bool]:
    item: Any = (get_args(form) or (Any,))[0]
    is_whole = not constraints.unique_items
    if constraints.items is not None:
        item, items_are_whole = with_bounds(item, constraints.items)
        is_whole = is_whole and items_are_whole
    limits = {_NAMES[one]: getattr(constraints, one) for one in given & {"min_items", "max_items"}}
    items: Any = list[item]
    return (bounded(items, **limits) if limits else items), is_whole
