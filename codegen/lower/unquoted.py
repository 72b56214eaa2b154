"""Texts that YAML takes for numbers, because nobody put them in quotes: a version, a port."""

from __future__ import annotations

from .node import Node
from .notes import Notes


def text_or_number(found: Node, notes: Notes) -> str:
    """A text of the document, also where it is a number; refuses what is neither."""
    if isinstance(found.value, (int, float)) and not isinstance(found.value, bool):
        notes.warn(found, f"{found.value} is a number, and no text; put it in quotes")
        return str(found.value)
    return found.string()
