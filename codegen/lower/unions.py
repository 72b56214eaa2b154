"""Types that are alternatives of each other, made one type."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeAlias, assert_never

from ..ir import (
    NO_LIMITS,
    Anything,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Named,
    Null,
    Nullable,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..values import evolve, frozen
from .limits import are_apart, joined
from .nulls import or_null, takes_null
from .residue import json_text

NOTHING = Anything(Limits(schema=Text('{"not":{}}')))
"""The type that no value has."""

Members: TypeAlias = Callable[[Identifier], frozenset[Literal]]
"""The values of an enumeration by its name; none of all other models."""

_TEXTS = frozenset({ScalarKind.DATE, ScalarKind.DATE_TIME, ScalarKind.UUID, ScalarKind.BYTES})
"""Kinds of strings that another kind of string overlaps by its format only."""


@frozen
class Choice:
    """What a choice of types came to."""

    type: Type
    is_exact: bool
    """Whether the type says all that the alternatives say of scalars, arrays and maps."""


def choice_of(types: Iterable[Type], members_of: Members) -> Choice:
    """The type of values that have one of some types, at least."""
    every = list(types)
    if len(every) == 1:
        return Choice(every[0], is_exact=True)
    types = [one for one in every if one != NOTHING] or every
    flat = list(dict.fromkeys(part for type_ in types for part in _flattened(type_)))
    if Null() in types and len(set(types)) <= 2:
        return Choice(
            _or_null(next((one for one in types if one != Null()), Null())), is_exact=True
        )
    is_nullable = any(isinstance(part, Null) for part in flat)
    parts = _without_covered([part for part in flat if not isinstance(part, Null)])
    kept, is_exact = _without_conflicts(parts, members_of)
    kept = _without_bytes(kept)
    if len(flat) > 1 and any(isinstance(part, Anything) and not is_free(part) for part in flat):
        is_exact = False
    is_exact = is_exact and not any(map(_has_limits_of_its_own, types))
    return Choice(_nullable(_united(kept), is_nullable=is_nullable), is_exact)


def _or_null(type_: Type) -> Type:
    return _nullable(type_, is_nullable=True)


def _has_limits_of_its_own(type_: Type) -> bool:
    """Whether a type is a union with limits besides those of its alternatives."""
    inner = type_.inner if isinstance(type_, Nullable) else type_
    return isinstance(inner, UnionOf) and inner.limits != NO_LIMITS


def overlap(types: Iterable[Type], members_of: Members) -> bool:
    """Whether a scalar may have two of the types."""
    # Those before, by kind; what is named one by one overlaps only where it is the same.
    kinds_of_types: set[str] = set()
    kinds_of_constants: set[str] = set()
    constants: set[Literal] = set()
    for type_ in types:
        kinds = _kinds_of(type_, members_of)
        if not kinds.isdisjoint(kinds_of_types):
            return True
        named = _named_by(type_, members_of)
        if named:
            if not named.isdisjoint(constants):
                return True
            constants |= named
            kinds_of_constants |= kinds
        elif not kinds.isdisjoint(kinds_of_constants):
            return True
        else:
            kinds_of_types |= kinds
    return False


def is_free(type_: Type) -> bool:
    """Whether a type is without limits, at any depth."""
    match type_:
        case Scalar(_, limits) | Anything(limits) | Named(_, limits):
            return limits == NO_LIMITS
        case ListOf(inner, limits) | MapOf(inner, limits):
            return limits == NO_LIMITS and is_free(inner)
        case Nullable(inner):
            return is_free(inner)
        case UnionOf():
            return type_.limits == NO_LIMITS and all(map(is_free, type_.alternatives))
        case Null() | Literal():
            return True
        case _:
            assert_never(type_)


def needs_name(type_: UnionOf) -> bool:
    """Whether a union says how its alternatives are told apart, which only an alias can note."""
    return type_.is_exclusive or not (type_.discriminator is None and type_.hint is None)


def with_limits(type_: Type, limits: Limits) -> Type:
    """The type with further limits, which are apart from those that it has.

    A schema among them says all that one of the type's own says.
    """
    if limits == NO_LIMITS:
        return type_
    match type_:
        case Nullable(inner):
            return Nullable(with_limits(inner, limits))
        case Null() | Literal():
            return Anything(limits)
        case UnionOf() if limits.schema is not None:
            # It says all that the alternatives' own schemas say, and these cannot be told apart.
            bare = tuple(dict.fromkeys(map(_without_schema, type_.alternatives)))
            if len(bare) == 1 and type_.discriminator is None:
                return with_limits(bare[0], limits)
            return evolve(type_, alternatives=bare, limits=limits)
        case _:
            return evolve(type_, limits=joined(limits, type_.limits))


def _without_schema(type_: Type) -> Type:
    match type_:
        case Scalar() | Anything() | Named() | ListOf() | MapOf():
            return evolve(type_, limits=evolve(type_.limits, schema=None))
        case _:
            return type_


def _flattened(type_: Type) -> Iterator[Type]:
    match type_:
        case Nullable(inner):
            yield from _flattened(inner)
            yield Null()
        case UnionOf() if not needs_name(type_):
            yield from type_.alternatives
        case _:
            yield type_


def _without_covered(parts: Sequence[Type]) -> list[Type]:
    """The alternatives without scalars that another one covers in Python too."""
    if len(parts) > 1 and any(isinstance(part, Anything) for part in parts):
        return [
            *(part for part in parts if not isinstance(part, Anything | Scalar | Literal)),
            Anything(),
        ]
    if Scalar(ScalarKind.STRING) in parts:
        return [part for part in parts if not _is_of(part, _TEXTS)]
    return list(parts)


def _without_bytes(parts: list[Type]) -> list[Type]:
    """The alternatives without bytes beside text, which takes all that they are written as."""
    if not any(_is_of(part, {ScalarKind.STRING}) for part in parts):
        return parts
    return [part for part in parts if not _is_of(part, {ScalarKind.BYTES})]


def _is_of(type_: Type, kinds: Collection[ScalarKind]) -> bool:
    return isinstance(type_, Scalar) and type_.kind in kinds


def _without_conflicts(parts: list[Type], members_of: Members) -> tuple[list[Type], bool]:
    """Alternatives whose limits can be joined, and whether none had to go for that."""
    if len(parts) == 1:
        return parts, True
    if Anything() in parts:
        return [freed(part) for part in parts], True  # what breaks a limit is still something
    if len({_limits_of(part).schema for part in parts}) > 1:
        # Each schema would be held against the values of all types.
        return list(dict.fromkeys(map(freed, parts))), False
    kept: dict[Type, Type] = {}  # by what they are without limits
    is_exact = True
    together = NO_LIMITS
    for part in parts:
        free = freed(part)
        if free in kept:
            # The same to Python, though not to the schema.
            kept[free] = free
            is_exact = False
            continue
        limits = _limits_of(part)
        if not are_apart(together, limits) or not _nests_apart(part, kept.values()):
            is_exact = False
            kept[free] = free
            continue
        together = joined(together, limits)
        kept[free] = part
    if not is_exact or _share_kinds(kept.values(), members_of):
        return list(kept), False
    return list(kept.values()), True


def _share_kinds(types: Iterable[Type], members_of: Members) -> bool:
    """Whether scalars, arrays or maps of one kind are held to different limits."""
    limits_of_kinds: dict[str, Limits] = {}
    return any(
        limits_of_kinds.setdefault(kind, _limits_of(one)) != _limits_of(one)
        for one in types
        for kind in _kinds_of(one, members_of) | _kinds_of_containers(one)
    )


def _kinds_of_containers(type_: Type) -> frozenset[str]:
    match type_:
        case ListOf():
            return frozenset({"array"})
        case MapOf():
            return frozenset({"object"})
        case _:
            return frozenset()


def _nests_apart(part: Type, others: Collection[Type]) -> bool:
    """Whether what is inside arrays or maps would not be held to limits of another's inside."""
    if not isinstance(part, ListOf | MapOf) or _is_inside_free(part):
        return not (
            isinstance(part, ListOf | MapOf)
            and any(type(one) is type(part) and not _is_inside_free(one) for one in others)
        )
    return not any(type(one) is type(part) for one in others)


