r"""Regular expressions of schemas, which are ECMA-262's, in Python's words.

Which matcher a pattern has is decided here and nowhere else: `re`, but for texts that it may take too
long for (`pattern_costs`), which are matched without it (`linear_matching`).

Python's `$` is also before a last newline, its `\d`, `\w` and `\s` know all of Unicode or, told not
to, too little of it, and it has no `\p{Letter}`, `\cJ`, `\u{1F600}` or `(?<name>...)`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple


class Matcher(NamedTuple):
    """How texts are held against a pattern."""

    fits: Callable[[str], bool]
    """Whether a text matches, told in a time in proportion to its length."""
    quick_length: int | None
    """Up to how many characters `re` tells in such a time, too; None for all texts."""


@cache
def matcher(pattern: str) -> Matcher:
    """What matches a pattern of a schema, which is unanchored (JSON Schema, validation, section 6.3.3).

    Raises `re.error` for what Python cannot read, and `EndlessError` for what nobody matches in time.
    """
    search = compiled(pattern).search

    def is_found(text: str) -> bool:
        return search(text) is not None

    if _plain().fullmatch(pattern):
        return Matcher(is_found, None)
    # Most patterns are plain, so that what reads the others is loaded for these alone.
    from .pattern_costs import quick_length
    from .pattern_trees import UnreadableError, tree_of

    try:
        tree = tree_of(pattern)
        longest = quick_length(tree)
        if longest is None:
            return Matcher(is_found, None)
        from .linear_matching import LinearMatcher

        return _by_length(is_found, longest, LinearMatcher(tree).fits)
    except UnreadableError as error:
        raise EndlessError(f"may take for ever: {error}") from None


def _by_length(
    is_found: Callable[[str], bool], longest: int, fits: Callable[[str], bool]
) -> Matcher:
    def fits_anyway(text: str) -> bool:
        return is_found(text) if len(text) <= longest else fits(text)

    return Matcher(fits_anyway, longest)


class EndlessError(re.error):
    """Nobody here knows how to match a pattern in time."""


@cache
def _plain() -> re.Pattern[str]:
    """What is soon seen to have but one way to match: the only part of no certain length comes last.

    Compiled when the first pattern is met, for that takes longer than to import all of this.
    """
    return re.compile(
        r"\^(?:(?:\[\^?(?:\\.|[^\]\\])+\]|\\[dDsSwW./-]|[^\\^$()*+?|\[{}])(?:\{\d{1,2}\})?){,20}"
        r"(?:[*+]|\{\d+,\d*\})?\$?",
        re.DOTALL,
    )


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema in Python's `re`, which may take for ever to match.

    Raises `re.error` for what Python cannot read.
    """
    return re.compile(translated(pattern))


@cache
def translated(pattern: str) -> str:
    """A pattern in Python's words; raises `re.error` for a property that Python does not know."""
    return "".join(_pieces(pattern))


