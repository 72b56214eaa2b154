"""Unions that say how their alternatives are told apart: what each of them says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir import (
    Anything,
    Discriminator,
    Field,
    Identifier,
    Literal,
    MapOf,
    Named,
    Presence,
    Record,
    Text,
    Type,
    UnionOf,
)
from ..values import evolve
from .atoms import A_RECORD, Atom, atoms_of
from .membership import Membership, Models


def variants_of(union: UnionOf, models: Models) -> Iterator[Atom]:
    """The alternatives of a union as they are sent: those with names say theirs."""
    told = union.discriminator
    named = {name for _, name in told.names} if told is not None else set[Identifier]()
    for one in union.alternatives:
        if not (isinstance(one, Named) and one.name in named):
            yield from atoms_of(one, models)
    if told is None:
        return
    for tag, name in told.names:
        for atom in atoms_of(Named(name), models):
            yield from _tagged(atom, told.wire_name, tag, models)
    if told.otherwise is not None:
        others = (told.wire_name, frozenset(tag for tag, _ in told.names))
        for atom in atoms_of(Named(told.otherwise), models):
            yield evolve(atom, said_by_others=others)


def _tagged(atom: Atom, wire_name: Text, tag: Literal, models: Models) -> Iterator[Atom]:
    """A record that says a name; nothing where it cannot say it."""
    record = atom.core
    if not isinstance(record, Record):
        yield atom
        return
    own = next((one for one in record.fields if one.wire_name == wire_name), None)
    if own is None:
        others = Anything() if record.others is None else record.others.value
        # The discriminator itself speaks of the property, wherever it may be there.
        if not record.is_closed and _may_be(others, tag, models):
            fields = (*record.fields, _said(wire_name, tag))
            yield evolve(atom, core=evolve(record, fields=fields))
    elif _may_be(own.type, tag, models):
        fields = tuple(_said(wire_name, tag) if one is own else one for one in record.fields)
        yield evolve(atom, core=evolve(record, fields=fields))


def _may_be(type_: Type, tag: Literal, models: Models) -> bool:
    return Membership(models).holds(type_, tag.reveal())


def _said(wire_name: Text, tag: Literal) -> Field:
    """The property that says a name."""
    return Field(name=A_RECORD, wire_name=wire_name, type=tag, presence=Presence.REQUIRED)


def saying(record: Record, tag: Field, name: Literal) -> Record:
    """A record, one property of which says a name."""
    said = evolve(tag, type=name)
    return evolve(record, fields=tuple(said if one is tag else one for one in record.fields))


def has_nameless(union: UnionOf, told: Discriminator, models: Models) -> bool:
    """Whether there are objects that no name stands for."""
    named = {name for _, name in told.names}
    others = (
        one for one in union.alternatives if not (isinstance(one, Named) and one.name in named)
    )
    return any(
        isinstance(atom.core, Record | MapOf) for one in others for atom in atoms_of(one, models)
    )
