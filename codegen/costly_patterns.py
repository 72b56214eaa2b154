"""Which regular expressions may take for ever, told without matching anything.

Python tries one way after the other in which a pattern may match a text. `(a+)+$` has 2^n ways for n
letters, and nothing stops Python from trying them all. So whoever holds the values of a document
against its patterns asks here first. What is called quick is quick; some of the others are too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import comb
from typing import Final

from .ir import Limits
from .tree import Json, walk
from .values import define

_MOST_STEPS: Final = 30_000_000
"""About a second."""

_MOST_LOOPS: Final = 10_000

_PIECE: Final = re.compile(
    r"\\."
    r"|\[\^?(?:\\.|[^\]\\])*\]"  # `[]` and `[^]` are whole classes (ECMA-262)
    r"|\((?:\?(?:<?[=!]|[:>]|P?<\w*>|[A-Za-z-]*:))?"
    r"|(?:[*+?]|\{(?P<least>\d{1,9})(?P<to>,(?P<most>\d{0,9}))?\})[?+]?"
    r"|.",
    re.DOTALL,
)


@define
class _Ways:
    """In how many ways a piece may match, at most."""

    stars: int = 0
    """How many parts may match any number of characters."""
    others: int = 1
    """The product of all other choices."""
    loops: int = 1
    """How often something is repeated that is no choice."""


@define
class _Group:
    """A group that is being read."""

    before: _Ways
    """The alternatives that are read."""
    now: _Ways
    """The alternative that is being read."""
    last: _Ways
    """The last piece of it, to which a quantifier would belong."""

    @classmethod
    def begun(cls) -> _Group:
        return cls(_Ways(others=0), _Ways(), _Ways())

    def take(self, piece: _Ways) -> None:
        """Go on behind a piece."""
        self.settle()
        self.last = piece

    def settle(self) -> None:
        """Count the last piece, which no quantifier follows."""
        self.now = _Ways(
            self.now.stars + self.last.stars,
            self.now.others * self.last.others,
            max(self.now.loops, self.last.loops),
        )
        self.last = _Ways()

    def end_alternative(self) -> None:
        self.settle()
        self.before = _Ways(
            max(self.before.stars, self.now.stars),
            self.before.others + self.now.others,
            max(self.before.loops, self.now.loops),
        )
        self.now = _Ways()


def is_quick(pattern: str, value: Json) -> bool:
    """Whether Python surely finds out in about a second what texts of a value match a pattern."""
    length = max((len(text) for text in _texts(value)), default=0)
    ways = _ways(pattern)
    if ways is None or ways.stars > length + 64:
        return False
    return comb(length + ways.stars, ways.stars) * ways.others * (length + 1) <= _MOST_STEPS


def is_judged_quickly(limits: Limits, value: Json) -> bool:
    """Whether Python surely finds out in seconds whether a value keeps limits."""
    return all(is_quick(pattern, value) for pattern in _patterns_of(limits))


def _patterns_of(limits: Limits) -> Iterator[str]:
    if limits.pattern is not None:
        yield limits.pattern.reveal()
    if limits.schema is not None:
        yield from patterns_in(json.loads(limits.schema.reveal()))


def patterns_in(schema: Json) -> Iterator[str]:
    """All that may be a pattern in a JSON Schema."""
    for _, part in walk(schema):
        if isinstance(part, dict):
            if isinstance(pattern := part.get("pattern"), str):
                yield pattern
            if isinstance(named := part.get("patternProperties"), dict):
                yield from named


def _texts(value: Json) -> Iterator[str]:
    for _, part in walk(value):
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            yield from part


def _ways(pattern: str) -> _Ways | None:
    """The ways of a pattern; None where they cannot be told, or repeat each other."""
    groups = [_Group.begun()]
    for found in _PIECE.finditer(pattern):
        piece, group = found[0], groups[-1]
        if piece[0] == "(":
            groups.append(_Group.begun())
        elif piece == ")" and len(groups) > 1:
            group.end_alternative()
            groups.pop()
            groups[-1].take(group.before)
        elif piece == "|":
            group.end_alternative()
        elif piece[0] in "*+?" or found["least"] is not None:
            repeated = _repeated(group.last, found)
            if repeated is None:
                return None
            group.last = repeated
        else:
            group.take(_Ways())
    if len(groups) > 1:
        return None
    groups[0].end_alternative()
    return groups[0].before


def _repeated(ways: _Ways, quantifier: re.Match[str]) -> _Ways | None:
    if quantifier[0][0] == "?":
        return _Ways(ways.stars, ways.others + 1, ways.loops)
    least = int(quantifier["least"] or 1)
    is_fixed = quantifier["least"] is not None and quantifier["to"] is None
    if is_fixed and least < 2:
        return ways
    if ways.stars or ways.others > 1:
        return None
    count = max(least, int(quantifier["most"] or 1))
    if ways.loops * count > _MOST_LOOPS:
        return None
    if is_fixed:
        return _Ways(loops=ways.loops * count)
    return _Ways(stars=1, loops=ways.loops * count)
