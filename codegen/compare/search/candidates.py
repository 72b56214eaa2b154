"""Values that may prove a break: a fault at some place in what one side sends as a whole.

Whether a candidate proves anything is for `membership` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic

from ...ir import Anything, Limits, ListOf, MapOf, Record, UnionOf
from ...tree import Json
from ..faults import Fault, Instead, With, WithOther, Without
from ..membership import Models, Shape
from ..paths import Alternative, Entry, Item, Property, Step, Steps
from .differences import Differences, less, unnamed_in
from .maker import Maker, V
from .typed import Typed, unnamed


class Candidates(Generic[V]):
    """Makes values that one side sends, whose models are these, and the other may refuse."""

    def __init__(self, sent: Models, accepted: Models, make: Maker[V]) -> None:
        self._make = make
        self._typed = Typed(sent, make)
        self._differences = Differences(self._typed, accepted)

    def values(self, shape: Shape) -> V:
        """Values of a type, as they are sent."""
        return self._typed.values(shape)

    def constants(self, values: Sequence[Json]) -> V:
        """These values."""
        return self._make.constants(values)

    def between(self, sent: Shape, accepted: Shape) -> Iterator[V]:
        """Values of one type that may not be of another, the most likely first."""
        yield from self._differences.between(sent, accepted)

    def around(self, root: Shape, steps: Steps, fault: Fault) -> Iterator[V]:
        """Values of a type with a fault at some place in them, the most likely first."""
        for part in self._faulty(self._shape_at(root, steps), fault):
            yield self.inside(root, steps, part)

    def _shape_at(self, root: Shape, steps: Steps) -> Shape:
        shape = self._unnamed(root)
        for step in steps:
            shape = self._unnamed(_part(shape, step))
        return shape

    def _unnamed(self, shape: Shape) -> Shape:
        return unnamed(shape, self._typed.models)

    def inside(self, shape: Shape, steps: Steps, part: V) -> V:
        """Values of a type with a part that is given."""
        if not steps:
            return part
        outer = self._unnamed(shape)
        step, *rest = steps
        inner = self.inside(_part(outer, step), tuple(rest), part)
        match outer, step:
            case Record(), Property(name):
                return self._typed.least(outer, {name.reveal(): inner})
            case Record(), _:
                return self._typed.least(outer, {unnamed_in(outer): inner})
            case ListOf(_, limits), _:
                least = max(limits.min_items or 1, 1)
                return self._make.arrays(inner, Limits(min_items=least, max_items=least))
            case MapOf(), _:
                return self._make.maps(inner, Limits(min_properties=1, max_properties=1))
            case UnionOf(), Alternative(type_, _):
                return self._typed.named_in(outer, type_, inner)
            case _:
                return inner

    def _faulty(self, shape: Shape, fault: Fault) -> Iterator[V]:
        match fault:
            case Instead(sent, accepted):
                yield from self.between(sent, accepted)
            case Without(name) if isinstance(shape, Record):
                yield self._typed.least(less(shape, name), {})
            case With(name) if isinstance(shape, Record):
                inner = next((one.type for one in shape.fields if one.wire_name == name), None)
                if inner is not None:
                    yield self._typed.least(shape, {name.reveal(): self.values(inner)})
            case WithOther(accepted) if isinstance(shape, Record):
                others = Anything() if shape.others is None else shape.others.value
                for made in self.between(others, accepted or Anything()):
                    yield self._typed.least(shape, {unnamed_in(shape): made})
            case _:
                yield self.values(shape)


def _part(shape: Shape, step: Step) -> Shape:
    match shape, step:
        case Record(), Property(name):
            found = next((one.type for one in shape.fields if one.wire_name == name), None)
            if found is not None:
                return found
        case Record(), Entry() if shape.others is not None:
            return shape.others.value
        case MapOf(value), Entry() | Property():
            return value
        case ListOf(item), Item():
            return item
        case UnionOf(), Alternative(type_, _):
            return type_
        case _:
            pass
    raise LookupError(f"{type(shape).__name__} has no {type(step).__name__}")