_SPACES: Final = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space and line ends (ECMA-262, sections 12.2 and 12.3)."""

_CLASSES: Final = {"d": "0-9", "s": _SPACES, "w": "A-Za-z0-9_"}

_OPPOSITES: Final = frozenset({"D", "S", "W"})

_MOST_WIDE: Final = 100
"""How many classes of thousands of characters a pattern may have: each takes `re` milliseconds."""

_LINE_ENDS: Final = r"\n\r\u2028\u2029"

_ESCAPE: Final = (
    r"\\[pP]\{(?P<property>[^}]*)\}"
    r"|\\c(?P<control>[A-Za-z])"
    r"|\\u\{(?P<point>[0-9A-Fa-f]{1,8})\}"
    r"|\\k<(?P<back>\w+)>"
    r"|\\."
)
_OUTSIDE = re.compile(rf"{_ESCAPE}|\[\^?\]|\[\^?|\(\?<(?=\w)|.", re.DOTALL)
_INSIDE = re.compile(rf"{_ESCAPE}|.", re.DOTALL)

_TO_PYTHON: Final = {
    "$": r"\Z",
    "(?<": "(?P<",
    ".": f"[^{_LINE_ENDS}]",
    "[]": "(?!)",
    "[^]": r"[\s\S]",
    r"\B": r"(?a:\B)",
    r"\b": r"(?a:\b)",
}
"""What is written in other words outside of classes in brackets."""


def _pieces(pattern: str) -> Iterator[str]:
    at, is_inside, wide = 0, False, 0
    while found := (_INSIDE if is_inside else _OUTSIDE).match(pattern, at):
        at, piece = found.end(), found[0]
        if piece[0] == "\\" and (is_inside or piece not in _TO_PYTHON):
            wide += found["property"] is not None or (is_inside and piece[1:] in _OPPOSITES)
            if wide > _MOST_WIDE:
                raise re.error("too many classes of characters")
            yield _escape(found, is_inside=is_inside)
        elif is_inside:
            is_inside = piece != "]"
            yield f"\\{piece}" if piece in "[&|~" else piece  # pairs of which Python warns
        else:
            is_inside = piece in ("[", "[^")
            yield _TO_PYTHON.get(piece, piece)


def _escape(found: re.Match[str], *, is_inside: bool) -> str:
    piece = found[0]
    if found["property"] is not None:
        ranges = _ranges(found["property"], is_negative=piece[1] == "P")
        return ranges if is_inside else f"[{ranges}]"
    if found["control"] is not None:
        return re.escape(chr(ord(found["control"]) % 32))
    if found["point"] is not None:
        return _character(int(found["point"], 16))
    if found["back"] is not None:
        return f"(?P={found['back']})"
    kind = piece[1:].lower()
    if kind not in _CLASSES:
        return piece
    is_negative = piece[1:] != kind
    if not is_inside:
        return f"[{'^' if is_negative else ''}{_CLASSES[kind]}]"
    return _opposite(kind) if is_negative else _CLASSES[kind]


@cache
def _opposite(kind: str) -> str:
    """What a class is not, for the inside of another class."""
    inside = re.compile(f"[{_CLASSES[kind]}]")
    return _written(point for point in range(_MOST) if not inside.match(chr(point)))


# Properties of Unicode.

_MOST: Final = sys.maxunicode + 1

_CATEGORIES: Final = {
    "Cased_Letter": "LC",
    "Close_Punctuation": "Pe",
    "Connector_Punctuation": "Pc",
    "Control": "Cc",
    "Currency_Symbol": "Sc",
    "Dash_Punctuation": "Pd",
    "Decimal_Number": "Nd",
    "Enclosing_Mark": "Me",
    "Final_Punctuation": "Pf",
    "Format": "Cf",
    "Initial_Punctuation": "Pi",
    "Letter": "L",
    "Letter_Number": "Nl",
    "Line_Separator": "Zl",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Math_Symbol": "Sm",
    "Modifier_Letter": "Lm",
    "Modifier_Symbol": "Sk",
    "Nonspacing_Mark": "Mn",
    "Number": "N",
    "Open_Punctuation": "Ps",
    "Other": "C",
    "Other_Letter": "Lo",
    "Other_Number": "No",
    "Other_Punctuation": "Po",
    "Other_Symbol": "So",
    "Paragraph_Separator": "Zp",
    "Private_Use": "Co",
    "Punctuation": "P",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Spacing_Mark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecase_Letter": "Lt",
    "Unassigned": "Cn",
    "Uppercase_Letter": "Lu",
    "digit": "Nd",
    "punct": "P",
}
"""The long names of general categories (Unicode, PropertyValueAliases)."""

_SHORT: Final = frozenset(_CATEGORIES.values())


@cache
def _ranges(name: str, *, is_negative: bool) -> str:
    """The characters with a property, or without it, for the inside of a class."""
    if name in ("Any", "ASCII"):
        has = range(_MOST if name == "Any" else 128)
        return _written(point for point in range(_MOST) if (point in has) is not is_negative)
    value = name.removeprefix("General_Category=").removeprefix("gc=")
    short = _CATEGORIES.get(value, value)
    if short not in _SHORT:
        raise re.error(f"unknown property {name!r}")
    kinds = ("Lu", "Ll", "Lt") if short == "LC" else (short,)
    return _written(
        point
        for point in range(_MOST)
        if unicodedata.category(chr(point)).startswith(kinds) is not is_negative
    )


def _written(points: Iterator[int]) -> str:
    """Code points in order as ranges."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{_character(first)}-{_character(last)}" for first, last in ranges)


def _character(point: int) -> str:
    if point >= _MOST:
        raise re.error("a character beyond Unicode")
    return f"\\U{point:08x}"
