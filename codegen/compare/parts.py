"""What comparisons of records and unions ask for: that of the types that they are made of."""

from __future__ import annotations

from typing import Protocol

from ..ir import Limits, Type
from .changes import Direction
from .findings import Owner, Spot
from .relation import Relation


class Parts(Protocol):
    """Compares types, whatever they are; each tells whether a break on the wire was found."""

    def types(self, spot: Spot, old: Type, new: Type, owner: Owner) -> bool:
        """Compare two types."""
        ...

    def limits(
        self,
        spot: Spot,
        old: Limits,
        new: Limits,
        mine: Type,
        theirs: Type,
        *,
        is_told: bool = False,
    ) -> bool:
        """Compare the limits of two types."""
        ...

    def decide(self, spot: Spot, old: Type, new: Type) -> Relation:
        """Whether all that is sent is accepted."""
        ...


def in_order(spot: Spot, old: Type, new: Type) -> tuple[Type, Type]:
    """What is sent, and what is accepted."""
    return (old, new) if spot.direction is Direction.REQUEST else (new, old)
