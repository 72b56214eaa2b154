"""What candidates are made by: the parts of JSON, put together from what makes their parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol, TypeVar

from ...ir import Limits, ScalarKind
from ...tree import Json

V = TypeVar("V")
"""What stands for values: some of them, or a strategy for them."""


class Maker(Protocol[V]):
    """Makes values, or what stands for them; what cannot be made is `nothing`."""

    most_characters: ClassVar[int]
    """Longer texts are not made."""
    most_items: ClassVar[int]
    """Arrays of more items, and objects of more properties, are not made."""

    def nothing(self) -> V:
        """No values at all."""
        ...

    def constants(self, values: Sequence[Json]) -> V:
        """These values."""
        ...

    def scalars(self, kind: ScalarKind, limits: Limits) -> V:
        """Values of a kind within limits."""
        ...

    def anything(self, limits: Limits) -> V:
        """Values of all types."""
        ...

    def arrays(self, items: V, limits: Limits) -> V:
        """Arrays of items."""
        ...

    def twice(self, items: V) -> V:
        """Arrays that hold an item two times."""
        ...

    def maps(self, values: V, limits: Limits) -> V:
        """Objects whose properties have any names."""
        ...

    def objects(
        self,
        required: Mapping[str, V],
        optional: Mapping[str, Callable[[], V]],
        others: Callable[[], V] | None,
        least: int,
    ) -> V:
        """Objects of named properties; of at least so many, as far as there are any."""
        ...

    def any_of(self, parts: Sequence[V]) -> V:
        """Values of any of some kinds, the first of which ends soonest where they are nested."""
        ...

    def named(self, objects: V, wire_name: str, names: Sequence[str | int]) -> V:
        """Objects that say one of some names; what is no object stays as it is."""
        ...

    def kept(self, values: V, limits: Limits) -> V:
        """Those of some values that keep limits."""
        ...

    def later(self, make: Callable[[], V]) -> V:
        """What is made one level deeper, since models may hold themselves."""
        ...
