"""The shapes that types have: what is a record, a list, a map, a union, a literal."""

from __future__ import annotations

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, TypeGuard, Union, get_args, get_origin

from typing_extensions import is_typeddict

from .choice import Choice
from .namespaces import value_of_alias


def is_alias(form: object) -> bool:
    """Whether a type is another name for one; there are two: typing's and typing_extensions'."""
    return type(form).__name__ == "TypeAliasType"


def meaning(form: Any) -> tuple[Any, Choice | None]:
    """A type without other names for it and notes on it, and the note on its alternatives.

    What the type consists of stays as it is. Raises `TypeError` for an alias of itself alone.
    """
    choice: Choice | None = None
    seen: list[Any] = []
    while True:
        if type(form) is type:  # most types are classes, and the rest of this is slow
            return form, choice
        if get_origin(form) is Annotated:
            form, *notes = get_args(form)
            choice = choice or next((note for note in notes if isinstance(note, Choice)), None)
        elif isinstance(form, NewType):
            form = form.__supertype__
        elif is_alias(form):
            if any(form is one for one in seen):
                raise TypeError(f"{form} is an alias of itself")
            seen.append(form)
            form = value_of_alias(form)
        else:
            return (NoneType if form is None else form), choice


def members(form: Any) -> list[Any]:
    """The types that a union is one of.

    Another alias is one where it has a way to choose, and where it is of a list or a map, which
    may hold it.
    """
    found: list[Any] = []
    _add_members(form, found, [])
    return found


def _add_members(form: Any, found: list[Any], inside: list[Any]) -> None:
    inner, choice = meaning(form)
    is_part = bool(inside)
    if is_union(inner) and not (is_part and choice is not None):
        if any(inner is one for one in inside):
            return
        for part in get_args(inner):
            _add_members(part, found, [*inside, inner])
        return
    is_apart = choice is not None or (is_alias(form) and (is_list(inner) or is_map(inner)))
    one = form if is_apart and is_part else inner
    if not any(one is known or one == known for known in found):
        found.append(one)


def bare_members(form: Any) -> list[Any]:
    """The same without other names for them."""
    return [meaning(one)[0] for one in members(form)]


def key_of(form: Any) -> Any:
    """What is the same for two types that are read alike: for unions, order matters."""
    parts = () if is_literal(form) else get_args(form)
    return (get_origin(form), *map(key_of, parts)) if parts else form


def bare(form: Any) -> Any:
    """A type without other names and notes in all its depth; endless for one that holds itself."""
    if form is None:
        return NoneType
    if get_origin(form) is Annotated:
        return bare(get_args(form)[0])
    if isinstance(form, NewType):
        return bare(form.__supertype__)
    if is_alias(form):
        return bare(value_of_alias(form))
    if is_list(form) or is_map(form) or is_union(form):
        parts = tuple(bare(part) for part in get_args(form))
        return (Union if is_union(form) else get_origin(form))[parts] if parts else form
    return form


def is_record(form: object) -> TypeGuard[type[Any]]:
    """Whether a type is an attrs class."""
    # `attrs.has` would have attrs make the class (`defining`).
    return isinstance(form, type) and any("__attrs_attrs__" in vars(one) for one in form.__mro__)


def is_typed_dict(form: object) -> TypeGuard[type[Any]]:
    """Whether a type is a TypedDict."""
    return is_typeddict(form)


def is_enum(form: object) -> TypeGuard[type[Enum]]:
    """Whether a type is an enumeration."""
    return isinstance(form, type) and issubclass(form, Enum)


def is_list(form: object) -> bool:
    """Whether a type is a list of some type."""
    return form is list or (type(form) is not type and get_origin(form) is list)


def is_map(form: object) -> bool:
    """Whether a type is a dictionary of some type."""
    return form is dict or (type(form) is not type and get_origin(form) is dict)


def is_union(form: object) -> bool:
    """Whether a type is one of several types."""
    return type(form) is not type and get_origin(form) in (Union, UnionType)


def is_literal(form: object) -> bool:
    """Whether a type is one of several constants."""
    return type(form) is not type and get_origin(form) is Literal


def is_compound(form: object) -> bool:
    """Whether a type is one of JSON objects or arrays."""
    return is_record(form) or is_typed_dict(form) or is_list(form) or is_map(form)


def alternatives(form: Any) -> list[Any]:
    """The types that a union is one of, however it is nested; any other type alone."""
    form = bare(form)  # which flattens unions as well
    return list(get_args(form)) if is_union(form) else [form]