def _is_inside_free(part: Type) -> bool:
    match part:
        case ListOf(item):
            return is_free(item)
        case MapOf(value):
            return is_free(value)
        case _:
            return True


def _limits_of(part: Type) -> Limits:
    return NO_LIMITS if isinstance(part, Null | Nullable | Literal) else part.limits


def freed(part: Type) -> Type:
    """The type without limits, at any depth."""
    match part:
        case Scalar(kind, _, form):
            return Scalar(kind, format=form)
        case Anything():
            return Anything()
        case Named(name):
            return Named(name)
        case ListOf(item):
            return ListOf(freed(item))
        case MapOf(value):
            return MapOf(freed(value))
        case Nullable(inner):
            return Nullable(freed(inner))
        case UnionOf():
            bare = tuple(dict.fromkeys(map(freed, part.alternatives)))
            if len(bare) == 1 and part.discriminator is None:
                return bare[0]
            return evolve(part, alternatives=bare, limits=NO_LIMITS)
        case Null() | Literal():
            return part
        case _:
            assert_never(part)


def _united(parts: list[Type]) -> Type:
    if not parts:
        return Null()
    return parts[0] if len(parts) == 1 else UnionOf(alternatives=tuple(parts))


def _nullable(type_: Type, *, is_nullable: bool) -> Type:
    if not is_nullable or isinstance(type_, Null | Nullable):
        return type_
    if isinstance(type_, Anything) and type_.limits == NO_LIMITS:
        return type_
    return Nullable(_with_null(type_))


