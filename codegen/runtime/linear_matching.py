"""Matches patterns in a time in proportion to the text, whatever the pattern and the text are.

Not one way after the other is tried: all of them go on together, a character at a time, as a set of
steps of the pattern (K. Thompson, Regular expression search algorithm, 1968). What comes of a set and
a character is remembered. Where something looks ahead or back, the places of the text at which it
holds are found before, in the same way (Mamouras and Chattopadhyay, POPL 2024).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from .pattern_trees import (
    Choice,
    Echo,
    Letter,
    Look,
    Node,
    Place,
    Repeat,
    Sequence,
    UnreadableError,
)
from .patterns import compiled

MOST_STEPS: Final = 3_000
"""How many steps a pattern may have: a character may cost as many."""

_MOST_REMEMBERED: Final = 200_000
"""How many steps all sets together may have that are remembered: some megabytes."""

_WORD: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


class LinearMatcher:
    """Finds texts in which a pattern matches somewhere.

    Raises `UnreadableError` for a pattern that refers back, or has too many steps when what it repeats
    is written out.
    """

    def __init__(self, tree: Node) -> None:
        self._conditions = _Conditions()
        self._pattern = self._conditions.machine(tree, is_reversed=False)

    def fits(self, text: str) -> bool:
        """Whether the pattern matches somewhere in a text."""
        holding = self._conditions.holding_in(text)
        return next(self._pattern.ends(text, holding), None) is not None


class _Read(NamedTuple):
    """A step that takes a character."""

    piece: str
    then: int


class _Ask(NamedTuple):
    """A step that is taken where a condition holds."""

    condition: int
    """A bit."""
    then: int


class _Fork:
    """A step that goes on in several ways."""

    __match_args__ = ("ways",)

    def __init__(self, ways: tuple[int, ...]) -> None:
        self.ways = ways


_Step: TypeAlias = _Read | _Ask | _Fork

_END: Final = 0
"""The step at which all has matched."""

_Steps: TypeAlias = frozenset[int]


class _Machine:
    """The steps of a pattern, and what comes of them."""

    def __init__(self, steps: list[_Step], start: int) -> None:
        self._steps = steps
        self._start = start
        self._moves: dict[tuple[_Steps, int, str], tuple[bool, _Steps]] = {}
        self._remembered = 0

    def ends(self, text: Iterable[str], holding: Iterable[int]) -> Iterator[int]:
        """After how many characters something ends that matches, wherever it begins.

        `holding` are the conditions that hold before each character, and at the end.
        """
        moves, steps = self._moves, frozenset((self._start,))
        for at, (character, conditions) in enumerate(zip(chain(text, ("",)), holding, strict=True)):
            move = moves.get((steps, conditions, character))
            is_end, steps = move or self._move(steps, conditions, character)
            if is_end:
                yield at

    def _move(self, steps: _Steps, conditions: int, character: str) -> tuple[bool, _Steps]:
        is_end, reads = self._reached(steps, conditions)
        taken = {piece for piece in reads if compiled(piece).fullmatch(character)}
        after = (then for piece in taken for then in reads[piece])
        move = is_end, frozenset((self._start, *after))
        if self._remembered > _MOST_REMEMBERED:
            self._moves.clear()
            self._remembered = 0
        self._remembered += len(move[1]) + 10
        self._moves[steps, conditions, character] = move
        return move

    def _reached(self, steps: _Steps, conditions: int) -> tuple[bool, dict[str, list[int]]]:
        """What is reached without taking a character: whether the end is, and what takes one."""
        reads: dict[str, list[int]] = {}
        seen, ahead = set(steps), list(steps)
        while ahead:
            match self._steps[ahead.pop()]:
                case _Read(piece, then):
                    reads.setdefault(piece, []).append(then)
                    continue
                case _Ask(condition, then):
                    ways = (then,) if condition & conditions else ()
                case _Fork(ways):
                    pass
            new = [one for one in ways if one not in seen]
            seen.update(new)
            ahead += new
        return _END in seen, reads


class _Conditions:
    """What parts of a pattern ask of a place in a text, each with a bit of its own."""

    def __init__(self) -> None:
        self._bits: dict[Node, int] = {}
        self._machines: dict[Node, _Machine] = {}
        self._steps_left = MOST_STEPS

    def machine(self, tree: Node, *, is_reversed: bool) -> _Machine:
        """The steps of a pattern, and the conditions that it has."""
        steps: list[_Step] = [_Fork(())]
        return _Machine(steps, _Writer(self, steps, is_reversed=is_reversed).written(tree, _END))

    def bit_of(self, node: Place | Look) -> int:
        """The bit of a condition."""
        if node not in self._bits:
            if isinstance(node, Look):  # the conditions within come before it
                self._machines[node] = self.machine(node.part, is_reversed=node.is_ahead)
            self._bits[node] = 1 << len(self._bits)
        return self._bits[node]

    def spend(self) -> None:
        """Count a step."""
        self._steps_left -= 1
        if self._steps_left < 0:
            raise UnreadableError("too many steps")

    def holding_in(self, text: str) -> list[int]:
        """The conditions that hold before each character of a text, and at its end."""
        holding = [0] * (len(text) + 1)
        for node, bit in self._bits.items():
            for at in self._places(node, text, holding):
                holding[at] |= bit
        return holding

    def _places(self, node: Node, text: str, holding: list[int]) -> Iterable[int]:
        match node:
            case Place.BEGIN:
                return (0,)
            case Place.END:
                return (len(text),)
            case Place.BOUNDARY:
                return _boundaries(text)
            case Place.INSIDE:
                return _all_but(_boundaries(text), text)
            case Look(_, is_ahead, is_negative):
                ends = self._machines[node].ends
                found = (
                    (len(text) - at for at in ends(reversed(text), reversed(holding)))
                    if is_ahead
                    else ends(text, holding)
                )
                return _all_but(found, text) if is_negative else found
            case _:
                raise TypeError(node)


def _boundaries(text: str) -> Iterator[int]:
    was_word = False
    for at, character in enumerate(chain(text, ("",))):
        is_word = character in _WORD
        if is_word is not was_word:
            yield at
        was_word = is_word


def _all_but(places: Iterable[int], text: str) -> Iterable[int]:
    excluded = set(places)
    return (at for at in range(len(text) + 1) if at not in excluded)


class _Writer:
    """Writes the steps of one pattern from its end to its beginning."""

    def __init__(self, conditions: _Conditions, steps: list[_Step], *, is_reversed: bool) -> None:
        self._conditions = conditions
        self._steps = steps
        self._is_reversed = is_reversed

    def written(self, node: Node, then: int) -> int:
        """The first step of a part, behind which another step comes."""
        match node:
            case Letter(piece):
                return self._new(_Read(piece, then))
            case Place() | Look():
                return self._new(_Ask(self._conditions.bit_of(node), then))
            case Sequence(parts):
                for part in parts if self._is_reversed else reversed(parts):
                    then = self.written(part, then)
                return then
            case Choice(parts):
                return self._new(_Fork(tuple(self.written(part, then) for part in parts)))
            case Repeat():
                return then if _is_nothing(node) else self._repeated(node, then)
            case Echo():
                raise UnreadableError("a text to refer back to")

    def _repeated(self, node: Repeat, then: int) -> int:
        first = then
        if node.most is None:
            loop = _Fork(())
            first = self._new(loop)
            loop.ways = (self.written(node.part, first), then)
        for _ in range((node.most or node.least) - node.least):
            first = self._new(_Fork((self.written(node.part, first), then)))
        for _ in range(node.least):
            first = self.written(node.part, first)
        return first

    def _new(self, step: _Step) -> int:
        self._conditions.spend()
        self._steps.append(step)
        return len(self._steps) - 1


def _is_nothing(node: Node) -> bool:
    """Whether a part has no steps, however often it is repeated."""
    match node:
        case Sequence(parts):
            return all(map(_is_nothing, parts))
        case Repeat(part, _, most):
            return most == 0 or _is_nothing(part)
        case _:
            return False
