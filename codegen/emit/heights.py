"""How deep the smallest value of a type is: where recursion can end.

Strategies need it, for of several alternatives the one that ends has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from ..ir import (
    Alias,
    Anything,
    Enumeration,
    Field,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    NoDefault,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    Type,
    UnionOf,
)

ENDLESS = 1_000_000
"""The height of what has no value that ends."""

Heights: TypeAlias = dict[Identifier, int]


def heights_of(models: Iterable[Model]) -> Heights:
    """The heights of all models, each round of which is one level more."""
    heights: Heights = {}
    waiting = list(models)
    while waiting:
        found = {model.name: _of_model(model, heights) for model in waiting}
        known = {name: height for name, height in found.items() if height < ENDLESS}
        if not known:
            break
        heights.update(known)
        waiting = [model for model in waiting if model.name not in known]
    return heights


def height_of(type_: Type, heights: Heights) -> int:
    """The height of a type's smallest value."""
    match type_:
        case Scalar() | Anything() | Null() | Literal() | Nullable():
            return 0
        case Named(name):
            return heights.get(name, ENDLESS)
        case ListOf(item, limits):
            return height_of(item, heights) if limits.min_items else 0
        case MapOf(value, limits):
            return height_of(value, heights) if limits.min_properties else 0
        case UnionOf(alternatives=alternatives):
            return min(height_of(one, heights) for one in alternatives)
        case _:
            assert_never(type_)


def _of_model(model: Model, heights: Heights) -> int:
    match model:
        case Record(fields=fields):
            needed = [one for one in fields if _is_always_made(one)]
            return min(
                ENDLESS, 1 + max((height_of(one.type, heights) for one in needed), default=0)
            )
        case Enumeration():
            return 0
        case Alias(type=type_):
            return height_of(type_, heights)


def _is_always_made(field: Field) -> bool:
    return field.presence is Presence.REQUIRED or not (
        isinstance(field.default, NoDefault) or field.default is None
    )
