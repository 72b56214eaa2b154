"""Regular expressions of schemas as trees: what matches in linear time and what draws texts read them here.

ECMA-262, section 22.2.1, and what Python reads beside it in the same way (`(?i)`, `\\A`, `{,3}`). One
character of a text, however it is written, is a `Letter`; `patterns` alone knows what that means.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, TypeAlias


class UnreadableError(ValueError):
    """A pattern that Python may know how to match, and nobody here does."""


# These are plain classes, for attrs takes its time to make one, and whoever reads an answer waits for it.


class Letter:
    """One character, as a piece of a pattern says."""

    __slots__ = ("piece",)
    __match_args__ = ("piece",)

    def __init__(self, piece: str) -> None:
        self.piece = piece


class Place(Enum):
    """Where in a text something is."""

    BEGIN = "^"
    END = "$"
    BOUNDARY = r"\b"
    INSIDE = r"\B"


class Look:
    """What comes next in a text, or came last, or does not."""

    __slots__ = ("is_ahead", "is_negative", "part")
    __match_args__ = ("part", "is_ahead", "is_negative")

    def __init__(self, part: Node, *, is_ahead: bool, is_negative: bool) -> None:
        self.part = part
        self.is_ahead = is_ahead
        self.is_negative = is_negative


class Sequence:
    """Parts, one after the other."""

    __slots__ = ("parts",)
    __match_args__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts


class Choice:
    """One of some alternatives."""

    __slots__ = ("parts",)
    __match_args__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts


class Repeat:
    """One part, several times."""

    __slots__ = ("least", "most", "part")
    __match_args__ = ("part", "least", "most")

    def __init__(self, part: Node, least: int, most: int | None) -> None:
        self.part = part
        self.least = least
        self.most = most


class Echo:
    """What a group has matched, once more: no regular expression, whatever it is called."""

    __slots__ = ("of",)
    __match_args__ = ("of",)

    def __init__(self, of: Node) -> None:
        self.of = of


Node: TypeAlias = Letter | Place | Look | Sequence | Choice | Repeat | Echo

DEEPEST: Final = 50
"""How many groups may be nested; more come of no hand."""


def tree_of(pattern: str) -> Node:
    """A pattern that `patterns.compiled` can read, as a tree; raises `UnreadableError`."""
    reader = _Reader(pattern)
    tree = reader.alternatives()
    if not reader.is_at_end:
        raise UnreadableError(pattern)
    return tree


_PLACES: Final = {
    "^": Place.BEGIN,
    r"\A": Place.BEGIN,
    "$": Place.END,
    r"\Z": Place.END,
    r"\b": Place.BOUNDARY,
    r"\B": Place.INSIDE,
}
_PLACE: Final = re.compile(r"\^|\$|\\[AZbB]")
_FLAGS: Final = re.compile(r"\(\?([is]+)\)")
_GROUP: Final = re.compile(
    r"\((?:\?(?:(?P<flags>[is]*):|P?<(?P<name>[^\W\d]\w*)>|(?P<look><?[=!]))|(?!\?))"
)
_ECHO: Final = re.compile(
    r"\\(?P<number>[1-9]\d?)(?!\d)|\\k<(?P<ecma>\w+)>|\(\?P=(?P<python>\w+)\)"
)
_LETTER: Final = re.compile(
    r"\[\]|\[\^\]"  # whole classes
    r"|\[\^?(?:\\.|[^\]\\])*\]"
    r"|\\(?:[pP]\{[^}]*\}|u\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z]"
    r"|0(?!\d)|[adDfnrsStvwW]|[^A-Za-z0-9])"
    r"|[^\\^$()*+?|\[]",
    re.DOTALL,
)
_TIMES: Final = re.compile(r"[*+?]|\{(?:(?P<exactly>\d+)|(?P<least>\d*),(?P<most>\d*))\}")
_QUICK_TIMES: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class _Reader:
    """Reads a pattern from its left to its right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups: list[Node | None] = []
        """The groups that can be referred to; None while one is being read."""
        self.named: dict[str, int] = {}
        self.flags = ""
        self.depth = 0

    def alternatives(self) -> Node:
        """What stands between bars, up to the end or a closing parenthesis."""
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        return found[0] if len(found) == 1 else Choice(tuple(found))

    @property
    def is_at_end(self) -> bool:
        """Whether all is read."""
        return self.at == len(self.pattern)

    def _sequence(self) -> Node:
        if self.at == 0 and (flags := self._found(_FLAGS)):
            self.flags = flags[1]
        parts: list[Node] = []
        while not self.is_at_end and self.pattern[self.at] not in "|)":
            place = self._found(_PLACE)
            parts.append(self._repeated(self._atom() if place is None else _PLACES[place[0]]))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _take(self, text: str) -> bool:
        is_there = self.pattern.startswith(text, self.at)
        self.at += len(text) if is_there else 0
        return is_there

    def _found(self, wanted: re.Pattern[str]) -> re.Match[str] | None:
        found = wanted.match(self.pattern, self.at)
        self.at = found.end() if found else self.at
        return found

    def _atom(self) -> Node:
        if echo := self._found(_ECHO):
            return self._echo(echo)
        if group := self._found(_GROUP):
            return self._group(group)
        letter = self._found(_LETTER)
        if letter is None:
            raise UnreadableError(self.pattern)
        return Letter(f"(?i:{letter[0]})" if "i" in self.flags else letter[0])

    def _group(self, group: re.Match[str]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableError(self.pattern)
        outer, look, number = self.flags, group["look"], len(self.groups)
        self.flags += group["flags"] or ""
        is_referred_to = look is None and group["flags"] is None
        if is_referred_to:
            self.groups.append(None)
        if group["name"]:
            self.named[group["name"]] = number
        inner = self.alternatives()
        if not self._take(")"):
            raise UnreadableError(self.pattern)
        if is_referred_to:
            self.groups[number] = inner
        self.flags = outer
        self.depth -= 1
        return (
            inner
            if look is None
            else Look(inner, is_ahead="<" not in look, is_negative="!" in look)
        )

    def _echo(self, echo: re.Match[str]) -> Node:
        name = echo["ecma"] or echo["python"]
        number = int(echo["number"]) - 1 if name is None else self.named.get(name, -1)
        group = self.groups[number] if 0 <= number < len(self.groups) else None
        if group is None:
            raise UnreadableError(self.pattern)
        return Echo(group)

    def _repeated(self, part: Node) -> Node:
        times = self._found(_TIMES)
        if times is None:
            return part
        least, most = _bounds(times)
        self._take("?")  # as few as possible: the same texts
        if _TIMES.match(self.pattern, self.at):
            raise UnreadableError(self.pattern)  # such as `a*+` of Python, which gives nothing back
        return Repeat(part, least, most)


def _bounds(times: re.Match[str]) -> tuple[int, int | None]:
    if times[0] in _QUICK_TIMES:
        return _QUICK_TIMES[times[0]]
    if times["exactly"]:
        return int(times["exactly"]), int(times["exactly"])
    return int(times["least"] or 0), int(times["most"]) if times["most"] else None
