"""The shapes that types have: what is a record, a list, a map, a union, a literal."""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, TypeGuard, Union, get_origin

import attrs


def is_record(form: object) -> TypeGuard[type[Any]]:
    """Whether a type is an attrs class."""
    return isinstance(form, type) and attrs.has(form)


def is_list(form: object) -> bool:
    """Whether a type is a list of some type."""
    return get_origin(form) is list


def is_map(form: object) -> bool:
    """Whether a type is a dictionary of some type."""
    return get_origin(form) is dict


def is_union(form: object) -> bool:
    """Whether a type is one of several types."""
    return get_origin(form) in (Union, UnionType)


def is_literal(form: object) -> bool:
    """Whether a type is one of several constants."""
    return get_origin(form) is Literal
