"""Regular expressions as what they are: texts of certain lengths, put together from letters.

Hypothesis makes texts that match a pattern, of whatever length. Where a schema bounds the length
as well, its tree becomes one of texts, as far as it is regular, so that each draw is of a length that
the pattern has and the bounds allow. Sets of lengths are bits of integers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Final, TypeAlias

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .. import pattern_trees as trees
from ..pattern_trees import UnreadableError, tree_of
from ..patterns import compiled
from .distinct import distinct
from .impossible import NOTHING

CHARACTERS: Final = st.characters(exclude_categories=["Cs"])
"""What text is made of: all that UTF-8 can say. To ask Hypothesis for that by its name takes a second."""

_PLAIN: Final = re.compile(r"(?!\.)[ -Z_-~]|\[(?!\^)(?:[ -Z_^-~]|\\[dw.-])*\]|\\[dw.-]", re.ASCII)
"""Pieces that speak of ASCII alone, so that their characters are soon listed."""

_SIMPLEST_FIRST: Final = sorted(map(chr, range(128)), key=lambda one: (not one.isalnum(), one))

_ROOM: Final = 64
"""How much longer than needed a text is at most."""


class Irregular(ValueError):
    """A pattern that looks around, refers back, or is anchored in the middle."""


@frozen(slots=False, eq=False)
class Letter:
    """One character, as a piece of a pattern says."""

    piece: str

    def lengths(self, most: int) -> int:
        """The lengths up to `most` that its texts have."""
        return 0b10 if most else 0

    def texts(self, length: int) -> SearchStrategy[str]:
        """The texts of one of these lengths."""
        return self._characters

    @cached_property
    def listed(self) -> list[str] | None:
        """Its characters, if they are all of ASCII and easy to list."""
        if _PLAIN.fullmatch(self.piece) is None:
            return None
        piece = compiled(self.piece)
        return [one for one in _SIMPLEST_FIRST if piece.fullmatch(one)]

    @cached_property
    def _characters(self) -> SearchStrategy[str]:
        if self.listed is None:
            return st.from_regex(compiled(self.piece), fullmatch=True, alphabet=CHARACTERS)
        return st.sampled_from(self.listed) if self.listed else NOTHING


@frozen(eq=False)
class Anything:
    """One character of any kind, where a pattern is not anchored."""

    def lengths(self, most: int) -> int:
        """The lengths up to `most` that its texts have."""
        return 0b10 if most else 0

    def texts(self, length: int) -> SearchStrategy[str]:
        """The texts of one of these lengths."""
        return CHARACTERS


@frozen(eq=False)
class Sequence:
    """Parts, one after the other."""

    parts: tuple[Node, ...]

    def lengths(self, most: int) -> int:
        """The lengths up to `most` that its texts have."""
        found = 1
        for part in self.parts:
            found = _sums(found, part.lengths(most), most)
        return found

    def texts(self, length: int) -> SearchStrategy[str]:
        """The texts of one of these lengths."""
        return _joined(self.parts, length)


@frozen(eq=False)
class Choice:
    """One of some alternatives."""

    parts: tuple[Node, ...]

    def lengths(self, most: int) -> int:
        """The lengths up to `most` that its texts have."""
        found = 0
        for part in self.parts:
            found |= part.lengths(most)
        return found

    def texts(self, length: int) -> SearchStrategy[str]:
        """The texts of one of these lengths."""
        fitting = [part for part in self.parts if part.lengths(length) >> length & 1]
        return st.one_of([part.texts(length) for part in fitting])


@frozen(eq=False)
class Repeat:
    """One part, several times."""

    part: Node
    least: int
    most: int | None

    def lengths(self, most: int) -> int:
        """The lengths up to `most` that its texts have."""
        found = 0
        for times in self._by_times(most):
            found |= times
        return found

    def texts(self, length: int) -> SearchStrategy[str]:
        """The texts of one of these lengths."""
        if isinstance(self.part, Letter) and self.part.listed:
            # One draw, and not one for each character.
            return st.text("".join(self.part.listed), min_size=length, max_size=length)
        counts = [
            self.least + more
            for more, lengths in enumerate(self._by_times(length))
            if lengths >> length & 1
        ]
        return st.sampled_from(counts).flatmap(lambda count: _joined((self.part,) * count, length))

    def _by_times(self, most: int) -> Iterator[int]:
        """The lengths of what is repeated the least number of times, once more, and so on."""
        one = self.part.lengths(most)
        found = 1
        for _ in range(self.least):
            found = _sums(found, one, most)
        last = self.least + most if self.most is None else min(self.most, self.least + most)
        for _ in range(self.least, last + 1):
            if not found:
                return
            yield found
            found = _sums(found, one, most)


Node: TypeAlias = Letter | Anything | Sequence | Choice | Repeat


def texts_of_lengths(
    pattern: str, least: int, most: int | None, *, is_loose: bool = False
) -> SearchStrategy[str]:
    """The texts that match a pattern and have a length within bounds; none where there is none.

    Loosely read, a pattern has some more texts, for it does not look around.

    Raises `Irregular` for a pattern that cannot be read here.
    """
    tree = _tree(pattern, is_loose=is_loose)
    last = least + _ROOM if most is None else min(most, least + _ROOM)
    found = _fitting(tree, least, last)
    if not found and (most is None or most > last):
        last = most if most is not None else least + 16 * _ROOM
        found = _fitting(tree, least, min(last, least + 16 * _ROOM))
    if not found:
        return NOTHING
    usual = st.sampled_from(found).flatmap(tree.texts)
    return tree.texts(found[0]) | tree.texts(found[-1]) | usual


def is_short(pattern: str) -> bool:
    """Whether no text that matches is long."""
    try:
        return 0 < _tree(pattern).lengths(2 * _ROOM) < 1 << (_ROOM + 1)
    except Irregular:
        return False


def _fitting(tree: Node, least: int, most: int) -> list[int]:
    lengths = tree.lengths(most)
    return [length for length in range(least, most + 1) if lengths >> length & 1]


@cache
def _joined(parts: tuple[Node, ...], length: int) -> SearchStrategy[str]:
    """Texts of parts, which are as long together as is wanted."""
    ahead = [1]
    for part in reversed(parts):
        ahead.append(_sums(ahead[-1], part.lengths(length), length))

    def text(draw: st.DrawFn) -> str:
        made: list[str] = []
        left = length
        for part, after in zip(parts, reversed(ahead[:-1]), strict=True):
            own = part.lengths(left)
            fitting = [
                one for one in range(left + 1) if own >> one & 1 and after >> (left - one) & 1
            ]
            chosen = fitting[0] if len(fitting) == 1 else draw(st.sampled_from(fitting))
            made.append(draw(part.texts(chosen)))
            left -= chosen
        return "".join(made)

    return distinct(text)


def _sums(ones: int, others: int, most: int) -> int:
    """The lengths of what is a text of the one kind and then one of the other."""
    found = 0
    shift = 0
    while others:
        if others & 1:
            found |= ones << shift
        others >>= 1
        shift += 1
    return found & ((1 << (most + 1)) - 1)


# Reading patterns.


@cache
def _tree(pattern: str, *, is_loose: bool = False) -> Node:
    try:
        return _whole(tree_of(pattern), is_loose=is_loose)
    except UnreadableError as error:
        raise Irregular(pattern) from error


_UNANCHORED: Final = Repeat(Anything(), 0, None)


def _whole(tree: trees.Node, *, is_loose: bool) -> Node:
    """All texts in which a pattern is found."""
    if isinstance(tree, trees.Choice):
        return Choice(tuple(_whole(part, is_loose=is_loose) for part in tree.parts))
    parts = list(tree.parts) if isinstance(tree, trees.Sequence) else [tree]
    begins = parts[:1] == [trees.Place.BEGIN]
    ends = parts[begins:][-1:] == [trees.Place.END]
    inner = [_within(part, is_loose=is_loose) for part in parts[begins : len(parts) - ends]]
    before, after = ([] if is_there else [_UNANCHORED] for is_there in (begins, ends))
    return Sequence((*before, *inner, *after))


def _within(tree: trees.Node, *, is_loose: bool) -> Node:
    """A part of a pattern as texts."""
    match tree:
        case trees.Letter(piece):
            return Letter(piece)
        case trees.Sequence(parts):
            return Sequence(tuple(_within(part, is_loose=is_loose) for part in parts))
        case trees.Choice(parts):
            return Choice(tuple(_within(part, is_loose=is_loose) for part in parts))
        case trees.Repeat(part, least, most):
            return Repeat(_within(part, is_loose=is_loose), least, most)
        case trees.Look() | trees.Place() | trees.Echo():
            if is_loose:
                return Sequence(())
            raise Irregular(tree)
