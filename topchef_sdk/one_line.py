"""Texts of others, such as servers and handlers, as parts of our own one-line messages."""

from __future__ import annotations

LONGEST = 300
"""How many characters of a text a message shows at most: one may quote a whole instance."""

_ENDING = 37


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text as one line that a terminal can show, with its middle left out if it is long."""
    if len(text) > 2 * longest:
        text = f"{text[:longest]}…{text[-longest:]}"
    line = "".join(_shown(character) for character in " ".join(text.split()))
    if len(line) <= longest:
        return line
    return f"{line[: longest - _ENDING - 3]} … {line[-_ENDING:]}"


def _shown(character: str) -> str:
    """What is no letter, such as the beginning of a terminal's command, in Python's notation."""
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
