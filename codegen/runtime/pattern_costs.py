"""Up to which length of a text Python's `re` surely matches a pattern in time.

Python tries one way after the other in which a pattern may match. `(a+)+$` has 2^n ways for n letters,
and `re` may try them all. So ways are counted here, from the pattern alone. Where the next character
says which way to go there is but one, as in `^[a-z]+(-[a-z]+)*$`. What is called quick is quick;
some of the others are, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import comb, inf
from typing import Final, NamedTuple, TypeAlias

from .pattern_trees import Choice, Echo, Letter, Look, Node, Place, Repeat, Sequence
from .patterns import compiled

_MOST_STEPS: Final = 1_000
"""How many steps `re` may take for each character: about 20 millionths of a second."""

_LONGEST: Final = 20
"""The binary logarithm of a length: what is quick for 2^20 characters is so for more."""

_FEW: Final = 64
"""Up to how many counts to choose among are a number of their own, whatever the text."""

_Letters: TypeAlias = int
"""A set of characters: a bit for each one of ASCII, and the last one for all others together."""

_OTHERS: Final = 1 << 128
_ANY: Final = 2 * _OTHERS - 1
_ASCII: Final = "".join(map(chr, range(128)))
_OF_ASCII: Final = re.compile(r"\\[dw.-]|\[(?!\^)(?:[\0-\[\]-\x7f]|\\[dw.-])+\]")


def quick_length(tree: Node) -> int | None:
    """How long a text may be that `re` matches in time; None for all texts."""
    ways = _Counter().ways(_without_end(tree), 0)
    return 0 if ways is None else ways.longest(is_anchored=_is_anchored(tree))


class _Ways(NamedTuple):
    """In how many ways a part may match, at most."""

    stars: int = 0
    """How many parts may end anywhere in the text."""
    others: int = 1
    """The product of all other choices."""
    reading: float = 1.0
    """How many characters one way looks at."""

    def longest(self, *, is_anchored: bool) -> int | None:
        """The length of the longest text for which there is time."""
        for exponent in range(_LONGEST + 1):
            length = 1 << exponent
            starts = 1 if is_anchored else length
            steps = starts * comb(length + self.stars, self.stars) * self.others
            if steps * min(self.reading, length) > _MOST_STEPS * length:
                return length >> 1
        return None


class _Counter:
    """Counts the ways of one pattern."""

    def __init__(self) -> None:
        self._beginnings: dict[Node, tuple[_Letters, bool]] = {}
        self._echoes: dict[Node, _Ways] = {}

    def ways(self, node: Node, then: _Letters) -> _Ways | None:
        """The ways of a part, behind which certain letters come; None for too many."""
        match node:
            case Sequence(parts):
                return self._in_turn(parts, then)
            case Choice(parts):
                return self._one_of(parts, then)
            case Repeat():
                return self._repeated(node, then)
            case Look(part):
                found = self.ways(part, 0)
                return None if found is None else _counted(found)
            case Echo(of):
                if of not in self._echoes:
                    found = self.ways(of, _ANY)
                    self._echoes[of] = _counted(_Ways(reading=found.reading if found else inf))
                return self._echoes[of]
            case _:
                return _Ways()

    def _in_turn(self, parts: tuple[Node, ...], then: _Letters) -> _Ways | None:
        stars, others, reading, looks = 0, 1, 0.0, list[_Ways]()
        for part in reversed(parts):
            found = self.ways(part, then)
            if found is None:
                return None
            if isinstance(part, Look):
                looks.append(found)
            else:
                stars += found.stars
                others *= found.others
                reading += found.reading
            then = self._entered_by(part, then)
        # What was looked at is not looked at in another way: such parts add, and do not multiply.
        stars += max((one.stars for one in looks), default=0)
        others *= sum(one.others for one in looks) or 1
        return _Ways(stars, others, reading + sum(one.reading for one in looks))

    def _one_of(self, parts: tuple[Node, ...], then: _Letters) -> _Ways | None:
        found = [self.ways(part, then) for part in parts]
        some = [ways for ways in found if ways is not None]
        if len(some) < len(found):
            return None
        together = max(
            _most_together(self._entered_by(part, then) for part in parts),
            sum(self._beginning(part)[1] for part in parts),
        )
        others = [one.others for one in some]
        return _Ways(
            max(one.stars for one in some),
            min(sum(others), max(others) * max(together, 1)),
            max(one.reading for one in some),
        )

    def _repeated(self, node: Repeat, then: _Letters) -> _Ways | None:
        letters, may_be_empty = self._beginning(node.part)
        inner = self.ways(node.part, then if node.most == 1 else then | letters)
        if node.most == 0:
            return _Ways()
        if inner is None or (node.least == node.most == 1):
            return inner
        is_clear = not may_be_empty and not letters & then
        if node.most == 1:
            return inner if is_clear else inner._replace(others=inner.others + 1)
        if may_be_empty or inner.stars:
            return None
        is_clear = is_clear or node.least == node.most
        if inner.others > 1:
            return _chosen(inner, node, is_clear=is_clear)
        if is_clear:
            return _Ways(reading=inner.reading * (inf if node.most is None else node.most))
        if node.most is None or node.most - node.least > _FEW:
            return _Ways(stars=1, reading=inner.reading * max(node.least, 1))
        return _Ways(others=node.most - node.least + 1, reading=inner.reading * node.most)

    def _entered_by(self, node: Node, then: _Letters) -> _Letters:
        """What letters a part and what comes behind it may begin with."""
        letters, may_be_empty = self._beginning(node)
        return letters | then if may_be_empty else letters

    def _beginning(self, node: Node) -> tuple[_Letters, bool]:
        """What letters a part may begin with, and whether it may match without any."""
        if node not in self._beginnings:
            self._beginnings[node] = self._found_beginning(node)
        return self._beginnings[node]

    def _found_beginning(self, node: Node) -> tuple[_Letters, bool]:
        match node:
            case Letter(piece):
                return _letters(piece), False
            case Sequence(parts):
                found: _Letters = 0
                for part in parts:
                    letters, may_be_empty = self._beginning(part)
                    found |= letters
                    if not may_be_empty:
                        return found, False
                return found, True
            case Choice(parts):
                several = [self._beginning(part) for part in parts]
                found = 0
                for letters, _ in several:
                    found |= letters
                return found, any(may_be_empty for _, may_be_empty in several)
            case Repeat(part, least):
                letters, may_be_empty = self._beginning(part)
                return letters, may_be_empty or least == 0
            case Echo(of):
                return _ANY, self._beginning(of)[1]
            case _:
                return 0, True


def _chosen(inner: _Ways, node: Repeat, *, is_clear: bool) -> _Ways | None:
    """The ways of what is repeated with a choice each time."""
    most = node.most
    if most is None or most > _FEW or inner.others**most > _MOST_STEPS:
        return None
    counts = 1 if is_clear else most - node.least + 1
    return _Ways(others=counts * inner.others**most, reading=inner.reading * most)


def _counted(ways: _Ways) -> _Ways:
    """The ways of what reads without going on: how far it reads is a number for each of them."""
    if ways.reading < inf:
        return ways
    return _Ways(ways.stars + 1, ways.others)


def _most_together(several: Iterable[_Letters]) -> int:
    """How many sets have a letter in common, at most."""
    layers: list[_Letters] = []
    """The letters that are in at least so many sets."""
    for letters in several:
        for number, layer in enumerate(layers):
            layers[number], letters = layer | letters, layer & letters
        layers += [letters] if letters else []
    return len(layers)


def _letters(piece: str) -> _Letters:
    """The characters that a piece of a pattern stands for; rather too many than too few."""
    if len(piece) == 1 and piece != ".":
        return 1 << ord(piece) if piece.isascii() else _OTHERS
    found: _Letters = 0 if _OF_ASCII.fullmatch(piece) else _OTHERS
    for letter in compiled(piece).findall(_ASCII):
        found |= 1 << ord(letter)
    return found


def _is_anchored(tree: Node) -> bool:
    """Whether only the beginning of a text is tried."""
    match tree:
        case Sequence((first, *_)) | Repeat(first, 1, 1):
            return _is_anchored(first)
        case Choice(parts):
            return all(map(_is_anchored, parts))
        case _:
            return tree is Place.BEGIN


def _without_end(tree: Node) -> Node:
    """A pattern that ends as soon as it can: nothing that comes last may fail."""
    match tree:
        case Sequence((*before, Repeat() as last)):
            return Sequence((*before, _without_end(last)))
        case Repeat(Letter() as part, least):
            return Repeat(part, least, least)
        case _:
            return tree
