"""Texts of certain lengths that match a pattern."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..patterns import compiled, matcher
from .impossible import NOTHING
from .regular import CHARACTERS, Irregular, is_short, texts_of_lengths

_MOST_DRAWN: Final = 500
"""Up to how many characters a text that has to be long is drawn one by one."""

_MOST_SOUGHT: Final = 2_000
"""Up to how many characters one is sought that matches a pattern, however long that takes."""

_USUAL: Final = 128
"""As many characters as few texts have that Hypothesis makes."""

_FILLING: Final = ("a", "0", "A", "-", " ", ".", "/", "é")

_MOST_AT_THE_EDGE: Final = 10_000
"""Up to how many characters a text is made as long as it may be."""


def strings(
    *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None
) -> SearchStrategy[str]:
    """Text; lengths are in characters."""
    if max_length is not None and max_length < min_length:
        return NOTHING
    if min_length > _MOST_DRAWN:
        return _long(min_length, max_length, pattern)
    return _short(min_length, max_length, pattern)


def _short(min_length: int, max_length: int | None, pattern: str | None) -> SearchStrategy[str]:
    """Texts that are drawn character by character."""
    if pattern is None:
        usual = st.text(CHARACTERS, min_size=min_length, max_size=max_length)
        return usual | _longest(max_length) if _has_edge(max_length) else usual
    if not is_quick(pattern):
        found = texts_of_lengths(pattern, min_length, max_length, is_loose=True)
        return found if found is NOTHING else found.filter(matcher(pattern).fits)
    if not min_length and max_length is None and not is_short(pattern):
        return st.from_regex(compiled(pattern), alphabet=CHARACTERS)
    try:
        return texts_of_lengths(pattern, min_length, max_length)
    except Irregular:
        matching = st.from_regex(compiled(pattern), alphabet=CHARACTERS)
        most = float("inf") if max_length is None else max_length
        return matching.filter(lambda text: min_length <= len(text) <= most)


def is_quick(pattern: str) -> bool:
    """Whether Hypothesis may make texts: it searches them with `re` for the pattern."""
    quick_length = matcher(pattern).quick_length
    return quick_length is None or quick_length >= _USUAL


def _long(min_length: int, max_length: int | None, pattern: str | None) -> SearchStrategy[str]:
    """Texts of one character, again and again, if some match; to find others takes long."""
    if pattern is None:
        return _padded(min_length, max_length)
    found = [long for one in _FILLING if matcher(pattern).fits(long := one * min_length)]
    if found:
        return st.sampled_from(found)
    return NOTHING if min_length > _MOST_SOUGHT else _short(min_length, max_length, pattern)


def _padded(min_length: int, max_length: int | None) -> SearchStrategy[str]:
    """Long texts of a few characters, then the same one again and again: Hypothesis draws each."""
    longest = min_length + 8 if max_length is None else min(max_length, min_length + 8)
    lengths = st.integers(min_length, longest)
    return st.builds(str.ljust, st.text(CHARACTERS, max_size=8), lengths, CHARACTERS)


def _has_edge(max_length: int | None) -> bool:
    return max_length is not None and 0 < max_length <= _MOST_AT_THE_EDGE


def _longest(max_length: int | None) -> SearchStrategy[str]:
    """Texts that are as long as they may be, of one character: they cost no more than that."""
    return CHARACTERS.map(lambda character: character * (max_length or 0))


_MISFITS: Final = ("", " ", "\n", "0", "a", "A", "-", "é", "\u2603", "0a", "a-", "A0", "\x00")


def misfits(pattern: str, *, min_length: int, max_length: int | None) -> SearchStrategy[str]:
    """Texts within their lengths that do not match; nothing where none comes to mind."""
    found: list[str] = []
    for text in _MISFITS:
        long = text * -(-min_length // len(text)) if text else ""
        if len(long) >= min_length and (max_length is None or len(long) <= max_length):
            found += [] if matcher(pattern).fits(long) else [long]
    return st.sampled_from(found) if found else NOTHING
