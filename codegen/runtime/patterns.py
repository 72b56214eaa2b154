"""Regular expressions of schemas in Python's words."""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema, which is unanchored (JSON Schema, validation, section 6.3.3)."""
    return re.compile(translated(pattern))


def translated(pattern: str) -> str:
    """A pattern whose `$` is the end, as ECMA-262 has it; Python's is also before a last newline."""
    return _PIECES.sub(lambda piece: _python(piece[0]), pattern)


_PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
"""Escapes and character classes, in which a `$` is only itself, and all other `$`s."""


def _python(piece: str) -> str:
    return r"\Z" if piece == "$" else piece
