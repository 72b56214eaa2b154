"""Which constraints msgspec enforces by itself, exactly as `Constraints` does, while it reads."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from types import NoneType
from typing import Any, Final, TypeAlias, Union, get_args
from uuid import UUID

from .constraints import Constraints, Number
from .json_text import AwareDatetime, bounded
from .patterns import matcher, translated
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

_MANY: Final = 100
"""As many characters as few texts have that are to match a pattern."""

_UNIQUE: Final = Constraints(unique_items=True)

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


Bounded: TypeAlias = tuple[Any, Constraints | None]
"""A type as msgspec reads it with constraints, and what of these is left to check."""


def with_bounds(form: Any, constraints: Constraints) -> Bounded:
    """Let msgspec enforce what it can."""
    if is_union(form):
        parts = [with_bounds(part, constraints) for part in get_args(form)]
        form = Union[tuple(part for part, _ in parts)]  # noqa: UP007  # of as many as there are
        left = [rest for _, rest in parts if rest is not None]
        # A keyword speaks of values of its own type, so what one part leaves suits the others.
        return form, (left[0] if len(left) == 1 else constraints if left else None)
    given = constraints.given.keys()
    if "schema" in given:
        return form, constraints
    if form is str:
        return _of_string(form, constraints, given & _OF_STRINGS)
    if form is int or form is float:
        return _of_number(form, constraints, given & _OF_NUMBERS)
    if is_list(form):
        return _of_array(form, constraints, given & _OF_ARRAYS)
    says_nothing = not given or form in _SILENT or is_record(form)
    return form, None if says_nothing else constraints


def _of_string(form: Any, constraints: Constraints, given: Set[str]) -> Bounded:
    limits: dict[str, Any] = {_NAMES.get(one, one): getattr(constraints, one) for one in given}
    rest: Constraints | None = None
    if constraints.pattern is not None:
        quick_length = matcher(constraints.pattern).quick_length
        if quick_length is not None and quick_length < _MANY:
            del limits["pattern"]
            rest = Constraints(pattern=constraints.pattern)
        else:
            limits["pattern"] = translated(constraints.pattern)
            if quick_length is not None:  # longer texts are left to who reads what is refused here
                limits["max_length"] = min(limits.get("max_length", quick_length), quick_length)
    return (bounded(form, **limits) if limits else form), rest


def _of_number(form: Any, constraints: Constraints, given: Set[str]) -> Bounded:
    numbers: dict[str, Number] = {one: getattr(constraints, one) for one in given}
    both = {"minimum", "exclusive_minimum"} <= given or {"maximum", "exclusive_maximum"} <= given
    fitting = {
        _NAMES.get(name, name): number
        for name, number in numbers.items()
        if _is_plain(form, name, number) and not both
    }
    rest = None if len(fitting) == len(numbers) else constraints
    return (bounded(form, **fitting) if fitting else form), rest


def _is_plain(form: Any, name: str, number: Number) -> bool:
    """Whether msgspec compares with a number as Python does: it divides floats otherwise."""
    if name == "multiple_of":
        return form is int and type(number) is int and 0 < number < 2**63
    return abs(number) < 2**53 and (type(number) is int or form is float)


def _of_array(form: Any, constraints: Constraints, given: Set[str]) -> Bounded:
    item: Any = (get_args(form) or (Any,))[0]
    rest = _UNIQUE if constraints.unique_items else None
    if constraints.items is not None:
        item, left = with_bounds(item, constraints.items)
        rest = rest if left is None else constraints
    limits = {_NAMES[one]: getattr(constraints, one) for one in given & {"min_items", "max_items"}}
    items: Any = list[item]
    return (bounded(items, **limits) if limits else items), rest
