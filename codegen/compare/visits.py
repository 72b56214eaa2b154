"""Which pairs of models were compared, and whether a break was found in them.

Models hold each other, in circles too. A pair that is met again while it is being compared has
told nothing yet, so what was found in those on the way is not the whole of it. For that reason it
is kept what each pair holds, and read off from there in which of them a break is.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeAlias

from ..ir import Identifier
from ..values import define, field
from .changes import Direction

Pair: TypeAlias = tuple[Identifier, Identifier, Direction, bool]
"""An old model, the new one, who sends them, and whether a union around them takes all."""


@define
class Visits:
    """Pairs of models, and what was found in them."""

    _held: dict[Pair, list[Pair]] = field(init=False, factory=dict[Pair, list[Pair]])
    """The pairs that a pair holds, of all that were begun."""
    _broken: set[Pair] = field(init=False, factory=set[Pair])
    _sound: set[Pair] = field(init=False, factory=set[Pair])
    """Those in which no break can be found any more."""
    _open: list[Pair] = field(init=False, factory=list[Pair])
    """Those that are being compared, the outermost first."""

    def is_new(self, pair: Pair) -> bool:
        """Whether a pair is to be compared; it is held by the one that is being compared."""
        if self._open:
            self._held[self._open[-1]].append(pair)
        return pair not in self._held

    @contextmanager
    def inside(self, pair: Pair) -> Generator[None]:
        """Compare what a pair holds."""
        self._held[pair] = []
        self._open.append(pair)
        try:
            yield
        finally:
            self._open.pop()

    def broke(self, pair: Pair) -> None:
        """Remember that a break was found in a pair."""
        self._broken.add(pair)

    def has_break(self, pair: Pair) -> bool:
        """Whether a break was found in a pair so far, or in one that it holds at any depth."""
        seen, ahead = {pair}, [pair]
        while ahead:
            one = ahead.pop()
            if one in self._broken:
                self._broken.add(pair)
                return True
            if one not in self._sound:
                new = [held for held in self._held[one] if held not in seen]
                seen.update(new)
                ahead += new
        if seen.isdisjoint(self._open):
            self._sound |= seen
        return False
