"""What both documents say alike, down to the last model: there is nothing to compare in it.

Most of a document is what it was, so this is asked first.
"""

from __future__ import annotations

from collections import defaultdict

from ..ir import Identifier, Type
from ..uses import named_in, types_of
from ..values import frozen
from .membership import Models


@frozen
class Unchanged:
    """Knows the models that are something else, or hold something that is."""

    changed: frozenset[Identifier]

    @classmethod
    def of(cls, old: Models, new: Models) -> Unchanged:
        """What is unchanged between the models of two documents."""
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        holders: defaultdict[Identifier, list[Identifier]] = defaultdict(list)
        for model in new.values():
            for name in {name for type_ in types_of(model) for name in named_in(type_)}:
                holders[name].append(model.name)
        ahead = list(changed)
        while ahead:
            for holder in holders[ahead.pop()]:
                if holder not in changed:
                    changed.add(holder)
                    ahead.append(holder)
        return cls(frozenset(changed))

    def are_same(self, old: Type, new: Type) -> bool:
        """Whether two types are the same, and all that they hold."""
        return old == new and self.changed.isdisjoint(named_in(new))
