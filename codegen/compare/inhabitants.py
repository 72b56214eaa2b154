"""Whether a type has values at all."""

from __future__ import annotations

from ..ir import (
    Anything,
    Identifier,
    ListOf,
    MapOf,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from ..values import define, field
from .atoms import NUMERIC, Atom, atoms_of
from .bounds import FREE, Bounds, are_counts_empty, range_of, together
from .membership import Models
from .variants import variants_of


@define
class Inhabitants:
    """Knows which types of one document have values."""

    models: Models
    _inhabiting: set[Identifier] = field(init=False, factory=set[Identifier])
    """Records that are being looked into."""

    def has_values(self, type_: Type) -> bool:
        """Whether there surely is a value; False where nobody knows."""
        return any(self.is_inhabited(atom) for atom in atoms_of(type_, self.models))

    def is_inhabited(self, atom: Atom) -> bool:
        """Whether there surely is a value; False where nobody knows."""
        bounds = atom.bounds
        if not bounds.is_open or self.is_empty(atom):
            return False
        match atom.core:
            case ListOf(item):
                is_short = not bounds.limits.min_items
                return is_short or (not bounds.limits.unique_items and self.has_values(item))
            case MapOf(value):
                return not bounds.limits.min_properties or self.has_values(value)
            case Record():
                return self._is_record_inhabited(atom.core, bounds)
            case UnionOf():
                return not atom.core.is_exclusive and any(
                    map(self.is_inhabited, variants_of(atom.core, self.models))
                )
            case Scalar(kind):
                return kind in (*NUMERIC, ScalarKind.STRING) or bounds == FREE
            case _:
                return True

    def _is_record_inhabited(self, record: Record, bounds: Bounds) -> bool:
        if record.name in self._inhabiting:
            return False
        self._inhabiting.add(record.name)
        try:
            required = [one for one in record.fields if one.presence is Presence.REQUIRED]
            least, most = bounds.limits.min_properties or 0, bounds.limits.max_properties
            is_enough = least <= len(required) and (most is None or most >= len(required))
            return is_enough and all(self.has_values(one.type) for one in required)
        finally:
            self._inhabiting.discard(record.name)

    def is_empty(self, atom: Atom) -> bool:
        """Whether there surely is no value."""
        bounds, limits = atom.bounds, atom.bounds.limits
        if bounds.is_nothing:
            return True
        match atom.core:
            case Scalar(kind) if kind in NUMERIC:
                return range_of(bounds, is_integer=kind is ScalarKind.INTEGER).is_empty
            case Scalar(ScalarKind.STRING):
                return are_counts_empty(limits.min_length, limits.max_length)
            case ListOf():
                return are_counts_empty(limits.min_items, limits.max_items)
            case Record():
                return any(
                    isinstance(one.type, Anything) and together((one.type.limits,)).is_nothing
                    for one in atom.core.fields
                    if one.presence is Presence.REQUIRED
                )
            case _:
                return False
