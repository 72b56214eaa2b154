"""`Prefer` and `Preference-Applied`: only this module knows how they are written (RFC 7240)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LONGEST_WAIT: Final = 60
"""The most seconds that a request may wait for a job; few proxies wait longer for an answer."""

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED: Final = r'"(?:[\t !\x23-\x5b\x5d-~\x80-\xff]|\\[\t -~\x80-\xff])*+"'
_PARAMETER: Final = rf"(?:{_TOKEN}(?:[ \t]*+=[ \t]*+(?:{_TOKEN}|{_QUOTED})?+)?+)"

# Possessive throughout: no field, however long, makes the reading of it slow.
_PREFERENCE: Final = re.compile(
    rf"[ \t]*+(?:(?P<name>{_TOKEN})(?:[ \t]*+=[ \t]*+(?P<value>{_TOKEN}|{_QUOTED})?+)?+"
    rf"(?:[ \t]*+;[ \t]*+{_PARAMETER}?+)*+[ \t]*+)?+(?:,|\Z)"
)
"""A preference with its parameters, and the comma after it."""


def wait_preferred(text: str | None) -> int:
    """How many seconds a request prefers to wait; 0 for none, and `LONGEST_WAIT` at most.

    A field that cannot be read and a wait that is no number say nothing, as preferences that are
    not known do (RFC 7240, section 2).
    """
    for name, value in _preferences(text or ""):
        if name == "wait":  # the first counts, as section 2 demands
            is_number = value.isascii() and value.isdigit()
            return _at_most(LONGEST_WAIT, value.lstrip("0")) if is_number else 0
    return 0


def applied_wait(seconds: int) -> Mapping[str, str]:
    """The field that says that the preference to wait was kept."""
    return {"Preference-Applied": f"wait={seconds}"}


def _preferences(text: str) -> list[tuple[str, str]]:
    """Each preference in its order; none at all where the field is malformed."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        preference = _PREFERENCE.match(text, place)
        if preference is None:
            return []
        value = preference["value"] or ""
        found.append(((preference["name"] or "").lower(), _unquoted(value)))
        place = preference.end()
    return found


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _at_most(most: int, digits: str) -> int:
    """Python refuses to read numbers of thousands of digits, which are as good as the most."""
    return most if len(digits) > len(str(most)) else min(most, int(digits or "0"))
