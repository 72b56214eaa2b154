"""The alternatives of a choice that a discriminator may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ir import Identifier
from ..places import file_and_pointer
from ..tree import tokens
from ..values import frozen
from .joining import Joined
from .tag_values import JsonTag


@frozen
class Variant:
    """An alternative that is a model."""

    name: Identifier
    whole: Joined
    """What it is, together with what stands beside the choice."""
    pointers: tuple[str, ...]
    """Where it stands, and where that leads to: a mapping may mean any of these."""

    def has(self, key: str) -> bool:
        """Whether there is a place for a property in it."""
        return key in self.whole.properties or key in self.whole.required

    @property
    def component_key(self) -> str | None:
        """The name of the component that it is: the first that is met on the way."""
        for pointer in self.pointers:
            path = tokens(file_and_pointer(pointer)[1])
            if len(path) == 3 and path[:2] == ["components", "schemas"]:
                return path[-1]
        return None


def by_pointer(variants: Sequence[Variant]) -> dict[str, Variant]:
    """The alternatives by what may mean them: what is one itself, before what others lead to."""
    found: dict[str, Variant] = {}
    for step in range(max((len(one.pointers) for one in variants), default=0)):
        for one in variants:
            if step < len(one.pointers):
                found.setdefault(one.pointers[step], one)
    return found


@frozen
class Nest:
    """An alternative that is a choice itself, and goes by the same property."""

    pointers: tuple[str, ...]
    """Where it stands, and where that leads to."""
    names: Mapping[JsonTag, Identifier]
    """What the property may say in it."""
    members: Mapping[str, Identifier]
    """Its own alternatives, as far as they are components, by their pointers."""
