"""The values of types, as one side sends them, in the hands of a maker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Generic, assert_never

from ...emit.heights import Heights, height_of, heights_of
from ...ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    Text,
    Type,
    UnionOf,
)
from ...values import evolve
from ..membership import Models, Shape
from .maker import Maker, V


class Typed(Generic[V]):
    """Makes the values of types whose models are these; each model once."""

    def __init__(self, models: Models, make: Maker[V]) -> None:
        self.models = models
        self.make = make
        self._made: dict[Identifier, V] = {}

    @cached_property
    def _heights(self) -> Heights:
        return heights_of(self.models.values())

    def values(self, shape: Shape) -> V:
        """Values of a type, as they are sent."""
        make = self.make
        match shape:
            case Scalar(kind, limits):
                return make.kept(make.scalars(kind, limits), limits)
            case Anything(limits):
                return make.kept(make.anything(limits), limits)
            case Null():
                return make.constants([None])
            case Literal(value):
                return make.constants([_plain(value)])
            case Named(name, limits):
                return make.kept(self._named(name), limits)
            case ListOf(item, limits):
                return self.arrays(self.values(item), limits)
            case MapOf(value, limits):
                return make.kept(make.maps(self.values(value), limits), limits)
            case Nullable(inner):
                return make.any_of([make.constants([None]), self.values(inner)])
            case UnionOf():
                return self._union(shape)
            case Record():
                return self._any_of_record(shape)
            case Enumeration(members=members):
                return make.constants([_plain(member.value) for member in members])
            case _:
                assert_never(shape)

    def _union(self, union: UnionOf) -> V:
        ordered = sorted(self.alternatives(union), key=lambda one: height_of(one[0], self._heights))
        return self.make.kept(self.make.any_of([made for _, made in ordered]), union.limits)

    def _named(self, name: Identifier) -> V:
        if name not in self._made:
            self._made[name] = self.make.nothing()  # as long as it is being made
            self._made[name] = self.make.later(lambda: self._of_model(self.models[name]))
        return self._made[name]

    def _of_model(self, model: Model) -> V:
        return self.values(model.type if isinstance(model, Alias) else model)

    def _any_of_record(self, record: Record) -> V:
        objects = self.objects(record, {})
        if record.untyped is None:
            return objects
        return self.make.any_of([objects, self.no_objects(record.untyped)])

    def no_objects(self, limits: Limits) -> V:
        """What is no object, where a schema that speaks of properties does not ask for one."""
        return self.make.kept(self.make.constants(["", 0, True]), limits)

    def arrays(self, items: V, limits: Limits) -> V:
        """Arrays of some items."""
        return self.make.kept(self.make.arrays(items, limits), limits)

    def objects(self, record: Record, given: dict[str, V]) -> V:
        """Objects of a record, with some properties that are surely there."""
        required = dict(given)
        optional: dict[str, Callable[[], V]] = {}
        for one in record.fields:
            name = one.wire_name.reveal()
            if name in given:
                continue
            if one.presence is Presence.REQUIRED:
                required[name] = self.values(one.type)
            else:
                optional[name] = partial(self.values, one.type)
        others = None if record.others is None else partial(self.values, record.others.value)
        if record.others is None and not record.is_closed and record.limits.min_properties:
            others = partial(self.values, Anything())
        made = self.make.objects(required, optional, others, record.limits.min_properties or 0)
        return self.make.kept(made, record.limits)

    def least(self, record: Record, given: dict[str, V]) -> V:
        """Objects of a record with no more than they need, and some properties that are given."""
        if record.limits != NO_LIMITS:
            return self.objects(record, given)
        needed = tuple(one for one in record.fields if one.presence is Presence.REQUIRED)
        return self.objects(evolve(record, fields=needed, others=None), given)

    def alternatives(self, union: UnionOf) -> Iterator[tuple[Type, V]]:
        """The alternatives of a union, which say their names where there are names."""
        for one in union.alternatives:
            yield one, self.named_in(union, one, self.values(one))

    def named_in(self, union: UnionOf, alternative: Type, values: V) -> V:
        """Values of an alternative, which say its name where the union tells them apart by one."""
        told = union.discriminator
        if told is None or not isinstance(alternative, Named):
            return values
        own = [tag.reveal() for tag, name in told.names if name == alternative.name]
        return self.make.named(values, told.wire_name.reveal(), own) if own else values


def unnamed(shape: Shape, models: Models) -> Shape:
    """A type without names or null around it."""
    while True:
        match shape:
            case Nullable(inner):
                shape = inner
            case Named(name):
                model = models[name]
                shape = model.type if isinstance(model, Alias) else model
            case _:
                return shape


def _plain(value: Text | int | bool) -> str | int | bool:
    return value.reveal() if isinstance(value, Text) else value
