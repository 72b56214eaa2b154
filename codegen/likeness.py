"""Which known word a word was probably meant to be.

Only this module knows when two words are alike. It is asked about words that are the author's own
as often as about misspelt ones, so it rather says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

_SHORTEST: Final = 4
"""Of shorter words, too many are one letter apart: `not` and `note`."""

_ALIKE: Final = 0.8
"""From where on two longer words are taken for one; `proprties` is 0.95 of `properties`."""

_LONGER: Final = 5
"""The length from which words are compared as wholes."""

_WORD: Final = 3
"""As many letters beside a whole word are another word: `defaultValue` is no `default`."""


def meant_by(word: str, known: Collection[str]) -> str | None:
    """The known word that a word was probably meant to be, or None."""
    return slip_of(word, known) or _nearest(word, known)


def slip_of(word: str, known: Iterable[str], *, shortest: int = _SHORTEST) -> str | None:
    """The known word of at least some letters from which a word is no more than a slip away."""
    by_letters = {_letters(one): one for one in known}
    letters = _letters(word)
    if letters in by_letters:
        return by_letters[letters]
    slips = (one for one in by_letters if len(one) >= shortest and _is_slip(letters, one))
    found = next(slips, None)
    return None if found is None else by_letters[found]


def _is_slip(word: str, other: str) -> bool:
    """Whether one letter is missing, added or changed, or two neighbours are swapped."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    one, two = word[start:], other[start:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    if any(letter.isdigit() for letter in one + two):
        return False  # digits tell things apart: `line1` and `line2`
    return max(len(one), len(two)) == 1 or (len(one) == 2 and one == two[::-1])


def _letters(word: str) -> str:
    """A word as it is compared: however its parts are joined."""
    return word.lower().replace("_", "").replace("-", "")


def _nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that is most like a word as a whole."""
    import difflib  # which few documents need

    letters = _letters(word)
    longest = max(map(len, known), default=0)
    if not _LONGER <= len(letters) <= longest + _LONGER:
        return None
    longer = {_letters(one): one for one in known if len(one) >= _LONGER}
    others = [one for one in longer if not _is_part(one, letters)]
    found = difflib.get_close_matches(letters, others, n=1, cutoff=_ALIKE)
    return longer[found[0]] if found else None


def _is_part(word: str, whole: str) -> bool:
    return word in whole and len(whole) - len(word) >= _WORD
