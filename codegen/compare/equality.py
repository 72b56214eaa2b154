"""Whether types of two documents are the same on the wire, whatever their models are called."""

from __future__ import annotations

from ..ir import (
    NO_LIMITS,
    Alias,
    Discriminator,
    Enumeration,
    Identifier,
    ListOf,
    MapOf,
    Named,
    Nullable,
    Record,
    Type,
    UnionOf,
)
from ..values import define, field
from .membership import Models


@define
class Equality:
    """Compares types part by part; models that hold themselves are the same until shown not to be."""

    old: Models
    new: Models
    _same: dict[tuple[Identifier, Identifier], None] = field(
        init=False, factory=dict[tuple[Identifier, Identifier], None]
    )
    """In the order in which they were taken for the same."""
    _different: set[tuple[Identifier, Identifier]] = field(
        init=False, factory=set[tuple[Identifier, Identifier]]
    )

    def same(self, old: Type, new: Type) -> bool:
        """Whether two types are the same."""
        return self._types(old, new)

    def _types(self, old: Type, new: Type) -> bool:
        match old, new:
            case Named(), Named():
                return old.limits == new.limits and self._models(old.name, new.name)
            case Named(name, limits), _ if isinstance(self.old[name], Alias):
                model = self.old[name]
                is_free = limits == NO_LIMITS
                return is_free and isinstance(model, Alias) and self._types(model.type, new)
            case _, Named(name, limits) if isinstance(self.new[name], Alias):
                model = self.new[name]
                is_free = limits == NO_LIMITS
                return is_free and isinstance(model, Alias) and self._types(old, model.type)
            case Nullable(one), Nullable(other):
                return self._types(one, other)
            case ListOf(one, limits), ListOf(other, others):
                return limits == others and self._types(one, other)
            case MapOf(one, limits), MapOf(other, others):
                return limits == others and self._types(one, other)
            case UnionOf(), UnionOf():
                return self._unions(old, new)
            case _:
                return old == new

    def _models(self, old: Identifier, new: Identifier) -> bool:
        if (old, new) in self._same:
            return True
        if (old, new) in self._different:
            return False
        before = len(self._same)
        self._same[old, new] = None
        match self.old[old], self.new[new]:
            case Record() as one, Record() as other:
                is_same = self._records(one, other)
            case Enumeration() as one, Enumeration() as other:
                is_same = {m.value for m in one.members} == {m.value for m in other.members}
            case Alias() as one, Alias() as other:
                is_same = self._types(one.type, other.type)
            case _:
                is_same = False
        if not is_same:
            for pair in list(self._same)[before:]:
                del self._same[pair]  # what relied on them being the same is not known
            self._different.add((old, new))
        return is_same

    def _records(self, old: Record, new: Record) -> bool:
        mine = {one.wire_name: one for one in old.fields}
        theirs = {one.wire_name: one for one in new.fields}
        if mine.keys() != theirs.keys() or old.limits != new.limits:
            return False
        if old.is_closed != new.is_closed or old.untyped != new.untyped:
            return False
        if old.others is not None and new.others is not None:
            is_same = self._types(old.others.value, new.others.value)
        else:
            is_same = old.others is new.others
        return is_same and all(
            one.presence is theirs[name].presence and self._types(one.type, theirs[name].type)
            for name, one in mine.items()
        )

    def _unions(self, old: UnionOf, new: UnionOf) -> bool:
        is_alike = (
            len(old.alternatives) == len(new.alternatives)
            and old.limits == new.limits
            and old.is_exclusive == new.is_exclusive
        )
        return (
            is_alike
            and self._discriminators(old.discriminator, new.discriminator)
            and self._discriminators(old.hint, new.hint)
            and all(
                any(self._types(one, other) for other in new.alternatives)
                for one in old.alternatives
            )
        )

    def _discriminators(self, old: Discriminator | None, new: Discriminator | None) -> bool:
        if old is None or new is None:
            return old is new
        mine, theirs = dict(old.names), dict(new.names)
        if old.wire_name != new.wire_name or mine.keys() != theirs.keys():
            return False
        others = (old.otherwise, new.otherwise)
        if others[0] is None or others[1] is None:
            is_alike = others[0] is others[1]
        else:
            is_alike = self._models(others[0], others[1])
        return is_alike and all(self._models(mine[tag], theirs[tag]) for tag in mine)
