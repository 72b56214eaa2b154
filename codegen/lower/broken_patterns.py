"""What makes a text no regular expression, in whatever language of regular expressions.

Python cannot read all that others can. This module knows what nobody can: brackets that match none,
and what repeats nothing, as in `*.txt`.
"""

from __future__ import annotations

import re
from typing import Final

_PIECE: Final = re.compile(r"\\.|\[\^?|.", re.DOTALL)


def fault_of(pattern: str) -> str | None:
    """What is wrong with a pattern that Python cannot read; None where others may read it."""
    # What `[]` is depends: empty (ECMA-262), or the beginning of a class with `]` in it (Perl).
    faults = [_fault(pattern, is_empty_class=is_empty) for is_empty in (True, False)]
    return faults[0] if all(faults) else None


def _fault(pattern: str, *, is_empty_class: bool) -> str | None:
    at, depth, before = 0, 0, "|"
    while found := _PIECE.match(pattern, at):
        at, piece = found.end(), found[0]
        if piece[0] == "[":
            end = _end_of_class(pattern, at if is_empty_class else at + 1)
            if end is None:
                return "'[' is never closed"
            at = end
        elif piece == "(":
            depth += 1
        elif piece == ")" and depth == 0:
            return "')' closes nothing"
        elif piece == ")":
            depth -= 1
        elif piece in ("*", "+", "?") and before == "|":
            return f"{piece!r} repeats nothing"
        elif piece == "\\":
            return "it ends in half an escape"
        before = piece
    return "'(' is never closed" if depth else None


def _end_of_class(pattern: str, at: int) -> int | None:
    while found := _PIECE.match(pattern, at):
        at = found.end()
        if found[0] == "]":
            return at
        if found[0] == "[^":
            at -= 1  # inside, these are two characters
    return None