def _with_null(type_: Type) -> Type:
    """A type whose schema, if it has one, has nothing against null."""
    schema = None if isinstance(type_, Null | Nullable | Literal) else type_.limits.schema
    if isinstance(type_, Null | Nullable | Literal) or schema is None:
        return type_
    written = json.loads(schema.reveal())
    if takes_null(written):
        return type_
    limits = evolve(type_.limits, schema=json_text(or_null(written)))
    return evolve(type_, limits=limits)


def _named_by(type_: Type, members_of: Members) -> frozenset[Literal]:
    """The constants that a type names one by one; none of all other types."""
    match type_:
        case Literal():
            return frozenset({type_})
        case Named(name):
            return members_of(name)
        case _:
            return frozenset()


def _kinds_of(type_: Type, members_of: Members) -> frozenset[str]:
    """The JSON types of scalars that a type has; records, arrays and maps are no scalars."""
    match type_:
        case Scalar(ScalarKind.INTEGER):
            return frozenset({"integer"})
        case Scalar(ScalarKind.NUMBER):
            return frozenset({"integer", "number"})
        case Scalar(ScalarKind.BOOLEAN):
            return frozenset({"boolean"})
        case Scalar():
            return frozenset({"string"})
        case Anything():
            return frozenset({"boolean", "integer", "number", "string"})
        case Literal() | Named():
            named = _named_by(type_, members_of)
            return frozenset(_kind_of_constant(one.value) for one in named)
        case UnionOf():
            kinds = (_kinds_of(one, members_of) for one in type_.alternatives)
            return frozenset[str]().union(*kinds)
        case _:
            return frozenset()


def _kind_of_constant(value: Text | int | bool) -> str:
    if isinstance(value, Text):
        return "string"
    return "boolean" if isinstance(value, bool) else "integer"
