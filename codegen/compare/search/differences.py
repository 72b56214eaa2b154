"""What values of one type may have that another type has not: where to look for a break.

Just below a minimum, one item too many, a property left out: the ways come in the order in which
they are likely to prove something.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic

from ...ir import (
    Anything,
    Identifier,
    Limits,
    ListOf,
    MapOf,
    Nullable,
    Others,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    UnionOf,
)
from ...tree import Json
from ...values import evolve
from ..membership import Models, Shape
from .maker import V
from .typed import Typed, unnamed

_MOST_DEEP: Final = 3
"""Through how many models differences are looked for; `subschema` looks through all of them."""

_NO_ITEMS: Final[Json] = []
_NO_PROPERTIES: Final[Json] = {}

_ONE: Final = Limits(min_items=1, max_items=1, min_properties=1, max_properties=1)


class Differences(Generic[V]):
    """Finds what may be of one type, which is sent, and not of another, which is accepted."""

    def __init__(self, typed: Typed[V], accepted: Models) -> None:
        self._typed = typed
        self._make = typed.make
        self._accepted = accepted

    def between(self, sent: Shape, accepted: Shape) -> Iterator[V]:
        """Values of one type that may not be of another."""
        yield from self._between(sent, accepted, 0)
        yield self._typed.values(sent)

    def _between(self, sent: Shape, accepted: Shape, depth: int) -> Iterator[V]:
        mine = unnamed(sent, self._typed.models)
        theirs = unnamed(accepted, self._accepted)
        if isinstance(sent, Nullable):
            yield self._make.constants([None])
        if isinstance(mine, Record) and mine.untyped is not None:
            yield self._typed.no_objects(mine.untyped)
        match mine, theirs:
            case Scalar(), (Scalar() | Anything()):
                for limits in self._beyond(mine.limits, theirs.limits):
                    yield self._typed.values(Scalar(mine.kind, limits))
            case ListOf(), (ListOf() | Anything()):
                wanted = theirs if isinstance(theirs, ListOf) else ListOf(theirs, theirs.limits)
                yield from self._between_lists(mine, wanted, depth)
            case UnionOf(), _:
                yield from self._of_alternatives(mine, accepted, depth)
            case _, UnionOf():
                for one in theirs.alternatives:
                    yield from self._between(sent, one, depth)
            case Record(), (Record() | MapOf()) if depth < _MOST_DEEP:
                yield from self._between_objects(mine, as_record(theirs), depth + 1)
            case ((Record() | MapOf()), Anything(limits)):
                yield from self._counted(as_record(mine), limits)
                yield self._typed.values(sent)
            case MapOf(), MapOf():
                yield from self._between_maps(mine, theirs, depth)
            case Anything(), _:
                yield from self._of_all_kinds(mine.limits)
            case _:
                yield self._typed.values(sent)

    def _of_alternatives(self, mine: UnionOf, accepted: Shape, depth: int) -> Iterator[V]:
        for one, made in self._typed.alternatives(mine):
            yield made
            for inner in self._between(one, accepted, depth):
                yield self._typed.named_in(mine, one, inner)

    def _of_all_kinds(self, limits: Limits) -> Iterator[V]:
        for kind in (ScalarKind.STRING, ScalarKind.NUMBER, ScalarKind.BOOLEAN):
            yield self._typed.values(Scalar(kind, limits))
        yield self._make.constants([None, _NO_ITEMS, _NO_PROPERTIES])

    def _between_lists(self, mine: ListOf, theirs: ListOf, depth: int) -> Iterator[V]:
        items = self._typed.values(mine.item)
        for limits in self._beyond(mine.limits, theirs.limits):
            yield self._typed.arrays(items, limits)
        if theirs.limits.unique_items and not mine.limits.unique_items:
            yield self._make.twice(items)
        least = max(mine.limits.min_items or 1, 1)
        for inner in self._between(mine.item, theirs.item, depth):
            yield self._make.arrays(inner, Limits(min_items=1, max_items=least))

    def _between_maps(self, mine: MapOf, theirs: MapOf, depth: int) -> Iterator[V]:
        for inner in self._between(mine.value, theirs.value, depth):
            yield self._make.maps(inner, _ONE)
        for limits in self._beyond(mine.limits, theirs.limits):
            yield self._typed.values(MapOf(mine.value, limits))

    # Objects.

    def _counted(self, mine: Record, limits: Limits) -> Iterator[V]:
        """Objects of too few and of too many properties."""
        required = tuple(one for one in mine.fields if one.presence is Presence.REQUIRED)
        if limits.min_properties is not None:
            yield self._typed.objects(evolve(mine, fields=required), {})
        if limits.max_properties is not None and limits.max_properties < self._make.most_items:
            yield self._typed.objects(mine, self._too_many(mine, limits.max_properties))

    def _too_many(self, mine: Record, most: int) -> dict[str, V]:
        """One property more than there may be, if there are so many."""
        given = {one.wire_name.reveal(): self._typed.values(one.type) for one in mine.fields}
        others = Anything() if mine.others is None else mine.others.value
        for number in range(0 if mine.is_closed else most + 1):
            if len(given) <= most:
                given[f"{unnamed_in(mine)}_{number}"] = self._typed.values(others)
        return given

    def _between_objects(self, mine: Record, theirs: Record, depth: int) -> Iterator[V]:
        if not mine.is_closed:
            yield from self._with_unnamed(mine, theirs, depth)
        for wire_name in (one.wire_name for one in theirs.fields):
            yield self._typed.objects(less(mine, wire_name), {})
        yield from self._with_named(mine, theirs, depth)
        known = {one.wire_name: one.type for one in theirs.fields}
        others = None if theirs.others is None else theirs.others.value
        for one in mine.fields:
            name = one.wire_name.reveal()
            wanted = known.get(one.wire_name, others)
            if wanted is None:
                yield self._typed.objects(mine, {name: self._typed.values(one.type)})
                continue
            for inner in self._between(one.type, wanted, depth):
                yield self._typed.objects(mine, {name: inner})

    def _with_unnamed(self, mine: Record, theirs: Record, depth: int) -> Iterator[V]:
        """Objects with a property that neither side names."""
        others = Anything() if mine.others is None else mine.others.value
        name = unnamed_in(mine, theirs)
        if theirs.others is None:
            yield self._typed.objects(mine, {name: self._typed.values(others)})
            return
        for inner in self._between(others, theirs.others.value, depth):
            yield self._typed.objects(mine, {name: inner})

    def _with_named(self, mine: Record, theirs: Record, depth: int) -> Iterator[V]:
        """Objects with a property that only the accepting side names."""
        if mine.others is None:
            return
        own = {one.wire_name for one in mine.fields}
        for one in theirs.fields:
            if one.wire_name not in own:
                for inner in self._between(mine.others.value, one.type, depth):
                    yield self._typed.objects(mine, {one.wire_name.reveal(): inner})

    # Limits.

    def _beyond(self, mine: Limits, theirs: Limits) -> Iterator[Limits]:
        """Some limits, each with one bound by which the values break some others."""
        if theirs.min_length is not None and _is_looser(mine.min_length, theirs.min_length):
            yield evolve(mine, max_length=theirs.min_length - 1)
        if theirs.max_length is not None and theirs.max_length < self._make.most_characters:
            yield evolve(mine, min_length=max(theirs.max_length + 1, mine.min_length or 0))
        if theirs.min_items is not None and _is_looser(mine.min_items, theirs.min_items):
            yield evolve(mine, max_items=theirs.min_items - 1)
        if theirs.max_items is not None and theirs.max_items < self._make.most_items:
            yield evolve(mine, min_items=max(theirs.max_items + 1, mine.min_items or 0))
        if theirs.min_properties is not None and _is_looser(
            mine.min_properties, theirs.min_properties
        ):
            yield evolve(mine, max_properties=theirs.min_properties - 1)
        if theirs.max_properties is not None and theirs.max_properties < self._make.most_items:
            yield evolve(
                mine, min_properties=max(theirs.max_properties + 1, mine.min_properties or 0)
            )
        if theirs.minimum is not None:
            yield evolve(mine, exclusive_maximum=theirs.minimum)
        if theirs.maximum is not None:
            yield evolve(mine, exclusive_minimum=theirs.maximum)
        if theirs.exclusive_minimum is not None:
            yield evolve(mine, maximum=theirs.exclusive_minimum)
        if theirs.exclusive_maximum is not None:
            yield evolve(mine, minimum=theirs.exclusive_maximum)


def as_record(shape: Record | MapOf) -> Record:
    """An object of either kind as a record."""
    if isinstance(shape, Record):
        return shape
    others = Others(name=Identifier("others"), value=shape.value)
    return Record(name=Identifier("Map"), wire_name=Text(""), fields=(), others=others)


def unnamed_in(*records: Record) -> str:
    """A name that no property of some records has."""
    taken = {one.wire_name.reveal() for record in records for one in record.fields}
    name = "another"
    while name in taken:
        name += "_one"
    return name


def less(record: Record, name: Text) -> Record:
    """The record without a property, unless it cannot be without."""
    fields = tuple(
        one for one in record.fields if one.wire_name != name or one.presence is Presence.REQUIRED
    )
    return evolve(record, fields=fields)


def _is_looser(mine: int | None, theirs: int) -> bool:
    return theirs > 0 and (mine or 0) < theirs
