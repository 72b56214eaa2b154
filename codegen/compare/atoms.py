"""What types come to: alternatives without names, of one JSON type each, with all their limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Named,
    Null,
    Nullable,
    Others,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..values import frozen
from .bounds import Bounds, together
from .membership import Membership, Models, Shape

Core: TypeAlias = "Scalar | Anything | Null | Literal | Record | ListOf | MapOf | UnionOf"
"""What a type comes to without names: a union only where it says how it is told apart."""

_Constant: TypeAlias = "str | int | bool | None"

NUMERIC: Final = (ScalarKind.INTEGER, ScalarKind.NUMBER)

ANY: Final[tuple[Type, ...]] = (
    Scalar(ScalarKind.STRING),
    Scalar(ScalarKind.NUMBER),
    Literal(True),
    Literal(False),
    Null(),
    ListOf(Anything()),
    MapOf(Anything()),
)
"""What anything is, one JSON type after the other."""

A_RECORD: Final = Identifier("Object")


@frozen
class Atom:
    """One alternative of a type, and all the limits that hold of it."""

    core: Core
    limits: tuple[Limits, ...] = ()
    said_by_others: tuple[Text, frozenset[Literal]] | None = None
    """A property, and what it does not say here, for other alternatives say it."""

    @property
    def bounds(self) -> Bounds:
        """All its limits as one."""
        own = () if isinstance(self.core, Null | Literal) else (self.core.limits,)
        return together((*self.limits, *own))

    @property
    def constant(self) -> Literal | None:
        """The constant that it is; None if it is none."""
        return self.core if isinstance(self.core, Literal) else None

    @property
    def values(self) -> list[_Constant] | None:
        """Its only value, or nothing where the limits exclude that; None if there are several."""
        match self.core:
            case Null():
                value: _Constant = None
            case Literal(constant):
                value = constant.reveal() if isinstance(constant, Text) else constant
            case _:
                return None
        judge = Membership({})
        limits = (one for one in self.limits if one != NO_LIMITS)
        return [value] if all(judge.holds(Anything(one), value) for one in limits) else []

    def leaves_to_others(self, wire_name: Text, name: Literal) -> bool:
        """Whether other alternatives are those that say a name in a property."""
        if self.said_by_others is None:
            return False
        where, names = self.said_by_others
        return where == wire_name and name in names


def atoms_of(shape: Shape, models: Models, limits: tuple[Limits, ...] = ()) -> Iterator[Atom]:
    """The alternatives of a type, with names replaced by what they name."""
    match shape:
        case Nullable(inner):
            yield from atoms_of(inner, models, limits)
            yield Atom(Null(), limits)
        case Named(name, own):
            model = models[name]
            named: Shape = model.type if isinstance(model, Alias) else model
            yield from atoms_of(named, models, (*limits, own))
        case Enumeration(members=members):
            for member in members:
                yield Atom(Literal(member.value), limits)
        case UnionOf(discriminator=None, is_exclusive=False):
            for one in shape.alternatives:
                yield from atoms_of(one, models, (*limits, shape.limits))
        case Record():
            yield Atom(shape, limits)
            if shape.untyped is not None:  # what is no object fits, too
                for part in ANY:
                    if not isinstance(part, MapOf):
                        yield Atom(core_of(part), (*limits, shape.untyped))
        case Scalar(ScalarKind.BOOLEAN, own):
            yield Atom(Literal(True), (*limits, own))
            yield Atom(Literal(False), (*limits, own))
        case _:
            yield Atom(core_of(shape), limits)


def core_of(type_: Type) -> Core:
    """A type that has neither a name nor null."""
    if isinstance(type_, Named | Nullable):
        raise TypeError("names and null are taken apart before")
    return type_


def record_of(core: Core) -> Record:
    """An object of either kind as a record."""
    if isinstance(core, Record):
        return core
    value = core.value if isinstance(core, MapOf) else Anything()
    others = Others(name=A_RECORD, value=value)
    return Record(name=A_RECORD, wire_name=Text(""), fields=(), others=others)


def are_akin(one: Core, other: Core) -> bool:
    """Whether two types may have a value in common."""
    if isinstance(other, Anything | UnionOf):
        return True
    if isinstance(one, Record | MapOf):
        return isinstance(other, Record | MapOf)
    if isinstance(one, Scalar):
        return _family(one) == _scalar_family(other)
    return type(one) is type(other)


def _scalar_family(core: Core) -> str:
    if isinstance(core, Scalar):
        return _family(core)
    if isinstance(core, Literal) and not isinstance(core.value, bool):
        return "text" if isinstance(core.value, Text) else "number"
    return ""


def _family(scalar: Scalar) -> str:
    return "number" if scalar.kind in NUMERIC else "text"
