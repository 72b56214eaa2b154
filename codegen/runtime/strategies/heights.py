"""How deep the smallest value of a type is: where recursion can end.

Of several alternatives, the one that ends has to be known.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Final, get_args

from ..constraints import FREE, Constraints
from ..record import record_of
from ..shapes import is_list, is_map, is_record, is_typed_dict, members

ENDLESS: Final = 1_000_000
"""The height of what has no value that ends."""


def height_of(
    form: Any, constraints: Constraints = FREE, inside: frozenset[object] = frozenset()
) -> int:
    """The height of a type's smallest value, seen from inside of some classes."""
    return min((_of_member(one, constraints, inside) for one in members(form)), default=0)


def _of_member(form: Any, constraints: Constraints, inside: frozenset[object]) -> int:
    if form is NoneType:
        return 0
    if is_record(form) or is_typed_dict(form):
        return _of_record(form, inside)
    if is_list(form):
        return _of_part(form, constraints.min_items, constraints.items, inside)
    if is_map(form):
        return _of_part(form, constraints.min_properties, constraints.values, inside)
    return 0


def _of_part(
    form: Any, least: int | None, constraints: Constraints | None, inside: frozenset[object]
) -> int:
    parts = get_args(form)
    return height_of(parts[-1], constraints or FREE, inside) if least and parts else 0


def _of_record(cls: type[Any], inside: frozenset[object]) -> int:
    if cls in inside:
        return ENDLESS
    needed = [one for one in record_of(cls).properties if one.is_required]
    heights = [height_of(one.form, one.constraints or FREE, inside | {cls}) for one in needed]
    return min(1 + max(heights, default=0), ENDLESS)
